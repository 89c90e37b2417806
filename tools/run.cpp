// `watchword run`: the main job. Turns the command line into run options, and the way a run ended into an exit status.
#include "runtime/text.hpp"
#include "stdlib/key_file.hpp"
#include "stdlib/runner.hpp"
#include "tools/policies.hpp"
#include "tools/progress.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <variant>

namespace watchword::tools {

namespace {

struct RunSettings {
    std::vector<std::string> policies, inputs, rosters;
    std::string lateness, until, output, dead_letter, on_error = "skip", fail_on_alert, memory, temporary;
    std::string reason, key, reveal_log, summary;
    std::string state, state_every = "5m";
    std::optional<std::uint64_t> max_rejected;
    std::uint32_t threads = 1;
    bool sorted = false, reveal = false;
};

std::string user_name() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : fmt::format("uid {}", ::getuid());
}

runtime::Time wall_clock() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

std::optional<runtime::Level> parse_level(std::string_view word) {
    const auto found = std::find(runtime::level_names.begin(), runtime::level_names.end(), word);
    if (found == runtime::level_names.end()) return std::nullopt;
    return static_cast<runtime::Level>(found - runtime::level_names.begin());
}

/// The settings as run options; exit_fine, or a complaint made.
int fill_options(const RunSettings& settings, const Context& context, stdlib::RunOptions& options) {
    for (const std::string& word : settings.inputs) options.input.inputs.push_back(stdlib::parse_input_argument(word));
    for (const std::string& word : settings.rosters)
        options.input.rosters.push_back(stdlib::parse_input_argument(word));
    options.input.sorted = settings.sorted;
    options.input.dead_letter = settings.dead_letter;
    options.input.temporary = settings.temporary;
    options.input.count_unknown_fields = context.verbose;
    options.stop_on_error = settings.on_error == "stop";
    options.max_rejected = settings.max_rejected;
    options.threads = settings.threads;
    if (!settings.lateness.empty()) {
        const auto lateness = runtime::parse_duration(settings.lateness);
        if (!lateness)
            return context.misused(fmt::format("--lateness: `{}` is not a duration such as `10m`", settings.lateness));
        options.input.lateness = *lateness;
    }
    if (!settings.until.empty()) {
        options.until = runtime::parse_time(settings.until, "");
        if (!options.until)
            return context.misused(fmt::format("--until: `{}` is not a time such as `2025-03-31`", settings.until));
    }
    options.state = settings.state;
    const auto every = runtime::parse_duration(settings.state_every);
    if (!every || *every <= 0)
        return context.misused(fmt::format("--state-every: `{}` is not a duration such as `5m`", settings.state_every));
    options.state_every = std::chrono::microseconds{*every};
    if (!settings.memory.empty()) {
        const auto bytes = runtime::parse_size(settings.memory);
        if (!bytes || *bytes <= 0)
            return context.misused(fmt::format("--memory: `{}` is not a size such as `4GB`", settings.memory));
        options.engine.state_bytes = static_cast<std::size_t>(*bytes);
    }
    return exit_fine;
}

/// Every source that `-i NAME=` names must be declared by some policy.
int check_sources(const stdlib::RunOptions& options, const runtime::Program& program, const Context& context) {
    std::vector<std::string> names;
    for (const runtime::SourcePlan& source : program.sources) names.push_back(source.name);
    for (const auto* files : {&options.input.inputs, &options.input.rosters})
        for (const stdlib::InputFile& file : *files)
            if (!file.source.empty() && program.find_source(file.source) == nullptr)
                return context.misused(fmt::format("the policies declare no source `{}`{}", file.source,
                                                   did_you_mean(file.source, names)));
    return exit_fine;
}

/// The key, and what it makes: pseudonyms and the identity of alerts. Revealing is logged before anything is shown.
int open_key(const RunSettings& settings, const Context& context, stdlib::RunOptions& options,
             std::optional<stdlib::Pseudonyms>& pseudonyms) {
    const std::string path = settings.key.empty() ? stdlib::default_key_path() : settings.key;
    if (path.empty()) return context.misused("no place for the key of pseudonyms: set HOME or say --key FILE");
    auto key = stdlib::load_key(path);
    if (const auto* problem = std::get_if<stdlib::FileProblem>(&key)) return context.misused(problem->message);
    const std::string& secret = std::get<std::string>(key);
    options.engine.identity_key = stdlib::keyed_hash(secret, "watchword alert identity");
    if (!settings.reveal) {
        pseudonyms.emplace(secret);
        return exit_fine;
    }
    const std::string log = settings.reveal_log.empty() ? stdlib::default_reveal_log(path) : settings.reveal_log;
    const std::string problem =
        stdlib::append_reveal(log, {runtime::show_time(wall_clock()), user_name(), settings.reason, context.command});
    if (!problem.empty()) return context.misused(problem);
    pseudonyms = stdlib::Pseudonyms::revealed();
    return exit_fine;
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
    if (settings.fail_on_alert.empty()) return exit_fine;
    return summary.alerts_from(*parse_level(settings.fail_on_alert)) != 0 ? exit_findings : exit_fine;
}

void explain_end(const stdlib::RunSummary& summary, const Context& context) {
    for (const std::string& error : summary.input.errors) context.complain(error);
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
    std::ofstream file{settings.summary, std::ios::binary};
    if (file << text << std::flush) return exit_fine;
    return context.misused(fmt::format("cannot write the summary {}", settings.summary));
}

/// `run -i events.jsonl policy.watch`: a policy after the inputs is a policy.
RunSettings sort_words(RunSettings settings) {
    const auto policy = std::stable_partition(settings.inputs.begin(), settings.inputs.end(),
                                              [](const std::string& word) { return !word.ends_with(".watch"); });
    settings.policies.insert(settings.policies.end(), policy, settings.inputs.end());
    settings.inputs.erase(policy, settings.inputs.end());
    return settings;
}

int run(const RunSettings& given, const Context& context) {
    const RunSettings settings = sort_words(given);
    if (settings.reveal && settings.reason.empty()) return context.misused("--reveal needs --reason \"…\"");
    if (!settings.reveal && !settings.reason.empty()) return context.misused("--reason says why to --reveal");
    if (settings.inputs.empty()) return context.misused("no input: say -i FILE, or -i - for standard input");
    stdlib::RunOptions options;
    if (const int status = fill_options(settings, context, options); status != exit_fine) return status;
    Policies policies;
    if (const int status = load_policies(settings.policies, {}, context, policies); status != exit_fine) return status;
    const runtime::Program& program = *policies.program;
    if (const int status = check_sources(options, program, context); status != exit_fine) return status;
    std::optional<stdlib::Pseudonyms> pseudonyms;
    if (const int status = open_key(settings, context, options, pseudonyms); status != exit_fine) return status;

    const std::string output = !settings.output.empty()  ? settings.output
                               : ::isatty(STDOUT_FILENO) ? "table"
                                                         : "ndjson";
    stdlib::FileSink sink{stdout, stdlib::find_format(output), {program, *pseudonyms, context.color_on(STDOUT_FILENO)}};
    ProgressLine progress{!context.quiet && ::isatty(STDERR_FILENO) != 0};
    const bool finite = !settings.sorted && std::none_of(settings.inputs.begin(), settings.inputs.end(),
                                                         [](const std::string& word) { return word.ends_with("-"); });
    options.progress = [&](const stdlib::RunProgress& now) {
        progress.show(now, finite);
        return true;
    };
    if (!settings.state.empty()) {
        stop_on_signals();
        options.input.stop = &stop_requested;
    }
    const stdlib::RunSummary summary = stdlib::run(program, std::move(options), sink);
    progress.clear();
    explain_end(summary, context);
    const int written = write_summary(summary, program, *pseudonyms, settings, context);
    const int status = exit_status(summary, settings);
    return status != exit_fine ? status : written;
}

void add_input_options(CLI::App& verb, RunSettings& settings) {
    verb.add_option("-i,--input", settings.inputs,
                    "Events: [SOURCE=]FILE, or - for standard input; several are merged by time");
    verb.add_option("--roster", settings.rosters, "Employees: [SOURCE=]FILE, JSON Lines or CSV")
        ->allow_extra_args(false);
    verb.add_option("--lateness", settings.lateness, "How late a record of a stream may come, such as 10m");
    verb.add_flag("--sorted", settings.sorted, "Files are in order of time: stream them");
    verb.add_option("--until", settings.until, "Let time pass to here at the end of the input");
    verb.add_option("--state", settings.state, "File to go on from, and to leave the state in for the next run");
    verb.add_option("--state-every", settings.state_every, "How often the state is written meanwhile")
        ->capture_default_str();
    verb.add_option("--dead-letter", settings.dead_letter, "Where rejected and late records go, as JSON Lines");
    verb.add_option("--on-error", settings.on_error, "What a rejected record does: skip, stop")
        ->check(CLI::IsMember({"skip", "stop"}))
        ->capture_default_str();
    verb.add_option("--max-rejected", settings.max_rejected, "Stop when more records than this are rejected");
    verb.add_option("--threads", settings.threads, "Engines that share the people, beside the thread that reads")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    verb.add_option("--memory", settings.memory, "Most that watches and kept history may take, such as 4GB");
    verb.add_option("--temporary", settings.temporary, "Folder for files that are put in order on disk");
}

} // namespace

void add_run(CLI::App& command, Context& context) {
    auto& settings = context.options<RunSettings>();
    CLI::App* verb = command.add_subcommand("run", "Run policies over events; alerts go to standard output");
    verb->add_option("POLICIES", settings.policies, "Files, folders, `-`, or standard modules by name");
    add_input_options(*verb, settings);
    verb->add_option("-o,--output", settings.output, "table (on a terminal), ndjson (elsewhere), ocsf")
        ->check(CLI::IsMember({"table", "ndjson", "ocsf"}));
    verb->add_option("--summary", settings.summary, "Where the run's summary goes as JSON too");
    verb->add_option("--fail-on-alert", settings.fail_on_alert, "Exit with 1 on an alert of this level or above")
        ->check(CLI::IsMember(std::vector<std::string>(runtime::level_names.begin(), runtime::level_names.end())));
    verb->add_flag("--reveal", settings.reveal, "Show names and sensitive values; is written to the reveal log")
        ->configurable(false);
    verb->add_option("--reason", settings.reason, "Why names are asked for")->configurable(false);
    verb->add_option("--key", settings.key, "The key of pseudonyms; made if it is not there");
    verb->add_option("--reveal-log", settings.reveal_log, "Where reveals are written; default beside the key");
    context.on(verb, [&] { return run(settings, context); });
}

} // namespace watchword::tools
