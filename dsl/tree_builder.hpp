// Turns the grammar's nodes of one declaration into the syntax tree: values of literals, clauses given twice, depth.
// Every node it meets was matched by the grammar; wrong values become diagnostics and the tree goes on without them.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/diagnostic.hpp"
#include "dsl/syntax_tree.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::dsl {

class TreeBuilder {
public:
    TreeBuilder(const Sources& sources, std::uint32_t file, Tree& tree, Diagnostics& diagnostics);

    /// `nodes[0]` is a declaration.
    void declaration(const std::vector<Node>& nodes);
    /// `nodes[0]` is an expression.
    ExprId lone_expression(const std::vector<Node>& nodes);

private:
    // nodes
    const Node& node(NodeId id) const { return (*nodes_)[id]; }
    NodeKind kind(NodeId id) const { return node(id).kind; }
    Span span(NodeId id) const { return {file_, node(id).begin, node(id).end}; }
    std::string_view text(NodeId id) const { return text_.substr(node(id).begin, node(id).end - node(id).begin); }
    std::vector<NodeId> children(NodeId id) const;
    NodeId first(NodeId id) const { return id + 1; } ///< only of a node that has children
    bool has(NodeId parent, NodeKind kind) const { return find(parent, kind) != no_node; }
    NodeId find(NodeId parent, NodeKind kind) const;
    static constexpr NodeId no_node = UINT32_MAX;

    // names, values
    Name name(NodeId name_part);
    Name word(NodeId id) const { return {std::string{text(id)}, span(id)}; }
    std::vector<Name> names(NodeId parent);
    DottedName dotted(NodeId id);
    Name reference(NodeId id);
    TextClause text_in(NodeId parent);
    std::vector<TextClause> texts_in(NodeId parent);
    TextClause text_of(NodeId literal);
    /// `value`: a literal or the name of a constant.
    DurationClause duration_of(NodeId value);
    DurationClause duration_in(NodeId parent);
    InstantClause instant_in(NodeId parent);
    NumberClause number_in(NodeId parent);
    CountClause count_of(NodeId value, std::int64_t least, std::int64_t most);
    CountClause count_in(NodeId parent, std::int64_t least, std::int64_t most);
    NodeId value_in(NodeId parent, NodeKind literal) const;
    std::string doc_before(std::uint32_t offset) const;
    void no_such_instant(NodeId literal, std::string_view what);
    void out_of_range(NodeId literal, std::string_view what);
    /// Clauses met so far, with their keywords.
    using Seen = std::vector<std::pair<std::string_view, Span>>;
    /// False, and reported, if `what` was there already.
    bool once(Seen& seen, NodeId clause, std::string_view what);
    Span keyword(NodeId clause) const;

    // expressions
    ExprId add(Span span, decltype(Expr::node) node, std::uint32_t depth);
    ExprId expression(NodeId id);
    ExprId expression_in(NodeId parent);
    std::vector<ExprId> expressions_in(NodeId parent);
    ExprId chain(NodeId id, BinaryOp op);
    ExprId operators(NodeId id);
    ExprId comparison(NodeId id);
    ExprId unary(NodeId id, UnaryOp op);
    ExprId binary(Span span, BinaryOp op, bool folded, ExprId left, ExprId right);
    ExprId literal(NodeId id);
    ExprId parenthesised(NodeId id);
    ExprId list(NodeId id);
    ExprId conditional(NodeId id);
    ExprId quantifier(NodeId id);
    ExprId call(NodeId id);
    ExprId aggregate(NodeId id);
    ExprId novelty(NodeId id);
    ExprId baseline(NodeId id);
    Window window(NodeId id);
    std::uint32_t depth(ExprId id) const { return id == no_expr ? 0 : depths_[id]; }
    std::uint32_t depth(const std::vector<ExprId>& ids) const;

    // shared pieces
    TypeExpr type(NodeId id);
    std::vector<FieldDecl> fields(NodeId block);
    std::vector<Parameter> parameters(NodeId id);
    std::vector<Assignment> record(NodeId id);
    std::vector<EventPattern> patterns(NodeId parent);
    std::optional<Name> alias_in(NodeId parent);
    Use use(NodeId id);
    ExceptClause except(NodeId id);

    // declarations
    UseDecl uses(NodeId id);
    EventDecl event(NodeId id);
    ListDecl list_declaration(NodeId id);
    CalendarDecl calendar(NodeId id);
    SignalDecl signal(NodeId id);
    Sequence sequence(NodeId id);
    Step step(NodeId id);
    PolicyDecl policy(NodeId id);
    bool policy_label(PolicyDecl& policy, NodeId id, Seen& seen);
    void policy_clause(PolicyDecl& policy, NodeId id, Seen& seen);
    Opens opening(NodeId id);
    Close closing(NodeId id);
    ScoreClause score(NodeId id);
    Term term(NodeId id);
    AlertClause alert(NodeId id);
    RiskDecl risk(NodeId id);
    SourceDecl source(NodeId id);
    Emit emit(NodeId id);
    TestDecl test(NodeId id);
    TestCase test_case(NodeId id);
    Refusal refusal(NodeId id);
    EmployeeItem employee_item(NodeId id);
    EventItem event_item(NodeId id);
    Expectation expectation(NodeId id);
    void expectation_part(Expectation& into, NodeId id, Seen& seen);

    std::uint32_t file_;
    std::string_view text_;
    Tree& tree_;
    Diagnostics& diagnostics_;
    const std::vector<Node>* nodes_ = nullptr;
    std::vector<std::uint32_t> depths_; ///< parallel to the tree's expressions
    bool too_deep_ = false;             ///< reported for this declaration
};

} // namespace watchword::dsl
