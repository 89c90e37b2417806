// `watchword audit`: what policies may see, and with events whether they do what they were meant to.
#include "desk/audit.hpp"
#include "tools/output_file.hpp"
#include "tools/preparation.hpp"
#include "tools/progress.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace watchword::tools {

namespace {

struct AuditSettings {
    std::vector<std::string> policies;
    InputSettings input;
    std::string output, out;
};

int audit(AuditSettings settings, const Context& context) {
    sort_words(settings.policies, settings.input.inputs);
    Preparation prepared;
    if (const int status = prepare(settings.policies, settings.input, {}, context, prepared); status != exit_fine)
        return status;
    auto& [policies, input, engine] = prepared;
    const runtime::Program& program = *policies.program;

    const desk::Audit found = desk::audit(program);
    std::optional<desk::Health> health;
    int status = exit_fine;
    if (!input.inputs.empty()) {
        const desk::Stream stream = read_events(program, input, context);
        if (!stream.input.errors.empty()) status = exit_input;
        const ReplayMeter meter{context, stream};
        health = desk::health(program, stream, engine);
    }
    const desk::Health* const looked = health ? &*health : nullptr;
    const std::string output = settings.out.empty() ? output_form(settings.output, "table", "json")
                                                    : output_form(settings.output, "html", "html");
    const std::string text = output == "html"   ? desk::audit_page(program, found, looked)
                             : output == "json" ? desk::audit_json(program, found, looked)
                                                : desk::audit_text(program, found, looked);
    const int written = write_output(settings.out, text, context);
    return status != exit_fine ? status : written;
}

} // namespace

void add_audit(CLI::App& command, Context& context) {
    auto& settings = context.options<AuditSettings>();
    CLI::App* verb = command.add_subcommand("audit", "Who can be watched, when, why, for how long, by reading what");
    verb->add_option("POLICIES", settings.policies, "Files, folders, bundles, `-`, or standard modules by name");
    add_input_options(*verb, settings.input);
    verb->add_option("-o,--output", settings.output, "table (on a terminal), json (elsewhere), html")
        ->check(CLI::IsMember({"table", "json", "html"}));
    verb->add_option("--out", settings.out, "The file to write; a page unless -o says otherwise");
    context.on(verb, [&] { return audit(settings, context); });
}

} // namespace watchword::tools
