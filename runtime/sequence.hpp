// Sequences: for each key one pending match waits at each step, and the newest replaces the older (semantics 4; the
// rule is that of EQL's `sequence`). Steps are tried last to first, so no event fills two steps of one match.
#pragma once

#include "runtime/key_table.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/signal_context.hpp"
#include "runtime/step_notes.hpp"

#include <array>
#include <cstdint>
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
    std::uint16_t turn;    ///< what several occurrences of one moment do is done in the order of turns
    std::uint32_t step;    ///< index in SequencePlan::steps, of `clear` in SequencePlan::until
    std::uint32_t input;   ///< of the step
    std::uint32_t waiting; ///< index in the filled steps; their number: for the deadline
};

/// What one source of occurrences is to a sequence.
struct SequenceHearing {
    bool is_signal = false;
    std::uint32_t source = 0; ///< event type or signal index
    bool may_begin = false;   ///< it matters while nothing waits
    /// The filled step, if all that it can do is go on with matches that wait for that one, or end them; 0: it can
    /// more.
    std::uint32_t awaits = 0;
    std::uint32_t clears = 0; ///< the first acts
    std::vector<SequenceAct> acts;
};

/// One thing that comes to a sequence: an event, or the hit of an inner signal.
struct SequenceOccurrence {
    const SequenceHearing* hearing;
    Frame frame;
    const std::vector<Type>* slots; ///< types of its fields
};

/// The steps of a plan, sorted out once.
struct SequenceShape {
    std::vector<std::uint32_t> filled;  ///< indices of the steps to fill, in order
    std::vector<std::uint32_t> closing; ///< `no` last
    bool forbids_first = false;         ///< `no` first
    std::vector<Type> captures;         ///< types
    std::vector<SequenceHearing> hearing;
    std::vector<StepNoteShape> notes; ///< by filled step
    /// The plan must outlive it.
    SequenceShape(const Program& program, const SequencePlan& plan);
    /// Index in `hearing` of what the plan listens to.
    std::uint32_t hearing_of(bool is_signal, std::uint32_t source) const;
};

/// What an input of a step brings: an event's type or an inner signal, and the fields of its occurrences.
struct Filling {
    std::string_view type;
    std::span<const Type> fields;
};

/// What every occurrence reads of it is one cache line; what one of the key that was the last reads and writes beside
/// that, two lines that stand side by side.
class alignas(64) SequenceState {
public:
    explicit SequenceState(std::pmr::memory_resource* memory) : keys_(memory) { latest_.fill(beginning); }

    /// Offers one occurrence of what `hearing` is about; a completed match is a hit. `slots`: types of its fields, no
    /// span, for one goes over the stack in two writes and is read in one, which waits for them.
    void offer(const SequencePlan& plan, const SequenceShape& shape, const SequenceHearing& hearing, const Frame& frame,
               const std::vector<Type>& slots, SignalContext& context);
    /// Offers what one event brings: itself, and the hits of inner signals at it. Each step is tried for all of them
    /// before the next one's turn, so that together they fill one step of a match, as an event does alone.
    void offer_together(const SequencePlan& plan, const SequenceShape& shape, std::span<const SequenceOccurrence> all,
                        SignalContext& context);
    /// Whether an occurrence at `time` would change nothing: no match can wait for it any more.
    bool ignores(const SequencePlan& plan, const SequenceHearing& hearing, Time time) const {
        return is_over(plan, hearing.awaits, time);
    }
    /// Matches whose closing step's deadline is exactly `deadline`: nothing came, so they are hits. `frame` gives the
    /// person.
    void decide(const SequencePlan& plan, const SequenceShape& shape, Time deadline, const Frame& frame,
                SignalContext& context);

    bool empty() const { return keys_.empty(); }
    /// Asks for what an occurrence touches beside the state, if it `matters`; else for the state, which is here:
    /// whether it does could not be foreseen, so there is no branch.
    void prefetch(bool matters) const {
        const void* const keys = keys_.first_read();
        ask_for(chosen(matters & (keys != nullptr), keys));
        const bool has_match = matters & (recent_ != nullptr);
        const auto* const match = static_cast<const char*>(chosen(has_match, recent_));
        ask_to_write(match);
        ask_to_write(match + (has_match ? line : 0));
    }
    /// Deadlines of the matches that wait for their closing step.
    void deadlines(const SequencePlan& plan, const SequenceShape& shape, std::vector<Time>& out) const;
    /// `last` says what fills the last step, per input of it.
    void save(const SequenceShape& shape, std::span<const Filling> last, SnapshotWriter& out) const;
    void load(const SignalPlan& signal, const SequenceShape& shape, std::span<const Filling> last, SnapshotReader& in);

private:
    static constexpr std::size_t line = 64;
    /// `there`, or this where it is not chosen.
    const void* chosen(bool is_chosen, const void* there) const {
        const auto all = -static_cast<std::uintptr_t>(is_chosen);
        return reinterpret_cast<const void*>((reinterpret_cast<std::uintptr_t>(there) & all) |
                                             (reinterpret_cast<std::uintptr_t>(this) & ~all));
    }
    /// What only some sequences need of a match.
    struct More {
        explicit More(std::pmr::memory_resource* memory) : captures(memory), last_fields(memory) {}
        KeptValues captures;
        KeptValues last_fields; ///< of the last filled step, while a closing `no` waits
        std::string_view last_type;
        Time last_stated = 0;
    };
    /// Room for one; its key owns what it points to.
    struct Match {
        const Value* captures() const { return more == nullptr ? nullptr : more->captures.data(); }
        /// The occurrence with the captures, in `own` if there are any.
        const Frame& shown_with(const Frame& occurrence, std::optional<Frame>& own) const {
            if (more == nullptr) return occurrence;
            own = occurrence;
            own->captures = captures();
            return *own;
        }

        Time first = 0;
        More* more = nullptr;
        Match* next = nullptr;   ///< of the same key
        std::uint32_t place = 0; ///< the filled step it waits for, from 1, so many are filled; their number: the
                                 ///< deadline; 0: there is no match in this room
        std::uint32_t last_input = 0;
        StepNotes notes; ///< of each filled step
    };
    /// At most one match waits for each step. Mostly there is one in all, which lies here.
    struct Key {
        explicit Key(std::pmr::memory_resource* of) : memory(of) {}
        Key(const Key&) = delete;
        Key& operator=(const Key&) = delete;
        ~Key();
        /// The match that waits for filled step `place`; nullptr: there is none.
        Match* waiting_for(std::uint32_t place) const {
            const Match* match = &home;
            while (match != nullptr && match->place != place) match = match->next;
            return const_cast<Match*>(match);
        }
        Match& room();
        void reset();
        More& more_of(Match& match) const;
        void drop(Match& match) const;
        template <class Visit>
        void for_each(Visit visit) {
            for (Match* match = &home; match != nullptr; match = match->next)
                if (match->place != 0) visit(*match);
        }

        std::pmr::memory_resource* memory;
        Match home;
        Time forbidden_last = beginning;    ///< of a `no` first
        Time forbidden_earlier = beginning; ///< before forbidden_last
    };
    using Keys = KeyTable<Key, line>;
    using Entry = Keys::Entry;

    /// No match that waits for `place` can be gone on with; for 0, and far places, nobody knows. Without a branch, for
    /// none could be foreseen.
    bool is_over(const SequencePlan& plan, std::uint32_t place, Time time) const {
        const bool is_known = place - 1 < latest_.size();
        return is_known & (latest_[is_known ? place - 1 : 0] < time - plan.within);
    }
    bool key_of(const std::vector<CodeId>& by, const std::vector<Type>& types, const Frame& frame,
                Interpreter& interpreter, KeyBuffer& key) const;
    Entry* find_recent(const std::vector<CodeId>& by, const std::vector<Type>& types, const Frame& frame,
                       Interpreter& interpreter) const;
    Entry& make(const SequencePlan& plan, std::string_view key, Time time, bool is_recorded);
    void perform(const SequencePlan& plan, const SequenceShape& shape, const SequenceAct& act, const Frame& frame,
                 const std::vector<Type>& slots, SignalContext& context);
    void clear(const SequencePlan& plan, const SequenceAct& act, const Frame& frame, SignalContext& context);
    void forbid(const SequencePlan& plan, const SequenceAct& act, const Frame& frame, SignalContext& context);
    void fill(const SequencePlan& plan, const SequenceShape& shape, const SequenceAct& act, const Frame& frame,
              const std::vector<Type>& slots, SignalContext& context);
    void recall(const SequencePlan& plan, const SequenceAct& act, const Frame& frame, SignalContext& context);
    static void capture(const SequenceShape& shape, const StepInput& filled, const Key& key, Match& match,
                        const Frame& frame, Interpreter& interpreter);
    void wait(const Key& key, Match& match, std::uint32_t place);
    bool may_start(const SequencePlan& plan, const SequenceShape& shape, const Key& key, Time time, Time from) const;
    Entry* sweep(const SequencePlan& plan, std::string_view key, Time time);
    /// What fills the last step and so need not be noted.
    struct Completion {
        std::string_view id, note;
    };
    static void add_hit(const SequenceShape& shape, const Entry& entry, const Match& match,
                        const Completion* completion, std::uint32_t input, const Frame& frame, SignalContext& context);
    static void save_match(const Match& match, const SequenceShape& shape, const Filling* filling, SnapshotWriter& out);
    static void load_match(const Key& key, Match& match, const SignalPlan& signal, const SequenceShape& shape,
                           std::uint32_t place, std::span<const Filling> closing, SnapshotReader& in);

    Keys keys_;
    Entry* recent_ = nullptr; ///< of the key that was found or made last
    /// Of the first steps after the first one: no match that waits for it began later.
    std::array<Time, 3> latest_;
    std::uint32_t sweep_at_ = 1; ///< keys
};
static_assert(sizeof(SequenceState) == 64);

} // namespace watchword::runtime
