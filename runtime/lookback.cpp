// Sealed history of people who are covered, and playing it when a watch opens (semantics 2.8 and 2.9).
#include "runtime/machine.hpp"

#include <algorithm>

namespace watchword::runtime {

std::unique_ptr<SealedRow> Machine::make_sealed_row() {
    return std::make_unique<SealedRow>(shape_.spans.size(), shape_.looking_back.size(), &memory_.pool,
                                       options_.history_store);
}

void Machine::refresh_cover(PersonId person) {
    if (shape_.looking_back.empty()) return;
    std::unique_ptr<SealedRow>& sealed = row(person).sealed;
    if (!sealed) sealed = make_sealed_row();
    Frame frame;
    frame.subject = person;
    frame.attributes = roster.attributes(person);
    bool is_lost = false;
    for (std::size_t i = 0; i < shape_.looking_back.size(); ++i) {
        Cover& cover = sealed->cover(i);
        const bool covers = interpreter_.holds(program_.policies[shape_.looking_back[i]].covers, frame);
        if (covers == cover.holds()) continue;
        is_lost |= !covers;
        // whoever is covered anew starts with what comes from now on
        cover = covers ? Cover{sealed->next_number()} : Cover{};
    }
    if (is_lost && !sealed->empty()) erase_unseen(person);
}

void Machine::erase_unseen(PersonId person) {
    SealedRow& of = *people_[person].sealed;
    Frame frame = frame_of_kept(person);
    of.sort_anew(shape_.slots, now_, is_memory_short(), [&](const KeptEvent& event) {
        interpreter_.reset();
        turn_to(event, frame);
        for (const Keeping& keeping : shape_.types[event.type].keeping)
            if (event.time >= now_ - shape_.spans[keeping.span] && of.cover(keeping.cover).sees(event.number) &&
                is_useful(keeping.policy, event, frame))
                return keeping.span;
        return SealedRow::no_span;
    });
    note_next_expiry(person);
}

Frame Machine::frame_of_kept(PersonId person) const {
    Frame frame;
    frame.subject = person;
    frame.lookback = true;
    return frame;
}

void Machine::turn_to(const KeptEvent& event, Frame& frame) const {
    frame.attributes = roster.attributes(frame.subject, event.roster_version);
    frame.roster_moment.changes = event.roster_changes;
    frame.roster_moment.time = never;
    frame.time = event.time;
    frame.stated = event.stated;
    frame.id = event.id;
    frame.type = program_.events[event.type].name;
    frame.fields = event.fields.data();
}

bool Machine::is_useful(std::uint32_t policy, const KeptEvent& event, const Frame& frame) {
    return is_useful(policy, event.type, shape_.policies[policy].hearing[event.type], frame);
}

bool Machine::is_useful(std::uint32_t policy, std::uint32_t type, std::span<const Candidate> candidates,
                        const Frame& frame) {
    if (is_excepted(policy, type, frame, nullptr)) return false;
    const auto usable = [&](bool is_signal, std::uint32_t source, CodeId where) {
        if (is_signal || source != type) return false;
        return std::binary_search(shape_.undecidable.begin(), shape_.undecidable.end(), where) ||
               interpreter_.holds(where, frame);
    };
    for (const Candidate& candidate : candidates) {
        const SignalPlan& signal = program_.policies[policy].signals[candidate.signal];
        if (candidate.is_certain && !signal.sequence) return true;
        for (const SignalInput& input : signal.inputs)
            if (usable(input.is_signal, input.source, input.where)) return true;
        if (!signal.sequence) continue;
        for (const auto* steps : {&signal.sequence->steps, &signal.sequence->until})
            for (const StepPlan& step : *steps)
                for (const StepInput& input : step.inputs)
                    if (usable(input.is_signal, input.source, input.where)) return true;
    }
    return false;
}

void Machine::keep(const Event& event, const Moment& moment, PersonId subject) {
    if (!row(subject).sealed) refresh_cover(subject);
    SealedRow& of = *people_[subject].sealed;
    const Frame frame = frame_for(moment, subject);
    const std::vector<Keeping>& keeping = shape_.types[event.type].keeping;
    const auto longest = std::find_if(keeping.begin(), keeping.end(), [&](const Keeping& one) {
        return of.cover(one.cover).holds() && is_useful(one.policy, event.type, candidates_of(one.policy), frame);
    });
    if (longest == keeping.end()) return;
    if (people_.next_expiry(subject) < event.time) expire(subject, event.time);
    of.keep(longest->span, event, moment.frame.fields, roster.version(subject), roster.changes(), shape_.slots);
    people_.set_next_expiry(subject, std::min(people_.next_expiry(subject), event.time + shape_.spans[longest->span]));
    while (of.bytes() > options_.history_bytes_per_person && !of.empty()) drop_oldest(subject);
    if (is_memory_short()) of.put_away();
}

void Machine::drop_oldest(PersonId person) {
    SealedRow& of = *people_[person].sealed;
    Frame frame = frame_of_kept(person);
    of.drop_oldest(shape_.slots, [&](const KeptEvent& event) {
        ++statistics.history_dropped;
        interpreter_.reset(); // nothing of the event in hand needs what it has written
        turn_to(event, frame);
        for (const Keeping& keeping : shape_.types[event.type].keeping) {
            Cover& cover = of.cover(keeping.cover);
            if (cover.sees(event.number) && is_useful(keeping.policy, event, frame)) cover.miss(event.time);
        }
    });
}

void Machine::look_back(Watch& watch, Moment& moment) {
    if (!row(watch.person).sealed) refresh_cover(watch.person);
    const SealedRow& of = *people_[watch.person].sealed;
    const PolicyPlan& plan = program_.policies[watch.policy];
    const PolicyShape& shape = shape_.policies[watch.policy];
    const Cover& cover = of.cover(shape.cover);
    bool is_truncated = cover.holds() && cover.missed_until >= watch.from;
    Recorder* const recorder = this->recorder(watch.policy, watch.person, moment);
    if (recorder != nullptr) recorder->add(recorded::LookBack{true, cover.holds(), is_truncated, 0});
    if (!cover.holds()) return;

    std::uint64_t played = 0;
    std::vector<Time> deadlines; // a heap, earliest first
    std::vector<Time> more;      // of them, those that have just come
    Frame frame = frame_of_kept(watch.person);
    SignalContext context = context_for(watch, frame, more);
    context.recorder = recorder;
    const auto take_in = [&] {
        if (!hits_.live.empty()) count_hits(watch);
        for (const Time next : more) {
            deadlines.push_back(next);
            std::push_heap(deadlines.begin(), deadlines.end(), std::greater<>());
        }
        more.clear();
    };
    const auto decide_before = [&](Time time) {
        while (!deadlines.empty() && deadlines.front() < time) {
            std::pop_heap(deadlines.begin(), deadlines.end(), std::greater<>());
            const Time deadline = deadlines.back();
            deadlines.pop_back();
            frame.time = deadline;
            frame.stated = deadline;
            frame.id = frame.type = {}; // no event is in hand, as at a timer
            frame.fields = nullptr;
            frame.roster_moment = {UINT64_MAX, deadline};
            frame.attributes = roster.attributes(watch.person, frame.roster_moment);
            hits_.clear();
            turn(context, watch, frame);
            if (recorder != nullptr) recorder->turn_to(watch.policy, watch.person, deadline, 0, "", true);
            watch.decide(plan, shape, deadline, frame, context);
            take_in();
        }
    };
    frame.attributes = roster.attributes(watch.person);
    const bool is_whole = of.replay(shape.span, watch.from, cover.since, shape_.slots, [&](const KeptEvent& event) {
        interpreter_.reset();
        decide_before(event.time);
        turn_to(event, frame);
        // what was kept for another policy alone changes nothing, but whoever is told of it would be told too much
        if (recorder == nullptr ? !plan.exceptions.empty() && is_excepted(watch.policy, event.type, frame, nullptr)
                                : !is_useful(watch.policy, event, frame))
            return;
        ++played;
        if (recorder != nullptr) recorder->turn_to(watch.policy, watch.person, event.time, 0, event.id, true);
        hits_.clear();
        turn(context, watch, frame);
        watch.play(plan, shape, shape.hearing[event.type], event.type, frame, context);
        take_in();
    });
    is_truncated |= !is_whole;
    if (is_truncated) {
        watch.history_truncated = true;
        ++statistics.policies[watch.policy].history_truncated;
    }
    frame.attributes = roster.attributes(watch.person);
    decide_before(moment.time);
    people_.note_states(watch);
    for (const Time deadline : deadlines) set_timer(watch, deadline, TimerKind::absence);
    if (Recorder* again = this->recorder(watch.policy, watch.person, moment))
        again->add(recorded::LookBack{false, true, watch.history_truncated, played});
    hits_.clear();
    interpreter_.reset();
}

void Machine::expire(PersonId person, Time time) {
    people_[person].sealed->expire(time, shape_.spans);
    note_next_expiry(person);
}

void Machine::note_next_expiry(PersonId person) {
    const std::unique_ptr<SealedRow>& sealed = people_[person].sealed;
    people_.set_next_expiry(person, sealed ? sealed->next_expiry(shape_.spans) : never);
}

} // namespace watchword::runtime
