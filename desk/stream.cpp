#include "desk/stream.hpp"

#include "desk/processor_time.hpp"
#include "runtime/roster.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace watchword::desk {

using runtime::Kind;
using runtime::Type;
using runtime::Value;

namespace {

constexpr std::size_t batch_size = 256;

/// Persons are account names, as text, until an engine resolves them.
bool is_text(Kind kind) { return runtime::is_textual(kind) || kind == Kind::ip || kind == Kind::person; }

} // namespace

StreamLayout layout_of(const runtime::Program& program) {
    StreamLayout layout;
    for (const runtime::EventSchema& schema : program.events) {
        layout.events.push_back(schema.name);
        std::vector<StreamLayout::Slot>& slots = layout.slots.emplace_back(schema.slots);
        for (const runtime::Field& field : schema.fields)
            if (field.slot != runtime::no_slot) slots[static_cast<std::size_t>(field.slot)] = {field.name, field.type};
    }
    for (const runtime::Field& attribute : program.employee.attributes)
        layout.attributes.push_back({attribute.name, attribute.type});
    return layout;
}

/// Counting sort.
EventIndex::EventIndex(const std::vector<std::uint32_t>& groups, std::size_t count) : begins_(count + 1, 0) {
    for (const std::uint32_t group : groups)
        if (group < count) ++begins_[group + 1];
    std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
    events_.resize(begins_.back());
    std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
    for (std::size_t i = 0; i < groups.size(); ++i)
        if (groups[i] < count) events_[next[groups[i]]++] = static_cast<std::uint32_t>(i);
}

std::span<const std::uint32_t> EventIndex::of(std::size_t group) const {
    if (group + 1 >= begins_.size()) return {};
    return std::span{events_}.subspan(begins_[group], begins_[group + 1] - begins_[group]);
}

Stream::Stream(const runtime::Program& program) : layout(layout_of(program)) {}

Value Stream::copy(const Value& value, Type type) {
    if (!value.present()) return value;
    if (is_text(type.kind)) return Value::of(arena_.copy(value.text()));
    if (type.kind != Kind::list) return value;
    Value* items = arena_.values(value.extent);
    for (std::size_t i = 0; i < value.extent; ++i)
        items[i] = copy(value.items[i], {static_cast<Kind>(type.detail), false, 0});
    return Value::of_list(items, value.extent);
}

void Stream::add(const runtime::Event& event, std::string_view file, std::uint64_t line) {
    StreamEvent added;
    added.event = event;
    added.event.id = arena_.copy(event.id);
    if (event.subject.data() != nullptr) added.event.subject = arena_.copy(event.subject);
    const std::vector<StreamLayout::Slot>& slots = layout.slots[event.type];
    Value* fields = arena_.values(slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i) fields[i] = copy(event.fields[i], slots[i].type);
    added.event.fields = fields;
    const auto known = std::find(files.begin(), files.end(), file);
    added.file = static_cast<std::uint32_t>(known - files.begin());
    if (known == files.end()) files.emplace_back(file);
    added.line = line;
    events.push_back(added);
}

void Stream::enter(const runtime::RosterEntry& entry, std::optional<runtime::Time> at) {
    StreamEmployee employee;
    employee.before = events.size();
    employee.at = at;
    employee.id = entry.id;
    employee.aliases.assign(entry.aliases.begin(), entry.aliases.end());
    for (const auto& [attribute, value] : entry.attributes)
        employee.attributes.emplace_back(attribute, copy(value, layout.attributes[attribute].type));
    employees.push_back(std::move(employee));
}

void Stream::resolve(const runtime::Program& program) {
    runtime::Roster roster{program};
    for (const StreamEmployee& employee : employees) roster.enter({employee.id, employee.aliases, employee.attributes});
    people.clear();
    person_of_.clear();
    for (StreamEvent& event : events) {
        const std::string_view account = event.event.subject;
        event.person = account.data() == nullptr || account.empty() ? no_person : roster.resolve(account);
    }
    for (runtime::PersonId person = 0; person < roster.size(); ++person) {
        people.emplace_back(roster.id(person));
        person_of_.emplace(runtime::fold(people.back()), person);
    }
    for (const StreamEmployee& employee : employees)
        for (const std::string& account : employee.aliases)
            person_of_.emplace(runtime::fold(account), roster.resolve(account));
    std::vector<std::uint32_t> subjects, types;
    for (const StreamEvent& event : events) {
        subjects.push_back(event.person);
        types.push_back(event.event.type);
    }
    about_ = EventIndex{subjects, people.size()};
    of_type_ = EventIndex{types, layout.events.size()};
    ids_.resize(events.size());
    std::iota(ids_.begin(), ids_.end(), std::size_t{0});
    std::stable_sort(ids_.begin(), ids_.end(), [&](std::size_t a, std::size_t b) {
        return std::string_view{events[a].event.id} < std::string_view{events[b].event.id};
    });
}

std::uint32_t Stream::find_person(std::string_view id) const {
    const auto found = person_of_.find(runtime::fold(id));
    return found == person_of_.end() ? no_person : found->second;
}

const StreamEvent* Stream::find_event(std::string_view id) const {
    const auto found = std::lower_bound(ids_.begin(), ids_.end(), id, [&](std::size_t index, std::string_view wanted) {
        return events[index].event.id < wanted;
    });
    return found != ids_.end() && events[*found].event.id == id ? &events[*found] : nullptr;
}

std::string Stream::place(const StreamEvent& event) const {
    return fmt::format("{}:{}", files[event.file], event.line);
}

Stream read_stream(const runtime::Program& program, const stdlib::InputOptions& options, Progress* progress) {
    Stream stream{program};
    stream.has_roster = !options.rosters.empty();
    stream.until = options.until;
    runtime::Roster roster{program}; // says which account belongs to two people
    stdlib::Input input{program, options, [&](const runtime::RosterEntry& entry) {
                            stream.enter(entry);
                            return roster.enter(entry);
                        }};
    std::array<stdlib::InputEvent, batch_size> batch;
    const auto timed = [&](auto work) {
        const double begin = processor_seconds();
        const auto result = work();
        stream.reading_seconds += processor_seconds() - begin;
        return result;
    };
    timed([&] { return input.open(); });
    while (const std::size_t count = timed([&] { return input.next(batch); })) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::string& path = options.inputs[batch[i].input].path;
            stream.add(batch[i].event, path == "-" ? "standard input" : path, batch[i].line);
        }
        if (progress == nullptr) continue;
        progress->done = stream.events.size();
        progress->time = stream.events.back().event.time;
    }
    input.conclude();
    stream.input = input.statistics();
    stream.resolve(program);
    return stream;
}

} // namespace watchword::desk
