// The syntax tree as text without places, independent of the printer, so that trees can be compared.
#pragma once

#include "dsl/ast.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace watchword::tests {

class TreeDump {
public:
    explicit TreeDump(const dsl::Tree& tree) : tree_(tree) {}

    std::string run() {
        for (const dsl::Declaration& one : tree_.declarations) {
            put("\n", one.node.index(), one.doc);
            std::visit([this](const auto& node) { add(node); }, one.node);
        }
        return std::move(text_);
    }
    std::string expression(dsl::ExprId id) {
        expr(id);
        return std::move(text_);
    }

private:
    template <class... Values>
    void put(const Values&... values) {
        ((text_ += fmt::format("{}|", values)), ...);
    }
    template <class Value>
    void maybe(const std::optional<Value>& value) {
        text_ += value ? "+" : "-";
        if (value) add(*value);
    }
    template <class Value>
    void add(const std::vector<Value>& values) {
        text_ += fmt::format("[{}:", values.size());
        for (const Value& value : values) add(value);
        text_ += "]";
    }
    template <class A, class B>
    void add(const std::pair<A, B>& pair) {
        add(pair.first);
        add(pair.second);
    }
    void exprs(const std::vector<dsl::ExprId>& ids) {
        text_ += "(";
        for (const dsl::ExprId id : ids) expr(id);
        text_ += ")";
    }
    void add(const std::pair<dsl::ExprId, dsl::ExprId>& pair) { exprs({pair.first, pair.second}); }

    void add(std::uint32_t value) { put(value); }
    void add(std::int64_t value) { put(value); }
    void add(const dsl::Name& name) { put(name.text); }
    void add(const dsl::DottedName& name) { add(name.parts); }
    void add(const dsl::TextClause& clause) { put(clause.text); }
    template <class Clause>
    void clause(const Clause& clause) {
        put(clause.value);
        if (clause.constant != dsl::no_expr) expr(clause.constant);
    }
    void add(const dsl::NumberClause& one) { clause(one); }
    void add(const dsl::DurationClause& one) { clause(one); }
    void add(const dsl::CountClause& one) { clause(one); }
    void add(const dsl::InstantClause& clause) { put(clause.value, clause.zoned); }

    void expr(dsl::ExprId id) {
        if (id == dsl::no_expr) {
            text_ += "none ";
            return;
        }
        const dsl::Expr& one = tree_[id];
        text_ += fmt::format("<{} ", one.node.index());
        std::visit([this](const auto& node) { add(node); }, one.node);
        text_ += ">";
    }
    void add(const dsl::Literal& node) {
        put(static_cast<int>(node.kind), node.integer, node.real, node.text, node.zoned);
    }
    void add(const dsl::Path& node) { add(node.parts); }
    void add(const dsl::Unary& node) {
        put(static_cast<int>(node.op));
        expr(node.operand);
    }
    void add(const dsl::Binary& node) {
        put(static_cast<int>(node.op), node.folded);
        exprs({node.left, node.right});
    }
    void add(const dsl::Conditional& node) { exprs({node.condition, node.then, node.otherwise}); }
    void add(const dsl::Call& node) {
        add(node.function);
        exprs(node.arguments);
    }
    void add(const dsl::Window& node) {
        put(static_cast<int>(node.kind), node.unit.text);
        add(node.duration);
    }
    void add(const dsl::AggregateExpr& node) {
        add(node.function);
        exprs(node.arguments);
        expr(node.where);
        add(node.window);
    }
    void add(const dsl::NewExpr& node) {
        exprs(node.arguments);
        add(node.window);
    }
    void add(const dsl::BaselineExpr& node) {
        put(static_cast<int>(node.kind));
        maybe(node.past);
        exprs({node.value, node.by});
        maybe(node.at_least);
        maybe(node.during);
        maybe(node.baseline);
        maybe(node.member);
    }
    void add(const dsl::ListExpr& node) { exprs(node.items); }
    void add(const dsl::RangeExpr& node) { exprs({node.low, node.high}); }
    void add(const dsl::TupleExpr& node) { exprs(node.items); }
    void add(const dsl::HasExpr& node) { expr(node.path); }
    void add(const dsl::Quantifier& node) {
        put(node.every, node.variable.text);
        exprs({node.list, node.condition});
    }
    void add(const dsl::DuringExpr& node) { add(node.calendar); }

    void add(const dsl::TypeExpr& type) {
        put(type.name.text, type.optional);
        add(type.words);
        maybe(type.element);
    }
    void add(const dsl::FieldDecl& field) {
        put(field.name.text, field.sensitive, field.doc);
        add(field.type);
        expr(field.fallback);
    }
    void add(const dsl::Assignment& one) {
        add(one.name);
        expr(one.value);
    }
    void add(const dsl::EventPattern& one) {
        put(static_cast<int>(one.kind));
        add(one.name);
    }
    void add(const dsl::Use& use) {
        add(use.name);
        add(use.arguments);
    }
    void add(const dsl::ExceptClause& one) {
        add(one.reason);
        maybe(one.owner);
        maybe(one.until);
        add(one.patterns);
        expr(one.condition);
    }
    void add(const dsl::Parameter& one) {
        add(one.name);
        add(one.type);
        expr(one.fallback);
    }

    void add(const dsl::ModuleDecl& node) {
        add(node.name);
        maybe(node.zone);
    }
    void add(const dsl::UseDecl& node) { add(node.items); }
    void add(const dsl::UseDecl::Item& item) {
        add(item.module);
        maybe(item.alias);
    }
    void add(const dsl::EventDecl& node) {
        add(node.name);
        add(node.fields);
        put(node.adds);
        add(node.updates);
    }
    void add(const dsl::SubjectDecl& node) {
        add(node.name);
        add(node.fields);
    }
    void add(const dsl::ListDecl& node) {
        add(node.name);
        exprs(node.items);
        maybe(node.file);
        maybe(node.column);
    }
    void add(const dsl::TableDecl& node) {
        add(node.name);
        add(node.file);
        add(node.columns);
    }
    void add(const dsl::LetDecl& node) {
        add(node.name);
        expr(node.value);
    }
    void add(const dsl::DefineDecl& node) {
        add(node.name);
        add(node.parameters);
        expr(node.body);
    }
    void add(const dsl::CalendarDecl& node) {
        add(node.name);
        add(node.days);
        for (const auto& hours : node.hours) add(hours);
        exprs({node.zone, node.except});
        maybe(node.holidays);
    }
    void add(const dsl::BaselineDecl& node) {
        add(node.name);
        add(node.file);
    }
    void add(const dsl::ActionDecl& node) {
        add(node.name);
        add(node.parameters);
        put(node.state);
    }
    void add(const dsl::Step& step) {
        put(step.forbidden);
        add(step.times);
        add(step.patterns);
        maybe(step.alias);
        expr(step.where);
        exprs(step.by);
    }
    void add(const dsl::Sequence& node) {
        add(node.within);
        exprs(node.by);
        add(node.steps);
        add(node.until);
    }
    void add(const dsl::SignalDecl& node) {
        add(node.name);
        maybe(node.title);
        add(node.parameters);
        add(node.on);
        maybe(node.alias);
        expr(node.across ? node.across->key : dsl::no_expr);
        exprs({node.where, node.when});
        exprs(node.by);
        maybe(node.sequence);
        add(node.exceptions);
    }
    void add(const dsl::Opens& node) {
        put(static_cast<int>(node.kind), node.target.text);
        add(node.patterns);
        maybe(node.level);
        maybe(node.alias);
        exprs({node.group, node.at, node.where});
    }
    void add(const dsl::Close& node) {
        put(static_cast<int>(node.kind));
        add(node.duration);
        add(node.patterns);
        maybe(node.alias);
        exprs({node.instant, node.where});
    }
    void add(const dsl::RetriggerClause& node) {
        add(node.kind);
        maybe(node.at_most);
    }
    void add(const dsl::Term& node) {
        exprs({node.points, node.when});
        add(node.signal);
        maybe(node.at_most);
        put(node.once);
    }
    void add(const dsl::Booster& node) {
        add(node.factor);
        expr(node.when);
    }
    void add(const dsl::ScoreClause& node) {
        add(node.terms);
        maybe(node.halves_every);
        add(node.boosters);
        maybe(node.at_most);
    }
    void add(const dsl::AlertClause& node) {
        put(static_cast<int>(node.cause), node.level.text);
        add(node.at);
        add(node.signal);
        maybe(node.rearms_below);
        add(node.actions);
    }
    void add(const dsl::PolicyDecl& node) {
        add(node.name);
        maybe(node.title);
        for (const auto* one : {&node.id, &node.purpose, &node.basis, &node.owner, &node.version, &node.always})
            maybe(*one);
        maybe(node.severity);
        add(node.tags);
        add(node.references);
        for (const auto* one : {&node.created, &node.modified, &node.expires}) maybe(*one);
        expr(node.covers);
        add(node.opens);
        maybe(node.looks_back);
        add(node.closes);
        maybe(node.retrigger);
        add(node.exceptions);
        maybe(node.score);
        add(node.alerts);
        put(node.clauses.size());
    }
    void add(const dsl::RiskDecl& node) {
        add(node.combine);
        add(node.levels);
    }
    void add(const dsl::Column& node) {
        add(node.type);
        add(node.name);
        add(node.headers);
        put(node.sensitive);
    }
    void add(const dsl::Emit& node) {
        put(node.employee);
        add(node.event);
        expr(node.when);
        add(node.fields);
    }
    void add(const dsl::SourceDecl& node) {
        add(node.name);
        add(node.format);
        maybe(node.delimiter);
        maybe(node.zone);
        add(node.header);
        add(node.columns);
        add(node.emits);
    }
    void add(const dsl::EmployeeItem& node) {
        maybe(node.at);
        add(node.id);
        add(node.attributes);
    }
    void add(const dsl::EventItem& node) {
        add(node.at);
        add(node.event);
        add(node.fields);
        add(node.times);
        add(node.every);
    }
    void add(const dsl::Expectation& node) {
        put(static_cast<int>(node.kind), node.or_above, static_cast<int>(node.comparison));
        maybe(node.policy);
        maybe(node.level);
        maybe(node.person);
        maybe(node.at);
        add(node.because);
        maybe(node.times);
        add(node.number);
        maybe(node.file);
    }
    void add(const dsl::TestOption& node) {
        add(node.name);
        maybe(node.duration);
        maybe(node.instant);
    }
    void add(const std::variant<dsl::EmployeeItem, dsl::EventItem, dsl::Expectation, dsl::TestOption>& item) {
        put(item.index());
        std::visit([this](const auto& node) { add(node); }, item);
    }
    void add(const dsl::TestCase& node) {
        add(node.title);
        add(node.values);
        add(node.expectations);
    }
    void add(const dsl::TestDecl& node) {
        add(node.title);
        add(node.items);
        add(node.cases);
        if (node.refusal) add(node.refusal->codes);
    }

    const dsl::Tree& tree_;
    std::string text_;
};

inline std::string dump(const dsl::Tree& tree) { return TreeDump{tree}.run(); }

} // namespace watchword::tests
