// Conditions that never change (constants, contradictions) and signals that must look at every event.
#include "dsl/lint.hpp"

#include "dsl/comparison.hpp"
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <map>

namespace watchword::dsl {

namespace {

/// The parts of `a and b and c`.
std::vector<ExprId> conjuncts_of(const Tree& tree, ExprId id) {
    std::vector<ExprId> parts;
    std::vector<ExprId> waiting{id};
    while (!waiting.empty()) {
        const ExprId next = waiting.back();
        waiting.pop_back();
        const auto* binary = std::get_if<Binary>(&tree[next].node);
        if (binary != nullptr && binary->op == BinaryOp::logic_and) {
            waiting.push_back(binary->right);
            waiting.push_back(binary->left);
        } else {
            parts.push_back(next);
        }
    }
    return parts;
}

/// What the comparisons of one value with constants leave of it.
struct Range {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool low_open = false, high_open = false;
    ExprId path = no_expr;

    bool empty() const { return low > high || (low == high && (low_open || high_open)); }
    void above(double value, bool open) {
        if (value < low || (value == low && !open)) return;
        low = value;
        low_open = open;
    }
    void below(double value, bool open) {
        if (value > high || (value == high && !open)) return;
        high = value;
        high_open = open;
    }
};

class ConditionLint {
public:
    ConditionLint(const Model& model, std::uint32_t tree, Diagnostics& diagnostics)
        : model_(model), tree_(model.trees[tree]), index_(tree), diagnostics_(diagnostics) {}

    void look(ExprId condition) {
        if (condition == no_expr) return;
        if (const std::optional<Constant> value = constant_value(model_, index_, condition)) {
            const bool holds = value->present && value->integer != 0;
            diagnostics_
                .add(Code::constant_condition, tree_[condition].span,
                     fmt::format("the condition is always {}", holds ? "true" : "false"))
                .label = "depends on nothing";
            return;
        }
        contradictions(condition);
        empty_ranges(condition);
    }

private:
    /// `22..6` is no night: it holds nothing.
    void empty_ranges(ExprId condition) {
        for (const ExprId id : expressions_below(tree_, condition)) {
            const auto* range = std::get_if<RangeExpr>(&tree_[id].node);
            if (range == nullptr) continue;
            const std::optional<Constant> low = number_of(range->low), high = number_of(range->high);
            if (!low || !high || low->type.kind != high->type.kind) continue;
            const bool is_empty = low->type.kind == Kind::real ? low->real > high->real : low->integer > high->integer;
            if (!is_empty) continue;
            Diagnostic& diagnostic = diagnostics_.add(Code::constant_condition, tree_[id].span,
                                                      "nothing lies in the range: it begins above its end");
            diagnostic.label = "empty";
            diagnostic.help = "say `x >= 22 or x <= 6`, or name the hours in a `calendar` and ask `during`";
        }
    }

    std::optional<Constant> number_of(ExprId id) const {
        const std::optional<Constant> value = constant_value(model_, index_, id);
        const bool is_number = value && value->present && !runtime::is_textual(value->type.kind) &&
                               value->type.kind != Kind::ip && value->type.kind != Kind::list;
        return is_number ? value : std::nullopt;
    }

    void contradictions(ExprId condition) {
        std::map<std::string, Range> ranges;
        for (const ExprId part : conjuncts_of(tree_, condition)) {
            const auto* binary = std::get_if<Binary>(&tree_[part].node);
            if (binary == nullptr) continue;
            narrow(ranges, binary->left, binary->right, binary->op);
            narrow(ranges, binary->right, binary->left, mirrored(binary->op));
        }
        for (const auto& [name, range] : ranges) {
            if (!range.empty()) continue;
            diagnostics_
                .add(Code::constant_condition, tree_[condition].span,
                     fmt::format("the condition can never be true: {} cannot be all of this", quoted(name)))
                .label = "contradicts itself";
            return;
        }
    }

    void narrow(std::map<std::string, Range>& ranges, ExprId value, ExprId limit, BinaryOp op) {
        if (op < BinaryOp::equal || op > BinaryOp::at_least || op == BinaryOp::unequal) return;
        if (!std::holds_alternative<Path>(tree_[value].node) &&
            !std::holds_alternative<AggregateExpr>(tree_[value].node))
            return;
        const std::optional<Constant> constant = constant_value(model_, index_, limit);
        if (!constant || !constant->present || !constant->text.empty() || constant->type.kind == Kind::list) return;
        if (runtime::is_textual(constant->type.kind) || constant_value(model_, index_, value)) return;
        const double number =
            constant->type.kind == Kind::real ? constant->real : static_cast<double>(constant->integer);
        Range& range = ranges[std::string(model_.sources->text(tree_[value].span))];
        if (op == BinaryOp::equal || op == BinaryOp::more || op == BinaryOp::at_least)
            range.above(number, op == BinaryOp::more);
        if (op == BinaryOp::equal || op == BinaryOp::less || op == BinaryOp::at_most)
            range.below(number, op == BinaryOp::less);
    }

    const Model& model_;
    const Tree& tree_;
    std::uint32_t index_;
    Diagnostics& diagnostics_;
};

/// A comparison with a constant lets the engine pass over most events without running anything.
bool is_guard(const Model& model, std::uint32_t index, ExprId part) {
    const Tree& tree = model.trees[index];
    if (std::holds_alternative<Path>(tree[part].node)) return true; // a truth value
    const auto* binary = std::get_if<Binary>(&tree[part].node);
    if (binary == nullptr || (binary->op != BinaryOp::equal && binary->op != BinaryOp::in)) return false;
    return constant_value(model, index, binary->left) || constant_value(model, index, binary->right);
}

void look_for_guard(const Model& model, const SignalInfo& signal, Diagnostics& diagnostics) {
    const auto& declared = model.decl<SignalDecl>(signal.at);
    const auto family = std::find_if(declared.on.begin(), declared.on.end(), [](const EventPattern& pattern) {
        return pattern.kind == EventPattern::Kind::family || pattern.kind == EventPattern::Kind::everything;
    });
    if (family == declared.on.end()) return;
    if (declared.where != no_expr)
        for (const ExprId part : conjuncts_of(model.trees[signal.at.tree], declared.where))
            if (is_guard(model, signal.at.tree, part)) return;
    Diagnostic& diagnostic = diagnostics.add(
        Code::no_guard, family->span,
        fmt::format("the signal {} looks at every event of {} kinds", quoted(signal.name), signal.heard.size()));
    diagnostic.label = "no `field == constant` keeps it from most of them";
}

} // namespace

void each_condition(const Model& model, const std::function<void(std::uint32_t tree, ExprId condition)>& look) {
    for (const SignalInfo& signal : model.signals) {
        if (!is_looked_at(model, signal.at.tree)) continue;
        const auto& declared = model.decl<SignalDecl>(signal.at);
        look(signal.at.tree, declared.where);
        look(signal.at.tree, declared.when);
        if (declared.sequence)
            for (const Step& step : declared.sequence->steps) look(signal.at.tree, step.where);
    }
    for (const PolicyInfo& policy : model.policies) {
        if (!is_looked_at(model, policy.at.tree)) continue;
        const auto& declared = model.decl<PolicyDecl>(policy.at);
        look(policy.at.tree, declared.covers);
        for (const Opens& opens : declared.opens) look(policy.at.tree, opens.where);
        for (const Close& close : declared.closes) look(policy.at.tree, close.where);
        if (!declared.score) continue;
        for (const Term& term : declared.score->terms) look(policy.at.tree, term.when);
        for (const Booster& booster : declared.score->boosters) look(policy.at.tree, booster.when);
    }
}

void lint_conditions(const Model& model, Diagnostics& diagnostics) {
    each_condition(
        model, [&](std::uint32_t tree, ExprId condition) { ConditionLint(model, tree, diagnostics).look(condition); });
    for (const SignalInfo& signal : model.signals)
        if (is_looked_at(model, signal.at.tree)) look_for_guard(model, signal, diagnostics);
}

} // namespace watchword::dsl
