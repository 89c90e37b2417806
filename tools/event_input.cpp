// The same flags mean the same on every verb, and are refused in the same words.
#include "tools/event_input.hpp"

#include "runtime/text.hpp"
#include "stdlib/key_file.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <variant>

namespace watchword::tools {

namespace {

std::string user_name() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : fmt::format("uid {}", ::getuid());
}

/// As files of events are called, packed or not.
bool is_named_as_data(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return false;
    std::string_view word = path;
    for (const std::string_view packed : {".gz", ".zst"})
        if (word.ends_with(packed)) word.remove_suffix(packed.size());
    return word.ends_with(".jsonl") || word.ends_with(".ndjson") || word.ends_with(".csv");
}

} // namespace

void add_input_options(CLI::App& verb, InputSettings& settings) {
    verb.add_option("-i,--input", settings.inputs,
                    "Events: [SOURCE=]FILE, or - for standard input; several are merged by time");
    verb.add_option("--roster", settings.rosters, "Employees: [SOURCE=]FILE, JSON Lines or CSV")
        ->allow_extra_args(false);
    verb.add_option("--lateness", settings.lateness, "How late a record of a stream may come, such as 10m");
    verb.add_option("--ahead", settings.ahead,
                    "How far a record's time may be ahead of this machine's clock; later ones are rejected")
        ->capture_default_str();
    verb.add_flag("--sorted", settings.sorted, "Files are in order of time: stream them");
    verb.add_option("--until", settings.until, "Let time pass to here at the end of the input");
    verb.add_option("--dead-letter", settings.dead_letter, "Where rejected and late records go, as JSON Lines");
    verb.add_option("--memory", settings.memory, "Most memory that watches and kept history may take, such as 4GB");
    verb.add_option(
        "--temporary", settings.temporary,
        "Folder for temporary files: of what is put in order, of history for which half the memory is full");
}

void sort_words(std::vector<std::string>& policies, std::vector<std::string>& inputs) {
    const auto policy = std::stable_partition(inputs.begin(), inputs.end(),
                                              [](const std::string& word) { return !word.ends_with(".watch"); });
    policies.insert(policies.end(), policy, inputs.end());
    inputs.erase(policy, inputs.end());
    const auto input = std::stable_partition(policies.begin(), policies.end(),
                                             [](const std::string& word) { return !is_named_as_data(word); });
    inputs.insert(inputs.end(), input, policies.end());
    policies.erase(input, policies.end());
}

int fill_input(const InputSettings& settings, const Context& context, stdlib::InputOptions& options) {
    for (const std::string& word : settings.inputs) options.inputs.push_back(stdlib::parse_input_argument(word));
    for (const std::string& word : settings.rosters) options.rosters.push_back(stdlib::parse_input_argument(word));
    options.sorted = settings.sorted;
    options.dead_letter = settings.dead_letter;
    options.temporary = settings.temporary;
    options.count_unknown_fields = context.verbose;
    const auto ahead = runtime::parse_duration(settings.ahead);
    if (!ahead || *ahead < 0)
        return context.misused(fmt::format("--ahead: `{}` is not a duration such as `1d`", settings.ahead));
    options.ahead = *ahead;
    if (!settings.until.empty()) {
        options.until = runtime::parse_time(settings.until, "");
        if (!options.until)
            return context.misused(fmt::format("--until: `{}` is not a time such as `2025-03-31`", settings.until));
    }
    if (settings.lateness.empty()) return exit_fine;
    const auto lateness = runtime::parse_duration(settings.lateness);
    if (!lateness)
        return context.misused(fmt::format("--lateness: `{}` is not a duration such as `10m`", settings.lateness));
    options.lateness = *lateness;
    return exit_fine;
}

int fill_engine(const InputSettings& settings, const Context& context, runtime::EngineOptions& options) {
    if (settings.memory.empty()) return exit_fine;
    const auto bytes = runtime::parse_size(settings.memory);
    if (!bytes || *bytes <= 0)
        return context.misused(fmt::format("--memory: `{}` is not a size such as `4GB`", settings.memory));
    options.state_bytes = static_cast<std::size_t>(*bytes);
    return exit_fine;
}

int check_sources(const stdlib::InputOptions& options, const runtime::Program& program, const Context& context) {
    std::vector<std::string> names;
    for (const runtime::SourcePlan& source : program.sources) names.push_back(source.name);
    for (const auto* files : {&options.inputs, &options.rosters})
        for (const stdlib::InputFile& file : *files)
            if (!file.source.empty() && program.find_source(file.source) == nullptr)
                return context.misused(fmt::format("the policies declare no source `{}`{}", file.source,
                                                   did_you_mean(file.source, names)));
    return exit_fine;
}

void add_reveal_options(CLI::App& verb, RevealSettings& settings) {
    verb.add_flag("--reveal", settings.reveal, "Show names and sensitive values; is written to the reveal log")
        ->configurable(false);
    verb.add_option("--reason", settings.reason, "Why names are asked for")->configurable(false);
    verb.add_option("--key", settings.key, "The key of pseudonyms; made if it is not there");
    verb.add_option("--reveal-log", settings.log, "Where reveals are written; default beside the key");
}

int open_key(const RevealSettings& settings, const Context& context, std::string& identity_key,
             std::optional<stdlib::Pseudonyms>& pseudonyms) {
    if (settings.reveal && settings.reason.empty()) return context.misused("--reveal needs --reason \"…\"");
    if (!settings.reveal && !settings.reason.empty()) return context.misused("--reason says why to --reveal");
    const std::string path = settings.key.empty() ? stdlib::default_key_path() : settings.key;
    if (path.empty()) return context.misused("no place for the key of pseudonyms: set HOME or say --key FILE");
    auto key = stdlib::load_key(path);
    if (const auto* problem = std::get_if<stdlib::FileProblem>(&key)) return context.misused(problem->message);
    const std::string& secret = std::get<std::string>(key);
    identity_key = stdlib::alert_identity_key(secret);
    if (!settings.reveal) {
        pseudonyms.emplace(secret);
        return exit_fine;
    }
    const std::string log = settings.log.empty() ? stdlib::default_reveal_log(path) : settings.log;
    const std::string problem =
        stdlib::append_reveal(log, {runtime::show_time(wall_clock()), user_name(), settings.reason, context.command});
    if (!problem.empty()) return context.misused(problem);
    pseudonyms = stdlib::Pseudonyms::revealed();
    return exit_fine;
}

std::optional<runtime::Level> parse_level(std::string_view word) {
    const auto found = std::find(runtime::level_names.begin(), runtime::level_names.end(), word);
    if (found == runtime::level_names.end()) return std::nullopt;
    return static_cast<runtime::Level>(found - runtime::level_names.begin());
}

runtime::Time wall_clock() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace watchword::tools
