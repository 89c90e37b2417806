// The language's promise: what lies outside every watch cannot change a byte of any alert.
#pragma once

#include "tests/oracle/contestant.hpp"
#include "tests/oracle/random.hpp"
#include "tests/oracle/story.hpp"

namespace watchword::oracle {

/// The story with activity outside every watch left out, doubled, or with other values.
Story change_outside(const Compiled& compiled, const Story& story, Random& random);

} // namespace watchword::oracle
