#include "runtime/watch.hpp"

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

namespace {

bool is_excepted(const SignalPlan& signal, const Occurrence& occurrence, Interpreter& interpreter) {
    if (occurrence.is_signal) return false;
    for (const ExceptionPlan& exception : signal.exceptions) {
        if (occurrence.frame.time >= exception.until) continue;
        for (const auto& [event, code] : exception.inputs)
            if (event == occurrence.source && interpreter.holds(code, occurrence.frame)) return true;
    }
    return false;
}

} // namespace

void Watch::offer(const PolicyPlan& plan, const PolicyShape& shape, std::uint32_t signal, const Occurrence& occurrence,
                  const SlotTypes& slots, SignalContext& context, Hits& hits, std::vector<Time>& deadlines) {
    const SignalPlan& of = plan.signals[signal];
    if (!of.exceptions.empty() && is_excepted(of, occurrence, context.interpreter)) return;
    const std::size_t before = hits.live.size();
    if (of.sequence) {
        const std::vector<Type>& types =
            occurrence.is_signal ? shape.signals[occurrence.source].hit_types : slots[occurrence.source];
        std::get<SequenceState>(signals_[signal])
            .offer(*of.sequence, *shape.signals[signal].sequence, occurrence, from, types, context.interpreter,
                   hits.live, deadlines);
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
            std::get<SequenceState>(signals_[signal])
                .decide(*of.sequence, *shape.signals[signal].sequence, deadline, frame, hits.live, hits.kept);
            for (std::size_t i = before; i < hits.live.size(); ++i) hits.live[i].signal = signal;
        }
        if (shape.has_inner) offer_hits(plan, shape, signal, first_hit, slots, context, hits, deadlines);
    }
}

} // namespace watchword::runtime
