// Events that follow upon each other in one input, of which nothing has to be asked one by one any more.
#pragma once

#include "runtime/event.hpp"
#include "stdlib/sharing.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace watchword::stdlib {

/// Each has an id and a subject; none is late. Shared out as `Sharing` tells. Whoever plays a share adds `before` to
/// the positions of its events, which count from 1.
struct Block {
    std::vector<std::vector<runtime::Event*>> shares;                ///< each in order
    std::vector<runtime::Event*> strangers;                          ///< in no share: of people in no roster
    std::uint64_t events = 0;                                        ///< with those of strangers
    std::uint64_t before = 0;                                        ///< events of the run that come before it
    runtime::Time first = runtime::never, last = runtime::beginning; ///< times of events

    /// Events that come next, in order. False: one must not be in a block, and so many of them were added as may be.
    bool add(std::span<runtime::Event* const> some, const Sharing& sharing);
    void clear();
};

} // namespace watchword::stdlib
