// One watch: the bounded interval in which one policy looks at one person, and everything it has seen in it.
#pragma once

#include "runtime/alert.hpp"
#include "runtime/few.hpp"
#include "runtime/kept_values.hpp"
#include "runtime/plain_signal.hpp"
#include "runtime/policy_shape.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/score.hpp"
#include "runtime/sequence.hpp"

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
    Watch(std::uint32_t policy_index, PersonId of, std::uint64_t number, std::pmr::memory_resource* memory)
        : policy(policy_index), person(of), serial(number), signals_(memory), score(memory), trigger(memory) {}
    /// In `memory`, which must outlive it.
    static WatchPointer make(std::uint32_t policy, PersonId person, std::uint64_t serial,
                             std::pmr::memory_resource* memory);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

    /// Offers an event to those of the policy's signals that `candidates` names (rising), in their order, inner signals
    /// first. `states`: their states by `prefetch_state`, nullptr where one is not known; nullptr: none is.
    void play(const PolicyPlan& plan, const PolicyShape& shape, std::span<const Candidate> candidates,
              void* const* states, std::uint32_t type, const Frame& event, SignalContext& context);
    /// Decides the absences whose deadline this is.
    void decide(const PolicyPlan& plan, const PolicyShape& shape, Time deadline, const Frame& frame,
                SignalContext& context);
    std::pmr::memory_resource* memory() const { return signals_.memory(); }

    /// Three steps to what `play` reads of a signal, each of which asks the processor for what the next one reads.
    void prefetch() const {
        const char* const at = reinterpret_cast<const char*>(this);
        ask_for(at);
        ask_for(at + 64);
    }
    /// The signal's state; its lines are asked for. Good until the watch ends; nullptr: there is none so far.
    void* prefetch_state(const Candidate& candidate) const;
    static void prefetch_inside(const Candidate& candidate, const void* state);

    /// Deadlines of all matches that wait for one.
    void deadlines(const PolicyPlan& plan, const PolicyShape& shape, std::vector<Time>& out) const;
    /// Everything but policy, person and serial.
    void save(const Program& program, const PolicyShape& shape, const SlotTypes& slots, SnapshotWriter& out) const;
    void load(const PolicyShape& shape, const SlotTypes& slots, SnapshotReader& in);

    // what every event reads stands first, together
    std::uint32_t policy;
    PersonId person;
    std::uint64_t serial; ///< tells it from earlier watches of the same policy and person
    bool active = false;
    bool just_opened = false; ///< not evaluated since it became active
    bool history_truncated = false;
    Time from = 0;

private:
    /// What a signal remembers, from the first event on that makes it remember something.
    struct SignalSlot {
        std::uint32_t signal;
        bool is_sequence;
        void* state; ///< a PlainState or a SequenceState
    };
    const SignalSlot* find(std::uint32_t signal) const;
    template <class State>
    State& obtain(std::uint32_t signal, bool is_sequence);
    // `state`: the signal's, nullptr if it is to be looked for
    void offer_event(const Candidate& candidate, void* state, std::uint32_t type, const Frame& event,
                     SignalContext& context);
    /// Offers an event, or the hit of inner signal `source`.
    void offer(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, bool is_signal,
               std::uint32_t source, const Frame& frame, SignalContext& context);
    void offer_plain(const SignalShape& shape, std::uint32_t input, void* state, const Frame& frame,
                     SignalContext& context);
    void offer_sequence(const SignalShape& shape, const SequenceHearing& hearing, void* state, const Frame& frame,
                        std::span<const Type> slots, SignalContext& context);
    /// Offers the hits of inner signals, from `first_hit` on, to signal `signal`.
    void offer_hits(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, std::size_t first_hit,
                    SignalContext& context);

    Few<SignalSlot, 4> signals_; ///< by signal

public:
    Time known = 0, stated = 0, anchor = 0, to = never;
    Time first_anchor = 0; ///< of the first trigger: what `extends, at most` counts from
    Score score;
    KeptValues trigger;                  ///< trigger slots, of the newest trigger
    std::vector<TriggerRecord> triggers; ///< the first and the newest ones
    std::uint64_t trigger_count = 0;
    std::string first_trigger; ///< id of the first trigger's event
    std::vector<BegunAction> begun;
};

} // namespace watchword::runtime
