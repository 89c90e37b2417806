#include "runtime/watch.hpp"

#include "runtime/snapshot.hpp"

#include <algorithm>

namespace watchword::runtime {

Watch::Watch(std::uint32_t policy_index, PersonId of, std::uint64_t number, const PolicyPlan& plan,
             std::pmr::memory_resource* memory)
    : policy(policy_index), person(of), serial(number), trigger(memory), score(plan, memory), signals_(memory) {
    signals_.reserve(plan.signals.size());
    for (const SignalPlan& signal : plan.signals) {
        if (signal.sequence)
            signals_.emplace_back(std::in_place_type<SequenceState>, memory);
        else
            signals_.emplace_back(std::in_place_type<PlainState>, memory);
    }
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

void Watch::offer(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, const Occurrence& occurrence,
                  const SlotTypes& slots, SignalContext& context, Hits& hits, std::vector<Time>& deadlines) {
    const SignalPlan& of = plan.signals[signal];
    if (context.recorder != nullptr) context.recorder->set_signal(signal);
    if (!of.exceptions.empty() && !occurrence.is_signal &&
        excepted(of.exceptions, signal, occurrence.source, occurrence.frame, context.interpreter, context.recorder))
        return;
    const std::size_t before = hits.live.size();
    if (of.sequence) {
        const std::vector<Type>& types =
            occurrence.is_signal ? shape.signals[occurrence.source].hit_types : slots[occurrence.source];
        std::get<SequenceState>(signals_[signal])
            .offer(*of.sequence, *shape.signals[signal].sequence, occurrence, context.from, types, context.interpreter,
                   hits.live, deadlines, context.recorder);
    } else {
        for (std::uint32_t i = 0; i < of.inputs.size(); ++i) {
            if (of.inputs[i].is_signal != occurrence.is_signal || of.inputs[i].source != occurrence.source) continue;
            std::get<PlainState>(signals_[signal])
                .offer(of, shape.signals[signal].plain, i, occurrence, context, hits.live);
            break;
        }
    }
    for (std::size_t i = before; i < hits.live.size(); ++i) hits.live[i].signal = signal;
}

void Watch::offer_hits(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, std::size_t first_hit,
                       const SlotTypes& slots, SignalContext& context, Hits& hits, std::vector<Time>& deadlines) {
    const std::size_t known_hits = hits.live.size();
    for (std::size_t i = first_hit; i < known_hits; ++i) {
        const std::uint32_t inner = hits.live[i].signal;
        if (inner >= signal || !plan.signals[inner].listened_to) continue;
        Occurrence occurrence;
        occurrence.is_signal = true;
        occurrence.source = inner;
        occurrence.frame = hits.live[i].frame;
        occurrence.frame.time = hits.live[i].time;
        occurrence.frame.type = plan.signals[inner].name;
        std::vector<Value> fields;
        for (const std::int32_t slot : shape.signals[inner].hit_slots[hits.live[i].input])
            fields.push_back(slot == no_slot ? Value::absent() : occurrence.frame.fields[slot]);
        hits.fields.push_back(std::move(fields));
        occurrence.frame.fields = hits.fields.back().data();
        offer(plan, shape, signal, occurrence, slots, context, hits, deadlines);
    }
}

void Watch::play(const PolicyPlan& plan, const PolicyShape& shape, const Occurrence& event, const SlotTypes& slots,
                 SignalContext& context, Hits& hits, std::vector<Time>& deadlines) {
    const std::vector<std::uint32_t>& hearing = shape.hearing[event.source];
    if (!shape.has_inner) {
        for (const std::uint32_t signal : hearing) offer(plan, shape, signal, event, slots, context, hits, deadlines);
        return;
    }
    const std::size_t first_hit = hits.live.size();
    for (std::uint32_t signal = 0; signal < plan.signals.size(); ++signal) {
        if (std::binary_search(hearing.begin(), hearing.end(), signal))
            offer(plan, shape, signal, event, slots, context, hits, deadlines);
        offer_hits(plan, shape, signal, first_hit, slots, context, hits, deadlines);
    }
}

void Watch::decide(const PolicyPlan& plan, const PolicyShape& shape, Time deadline, const Frame& frame,
                   const SlotTypes& slots, SignalContext& context, Hits& hits, std::vector<Time>& deadlines) {
    const std::size_t first_hit = hits.live.size();
    for (std::uint32_t signal = 0; signal < plan.signals.size(); ++signal) {
        const SignalPlan& of = plan.signals[signal];
        if (of.sequence && !shape.signals[signal].sequence->closing.empty()) {
            const std::size_t before = hits.live.size();
            if (context.recorder != nullptr) context.recorder->set_signal(signal);
            std::get<SequenceState>(signals_[signal])
                .decide(*of.sequence, *shape.signals[signal].sequence, deadline, frame, hits.live, hits.kept,
                        context.recorder);
            for (std::size_t i = before; i < hits.live.size(); ++i) hits.live[i].signal = signal;
        }
        if (shape.has_inner) offer_hits(plan, shape, signal, first_hit, slots, context, hits, deadlines);
    }
}

void Watch::deadlines(const PolicyPlan& plan, const PolicyShape& shape, std::vector<Time>& out) const {
    for (std::size_t i = 0; i < signals_.size(); ++i)
        if (const auto* sequence = std::get_if<SequenceState>(&signals_[i]))
            sequence->deadlines(*plan.signals[i].sequence, *shape.signals[i].sequence, out);
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

} // namespace

void Watch::save(const Program& program, const PolicyShape& shape, const SlotTypes& slots, SnapshotWriter& out) const {
    const PolicyPlan& plan = program.policies[policy];
    out.flag(active);
    out.flag(just_opened);
    out.flag(history_truncated);
    for (const Time time : {known, stated, anchor, from, to, first_anchor}) out.signed_number(time);
    out.values({trigger.data(), trigger.size()}, types_of(plan.trigger_slots));
    out.number(trigger_count);
    out.number(triggers.size());
    for (const TriggerRecord& record : triggers) save_trigger(record, plan, out);
    out.text(first_trigger);
    out.number(begun.size());
    for (const BegunAction& action : begun) save_action(action, out);
    score.save(out);
    for (std::size_t i = 0; i < signals_.size(); ++i) {
        const SignalPlan& signal = plan.signals[i];
        if (const auto* plain = std::get_if<PlainState>(&signals_[i])) {
            plain->save(signal, out);
            continue;
        }
        const SequenceShape& sequence = *shape.signals[i].sequence;
        std::get<SequenceState>(signals_[i])
            .save(signal, sequence, fillings_of_last_step(program, plan, signal, sequence, shape, slots), out);
    }
}

void Watch::load(const PolicyShape& shape, const SlotTypes& slots, SnapshotReader& in) {
    const Program& program = in.program();
    const PolicyPlan& plan = program.policies[policy];
    active = in.flag();
    just_opened = in.flag();
    history_truncated = in.flag();
    for (Time* const time : {&known, &stated, &anchor, &from, &to, &first_anchor}) *time = in.signed_number();
    in.values(types_of(plan.trigger_slots), trigger);
    trigger_count = in.number();
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) triggers.push_back(load_trigger(plan, in));
    first_trigger = in.text();
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) begun.push_back(load_action(in));
    score.load(plan, in);
    for (std::size_t i = 0; i < signals_.size() && in.ok(); ++i) {
        const SignalPlan& signal = plan.signals[i];
        if (auto* plain = std::get_if<PlainState>(&signals_[i])) {
            plain->load(signal, in);
            continue;
        }
        const SequenceShape& sequence = *shape.signals[i].sequence;
        std::get<SequenceState>(signals_[i])
            .load(signal, sequence, fillings_of_last_step(program, plan, signal, sequence, shape, slots), in);
    }
}

} // namespace watchword::runtime
