// `watchword test`: runs the `test` blocks of policy files; a failure shows expected, actual and the person's timeline.
#include "runtime/test_runner.hpp"

#include "runtime/text.hpp"
#include "tools/policies.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

namespace watchword::tools {

namespace {

struct TestSettings {
    std::vector<std::string> policies;
    std::string only;
};

constexpr std::size_t timeline_lines = 60;

class Report {
public:
    Report(const runtime::Program& program, const Context& context)
        : program_(program), verbose_(context.verbose), quiet_(context.quiet), color_(context.color_on(STDOUT_FILENO)) {
    }

    void add(const runtime::TestResult& result) {
        ++(result.passed() ? passed_ : failed_);
        if (result.passed() && (quiet_ || !verbose_)) return;
        fmt::print("{}  {}  ({})\n", result.passed() ? paint("ok  ", "32") : paint("FAIL", "31"), result.plan->name,
                   place(result.plan->span));
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

    std::string place(const runtime::SourceSpan& span) const {
        if (span.file >= program_.files.size()) return "?";
        const runtime::SourceText& file = program_.files[span.file];
        const std::string_view before = std::string_view{file.text}.substr(0, span.begin);
        return fmt::format("{}:{}", file.name, 1 + std::count(before.begin(), before.end(), '\n'));
    }

    void show(const runtime::TestFailure& failure) const {
        if (failure.expectation != nullptr) fmt::print("      {}\n", place(failure.expectation->span));
        fmt::print("      expected  {}\n", failure.expected);
        fmt::print("      actual    {}\n", failure.actual);
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

int test(const TestSettings& settings, const Context& context) {
    Policies policies;
    PolicyOptions options;
    options.tests = true;
    if (const int status = load_policies(settings.policies, options, context, policies); status != exit_fine)
        return status;
    Report report{*policies.program, context};
    std::size_t asked = 0;
    for (const runtime::TestPlan& plan : policies.program->tests) {
        if (plan.name.find(settings.only) == std::string::npos) continue;
        ++asked;
        report.add(runtime::run_test(*policies.program, plan));
    }
    if (asked == 0 && !settings.only.empty())
        return context.misused(fmt::format("no test has `{}` in its name", settings.only));
    std::fflush(stdout);
    context.say(report.summary());
    return report.failed() == 0 ? exit_fine : exit_findings;
}

} // namespace

void add_test(CLI::App& command, Context& context) {
    auto& settings = context.options<TestSettings>();
    CLI::App* verb = command.add_subcommand("test", "Run the `test` blocks of policies, in event time");
    verb->add_option("POLICIES", settings.policies, "Files, folders, `-`, or standard modules by name");
    verb->add_option("-k,--only", settings.only, "Only tests with this text in their name");
    context.on(verb, [&] { return test(settings, context); });
}

} // namespace watchword::tools
