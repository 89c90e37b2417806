#include "desk/roster_changes.hpp"

#include "runtime/hit.hpp"
#include "runtime/roster.hpp"
#include "runtime/text.hpp"
#include "stdlib/sinks/json_writer.hpp"

#include <fmt/format.h>

namespace watchword::desk {

namespace {

using runtime::Kind;
using runtime::Program;
using runtime::Type;
using runtime::Value;

/// As native records write it. People are account names here.
void write(stdlib::JsonWriter& writer, const Value& value, Type type, const Program& program,
           const runtime::Roster& nobody) {
    if (type.kind == Kind::list) {
        writer.begin_array();
        for (std::uint64_t i = 0; i < value.extent; ++i)
            write(writer, value.items[i], {static_cast<Kind>(type.detail)}, program, nobody);
        return writer.end_array();
    }
    if (type.kind == Kind::boolean) return writer.boolean(value.integer != 0);
    if (type.kind == Kind::integer) return writer.integer(value.integer);
    if (runtime::is_textual(type.kind) || type.kind == Kind::person) return writer.text(value.text());
    writer.text(show_value(value, type, program, nobody));
}

std::string as_json(const Value& value, Type type, const Program& program, const runtime::Roster& nobody) {
    std::string text;
    stdlib::JsonWriter writer{text};
    write(writer, value, type, program, nobody);
    return text;
}

struct Writing {
    const Program& program;
    runtime::Time time;
    std::string text{};
    std::uint64_t number = 0;

    /// `attributes` beside the person's id, as far as the event has fields for them.
    void line(std::uint32_t event, const std::string& id, const std::map<std::uint32_t, std::string>& attributes) {
        const runtime::EventSchema& schema = program.events[event];
        const std::string stamp = runtime::show_time(time);
        stdlib::JsonWriter writer{text};
        writer.begin_object();
        writer.member("type", schema.name);
        writer.member("time", stamp);
        writer.member("id", fmt::format("roster-{}-{}", stamp.substr(0, 10), number++));
        const std::string& subject = schema.fields[static_cast<std::size_t>(schema.subject)].name;
        writer.member(subject, id);
        for (const auto& [attribute, value] : attributes) {
            const std::string& name = program.employee.attributes[attribute].name;
            if (schema.find(name) == nullptr || name == subject) continue;
            writer.key(name);
            writer.raw(value);
        }
        writer.end_object();
        text += '\n';
    }
};

} // namespace

std::variant<RosterSnapshot, std::string> read_roster_snapshot(const Program& program, const stdlib::InputFile& file) {
    RosterSnapshot snapshot;
    const runtime::Roster nobody{program};
    stdlib::InputOptions options;
    options.rosters.push_back(file);
    stdlib::Input input{program, options, [&](const runtime::RosterEntry& entry) {
                            auto& person = snapshot.people[runtime::fold(entry.id)];
                            person.id = entry.id;
                            for (const auto& [attribute, value] : entry.attributes)
                                if (value.present())
                                    person.attributes[attribute] =
                                        as_json(value, program.employee.attributes[attribute].type, program, nobody);
                            return std::string();
                        }};
    input.open();
    const stdlib::InputStatistics& read = input.statistics();
    if (!read.errors.empty()) return read.errors.front();
    if (!read.rejections.empty()) {
        // half a directory would make departures of those whom it lacks
        const auto& [reason, first] = *read.rejections.begin();
        return fmt::format("{}:{}: {}", first.file, first.line, reason);
    }
    if (snapshot.people.empty()) return fmt::format("{}: nobody is in it", file.path);
    return snapshot;
}

std::string roster_event_problem(const Program& program, std::uint32_t event) {
    const runtime::EventSchema& schema = program.events[event];
    if (schema.subject == runtime::no_slot) return fmt::format("{} is about nobody", schema.name);
    for (const runtime::Field& field : schema.fields) {
        const bool is_subject = &field == &schema.fields[static_cast<std::size_t>(schema.subject)];
        if (!is_subject && !field.type.optional && !field.fallback)
            return fmt::format("{} cannot do without `{}`", schema.name, field.name);
    }
    return {};
}

std::string roster_changes(const Program& program, const RosterEvents& events, const RosterSnapshot& before,
                           const RosterSnapshot& after, runtime::Time time) {
    Writing writing{program, time};
    for (const auto& [key, person] : after.people)
        if (!before.people.contains(key)) writing.line(events.hire, person.id, person.attributes);
    for (const auto& [key, person] : after.people) {
        const auto known = before.people.find(key);
        if (known == before.people.end()) continue;
        std::map<std::uint32_t, std::string> changed;
        for (const auto& [attribute, value] : person.attributes) {
            const auto then = known->second.attributes.find(attribute);
            if (then == known->second.attributes.end() || then->second != value) changed[attribute] = value;
        }
        if (!changed.empty()) writing.line(events.change, person.id, changed);
    }
    for (const auto& [key, person] : before.people)
        if (!after.people.contains(key)) writing.line(events.departure, person.id, {});
    return writing.text;
}

} // namespace watchword::desk
