// Threads take the next test that nobody has taken; results keep their place.
#include "desk/test_session.hpp"

#include "desk/snapshot.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

namespace watchword::desk {

namespace {

using runtime::Program;
using runtime::TestPlan;

bool is_asked(const TestPlan& plan, const std::string& only) {
    if (only.empty()) return true;
    const std::string name = runtime::fold(plan.name);
    const std::string wanted = runtime::fold(only);
    if (wanted.find_first_of("*?") == std::string::npos) return name.find(wanted) != std::string::npos;
    return runtime::like(name, wanted);
}

/// The same file twice would be a test of which one came last.
std::set<std::string> shared_snapshots(const Program& program) {
    std::set<std::string> seen, shared;
    for (const TestPlan& plan : program.tests)
        for (const runtime::TestExpectation& expectation : plan.expectations)
            if (expectation.what == runtime::Expect::snapshot)
                if (const std::string path = snapshot_path(program, expectation); !seen.insert(path).second)
                    shared.insert(path);
    return shared;
}

class Session {
public:
    Session(const Program& program, const TestSessionOptions& options)
        : program_(program), options_(options), shared_(shared_snapshots(program)) {
        for (const TestPlan& plan : program.tests)
            if (is_asked(plan, options.only)) plans_.push_back(&plan);
        outcomes_.resize(plans_.size());
        if (options.progress != nullptr) options.progress->all = plans_.size();
    }

    std::vector<TestOutcome> run() {
        const std::size_t count = std::clamp<std::size_t>(options_.threads, 1, std::max<std::size_t>(plans_.size(), 1));
        std::vector<std::thread> threads;
        for (std::size_t i = 1; i < count; ++i) threads.emplace_back([this] { work(); });
        work();
        for (std::thread& thread : threads) thread.join();
        return std::move(outcomes_);
    }

private:
    void work() {
        for (std::size_t i = next_++; i < plans_.size(); i = next_++) {
            const auto start = std::chrono::steady_clock::now();
            TestOutcome& outcome = outcomes_[i];
            outcome.result = runtime::run_test(program_, *plans_[i], options_.shuffle,
                                               options_.record ? &outcome.recording : nullptr);
            judge_snapshots(*plans_[i], outcome);
            outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            if (options_.progress != nullptr) ++options_.progress->done;
        }
    }

    void judge_snapshots(const TestPlan& plan, TestOutcome& outcome) const {
        for (const runtime::TestExpectation& expectation : plan.expectations) {
            if (expectation.what != runtime::Expect::snapshot) continue;
            const std::string path = snapshot_path(program_, expectation);
            SnapshotVerdict verdict;
            if (shared_.contains(path))
                verdict.problem = "two tests name this file";
            else
                verdict = options_.update ? write_snapshot(path, program_, outcome.result.alerts)
                                          : compare_snapshot(path, program_, outcome.result.alerts);
            if (verdict.written) outcome.written.push_back(path);
            if (!verdict.problem.empty())
                outcome.result.failures.push_back({&expectation, expectation.text, verdict.problem, {}, {}});
        }
    }

    const Program& program_;
    const TestSessionOptions& options_;
    std::set<std::string> shared_;
    std::vector<const TestPlan*> plans_;
    std::vector<TestOutcome> outcomes_;
    std::atomic<std::size_t> next_ = 0;
};

/// XML 1.0 knows no control characters but these three.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '&')
            result += "&amp;";
        else if (c == '<')
            result += "&lt;";
        else if (c == '>')
            result += "&gt;";
        else if (c == '"')
            result += "&quot;";
        else if (c == '\n')
            result += "&#10;";
        else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t')
            result += c;
    }
    return result;
}

std::string file_of(const Program& program, const TestPlan& plan) {
    return plan.span.file < program.files.size() ? program.files[plan.span.file].name : std::string{"?"};
}

void append_case(std::string& out, const Program& program, const TestOutcome& outcome) {
    const TestPlan& plan = *outcome.result.plan;
    out += fmt::format("    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" time=\"{:.3f}\"", escaped(plan.name),
                       escaped(file_of(program, plan)), escaped(place_of(program, plan.span)), outcome.seconds);
    if (outcome.result.passed()) {
        out += "/>\n";
        return;
    }
    out += ">\n";
    for (const runtime::TestFailure& failure : outcome.result.failures)
        out += fmt::format("      <failure message=\"{}\">expected {}&#10;actual {}{}</failure>\n",
                           escaped(failure.actual), escaped(failure.expected), escaped(failure.actual),
                           failure.nearest.empty() ? "" : "&#10;nearest " + escaped(failure.nearest));
    out += "    </testcase>\n";
}

} // namespace

std::vector<TestOutcome> run_tests(const Program& program, const TestSessionOptions& options) {
    return Session{program, options}.run();
}

std::string place_of(const Program& program, const runtime::SourceSpan& span) {
    if (span.file >= program.files.size()) return "?";
    const runtime::SourceText& file = program.files[span.file];
    const std::string_view before = std::string_view{file.text}.substr(0, span.begin);
    return fmt::format("{}:{}", file.name, 1 + std::count(before.begin(), before.end(), '\n'));
}

std::string junit_of(const Program& program, const std::vector<TestOutcome>& outcomes) {
    std::size_t failed = 0;
    double seconds = 0;
    std::string cases;
    for (const TestOutcome& outcome : outcomes) {
        failed += outcome.result.passed() ? 0 : 1;
        seconds += outcome.seconds;
        append_case(cases, program, outcome);
    }
    const std::string counts =
        fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.3f}\"", outcomes.size(), failed, seconds);
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n  <testsuite name=\"watchword\" "
                       "{0}>\n{1}  </testsuite>\n</testsuites>\n",
                       counts, cases);
}

} // namespace watchword::desk
