#include "runtime/sequence.hpp"

#include "runtime/snapshot.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace watchword::runtime {

namespace {

constexpr std::uint32_t least_swept = 1;          // keys
constexpr std::uint32_t least_swept_recorded = 8; // so that the recording can still say what came too late

} // namespace

SequenceShape::SequenceShape(const Program& program, const SequencePlan& plan) {
    std::vector<std::vector<std::uint32_t>> forbidden; // before filled step i
    std::vector<std::uint32_t> between;
    for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
        if (plan.steps[i].forbidden) {
            between.push_back(i);
            continue;
        }
        filled.push_back(i);
        notes.emplace_back(program, plan.steps[i], plan.by);
        forbidden.push_back(std::move(between));
        between.clear();
    }
    closing = std::move(between);
    forbids_first = !forbidden.front().empty();
    for (const KeptSlot& slot : plan.captures) captures.push_back(slot.type);

    // one occurrence fills or is a step at most once: by the first input that hears it
    std::uint16_t turns = 0;
    const auto add = [&](SequenceAct::What what, const std::vector<StepPlan>& steps, std::uint32_t step,
                         std::uint32_t waiting) {
        ++turns;
        std::vector<SequenceHearing*> done;
        for (std::uint32_t i = 0; i < steps[step].inputs.size(); ++i) {
            const StepInput& input = steps[step].inputs[i];
            SequenceHearing& source = hearing[hearing_of(input.is_signal, input.source)];
            if (std::find(done.begin(), done.end(), &source) != done.end()) continue;
            done.push_back(&source);
            source.acts.push_back({what, turns, step, i, waiting});
            if (what == SequenceAct::What::clear) ++source.clears;
            source.may_begin |= what == SequenceAct::What::recall || (what == SequenceAct::What::fill && waiting == 0);
        }
    };
    for (const auto* steps : {&plan.until, &plan.steps})
        for (const StepPlan& step : *steps)
            for (const StepInput& input : step.inputs)
                if (hearing_of(input.is_signal, input.source) == hearing.size())
                    hearing.push_back({input.is_signal, input.source, false, 0, 0, {}});
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
    for (SequenceHearing& source : hearing) {
        const auto waits_elsewhere = [&](const SequenceAct& act) { return act.waiting != source.acts[0].waiting; };
        if (source.clears == 0 && std::none_of(source.acts.begin(), source.acts.end(), waits_elsewhere))
            source.awaits = source.acts.empty() ? 0 : source.acts[0].waiting;
    }
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
    if (recent_ == nullptr || by.size() > 1) return nullptr;
    if (by.empty()) return recent_; // there is one key
    const Value value = interpreter.run(by.front(), frame);
    return value.present() && are_bytes_of(recent_->key(), value, types.front()) ? recent_ : nullptr;
}

SequenceState::Key::~Key() {
    for (Match* match = &home; match != nullptr;) {
        drop(*match);
        match->notes.release(memory);
        Match* const next = match->next;
        if (match != &home) memory->deallocate(match, sizeof(Match), alignof(Match));
        match = next;
    }
}

/// For a match that waits for nothing yet.
SequenceState::Match& SequenceState::Key::room() {
    if (Match* const unused = waiting_for(0)) return *unused;
    auto* const match = ::new (memory->allocate(sizeof(Match), alignof(Match))) Match;
    match->next = home.next;
    home.next = match;
    return *match;
}

SequenceState::More& SequenceState::Key::more_of(Match& match) const {
    if (match.more == nullptr) match.more = ::new (memory->allocate(sizeof(More), alignof(More))) More(memory);
    return *match.more;
}

/// The room stays.
void SequenceState::Key::drop(Match& match) const {
    match.place = 0;
    match.notes.clear();
    if (match.more == nullptr) return;
    std::destroy_at(match.more);
    memory->deallocate(std::exchange(match.more, nullptr), sizeof(More), alignof(More));
}

/// Nothing is waited for and nothing remembered any more; the rooms stay.
void SequenceState::Key::reset() {
    for_each([&](Match& match) { drop(match); });
    forbidden_last = forbidden_earlier = beginning;
}

/// The key's, which has none so far. Mostly another key's that nothing waits for any more becomes it.
SequenceState::Entry& SequenceState::make(const SequencePlan& plan, std::string_view key, Time time, bool is_recorded) {
    if (keys_.size() >= (is_recorded ? std::max(sweep_at_, least_swept_recorded) : sweep_at_))
        if (Entry* const unused = sweep(plan, key, time)) return *unused;
    return keys_.obtain(key, keys_.memory());
}

void SequenceState::clear(const SequencePlan& plan, const SequenceAct& act, const Frame& frame,
                          SignalContext& context) {
    const StepInput& input = plan.until[act.step].inputs[act.input];
    const bool holds = context.interpreter.holds(input.where, frame);
    bool any = false;
    const auto clear = [&](Key& key) {
        key.for_each([&](Match& match) {
            any = true;
            key.drop(match);
        });
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

/// Keeps what later steps read of the occurrence.
void SequenceState::capture(const SequenceShape& shape, const StepInput& filled, const Key& key, Match& match,
                            const Frame& frame, Interpreter& interpreter) {
    std::vector<Value> values(shape.captures.size());
    KeptValues& captures = key.more_of(match).captures;
    for (std::size_t i = 0; i < captures.size(); ++i) values[i] = captures.data()[i];
    for (const auto& [code, slot] : filled.captures) values[slot] = interpreter.run(code, frame);
    captures.assign(values, shape.captures);
}

/// The match goes on to wait for filled step `place`, in place of the one that waited for it.
void SequenceState::wait(const Key& key, Match& match, std::uint32_t place) {
    Match* const older = key.waiting_for(place);
    if (older != nullptr && older != &match) key.drop(*older);
    match.place = place;
    if (place <= latest_.size()) latest_[place - 1] = std::max(latest_[place - 1], match.first);
}

void SequenceState::forbid(const SequencePlan& plan, const SequenceAct& act, const Frame& occurrence,
                           SignalContext& context) {
    const StepInput& input = plan.steps[act.step].inputs[act.input];
    KeyBuffer key;
    if (keys_.empty() || !key_of(input.by, plan.by, occurrence, context.interpreter, key)) return;
    auto* const found = keys_.find(key.bytes());
    if (found == nullptr) return;
    Match* const match = found->value.waiting_for(act.waiting);
    if (match == nullptr) return;
    Frame frame = occurrence;
    frame.captures = match->captures();
    const bool holds = context.interpreter.holds(input.where, frame);
    if (context.recorder != nullptr)
        context.recorder->add(
            context.recorder->step(act.step, false, act.input, input,
                                   holds ? recorded::StepOutcome::killed : recorded::StepOutcome::where_false, frame,
                                   match->first, key.bytes()));
    if (holds) found->value.drop(*match);
}

void SequenceState::recall(const SequencePlan& plan, const SequenceAct& act, const Frame& frame,
                           SignalContext& context) {
    const StepInput& input = plan.steps[act.step].inputs[act.input];
    if (!context.interpreter.holds(input.where, frame)) return;
    KeyBuffer key;
    if (!key_of(input.by, plan.by, frame, context.interpreter, key)) return;
    Entry* found = keys_.find(key.bytes());
    if (found == nullptr) found = &make(plan, key.bytes(), frame.time, context.recorder != nullptr);
    Key& pending = found->value;
    if (pending.forbidden_last < frame.time) pending.forbidden_earlier = pending.forbidden_last;
    pending.forbidden_last = frame.time;
}

bool SequenceState::may_start(const SequencePlan& plan, const SequenceShape& shape, const Key& key, Time time,
                              Time from) const {
    if (!shape.forbids_first) return true;
    if (time - plan.within < from) return false; // not decided: what came before the watch is not known
    const Time last = key.forbidden_last < time ? key.forbidden_last : key.forbidden_earlier;
    return last < time - plan.within;
}

/// Of keys for which nothing waits any more, one becomes `key`, if there is room in it; the others are forgotten.
SequenceState::Entry* SequenceState::sweep(const SequencePlan& plan, std::string_view key, Time time) {
    Entry* unused = nullptr;
    keys_.erase_if([&](Entry& entry) {
        bool is_needed = entry.value.forbidden_last >= time - plan.within;
        entry.value.for_each([&](const Match& match) { is_needed |= match.first + plan.within >= time; });
        if (!is_needed && unused == nullptr && keys_.has_room(entry, key)) {
            unused = &entry;
            return false;
        }
        return !is_needed;
    });
    recent_ = nullptr;
    if (unused != nullptr) {
        keys_.rename(*unused, key);
        unused->value.reset();
    }
    sweep_at_ = std::max(least_swept, 2 * static_cast<std::uint32_t>(keys_.size() - (unused != nullptr ? 1 : 0)));
    return unused;
}

void SequenceState::offer(const SequencePlan& plan, const SequenceShape& shape, const SequenceHearing& hearing,
                          const Frame& frame, const std::vector<Type>& slots, SignalContext& context) {
    if (context.recorder == nullptr && ignores(plan, hearing, frame.time)) return;
    for (std::uint32_t i = 0; i < hearing.clears; ++i) clear(plan, hearing.acts[i], frame, context);
    for (std::size_t i = hearing.clears; i < hearing.acts.size(); ++i)
        perform(plan, shape, hearing.acts[i], frame, slots, context);
}

void SequenceState::offer_together(const SequencePlan& plan, const SequenceShape& shape,
                                   std::span<const SequenceOccurrence> all, SignalContext& context) {
    if (all.size() == 1) return offer(plan, shape, *all[0].hearing, all[0].frame, *all[0].slots, context);
    std::vector<std::size_t> next(all.size(), 0); // of each one's acts, which are in the order of turns
    constexpr std::uint32_t none_left = UINT32_MAX;
    const auto turn_of = [&](std::size_t i) {
        return next[i] < all[i].hearing->acts.size() ? all[i].hearing->acts[next[i]].turn : none_left;
    };
    while (true) {
        std::uint32_t turn = none_left;
        for (std::size_t i = 0; i < all.size(); ++i) turn = std::min<std::uint32_t>(turn, turn_of(i));
        if (turn == none_left) return;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (turn_of(i) == turn)
                perform(plan, shape, all[i].hearing->acts[next[i]++], all[i].frame, *all[i].slots, context);
    }
}

inline void SequenceState::perform(const SequencePlan& plan, const SequenceShape& shape, const SequenceAct& act,
                                   const Frame& frame, const std::vector<Type>& slots, SignalContext& context) {
    switch (act.what) {
    case SequenceAct::What::fill:
        return fill(plan, shape, act, frame, slots, context);
    case SequenceAct::What::forbid:
        return forbid(plan, act, frame, context);
    case SequenceAct::What::recall:
        return recall(plan, act, frame, context);
    case SequenceAct::What::clear:
        return clear(plan, act, frame, context);
    }
}

void SequenceState::fill(const SequencePlan& plan, const SequenceShape& shape, const SequenceAct& act,
                         const Frame& occurrence, const std::vector<Type>& slots, SignalContext& context) {
    const Time time = occurrence.time;
    const std::size_t last = shape.filled.size();
    const std::uint32_t place = act.waiting;
    const StepInput& input = plan.steps[act.step].inputs[act.input];
    Interpreter& interpreter = context.interpreter;
    Recorder* const recorder = context.recorder;
    // the cheap refusals first, where nobody asks about them
    if (recorder == nullptr && (place == 0 ? !interpreter.holds(input.where, occurrence) : is_over(plan, place, time)))
        return;
    KeyBuffer key;
    Entry* found = recorder == nullptr ? find_recent(input.by, plan.by, occurrence, interpreter) : nullptr;
    if (found == nullptr) {
        if (!key_of(input.by, plan.by, occurrence, interpreter, key)) return;
        found = keys_.find(key.bytes());
        if (found != nullptr) recent_ = found;
    }
    Match* match = found == nullptr ? nullptr : found->value.waiting_for(std::max(place, 1U));
    const auto note = [&](recorded::StepOutcome outcome, const Frame& frame, Time began) {
        if (recorder != nullptr)
            recorder->add(recorder->step(act.step, false, act.input, input, outcome, frame, began, key.bytes()));
    };
    if (place > 0) {
        if (match == nullptr) return note(recorded::StepOutcome::not_waiting, occurrence, 0);
        std::optional<Frame> own;
        const Frame& seen = match->shown_with(occurrence, own);
        if (time - match->first > plan.within) {
            note(recorded::StepOutcome::too_late, seen, match->first);
            // without a recorder it may stay: what can be ignored must not show, or states would differ
            if (recorder != nullptr) found->value.drop(*match);
            return;
        }
        const bool holds = interpreter.holds(input.where, seen);
        note(!holds              ? recorded::StepOutcome::where_false
             : place + 1 == last ? recorded::StepOutcome::completed
                                 : recorded::StepOutcome::filled,
             seen, match->first);
        if (!holds) return;
    } else {
        if (recorder != nullptr && !interpreter.holds(input.where, occurrence))
            return note(recorded::StepOutcome::where_false, occurrence, 0);
        if (found == nullptr) found = recent_ = &make(plan, key.bytes(), time, recorder != nullptr);
        if (!may_start(plan, shape, found->value, time, context.from))
            return note(recorded::StepOutcome::undecided, occurrence, 0);
        note(last == 1 ? recorded::StepOutcome::completed : recorded::StepOutcome::filled, occurrence, time);
        if (match == nullptr)
            match = &found->value.room();
        else
            found->value.drop(*match); // the newest replaces it
        match->first = time;
    }
    const Key& pending = found->value;
    std::optional<Frame> own;
    const Frame& frame = match->shown_with(occurrence, own);
    KeyBuffer noted;
    shape.notes[place].put(noted, act.input, interpreter, frame);
    if (place + 1 == last && shape.closing.empty()) {
        const Completion completion{occurrence.id, noted.bytes()};
        add_hit(shape, *found, *match, &completion, act.input, occurrence, context);
        return pending.drop(*match);
    }
    if (!shape.captures.empty()) capture(shape, input, pending, *match, frame, interpreter);
    match->notes.add(occurrence.id, noted.bytes(), pending.memory);
    match->last_input = act.input;
    if (place + 1 == last) {
        More& more = pending.more_of(*match);
        more.last_fields.assign({occurrence.fields, slots.size()}, slots);
        more.last_type = occurrence.type;
        more.last_stated = occurrence.stated;
        context.deadlines.push_back(match->first + plan.within);
    }
    wait(pending, *match, place + 1);
}

/// A completed match is one: the newest of its events, and all it has seen.
void SequenceState::add_hit(const SequenceShape& shape, const Entry& entry, const Match& match,
                            const Completion* completion, std::uint32_t input, const Frame& frame,
                            SignalContext& context) {
    LiveHit& hit = context.add_hit(input, frame, entry.value.memory);
    const std::size_t steps = shape.filled.size();
    const std::size_t listed = std::min(steps, listed_events);
    const auto each_step = [&](auto visit) {
        std::size_t step = 0;
        match.notes.for_each([&](std::string_view id, std::string_view note) { visit(step++, id, note); });
        if (completion != nullptr) visit(step, completion->id, completion->note);
    };
    put_number(hit.data, steps);
    put_number(hit.data, listed);
    each_step([&](std::size_t step, std::string_view id, std::string_view) {
        if (step + listed >= steps) put_id(hit.data, id);
    });
    each_step([&](std::size_t step, std::string_view, std::string_view note) {
        shape.notes[step].tell(shape.filled[step], note, entry.key(), hit.data);
    });
}

void SequenceState::decide(const SequencePlan& plan, const SequenceShape& shape, Time deadline, const Frame& frame,
                           SignalContext& context) {
    const auto last = static_cast<std::uint32_t>(shape.filled.size());
    for (auto* const entry : keys_.sorted()) {
        const Key& key = entry->value;
        Match* const match = key.waiting_for(last);
        if (match == nullptr || match->first + plan.within != deadline) continue;
        if (context.recorder != nullptr)
            context.recorder->add(context.recorder->step(shape.closing.front(), false, 0, StepInput{},
                                                         recorded::StepOutcome::absent, frame, match->first,
                                                         entry->key()));
        add_hit(shape, *entry, *match, nullptr, match->last_input, frame, context);
        std::deque<KeptValues>& holder = context.hits.kept;
        LiveHit& hit = context.hits.live.back();
        hit.time = hit.frame.time = deadline;
        More& more = key.more_of(*match);
        hit.frame.stated = more.last_stated;
        hit.frame.type = more.last_type;
        holder.push_back(std::move(more.last_fields));
        hit.frame.fields = holder.back().data();
        holder.push_back(std::move(more.captures));
        hit.frame.captures = holder.back().data();
        key.drop(*match);
    }
}

void SequenceState::deadlines(const SequencePlan& plan, const SequenceShape& shape, std::vector<Time>& out) const {
    if (shape.closing.empty()) return;
    keys_.for_each([&](const auto& entry) {
        if (const auto* match = entry.value.waiting_for(static_cast<std::uint32_t>(shape.filled.size())))
            out.push_back(match->first + plan.within);
    });
}

// In a snapshot: first time · input that filled the last step · captures · of each filled step the event's id and, with
// its length, the note · of a match that waits for its deadline what the last event was: stated time, fields.
void SequenceState::save_match(const Match& match, const SequenceShape& shape, const Filling* filling,
                               SnapshotWriter& out) {
    out.signed_number(match.first);
    out.number(match.last_input);
    const auto values = [&](const KeptValues* kept, std::span<const Type> types) {
        out.values(kept == nullptr ? std::span<const Value>{} : std::span(kept->data(), kept->size()), types);
    };
    values(match.more == nullptr ? nullptr : &match.more->captures, shape.captures);
    match.notes.for_each([&](std::string_view id, std::string_view note) {
        out.text(id);
        out.text(note);
    });
    if (filling == nullptr) return;
    out.signed_number(match.more == nullptr ? 0 : match.more->last_stated);
    values(match.more == nullptr ? nullptr : &match.more->last_fields, filling->fields);
}

void SequenceState::load_match(const Key& key, Match& match, const SignalPlan& signal, const SequenceShape& shape,
                               std::uint32_t place, std::span<const Filling> closing, SnapshotReader& in) {
    match.first = in.time();
    match.last_input = in.index(signal.sequence->steps[shape.filled[place - 1]].inputs.size());
    KeptValues captures(key.memory);
    in.values(shape.captures, captures);
    if (captures.size() != 0) key.more_of(match).captures = std::move(captures);
    for (std::uint32_t i = 0; i < place && in.ok(); ++i) {
        const std::string_view id = in.text();
        KeyBuffer note;
        shape.notes[i].load(in.nested(), note);
        match.notes.add(id, note.bytes(), key.memory);
    }
    if (closing.empty() || !in.ok()) return;
    More& more = key.more_of(match);
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
        for (std::uint32_t i = 1; i <= shape.filled.size(); ++i) {
            const Match* const match = key.waiting_for(i);
            out.flag(match != nullptr);
            const bool closing = i == shape.filled.size();
            if (match != nullptr) save_match(*match, shape, closing ? &last[match->last_input] : nullptr, out);
        }
    }
}

void SequenceState::load(const SignalPlan& signal, const SequenceShape& shape, std::span<const Filling> last,
                         SnapshotReader& in) {
    const std::size_t steps = shape.filled.size();
    sweep_at_ = in.index(UINT32_MAX);
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        Bytes name(keys_.memory());
        for (const Type& type : signal.sequence->by) in.value(type, name);
        if (!in.expect(keys_.find(name) == nullptr, "a key comes twice")) return;
        Key& key = keys_.obtain(name, keys_.memory()).value;
        key.forbidden_last = in.signed_number();
        key.forbidden_earlier = in.signed_number();
        for (std::uint32_t i = 1; i <= steps && in.ok(); ++i) {
            if (!in.flag()) continue;
            if (!in.expect(i < steps || !shape.closing.empty(), "a match waits for nothing")) return;
            Match& match = key.room();
            load_match(key, match, signal, shape, i, i == steps ? last : std::span<const Filling>{}, in);
            wait(key, match, i);
        }
    }
}

} // namespace watchword::runtime
