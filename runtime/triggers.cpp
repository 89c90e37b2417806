// Opening, prolonging and closing watches (semantics 2).
#include "runtime/machine.hpp"

#include <algorithm>

namespace watchword::runtime {

namespace {

constexpr std::size_t listed_triggers = 20;

Time later(Time time, Duration duration) {
    Time result = 0;
    if (__builtin_add_overflow(time, duration, &result)) return duration > 0 ? never : beginning;
    return result;
}

/// What a watch sees first that a trigger opens.
Time beginning_of(const PolicyPlan& plan, Time anchor, Time known) {
    return later(std::max(anchor, known), -plan.looks_back);
}

std::vector<Type> types_of(const std::vector<KeptSlot>& slots) {
    std::vector<Type> types;
    for (const KeptSlot& slot : slots) types.push_back(slot.type);
    return types;
}

void remember(Watch& watch, TriggerRecord record) {
    WatchStory& story = watch.own_story();
    ++story.trigger_count;
    if (story.triggers.size() == listed_triggers) story.triggers.erase(story.triggers.begin() + 1);
    story.triggers.push_back(std::move(record));
}

void keep_slots(Watch& watch, const PolicyPlan& plan, const std::vector<Value>& slots) {
    if (!slots.empty()) watch.own_story().slots.assign(slots, types_of(plan.trigger_slots));
}

} // namespace

void Machine::close(Watch& watch, Time time, Phase phase, std::uint64_t position) {
    const PersonId person = watch.person;
    const std::uint32_t policy = watch.policy;
    for (const BegunAction& begun : watch.story().begun) {
        Alert record;
        record.kind = RecordKind::action_end;
        record.id = begun.alert;
        record.policy = policy;
        record.level = begun.level;
        record.time = time;
        record.subject = std::string(roster.id(person));
        record.actions.push_back(begun.action);
        record.phase = phase;
        record.position = position;
        alerts.push_back(std::move(record));
    }
    readers_of_others_.erase({person, policy});
    auto& watches = people_[person].watches;
    watches.erase(std::find_if(watches.begin(), watches.end(),
                               [&](const WatchPointer& candidate) { return candidate.get() == &watch; }));
    people_.note_change(person, shape_);
}

void Machine::close_by_event(std::uint32_t policy, Moment& moment, PersonId subject) {
    const bool concerns_all = program_.events[moment.event->type].subject == no_slot;
    const std::vector<ClosePlan>& closes = program_.policies[policy].closes;
    for (const ClosePlan& close_plan : closes) {
        if (close_plan.kind != CloseKind::event || close_plan.event != moment.event->type) continue;
        const auto try_close = [&](PersonId person) {
            Watch* watch = find(person, policy);
            if (watch == nullptr) return;
            Frame frame = frame_for(moment, person);
            frame.trigger = watch->story().slots.data();
            const bool closes_it = interpreter_.holds(close_plan.where, frame);
            if (Recorder* recorder = this->recorder(policy, person, moment))
                recorder->add(recorded::Close{recorded::CloseCause::event, closes_it, watch->active,
                                              static_cast<std::uint32_t>(&close_plan - closes.data()),
                                              recorder->read(close_plan.where_parts, frame)});
            if (!closes_it) return;
            PolicyStatistics& counts = statistics.policies[policy];
            ++(watch->active ? counts.closed_by_event : counts.cancelled);
            close(*watch, moment.time, moment.phase, moment.position);
        };
        if (!concerns_all) {
            if (subject != nobody) try_close(subject);
            continue;
        }
        for (PersonId person = 0; person < people_.size(); ++person) {
            interpreter_.reset();
            try_close(person);
        }
    }
}

void Machine::evaluate_triggered(std::uint32_t policy, Moment& moment, PersonId person) {
    Watch* watch = find(person, policy);
    if (watch == nullptr || !watch->active || !watch->is_due) return;
    hits_.clear();
    evaluate(*watch, moment, false);
}

void Machine::open_by_event(std::uint32_t policy, Moment& moment, PersonId subject) {
    const PolicyPlan& plan = program_.policies[policy];
    const std::string& type = program_.events[moment.event->type].name;
    std::set<PersonId> done;
    for (const TriggerPlan& candidate : plan.triggers) {
        if (candidate.kind == TriggerKind::signal) {
            open_across(policy, candidate, moment, subject);
            continue;
        }
        if (candidate.kind != TriggerKind::event || candidate.source != moment.event->type) continue;
        if (candidate.is_group) {
            open_group(policy, candidate, moment, subject, done);
            continue;
        }
        if (subject == nobody || done.contains(subject)) continue;
        if (!interpreter_.holds(candidate.where, frame_for(moment, subject))) {
            record_trigger(policy, &candidate, moment, subject, recorded::TriggerOutcome::where_false);
            continue;
        }
        done.insert(subject);
        trigger(policy, &candidate, moment, subject, moment.event->id, type);
    }
}

void Machine::open_group(std::uint32_t policy, const TriggerPlan& candidate, Moment& moment, PersonId subject,
                         std::set<PersonId>& done) {
    const std::string& type = program_.events[moment.event->type].name;
    for (PersonId person = 0; person < roster.size(); ++person) {
        if (!roster.is_rostered(person) || done.contains(person) || !owns(person)) continue;
        interpreter_.reset();
        const Frame frame = frame_for(moment, person);
        const bool matches = interpreter_.holds(candidate.where, frame);
        if (!matches || !interpreter_.holds(candidate.group, frame)) {
            record_trigger(policy, &candidate, moment, person,
                           matches ? recorded::TriggerOutcome::group_false : recorded::TriggerOutcome::where_false);
            continue;
        }
        done.insert(person);
        trigger(policy, &candidate, moment, person, moment.event->id, type);
        if (person != subject) evaluate_triggered(policy, moment, person);
    }
}

void Machine::open_by_alerts(std::uint32_t policy, Moment& moment, PersonId subject) {
    std::set<PersonId> done;
    // copied: opening may raise alerts, which are for later policies
    const std::vector<PendingOpening> pending = pending_;
    for (const PendingOpening& opening : pending)
        for (const TriggerPlan& candidate : program_.policies[policy].triggers) {
            if (candidate.kind != TriggerKind::alert || candidate.source != opening.source) continue;
            if (opening.level < candidate.level)
                record_trigger(policy, &candidate, moment, opening.person, recorded::TriggerOutcome::below_level,
                               opening.alert);
            if (opening.level < candidate.level || done.contains(opening.person)) continue;
            if (!interpreter_.holds(candidate.where, frame_for(moment, opening.person))) continue;
            done.insert(opening.person);
            trigger(policy, &candidate, moment, opening.person, opening.alert, "alert");
            if (opening.person != subject) evaluate_triggered(policy, moment, opening.person);
        }
}

void Machine::observe_across(const Moment& moment, PersonId subject) {
    const Event& event = *moment.event;
    const Frame frame = frame_for(moment, subject);
    for (const std::uint32_t index : shape_.types[event.type].across) {
        const AcrossPlan& plan = program_.across[index];
        for (const AcrossInput& input : plan.inputs) {
            if (input.event != event.type) continue;
            recorded::Across seen_here;
            seen_here.input = static_cast<std::uint32_t>(&input - plan.inputs.data());
            seen_here.matched = interpreter_.holds(input.where, frame);
            const Value key = seen_here.matched ? interpreter_.run(input.key, frame) : Value{};
            // an empty text is how rosters say that they do not know
            if (!key.present() || (is_textual(plan.key_type.kind) && key.extent == 0)) {
                record_across(index, moment, subject, std::move(seen_here));
                continue;
            }
            Bytes name;
            put_value(name, key, plan.key_type);
            std::deque<AcrossSeen>& seen = across_[index][name];
            while (!seen.empty() && seen.front().time <= event.time - plan.over) seen.pop_front();
            seen.push_back({event.time, subject, false});
            std::set<PersonId> people;
            for (const AcrossSeen& entry : seen) people.insert(entry.person);
            seen_here.people = people.size();
            seen_here.reached = static_cast<std::int64_t>(people.size()) >= plan.at_least;
            const bool reached = seen_here.reached;
            record_across(index, moment, subject, std::move(seen_here));
            if (!reached) continue;
            for (AcrossSeen& entry : seen)
                if (!entry.used) {
                    entry.used = true;
                    across_ready_.emplace_back(index, entry.person);
                }
        }
    }
}

void Machine::open_across(std::uint32_t policy, const TriggerPlan& candidate, Moment& moment, PersonId subject) {
    std::set<PersonId> done;
    const std::string& type = program_.events[moment.event->type].name;
    for (const auto& [index, person] : across_ready_) {
        if (index != candidate.source || !owns(person) || !done.insert(person).second) continue;
        if (!interpreter_.holds(candidate.where, frame_for(moment, person))) continue;
        trigger(policy, &candidate, moment, person, moment.event->id, type);
        if (person != subject) evaluate_triggered(policy, moment, person);
    }
}

Time Machine::end_of(const PolicyPlan& plan, Time anchor, const std::vector<Value>& slots, PersonId person,
                     std::uint32_t& by) {
    Time end = plan.expires.value_or(never);
    by = recorded::none;
    Frame frame;
    frame.trigger = slots.data();
    frame.subject = person;
    frame.attributes = roster.attributes(person);
    for (std::uint32_t i = 0; i < plan.closes.size(); ++i) {
        const ClosePlan& alternative = plan.closes[i];
        if (alternative.kind == CloseKind::event) continue;
        const Value start =
            alternative.kind == CloseKind::after ? Value::of(anchor) : interpreter_.run(alternative.instant, frame);
        if (!start.present() || later(start.integer, alternative.after) >= end) continue;
        end = later(start.integer, alternative.after);
        by = i;
    }
    return end;
}

void Machine::trigger(std::uint32_t policy, const TriggerPlan* plan, Moment& moment, PersonId person,
                      std::string_view id, std::string_view type) {
    const PolicyPlan& of = program_.policies[policy];
    PolicyStatistics& counts = statistics.policies[policy];
    if (of.expires && moment.time >= *of.expires) {
        record_trigger(policy, plan, moment, person, recorded::TriggerOutcome::expired, id);
        ++counts.expired;
        return;
    }
    const Frame frame = frame_for(moment, person);
    if (!interpreter_.holds(of.covers, frame)) {
        record_trigger(policy, plan, moment, person, recorded::TriggerOutcome::not_covered, id);
        ++counts.not_covered;
        return;
    }
    record_trigger(policy, plan, moment, person, recorded::TriggerOutcome::opened, id);
    Opening opening;
    // An alert's own time is when it was raised, however old the record behind it.
    opening.stated = plan->kind == TriggerKind::alert ? moment.time : moment.frame.stated;
    opening.slots.resize(of.trigger_slots.size());
    for (const auto& [code, slot] : plan->captures) opening.slots[slot] = interpreter_.run(code, frame);
    Frame anchored = frame;
    anchored.trigger = opening.slots.data();
    const Value anchor = plan->anchor == no_code ? Value::absent() : interpreter_.run(plan->anchor, anchored);
    opening.anchor = anchor.present() ? anchor.integer : opening.stated;
    opening.record = {std::string(type), std::string(id), moment.time, opening.stated, opening.anchor, {}};
    for (std::size_t i = 0; i < of.trigger_slots.size(); ++i) {
        const KeptSlot& slot = of.trigger_slots[i];
        if (!opening.slots[i].present()) continue;
        opening.record.values.push_back(
            {slot.label, show_value(opening.slots[i], slot.type, program_, roster), slot.type, slot.sensitive});
    }
    open(policy, moment, person, std::move(opening));
}

void Machine::open_always(std::uint32_t policy, Moment& moment, PersonId subject) {
    const PolicyPlan& plan = program_.policies[policy];
    if (find(subject, policy) != nullptr || shape_.policies[policy].hearing[moment.event->type].empty()) return;
    if (plan.expires && moment.time >= *plan.expires) return;
    const bool covered = interpreter_.holds(plan.covers, frame_for(moment, subject));
    record_trigger(policy, nullptr, moment, subject,
                   covered ? recorded::TriggerOutcome::opened : recorded::TriggerOutcome::not_covered);
    if (!covered) return;
    Opening opening;
    opening.anchor = moment.time;
    opening.stated = moment.time;
    opening.slots.resize(plan.trigger_slots.size());
    open(policy, moment, subject, std::move(opening));
}

void Machine::open(std::uint32_t policy, Moment& moment, PersonId person, Opening opening) {
    const PolicyPlan& plan = program_.policies[policy];
    PolicyStatistics& counts = statistics.policies[policy];
    const auto count_delay = [&] {
        const Duration delay = moment.time - std::min(opening.anchor, opening.stated);
        if (delay > 0) counts.notice_delays.add(delay);
    };
    if (Watch* existing = find(person, policy)) {
        if (plan.retrigger != Retrigger::restarts) {
            count_delay();
            ++counts.retriggered;
            const Time anchor = opening.anchor;
            retrigger(*existing, std::move(opening), moment);
            record_outcome(policy, moment, person,
                           plan.retrigger == Retrigger::ignores ? recorded::TriggerOutcome::ignored
                                                                : recorded::TriggerOutcome::extended,
                           anchor, existing->from, existing->to, recorded::none);
            return;
        }
        ++counts.retriggered;
        if (Recorder* recorder = this->recorder(policy, person, moment))
            recorder->add(recorded::Close{recorded::CloseCause::restart, true, existing->active, recorded::none, {}});
        record_outcome(policy, moment, person, recorded::TriggerOutcome::restarted, 0, 0, 0, recorded::none);
        close(*existing, moment.time, moment.phase, moment.position);
    }
    const Time known = moment.time;
    const Time from = beginning_of(plan, opening.anchor, known);
    std::uint32_t ended_by = recorded::none;
    const Time to = end_of(plan, opening.anchor, opening.slots, person, ended_by);
    const bool over = to <= std::max(known, from);
    record_outcome(policy, moment, person,
                   over ? recorded::TriggerOutcome::already_over : recorded::TriggerOutcome::opened, opening.anchor,
                   from, to, ended_by);
    if (over) {
        ++counts.already_over;
        return;
    }
    count_delay();
    WatchPointer watch = Watch::make(policy, shape_.policies[policy], person, next_serial_++, memory_);
    watch->known = known;
    watch->stated = opening.stated;
    watch->anchor = opening.anchor;
    watch->first_anchor = opening.anchor;
    watch->from = from;
    watch->to = to;
    keep_slots(*watch, plan, opening.slots);
    if (!plan.always) {
        watch->own_story().first_trigger = opening.record.event;
        remember(*watch, std::move(opening.record));
    }
    Watch& opened = *watch;
    auto& watches = row(person).watches;
    watches.insert(std::upper_bound(watches.begin(), watches.end(), policy,
                                    [](std::uint32_t value, const auto& other) { return value < other->policy; }),
                   std::move(watch));
    people_.note_change(person, shape_);
    ++counts.opened;
    set_timer(opened, to, TimerKind::end);
    if (from <= known)
        activate(opened, moment);
    else
        set_timer(opened, from, TimerKind::activation);
}

void Machine::retrigger(Watch& watch, Opening opening, Moment& moment) {
    const PolicyPlan& plan = program_.policies[watch.policy];
    if (plan.retrigger == Retrigger::ignores) {
        remember(watch, std::move(opening.record));
        return;
    }
    const Time known = moment.time;
    const Time bound = later(watch.first_anchor, plan.extends_at_most);
    std::uint32_t ended_by = recorded::none;
    const Time wanted = std::min(end_of(plan, opening.anchor, opening.slots, watch.person, ended_by), bound);
    if (wanted > watch.to && wanted > known) {
        watch.to = wanted;
        set_timer(watch, wanted, TimerKind::end);
    }
    keep_slots(watch, plan, opening.slots);
    remember(watch, std::move(opening.record));
    if (watch.active) {
        watch.is_due = true; // boosters may read the newest trigger
        return;
    }
    const Time from = beginning_of(plan, opening.anchor, known);
    if (from >= watch.from) return;
    watch.anchor = opening.anchor;
    watch.from = from;
    if (from <= known)
        activate(watch, moment);
    else
        set_timer(watch, from, TimerKind::activation);
}

void Machine::activate(Watch& watch, Moment& moment) {
    watch.active = true;
    watch.just_opened = watch.is_due = true;
    if (shape_.policies[watch.policy].booster_reads_others) readers_of_others_.emplace(watch.person, watch.policy);
    people_.note_change(watch.person, shape_);
    if (Recorder* recorder = this->recorder(watch.policy, watch.person, moment))
        recorder->add(recorded::Activation{watch.from, watch.to});
    if (program_.policies[watch.policy].looks_back > 0) look_back(watch, moment);
}

} // namespace watchword::runtime
