// Nodes to names, values and the pieces that declarations share.
#include "dsl/tree_builder.hpp"

#include "dsl/literal.hpp"
#include "dsl/parser.hpp"
#include "runtime/type.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::dsl {

TreeBuilder::TreeBuilder(const Sources& sources, std::uint32_t file, Tree& tree, Diagnostics& diagnostics)
    : file_(file), text_(sources.file(file).text), tree_(tree), diagnostics_(diagnostics) {}

std::vector<NodeId> TreeBuilder::children(NodeId id) const {
    std::vector<NodeId> result;
    for (NodeId child = id + 1; child < node(id).next; child = node(child).next) result.push_back(child);
    return result;
}

NodeId TreeBuilder::find(NodeId parent, NodeKind kind) const {
    for (NodeId child = parent + 1; child < node(parent).next; child = node(child).next)
        if (node(child).kind == kind) return child;
    return no_node;
}

// --- names and values ------------------------------------------------------------------------------------------------

Name TreeBuilder::name(NodeId id) {
    std::string_view written = text(id);
    if (written.starts_with('`')) written = written.substr(1, written.size() - 2);
    return {std::string{written}, span(id)};
}

std::vector<Name> TreeBuilder::names(NodeId parent) {
    std::vector<Name> result;
    for (const NodeId child : children(parent))
        if (kind(child) == NodeKind::name_part) result.push_back(name(child));
    return result;
}

DottedName TreeBuilder::dotted(NodeId id) { return {names(id), span(id)}; }

Name TreeBuilder::reference(NodeId id) { return {DottedName{names(id), span(id)}.text(), span(id)}; }

TextClause TreeBuilder::text_of(NodeId literal) {
    TextValue value = read_text(text(literal));
    if (value.bad_escape) {
        const std::uint32_t at = node(literal).begin + static_cast<std::uint32_t>(*value.bad_escape);
        Diagnostic& problem = diagnostics_.add(Code::unknown_escape, {file_, at, std::min(at + 2, node(literal).end)},
                                               "unknown escape in a text");
        problem.label = "no such escape";
        problem.help = R"(escapes are \" \\ \n \r \t \u{1F600}; in a raw text, r"C:\Users\*", a backslash is just one)";
    }
    return {std::move(value.text), span(literal)};
}

std::vector<TextClause> TreeBuilder::texts_in(NodeId parent) {
    std::vector<TextClause> result;
    for (const NodeId child : children(parent))
        if (kind(child) == NodeKind::text || kind(child) == NodeKind::raw_text) result.push_back(text_of(child));
    return result;
}

TextClause TreeBuilder::text_in(NodeId parent) {
    for (const NodeId child : children(parent))
        if (kind(child) == NodeKind::text || kind(child) == NodeKind::raw_text) return text_of(child);
    return {};
}

void TreeBuilder::out_of_range(NodeId literal, std::string_view what) {
    diagnostics_.add(Code::number_out_of_range, span(literal), fmt::format("{} is out of range", what)).label =
        "does not fit into 64 bits";
}

NodeId TreeBuilder::value_in(NodeId parent, NodeKind literal) const {
    for (const NodeId child : children(parent))
        if (kind(child) == literal || kind(child) == NodeKind::path) return child;
    return no_node;
}

DurationClause TreeBuilder::duration_of(NodeId value) {
    if (kind(value) == NodeKind::path) return {0, span(value), expression(value)};
    const std::optional<std::int64_t> known = read_duration(text(value));
    if (!known) out_of_range(value, "the duration");
    return {known.value_or(runtime::one_day), span(value)}; // which is fine everywhere: one error is enough
}

DurationClause TreeBuilder::duration_in(NodeId parent) {
    const NodeId value = value_in(parent, NodeKind::duration);
    return value == no_node ? DurationClause{} : duration_of(value);
}

void TreeBuilder::no_such_instant(NodeId literal, std::string_view what) {
    diagnostics_.add(Code::no_such_date, span(literal), fmt::format("there is no {} {}", what, text(literal))).label =
        "some part is out of range";
}

InstantClause TreeBuilder::instant_in(NodeId parent) {
    const NodeId literal = find(parent, NodeKind::instant);
    if (literal == no_node) return {};
    const std::optional<InstantValue> value = read_instant(text(literal));
    if (!value) no_such_instant(literal, "instant");
    const InstantValue known = value.value_or(InstantValue{});
    return {known.microseconds, known.zoned, span(literal)};
}

NumberClause TreeBuilder::number_in(NodeId parent) {
    const NodeId value = value_in(parent, NodeKind::number);
    if (value == no_node) return {};
    if (kind(value) == NodeKind::path) return {0, span(value), expression(value)};
    const std::optional<double> known = read_real(text(value));
    if (!known) out_of_range(value, "the number");
    return {known.value_or(0), span(value)};
}

CountClause TreeBuilder::count_of(NodeId value, std::int64_t least, std::int64_t most) {
    if (kind(value) == NodeKind::path) return {least, span(value), expression(value)};
    const std::optional<std::int64_t> known = read_integer(text(value));
    if (known && *known >= least && *known <= most) return {*known, span(value)};
    diagnostics_.add(Code::number_out_of_range, span(value), "the number is out of range").label =
        fmt::format("{} to {} here", least, most);
    return {least, span(value)};
}

CountClause TreeBuilder::count_in(NodeId parent, std::int64_t least, std::int64_t most) {
    const NodeId value = value_in(parent, NodeKind::integer);
    return value == no_node ? CountClause{least, {}} : count_of(value, least, most);
}

std::string TreeBuilder::doc_before(std::uint32_t offset) const {
    const std::vector<Comment>& comments = tree_.comments;
    auto at = std::lower_bound(comments.begin(), comments.end(), offset,
                               [](const Comment& comment, std::uint32_t end) { return comment.span.begin < end; });
    std::vector<std::string_view> lines;
    std::uint32_t below = offset;
    while (at != comments.begin()) {
        --at;
        const std::string_view written = text_.substr(at->span.begin, at->span.end - at->span.begin);
        const std::string_view between = text_.substr(at->span.end, below - at->span.end);
        const bool touches = std::count(between.begin(), between.end(), '\n') == 1 &&
                             between.find_first_not_of(" \t\r\n") == std::string_view::npos;
        if (!at->own_line || !touches || !written.starts_with("##")) break;
        lines.push_back(written.substr(std::min<std::size_t>(written.starts_with("## ") ? 3 : 2, written.size())));
        below = at->span.begin;
    }
    std::string doc;
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) doc.append(doc.empty() ? "" : "\n").append(*line);
    return doc;
}

bool TreeBuilder::once(Seen& seen, NodeId clause, std::string_view what) {
    for (const auto& [earlier, where] : seen) {
        if (earlier != what) continue;
        Diagnostic& problem =
            diagnostics_.add(Code::repeated_clause, keyword(clause), fmt::format("{} is given twice", what));
        problem.label = "the second one";
        problem.notes.push_back({where, "the first one"});
        problem.help = "keep one of them";
        return false;
    }
    seen.emplace_back(what, keyword(clause));
    return true;
}

Span TreeBuilder::keyword(NodeId clause) const {
    const std::string_view written = text(clause);
    std::uint32_t length = 0;
    while (length < written.size() && written[length] >= 'a' && written[length] <= 'z') ++length;
    return {file_, node(clause).begin, length == 0 ? node(clause).end : node(clause).begin + length};
}

// --- shared pieces of declarations
// --------------------------------------------------------------------------------------

TypeExpr TreeBuilder::type(NodeId id) {
    TypeExpr result;
    result.span = span(id);
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::name_part:
            result.name = name(child);
            break;
        case NodeKind::enum_type:
            result.name = {"enum", {file_, node(child).begin, node(child).begin + 4}};
            result.words = names(child);
            break;
        case NodeKind::list_type:
            result.name = {"list", {file_, node(child).begin, node(child).begin + 4}};
            result.element = name(find(child, NodeKind::name_part));
            break;
        default:
            result.optional = true;
        }
    }
    return result;
}

ExprId TreeBuilder::expression_in(NodeId parent) {
    const NodeId child = parent == no_node ? no_node : find(parent, NodeKind::expression);
    return child == no_node ? no_expr : expression(child);
}

std::vector<ExprId> TreeBuilder::expressions_in(NodeId parent) {
    std::vector<ExprId> result;
    for (const NodeId child : children(parent))
        if (kind(child) == NodeKind::expression) result.push_back(expression(child));
    return result;
}

std::vector<FieldDecl> TreeBuilder::fields(NodeId block) {
    std::vector<FieldDecl> result;
    for (const NodeId child : children(block)) {
        FieldDecl field;
        field.name = name(find(child, NodeKind::name_part));
        field.type = type(find(child, NodeKind::type));
        field.sensitive = has(child, NodeKind::sensitive);
        field.fallback = expression_in(find(child, NodeKind::default_value));
        field.span = span(child);
        field.doc = doc_before(field.span.begin);
        result.push_back(std::move(field));
    }
    return result;
}

std::vector<Parameter> TreeBuilder::parameters(NodeId id) {
    std::vector<Parameter> result;
    if (id == no_node) return result;
    for (const NodeId child : children(id))
        result.push_back({name(find(child, NodeKind::name_part)), type(find(child, NodeKind::type)),
                          expression_in(find(child, NodeKind::default_value))});
    return result;
}

std::vector<Assignment> TreeBuilder::record(NodeId id) {
    std::vector<Assignment> result;
    if (id == no_node) return result;
    for (const NodeId child : children(id))
        result.push_back({name(find(child, NodeKind::name_part)), expression_in(child), span(child)});
    return result;
}

std::vector<EventPattern> TreeBuilder::patterns(NodeId parent) {
    std::vector<EventPattern> result;
    bool is_signal = false; // `signal A, B`: B too
    for (const NodeId child : children(parent)) {
        if (kind(child) != NodeKind::pattern) continue;
        EventPattern pattern;
        pattern.span = span(child);
        is_signal = is_signal || has(child, NodeKind::signal_mark);
        const NodeId written = find(child, NodeKind::dotted_part);
        if (written != no_node) pattern.name = dotted(written);
        if (has(child, NodeKind::everything)) pattern.kind = EventPattern::Kind::everything;
        if (has(child, NodeKind::family_mark)) pattern.kind = EventPattern::Kind::family;
        if (is_signal) pattern.kind = EventPattern::Kind::signal;
        result.push_back(std::move(pattern));
    }
    return result;
}

Use TreeBuilder::use(NodeId id) {
    Use result;
    result.name = reference(find(id, NodeKind::reference));
    result.span = span(id);
    for (const NodeId child : children(id)) {
        if (kind(child) != NodeKind::use_argument) continue;
        Assignment argument;
        const NodeId named = find(child, NodeKind::argument_name);
        if (named != no_node) argument.name = name(first(named));
        argument.value = expression_in(child);
        argument.span = span(child);
        result.arguments.push_back(std::move(argument));
    }
    return result;
}

ExceptClause TreeBuilder::except(NodeId id) {
    ExceptClause result;
    result.span = span(id);
    result.reason = text_in(id);
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::except_owner:
            if (once(seen, child, "`owner`")) result.owner = text_in(child);
            break;
        case NodeKind::except_until:
            if (once(seen, child, "`until`")) result.until = instant_in(child);
            break;
        case NodeKind::except_on:
            result.patterns = patterns(first(child));
            break;
        case NodeKind::except_condition:
            result.condition = expression_in(child);
            break;
        default:
            break;
        }
    }
    return result;
}

} // namespace watchword::dsl
