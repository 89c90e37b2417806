// `watchword check`: parse, types, lint. Diagnostics are this verb's data and go to standard output.
#include "dsl/fix.hpp"
#include "runtime/text.hpp"
#include "stdlib/replaced_file.hpp"
#include "tools/policies.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <thread>

namespace watchword::tools {

namespace {

struct CheckSettings {
    std::vector<std::string> policies;
    bool strict = false, fix = false, watch = false;
    std::string now;
};

runtime::Time today() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

std::string counted(std::size_t number, std::string_view one) {
    return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

/// Writes what can be mended for sure; true if something was.
bool mend(const Policies& policies, const Context& context) {
    bool mended = false;
    for (const auto& [index, fixed] : dsl::apply_fixes(policies.diagnostics, policies.sources)) {
        const std::string& name = policies.sources.file(index).name;
        if (name.starts_with("<")) continue; // standard input
        if (const std::string problem = stdlib::replace_file(name, fixed.text); !problem.empty()) {
            context.complain(problem);
            continue;
        }
        context.say(fmt::format("{}: {} mended\n", name, counted(fixed.fixes, "mistake")));
        mended = true;
    }
    return mended;
}

int check_once(const CheckSettings& settings, const PolicyOptions& options, const Context& context,
               std::vector<std::string>& files) {
    Policies policies;
    int status = compile_policies(settings.policies, options, context, policies);
    // mending one mistake may bring others to light, not without end
    for (int round = 0; settings.fix && round < 10 && mend(policies, context); ++round) {
        policies = {};
        status = compile_policies(settings.policies, options, context, policies);
    }
    files = policies.files;
    if (status == exit_usage || status == exit_internal) return status;
    show_diagnostics(policies, context, stdout, true);
    const std::size_t errors = policies.diagnostics.errors();
    const std::size_t warnings = policies.diagnostics.all().size() - errors;
    if (context.format == "human") {
        if (errors + warnings == 0)
            context.say("no errors, no warnings\n");
        else
            context.say(fmt::format("{}, {}\n", counted(errors, "error"), counted(warnings, "warning")));
    }
    if (status != exit_fine) return status;
    return settings.strict && warnings != 0 ? exit_findings : exit_fine;
}

using Stamps = std::vector<std::filesystem::file_time_type>;

Stamps stamps_of(const std::vector<std::string>& files) {
    Stamps stamps;
    for (const std::string& file : files) {
        std::error_code missing;
        stamps.push_back(std::filesystem::last_write_time(file, missing));
    }
    return stamps;
}

/// Checks again whenever a file changes that was read, until it is interrupted.
int check_and_watch(const CheckSettings& settings, const PolicyOptions& options, const Context& context) {
    while (true) {
        std::vector<std::string> files;
        const int status = check_once(settings, options, context, files);
        std::fflush(stdout);
        if (status == exit_usage || files.empty()) return status;
        context.say(fmt::format("watching {}\n", counted(files.size(), "file")));
        const Stamps before = stamps_of(files);
        while (stamps_of(files) == before) std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

int check(const CheckSettings& settings, const Context& context) {
    PolicyOptions options;
    options.tests = true;
    options.lint = true;
    options.now = today();
    if (!settings.now.empty()) {
        options.now = runtime::parse_time(settings.now, "");
        if (!options.now) return context.misused(fmt::format("--now: `{}` is not a time", settings.now));
    }
    std::vector<std::string> files;
    return settings.watch ? check_and_watch(settings, options, context) : check_once(settings, options, context, files);
}

} // namespace

void add_check(CLI::App& command, Context& context) {
    auto& settings = context.options<CheckSettings>();
    CLI::App* verb = command.add_subcommand("check", "Whether policies compile, and what looks wrong about them");
    verb->add_option("POLICIES", settings.policies, "Files, folders, bundles, `-`, or standard modules by name");
    verb->add_flag("--strict", settings.strict, "Exit with 1 on warnings");
    verb->add_flag("--fix", settings.fix, "Mend in the files what can be mended for sure, then check");
    verb->add_flag("--watch", settings.watch, "Check again whenever a file changes, until interrupted")
        ->configurable(false);
    verb->add_option("--now", settings.now, "The day to judge expiry by; default today");
    context.on(verb, [&] { return check(settings, context); });
}

} // namespace watchword::tools
