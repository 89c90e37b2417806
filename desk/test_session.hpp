// A run of the `test` blocks of a program: which of them, on how many threads, in which order of arrival, against which
// snapshots. And what came of it for machines (JUnit). How it looks on a terminal is the command's business.
#pragma once

#include "desk/progress.hpp"
#include "runtime/program.hpp"
#include "runtime/recording.hpp"
#include "runtime/test_runner.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

struct TestSessionOptions {
    std::string only; ///< part of the name, without regard to case; with `*` or `?` the whole of it
    std::size_t threads = 1;
    std::optional<runtime::Shuffle> shuffle;
    bool update = false;          ///< write snapshots instead of comparing with them
    Progress* progress = nullptr; ///< counts tests; may be absent
    bool record = false;          ///< keep what the engines did, for coverage
};

struct TestOutcome {
    runtime::TestResult result;
    double seconds = 0;               ///< by the wall clock
    std::vector<std::string> written; ///< snapshots that were new or had changed
    runtime::Recording recording;     ///< if asked for
};

/// In the order of the program, whatever the number of threads. Reads and writes snapshots beside the policies.
std::vector<TestOutcome> run_tests(const runtime::Program& program, const TestSessionOptions& options);

/// `leaver.watch:17`
std::string place_of(const runtime::Program& program, const runtime::SourceSpan& span);
/// The format that CI systems read: https://github.com/testmoapp/junitxml
std::string junit_of(const runtime::Program& program, const std::vector<TestOutcome>& outcomes);

} // namespace watchword::desk
