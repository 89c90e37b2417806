#include "runtime/plain_signal.hpp"

#include "runtime/guard.hpp"
#include "runtime/snapshot.hpp"

#include <algorithm>

namespace watchword::runtime {

namespace {

constexpr std::size_t least_swept = 8; // keys

/// Of `load_window; compare with a constant; finish`.
std::optional<Threshold> threshold_of(const Program& program, const SignalPlan& plan, const SignalInput& input) {
    if (plan.windows.size() != 1 || plan.when_has_new || !plan.usuals.empty() || !plan.peers.empty()) return {};
    if (!WindowState::is_whole(plan.windows[0]) || std::size_t{input.when} + 2 >= program.code.size()) return {};
    const Instruction* const code = &program.code[input.when];
    if (code[0].opcode != Opcode::load_window || code[2].opcode != Opcode::finish) return {};
    if (code[1].b != code[0].a || code[2].a != code[1].a) return {};
    switch (code[1].opcode) {
    case Opcode::equal_integer_constant:
    case Opcode::unequal_integer_constant:
    case Opcode::less_integer_constant:
    case Opcode::at_most_integer_constant:
    case Opcode::more_integer_constant:
    case Opcode::at_least_integer_constant:
        return Threshold{code[1].opcode, code[1].immediate};
    default:
        return {};
    }
}

RunningInput running_input(const Program& program, const SignalPlan& plan, std::size_t index,
                           const Threshold& threshold) {
    const SignalInput& input = plan.inputs[index];
    const WindowPlan& window = plan.windows[0];
    RunningInput result;
    result.span = window.span;
    result.argument = window.argument;
    result.threshold = threshold;
    result.rises = window.aggregate != Aggregate::sum && threshold.is_least();
    const CodeId value = input.window_value[0];
    if (value != no_code) result.slot = field_alone(program, value);
    result.is_direct = input.window_where[0] == no_code && (value == no_code || result.slot != no_slot);
    return result;
}

} // namespace

Threshold::Threshold(Opcode compare, std::int64_t limit) {
    constexpr std::int64_t least = INT64_MIN, most = INT64_MAX;
    const auto inside = [&](std::int64_t first, std::int64_t last) {
        from_ = static_cast<std::uint64_t>(first);
        width_ = static_cast<std::uint64_t>(last) - from_;
        outside_ = false;
    };
    switch (compare) {
    case Opcode::equal_integer_constant:
        inside(limit, limit);
        break;
    case Opcode::unequal_integer_constant:
        inside(limit, limit);
        outside_ = true;
        break;
    case Opcode::less_integer_constant:
        if (limit != least) inside(least, limit - 1);
        break;
    case Opcode::at_most_integer_constant:
        inside(least, limit);
        break;
    case Opcode::at_least_integer_constant:
        is_least_ = true;
        inside(limit, most);
        break;
    default:
        is_least_ = true;
        if (limit != most) inside(limit + 1, most);
    }
}

PlainShape::PlainShape(const Program& program, const SignalPlan& plan) : remember(plan.windows.size(), 0) {
    for (const UsualPlan& usual : plan.usuals) remember[usual.window] = std::max(remember[usual.window], usual.buckets);
    for (const WindowPlan& window : plan.windows) {
        const Duration span = window.pane == Pane::sliding ? window.span
                              : window.pane == Pane::hour  ? one_hour
                              : window.pane == Pane::day   ? 25 * one_hour
                                                           : one_week + one_hour;
        if (window.aggregate != Aggregate::is_new) longest = std::max(longest, span);
    }
    for (const SignalInput& input : plan.inputs) thresholds.push_back(threshold_of(program, plan, input));
    keyed = !plan.by.empty();
    if (keyed || plan.windows.size() != 1 || plan.windows[0].pane != Pane::sliding ||
        !std::all_of(thresholds.begin(), thresholds.end(), [](const auto& threshold) { return threshold; }))
        return;
    for (std::size_t i = 0; i < plan.inputs.size(); ++i)
        running.push_back(running_input(program, plan, i, *thresholds[i]));
}

PlainState::Key::Key(const SignalPlan& plan, std::pmr::memory_resource* memory)
    : trail(memory), first(memory), others(memory) {
    if (plan.windows.size() < 2) return;
    others.reserve(plan.windows.size() - 1);
    for (std::size_t i = 1; i < plan.windows.size(); ++i) others.emplace_back(memory);
}

namespace {

bool has_no_value_when_empty(Aggregate aggregate) {
    return aggregate == Aggregate::avg || aggregate == Aggregate::min || aggregate == Aggregate::max ||
           aggregate == Aggregate::stddev || aggregate == Aggregate::percentile;
}

/// The newest row of the group before the event's date, at most seven days old (semantics 3.6).
void read_peers(const PeersPlan& plan, const Program& program, const Value& running, const Frame& frame, Zone module,
                Zone zone, Kind running_kind, Value (&members)[4]) {
    const Value& group = frame.attributes[plan.attribute];
    if (!group.present()) return;
    constexpr std::int32_t oldest = 7; // days
    const std::int32_t today = local_day(frame.time, zone);
    const Time before = module.from_local(today * one_day); // dates of rows are the module's
    const BaselineRow* newest = nullptr;
    for (const BaselineRow& row : program.baselines[plan.baseline].rows)
        if (row.group == group.text() && row.date < before && (newest == nullptr || row.date > newest->date))
            newest = &row;
    if (newest == nullptr || today - local_day(newest->date, module) > oldest) return;
    members[0] = Value::of(newest->mean);
    members[1] = Value::of(newest->stddev);
    members[2] = Value::of(newest->n);
    if (!running.present()) return;
    const double value = running_kind == Kind::real ? running.real : static_cast<double>(running.integer);
    const double least = std::max({newest->stddev, newest->mean / 10, plan.unit});
    members[3] = Value::of((value - newest->mean) / least);
}

} // namespace

void PlainState::read(const SignalPlan& plan, const Key& key, const SignalInput& input, const Frame& frame,
                      SignalContext& context, Readings& readings) const {
    readings.hollow = false;
    readings.windows.resize(plan.windows.size());
    for (std::size_t i = 0; i < plan.windows.size(); ++i) {
        const WindowPlan& window = plan.windows[i];
        if (window.aggregate == Aggregate::is_new) {
            const bool known_long_enough = frame.time - window.span >= context.from;
            const Value value = context.interpreter.run(input.window_value[i], frame);
            readings.windows[i] = Value::of(known_long_enough && key.window(i).is_new(window, frame.time, value));
            continue;
        }
        readings.windows[i] = key.window(i).value(window);
        readings.hollow |= window.in_condition && has_no_value_when_empty(window.aggregate) &&
                           input.window_where[i] == no_code && !readings.windows[i].present();
    }
    readings.usuals.assign(plan.usuals.size() * 4, Value::absent());
    for (std::size_t i = 0; i < plan.usuals.size(); ++i) {
        const UsualPlan& usual = plan.usuals[i];
        Value members[4];
        const auto working = [&](const Bucket& bucket) {
            return !usual.calendar ||
                   has_working_time(context.program, *usual.calendar, bucket, frame.attributes, context.interpreter);
        };
        key.window(usual.window).usual(plan.windows[usual.window], usual, context.from, context.zone, working, members);
        std::copy_n(members, 4, readings.usuals.begin() + static_cast<std::ptrdiff_t>(4 * i));
    }
    readings.peers.assign(plan.peers.size() * 4, Value::absent());
    for (std::size_t i = 0; i < plan.peers.size(); ++i) {
        Value members[4];
        const WindowPlan& window = plan.windows[plan.peers[i].window];
        read_peers(plan.peers[i], context.program, key.window(plan.peers[i].window).value(window), frame,
                   context.module_zone, context.zone, result_kind(window), members);
        std::copy_n(members, 4, readings.peers.begin() + static_cast<std::ptrdiff_t>(4 * i));
    }
}

bool PlainState::decide(const SignalInput& input, Frame& frame, SignalContext& context) const {
    const Readings& readings = context.readings;
    if (readings.hollow) return false;
    readings.show_in(frame);
    return context.interpreter.holds(input.when, frame);
}

void PlainState::sweep(const SignalPlan& plan, const PlainShape& shape, Time time, Zone zone) {
    if (keys_.size() < sweep_at_) return;
    const auto is_idle = [&](KeyTable<Key>::Entry& entry) {
        Key& key = entry.value;
        if (key.now) return false;
        for (std::size_t i = 0; i < plan.windows.size(); ++i) {
            key.window(i).move_to(plan.windows[i], time, zone, shape.remember[i]);
            if (!key.window(i).idle(plan.windows[i])) return false;
        }
        return !key.trail.has_after(time - shape.longest);
    };
    keys_.erase_if(is_idle);
    sweep_at_ = std::max(least_swept, keys_.size() * 2);
}

PlainState::Key* PlainState::key_of(const SignalPlan& plan, const PlainShape& shape, const SignalInput& input,
                                    const Frame& frame, SignalContext& context) {
    KeyBuffer name;
    for (std::size_t i = 0; i < input.by.size(); ++i) {
        const Value value = context.interpreter.run(input.by[i], frame);
        if (!value.present()) return nullptr; // a missing key groups nothing
        put_value(name, value, plan.by[i]);
    }
    if (keys_.size() >= sweep_at_ && keys_.find(name.bytes()) == nullptr) sweep(plan, shape, frame.time, context.zone);
    return &keys_.obtain(name.bytes(), plan, memory()).value;
}

/// Whether the window takes the event in.
inline bool PlainState::add_to_window(const SignalPlan& plan, std::size_t i, Key& key, const SignalInput& input,
                                      const Frame& frame, SignalContext& context) const {
    if (!context.interpreter.holds(input.window_where[i], frame)) return false;
    const CodeId value = input.window_value[i];
    key.window(i).add(plan.windows[i], frame.time,
                      value == no_code ? Value::of(true) : context.interpreter.run(value, frame));
    return true;
}

void PlainState::add(const SignalPlan& plan, Key& key, const SignalInput& input, const Frame& frame,
                     SignalContext& context) const {
    bool contributes = plan.windows.empty();
    for (std::size_t i = 0; i < plan.windows.size(); ++i)
        contributes |= add_to_window(plan, i, key, input, frame, context);
    if (contributes) key.trail.add(frame.time, frame.id);
}

bool PlainState::becomes_true(const SignalPlan& plan, Key& key, const SignalInput& input, Frame& frame,
                              SignalContext& context) const {
    Readings& readings = context.readings;
    if (plan.when_has_new) {
        // `new` asks before the event is in; a condition with it hits whenever it is true
        read(plan, key, input, frame, context, readings);
        const std::vector<Value> seen = readings.windows;
        add(plan, key, input, frame, context);
        read(plan, key, input, frame, context, readings);
        for (std::size_t i = 0; i < seen.size(); ++i)
            if (plan.windows[i].aggregate == Aggregate::is_new) readings.windows[i] = seen[i];
        return decide(input, frame, context);
    }
    bool before = false;
    if (key.now) {
        read(plan, key, input, frame, context, readings);
        before = decide(input, frame, context);
    }
    add(plan, key, input, frame, context);
    read(plan, key, input, frame, context, readings);
    const bool was = key.now;
    key.now = decide(input, frame, context);
    return key.now && (!was || !before);
}

void record_condition(recorded::Offer& offer, const SignalInput& input, const Frame& frame, SignalContext& context) {
    for (const PartId part : input.window_where_parts) {
        const recorded::Condition one = context.recorder->read(part, frame);
        offer.within.insert(offer.within.end(), one.begin(), one.end());
    }
    offer.when = context.recorder->read(input.when_parts, frame);
}

void PlainState::record(recorded::Offer& offer, const SignalPlan& plan, const Key& key, const SignalInput& input,
                        Frame frame, SignalContext& context, bool held_before, bool is_hit) const {
    offer.decided = true;
    offer.held_before = held_before;
    offer.holds = plan.when_has_new ? is_hit : key.now;
    offer.hollow = context.readings.hollow;
    context.readings.show_in(frame);
    record_condition(offer, input, frame, context);
    Bytes name(memory());
    for (std::size_t i = 0; i < input.by.size(); ++i)
        put_value(name, context.interpreter.run(input.by[i], frame), plan.by[i]);
    offer.key = std::string(name);
}

/// `becomes_true` of a condition that is a mere threshold.
inline bool PlainState::passes(const SignalPlan& plan, const Threshold& threshold, Key& key, const SignalInput& input,
                               const Frame& frame, SignalContext& context) const {
    const WindowPlan& window = plan.windows[0];
    const bool before = key.now && threshold.holds(key.first.whole(window));
    if (add_to_window(plan, 0, key, input, frame, context)) key.trail.add(frame.time, frame.id);
    key.now = threshold.holds(key.first.whole(window));
    return key.now && !before;
}

void PlainState::hit(const SignalPlan& plan, std::uint32_t input, const Frame& frame, SignalContext& context,
                     std::pmr::memory_resource* memory) {
    LiveHit& hit = context.add_hit(input, frame, memory);
    put_event(hit.data, frame.id);
    put_observed(hit.data, {0, input}, plan.inputs[input].observations, context.interpreter, frame);
}

void PlainState::offer(const SignalPlan& plan, const PlainShape& shape, std::uint32_t input_index, const Frame& event,
                       SignalContext& context, recorded::Offer* offer) {
    const SignalInput& input = plan.inputs[input_index];
    Key* const key = !input.by.empty() ? key_of(plan, shape, input, event, context)
                     : only_.empty()   ? &only_.emplace_back(plan, memory())
                                       : &only_[0];
    if (offer != nullptr) offer->keyed = key != nullptr;
    if (key == nullptr) return;
    for (std::size_t i = 0; i < plan.windows.size(); ++i)
        key->window(i).move_to(plan.windows[i], event.time, context.zone, shape.remember[i]);
    if (shape.longest == 0) key->trail.clear();
    const bool held_before = key->now;
    const std::optional<Threshold>& threshold = shape.thresholds[input_index];
    bool is_hit = threshold && passes(plan, *threshold, *key, input, event, context);
    if (threshold && !is_hit && offer == nullptr) return;
    Frame frame = event;
    if (threshold) {
        read(plan, *key, input, frame, context, context.readings); // for what the hit shows
        context.readings.show_in(frame);
    } else {
        is_hit = becomes_true(plan, *key, input, frame, context);
    }
    if (offer != nullptr) {
        record(*offer, plan, *key, input, frame, context, held_before, is_hit);
        offer->hit = is_hit;
    }
    if (!is_hit) return;
    std::uint64_t events = 1;
    for (std::size_t i = 0; i < plan.windows.size(); ++i) events = std::max(events, key->window(i).count());
    LiveHit& hit = context.add_hit(input_index, event, memory());
    put_events(hit.data, events, key->trail, shape.longest == 0 ? beginning : event.time - shape.longest);
    put_observed(hit.data, {0, input_index}, input.observations, context.interpreter, frame);
}

void PlainState::Key::save(const SignalPlan& plan, SnapshotWriter& out) const {
    out.flag(now);
    trail.save(out);
    for (std::size_t i = 0; i < plan.windows.size(); ++i) window(i).save(plan.windows[i], out);
}

void PlainState::Key::load(const SignalPlan& plan, SnapshotReader& in) {
    now = in.flag();
    trail.load(in);
    for (std::size_t i = 0; i < plan.windows.size(); ++i) window(i).load(plan.windows[i], in);
}

// In a snapshot: the state without `by`, where there is one · when to sweep next · states with their keys.
void PlainState::save(const SignalPlan& plan, SnapshotWriter& out) const {
    out.flag(!only_.empty());
    if (!only_.empty()) only_[0].save(plan, out);
    out.number(sweep_at_);
    out.number(keys_.size());
    for (const auto* const entry : keys_.sorted()) {
        out.raw(entry->key());
        entry->value.save(plan, out);
    }
}

void PlainState::load(const SignalPlan& plan, SnapshotReader& in) {
    if (in.flag()) only_.emplace_back(plan, memory()).load(plan, in);
    sweep_at_ = in.number();
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        Bytes name(memory());
        for (const Type& type : plan.by) in.value(type, name);
        if (!in.expect(!plan.by.empty() && keys_.find(name) == nullptr, "a key comes twice")) return;
        keys_.obtain(name, plan, memory()).value.load(plan, in);
    }
}

} // namespace watchword::runtime
