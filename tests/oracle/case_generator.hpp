// Random cases, each about one clause of the language: of a few tries it takes the first in which that clause decides.
#pragma once

#include "tests/oracle/policy_generator.hpp"
#include "tests/oracle/story.hpp"

#include <cstdint>

namespace watchword::oracle {

struct RandomCase {
    RandomPolicies policies;
    Story story;
};

/// The same for the same seed; successive seeds are about one clause after the other. Where no try succeeds, the last
/// one stands: what nearly matters is worth comparing too.
RandomCase random_case(std::uint64_t seed, int tries = 16);

} // namespace watchword::oracle
