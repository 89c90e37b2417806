// `watchword check`: parse, types, lint. Diagnostics are this verb's data and go to standard output.
#include "runtime/text.hpp"
#include "tools/policies.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <chrono>

namespace watchword::tools {

namespace {

struct CheckSettings {
    std::vector<std::string> policies;
    bool strict = false;
    std::string now;
};

runtime::Time today() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

std::string counted(std::size_t number, std::string_view one) {
    return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
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
    Policies policies;
    const int status = compile_policies(settings.policies, options, context, policies);
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

} // namespace

void add_check(CLI::App& command, Context& context) {
    auto& settings = context.options<CheckSettings>();
    CLI::App* verb = command.add_subcommand("check", "Whether policies compile, and what looks wrong about them");
    verb->add_option("POLICIES", settings.policies, "Files, folders, `-`, or standard modules by name");
    verb->add_flag("--strict", settings.strict, "Exit with 1 on warnings");
    verb->add_option("--now", settings.now, "The day to judge expiry by; default today");
    context.on(verb, [&] { return check(settings, context); });
}

} // namespace watchword::tools
