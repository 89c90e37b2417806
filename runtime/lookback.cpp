// Sealed history of people who are covered, and playing it when a watch opens (semantics 2.8 and 2.9).
#include "runtime/machine.hpp"

#include <algorithm>

namespace watchword::runtime {

void Machine::refresh_cover(PersonId person) {
    if (shape_.looking_back.empty()) return;
    std::unique_ptr<SealedRow>& sealed = row(person).sealed;
    if (!sealed) sealed = std::make_unique<SealedRow>();
    SealedRow& of = *sealed;
    of.histories.resize(shape_.spans.size());
    of.covered_since.resize(shape_.looking_back.size(), not_covered);
    Frame frame;
    frame.subject = person;
    frame.attributes = roster.attributes(person);
    std::vector<bool> wanted(shape_.spans.size(), false);
    for (std::size_t i = 0; i < shape_.looking_back.size(); ++i) {
        const std::uint32_t policy = shape_.looking_back[i];
        const std::uint32_t span = shape_.policies[policy].history;
        std::uint64_t& since = of.covered_since[i];
        if (!interpreter_.holds(program_.policies[policy].covers, frame)) {
            since = not_covered;
            continue;
        }
        wanted[span] = true;
        // whoever is covered anew starts with what comes from now on
        if (since == not_covered) since = of.histories[span] ? of.histories[span]->next_number() : 0;
    }
    for (std::size_t span = 0; span < wanted.size(); ++span)
        if (!wanted[span] && of.histories[span]) {
            of.bytes -= of.histories[span]->bytes();
            of.histories[span].reset();
        }
}

bool Machine::is_useful(std::uint32_t policy, const Event& event, const Frame& frame) {
    if (is_excepted(policy, event, frame, nullptr)) return false;
    const auto usable = [&](bool is_signal, std::uint32_t source, CodeId where) {
        if (is_signal || source != event.type) return false;
        return std::binary_search(shape_.undecidable.begin(), shape_.undecidable.end(), where) ||
               interpreter_.holds(where, frame);
    };
    for (const Candidate& candidate : candidates_of(policy)) {
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
    const std::vector<std::uint32_t>& keeping = shape_.types[event.type].keeping;
    kept_.assign(shape_.spans.size(), false);
    bool any = false;
    for (const std::uint32_t policy : keeping) {
        const std::uint32_t span = shape_.policies[policy].history;
        const auto index =
            static_cast<std::size_t>(std::lower_bound(shape_.looking_back.begin(), shape_.looking_back.end(), policy) -
                                     shape_.looking_back.begin());
        if (kept_[span] || of.covered_since[index] == not_covered || !is_useful(policy, event, frame)) continue;
        kept_[span] = true;
        any = true;
        auto& history = of.histories[span];
        if (!history) history = std::make_unique<History>(&memory_.pool);
        of.bytes -= history->bytes();
        if (people_.next_expiry(subject) < event.time) history->expire(event.time - shape_.spans[span]);
        if (history->empty())
            people_.set_next_expiry(subject, std::min(people_.next_expiry(subject), event.time + shape_.spans[span]));
        history->keep(event, moment.frame.fields, roster.version(subject), roster.changes(), shape_.slots);
        of.bytes += history->bytes();
    }
    if (!any) return;
    while (of.bytes > options_.history_bytes_per_person) {
        History* oldest = nullptr;
        for (const auto& history : of.histories)
            if (history && !history->empty() && (oldest == nullptr || history->oldest() < oldest->oldest()))
                oldest = history.get();
        if (oldest == nullptr) break;
        of.bytes -= oldest->bytes();
        statistics.history_dropped += oldest->drop_oldest();
        of.bytes += oldest->bytes();
    }
}

void Machine::look_back(Watch& watch, Moment& moment) {
    if (!row(watch.person).sealed) refresh_cover(watch.person);
    const SealedRow& of = *people_[watch.person].sealed;
    const PolicyPlan& plan = program_.policies[watch.policy];
    const PolicyShape& shape = shape_.policies[watch.policy];
    Recorder* const recorder = this->recorder(watch.policy, watch.person, moment);
    const History* history = of.histories[shape.history].get();
    if (history == nullptr) {
        if (recorder != nullptr) recorder->add(recorded::LookBack{});
        return;
    }
    const auto index = static_cast<std::size_t>(
        std::lower_bound(shape_.looking_back.begin(), shape_.looking_back.end(), watch.policy) -
        shape_.looking_back.begin());
    const bool covered = of.covered_since[index] != not_covered;
    if (recorder != nullptr)
        recorder->add(recorded::LookBack{true, covered, history->dropped_until() >= watch.from, 0});
    if (!covered) return;
    if (history->dropped_until() >= watch.from) {
        watch.history_truncated = true;
        ++statistics.policies[watch.policy].history_truncated;
    }

    std::uint64_t played = 0;
    std::vector<Time> deadlines; // a heap, earliest first
    Frame frame;
    frame.subject = watch.person;
    frame.lookback = true;
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
            std::vector<Time> more;
            SignalContext context = context_for(watch, frame, more);
            context.recorder = recorder;
            if (recorder != nullptr) recorder->turn_to(watch.policy, watch.person, deadline, 0, "", true);
            watch.decide(plan, shape, deadline, frame, context);
            for (const Time next : more) {
                deadlines.push_back(next);
                std::push_heap(deadlines.begin(), deadlines.end(), std::greater<>());
            }
            count_hits(watch);
        }
    };
    frame.attributes = roster.attributes(watch.person);
    history->replay(watch.from, of.covered_since[index], shape_.slots, [&](const KeptEvent& event) {
        if (shape.hearing[event.type].empty()) return;
        interpreter_.reset();
        decide_before(event.time);
        frame.attributes = roster.attributes(watch.person, event.roster_version);
        frame.roster_moment.changes = event.roster_changes;
        frame.roster_moment.time = never;
        frame.time = event.time;
        frame.stated = event.stated;
        frame.id = event.id;
        frame.type = program_.events[event.type].name;
        frame.fields = event.fields.data();
        Event again;
        again.type = event.type;
        again.time = event.time;
        ++played;
        if (recorder != nullptr) recorder->turn_to(watch.policy, watch.person, event.time, 0, event.id, true);
        if (is_excepted(watch.policy, again, frame, recorder)) return;
        hits_.clear();
        std::vector<Time> more;
        SignalContext context = context_for(watch, frame, more);
        context.recorder = recorder;
        watch.play(plan, shape, shape.hearing[event.type], event.type, frame, context);
        for (const Time deadline : more) {
            deadlines.push_back(deadline);
            std::push_heap(deadlines.begin(), deadlines.end(), std::greater<>());
        }
        count_hits(watch);
    });
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
    SealedRow& of = *people_[person].sealed;
    for (std::size_t span = 0; span < of.histories.size(); ++span) {
        if (!of.histories[span]) continue;
        of.bytes -= of.histories[span]->bytes();
        of.histories[span]->expire(time - shape_.spans[span]);
        of.bytes += of.histories[span]->bytes();
    }
    note_next_expiry(person);
}

void Machine::note_next_expiry(PersonId person) {
    const std::unique_ptr<SealedRow>& sealed = people_[person].sealed;
    Time next = never;
    for (std::size_t span = 0; sealed && span < sealed->histories.size(); ++span)
        if (const auto& history = sealed->histories[span]; history && !history->empty())
            next = std::min(next, history->expires_after() + shape_.spans[span]);
    people_.set_next_expiry(person, next);
}

} // namespace watchword::runtime
