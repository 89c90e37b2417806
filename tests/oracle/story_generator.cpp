#include "tests/oracle/story_generator.hpp"

#include "runtime/text.hpp"
#include "tests/oracle/vocabulary.hpp"

#include <fmt/format.h>

namespace watchword::oracle {
namespace {

constexpr runtime::Time start = 1'740'787'200 * runtime::one_second; // 2025-03-01T00:00:00Z

Record random_record(Random& random, const EventRow& row, runtime::Time time, runtime::Duration unit, bool roster) {
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
    if (row.name.starts_with("hr.") && random.chance(20)) record.stated = time - random.between(1, 6) * unit;
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

Story random_story(Random& random, runtime::Duration unit, bool with_roster) {
    Story story;
    story.has_roster = random.chance(60) || with_roster;
    for (int number = 1; story.has_roster && number <= 3; ++number) {
        Employee employee{fmt::format("u{}", number), {fmt::format("u{}@corp.example", number)}, {}};
        if (random.chance(50)) employee.attributes["group"] = random_value(random, {"group", FieldKind::text}, 0, unit);
        if (random.chance(30)) employee.attributes["privileged"] = Datum::truth(true);
        if (random.chance(30)) employee.attributes["grade"] = Datum::of(std::int64_t{random.below(3)});
        story.employees.push_back(std::move(employee));
    }
    runtime::Time time = start + random.below(24) * unit;
    const int records = random.between(20, 90);
    const int notices = random.between(0, 12); // early notices, so that there is something to watch
    for (int index = 0; index < records; ++index) {
        if (!random.chance(25)) time += random.between(0, 2) * unit;
        const bool notice = index >= notices && index < notices + 2;
        story.records.push_back(
            random_record(random, notice ? event_row("hr.notice") : random_row(random), time, unit, story.has_roster));
        story.records.back().id = fmt::format("e{}", index + 1);
    }
    story.until = random.chance(50) ? time + random.between(0, 12) * unit : 0;
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
