#include "runtime/history.hpp"

#include "runtime/snapshot.hpp"

namespace watchword::runtime {

namespace {

/// Small, so that expiry by whole segments keeps little longer than it must.
constexpr std::size_t segment_bytes = 2048;
constexpr std::size_t segment_overhead = 96;

} // namespace

void History::keep(const Event& event, const Value* fields, std::uint32_t roster_version, std::uint64_t roster_changes,
                   const SlotTypes& slots) {
    if (segments_.empty() || segments_.back().rows.size() >= segment_bytes) {
        Segment segment{memory_};
        segment.first = event.time;
        segment.last = event.time;
        segment.number = next_number_;
        segments_.push_back(std::move(segment));
        bytes_ += segment_overhead;
    }
    Segment& segment = segments_.back();
    const std::size_t before = segment.rows.size();
    put_number(segment.rows, event.type);
    put_signed(segment.rows, event.time - segment.last);
    put_signed(segment.rows, event.time - event.stated);
    put_number(segment.rows, roster_version);
    put_number(segment.rows, roster_changes);
    put_number(segment.rows, event.id.size());
    segment.rows.append(event.id);
    const std::vector<Type>& types = slots[event.type];
    for (std::size_t i = 0; i < types.size(); ++i) put_value(segment.rows, fields[i], types[i]);
    segment.last = event.time;
    ++segment.count;
    ++next_number_;
    bytes_ += segment.rows.size() - before;
}

void History::take_row(std::string_view& in, Time& previous, const SlotTypes& slots, KeptEvent& event) {
    event.type = static_cast<std::uint32_t>(take_number(in));
    previous += take_signed(in);
    event.time = previous;
    event.stated = event.time - take_signed(in);
    event.roster_version = static_cast<std::uint32_t>(take_number(in));
    event.roster_changes = take_number(in);
    const std::size_t length = take_number(in);
    event.id = in.substr(0, length);
    in.remove_prefix(length);
    const std::vector<Type>& types = slots[event.type];
    std::size_t items = 0;
    event.fields.clear();
    event.lists.clear();
    // a list's items must not move while later lists are read
    for (const Type& type : types)
        if (type.kind == Kind::list) items += in.size();
    event.lists.reserve(items);
    for (const Type& type : types) event.fields.push_back(take_value(in, type, event.lists));
}

void History::expire(Time time) {
    while (!segments_.empty() && segments_.front().last < time) {
        bytes_ -= segment_overhead + segments_.front().rows.size();
        segments_.pop_front();
    }
}

std::uint64_t History::drop_oldest() {
    if (segments_.empty()) return 0;
    const Segment segment = segments_.pop_front();
    bytes_ -= segment_overhead + segment.rows.size();
    dropped_until_ = segment.last;
    return segment.count;
}

// In a snapshot: next number · what was dropped last · per segment first and last time, first number, rows with their
// length.
void History::save(SnapshotWriter& out) const {
    out.number(next_number_);
    out.signed_number(dropped_until_);
    out.number(segments_.size());
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        out.signed_number(segments_[i].first);
        out.signed_number(segments_[i].last);
        out.number(segments_[i].number);
        out.text(segments_[i].rows);
    }
}

void History::load(const SlotTypes& slots, SnapshotReader& in) {
    next_number_ = in.number();
    dropped_until_ = in.signed_number();
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        Segment segment{memory_};
        segment.first = in.time();
        segment.last = in.time();
        segment.number = in.number();
        load_rows(segment, slots, in.nested());
        bytes_ += segment_overhead + segment.rows.size();
        segments_.push_back(std::move(segment));
    }
}

void History::load_rows(Segment& segment, const SlotTypes& slots, SnapshotReader in) {
    Time time = segment.first;
    for (; !in.over(); ++segment.count) {
        const std::uint32_t type = in.index(slots.size());
        put_number(segment.rows, type);
        const std::int64_t step = in.time();
        in.expect(!__builtin_add_overflow(time, step, &time) && time <= segment.last, "kept events are out of order");
        put_signed(segment.rows, step);
        put_signed(segment.rows, in.time());            // how long before its time it says it was
        put_number(segment.rows, in.index(UINT32_MAX)); // version of the person's attributes
        put_number(segment.rows, in.number());          // changes of the roster
        const std::string_view id = in.text();
        put_number(segment.rows, id.size());
        segment.rows.append(id);
        if (!in.ok()) return;
        for (const Type& type_of_slot : slots[type]) in.value(type_of_slot, segment.rows);
    }
    in.expect(segment.count != 0 && time == segment.last, "kept events are out of order");
}

} // namespace watchword::runtime
