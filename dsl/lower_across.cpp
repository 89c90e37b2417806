// Signals over several people: which trigger events count towards them, by what key, and how many people it takes.
#include "dsl/lower.hpp"

namespace watchword::dsl {

namespace {

/// Of `distinct(user) over D >= N`: the window, and the least number of people.
struct People {
    runtime::Duration over = 0;
    std::int64_t at_least = 1;
};
People people_of(const Model& model, std::uint32_t tree, ExprId when) {
    People people;
    if (when == no_expr) return people;
    const auto* compared = std::get_if<Binary>(&model.expr(tree, when).node);
    if (compared == nullptr) return people;
    ExprId counted = compared->left;
    ExprId number = compared->right;
    bool more = compared->op == BinaryOp::more;
    if (!std::holds_alternative<AggregateExpr>(model.expr(tree, counted).node)) {
        std::swap(counted, number);
        more = compared->op == BinaryOp::less;
    }
    if (const auto* aggregate = std::get_if<AggregateExpr>(&model.expr(tree, counted).node))
        people.over = aggregate->window.duration.value;
    const std::optional<Constant> least = used_constant(model, tree, number, nullptr);
    if (least && least->present) people.at_least = least->integer + (more && least->integer < INT64_MAX ? 1 : 0);
    return people;
}

} // namespace

void lower_across(Lowering& lowering) {
    for (std::uint32_t i = 0; i < lowering.model.signals.size(); ++i) {
        const SignalInfo& info = lowering.model.signals[i];
        if (!info.is_across) continue;
        const auto& declared = lowering.model.decl<SignalDecl>(info.at);
        if (!declared.across) continue;
        lowering.across_index[i] = static_cast<std::uint32_t>(lowering.program.across.size());
        const People people = people_of(lowering.model, info.at.tree, declared.when);
        runtime::AcrossPlan plan;
        plan.name = info.name;
        plan.over = people.over;
        plan.at_least = people.at_least;
        if (declared.when != no_expr) plan.when = where(lowering.model.expr(info.at.tree, declared.when).span);
        plan.key_type = lowering.model.info(info.at.tree, declared.across->key).as.as_required();
        for (const Heard heard : info.heard) {
            if (heard.is_signal) continue;
            const CodeScope scope = lowering.event_scope(info.at.tree, heard.index);
            plan.inputs.push_back({heard.index, lowering.code.condition(scope, declared.where),
                                   lowering.code.value(scope, declared.across->key),
                                   lowering.parts(scope, declared.where)});
            runtime::EventSchema& schema = lowering.program.events[heard.index];
            schema.used = schema.never_late = true;
        }
        lowering.program.across.push_back(std::move(plan));
    }
}

} // namespace watchword::dsl
