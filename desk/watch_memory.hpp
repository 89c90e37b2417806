// What a watch takes in memory, told from its policy alone.
#pragma once

#include "runtime/program.hpp"

#include <cstddef>

namespace watchword::desk {

struct WatchMemory {
    std::size_t empty = 0;      ///< bytes of a watch whose signals have all begun, before its windows hold anything
    std::size_t per_record = 0; ///< bytes that a record which all signals take in adds at most, without its texts
};
WatchMemory watch_memory(const runtime::PolicyPlan& plan);

} // namespace watchword::desk
