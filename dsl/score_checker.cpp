// The score block of a policy, its alerts and their actions; uses of signals with arguments; `risk`.
#include "dsl/constants.hpp"
#include "dsl/policy_checker.hpp"
#include "dsl/types.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

/// Arguments by name or by place, defaults filled in. Signals and actions are used alike.
struct Arguments {
    Checking& checking;
    std::uint32_t tree;
    const std::vector<Parameter>& parameters;
    const std::vector<Type>& types;
    std::uint32_t declared_in; ///< tree of the parameters

    std::vector<Constant> check(const Use& use) const {
        std::vector<std::optional<Constant>> given(parameters.size());
        std::vector<bool> named(parameters.size(), false);
        Scope scope;
        scope.tree = tree;
        scope.place = "in an argument";
        std::size_t next = 0;
        for (const Assignment& argument : use.arguments) {
            const std::size_t place = place_of(use, argument, next);
            if (place >= parameters.size()) {
                ExpressionChecker(checking, scope).check(argument.value);
                continue;
            }
            if (named[place])
                checking.diagnostics.add(
                    Code::declared_twice, argument.span,
                    fmt::format("the argument {} is given twice", quoted(parameters[place].name.text)));
            named[place] = true;
            ExpressionChecker checker(checking, scope);
            if (!checker.check_value(argument.value, types[place],
                                     fmt::format("the parameter {}", quoted(parameters[place].name.text))))
                continue;
            given[place] = constant_value(checking.model, tree, argument.value);
            if (!given[place])
                checking.diagnostics.add(Code::not_constant, checking.expr(tree, argument.value).span,
                                         "an argument has to be constant");
        }
        std::vector<Constant> values;
        for (std::size_t index = 0; index < parameters.size(); ++index) {
            std::optional<Constant>& value = given[index];
            if (!value && !named[index]) value = fallback(use, index);
            values.push_back(value.value_or(Constant{}));
        }
        return values;
    }

private:
    std::size_t place_of(const Use& use, const Assignment& argument, std::size_t& next) const {
        if (argument.name.text.empty()) {
            if (next == parameters.size())
                checking.diagnostics.add(Code::wrong_arguments, argument.span,
                                         fmt::format("{} takes {} argument{}", quoted(use.name.text), parameters.size(),
                                                     parameters.size() == 1 ? "" : "s"));
            return next < parameters.size() ? next++ : parameters.size();
        }
        for (std::size_t index = 0; index < parameters.size(); ++index)
            if (parameters[index].name.text == argument.name.text) return index;
        Diagnostic& diagnostic = checking.diagnostics.add(
            Code::wrong_arguments, argument.name.span,
            fmt::format("{} has no parameter {}", quoted(use.name.text), quoted(argument.name.text)));
        std::vector<std::string_view> names;
        for (const Parameter& parameter : parameters) names.push_back(parameter.name.text);
        suggest(diagnostic, argument.name, names);
        return parameters.size();
    }

    std::optional<Constant> fallback(const Use& use, std::size_t index) const {
        if (parameters[index].fallback != no_expr)
            return constant_value(checking.model, declared_in, parameters[index].fallback);
        checking.diagnostics.add(Code::wrong_arguments, use.span,
                                 fmt::format("{} needs a value for its parameter {}", quoted(use.name.text),
                                             quoted(parameters[index].name.text)));
        return std::nullopt;
    }
};

class ScoreChecker {
public:
    ScoreChecker(Checking& checking, std::uint32_t policy, TriggerScope& trigger)
        : checking_(checking), policy_(checking.model.policies[policy]),
          declared_(checking.model.decl<PolicyDecl>(policy_.at)), trigger_(trigger) {}

    void check() {
        if (declared_.score) check_block(*declared_.score);
        policy_.alert_signals.resize(declared_.alerts.size());
        for (std::size_t index = 0; index < declared_.alerts.size(); ++index) check_alert(index);
        check_thresholds();
        if (declared_.alerts.empty()) {
            Diagnostic& diagnostic = checking_.diagnostics.add(
                Code::no_alert, declared_.name.span,
                fmt::format("the policy {} never raises an alert", quoted(declared_.name.text)));
            diagnostic.help = "add `alert medium at 40`";
        }
    }

private:
    void check_block(const ScoreClause& score) {
        for (const Term& term : score.terms) check_term(term);
        if (score.halves_every && score.halves_every->value <= 0)
            checking_.diagnostics.add(Code::out_of_range, score.halves_every->span,
                                      "a half-life has to be longer than nothing");
        for (const Booster& booster : score.boosters) {
            if (booster.factor.value < 0)
                checking_.diagnostics.add(Code::out_of_range, booster.factor.span, "a factor cannot be negative");
            Scope scope = base_scope("in a booster");
            scope.clock = false; // it is asked at any time
            ExpressionChecker(checking_, scope).check_condition(booster.when);
        }
        check_cap(score.at_most);
    }

    void check_cap(const std::optional<NumberClause>& cap) {
        if (cap && cap->value < 0) checking_.diagnostics.add(Code::out_of_range, cap->span, "a cap cannot be negative");
    }

    Scope base_scope(std::string_view place) const {
        Scope scope;
        scope.tree = policy_.at.tree;
        scope.employee = true;
        scope.clock = true;
        scope.trigger = &trigger_;
        scope.facts = trigger_facts(trigger_);
        scope.place = place;
        return scope;
    }

    SignalUse check_use(const Use& use) {
        const Symbol* symbol = find_symbol(checking_, policy_.at.tree, use.name, Sort::signal);
        SignalUse result;
        if (symbol == nullptr) {
            for (const Assignment& argument : use.arguments) {
                Scope scope;
                scope.tree = policy_.at.tree;
                ExpressionChecker(checking_, scope).check(argument.value);
            }
            return result;
        }
        result.signal = symbol->index;
        SignalInfo& signal = checking_.model.signals[symbol->index];
        signal.used = true;
        if (signal.is_across) {
            Diagnostic& diagnostic = checking_.diagnostics.add(
                Code::wrong_across, use.name.span,
                fmt::format("{} is about several people, and gives no points", quoted(signal.name)));
            diagnostic.help = "it can open a watch: `opens on signal …`";
        }
        const auto& declared = checking_.model.decl<SignalDecl>(signal.at);
        if (signal.parameters.size() == declared.parameters.size())
            result.arguments =
                Arguments{checking_, policy_.at.tree, declared.parameters, signal.parameters, signal.at.tree}.check(
                    use);
        check_history(symbol->index, use);
        return result;
    }

    /// `new` cannot see further back than the watch's events reach.
    void check_history(std::uint32_t index, const Use& use) {
        if (declared_.always) return;
        std::optional<std::int64_t> bound;
        for (const Close& close : declared_.closes) {
            if (!close.duration.known) return;
            if (close.kind == Close::Kind::after && (!bound || close.duration.value < *bound))
                bound = close.duration.value;
        }
        if (!bound || (declared_.looks_back && !declared_.looks_back->known)) return;
        const std::int64_t history = *bound + (declared_.looks_back ? declared_.looks_back->value : 0);
        const SignalInfo& signal = checking_.model.signals[index];
        for (const ExprId window : checking_.signals[index].windows) {
            const auto* novelty = std::get_if<NewExpr>(&checking_.expr(signal.at.tree, window).node);
            if (novelty == nullptr || novelty->window.duration.value <= history) continue;
            Diagnostic& diagnostic = checking_.diagnostics.add(
                Code::new_beyond_history, novelty->window.span,
                fmt::format("`new` looks further back than the policy {} ever does", quoted(declared_.name.text)));
            diagnostic.label = "always false there";
            diagnostic.notes.push_back(
                {use.span,
                 fmt::format("used here, where look-back and bound are {} days together", history / runtime::one_day)});
            diagnostic.help = "ask for less, or let the policy look back longer";
        }
    }

    void check_term(const Term& term) {
        const SignalUse use = check_use(term.signal);
        policy_.terms.push_back(use);
        check_cap(term.at_most);
        Scope scope = base_scope("in the score");
        scope.lookback = true;
        static const std::vector<Heard> nothing;
        if (use.signal != none) {
            const SignalNotes& notes = checking_.signals[use.signal];
            scope.heard = &notes.hit_on;
            scope.facts.insert(notes.hit_facts.begin(), notes.hit_facts.end());
            const auto& signal = checking_.model.decl<SignalDecl>(checking_.model.signals[use.signal].at);
            if (signal.alias) scope.alias = signal.alias->text;
        } else {
            scope.heard = &nothing; // its fields are unknown, which was reported
        }
        ExpressionChecker checker(checking_, scope);
        checker.check_condition(term.when);
        scope.facts.merge(checker.facts_of(term.when, true));
        checker.check_value(term.points, type_of(Kind::real), "points");
        check_percentage(term.points);
    }

    /// `+20% for X` would be a fifth of a point.
    void check_percentage(ExprId points) {
        const Expr& expr = checking_.expr(policy_.at.tree, points);
        const auto* literal = std::get_if<Literal>(&expr.node);
        if (literal == nullptr || literal->kind != LiteralKind::percentage) return;
        const std::string_view written = checking_.text(expr.span);
        Diagnostic& diagnostic =
            checking_.diagnostics.add(Code::out_of_range, expr.span, "points are a number, not a share of something");
        diagnostic.label = fmt::format("{} of a point", literal->real);
        diagnostic.help = fmt::format("write `+{}`", written.substr(0, written.find('%')));
        diagnostic.fix.push_back({expr.span, std::string{written.substr(0, written.find('%'))}});
    }

    void check_alert(std::size_t index) {
        const AlertClause& alert = declared_.alerts[index];
        if (alert.cause == AlertClause::Cause::on_signal) policy_.alert_signals[index] = check_use(alert.signal);
        if (alert.cause == AlertClause::Cause::level) {
            if (alert.at.value <= 0)
                checking_.diagnostics.add(Code::out_of_range, alert.at.span, "a level is reached by a positive score");
            if (!declared_.score || declared_.score->terms.empty())
                checking_.diagnostics
                    .add(Code::level_without_score, alert.span, "a level needs a score, and the policy has none")
                    .help = "add `score { +40 for SIGNAL }`";
            if (alert.rearms_below && alert.at.known && alert.rearms_below->value > alert.at.value)
                checking_.diagnostics
                    .add(Code::out_of_range, alert.rearms_below->span, "a level cannot re-arm above its own score")
                    .notes.push_back({alert.at.span, "its score"});
        } else if (alert.rearms_below) {
            checking_.diagnostics.add(Code::out_of_range, alert.rearms_below->span, "only alerts at a score re-arm");
        }
        for (const Use& action : alert.actions) check_action(action);
    }

    void check_action(const Use& use) {
        const Symbol* symbol = find_symbol(checking_, policy_.at.tree, use.name, Sort::action);
        if (symbol == nullptr) return;
        const ActionInfo& action = checking_.model.actions[symbol->index];
        const auto& declared = checking_.model.decl<ActionDecl>(action.at);
        if (action.parameters.size() == declared.parameters.size())
            Arguments{checking_, policy_.at.tree, declared.parameters, action.parameters, action.at.tree}.check(use);
    }

    void check_thresholds() {
        std::vector<const AlertClause*> levels;
        for (const AlertClause& alert : declared_.alerts) {
            const auto level = find_level(alert.level.text);
            if (alert.cause != AlertClause::Cause::level || !level || !alert.at.known) continue;
            for (const AlertClause* other : levels) {
                const auto other_level = find_level(other->level.text);
                if (*other_level == *level) {
                    checking_.diagnostics
                        .add(Code::declared_twice, alert.span,
                             fmt::format("the level {} has two scores", quoted(alert.level.text)))
                        .notes.push_back({other->span, "the first"});
                } else if ((*other_level < *level) != (other->at.value < alert.at.value)) {
                    Diagnostic& diagnostic =
                        checking_.diagnostics.add(Code::thresholds_fall, alert.at.span,
                                                  fmt::format("{} and {} do not rise with their scores",
                                                              quoted(other->level.text), quoted(alert.level.text)));
                    diagnostic.label = fmt::format("{} at {}", alert.level.text, alert.at.value);
                    diagnostic.notes.push_back(
                        {other->at.span, fmt::format("{} at {}", other->level.text, other->at.value)});
                    diagnostic.help = "a higher level needs a higher score";
                }
            }
            levels.push_back(&alert);
        }
    }

    Checking& checking_;
    PolicyInfo& policy_;
    const PolicyDecl& declared_;
    TriggerScope& trigger_;
};

void check_risk_levels(Checking& checking, const RiskDecl& risk, Span span) {
    if (risk.combine.text != "max" && risk.combine.text != "sum")
        checking.diagnostics.add(Code::out_of_range, risk.combine.text.empty() ? span : risk.combine.span,
                                 "scores are combined by `max` or `sum`");
    std::optional<std::pair<runtime::Level, double>> before;
    for (const auto& [name, number] : risk.levels) {
        const std::optional<runtime::Level> level = find_level(name.text);
        if (!level || !number.known) continue;
        if (number.value <= 0)
            checking.diagnostics.add(Code::out_of_range, number.span, "a level is reached by a positive score");
        if (before && (*level <= before->first || number.value <= before->second))
            checking.diagnostics.add(Code::thresholds_fall, number.span,
                                     "levels of risk rise, and their scores with them");
        before = {*level, number.value};
    }
}

} // namespace

void check_score(Checking& checking, std::uint32_t policy, TriggerScope& trigger) {
    ScoreChecker(checking, policy, trigger).check();
}

void check_risk(Checking& checking) {
    Model& model = checking.model;
    for (std::uint32_t tree = 0; tree < model.trees.size(); ++tree) {
        for (std::uint32_t index = 0; index < model.trees[tree].declarations.size(); ++index) {
            const Declaration& declaration = model.trees[tree].declarations[index];
            const auto* risk = std::get_if<RiskDecl>(&declaration.node);
            if (risk == nullptr) continue;
            if (model.risk)
                checking.diagnostics.add(Code::declared_twice, declaration.span, "`risk` is declared twice")
                    .notes.push_back({checking.declaration(*model.risk).span, "the first"});
            else
                model.risk = DeclRef{tree, index};
            check_risk_levels(checking, *risk, declaration.span);
        }
    }
}

} // namespace watchword::dsl
