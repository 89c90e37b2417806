// How far work is, for another thread to look at.
#pragma once

#include "runtime/event.hpp"

#include <atomic>
#include <cstdint>

namespace watchword::desk {

struct Progress {
    std::atomic<std::uint64_t> done = 0;
    std::atomic<std::uint64_t> all = 0;  ///< 0: not known
    std::atomic<runtime::Time> time = 0; ///< of the newest event; 0: none
};

} // namespace watchword::desk
