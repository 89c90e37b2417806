// Signals: what they hear, their conditions, windows, parameters and exceptions; signals that hear signals. Sequences
// have a file of their own.
#include "dsl/signal_checker.hpp"

#include "dsl/comparison.hpp"
#include "dsl/constants.hpp"
#include "dsl/types.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace watchword::dsl {

namespace {

void check_parameters(Checking& checking, std::uint32_t index, const SignalDecl& declared,
                      std::vector<NamedType>& parameters) {
    const std::uint32_t tree = checking.model.signals[index].at.tree;
    for (const Parameter& parameter : declared.parameters) {
        for (const NamedType& other : parameters)
            if (other.name == parameter.name.text)
                checking.diagnostics.add(Code::declared_twice, parameter.name.span,
                                         fmt::format("the parameter {} is declared twice", quoted(other.name)));
        const Type type = resolve_type(checking, parameter.type);
        parameters.push_back({parameter.name.text, type});
        checking.model.signals[index].parameters.push_back(type);
        check_default(checking, tree, parameter, type);
    }
}

/// Fields that all of its hits may have: see SignalInfo::fields. As merged_field has them, but all at once, for there
/// may be many.
std::vector<runtime::Field> hit_fields(const Model& model, const std::vector<Heard>& heard) {
    std::vector<std::pair<runtime::Field, std::size_t>> merged; // and how many of those heard have it
    std::unordered_map<std::string_view, std::size_t> places;
    for (const Heard one : heard)
        for (const runtime::Field& field : fields_of(model, one)) {
            const auto [place, is_new] = places.try_emplace(field.name, merged.size());
            if (is_new) {
                merged.emplace_back(field, 1);
                continue;
            }
            merge_into(merged[place->second].first, field);
            ++merged[place->second].second;
        }
    std::vector<runtime::Field> fields;
    for (auto& [field, count] : merged) {
        if (field.type.kind == Kind::error) continue;
        if (count < heard.size()) field.type.optional = true;
        fields.push_back(std::move(field));
    }
    return fields;
}

bool is_distinct_person_count(const Checking& checking, std::uint32_t tree, ExprId id) {
    const auto* binary = std::get_if<Binary>(&checking.expr(tree, id).node);
    if (binary == nullptr || (binary->op != BinaryOp::at_least && binary->op != BinaryOp::more)) return false;
    const auto* aggregate = std::get_if<AggregateExpr>(&checking.expr(tree, binary->left).node);
    if (aggregate == nullptr || aggregate->function.text != "distinct" || aggregate->arguments.size() != 1)
        return false;
    if (aggregate->where != no_expr || aggregate->window.kind != Window::Kind::over) return false;
    const std::optional<Constant> least = constant_value(checking.model, tree, binary->right);
    return least && least->type.kind == Kind::integer &&
           checking.model.info(tree, aggregate->arguments[0]).type.kind == Kind::person;
}

void check_across(Checking& checking, const SignalDecl& declared, Scope& scope, const SignalInfo& signal) {
    ExpressionChecker checker(checking, scope);
    checker.check(declared.across->key);
    const Span span = declared.across->span;
    for (const Heard one : signal.heard) {
        if (!one.is_signal && checking.model.events[one.index].name.rfind("hr.", 0) == 0) continue;
        checking.diagnostics.add(Code::wrong_across, span, "an `across` signal hears only events of HR").help =
            "several people are seen together only in what HR says of them: `on hr.…`";
        break;
    }
    const bool shape = declared.when != no_expr && is_distinct_person_count(checking, scope.tree, declared.when);
    if (shape && declared.by.empty() && !declared.sequence) return;
    if (declared.when != no_expr && checking.info(scope.tree, declared.when).type.kind == Kind::error) return;
    checking.diagnostics
        .add(Code::wrong_across, declared.when == no_expr ? span : checking.expr(scope.tree, declared.when).span,
             "an `across` signal counts people")
        .help = "write `when distinct(user) over 30d >= 3`";
}

/// `when count() over 1h by host > 3`, as other languages have it: then the last key is `host > 3`. False: it is not
/// so.
bool refuse_keys_in_comparison(Checking& checking, const SignalDecl& declared, std::uint32_t tree) {
    if (declared.when == no_expr || declared.by.empty()) return false;
    const Expr& when = checking.expr(tree, declared.when);
    const auto* const comparison = std::get_if<Binary>(&checking.expr(tree, declared.by.back()).node);
    if (!std::holds_alternative<AggregateExpr>(when.node)) return false;
    if (comparison == nullptr || !is_comparison(comparison->op)) return false;
    const Span first = checking.expr(tree, declared.by.front()).span;
    const Span last = checking.expr(tree, comparison->left).span;
    if (first.begin < when.span.end) return false; // the keys stand before `when`
    const Span keys{first.file, first.begin, last.end};
    Diagnostic& diagnostic = checking.diagnostics.add(Code::not_a_condition, keys,
                                                      "the keys stand between a value and what it is compared with");
    diagnostic.label = "before `when`, or behind the condition";
    diagnostic.help =
        fmt::format("write `by {} when {} …`", checking.sources.text(keys), checking.sources.text(when.span));
    return true;
}

void check_on(Checking& checking, std::uint32_t index, const SignalDecl& declared, Scope& scope) {
    SignalNotes& notes = checking.signals[index];
    ExpressionChecker checker(checking, scope);
    if (refuse_keys_in_comparison(checking, declared, scope.tree)) return;
    scope.place = "in `where`";
    checker.check_condition(declared.where);
    scope.facts.merge(checker.facts_of(declared.where, true));
    scope.place = "in `by`";
    for (const ExprId key : declared.by) {
        const Type type = checker.check(key); // absent groups nothing
        if (type.kind == Kind::list)
            checking.diagnostics.add(Code::type_mismatch, checking.expr(scope.tree, key).span,
                                     "a list cannot be a key");
    }
    scope.place = "in `when`";
    scope.windows = &notes;
    checker.check_condition(declared.when);
    scope.windows = nullptr;
    if (declared.when != no_expr && notes.windows.empty() &&
        checking.info(scope.tree, declared.when).type.kind == Kind::boolean) {
        Diagnostic& diagnostic =
            checking.diagnostics.add(Code::when_without_window, checking.expr(scope.tree, declared.when).span,
                                     "`when` compares no windowed value");
        diagnostic.help = "a condition on the event alone is written with `where`";
    }
    notes.hit_facts = scope.facts;
}

} // namespace

void check_exception(Checking& checking, const ExceptClause& clause, Scope scope, StepInfo& into) {
    into.heard = resolve_patterns(checking, scope.tree, clause.patterns, false);
    scope.heard = &into.heard;
    scope.alias.clear();
    scope.facts.clear();
    scope.place = "in an exception";
    ExpressionChecker checker(checking, scope);
    checker.check_condition(clause.condition);
    if (trimmed_empty(clause.reason.text))
        checking.diagnostics.add(Code::empty_text, clause.reason.span, "an exception needs a reason");
    if (!clause.owner)
        checking.diagnostics
            .add(Code::missing_clause_of_exception, clause.reason.span, "the exception does not say who answers for it")
            .help = "add `owner \"…\"` after the reason";
    if (!clause.until)
        checking.diagnostics
            .add(Code::missing_clause_of_exception, clause.reason.span,
                 "the exception does not say until when it holds")
            .help = "add `until 2026-03-01` after the reason";
}

bool trimmed_empty(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

void ensure_signal(Checking& checking, std::uint32_t index, Span asked) {
    SignalInfo& signal = checking.model.signals[index];
    SignalNotes& notes = checking.signals[index];
    const auto& declared = checking.model.decl<SignalDecl>(signal.at);
    if (notes.progress == Progress::running) {
        Diagnostic& diagnostic = checking.diagnostics.add(
            Code::cycle, asked, fmt::format("the signal {} hears itself", quoted(signal.name)));
        diagnostic.label = "leads back here";
        diagnostic.notes.push_back({declared.name.span, "declared here"});
    }
    if (notes.progress != Progress::untouched) return;
    notes.progress = Progress::running;
    std::vector<NamedType> parameters;
    check_parameters(checking, index, declared, parameters);
    Scope scope;
    scope.tree = signal.at.tree;
    scope.parameters = &parameters;
    scope.employee = true;
    scope.clock = true;
    if (declared.sequence) {
        check_sequence(checking, index, declared, scope);
    } else {
        signal.heard = resolve_patterns(checking, scope.tree, declared.on, true);
        ensure_heard(checking, signal.heard, declared.on);
        scope.heard = &signal.heard;
        if (declared.alias) scope.alias = declared.alias->text;
        check_on(checking, index, declared, scope);
        notes.hit_on = signal.heard;
        if (declared.across) check_across(checking, declared, scope, signal);
    }
    if (declared.sequence &&
        (!declared.on.empty() || declared.where != no_expr || declared.when != no_expr || !declared.by.empty())) {
        checking.diagnostics
            .add(Code::sequence_beside_on, declared.sequence->span, "a signal is either `on` events or a `sequence`")
            .help = "conditions and keys of a sequence stand in its steps and after `within`";
    }
    signal.fields = hit_fields(checking.model, notes.hit_on);
    signal.excepts.resize(declared.exceptions.size());
    for (std::size_t clause = 0; clause < declared.exceptions.size(); ++clause)
        check_exception(checking, declared.exceptions[clause], scope, signal.excepts[clause]);
    notes.progress = Progress::done;
}

void ensure_heard(Checking& checking, const std::vector<Heard>& heard, const std::vector<EventPattern>& patterns) {
    for (const Heard one : heard) {
        if (!one.is_signal) continue;
        const Span span = patterns.empty() ? Span{} : patterns.front().span;
        ensure_signal(checking, one.index, span);
        SignalInfo& inner = checking.model.signals[one.index];
        inner.used = true;
        if (inner.is_across)
            checking.diagnostics
                .add(Code::wrong_across, span,
                     fmt::format("{} is about several people, and can only open a watch", quoted(inner.name)))
                .help = "write `opens on signal …`";
        const bool needed = !checking.model.decl<SignalDecl>(inner.at).parameters.empty() &&
                            std::any_of(checking.model.decl<SignalDecl>(inner.at).parameters.begin(),
                                        checking.model.decl<SignalDecl>(inner.at).parameters.end(),
                                        [](const Parameter& parameter) { return parameter.fallback == no_expr; });
        if (needed)
            checking.diagnostics.add(
                Code::wrong_arguments, span,
                fmt::format("{} has a parameter without a default, and cannot be heard as an event",
                            quoted(inner.name)));
    }
}

void check_signals(Checking& checking) {
    for (std::uint32_t index = 0; index < checking.model.signals.size(); ++index) ensure_signal(checking, index, {});
}

} // namespace watchword::dsl
