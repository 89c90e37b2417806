// `watchword run`: the main job. Turns the command line into run options, and the way a run ended into an exit status.
#include "runtime/text.hpp"
#include "stdlib/replaced_file.hpp"
#include "stdlib/runner.hpp"
#include "tools/event_input.hpp"
#include "tools/output_file.hpp"
#include "tools/policies.hpp"
#include "tools/progress.hpp"
#include "tools/reload.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>

namespace watchword::tools {

namespace {

/// On a terminal alerts and the progress line share a screen: the line makes room first.
class SinkBesideLine : public stdlib::Sink {
public:
    SinkBesideLine(stdlib::Sink& sink, ProgressLine& line) : sink_(sink), line_(line) {}
    bool write(const runtime::Alert& alert) override {
        line_.clear();
        return sink_.write(alert);
    }
    bool flush() override { return sink_.flush(); }
    bool sync() override { return sink_.sync(); }
    std::string problem() const override { return sink_.problem(); }

private:
    stdlib::Sink& sink_;
    ProgressLine& line_;
};

struct RunSettings {
    std::vector<std::string> policies;
    InputSettings input;
    RevealSettings reveal;
    std::string output, on_error = "skip", fail_on_alert, summary;
    std::string state, state_every = "5m";
    std::optional<std::uint64_t> max_rejected;
    std::uint32_t threads = 1;
    bool strict = false;
};

/// The settings as run options; exit_fine, or a complaint made.
int fill_options(const RunSettings& settings, const Context& context, stdlib::RunOptions& options) {
    options.stop_on_error = settings.on_error == "stop";
    options.max_rejected = settings.max_rejected;
    options.threads = settings.threads;
    options.input.strict = settings.strict;
    options.state = settings.state;
    const auto every = runtime::parse_duration(settings.state_every);
    if (!every || *every <= 0)
        return context.misused(fmt::format("--state-every: `{}` is not a duration such as `5m`", settings.state_every));
    options.state_every = std::chrono::microseconds{*every};
    if (const int status = fill_input(settings.input, context, options.input); status != exit_fine) return status;
    return fill_engine(settings.input, context, options.engine);
}

std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free);

/// The first signal ends the run in order; a second one ends it at once.
void stop_on_signals() {
    struct sigaction action {};
    action.sa_handler = [](int) { stop_requested = true; };
    action.sa_flags = SA_RESETHAND;
    for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
}

/// Whoever wrote these records meant something else.
bool nothing_was_usable(const stdlib::RunSummary& summary) {
    const stdlib::InputStatistics& input = summary.input;
    return input.records != 0 && input.rejected >= input.records && input.events == 0 && input.employees == 0;
}

int exit_status(const stdlib::RunSummary& summary, const RunSettings& settings) {
    switch (summary.end) {
    case stdlib::RunEnd::limit:
    case stdlib::RunEnd::output_failed:
        return exit_limit;
    case stdlib::RunEnd::stopped:
    case stdlib::RunEnd::input_failed:
        return exit_input;
    case stdlib::RunEnd::state_failed:
        return exit_usage;
    case stdlib::RunEnd::cancelled:
    case stdlib::RunEnd::input_over:
        break;
    }
    if (nothing_was_usable(summary)) return exit_input;
    if (settings.fail_on_alert.empty()) return exit_fine;
    return summary.alerts_from(*parse_level(settings.fail_on_alert)) != 0 ? exit_findings : exit_fine;
}

/// `told`: how many of the errors were told when they happened.
void explain_end(const stdlib::RunSummary& summary, std::size_t told, const Context& context) {
    for (std::size_t i = told; i < summary.input.errors.size(); ++i) context.complain(summary.input.errors[i]);
    if (nothing_was_usable(summary)) context.complain("every record was rejected");
    if (summary.end == stdlib::RunEnd::stopped) context.complain("stopped: too many records were rejected");
    if (summary.end == stdlib::RunEnd::limit)
        context.complain("stopped: the memory limit is used up; --memory SIZE allows more");
    if (summary.end == stdlib::RunEnd::output_failed || summary.end == stdlib::RunEnd::state_failed)
        context.complain(summary.problem);
    if (summary.end == stdlib::RunEnd::cancelled)
        context.say("stopped before the end; the same command goes on from there\n");
}

int write_summary(const stdlib::RunSummary& summary, const runtime::Program& program,
                  const stdlib::Pseudonyms& pseudonyms, const RunSettings& settings, const Context& context) {
    std::string text;
    append_summary_text(text, summary, program, pseudonyms);
    context.say(text);
    if (settings.summary.empty()) return exit_fine;
    text.clear();
    append_summary_json(text, summary, program, pseudonyms);
    const std::string problem = stdlib::replace_file(settings.summary, text);
    return problem.empty() ? exit_fine : context.misused(problem);
}

int run(RunSettings settings, const Context& context) {
    sort_words(settings.policies, settings.input.inputs);
    if (settings.input.inputs.empty()) return context.misused("no input: say -i FILE, or -i - for standard input");
    stdlib::RunOptions options;
    if (const int status = fill_options(settings, context, options); status != exit_fine) return status;
    Policies policies;
    if (const int status = load_policies(settings.policies, {}, context, policies); status != exit_fine) return status;
    const runtime::Program& program = *policies.program;
    if (const int status = check_sources(options.input, program, context); status != exit_fine) return status;
    std::optional<stdlib::Pseudonyms> pseudonyms;
    if (const int status = open_key(settings.reveal, context, options.engine.identity_key, pseudonyms);
        status != exit_fine)
        return status;

    const std::string output = output_form(settings.output, "table", "ndjson");
    stdlib::FileSink sink{stdout, stdlib::find_format(output), {program, *pseudonyms, context.color_on(STDOUT_FILENO)}};
    ProgressLine progress{shows_progress(context)};
    SinkBesideLine beside{sink, progress};
    const bool finite = // what comes from a pipe or a terminal has no known end
        !settings.input.sorted &&
        std::all_of(options.input.inputs.begin(), options.input.inputs.end(), [](const stdlib::InputFile& file) {
            std::error_code error;
            return std::filesystem::is_regular_file(file.path, error);
        });
    options.progress = [&](const stdlib::RunProgress& now) {
        progress.show({"events", now.events, finite ? now.records : 0, now.time});
        return true;
    };
    if (!settings.state.empty()) {
        stop_on_signals();
        options.input.stop = &stop_requested;
    }
    const Reload reload{settings.policies, context};
    options.pause_wanted = Reload::is_asked;
    options.pause = [&] { reload.read(policies); };
    options.process_ends = true;
    std::size_t told = 0;
    options.on_error = [&](const std::string& error) {
        progress.clear();
        context.complain(error);
        ++told;
    };
    const stdlib::RunSummary summary = stdlib::run(program, std::move(options), beside);
    progress.clear();
    explain_end(summary, told, context);
    const int written = write_summary(summary, program, *pseudonyms, settings, context);
    const int status = exit_status(summary, settings);
    return status != exit_fine ? status : written;
}

} // namespace

void add_run(CLI::App& command, Context& context) {
    auto& settings = context.options<RunSettings>();
    CLI::App* verb = command.add_subcommand("run", "Run policies over events; alerts go to standard output");
    verb->add_option("POLICIES", settings.policies, "Files, folders, bundles, `-`, or standard modules by name");
    add_input_options(*verb, settings.input);
    verb->add_option("--state", settings.state, "File to go on from, and to leave the state in for the next run");
    verb->add_option("--state-every", settings.state_every, "How often the state is written meanwhile")
        ->capture_default_str();
    verb->add_option("--on-error", settings.on_error, "What a rejected record does: skip, stop")
        ->check(CLI::IsMember({"skip", "stop"}))
        ->capture_default_str();
    verb->add_flag("--strict", settings.strict, "Check fields that no policy reads too, and records of unread types");
    verb->add_option("--max-rejected", settings.max_rejected, "Stop when more records than this are rejected")
        ->check([](const std::string& text) {
            const std::optional<std::int64_t> number = runtime::parse_integer(text);
            return number && *number >= 0 ? std::string{} : fmt::format("`{}` is not a number of records", text);
        });
    verb->add_option("--threads", settings.threads, "Threads that share the decoding and the people")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    verb->add_option("-o,--output", settings.output, "table (on a terminal), ndjson (elsewhere), ocsf")
        ->check(CLI::IsMember({"table", "ndjson", "ocsf"}));
    verb->add_option("--summary", settings.summary, "Where the run's summary goes as JSON too");
    verb->add_option("--fail-on-alert", settings.fail_on_alert, "Exit with 1 on an alert of this level or above")
        ->check(CLI::IsMember(std::vector<std::string>(runtime::level_names.begin(), runtime::level_names.end())));
    add_reveal_options(*verb, settings.reveal);
    context.on(verb, [&] { return run(settings, context); });
}

} // namespace watchword::tools
