// Events at which nothing can happen but what the signals of open watches see, each by itself: a signal is offered all
// of them that are announced, then the next signal, for the code, the plan and the branches are the same from one to
// the next. What follows from their hits is then done event by event.
#include "runtime/bits.hpp"
#include "runtime/machine.hpp"
#include "runtime/running_signal.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

#ifndef DIST
#define DIST 8
#endif
namespace watchword::runtime {

std::size_t Machine::push_quiet() {
    std::size_t pushed = 0;
    while (!limit_hit_ && recorder_ == nullptr && memory_.used() + roster_bytes_ <= options_.state_bytes) {
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
void Machine::play_queue(Announced::Queue& queue, std::uint64_t events) {
    if (events == 0) return;
    const Candidate& first = *queue.turns[static_cast<std::size_t>(std::countr_zero(events))].candidate;
    const SignalShape& shape = *first.shape;
    context_.signal = first.signal;
    const std::size_t hits = hits_.live.size();
    const auto play_each = [&](auto ask_inside, auto play) {
        std::uint64_t ahead = events;
        const auto ask_ahead = [&] {
            if (ahead == 0) return;
            const auto number = static_cast<std::uint32_t>(std::countr_zero(ahead));
            const Announced::Queue::Turn& turn = queue.turns[number];
            if (turn.state != nullptr)
                ask_inside(number, turn);
            else
                ask_for(&people_.near_watch(announced_[number].person));
            ahead &= ahead - 1;
        };
        for (int i = 0; i < DIST; ++i) ask_ahead();
        for (std::size_t known = hits; events != 0; events &= events - 1) {
            ask_ahead();
            const auto number = static_cast<std::uint32_t>(std::countr_zero(events));
            Announced::Queue::Turn& turn = queue.turns[number];
            if (turn.state == nullptr && shape.place.kind != StateKind::none)
                turn.state = state_of(number, turn); // one of the events before may have made it
            play(number, turn);
            if (known == hits_.live.size()) continue;
            if (turn.watch == nullptr) ask_for(&people_[announced_[number].person]);
            for (; known != hits_.live.size(); ++known)
                hit_places_.push_back({number, turn.candidate->policy, turn.watch, known});
        }
    };
    if (shape.place.kind == StateKind::sequence)
        play_each(
            [&](std::uint32_t number, const Announced::Queue::Turn& turn) {
                const auto& state = *static_cast<const SequenceState*>(turn.state);
                const SequenceHearing& hearing = shape.sequence->hearing[turn.candidate->input];
                state.prefetch(!state.ignores(*shape.plan->sequence, hearing, announced_[number].event->time));
            },
            [&](std::uint32_t number, Announced::Queue::Turn& turn) { play_sequence(number, turn); });
    else if (shape.place.kind == StateKind::running)
        RunningState::with_kind(shape.plan->windows[0].aggregate, [&](auto kind) {
            play_each(
                [](std::uint32_t, const Announced::Queue::Turn& turn) {
                    static_cast<const RunningState*>(turn.state)->prefetch_inside();
                },
                [&](std::uint32_t number, Announced::Queue::Turn& turn) { play_running<kind>(number, turn); });
        });
    else
        play_each([](std::uint32_t, const Announced::Queue::Turn&) {},
                  [&](std::uint32_t number, Announced::Queue::Turn& turn) { play_plain(number, turn); });
}

Watch& Machine::watch_of(std::uint32_t number, Announced::Queue::Turn& turn) {
    if (turn.watch == nullptr) turn.watch = &people_.near_watch(announced_[number].person);
    return *turn.watch;
}

inline void* Machine::state_of(std::uint32_t number, Announced::Queue::Turn& turn) {
    const StatePlace place = turn.candidate->shape->place;
    if (turn.watch == nullptr && place.is_near()) return people_.glance(announced_[number].person).states.find(place);
    return watch_of(number, turn).state_of(*turn.candidate);
}

/// The way that reads the watch. The frame is shown.
void Machine::offer_to_watch(std::uint32_t number, Announced::Queue::Turn& turn) {
    Watch& watch = watch_of(number, turn);
    turn_to(watch);
    watch.offer_event(*turn.candidate, true, turn.state, announced_[number].event->type, pushed_.frame, context_);
    if (turn.state == nullptr) people_.note_states(watch);
}

inline void Machine::play_sequence(std::uint32_t number, Announced::Queue::Turn& turn) {
    const Event& event = *announced_[number].event;
    const SignalShape& shape = *turn.candidate->shape;
    const SequenceHearing& hearing = shape.sequence->hearing[turn.candidate->input];
    auto* const state = static_cast<SequenceState*>(turn.state);
    if (state == nullptr ? !hearing.may_begin : state->ignores(*shape.plan->sequence, hearing, event.time)) return;
    show(number);
    if (state == nullptr || shape.sequence->forbids_first) return offer_to_watch(number, turn);
    state->offer(*shape.plan->sequence, *shape.sequence, hearing, pushed_.frame, shape_.slots[event.type], context_);
}

template <Aggregate kind>
inline void Machine::play_running(std::uint32_t number, Announced::Queue::Turn& turn) {
    const SignalShape& shape = *turn.candidate->shape;
    const std::uint32_t index = turn.candidate->input;
    const RunningInput& input = shape.plain.running[index];
    if (!input.is_direct || !turn.candidate->is_certain || turn.state == nullptr) return play_plain(number, turn);
    auto& state = *static_cast<RunningState*>(turn.state);
    if (!state.take<kind>(input, *announced_[number].event)) return;
    show(number);
    state.hit(*shape.plan, index, pushed_.frame, context_);
}

void Machine::play_plain(std::uint32_t number, Announced::Queue::Turn& turn) {
    const Candidate& candidate = *turn.candidate;
    const SignalShape& shape = *candidate.shape;
    show(number);
    if (!candidate.is_certain && !interpreter_.holds(shape.plan->inputs[candidate.input].where, pushed_.frame)) return;
    if (shape.place.kind != StateKind::none) return offer_to_watch(number, turn);
    PlainState::hit(*shape.plan, candidate.input, pushed_.frame, context_, &memory_.pool);
}

inline void Machine::show(std::uint32_t number) {
    const Announced::Entry& announced = announced_[number];
    address(begin(*announced.event, program_.events[announced.event->type]).frame, announced.person);
}

/// The frame is shown.
inline void Machine::turn_to(const Watch& watch) { turn(context_, watch, pushed_.frame); }

/// What follows from the hits that were found signal by signal: event by event, watch by watch.
void Machine::evaluate_hits() {
    for (HitPlace& place : hit_places_) {
        if (place.watch == nullptr) place.watch = &people_.near_watch(announced_[place.event].person);
        place.watch->prefetch_score();
    }
    std::sort(hit_places_.begin(), hit_places_.end(), [&](const HitPlace& left, const HitPlace& right) {
        return std::tuple(left.event, left.policy, hits_.live[left.hit].signal, left.hit) <
               std::tuple(right.event, right.policy, hits_.live[right.hit].signal, right.hit);
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
