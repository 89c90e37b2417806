// A score and its parts, from the list of hits.
#pragma once

#include "dsl/ast.hpp"
#include "runtime/alert.hpp"
#include "tests/oracle/watching.hpp"

#include <vector>

namespace watchword::oracle {

/// S(t), rounded to thousandths, with or without the fresh hits.
double score(const dsl::ScoreClause& clause, const std::vector<std::vector<Given>>& given, double boost,
             runtime::Time time, bool with_fresh);
/// The parts that add up to `total`, one for each line with hits.
std::vector<runtime::Contribution> contributions(const dsl::ScoreClause& clause,
                                                 const std::vector<std::vector<Given>>& given, double total,
                                                 runtime::Time time, const Story& story);

} // namespace watchword::oracle
