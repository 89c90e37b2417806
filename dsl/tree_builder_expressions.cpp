// Nodes to expressions. The depth of each is counted, so that whoever walks the tree later may recurse.
#include "dsl/literal.hpp"
#include "dsl/parser.hpp"
#include "dsl/tree_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watchword::dsl {

namespace {

struct Spelling {
    std::string_view text;
    BinaryOp op;
};
constexpr std::array<Spelling, 17> spellings{{{"==", BinaryOp::equal},
                                              {"!=", BinaryOp::unequal},
                                              {"<=", BinaryOp::at_most},
                                              {">=", BinaryOp::at_least},
                                              {"<", BinaryOp::less},
                                              {">", BinaryOp::more},
                                              {"in", BinaryOp::in},
                                              {"contains", BinaryOp::contains},
                                              {"startswith", BinaryOp::starts_with},
                                              {"endswith", BinaryOp::ends_with},
                                              {"like", BinaryOp::like},
                                              {"matches", BinaryOp::matches},
                                              {"overlaps", BinaryOp::overlaps},
                                              {"+", BinaryOp::add},
                                              {"-", BinaryOp::subtract},
                                              {"*", BinaryOp::multiply},
                                              {"/", BinaryOp::divide}}};

BinaryOp operator_of(std::string_view written) {
    if (written == "mod") return BinaryOp::modulo;
    for (const Spelling& spelling : spellings)
        if (spelling.text == written) return spelling.op;
    return BinaryOp::equal;
}

/// Of `not contains`, however far apart, the second word.
std::string_view last_word(std::string_view written) { return written.substr(written.find_last_of(" \t\r\n") + 1); }

} // namespace

ExprId TreeBuilder::add(Span span, decltype(Expr::node) node, std::uint32_t depth) {
    if (depth > max_nesting) {
        node = Literal{LiteralKind::boolean, 1, 0, {}, false};
        depth = 1;
        if (!too_deep_) {
            Diagnostic& problem =
                diagnostics_.add(Code::nested_too_deep, {span.file, span.begin, span.begin + 1},
                                 fmt::format("the expression is nested more than {} levels deep", max_nesting));
            problem.label = "this one";
            problem.help = "use a list with `in` for many alternatives, or name parts of it with `define`";
        }
        too_deep_ = true;
    }
    depths_.resize(tree_.exprs.size());
    tree_.exprs.push_back({span, std::move(node)});
    depths_.push_back(depth);
    return static_cast<ExprId>(tree_.exprs.size() - 1);
}

std::uint32_t TreeBuilder::depth(const std::vector<ExprId>& ids) const {
    std::uint32_t deepest = 0;
    for (const ExprId id : ids) deepest = std::max(deepest, depth(id));
    return deepest;
}

ExprId TreeBuilder::expression(NodeId id) {
    switch (kind(id)) {
    case NodeKind::expression:
        return chain(id, BinaryOp::logic_or);
    case NodeKind::conjunction:
        return chain(id, BinaryOp::logic_and);
    case NodeKind::coalescence:
        return chain(id, BinaryOp::coalesce);
    case NodeKind::logical_not:
        return unary(id, UnaryOp::logic_not);
    case NodeKind::negative:
        return unary(id, UnaryOp::negate);
    case NodeKind::comparison:
        return comparison(id);
    case NodeKind::sum:
    case NodeKind::product:
        return operators(id);
    case NodeKind::path:
        return add(span(id), Path{names(id)}, 1);
    case NodeKind::parenthesised:
        return parenthesised(id);
    case NodeKind::list_literal:
        return list(id);
    case NodeKind::conditional:
        return conditional(id);
    case NodeKind::quantifier:
        return quantifier(id);
    case NodeKind::has_test: {
        const ExprId path = expression(first(id));
        return add(span(id), HasExpr{path}, 2);
    }
    case NodeKind::during_test:
        return add(span(id), DuringExpr{reference(first(id))}, 1);
    case NodeKind::call:
        return call(id);
    case NodeKind::aggregate:
        return aggregate(id);
    case NodeKind::novelty:
        return novelty(id);
    case NodeKind::baseline_call:
        return baseline(id);
    default:
        return literal(id);
    }
}

ExprId TreeBuilder::chain(NodeId id, BinaryOp op) {
    ExprId left = no_expr;
    for (const NodeId child : children(id)) {
        const ExprId right = expression(child);
        left = left == no_expr ? right : binary({file_, node(id).begin, node(child).end}, op, false, left, right);
    }
    return left;
}

ExprId TreeBuilder::operators(NodeId id) {
    ExprId left = no_expr;
    BinaryOp op = BinaryOp::add;
    for (const NodeId child : children(id)) {
        if (kind(child) == NodeKind::sum_operator || kind(child) == NodeKind::product_operator) {
            op = operator_of(text(child));
            continue;
        }
        const ExprId right = expression(child);
        left = left == no_expr ? right : binary({file_, node(id).begin, node(child).end}, op, false, left, right);
    }
    return left;
}

ExprId TreeBuilder::binary(Span span, BinaryOp op, bool folded, ExprId left, ExprId right) {
    return add(span, Binary{op, folded, left, right}, 1 + std::max(depth(left), depth(right)));
}

ExprId TreeBuilder::comparison(NodeId id) {
    const std::vector<NodeId> parts = children(id);
    const ExprId left = expression(parts[0]);
    if (parts.size() < 3) return left;
    std::string_view written = text(parts[1]);
    const bool folded = written.ends_with('~');
    if (folded) written.remove_suffix(1);
    ExprId right = expression(parts[2]);
    if (parts.size() > 3) {
        const ExprId high = expression(first(parts[3]));
        right = add({file_, node(parts[2]).begin, node(parts[3]).end}, RangeExpr{right, high},
                    1 + std::max(depth(right), depth(high)));
    }
    const bool negated = written.starts_with("not");
    const BinaryOp op = operator_of(negated ? last_word(written) : written);
    if (negated && op == BinaryOp::in) return binary(span(id), BinaryOp::not_in, folded, left, right);
    const ExprId compared = binary(span(id), op, folded, left, right);
    return negated ? add(span(id), Unary{UnaryOp::logic_not, compared, true}, 1 + depth(compared)) : compared;
}

ExprId TreeBuilder::unary(NodeId id, UnaryOp op) {
    const ExprId operand = expression(first(id));
    return add(span(id), Unary{op, operand}, 1 + depth(operand));
}

ExprId TreeBuilder::literal(NodeId id) {
    const std::string_view written = text(id);
    Literal result;
    std::optional<std::int64_t> whole = 0;
    std::optional<double> real = 0;
    switch (kind(id)) {
    case NodeKind::truth:
        result.kind = LiteralKind::boolean;
        whole = written == "true" ? 1 : 0;
        break;
    case NodeKind::integer:
        result.kind = LiteralKind::integer;
        whole = read_integer(written);
        break;
    case NodeKind::duration:
        result.kind = LiteralKind::duration;
        whole = read_duration(written);
        break;
    case NodeKind::size:
        result.kind = LiteralKind::size;
        whole = read_size(written);
        break;
    case NodeKind::real:
        result.kind = LiteralKind::real;
        real = read_real(written);
        break;
    case NodeKind::percentage:
        result.kind = LiteralKind::percentage;
        real = read_percentage(written);
        break;
    case NodeKind::time_of_day:
        result.kind = LiteralKind::time_of_day;
        whole = read_time_of_day(written);
        if (!whole) no_such_instant(id, "time of day");
        whole = whole.value_or(0);
        break;
    case NodeKind::instant: {
        result.kind = LiteralKind::instant;
        const std::optional<InstantValue> instant = read_instant(written);
        if (!instant) no_such_instant(id, "instant");
        whole = instant ? instant->microseconds : 0;
        result.zoned = instant && instant->zoned;
        break;
    }
    default:
        result.kind = kind(id) == NodeKind::raw_text ? LiteralKind::raw_text : LiteralKind::text;
        result.text = text_of(id).text;
    }
    if (!whole || !real) out_of_range(id, "the number");
    result.integer = whole.value_or(0);
    result.real = real.value_or(0);
    return add(span(id), std::move(result), 1);
}

ExprId TreeBuilder::parenthesised(NodeId id) {
    std::vector<ExprId> items = expressions_in(id);
    if (items.size() == 1) return items[0];
    const std::uint32_t deepest = depth(items);
    return add(span(id), TupleExpr{std::move(items)}, 1 + deepest);
}

ExprId TreeBuilder::list(NodeId id) {
    std::vector<ExprId> items = expressions_in(id);
    const std::uint32_t deepest = depth(items);
    return add(span(id), ListExpr{std::move(items)}, 1 + deepest);
}

ExprId TreeBuilder::conditional(NodeId id) {
    const std::vector<ExprId> parts = expressions_in(id);
    return add(span(id), Conditional{parts[0], parts[1], parts[2]}, 1 + depth(parts));
}

ExprId TreeBuilder::quantifier(NodeId id) {
    Quantifier result;
    result.every = text(id).starts_with("every");
    result.variable = name(find(id, NodeKind::name_part));
    result.list = expression(find(id, NodeKind::coalescence));
    result.condition = expression_in(id);
    const std::uint32_t deepest = std::max(depth(result.list), depth(result.condition));
    return add(span(id), std::move(result), 1 + deepest);
}

ExprId TreeBuilder::call(NodeId id) {
    Call result{reference(first(id)), expressions_in(id)};
    const std::uint32_t deepest = depth(result.arguments);
    return add(span(id), std::move(result), 1 + deepest);
}

Window TreeBuilder::window(NodeId id) {
    Window result;
    if (id == no_node) return result;
    result.span = span(id);
    if (const NodeId duration = value_in(id, NodeKind::duration); duration != no_node) {
        result.kind = Window::Kind::over;
        result.duration = duration_of(duration);
    } else {
        result.kind = Window::Kind::per;
        result.unit = name(first(id));
    }
    return result;
}

ExprId TreeBuilder::aggregate(NodeId id) {
    AggregateExpr result;
    result.function = word(find(id, NodeKind::aggregate_name));
    Seen seen;
    for (const NodeId child : children(id)) {
        if (kind(child) == NodeKind::expression) result.arguments.push_back(expression(child));
        if (kind(child) == NodeKind::aggregate_where && once(seen, child, "`where`"))
            result.where = expression_in(child);
    }
    result.window = window(find(id, NodeKind::window));
    const std::uint32_t deepest = std::max(depth(result.arguments), depth(result.where));
    // With several arguments `min` and its like are functions of one moment.
    const std::string_view function = result.function.text;
    const bool may_be_function = function == "min" || function == "max" || function == "sum" || function == "avg";
    const bool is_bare = result.where == no_expr && result.window.kind == Window::Kind::none;
    if (may_be_function && is_bare && result.arguments.size() > 1)
        return add(span(id), Call{result.function, std::move(result.arguments)}, 1 + deepest);
    return add(span(id), std::move(result), 1 + deepest);
}

ExprId TreeBuilder::novelty(NodeId id) {
    NewExpr result{expressions_in(id), window(find(id, NodeKind::window))};
    const std::uint32_t deepest = depth(result.arguments);
    return add(span(id), std::move(result), 1 + deepest);
}

ExprId TreeBuilder::baseline(NodeId id) {
    BaselineExpr result;
    const std::string_view function = text(find(id, NodeKind::baseline_name));
    using Kind = BaselineExpr::Kind;
    result.kind = function == "usual" ? Kind::usual : function == "peers" ? Kind::peers : Kind::deviation;
    result.value = expression_in(id);
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::baseline_past:
            if (once(seen, child, "`past`")) result.past = duration_in(child);
            break;
        case NodeKind::baseline_least:
            if (once(seen, child, "`at least`")) result.at_least = count_in(child, 1, max_least_buckets);
            break;
        case NodeKind::baseline_during:
            if (once(seen, child, "`during`")) result.during = reference(first(child));
            break;
        case NodeKind::baseline_by:
            if (once(seen, child, "`by`")) result.by = expression_in(child);
            break;
        case NodeKind::baseline_from:
            if (once(seen, child, "`from`")) result.baseline = reference(first(child));
            break;
        case NodeKind::member:
            result.member = name(first(child));
            break;
        default:
            break;
        }
    }
    const bool lacks_past = result.kind != Kind::peers && !result.past;
    if (lacks_past || (result.kind == Kind::peers && result.by == no_expr)) {
        Diagnostic& problem =
            diagnostics_.add(Code::missing_clause, span(find(id, NodeKind::baseline_name)),
                             fmt::format("`{}` lacks its `{}`", function, lacks_past ? "past" : "by"));
        problem.help = lacks_past ? "for example `usual(count() per day, past 30d).mean`"
                                  : "for example `peers(count() per day, by employee.department).mean`";
    }
    const std::uint32_t deepest = std::max(depth(result.value), depth(result.by));
    return add(span(id), std::move(result), 1 + deepest);
}

ExprId TreeBuilder::lone_expression(const std::vector<Node>& nodes) {
    nodes_ = &nodes;
    too_deep_ = false;
    return expression(0);
}

} // namespace watchword::dsl
