// `watchword report`: one page with people by risk, their watches, scores and alerts.
#include "desk/report.hpp"
#include "tools/output_file.hpp"
#include "tools/preparation.hpp"
#include "tools/progress.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

namespace watchword::tools {

namespace {

struct ReportSettings {
    std::vector<std::string> policies;
    InputSettings input;
    RevealSettings reveal;
    std::string out;
    desk::ReportOptions report;
};

int report(ReportSettings settings, const Context& context) {
    sort_words(settings.policies, settings.input.inputs);
    if (settings.input.inputs.empty()) return context.misused("no events to report on: say -i FILE");
    Preparation prepared;
    if (const int status = prepare(settings.policies, settings.input, {}, context, prepared); status != exit_fine)
        return status;
    auto& [policies, input, engine] = prepared;
    const runtime::Program& program = *policies.program;
    std::optional<stdlib::Pseudonyms> pseudonyms;
    if (const int status = open_key(settings.reveal, context, engine.identity_key, pseudonyms); status != exit_fine)
        return status;

    const desk::Stream stream = read_events(program, input, context);
    const desk::Report made = [&] {
        const ReplayMeter meter{context, stream};
        settings.report.engine = engine;
        return desk::make_report(program, stream, settings.report);
    }();
    const int written = write_output(settings.out, desk::report_page(made, {program, stream, *pseudonyms}), context);
    if (written != exit_fine) return written;
    if (made.limit) return exit_limit;
    return stream.input.errors.empty() ? exit_fine : exit_input;
}

} // namespace

void add_report(CLI::App& command, Context& context) {
    auto& settings = context.options<ReportSettings>();
    CLI::App* verb = command.add_subcommand("report", "One HTML page: people by risk, their timelines and alerts");
    verb->add_option("POLICIES", settings.policies, "Files, folders, bundles, `-`, or standard modules by name");
    add_input_options(*verb, settings.input);
    add_reveal_options(*verb, settings.reveal);
    verb->add_option("--out", settings.out, "The file to write; default standard output");
    verb->add_flag("--watched", settings.report.all_watched, "People too who were watched without an alert");
    verb->add_option("--people", settings.report.most_people, "Show at most so many people, those at most risk")
        ->capture_default_str();
    context.on(verb, [&] { return report(settings, context); });
}

} // namespace watchword::tools
