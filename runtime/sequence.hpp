// Sequences: for each key one pending match waits at each step, and the newest replaces the older (semantics 4; the
// rule is that of EQL's `sequence`). Steps are tried last to first, so no event fills two steps of one match.
#pragma once

#include "runtime/few.hpp"
#include "runtime/key_table.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/signal_context.hpp"

#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

namespace watchword::runtime {

/// One thing to do at an occurrence.
struct SequenceAct {
    enum class What : std::uint8_t {
        clear,  ///< `until`
        forbid, ///< a `no` that ends the match waiting at `waiting`
        fill,   ///< the filled step `waiting`
        recall, ///< a `no` first: when it was seen is remembered
    };
    What what;
    std::uint32_t step;    ///< index in SequencePlan::steps, of `clear` in SequencePlan::until
    std::uint32_t input;   ///< of the step
    std::uint32_t waiting; ///< index in the filled steps; their number: for the deadline
};

/// What one source of occurrences is to a sequence.
struct SequenceHearing {
    bool is_signal = false;
    std::uint32_t source = 0; ///< event type or signal index
    bool may_begin = false;   ///< it matters while nothing waits
    std::uint32_t clears = 0; ///< the first acts
    std::vector<SequenceAct> acts;
};

/// The steps of a plan, sorted out once.
struct SequenceShape {
    std::vector<std::uint32_t> filled;  ///< indices of the steps to fill, in order
    std::vector<std::uint32_t> closing; ///< `no` last
    bool forbids_first = false;         ///< `no` first
    std::vector<Type> captures;         ///< types
    std::vector<SequenceHearing> hearing;
    explicit SequenceShape(const SequencePlan& plan);
    /// Index in `hearing` of what the plan listens to.
    std::uint32_t hearing_of(bool is_signal, std::uint32_t source) const;
};

/// What an input of a step brings: an event's type or an inner signal, and the fields of its occurrences.
struct Filling {
    std::string_view type;
    std::span<const Type> fields;
};

class SequenceState {
public:
    explicit SequenceState(std::pmr::memory_resource* memory) : keys_(memory), memory_(memory) {}

    /// Offers one occurrence of what `hearing` is about; a completed match is a hit. `slots`: types of its fields.
    void offer(const SequencePlan& plan, const SequenceShape& shape, const SequenceHearing& hearing, const Frame& frame,
               std::span<const Type> slots, SignalContext& context);
    /// Matches whose closing step's deadline is exactly `deadline`: nothing came, so they are hits. `frame` gives the
    /// person.
    void decide(const SequencePlan& plan, const SequenceShape& shape, Time deadline, const Frame& frame,
                SignalContext& context);

    bool empty() const { return keys_.empty(); }
    void prefetch() const {
        keys_.prefetch();
        if (recent_ == nullptr) return;
        ask_to_write(recent_);
        ask_to_write(reinterpret_cast<const char*>(recent_) + 64);
    }
    /// Deadlines of the matches that wait for their closing step.
    void deadlines(const SequencePlan& plan, const SequenceShape& shape, std::vector<Time>& out) const;
    /// `last` says what fills the last step, per input of it.
    void save(const SequenceShape& shape, std::span<const Filling> last, SnapshotWriter& out) const;
    void load(const SignalPlan& signal, const SequenceShape& shape, std::span<const Filling> last, SnapshotReader& in);

private:
    /// What only some sequences need of a match.
    struct More {
        explicit More(std::pmr::memory_resource* memory) : captures(memory), last_fields(memory) {}
        KeptValues captures;
        KeptValues last_fields; ///< of the last filled step, while a closing `no` waits
        std::string_view last_type;
        Time last_stated = 0;
    };
    struct Match {
        explicit Match(std::pmr::memory_resource* of) : memory(of), events(of), observed(of) {}
        Match(const Match&) = delete;
        Match& operator=(const Match&) = delete;
        ~Match() { drop_more(); }
        void begin(Time time);
        void drop_more();
        More& more();
        const Value* captures() const { return some_more == nullptr ? nullptr : some_more->captures.data(); }
        /// The occurrence with the captures, in `own` if there are any.
        const Frame& shown_with(const Frame& occurrence, std::optional<Frame>& own) const {
            if (some_more == nullptr) return occurrence;
            own = occurrence;
            own->captures = captures();
            return *own;
        }

        std::pmr::memory_resource* memory;
        More* some_more = nullptr; ///< in `memory`
        Time first = 0;
        std::uint64_t event_count = 0;
        std::uint32_t last_input = 0;
        EventTrail events;
        Bytes observed;
    };
    struct ReturnMatch {
        void operator()(Match* match) const;
    };
    using MatchPointer = std::unique_ptr<Match, ReturnMatch>;
    struct Key {
        Key(std::size_t steps, std::pmr::memory_resource* memory) : waiting(memory) {
            for (std::size_t i = 0; i < steps; ++i) waiting.emplace_back();
        }
        /// Waits for filled step `place`, from 1; as many as there are steps: for the deadline.
        MatchPointer& at(std::size_t place) { return waiting[place - 1]; }
        const MatchPointer& at(std::size_t place) const { return waiting[place - 1]; }
        Few<MatchPointer, 3> waiting;
        Time forbidden_last = beginning;    ///< of a `no` first
        Time forbidden_earlier = beginning; ///< before forbidden_last
    };

    bool key_of(const std::vector<CodeId>& by, const std::vector<Type>& types, const Frame& frame,
                Interpreter& interpreter, KeyBuffer& key) const;
    void clear(const SequencePlan& plan, const SequenceAct& act, const Frame& frame, SignalContext& context);
    void forbid(const SequencePlan& plan, const SequenceAct& act, const Frame& frame, SignalContext& context);
    void fill(const SequencePlan& plan, const SequenceShape& shape, const SequenceAct& act, const Frame& frame,
              std::span<const Type> slots, SignalContext& context);
    void recall(const SequencePlan& plan, const SequenceShape& shape, const SequenceAct& act, const Frame& frame,
                SignalContext& context);
    void enter(const SequencePlan& plan, const SequenceShape& shape, const SequenceAct& act, Match& match,
               const Frame& frame, Interpreter& interpreter);
    MatchPointer start(Time time) const;
    MatchPointer start_anew(MatchPointer former, Time time) const;
    bool may_start(const SequencePlan& plan, const SequenceShape& shape, const Key& key, Time time, Time from) const;
    void sweep(const SequencePlan& plan, Time time);
    static void save_match(const Match& match, const SequenceShape& shape, const Filling* filling, SnapshotWriter& out);
    static void load_match(Match& match, const SignalPlan& signal, const SequenceShape& shape, std::uint32_t step,
                           std::span<const Filling> closing, SnapshotReader& in);

    using Entry = KeyTable<Key>::Entry;
    Entry* find_recent(const std::vector<CodeId>& by, const std::vector<Type>& types, const Frame& frame,
                       Interpreter& interpreter) const;

    KeyTable<Key> keys_;
    Entry* recent_ = nullptr; ///< of the key that was found or made last
    std::pmr::memory_resource* memory_;
    std::size_t sweep_at_ = 8; ///< keys
};

} // namespace watchword::runtime
