// One watch: the bounded interval in which one policy looks at one person, and everything it has seen in it.
#pragma once

#include "runtime/alert.hpp"
#include "runtime/kept_values.hpp"
#include "runtime/plain_signal.hpp"
#include "runtime/policy_shape.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/score.hpp"
#include "runtime/sequence.hpp"
#include "runtime/signal_states.hpp"

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <vector>

namespace watchword::runtime {

/// A state action that an alert of this watch has begun.
struct BegunAction {
    std::string alert;
    Level level = Level::info;
    Action action;
};

/// What triggered a watch, and what its alerts have begun.
struct WatchStory {
    explicit WatchStory(std::pmr::memory_resource* memory) : slots(memory) {}
    bool is_blank() const {
        return slots.size() == 0 && triggers.empty() && trigger_count == 0 && first_trigger.empty() && begun.empty();
    }
    KeptValues slots;                    ///< trigger slots, of the newest trigger
    std::vector<TriggerRecord> triggers; ///< the first and the newest ones
    std::uint64_t trigger_count = 0;
    std::string first_trigger; ///< id of the first trigger's event
    std::vector<BegunAction> begun;
};

/// Whether an exception takes the event away; `signal`: whose they are, recorded::none the policy's.
bool excepted(const std::vector<ExceptionPlan>& exceptions, std::uint32_t signal, std::uint32_t event,
              const Frame& frame, Interpreter& interpreter, Recorder* recorder);

class Watch;
/// Gives a watch back to the memory that it came from.
struct ReturnWatch {
    void operator()(Watch* watch) const;
};
using WatchPointer = std::unique_ptr<Watch, ReturnWatch>;

class alignas(64) Watch {
public:
    Watch(std::uint32_t policy_index, const PolicyShape& shape, PersonId of, std::uint64_t number, StateMemory& memory)
        : policy(policy_index), person(of), manner(shape.manner), states_(shape.states, memory), serial(number),
          score(&memory.pool) {}
    ~Watch();
    /// In `memory`, which must outlive it. `shape`: of the policy.
    static WatchPointer make(std::uint32_t policy, const PolicyShape& shape, PersonId person, std::uint64_t serial,
                             StateMemory& memory);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Offers an event to those of the policy's signals that `candidates` names (rising), in their order, inner signals
    /// first.
    void play(const PolicyPlan& plan, const PolicyShape& shape, std::span<const Candidate> candidates,
              std::uint32_t type, const Frame& event, SignalContext& context);
    /// What `play` comes to for one candidate, where the policy is simple and nobody records. `state`: by `state_of`;
    /// if there is one, nothing else of the watch is read. `is_certain`: the input's `where` is known to be true.
    void offer_event(const Candidate& candidate, bool is_certain, void* state, std::uint32_t type, const Frame& event,
                     SignalContext& context);
    /// The signal's state. Good until the watch ends; nullptr: there is none so far.
    void* state_of(const Candidate& candidate) const { return states_.find(candidate.shape->place); }
    /// Decides the absences whose deadline this is.
    void decide(const PolicyPlan& plan, const PolicyShape& shape, Time deadline, const Frame& frame,
                SignalContext& context);
    std::pmr::memory_resource* memory() const { return states_.memory(); }

    const NearStates& near_states() const { return states_.near(); }
    /// Asks the processor for what leads to the states of signals. `far`: they may not be near.
    void prefetch(bool far) const {
        ask_for(this);
        if (far) ask_for(reinterpret_cast<const char*>(this) + 64);
    }

    /// Asks for what an evaluation of the score reads first.
    void prefetch_score() const {
        ask_for(this);
        ask_for(&score);
    }

    /// Deadlines of all matches that wait for one.
    void deadlines(const PolicyPlan& plan, const PolicyShape& shape, std::vector<Time>& out) const;
    /// Everything but policy, person and serial.
    void save(const Program& program, const PolicyShape& shape, const SlotTypes& slots, SnapshotWriter& out) const;
    void load(const PolicyShape& shape, const SlotTypes& slots, SnapshotReader& in);

    // what every event reads stands first, in one cache line or, where there are many signals, two
    std::uint32_t policy;
    PersonId person;
    bool active = false;
    bool just_opened = false; ///< not evaluated since it became active
    bool is_due = false;      ///< it is to be evaluated whether or not there are hits
    bool history_truncated = false;
    Manner manner; ///< PolicyShape's
    Time from = 0;

private:
    /// Offers an event, or the hit of inner signal `source`.
    void offer(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, bool is_signal,
               std::uint32_t source, const Frame& frame, SignalContext& context);
    // `state`: the signal's; nullptr: there is none
    void offer_plain(const SignalShape& shape, std::uint32_t input, bool is_certain, void* state, const Frame& frame,
                     SignalContext& context);
    void offer_sequence(const SignalShape& shape, const SequenceHearing& hearing, void* state, const Frame& frame,
                        const std::vector<Type>& slots, SignalContext& context);
    template <class Visit>
    void each_inner(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, std::size_t first_hit,
                    SignalContext& context, Visit visit);
    /// Offers the hits of inner signals, from `first_hit` on, to signal `signal`.
    void offer_hits(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, std::size_t first_hit,
                    SignalContext& context);
    /// Offers a sequence these hits and the event that brought them, which may be absent, as one occurrence.
    void offer_together(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, std::uint32_t type,
                        const Frame* event, std::size_t first_hit, SignalContext& context);

    SignalStates states_;

public:
    std::uint64_t serial; ///< tells it from earlier watches of the same policy and person
    Time known = 0, stated = 0, anchor = 0, to = never;
    Time first_anchor = 0; ///< of the first trigger: what `extends, at most` counts from
    Score score;
    /// Blank where there is none: nothing triggers a watch that opens `always`.
    const WatchStory& story() const { return story_ != nullptr ? *story_ : no_story(); }
    /// Made if there was none.
    WatchStory& own_story();

private:
    static const WatchStory& no_story();

    WatchStory* story_ = nullptr; ///< in `memory()`
};

} // namespace watchword::runtime
