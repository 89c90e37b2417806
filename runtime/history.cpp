#include "runtime/history.hpp"

namespace watchword::runtime {

namespace {

/// Small, so that expiry by whole segments keeps little longer than it must.
constexpr std::size_t segment_bytes = 2048;
constexpr std::size_t segment_overhead = 96;

} // namespace

void History::keep(const Event& event, const Value* fields, std::uint32_t roster_version, const SlotTypes& slots) {
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

} // namespace watchword::runtime
