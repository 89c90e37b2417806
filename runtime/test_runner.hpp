// Runs the `test` blocks of a program, each on an engine of its own, and says what came of every expectation.
// Knows the engine only as any host does.
#pragma once

#include "runtime/alert.hpp"
#include "runtime/program.hpp"
#include "runtime/test_input.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace watchword::runtime {

struct Recording;

struct TestFailure {
    const TestExpectation* expectation = nullptr; ///< nullptr: the test itself is at fault
    std::string expected;                         ///< as written
    std::string actual;                           ///< one sentence; for an alert that did not come, the nearest miss
    std::string person;                           ///< whose timeline helps; empty: everybody's
    /// Of an alert that did not come, what was nearest to it; only of a program that was compiled in parts.
    std::string nearest = {};
};

/// What happened at one moment of a test, for a reader.
struct TimelineEntry {
    Time time = 0;
    std::string person; ///< employee id; empty: nobody's
    std::string text;   ///< `file.copy host: "pc7"`, `score of P is 40`, `ALERT P medium, score 40`
};

struct TestResult {
    const TestPlan* plan = nullptr;
    std::vector<TestFailure> failures;
    std::vector<Alert> alerts;           ///< all that were raised, in order
    std::uint64_t late = 0;              ///< events that came too late and were dropped
    std::vector<TimelineEntry> timeline; ///< of a failed test
    bool passed() const { return failures.empty(); }
};

/// `program` must be verified; the result points into it. Texts show names and values in clear: they are the test's
/// own. Snapshots are the host's to judge, from `alerts`. `recording`: where the engine's steps go; may be nullptr.
TestResult run_test(const Program& program, const TestPlan& plan, const std::optional<Shuffle>& shuffle = std::nullopt,
                    Recording* recording = nullptr);

} // namespace watchword::runtime
