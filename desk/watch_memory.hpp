// What a watch takes in memory, told from its policy alone.
#pragma once

#include "runtime/program.hpp"

#include <cstddef>

namespace watchword::desk {

/// About what an engine was seen to take (tests/unit/watch_memory_test.cpp): within a third for windows of 64 records.
struct WatchMemory {
    std::size_t empty = 0;      ///< bytes of a watch whose signals have all begun, with the ids of the newest records
    std::size_t per_record = 0; ///< bytes that a record which all signals take in adds to their windows
};
/// `plan`: one of the program's policies.
WatchMemory watch_memory(const runtime::Program& program, const runtime::PolicyPlan& plan);

} // namespace watchword::desk
