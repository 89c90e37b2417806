#include "runtime/hit.hpp"

#include "runtime/snapshot.hpp"
#include "runtime/text.hpp"

#include <algorithm>

namespace watchword::runtime {

EventTrail& EventTrail::operator=(EventTrail&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(entries_, other.entries_);
    std::swap(capacity_, other.capacity_);
    std::swap(first_, other.first_);
    std::swap(size_, other.size_);
    return *this;
}

EventTrail::~EventTrail() {
    clear();
    if (entries_ != nullptr) memory_->deallocate(entries_, capacity_ * sizeof(Entry), alignof(Entry));
}

void EventTrail::clear() {
    for (std::uint32_t i = 0; i < size_; ++i) at(i).id.release(memory_);
    first_ = 0;
    size_ = 0;
}

void EventTrail::grow() {
    constexpr std::uint32_t least = 2;
    const std::uint32_t larger = std::clamp<std::uint32_t>(capacity_ * 2, least, listed_events);
    auto* const entries = static_cast<Entry*>(memory_->allocate(larger * sizeof(Entry), alignof(Entry)));
    for (std::uint32_t i = 0; i < size_; ++i) ::new (&entries[i]) Entry(at(i));
    for (std::uint32_t i = size_; i < larger; ++i) ::new (&entries[i]) Entry;
    if (entries_ != nullptr) memory_->deallocate(entries_, capacity_ * sizeof(Entry), alignof(Entry));
    entries_ = entries;
    capacity_ = larger;
    first_ = 0;
}

void EventTrail::add_slowly(Time time, std::string_view id) {
    if (size_ == listed_events) {
        Entry& oldest = at(0);
        oldest.id.release(memory_);
        oldest.time = time;
        oldest.id.set(id, memory_);
        first_ = first_ + 1 == capacity_ ? 0 : first_ + 1;
        return;
    }
    if (size_ == capacity_) grow();
    Entry& entry = at(size_);
    entry.time = time;
    entry.id.set(id, memory_);
    ++size_;
}

void EventTrail::put(Bytes& out, Time time) const {
    std::uint64_t count = 0;
    for_each(time, [&](Time, std::string_view) { ++count; });
    put_number(out, count);
    for_each(time, [&](Time, std::string_view id) { put_id(out, id); });
}

void put_id(Bytes& out, std::string_view id) {
    put_number(out, id.size());
    out.append(id);
}

void put_events(Bytes& out, std::uint64_t event_count, const EventTrail& trail, Time after) {
    put_number(out, event_count);
    trail.put(out, after);
}

void put_event(Bytes& out, std::string_view id) {
    put_number(out, 1);
    put_number(out, 1);
    put_id(out, id);
}

void put_observed(KeyBuffer& out, Observed which, const std::vector<Observation>& observations,
                  Interpreter& interpreter, const Frame& frame) {
    if (observations.empty()) return;
    put_number(out, which.step);
    put_number(out, which.input);
    for (const Observation& observation : observations)
        put_value(out, interpreter.run(observation.code, frame), observation.type);
}

void put_observed(Bytes& out, Observed which, const std::vector<Observation>& observations, Interpreter& interpreter,
                  const Frame& frame) {
    KeyBuffer group; // to append many small pieces to a string takes longer
    put_observed(group, which, observations, interpreter, frame);
    out.append(group.bytes());
}

std::string newest_event(const LiveHit& hit) {
    std::string_view in = hit.data;
    take_number(in);
    std::string_view newest;
    for (std::uint64_t left = take_number(in); left != 0; --left) {
        const std::size_t length = take_number(in);
        newest = in.substr(0, length);
        in.remove_prefix(length);
    }
    return std::string(newest);
}

namespace {

std::string show_list(const Value& list, Type element, const Program& program, const Roster& roster) {
    std::string text = "[";
    for (std::size_t i = 0; i < list.extent; ++i)
        text += (i == 0 ? "" : ", ") + show_value(list.items[i], element, program, roster);
    return text + "]";
}

const std::vector<Observation>& observations_of(const SignalPlan& signal, Observed which) {
    return which.step == 0 ? signal.inputs[which.input].observations
                           : signal.sequence->steps[which.step - 1].inputs[which.input].observations;
}

} // namespace

std::string show_value(const Value& value, Type type, const Program& program, const Roster& roster) {
    if (!value.present()) return "absent";
    switch (type.kind) {
    case Kind::boolean:
        return value.integer != 0 ? "true" : "false";
    case Kind::integer:
        return std::to_string(value.integer);
    case Kind::real:
        return show_real(value.real);
    case Kind::text:
    case Kind::zone:
    case Kind::host:
    case Kind::email:
        return std::string(value.text());
    case Kind::time:
        return show_time(value.integer);
    case Kind::time_of_day:
        return show_time_of_day(value.integer);
    case Kind::duration:
        return show_duration(value.integer);
    case Kind::size:
        return show_size(value.integer);
    case Kind::ip:
        return show_ip(value.text());
    case Kind::person:
        return std::string(roster.id(static_cast<PersonId>(value.integer)));
    case Kind::list:
        return show_list(value, {static_cast<Kind>(type.detail), false, 0}, program, roster);
    case Kind::enumeration:
        return program.enumerations[type.detail].words[static_cast<std::size_t>(value.integer)];
    case Kind::tuple:
    case Kind::error:
        break;
    }
    return "";
}

HitRecord show_hit(const KeptHit& hit, const SignalPlan& signal, const Program& program, const Roster& roster) {
    HitRecord record;
    record.time = hit.time;
    record.lookback = hit.lookback;
    record.points = hit.points;
    std::string_view in = hit.data;
    record.event_count = take_number(in);
    for (std::uint64_t left = take_number(in); left != 0; --left) {
        const std::size_t length = take_number(in);
        record.events.emplace_back(in.substr(0, length));
        in.remove_prefix(length);
    }
    std::vector<Value> lists;
    while (!in.empty()) {
        Observed which;
        which.step = static_cast<std::uint32_t>(take_number(in));
        which.input = static_cast<std::uint32_t>(take_number(in));
        for (const Observation& observation : observations_of(signal, which)) {
            lists.clear();
            lists.reserve(list_items(in, observation.type));
            const Value value = take_value(in, observation.type, lists);
            // What several steps show under one label is the same: a value of the sequence's key.
            const auto same = [&](const NamedValue& one) { return one.label == observation.label; };
            if (std::any_of(record.values.begin(), record.values.end(), same)) continue;
            record.values.push_back({observation.label, show_value(value, observation.type, program, roster),
                                     observation.type, observation.sensitive});
        }
    }
    return record;
}

void EventTrail::save(SnapshotWriter& out) const {
    out.number(size_);
    for_each(beginning, [&](Time time, std::string_view id) {
        out.signed_number(time);
        out.text(id);
    });
}

void EventTrail::load(SnapshotReader& in) {
    const std::size_t size = in.count();
    in.expect(size <= listed_events, "a trail of events is too long");
    for (std::size_t left = size; left != 0 && in.ok(); --left) {
        const Time time = in.time();
        add(time, in.text());
    }
}

void KeptHit::save(SnapshotWriter& out) const {
    out.signed_number(time);
    out.real(points);
    out.flag(lookback);
    out.text(data);
}

void KeptHit::load(const SignalPlan& signal, SnapshotReader& in) {
    time = in.time();
    points = in.finite(most_points);
    lookback = in.flag();
    SnapshotReader inside = in.nested();
    put_number(data, inside.number());
    const std::size_t listed = inside.count();
    put_number(data, listed);
    for (std::size_t left = listed; left != 0 && in.ok(); --left) {
        put_id(data, inside.text());
    }
    load_observed(signal, inside, data);
}

void load_observed(const SignalPlan& signal, SnapshotReader in, Bytes& out) {
    while (!in.over()) {
        Observed which;
        which.step = in.index(signal.sequence ? signal.sequence->steps.size() + 1 : 1);
        const bool of_step = which.step != 0;
        which.input = in.index(of_step ? signal.sequence->steps[which.step - 1].inputs.size() : signal.inputs.size());
        if (!in.ok()) return;
        put_number(out, which.step);
        put_number(out, which.input);
        for (const Observation& observation : observations_of(signal, which)) in.value(observation.type, out);
    }
}

} // namespace watchword::runtime
