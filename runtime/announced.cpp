// What is looked up before an event is pushed, so that its turn does not wait for memory, and the short ways of those
// events at which nothing can happen but what the signals of open watches see.
#include "runtime/machine.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/running_signal.hpp"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

namespace watchword::runtime {

namespace {

constexpr std::uint64_t bit(std::uint32_t number) { return std::uint64_t{1} << number; }

template <class Visit>
void each_bit(std::uint64_t bits, Visit visit) {
    for (; bits != 0; bits &= bits - 1) visit(static_cast<std::uint32_t>(std::countr_zero(bits)));
}

} // namespace

/// Each loop reads what the one before has asked for, of all events, so that their waits overlap.
void Machine::prepare(std::span<const Event* const> events) {
    announced_next_ = 0;
    announced_count_ = 0;
    announced_names_ = roster.names_version();
    announced_added_ = roster.names_added();
    announced_changes_ = changes_made_;
    if (recorder_ != nullptr) return;
    announced_count_ = std::min(events.size(), announced_.size());
    const auto count = static_cast<std::uint32_t>(announced_count_);
    for (std::uint32_t i = 0; i < count; ++i) {
        const Event& event = *events[i];
        announced_[i].event = &event;
        announced_[i].position = event.position;
        announced_[i].fields = event.fields;
        names_[i] = event.subject;
        ask_for(event.id.data()); // another thread may have written them
        ask_for(event.fields);
    }
    roster.find(std::span(names_).first(count), named_.data());
    for (std::uint32_t i = 0; i < count; ++i)
        if (named_[i] < people_.size()) ask_for(&people_[named_[i]]);

    for (const std::uint32_t queue : busy_) queue_of_[queue] = no_queue;
    busy_.clear();
    unready_.clear();
    for (std::uint32_t i = 0; i < count; ++i) look_at_row(i);
    for (const ReadyCandidates* const list : busy_lists_) {
        const std::uint64_t bits = std::exchange(lists_[list->number], 0);
        for (const Candidate& candidate : list->all) queue_up(candidate, bits);
    }
    busy_lists_.clear();
    std::size_t end = unready_.size();
    for (; !unready_from_.empty(); unready_from_.pop_back()) {
        const auto [event, first] = unready_from_.back();
        for (std::size_t i = first; i < end; ++i) queue_up(unready_[i], bit(event));
        end = first;
    }
    const Time time = count == 0 ? 0 : events[count - 1]->time;
    for (std::size_t i = 0; i < busy_.size(); ++i)
        each_bit(queues_[i].events, [&, &turns = queues_[i].turns](std::uint32_t event) {
            if (turns[event].state != nullptr)
                Watch::prefetch_inside(*turns[event].candidate, turns[event].state, time);
        });
}

void Machine::sum_up(PersonRow& row) const {
    row.manner = Manner::apart;
    std::uint32_t always = 0;
    for (const auto& watch : row.watches) {
        row.manner = std::min(row.manner, watch->manner);
        if (program_.policies[watch->policy].always) ++always;
    }
    row.has_all_always = always == shape_.always;
}

/// Whether an event about somebody who is not known passes without a trace.
inline bool Machine::is_nobodys(const Event& event, const TypeShape& type) const {
    return !event.subject.empty() && !roster.required() && type.always.empty() && !shape_.has_group_trigger;
}

inline bool Machine::has_all_always(const PersonRow& row, const TypeShape& type) const {
    return row.has_all_always || std::all_of(type.always.begin(), type.always.end(), [&](std::uint32_t policy) {
               return std::any_of(row.watches.begin(), row.watches.end(),
                                  [&](const auto& watch) { return watch->policy == policy; });
           });
}

inline void Machine::look_at_row(std::uint32_t number) {
    Announced& announced = announced_[number];
    const Event& event = *announced.event;
    const TypeShape& type = shape_.types[event.type];
    const PersonId person = announced.person = named_[number];
    announced.changes = 0;
    if (person >= people_.size()) {
        announced.is_quiet =
            type.is_quiet && (person == nobody ? is_nobodys(event, type)
                                               : type.always.empty() && roster.is_employee(person));
        return;
    }
    const PersonRow& row = people_[person];
    announced.changes = row.changes;
    announced.is_quiet = type.is_quiet && row.manner == Manner::apart && roster.is_employee(person) &&
                         (type.always.empty() || has_all_always(row, type));
    if (row.watches.empty()) return;
    for (const auto& watch : row.watches) watch->prefetch(shape_.has_far_states);
    if (const ReadyCandidates* const ready = shape_.guards.find_ready(event.type, event.fields)) {
        std::uint64_t& list = lists_[ready->number];
        if (list == 0) busy_lists_.push_back(ready);
        list |= bit(number);
    } else {
        unready_from_.emplace_back(number, unready_.size());
        shape_.guards.find(event.type, event.fields, unready_);
    }
}

/// Of the events, those of people whom the candidate's policy watches are put into its queue.
inline void Machine::queue_up(const Candidate& candidate, std::uint64_t events) {
    std::uint32_t& number = queue_of_[candidate.queue];
    if (number == no_queue) {
        number = static_cast<std::uint32_t>(busy_.size());
        busy_.push_back(candidate.queue);
        if (queues_.size() < busy_.size()) queues_.emplace_back();
        queues_[number].events = 0;
    }
    Queue& queue = queues_[number];
    each_bit(events, [&](std::uint32_t event) {
        for (const auto& watch : people_[announced_[event].person].watches)
            if (watch->policy == candidate.policy) {
                queue.turns[event] = {&candidate, watch.get(), watch->prefetch_state(candidate)};
                queue.events |= bit(event);
                break;
            }
    });
}

inline bool Machine::is_quiet_still(const Announced& announced) const {
    if (!announced.is_quiet || changes_of(announced.person) != announced.changes) return false;
    return announced.person != nobody || announced_added_ == roster.names_added();
}

std::size_t Machine::push_quiet() {
    if (announced_next_ == announced_count_ || limit_hit_ || recorder_ != nullptr ||
        announced_names_ != roster.names_version() || pool_.used() + roster_bytes_ > options_.state_bytes)
        return 0;
    const Time until = timers_.empty() ? never : timers_.top().time;
    const std::size_t first = announced_next_;
    std::size_t last = first;
    while (last < announced_count_ && announced_[last].event->time < until && is_quiet_still(announced_[last])) ++last;
    if (last == first) return 0;
    announced_next_ = last;
    announced_now_ = nullptr;
    statistics.events += last - first;
    now_ = announced_[last - 1].event->time;
    interpreter_.reset();
    hits_.clear();
    const std::uint64_t events = (~std::uint64_t{0} >> (announced_.size() - (last - first))) << first;
    for (std::size_t i = 0; i < busy_.size(); ++i) play_queue(queues_[i], queues_[i].events & events);
    if (!hit_places_.empty()) evaluate_hits();
    for (std::size_t i = first; i < last && !shape_.spans.empty(); ++i) expire_some(announced_[i].event->time);
    return last - first;
}

/// Offers a signal some of its events.
inline void Machine::play_queue(Queue& queue, std::uint64_t events) {
    each_bit(events, [&](std::uint32_t number) {
        Queue::Turn& turn = queue.turns[number];
        if (!turn.watch->active) return;
        const Candidate& candidate = *turn.candidate;
        const SignalShape& shape = *candidate.shape;
        if (turn.state == nullptr) turn.state = turn.watch->state_of(candidate);
        const std::size_t hits = hits_.live.size();
        if (shape.place.kind == StateKind::running && candidate.is_certain && turn.state != nullptr &&
            shape.plain.running[candidate.input].is_direct) {
            auto& state = *static_cast<RunningState*>(turn.state);
            const RunningInput& input = shape.plain.running[candidate.input];
            if (!state.take(input, shape.plan->windows[0], *announced_[number].event)) return;
            show(number, *turn.watch);
            context_.signal = candidate.signal;
            state.hit(*shape.plan, candidate.input, pushed_.frame, context_);
        } else {
            show(number, *turn.watch);
            turn.watch->offer_event(candidate, turn.state, announced_[number].event->type, pushed_.frame, context_);
        }
        if (hits_.live.size() != hits) hit_places_.push_back({number, turn.watch, hits});
    });
}

/// To a signal of the watch.
inline void Machine::show(std::uint32_t number, const Watch& watch) {
    const Announced& announced = announced_[number];
    Moment& moment = begin(*announced.event, program_.events[announced.event->type]);
    address(moment.frame, announced.person);
    turn(context_, watch, moment.frame);
}

/// What follows from the hits that were found signal by signal: event by event, watch by watch.
void Machine::evaluate_hits() {
    std::sort(hit_places_.begin(), hit_places_.end(), [&](const HitPlace& left, const HitPlace& right) {
        return std::tuple(left.event, left.watch->policy, hits_.live[left.hit].signal) <
               std::tuple(right.event, right.watch->policy, hits_.live[right.hit].signal);
    });
    hits_apart_.swap(hits_.live);
    for (auto next = hit_places_.begin(); next != hit_places_.end();) {
        const Announced& announced = announced_[next->event];
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
