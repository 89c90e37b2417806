// What is told of records at a glance.
#pragma once

#include "stdlib/sources/produced.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace watchword::stdlib {

/// Records that follow upon each other: some of which nothing comes, then one that is an event.
struct alignas(64) Told {
    Produced produced;      ///< first, so that its event is one cache line
    std::size_t offset = 0; ///< of the first
    // of the records before the event
    std::size_t passed_bytes = 0;
    runtime::Time newest = runtime::beginning; ///< their time, where it counts for what comes behind them
    std::uint32_t passed = 0;
    std::uint32_t unused = 0, unmatched = 0; ///< as InputStatistics has them
    std::uint32_t length = 0;                ///< of the event's record; 0: there is no event

    bool empty() const { return passed == 0 && length == 0; }
};
static_assert(sizeof(Told) == 128);

/// Which records of some bytes are of interest.
struct Reach {
    std::size_t begin = 0;   ///< of the first one
    std::size_t end = 0;     ///< those that begin before it …
    std::size_t all = 0;     ///< … and end no later than here
    std::size_t longest = 0; ///< as long as each has so many bytes at most
    std::uint64_t line = 0;  ///< of the first one; 0: it is not known
    /// So long may the record at `at` be.
    std::size_t most(std::size_t at) const { return std::min({longest, all - at, std::size_t{UINT32_MAX}}); }
};

} // namespace watchword::stdlib
