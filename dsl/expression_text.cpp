// One line of text for expressions. What needs parentheses follows from the grammar's levels and from where greedy
// expressions (`if`, `any`, `every`) may stand.
#include "dsl/expression_text.hpp"

#include "dsl/literal.hpp"
#include "dsl/syntax_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watchword::dsl {

namespace {

struct OperatorRow {
    BinaryOp op;
    std::string_view text;
    Binding binding;
};
constexpr std::array<OperatorRow, 22> operators{{{BinaryOp::logic_or, "or", Binding::either},
                                                 {BinaryOp::logic_and, "and", Binding::both},
                                                 {BinaryOp::equal, "==", Binding::comparison},
                                                 {BinaryOp::unequal, "!=", Binding::comparison},
                                                 {BinaryOp::less, "<", Binding::comparison},
                                                 {BinaryOp::at_most, "<=", Binding::comparison},
                                                 {BinaryOp::more, ">", Binding::comparison},
                                                 {BinaryOp::at_least, ">=", Binding::comparison},
                                                 {BinaryOp::in, "in", Binding::comparison},
                                                 {BinaryOp::not_in, "not in", Binding::comparison},
                                                 {BinaryOp::contains, "contains", Binding::comparison},
                                                 {BinaryOp::starts_with, "startswith", Binding::comparison},
                                                 {BinaryOp::ends_with, "endswith", Binding::comparison},
                                                 {BinaryOp::like, "like", Binding::comparison},
                                                 {BinaryOp::matches, "matches", Binding::comparison},
                                                 {BinaryOp::overlaps, "overlaps", Binding::comparison},
                                                 {BinaryOp::coalesce, "??", Binding::coalescence},
                                                 {BinaryOp::add, "+", Binding::sum},
                                                 {BinaryOp::subtract, "-", Binding::sum},
                                                 {BinaryOp::multiply, "*", Binding::product},
                                                 {BinaryOp::divide, "/", Binding::product},
                                                 {BinaryOp::modulo, "mod", Binding::product}}};

const OperatorRow& row_of(BinaryOp op) {
    return *std::find_if(operators.begin(), operators.end(), [op](const OperatorRow& row) { return row.op == op; });
}

/// Words that a clause could begin with where an event may stand.
constexpr std::array<std::string_view, 13> event_words{"case", "signal", "alert", "no",    "on",       "or",    "after",
                                                       "as",   "where",  "by",    "times", "employee", "always"};
/// The same where a policy or a signal may stand in an expectation or an alert.
constexpr std::array<std::string_view, 18> policy_words{"open",   "expect", "employee", "at",    "lateness", "until",
                                                        "roster", "for",    "because",  "x",     "info",     "low",
                                                        "medium", "high",   "critical", "where", "advance",  "case"};

/// The same where a constant may stand for a duration or a number.
constexpr std::array<std::string_view, 4> clause_words{"where", "by", "when", "after"};

template <class Words>
bool is_one_of(std::string_view word, const Words& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_plain(std::string_view name) {
    const auto first = [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
    };
    const auto other = [first](char byte) { return first(byte) || (byte >= '0' && byte <= '9'); };
    return !name.empty() && first(name[0]) && std::all_of(name.begin(), name.end(), other);
}

std::string quoted(std::string_view name) { return fmt::format("`{}`", name); }

std::string part_text(std::string_view name) {
    return is_plain(name) && !is_reserved_word(name) ? std::string{name} : quoted(name);
}

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>; // clang 16 asks for it

} // namespace

std::string_view spelling_of(BinaryOp op) { return row_of(op).text; }

Binding binding_of(const Expr& expr) {
    if (const auto* binary = std::get_if<Binary>(&expr.node)) return row_of(binary->op).binding;
    if (const auto* unary = std::get_if<Unary>(&expr.node))
        return unary->is_inside                  ? Binding::comparison
               : unary->op == UnaryOp::logic_not ? Binding::negation
                                                 : Binding::factor;
    // A range stands only right of `in`, where it is taken whole.
    return Binding::primary;
}

std::string name_text(const Name& name) { return part_text(name.text); }

std::string name_text(const DottedName& name) {
    std::string result;
    for (const Name& part : name.parts) result += (result.empty() ? "" : ".") + name_text(part);
    return result;
}

std::string reference_text(const Name& name) {
    std::string result;
    std::string_view rest = name.text;
    const bool is_path = !rest.starts_with('.') && !rest.ends_with('.') && rest.find("..") == std::string_view::npos;
    if (!is_path) return name_text(name); // a point of its own, as of a header `Badge No.`
    for (bool more = true; more;) {
        const std::size_t dot = rest.find('.');
        result += (result.empty() ? "" : ".") + part_text(rest.substr(0, dot));
        more = dot != std::string_view::npos;
        if (more) rest.remove_prefix(dot + 1);
    }
    return result;
}

std::string guarded_text(const Name& name) {
    return is_one_of(name.text, policy_words) ? quoted(name.text) : reference_text(name);
}

std::string guarded_text(const DottedName& name) {
    return name.parts.size() == 1 && is_one_of(name.parts[0].text, event_words) ? quoted(name.parts[0].text)
                                                                                : name_text(name);
}

std::string type_text(const TypeExpr& type) {
    std::string result = name_text(type.name);
    if (type.name.text == "enum" && !type.words.empty()) {
        std::string words;
        for (const Name& word : type.words) words += (words.empty() ? "" : ", ") + name_text(word);
        result += "(" + words + ")";
    } else if (type.element) {
        result += "<" + name_text(*type.element) + ">";
    }
    return type.optional ? result + "?" : result;
}

std::string ExpressionText::operand(ExprId id, Binding least, Place place) const {
    const Expr& expr = tree_[id];
    const Binding binding = binding_of(expr);
    const bool greedy = std::holds_alternative<Conditional>(expr.node) || std::holds_alternative<Quantifier>(expr.node);
    const bool needed =
        binding < least || (greedy && (place.followed || place.in_term)) || (place.in_term && binding == Binding::sum);
    return needed ? "(" + text(expr, {}) + ")" : text(expr, place);
}

std::string ExpressionText::text(const Expr& expr, Place place) const {
    const auto inner = [this](ExprId id) { return operand(id, Binding::open, {}); };
    return std::visit(
        Overloaded{
            [&](const Literal& node) { return literal(expr, node); },
            [&](const Path& node) {
                if (node.parts.size() == 1 && node.parts[0].text == "where") return quoted("where");
                return name_text(DottedName{node.parts, {}});
            },
            [&](const Unary& node) {
                const bool is_not = node.op == UnaryOp::logic_not;
                if (node.is_inside) return binary(std::get<Binary>(tree_[node.operand].node), place, "not ");
                return (is_not ? "not " : "-") +
                       operand(node.operand, is_not ? Binding::negation : Binding::factor, place);
            },
            [&](const Binary& node) { return binary(node, place); },
            [&](const Conditional& node) {
                return "if " + inner(node.condition) + " then " + inner(node.then) + " else " + inner(node.otherwise);
            },
            [&](const Call& node) { return reference_text(node.function) + "(" + arguments(node.arguments) + ")"; },
            [&](const AggregateExpr& node) { return aggregate(node); },
            [&](const NewExpr& node) { return "new(" + arguments(node.arguments) + ")" + window(node.window); },
            [&](const BaselineExpr& node) { return baseline(node); },
            [&](const ListExpr& node) { return "[" + arguments(node.items) + "]"; },
            [&](const RangeExpr& node) {
                return operand(node.low, Binding::coalescence, {true, place.in_term}) + ".." +
                       operand(node.high, Binding::coalescence, place);
            },
            [&](const TupleExpr& node) { return "(" + arguments(node.items) + ")"; },
            [&](const HasExpr& node) { return "has " + inner(node.path); },
            [&](const Quantifier& node) {
                return (node.every ? "every " : "any ") + name_text(node.variable) + " in " +
                       operand(node.list, Binding::coalescence, {true, false}) + " : " + inner(node.condition);
            },
            [&](const DuringExpr& node) { return "during " + reference_text(node.calendar); },
        },
        expr.node);
}

std::string ExpressionText::binary(const Binary& binary, Place place, std::string_view before) const {
    const OperatorRow& row = row_of(binary.op);
    const auto next = static_cast<Binding>(static_cast<std::uint8_t>(row.binding) + 1);
    // Comparisons do not associate; everything else does to the left.
    const Binding left = row.binding == Binding::comparison ? next : row.binding;
    return operand(binary.left, left, {true, place.in_term}) + " " + std::string{before} + std::string{row.text} +
           (binary.folded ? "~ " : " ") + operand(binary.right, next, place);
}

std::string ExpressionText::literal(const Expr& expr, const Literal& literal) const {
    if (literal.kind == LiteralKind::boolean) return literal.integer != 0 ? "true" : "false";
    if (sources_ != nullptr && expr.span.begin != expr.span.end) return std::string{sources_->text(expr.span)};
    switch (literal.kind) {
    case LiteralKind::integer:
        return fmt::format("{}", literal.integer);
    case LiteralKind::real:
        return spell_real(literal.real);
    case LiteralKind::percentage:
        return spell_percentage(literal.real);
    case LiteralKind::duration:
        return spell_duration(literal.integer);
    case LiteralKind::size:
        return spell_size(literal.integer);
    case LiteralKind::instant:
        return spell_instant({literal.integer, literal.zoned});
    case LiteralKind::time_of_day:
        return spell_time_of_day(literal.integer);
    case LiteralKind::raw_text:
        if (literal.text.find_first_of("\"\n") == std::string::npos) return "r\"" + literal.text + "\"";
        return spell_text(literal.text);
    default:
        return spell_text(literal.text);
    }
}

std::string ExpressionText::arguments(const std::vector<ExprId>& ids) const {
    std::string result;
    for (const ExprId id : ids) result += (result.empty() ? "" : ", ") + operand(id, Binding::open, {});
    return result;
}

std::string ExpressionText::window(const Window& window) const {
    switch (window.kind) {
    case Window::Kind::over:
        return " over " + written(window.duration);
    case Window::Kind::per:
        return " per " + window.unit.text;
    default:
        return {};
    }
}

std::string ExpressionText::aggregate(const AggregateExpr& aggregate) const {
    std::string inside = arguments(aggregate.arguments);
    if (aggregate.where != no_expr)
        inside += (inside.empty() ? "where " : " where ") + operand(aggregate.where, Binding::open, {});
    return aggregate.function.text + "(" + inside + ")" + window(aggregate.window);
}

std::string ExpressionText::baseline(const BaselineExpr& baseline) const {
    using Kind = BaselineExpr::Kind;
    std::string result = baseline.kind == Kind::usual   ? "usual("
                         : baseline.kind == Kind::peers ? "peers("
                                                        : "deviation(";
    result += operand(baseline.value, Binding::open, {});
    if (baseline.past) result += ", past " + written(*baseline.past);
    if (baseline.at_least) result += ", at least " + written(*baseline.at_least);
    if (baseline.during) result += ", during " + reference_text(*baseline.during);
    if (baseline.by != no_expr) result += ", by " + operand(baseline.by, Binding::open, {});
    if (baseline.baseline) result += ", from " + reference_text(*baseline.baseline);
    result += ")";
    if (baseline.member) result += "." + name_text(*baseline.member);
    return result;
}

std::string ExpressionText::constant(ExprId name) const {
    const Path& path = std::get<Path>(tree_[name].node);
    const bool is_clause_word = path.parts.size() == 1 && is_one_of(path.parts[0].text, clause_words);
    return is_clause_word ? quoted(path.parts[0].text) : (*this)(name);
}

std::string ExpressionText::written(const TextClause& text) const {
    if (sources_ == nullptr || text.span.begin == text.span.end) return spell_text(text.text);
    return std::string{sources_->text(text.span)};
}

std::string ExpressionText::written(const NumberClause& number) const {
    if (number.constant != no_expr) return constant(number.constant);
    if (sources_ == nullptr || number.span.begin == number.span.end) return fmt::format("{}", number.value);
    return std::string{sources_->text(number.span)};
}

std::string ExpressionText::written(const DurationClause& duration) const {
    if (duration.constant != no_expr) return constant(duration.constant);
    if (sources_ == nullptr || duration.span.begin == duration.span.end) return spell_duration(duration.value);
    return std::string{sources_->text(duration.span)};
}

std::string ExpressionText::written(const CountClause& count) const {
    return count.constant == no_expr ? fmt::format("{}", count.value) : constant(count.constant);
}

std::string ExpressionText::written(const InstantClause& instant) const {
    if (sources_ == nullptr || instant.span.begin == instant.span.end)
        return spell_instant({instant.value, instant.zoned});
    return std::string{sources_->text(instant.span)};
}

} // namespace watchword::dsl
