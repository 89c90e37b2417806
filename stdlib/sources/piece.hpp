// What a stretch of a file comes to, decoded before its turn.
#pragma once

#include "stdlib/sources/arena.hpp"
#include "stdlib/sources/block.hpp"
#include "stdlib/sources/told.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace watchword::stdlib {

/// The lines that begin in one stretch of bytes, as far as they can be told.
struct Piece {
    std::vector<Told> told;
    Arena arena; ///< of the events
    /// Nothing else has to be done for its records than what is said below: all of them were told, and its events are
    /// in order and are what a block asks for.
    bool is_whole = false;
    std::size_t begin = 0, end = 0; ///< of its lines; these and what follows only where it is whole
    std::uint64_t records = 0, unused = 0, unmatched = 0;
    runtime::Time newest = runtime::beginning; ///< of all records whose times count for what comes behind them
    Block block;

    /// Of one all of whose records were told: whether it is whole, and what it is as such.
    void share_out(const Sharing& sharing);
    void clear();

private:
    std::vector<runtime::Event*> events_; ///< kept for its memory
};

} // namespace watchword::stdlib
