// `watchword bench`: what each policy and signal costs over given events, and which clause to tighten.
#include "desk/profile.hpp"
#include "tools/event_input.hpp"
#include "tools/policies.hpp"
#include "tools/progress.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

namespace watchword::tools {

namespace {

struct BenchSettings {
    std::vector<std::string> policies, inputs, rosters;
    std::string output = "table";
    std::uint32_t rounds = 3;
};

int bench(BenchSettings& settings, const Context& context) {
    sort_words(settings.policies, settings.inputs);
    if (settings.inputs.empty()) return context.misused("no input: say -i FILE");
    stdlib::InputOptions inputs;
    for (const std::string& word : settings.inputs) inputs.inputs.push_back(stdlib::parse_input_argument(word));
    for (const std::string& word : settings.rosters) inputs.rosters.push_back(stdlib::parse_input_argument(word));
    Policies policies;
    if (const int status = load_policies(settings.policies, {}, context, policies); status != exit_fine) return status;
    const desk::Stream stream = read_events(*policies.program, inputs, context);
    if (!stream.input.errors.empty()) return exit_input;
    const desk::Profile profile = desk::profile(
        [&]() -> std::optional<runtime::Program> {
            Policies again;
            if (compile_policies(settings.policies, {}, context, again) != exit_fine) return std::nullopt;
            return std::move(again.program);
        },
        stream, settings.rounds);
    std::string out;
    if (settings.output == "json")
        append_profile_json(out, profile);
    else
        append_profile_text(out, profile);
    fmt::print("{}", out);
    return exit_fine;
}

} // namespace

void add_bench(CLI::App& command, Context& context) {
    auto& settings = context.options<BenchSettings>();
    CLI::App* verb = command.add_subcommand("bench", "What each policy and signal costs over given events");
    verb->add_option("POLICIES", settings.policies, "Files, folders, or standard modules by name");
    verb->add_option("-i,--input", settings.inputs, "Events: [SOURCE=]FILE; held in memory");
    verb->add_option("--roster", settings.rosters, "Employees: [SOURCE=]FILE, JSON Lines or CSV")
        ->allow_extra_args(false);
    verb->add_option("--rounds", settings.rounds, "Each time is the best of so many")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    verb->add_option("-o,--output", settings.output, "table, json")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
    context.on(verb, [&] { return bench(settings, context); });
}

} // namespace watchword::tools
