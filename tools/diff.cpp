// `watchword diff`: the alerts that a change of policies adds, removes and moves, and the clause that does it.
#include "desk/comparison.hpp"
#include "runtime/digest.hpp"
#include "tools/event_input.hpp"
#include "tools/output_file.hpp"
#include "tools/policies.hpp"
#include "tools/progress.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace watchword::tools {

namespace {

struct DiffSettings {
    std::string before, after, output;
    InputSettings input;
    RevealSettings reveal;
};

std::vector<desk::PolicyFile> texts_of(const Policies& policies) {
    std::vector<desk::PolicyFile> texts;
    for (const std::uint32_t root : policies.roots) {
        const dsl::SourceFile& file = policies.sources.file(root);
        texts.push_back({file.name, file.text, file.standard});
    }
    return texts;
}

/// `bundled`: whose bundles the texts may lie in.
std::optional<runtime::Program> compiled(const std::vector<desk::PolicyFile>& texts,
                                         const std::vector<const Policies*>& bundled, const Context& context) {
    Policies policies;
    for (const Policies* one : bundled) policies.bundled.add(one->bundled);
    for (const desk::PolicyFile& text : texts)
        policies.roots.push_back(policies.sources.add(text.name, text.text, text.standard));
    if (compile_sources({}, context, policies) != exit_fine) return std::nullopt;
    return std::move(policies.program);
}

bool all_native(const stdlib::InputOptions& input) {
    const auto is_native = [](const stdlib::InputFile& file) { return file.source.empty(); };
    return std::all_of(input.inputs.begin(), input.inputs.end(), is_native) &&
           std::all_of(input.rosters.begin(), input.rosters.end(), is_native);
}

/// Whether both versions see the same in every record. What sources make of foreign ones is not looked into.
bool read_alike(const runtime::Program& before, const runtime::Program& after, const stdlib::InputOptions& input) {
    return all_native(input) && runtime::schema_digest(before) == runtime::schema_digest(after);
}

int diff(const DiffSettings& settings, const Context& context) {
    if (settings.input.inputs.empty()) return context.misused("no events to compare over: say -i FILE");
    stdlib::InputOptions input;
    runtime::EngineOptions engine;
    if (const int status = fill_input(settings.input, context, input); status != exit_fine) return status;
    if (const int status = fill_engine(settings.input, context, engine); status != exit_fine) return status;
    Policies before, after;
    if (const int status = load_policies({settings.before}, {}, context, before); status != exit_fine) return status;
    if (const int status = load_policies({settings.after}, {}, context, after); status != exit_fine) return status;
    for (const Policies* one : {&before, &after})
        if (const int status = check_sources(input, *one->program, context); status != exit_fine) return status;
    std::optional<stdlib::Pseudonyms> pseudonyms;
    if (const int status = open_key(settings.reveal, context, engine.identity_key, pseudonyms); status != exit_fine)
        return status;

    const bool once = read_alike(*before.program, *after.program, input);
    for (const stdlib::InputFile& file : input.inputs)
        if (file.path == "-" && !once)
            return context.misused("the two versions read different fields, so the events are read twice: name files, "
                                   "not standard input");
    const desk::Stream old_stream = read_events(*before.program, input, context);
    if (!old_stream.input.errors.empty()) return exit_input;
    std::optional<desk::Stream> read_again;
    if (!once) read_again.emplace(read_events(*after.program, input, context));
    const desk::Stream& new_stream = once ? old_stream : *read_again;
    if (!new_stream.input.errors.empty()) return exit_input;
    const desk::Comparison comparison = [&] {
        const ReplayMeter meter{context, new_stream};
        desk::Trials trials;
        trials.compile = [&](const std::vector<desk::PolicyFile>& texts) {
            return compiled(texts, {&after, &before}, context);
        };
        if (!all_native(input))
            trials.read = [&](const runtime::Program& program) { return desk::read_stream(program, input); };
        return desk::compare({texts_of(before), *before.program, old_stream},
                             {texts_of(after), *after.program, new_stream}, trials, engine);
    }();
    if (!comparison.problem.empty()) {
        context.complain(comparison.problem);
        return exit_limit;
    }
    const bool human = output_form(settings.output, "table", "ndjson") == "table";
    const std::string text = human ? desk::comparison_text(comparison, *pseudonyms, context.color_on(STDOUT_FILENO))
                                   : desk::comparison_json(comparison, *pseudonyms);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return comparison.differences.empty() ? exit_fine : exit_findings;
}

} // namespace

void add_diff(CLI::App& command, Context& context) {
    auto& settings = context.options<DiffSettings>();
    CLI::App* verb = command.add_subcommand("diff", "The alerts that a change of policies adds, removes or moves");
    verb->add_option("OLD", settings.before, "A file, a folder, or a standard module by name")->required();
    verb->add_option("NEW", settings.after, "The same, changed")->required();
    add_input_options(*verb, settings.input);
    add_reveal_options(*verb, settings.reveal);
    verb->add_option("-o,--output", settings.output, "table (on a terminal), ndjson (elsewhere)")
        ->check(CLI::IsMember({"table", "ndjson"}));
    context.on(verb, [&] { return diff(settings, context); });
}

} // namespace watchword::tools
