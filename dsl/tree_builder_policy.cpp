// Nodes to policies and `risk`.
#include "dsl/tree_builder.hpp"

#include <array>

namespace watchword::dsl {

PolicyDecl TreeBuilder::policy(NodeId id) {
    PolicyDecl result;
    Seen seen;
    for (const NodeId child : children(id)) {
        if (kind(child) == NodeKind::name_part) {
            result.name = name(child);
        } else if (kind(child) == NodeKind::title) {
            result.title = text_in(child);
        } else {
            result.clauses.push_back(keyword(child));
            if (!policy_label(result, child, seen)) policy_clause(result, child, seen);
        }
    }
    return result;
}

/// Clauses that say who, why and since when; false if `id` is none of them.
bool TreeBuilder::policy_label(PolicyDecl& policy, NodeId id, Seen& seen) {
    struct TextRow {
        NodeKind kind;
        std::string_view word;
        std::optional<TextClause> PolicyDecl::*slot;
    };
    static constexpr std::array<TextRow, 5> text_rows{{{NodeKind::id_clause, "`id`", &PolicyDecl::id},
                                                       {NodeKind::purpose_clause, "`purpose`", &PolicyDecl::purpose},
                                                       {NodeKind::basis_clause, "`basis`", &PolicyDecl::basis},
                                                       {NodeKind::owner_clause, "`owner`", &PolicyDecl::owner},
                                                       {NodeKind::version_clause, "`version`", &PolicyDecl::version}}};
    struct InstantRow {
        NodeKind kind;
        std::string_view word;
        std::optional<InstantClause> PolicyDecl::*slot;
    };
    static constexpr std::array<InstantRow, 3> instant_rows{
        {{NodeKind::created_clause, "`created`", &PolicyDecl::created},
         {NodeKind::modified_clause, "`modified`", &PolicyDecl::modified},
         {NodeKind::expires_clause, "`expires`", &PolicyDecl::expires}}};
    for (const TextRow& row : text_rows) {
        if (row.kind != kind(id)) continue;
        if (once(seen, id, row.word)) policy.*row.slot = text_in(id);
        return true;
    }
    for (const InstantRow& row : instant_rows) {
        if (row.kind != kind(id)) continue;
        if (once(seen, id, row.word)) policy.*row.slot = instant_in(id);
        return true;
    }
    return false;
}

void TreeBuilder::policy_clause(PolicyDecl& policy, NodeId id, Seen& seen) {
    switch (kind(id)) {
    case NodeKind::severity_clause:
        if (once(seen, id, "`severity`")) policy.severity = word(first(id));
        break;
    case NodeKind::tags_clause:
        if (once(seen, id, "`tags`")) policy.tags = texts_in(id);
        break;
    case NodeKind::references_clause:
        if (once(seen, id, "`references`")) policy.references = texts_in(id);
        break;
    case NodeKind::covers_clause:
        if (once(seen, id, "`covers`")) policy.covers = expression_in(id);
        break;
    case NodeKind::opens_clause:
        for (const NodeId child : children(id)) {
            if (kind(child) == NodeKind::opening) policy.opens.push_back(opening(child));
            if (kind(child) == NodeKind::opens_always && once(seen, child, "`opens always`"))
                policy.always = text_in(child);
        }
        break;
    case NodeKind::looks_clause:
        if (once(seen, id, "`looks back`")) policy.looks_back = duration_in(id);
        break;
    case NodeKind::closes_clause:
        if (!once(seen, id, "`closes`")) break;
        for (const NodeId child : children(id)) policy.closes.push_back(closing(child));
        break;
    case NodeKind::retrigger_clause: {
        if (!once(seen, id, "`retrigger`")) break;
        RetriggerClause clause{word(find(id, NodeKind::retrigger_kind)), {}, span(id)};
        if (const NodeId limit = find(id, NodeKind::retrigger_limit); limit != no_node)
            clause.at_most = duration_in(limit);
        policy.retrigger = std::move(clause);
        break;
    }
    case NodeKind::except_clause:
        policy.exceptions.push_back(except(id));
        break;
    case NodeKind::score_clause:
        if (once(seen, id, "`score`")) policy.score = score(id);
        break;
    case NodeKind::alert_clause:
        policy.alerts.push_back(alert(id));
        break;
    default:
        break;
    }
}

Opens TreeBuilder::opening(NodeId id) {
    Opens result;
    result.span = span(id);
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::opening_alert:
            result.kind = Opens::Kind::alert;
            result.target = reference(find(child, NodeKind::reference));
            if (const NodeId level = find(child, NodeKind::opening_level); level != no_node)
                result.level = word(first(level));
            break;
        case NodeKind::opening_signal:
            result.kind = Opens::Kind::signal;
            result.target = reference(find(child, NodeKind::reference));
            break;
        case NodeKind::opening_events:
            result.patterns = patterns(child);
            break;
        case NodeKind::alias:
            if (once(seen, child, "`as`")) result.alias = name(first(child));
            break;
        case NodeKind::opening_for:
            if (once(seen, child, "`for`")) result.group = expression_in(child);
            break;
        case NodeKind::opening_at:
            if (once(seen, child, "`at`")) result.at = expression(first(child));
            break;
        case NodeKind::where_clause:
            if (once(seen, child, "`where`")) result.where = expression_in(child);
            break;
        default:
            break;
        }
    }
    return result;
}

Close TreeBuilder::closing(NodeId id) {
    Close result;
    result.span = span(id);
    if (kind(id) != NodeKind::closing_on) result.duration = duration_in(id);
    if (kind(id) == NodeKind::closing_instant) {
        result.kind = Close::Kind::after_instant;
        result.instant = expression(children(id).back()); // the duration may be a path too
    }
    if (kind(id) != NodeKind::closing_on) return result;
    result.kind = Close::Kind::event;
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::closing_events:
            result.patterns = patterns(child);
            break;
        case NodeKind::alias:
            if (once(seen, child, "`as`")) result.alias = name(first(child));
            break;
        case NodeKind::where_clause:
            if (once(seen, child, "`where`")) result.where = expression_in(child);
            break;
        default:
            break;
        }
    }
    return result;
}

ScoreClause TreeBuilder::score(NodeId id) {
    ScoreClause result;
    result.span = span(id);
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::term:
            result.terms.push_back(term(child));
            break;
        case NodeKind::halves:
            if (once(seen, child, "`halves`")) result.halves_every = duration_in(child);
            break;
        case NodeKind::booster: {
            const NumberClause factor = number_in(child);
            result.boosters.push_back({factor, expression_in(child), span(child)});
            break;
        }
        case NodeKind::at_most:
            if (once(seen, child, "`at most` of the whole score")) result.at_most = number_in(child);
            break;
        default:
            break;
        }
    }
    return result;
}

Term TreeBuilder::term(NodeId id) {
    Term result;
    result.span = span(id);
    result.points = expression_in(id);
    result.signal = use(find(id, NodeKind::use));
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::term_when:
            if (once(seen, child, "`when`")) result.when = expression_in(child);
            break;
        case NodeKind::at_most:
            if (once(seen, child, "`at most`")) result.at_most = number_in(child);
            break;
        case NodeKind::once:
            if (once(seen, child, "`once`")) result.once = true;
            break;
        default:
            break;
        }
    }
    return result;
}

AlertClause TreeBuilder::alert(NodeId id) {
    AlertClause result;
    result.span = span(id);
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::level:
            result.level = word(child);
            break;
        case NodeKind::alert_at:
            result.at = number_in(child);
            break;
        case NodeKind::alert_on:
            result.cause = AlertClause::Cause::on_open;
            if (has(child, NodeKind::on_open)) break;
            result.cause = AlertClause::Cause::on_signal;
            result.signal = use(first(child));
            break;
        case NodeKind::rearms:
            if (once(seen, child, "`rearms`")) result.rearms_below = number_in(child);
            break;
        case NodeKind::alert_do:
            if (!once(seen, child, "`do`")) break;
            for (const NodeId action : children(child)) result.actions.push_back(use(action));
            break;
        default:
            break;
        }
    }
    return result;
}

RiskDecl TreeBuilder::risk(NodeId id) {
    RiskDecl result;
    Seen seen;
    for (const NodeId child : children(id)) {
        if (kind(child) == NodeKind::risk_combine) {
            if (once(seen, child, "`combine`")) result.combine = word(first(child));
        } else {
            result.levels.emplace_back(word(first(child)), number_in(child));
        }
    }
    return result;
}

} // namespace watchword::dsl
