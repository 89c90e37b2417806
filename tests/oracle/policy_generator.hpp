// Random policies, as text: what is tested begins at the parser.
#pragma once

#include "runtime/type.hpp"
#include "tests/oracle/random.hpp"

#include <map>
#include <string>
#include <vector>

namespace watchword::oracle {

using Files = std::map<std::string, std::string>; ///< content by name

struct RandomPolicies {
    std::string text;                  ///< marked with clauses (clause_text.hpp)
    std::vector<std::string> subjects; ///< the clauses that the case is about
    runtime::Duration unit = 0;        ///< every duration is a multiple, so that edges are met
    runtime::Time start = 0;           ///< when the story begins: some days see clocks change
    Files files;                       ///< that the policies name
};

/// About the clause with that name, and about others.
RandomPolicies random_policies(Random& random, const std::string& subject);

} // namespace watchword::oracle
