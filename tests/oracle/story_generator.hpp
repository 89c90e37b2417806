// Random stories over the vocabulary: few people, few values, times on a coarse grid, so that windows fill, edges are
// met and most cases alert.
#pragma once

#include "tests/oracle/policy_generator.hpp"
#include "tests/oracle/random.hpp"
#include "tests/oracle/story.hpp"

#include <string>

namespace watchword::oracle {

Story random_story(Random& random, const RandomPolicies& policies);
/// For whoever has to understand a failing case.
std::string show(const Story& story);

} // namespace watchword::oracle
