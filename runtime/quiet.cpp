// Events at which nothing can happen but what the signals of open watches see, each by itself: a signal is offered all
// of them that are announced, then the next signal, for the code, the plan and the branches are the same from one to
// the next. What follows from their hits is then done event by event.
#include "runtime/bits.hpp"
#include "runtime/machine.hpp"
#include "runtime/running_signal.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

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

/// Offers a signal some of its events, and asks for what a few events later will be read. `play` says whether there may
/// be a hit.
template <StateKind kind, class Play>
inline void Machine::play_each(Announced::Queue& queue, std::uint64_t events, Play play) {
    constexpr int events_ahead = 8; // for all at once, some of it does not come
    std::uint64_t ahead = events;
    const auto ask_ahead = [&] {
        if (ahead == 0) return;
        const auto number = static_cast<std::uint32_t>(std::countr_zero(ahead));
        announced_.ask_inside<kind>(number, queue.turns[number]);
        ahead &= ahead - 1;
    };
    for (int i = 0; i < events_ahead && ahead != 0; ++i) ask_ahead();
    for (; events != 0; events &= events - 1) {
        ask_ahead();
        const auto number = static_cast<std::uint32_t>(std::countr_zero(events));
        if (play(number, queue.turns[number])) note_hits(number, queue.turns[number]);
    }
}

/// Offers a signal some of its events. What most of them need is the state alone; what lies in the watch is read where
/// it must be.
void Machine::play_queue(Announced::Queue& queue, std::uint64_t events) {
    if (events == 0) return;
    const Candidate& first = *queue.turns[static_cast<std::size_t>(std::countr_zero(events))].candidate;
    const SignalShape& shape = *first.shape;
    context_.signal = first.signal;
    using Turn = Announced::Queue::Turn;
    const auto play = [&](std::uint32_t number, Turn& turn) { return play_plain(number, turn); };
    switch (shape.place.kind) {
    case StateKind::none:
        return play_each<StateKind::none>(queue, events, play);
    case StateKind::plain:
        return play_each<StateKind::plain>(queue, events, play);
    case StateKind::running:
        return RunningState::with_kind(shape.plan->windows[0].aggregate, [&](auto kind) {
            play_each<StateKind::running>(
                queue, events, [&](std::uint32_t number, Turn& turn) { return play_running<kind>(number, turn); });
        });
    case StateKind::sequence:
        return play_each<StateKind::sequence>(
            queue, events, [&](std::uint32_t number, Turn& turn) { return play_sequence(number, turn); });
    }
}

/// Of those that were found, the ones that have no place yet are the event's.
__attribute__((noinline)) void Machine::note_hits(std::uint32_t number, Announced::Queue::Turn& turn) {
    if (hit_places_.size() == hits_.live.size()) return;
    if (turn.watch == nullptr) ask_for(&people_[announced_[number].person]);
    while (hit_places_.size() != hits_.live.size())
        hit_places_.push_back({number, turn.candidate->policy, turn.watch, hit_places_.size()});
}

Watch& Machine::watch_of(std::uint32_t number, Announced::Queue::Turn& turn) {
    if (turn.watch == nullptr) turn.watch = &people_.near_watch(announced_[number].person);
    return *turn.watch;
}

/// One of the events before may have made it.
inline void* Machine::state_of(std::uint32_t number, Announced::Queue::Turn& turn) {
    if (turn.state != nullptr) return turn.state;
    const StatePlace place = turn.candidate->shape->place;
    if (turn.watch == nullptr && place.is_near())
        turn.state = people_.glance(announced_[number].person).states.find(place);
    else
        turn.state = watch_of(number, turn).state_of(*turn.candidate);
    return turn.state;
}

/// The way that reads the watch. The frame is shown.
void Machine::offer_to_watch(std::uint32_t number, Announced::Queue::Turn& turn) {
    Watch& watch = watch_of(number, turn);
    turn_to(watch);
    watch.offer_event(*turn.candidate, true, turn.state, announced_[number].event->type, pushed_.frame, context_);
    if (turn.state == nullptr) people_.note_states(watch);
}

inline bool Machine::play_sequence(std::uint32_t number, Announced::Queue::Turn& turn) {
    const Event& event = *announced_[number].event;
    const SignalShape& shape = *turn.candidate->shape;
    const SequenceHearing& hearing = shape.sequence->hearing[turn.candidate->input];
    auto* const state = static_cast<SequenceState*>(state_of(number, turn));
    if (state == nullptr ? !hearing.may_begin : state->ignores(*shape.plan->sequence, hearing, event.time))
        return false;
    show(number);
    if (state == nullptr || shape.sequence->forbids_first)
        offer_to_watch(number, turn);
    else
        state->offer(*shape.plan->sequence, *shape.sequence, hearing, pushed_.frame, shape_.slots[event.type],
                     context_);
    return true;
}

template <Aggregate kind>
inline bool Machine::play_running(std::uint32_t number, Announced::Queue::Turn& turn) {
    const SignalShape& shape = *turn.candidate->shape;
    const std::uint32_t index = turn.candidate->input;
    const RunningInput& input = shape.plain.running[index];
    auto* const state = static_cast<RunningState*>(state_of(number, turn));
    if (!input.is_direct || !turn.candidate->is_certain || state == nullptr) return play_plain(number, turn);
    if (!state->take<kind>(input, *announced_[number].event)) return false;
    show(number);
    state->hit(*shape.plan, index, pushed_.frame, context_);
    return true;
}

bool Machine::play_plain(std::uint32_t number, Announced::Queue::Turn& turn) {
    const Candidate& candidate = *turn.candidate;
    const SignalShape& shape = *candidate.shape;
    show(number);
    if (!candidate.is_certain && !interpreter_.holds(shape.plan->inputs[candidate.input].where, pushed_.frame))
        return false;
    if (shape.place.kind == StateKind::none) {
        PlainState::hit(*shape.plan, candidate.input, pushed_.frame, context_, &memory_.pool);
    } else {
        state_of(number, turn);
        offer_to_watch(number, turn);
    }
    return true;
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
