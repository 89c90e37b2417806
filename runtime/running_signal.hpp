// The most frequent signals: those whose `when` compares one sliding count, sum of whole numbers or number of distinct
// values with a constant. They mean what PlainState makes of them too (semantics 3.1), but an event touches half as
// many cache lines: the newest events are kept once, with id, time and value together, and not in a window and in a
// trail beside it.
#pragma once

#include "runtime/event.hpp"
#include "runtime/kept_id.hpp"
#include "runtime/key_table.hpp"
#include "runtime/plain_signal.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/ring.hpp"
#include "runtime/signal_context.hpp"

#include <cstdint>
#include <memory_resource>
#include <type_traits>

namespace watchword::runtime {

class alignas(64) RunningState {
public:
    /// Of a signal whose shape says `running`.
    RunningState(const SignalPlan& plan, std::pmr::memory_resource* memory);
    RunningState(const RunningState&) = delete;
    RunningState& operator=(const RunningState&) = delete;
    ~RunningState();

    /// As PlainState::offer.
    void offer(const SignalPlan& plan, const PlainShape& shape, std::uint32_t input, const Frame& frame,
               SignalContext& context, recorded::Offer* offer);
    /// The same in two steps, of an input that is direct, where it is known what its signal counts: whether an event
    /// whose `where` holds is a hit, and if so, what there is to say of it.
    template <Aggregate kind>
    bool take(const RunningInput& input, const runtime::Event& event) {
        const Value value = kind == Aggregate::count ? Value::of(true) : event.fields[input.slot];
        return take<kind>(input, event.time, event.id, value, false);
    }
    /// Calls `act` with the aggregate, which is one that a RunningState may have, as a constant.
    template <class Act>
    static auto with_kind(Aggregate kind, Act act) {
        if (kind == Aggregate::count) return act(std::integral_constant<Aggregate, Aggregate::count>{});
        if (kind == Aggregate::sum) return act(std::integral_constant<Aggregate, Aggregate::sum>{});
        return act(std::integral_constant<Aggregate, Aggregate::distinct>{});
    }
    void hit(const SignalPlan& plan, std::uint32_t input, const Frame& frame, SignalContext& context);

    /// Asks the processor for what an `offer` touches beside the state itself.
    void prefetch_inside() const {
        if (events_ == nullptr) return;
        ask_to_write(&at(size_ == capacity_ ? 0 : size_));
        ask_for(older_ != nullptr ? static_cast<const void*>(older_) : this); // which is here, without a branch
        if (aggregate_ != Aggregate::distinct) return;
        contents_.prefetch();
        if (recent_ != nullptr) ask_to_write(recent_);
    }

    void save(SnapshotWriter& out) const;
    void load(const SignalPlan& plan, SnapshotReader& in);

private:
    /// How often each value is in the window; most lie in one cache line each.
    using Contents = KeyTable<std::uint64_t, 64>;
    union Datum {
        std::int64_t number;
        Contents::Entry* content;
    };
    /// One of the newest, which a hit lists.
    struct Event {
        Time time;
        KeptId id;
        Datum datum;
    };
    /// Of all but distinct.
    struct Total {
        std::pmr::memory_resource* memory;
        WideSum sum;
    };
    /// What is left of those before them: two queues side by side.
    struct Older {
        explicit Older(std::pmr::memory_resource* memory) : times(memory), data(memory) {}
        Ring<Time> times;
        Ring<Datum> data; ///< not of count
    };

    std::uint32_t place_of(std::uint32_t index) const {
        const std::uint32_t place = first_ + index;
        const std::uint32_t wrapped = place < capacity_ ? 0U : capacity_; // as a number: no branch could be foreseen
        return place - wrapped;
    }
    Event& at(std::uint32_t index) const { return events_[place_of(index)]; }
    template <Aggregate kind>
    std::int64_t value() const {
        if constexpr (kind == Aggregate::count) return count_;
        if constexpr (kind == Aggregate::distinct) return static_cast<std::int64_t>(contents_.size());
        return total_.sum.saturated();
    }
    std::int64_t value() const {
        return with_kind(aggregate_, [&](auto kind) { return value<kind>(); });
    }
    std::pmr::memory_resource* memory() const {
        return aggregate_ == Aggregate::distinct ? contents_.memory() : total_.memory;
    }
    template <Aggregate kind>
    bool take(const RunningInput& input, Time time, std::string_view id, const Value& value, bool exactly);
    template <Aggregate kind>
    void append(Time time, std::string_view id, Datum datum, Time until);
    template <Aggregate kind>
    Event& room(Time until);
    template <Aggregate kind>
    void leave(Datum datum);
    Datum take_in(std::string_view key);
    Datum take_in(const Value& value, Type type);
    void make_room(Time until);
    void hold_exactly(const RunningInput& input, Time until);
    void show_value(SignalContext& context, Frame& frame) const;
    void push_older(Time time, Datum datum);
    void forget(Datum datum);
    void drop_oldest();
    void expire(Time until);
    void find_oldest();
    void grow();
    void save_datum(Datum datum, SnapshotWriter& out) const;
    Datum load_datum(const WindowPlan& window, SnapshotReader& in);

    // all of it in one cache line
    Event* events_ = nullptr;           ///< a ring of `capacity_`, `listed_events` at most
    Older* older_ = nullptr;            ///< while there are more than `listed_events`; then those are full
    Contents::Entry* recent_ = nullptr; ///< of distinct: of the value that came last; nullptr: it is gone
    Time oldest_ = never;               ///< none of all is older
    std::uint32_t count_ = 0;           ///< in the window
    std::uint8_t capacity_ = 0, first_ = 0, size_ = 0;
    Aggregate aggregate_ : 7;
    bool now_ : 1 = false; ///< the condition was true at the newest event
    union {
        Total total_;
        Contents contents_; ///< of distinct
    };
};
static_assert(sizeof(RunningState) == 64 && listed_events < 256);

/// Whether the condition becomes true at `time`. An absent value: nothing is added to the window.
template <Aggregate kind>
inline bool RunningState::take(const RunningInput& input, Time time, std::string_view id, const Value& value,
                               bool exactly) {
    const Time until = time - input.span;
    // What has left the window may stay until its room is wanted, or until the condition would be true with it.
    const bool may_stay = input.rises && !now_ && !exactly;
    if (oldest_ <= until && !may_stay) expire(until);
    const bool held_before = now_ & input.threshold.holds(this->value<kind>());
    if (value.present()) {
        Datum datum{};
        if constexpr (kind == Aggregate::sum) {
            datum.number = value.integer;
            total_.sum.add(value.integer);
        } else if constexpr (kind == Aggregate::distinct) {
            datum = take_in(value, input.argument);
        }
        append<kind>(time, id, datum, until);
    }
    now_ = input.threshold.holds(this->value<kind>());
    if (now_ && oldest_ <= until) hold_exactly(input, until);
    return now_ && !held_before;
}

/// The newest so far. What is not after `until` may make room for it.
template <Aggregate kind>
inline void RunningState::append(Time time, std::string_view id, Datum datum, Time until) {
    Event& event = room<kind>(until);
    event.time = time;
    event.id.set(id, memory());
    if constexpr (kind != Aggregate::count) event.datum = datum;
    if (oldest_ == never) oldest_ = time;
}

template <Aggregate kind>
inline RunningState::Event& RunningState::room(Time until) {
    if (size_ == capacity_) {
        if (size_ != 0 && older_ == nullptr && events_[first_].time <= until) {
            // the oldest has left the window, and its place is the one that is next
            Event& oldest = events_[first_];
            first_ = static_cast<std::uint8_t>(place_of(1));
            oldest.id.release(memory());
            leave<kind>(oldest.datum);
            return oldest;
        }
        make_room(until);
    }
    ++count_;
    return at(size_++);
}

/// It is in the window no more; the number of events is another matter.
template <Aggregate kind>
inline void RunningState::leave(Datum datum) {
    if constexpr (kind == Aggregate::sum) {
        total_.sum.remove(datum.number);
    } else if constexpr (kind == Aggregate::distinct) {
        if (--datum.content->value != 0) return;
        if (recent_ == datum.content) recent_ = nullptr;
        contents_.erase(*datum.content);
    }
}

} // namespace watchword::runtime
