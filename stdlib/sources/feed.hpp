// What feeds, each of which is one input as events in order of time, have in common. Knows neither formats nor the
// other inputs.
#pragma once

#include "stdlib/crew.hpp"
#include "stdlib/sources/decoded_ahead.hpp"
#include "stdlib/sources/source.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

/// What all feeds of a run share.
struct FeedSettings {
    std::size_t memory_bytes = 0; ///< of this one
    std::size_t longest_record = 0;
    std::string temporary;
    runtime::Duration lateness = 0;
    const runtime::Program* program = nullptr;
    bool resumable = false;                  ///< positions will be asked for
    bool has_header = false;                 ///< the first record says what the others mean
    Crew* crew = nullptr;                    ///< decodes ahead what lies in memory; may be nullptr
    std::size_t piece_bytes = 0;             ///< that one of it decodes at a time
    const Sharing* sharing = nullptr;        ///< of blocks; nullptr: none are wanted
    const std::atomic<bool>* stop = nullptr; ///< set from outside: give out nothing more
    bool is_stopped() const { return stop != nullptr && stop->load(); }
    DecodedAhead::Stretch stretch(std::size_t begin, std::size_t end) const {
        return {begin, end, longest_record, piece_bytes, sharing};
    }
    /// Of the records from `begin` to before `end`, as many as are told before it is asked whether to stop. `line`: of
    /// the first.
    Reach reach(std::size_t begin, std::size_t end, std::uint64_t line) const {
        constexpr std::size_t together = std::size_t{1} << 14; // bytes
        return {begin, std::min(begin + together, end), end, longest_record, line};
    }
};

/// An event with the record that it came from.
struct Taken {
    Produced* produced = nullptr; ///< what was told before, until more is told; else `own`
    Record record;
    Produced own;

    Produced& fresh() {
        own = {};
        produced = &own;
        return own;
    }
};

enum class Take : std::uint8_t { event, rejected, end };

/// What comes first of the records that are reached, in `told`; nullptr: the first is to be taken step by step, or
/// there is none. `glance`: nullptr where all are.
inline Told* tell_next(Glance* glance, std::string_view bytes, const Reach& reach, Arena& arena, Told& told) {
    if (glance == nullptr || reach.begin >= reach.end) return nullptr;
    told = {};
    glance->tell(bytes, reach, arena, told);
    return told.empty() ? nullptr : &told;
}

/// The line, from 1, of what begins at `offset`.
std::uint64_t line_at(std::string_view bytes, std::size_t offset);
/// Of a record with its end of line.
std::uint64_t count_lines(std::string_view record);
/// Of a record of which no event comes, whatever was wrong: its newest time, which counts for those behind it all the
/// same; `beginning`: it has none. Reports nothing; `emissions` is for its memory.
runtime::Time newest_time_of(Source& source, Ledger& ledger, const Record& record, std::vector<Emission>& emissions);
/// Why a record of more bytes than `longest` is rejected.
std::string too_long(std::size_t longest);

} // namespace watchword::stdlib
