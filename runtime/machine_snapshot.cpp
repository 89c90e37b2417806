// The machine's part of a snapshot: clock, people's rows, what several people share, statistics. Timers are set anew.
#include "runtime/machine.hpp"

#include "runtime/snapshot.hpp"

#include <algorithm>

namespace watchword::runtime {

namespace {

bool is_blank(const PersonRow& row) { return row.watches.empty() && row.sealed == nullptr && row.risk_armed == 0xff; }

/// What PolicyStatistics counts, in the order of its members.
template <class Counts, class Visit>
void each_count(Counts& counts, Visit visit) {
    for (auto* number : {&counts.opened, &counts.not_covered, &counts.already_over, &counts.expired,
                         &counts.retriggered, &counts.closed_by_event, &counts.closed_by_time, &counts.cancelled,
                         &counts.hits, &counts.excepted, &counts.history_truncated})
        visit(*number);
    for (auto& number : counts.alerts) visit(number);
}

} // namespace

void Machine::save_row(const PersonRow& row, SnapshotWriter& out) const {
    out.flag(row.sealed != nullptr);
    if (row.sealed) row.sealed->save(shape_.slots, out);
    out.number(row.risk_armed);
    out.number(row.watches.size());
    for (const auto& watch : row.watches) {
        out.number(watch->policy);
        watch->save(program_, shape_.policies[watch->policy], shape_.slots, out);
    }
}

PersonRow Machine::load_row(PersonId person, SnapshotReader in) {
    PersonRow row;
    if (in.flag()) {
        row.sealed = make_sealed_row();
        row.sealed->load(shape_.slots, in);
        if (is_memory_short()) row.sealed->put_away();
    }
    row.risk_armed = static_cast<std::uint8_t>(in.index(0x100));
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        auto watch = load_watch(person, in);
        if (!in.ok()) break;
        in.expect(row.watches.empty() || row.watches.back()->policy < watch->policy, "watches are out of order");
        row.watches.push_back(std::move(watch));
    }
    if (in.ok()) in.expect(in.over(), "a row has more than it should");
    return row;
}

WatchPointer Machine::load_watch(PersonId person, SnapshotReader& in) {
    const std::uint32_t policy = in.index(program_.policies.size());
    if (!in.ok()) return nullptr;
    const PolicyPlan& plan = program_.policies[policy];
    WatchPointer watch = Watch::make(policy, shape_.policies[policy], person, next_serial_++, memory_);
    watch->load(shape_.policies[policy], shape_.slots, in);
    std::vector<Time> deadlines;
    watch->deadlines(plan, shape_.policies[policy], deadlines);
    // what is due has happened before a snapshot is taken, but for absences at its very time
    const bool due = watch->to <= now_ || (!watch->active && watch->from <= now_) ||
                     std::any_of(deadlines.begin(), deadlines.end(), [&](Time time) { return time < now_; });
    in.expect(!due, "something that was due has not happened");
    return watch;
}

void Machine::set_timers(const PersonRow& row) {
    for (const auto& watch : row.watches) {
        if (watch->active && shape_.policies[watch->policy].booster_reads_others)
            readers_of_others_.emplace(watch->person, watch->policy);
        set_timer(*watch, watch->to, TimerKind::end);
        if (!watch->active) set_timer(*watch, watch->from, TimerKind::activation);
        std::vector<Time> deadlines;
        watch->deadlines(program_.policies[watch->policy], shape_.policies[watch->policy], deadlines);
        for (const Time deadline : deadlines) set_timer(*watch, deadline, TimerKind::absence);
    }
}

// Per plan the number of keys; per key its bytes and the trigger events seen, oldest first.
void Machine::save_across(SnapshotWriter& out) const {
    for (const auto& keys : across_) {
        out.number(keys.size());
        for (const auto& [key, seen] : keys) {
            out.raw(key);
            out.number(seen.size());
            for (const AcrossSeen& entry : seen) {
                out.signed_number(entry.time);
                out.number(entry.person);
                out.flag(entry.used);
            }
        }
    }
}

void Machine::load_across(SnapshotReader& in) {
    for (std::size_t plan = 0; plan < across_.size(); ++plan)
        for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
            Bytes key;
            in.value(program_.across[plan].key_type, key);
            std::deque<AcrossSeen> seen;
            for (std::size_t entries = in.count(); entries != 0 && in.ok(); --entries) {
                AcrossSeen entry{};
                entry.time = in.time();
                entry.person = in.person();
                entry.used = in.flag();
                seen.push_back(entry);
            }
            in.expect(across_[plan].emplace(std::move(key), std::move(seen)).second, "a key comes twice");
        }
}

void Machine::save_statistics(SnapshotWriter& out) const {
    out.number(statistics.events);
    out.number(statistics.without_subject);
    out.number(statistics.unknown_people);
    out.number(statistics.history_dropped);
    for (const PolicyStatistics& policy : statistics.policies) {
        each_count(policy, [&](std::uint64_t number) { out.number(number); });
        policy.notice_delays.save(out);
    }
}

void Machine::load_statistics(SnapshotReader& in) {
    statistics.events = in.number();
    statistics.without_subject = in.number();
    statistics.unknown_people = in.number();
    statistics.history_dropped = in.number();
    for (PolicyStatistics& policy : statistics.policies) {
        each_count(policy, [&](std::uint64_t& number) { number = in.number(); });
        policy.notice_delays.load(in);
    }
}

std::string Machine::snapshot() const {
    SnapshotWriter out;
    out.signed_number(now_);
    roster.save(out);
    save_across(out);
    save_statistics(out);
    out.number(people_.size());
    out.number(sweep_next_);
    std::uint64_t rows = 0;
    for (PersonId person = 0; person < people_.size(); ++person) rows += is_blank(people_[person]) ? 0 : 1;
    out.number(rows);
    for (PersonId person = 0; person < people_.size(); ++person) {
        if (is_blank(people_[person])) continue;
        SnapshotWriter row;
        save_row(people_[person], row);
        out.number(person);
        out.text(row.bytes());
    }
    return seal_snapshot(SnapshotKind::engine, program_, out.bytes());
}

std::string Machine::restore(std::string_view snapshot) {
    SnapshotContext context{program_, 0, nullptr, nullptr, {}};
    const std::string_view body = open_snapshot(snapshot, SnapshotKind::engine, program_, context.error);
    SnapshotReader in{body, context};
    now_ = in.signed_number();
    roster.load(in);
    load_across(in);
    load_statistics(in);
    const std::uint64_t people = in.number();
    in.expect(people <= context.people, "too many people");
    if (!in.ok()) return context.error;
    people_.resize(people);
    sweep_next_ = in.index(people + 1);
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        const PersonId person = in.index(people);
        if (!in.ok() || !in.expect(is_blank(people_[person]), "a person comes twice")) break;
        people_[person] = load_row(person, in.nested());
        people_.note_change(person, shape_);
        note_next_expiry(person);
        if (in.ok()) set_timers(people_[person]);
    }
    if (in.ok()) in.expect(in.over(), "it has more than it should");
    return context.error;
}

std::string Machine::snapshot(PersonId person) const {
    if (person >= roster.size()) return {};
    SnapshotWriter attributes;
    roster.save_person(person, attributes);
    SnapshotWriter row;
    static const PersonRow blank{};
    save_row(person < people_.size() ? people_[person] : blank, row);
    // whom the values name is found by reading them again
    std::vector<PersonId> named;
    SnapshotContext context{program_, roster.size(), nullptr, &named, {}};
    Machine scratch{program_, options_};
    SnapshotReader again{attributes.bytes(), context};
    scratch.roster.load_person(scratch.roster.resolve(roster.id(person)), again);
    scratch.now_ = now_;
    scratch.load_row(person, {row.bytes(), context});
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());

    SnapshotWriter out;
    out.signed_number(now_);
    out.text(roster.id(person));
    out.number(named.size());
    for (const PersonId other : named) {
        out.number(other);
        out.text(roster.id(other));
    }
    out.raw(attributes.bytes());
    out.text(row.bytes());
    return seal_snapshot(SnapshotKind::person, program_, out.bytes());
}

std::string Machine::restore_person(std::string_view snapshot) {
    std::vector<std::pair<PersonId, PersonId>> renumbered;
    SnapshotContext context{program_, 0, &renumbered, nullptr, {}};
    const std::string_view body = open_snapshot(snapshot, SnapshotKind::person, program_, context.error);
    SnapshotReader in{body, context};
    const Time taken = in.signed_number();
    if (in.ok() && now_ > taken) return "the engine's clock is past the time of the snapshot";
    const std::string_view id = in.text();
    in.expect(!id.empty(), "a person without a name");
    std::vector<std::pair<PersonId, std::string_view>> named;
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        const PersonId number = in.index(nobody);
        in.expect(named.empty() || named.back().first < number, "people are out of order");
        named.emplace_back(number, in.text());
        in.expect(!named.back().second.empty(), "a person without a name");
    }
    if (!in.ok()) return context.error;
    // all is read once with numbers that stand for nobody, so that a fault leaves the roster as it is
    for (const auto& [number, name] : named) renumbered.emplace_back(number, nobody);
    Machine scratch{program_, options_};
    scratch.now_ = taken;
    SnapshotReader trial = in;
    scratch.roster.load_person(scratch.roster.resolve(id), trial);
    scratch.load_row(0, trial.nested());
    if (trial.ok()) trial.expect(trial.over(), "it has more than it should");
    if (!trial.ok()) return context.error;

    for (std::size_t i = 0; i < named.size(); ++i) renumbered[i].second = roster.resolve(named[i].second);
    const PersonId person = roster.resolve(id);
    roster.load_person(person, in);
    PersonRow loaded = load_row(person, in.nested());
    if (person < people_.size())
        for (const auto& watch : people_[person].watches) readers_of_others_.erase({person, watch->policy});
    set_timers(loaded);
    announced_.forget(); // what is known of them is of the former row
    if (person >= people_.size() && is_blank(loaded)) return context.error;
    row(person) = std::move(loaded);
    people_.note_change(person, shape_);
    note_next_expiry(person);
    return context.error;
}

} // namespace watchword::runtime
