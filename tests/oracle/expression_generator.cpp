#include "tests/oracle/expression_generator.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::oracle {
namespace {

bool is_number(FieldKind kind) {
    return kind == FieldKind::integer || kind == FieldKind::size || kind == FieldKind::real;
}

std::string fallback(FieldKind kind) {
    switch (kind) {
    case FieldKind::integer:
        return "0";
    case FieldKind::size:
        return "0MB";
    case FieldKind::real:
        return "0.5";
    case FieldKind::truth:
        return "false";
    default:
        return "\"none\"";
    }
}

} // namespace

std::string ExpressionGenerator::comparison() {
    return random_.of<std::string>({"==", "!=", "<", "<=", ">", ">=", ">", ">="});
}

std::string ExpressionGenerator::duration(int units) const {
    const runtime::Duration minutes = units * unit_ / runtime::one_minute;
    return minutes % 60 == 0 ? fmt::format("{}h", minutes / 60) : fmt::format("{}m", minutes);
}

std::string ExpressionGenerator::employee_condition() {
    switch (random_.below(5)) {
    case 0:
        return "employee.privileged";
    case 1:
        return "not employee.privileged";
    case 2:
        return fmt::format("employee.grade {} {}", comparison(), random_.below(3));
    case 3:
        return fmt::format("employee.group in [\"none\", \"{}\"]", random_.chance(50) ? "red" : "blue");
    default:
        return fmt::format("employee.group != \"{}\"", random_.chance(50) ? "red" : "blue");
    }
}

std::string ExpressionGenerator::about(const FieldRow& field, const std::string& value) {
    const std::string fold = random_.chance(40) ? "~" : "";
    switch (field.kind) {
    case FieldKind::truth:
        return random_.chance(60) ? value : "not " + value;
    case FieldKind::color:
        if (random_.chance(30)) return fmt::format("{} in [red, {}]", value, random_.chance(50) ? "blue" : "green");
        return fmt::format("{} {} {}", value, random_.chance(70) ? "==" : "!=", random_literal(random_, field.kind));
    case FieldKind::text:
        switch (random_.below(6)) {
        case 0:
            return fmt::format("{} in{} words", value, fold);
        case 1:
            return fmt::format("{} contains{} \"zip\"", value, fold);
        case 2:
            return fmt::format("{} startswith{} \"Plan\"", value, fold);
        case 3:
            return fmt::format("{} like{} \"*z?p\"", value, fold);
        case 4:
            return fmt::format("{} matches{} r\"^p.an$\"", value, fold);
        default:
            return fmt::format("{} =={} {}", value, fold, random_literal(random_, field.kind));
        }
    case FieldKind::host:
        return fmt::format("{} {} {}", value, random_.chance(60) ? "==" : "!=", random_literal(random_, field.kind));
    case FieldKind::person:
        return fmt::format("{} == {}", value, random_literal(random_, field.kind));
    case FieldKind::integer:
        if (random_.chance(20)) return fmt::format("{} in 1..{}", value, random_.between(1, 3));
        if (random_.chance(20)) return fmt::format("{} * 2 + 1 {} few + {}", value, comparison(), random_.below(5));
        if (random_.chance(15)) return fmt::format("{} mod 2 == 0", value);
        [[fallthrough]];
    default:
        return fmt::format("{} {} {}", value, comparison(), random_literal(random_, field.kind));
    }
}

std::string ExpressionGenerator::atom(const std::vector<FieldRow>& fields) {
    std::vector<FieldRow> usable;
    std::ranges::copy_if(fields, std::back_inserter(usable),
                         [](const FieldRow& f) { return f.kind != FieldKind::time; });
    if (usable.empty() || random_.chance(12)) return employee_condition();
    const FieldRow& field = random_.of(usable);
    if (!field.optional) return about(field, field.name);
    const bool guards = field.kind == FieldKind::color || field.kind == FieldKind::person || random_.chance(50);
    if (guards) return fmt::format("(has {} and {})", field.name, about(field, field.name));
    return about(field, fmt::format("({} ?? {})", field.name, fallback(field.kind)));
}

std::string ExpressionGenerator::condition(const std::vector<FieldRow>& fields, int depth) {
    if (depth == 0 || random_.chance(50)) return atom(fields);
    const std::string left = condition(fields, depth - 1), right = condition(fields, depth - 1);
    switch (random_.below(5)) {
    case 0:
        return fmt::format("not ({})", left);
    case 1:
        return fmt::format("({}) or ({})", left, right);
    case 2:
        return fmt::format("if {} then {} else {}", atom(fields), atom(fields), atom(fields));
    default:
        return fmt::format("({}) and ({})", left, right);
    }
}

std::string ExpressionGenerator::key(const std::vector<FieldRow>& fields) {
    std::vector<FieldRow> usable;
    std::ranges::copy_if(fields, std::back_inserter(usable), [](const FieldRow& field) {
        return field.kind == FieldKind::host || field.kind == FieldKind::text || field.kind == FieldKind::color ||
               field.kind == FieldKind::integer;
    });
    if (usable.empty()) return "employee.group";
    const FieldRow& field = random_.of(usable);
    return field.optional ? fmt::format("({} ?? {})", field.name, fallback(field.kind)) : field.name;
}

std::string ExpressionGenerator::window(bool may_be_per) {
    if (may_be_per && random_.chance(20)) return random_.chance(50) ? "per hour" : "per day";
    return "over " + duration(random_.between(1, 8));
}

std::string ExpressionGenerator::aggregate(const std::vector<FieldRow>& fields, bool parameter) {
    std::vector<FieldRow> numbers;
    std::ranges::copy_if(fields, std::back_inserter(numbers),
                         [](const FieldRow& f) { return is_number(f.kind) && !f.optional; });
    const bool has_where = random_.chance(35);
    const std::string where = has_where ? "where " + condition(fields, 1) : "";
    const auto limit = [&](int low, int high) {
        return parameter && random_.chance(60) ? std::string("limit") : fmt::format("{}", random_.between(low, high));
    };
    const int kind = random_.below(10);
    if (kind < 3 || (numbers.empty() && kind < 7))
        return fmt::format("count({}) {} {} {}", where, window(true), comparison(), limit(1, 4));
    if (kind < 5 || numbers.empty())
        return fmt::format("distinct({}{}) {} >= {}", key(fields), has_where ? ", " + where : "", window(true),
                           limit(1, 3));
    const FieldRow& field = random_.of(numbers);
    const std::string inside = field.name + (has_where ? ", " + where : "");
    const std::string literal = random_literal(random_, field.kind);
    if (kind < 7) return fmt::format("sum({}) {} {} {}", inside, window(true), comparison(), literal);
    const std::string name = random_.of<std::string>({"min", "max"});
    if (has_where)
        return fmt::format("({}({}) {} ?? {}) {} {}", name, inside, window(true), fallback(field.kind), comparison(),
                           literal);
    return fmt::format("{}({}) {} {} {}", name, inside, window(true), comparison(), literal);
}

std::string ExpressionGenerator::windowed(const std::vector<FieldRow>& fields, bool parameter) {
    if (random_.chance(12)) return fmt::format("new({}) over {}", key(fields), duration(random_.between(1, 3)));
    std::string when = aggregate(fields, parameter);
    if (random_.chance(20))
        when = fmt::format("({}) {} ({})", when, random_.chance(50) ? "and" : "or", aggregate(fields, parameter));
    if (random_.chance(15)) when = fmt::format("({}) and ({})", when, condition(fields, 1));
    if (random_.chance(8)) when = fmt::format("not ({})", when);
    return when;
}

} // namespace watchword::oracle
