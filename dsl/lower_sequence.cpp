// Sequences: steps with `times` written out, and what earlier steps keep for later ones.
#include "dsl/lower_signal.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace watchword::dsl {

using runtime::SequencePlan;
using runtime::SignalPlan;
using runtime::StepInput;
using runtime::StepPlan;

namespace {

/// Under what name a captured value is known; a record's own words are no fields.
std::string captured_name(const Ref& ref) {
    switch (ref.kind) {
    case RefKind::time:
        return "time";
    case RefKind::stated:
        return "stated";
    case RefKind::id:
        return "id";
    case RefKind::event_type:
        return "type";
    case RefKind::signal_name:
        return "signal";
    default:
        return ref.field;
    }
}

/// The same value while its event is the current one.
Ref of_current(Ref ref) {
    if (ref.kind == RefKind::step_field) ref.kind = RefKind::field;
    ref.of_step = false;
    ref.attribute = none;
    return ref;
}

/// What is said of a step's copy.
struct StepNames {
    std::string name;              ///< its own, else `step2` of that of a hit's second event
    std::vector<std::string> keys; ///< as `key_fields` says
};

/// One observation of a sequence, and where it is made.
struct Shown {
    std::size_t step = 0; ///< index in SequencePlan::steps
    runtime::Observation* observation = nullptr;
    std::ptrdiff_t key = 0; ///< which value of the step's key it is
};

/// `steps`: of each step of the plan.
std::map<std::string, std::vector<Shown>> by_label(SequencePlan& plan, const std::vector<StepNames>& steps) {
    std::map<std::string, std::vector<Shown>> result;
    for (std::size_t step = 0; step < plan.steps.size(); ++step) {
        const std::vector<std::string>& keys = steps[step].keys;
        for (StepInput& input : plan.steps[step].inputs)
            for (runtime::Observation& observation : input.observations) {
                const std::ptrdiff_t key = std::find(keys.begin(), keys.end(), observation.label) - keys.begin();
                const bool is_key = key != static_cast<std::ptrdiff_t>(keys.size());
                result[observation.label].push_back({step, &observation, is_key ? key : -1});
            }
    }
    return result;
}

/// Whether they are one value, said by several steps or inputs.
bool say_the_same(const std::vector<Shown>& all) {
    const Shown& first = all.front();
    const bool one_step = std::all_of(all.begin(), all.end(), [&](const Shown& one) { return one.step == first.step; });
    return one_step || (first.key >= 0 && std::all_of(all.begin(), all.end(), [&](const Shown& one) {
                            return one.key == first.key && one.observation->type == first.observation->type &&
                                   one.observation->sensitive == first.observation->sensitive;
                        }));
}

/// Values that are not the same get labels that are not: `copy.host`, `step2.host`.
void tell_apart(SequencePlan& plan, const std::vector<StepNames>& steps) {
    const std::map<std::string, std::vector<Shown>> labels = by_label(plan, steps);
    std::set<std::string> taken;
    for (const auto& [label, all] : labels) taken.insert(label);
    for (const auto& [label, all] : labels) {
        if (say_the_same(all)) continue;
        std::map<std::size_t, std::string> qualified; // of each step, whatever input says it
        for (const Shown& one : all) {
            std::string& name = qualified[one.step];
            if (name.empty()) {
                name = steps[one.step].name + "." + label;
                while (!taken.insert(name).second) name += '_'; // somebody named another step `step2`
            }
            one.observation->label = name;
        }
    }
}

} // namespace

CodeScope::Slot SignalLowering::capture_slot(const SequenceText& text, const Ref& ref, SequencePlan& plan,
                                             std::vector<Capture>& captures) {
    const Ref current = of_current(ref);
    for (std::size_t i = 0; i < captures.size(); ++i)
        if (captures[i].step == ref.index && captures[i].ref.kind == current.kind &&
            captures[i].ref.field == current.field)
            return static_cast<std::uint16_t>(i);
    if (captures.size() > UINT16_MAX) lowering_.code.give_up(Span{});
    if (ref.index >= text.heard.size() || captures.size() > UINT16_MAX) return std::nullopt;
    runtime::KeptSlot slot;
    const Step& step = text.written.steps[ref.index];
    slot.label = (step.alias ? step.alias->text + "." : "") + captured_name(ref);
    slot.type = {Kind::text, true, 0};
    if (current.kind == RefKind::time || current.kind == RefKind::stated) slot.type.kind = Kind::time;
    if (current.kind == RefKind::field) {
        const runtime::Field* field = nullptr;
        for (const Heard heard : text.heard[ref.index])
            if (const runtime::Field* found = field_of(heard, ref.field)) {
                field = found;
                slot.sensitive |= field->sensitive;
            }
        if (field == nullptr) return std::nullopt;
        slot.type = field->type.as_optional();
    }
    captures.push_back({ref.index, current});
    plan.captures.push_back(std::move(slot));
    return static_cast<std::uint16_t>(captures.size() - 1);
}

const std::vector<ExprId>& SignalLowering::key_of(const SequenceText& text, const Step& step) {
    return !step.by.empty() || text.is_until ? step.by : text.written.by;
}

std::vector<std::string> SignalLowering::key_fields(const SequenceText& text, const Step& step) const {
    std::vector<std::string> result;
    for (const ExprId key : key_of(text, step)) {
        const bool alone = std::holds_alternative<Path>(lowering_.model.expr(text.tree, key).node);
        const std::vector<ReadField> read = fields_read(lowering_, text.tree, {key});
        result.push_back(alone && !read.empty() ? read.front().label : "");
    }
    return result;
}

StepPlan SignalLowering::step(const SequenceText& text, const Step& written, const std::vector<Heard>& heard,
                              SequencePlan& plan, std::vector<Capture>& captures) {
    StepPlan result;
    result.forbidden = written.forbidden;
    result.label = lowering_.written(written.span);
    result.span = where(written.span);
    const std::vector<ExprId>& by = key_of(text, written);
    if (plan.by.empty())
        for (const ExprId key : by) plan.by.push_back(lowering_.model.info(text.tree, key).as.as_required());
    for (const Heard one : heard) {
        lowering_.count_input(written.span);
        if (lowering_.stopped()) break;
        if (!one.is_signal) lowering_.program.events[one.index].used = true;
        CodeScope scope = scope_of(one, text.tree, &text.parameters);
        scope.capture = [&](const Ref& ref) { return capture_slot(text, ref, plan, captures); };
        StepInput input;
        input.is_signal = one.is_signal;
        input.source = one.index;
        input.where = lowering_.code.condition(scope, written.where);
        input.where_parts = lowering_.parts(scope, written.where);
        for (const ExprId key : by) input.by.push_back(lowering_.code.value(scope, key));
        std::vector<ExprId> conditions{written.where};
        conditions.insert(conditions.end(), by.begin(), by.end());
        if (!written.forbidden && !text.is_until) observe(text.tree, one, scope, conditions, input.observations);
        result.inputs.push_back(std::move(input));
    }
    return result;
}

void SignalLowering::fill_captures(const SequenceText& text, const std::vector<std::size_t>& last,
                                   const std::vector<Capture>& captures, SequencePlan& plan) {
    for (std::size_t slot = 0; slot < captures.size(); ++slot) {
        const Capture& capture = captures[slot];
        for (StepInput& input : plan.steps[last[capture.step]].inputs) {
            const Heard heard{input.is_signal, input.source};
            const bool lacks = capture.ref.kind == RefKind::field && field_of(heard, capture.ref.field) == nullptr;
            if (lacks) continue;
            const CodeScope scope = scope_of(heard, text.tree, &text.parameters);
            input.captures.emplace_back(lowering_.code.reference(scope, capture.ref), static_cast<std::uint16_t>(slot));
        }
    }
}

void SignalLowering::sequence(const SignalInfo& info, const SignalDecl& declared, Instance& instance, SignalPlan& plan,
                              unsigned depth) {
    SequenceText text{*declared.sequence, info.at.tree, instance.parameters, {}, false};
    SequencePlan made;
    made.within = text.written.within.value;
    for (const StepInfo& step : info.steps) text.heard.push_back(lower_heard(step.heard, depth));
    text.heard.resize(text.written.steps.size());
    std::vector<Capture> captures;
    std::vector<std::size_t> last; // index of each written step's last copy
    std::vector<StepNames> names;  // of each copy
    std::size_t filled = 0;
    for (std::size_t i = 0; i < text.written.steps.size() && !lowering_.stopped(); ++i) {
        const Step& written = text.written.steps[i];
        const StepPlan one = step(text, written, text.heard[i], made, captures);
        const auto times = static_cast<std::size_t>(written.forbidden ? 1 : written.times.value);
        made.steps.insert(made.steps.end(), times, one);
        last.push_back(made.steps.size() - 1);
        while (names.size() < made.steps.size())
            names.push_back(
                {"step" + std::to_string(written.forbidden ? filled : ++filled), key_fields(text, written)});
        if (written.alias) names.back().name = written.alias->text;
        if (!written.forbidden) instance.hit_on = text.heard[i];
    }
    if (lowering_.stopped()) return;
    fill_captures(text, last, captures, made);
    tell_apart(made, names);
    text.is_until = true;
    for (std::size_t i = 0; i < text.written.until.size() && i < info.until.size(); ++i)
        made.until.push_back(
            step(text, text.written.until[i], lower_heard(info.until[i].heard, depth), made, captures));
    plan.by = made.by;
    plan.sequence = std::move(made);
}

} // namespace watchword::dsl
