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

std::string ExpressionGenerator::about_text(const FieldRow& field, const std::string& value) {
    const std::string fold = chooser_.perhaps("condition: ~", 40, "~");
    const auto operation = [&](std::string_view form) {
        return clause("condition: text operator", fmt::format(fmt::runtime(form), value, fold), "true");
    };
    if (chooser_.want("condition: list", 25))
        return clause("condition: list",
                      fmt::format("{} in{} {}", value, fold, random_.chance(50) ? "words" : "filed_words"), "true");
    switch (random_.below(7)) {
    case 0:
        return operation("{} contains{} \"zip\"");
    case 1:
        return operation("{} startswith{} \"Plan\"");
    case 2:
        return operation("{} like{} \"*z?p\"");
    case 3:
        return operation("{} matches{} r\"^p.an$\"");
    case 4:
        return operation("{} endswith{} \"zip\"");
    case 5:
        return operation(random_.chance(50) ? "any word in words: {} contains{} word"
                                            : "any word in filed_words: {} endswith{} word");
    default:
        return fmt::format("{} =={} {}", value, fold, random_literal(random_, field.kind));
    }
}

std::string ExpressionGenerator::about_integer(const std::string& value) {
    if (chooser_.want("condition: range", 20))
        return clause("condition: range", fmt::format("{} in 1..{}", value, random_.between(1, 3)), "true");
    if (chooser_.want("condition: arithmetic", 20))
        return clause("condition: arithmetic",
                      random_.chance(40) ? value + " mod 2 == 0"
                                         : fmt::format("{} * 2 + 1 {} few + {}", value, comparison(), random_.below(5)),
                      "true");
    return fmt::format("{} {} {}", value, comparison(), random_literal(random_, FieldKind::integer));
}

std::string ExpressionGenerator::about(const FieldRow& field, const std::string& value) {
    switch (field.kind) {
    case FieldKind::truth:
        return random_.chance(60) ? value : "not " + value;
    case FieldKind::color:
        if (random_.chance(30)) return fmt::format("{} in [red, {}]", value, random_.chance(50) ? "blue" : "green");
        return fmt::format("{} {} {}", value, random_.chance(70) ? "==" : "!=", random_literal(random_, field.kind));
    case FieldKind::text:
        return about_text(field, value);
    case FieldKind::host:
        return fmt::format("{} {} {}", value, random_.chance(60) ? "==" : "!=", random_literal(random_, field.kind));
    case FieldKind::person:
        if (chooser_.want("condition: another person's attribute", 40))
            return clause("condition: another person's attribute",
                          random_.chance(50) ? fmt::format("({}.group ?? \"none\") {} \"red\"", value,
                                                           random_.chance(50) ? "==" : "!=")
                                             : fmt::format("({}.grade ?? 0) {} 1", value, comparison()),
                          "true");
        if (random_.chance(30))
            return fmt::format("{} {} [{}, \"u3\"]", value, random_.chance(70) ? "in" : "not in",
                               random_literal(random_, field.kind));
        return fmt::format("{} {} {}", value, random_.chance(70) ? "==" : "!=", random_literal(random_, field.kind));
    case FieldKind::integer:
        return about_integer(value);
    default:
        return fmt::format("{} {} {}", value, comparison(), random_literal(random_, field.kind));
    }
}

/// Conditions that are about more than a field; empty: none this time.
std::string ExpressionGenerator::special(const std::vector<FieldRow>& fields) {
    if (chooser_.want("condition: during", 6) || (chooser_.is_about("calendar") && random_.chance(60)))
        return clause("condition: during", random_.chance(60) ? "not during work" : "during work", "true");
    for (const FieldRow& field : fields) {
        const bool text = field.kind == FieldKind::text;
        const std::string value = field.optional ? fmt::format("({} ?? \"none\")", field.name) : field.name;
        if (text && chooser_.want("condition: table", 6))
            return clause("condition: table",
                          fmt::format("(employee.group, {}) {} pairs", value, random_.chance(70) ? "in" : "not in"),
                          "true");
        if (text && chooser_.want("condition: define", 8))
            return clause("condition: define",
                          fmt::format("is_packed({}{})", value, chooser_.random().chance(50) ? "" : ", \"a\""), "true");
    }
    if (chooser_.want("condition: define", 4)) return clause("condition: define", "in_red()", "true");
    return "";
}

std::string ExpressionGenerator::atom(const std::vector<FieldRow>& fields) {
    if (!fields.empty())
        if (std::string text = special(fields); !text.empty()) return text;
    std::vector<FieldRow> usable, wanted;
    std::ranges::copy_if(fields, std::back_inserter(usable),
                         [](const FieldRow& f) { return f.kind != FieldKind::time; });
    std::ranges::copy_if(usable, std::back_inserter(wanted), [&](const FieldRow& f) {
        return (f.kind == FieldKind::person && chooser_.is_about("condition: another person's attribute")) ||
               (f.kind == FieldKind::text &&
                (chooser_.is_about("condition: ~") || chooser_.is_about("condition: text operator") ||
                 chooser_.is_about("condition: list"))) ||
               (f.kind == FieldKind::integer &&
                (chooser_.is_about("condition: range") || chooser_.is_about("condition: arithmetic")));
    });
    if (usable.empty() || (wanted.empty() && random_.chance(12))) return employee_condition();
    const FieldRow& field = random_.of(wanted.empty() ? usable : wanted);
    if (!field.optional) return about(field, field.name);
    const bool guards = field.kind == FieldKind::color || field.kind == FieldKind::person || random_.chance(50);
    if (guards) return fmt::format("(has {} and {})", field.name, about(field, field.name));
    return about(field, fmt::format("({} ?? {})", field.name, fallback(field.kind)));
}

std::string ExpressionGenerator::condition(const std::vector<FieldRow>& fields, int depth) {
    if (chooser_.want("condition: if", depth == 0 ? 0 : 10)) {
        const std::string otherwise = atom(fields);
        return clause("condition: if", fmt::format("(if {} then {} else {})", atom(fields), atom(fields), otherwise),
                      "true");
    }
    if (depth == 0 || random_.chance(50)) return atom(fields);
    const std::string left = condition(fields, depth - 1), right = condition(fields, depth - 1);
    switch (random_.below(4)) {
    case 0:
        return fmt::format("not ({})", left);
    case 1:
        return fmt::format("({}) or ({})", left, right);
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

std::string ExpressionGenerator::bucket() {
    if (chooser_.is_about("window: per")) return chooser_.subject("window: per")->substr(8);
    if (chooser_.is_about("people")) return "per day"; // where an hour begins, most zones agree
    if (unit_ > runtime::one_hour) return random_.chance(85) ? "per day" : "per week";
    return random_.chance(80) || unit_ < runtime::one_hour ? "per hour" : "per day";
}

std::string ExpressionGenerator::window(bool may_be_per) {
    const bool about = chooser_.is_about("window: per") || chooser_.is_about("people");
    if (may_be_per && random_.chance(about ? 90 : 20)) {
        const std::string per = bucket();
        return clause("window: " + per, per, "over 9000d");
    }
    return clause("window: over", "over " + duration(random_.between(1, 8)), "over 9000d");
}

std::string ExpressionGenerator::where(const std::vector<FieldRow>& fields) {
    return chooser_.want("window: where", 35) ? "where " + condition(fields, 1) : "";
}

namespace {
/// What stands for a windowed condition that says nothing.
constexpr std::string_view always = "count() over 9000d >= 0";
} // namespace

std::string ExpressionGenerator::counting(const std::string& name, const std::vector<FieldRow>& fields,
                                          bool parameter) {
    const std::string inside = where(fields);
    const bool is_count = name == "count";
    const std::string limit = parameter && random_.chance(70) ? "limit"
                              : is_count                      ? fmt::format("{}", random_.between(1, 4))
                                                              : fmt::format("{}", random_.between(1, 3));
    const std::string argument = is_count ? "" : key(fields);
    const std::string restricted = inside.empty() ? "" : clause("window: where", (is_count ? "" : ", ") + inside);
    return clause("value: " + name,
                  fmt::format("{}({}{}) {} {} {}", name, argument, restricted, window(true),
                              is_count ? comparison() : ">=", limit),
                  always);
}

std::string ExpressionGenerator::measuring(const std::string& name, const std::vector<FieldRow>& numbers,
                                           const std::vector<FieldRow>& fields) {
    const FieldRow& field = random_.of(numbers);
    const std::string inside = name == "sum" || random_.chance(25) ? where(fields) : "";
    const std::string rank = name == "percentile" ? fmt::format(", {}", random_.of<int>({25, 50, 90})) : "";
    const bool becomes_real = field.kind == FieldKind::integer && (name == "avg" || name == "stddev");
    const FieldKind kind = becomes_real ? FieldKind::real : field.kind;
    std::string value =
        fmt::format("{}({}{}{}) {}", name, field.name, rank, inside.empty() ? "" : ", " + inside, window(true));
    if (!inside.empty() && name != "sum") value = fmt::format("({} ?? {})", value, fallback(kind));
    return clause("value: " + name, fmt::format("{} {} {}", value, comparison(), random_literal(random_, kind)),
                  always);
}

std::string ExpressionGenerator::remembering(const std::string& name, const std::vector<FieldRow>& numbers) {
    std::string value = "count()";
    if (!numbers.empty() && random_.chance(40))
        value = fmt::format("{}({})", random_.of<std::string>({"sum", "avg", "max"}), random_.of(numbers).name);
    value += " " + bucket();
    if (name == "peers") {
        if (random_.chance(40))
            return clause("value: peers",
                          fmt::format("peers(count() {}, by employee.group).deviation > {}", bucket(),
                                      random_.of<std::string>({"0.5", "1.5"})),
                          always);
        const std::string per = bucket();
        return clause(
            "value: peers",
            fmt::format("count() {0} > {1} * peers(count() {0}, by employee.group).mean", per, random_.between(1, 2)),
            always);
    }
    const std::string unit = value.ends_with("hour") ? "h" : value.ends_with("day") ? "d" : "w";
    const std::string past = fmt::format("past {}{}", random_.between(2, 5), unit);
    const std::string least = clause(
        "usual: at least",
        fmt::format(", at least {}", chooser_.is_about("usual: at least") ? 2 : random_.between(1, 2)), ", at least 1");
    const std::string during =
        chooser_.perhaps("usual: during", chooser_.is_about("calendar") ? 50 : 15, ", during work");
    if (name == "deviation")
        return clause("value: deviation",
                      fmt::format("deviation({}, {}{}{}) {} {}", value, past, least, during,
                                  random_.chance(70) ? ">" : "<=", random_.of<std::string>({"0.5", "1.0", "2.0"})),
                      always);
    const std::string usual = fmt::format("usual({}, {}{}{})", value, past, least, during);
    switch (random_.below(4)) {
    case 0:
        return clause("value: usual", fmt::format("{}.n {} {}", usual, comparison(), random_.between(1, 3)), always);
    case 1:
        return clause("value: usual", fmt::format("not {} <= {}.mean", value, usual), always);
    default:
        return clause(
            "value: usual",
            fmt::format("{} > {} * {}.{}", value, random_.between(1, 2), usual, random_.chance(70) ? "mean" : "stddev"),
            always);
    }
}

std::string ExpressionGenerator::aggregate(const std::vector<FieldRow>& fields, bool parameter) {
    std::vector<FieldRow> numbers;
    std::ranges::copy_if(fields, std::back_inserter(numbers),
                         [](const FieldRow& f) { return is_number(f.kind) && !f.optional; });
    std::string name = random_.of<std::string>({"count", "count", "count", "distinct", "distinct", "sum", "sum", "min",
                                                "max", "avg", "stddev", "percentile", "usual", "deviation", "peers"});
    if (chooser_.is_about("value: ") && random_.chance(85)) name = chooser_.subject("value: ")->substr(7);
    if (chooser_.is_about("usual: ") && random_.chance(85)) name = random_.chance(50) ? "usual" : "deviation";
    if (chooser_.is_about("window: per")) name = random_.of<std::string>({"count", "count", "distinct", "sum", "max"});
    if (parameter && chooser_.is_about("signal: parameter")) name = "count";
    if (name == "usual" || name == "deviation" || name == "peers") return remembering(name, numbers);
    const bool measures = name != "count" && name != "distinct";
    if (name == "new" || (measures && numbers.empty())) name = "count";
    return measures && !numbers.empty() && name != "count" ? measuring(name, numbers, fields)
                                                           : counting(name, fields, parameter);
}

std::string ExpressionGenerator::windowed(const std::vector<FieldRow>& fields, bool parameter) {
    if (chooser_.want("value: new", 12))
        return clause("value: new",
                      fmt::format("new({}{}) over {}", key(fields), random_.chance(30) ? ", " + key(fields) : "",
                                  duration(random_.between(1, 3))),
                      always);
    std::string when = aggregate(fields, parameter);
    if (random_.chance(20))
        when = fmt::format("({}) {} ({})", when, random_.chance(50) ? "and" : "or", aggregate(fields, parameter));
    if (random_.chance(15)) when = fmt::format("({}) and ({})", when, condition(fields, 1));
    if (random_.chance(8)) when = fmt::format("not ({})", when);
    return when;
}

} // namespace watchword::oracle
