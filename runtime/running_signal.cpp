#include "runtime/running_signal.hpp"

#include "runtime/snapshot.hpp"

#include <algorithm>
#include <memory>

namespace watchword::runtime {

RunningState::RunningState(const SignalPlan& plan, std::pmr::memory_resource* memory)
    : aggregate_(plan.windows[0].aggregate), total_{memory, {}} {
    if (aggregate_ == Aggregate::distinct) std::construct_at(&contents_, memory);
}

RunningState::~RunningState() {
    std::pmr::memory_resource* const memory = this->memory();
    for (std::uint32_t i = 0; i < size_; ++i) at(i).id.release(memory);
    if (events_ != nullptr) memory->deallocate(events_, capacity_ * sizeof(Event), alignof(Event));
    if (older_ != nullptr) {
        std::destroy_at(older_);
        memory->deallocate(older_, sizeof(Older), alignof(Older));
    }
    if (aggregate_ == Aggregate::distinct) std::destroy_at(&contents_);
}

void RunningState::grow() {
    constexpr std::size_t least = 4;
    std::pmr::memory_resource* const memory = this->memory();
    const std::size_t larger = std::clamp<std::size_t>(std::size_t{capacity_} * 2, least, listed_events);
    auto* const events = static_cast<Event*>(memory->allocate(larger * sizeof(Event), alignof(Event)));
    std::uninitialized_default_construct_n(events, larger);
    for (std::uint32_t i = 0; i < size_; ++i) events[i] = at(i);
    if (events_ != nullptr) memory->deallocate(events_, capacity_ * sizeof(Event), alignof(Event));
    events_ = events;
    capacity_ = static_cast<std::uint8_t>(larger);
    first_ = 0;
}

/// For one more, where the oldest has not just left the window, or there are older ones. Of one that a hit no longer
/// lists, what the window needs is kept.
void RunningState::make_room(Time until) {
    if (older_ != nullptr && oldest_ <= until) expire(until);
    if (size_ < capacity_) return;
    if (size_ < listed_events) return grow();
    const Event& oldest = at(0);
    push_older(oldest.time, oldest.datum);
    drop_oldest();
}

void RunningState::push_older(Time time, Datum datum) {
    if (older_ == nullptr) older_ = ::new (memory()->allocate(sizeof(Older), alignof(Older))) Older(memory());
    older_->times.push_back(time);
    if (aggregate_ != Aggregate::count) older_->data.push_back(datum);
}

void RunningState::drop_oldest() {
    at(0).id.release(memory());
    first_ = static_cast<std::uint8_t>(place_of(1));
    --size_;
}

/// One event is in the window no more.
void RunningState::forget(Datum datum) {
    --count_;
    with_kind(aggregate_, [&](auto kind) { leave<kind>(datum); });
}

void RunningState::expire(Time until) {
    if (older_ != nullptr) {
        while (!older_->times.empty() && older_->times.front() <= until) {
            older_->times.pop_front();
            forget(aggregate_ == Aggregate::count ? Datum{} : older_->data.pop_front());
        }
        if (!older_->times.empty()) return find_oldest();
        std::destroy_at(older_);
        memory()->deallocate(std::exchange(older_, nullptr), sizeof(Older), alignof(Older));
    }
    while (size_ != 0 && at(0).time <= until) {
        forget(at(0).datum);
        drop_oldest();
    }
    find_oldest();
}

/// The condition would be true with what has left the window; is it without?
void RunningState::hold_exactly(const RunningInput& input, Time until) {
    expire(until);
    now_ = input.threshold.holds(value());
}

void RunningState::find_oldest() {
    oldest_ = older_ != nullptr ? older_->times.front() : size_ != 0 ? at(0).time : never;
}

RunningState::Datum RunningState::take_in(std::string_view key) {
    recent_ = &contents_.obtain(key, std::uint64_t{0});
    ++recent_->value;
    Datum datum;
    datum.content = recent_;
    return datum;
}

/// Mostly it is what came the time before.
RunningState::Datum RunningState::take_in(const Value& value, Type type) {
    if (recent_ != nullptr && are_bytes_of(recent_->key(), value, type)) {
        ++recent_->value;
        Datum datum;
        datum.content = recent_;
        return datum;
    }
    KeyBuffer key;
    put_value(key, value, type);
    return take_in(key.bytes());
}

void RunningState::offer(const SignalPlan& plan, const PlainShape& shape, std::uint32_t index, const Frame& event,
                         SignalContext& context, recorded::Offer* offer) {
    const SignalInput& input = plan.inputs[index];
    const RunningInput& running = shape.running[index];
    Value value;
    if (context.interpreter.holds(input.window_where[0], event))
        value =
            input.window_value[0] == no_code ? Value::of(true) : context.interpreter.run(input.window_value[0], event);
    const bool was = now_;
    const bool is_hit = with_kind(
        aggregate_, [&](auto kind) { return take<kind>(running, event.time, event.id, value, offer != nullptr); });
    if (offer != nullptr) {
        Frame frame = event;
        show_value(context, frame);
        offer->keyed = offer->decided = true;
        offer->held_before = was;
        offer->holds = now_;
        offer->hit = is_hit;
        record_condition(*offer, input, frame, context);
    }
    if (is_hit) hit(plan, index, event, context);
}

/// Where conditions read it.
void RunningState::show_value(SignalContext& context, Frame& frame) const {
    Readings& readings = context.readings;
    readings.clear();
    readings.windows.push_back(Value::of(value()));
    readings.show_in(frame);
}

void RunningState::hit(const SignalPlan& plan, std::uint32_t index, const Frame& event, SignalContext& context) {
    Frame frame = event;
    show_value(context, frame);
    LiveHit& hit = context.add_hit(index, event, memory());
    put_number(hit.data, std::max<std::uint64_t>(1, count_));
    put_number(hit.data, size_);
    for (std::uint32_t i = 0; i < size_; ++i) put_id(hit.data, at(i).id.view());
    put_observed(hit.data, {0, index}, plan.inputs[index].observations, context.interpreter, frame);
}

void RunningState::save_datum(Datum datum, SnapshotWriter& out) const {
    if (aggregate_ == Aggregate::sum) out.signed_number(datum.number);
    if (aggregate_ == Aggregate::distinct) out.raw(datum.content->key());
}

RunningState::Datum RunningState::load_datum(const WindowPlan& window, SnapshotReader& in) {
    Datum datum{};
    if (aggregate_ == Aggregate::sum) {
        datum.number = in.signed_number();
        total_.sum.add(datum.number);
    } else if (aggregate_ == Aggregate::distinct) {
        Bytes key;
        in.value(window.argument, key);
        datum = take_in(key);
    }
    return datum;
}

// In a snapshot: whether the condition was true · number of older events, time and value of each · number of the newest
// events, and of each its time, its id and its value.
void RunningState::save(SnapshotWriter& out) const {
    out.flag(now_);
    out.number(older_ == nullptr ? 0 : older_->times.size());
    for (std::size_t i = 0; older_ != nullptr && i < older_->times.size(); ++i) {
        out.signed_number(older_->times[i]);
        if (aggregate_ != Aggregate::count) save_datum(older_->data[i], out);
    }
    out.number(size_);
    for (std::uint32_t i = 0; i < size_; ++i) {
        const Event& event = at(i);
        out.signed_number(event.time);
        out.text(event.id.view());
        save_datum(event.datum, out);
    }
}

void RunningState::load(const SignalPlan& plan, SnapshotReader& in) {
    const WindowPlan& window = plan.windows[0];
    now_ = in.flag();
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        const Time time = in.time();
        push_older(time, load_datum(window, in));
        ++count_;
    }
    const std::size_t size = in.count();
    in.expect(size <= listed_events && (older_ == nullptr || size == listed_events),
              "a window lists too many events or too few");
    for (std::size_t left = size; left != 0 && in.ok(); --left) {
        const Time time = in.time();
        const std::string_view id = in.text();
        const Datum datum = load_datum(window, in);
        with_kind(aggregate_, [&](auto kind) { append<kind>(time, id, datum, beginning); });
    }
    find_oldest();
}

} // namespace watchword::runtime
