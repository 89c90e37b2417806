// What was nearest to an alert that did not come, found in a recording: the comparison, the score or the trigger that
// was least far from what it needed. For the runner of tests; a full search for changes is not made here.
#pragma once

#include "runtime/recording.hpp"

#include <optional>
#include <string>

namespace watchword::runtime {

/// `sum(bytes) over 1h was 96MB, needs more than 100MB (BulkCopy, 2025-03-04T18:00:00Z)`. `person`: employee id, empty:
/// anybody. `level`: nullopt: any. Empty if nothing was recorded that is near.
std::string nearest_miss(const Program& program, const Recording& recording, std::uint32_t policy,
                         const std::string& person, std::optional<Level> level);

} // namespace watchword::runtime
