// Signals without a sequence: `on … where … by … when …`. A hit is each time the condition becomes true for its key
// (semantics 3.1).
#pragma once

#include "runtime/few.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/signal_context.hpp"
#include "runtime/windows.hpp"

#include <memory_resource>
#include <optional>
#include <vector>

namespace watchword::runtime {

/// A condition that does nothing but compare the signal's one window with a constant, so that no code need run for it.
class Threshold {
public:
    Threshold() = default; ///< never holds
    /// `compare`: one of the comparisons of an integer with a constant, `limit`.
    Threshold(Opcode compare, std::int64_t limit);
    bool holds(std::int64_t value) const { return (static_cast<std::uint64_t>(value) - from_ <= width_) != outside_; }
    /// A value that is larger than one for which it holds is another.
    bool is_least() const { return is_least_; }

private:
    // each comparison asks whether a value is in a stretch of numbers, or not: no branch, for none could be foreseen
    std::uint64_t from_ = 0, width_ = UINT64_MAX;
    bool outside_ = true;
    bool is_least_ = false;
};

/// What an event is to a signal that RunningState holds, by the input that hears it.
struct RunningInput {
    Duration span = 0; ///< of the window
    Type argument;     ///< of what the window takes in
    Threshold threshold;
    /// What takes an event out of the window can only make the condition false.
    bool rises = false;
    /// Nothing but a field need be read of an event whose `where` is true: the window takes in that field …
    bool is_direct = false;
    std::int32_t slot = no_slot; ///< … in this slot; no_slot: of count()
};

/// Derived from a plan once: how much must be remembered, and what is decided without code.
struct PlainShape {
    std::vector<std::uint32_t> remember;              ///< per window: completed buckets for `usual`
    Duration longest = 0;                             ///< window, for the trail of events
    std::vector<std::optional<Threshold>> thresholds; ///< per input
    bool keyed = false;                               ///< it has a `by`
    /// Of one sliding window without `by`, if all inputs have thresholds: for RunningState. Else none.
    std::vector<RunningInput> running;
    PlainShape(const Program& program, const SignalPlan& plan);
};

/// The parts of a decision, into what is recorded of it. The frame shows what was read.
void record_condition(recorded::Offer& offer, const SignalInput& input, const Frame& frame, SignalContext& context);

class alignas(64) PlainState {
public:
    explicit PlainState(std::pmr::memory_resource* memory) : only_(memory), keys_(memory) {}

    /// Offers an occurrence that `plan.inputs[input]` listens to and whose `where` holds.
    /// `offer`: what is to be recorded of it; nullptr: nothing.
    void offer(const SignalPlan& plan, const PlainShape& shape, std::uint32_t input, const Frame& frame,
               SignalContext& context, recorded::Offer* offer);
    /// The same of a signal without a `when`, which needs no state: a hit.
    static void hit(const SignalPlan& plan, std::uint32_t input, const Frame& frame, SignalContext& context,
                    std::pmr::memory_resource* memory);

    /// Two steps to what `offer` touches, each of which asks the processor for it.
    void prefetch(const PlainShape& shape) const {
        if (shape.keyed) return ask_for(&keys_);
        const char* const at = reinterpret_cast<const char*>(this);
        for (std::uint32_t line = 0; line < 3; ++line) ask_for(at + 64 * line);
    }
    void prefetch_inside(const PlainShape& shape) const {
        if (shape.keyed) return keys_.prefetch();
        if (only_.empty()) return;
        only_[0].trail.prefetch();
        only_[0].first.prefetch();
    }

    void save(const SignalPlan& plan, SnapshotWriter& out) const;
    void load(const SignalPlan& plan, SnapshotReader& in);

private:
    struct Key {
        Key(const SignalPlan& plan, std::pmr::memory_resource* memory);
        void save(const SignalPlan& plan, SnapshotWriter& out) const;
        void load(const SignalPlan& plan, SnapshotReader& in);
        WindowState& window(std::size_t index) { return index == 0 ? first : others[index - 1]; }
        const WindowState& window(std::size_t index) const { return index == 0 ? first : others[index - 1]; }
        bool now = false;
        EventTrail trail;
        WindowState first; ///< most signals have one window
        std::pmr::vector<WindowState> others;
    };
    Key* key_of(const SignalPlan& plan, const PlainShape& shape, const SignalInput& input, const Frame& frame,
                SignalContext& context);
    bool add_to_window(const SignalPlan& plan, std::size_t i, Key& key, const SignalInput& input, const Frame& frame,
                       SignalContext& context) const;
    void add(const SignalPlan& plan, Key& key, const SignalInput& input, const Frame& frame,
             SignalContext& context) const;
    void read(const SignalPlan& plan, const Key& key, const SignalInput& input, const Frame& frame,
              SignalContext& context, Readings& readings) const;
    /// Decides the condition with the readings of `context`, which `frame` shows afterwards.
    bool decide(const SignalInput& input, Frame& frame, SignalContext& context) const;
    /// Adds the event and says whether it is a hit.
    bool becomes_true(const SignalPlan& plan, Key& key, const SignalInput& input, Frame& frame,
                      SignalContext& context) const;
    void record(recorded::Offer& offer, const SignalPlan& plan, const Key& key, const SignalInput& input, Frame frame,
                SignalContext& context, bool held_before, bool is_hit) const;
    bool passes(const SignalPlan& plan, const Threshold& threshold, Key& key, const SignalInput& input,
                const Frame& frame, SignalContext& context) const;
    void sweep(const SignalPlan& plan, const PlainShape& shape, Time time, Zone zone);

    std::pmr::memory_resource* memory() const { return only_.memory(); }

    Few<Key, 1> only_;         ///< of a signal without `by`, from its first event on
    KeyTable<Key> keys_;       ///< of one with it
    std::size_t sweep_at_ = 8; ///< keys
};

} // namespace watchword::runtime
