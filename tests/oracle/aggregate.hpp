// One value from a list of values, by the textbook.
#pragma once

#include "runtime/type.hpp"
#include "tests/oracle/story.hpp"

#include <string_view>
#include <vector>

namespace watchword::oracle {

/// sum avg min max stddev distinct percentile; absent where an empty list has no such value.
Datum fold_values(std::string_view name, std::vector<Datum> values, runtime::Kind kind, double percent);

} // namespace watchword::oracle
