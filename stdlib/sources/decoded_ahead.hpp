// A file's records decoded before their turn has come, by whoever of the crew has time, piece by piece. Knows neither
// the order of events nor what becomes of records that cannot be told at a glance.
#pragma once

#include "stdlib/crew.hpp"
#include "stdlib/sources/bytes.hpp"
#include "stdlib/sources/piece.hpp"
#include "stdlib/sources/source.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::stdlib {

/// All but `work` is for the crew's caller.
class DecodedAhead final : public Crew::Duty {
public:
    /// Records end with their lines, and those that begin from `begin` to before `end` are of interest.
    struct Stretch {
        std::size_t begin = 0, end = 0;
        std::size_t longest_record = 0;
        std::size_t piece_bytes = 0;
        const Sharing* sharing = nullptr; ///< of blocks; nullptr: none are wanted
    };
    /// All must outlive it; nullptr: the source tells nothing at a glance.
    static std::unique_ptr<DecodedAhead> of(const Contents& contents, const Stretch& stretch, Source& source,
                                            Crew& crew);

    /// What comes at `offset`, which is behind all that was asked for before; nullptr: a record that cannot be told at
    /// a glance. May wait for others, or decode. Valid until the next call, what it points to as long as the batch.
    Told* take(std::size_t offset);
    /// The piece of which nothing was taken yet and whose lines begin at `offset`, if it is whole; else nullptr. May
    /// wait likewise.
    Piece* whole_at(std::size_t offset);
    /// All that `whole_at` gave is taken.
    void take_whole();
    /// Events that are taken from now on are of the batch `number`; those up to batch `let_go` are not needed any more.
    void begin_batch(std::uint64_t number, std::uint64_t let_go);

    bool work(std::uint32_t thread) override;
    ~DecodedAhead() override { crew_.remove(*this); }

private:
    /// Where a piece is while it is not the caller's.
    struct alignas(64) Slot {
        std::unique_ptr<Piece> piece;
        std::atomic<std::uint64_t> done{0}; ///< number of the piece in it that is decoded, from 1
    };

    DecodedAhead(const Contents& contents, const Stretch& stretch, Crew& crew);
    void decode(std::uint64_t number, Piece& piece, Glance& glance) const;
    void go_on_to(std::size_t offset);
    void go_on();
    void let_go_of_piece();
    std::uint64_t pieces() const { return (stretch_.end + stretch_.piece_bytes - 1) / stretch_.piece_bytes; }
    Slot& slot(std::uint64_t number) { return slots_[number % slots_.size()]; }

    const Contents& contents_;
    const std::string_view bytes_;
    const Stretch stretch_;
    Crew& crew_;
    std::vector<std::unique_ptr<Glance>> glances_; ///< by thread
    std::vector<Slot> slots_;
    alignas(64) std::atomic<std::uint64_t> next_{0};  ///< number of the piece that nobody has begun with
    alignas(64) std::atomic<std::uint64_t> limit_{0}; ///< from here on there is no room yet
    // of the caller
    std::uint64_t number_ = 0; ///< of the piece in hand, or of the first
    std::unique_ptr<Piece> piece_;
    std::size_t place_ = 0;  ///< in it
    bool is_needed_ = false; ///< events of the piece in hand were taken
    std::uint64_t batch_ = 0;
    std::deque<std::pair<std::uint64_t, std::unique_ptr<Piece>>>
        needed_; ///< that were in hand, with the last batch of each
    std::vector<std::unique_ptr<Piece>> free_;
};

} // namespace watchword::stdlib
