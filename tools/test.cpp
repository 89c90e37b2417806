// `watchword test`: runs the `test` blocks of policy files; a failure shows expected, actual and the person's timeline.
#include "desk/coverage.hpp"
#include "desk/test_session.hpp"
#include "runtime/text.hpp"
#include "stdlib/replaced_file.hpp"
#include "tools/output_file.hpp"
#include "tools/policies.hpp"
#include "tools/progress.hpp"
#include "tools/verbs.hpp"
#include "tools/watching.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <thread>

namespace watchword::tools {

namespace {

struct TestSettings {
    std::vector<std::string> policies;
    std::string only, shuffle, junit, lcov, coverage_page;
    std::uint64_t seed = 1;
    std::size_t threads = 1;
    bool update = false, minimum = false, watch = false, coverage = false;
    bool covers() const { return coverage || !lcov.empty() || !coverage_page.empty(); }
};

constexpr std::size_t timeline_lines = 60;

class Report {
public:
    Report(const runtime::Program& program, const Context& context)
        : program_(program), verbose_(context.verbose), quiet_(context.quiet), color_(context.color_on(STDOUT_FILENO)) {
    }

    void add(const desk::TestOutcome& outcome) {
        const runtime::TestResult& result = outcome.result;
        ++(result.passed() ? passed_ : failed_);
        for (const std::string& path : outcome.written) fmt::print("{}  {}\n", paint("wrote", "33"), path);
        if (result.passed() && (quiet_ || !verbose_)) return;
        fmt::print("{}  {}  ({})\n", result.passed() ? paint("ok  ", "32") : paint("FAIL", "31"), result.plan->name,
                   desk::place_of(program_, result.plan->span));
        for (const runtime::TestFailure& failure : result.failures) show(failure);
        if (!result.passed()) show_timeline(result);
    }

    std::size_t failed() const { return failed_; }
    std::string summary() const {
        return failed_ == 0 ? fmt::format("{} passed\n", tests(passed_))
                            : fmt::format("{} failed, {} passed\n", tests(failed_), passed_);
    }

private:
    static std::string tests(std::size_t number) { return fmt::format("{} test{}", number, number == 1 ? "" : "s"); }

    std::string paint(std::string_view text, std::string_view code) const {
        return color_ ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string{text};
    }

    void show(const runtime::TestFailure& failure) const {
        if (failure.expectation != nullptr)
            fmt::print("      {}\n", desk::place_of(program_, failure.expectation->span));
        fmt::print("      expected  {}\n", paint(failure.expected, "32"));
        fmt::print("      actual    {}\n", paint(failure.actual, "31"));
        if (!failure.nearest.empty()) fmt::print("      nearest   {}\n", failure.nearest);
    }

    void show_timeline(const runtime::TestResult& result) const {
        std::set<std::string> people;
        for (const runtime::TestFailure& failure : result.failures) people.insert(failure.person);
        const bool everybody = people.contains("");
        std::vector<const runtime::TimelineEntry*> entries;
        for (const runtime::TimelineEntry& entry : result.timeline)
            if (everybody || entry.person.empty() || people.contains(entry.person)) entries.push_back(&entry);
        if (result.late != 0) fmt::print("      {} came too late and were dropped\n", result.late);
        if (entries.empty()) return;
        fmt::print("      what happened{}\n", everybody ? "" : fmt::format(" to \"{}\"", *people.begin()));
        const std::size_t first = entries.size() > timeline_lines && !verbose_ ? entries.size() - timeline_lines : 0;
        if (first != 0) fmt::print("        … {} lines before; -v shows them\n", first);
        for (std::size_t i = first; i < entries.size(); ++i)
            fmt::print("        {}  {}{}\n", runtime::show_time(entries[i]->time),
                       everybody && !entries[i]->person.empty() ? entries[i]->person + "  " : "", entries[i]->text);
    }

    const runtime::Program& program_;
    bool verbose_, quiet_, color_;
    std::size_t passed_ = 0, failed_ = 0;
};

/// The settings as session options; exit_fine, or a complaint made.
int fill_session(const TestSettings& settings, const Context& context, desk::TestSessionOptions& options) {
    options.only = settings.only;
    options.update = settings.update;
    options.threads =
        settings.threads != 0 ? settings.threads : std::max<std::size_t>(1, std::thread::hardware_concurrency());
    if (settings.shuffle.empty()) return exit_fine;
    const auto most = runtime::parse_duration(settings.shuffle);
    if (!most || *most < 0)
        return context.misused(fmt::format("--shuffle: `{}` is not a duration such as `10m`", settings.shuffle));
    options.shuffle = runtime::Shuffle{settings.seed, *most};
    return exit_fine;
}

/// What `--min-tests` asks: each policy shown at work, and shown silent. How many are not.
std::size_t show_untested(const Policies& policies, const Context& context) {
    Policies untested;
    untested.sources = policies.sources;
    for (const dsl::Diagnostic& one : policies.diagnostics.all())
        if (one.code == dsl::Code::no_test || one.code == dsl::Code::no_negative_test)
            untested.diagnostics.add(one.code, one.span, one.message) = one;
    show_diagnostics(untested, context, stderr, true);
    return untested.diagnostics.all().size();
}

int write_junit(const TestSettings& settings, const Context& context, const runtime::Program& program,
                const std::vector<desk::TestOutcome>& outcomes) {
    if (settings.junit.empty()) return exit_fine;
    const std::string problem = stdlib::replace_file(settings.junit, desk::junit_of(program, outcomes));
    return problem.empty() ? exit_fine : context.misused(problem);
}

/// What the tests have shown of the files that were named.
int write_coverage(const TestSettings& settings, const Context& context, const PolicyOptions& options,
                   const Policies& policies, const std::vector<desk::TestOutcome>& outcomes) {
    if (!settings.covers()) return exit_fine;
    desk::Coverage coverage{*policies.program, policies.roots};
    for (const desk::TestOutcome& outcome : outcomes) coverage.add(*policies.program, outcome.recording);
    const desk::PolicyText text{policies.sources, policies.roots, compiler_options(options, &policies)};
    if (settings.coverage) fmt::print("{}", desk::coverage_text(coverage, *policies.program, text));
    int status = exit_fine;
    if (!settings.lcov.empty()) status = write_output(settings.lcov, desk::coverage_lcov(coverage, text), context);
    if (status == exit_fine && !settings.coverage_page.empty())
        status = write_output(settings.coverage_page, desk::coverage_page(coverage, text), context);
    return status;
}

/// `policies` is kept so that a watch knows the files even if they do not compile.
int test_once(const TestSettings& settings, const Context& context, Policies& policies) {
    desk::TestSessionOptions session;
    if (const int status = fill_session(settings, context, session); status != exit_fine) return status;
    PolicyOptions options;
    options.tests = true;
    options.lint = settings.minimum;
    options.parts = true;
    session.record = settings.covers();
    if (const int status = load_policies(settings.policies, options, context, policies); status != exit_fine)
        return status;
    std::vector<desk::TestOutcome> outcomes;
    {
        ProgressMeter meter{context, "tests"};
        session.progress = &meter.progress;
        outcomes = desk::run_tests(*policies.program, session);
        session.progress = nullptr;
    }
    if (outcomes.empty() && !settings.only.empty())
        return context.misused(fmt::format("no test has `{}` in its name", settings.only));
    Report report{*policies.program, context};
    for (const desk::TestOutcome& outcome : outcomes) report.add(outcome);
    std::fflush(stdout);
    const std::size_t untested = settings.minimum ? show_untested(policies, context) : 0;
    context.say(outcomes.empty() ? "there are no tests; one is `test \"…\" { at …  expect … }`\n" : report.summary());
    if (settings.minimum && untested == 0) context.say("every policy has a positive and a negative test\n");
    if (const int status = write_junit(settings, context, *policies.program, outcomes); status != exit_fine)
        return status;
    if (const int status = write_coverage(settings, context, options, policies, outcomes); status != exit_fine)
        return status;
    return report.failed() == 0 && untested == 0 ? exit_fine : exit_findings;
}

int test(const TestSettings& settings, const Context& context) {
    const auto once = [&](std::vector<std::string>& files) {
        Policies policies;
        const int status = test_once(settings, context, policies);
        for (std::uint32_t i = 0; i < policies.sources.size(); ++i)
            if (!policies.sources.file(i).standard) files.push_back(policies.sources.file(i).name);
        return status;
    };
    return settings.watch ? watch_files(settings.policies, context, once) : run_once(once);
}

} // namespace

void add_test(CLI::App& command, Context& context) {
    auto& settings = context.options<TestSettings>();
    CLI::App* verb = command.add_subcommand("test", "Run the `test` blocks of policies, in event time");
    verb->add_option("POLICIES", settings.policies, "Files, folders, bundles, `-`, or standard modules by name");
    verb->add_option("-k,--only", settings.only, "Only tests with this text in their name, or like this: \"copy*\"");
    verb->add_option("-j,--threads", settings.threads, "Tests at the same time; 0: as many as the machine has cores")
        ->capture_default_str();
    verb->add_option("--shuffle", settings.shuffle,
                     "Let records come up to so late, in any order, such as 10m; what a test's `lateness` does not "
                     "cover is lost");
    verb->add_option("--seed", settings.seed, "Another order of --shuffle")->capture_default_str();
    verb->add_option("--junit", settings.junit, "Where the results go as JUnit XML too");
    verb->add_flag("--coverage", settings.coverage,
                   "Say which conditions, triggers, ends, levels and exceptions the tests have not shown");
    verb->add_option("--coverage-page", settings.coverage_page, "Where coverage goes as an HTML page");
    verb->add_option("--lcov", settings.lcov, "Where coverage goes as an lcov tracefile");
    verb->add_flag("--update", settings.update, "Write the files that `expect alerts from` names");
    verb->add_flag("--min-tests", settings.minimum, "Fail unless each policy is shown at work and shown silent");
    verb->add_flag("--watch", settings.watch, "Run again whenever a file changes, until interrupted")
        ->configurable(false);
    context.on(verb, [&] { return test(settings, context); });
}

} // namespace watchword::tools
