// Compares what a test expects of alerts with the alerts that came. Scores and watches are the runner's: they are asked
// of the engine at their instant.
#pragma once

#include "runtime/roster.hpp"
#include "runtime/test_runner.hpp"

#include <optional>
#include <span>
#include <string>

namespace watchword::runtime {

/// Whether an alert is one that the expectation speaks of. `person` is the employee id of the expectation's person.
bool matches(const Alert& alert, const TestExpectation& expectation, const std::optional<std::string>& person);
/// Empty: met. Else what happened instead. For `alert`, `no_alert`, `risk` and `nothing_else`.
std::string judge_alerts(const Program& program, const TestPlan& plan, const TestExpectation& expectation,
                         std::span<const Alert> alerts, Roster& roster);
bool compare(Comparison comparison, double left, double right); ///< both to three decimals
std::string show_alert(const Program& program,
                       const Alert& alert); ///< `LayoffWatchlist medium for "u1" at …, score 40`

} // namespace watchword::runtime
