// Nodes to declarations: everything but policies and tests.
#include "dsl/tree_builder.hpp"

#include <fmt/format.h>

namespace watchword::dsl {

void TreeBuilder::declaration(const std::vector<Node>& nodes) {
    nodes_ = &nodes;
    too_deep_ = false;
    Declaration result;
    result.span = span(0);
    result.doc = doc_before(result.span.begin);
    const auto named = [this] { return name(find(0, NodeKind::name_part)); };
    const auto file = [this] { return text_in(find(0, NodeKind::file_clause)); };
    switch (kind(0)) {
    case NodeKind::module_declaration: {
        ModuleDecl module{named(), {}};
        if (const NodeId zone = find(0, NodeKind::zone_clause); zone != no_node) module.zone = text_in(zone);
        result.node = std::move(module);
        break;
    }
    case NodeKind::use_declaration:
        result.node = uses(0);
        break;
    case NodeKind::event_declaration:
        result.node = event(0);
        break;
    case NodeKind::subject_declaration:
        result.node = SubjectDecl{named(), fields(find(0, NodeKind::field_block))};
        break;
    case NodeKind::list_declaration:
        result.node = list_declaration(0);
        break;
    case NodeKind::table_declaration:
        result.node = TableDecl{named(), file(), fields(find(0, NodeKind::field_block))};
        break;
    case NodeKind::let_declaration:
        result.node = LetDecl{named(), expression_in(0)};
        break;
    case NodeKind::define_declaration:
        result.node = DefineDecl{named(), parameters(find(0, NodeKind::parameters)), expression_in(0)};
        break;
    case NodeKind::calendar_declaration:
        result.node = calendar(0);
        break;
    case NodeKind::baseline_declaration:
        result.node = BaselineDecl{named(), file()};
        break;
    case NodeKind::action_declaration:
        result.node = ActionDecl{named(), parameters(find(0, NodeKind::parameters)), has(0, NodeKind::state_mark)};
        break;
    case NodeKind::signal_declaration:
        result.node = signal(0);
        break;
    case NodeKind::policy_declaration:
        result.node = policy(0);
        break;
    case NodeKind::risk_declaration:
        result.node = risk(0);
        break;
    case NodeKind::source_declaration:
        result.node = source(0);
        break;
    default:
        result.node = test(0);
    }
    tree_.declarations.push_back(std::move(result));
}

UseDecl TreeBuilder::uses(NodeId id) {
    UseDecl result;
    for (const NodeId child : children(id)) {
        UseDecl::Item item{name(first(child)), {}};
        if (const NodeId as = find(child, NodeKind::alias); as != no_node) item.alias = name(first(as));
        result.items.push_back(std::move(item));
    }
    return result;
}

EventDecl TreeBuilder::event(NodeId id) {
    EventDecl result;
    result.name = dotted(find(id, NodeKind::dotted));
    result.fields = fields(find(id, NodeKind::field_block));
    const NodeId change = find(id, NodeKind::roster_change);
    if (change == no_node) return result;
    result.adds = text(find(change, NodeKind::roster_verb)) == "adds";
    result.updates = record(find(change, NodeKind::record));
    return result;
}

ListDecl TreeBuilder::list_declaration(NodeId id) {
    ListDecl result;
    result.name = name(find(id, NodeKind::name_part));
    const NodeId items = find(id, NodeKind::list_literal);
    if (items != no_node) result.items = expressions_in(items);
    if (const NodeId file = find(id, NodeKind::file_clause); file != no_node) result.file = text_in(file);
    if (const NodeId column = find(id, NodeKind::column_clause); column != no_node) result.column = text_in(column);
    return result;
}

CalendarDecl TreeBuilder::calendar(NodeId id) {
    CalendarDecl result;
    result.name = name(find(id, NodeKind::name_part));
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::calendar_days:
            if (!once(seen, child, "`days`")) break;
            for (const NodeId range : children(child)) {
                const std::vector<Name> days = names(range);
                result.days.emplace_back(days.front(), days.back());
            }
            break;
        case NodeKind::calendar_hours:
            if (!once(seen, child, "`hours`")) break;
            for (const NodeId range : children(child)) {
                const std::vector<NodeId> ends = children(range);
                const ExprId from = expression(ends[0]);
                result.hours.emplace_back(from, expression(ends[1]));
            }
            break;
        case NodeKind::calendar_zone:
            if (once(seen, child, "`zone`")) result.zone = expression_in(child);
            break;
        case NodeKind::calendar_holidays:
            if (once(seen, child, "`holidays`")) result.holidays = text_in(first(child));
            break;
        case NodeKind::calendar_except:
            if (once(seen, child, "`except`")) result.except = expression_in(child);
            break;
        default:
            break;
        }
    }
    return result;
}

SignalDecl TreeBuilder::signal(NodeId id) {
    SignalDecl result;
    result.name = name(find(id, NodeKind::name_part));
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::title:
            if (once(seen, child, "the title")) result.title = text_in(child);
            break;
        case NodeKind::parameters:
            if (once(seen, child, "the list of parameters")) result.parameters = parameters(child);
            break;
        case NodeKind::on_clause:
            if (!once(seen, child, "`on`")) break;
            result.on = patterns(first(child));
            result.alias = alias_in(child);
            break;
        case NodeKind::across_clause:
            if (once(seen, child, "`across`")) result.across = Across{expression_in(child), span(child)};
            break;
        case NodeKind::where_clause:
            if (once(seen, child, "`where`")) result.where = expression_in(child);
            break;
        case NodeKind::by_clause:
            if (once(seen, child, "`by`")) result.by = expressions_in(child);
            break;
        case NodeKind::when_clause:
            if (once(seen, child, "`when`")) result.when = expression_in(child);
            break;
        case NodeKind::sequence_clause:
            if (once(seen, child, "`sequence`")) result.sequence = sequence(child);
            break;
        case NodeKind::until_clause:
            break; // belongs to the sequence, see below
        case NodeKind::except_clause:
            result.exceptions.push_back(except(child));
            break;
        default:
            break;
        }
    }
    for (const NodeId child : children(id)) {
        if (kind(child) != NodeKind::until_clause) continue;
        if (result.sequence) {
            result.sequence->until.push_back(step(child));
        } else {
            diagnostics_.add(Code::missing_clause, keyword(child), "`until` without a `sequence` that it could end")
                .label = "ends no sequence";
        }
    }
    if (result.on.empty() && !result.sequence) {
        Diagnostic& problem = diagnostics_.add(Code::missing_clause, result.name.span,
                                               fmt::format("signal `{}` listens to nothing", result.name.text));
        problem.label = "neither `on` nor `sequence`";
        problem.help = "for example `signal Bulk \"Bulk copy\" on file.copy when count() over 1h > 100`";
    }
    return result;
}

std::optional<Name> TreeBuilder::alias_in(NodeId parent) {
    const NodeId as = find(parent, NodeKind::alias);
    if (as == no_node) return std::nullopt;
    return name(first(as));
}

Sequence TreeBuilder::sequence(NodeId id) {
    Sequence result;
    result.span = span(id);
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::within_clause:
            if (once(seen, child, "`within`")) result.within = duration_in(child);
            break;
        case NodeKind::by_clause:
            if (once(seen, child, "`by`")) result.by = expressions_in(child);
            break;
        default:
            result.steps.push_back(step(child));
        }
    }
    if (result.within.span.end == 0) {
        Diagnostic& problem = diagnostics_.add(Code::missing_clause, keyword(id), "the sequence lacks its `within`");
        problem.label = "no span of time";
        problem.help = "for example `sequence within 30m { file.archive file.copy }`";
    }
    return result;
}

Step TreeBuilder::step(NodeId id) {
    Step result;
    result.span = span(id);
    result.forbidden = has(id, NodeKind::no_mark);
    result.patterns = patterns(find(id, NodeKind::patterns));
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::alias:
            if (once(seen, child, "`as`")) result.alias = name(first(child));
            break;
        case NodeKind::where_clause:
            if (once(seen, child, "`where`")) result.where = expression_in(child);
            break;
        case NodeKind::by_clause:
            if (once(seen, child, "`by`")) result.by = expressions_in(child);
            break;
        case NodeKind::times_clause:
            if (!once(seen, child, "`times`")) break;
            result.times = count_in(child, 1, max_step_times);
            result.times.span = span(child);
            break;
        default:
            break;
        }
    }
    return result;
}

SourceDecl TreeBuilder::source(NodeId id) {
    SourceDecl result;
    result.name = name(find(id, NodeKind::name_part));
    result.format = name(first(find(id, NodeKind::source_format)));
    Seen seen;
    for (const NodeId child : children(id)) {
        switch (kind(child)) {
        case NodeKind::source_delimiter:
            if (once(seen, child, "`delimiter`")) result.delimiter = text_in(child);
            break;
        case NodeKind::source_zone:
            if (once(seen, child, "`zone`")) result.zone = text_in(child);
            break;
        case NodeKind::source_header:
            if (once(seen, child, "`header`")) result.header = texts_in(child);
            break;
        case NodeKind::column: {
            Column column;
            column.type = type(find(child, NodeKind::type));
            column.name = reference(find(child, NodeKind::reference));
            column.sensitive = has(child, NodeKind::column_sensitive);
            if (const NodeId from = find(child, NodeKind::headers); from != no_node) column.headers = texts_in(from);
            column.span = span(child);
            result.columns.push_back(std::move(column));
            break;
        }
        case NodeKind::emit:
            result.emits.push_back(emit(child));
            break;
        default:
            break;
        }
    }
    return result;
}

Emit TreeBuilder::emit(NodeId id) {
    Emit result;
    result.span = span(id);
    result.employee = has(id, NodeKind::emit_employee);
    if (const NodeId event = find(id, NodeKind::dotted); event != no_node) result.event = dotted(event);
    result.when = expression_in(find(id, NodeKind::when_clause));
    result.fields = record(find(id, NodeKind::record));
    return result;
}

} // namespace watchword::dsl
