#include "stdlib/sources/piece.hpp"

#include <algorithm>

namespace watchword::stdlib {

void Piece::share_out(const Sharing& sharing) {
    events_.clear();
    for (Told& one : told) {
        records += one.passed;
        unused += one.unused;
        unmatched += one.unmatched;
        newest = std::max(newest, one.newest);
        if (one.length == 0) continue;
        runtime::Event& event = one.produced.event;
        if (event.time < newest || !one.produced.has_id) return;
        ++records;
        newest = event.time;
        events_.push_back(&event);
    }
    is_whole = block.add(events_, sharing);
}

void Piece::clear() {
    told.clear();
    arena.reset();
    is_whole = false;
    records = unused = unmatched = 0;
    newest = runtime::beginning;
    block.clear();
}

} // namespace watchword::stdlib
