#include "runtime/policy_shape.hpp"

#include <algorithm>

namespace watchword::runtime {

namespace {

void insert_once(std::vector<std::uint32_t>& set, std::uint32_t value) {
    const auto at = std::lower_bound(set.begin(), set.end(), value);
    if (at == set.end() || *at != value) set.insert(at, value);
}

SlotTypes slot_types(const Program& program) {
    SlotTypes slots(program.events.size());
    for (std::size_t i = 0; i < program.events.size(); ++i) {
        slots[i].resize(program.events[i].slots);
        for (const Field& field : program.events[i].fields)
            if (field.slot != no_slot) slots[i][static_cast<std::size_t>(field.slot)] = field.type;
    }
    return slots;
}

/// Slot and type of a field of what an input listens to.
struct FieldPlace {
    std::int32_t slot = no_slot;
    Type type;
};
FieldPlace place(const Program& program, const PolicyPlan& policy, const PolicyShape& shape, bool is_signal,
                 std::uint32_t source, const std::string& name) {
    if (!is_signal) {
        const Field* field = program.events[source].find(name);
        return field == nullptr ? FieldPlace{} : FieldPlace{field->slot, field->type};
    }
    const std::vector<std::string>& fields = policy.signals[source].hit_fields;
    const auto found = std::find(fields.begin(), fields.end(), name);
    if (found == fields.end()) return {};
    const auto index = static_cast<std::size_t>(found - fields.begin());
    return {static_cast<std::int32_t>(index), shape.signals[source].hit_types[index]};
}

void place_hit_fields(const Program& program, const PolicyPlan& policy, PolicyShape& shape, const SignalPlan& signal,
                      SignalShape& into) {
    into.hit_types.resize(signal.hit_fields.size());
    const auto add_input = [&](bool is_signal, std::uint32_t source) {
        std::vector<std::int32_t> slots;
        for (std::size_t i = 0; i < signal.hit_fields.size(); ++i) {
            const FieldPlace found = place(program, policy, shape, is_signal, source, signal.hit_fields[i]);
            slots.push_back(found.slot);
            if (found.slot != no_slot) into.hit_types[i] = found.type;
        }
        into.hit_slots.push_back(std::move(slots));
    };
    if (signal.sequence)
        for (const StepInput& input : signal.sequence->steps[into.sequence->filled.back()].inputs)
            add_input(input.is_signal, input.source);
    else
        for (const SignalInput& input : signal.inputs) add_input(input.is_signal, input.source);
}

void hear(PolicyShape& shape, bool is_signal, std::uint32_t source, Candidate signal) {
    if (is_signal) {
        shape.has_inner = true;
        return;
    }
    std::vector<Candidate>& hearing = shape.hearing[source];
    if (hearing.empty() || hearing.back() != signal) hearing.push_back(signal); // they come in order
}

/// Whether the code reads earlier steps. It ends at its last reachable `finish`: bodies of list loops and jumps lead
/// past inner ones.
bool reads_captures(const Program& program, CodeId code) {
    if (code == no_code) return false;
    std::size_t reach = code;
    for (std::size_t i = code; i < program.code.size(); ++i) {
        const Instruction& instruction = program.code[i];
        switch (instruction.opcode) {
        case Opcode::load_capture:
            return true;
        case Opcode::jump:
        case Opcode::jump_if_true:
        case Opcode::jump_if_false:
        case Opcode::jump_if_absent:
        case Opcode::jump_if_present:
        case Opcode::any_in_list:
        case Opcode::every_in_list:
            reach = std::max(reach, static_cast<std::size_t>(instruction.immediate));
            break;
        case Opcode::finish:
            if (i >= reach) return false;
            break;
        default:
            break;
        }
    }
    return false;
}

void note_undecidable(const Program& program, const SequencePlan& sequence, std::vector<CodeId>& codes) {
    for (const StepPlan& step : sequence.steps)
        for (const StepInput& input : step.inputs)
            if (reads_captures(program, input.where)) insert_once(codes, input.where);
}

/// Calls `visit(bool is_signal, std::uint32_t source, CodeId where)` for everything that the signal listens to.
template <class Visit>
void each_input(const SignalPlan& signal, Visit visit) {
    for (const SignalInput& input : signal.inputs) visit(input.is_signal, input.source, input.where);
    if (!signal.sequence) return;
    for (const auto* steps : {&signal.sequence->steps, &signal.sequence->until})
        for (const StepPlan& step : *steps)
            for (const StepInput& input : step.inputs) visit(input.is_signal, input.source, input.where);
}

/// Enters the policy's signals in the index. Where an exception is counted, or inner signals are heard, all of them
/// look at every event of their types.
void guard(const Program& program, const PolicyPlan& policy, const PolicyShape& shape, const SlotTypes& slots,
           GuardIndex& index) {
    for (std::uint32_t type = 0; type < shape.hearing.size(); ++type)
        for (const Candidate candidate : shape.hearing[type]) {
            std::vector<std::vector<Guard>> guards;
            if (policy.exceptions.empty() && !shape.has_inner)
                each_input(policy.signals[candidate.signal], [&](bool is_signal, std::uint32_t source, CodeId where) {
                    if (!is_signal && source == type) guards.push_back(guards_of(program, where, slots[type]));
                });
            index.add(type, candidate, guards);
        }
}

StateKind kind_of(const SignalPlan& signal, const PlainShape& shape) {
    if (signal.sequence) return StateKind::sequence;
    if (!signal.has_when) return StateKind::none;
    return shape.running.empty() ? StateKind::plain : StateKind::running;
}

PolicyShape shape_of(const Program& program, std::uint32_t number, std::uint32_t first) {
    const PolicyPlan& policy = program.policies[number];
    PolicyShape shape;
    bool simple = policy.exceptions.empty(), apart = true;
    shape.hearing.resize(program.events.size());
    shape.is_always = policy.always.has_value();
    shape.signals.reserve(policy.signals.size()); // candidates point to them
    for (std::uint32_t i = 0; i < policy.signals.size(); ++i) {
        const SignalPlan& signal = policy.signals[i];
        SignalShape& into =
            shape.signals.emplace_back(SignalShape{&signal, PlainShape(program, signal), {}, {}, {}, {}, {}, {}});
        if (signal.sequence) into.sequence.emplace(program, *signal.sequence);
        for (const WindowPlan& window : signal.windows) shape.needs_zone |= window.pane != Pane::sliding;
        place_hit_fields(program, policy, shape, signal, into);
        into.place = shape.states.add(i, kind_of(signal, into.plain));
        if (into.place.kind != StateKind::none) shape.stateful.push_back(into.place);
        simple = simple && signal.exceptions.empty();
        apart = apart && !(into.sequence && !into.sequence->closing.empty());
        Candidate candidate{number, i, &into, 0, first + i, false};
        each_input(signal, [&](bool is_signal, std::uint32_t source, CodeId where) {
            if (into.sequence) candidate.input = into.sequence->hearing_of(is_signal, source);
            candidate.is_certain = !into.sequence && where == no_code;
            hear(shape, is_signal, source, candidate);
            ++candidate.input;
        });
        for (std::uint32_t k = 0; k < policy.score.size(); ++k)
            if (policy.score[k].signal == i) into.terms.push_back(k);
        for (std::uint32_t k = 0; k < policy.alerts.size(); ++k)
            if (policy.alerts[k].cause == AlertCause::on_signal && policy.alerts[k].signal == i)
                into.alerts.push_back(k);
    }
    if (simple && !shape.has_inner) shape.manner = apart ? Manner::apart : Manner::simply;
    for (const TriggerPlan& trigger : policy.triggers)
        if (trigger.kind == TriggerKind::alert) insert_once(shape.alert_sources, trigger.source);
    for (const BoosterPlan& booster : policy.boosters) {
        for (const std::uint32_t attribute : booster.reads.attributes) insert_once(shape.booster_attributes, attribute);
        shape.booster_reads_others |= booster.reads.reads_others();
    }
    return shape;
}

} // namespace

ProgramShape::ProgramShape(const Program& program, std::size_t patterns_together)
    : types(program.events.size()), opened_by(program.policies.size()), slots(slot_types(program)), zone(program.zone),
      guards(program.events.size(), patterns_together) {
    for (std::uint32_t p = 0; p < program.policies.size(); ++p) {
        const PolicyPlan& policy = program.policies[p];
        policies.push_back(shape_of(program, p, signals));
        if (policy.always) ++always;
        has_far_states |= policies.back().stateful.size() > policies.back().states.near;
        signals += static_cast<std::uint32_t>(policy.signals.size());
        PolicyShape& shape = policies.back();
        for (const BoosterPlan& booster : policy.boosters) {
            names_others |= booster.reads.names_others;
            for (const std::uint32_t one : booster.reads.others_attributes) insert_once(others_attributes, one);
        }
        if (policy.looks_back > 0) {
            cover_names_others |= policy.covers_reads.names_others;
            for (const std::uint32_t one : policy.covers_reads.others_attributes) insert_once(cover_attributes, one);
        }
        guard(program, policy, shape, slots, guards);
        for (const SignalPlan& signal : policy.signals)
            if (signal.sequence) note_undecidable(program, *signal.sequence, undecidable);
        for (const TriggerPlan& trigger : policy.triggers) {
            if (trigger.kind == TriggerKind::event) {
                insert_once(types[trigger.source].opening, p);
                types[trigger.source].is_group |= trigger.is_group;
            }
            if (trigger.kind == TriggerKind::signal)
                for (const AcrossInput& input : program.across[trigger.source].inputs) {
                    insert_once(types[input.event].opening, p);
                    insert_once(types[input.event].across, trigger.source);
                }
        }
        for (const ClosePlan& close : policy.closes)
            if (close.kind == CloseKind::event) insert_once(types[close.event].closing, p);
        for (const std::uint32_t source : shape.alert_sources) insert_once(opened_by[source], p);
        for (std::uint32_t event = 0; event < program.events.size(); ++event) {
            if (shape.hearing[event].empty()) continue;
            if (policy.always) insert_once(types[event].always, p);
        }
    }
    note_looking_back(program);
    for (std::size_t p = 0; p < policies.size(); ++p)
        if (!opened_by[p].empty() && policies[p].manner == Manner::apart) policies[p].manner = Manner::simply;
    guards.finish();
    for (std::size_t i = 0; i < slots.size(); ++i)
        for (std::uint32_t slot = 0; slot < slots[i].size(); ++slot)
            if (slots[i][slot].kind == Kind::person) types[i].persons.push_back(slot);
    for (std::size_t i = 0; i < types.size(); ++i) {
        TypeShape& type = types[i];
        const EventSchema& schema = program.events[i];
        type.is_always = !type.always.empty();
        type.is_quiet = type.is_plain() && type.keeping.empty() && type.persons.empty() && schema.updates.empty() &&
                        !schema.adds_employee;
    }
}

void ProgramShape::note_looking_back(const Program& program) {
    for (std::uint32_t p = 0; p < policies.size(); ++p) {
        if (program.policies[p].looks_back <= 0) continue;
        policies[p].cover = static_cast<std::uint32_t>(looking_back.size());
        looking_back.push_back(p);
        spans.push_back(program.policies[p].looks_back);
    }
    std::sort(spans.begin(), spans.end());
    spans.erase(std::unique(spans.begin(), spans.end()), spans.end());
    for (const std::uint32_t p : looking_back) {
        PolicyShape& shape = policies[p];
        const auto span = std::lower_bound(spans.begin(), spans.end(), program.policies[p].looks_back);
        shape.span = static_cast<std::uint32_t>(span - spans.begin());
        for (std::size_t event = 0; event < types.size(); ++event)
            if (!shape.hearing[event].empty()) types[event].keeping.push_back({p, shape.cover, shape.span});
    }
    for (TypeShape& type : types)
        std::stable_sort(type.keeping.begin(), type.keeping.end(),
                         [](const Keeping& left, const Keeping& right) { return left.span > right.span; });
}

} // namespace watchword::runtime
