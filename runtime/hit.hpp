// A hit: a signal found its pattern. Live while its event is handled; kept, as bytes, for explanations.
#pragma once

#include "runtime/alert.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/kept_id.hpp"
#include "runtime/kept_values.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/ring.hpp"

#include <cstdint>
#include <deque>
#include <memory_resource>
#include <utility>
#include <vector>

namespace watchword::runtime {

class SnapshotReader;
class SnapshotWriter;

/// What the points of a hit, the product of boosters and a score are at most: far beyond use, and so low that
/// thousandths of it are still counted exactly.
inline constexpr double most_points = 1e9;
inline constexpr std::size_t listed_hits = 20;   ///< newest hits a contribution lists
inline constexpr std::size_t listed_events = 20; ///< newest events a hit lists

/// The newest events of a window, by id: a ring of `listed_events` entries at most, nothing while it is
/// empty. Short ids lie in the entries.
class EventTrail {
public:
    explicit EventTrail(std::pmr::memory_resource* memory) : memory_(memory) {}
    EventTrail(EventTrail&& other) noexcept
        : memory_(other.memory_), entries_(std::exchange(other.entries_, nullptr)),
          capacity_(std::exchange(other.capacity_, 0)), first_(std::exchange(other.first_, 0)),
          size_(std::exchange(other.size_, 0)) {}
    EventTrail& operator=(EventTrail&& other) noexcept;
    ~EventTrail();

    /// Times never fall.
    void add(Time time, std::string_view id) {
        if (size_ == capacity_ || id.size() > most_short) return add_slowly(time, id);
        Entry& entry = at(size_);
        entry.time = time;
        entry.id.set_short(id);
        ++size_;
    }
    /// Whether some event is later than `time`.
    bool has_after(Time time) const { return size_ != 0 && at(size_ - 1).time > time; }
    void clear();
    /// Appends number and ids of the events later than `time`.
    void put(Bytes& out, Time time) const;
    /// Calls `visit(Time, std::string_view)` for the events later than `time`, oldest first.
    template <class Visit>
    void for_each(Time time, Visit visit) const {
        for (std::uint32_t i = 0; i < size_; ++i)
            if (at(i).time > time) visit(at(i).time, at(i).id.view());
    }

    void save(SnapshotWriter& out) const;
    void load(SnapshotReader& in);
    /// Asks the processor for what `add` writes.
    void prefetch() const {
        if (entries_ != nullptr) ask_to_write(&at(size_ == capacity_ ? 0 : size_));
    }

private:
    struct Entry {
        Time time;
        KeptId id;
    };
    Entry& at(std::uint32_t index) const {
        const std::uint32_t place = first_ + index;
        return entries_[place < capacity_ ? place : place - capacity_];
    }
    void add_slowly(Time time, std::string_view id);
    void grow();

    std::pmr::memory_resource* memory_;
    Entry* entries_ = nullptr;
    std::uint32_t capacity_ = 0, first_ = 0, size_ = 0;
};

/// The observed values of one input (of a plain signal) or of one filled step, already evaluated, as bytes.
struct Observed {
    std::uint32_t step = 0; ///< index in SequencePlan::steps, plus 1; 0: not a sequence
    std::uint32_t input = 0;
};

/// Appends one group of observed values. The frame is the one in which the conditions were decided.
void put_observed(KeyBuffer& out, Observed which, const std::vector<Observation>& observations,
                  Interpreter& interpreter, const Frame& frame);
void put_observed(Bytes& out, Observed which, const std::vector<Observation>& observations, Interpreter& interpreter,
                  const Frame& frame);

/// While the event that brought it is being handled.
struct LiveHit {
    std::uint32_t signal = 0;
    std::uint32_t input = 0; ///< of the signal, or of its last filled step: chooses the code for points
    Time time = 0;
    Frame frame; ///< of the crossing event or last step
    Bytes data;  ///< events and observed values, see `hit_data`

    explicit LiveHit(std::pmr::memory_resource* memory) : data(memory) {}
};

/// The hits of one step of time, and what their frames point to.
struct Hits {
    std::vector<LiveHit> live;
    std::deque<KeptValues> kept;
    std::deque<std::vector<Value>> fields;
    void clear() {
        if (live.empty()) return; // then there is nothing for their frames to point to
        live.clear();
        kept.clear();
        fields.clear();
    }
};

/// Appends an event's id to the data of a hit.
void put_id(Bytes& out, std::string_view id);
/// `event_count`, then the ids of those events of the trail that are later than `after`; groups of observed values, as
/// `put_observed` writes them, follow.
void put_events(Bytes& out, std::uint64_t event_count, const EventTrail& trail, Time after);
/// The same of a single event.
void put_event(Bytes& out, std::string_view id);

/// Id of the newest event of the hit.
std::string newest_event(const LiveHit& hit);

/// As kept by a score term.
struct KeptHit {
    using allocator_type = std::pmr::polymorphic_allocator<>;
    explicit KeptHit(allocator_type memory = {}) : data(memory) {}
    KeptHit(KeptHit&& other, allocator_type memory)
        : time(other.time), points(other.points), lookback(other.lookback), data(std::move(other.data), memory) {}
    KeptHit(KeptHit&&) = default;
    KeptHit& operator=(KeptHit&&) = default;
    Time time = 0;
    double points = 0;
    bool lookback = false;
    Bytes data;

    void save(SnapshotWriter& out) const;
    void load(const SignalPlan& signal, SnapshotReader& in);
};

/// Checks groups of observed values of the signal, to the end of what is read, and appends them.
void load_observed(const SignalPlan& signal, SnapshotReader in, Bytes& out);

/// For an alert. `points` and `share` are the caller's.
HitRecord show_hit(const KeptHit& hit, const SignalPlan& signal, const Program& program, const Roster& roster);

/// One value as the language writes it.
std::string show_value(const Value& value, Type type, const Program& program, const Roster& roster);

} // namespace watchword::runtime
