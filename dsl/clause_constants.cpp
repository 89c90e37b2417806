// Clauses that take a duration or a number by the name of a constant: what the name means, and its value put into the
// clause. Nothing else changes a tree, and nothing reads such a clause before.
#include "dsl/checking.hpp"
#include "dsl/types.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

class ClauseConstants {
public:
    ClauseConstants(Checking& checking, std::uint32_t tree)
        : checking_(checking), tree_(tree), written_(checking.model.trees[tree]) {}

    void put_in() {
        for (Declaration& declaration : written_.declarations) {
            parameters_ = nullptr;
            cases_ = nullptr;
            if (const auto* signal = std::get_if<SignalDecl>(&declaration.node)) parameters_ = &signal->parameters;
            if (const auto* define = std::get_if<DefineDecl>(&declaration.node)) parameters_ = &define->parameters;
            std::visit([this](auto& node) { clauses_of(node); }, declaration.node);
            expressions_before(declaration.span.end);
        }
    }

private:
    /// Those of a declaration stand together, in the order of the declarations.
    void expressions_before(std::uint32_t end) {
        for (; next_ < written_.exprs.size() && written_.exprs[next_].span.begin < end; ++next_) {
            auto& node = written_.exprs[next_].node;
            if (auto* aggregate = std::get_if<AggregateExpr>(&node)) put(aggregate->window.duration);
            if (auto* novelty = std::get_if<NewExpr>(&node)) put(novelty->window.duration);
            auto* baseline = std::get_if<BaselineExpr>(&node);
            if (baseline == nullptr) continue;
            if (baseline->past) put(*baseline->past);
            if (baseline->at_least) put(*baseline->at_least, max_least_buckets);
        }
    }

    template <class Node>
    void clauses_of(const Node&) {}
    void clauses_of(SignalDecl& signal) {
        if (!signal.sequence) return;
        put(signal.sequence->within);
        for (Step& step : signal.sequence->steps) put(step.times, max_step_times);
    }
    void clauses_of(PolicyDecl& policy) {
        if (policy.looks_back) put(*policy.looks_back);
        for (Close& close : policy.closes) put(close.duration);
        if (policy.retrigger && policy.retrigger->at_most) put(*policy.retrigger->at_most);
        if (policy.score) clauses_of(*policy.score);
        for (AlertClause& alert : policy.alerts) {
            put(alert.at);
            if (alert.rearms_below) put(*alert.rearms_below);
        }
    }
    void clauses_of(ScoreClause& score) {
        for (Term& term : score.terms)
            if (term.at_most) put(*term.at_most);
        if (score.halves_every) put(*score.halves_every);
        for (Booster& booster : score.boosters) put(booster.factor);
        if (score.at_most) put(*score.at_most);
    }
    void clauses_of(RiskDecl& risk) {
        for (auto& [level, threshold] : risk.levels) put(threshold);
    }
    void clauses_of(TestDecl& test) {
        if (!checking_.options.tests || !checking_.scopes[tree_].is_root) return; // not looked at
        if (!test.cases.empty()) cases_ = &test.cases.front().values;
        for (auto& item : test.items) {
            if (auto* event = std::get_if<EventItem>(&item)) {
                put(event->times, max_event_times);
                put(event->every);
            }
            if (auto* option = std::get_if<TestOption>(&item); option != nullptr && option->duration)
                put(*option->duration);
            if (auto* expectation = std::get_if<Expectation>(&item)) put_expected(expectation->number);
        }
        for (TestCase& one : test.cases)
            for (Expectation& expectation : one.expectations) put_expected(expectation.number);
    }

    // --- one clause ---

    void put(DurationClause& clause) {
        if (clause.constant == no_expr) return;
        const Constant* value = value_of(clause.constant, {Kind::duration}, "a duration", "30d");
        clause.known = value != nullptr;
        clause.value = value == nullptr ? 1 : value->integer;
    }
    void put(NumberClause& clause) {
        if (clause.constant == no_expr) return;
        const Constant* value = value_of(clause.constant, {Kind::integer, Kind::real}, "a number", "80");
        clause.known = value != nullptr;
        clause.value = value == nullptr                 ? 1
                       : value->type.kind == Kind::real ? value->real
                                                        : static_cast<double>(value->integer);
    }
    void put(CountClause& clause, std::int64_t most) {
        if (clause.constant == no_expr) return;
        const Constant* value = value_of(clause.constant, {Kind::integer}, "a whole number", "3");
        clause.known = value != nullptr && value->integer >= 1 && value->integer <= most;
        clause.value = clause.known ? value->integer : 1;
        if (clause.known || value == nullptr) return;
        Diagnostic& diagnostic =
            checking_.diagnostics.add(Code::out_of_range, span(clause.constant),
                                      fmt::format("{} is {}", quoted(name_of(clause.constant).text), value->integer));
        diagnostic.label = fmt::format("1 to {} here", most);
        diagnostic.notes.push_back({declared_at(clause.constant), "declared here"});
    }
    /// A name of the cases, too: which value that is differs from case to case.
    void put_expected(NumberClause& clause) {
        if (clause.constant == no_expr) return;
        const Assignment* const of_case = find_case(clause.constant);
        if (of_case == nullptr) return put(clause);
        const auto column = static_cast<std::uint32_t>(of_case - cases_->data());
        checking_.info(tree_, clause.constant).ref = {RefKind::parameter, column};
    }

    // --- what the name means ---

    Span span(ExprId id) const { return written_[id].span; }
    Name name_of(ExprId id) const {
        const auto* path = std::get_if<Path>(&written_[id].node);
        return path == nullptr ? Name{} : Name{DottedName{path->parts, {}}.text(), span(id)};
    }
    Span declared_at(ExprId id) const {
        const DeclRef at = checking_.model.constants[checking_.model.info(tree_, id).ref.index].at;
        return checking_.model.decl<LetDecl>(at).name.span;
    }

    /// nullptr after reporting.
    const Constant* value_of(ExprId id, std::initializer_list<Kind> kinds, std::string_view wanted,
                             std::string_view sample) {
        const Name name = name_of(id);
        if (name.text.empty() || is_variable(id, name)) return nullptr;
        const Symbol* const symbol = find_symbol(checking_, tree_, name, Sort::constant);
        if (symbol == nullptr) return nullptr;
        const Constant& value = checking_.model.constants[symbol->index].value;
        ExprInfo& info = checking_.info(tree_, id);
        info.ref = {RefKind::constant, symbol->index};
        info.type = info.as = value.type;
        if (value.type.kind == Kind::error) return nullptr; // which was reported
        if (std::find(kinds.begin(), kinds.end(), value.type.kind) != kinds.end()) return &value;
        Diagnostic& diagnostic = checking_.diagnostics.add(
            Code::type_mismatch, name.span,
            fmt::format("{} is {}, not {}", quoted(name.text), quoted(show_type(checking_.model, value.type)), wanted));
        diagnostic.label = fmt::format("{} is needed here", wanted);
        diagnostic.notes.push_back({symbol->span, "declared here"});
        diagnostic.help = fmt::format("{} is written as in `let {} = {}`", wanted,
                                      name.text.substr(name.text.rfind('.') + 1), sample);
        return nullptr;
    }

    /// Reports a name whose value nobody knows before the policy is used: a parameter, a name of the cases, a field.
    bool is_variable(ExprId id, const Name& name) {
        std::string_view what;
        const Parameter* const parameter = find_parameter(name.text);
        const Assignment* const of_case = find_case(id);
        if (parameter != nullptr)
            what = "a parameter";
        else if (of_case != nullptr)
            what = "a name of the cases";
        else if (visible(checking_, tree_, name.text).empty() && is_field(name.text))
            what = name.text.starts_with("employee.") ? "an attribute of the person" : "a field of an event";
        else
            return false;
        Diagnostic& diagnostic = checking_.diagnostics.add(
            Code::variable_in_clause, name.span, fmt::format("{} is {}, not a constant", quoted(name.text), what));
        diagnostic.label = "its value has to be known before any event";
        if (parameter != nullptr) diagnostic.notes.push_back({parameter->name.span, "declared here"});
        if (of_case != nullptr) diagnostic.notes.push_back({of_case->name.span, "given here"});
        diagnostic.help = "this clause takes a literal, or the name of a `let`";
        return true;
    }
    const Parameter* find_parameter(std::string_view name) const {
        if (parameters_ == nullptr) return nullptr;
        for (const Parameter& parameter : *parameters_)
            if (parameter.name.text == name) return &parameter;
        return nullptr;
    }
    const Assignment* find_case(ExprId id) const {
        if (cases_ == nullptr) return nullptr;
        for (const Assignment& value : *cases_)
            if (value.name.text == name_of(id).text) return &value;
        return nullptr;
    }
    /// `bytes`, `c.bytes`, `employee.group`.
    bool is_field(std::string_view name) const {
        const std::string_view last = name.substr(name.rfind('.') + 1); // npos + 1 is 0
        const auto called_so = [last](const runtime::Field& field) { return field.name == last; };
        const Model& model = checking_.model;
        if (name.starts_with("employee."))
            return std::any_of(model.employee.attributes.begin(), model.employee.attributes.end(), called_so);
        return std::any_of(model.events.begin(), model.events.end(), [&](const runtime::EventSchema& schema) {
            return std::any_of(schema.fields.begin(), schema.fields.end(), called_so);
        });
    }

    Checking& checking_;
    std::uint32_t tree_;
    Tree& written_;
    ExprId next_ = 0;                                    ///< the first expression not looked at
    const std::vector<Parameter>* parameters_ = nullptr; ///< of the declaration
    const std::vector<Assignment>* cases_ = nullptr;     ///< the first case of the test
};

} // namespace

void put_in_constants(Checking& checking) {
    for (std::uint32_t tree = 0; tree < checking.model.trees.size(); ++tree) ClauseConstants(checking, tree).put_in();
}

} // namespace watchword::dsl
