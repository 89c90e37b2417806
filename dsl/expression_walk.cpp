// Walking and comparing expressions, without regard to what they mean.
#include "dsl/expression_checker.hpp"

namespace watchword::dsl {

namespace {

struct ChildCollector {
    std::vector<ExprId> found;

    void add(ExprId id) {
        if (id != no_expr) found.push_back(id);
    }
    void add(const std::vector<ExprId>& ids) { found.insert(found.end(), ids.begin(), ids.end()); }

    void operator()(const Literal&) {}
    void operator()(const Path&) {}
    void operator()(const Unary& node) { add(node.operand); }
    void operator()(const Binary& node) {
        add(node.left);
        add(node.right);
    }
    void operator()(const Conditional& node) {
        add(node.condition);
        add(node.then);
        add(node.otherwise);
    }
    void operator()(const Call& node) { add(node.arguments); }
    void operator()(const AggregateExpr& node) {
        add(node.arguments);
        add(node.where);
    }
    void operator()(const NewExpr& node) { add(node.arguments); }
    void operator()(const BaselineExpr& node) {
        add(node.value);
        add(node.by);
    }
    void operator()(const ListExpr& node) { add(node.items); }
    void operator()(const RangeExpr& node) {
        add(node.low);
        add(node.high);
    }
    void operator()(const TupleExpr& node) { add(node.items); }
    void operator()(const HasExpr& node) { add(node.path); }
    void operator()(const Quantifier& node) {
        add(node.list);
        add(node.condition);
    }
    void operator()(const DuringExpr&) {}
};

bool same_text(const std::optional<Name>& left, const std::optional<Name>& right) {
    return left.has_value() == right.has_value() && (!left || left->text == right->text);
}

template <class Clause>
bool same_value_of(const std::optional<Clause>& left, const std::optional<Clause>& right) {
    return left.has_value() == right.has_value() && (!left || left->value == right->value);
}

bool same_window(const Window& left, const Window& right) {
    return left.kind == right.kind && left.duration.value == right.duration.value && left.unit.text == right.unit.text;
}

/// Everything of a node but its children.
struct SameNode {
    bool any_member = false; ///< of `usual` and `peers`, which are read from one entry

    bool operator()(const Literal& left, const Literal& right) const {
        return left.kind == right.kind && left.integer == right.integer && left.real == right.real &&
               left.text == right.text && left.zoned == right.zoned;
    }
    bool operator()(const Path& left, const Path& right) const {
        if (left.parts.size() != right.parts.size()) return false;
        for (std::size_t index = 0; index < left.parts.size(); ++index)
            if (left.parts[index].text != right.parts[index].text) return false;
        return true;
    }
    bool operator()(const Unary& left, const Unary& right) const { return left.op == right.op; }
    bool operator()(const Binary& left, const Binary& right) const {
        return left.op == right.op && left.folded == right.folded;
    }
    bool operator()(const Call& left, const Call& right) const { return left.function.text == right.function.text; }
    bool operator()(const AggregateExpr& left, const AggregateExpr& right) const {
        return left.function.text == right.function.text && same_window(left.window, right.window) &&
               (left.where == no_expr) == (right.where == no_expr);
    }
    bool operator()(const NewExpr& left, const NewExpr& right) const { return same_window(left.window, right.window); }
    bool operator()(const BaselineExpr& left, const BaselineExpr& right) const {
        const bool usual = left.kind != BaselineExpr::Kind::peers && right.kind != BaselineExpr::Kind::peers;
        const bool same_value = left.kind == right.kind && same_text(left.member, right.member);
        return (same_value || (any_member && (usual || left.kind == right.kind))) &&
               same_value_of(left.past, right.past) && same_value_of(left.at_least, right.at_least) &&
               same_text(left.during, right.during) && same_text(left.baseline, right.baseline);
    }
    bool operator()(const Quantifier& left, const Quantifier& right) const {
        return left.every == right.every && left.variable.text == right.variable.text;
    }
    bool operator()(const DuringExpr& left, const DuringExpr& right) const {
        return left.calendar.text == right.calendar.text;
    }
    template <class Node>
    bool operator()(const Node&, const Node&) const {
        return true;
    }
    template <class Left, class Right>
    bool operator()(const Left&, const Right&) const {
        return false;
    }
};

bool same_expression(const Tree& tree, ExprId left, ExprId right, bool any_member) {
    if (left == right) return true;
    if (!std::visit(SameNode{any_member}, tree[left].node, tree[right].node)) return false;
    const std::vector<ExprId> a = children_of(tree[left]);
    const std::vector<ExprId> b = children_of(tree[right]);
    if (a.size() != b.size()) return false;
    for (std::size_t index = 0; index < a.size(); ++index)
        if (!same_expression(tree, a[index], b[index], any_member)) return false;
    return true;
}

} // namespace

std::vector<ExprId> children_of(const Expr& expr) {
    ChildCollector collector;
    std::visit(collector, expr.node);
    return std::move(collector.found);
}

std::vector<ExprId> expressions_below(const Tree& tree, ExprId id) {
    std::vector<ExprId> all;
    if (id == no_expr) return all;
    all.push_back(id);
    for (std::size_t index = 0; index < all.size(); ++index) {
        const std::vector<ExprId> children = children_of(tree[all[index]]);
        all.insert(all.end(), children.begin(), children.end());
    }
    return all;
}

bool same_entry(const Tree& tree, ExprId left, ExprId right) { return same_expression(tree, left, right, true); }

bool same_expression(const Tree& tree, ExprId left, ExprId right) { return same_expression(tree, left, right, false); }

} // namespace watchword::dsl
