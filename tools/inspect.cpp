// `watchword inspect`: what the program that policies compile to is made of.
#include "desk/inspection.hpp"
#include "tools/policies.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::tools {

namespace {

const std::vector<std::string> all_parts{"program", "dependencies", "plan", "bytecode"};

struct InspectSettings {
    std::vector<std::string> policies;
    std::vector<std::string> parts{"program", "dependencies", "plan"};
    std::string of;
};

int inspect(const InspectSettings& settings, const Context& context) {
    Policies policies;
    if (const int status = load_policies(settings.policies, {}, context, policies); status != exit_fine) return status;
    const runtime::Program& program = *policies.program;
    const std::vector<std::string> names = desk::inspectable_names(program);
    if (!settings.of.empty() && std::ranges::find(names, settings.of) == names.end())
        return context.misused(
            fmt::format("there is no policy or used signal `{}`{}", settings.of, did_you_mean(settings.of, names)));
    std::string text;
    for (const std::string& part : all_parts) {
        if (std::ranges::find(settings.parts, part) == settings.parts.end()) continue;
        if (!text.empty()) text += '\n';
        if (settings.parts.size() > 1) text += "# " + part + "\n";
        if (part == "program") text += desk::program_text(program, policies.files);
        if (part == "dependencies") text += desk::dependencies_text(program, settings.of);
        if (part == "plan") text += desk::plan_text(program, settings.of);
        if (part == "bytecode") text += desk::bytecode_text(program, settings.of);
    }
    std::fwrite(text.data(), 1, text.size(), stdout);
    return exit_fine;
}

} // namespace

void add_inspect(CLI::App& command, Context& context) {
    auto& settings = context.options<InspectSettings>();
    CLI::App* verb = command.add_subcommand("inspect", "Show what a program is made of and what needs what");
    verb->add_option("POLICIES", settings.policies, "Files, folders, bundles, `-`, or standard modules by name");
    verb->add_option("--part", settings.parts, "What to show, by commas: program, dependencies, plan, bytecode")
        ->delimiter(',')
        ->check(CLI::IsMember(all_parts));
    verb->add_option("--of", settings.of, "Only the policy or signal with this name");
    context.on(verb, [&] { return inspect(settings, context); });
}

} // namespace watchword::tools
