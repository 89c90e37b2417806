#include "runtime/history.hpp"

#include "runtime/snapshot.hpp"

namespace watchword::runtime {

namespace {

/// Small, so that expiry by whole segments keeps little longer than it must, and one block of the pool.
constexpr std::size_t segment_bytes = 1000;
constexpr std::size_t longest_head = 64; ///< of a row, without its id

// flags of a row
constexpr unsigned same_type = 1, said_at_once = 2, same_roster = 4; ///< as in the row before; stated = time
constexpr unsigned unit_shift = 3, unit_mask = 3;                    ///< two bits: unit of the time step
constexpr Time units[] = {1, 1'000, 1'000'000, 1};
constexpr unsigned apart = 32; ///< other events were kept between it and the row before

constexpr std::size_t short_part = 15; ///< parts of an id that are shorter share a byte
constexpr unsigned char long_parts = 0xff;

void put_id(Bytes& out, std::string_view id, std::string_view before) {
    std::size_t prefix = 0;
    while (prefix < id.size() && prefix < before.size() && id[prefix] == before[prefix]) ++prefix;
    const std::size_t rest = id.size() - prefix;
    if (prefix < short_part && rest < short_part) {
        out.push_back(static_cast<char>(prefix << 4 | rest));
    } else {
        out.push_back(static_cast<char>(long_parts));
        put_number(out, prefix);
        put_number(out, rest);
    }
    out.append(id.substr(prefix));
}

/// `id` holds the one before.
void take_id(std::string_view& in, std::string& id) {
    const auto parts = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    const std::size_t prefix = parts == long_parts ? take_number(in) : parts >> 4;
    const std::size_t rest = parts == long_parts ? take_number(in) : parts & 0xf;
    if (id.size() != prefix + rest) id.resize(prefix + rest); // mostly ids are of one length
    in.copy(id.data() + prefix, rest);
    in.remove_prefix(rest);
}

} // namespace

History::Segment& History::open_segment(Time first, std::uint64_t number) {
    Segment segment{memory_};
    segment.first = segment.last = first;
    segment.number = number;
    if (!segments_.empty()) segment.rows.reserve(segment_bytes); // the first one grows as it is filled
    segments_.push_back(std::move(segment));
    bytes_ += segment_overhead;
    return segments_.back();
}

void History::write_row(Segment& segment, Time time, Time stated, std::uint64_t number, std::uint32_t type,
                        std::uint32_t roster_version, std::uint64_t roster_changes, std::string_view id,
                        std::string_view values) {
    const std::size_t before = segment.rows.size();
    const bool first = before == 0;
    const Time step = time - segment.last;
    unsigned unit = 0;
    while (unit < 2 && step % units[unit + 1] == 0) ++unit;
    unsigned flags = unit << unit_shift;
    if (!first && type == last_.type) flags |= same_type;
    if (stated == time) flags |= said_at_once;
    if (!first && roster_version == last_.roster_version && roster_changes == last_.roster_changes)
        flags |= same_roster;
    if (!first && number != last_.number + 1) flags |= apart;
    segment.rows.push_back(static_cast<char>(flags));
    if ((flags & apart) != 0) put_number(segment.rows, number - last_.number);
    if ((flags & same_type) == 0) put_number(segment.rows, type);
    put_number(segment.rows, static_cast<std::uint64_t>(step / units[unit]));
    if ((flags & said_at_once) == 0) put_signed(segment.rows, time - stated);
    if ((flags & same_roster) == 0) {
        put_number(segment.rows, roster_version);
        put_number(segment.rows, roster_changes);
    }
    put_id(segment.rows, id, first ? std::string_view{} : std::string_view{last_.id});
    segment.rows.append(values);
    last_.number = number;
    last_.type = type;
    last_.roster_version = roster_version;
    last_.roster_changes = roster_changes;
    last_.id.assign(id);
    segment.last = time;
    bytes_ += segment.rows.size() - before;
}

void History::keep(const Event& event, std::uint64_t number, const Value* fields, std::uint32_t roster_version,
                   std::uint64_t roster_changes, const SlotTypes& slots) {
    KeyBuffer values;
    const std::vector<Type>& types = slots[event.type];
    for (std::size_t i = 0; i < types.size(); ++i) put_value(values, fields[i], types[i]);
    const std::size_t room = longest_head + event.id.size() + values.bytes().size();
    const bool full = segments_.empty() || segments_.back().rows.size() + room > segment_bytes;
    Segment& segment = full ? open_segment(event.time, number) : segments_.back();
    write_row(segment, event.time, event.stated, number, event.type, roster_version, roster_changes, event.id,
              values.bytes());
}

void History::take_row(std::string_view& in, const SlotTypes& slots, KeptEvent& event) {
    const auto flags = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    event.number += (flags & apart) != 0 ? take_number(in) : 1;
    if ((flags & same_type) == 0) event.type = static_cast<std::uint32_t>(take_number(in));
    event.time += static_cast<Time>(take_number(in)) * units[flags >> unit_shift & unit_mask];
    event.stated = event.time;
    if ((flags & said_at_once) == 0) event.stated -= take_signed(in);
    if ((flags & same_roster) == 0) {
        event.roster_version = static_cast<std::uint32_t>(take_number(in));
        event.roster_changes = take_number(in);
    }
    take_id(in, event.id);
    const std::vector<Type>& types = slots[event.type];
    if (event.fields.size() != types.size()) event.fields.resize(types.size());
    std::size_t items = 0;
    // a list's items must not move while later lists are read
    for (const Type& type : types)
        if (type.kind == Kind::list) items += in.size();
    if (items != 0) {
        event.lists.clear();
        event.lists.reserve(items);
    }
    for (std::size_t i = 0; i < types.size(); ++i) event.fields[i] = take_value(in, types[i], event.lists);
}

void History::expire(Time time) {
    while (!segments_.empty() && segments_.front().last < time) forget(take_oldest());
}

History::Segment History::take_oldest() {
    if (away_ != 0) --away_;
    return segments_.pop_front();
}

void History::forget(const Segment& segment) {
    bytes_ -= segment.bytes();
    if (segment.away_bytes != 0) store_->drop(segment.block, segment.away_bytes);
}

History::~History() {
    for (std::size_t i = 0; i < segments_.size(); ++i) forget(segments_[i]);
}

void History::put_away() {
    if (store_ == nullptr) return;
    for (; away_ + 1 < segments_.size(); ++away_) { // the newest is written to
        Segment& segment = segments_[away_];
        const std::optional<BlockStore::Number> block = store_->put(segment.rows);
        if (!block) return;
        segment.block = *block;
        segment.away_bytes = static_cast<std::uint32_t>(segment.rows.size());
        Bytes(memory_).swap(segment.rows); // to assign would leave it its memory
    }
}

std::string_view History::read_back(const Segment& segment, Room& room) const {
    room.resize(segment.away_bytes);
    return store_->get(segment.block, room) ? std::string_view{room.data(), room.size()} : std::string_view{};
}

// In a snapshot: per segment first and last time, first number, and its rows with their length, each in full: number −
// previous number · type · time − previous time · time − stated · roster version · changes of the roster · id · one
// value a slot.
void History::save(const SlotTypes& slots, SnapshotWriter& out) const {
    SnapshotWriter all;
    std::size_t count = 0;
    KeptEvent event;
    Room room;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        const Segment& segment = segments_[i];
        std::string_view rows = begin_rows(segment, event, room);
        if (rows.empty()) continue;
        ++count;
        all.signed_number(segment.first);
        all.signed_number(segment.last);
        all.number(segment.number);
        Bytes saved;
        while (!rows.empty()) {
            const Time previous_time = event.time;
            const std::uint64_t previous_number = event.number;
            take_row(rows, slots, event);
            put_number(saved, event.number - previous_number);
            put_number(saved, event.type);
            put_signed(saved, event.time - previous_time);
            put_signed(saved, event.time - event.stated);
            put_number(saved, event.roster_version);
            put_number(saved, event.roster_changes);
            put_number(saved, event.id.size());
            saved.append(event.id);
            const std::vector<Type>& types = slots[event.type];
            for (std::size_t k = 0; k < types.size(); ++k) put_value(saved, event.fields[k], types[k]);
        }
        all.text(saved);
    }
    out.number(count);
    out.raw(all.bytes());
}

void History::load(const SlotTypes& slots, SnapshotReader& in) {
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        const Time first = in.time();
        const Time last = in.time();
        const std::uint64_t number = in.number();
        const bool rises = segments_.empty() || (segments_.back().last <= first && last_.number < number);
        in.expect(rises, "kept events are out of order");
        Segment& segment = open_segment(first, number);
        load_rows(segment, slots, in.nested());
        in.expect(!segment.rows.empty() && segment.last == last, "kept events are out of order");
    }
}

void History::load_rows(Segment& segment, const SlotTypes& slots, SnapshotReader in) {
    Time time = segment.first;
    std::uint64_t number = segment.number - 1; // as in `begin_rows`
    while (!in.over()) {
        const std::uint64_t further = in.number();
        const std::uint32_t type = in.index(slots.size());
        const Time step = in.time();
        const bool rises = segment.rows.empty() ? further == 1 : further != 0 && further <= UINT64_MAX - number;
        const bool in_order = rises && step >= 0 && !__builtin_add_overflow(time, step, &time);
        number += further;
        const Time earlier = in.time(); // how long before its time it says it was
        const std::uint32_t roster_version = in.index(UINT32_MAX);
        const std::uint64_t roster_changes = in.number();
        const std::string_view id = in.text();
        Bytes values;
        if (!in.expect(in_order, "kept events are out of order")) return;
        for (const Type& type_of_slot : slots[type]) in.value(type_of_slot, values);
        if (!in.ok()) return;
        write_row(segment, time, time - earlier, number, type, roster_version, roster_changes, id, values);
    }
}

} // namespace watchword::runtime
