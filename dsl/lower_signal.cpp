// Signals of a policy: instances, what they listen to, conditions, keys, exceptions.
#include "dsl/lower_signal.hpp"

#include <algorithm>

namespace watchword::dsl {

using runtime::CodeId;
using runtime::no_code;
using runtime::SignalInput;
using runtime::SignalPlan;

std::uint32_t SignalLowering::instance(const SignalUse& use, unsigned depth) {
    for (std::uint32_t i = 0; i < instances_.size(); ++i)
        if (instances_[i].use == use) return i;
    const SignalInfo& info = lowering_.model.signals[use.signal];
    const auto& declared = lowering_.model.decl<SignalDecl>(info.at);
    if (depth > max_signal_depth) lowering_.code.give_up(declared.name.span);
    Instance made;
    made.use = use;
    made.parameters.assign(use.arguments.begin(), use.arguments.end());
    SignalPlan plan;
    plan.name = name_of(use);
    plan.title = declared.title ? declared.title->text : "";
    plan.span = where(lowering_.span(info.at));
    if (!lowering_.stopped()) {
        if (declared.sequence)
            sequence(info, declared, made, plan, depth);
        else {
            made.hit_on = lower_heard(info.heard, depth);
            plain(info, declared, made, plan);
        }
        plan.exceptions =
            lower_exceptions(lowering_, info.at.tree, declared.exceptions, info.excepts, &made.parameters);
    }
    instances_.push_back(std::move(made));
    policy_.signals.push_back(std::move(plan));
    return static_cast<std::uint32_t>(policy_.signals.size() - 1);
}

std::uint32_t SignalLowering::inner(std::uint32_t signal, unsigned depth) {
    const SignalInfo& info = lowering_.model.signals[signal];
    const auto& declared = lowering_.model.decl<SignalDecl>(info.at);
    SignalUse use;
    use.signal = signal;
    for (const Parameter& parameter : declared.parameters)
        use.arguments.push_back(
            used_constant(lowering_.model, info.at.tree, parameter.fallback, nullptr).value_or(Constant{}));
    const std::uint32_t index = instance(use, depth + 1);
    policy_.signals[index].listened_to = true;
    return index;
}

std::vector<Heard> SignalLowering::lower_heard(const std::vector<Heard>& heard, unsigned depth) {
    std::vector<Heard> result;
    for (const Heard one : heard) {
        if (lowering_.stopped()) break;
        result.push_back(one.is_signal ? Heard{true, inner(one.index, depth)} : one);
    }
    return result;
}

std::string SignalLowering::name_of(const SignalUse& use) const {
    const SignalInfo& info = lowering_.model.signals[use.signal];
    const auto& declared = lowering_.model.decl<SignalDecl>(info.at);
    std::string shown;
    for (std::size_t i = 0; i < use.arguments.size() && i < declared.parameters.size(); ++i) {
        const Parameter& parameter = declared.parameters[i];
        const auto usual = used_constant(lowering_.model, info.at.tree, parameter.fallback, nullptr);
        if (usual && *usual == use.arguments[i]) continue;
        shown +=
            (shown.empty() ? "" : ", ") + parameter.name.text + ": " + show_constant(lowering_.model, use.arguments[i]);
    }
    return shown.empty() ? info.name : info.name + "(" + shown + ")";
}

const runtime::Field* SignalLowering::field_of(Heard heard, const std::string& name) const {
    if (!heard.is_signal) return lowering_.program.events[heard.index].find(name);
    for (const runtime::Field& field : lowering_.model.signals[instances_[heard.index].use.signal].fields)
        if (field.name == name) return &field;
    return nullptr;
}

CodeScope::Slot SignalLowering::hit_slot(std::uint32_t index, const std::string& field) {
    std::vector<std::string>& fields = policy_.signals[index].hit_fields;
    const auto found = std::find(fields.begin(), fields.end(), field);
    if (found != fields.end()) return static_cast<std::uint16_t>(found - fields.begin());
    if (fields.size() > UINT16_MAX) lowering_.code.give_up(Span{});
    if (field_of({true, index}, field) == nullptr || fields.size() > UINT16_MAX) return std::nullopt;
    fields.push_back(field);
    const auto slot = static_cast<std::uint16_t>(fields.size() - 1);
    for (const Heard one : instances_[index].hit_on)
        one.is_signal ? hit_slot(one.index, field) : lowering_.field_slot(one.index, field);
    return slot;
}

CodeScope SignalLowering::scope_of(Heard heard, std::uint32_t tree, const BoundParameters* parameters) {
    if (!heard.is_signal) return lowering_.event_scope(tree, heard.index, parameters);
    CodeScope scope;
    scope.tree = tree;
    scope.parameters = parameters;
    scope.signal = policy_.signals[heard.index].name;
    scope.field = [this, heard](const std::string& field) { return hit_slot(heard.index, field); };
    return scope;
}

std::vector<CodeScope> SignalLowering::hit_scopes(std::uint32_t index, std::uint32_t tree) {
    std::vector<CodeScope> scopes;
    for (const Heard heard : instances_[index].hit_on) scopes.push_back(scope_of(heard, tree, nullptr));
    return scopes;
}

void SignalLowering::plain(const SignalInfo& info, const SignalDecl& declared, Instance& instance, SignalPlan& plan) {
    const std::uint32_t tree = info.at.tree;
    plan.has_when = declared.when != no_expr;
    std::vector<ExprId> windowed;
    if (plan.has_when) windows(info, declared, instance.parameters, plan, windowed);
    for (const ExprId key : declared.by) plan.by.push_back(lowering_.model.info(tree, key).as.as_required());
    for (const Heard heard : instance.hit_on) {
        lowering_.count_input(declared.name.span);
        if (lowering_.stopped()) return;
        const CodeScope scope = scope_of(heard, tree, &instance.parameters);
        if (!heard.is_signal) lowering_.program.events[heard.index].used = true;
        SignalInput input;
        input.is_signal = heard.is_signal;
        input.source = heard.index;
        input.where = lowering_.code.condition(scope, declared.where);
        input.where_parts = lowering_.parts(scope, declared.where);
        for (const ExprId key : declared.by) input.by.push_back(lowering_.code.value(scope, key));
        for (const ExprId expr : windowed) {
            ExprId condition = no_expr;
            std::vector<ExprId> arguments;
            if (const auto* aggregate = std::get_if<AggregateExpr>(&lowering_.model.expr(tree, expr).node)) {
                condition = aggregate->where;
                arguments = aggregate->arguments;
                if (aggregate->function.text == "percentile" && arguments.size() > 1) arguments.resize(1);
            } else if (const auto* novelty = std::get_if<NewExpr>(&lowering_.model.expr(tree, expr).node)) {
                arguments = novelty->arguments;
            }
            input.window_where.push_back(lowering_.code.condition(scope, condition));
            input.window_where_parts.push_back(lowering_.parts(scope, condition));
            input.window_value.push_back(arguments.empty()       ? no_code
                                         : arguments.size() == 1 ? lowering_.code.value(scope, arguments.front())
                                                                 : lowering_.code.joined(scope, arguments));
        }
        input.when = lowering_.code.condition(scope, declared.when);
        input.when_parts = lowering_.parts(scope, declared.when);
        window_observations(tree, declared.when, heard, plan, input.observations);
        std::vector<ExprId> conditions{declared.where};
        conditions.insert(conditions.end(), declared.by.begin(), declared.by.end());
        observe(tree, heard, scope, conditions, input.observations);
        plan.inputs.push_back(std::move(input));
    }
}

std::vector<runtime::ExceptionPlan> lower_exceptions(Lowering& lowering, std::uint32_t tree,
                                                     const std::vector<ExceptClause>& clauses,
                                                     const std::vector<StepInfo>& heard,
                                                     const BoundParameters* parameters) {
    std::vector<runtime::ExceptionPlan> result;
    for (std::size_t i = 0; i < clauses.size(); ++i) {
        const ExceptClause& clause = clauses[i];
        runtime::ExceptionPlan plan;
        plan.reason = clause.reason.text;
        plan.owner = clause.owner ? clause.owner->text : "";
        if (clause.until) plan.until = lowering.instant(tree, *clause.until);
        plan.span = where(clause.span);
        for (const Heard one : i < heard.size() ? heard[i].heard : std::vector<Heard>{}) {
            lowering.count_input(clause.span);
            if (one.is_signal || lowering.stopped()) continue;
            const CodeScope scope = lowering.event_scope(tree, one.index, parameters);
            plan.inputs.emplace_back(one.index, lowering.code.condition(scope, clause.condition));
            plan.parts.push_back(lowering.parts(scope, clause.condition));
        }
        result.push_back(std::move(plan));
    }
    return result;
}

} // namespace watchword::dsl
