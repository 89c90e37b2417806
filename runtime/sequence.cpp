#include "runtime/sequence.hpp"

#include "runtime/snapshot.hpp"

#include <algorithm>

namespace watchword::runtime {

namespace {

constexpr std::size_t least_swept = 8;     // keys
constexpr std::size_t least_observed = 95; // bytes; with the end a multiple of 16

} // namespace

SequenceShape::SequenceShape(const SequencePlan& plan) {
    std::vector<std::uint32_t> between;
    for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
        if (plan.steps[i].forbidden) {
            between.push_back(i);
            continue;
        }
        filled.push_back(i);
        forbidden.push_back(std::move(between));
        between.clear();
    }
    closing = std::move(between);
    for (const KeptSlot& slot : plan.captures) captures.push_back(slot.type);
}

bool may_begin(const SequencePlan& plan, const SequenceShape& shape, const Occurrence& occurrence) {
    const auto hears = [&](std::uint32_t step) {
        const auto& inputs = plan.steps[step].inputs;
        return std::any_of(inputs.begin(), inputs.end(), [&](const StepInput& input) {
            return input.is_signal == occurrence.is_signal && input.source == occurrence.source;
        });
    };
    const auto& forbidden = shape.forbidden.front();
    return hears(shape.filled.front()) || std::any_of(forbidden.begin(), forbidden.end(), hears);
}

bool SequenceState::key_of(const std::vector<CodeId>& by, const std::vector<Type>& types, const Frame& frame,
                           Interpreter& interpreter, Bytes& key) const {
    key.clear();
    for (std::size_t i = 0; i < by.size(); ++i) {
        const Value value = interpreter.run(by[i], frame);
        if (!value.present()) return false; // a missing key groups nothing
        put_value(key, value, types[i]);
    }
    return true;
}

template <class Then>
void SequenceState::each_input(const StepPlan& step, const Occurrence& occurrence, Then then) const {
    for (std::uint32_t i = 0; i < step.inputs.size(); ++i)
        if (step.inputs[i].is_signal == occurrence.is_signal && step.inputs[i].source == occurrence.source) {
            then(i, step.inputs[i]);
            return; // one event fills a step at most once
        }
}

void SequenceState::clear_until(const SequencePlan& plan, const Occurrence& occurrence, Interpreter& interpreter,
                                Recorder* recorder) {
    for (std::uint32_t index = 0; index < plan.until.size(); ++index)
        each_input(plan.until[index], occurrence, [&](std::uint32_t number, const StepInput& input) {
            const bool holds = interpreter.holds(input.where, occurrence.frame);
            bool any = false;
            const auto clear = [&](Key& pending) {
                for (auto& match : pending.waiting) {
                    any = any || match != nullptr;
                    match.reset();
                }
            };
            KeyBuffer key;
            if (holds && input.by.empty()) {
                keys_.for_each([&](auto& entry) { clear(entry.value); });
            } else if (holds && key_of(input.by, plan.by, occurrence.frame, interpreter, key.bytes())) {
                if (auto* const found = keys_.find(key.bytes())) clear(found->value);
            }
            if (recorder == nullptr) return;
            const auto outcome = !holds ? recorded::StepOutcome::where_false
                                 : any  ? recorded::StepOutcome::cleared
                                        : recorded::StepOutcome::not_waiting;
            recorder->add(recorder->step(index, true, number, input, outcome, occurrence.frame, 0, key.bytes()));
        });
}

void SequenceState::fill(const SequencePlan& plan, const SequenceShape& shape, std::uint32_t step, std::uint32_t input,
                         Match& match, const Occurrence& occurrence, Interpreter& interpreter) {
    const StepInput& filled = plan.steps[step].inputs[input];
    Frame frame = occurrence.frame;
    frame.captures = match.captures.data();
    if (match.observed.empty() && !filled.observations.empty()) match.observed.reserve(least_observed);
    put_observed(match.observed, {step + 1, input}, filled.observations, interpreter, frame);
    if (!plan.captures.empty()) {
        std::vector<Value> values(plan.captures.size());
        for (std::size_t i = 0; i < match.captures.size(); ++i) values[i] = match.captures.data()[i];
        for (const auto& [code, slot] : filled.captures) values[slot] = interpreter.run(code, frame);
        match.captures.assign(values, shape.captures);
    }
    match.events.add(frame.time, frame.id);
    ++match.event_count;
    match.last_input = input;
}

void SequenceState::forbid(const SequencePlan& plan, const std::vector<std::uint32_t>& steps, std::size_t waiting,
                           const Occurrence& occurrence, Interpreter& interpreter, Recorder* recorder) {
    for (const std::uint32_t step : steps)
        each_input(plan.steps[step], occurrence, [&](std::uint32_t number, const StepInput& input) {
            KeyBuffer key;
            if (!key_of(input.by, plan.by, occurrence.frame, interpreter, key.bytes())) return;
            auto* const found = keys_.find(key.bytes());
            if (found == nullptr || !found->value.waiting[waiting]) return;
            MatchPointer& match = found->value.waiting[waiting];
            Frame frame = occurrence.frame;
            frame.captures = match->captures.data();
            const bool holds = interpreter.holds(input.where, frame);
            if (recorder != nullptr)
                recorder->add(recorder->step(step, false, number, input,
                                             holds ? recorded::StepOutcome::killed : recorded::StepOutcome::where_false,
                                             frame, match->first, key.bytes()));
            if (holds) match.reset();
        });
}

void SequenceState::ReturnMatch::operator()(Match* match) const {
    std::destroy_at(match);
    memory->deallocate(match, sizeof(Match), alignof(Match));
}

SequenceState::MatchPointer SequenceState::start(Time time) const {
    MatchPointer match(::new (memory_->allocate(sizeof(Match), alignof(Match))) Match(memory_), {memory_});
    match->first = time;
    return match;
}

bool SequenceState::may_start(const SequencePlan& plan, const SequenceShape& shape, const Key& key, Time time,
                              Time from) const {
    if (shape.forbidden.front().empty()) return true;
    if (time - plan.within < from) return false; // not decided: what came before the watch is not known
    const Time last = key.forbidden_last < time ? key.forbidden_last : key.forbidden_earlier;
    return last < time - plan.within;
}

void SequenceState::sweep(const SequencePlan& plan, Time time) {
    if (keys_.size() < sweep_at_) return;
    keys_.erase_if([&](const auto& entry) {
        if (entry.value.forbidden_last >= time - plan.within) return false;
        for (const auto& match : entry.value.waiting)
            if (match && match->first + plan.within >= time) return false;
        return true;
    });
    sweep_at_ = keys_.size() * 2 < least_swept ? least_swept : keys_.size() * 2;
}

void SequenceState::offer(const SequencePlan& plan, const SequenceShape& shape, const Occurrence& occurrence, Time from,
                          std::span<const Type> slots, Interpreter& interpreter, std::vector<LiveHit>& hits,
                          std::vector<Time>& deadlines, Recorder* recorder) {
    const Time time = occurrence.frame.time;
    const std::size_t last = shape.filled.size();
    clear_until(plan, occurrence, interpreter, recorder);
    sweep(plan, time);
    if (!shape.closing.empty()) forbid(plan, shape.closing, last, occurrence, interpreter, recorder);
    for (std::size_t i = last; i-- > 0;) {
        if (i > 0) forbid(plan, shape.forbidden[i], i, occurrence, interpreter, recorder);
        const std::uint32_t step = shape.filled[i];
        each_input(plan.steps[step], occurrence, [&](std::uint32_t index, const StepInput& input) {
            // the cheap refusals first, where nobody asks about them
            if (recorder == nullptr && (i == 0 ? !interpreter.holds(input.where, occurrence.frame) : keys_.empty()))
                return;
            KeyBuffer buffer;
            Bytes& key = buffer.bytes();
            if (!key_of(input.by, plan.by, occurrence.frame, interpreter, key)) return;
            MatchPointer match;
            auto* found = keys_.find(key);
            const auto note = [&](recorded::StepOutcome outcome, const Frame& frame, Time began) {
                if (recorder != nullptr)
                    recorder->add(recorder->step(step, false, index, input, outcome, frame, began, key));
            };
            if (i > 0) {
                if (found == nullptr || !found->value.waiting[i])
                    return note(recorded::StepOutcome::not_waiting, occurrence.frame, 0);
                if (time - found->value.waiting[i]->first > plan.within) {
                    Frame frame = occurrence.frame;
                    frame.captures = found->value.waiting[i]->captures.data();
                    note(recorded::StepOutcome::too_late, frame, found->value.waiting[i]->first);
                    found->value.waiting[i].reset();
                    return;
                }
                Frame frame = occurrence.frame;
                frame.captures = found->value.waiting[i]->captures.data();
                const bool holds = interpreter.holds(input.where, frame);
                note(!holds          ? recorded::StepOutcome::where_false
                     : i + 1 == last ? recorded::StepOutcome::completed
                                     : recorded::StepOutcome::filled,
                     frame, found->value.waiting[i]->first);
                if (!holds) return;
                match = std::move(found->value.waiting[i]);
            } else {
                if (recorder != nullptr && !interpreter.holds(input.where, occurrence.frame))
                    return note(recorded::StepOutcome::where_false, occurrence.frame, 0);
                if (found == nullptr) found = &keys_.obtain(key, last + 1, memory_);
                if (!may_start(plan, shape, found->value, time, from))
                    return note(recorded::StepOutcome::undecided, occurrence.frame, 0);
                note(last == 1 ? recorded::StepOutcome::completed : recorded::StepOutcome::filled, occurrence.frame,
                     time);
                match = start(time);
            }
            fill(plan, shape, step, index, *match, occurrence, interpreter);
            if (i + 1 == last && !shape.closing.empty()) {
                match->last_fields.assign({occurrence.frame.fields, slots.size()}, slots);
                match->last_type = occurrence.frame.type;
                match->last_stated = occurrence.frame.stated;
                deadlines.push_back(match->first + plan.within);
            }
            if (i + 1 < last || !shape.closing.empty()) {
                found->value.waiting[i + 1] = std::move(match);
                return;
            }
            LiveHit hit(memory_);
            hit.input = index;
            hit.time = time;
            hit.frame = occurrence.frame;
            put_events(hit.data, match->event_count, match->events);
            hit.data += match->observed;
            hits.push_back(std::move(hit));
        });
    }
    for (const std::uint32_t step : shape.forbidden.front())
        each_input(plan.steps[step], occurrence, [&](std::uint32_t, const StepInput& input) {
            if (!interpreter.holds(input.where, occurrence.frame)) return;
            KeyBuffer key;
            if (!key_of(input.by, plan.by, occurrence.frame, interpreter, key.bytes())) return;
            Key& pending = keys_.obtain(key.bytes(), last + 1, memory_).value;
            if (pending.forbidden_last < time) pending.forbidden_earlier = pending.forbidden_last;
            pending.forbidden_last = time;
        });
}

void SequenceState::decide(const SequencePlan& plan, const SequenceShape& shape, Time deadline, const Frame& frame,
                           std::vector<LiveHit>& hits, std::deque<KeptValues>& holder, Recorder* recorder) {
    const std::size_t last = shape.filled.size();
    for (auto* const entry : keys_.sorted()) {
        MatchPointer& match = entry->value.waiting[last];
        if (!match || match->first + plan.within != deadline) continue;
        if (recorder != nullptr)
            recorder->add(recorder->step(shape.closing.front(), false, 0, StepInput{}, recorded::StepOutcome::absent,
                                         frame, match->first, entry->key()));
        LiveHit hit(memory_);
        hit.input = match->last_input;
        hit.time = deadline;
        hit.frame = frame;
        hit.frame.time = deadline;
        hit.frame.stated = match->last_stated;
        hit.frame.type = match->last_type;
        put_events(hit.data, match->event_count, match->events);
        hit.data += match->observed;
        holder.push_back(std::move(match->last_fields));
        hit.frame.fields = holder.back().data();
        holder.push_back(std::move(match->captures));
        hit.frame.captures = holder.back().data();
        hits.push_back(std::move(hit));
        match.reset();
    }
}

void SequenceState::deadlines(const SequencePlan& plan, const SequenceShape& shape, std::vector<Time>& out) const {
    if (shape.closing.empty()) return;
    keys_.for_each([&](const auto& entry) {
        if (const auto& match = entry.value.waiting.back()) out.push_back(match->first + plan.within);
    });
}

// In a snapshot: first time · input that filled the last step · number of events · captures · trail · observed values,
// with their length · of a match that waits for its deadline what the last event was: stated time, fields.
void SequenceState::save_match(const Match& match, const SequenceShape& shape, const Filling* filling,
                               SnapshotWriter& out) {
    out.signed_number(match.first);
    out.number(match.last_input);
    out.number(match.event_count);
    out.values({match.captures.data(), match.captures.size()}, shape.captures);
    match.events.save(out);
    out.text(match.observed);
    if (filling == nullptr) return;
    out.signed_number(match.last_stated);
    out.values({match.last_fields.data(), match.last_fields.size()}, filling->fields);
}

void SequenceState::load_match(Match& match, const SignalPlan& signal, const SequenceShape& shape, std::uint32_t step,
                               std::span<const Filling> closing, SnapshotReader& in) {
    match.first = in.time();
    match.last_input = in.index(signal.sequence->steps[step].inputs.size());
    match.event_count = in.number();
    in.values(shape.captures, match.captures);
    match.events.load(in);
    load_observed(signal, in.nested(), match.observed);
    if (closing.empty() || !in.ok()) return;
    match.last_stated = in.signed_number();
    match.last_type = closing[match.last_input].type;
    in.values(closing[match.last_input].fields, match.last_fields);
}

// In a snapshot: when to sweep next · number of keys · per key its bytes, the last two forbidden times, and for each
// step but the first whether a match waits there, and the match.
void SequenceState::save(const SequenceShape& shape, std::span<const Filling> last, SnapshotWriter& out) const {
    out.number(sweep_at_);
    out.number(keys_.size());
    for (const auto* const entry : keys_.sorted()) {
        const Key& key = entry->value;
        out.raw(entry->key());
        out.signed_number(key.forbidden_last);
        out.signed_number(key.forbidden_earlier);
        for (std::size_t i = 1; i <= shape.filled.size(); ++i) {
            const MatchPointer& match = key.waiting[i];
            out.flag(match != nullptr);
            const bool closing = i == shape.filled.size();
            if (match) save_match(*match, shape, closing ? &last[match->last_input] : nullptr, out);
        }
    }
}

void SequenceState::load(const SignalPlan& signal, const SequenceShape& shape, std::span<const Filling> last,
                         SnapshotReader& in) {
    const std::size_t steps = shape.filled.size();
    sweep_at_ = in.number();
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        Bytes name(memory_);
        for (const Type& type : signal.sequence->by) in.value(type, name);
        if (!in.expect(keys_.find(name) == nullptr, "a key comes twice")) return;
        Key& key = keys_.obtain(name, steps + 1, memory_).value;
        key.forbidden_last = in.signed_number();
        key.forbidden_earlier = in.signed_number();
        for (std::size_t i = 1; i <= steps && in.ok(); ++i) {
            if (!in.flag()) continue;
            if (!in.expect(i < steps || !shape.closing.empty(), "a match waits for nothing")) return;
            key.waiting[i] = start(0);
            load_match(*key.waiting[i], signal, shape, shape.filled[i - 1],
                       i == steps ? last : std::span<const Filling>{}, in);
        }
    }
}

} // namespace watchword::runtime
