// Each loop reads what the one before has asked for, of all events, so that their waits overlap.
#include "runtime/announced.hpp"

#include "runtime/bits.hpp"

#include <algorithm>
#include <bit>

namespace watchword::runtime {

namespace {

constexpr std::uint8_t impossible = 0x80; // Glance::is never has it

/// Whether the candidate's signal has its state where the watch says.
bool is_far(const Candidate& candidate) {
    const StatePlace place = candidate.shape->place;
    return place.kind != StateKind::none && !place.is_near();
}

} // namespace

Announced::Announced(const ProgramShape& shape, const Roster& roster, const PeopleTable& people)
    : shape_(shape), roster_(roster), people_(people), lists_(shape.guards.ready_lists().size(), 0),
      busy_lists_(lists_.size() + 1), queue_of_(shape.signals, no_queue) {
    for (const std::vector<Candidate>& list : shape.guards.ready_lists())
        far_lists_.push_back(std::any_of(list.begin(), list.end(), is_far) ? 1 : 0);
    for (std::uint32_t type = 0; type < shape.types.size(); ++type) {
        std::uint8_t quiet_for = shape.types[type].is_quiet ? Glance::apart : impossible;
        if (shape.types[type].is_always) quiet_for |= Glance::all_always;
        const ReadyCandidates& ready = shape.guards.ready(type);
        const auto lists = std::span(far_lists_).subspan(ready.first, ready.is_ready ? ready.values + 1 : 0);
        const bool may_be_far = ready.is_ready
                                    ? std::any_of(lists.begin(), lists.end(), [](auto far) { return far != 0; })
                                    : shape.has_far_states;
        types_.push_back({ready, quiet_for, may_be_far || shape.always > 1 || !shape.types[type].keeping.empty()});
        reads_rows_ |= types_.back().reads_rows;
    }
}

void Announced::announce(std::span<const Event* const> events) {
    next_ = count_ = 0;
    rest_ = events;
}

inline bool Announced::is_quiet_still(std::uint32_t number) const {
    const Entry& entry = entries_[number];
    if ((quiet_ & bit(number)) == 0 || changes_of(entry) != entry.changes) return false;
    return entry.person != nobody || knows_all_names();
}

std::uint32_t Announced::count_quiet(Time until) {
    if (!look_up() || !knows_names()) return 0;
    if (changes_ == people_.changes() && knows_all_names() && entries_[count_ - 1].event->time < until)
        return static_cast<std::uint32_t>(std::countr_one(quiet_ >> next_)); // nothing has changed since
    std::uint32_t last = next_;
    while (last < count_ && entries_[last].event->time < until && is_quiet_still(last)) ++last;
    return last - next_;
}

/// What is read of an event is asked for, and so is what is known at a glance of whom it is about.
inline void Announced::find_people() {
    // members would be read anew after each write to an entry
    const Event* const* const events = rest_.data();
    const std::span<const Glance> glances = people_.glances();
    std::uint32_t unnumbered = 0;
    for (std::uint32_t i = 0, count = count_; i < count; ++i) {
        const Event& event = *events[i];
        Entry& entry = entries_[i];
        entry.event = &event;
        if (i + together < rest_.size()) ask_for(events[i + together]); // at a page's end some processors would stop
        ask_for(event.id.data());                                       // another thread may have written them
        ask_for(event.fields);
        if (event.account == no_account) {
            names_[unnumbered] = event.subject;
            by_name_[unnumbered++] = i;
            continue;
        }
        const PersonId person = roster_.find(event.account);
        entry.person = person;
        if (person < glances.size()) ask_for(&glances[person]);
    }
    moved_ = roster_.names_version();
    added_ = roster_.names_added();
    if (unnumbered != 0) find_unnumbered(unnumbered);
    for (std::uint32_t i = 0; i < count_ && reads_rows_; ++i)
        if (entries_[i].person < glances.size() && types_[entries_[i].event->type].reads_rows)
            ask_for(&people_[entries_[i].person]);
}

void Announced::find_unnumbered(std::uint32_t count) {
    roster_.find(std::span(names_).first(count), found_.data());
    const std::span<const Glance> glances = people_.glances();
    for (std::uint32_t i = 0; i < count; ++i) {
        entries_[by_name_[i]].person = found_[i];
        if (found_[i] < glances.size()) ask_for(&glances[found_[i]]);
    }
}

/// Flattened: of what it calls for each event, more would be calling than doing.
__attribute__((flatten)) void Announced::look_up_more() {
    next_ = 0;
    count_ = static_cast<std::uint32_t>(std::min<std::size_t>(rest_.size(), together));
    find_people();
    rest_ = rest_.subspan(count_);
    for (const std::uint32_t queue : busy_) queue_of_[queue] = no_queue;
    busy_.clear();
    unready_.clear();
    changes_ = people_.changes();
    look_at_all();
    if (!shape_.spans.empty()) ask_for_kept();
    const std::vector<std::vector<Candidate>>& ready = shape_.guards.ready_lists();
    for (const std::uint32_t list : std::span(busy_lists_).first(std::exchange(busy_list_count_, 0))) {
        const std::uint64_t events = std::exchange(lists_[list], 0);
        for (const Candidate& candidate : ready[list]) queue_up(candidate, events);
    }
    for (std::size_t end = unready_.size(); !unready_from_.empty(); unready_from_.pop_back()) {
        const auto [event, first] = unready_from_.back();
        for (std::size_t i = first; i < end; ++i) queue_up(unready_[i], bit(event));
        end = first;
    }
    const std::uint64_t loud = ~quiet_ & bits_between(0, count_);
    for (Queue& queue : queues())
        if ((queue.events & loud) != 0) ask_inside(queue, queue.events & loud);
}

__attribute__((noinline)) void Announced::ask_inside(Queue& queue, std::uint64_t events) const {
    const auto each = [&](auto ask) { each_bit(events, [&](std::uint32_t event) { ask(event, queue.turns[event]); }); };
    const Candidate& first = *queue.turns[static_cast<std::size_t>(std::countr_zero(events))].candidate;
    switch (first.shape->place.kind) {
    case StateKind::none:
        return;
    case StateKind::plain:
        return each([&](std::uint32_t event, Queue::Turn& turn) { ask_inside<StateKind::plain>(event, turn); });
    case StateKind::running:
        return each([&](std::uint32_t event, Queue::Turn& turn) { ask_inside<StateKind::running>(event, turn); });
    case StateKind::sequence:
        return each([&](std::uint32_t event, Queue::Turn& turn) { ask_inside<StateKind::sequence>(event, turn); });
    }
}

/// What is kept of whom the events are about, one pointer further in each walk.
__attribute__((noinline)) void Announced::ask_for_kept() const {
    std::array<const SealedRow*, together> rows;
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < count_; ++i) {
        const Entry& entry = entries_[i];
        if (entry.person >= people_.size() || shape_.types[entry.event->type].keeping.empty()) continue;
        const SealedRow* const sealed = people_[entry.person].sealed.get();
        if (sealed == nullptr) continue;
        sealed->prefetch();
        rows[count++] = sealed;
    }
    const std::span<const SealedRow* const> all = std::span(rows).first(count);
    const auto each_history = [&](auto visit) {
        for (const SealedRow* const row : all) row->each_history(visit);
    };
    each_history([](const History& history) { ask_for(&history); });
    each_history([](const History& history) { history.prefetch(); });
    each_history([](const History& history) { history.prefetch_end(); });
}

/// Whether an event about somebody who is not known passes without a trace.
inline bool Announced::passes_nobody(const Event& event, const TypeShape& type) const {
    return !event.subject.empty() && !roster_.required() && !type.is_always;
}

/// What is not known at a glance.
__attribute__((noinline)) bool Announced::has_all_always(PersonId person, const TypeShape& type) const {
    const auto& watches = people_[person].watches;
    return std::all_of(type.always.begin(), type.always.end(), [&](std::uint32_t policy) {
        return std::any_of(watches.begin(), watches.end(), [&](const auto& watch) { return watch->policy == policy; });
    });
}

/// Of somebody who is not in the table of people.
__attribute__((noinline)) bool Announced::is_quiet_about_stranger(const Entry& entry, const TypeShape& type) const {
    if (!type.is_quiet) return false;
    return entry.person == nobody ? passes_nobody(*entry.event, type)
                                  : !type.is_always && roster_.is_employee(entry.person);
}

/// Of somebody who is in the table of people, but of whom it is not known at a glance.
__attribute__((noinline)) bool Announced::is_quiet_besides(const Entry& entry) const {
    const TypeShape& type = shape_.types[entry.event->type];
    return type.is_quiet && people_.glance(entry.person).has(Glance::apart) &&
           (!type.is_always || has_all_always(entry.person, type));
}

/// All of them: which are quiet, and which candidates they have.
inline void Announced::look_at_all() {
    // members would be read anew after each write to an entry or a list
    const std::span<const Glance> glances = people_.glances();
    const TypeGlance* const types = types_.data();
    std::uint64_t* const lists = lists_.data();
    std::uint32_t* const busy_lists = busy_lists_.data();
    const bool may_be_outsiders = roster_.required();
    const bool has_far_states = shape_.has_far_states;
    const std::uint8_t* const far_lists = far_lists_.data();
    std::uint64_t quiet = 0;
    std::uint32_t busy = 0;
    for (std::uint32_t i = 0, count = count_; i < count; ++i) {
        Entry& entry = entries_[i];
        const Event& event = *entry.event;
        if (entry.person >= glances.size()) {
            entry.changes = 0;
            if (is_quiet_about_stranger(entry, shape_.types[event.type])) quiet |= bit(i);
            continue;
        }
        const TypeGlance& type = types[event.type];
        const Glance& glance = glances[entry.person];
        entry.changes = glance.changes;
        bool is_quiet = glance.has(type.quiet_for) || is_quiet_besides(entry);
        if (may_be_outsiders) is_quiet = is_quiet && roster_.is_employee(entry.person);
        quiet |= static_cast<std::uint64_t>(is_quiet) << i;
        if (!glance.has(Glance::watched)) continue;
        const auto ask_for_watches = [&](bool may_be_far) {
            if (!glance.has(Glance::only) || may_be_far)
                for (const auto& watch : people_[entry.person].watches) watch->prefetch(has_far_states);
        };
        if (type.ready.is_ready && !(type.ready.is_probed && shape_.guards.finds_more(event.type, event.fields))) {
            const std::uint32_t number = type.ready.list_of(event.fields);
            const std::uint64_t list = lists[number];
            lists[number] = list | bit(i);
            busy_lists[busy] = number; // counted if it was not busy: a branch could not be foreseen
            busy += list == 0 ? 1 : 0;
            ask_for_watches(has_far_states && far_lists[number] != 0);
        } else {
            unready_from_.emplace_back(i, unready_.size());
            shape_.guards.find(event.type, event.fields, unready_);
            ask_for_watches(has_far_states);
        }
    }
    quiet_ = quiet;
    busy_list_count_ = busy;
}

inline Announced::Queue& Announced::queue_of(const Candidate& candidate) {
    std::uint32_t& number = queue_of_[candidate.queue];
    if (number == no_queue) {
        number = static_cast<std::uint32_t>(busy_.size());
        busy_.push_back(candidate.queue);
        if (queues_.size() < busy_.size()) queues_.emplace_back();
        queues_[number].events = 0;
    }
    return queues_[number];
}

/// Of the events, those of people whom the candidate's policy watches are put into its queue.
inline void Announced::queue_up(const Candidate& candidate, std::uint64_t events) {
    Queue& queue = queue_of(candidate);
    const StatePlace place = candidate.shape->place;
    const bool is_near = place.is_near();
    const bool may_be_far = place.kind != StateKind::none && !is_near;
    const bool may_make_state = is_near && may_begin(candidate);
    const Glance* const glances = people_.glances().data();
    const std::uint32_t policy = candidate.policy;
    std::uint64_t queued = events;
    each_bit(events, [&](std::uint32_t event) {
        const PersonId person = entries_[event].person;
        const Glance& glance = glances[person];
        if (!glance.is_near(policy)) {
            queued &= ~bit(event);
            if (!glance.has(Glance::only)) queue_up_far(candidate, event, queue); // else another one watches
            return;
        }
        if (may_be_far) return queue_up_far(candidate, event, queue);
        void* const state = is_near ? glance.states.find(place) : nullptr;
        if (state != nullptr)
            ask_for(state);
        else if (may_make_state)
            ask_for(&people_[person]);
        queue.turns[event] = {&candidate, nullptr, state};
    });
    queue.events |= queued;
}

/// What is not known at a glance.
__attribute__((noinline)) void Announced::queue_up_far(const Candidate& candidate, std::uint32_t event, Queue& queue) {
    const PersonId person = entries_[event].person;
    const bool is_near = people_.glance(person).is_near(candidate.policy);
    Watch* const watch = is_near ? &people_.near_watch(person) : people_[person].find_active(candidate.policy);
    if (watch == nullptr) return;
    void* const state = watch->state_of(candidate);
    if (state != nullptr) {
        if (candidate.shape->place.kind == StateKind::plain)
            static_cast<const PlainState*>(state)->prefetch(candidate.shape->plain);
        else
            ask_for(state);
    }
    queue.turns[event] = {&candidate, watch, state};
    queue.events |= bit(event);
}

} // namespace watchword::runtime
