// `watchword simulate`: writes a synthetic company with known wrongdoers into a folder.
#include "stdlib/simulate.hpp"

#include "tools/verbs.hpp"

#include <fmt/format.h>

namespace watchword::tools {

namespace {

struct SimulateSettings {
    stdlib::SimulationOptions options;
    std::optional<std::uint32_t> insiders;
    bool no_insiders = false;
};

int simulate(const SimulateSettings& settings, const Context& context) {
    if (settings.no_insiders && settings.insiders)
        return context.misused("--insiders and --no-insiders exclude each other");
    stdlib::SimulationOptions options = settings.options;
    options.insiders = settings.no_insiders ? 0 : settings.insiders;
    const stdlib::SimulationSummary summary = stdlib::simulate(options);
    if (!summary.problem.empty()) {
        context.complain(summary.problem);
        return exit_limit;
    }
    std::string styles;
    for (const auto& [style, number] : summary.insiders)
        styles += fmt::format("{}{} {}", styles.empty() ? "" : ", ", number, style);
    context.say(fmt::format(
        "{}: {} people, {} days, {} events ({:.1f} MB), {} HR events\n"
        "insiders: {}; innocent leavers who copy something: {}\n"
        "roster.jsonl, hr.jsonl, events.jsonl.gz are what `run` reads; truth.jsonl is for `evaluate`\n",
        options.folder, summary.people, options.days, summary.events, static_cast<double>(summary.bytes) / 1e6,
        summary.hr_events, styles.empty() ? "none" : styles, summary.leavers));
    return exit_fine;
}

} // namespace

void add_simulate(CLI::App& command, Context& context) {
    auto& settings = context.options<SimulateSettings>();
    CLI::App* verb =
        command.add_subcommand("simulate", "A synthetic company: roster, HR feed, activity, and the truth");
    verb->add_option("--seed", settings.options.seed, "The same seed gives the same company")->capture_default_str();
    verb->add_option("--people", settings.options.people, "How many work there")
        ->check(CLI::Range(stdlib::least_simulated_people, stdlib::most_simulated_people))
        ->capture_default_str();
    verb->add_option("--days", settings.options.days, "How many days of activity")
        ->check(CLI::Range(stdlib::least_simulated_days, stdlib::most_simulated_days))
        ->capture_default_str();
    verb->add_option("--insiders", settings.insiders,
                     "How many wrongdoers, of all styles; default one in 160, at least 12");
    verb->add_flag("--no-insiders", settings.no_insiders, "Nobody does wrong");
    verb->add_option("--out", settings.options.folder, "Folder for the files")->required();
    context.on(verb, [&] { return simulate(settings, context); });
}

} // namespace watchword::tools
