#include "runtime/watch.hpp"

#include "runtime/prefetch.hpp"
#include "runtime/running_signal.hpp"
#include "runtime/snapshot.hpp"

#include <algorithm>

namespace watchword::runtime {

WatchPointer Watch::make(std::uint32_t policy, const PolicyShape& shape, PersonId person, std::uint64_t serial,
                         StateMemory& memory) {
    return WatchPointer(::new (memory.pool.allocate(sizeof(Watch), alignof(Watch)))
                            Watch(policy, shape, person, serial, memory));
}

Watch::~Watch() {
    if (story_ == nullptr) return;
    std::destroy_at(story_);
    memory()->deallocate(story_, sizeof(WatchStory), alignof(WatchStory));
}

WatchStory& Watch::own_story() {
    if (story_ == nullptr)
        story_ = ::new (memory()->allocate(sizeof(WatchStory), alignof(WatchStory))) WatchStory(memory());
    return *story_;
}

const WatchStory& Watch::no_story() {
    static const WatchStory blank{std::pmr::null_memory_resource()};
    return blank;
}

void ReturnWatch::operator()(Watch* watch) const {
    std::pmr::memory_resource* const memory = watch->memory();
    std::destroy_at(watch);
    memory->deallocate(watch, sizeof(Watch), alignof(Watch));
}

bool excepted(const std::vector<ExceptionPlan>& exceptions, std::uint32_t signal, std::uint32_t event,
              const Frame& frame, Interpreter& interpreter, Recorder* recorder) {
    for (std::uint32_t i = 0; i < exceptions.size(); ++i) {
        const ExceptionPlan& exception = exceptions[i];
        if (frame.time >= exception.until) continue;
        for (std::size_t k = 0; k < exception.inputs.size(); ++k) {
            if (exception.inputs[k].first != event) continue;
            const bool taken = interpreter.holds(exception.inputs[k].second, frame);
            if (recorder != nullptr)
                recorder->add(recorded::Exception{signal, i, taken, recorder->read(exception.parts, k, frame)});
            if (taken) return true;
        }
    }
    return false;
}

void Watch::offer(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, bool is_signal,
                  std::uint32_t source, const Frame& frame, SignalContext& context) {
    const SignalPlan& of = plan.signals[signal];
    const SignalShape& sorted = shape.signals[signal];
    context.signal = signal;
    if (context.recorder != nullptr) context.recorder->set_signal(signal);
    if (!of.exceptions.empty() && !is_signal &&
        excepted(of.exceptions, signal, source, frame, context.interpreter, context.recorder))
        return;
    void* const state = states_.find(sorted.place);
    if (of.sequence) { // inner hits come to sequences by `offer_together`
        const std::uint32_t heard = sorted.sequence->hearing_of(false, source);
        if (heard == sorted.sequence->hearing.size()) return;
        return offer_sequence(sorted, sorted.sequence->hearing[heard], state, frame, context.slots[source], context);
    }
    for (std::uint32_t i = 0; i < of.inputs.size(); ++i)
        if (of.inputs[i].is_signal == is_signal && of.inputs[i].source == source)
            return offer_plain(sorted, i, false, state, frame, context);
}

inline void Watch::offer_plain(const SignalShape& shape, std::uint32_t input, bool is_certain, void* state,
                               const Frame& frame, SignalContext& context) {
    const SignalPlan& plan = *shape.plan;
    const bool matched = is_certain || context.interpreter.holds(plan.inputs[input].where, frame);
    recorded::Offer* offer = nullptr;
    if (context.recorder != nullptr)
        offer = &context.recorder->add(context.recorder->offer(input, plan.inputs[input], frame, matched));
    if (!matched) return;
    if (shape.place.kind == StateKind::running) {
        auto& running =
            state != nullptr ? *static_cast<RunningState*>(state) : states_.obtain<RunningState>(shape.place, plan);
        return running.offer(plan, shape.plain, input, frame, context, offer);
    }
    if (shape.place.kind == StateKind::plain) {
        auto& plain = state != nullptr ? *static_cast<PlainState*>(state) : states_.obtain<PlainState>(shape.place);
        return plain.offer(plan, shape.plain, input, frame, context, offer);
    }
    if (offer != nullptr) offer->hit = true;
    PlainState::hit(plan, input, frame, context, memory());
}

inline void Watch::offer_sequence(const SignalShape& shape, const SequenceHearing& hearing, void* state,
                                  const Frame& frame, const std::vector<Type>& slots, SignalContext& context) {
    if (state == nullptr && context.recorder == nullptr && !hearing.may_begin) return;
    auto& sequence =
        state != nullptr ? *static_cast<SequenceState*>(state) : states_.obtain<SequenceState>(shape.place);
    sequence.offer(*shape.plan->sequence, *shape.sequence, hearing, frame, slots, context);
}

/// Calls `visit(inner signal, frame)` for the hits since `first_hit` that `signal` may hear, as events.
template <class Visit>
void Watch::each_inner(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, std::size_t first_hit,
                       SignalContext& context, Visit visit) {
    Hits& hits = context.hits;
    const std::size_t known_hits = hits.live.size();
    for (std::size_t i = first_hit; i < known_hits; ++i) {
        const std::uint32_t inner = hits.live[i].signal;
        if (inner >= signal || !plan.signals[inner].listened_to) continue;
        Frame frame = hits.live[i].frame;
        frame.time = hits.live[i].time;
        frame.type = plan.signals[inner].name;
        std::vector<Value> fields;
        for (const std::int32_t slot : shape.signals[inner].hit_slots[hits.live[i].input])
            fields.push_back(slot == no_slot ? Value::absent() : frame.fields[slot]);
        hits.fields.push_back(std::move(fields));
        frame.fields = hits.fields.back().data();
        visit(inner, frame);
    }
}

void Watch::offer_hits(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, std::size_t first_hit,
                       SignalContext& context) {
    if (plan.signals[signal].sequence) return offer_together(plan, shape, signal, 0, nullptr, first_hit, context);
    each_inner(plan, shape, signal, first_hit, context, [&](std::uint32_t inner, const Frame& frame) {
        offer(plan, shape, signal, true, inner, frame, context);
    });
}

void Watch::offer_together(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, std::uint32_t type,
                           const Frame* event, std::size_t first_hit, SignalContext& context) {
    const SignalPlan& of = plan.signals[signal];
    const SignalShape& sorted = shape.signals[signal];
    context.signal = signal;
    if (context.recorder != nullptr) context.recorder->set_signal(signal);
    std::vector<SequenceOccurrence> all;
    const auto add = [&](bool is_signal, std::uint32_t source, const Frame& frame, const std::vector<Type>& slots) {
        const std::uint32_t heard = sorted.sequence->hearing_of(is_signal, source);
        if (heard != sorted.sequence->hearing.size()) all.push_back({&sorted.sequence->hearing[heard], frame, &slots});
    };
    if (event != nullptr && !excepted(of.exceptions, signal, type, *event, context.interpreter, context.recorder))
        add(false, type, *event, context.slots[type]);
    each_inner(plan, shape, signal, first_hit, context, [&](std::uint32_t inner, const Frame& frame) {
        add(true, inner, frame, shape.signals[inner].hit_types);
    });
    if (all.empty()) return;
    void* const state = states_.find(sorted.place);
    const auto begins = [](const SequenceOccurrence& one) { return one.hearing->may_begin; };
    if (state == nullptr && context.recorder == nullptr && std::none_of(all.begin(), all.end(), begins)) return;
    auto& sequence =
        state != nullptr ? *static_cast<SequenceState*>(state) : states_.obtain<SequenceState>(sorted.place);
    sequence.offer_together(*of.sequence, *sorted.sequence, all, context);
}

void Watch::offer_event(const Candidate& candidate, bool is_certain, void* state, std::uint32_t type,
                        const Frame& event, SignalContext& context) {
    const SignalShape& shape = *candidate.shape;
    context.signal = candidate.signal;
    if (shape.place.kind == StateKind::sequence)
        offer_sequence(shape, shape.sequence->hearing[candidate.input], state, event, context.slots[type], context);
    else
        offer_plain(shape, candidate.input, is_certain, state, event, context);
}

void Watch::play(const PolicyPlan& plan, const PolicyShape& shape, std::span<const Candidate> candidates,
                 std::uint32_t type, const Frame& event, SignalContext& context) {
    if (!shape.has_inner) {
        for (const Candidate& candidate : candidates) {
            const auto& exceptions = candidate.shape->plan->exceptions;
            if (context.recorder != nullptr) context.recorder->set_signal(candidate.signal);
            if (exceptions.empty() ||
                !excepted(exceptions, candidate.signal, type, event, context.interpreter, context.recorder))
                offer_event(candidate, candidate.is_certain, states_.find(candidate.shape->place), type, event,
                            context);
        }
        return;
    }
    const std::size_t first_hit = context.hits.live.size();
    for (std::uint32_t signal = 0; signal < plan.signals.size(); ++signal) {
        const bool hears = std::binary_search(candidates.begin(), candidates.end(), Candidate{policy, signal});
        if (plan.signals[signal].sequence) {
            offer_together(plan, shape, signal, type, hears ? &event : nullptr, first_hit, context);
            continue;
        }
        if (hears) offer(plan, shape, signal, false, type, event, context);
        offer_hits(plan, shape, signal, first_hit, context);
    }
}

void Watch::decide(const PolicyPlan& plan, const PolicyShape& shape, Time deadline, const Frame& frame,
                   SignalContext& context) {
    const std::size_t first_hit = context.hits.live.size();
    for (std::uint32_t signal = 0; signal < plan.signals.size(); ++signal) {
        const SignalPlan& of = plan.signals[signal];
        if (of.sequence && !shape.signals[signal].sequence->closing.empty()) {
            void* const state = states_.find(shape.signals[signal].place);
            context.signal = signal;
            if (context.recorder != nullptr) context.recorder->set_signal(signal);
            if (state != nullptr)
                static_cast<SequenceState*>(state)->decide(*of.sequence, *shape.signals[signal].sequence, deadline,
                                                           frame, context);
        }
        if (shape.has_inner) offer_hits(plan, shape, signal, first_hit, context);
    }
}

void Watch::deadlines(const PolicyPlan& plan, const PolicyShape& shape, std::vector<Time>& out) const {
    for (const StatePlace place : shape.stateful)
        if (const void* const state = states_.find(place); state != nullptr && place.kind == StateKind::sequence)
            static_cast<const SequenceState*>(state)->deadlines(*plan.signals[place.signal].sequence,
                                                                *shape.signals[place.signal].sequence, out);
}

namespace {

std::vector<Filling> fillings_of_last_step(const Program& program, const PolicyPlan& plan, const SignalPlan& signal,
                                           const SequenceShape& sequence, const PolicyShape& shape,
                                           const SlotTypes& slots) {
    std::vector<Filling> result;
    for (const StepInput& input : signal.sequence->steps[sequence.filled.back()].inputs)
        result.push_back(input.is_signal
                             ? Filling{plan.signals[input.source].name, shape.signals[input.source].hit_types}
                             : Filling{program.events[input.source].name, slots[input.source]});
    return result;
}

std::vector<Type> types_of(const std::vector<KeptSlot>& slots) {
    std::vector<Type> types;
    for (const KeptSlot& slot : slots) types.push_back(slot.type);
    return types;
}

void save_trigger(const TriggerRecord& trigger, const PolicyPlan& plan, SnapshotWriter& out) {
    out.text(trigger.type);
    out.text(trigger.event);
    out.signed_number(trigger.known);
    out.signed_number(trigger.stated);
    out.signed_number(trigger.anchor);
    out.number(trigger.values.size());
    for (const NamedValue& value : trigger.values) {
        const auto slot = std::find_if(plan.trigger_slots.begin(), plan.trigger_slots.end(), [&](const KeptSlot& of) {
            return of.label == value.label && of.type == value.type && of.sensitive == value.sensitive;
        });
        out.number(static_cast<std::uint64_t>(slot - plan.trigger_slots.begin()));
        out.text(value.value);
    }
}

TriggerRecord load_trigger(const PolicyPlan& plan, SnapshotReader& in) {
    TriggerRecord trigger;
    trigger.type = in.text();
    trigger.event = in.text();
    trigger.known = in.signed_number();
    trigger.stated = in.signed_number();
    trigger.anchor = in.signed_number();
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        const std::uint32_t index = in.index(plan.trigger_slots.size());
        if (!in.ok()) break;
        const KeptSlot& slot = plan.trigger_slots[index];
        trigger.values.push_back({slot.label, std::string(in.text()), slot.type, slot.sensitive});
    }
    return trigger;
}

void save_action(const BegunAction& begun, SnapshotWriter& out) {
    out.text(begun.alert);
    out.number(static_cast<std::uint64_t>(begun.level));
    out.number(begun.action.action);
    out.number(begun.action.arguments.size());
    for (const std::string& argument : begun.action.arguments) out.text(argument);
}

BegunAction load_action(SnapshotReader& in) {
    BegunAction begun;
    begun.alert = in.text();
    begun.level = static_cast<Level>(in.index(level_names.size()));
    begun.action.action = in.index(in.program().actions.size());
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) begun.action.arguments.emplace_back(in.text());
    if (in.ok())
        in.expect(begun.action.arguments.size() == in.program().actions[begun.action.action].parameters.size(),
                  "an action has too many arguments or too few");
    return begun;
}

void save_story(const WatchStory& story, const PolicyPlan& plan, SnapshotWriter& out) {
    out.values({story.slots.data(), story.slots.size()}, types_of(plan.trigger_slots));
    out.number(story.trigger_count);
    out.number(story.triggers.size());
    for (const TriggerRecord& record : story.triggers) save_trigger(record, plan, out);
    out.text(story.first_trigger);
    out.number(story.begun.size());
    for (const BegunAction& action : story.begun) save_action(action, out);
}

void load_story(WatchStory& story, const PolicyPlan& plan, SnapshotReader& in) {
    in.values(types_of(plan.trigger_slots), story.slots);
    story.trigger_count = in.number();
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) story.triggers.push_back(load_trigger(plan, in));
    story.first_trigger = in.text();
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) story.begun.push_back(load_action(in));
}

} // namespace

void Watch::save(const Program& program, const PolicyShape& shape, const SlotTypes& slots, SnapshotWriter& out) const {
    const PolicyPlan& plan = program.policies[policy];
    out.flag(active);
    out.flag(just_opened);
    out.flag(history_truncated);
    for (const Time time : {known, stated, anchor, from, to, first_anchor}) out.signed_number(time);
    save_story(story(), plan, out);
    score.save(out);
    std::vector<std::pair<StatePlace, const void*>> states;
    for (const StatePlace place : shape.stateful) {
        const void* const state = states_.find(place);
        // a sequence that remembers nothing may be there or not
        const bool blank = state == nullptr ||
                           (place.kind == StateKind::sequence && static_cast<const SequenceState*>(state)->empty());
        if (!blank) states.emplace_back(place, state);
    }
    out.number(states.size());
    for (const auto& [place, state] : states) {
        const SignalPlan& signal = plan.signals[place.signal];
        out.number(place.signal);
        if (place.kind == StateKind::plain) {
            static_cast<const PlainState*>(state)->save(signal, out);
        } else if (place.kind == StateKind::running) {
            static_cast<const RunningState*>(state)->save(out);
        } else {
            const SequenceShape& sequence = *shape.signals[place.signal].sequence;
            static_cast<const SequenceState*>(state)->save(
                sequence, fillings_of_last_step(program, plan, signal, sequence, shape, slots), out);
        }
    }
}

void Watch::load(const PolicyShape& shape, const SlotTypes& slots, SnapshotReader& in) {
    const Program& program = in.program();
    const PolicyPlan& plan = program.policies[policy];
    active = in.flag();
    is_due = just_opened = in.flag();
    history_truncated = in.flag();
    for (Time* const time : {&known, &stated, &anchor, &from, &to, &first_anchor}) *time = in.signed_number();
    WatchStory loaded{memory()};
    load_story(loaded, plan, in);
    if (!loaded.is_blank()) own_story() = std::move(loaded);
    score.load(plan, in);
    std::uint32_t next = 0; // signals come in their order
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        const std::uint32_t index = in.index(plan.signals.size());
        if (!in.ok() || !in.expect(index >= next, "signals are out of order")) return;
        next = index + 1;
        const SignalPlan& signal = plan.signals[index];
        const StatePlace place = shape.signals[index].place;
        if (place.kind == StateKind::none) {
            in.fail("a signal without a condition has a state");
        } else if (place.kind == StateKind::plain) {
            states_.obtain<PlainState>(place).load(signal, in);
        } else if (place.kind == StateKind::running) {
            states_.obtain<RunningState>(place, signal).load(signal, in);
        } else {
            const SequenceShape& sequence = *shape.signals[index].sequence;
            states_.obtain<SequenceState>(place).load(
                signal, sequence, fillings_of_last_step(program, plan, signal, sequence, shape, slots), in);
        }
    }
}

} // namespace watchword::runtime
