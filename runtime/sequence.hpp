// Sequences: for each key one pending match waits at each step, and the newest replaces the older (semantics 4; the
// rule is that of EQL's `sequence`). Steps are tried last to first, so no event fills two steps of one match.
#pragma once

#include "runtime/hit.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/kept_values.hpp"
#include "runtime/key_table.hpp"
#include "runtime/program.hpp"
#include "runtime/recorder.hpp"

#include <deque>
#include <memory>
#include <memory_resource>
#include <span>
#include <vector>

namespace watchword::runtime {

/// What a signal is offered: an event, or the hit of an inner signal as an event.
struct Occurrence {
    bool is_signal = false;
    std::uint32_t source = 0; ///< event type or signal index
    Frame frame;
};

/// The steps of a plan, sorted out once: filled steps with the forbidden ones before each.
struct SequenceShape {
    std::vector<std::uint32_t> filled;                 ///< indices of the steps to fill, in order
    std::vector<std::vector<std::uint32_t>> forbidden; ///< before filled step i; [0] is `no` first
    std::vector<std::uint32_t> closing;                ///< `no` last
    std::vector<Type> captures;                        ///< types
    explicit SequenceShape(const SequencePlan& plan);
};

/// What an input of a step brings: an event's type or an inner signal, and the fields of its occurrences.
struct Filling {
    std::string_view type;
    std::span<const Type> fields;
};

/// Whether the occurrence may fill the first step or be what a `no` first forbids: all that matters while nothing
/// waits.
bool may_begin(const SequencePlan& plan, const SequenceShape& shape, const Occurrence& occurrence);

class SequenceState {
public:
    explicit SequenceState(std::pmr::memory_resource* memory) : keys_(memory), memory_(memory) {}

    /// Offers one occurrence; a completed match is appended to `hits`. New deadlines of closing `no` steps are appended
    /// to `deadlines`. `from` is the start of the watch. `slots`: types of the occurrence's fields.
    void offer(const SequencePlan& plan, const SequenceShape& shape, const Occurrence& occurrence, Time from,
               std::span<const Type> slots, Interpreter& interpreter, std::vector<LiveHit>& hits,
               std::vector<Time>& deadlines, Recorder* recorder = nullptr);
    /// Matches whose closing step's deadline is exactly `deadline`: nothing came, so they are hits. The hits' frames
    /// point into `holder`. `frame` gives the person.
    void decide(const SequencePlan& plan, const SequenceShape& shape, Time deadline, const Frame& frame,
                std::vector<LiveHit>& hits, std::deque<KeptValues>& holder, Recorder* recorder = nullptr);

    bool empty() const { return keys_.empty(); }
    void prefetch() const { keys_.prefetch(); }
    /// Deadlines of the matches that wait for their closing step.
    void deadlines(const SequencePlan& plan, const SequenceShape& shape, std::vector<Time>& out) const;
    /// `last` says what fills the last step, per input of it.
    void save(const SequenceShape& shape, std::span<const Filling> last, SnapshotWriter& out) const;
    void load(const SignalPlan& signal, const SequenceShape& shape, std::span<const Filling> last, SnapshotReader& in);

private:
    struct Match {
        explicit Match(std::pmr::memory_resource* memory)
            : captures(memory), last_fields(memory), events(memory), observed(memory) {}
        Time first = 0;
        std::uint32_t last_input = 0;
        std::uint64_t event_count = 0;
        KeptValues captures;
        KeptValues last_fields; ///< of the last filled step, while a closing `no` waits
        EventTrail events;
        Bytes observed;
        std::string_view last_type;
        Time last_stated = 0;
    };
    struct ReturnMatch {
        std::pmr::memory_resource* memory = nullptr;
        void operator()(Match* match) const;
    };
    using MatchPointer = std::unique_ptr<Match, ReturnMatch>;
    struct Key {
        Key(std::size_t steps, std::pmr::memory_resource* memory) : waiting(steps, memory) {}
        std::pmr::vector<MatchPointer> waiting; ///< [i]: waits for filled step i; [n]: for the deadline
        Time forbidden_last = beginning;        ///< of a `no` first
        Time forbidden_earlier = beginning;     ///< before forbidden_last
    };

    bool key_of(const std::vector<CodeId>& by, const std::vector<Type>& types, const Frame& frame,
                Interpreter& interpreter, Bytes& key) const;
    void clear_until(const SequencePlan& plan, const Occurrence& occurrence, Interpreter& interpreter,
                     Recorder* recorder);
    template <class Then>
    void each_input(const StepPlan& step, const Occurrence& occurrence, Then then) const;
    void fill(const SequencePlan& plan, const SequenceShape& shape, std::uint32_t step, std::uint32_t input,
              Match& match, const Occurrence& occurrence, Interpreter& interpreter);
    void forbid(const SequencePlan& plan, const std::vector<std::uint32_t>& steps, std::size_t waiting,
                const Occurrence& occurrence, Interpreter& interpreter, Recorder* recorder);
    MatchPointer start(Time time) const;
    bool may_start(const SequencePlan& plan, const SequenceShape& shape, const Key& key, Time time, Time from) const;
    void sweep(const SequencePlan& plan, Time time);
    static void save_match(const Match& match, const SequenceShape& shape, const Filling* filling, SnapshotWriter& out);
    static void load_match(Match& match, const SignalPlan& signal, const SequenceShape& shape, std::uint32_t step,
                           std::span<const Filling> closing, SnapshotReader& in);

    KeyTable<Key> keys_;
    std::pmr::memory_resource* memory_;
    std::size_t sweep_at_ = 8; ///< keys
};

} // namespace watchword::runtime
