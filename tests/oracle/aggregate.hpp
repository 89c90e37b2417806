// One value from a list of values, by the textbook.
#pragma once

#include "runtime/type.hpp"
#include "tests/oracle/story.hpp"

#include <string_view>
#include <vector>

namespace watchword::oracle {

/// sum avg min max stddev distinct percentile; absent where an empty list has no such value.
Datum fold_values(std::string_view name, std::vector<Datum> values, runtime::Kind kind, double percent);
/// Of values that are there; reals count as whole millionths. 0 for none.
double mean_of(const std::vector<Datum>& values, runtime::Kind kind);
/// Standard deviation of the population.
double deviation_of(const std::vector<Datum>& values, runtime::Kind kind);

} // namespace watchword::oracle
