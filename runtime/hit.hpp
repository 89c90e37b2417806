// A hit: a signal found its pattern. Live while its event is handled; kept, as bytes, for explanations.
#pragma once

#include "runtime/alert.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/kept_values.hpp"
#include "runtime/ring.hpp"

#include <memory_resource>
#include <vector>

namespace watchword::runtime {

class SnapshotReader;
class SnapshotWriter;

inline constexpr std::size_t listed_hits = 20;   ///< newest hits a contribution lists
inline constexpr std::size_t listed_events = 20; ///< newest events a hit lists

/// The newest events of a window or sequence, by id.
class EventTrail {
public:
    explicit EventTrail(std::pmr::memory_resource* memory) : events_(memory) {}
    void add(Time time, std::string_view id);
    /// Forgets what is at or before `time`.
    void forget(Time time);
    std::size_t size() const { return size_; }
    /// Appends number and ids.
    void put(Bytes& out) const;

    void save(SnapshotWriter& out) const;
    void load(SnapshotReader& in);

private:
    Bytes events_; ///< time, length, id; oldest first
    std::size_t size_ = 0;
};

/// The observed values of one input (of a plain signal) or of one filled step, already evaluated, as bytes.
struct Observed {
    std::uint32_t step = 0; ///< index in SequencePlan::steps, plus 1; 0: not a sequence
    std::uint32_t input = 0;
};

/// Appends one group of observed values. The frame is the one in which the conditions were decided.
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

/// `event_count`, then the listed ids, then groups of observed values as `put_observed` wrote them.
void put_events(Bytes& out, std::uint64_t event_count, const EventTrail& trail);

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
