// `watchword rosters`: what lies between directories that are published whole, month by month, as events of HR.
#include "desk/roster_changes.hpp"
#include "runtime/civil.hpp"
#include "runtime/text.hpp"
#include "tools/policies.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

namespace watchword::tools {

namespace {

struct RostersSettings {
    std::vector<std::string> policies, rosters;
    std::string source, hire = "hr.hire", change = "hr.profile", departure = "hr.termination";
};

/// `2010-01.csv`, `staff-2010-01-15.jsonl`: its first date; of a month its first day. In the module's zone.
std::optional<runtime::Time> date_of(const std::string& path, const std::string& zone) {
    const std::string name = std::filesystem::path(path).filename().string();
    const auto fits = [&](std::size_t at, std::string_view form) {
        if (name.size() < at + form.size()) return false;
        for (std::size_t i = 0; i < form.size(); ++i)
            if (form[i] == '0' ? name[at + i] < '0' || name[at + i] > '9' : name[at + i] != form[i]) return false;
        return true;
    };
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (fits(at, "0000-00-00")) return runtime::parse_time(name.substr(at, 10), zone);
        if (fits(at, "0000-00")) return runtime::parse_time(name.substr(at, 7) + "-01", zone);
    }
    return std::nullopt;
}

/// The event of that name, fit to tell of a person; or a complaint made.
std::optional<std::uint32_t> event_for(const runtime::Program& program, const std::string& name,
                                       const Context& context) {
    const std::optional<std::uint32_t> event = program.find_event(name);
    if (!event) {
        std::vector<std::string> names;
        for (const runtime::EventSchema& schema : program.events) names.push_back(schema.name);
        context.misused(fmt::format("no event is called `{}`{}", name, did_you_mean(name, names)));
        return std::nullopt;
    }
    const std::string problem = desk::roster_event_problem(program, *event);
    if (problem.empty()) return event;
    context.misused(problem);
    return std::nullopt;
}

int rosters(const RostersSettings& settings, const Context& context) {
    if (settings.rosters.size() < 2) return context.misused("what has changed takes two files: say --roster twice");
    Policies policies;
    if (const int status = load_policies(settings.policies, {}, context, policies); status != exit_fine) return status;
    const runtime::Program& program = *policies.program;
    const auto hire = event_for(program, settings.hire, context);
    const auto change = hire ? event_for(program, settings.change, context) : std::nullopt;
    const auto departure = change ? event_for(program, settings.departure, context) : std::nullopt;
    if (!departure) return exit_usage;
    std::optional<desk::RosterSnapshot> before;
    std::optional<runtime::Time> last;
    for (const std::string& word : settings.rosters) {
        stdlib::InputFile file = stdlib::parse_input_argument(word);
        if (file.source.empty()) file.source = settings.source;
        if (!file.source.empty() && program.find_source(file.source) == nullptr)
            return context.misused(fmt::format("no source is called `{}`", file.source));
        const std::optional<runtime::Time> time = date_of(file.path, program.zone);
        if (!time) return context.misused(fmt::format("{}: its name says no date, such as 2010-01.csv", file.path));
        if (last && *time <= *last)
            return context.misused(fmt::format("{}: the oldest comes first, each has a date of its own", file.path));
        auto read = desk::read_roster_snapshot(program, file);
        if (const auto* problem = std::get_if<std::string>(&read)) {
            context.complain(*problem);
            return exit_input;
        }
        auto& after = std::get<desk::RosterSnapshot>(read);
        if (before) {
            const std::string text = desk::roster_changes(program, {*hire, *change, *departure}, *before, after, *time);
            std::fwrite(text.data(), 1, text.size(), stdout);
        }
        before = std::move(after);
        last = time;
    }
    return exit_fine;
}

} // namespace

void add_rosters(CLI::App& command, Context& context) {
    auto& settings = context.options<RostersSettings>();
    CLI::App* verb = command.add_subcommand("rosters", "What differs between directories of staff, as events of HR");
    verb->add_option("POLICIES", settings.policies, "Files, folders, bundles, `-`, or standard modules by name");
    verb->add_option("--roster", settings.rosters, "[SOURCE=]FILE with a date in its name; several, the oldest first");
    verb->add_option("--source", settings.source, "The source of files that name none");
    verb->add_option("--hire", settings.hire, "The event of somebody new")->capture_default_str();
    verb->add_option("--change", settings.change, "The event of changed attributes")->capture_default_str();
    verb->add_option("--departure", settings.departure, "The event of somebody who is missing")->capture_default_str();
    context.on(verb, [&] { return rosters(settings, context); });
}

} // namespace watchword::tools
