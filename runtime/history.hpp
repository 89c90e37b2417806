// Sealed history: for one person and one look-back span, the events that some signal could use, and of them the fields
// that are read. Append-only segments of bytes; read by replay alone. A row says only what is not as in the row before:
//   flags · type · time − previous time in the flags' unit · time − stated · roster version, changes of the roster ·
//   id: how much of its beginning is that of the id before, and the rest · one value a slot
#pragma once

#include "runtime/event.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/kept_values.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/program.hpp"
#include "runtime/ring.hpp"

#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

namespace watchword::runtime {

class SnapshotReader;
class SnapshotWriter;

/// A kept event, decoded; views into itself and the history, good until the next one is.
struct KeptEvent {
    std::uint32_t type = 0;
    Time time = 0;
    Time stated = 0;
    std::uint32_t roster_version = 0; ///< of the person
    std::uint64_t roster_changes = 0; ///< of everybody, before it
    std::string id;
    std::vector<Value> fields;
    std::vector<Value> lists;
};

class History {
public:
    explicit History(std::pmr::memory_resource* memory) : segments_(memory), memory_(memory), last_(memory) {}

    void keep(const Event& event, const Value* fields, std::uint32_t roster_version, std::uint64_t roster_changes,
              const SlotTypes& slots);
    /// Drops what lies wholly before `time`.
    void expire(Time time);
    /// Drops the oldest segment; returns the number of events in it. Later replays from before its end are truncated.
    std::uint64_t drop_oldest();
    /// The newest event that was dropped for lack of room, or `beginning`.
    Time dropped_until() const { return dropped_until_; }
    std::size_t bytes() const { return bytes_; }
    bool empty() const { return segments_.empty(); }
    // not of an empty history
    Time oldest() const { return segments_.front().first; } ///< time of the oldest event
    /// Up to this time `expire` drops nothing.
    Time expires_after() const { return segments_.front().last; }
    /// Number that the next kept event will get; numbers rise.
    std::uint64_t next_number() const { return next_number_; }

    /// Asks the processor for what `keep` reads and writes.
    void prefetch() const {
        ask_for(reinterpret_cast<const char*>(this) + 64); // this is here already
        if (segments_.empty()) return;
        const Segment& newest = segments_.back();
        ask_to_write(&newest);
        ask_to_write(reinterpret_cast<const char*>(&newest) + 64);
        ask_for(last_.id.data());
    }
    void prefetch_end() const {
        if (!segments_.empty()) ask_to_write(segments_.back().rows.data() + segments_.back().rows.size());
    }

    void save(const SlotTypes& slots, SnapshotWriter& out) const;
    void load(const SlotTypes& slots, SnapshotReader& in);

    /// Calls `visit(const KeptEvent&)` for every event from number `first` on with time ≥ `from`, oldest first.
    template <class Visit>
    void replay(Time from, std::uint64_t first, const SlotTypes& slots, Visit visit) const;

private:
    struct Segment {
        using allocator_type = std::pmr::polymorphic_allocator<>;
        explicit Segment(allocator_type memory = {}) : rows(memory) {}
        Segment(Segment&& other, allocator_type memory)
            : first(other.first), last(other.last), number(other.number), count(other.count),
              rows(std::move(other.rows), memory) {}
        Segment(Segment&&) = default;
        Segment& operator=(Segment&&) = default;
        Time first = 0, last = 0;
        std::uint64_t number = 0; ///< of its first row
        std::uint64_t count = 0;
        Bytes rows;
    };
    /// What the newest row says that the next one may say again.
    struct Head {
        explicit Head(std::pmr::memory_resource* memory) : id(memory) {}
        std::uint32_t type = 0;
        std::uint32_t roster_version = 0;
        std::uint64_t roster_changes = 0;
        Bytes id;
    };
    Segment& open_segment(Time first);
    void write_row(Segment& segment, Time time, Time stated, std::uint32_t type, std::uint32_t roster_version,
                   std::uint64_t roster_changes, std::string_view id, std::string_view values);
    void load_rows(Segment& segment, const SlotTypes& slots, SnapshotReader in);
    /// `event` is what was taken before from the same segment.
    static void take_row(std::string_view& in, const SlotTypes& slots, KeptEvent& event);
    /// Calls `visit(number)` for every row, with what it says in `event`.
    template <class Visit>
    static void each_row(const Segment& segment, const SlotTypes& slots, KeptEvent& event, Visit visit);

    Ring<Segment> segments_;
    std::pmr::memory_resource* memory_;
    Head last_;
    std::size_t bytes_ = 0;
    std::uint64_t next_number_ = 0;
    Time dropped_until_ = beginning;
};

template <class Visit>
void History::each_row(const Segment& segment, const SlotTypes& slots, KeptEvent& event, Visit visit) {
    event.time = segment.first;
    std::string_view in = segment.rows;
    for (std::uint64_t number = segment.number; !in.empty(); ++number) {
        take_row(in, slots, event);
        visit(number);
    }
}

template <class Visit>
void History::replay(Time from, std::uint64_t first, const SlotTypes& slots, Visit visit) const {
    KeptEvent event;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        const Segment& segment = segments_[i];
        if (segment.last < from || segment.number + segment.count <= first) continue;
        each_row(segment, slots, event, [&](std::uint64_t number) {
            if (event.time >= from && number >= first) visit(static_cast<const KeptEvent&>(event));
        });
    }
}

} // namespace watchword::runtime
