// Types of the binary operators: logic with its narrowing, comparison, text, membership, defaults, arithmetic.
#include "dsl/comparison.hpp"
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"
#include "dsl/types.hpp"
#include "runtime/text.hpp"

#include <array>
#include <fmt/format.h>
#include <re2/re2.h>

namespace watchword::dsl {

namespace {

std::string_view spelling(BinaryOp op) {
    switch (op) {
    case BinaryOp::logic_or:
        return "or";
    case BinaryOp::logic_and:
        return "and";
    case BinaryOp::equal:
        return "==";
    case BinaryOp::unequal:
        return "!=";
    case BinaryOp::less:
        return "<";
    case BinaryOp::at_most:
        return "<=";
    case BinaryOp::more:
        return ">";
    case BinaryOp::at_least:
        return ">=";
    case BinaryOp::in:
        return "in";
    case BinaryOp::not_in:
        return "not in";
    case BinaryOp::contains:
        return "contains";
    case BinaryOp::starts_with:
        return "startswith";
    case BinaryOp::ends_with:
        return "endswith";
    case BinaryOp::like:
        return "like";
    case BinaryOp::matches:
        return "matches";
    case BinaryOp::overlaps:
        return "overlaps";
    case BinaryOp::coalesce:
        return "??";
    case BinaryOp::add:
        return "+";
    case BinaryOp::subtract:
        return "-";
    case BinaryOp::multiply:
        return "*";
    case BinaryOp::divide:
        return "/";
    case BinaryOp::modulo:
        return "mod";
    }
    return "?";
}

bool is_text_operator(BinaryOp op) { return op >= BinaryOp::contains && op <= BinaryOp::matches; }

struct Arithmetic {
    BinaryOp op;
    Kind left, right, result;
};
/// Beside int with int, real with real, and int with real.
constexpr std::array arithmetic_rows{
    Arithmetic{BinaryOp::add, Kind::size, Kind::size, Kind::size},
    Arithmetic{BinaryOp::add, Kind::duration, Kind::duration, Kind::duration},
    Arithmetic{BinaryOp::add, Kind::time, Kind::duration, Kind::time},
    Arithmetic{BinaryOp::add, Kind::duration, Kind::time, Kind::time},
    Arithmetic{BinaryOp::subtract, Kind::size, Kind::size, Kind::size},
    Arithmetic{BinaryOp::subtract, Kind::duration, Kind::duration, Kind::duration},
    Arithmetic{BinaryOp::subtract, Kind::time, Kind::duration, Kind::time},
    Arithmetic{BinaryOp::subtract, Kind::time, Kind::time, Kind::duration},
    Arithmetic{BinaryOp::subtract, Kind::time_of_day, Kind::time_of_day, Kind::duration},
    Arithmetic{BinaryOp::multiply, Kind::size, Kind::integer, Kind::size},
    Arithmetic{BinaryOp::multiply, Kind::size, Kind::real, Kind::size},
    Arithmetic{BinaryOp::multiply, Kind::integer, Kind::size, Kind::size},
    Arithmetic{BinaryOp::multiply, Kind::real, Kind::size, Kind::size},
    Arithmetic{BinaryOp::multiply, Kind::duration, Kind::integer, Kind::duration},
    Arithmetic{BinaryOp::multiply, Kind::duration, Kind::real, Kind::duration},
    Arithmetic{BinaryOp::multiply, Kind::integer, Kind::duration, Kind::duration},
    Arithmetic{BinaryOp::multiply, Kind::real, Kind::duration, Kind::duration},
    Arithmetic{BinaryOp::divide, Kind::size, Kind::size, Kind::real},
    Arithmetic{BinaryOp::divide, Kind::duration, Kind::duration, Kind::real},
    Arithmetic{BinaryOp::divide, Kind::size, Kind::integer, Kind::size},
    Arithmetic{BinaryOp::divide, Kind::size, Kind::real, Kind::size},
    Arithmetic{BinaryOp::divide, Kind::duration, Kind::integer, Kind::duration},
    Arithmetic{BinaryOp::divide, Kind::duration, Kind::real, Kind::duration},
    Arithmetic{BinaryOp::modulo, Kind::size, Kind::size, Kind::size},
    Arithmetic{BinaryOp::modulo, Kind::duration, Kind::duration, Kind::duration},
};

} // namespace

Type ExpressionChecker::visit(ExprId id, const Binary& binary, Type wanted) {
    switch (binary.op) {
    case BinaryOp::logic_or:
    case BinaryOp::logic_and:
        return check_logic(id, binary);
    case BinaryOp::in:
    case BinaryOp::not_in:
        return check_membership(id, binary);
    case BinaryOp::overlaps:
        return check_overlaps(id, binary);
    case BinaryOp::coalesce:
        return check_coalesce(id, binary, wanted);
    default:
        break;
    }
    if (is_comparison(binary.op)) return check_comparison(id, binary);
    if (is_text_operator(binary.op)) return check_text_operator(id, binary);
    return check_arithmetic(id, binary);
}

Type ExpressionChecker::check_logic(ExprId id, const Binary& binary) {
    bool lifted = false;
    bool failed = false;
    const auto operand = [&](ExprId side) {
        const Type type = check(side);
        if (type.kind != Kind::boolean && type.kind != Kind::error) {
            report(
                Code::not_a_condition, side,
                fmt::format("`{}` joins conditions, {} is {}", spelling(binary.op), quoted(written(side)), show(type)))
                .label = "expected bool";
        } else {
            require_present(side, lifted);
        }
        failed = failed || info(side).type.kind != Kind::boolean;
    };
    operand(binary.left);
    const Facts before = scope_.facts;
    scope_.facts.merge(facts_of(binary.left, binary.op == BinaryOp::logic_and));
    operand(binary.right);
    scope_.facts = before;
    if (failed) return error_type;
    return use_optional(type_of(Kind::boolean), id, lifted);
}

/// Checks both sides; words of an enumeration wait for the type of the other side, and are not blamed where that side
/// is wrong and they may be such words.
void ExpressionChecker::check_pair(ExprId left, ExprId right, bool may_be_words) {
    const bool right_first = is_word_only(left) && !is_word_only(right);
    const ExprId first = right_first ? right : left, second = right_first ? left : right;
    const Type type = check(first);
    if (may_be_words && type.kind == Kind::error && is_word_only(second))
        info(second).type = info(second).as = error_type;
    else
        check(second, type);
}

/// Makes both sides one type by an implied conversion of one of them; false after reporting.
bool ExpressionChecker::unify(ExprId left, ExprId right, std::string_view what) {
    const Type a = info(left).as;
    const Type b = info(right).as;
    if (a.kind == Kind::error || b.kind == Kind::error) return false;
    if (a.kind == b.kind && a.detail == b.detail) return true;
    if (a.kind == Kind::integer && b.kind == Kind::real) return convert(left, b, what);
    if (a.kind == Kind::text && b.kind != Kind::text) return convert(left, b, what);
    return convert(right, a, what);
}

Type ExpressionChecker::report_operands(ExprId id, const Binary& binary, Type left, Type right) {
    const std::string_view op = spelling(binary.op);
    Diagnostic& diagnostic = report(Code::operand_mismatch, id,
                                    fmt::format("`{}` cannot stand between {} and {}", op, show(left), show(right)));
    diagnostic.label = fmt::format("{} {} {}", show_type(model_, left), op, show_type(model_, right));
    const auto lacks_unit = [](Type one, Type other, Kind kind) { return one.kind == kind && is_number(other.kind); };
    if (lacks_unit(left, right, Kind::size) || lacks_unit(right, left, Kind::size))
        diagnostic.help = "a size has a unit, such as `100MB`";
    if (lacks_unit(left, right, Kind::duration) || lacks_unit(right, left, Kind::duration))
        diagnostic.help = "a duration has a unit, such as `30m` or `7d`";
    return error_type;
}

Type ExpressionChecker::check_comparison(ExprId id, const Binary& binary) {
    check_pair(binary.left, binary.right, binary.op == BinaryOp::equal || binary.op == BinaryOp::unequal);
    const Type left = info(binary.left).type;
    const Type right = info(binary.right).type;
    if (left.kind == Kind::error || right.kind == Kind::error) return error_type;
    const bool convertible =
        left.kind == Kind::text || right.kind == Kind::text || (is_number(left.kind) && is_number(right.kind));
    const bool same = left.as_required() == right.as_required();
    if (!same && !convertible) return report_operands(id, binary, left, right);
    if (!same && !unify(binary.left, binary.right, "the comparison")) return error_type;
    const Kind kind = info(binary.left).as.kind;
    const bool equality = binary.op == BinaryOp::equal || binary.op == BinaryOp::unequal;
    if (kind == Kind::list || kind == Kind::tuple || (!equality && !is_ordered(kind))) {
        Diagnostic& diagnostic = report(Code::not_comparable, id,
                                        fmt::format("values of type {} {}", show(left.as_required()),
                                                    equality ? "cannot be compared" : "have no order"));
        if (kind == Kind::list) diagnostic.help = "`a overlaps b` asks for a common element";
        return error_type;
    }
    if (binary.folded && !runtime::is_textual(kind)) {
        report(Code::fold_without_text, id,
               fmt::format("`~` is about the case of texts, these are {}", show(left.as_required())));
        return error_type;
    }
    bool lifted = false;
    require_present(binary.left, lifted);
    require_present(binary.right, lifted);
    if (info(binary.left).type.kind == Kind::error || info(binary.right).type.kind == Kind::error) return error_type;
    return use_optional(type_of(Kind::boolean), id, lifted);
}

void ExpressionChecker::check_pattern(ExprId right) {
    const std::optional<Constant> pattern = constant_value(model_, scope_.tree, right);
    if (!pattern) {
        report(Code::not_constant, right, "the pattern of `matches` has to be constant").label = "depends on the event";
        return;
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    const re2::RE2 compiled(pattern->text, options);
    if (compiled.ok()) return;
    Diagnostic& diagnostic =
        report(Code::bad_pattern, right, fmt::format("the pattern is not a regular expression: {}", compiled.error()));
    diagnostic.label = "RE2 syntax is expected";
    if (pattern->text.find('\\') != std::string::npos || pattern->text.find("(?") != std::string::npos)
        diagnostic.help =
            "RE2 has neither look-around nor back-references; in raw text, r\"…\", a backslash is one character";
}

Type ExpressionChecker::check_text_operator(ExprId id, const Binary& binary) {
    const Type left = check(binary.left);
    const Type right = check(binary.right);
    if (left.kind == Kind::error || right.kind == Kind::error) return error_type;
    for (const ExprId side : {binary.left, binary.right}) {
        const Type type = info(side).type;
        if (runtime::is_textual(type.kind)) continue;
        Diagnostic& diagnostic =
            report(Code::type_mismatch, side,
                   fmt::format("`{}` works on text, {} is {}", spelling(binary.op), quoted(written(side)), show(type)));
        diagnostic.label = "expected text";
        if (type.kind == Kind::list && side == binary.left)
            diagnostic.help = fmt::format("of any of them, write `any x in {} : x {} {}`", written(binary.left),
                                          spelling(binary.op), written(binary.right));
        return error_type;
    }
    if (binary.op == BinaryOp::matches) check_pattern(binary.right);
    bool lifted = false;
    require_present(binary.left, lifted);
    require_present(binary.right, lifted);
    if (info(binary.left).type.kind == Kind::error || info(binary.right).type.kind == Kind::error) return error_type;
    return use_optional(type_of(Kind::boolean), id, lifted);
}

Type ExpressionChecker::check_coalesce(ExprId id, const Binary& binary, Type wanted) {
    const Type left = check(binary.left, wanted);
    const Type right = check(binary.right, left.kind == Kind::error ? wanted : left);
    if (left.kind == Kind::error || right.kind == Kind::error) return error_type;
    if (!left.optional && scope_.source == nullptr && !scope_.facts.contains(key(binary.left))) {
        report(Code::needless_guard, binary.left, fmt::format("{} is always there", quoted(written(binary.left))))
            .label = show(left);
    }
    const bool both_numbers = is_number(left.kind) && is_number(right.kind);
    if (left.as_required() != right.as_required() && left.kind != Kind::text && right.kind != Kind::text &&
        !both_numbers)
        return report_operands(id, binary, left, right);
    if (!unify(binary.left, binary.right, "`??`")) return error_type;
    Type result = info(binary.left).as;
    result.optional = right.optional;
    info(id).lifted = right.optional && info(binary.right).lifted;
    return result;
}

Type ExpressionChecker::check_division(ExprId id, const Binary& binary, Type left, Type right) {
    const std::optional<Constant> divisor = constant_value(model_, scope_.tree, binary.right);
    const bool zero =
        divisor && divisor->present && (divisor->type.kind == Kind::real ? divisor->real == 0 : divisor->integer == 0);
    if (zero) {
        report(Code::division_by_zero, binary.right, "division by zero").label = "this is 0";
        return error_type;
    }
    Type result = type_of(Kind::real);
    if (binary.op == BinaryOp::modulo)
        result = left.as_required();
    else if (has_unit(left.kind) && is_number(right.kind))
        result = left.as_required();
    if (binary.op == BinaryOp::divide && is_number(left.kind)) { // both become real: `/` is real division
        convert(binary.left, type_of(Kind::real), "`/`");
        convert(binary.right, type_of(Kind::real), "`/`");
    }
    bool lifted = false;
    require_present(binary.left, lifted);
    require_present(binary.right, lifted);
    if (info(binary.left).type.kind == Kind::error || info(binary.right).type.kind == Kind::error) return error_type;
    result = use_optional(result, id, lifted);
    return divisor && divisor->present ? result : result.as_optional();
}

Type ExpressionChecker::check_arithmetic(ExprId id, const Binary& binary) {
    check_pair(binary.left, binary.right);
    Type left = info(binary.left).type;
    Type right = info(binary.right).type;
    if (left.kind == Kind::error || right.kind == Kind::error) return error_type;
    if (scope_.source != nullptr) { // column text becomes a number next to one
        const bool to_left = left.kind == Kind::text && is_quantity(right.kind);
        const bool to_right = right.kind == Kind::text && is_quantity(left.kind);
        if (to_left && convert(binary.left, right.as_required(), "the sum")) left = info(binary.left).as;
        if (to_right && convert(binary.right, left.as_required(), "the sum")) right = info(binary.right).as;
    }
    Type result = error_type;
    const bool division = binary.op == BinaryOp::divide || binary.op == BinaryOp::modulo;
    if (is_number(left.kind) && is_number(right.kind)) {
        const bool real = left.kind == Kind::real || right.kind == Kind::real;
        if (binary.op == BinaryOp::modulo && real) return report_operands(id, binary, left, right);
        if (real) unify(binary.left, binary.right, "the sum");
        result = type_of(real ? Kind::real : Kind::integer);
    } else if (binary.op == BinaryOp::add && runtime::is_textual(left.kind) && runtime::is_textual(right.kind)) {
        result = type_of(Kind::text);
    } else {
        for (const Arithmetic& row : arithmetic_rows)
            if (row.op == binary.op && row.left == left.kind && row.right == right.kind) result = type_of(row.result);
    }
    if (result.kind == Kind::error) return report_operands(id, binary, left, right);
    if (division) return check_division(id, binary, left, right);
    bool lifted = false;
    require_present(binary.left, lifted);
    require_present(binary.right, lifted);
    if (info(binary.left).type.kind == Kind::error || info(binary.right).type.kind == Kind::error) return error_type;
    return use_optional(result, id, lifted);
}

} // namespace watchword::dsl
