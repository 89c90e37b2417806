// What is looked up of events before their turn comes, so that it does not wait for memory: whom each is about, which
// signals of that person's watches are to see it, and where these keep their state. Changes none of that. Of one
// engine.
#pragma once

#include "runtime/event.hpp"
#include "runtime/people.hpp"
#include "runtime/policy_shape.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/roster.hpp"
#include "runtime/running_signal.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::runtime {

class Announced {
public:
    /// So many events are looked up together, for there is a bit for each.
    static constexpr std::uint32_t together = 64;

    /// An event, with what was known of it when it was looked up.
    struct Entry {
        const Event* event;    ///< may be pushed as a copy, unless it is quiet
        PersonId person;       ///< nobody: it names nobody, or nobody who was known
        std::uint32_t changes; ///< Glance::changes at that time
    };
    /// What a signal is offered.
    struct Queue {
        struct Turn {
            const Candidate* candidate;
            Watch* watch; ///< nullptr: nobody has asked; it is the near one (PeopleTable)
            void* state;  ///< the signal's; nullptr: there was none
        };
        std::uint64_t events = 0; ///< a bit each
        std::array<Turn, together> turns;
    };

    /// All must outlive it.
    Announced(const ProgramShape& shape, const Roster& roster, const PeopleTable& people);

    /// The events that come next; these pointers, and what they point to, must stay.
    void announce(std::span<const Event* const> events);
    void forget() { announce({}); }

    /// If it is the one that comes next: what is known of it. It is then behind.
    const Entry* take(const Event& event) {
        if (!look_up()) return nullptr;
        const Entry& next = entries_[next_];
        if (next.event->position != event.position || next.event->fields != event.fields) return nullptr;
        ++next_;
        return &next;
    }
    /// How many of the next events are quiet still and before `until`: nothing can happen at them but what signals see,
    /// each by itself. They are from `next` on.
    std::uint32_t count_quiet(Time until);
    std::uint32_t next() const { return next_; }
    void skip(std::uint32_t count) { next_ += count; }
    const Entry& operator[](std::uint32_t number) const { return entries_[number]; }
    /// Asks for what the state of a signal of that kind points to, where the event will go there, or for the watch that
    /// may get one. For events that are not quiet that is done when they are looked up.
    template <StateKind kind>
    void ask_inside(std::uint32_t number, Queue::Turn& turn) const;
    /// Of the signals that are offered something, in no particular order.
    std::span<Queue> queues() { return std::span(queues_).first(busy_.size()); }

    /// Whether no name that was known has become another person's since; then whom an entry names is so still.
    bool knows_names() const { return moved_ == roster_.names_version(); }
    /// Whether no name has become known since.
    bool knows_all_names() const { return added_ == roster_.names_added(); }

private:
    static constexpr std::uint32_t no_queue = UINT32_MAX;
    /// Whether there is a next event; it is looked up then.
    bool look_up() {
        if (next_ == count_ && !rest_.empty()) look_up_more();
        return next_ != count_;
    }
    /// What an event type says about whose events are quiet, and which candidates they have.
    struct TypeGlance {
        ReadyCandidates ready;
        std::uint8_t quiet_for; ///< what Glance::is must have for them to be; more than it can: nobody's are
        bool reads_rows;        ///< of most people, for what is not near
    };
    /// Whether the candidate's signal makes something of an event while it remembers nothing.
    static bool may_begin(const Candidate& candidate) {
        const auto& sequence = candidate.shape->sequence;
        return !sequence || sequence->hearing[candidate.input].may_begin;
    }
    void look_up_more();
    void find_people();
    void find_unnumbered(std::uint32_t count);
    void ask_for_kept() const;
    void look_at_all();
    bool is_quiet_besides(const Entry& entry) const;
    bool is_quiet_about_stranger(const Entry& entry, const TypeShape& type) const;
    bool passes_nobody(const Event& event, const TypeShape& type) const;
    bool has_all_always(PersonId person, const TypeShape& type) const;
    void queue_up(const Candidate& candidate, std::uint64_t events);
    Queue& queue_of(const Candidate& candidate);
    void queue_up_far(const Candidate& candidate, std::uint32_t event, Queue& queue);
    void ask_inside(Queue& queue, std::uint64_t events) const;
    std::uint32_t changes_of(const Entry& entry) const {
        return entry.person < people_.size() ? people_.glance(entry.person).changes : 0;
    }
    bool is_quiet_still(std::uint32_t number) const;

    const ProgramShape& shape_;
    const Roster& roster_;
    const PeopleTable& people_;
    std::span<const Event* const> rest_; ///< not looked up yet
    std::array<Entry, together> entries_;
    std::uint32_t count_ = 0, next_ = 0;
    std::array<std::string_view, together> names_; ///< of entries that say by a name alone whom they are about …
    std::array<std::uint32_t, together> by_name_;  ///< … which they are …
    std::array<PersonId, together> found_;         ///< … and who that is
    std::uint64_t quiet_ = 0;                      ///< entries that were quiet when they were looked up
    std::uint64_t moved_ = 0, added_ = 0;          ///< Roster::names_version and names_added at that time …
    std::uint64_t changes_ = 0;                    ///< … and PeopleTable::changes
    std::vector<TypeGlance> types_;                ///< by event type
    bool reads_rows_ = false;                      ///< of some type
    std::vector<std::uint64_t> lists_;             ///< by number of a ready list: the events with it
    std::vector<std::uint32_t> busy_lists_;        ///< those that have any, and room for one more
    std::uint32_t busy_list_count_ = 0;
    std::vector<std::uint8_t> far_lists_; ///< by number of a ready list: whether some state is not near
    std::vector<Candidate> unready_;      ///< of events for which no list is ready …
    std::vector<std::pair<std::uint32_t, std::size_t>> unready_from_; ///< … which, and where the first one's are
    std::vector<Queue> queues_;
    std::vector<std::uint32_t> queue_of_; ///< by Candidate::queue; no_queue: none
    std::vector<std::uint32_t> busy_;     ///< Candidate::queue of each of `queues_`
};

template <StateKind kind>
inline void Announced::ask_inside(std::uint32_t number, Queue::Turn& turn) const {
    const SignalShape& shape = *turn.candidate->shape;
    if constexpr (kind == StateKind::none) return;
    if (turn.state == nullptr) {
        if (kind == StateKind::sequence && !may_begin(*turn.candidate)) return;
        if (turn.watch == nullptr) turn.watch = &people_.near_watch(entries_[number].person);
        return ask_for(turn.watch);
    }
    if constexpr (kind == StateKind::plain)
        static_cast<const PlainState*>(turn.state)->prefetch_inside(shape.plain);
    else if constexpr (kind == StateKind::running)
        static_cast<const RunningState*>(turn.state)->prefetch_inside();
    else if constexpr (kind == StateKind::sequence) {
        const auto& state = *static_cast<const SequenceState*>(turn.state);
        const SequenceHearing& hearing = shape.sequence->hearing[turn.candidate->input];
        state.prefetch(!state.ignores(*shape.plan->sequence, hearing, entries_[number].event->time));
    }
}

} // namespace watchword::runtime
