// Nodes to `test` blocks.
#include "dsl/tree_builder.hpp"

#include <limits>

namespace watchword::dsl {

namespace {

BinaryOp comparison_of(std::string_view written) {
    if (written == "!=") return BinaryOp::unequal;
    if (written == "<") return BinaryOp::less;
    if (written == "<=") return BinaryOp::at_most;
    if (written == ">") return BinaryOp::more;
    if (written == ">=") return BinaryOp::at_least;
    return BinaryOp::equal;
}

} // namespace

TestDecl TreeBuilder::test(NodeId id) {
    TestDecl result;
    result.title = text_in(id);
    for (const NodeId child : children(id)) {
        const auto option = [&](std::string_view word) { return Name{std::string{word}, keyword(child)}; };
        switch (kind(child)) {
        case NodeKind::test_employee:
            result.items.emplace_back(employee_item(child));
            break;
        case NodeKind::test_at: {
            const NodeId employee = find(child, NodeKind::test_employee);
            if (employee == no_node) {
                result.items.emplace_back(event_item(child));
                break;
            }
            EmployeeItem item = employee_item(employee);
            item.at = instant_in(child);
            item.span = span(child);
            result.items.emplace_back(std::move(item));
            break;
        }
        case NodeKind::expectation:
            result.items.emplace_back(expectation(child));
            break;
        case NodeKind::test_lateness:
            result.items.emplace_back(TestOption{option("lateness"), duration_in(child), {}, span(child)});
            break;
        case NodeKind::test_until:
            result.items.emplace_back(TestOption{option("until"), {}, instant_in(child), span(child)});
            break;
        case NodeKind::test_roster:
            result.items.emplace_back(TestOption{option("roster"), {}, {}, span(child)});
            break;
        case NodeKind::test_advance: {
            const NodeId to = find(child, NodeKind::advance_to);
            TestOption advance{option("advance"), {}, {}, span(child)};
            if (to != no_node)
                advance.instant = instant_in(to);
            else
                advance.duration = duration_in(child);
            result.items.emplace_back(std::move(advance));
            break;
        }
        case NodeKind::test_case:
            result.cases.push_back(test_case(child));
            break;
        case NodeKind::test_refusal:
            result.refusal = refusal(child);
            break;
        default:
            break;
        }
    }
    return result;
}

TestCase TreeBuilder::test_case(NodeId id) {
    TestCase result;
    result.title = text_in(id);
    result.span = span(id);
    for (const NodeId child : children(id)) {
        if (kind(child) == NodeKind::record) {
            result.values = record(child);
            result.values_span = span(child);
        }
        if (kind(child) == NodeKind::expectation) result.expectations.push_back(expectation(child));
    }
    return result;
}

Refusal TreeBuilder::refusal(NodeId id) { return {names(id), span(find(id, NodeKind::refused_body))}; }

EmployeeItem TreeBuilder::employee_item(NodeId id) {
    return {{}, text_in(id), record(find(id, NodeKind::record)), span(id)};
}

EventItem TreeBuilder::event_item(NodeId id) {
    EventItem result;
    result.at = instant_in(id);
    result.span = span(id);
    const NodeId event = find(id, NodeKind::test_event);
    result.event = dotted(find(event, NodeKind::dotted));
    result.fields = record(find(event, NodeKind::record));
    const NodeId again = find(event, NodeKind::repetition);
    if (again == no_node) return result;
    const std::vector<NodeId> values = children(again);
    result.times = count_of(values.front(), 1, max_event_times);
    result.every = duration_of(values.back());
    return result;
}

Expectation TreeBuilder::expectation(NodeId id) {
    using Kind = Expectation::Kind;
    Expectation result;
    result.span = span(id);
    const NodeId content = first(id);
    switch (kind(content)) {
    case NodeKind::expect_nothing:
        result.kind = Kind::nothing_else;
        return result;
    case NodeKind::expect_snapshot:
        result.kind = Kind::snapshot;
        result.file = text_in(content);
        return result;
    case NodeKind::expect_no_alert:
        result.kind = Kind::no_alert;
        break;
    case NodeKind::expect_no_watch:
        result.kind = Kind::no_watch;
        break;
    case NodeKind::expect_watch:
        result.kind = Kind::watch;
        break;
    case NodeKind::expect_score:
        result.kind = Kind::score;
        break;
    case NodeKind::expect_risk:
        result.kind = Kind::risk;
        break;
    default:
        result.kind = Kind::alert;
    }
    Seen seen;
    for (const NodeId part : children(content)) expectation_part(result, part, seen);
    const NodeId comparison = find(content, NodeKind::expect_comparison);
    if (comparison == no_node) return result;
    result.comparison = comparison_of(text(comparison));
    result.number = number_in(content);
    return result;
}

void TreeBuilder::expectation_part(Expectation& into, NodeId id, Seen& seen) {
    switch (kind(id)) {
    case NodeKind::expect_policy:
        if (once(seen, id, "the policy")) into.policy = reference(first(id));
        break;
    case NodeKind::expect_level:
        if (!once(seen, id, "the level")) break;
        into.level = word(first(id));
        into.or_above = has(id, NodeKind::or_above);
        break;
    case NodeKind::expect_for:
        if (!once(seen, id, "`for`")) break;
        if (const NodeId named = find(id, NodeKind::case_name); named != no_node)
            into.person_name = names(named).front();
        else
            into.person = text_in(id);
        break;
    case NodeKind::expect_at:
        if (once(seen, id, "`at`")) into.at = instant_in(id);
        break;
    case NodeKind::expect_because:
        if (!once(seen, id, "`because`")) break;
        for (const NodeId child : children(id)) into.because.push_back(reference(child));
        break;
    case NodeKind::expect_times:
        if (once(seen, id, "`x`"))
            into.times = static_cast<std::uint32_t>(count_in(id, 0, std::numeric_limits<std::uint32_t>::max()).value);
        break;
    default:
        break;
    }
}

} // namespace watchword::dsl
