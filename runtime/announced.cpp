// What is looked up before an event is pushed, so that its turn does not wait for memory, and the short way of those
// events at which nothing can happen but what the signals of open watches see.
#include "runtime/machine.hpp"
#include "runtime/prefetch.hpp"

#include <algorithm>

namespace watchword::runtime {

namespace {

/// Whether each of the policies, which rise as the watches' do, has a watch, and the watches' policies are simple.
template <class Watches>
bool is_settled(const Watches& watches, const std::vector<std::uint32_t>& always,
                const std::vector<PolicyShape>& shapes) {
    auto next = always.begin();
    for (const auto& watch : watches) {
        if (!shapes[watch->policy].simple) return false;
        if (next != always.end() && *next == watch->policy) ++next;
    }
    return next == always.end();
}

} // namespace

/// Each loop reads what the one before has asked for, of all events, so that their waits overlap.
void Machine::prepare(std::span<const Event* const> events) {
    announced_count_ = 0;
    announced_next_ = 0;
    announced_names_ = roster.names_version();
    announced_added_ = roster.names_added();
    announced_changes_ = changes_made_;
    if (recorder_ != nullptr) return;
    const std::size_t count = events.size();
    if (announced_.size() < count) {
        announced_.resize(count);
        names_.resize(count);
        named_.resize(count);
    }
    for (std::size_t i = 0; i < count; ++i) {
        names_[i] = events[i]->subject;
        ask_for(events[i]->id.data()); // another thread may have written it
    }
    roster.find(std::span(names_).first(count), named_.data());
    announced_count_ = count;
    for (std::size_t i = 0; i < count; ++i)
        if (named_[i] < people_.size()) ask_for(&people_[named_[i]]);
    announced_candidates_.clear();
    for (std::size_t i = 0; i < count; ++i) {
        const Event& event = *events[i];
        Announced& announced = announced_[i];
        announced = {event.position, event.fields, named_[i], 0, false, false, {}, 0, 0, 0, 0};
        if (announced.person >= people_.size()) continue;
        const PersonRow& row = people_[announced.person];
        announced.changes = row.changes;
        if (row.watches.empty()) continue;
        announced.has_candidates = true;
        if (const auto* const ready = shape_.guards.find_ready(event.type, event.fields)) {
            announced.candidates = *ready;
        } else {
            announced.first_own = static_cast<std::uint32_t>(announced_candidates_.size());
            shape_.guards.find(event.type, event.fields, announced_candidates_);
            announced.own = static_cast<std::uint32_t>(announced_candidates_.size()) - announced.first_own;
            announced.candidates = own_candidates(announced);
        }
        const bool far = std::any_of(announced.candidates.begin(), announced.candidates.end(),
                                     [](const Candidate& one) { return one.shape->place.number >= StatePlace::near; });
        for (const auto& watch : row.watches) watch->prefetch(far);
    }
    announced_signals_.clear();
    for (std::size_t i = 0; i < count; ++i) {
        Announced& announced = announced_[i];
        if (announced.person >= people_.size()) continue;
        const TypeShape& type = shape_.types[events[i]->type];
        const auto& watches = people_[announced.person].watches;
        announced.is_quiet = type.is_quiet && is_settled(watches, type.always, shape_.policies) &&
                             (!roster.required() || roster.is_employee(announced.person));
        if (announced.own != 0) // the list does not move any more
            announced.candidates = own_candidates(announced);
        announced.first_signal = static_cast<std::uint32_t>(announced_signals_.size());
        const Candidate* next = announced.candidates.data();
        const Candidate* const end = next + announced.candidates.size();
        for (const auto& watch : watches) {
            while (next != end && next->policy < watch->policy) ++next;
            for (; next != end && next->policy == watch->policy; ++next)
                announced_signals_.push_back({next, watch.get(), watch->prefetch_state(*next)});
        }
        announced.signals = static_cast<std::uint32_t>(announced_signals_.size()) - announced.first_signal;
    }
    for (const AnnouncedSignal& signal : announced_signals_)
        if (signal.state != nullptr) Watch::prefetch_inside(*signal.candidate, signal.state, events.back()->time);
}

/// What `handle` comes to for an event that is quiet.
void Machine::play_announced(const Event& event, const Announced& announced) {
    const AnnouncedSignal* next = announced_signals_.data() + announced.first_signal;
    const AnnouncedSignal* const end = next + announced.signals;
    if (next == end) return;
    Moment& moment = begin(event, program_.events[event.type]);
    address(moment.frame, announced.person);
    candidates_ = announced.candidates;
    const std::size_t first_alert = alerts.size();
    while (next != end) {
        Watch& watch = *next->watch;
        if (!watch.active) {
            while (next != end && next->watch == &watch) ++next;
            continue;
        }
        hits_.clear();
        turn(context_, watch, moment.frame);
        for (; next != end && next->watch == &watch; ++next) {
            void* const state = next->state != nullptr ? next->state : watch.state_of(*next->candidate);
            watch.offer_event(*next->candidate, state, event.type, moment.frame, context_);
        }
        if (!deadlines_.empty()) set_absence_timers(watch);
        evaluate(watch, moment, false);
        if (work_.empty()) continue;
        work_off_others(moment, announced.person, watch.policy);
        break;
    }
    evaluate_risk(moment);
    if (alerts.size() != first_alert) sort_alerts(first_alert);
}

} // namespace watchword::runtime
