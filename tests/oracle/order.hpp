// What the order and the number of inputs may not change: a story as files, shuffled within the lateness, split over
// several inputs, through the whole way that `watchword run` takes.
#pragma once

#include "tests/oracle/contestant.hpp"
#include "tests/oracle/random.hpp"
#include "tests/oracle/story.hpp"

#include <string>

namespace watchword::oracle {

/// Empty if every way in brings the same bytes; else both ways and what came of them.
std::string order_shows(const Compiled& compiled, const Story& story, Random& random);

} // namespace watchword::oracle
