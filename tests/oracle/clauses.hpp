// Which clauses of the language decide what comes of a case: those without which other alerts come.
#pragma once

#include "tests/oracle/policy_generator.hpp"
#include "tests/oracle/story.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace watchword::oracle {

/// Whether other alerts come without the clause.
bool decides(const std::string& clause, const RandomPolicies& policies, const Story& story);

class Clauses {
public:
    /// Tries each clause of the case; `expected` is what the oracle says of it as it stands.
    void examine(const RandomPolicies& policies, const Story& story, const std::string& expected);
    /// Prints a row a clause; false if some clause decides in fewer than one case of a hundred.
    bool report() const;

private:
    struct Count {
        std::uint64_t present = 0, deciding = 0;
    };
    std::map<std::string, Count> counts_;
    std::uint64_t cases_ = 0;
};

} // namespace watchword::oracle
