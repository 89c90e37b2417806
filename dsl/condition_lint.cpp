// Conditions that never change (constants, contradictions, what always holds) and signals that must look at every
// event.
#include "dsl/comparison.hpp"
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"
#include "dsl/lint.hpp"
#include "dsl/possible_values.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

/// `value op limit`, where the limit is constant; without a limit: the truth value is true, or false.
struct Comparison {
    ExprId value = no_expr;
    BinaryOp op = BinaryOp::equal;
    bool folded = false;
    ExprId limit = no_expr;
};

/// The comparisons of one value, and what they leave of it if all of them hold.
struct Compared {
    std::vector<Comparison> comparisons;
    PossibleValues left;
};

class ConditionLint {
public:
    ConditionLint(const Model& model, const Condition& condition, Diagnostics& diagnostics)
        : model_(model), tree_(model.trees[condition.tree]), index_(condition.tree), whole_(condition.expr),
          diagnostics_(diagnostics) {}

    void look() {
        if (const std::optional<Constant> value = constant_value(model_, index_, whole_)) {
            const bool holds = value->present && value->integer != 0;
            diagnostics_
                .add(Code::constant_condition, tree_[whole_].span,
                     fmt::format("the condition is always {}", holds ? "true" : "false"))
                .label = "depends on nothing";
            return;
        }
        const std::vector<ExprId> all = expressions_below(tree_, whole_);
        std::vector<ExprId> inner; // operands of a chain that was looked at as a whole
        for (const ExprId id : all) {
            const auto* binary = std::get_if<Binary>(&tree_[id].node);
            if (binary == nullptr || (binary->op != BinaryOp::logic_and && binary->op != BinaryOp::logic_or)) continue;
            for (const ExprId side : {binary->left, binary->right}) {
                const auto* below = std::get_if<Binary>(&tree_[side].node);
                if (below != nullptr && below->op == binary->op) inner.push_back(side);
            }
            if (std::find(inner.begin(), inner.end(), id) == inner.end()) look_at_chain(id, binary->op);
        }
        empty_ranges(all);
    }

private:
    /// `22..6` is no night: it holds nothing.
    void empty_ranges(const std::vector<ExprId>& all) {
        for (const ExprId id : all) {
            const auto* range = std::get_if<RangeExpr>(&tree_[id].node);
            if (range == nullptr) continue;
            const std::optional<Constant> low = number_of(range->low), high = number_of(range->high);
            if (!low || !high || low->type.kind != high->type.kind) continue;
            const bool is_empty = low->type.kind == Kind::real ? low->real > high->real : low->integer > high->integer;
            if (!is_empty) continue;
            Diagnostic& diagnostic = diagnostics_.add(Code::constant_condition, tree_[id].span,
                                                      "nothing lies in the range: it begins above its end");
            diagnostic.label = "empty";
            diagnostic.help = fmt::format(
                "say `x >= {} or x <= {}`, or name the hours in a `calendar` and ask `during`",
                model_.sources->text(tree_[range->low].span), model_.sources->text(tree_[range->high].span));
        }
    }

    std::optional<Constant> number_of(ExprId id) const {
        const std::optional<Constant> value = constant_value(model_, index_, id);
        const bool is_number = value && value->present && !runtime::is_textual(value->type.kind) &&
                               value->type.kind != Kind::ip && value->type.kind != Kind::list;
        return is_number ? value : std::nullopt;
    }

    /// Of `and`: whether one value would have to be two. Of `or`: whether nothing is left for which none of it holds.
    void look_at_chain(ExprId chain, BinaryOp op) {
        const bool any = op == BinaryOp::logic_or;
        std::vector<Compared> values;
        for (const ExprId part : operands_of(tree_, chain, op)) collect(part, any, values);
        for (const Compared& one : values) {
            if (!one.left.empty()) continue;
            const ExprId value = one.comparisons.front().value;
            if (any && may_be_absent(value)) continue;
            const std::string name = quoted(model_.sources->text(tree_[value].span));
            Diagnostic& diagnostic = diagnostics_.add(
                Code::constant_condition, tree_[chain].span,
                any ? fmt::format("the condition is always true: whatever {} is, one of these holds", name)
                    : fmt::format("the condition can never be true: {} cannot be all of this", name));
            diagnostic.label = any ? "excludes nothing" : "contradicts itself";
            diagnostic.help = advice(one, any);
            return;
        }
    }

    bool may_be_absent(ExprId id) const {
        const ExprInfo& info = model_.info(index_, id);
        return info.type.optional || info.lifted;
    }

    /// `turned`: that it does not hold is what narrows.
    void collect(ExprId part, bool turned, std::vector<Compared>& values) const {
        if (const auto* unary = std::get_if<Unary>(&tree_[part].node); unary && unary->op == UnaryOp::logic_not)
            return collect(unary->operand, !turned, values);
        const auto* binary = std::get_if<Binary>(&tree_[part].node);
        if (binary == nullptr || binary->op > BinaryOp::not_in) {
            if (model_.info(index_, part).as.kind == Kind::boolean &&
                !std::holds_alternative<Literal>(tree_[part].node))
                keep({part, turned ? BinaryOp::unequal : BinaryOp::equal, false, no_expr}, values);
            return;
        }
        if (binary->op < BinaryOp::equal) return;
        const std::optional<BinaryOp> op = turned ? opposite(binary->op) : binary->op;
        if (!op) return;
        if (is_limit(binary->right)) return keep({binary->left, *op, binary->folded, binary->right}, values);
        const bool is_set = binary->op == BinaryOp::in || binary->op == BinaryOp::not_in;
        if (!is_set && is_limit(binary->left))
            keep({binary->right, mirrored(*op), binary->folded, binary->left}, values);
    }

    bool is_limit(ExprId id) const {
        if (const auto* range = std::get_if<RangeExpr>(&tree_[id].node))
            return number_of(range->low) && number_of(range->high);
        return constant_value(model_, index_, id).has_value();
    }

    void keep(const Comparison& comparison, std::vector<Compared>& values) const {
        if (constant_value(model_, index_, comparison.value)) return;
        const Kind kind = model_.info(index_, comparison.value).type.kind;
        if (kind == Kind::ip || kind == Kind::person) return; // networks overlap, people have several names
        auto found = std::find_if(values.begin(), values.end(), [&](const Compared& other) {
            return same_expression(tree_, other.comparisons.front().value, comparison.value);
        });
        if (found == values.end()) found = values.insert(values.end(), Compared{});
        found->comparisons.push_back(comparison);
        if (comparison.limit == no_expr) {
            Constant truth;
            truth.type.kind = Kind::boolean;
            truth.integer = comparison.op == BinaryOp::equal ? 1 : 0;
            return found->left.narrow(BinaryOp::equal, truth, false);
        }
        if (const auto* range = std::get_if<RangeExpr>(&tree_[comparison.limit].node)) {
            if (comparison.op == BinaryOp::in) found->left.narrow_to(*number_of(range->low), *number_of(range->high));
            return;
        }
        found->left.narrow(comparison.op, *constant_value(model_, index_, comparison.limit), comparison.folded);
    }

    /// What was meant, if two comparisons say it.
    std::string advice(const Compared& value, bool any) const {
        const std::string_view joined = any ? "with `and` all of them have to hold" : "with `or` one of them is enough";
        if (value.comparisons.size() != 2 || value.comparisons.front().limit == no_expr) return std::string{joined};
        const auto text = [&](ExprId id) { return model_.sources->text(tree_[id].span); };
        Comparison low = value.comparisons[0], high = value.comparisons[1];
        const std::string_view name = text(low.value);
        if (low.op == high.op && low.op == (any ? BinaryOp::unequal : BinaryOp::equal))
            return fmt::format("for {} write `{} {}{} [{}, {}]`", any ? "none of several" : "one of several", name,
                               any ? "not in" : "in", low.folded && high.folded ? "~" : "", text(low.limit),
                               text(high.limit));
        if (low.op == BinaryOp::less) std::swap(low, high);
        if (!any && low.op == BinaryOp::more && high.op == BinaryOp::less)
            return fmt::format("for what lies outside write `{} not in {}..{}`; {}", name, text(high.limit),
                               text(low.limit), joined);
        return std::string{joined};
    }

    const Model& model_;
    const Tree& tree_;
    std::uint32_t index_;
    ExprId whole_;
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
        for (const ExprId part : operands_of(model.trees[signal.at.tree], declared.where, BinaryOp::logic_and))
            if (is_guard(model, signal.at.tree, part)) return;
    Diagnostic& diagnostic = diagnostics.add(
        Code::no_guard, family->span,
        fmt::format("the signal {} looks at every event of {} kinds", quoted(signal.name), signal.heard.size()));
    diagnostic.label = "no `field == constant` keeps it from most of them";
}

/// Events on which a signal hits.
const std::vector<Heard>* hits_on(const Model& model, const SignalInfo& signal) {
    const auto& declared = model.decl<SignalDecl>(signal.at);
    if (!declared.sequence) return &signal.heard;
    for (std::size_t step = signal.steps.size(); step-- > 0;)
        if (!declared.sequence->steps[step].forbidden) return &signal.steps[step].heard;
    return nullptr;
}

class ConditionWalk {
public:
    ConditionWalk(const Model& model, const std::function<void(const Condition&)>& look) : model_(model), look_(look) {}

    void of(const SignalInfo& signal) const {
        const auto& declared = model_.decl<SignalDecl>(signal.at);
        const auto ask = [&](ExprId condition, const std::vector<Heard>& heard) {
            if (condition != no_expr) look_({signal.at.tree, condition, &heard, &signal});
        };
        ask(declared.where, signal.heard);
        ask(declared.when, signal.heard);
        for (std::size_t clause = 0; clause < declared.exceptions.size(); ++clause)
            if (!is_true(signal.at.tree, declared.exceptions[clause].condition))
                ask(declared.exceptions[clause].condition, signal.excepts[clause].heard);
        if (!declared.sequence) return;
        for (std::size_t step = 0; step < declared.sequence->steps.size(); ++step)
            ask(declared.sequence->steps[step].where, signal.steps[step].heard);
        for (std::size_t until = 0; until < declared.sequence->until.size(); ++until)
            ask(declared.sequence->until[until].where, signal.until[until].heard);
    }

    void of(const PolicyInfo& policy) const {
        const auto& declared = model_.decl<PolicyDecl>(policy.at);
        const auto ask = [&](ExprId condition, const std::vector<Heard>* heard) {
            if (condition != no_expr) look_({policy.at.tree, condition, heard, nullptr});
        };
        ask(declared.covers, nullptr);
        for (std::size_t opens = 0; opens < declared.opens.size(); ++opens) {
            ask(declared.opens[opens].where, &policy.opens[opens].heard);
            ask(declared.opens[opens].group, &policy.opens[opens].heard);
        }
        for (std::size_t close = 0; close < declared.closes.size(); ++close)
            ask(declared.closes[close].where, &policy.closes[close].heard);
        for (std::size_t clause = 0; clause < declared.exceptions.size(); ++clause)
            if (!is_true(policy.at.tree, declared.exceptions[clause].condition))
                ask(declared.exceptions[clause].condition, &policy.excepts[clause].heard);
        if (!declared.score) return;
        for (std::size_t term = 0; term < declared.score->terms.size(); ++term) {
            const std::uint32_t signal = policy.terms[term].signal;
            ask(declared.score->terms[term].when, signal == none ? nullptr : hits_on(model_, model_.signals[signal]));
        }
        for (const Booster& booster : declared.score->boosters) ask(booster.when, nullptr);
    }

private:
    /// `except … { true }` says outright that it always holds.
    bool is_true(std::uint32_t tree, ExprId condition) const {
        const auto* literal = condition == no_expr ? nullptr : std::get_if<Literal>(&model_.expr(tree, condition).node);
        return literal != nullptr && literal->kind == LiteralKind::boolean && literal->integer != 0;
    }

    const Model& model_;
    const std::function<void(const Condition&)>& look_;
};

} // namespace

std::vector<ExprId> operands_of(const Tree& tree, ExprId id, BinaryOp op) {
    std::vector<ExprId> parts;
    std::vector<ExprId> waiting{id};
    while (!waiting.empty()) {
        const ExprId next = waiting.back();
        waiting.pop_back();
        const auto* binary = std::get_if<Binary>(&tree[next].node);
        if (binary != nullptr && binary->op == op) {
            waiting.push_back(binary->right);
            waiting.push_back(binary->left);
        } else {
            parts.push_back(next);
        }
    }
    return parts;
}

void each_condition(const Model& model, const std::function<void(const Condition&)>& look) {
    const ConditionWalk walk(model, look);
    for (const SignalInfo& signal : model.signals)
        if (is_looked_at(model, signal.at.tree)) walk.of(signal);
    for (const PolicyInfo& policy : model.policies)
        if (is_looked_at(model, policy.at.tree)) walk.of(policy);
}

void lint_conditions(const Model& model, Diagnostics& diagnostics) {
    each_condition(model, [&](const Condition& condition) { ConditionLint(model, condition, diagnostics).look(); });
    for (const SignalInfo& signal : model.signals)
        if (is_looked_at(model, signal.at.tree)) look_for_guard(model, signal, diagnostics);
}

} // namespace watchword::dsl
