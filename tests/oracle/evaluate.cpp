// One function a kind of node. Types are not looked for here but taken from the checker's notes on each expression.
#include "tests/oracle/evaluate.hpp"

#include "runtime/civil.hpp"
#include "runtime/function.hpp"
#include "runtime/text.hpp"
#include "tests/oracle/calendar.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <limits>
#include <re2/re2.h>

namespace watchword::oracle {
namespace {

using namespace watchword::dsl;
using runtime::is_textual;

[[noreturn]] void unsupported(std::string_view what) {
    fmt::print(stderr, "the oracle does not know {}\n", what);
    std::abort();
}

/// Sums and products stop at the ends of 64 bits.
std::int64_t saturate(Wide value) {
    constexpr Wide low = std::numeric_limits<std::int64_t>::min(), high = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(value < low ? low : value > high ? high : value);
}

struct Evaluator {
    const Scope& scope;

    const Tree& tree() const { return scope.model.trees[scope.tree]; }
    const ExprInfo& info(ExprId id) const { return scope.model.info(scope.tree, id); }
    Kind kind(ExprId id) const { return info(id).as.kind; }

    Datum value(ExprId id) const {
        Datum result = std::visit([&](const auto& node) { return of(node, id); }, tree()[id].node);
        return converted(std::move(result), info(id).type, info(id).as);
    }

    Datum converted(Datum datum, Type from, Type to) const {
        if (!datum.present || from.kind == to.kind) return datum;
        if (to.kind == Kind::real) return Datum::of(static_cast<double>(datum.integer));
        if (from.kind == Kind::text && (to.kind == Kind::host || to.kind == Kind::email))
            return Datum::of(runtime::fold(datum.text));
        return datum;
    }

    Datum of(const Literal& literal, ExprId) const {
        switch (literal.kind) {
        case LiteralKind::real:
        case LiteralKind::percentage:
            return Datum::of(literal.real);
        case LiteralKind::text:
        case LiteralKind::raw_text:
            return Datum::of(literal.text);
        case LiteralKind::instant:
            return Datum::of(literal.zoned ? literal.integer
                                           : runtime::Zone(scope.model.zone).from_local(literal.integer));
        default:
            return Datum::of(literal.integer);
        }
    }

    Datum field(const Record* record, const std::string& name, const ExprInfo& about) const {
        if (record == nullptr) return {};
        const auto found = record->fields.find(name);
        if (found == record->fields.end()) return {};
        // With an attribute behind it the path's own type is the attribute's, and the field is a person.
        return plain(found->second, about.ref.attribute != none ? Kind::person : about.type.kind);
    }

    /// Persons become employee ids, hosts and addresses lose their case.
    Datum plain(Datum datum, Kind kind) const {
        if (!datum.present) return datum;
        if (kind == Kind::person) datum.text = scope.people.resolve(datum.text);
        if (kind == Kind::host || kind == Kind::email) datum.text = runtime::fold(datum.text);
        return datum;
    }

    Datum attribute_of(const std::string& person, std::uint32_t attribute) const {
        const Fields* attributes = scope.people.attributes(person);
        if (attributes == nullptr) return {};
        const auto found = attributes->find(scope.model.employee.attributes[attribute].name);
        return found == attributes->end() ? Datum{} : found->second;
    }

    /// `notice.last_day`: absent when the newest trigger goes by another name.
    Datum trigger_field(const ExprInfo& about) const {
        const std::size_t dot = about.ref.field.find('.');
        if (about.ref.field.substr(0, dot) != scope.trigger_alias) return {};
        return field(scope.trigger, about.ref.field.substr(dot + 1), about);
    }

    /// The record whose stamps are meant; nullptr when it is not there.
    const Record* record_of(const Ref& ref) const {
        if (ref.of_trigger) return ref.field.starts_with(scope.trigger_alias + ".") ? scope.trigger : nullptr;
        if (!ref.of_step) return scope.event;
        const auto found = scope.steps.find(ref.index);
        return found == scope.steps.end() ? nullptr : found->second;
    }

    Datum stamp(const Ref& ref) const {
        const Record* record = record_of(ref);
        if (record == nullptr) return {};
        if (ref.kind == RefKind::time) return Datum::of(record->time);
        if (ref.kind == RefKind::stated) return Datum::of(record->stated);
        if (ref.kind == RefKind::event_type && record == scope.event && !ref.of_step && !scope.signal_name.empty())
            return Datum::of(scope.signal_name);
        return Datum::of(ref.kind == RefKind::id ? record->id : record->type);
    }

    Datum of(const Path&, ExprId id) const {
        Datum datum = referred(info(id));
        const Ref& ref = info(id).ref;
        if (ref.attribute == none || ref.kind == RefKind::attribute) return datum;
        return datum.present ? attribute_of(datum.text, ref.attribute) : datum;
    }

    Datum referred(const ExprInfo& about) const {
        const Ref& ref = about.ref;
        switch (ref.kind) {
        case RefKind::field:
            return field(scope.event, ref.field, about);
        case RefKind::trigger_field:
            return trigger_field(about);
        case RefKind::step_field: {
            const auto found = scope.steps.find(ref.index);
            return field(found == scope.steps.end() ? nullptr : found->second, ref.field, about);
        }
        case RefKind::attribute:
            return attribute_of(scope.subject, ref.index);
        case RefKind::constant:
            return of_constant(scope.model.constants[ref.index].value);
        case RefKind::enumerator:
            return Datum::of(std::int64_t{ref.index});
        case RefKind::list: {
            Datum list = Datum::of(std::int64_t{0});
            for (const Constant& item : scope.model.lists[ref.index].items) list.items.push_back(of_constant(item));
            return list;
        }
        case RefKind::parameter:
            return (*scope.parameters)[ref.index];
        case RefKind::variable:
            return scope.variables.at(ref.index);
        case RefKind::subject:
            return Datum::of(scope.subject);
        case RefKind::lookback:
            return Datum::truth(scope.lookback);
        case RefKind::signal_name:
            return Datum::of(scope.signal_name);
        case RefKind::time:
        case RefKind::stated:
        case RefKind::id:
        case RefKind::event_type:
            return stamp(ref);
        default:
            unsupported("this kind of name");
        }
    }

    /// Texts that stand for people are whom they name.
    bool same(const Datum& left, const Datum& right, Kind kind, bool folded) const {
        if (kind == Kind::real || left.fractional || right.fractional)
            return left.as_real(kind == Kind::real) == right.as_real(kind == Kind::real);
        if (kind == Kind::person)
            return runtime::equal_folded(scope.people.resolve(left.text), scope.people.resolve(right.text));
        if (is_textual(kind) || kind == Kind::ip)
            return folded ? runtime::fold(left.text) == runtime::fold(right.text) : left.text == right.text;
        return left.integer == right.integer;
    }

    Datum of(const Unary& unary, ExprId id) const {
        const Datum operand = value(unary.operand);
        if (!operand.present) return {};
        if (unary.op == UnaryOp::logic_not) return Datum::truth(operand.integer == 0);
        if (info(id).type.kind == Kind::real) return Datum::of(-operand.real);
        return Datum::of(saturate(-static_cast<Wide>(operand.integer)));
    }

    /// Three-valued: unknown decides nothing. Where nothing can be absent this is plain logic.
    Datum logic(const Binary& binary) const {
        const bool decides = binary.op == BinaryOp::logic_or;
        const Datum left = value(binary.left), right = value(binary.right);
        for (const Datum& side : {left, right})
            if (side.present && (side.integer != 0) == decides) return Datum::truth(decides);
        return left.present && right.present ? Datum::truth(!decides) : Datum{};
    }

    Datum of(const Binary& binary, ExprId id) const {
        switch (binary.op) {
        case BinaryOp::logic_or:
        case BinaryOp::logic_and:
            return logic(binary);
        case BinaryOp::coalesce: {
            Datum left = value(binary.left);
            return left.present ? left : value(binary.right);
        }
        case BinaryOp::in:
        case BinaryOp::not_in:
            return membership(binary);
        default:
            break;
        }
        const Datum left = value(binary.left), right = value(binary.right);
        if (!left.present || !right.present) return {};
        if (binary.op >= BinaryOp::add) return arithmetic(binary, id, left, right);
        return Datum::truth(compared(binary, left, right));
    }

    bool compared(const Binary& binary, const Datum& left, const Datum& right) const {
        const Kind by = kind(binary.left);
        switch (binary.op) {
        case BinaryOp::equal:
            return same(left, right, by, binary.folded);
        case BinaryOp::unequal:
            return !same(left, right, by, binary.folded);
        case BinaryOp::less:
            return less(left, right, by);
        case BinaryOp::at_most:
            return !less(right, left, by);
        case BinaryOp::more:
            return less(right, left, by);
        case BinaryOp::at_least:
            return !less(left, right, by);
        default:
            return text_compared(binary, left, right);
        }
    }

    bool text_compared(const Binary& binary, const Datum& left, const Datum& right) const {
        if (binary.op == BinaryOp::overlaps) {
            for (const Datum& item : left.items)
                for (const Datum& other : right.items)
                    if (same(item, other, static_cast<Kind>(info(binary.left).as.detail), binary.folded)) return true;
            return false;
        }
        const std::string text = binary.folded ? runtime::fold(left.text) : left.text;
        const std::string other = binary.folded ? runtime::fold(right.text) : right.text;
        switch (binary.op) {
        case BinaryOp::contains:
            return text.find(other) != std::string::npos;
        case BinaryOp::starts_with:
            return text.starts_with(other);
        case BinaryOp::ends_with:
            return text.ends_with(other);
        case BinaryOp::like:
            return runtime::like(text, other);
        case BinaryOp::matches: {
            re2::RE2::Options options;
            options.set_case_sensitive(!binary.folded);
            return re2::RE2::PartialMatch(left.text, re2::RE2(right.text, options));
        }
        default:
            unsupported("this operator");
        }
    }

    Datum membership(const Binary& binary) const {
        const Datum left = value(binary.left);
        if (!left.present) return {};
        const bool wanted = binary.op == BinaryOp::in;
        if (info(binary.right).ref.kind == RefKind::table) return Datum::truth(has_row(binary, left) == wanted);
        if (const auto* range = std::get_if<RangeExpr>(&tree()[binary.right].node)) {
            const Datum low = value(range->low), high = value(range->high);
            const Kind by = kind(binary.left);
            return Datum::truth((!less(left, low, by) && !less(high, left, by)) == wanted);
        }
        for (const Datum& item : value(binary.right).items)
            if (same(left, item, kind(binary.left), binary.folded)) return Datum::truth(wanted);
        return Datum::truth(!wanted);
    }

    /// Whether the table has a row with the values of the tuple.
    bool has_row(const Binary& binary, const Datum& tuple) const {
        const TableInfo& table = scope.model.tables[info(binary.right).ref.index];
        return std::ranges::any_of(table.rows, [&](const std::vector<Constant>& row) {
            for (std::size_t index = 0; index < row.size(); ++index)
                if (!same(tuple.items[index], of_constant(row[index]), table.columns[index], binary.folded))
                    return false;
            return true;
        });
    }

    Datum arithmetic(const Binary& binary, ExprId id, const Datum& left, const Datum& right) const {
        const auto real = [&](const Datum& datum, ExprId of) { return datum.as_real(kind(of) == Kind::real); };
        const double a = real(left, binary.left), b = real(right, binary.right);
        if (binary.op == BinaryOp::divide) {
            if (b == 0) return {};
            return Datum::of(a / b);
        }
        const bool fractional = left.fractional || right.fractional;
        if (info(id).type.kind == Kind::real || fractional) {
            const auto result = [&](double value) { return fractional ? Datum::fraction(value) : Datum::of(value); };
            switch (binary.op) {
            case BinaryOp::add:
                return result(a + b);
            case BinaryOp::subtract:
                return result(a - b);
            case BinaryOp::multiply:
                return result(a * b);
            default:
                unsupported("modulo of reals");
            }
        }
        const Wide x = left.integer, y = right.integer;
        switch (binary.op) {
        case BinaryOp::add:
            return Datum::of(saturate(x + y));
        case BinaryOp::subtract:
            return Datum::of(saturate(x - y));
        case BinaryOp::multiply:
            return Datum::of(saturate(x * y));
        default:
            return y == 0 ? Datum{} : Datum::of(static_cast<std::int64_t>((x % y + y) % y));
        }
    }

    Datum of(const Conditional& conditional, ExprId) const {
        return value(value(conditional.condition).is_true() ? conditional.then : conditional.otherwise);
    }

    Datum of(const Call& call, ExprId id) const {
        const Ref& ref = info(id).ref;
        std::vector<Datum> arguments;
        for (const ExprId argument : call.arguments) {
            arguments.push_back(value(argument));
            if (!arguments.back().present) return {};
        }
        if (ref.kind != RefKind::define) return called((*scope.model.functions)[ref.index], arguments);
        const DefineInfo& define = scope.model.defines[ref.index];
        const auto& declared = scope.model.decl<DefineDecl>(define.at);
        Scope inner = scope;
        inner.tree = define.at.tree;
        while (arguments.size() < declared.parameters.size())
            arguments.push_back(evaluate(inner, declared.parameters[arguments.size()].fallback));
        inner.parameters = &arguments;
        return evaluate(inner, declared.body);
    }

    Datum called(const runtime::FunctionRow& row, const std::vector<Datum>& arguments) const {
        std::vector<runtime::Value> values;
        for (std::size_t index = 0; index < arguments.size(); ++index) {
            const Kind by = row.parameters[index].kind;
            if (by == Kind::list) unsupported("functions over lists");
            values.push_back(by == Kind::real ? runtime::Value::of(arguments[index].real)
                             : is_textual(by) ? runtime::Value::of(std::string_view(arguments[index].text))
                                              : runtime::Value::of(arguments[index].integer));
        }
        runtime::Scratch scratch;
        runtime::FunctionContext context{scratch, scope.model.zone};
        const runtime::Value result = row.evaluate(values.data(), context);
        if (!result.present()) return {};
        if (row.result.kind == Kind::real) return Datum::of(result.real);
        if (is_textual(row.result.kind)) return Datum::of(std::string(result.text()));
        return Datum::of(result.integer);
    }

    Datum of(const AggregateExpr&, ExprId id) const { return scope.window(id); }
    Datum of(const NewExpr&, ExprId id) const { return scope.window(id); }
    Datum of(const BaselineExpr&, ExprId id) const { return scope.window(id); }

    Datum of(const ListExpr& list, ExprId) const {
        Datum result = Datum::of(std::int64_t{0});
        for (const ExprId item : list.items) result.items.push_back(value(item));
        return result;
    }

    Datum of(const HasExpr& has, ExprId) const { return Datum::truth(value(has.path).present); }

    Datum of(const Quantifier& quantifier, ExprId id) const {
        const Datum list = value(quantifier.list);
        if (!list.present) return {};
        Scope inner = scope;
        for (const Datum& item : list.items) {
            inner.variables[id] = item;
            if (evaluate(inner, quantifier.condition).is_true() != quantifier.every)
                return Datum::truth(!quantifier.every);
        }
        return Datum::truth(quantifier.every);
    }

    Datum of(const RangeExpr&, ExprId) const { unsupported("a range outside `in`"); }
    /// Of a tuple of which one value is absent nothing can be said.
    Datum of(const TupleExpr& tuple, ExprId) const {
        Datum result = Datum::of(std::int64_t{0});
        for (const ExprId item : tuple.items) {
            result.items.push_back(value(item));
            if (!result.items.back().present) return {};
        }
        return result;
    }
    Datum of(const DuringExpr&, ExprId id) const {
        return Datum::truth(is_working_time(scope, info(id).ref.index, scope.now));
    }
};

} // namespace

Datum of_constant(const Constant& constant) {
    Datum datum{constant.present, constant.integer, constant.real, constant.text, {}};
    for (const Constant& item : constant.items) datum.items.push_back(of_constant(item));
    return datum;
}

bool less(const Datum& left, const Datum& right, runtime::Kind kind) {
    if (kind == Kind::real || left.fractional || right.fractional)
        return left.as_real(kind == Kind::real) < right.as_real(kind == Kind::real);
    if (is_textual(kind) || kind == Kind::person || kind == Kind::ip) return left.text < right.text;
    return left.integer < right.integer;
}

Datum evaluate(const Scope& scope, ExprId id) { return Evaluator{scope}.value(id); }

bool holds(const Scope& scope, ExprId id) { return id == no_expr || evaluate(scope, id).is_true(); }

} // namespace watchword::oracle
