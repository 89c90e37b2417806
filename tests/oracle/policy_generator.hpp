// Random policies, as text: what is tested begins at the parser.
#pragma once

#include "runtime/type.hpp"
#include "tests/oracle/random.hpp"

#include <string>

namespace watchword::oracle {

struct RandomPolicies {
    std::string text;
    runtime::Duration unit = 0; ///< every duration is a multiple, so that edges are met
};

RandomPolicies random_policies(Random& random);

} // namespace watchword::oracle
