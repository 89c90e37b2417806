// `watchword baseline`: what is usual in groups of people, for `peers(…)`, from events of the past.
#include "desk/group_baseline.hpp"
#include "dsl/parser.hpp"
#include "stdlib/replaced_file.hpp"
#include "tools/event_input.hpp"
#include "tools/policies.hpp"
#include "tools/progress.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::tools {

namespace {

struct BaselineSettings {
    std::vector<std::string> policies, inputs, rosters;
    std::string name, out = "-";
};

/// Policies that name a file of figures compile before there is one.
std::vector<std::string> files_of_baselines(const std::vector<std::string>& words, const Context& context) {
    Policies policies;
    std::vector<std::string> files;
    if (read_policies(words, context, policies) != exit_fine) return files;
    for (const std::uint32_t root : policies.roots)
        for (const dsl::Declaration& declaration :
             dsl::parse(policies.sources, root, policies.diagnostics).declarations)
            if (const auto* baseline = std::get_if<dsl::BaselineDecl>(&declaration.node))
                files.push_back(baseline->file.text);
    return files;
}

/// Index of the baseline that is meant, or a complaint made.
std::optional<std::uint32_t> choose(const runtime::Program& program, const BaselineSettings& settings,
                                    const Context& context) {
    std::vector<std::string> names;
    for (const runtime::BaselinePlan& baseline : program.baselines) names.push_back(baseline.name);
    if (settings.name.empty() && names.size() == 1) return 0;
    const auto found = std::find(names.begin(), names.end(), settings.name);
    if (found != names.end()) return static_cast<std::uint32_t>(found - names.begin());
    if (names.empty())
        context.misused("the policies declare no baseline: `baseline NAME from \"FILE.csv\"`");
    else if (settings.name.empty())
        context.misused(fmt::format("there are several baselines; say --name {}", names.front()));
    else
        context.misused(fmt::format("there is no baseline `{}`{}", settings.name, did_you_mean(settings.name, names)));
    return std::nullopt;
}

int baseline(BaselineSettings& settings, const Context& context) {
    sort_words(settings.policies, settings.inputs);
    if (settings.inputs.empty()) return context.misused("no input: say -i FILE");
    PolicyOptions options;
    options.may_lack = files_of_baselines(settings.policies, context);
    Policies policies;
    if (const int status = load_policies(settings.policies, options, context, policies); status != exit_fine)
        return status;
    const runtime::Program& program = *policies.program;
    const std::optional<std::uint32_t> chosen = choose(program, settings, context);
    if (!chosen) return exit_usage;
    stdlib::InputOptions input;
    for (const std::string& word : settings.inputs) input.inputs.push_back(stdlib::parse_input_argument(word));
    for (const std::string& word : settings.rosters) input.rosters.push_back(stdlib::parse_input_argument(word));
    const desk::Stream stream = read_events(program, input, context);
    if (!stream.input.errors.empty()) return exit_input;
    const auto figures = desk::group_figures(program, stream, *chosen);
    if (const auto* problem = std::get_if<std::string>(&figures))
        return context.misused(fmt::format("baseline {}: {}", program.baselines[*chosen].name, *problem));
    const auto& rows = std::get<std::vector<desk::GroupFigures>>(figures);
    const std::string text = desk::figures_csv(rows, program);
    context.say(fmt::format("{}: {} rows; groups of fewer than five people are left out\n",
                            program.baselines[*chosen].name, rows.size()));
    if (settings.out == "-") {
        std::fwrite(text.data(), 1, text.size(), stdout);
        return exit_fine;
    }
    const std::string problem = stdlib::replace_file(settings.out, text);
    return problem.empty() ? exit_fine : context.misused(problem);
}

} // namespace

void add_baseline(CLI::App& command, Context& context) {
    auto& settings = context.options<BaselineSettings>();
    CLI::App* verb = command.add_subcommand("baseline", "What is usual in groups of people, for `peers`, from events");
    verb->add_option("POLICIES", settings.policies, "Files, folders, bundles, `-`, or standard modules by name");
    verb->add_option("-i,--input", settings.inputs, "Events: [SOURCE=]FILE; several are merged by time");
    verb->add_option("--roster", settings.rosters, "Employees: [SOURCE=]FILE, JSON Lines or CSV")
        ->allow_extra_args(false);
    verb->add_option("--name", settings.name, "Which baseline, if the policies declare several");
    verb->add_option("--out", settings.out, "Where the figures go as CSV; - is standard output")->capture_default_str();
    context.on(verb, [&] { return baseline(settings, context); });
}

} // namespace watchword::tools
