// Events at which nothing can happen but what the signals of open watches see, each by itself: a signal is offered all
// of them that are announced, then the next signal, for the code, the plan and the branches are the same from one to
// the next. What follows from their hits is then done event by event.
#include "runtime/bits.hpp"
#include "runtime/machine.hpp"
#include "runtime/running_signal.hpp"

#include <algorithm>
#include <tuple>

namespace watchword::runtime {

std::size_t Machine::push_quiet() {
    std::size_t pushed = 0;
    while (!limit_hit_ && recorder_ == nullptr && pool_.used() + roster_bytes_ <= options_.state_bytes) {
        const std::uint32_t count = announced_.count_quiet(timers_.empty() ? never : timers_.top().time);
        if (count == 0) break;
        play_quiet(announced_.next(), announced_.next() + count);
        announced_.skip(count);
        pushed += count;
    }
    return pushed;
}

/// Of the announced events those from `first` to before `last`.
void Machine::play_quiet(std::uint32_t first, std::uint32_t last) {
    statistics.events += last - first;
    now_ = announced_[last - 1].event->time;
    interpreter_.reset();
    hits_.clear();
    const std::uint64_t events = bits_between(first, last);
    for (Announced::Queue& queue : announced_.queues()) play_queue(queue, queue.events & events);
    if (!hit_places_.empty()) evaluate_hits();
    for (std::uint32_t i = first; i < last && !shape_.spans.empty(); ++i) expire_some(announced_[i].event->time);
}

/// Offers a signal some of its events. What most of them need is the state alone; what lies in the watch is read where
/// it must be.
inline void Machine::play_queue(Announced::Queue& queue, std::uint64_t events) {
    each_bit(events, [&](std::uint32_t number) {
        Announced::Queue::Turn& turn = queue.turns[number];
        const Candidate& candidate = *turn.candidate;
        const SignalShape& shape = *candidate.shape;
        const Event& event = *announced_[number].event;
        if (turn.state == nullptr && shape.place.kind != StateKind::none) turn.state = turn.watch->state_of(candidate);
        const std::size_t hits = hits_.live.size();
        context_.signal = candidate.signal;
        if (shape.place.kind == StateKind::sequence) {
            const SequenceHearing& hearing = shape.sequence->hearing[candidate.input];
            if (turn.state == nullptr
                    ? !hearing.may_begin
                    : static_cast<SequenceState*>(turn.state)->ignores(*shape.plan->sequence, hearing, event.time))
                return;
            show(number);
            if (shape.sequence->forbids_first) turn_to(*turn.watch);
            turn.watch->offer_event(candidate, false, turn.state, event.type, pushed_.frame, context_);
        } else if (shape.place.kind == StateKind::running && candidate.is_certain && turn.state != nullptr &&
                   shape.plain.running[candidate.input].is_direct) {
            auto& state = *static_cast<RunningState*>(turn.state);
            const RunningInput& input = shape.plain.running[candidate.input];
            if (!state.take(input, event)) return;
            show(number);
            turn_to(*turn.watch);
            state.hit(*shape.plan, candidate.input, pushed_.frame, context_);
        } else {
            show(number);
            const CodeId where = shape.plan->inputs[candidate.input].where;
            if (!candidate.is_certain && !interpreter_.holds(where, pushed_.frame)) return;
            turn_to(*turn.watch);
            turn.watch->offer_event(candidate, true, turn.state, event.type, pushed_.frame, context_);
        }
        if (hits_.live.size() != hits) hit_places_.push_back({number, turn.watch, hits});
    });
}

inline void Machine::show(std::uint32_t number) {
    const Announced::Entry& announced = announced_[number];
    address(begin(*announced.event, program_.events[announced.event->type]).frame, announced.person);
}

/// The frame is shown.
inline void Machine::turn_to(const Watch& watch) { turn(context_, watch, pushed_.frame); }

/// What follows from the hits that were found signal by signal: event by event, watch by watch.
void Machine::evaluate_hits() {
    std::sort(hit_places_.begin(), hit_places_.end(), [&](const HitPlace& left, const HitPlace& right) {
        return std::tuple(left.event, left.watch->policy, hits_.live[left.hit].signal) <
               std::tuple(right.event, right.watch->policy, hits_.live[right.hit].signal);
    });
    hits_apart_.swap(hits_.live);
    for (auto next = hit_places_.begin(); next != hit_places_.end();) {
        const Announced::Entry& announced = announced_[next->event];
        Moment& moment = begin(*announced.event, program_.events[announced.event->type]);
        address(moment.frame, announced.person);
        const std::size_t first_alert = alerts.size();
        for (const std::uint32_t event = next->event; next != hit_places_.end() && next->event == event;) {
            Watch& watch = *next->watch;
            hits_.live.clear();
            for (; next != hit_places_.end() && next->event == event && next->watch == &watch; ++next)
                hits_.live.push_back(std::move(hits_apart_[next->hit]));
            evaluate(watch, moment, false);
        }
        evaluate_risk(moment);
        if (alerts.size() != first_alert) sort_alerts(first_alert);
    }
    hit_places_.clear();
    hits_apart_.clear();
    hits_.clear();
}

} // namespace watchword::runtime
