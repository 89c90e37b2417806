// Warnings about policies that compile but hardly mean what they say: levels, windows, dates, tests, what nobody uses.
#include "dsl/lint.hpp"

#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace watchword::dsl {

namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();

double points_of(const Model& model, std::uint32_t tree, const Term& term) {
    const std::optional<Constant> points = constant_value(model, tree, term.points);
    if (!points || !points->present) return no_limit;
    return points->type.kind == Kind::real ? points->real : static_cast<double>(points->integer);
}

class PolicyLint {
public:
    PolicyLint(const Model& model, const PolicyInfo& policy, Diagnostics& diagnostics)
        : model_(model), policy_(policy), declared_(model.decl<PolicyDecl>(policy.at)), diagnostics_(diagnostics) {}

    void look() {
        look_at_levels();
        look_at_rearming();
        look_at_escalation();
        if (declared_.looks_back)
            for (std::size_t index = 0; index < policy_.terms.size(); ++index)
                look_at_windows(policy_.terms[index].signal, declared_.score->terms[index].signal);
    }

    void look_at_dates(runtime::Time now) {
        constexpr runtime::Duration notice = 30 * runtime::one_day;
        if (!declared_.expires) return;
        const runtime::Time expires = instant_of(model_, policy_.at.tree, *declared_.expires);
        if (expires > now + notice) return;
        Diagnostic& diagnostic = diagnostics_.add(
            Code::policy_expires, declared_.expires->span,
            fmt::format("the policy {} {}", quoted(policy_.name), expires <= now ? "has expired" : "expires soon"));
        diagnostic.label = expires <= now ? "opens no watch any more" : "opens no watch from then on";
    }

private:
    const AlertClause* top_level(std::size_t& levels) const {
        const AlertClause* top = nullptr;
        for (const AlertClause& alert : declared_.alerts) {
            if (alert.cause != AlertClause::Cause::level) continue;
            ++levels;
            if (top == nullptr || alert.at.value > top->at.value) top = &alert;
        }
        return top;
    }

    void look_at_levels() {
        std::size_t levels = 0;
        const AlertClause* top = top_level(levels);
        if (top == nullptr || !declared_.score) return;
        double reachable = 0;
        for (const Term& term : declared_.score->terms) {
            const double points = points_of(model_, policy_.at.tree, term);
            const double cap = term.at_most ? term.at_most->value : no_limit;
            reachable += std::min(term.once ? points : (points > 0 ? no_limit : 0), cap);
            if (levels > 1 && points != no_limit && std::min(points, cap) >= top->at.value) report_lone(term, *top);
        }
        for (const Booster& booster : declared_.score->boosters) reachable *= std::max(1.0, booster.factor.value);
        if (declared_.score->at_most) reachable = std::min(reachable, declared_.score->at_most->value);
        for (const AlertClause& alert : declared_.alerts) {
            if (alert.cause != AlertClause::Cause::level || alert.at.value <= reachable) continue;
            diagnostics_
                .add(Code::unreachable_level, alert.at.span,
                     fmt::format("the level {} is never reached", quoted(alert.level.text)))
                .label = fmt::format("the score is at most {}", reachable);
        }
    }

    void look_at_rearming() {
        for (const AlertClause& alert : declared_.alerts) {
            if (!alert.rearms_below || alert.rearms_below->value > 0) continue;
            Diagnostic& diagnostic = diagnostics_.add(Code::constant_condition, alert.rearms_below->span,
                                                      "no score is below 0, so the level never re-arms");
            diagnostic.label = "one alert a watch";
            diagnostic.help = "leave `rearms below` out, which means 80 % of the level, or name a number above 0";
        }
    }

    runtime::Level level_of(const PolicyDecl& declared, const AlertClause& alert) const {
        const Name* named = !alert.level.text.empty() ? &alert.level
                            : declared.severity       ? &*declared.severity
                                                      : nullptr;
        return named == nullptr ? runtime::Level::medium : find_level(named->text).value_or(runtime::Level::medium);
    }

    /// `opens on alert P at critical`, where P has no such alert.
    void look_at_escalation() {
        for (std::size_t index = 0; index < declared_.opens.size(); ++index) {
            const std::optional<Name>& wanted = declared_.opens[index].level;
            if (!wanted || policy_.opens_policy[index] == none) continue;
            const std::optional<runtime::Level> least = find_level(wanted->text);
            if (!least) continue;
            const auto& other = model_.decl<PolicyDecl>(model_.policies[policy_.opens_policy[index]].at);
            const bool reached = std::any_of(other.alerts.begin(), other.alerts.end(), [&](const AlertClause& alert) {
                return level_of(other, alert) >= *least;
            });
            if (reached) continue;
            Diagnostic& diagnostic = diagnostics_.add(Code::unreachable_level, wanted->span,
                                                      fmt::format("the policy {} has no alert at {} or above",
                                                                  quoted(other.name.text), quoted(wanted->text)));
            diagnostic.label = "opens nothing";
            diagnostic.notes.push_back({other.name.span, "declared here"});
        }
    }

    void report_lone(const Term& term, const AlertClause& top) {
        Diagnostic& diagnostic = diagnostics_.add(Code::lone_top_level, term.span,
                                                  fmt::format("one hit of {} alone reaches the level {}",
                                                              quoted(term.signal.name.text), quoted(top.level.text)));
        diagnostic.notes.push_back({top.at.span, "the highest level"});
    }

    void look_at_windows(std::uint32_t index, const Use& use) {
        if (index == none) return;
        const SignalInfo& signal = model_.signals[index];
        const auto& declared = model_.decl<SignalDecl>(signal.at);
        const std::int64_t kept = declared_.looks_back->value;
        const auto report = [&](Span span) {
            Diagnostic& diagnostic = diagnostics_.add(
                Code::window_beyond_look_back, span,
                fmt::format("the window is longer than the look-back of the policy {}", quoted(policy_.name)));
            diagnostic.notes.push_back({declared_.looks_back->span, "the look-back"});
            diagnostic.notes.push_back({use.span, "used here"});
        };
        if (declared.sequence && declared.sequence->within.value > kept) report(declared.sequence->within.span);
        if (declared.when == no_expr) return;
        const Tree& tree = model_.trees[signal.at.tree];
        for (const ExprId id : expressions_below(tree, declared.when)) {
            if (const auto* aggregate = std::get_if<AggregateExpr>(&tree[id].node))
                if (aggregate->window.kind == Window::Kind::over && aggregate->window.duration.value > kept)
                    report(aggregate->window.span);
            if (const auto* usual = std::get_if<BaselineExpr>(&tree[id].node))
                if (usual->past && usual->past->value > kept) report(usual->past->span);
        }
    }

    const Model& model_;
    const PolicyInfo& policy_;
    const PolicyDecl& declared_;
    Diagnostics& diagnostics_;
};

void lint_unused(const Model& model, Diagnostics& diagnostics) {
    for (const SignalInfo& signal : model.signals) {
        if (signal.used || !is_looked_at(model, signal.at.tree)) continue;
        diagnostics
            .add(Code::unused_signal, model.decl<SignalDecl>(signal.at).name.span,
                 fmt::format("nobody uses the signal {}", quoted(signal.name)))
            .label = "in no score, alert, trigger or other signal";
    }
    for (const ListInfo& list : model.lists) {
        if (list.used || !is_looked_at(model, list.at.tree)) continue;
        diagnostics.add(Code::unread_list, model.decl<ListDecl>(list.at).name.span,
                        fmt::format("no condition asks the list {}", quoted(list.name)));
    }
    for (const TableInfo& table : model.tables) {
        if (table.used || !is_looked_at(model, table.at.tree)) continue;
        diagnostics.add(Code::unread_list, model.decl<TableDecl>(table.at).name.span,
                        fmt::format("no condition asks the table {}", quoted(table.name)));
    }
}

void lint_exceptions(const Model& model, std::uint32_t tree, const std::vector<ExceptClause>& exceptions,
                     runtime::Time now, Diagnostics& diagnostics) {
    for (const ExceptClause& exception : exceptions) {
        if (!exception.until || instant_of(model, tree, *exception.until) > now) continue;
        diagnostics.add(Code::exception_over, exception.until->span, "the exception no longer holds").label =
            exception.owner ? fmt::format("{} answers for it", exception.owner->text) : "";
    }
}

std::string_view last_part(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

struct Coverage {
    bool positive = false, negative = false;
};

Coverage coverage_of(const Model& model, const PolicyInfo& policy) {
    using Kind = Expectation::Kind;
    Coverage coverage;
    for (const TestInfo& test : model.tests) {
        for (const auto& item : model.decl<TestDecl>(test.at).items) {
            const auto* expectation = std::get_if<Expectation>(&item);
            if (expectation == nullptr) continue;
            const bool named = expectation->policy && last_part(expectation->policy->text) == policy.name;
            const Kind kind = expectation->kind;
            if (kind == Kind::alert || kind == Kind::score || kind == Kind::watch)
                coverage.positive = coverage.positive || named;
            if (kind == Kind::no_alert || kind == Kind::no_watch)
                coverage.negative = coverage.negative || named || !expectation->policy;
            if (kind == Kind::nothing_else) coverage.negative = true;
        }
    }
    return coverage;
}

void lint_tests(const Model& model, Diagnostics& diagnostics) {
    for (const PolicyInfo& policy : model.policies) {
        if (!is_looked_at(model, policy.at.tree)) continue;
        const Coverage coverage = coverage_of(model, policy);
        const Span span = model.decl<PolicyDecl>(policy.at).name.span;
        if (!coverage.positive) {
            diagnostics
                .add(Code::no_test, span, fmt::format("no test shows the policy {} at work", quoted(policy.name)))
                .help = fmt::format("add `test \"…\" {{ …  expect alert {} … }}`", policy.name);
        } else if (!coverage.negative) {
            diagnostics
                .add(Code::no_negative_test, span,
                     fmt::format("no test shows when the policy {} stays silent", quoted(policy.name)))
                .help = fmt::format("add `expect no alert {}`", policy.name);
        }
    }
}

} // namespace

bool is_looked_at(const Model& model, std::uint32_t tree) {
    return !model.sources->file(model.trees[tree].file).standard;
}

void lint(const Model& model, const CompilerOptions& options, Diagnostics& diagnostics) {
    for (const PolicyInfo& policy : model.policies) {
        if (!is_looked_at(model, policy.at.tree)) continue;
        PolicyLint one(model, policy, diagnostics);
        one.look();
        if (!options.now) continue;
        one.look_at_dates(*options.now);
        lint_exceptions(model, policy.at.tree, model.decl<PolicyDecl>(policy.at).exceptions, *options.now, diagnostics);
    }
    for (const SignalInfo& signal : model.signals)
        if (options.now && is_looked_at(model, signal.at.tree))
            lint_exceptions(model, signal.at.tree, model.decl<SignalDecl>(signal.at).exceptions, *options.now,
                            diagnostics);
    lint_unused(model, diagnostics);
    lint_conditions(model, diagnostics);
    lint_values(model, diagnostics);
    lint_heard(model, diagnostics);
    if (options.tests) lint_tests(model, diagnostics);
}

} // namespace watchword::dsl
