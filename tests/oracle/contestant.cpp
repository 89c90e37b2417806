#include "tests/oracle/contestant.hpp"

#include "runtime/engine.hpp"
#include "runtime/snapshot.hpp"
#include "runtime/text.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/shards.hpp"
#include "stdlib/sinks/sink.hpp"

#include <deque>
#include <fmt/format.h>

namespace watchword::oracle {
namespace {

using runtime::Kind;
using runtime::Value;

Value value_of(const Datum& datum, runtime::Type type, std::deque<std::string>& texts) {
    if (!datum.present) return Value::absent();
    if (type.kind == Kind::real) return Value::of(datum.real);
    if (!runtime::is_textual(type.kind) && type.kind != Kind::person) return Value::of(datum.integer);
    const bool folds = type.kind == Kind::host || type.kind == Kind::email;
    return Value::of(std::string_view(texts.emplace_back(folds ? runtime::fold(datum.text) : datum.text)));
}

} // namespace

void each_employee(const runtime::Program& program, const Story& story,
                   const std::function<void(const runtime::RosterEntry&)>& enter) {
    for (const Employee& employee : story.employees) {
        std::deque<std::string> texts;
        std::vector<std::pair<std::uint32_t, Value>> attributes;
        for (std::uint32_t index = 0; index < program.employee.attributes.size(); ++index) {
            const runtime::Field& field = program.employee.attributes[index];
            if (const auto found = employee.attributes.find(field.name); found != employee.attributes.end())
                attributes.emplace_back(index, value_of(found->second, field.type, texts));
        }
        enter(runtime::RosterEntry{employee.id, employee.accounts, attributes});
    }
}

namespace {

void enter(runtime::Engine& engine, const runtime::Program& program, const Story& story) {
    if (!story.has_roster) return;
    engine.roster().require();
    each_employee(program, story, [&](const runtime::RosterEntry& entry) { engine.roster().enter(entry); });
}

} // namespace

std::unique_ptr<HeldEvent> hold(const runtime::Program& program, const Record& record, std::uint64_t position) {
    const auto type = program.find_event(record.type);
    if (!type) return nullptr;
    const runtime::EventSchema& schema = program.events[*type];
    auto held = std::make_unique<HeldEvent>();
    held->slots.resize(schema.slots);
    for (const runtime::Field& field : schema.fields) {
        if (field.slot == runtime::no_slot) continue;
        const auto found = record.fields.find(field.name);
        held->slots[static_cast<std::size_t>(field.slot)] = found != record.fields.end()
                                                                ? value_of(found->second, field.type, held->texts)
                                                            : field.fallback ? *field.fallback
                                                                             : Value::absent();
    }
    runtime::Event& event = held->event;
    event.type = *type;
    event.time = record.time;
    event.stated = record.stated;
    event.position = position;
    event.id = record.id;
    event.fields = held->slots.data();
    if (!record.account.empty()) event.subject = record.account;
    return held;
}

namespace {

void push(runtime::Engine& engine, const runtime::Program& program, const Record& record, std::uint64_t position) {
    if (const auto held = hold(program, record, position)) engine.push(held->event);
}

} // namespace

std::unique_ptr<Compiled> compile(const std::string& text, const Files& files) {
    auto compiled = std::make_unique<Compiled>();
    const std::vector<std::uint32_t> roots{compiled->sources->add("case.watch", text)};
    dsl::CompilerOptions options;
    options.functions = &stdlib::functions();
    options.lint = false;
    options.read = [&](std::string_view name, std::string_view) -> std::optional<std::string> {
        const auto found = files.find(std::string(name));
        return found == files.end() ? std::nullopt : std::optional(found->second);
    };
    dsl::Diagnostics diagnostics;
    compiled->model = dsl::check(*compiled->sources, roots, options, diagnostics);
    for (const dsl::Diagnostic& diagnostic : diagnostics.all())
        if (dsl::row(diagnostic.code).severity == dsl::Severity::error) {
            const dsl::Position at = compiled->sources->position(diagnostic.span.file, diagnostic.span.begin);
            compiled->problem += fmt::format("{}:{}: {}\n", at.line, at.column, diagnostic.message);
        }
    if (!compiled->problem.empty()) return compiled;
    compiled->program = dsl::lower(compiled->model);
    compiled->problem = runtime::verify(compiled->program);
    for (const runtime::PolicyPlan& policy : compiled->program.policies) compiled->policies.push_back(policy.name);
    for (const dsl::SignalInfo& signal : compiled->model.signals)
        if (compiled->model.decl<dsl::SignalDecl>(signal.at).when != dsl::no_expr)
            compiled->windowed.insert(signal.name);
    return compiled;
}

void leave_out_unused(const runtime::Program& program, Story& story) {
    std::erase_if(story.records, [&](const Record& record) {
        const auto type = program.find_event(record.type);
        return !type || !program.events[*type].used;
    });
}

std::vector<runtime::Alert> run(const runtime::Program& program, const Story& story) {
    runtime::EngineOptions options;
    options.patterns_together = story.records.size() % 3; // 0 and 1: all searches; 2: those of fields with two
    runtime::Engine engine(program, options);
    enter(engine, program, story);
    std::vector<std::unique_ptr<HeldEvent>> held;
    std::uint64_t position = 0;
    for (const Record& record : story.records)
        if (auto event = hold(program, record, ++position)) held.push_back(std::move(event));
    for (std::size_t i = 0; i < held.size(); i += 2) { // every other one with a number, as from a host that has them
        runtime::Event& event = held[i]->event;
        event.account = engine.roster().number(event.subject);
    }
    // announced some at a time, as a run does
    const std::size_t together = 1 + story.records.size() % runtime::Engine::prepared_together;
    for (std::size_t i = 0; i < held.size();) {
        std::vector<const runtime::Event*> next;
        while (next.size() < together && i + next.size() < held.size()) next.push_back(&held[i + next.size()]->event);
        engine.prepare(next);
        const std::size_t end = i + next.size();
        while (i < end) {
            i += engine.push_quiet();
            if (i < end) engine.push(held[i++]->event);
        }
    }
    if (story.until != 0) engine.advance(story.until);
    std::vector<runtime::Alert> alerts;
    for (runtime::Alert& alert : engine.alerts())
        if (alert.kind == runtime::RecordKind::alert) alerts.push_back(std::move(alert));
    return alerts;
}

namespace {

std::string as_lines(const runtime::Program& program, const std::vector<runtime::Alert>& alerts) {
    const stdlib::Pseudonyms names = stdlib::Pseudonyms::revealed();
    std::string text;
    for (const runtime::Alert& alert : alerts) stdlib::append_ndjson(text, alert, {program, names});
    return text;
}

/// The records from `first` to before `last`.
void push_some(runtime::Engine& engine, const runtime::Program& program, const Story& story, std::size_t first,
               std::size_t last) {
    for (std::size_t i = first; i < last; ++i) push(engine, program, story.records[i], i + 1);
}

void finish(runtime::Engine& engine, const runtime::Program& program, const Story& story, std::size_t first) {
    push_some(engine, program, story, first, story.records.size());
    if (story.until != 0) engine.advance(story.until);
}

} // namespace

std::string json_lines(const runtime::Program& program, const Story& story) {
    return as_lines(program, run(program, story));
}

std::string share_out(const runtime::Program& program, const Story& story, std::uint32_t engines, Random& random,
                      std::uint64_t& in_blocks) {
    runtime::Engine alone(program);
    enter(alone, program, story);
    finish(alone, program, story, 0);
    stdlib::Crew crew(engines);
    stdlib::Sharing sharing(program, engines);
    stdlib::Shards shards(program, {}, crew, sharing);
    crew.start();
    if (story.has_roster) {
        shards.require_roster();
        each_employee(program, story, [&](const runtime::RosterEntry& entry) { shards.enter(entry); });
    }
    std::vector<std::unique_ptr<HeldEvent>> held;
    std::deque<stdlib::Block> blocks;
    std::vector<runtime::Event*> row;
    const auto push_row = [&](std::size_t before) {
        stdlib::Block& block = blocks.emplace_back();
        block.before = before;
        if (!row.empty() && sharing.is_possible() && block.add(row, sharing) && shards.takes(block)) {
            shards.push(block);
            in_blocks += block.events;
        } else {
            for (std::size_t i = 0; i < row.size(); ++i) {
                row[i]->position = before + i + 1;
                shards.push(*row[i]);
            }
        }
        row.clear();
    };
    std::size_t before = 0;
    for (std::size_t i = 0; i < story.records.size(); ++i) {
        held.push_back(hold(program, story.records[i], i + 1));
        if (held.back()) row.push_back(&held.back()->event);
        if (!random.chance(40)) continue;
        push_row(std::exchange(before, i + 1));
        if (random.chance(20)) shards.publish();
        if (random.chance(4)) shards.wait();
    }
    push_row(before);
    if (story.until != 0) shards.advance(story.until);
    shards.publish();
    shards.wait();
    if (as_lines(program, alone.alerts()) != as_lines(program, shards.alerts())) return "the alerts differ";
    const runtime::Statistics one = alone.statistics(), all = shards.statistics();
    if (one.events != all.events || one.unknown_people != all.unknown_people ||
        one.without_subject != all.without_subject)
        return "the counts of events differ";
    for (std::size_t i = 0; i < one.policies.size(); ++i)
        if (one.policies[i].opened != all.policies[i].opened || one.policies[i].hits != all.policies[i].hits ||
            one.policies[i].not_covered != all.policies[i].not_covered ||
            one.policies[i].retriggered != all.policies[i].retriggered)
            return "the counts of a policy differ";
    return {};
}

std::string stop_and_go_on(const runtime::Program& program, const Story& story, std::size_t stop) {
    runtime::Engine first(program);
    enter(first, program, story);
    push_some(first, program, story, 0, stop);
    const std::string taken = first.snapshot();
    runtime::Engine second(program);
    if (std::string problem = second.restore(taken); !problem.empty()) return problem;
    if (second.snapshot() != taken) return "a snapshot of what was restored differs from what it was restored from";
    // each person on its own, into the engine that has them already
    for (runtime::PersonId person = 0; person < second.roster().size(); ++person) {
        const std::string row = second.snapshot(person);
        if (std::string problem = second.restore_person(row); !problem.empty()) return "of one person: " + problem;
        if (second.snapshot(person) != row) return "a person's snapshot differs after it was restored";
    }
    if (second.snapshot() != taken) return "restoring each person changes the engine";
    first.alerts().clear();
    finish(first, program, story, stop);
    finish(second, program, story, stop);
    if (as_lines(program, first.alerts()) != as_lines(program, second.alerts())) return "later alerts differ";
    if (first.snapshot() != second.snapshot()) return "the next snapshots differ";
    return {};
}

std::string survive_damage(const runtime::Program& program, const Story& story, std::size_t stop, Random& random) {
    runtime::Engine engine(program);
    enter(engine, program, story);
    push_some(engine, program, story, 0, stop);
    const std::string taken = engine.snapshot();
    constexpr std::size_t head = 26, checksum = 8;
    for (int round = 0; round < 40; ++round) {
        std::string body = taken.substr(head, taken.size() - head - checksum);
        const auto at = static_cast<std::size_t>(random.below(static_cast<int>(body.size())));
        if (random.chance(20))
            body.resize(at);
        else
            body[at] = static_cast<char>(random.chance(50) ? random.below(256) : body[at] ^ (1 << random.below(8)));
        runtime::Engine other(program);
        enter(other, program, story);
        const std::string before = other.snapshot();
        const std::string damaged = runtime::seal_snapshot(runtime::SnapshotKind::engine, program, body);
        if (!other.restore(damaged).empty() && other.snapshot() != before) return "a refused snapshot left traces";
        finish(other, program, story, stop); // of what was believed too
        other.snapshot();
    }
    return {};
}

} // namespace watchword::oracle
