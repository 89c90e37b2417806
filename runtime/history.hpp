// Sealed history: of one person and one look-back span, the events that some signal could use, and of them the fields
// that are read. Append-only segments of bytes; read by replay alone. A row says only what is not as in the row before:
//   flags · number − previous number, if that is not 1 · type · time − previous time in the flags' unit · time − stated
//   · roster version, changes of the roster · id: how much of its beginning is that of the id before, and the rest
//   · one value a slot
// Segments that are full can be put away into a store. What cannot be read back from there is as what was dropped.
#pragma once

#include "runtime/block_store.hpp"
#include "runtime/event.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/kept_values.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/program.hpp"
#include "runtime/ring.hpp"

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::runtime {

class SnapshotReader;
class SnapshotWriter;

/// A kept event, decoded; views into itself and the history, good until the next one is.
struct KeptEvent {
    std::uint64_t number = 0; ///< among all that was kept of the person
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
    class Reader;

    /// `store`: nullptr: there is none. Both must outlive it.
    History(std::pmr::memory_resource* memory, BlockStore* store)
        : segments_(memory), memory_(memory), store_(store), last_(memory) {}
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    /// `number` is larger than those that were kept before.
    void keep(const Event& event, std::uint64_t number, const Value* fields, std::uint32_t roster_version,
              std::uint64_t roster_changes, const SlotTypes& slots);
    /// Drops what lies wholly before `time`.
    void expire(Time time);
    /// Drops the oldest segment, and calls `visit(const KeptEvent&)` for each event in it. Not of an empty history.
    /// Returns the time of the last one. `is_lost`: it could not be read back.
    template <class Visit>
    Time drop_oldest(const SlotTypes& slots, Visit visit, bool& is_lost);
    /// Puts the segments that are full into the store, as far as it takes them.
    void put_away();
    std::size_t bytes() const { return bytes_; } ///< with what was put away
    bool empty() const { return segments_.empty(); }
    // not of an empty history
    Time oldest() const { return segments_.front().first; } ///< time of the oldest event
    std::uint64_t newest_number() const { return last_.number; }
    /// Up to this time `expire` drops nothing.
    Time expires_after() const { return segments_.front().last; }

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

private:
    static constexpr std::size_t segment_overhead = 96;
    struct Segment {
        using allocator_type = std::pmr::polymorphic_allocator<>;
        explicit Segment(allocator_type memory = {}) : rows(memory) {}
        Segment(Segment&& other, allocator_type memory)
            : first(other.first), last(other.last), number(other.number), rows(std::move(other.rows), memory),
              block(other.block), away_bytes(other.away_bytes) {}
        Segment(Segment&&) = default;
        Segment& operator=(Segment&&) = default;
        Time first = 0, last = 0;
        std::uint64_t number = 0; ///< of its first row
        Bytes rows;
        BlockStore::Number block = 0;
        std::uint32_t away_bytes = 0; ///< 0: it is here
        std::size_t bytes() const { return segment_overhead + rows.size() + away_bytes; }
    };
    /// What the newest row says that the next one may say again.
    struct Head {
        explicit Head(std::pmr::memory_resource* memory) : id(memory) {}
        std::uint64_t number = 0;
        std::uint32_t type = 0;
        std::uint32_t roster_version = 0;
        std::uint64_t roster_changes = 0;
        Bytes id;
    };
    Segment& open_segment(Time first, std::uint64_t number);
    void write_row(Segment& segment, Time time, Time stated, std::uint64_t number, std::uint32_t type,
                   std::uint32_t roster_version, std::uint64_t roster_changes, std::string_view id,
                   std::string_view values);
    void load_rows(Segment& segment, const SlotTypes& slots, SnapshotReader in);
    /// For rows that were put away. No text: what lies in it must stay where it is when its owner is moved.
    using Room = std::vector<char>;
    /// So that `take_row` takes the first row of the segment. Empty: it is lost.
    std::string_view begin_rows(const Segment& segment, KeptEvent& event, Room& room) const {
        event.time = segment.first;
        event.number = segment.number - 1;
        return segment.away_bytes == 0 ? std::string_view{segment.rows} : read_back(segment, room);
    }
    std::string_view read_back(const Segment& segment, Room& room) const;
    void forget(const Segment& segment);
    Segment take_oldest();
    /// `event` is what was taken before from the same segment.
    static void take_row(std::string_view& in, const SlotTypes& slots, KeptEvent& event);

    Ring<Segment> segments_;
    std::pmr::memory_resource* memory_;
    BlockStore* store_;
    Head last_;
    std::size_t bytes_ = 0;
    std::size_t away_ = 0; ///< segments, the oldest, that are put away
};

/// Goes through the events from number `first` on with time ≥ `from`, oldest first. The history has to stay as it is.
class History::Reader {
public:
    Reader(const History& history, const SlotTypes& slots, Time from, std::uint64_t first)
        : history_(&history), slots_(&slots), from_(from), first_(first) {
        step();
    }
    bool is_over() const { return is_over_; }
    bool has_gaps() const { return has_gaps_; }       ///< something was passed over that could not be read back
    const KeptEvent& event() const { return event_; } ///< where it is not over
    void step() {
        do {
            while (rows_.empty())
                if (!next_segment()) return;
            take_row(rows_, *slots_, event_);
        } while (event_.time < from_ || event_.number < first_);
    }

private:
    bool next_segment() {
        while (next_ < history_->segments_.size()) {
            const Segment& segment = history_->segments_[next_++];
            if (segment.last < from_) continue;
            if (next_ < history_->segments_.size() && history_->segments_[next_].number <= first_) continue;
            rows_ = history_->begin_rows(segment, event_, room_);
            has_gaps_ |= rows_.empty();
            return true;
        }
        is_over_ = true;
        return false;
    }

    const History* history_;
    const SlotTypes* slots_;
    Time from_;
    std::uint64_t first_;
    std::size_t next_ = 0; ///< segment
    std::string_view rows_;
    Room room_;
    KeptEvent event_;
    bool is_over_ = false, has_gaps_ = false;
};

template <class Visit>
Time History::drop_oldest(const SlotTypes& slots, Visit visit, bool& is_lost) {
    const Segment segment = take_oldest();
    KeptEvent event;
    Room room;
    std::string_view rows = begin_rows(segment, event, room);
    is_lost = rows.empty();
    while (!rows.empty()) {
        take_row(rows, slots, event);
        visit(static_cast<const KeptEvent&>(event));
    }
    forget(segment);
    return segment.last;
}

} // namespace watchword::runtime
