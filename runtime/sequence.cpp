#include "runtime/sequence.hpp"

#include "runtime/snapshot.hpp"

#include <algorithm>
#include <utility>

namespace watchword::runtime {

namespace {

constexpr std::size_t least_swept = 8;     // keys
constexpr std::size_t least_observed = 47; // bytes; with the end a multiple of 16

} // namespace

SequenceShape::SequenceShape(const SequencePlan& plan) {
    std::vector<std::vector<std::uint32_t>> forbidden; // before filled step i
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
    forbids_first = !forbidden.front().empty();
    for (const KeptSlot& slot : plan.captures) captures.push_back(slot.type);

    // one occurrence fills or is a step at most once: by the first input that hears it
    const auto add = [&](SequenceAct::What what, const std::vector<StepPlan>& steps, std::uint32_t step,
                         std::uint32_t waiting) {
        std::vector<SequenceHearing*> done;
        for (std::uint32_t i = 0; i < steps[step].inputs.size(); ++i) {
            const StepInput& input = steps[step].inputs[i];
            SequenceHearing& source = hearing[hearing_of(input.is_signal, input.source)];
            if (std::find(done.begin(), done.end(), &source) != done.end()) continue;
            done.push_back(&source);
            source.acts.push_back({what, step, i, waiting});
            if (what == SequenceAct::What::clear) ++source.clears;
            source.may_begin |= what == SequenceAct::What::recall || (what == SequenceAct::What::fill && waiting == 0);
        }
    };
    for (const auto* steps : {&plan.until, &plan.steps})
        for (const StepPlan& step : *steps)
            for (const StepInput& input : step.inputs)
                if (hearing_of(input.is_signal, input.source) == hearing.size())
                    hearing.push_back({input.is_signal, input.source, false, 0, {}});
    const auto last = static_cast<std::uint32_t>(filled.size());
    using What = SequenceAct::What;
    for (std::uint32_t i = 0; i < plan.until.size(); ++i) add(What::clear, plan.until, i, 0);
    for (const std::uint32_t step : closing) add(What::forbid, plan.steps, step, last);
    for (std::uint32_t i = last; i-- > 0;) {
        if (i > 0)
            for (const std::uint32_t step : forbidden[i]) add(What::forbid, plan.steps, step, i);
        add(What::fill, plan.steps, filled[i], i);
    }
    for (const std::uint32_t step : forbidden.front()) add(What::recall, plan.steps, step, 0);
}

std::uint32_t SequenceShape::hearing_of(bool is_signal, std::uint32_t source) const {
    const auto found = std::find_if(hearing.begin(), hearing.end(), [&](const SequenceHearing& one) {
        return one.is_signal == is_signal && one.source == source;
    });
    return static_cast<std::uint32_t>(found - hearing.begin());
}

bool SequenceState::key_of(const std::vector<CodeId>& by, const std::vector<Type>& types, const Frame& frame,
                           Interpreter& interpreter, KeyBuffer& key) const {
    key.clear();
    for (std::size_t i = 0; i < by.size(); ++i) {
        const Value value = interpreter.run(by[i], frame);
        if (!value.present()) return false; // a missing key groups nothing
        put_value(key, value, types[i]);
    }
    return true;
}

/// What is kept of the key of the one before, if this has the same; nullptr: it has not, or it takes longer to tell.
inline SequenceState::Entry* SequenceState::find_recent(const std::vector<CodeId>& by, const std::vector<Type>& types,
                                                        const Frame& frame, Interpreter& interpreter) const {
    if (recent_ == nullptr || by.size() != 1) return nullptr;
    const Value value = interpreter.run(by.front(), frame);
    return value.present() && are_bytes_of(recent_->key(), value, types.front()) ? recent_ : nullptr;
}

void SequenceState::clear(const SequencePlan& plan, const SequenceAct& act, const Frame& frame,
                          SignalContext& context) {
    const StepInput& input = plan.until[act.step].inputs[act.input];
    const bool holds = context.interpreter.holds(input.where, frame);
    bool any = false;
    const auto clear = [&](Key& pending) {
        for (MatchPointer& match : pending.waiting) {
            any = any || match != nullptr;
            match.reset();
        }
    };
    KeyBuffer key;
    if (holds && input.by.empty()) {
        keys_.for_each([&](auto& entry) { clear(entry.value); });
    } else if (holds && key_of(input.by, plan.by, frame, context.interpreter, key)) {
        if (auto* const found = keys_.find(key.bytes())) clear(found->value);
    }
    if (context.recorder == nullptr) return;
    const auto outcome = !holds ? recorded::StepOutcome::where_false
                         : any  ? recorded::StepOutcome::cleared
                                : recorded::StepOutcome::not_waiting;
    context.recorder->add(context.recorder->step(act.step, true, act.input, input, outcome, frame, 0, key.bytes()));
}

/// Puts the occurrence into a match.
void SequenceState::enter(const SequencePlan& plan, const SequenceShape& shape, const SequenceAct& act, Match& match,
                          const Frame& occurrence, Interpreter& interpreter) {
    const StepInput& filled = plan.steps[act.step].inputs[act.input];
    if (!filled.observations.empty() || !plan.captures.empty()) {
        std::optional<Frame> own;
        const Frame& frame = match.shown_with(occurrence, own);
        if (match.observed.empty() && !filled.observations.empty()) match.observed.reserve(least_observed);
        put_observed(match.observed, {act.step + 1, act.input}, filled.observations, interpreter, frame);
        if (!plan.captures.empty()) {
            std::vector<Value> values(plan.captures.size());
            KeptValues& captures = match.more().captures;
            for (std::size_t i = 0; i < captures.size(); ++i) values[i] = captures.data()[i];
            for (const auto& [code, slot] : filled.captures) values[slot] = interpreter.run(code, frame);
            captures.assign(values, shape.captures);
        }
    }
    match.events.add(occurrence.time, occurrence.id);
    ++match.event_count;
    match.last_input = act.input;
}

void SequenceState::forbid(const SequencePlan& plan, const SequenceAct& act, const Frame& occurrence,
                           SignalContext& context) {
    const StepInput& input = plan.steps[act.step].inputs[act.input];
    KeyBuffer key;
    if (keys_.empty() || !key_of(input.by, plan.by, occurrence, context.interpreter, key)) return;
    auto* const found = keys_.find(key.bytes());
    if (found == nullptr || !found->value.at(act.waiting)) return;
    MatchPointer& match = found->value.at(act.waiting);
    Frame frame = occurrence;
    frame.captures = match->captures();
    const bool holds = context.interpreter.holds(input.where, frame);
    if (context.recorder != nullptr)
        context.recorder->add(
            context.recorder->step(act.step, false, act.input, input,
                                   holds ? recorded::StepOutcome::killed : recorded::StepOutcome::where_false, frame,
                                   match->first, key.bytes()));
    if (holds) match.reset();
}

void SequenceState::recall(const SequencePlan& plan, const SequenceShape& shape, const SequenceAct& act,
                           const Frame& frame, SignalContext& context) {
    const StepInput& input = plan.steps[act.step].inputs[act.input];
    if (!context.interpreter.holds(input.where, frame)) return;
    KeyBuffer key;
    if (!key_of(input.by, plan.by, frame, context.interpreter, key)) return;
    Key& pending = keys_.obtain(key.bytes(), shape.filled.size(), memory_).value;
    if (pending.forbidden_last < frame.time) pending.forbidden_earlier = pending.forbidden_last;
    pending.forbidden_last = frame.time;
}

void SequenceState::Match::drop_more() {
    if (some_more == nullptr) return;
    std::destroy_at(some_more);
    memory->deallocate(std::exchange(some_more, nullptr), sizeof(More), alignof(More));
}

void SequenceState::Match::begin(Time time) {
    drop_more();
    first = time;
    event_count = 0;
    events.clear();
    observed.clear();
}

SequenceState::More& SequenceState::Match::more() {
    if (some_more == nullptr) some_more = ::new (memory->allocate(sizeof(More), alignof(More))) More(memory);
    return *some_more;
}

void SequenceState::ReturnMatch::operator()(Match* match) const {
    std::pmr::memory_resource* const memory = match->memory;
    std::destroy_at(match);
    memory->deallocate(match, sizeof(Match), alignof(Match));
}

SequenceState::MatchPointer SequenceState::start(Time time) const {
    MatchPointer match(::new (memory_->allocate(sizeof(Match), alignof(Match))) Match(memory_));
    match->first = time;
    return match;
}

/// In the place of one that would be replaced by it; nullptr: there is none.
SequenceState::MatchPointer SequenceState::start_anew(MatchPointer former, Time time) const {
    if (former == nullptr) return start(time);
    former->begin(time);
    return former;
}

bool SequenceState::may_start(const SequencePlan& plan, const SequenceShape& shape, const Key& key, Time time,
                              Time from) const {
    if (!shape.forbids_first) return true;
    if (time - plan.within < from) return false; // not decided: what came before the watch is not known
    const Time last = key.forbidden_last < time ? key.forbidden_last : key.forbidden_earlier;
    return last < time - plan.within;
}

void SequenceState::sweep(const SequencePlan& plan, Time time) {
    keys_.erase_if([&](const auto& entry) {
        if (entry.value.forbidden_last >= time - plan.within) return false;
        for (const auto& match : entry.value.waiting)
            if (match && match->first + plan.within >= time) return false;
        return true;
    });
    recent_ = nullptr;
    sweep_at_ = keys_.size() * 2 < least_swept ? least_swept : keys_.size() * 2;
}

void SequenceState::offer(const SequencePlan& plan, const SequenceShape& shape, const SequenceHearing& hearing,
                          const Frame& frame, std::span<const Type> slots, SignalContext& context) {
    for (std::uint32_t i = 0; i < hearing.clears; ++i) clear(plan, hearing.acts[i], frame, context);
    if (keys_.size() >= sweep_at_) sweep(plan, frame.time);
    for (std::size_t i = hearing.clears; i < hearing.acts.size(); ++i) {
        const SequenceAct& act = hearing.acts[i];
        if (act.what == SequenceAct::What::fill)
            fill(plan, shape, act, frame, slots, context);
        else if (act.what == SequenceAct::What::forbid)
            forbid(plan, act, frame, context);
        else
            recall(plan, shape, act, frame, context);
    }
}

void SequenceState::fill(const SequencePlan& plan, const SequenceShape& shape, const SequenceAct& act,
                         const Frame& occurrence, std::span<const Type> slots, SignalContext& context) {
    const Time time = occurrence.time;
    const std::size_t last = shape.filled.size();
    const std::uint32_t place = act.waiting;
    const StepInput& input = plan.steps[act.step].inputs[act.input];
    Interpreter& interpreter = context.interpreter;
    Recorder* const recorder = context.recorder;
    // the cheap refusals first, where nobody asks about them
    if (recorder == nullptr && (place == 0 ? !interpreter.holds(input.where, occurrence) : keys_.empty())) return;
    KeyBuffer key;
    Entry* found = recorder == nullptr ? find_recent(input.by, plan.by, occurrence, interpreter) : nullptr;
    if (found == nullptr) {
        if (!key_of(input.by, plan.by, occurrence, interpreter, key)) return;
        found = keys_.find(key.bytes());
        if (found != nullptr) recent_ = found;
    }
    MatchPointer match;
    const auto note = [&](recorded::StepOutcome outcome, const Frame& frame, Time began) {
        if (recorder != nullptr)
            recorder->add(recorder->step(act.step, false, act.input, input, outcome, frame, began, key.bytes()));
    };
    if (place > 0) {
        if (found == nullptr || !found->value.at(place)) return note(recorded::StepOutcome::not_waiting, occurrence, 0);
        MatchPointer& waiting = found->value.at(place);
        std::optional<Frame> own;
        const Frame& seen = waiting->shown_with(occurrence, own);
        if (time - waiting->first > plan.within) {
            note(recorded::StepOutcome::too_late, seen, waiting->first);
            waiting.reset();
            return;
        }
        const bool holds = interpreter.holds(input.where, seen);
        note(!holds              ? recorded::StepOutcome::where_false
             : place + 1 == last ? recorded::StepOutcome::completed
                                 : recorded::StepOutcome::filled,
             seen, waiting->first);
        if (!holds) return;
        match = std::move(waiting);
    } else {
        if (recorder != nullptr && !interpreter.holds(input.where, occurrence))
            return note(recorded::StepOutcome::where_false, occurrence, 0);
        if (found == nullptr) found = recent_ = &keys_.obtain(key.bytes(), last, memory_);
        if (!may_start(plan, shape, found->value, time, context.from))
            return note(recorded::StepOutcome::undecided, occurrence, 0);
        note(last == 1 ? recorded::StepOutcome::completed : recorded::StepOutcome::filled, occurrence, time);
        match = start_anew(std::move(found->value.at(1)), time);
    }
    enter(plan, shape, act, *match, occurrence, interpreter);
    if (place + 1 == last && !shape.closing.empty()) {
        More& more = match->more();
        more.last_fields.assign({occurrence.fields, slots.size()}, slots);
        more.last_type = occurrence.type;
        more.last_stated = occurrence.stated;
        context.deadlines.push_back(match->first + plan.within);
    }
    if (place + 1 < last || !shape.closing.empty()) {
        found->value.at(place + 1) = std::move(match);
        return;
    }
    LiveHit& hit = context.add_hit(act.input, occurrence, memory_);
    put_events(hit.data, match->event_count, match->events);
    hit.data += match->observed;
}

void SequenceState::decide(const SequencePlan& plan, const SequenceShape& shape, Time deadline, const Frame& frame,
                           SignalContext& context) {
    const std::size_t last = shape.filled.size();
    for (auto* const entry : keys_.sorted()) {
        MatchPointer& match = entry->value.at(last);
        if (!match || match->first + plan.within != deadline) continue;
        if (context.recorder != nullptr)
            context.recorder->add(context.recorder->step(shape.closing.front(), false, 0, StepInput{},
                                                         recorded::StepOutcome::absent, frame, match->first,
                                                         entry->key()));
        std::deque<KeptValues>& holder = context.hits.kept;
        LiveHit& hit = context.add_hit(match->last_input, frame, memory_);
        hit.time = hit.frame.time = deadline;
        More& more = match->more();
        hit.frame.stated = more.last_stated;
        hit.frame.type = more.last_type;
        put_events(hit.data, match->event_count, match->events);
        hit.data += match->observed;
        holder.push_back(std::move(more.last_fields));
        hit.frame.fields = holder.back().data();
        holder.push_back(std::move(more.captures));
        hit.frame.captures = holder.back().data();
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
    const More none{match.memory};
    const More& more = match.some_more == nullptr ? none : *match.some_more;
    out.values({more.captures.data(), more.captures.size()}, shape.captures);
    match.events.save(out);
    out.text(match.observed);
    if (filling == nullptr) return;
    out.signed_number(more.last_stated);
    out.values({more.last_fields.data(), more.last_fields.size()}, filling->fields);
}

void SequenceState::load_match(Match& match, const SignalPlan& signal, const SequenceShape& shape, std::uint32_t step,
                               std::span<const Filling> closing, SnapshotReader& in) {
    match.first = in.time();
    match.last_input = in.index(signal.sequence->steps[step].inputs.size());
    match.event_count = in.number();
    KeptValues captures(match.memory);
    in.values(shape.captures, captures);
    if (captures.size() != 0) match.more().captures = std::move(captures);
    match.events.load(in);
    load_observed(signal, in.nested(), match.observed);
    if (closing.empty() || !in.ok()) return;
    More& more = match.more();
    more.last_stated = in.signed_number();
    more.last_type = closing[match.last_input].type;
    in.values(closing[match.last_input].fields, more.last_fields);
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
            const MatchPointer& match = key.at(i);
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
        Key& key = keys_.obtain(name, steps, memory_).value;
        key.forbidden_last = in.signed_number();
        key.forbidden_earlier = in.signed_number();
        for (std::size_t i = 1; i <= steps && in.ok(); ++i) {
            if (!in.flag()) continue;
            if (!in.expect(i < steps || !shape.closing.empty(), "a match waits for nothing")) return;
            key.at(i) = start(0);
            load_match(*key.at(i), signal, shape, shape.filled[i - 1], i == steps ? last : std::span<const Filling>{},
                       in);
        }
    }
}

} // namespace watchword::runtime
