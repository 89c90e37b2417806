#include "tests/oracle/story_generator.hpp"

#include "runtime/text.hpp"
#include "tests/oracle/vocabulary.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::oracle {
namespace {

Record random_record(Random& random, const EventRow& row, runtime::Time time, runtime::Duration unit, bool roster,
                     bool late) {
    Record record;
    record.type = row.name;
    record.time = record.stated = time;
    const std::string person = fmt::format("u{}", 1 + random.below(roster ? 3 : 2));
    record.account = roster && random.chance(25) ? person + "@corp.example" : person;
    if (roster && random.chance(3)) record.account = "stranger";
    for (const FieldRow& field : row.fields)
        if (!field.optional || random.chance(60)) record.fields[field.name] = random_value(random, field, time, unit);
    record.fields["user"] = Datum::of(record.account);
    // What HR sends may come long after the fact.
    if (row.name.starts_with("hr.") && random.chance(late ? 60 : 20))
        record.stated = time - random.between(1, 6) * unit;
    return record;
}

const EventRow& random_row(Random& random) {
    int total = 0;
    for (const EventRow& row : vocabulary()) total += row.weight;
    int mark = random.below(total);
    for (const EventRow& row : vocabulary())
        if ((mark -= row.weight) < 0) return row;
    return vocabulary().front();
}

std::string show(const Datum& datum, FieldKind kind) {
    switch (kind) {
    case FieldKind::real:
        return runtime::show_real(datum.real);
    case FieldKind::size:
        return runtime::show_size(datum.integer);
    case FieldKind::truth:
        return datum.integer != 0 ? "true" : "false";
    case FieldKind::time:
        return runtime::show_time(datum.integer);
    case FieldKind::color:
        return std::vector<std::string>{"red", "green", "blue"}[static_cast<std::size_t>(datum.integer)];
    case FieldKind::integer:
        return fmt::format("{}", datum.integer);
    default:
        return fmt::format("\"{}\"", datum.text);
    }
}

} // namespace

namespace {

bool is_about(const RandomPolicies& policies, std::string_view clause) {
    return std::ranges::find(policies.subjects, clause) != policies.subjects.end();
}

Employee random_employee(Random& random, int number, const RandomPolicies& policies) {
    Employee employee{fmt::format("u{}", number), {fmt::format("u{}@corp.example", number)}, {}};
    const auto hour = [](int of_day) { return Datum::of(of_day * runtime::one_hour); };
    if (random.chance(50))
        employee.attributes["group"] = random_value(random, {"group", FieldKind::text}, 0, policies.unit);
    if (random.chance(30)) employee.attributes["privileged"] = Datum::truth(true);
    if (random.chance(30)) employee.attributes["grade"] = Datum::of(std::int64_t{random.below(3)});
    if (random.chance(is_about(policies, "people: zone") ? 90 : 40))
        employee.attributes["zone"] = Datum::of(random.of(zones));
    if (random.chance(70)) employee.attributes["shift"] = hour(random.of<int>({0, 6, 14, 22}));
    if (random.chance(90)) employee.attributes["shift_end"] = hour(random.of<int>({6, 14, 20}));
    return employee;
}

} // namespace

Story random_story(Random& random, const RandomPolicies& policies) {
    const auto mentions = [&](std::string_view what) { return policies.text.find(what) != std::string::npos; };
    Story story;
    // A trigger for a whole group is about the people of the roster.
    story.has_roster = random.chance(60) || mentions(" for employee.") || is_about(policies, "people: zone");
    for (int number = 1; story.has_roster && number <= 3; ++number)
        story.employees.push_back(random_employee(random, number, policies));
    runtime::Time time = policies.start + random.below(24) * policies.unit;
    const int records = random.between(20, is_about(policies, "usual: at least") ? 60 : 75);
    const int notices = random.between(0, 12); // early notices, so that there is something to watch
    // A sequence needs several records of one person within its span.
    const bool dense = std::ranges::any_of(policies.subjects, [](const auto& s) { return s.starts_with("sequence"); });
    const bool moving = is_about(policies, "condition: another person's attribute");
    for (int index = 0; index < records; ++index) {
        if (!random.chance(dense ? 50 : 25)) time += random.between(0, dense ? 1 : 2) * policies.unit;
        const bool notice = index >= notices && index < notices + 2;
        const EventRow& row = notice
                                  ? event_row(mentions("opens on hr.cut") && random.chance(70) ? "hr.cut" : "hr.notice")
                              : moving && random.chance(50) ? event_row(random.chance(35) ? "hr.profile" : "act.send")
                                                            : random_row(random);
        story.records.push_back(random_record(random, row, time, policies.unit, story.has_roster,
                                              is_about(policies, "trigger: stated time")));
        story.records.back().id = fmt::format("e{}", index + 1);
    }
    story.until = random.chance(50) ? time + random.between(0, 12) * policies.unit : 0;
    return story;
}

std::string show(const Story& story) {
    std::string text;
    for (const Employee& employee : story.employees) {
        text += fmt::format("employee {}", employee.id);
        for (const auto& [name, value] : employee.attributes)
            text += fmt::format(" {}={}", name, value.text.empty() ? fmt::format("{}", value.integer) : value.text);
        text += '\n';
    }
    for (const Record& record : story.records) {
        text += fmt::format("{} {} {} {}", runtime::show_time(record.time), record.id, record.type, record.account);
        if (record.stated != record.time) text += " stated=" + runtime::show_time(record.stated);
        for (const FieldRow& field : event_row(record.type).fields)
            if (const auto found = record.fields.find(field.name); found != record.fields.end())
                text += fmt::format(" {}={}", field.name, show(found->second, field.kind));
        text += '\n';
    }
    if (story.until != 0) text += "until " + runtime::show_time(story.until) + "\n";
    return text;
}

} // namespace watchword::oracle
