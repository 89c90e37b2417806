// What is usual in groups of people: the figures that `peers(…)` compares with, from events of the past. Looks at
// everybody in the roster, watched or not, and gives groups only; a group of fewer than five people is left out.
#pragma once

#include "desk/stream.hpp"
#include "runtime/program.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace watchword::desk {

/// A row of the file that `baseline NAME from "FILE"` reads.
struct GroupFigures {
    std::string group;
    runtime::Time date = 0; ///< 00:00 of the day, in the program's zone; of weeks their last day
    double mean = 0, stddev = 0;
    std::uint32_t people = 0;
};

/// Of all values per bucket that begin on one date (of weeks: end on it). An empty bucket counts 0 for count, sum and
/// distinct, and is left out for the rest. The date of the last event is not over and left out too. A sentence instead
/// if nothing compares with the baseline, or two different values do.
std::variant<std::vector<GroupFigures>, std::string> group_figures(const runtime::Program& program,
                                                                   const Stream& stream, std::uint32_t baseline);

/// As CSV with its header line.
std::string figures_csv(const std::vector<GroupFigures>& figures, const runtime::Program& program);

} // namespace watchword::desk
