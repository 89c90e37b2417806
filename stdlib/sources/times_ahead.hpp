// How far a file is in order of time, found out by a crew, piece by piece. Knows nothing of events.
#pragma once

#include "stdlib/crew.hpp"
#include "stdlib/sources/source.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

class TimesAhead final : public Crew::Duty {
public:
    struct Settings {
        std::size_t longest_record = 0;
        std::size_t piece_bytes = 0;
    };
    /// Whole lines from the beginning of a file.
    struct Ordered {
        std::size_t bytes = 0;
        std::uint64_t lines = 0;
        std::uint64_t records = 0;                 ///< lines that are not empty
        runtime::Time newest = runtime::beginning; ///< of them
    };
    /// The longest beginning of `bytes` that is found to be in order, up to a piece or so; nothing if the source tells
    /// nothing at a glance. It has no record that is too long.
    static Ordered find(std::string_view bytes, const Settings& settings, Source& source, Crew& crew);

    bool work(std::uint32_t thread) override;

private:
    /// The lines that begin in one stretch of bytes.
    struct Piece {
        Ordered found;                            ///< of them alone; `bytes` is up to where the last one ends
        runtime::Time first = runtime::beginning; ///< time of a record; beginning: none has one
        bool is_ordered = true;
        std::atomic<bool> done{false};
    };

    TimesAhead(std::string_view bytes, const Settings& settings, Crew& crew);
    void look(std::uint64_t number, Glance& glance);

    const std::string_view bytes_;
    const Settings settings_;
    Crew& crew_;
    std::vector<std::unique_ptr<Glance>> glances_; ///< by thread
    std::vector<Piece> pieces_;
    std::atomic<std::uint64_t> next_{0};
};

} // namespace watchword::stdlib
