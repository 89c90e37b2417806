// A program made by hand, temporary files, and a reader that keeps what came out, for the tests of the input side.
#pragma once

#include "runtime/engine.hpp"
#include "runtime/program.hpp"
#include "stdlib/crew.hpp"
#include "stdlib/sources/block.hpp"
#include "stdlib/sources/input.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace watchword::source_tests {

using runtime::Kind;
using runtime::Type;

/// A folder of its own, gone at the end.
class Scratch {
public:
    Scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "watchword-test-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        folder_ = name;
    }
    ~Scratch() { std::filesystem::remove_all(folder_); }
    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }
    std::string read(const std::string& name) const {
        std::ostringstream text;
        text << std::ifstream(path(name), std::ios::binary).rdbuf();
        return text.str();
    }

private:
    std::filesystem::path folder_;
};

/// `file.copy` with a field of every kind, `hr.layoff` that is never late, `web.visit` that nobody reads.
inline runtime::Program make_program() {
    runtime::Program program;
    program.enumerations.push_back({{"success", "denied", "timed_out"}});
    runtime::EventSchema copy;
    copy.name = "file.copy";
    copy.used = true;
    const auto add = [](runtime::EventSchema& schema, const std::string& name, Type type) -> runtime::Field& {
        runtime::Field field;
        field.name = name;
        field.type = type;
        field.slot = static_cast<std::int32_t>(schema.slots++);
        schema.fields.push_back(field);
        return schema.fields.back();
    };
    add(copy, "user", {Kind::person});
    add(copy, "path", {Kind::text});
    add(copy, "bytes", {Kind::size});
    add(copy, "host", {Kind::host, true});
    add(copy, "removable", {Kind::boolean, true});
    add(copy, "outcome", {Kind::enumeration, true, 0});
    add(copy, "tags", {Kind::list, true, static_cast<std::uint16_t>(Kind::text)});
    add(copy, "took", {Kind::duration, true});
    add(copy, "seen", {Kind::time, true});
    add(copy, "share", {Kind::real, true});
    add(copy, "count", {Kind::integer, true});
    add(copy, "device", {Kind::text, true});
    add(copy, "medium", {Kind::text}).fallback = program.arena.text("disk");
    copy.subject = 0;
    runtime::EventSchema layoff;
    layoff.name = "hr.layoff";
    layoff.used = layoff.never_late = true;
    add(layoff, "user", {Kind::person});
    add(layoff, "last_day", {Kind::time, true});
    layoff.subject = 0;
    runtime::EventSchema visit;
    visit.name = "web.visit";
    add(visit, "user", {Kind::person});
    visit.subject = 0;
    program.events = {copy, layoff, visit};
    for (const auto& [name, type] : std::initializer_list<std::pair<std::string, Type>>{
             {"group", {Kind::text, true}}, {"privileged", {Kind::boolean, true}}, {"hired", {Kind::time, true}}}) {
        runtime::Field field;
        field.name = name;
        field.type = type;
        field.slot = static_cast<std::int32_t>(program.employee.attributes.size());
        program.employee.attributes.push_back(field);
    }
    return program;
}

/// An event that outlives its batch.
struct Kept {
    std::string type, id, subject;
    runtime::Time time = 0, stated = 0;
    std::uint64_t position = 0, line = 0;
    std::uint32_t input = 0;
    std::map<std::string, std::string> texts; ///< a list as its items, each followed by `|`
    std::map<std::string, std::int64_t> numbers;
    std::map<std::string, double> reals;
    std::set<std::string> absent;
    bool operator==(const Kept&) const = default;
};

struct Employee {
    std::string id;
    std::vector<std::string> aliases;
    std::map<std::string, std::string> texts;
    std::map<std::string, std::int64_t> numbers;
};

struct Outcome {
    bool opened = false;
    std::vector<Kept> events;
    std::vector<Employee> employees;
    stdlib::InputStatistics statistics;
    std::size_t in_blocks = 0; ///< events that came so; nothing is known of their places

    void forget_places() {
        for (Kept& event : events) event.line = event.input = 0;
    }
    /// `reason=count, …`
    std::string reasons() const {
        std::string result;
        for (const auto& [reason, rejection] : statistics.rejections)
            result += (result.empty() ? "" : ", ") + reason + "=" + std::to_string(rejection.count);
        return result;
    }
    std::string ids() const {
        std::string result;
        for (const Kept& event : events) result += (result.empty() ? "" : " ") + event.id;
        return result;
    }
};

inline Kept keep(const runtime::Program& program, const stdlib::InputEvent& event) {
    const runtime::EventSchema& schema = program.events[event.event.type];
    Kept kept;
    kept.type = schema.name;
    kept.id = event.event.id;
    kept.subject = event.event.subject;
    kept.time = event.event.time;
    kept.stated = event.event.stated;
    kept.position = event.event.position;
    kept.line = event.line;
    kept.input = event.input;
    for (const runtime::Field& field : schema.fields) {
        if (field.slot == runtime::no_slot) continue;
        const runtime::Value& value = event.event.fields[field.slot];
        if (!value.present()) {
            kept.absent.insert(field.name);
        } else if (field.type.kind == Kind::list) {
            for (std::uint64_t index = 0; index < value.extent; ++index)
                kept.texts[field.name] += std::string(value.items[index].text()) + "|";
        } else if (runtime::is_textual(field.type.kind) || field.type.kind == Kind::person) {
            kept.texts[field.name] = value.text();
        } else if (field.type.kind == Kind::real) {
            kept.reals[field.name] = value.real;
        } else {
            kept.numbers[field.name] = value.integer;
        }
    }
    return kept;
}

/// All events of a block, in order, if each is in the share where it belongs.
inline std::vector<Kept> keep(const runtime::Program& program, const stdlib::Block& block) {
    REQUIRE(block.strangers.empty());
    std::vector<Kept> result(block.events);
    std::size_t count = 0;
    runtime::Time first = runtime::never, last = runtime::beginning;
    for (std::size_t share = 0; share < block.shares.size(); ++share) {
        std::uint64_t before = 0;
        for (const runtime::Event* const event : block.shares[share]) {
            CHECK(runtime::shard_of(event->subject, static_cast<std::uint32_t>(block.shares.size())) == share);
            REQUIRE(event->position > before);
            REQUIRE(event->position <= block.events);
            before = event->position;
            Kept& kept = result[event->position - 1];
            REQUIRE(kept.type.empty());
            kept = keep(program, stdlib::InputEvent{*event, 0, 0, {}});
            kept.position += block.before;
            first = std::min(first, event->time);
            last = std::max(last, event->time);
            ++count;
        }
    }
    REQUIRE(count == block.events);
    CHECK(block.first == first);
    CHECK(block.last == last);
    return result;
}

inline Outcome read_files(const runtime::Program& program, std::vector<stdlib::InputFile> inputs,
                          stdlib::InputOptions options = {}) {
    Outcome outcome;
    options.inputs = std::move(inputs);
    stdlib::Input input(program, options, [&](const runtime::RosterEntry& entry) {
        Employee& employee = outcome.employees.emplace_back();
        employee.id = entry.id;
        employee.aliases.assign(entry.aliases.begin(), entry.aliases.end());
        for (const auto& [attribute, value] : entry.attributes) {
            const runtime::Field& field = program.employee.attributes[attribute];
            if (runtime::is_textual(field.type.kind))
                employee.texts[field.name] = value.text();
            else
                employee.numbers[field.name] = value.integer;
        }
        return std::string();
    });
    if (options.crew != nullptr) options.crew->start();
    outcome.opened = input.open();
    std::vector<stdlib::InputEvent> batch(7);
    for (;;) {
        if (input.peek_block() != nullptr) {
            const stdlib::Block& block = input.take_block();
            for (Kept& kept : keep(program, block)) outcome.events.push_back(std::move(kept));
            outcome.in_blocks += block.events;
            continue;
        }
        const std::size_t count = input.next(batch);
        if (count == 0) break;
        for (std::size_t index = 0; index < count; ++index) outcome.events.push_back(keep(program, batch[index]));
    }
    input.conclude();
    if (options.crew != nullptr) options.crew->stop();
    outcome.statistics = input.statistics();
    return outcome;
}

/// One native file of that content.
inline Outcome read(const runtime::Program& program, const std::string& content,
                    const stdlib::InputOptions& options = {}) {
    const Scratch scratch;
    return read_files(program, {{scratch.write("events", content), ""}}, options);
}

inline runtime::Time at(const std::string& text) {
    const auto time = runtime::parse_time(text, "");
    REQUIRE(time);
    return *time;
}

} // namespace watchword::source_tests
