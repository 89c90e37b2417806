// Declarations to lines, but for policies and tests.
#include "dsl/printer.hpp"

#include "dsl/declaration_printer.hpp"
#include "dsl/literal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::dsl {

DeclarationPrinter::DeclarationPrinter(const Sources& sources, const Tree& tree)
    : sources_(sources), tree_(tree), source_(sources.file(tree.file).text), expr_(tree, &sources),
      out_(sources, tree) {}

std::string DeclarationPrinter::run() {
    // Short declarations of one kind may stand close together.
    const auto is_short = [](const Declaration& one) {
        return std::holds_alternative<ModuleDecl>(one.node) || std::holds_alternative<UseDecl>(one.node) ||
               std::holds_alternative<LetDecl>(one.node) || std::holds_alternative<ListDecl>(one.node) ||
               std::holds_alternative<BaselineDecl>(one.node) || std::holds_alternative<ActionDecl>(one.node) ||
               std::holds_alternative<DefineDecl>(one.node);
    };
    const Declaration* last = nullptr;
    for (const Declaration& one : tree_.declarations) {
        const bool close = last != nullptr && last->node.index() == one.node.index() && is_short(one);
        if (last == nullptr || close) {
            out_.before(one.span.begin, true, !one.doc.empty());
        } else {
            out_.before_apart(one.span.begin, !one.doc.empty());
        }
        declaration(one);
        last = &one;
    }
    return out_.finish(static_cast<std::uint32_t>(source_.size()) + 1);
}

void DeclarationPrinter::declaration(const Declaration& declaration) {
    const Span whole = declaration.span;
    if (const auto* module = std::get_if<ModuleDecl>(&declaration.node)) {
        out_.line("module " + name_text(module->name) + (module->zone ? " zone " + expr_.written(*module->zone) : ""));
    } else if (const auto* uses = std::get_if<UseDecl>(&declaration.node)) {
        std::string items;
        for (const UseDecl::Item& item : uses->items)
            items += (items.empty() ? "" : ", ") + name_text(item.module) +
                     (item.alias ? " as " + name_text(*item.alias) : "");
        out_.line("use " + items);
    } else if (const auto* event_decl = std::get_if<EventDecl>(&declaration.node)) {
        event(*event_decl, whole);
    } else if (const auto* subject = std::get_if<SubjectDecl>(&declaration.node)) {
        fields("subject " + name_text(subject->name), subject->fields, whole.begin, whole.end);
    } else if (const auto* list_decl = std::get_if<ListDecl>(&declaration.node)) {
        list(*list_decl, whole);
    } else if (const auto* table = std::get_if<TableDecl>(&declaration.node)) {
        fields("table " + name_text(table->name) + " from " + expr_.written(table->file), table->columns, whole.begin,
               whole.end);
    } else if (const auto* let = std::get_if<LetDecl>(&declaration.node)) {
        condition("let " + name_text(let->name) + " =", let->value);
    } else if (const auto* define = std::get_if<DefineDecl>(&declaration.node)) {
        condition("define " + name_text(define->name) + "(" + parameters(define->parameters) + ") =", define->body);
    } else if (const auto* calendar_decl = std::get_if<CalendarDecl>(&declaration.node)) {
        calendar(*calendar_decl, whole);
    } else if (const auto* baseline = std::get_if<BaselineDecl>(&declaration.node)) {
        out_.line("baseline " + name_text(baseline->name) + " from " + expr_.written(baseline->file));
    } else if (const auto* action = std::get_if<ActionDecl>(&declaration.node)) {
        out_.line("action " + name_text(action->name) +
                  (action->parameters.empty() ? "" : "(" + parameters(action->parameters) + ")") +
                  (action->state ? " state" : ""));
    } else if (const auto* signal_decl = std::get_if<SignalDecl>(&declaration.node)) {
        signal(*signal_decl);
    } else if (const auto* policy_decl = std::get_if<PolicyDecl>(&declaration.node)) {
        policy(*policy_decl, whole);
    } else if (const auto* risk_decl = std::get_if<RiskDecl>(&declaration.node)) {
        risk(*risk_decl, whole);
    } else if (const auto* source_decl = std::get_if<SourceDecl>(&declaration.node)) {
        source(*source_decl, whole);
    } else if (const auto* test_decl = std::get_if<TestDecl>(&declaration.node)) {
        test(*test_decl, whole);
    }
}

// --- pieces
// ---------------------------------------------------------------------------------------------------------------

bool DeclarationPrinter::breaks_between(std::uint32_t from, std::uint32_t to) const {
    return from < to && source_.substr(from, to - from).find('\n') != std::string_view::npos;
}

void DeclarationPrinter::conjuncts(ExprId expr, BinaryOp op, std::vector<ExprId>& parts) const {
    while (true) {
        const auto* binary = std::get_if<Binary>(&tree_[expr].node);
        if (binary == nullptr || binary->op != op) break;
        parts.push_back(binary->right);
        expr = binary->left;
    }
    parts.push_back(expr);
    std::reverse(parts.begin(), parts.end());
}

void DeclarationPrinter::condition(const std::string& head, ExprId expr, const std::string& tail, bool opens_block) {
    const auto end = [&](const std::string& text) { opens_block ? out_.open(text) : out_.line(text); };
    const std::string whole = head + " " + expr_(expr) + tail;
    const auto* binary = std::get_if<Binary>(&tree_[expr].node);
    const bool is_chain = binary != nullptr && (binary->op == BinaryOp::logic_and || binary->op == BinaryOp::logic_or);
    if (fits(whole) || !is_chain) {
        end(whole);
        return;
    }
    std::vector<ExprId> parts;
    conjuncts(expr, binary->op, parts);
    const Binding least = binary->op == BinaryOp::logic_and ? Binding::negation : Binding::both;
    for (std::size_t index = 0; index < parts.size(); ++index) {
        const bool last = index + 1 == parts.size();
        const std::string text = expr_.part(parts[index], least, last, false);
        const std::string start =
            index == 0 ? head + " "
                       : "    " + std::string{spelling_of(binary->op)} + (least == Binding::both ? "  " : " ");
        last ? end(start + text + tail) : out_.line(start + text);
    }
}

void DeclarationPrinter::record(const std::string& head, const std::vector<Assignment>& fields, Span whole,
                                const std::string& tail) {
    std::string inside;
    for (const Assignment& field : fields)
        inside += (inside.empty() ? "" : ", ") + name_text(field.name) + ": " + expr_(field.value);
    const std::string text = head + (fields.empty() ? " {}" : " { " + inside + " }") + tail;
    const std::size_t bracket = fields.empty() ? 0 : source_.rfind('{', fields[0].span.begin);
    const bool was_broken = !fields.empty() && bracket != std::string_view::npos &&
                            breaks_between(static_cast<std::uint32_t>(bracket), fields[0].span.begin);
    if (fields.empty() || (fits(text) && !was_broken && !out_.has_comment_before(fields.back().span.end))) {
        out_.line(text);
        return;
    }
    out_.open(head + " {");
    for (const Assignment& field : fields) {
        out_.before(field.span.begin);
        out_.line(name_text(field.name) + ": " + expr_(field.value) + ",");
    }
    out_.close(whole.end, "}" + tail);
}

std::string DeclarationPrinter::field(const FieldDecl& field) const {
    const std::string name = field.name.text == "sensitive" ? "`sensitive`" : name_text(field.name);
    return (field.sensitive ? "sensitive " : "") + name + " " + type_text(field.type) +
           (field.fallback == no_expr ? "" : " = " + expr_(field.fallback));
}

void DeclarationPrinter::fields(const std::string& head, const std::vector<FieldDecl>& fields, std::uint32_t from,
                                std::uint32_t end) {
    std::string inside;
    for (const FieldDecl& one : fields) inside += (inside.empty() ? "" : ", ") + field(one);
    const std::string text = head + (fields.empty() ? " {}" : " { " + inside + " }");
    const bool was_broken = !fields.empty() && breaks_between(from, fields[0].span.begin);
    if (fits(text) && !was_broken && !out_.has_comment_before(end)) {
        out_.line(text);
        return;
    }
    out_.open(head + " {");
    for (const FieldDecl& one : fields) {
        out_.before(one.span.begin, true, !one.doc.empty());
        out_.line(field(one));
    }
    out_.close(end);
}

void DeclarationPrinter::event(const EventDecl& event, Span whole) {
    std::uint32_t end = whole.end;
    const bool changes = event.adds || !event.updates.empty();
    if (!event.updates.empty()) {
        // The block of fields ends at the bracket before `updates`, that is before the last but one `{`.
        const std::size_t opening = source_.rfind('{', event.updates[0].span.begin);
        const std::size_t closing = source_.rfind('}', opening);
        if (closing != std::string_view::npos && closing > whole.begin) end = static_cast<std::uint32_t>(closing) + 1;
    }
    fields("event " + name_text(event.name), event.fields, event.name.span.end, end);
    if (!changes) return;
    record(std::string{event.adds ? "adds" : "updates"} + " employee", event.updates, whole);
}

void DeclarationPrinter::list(const ListDecl& list, Span whole) {
    const std::string head = "list " + name_text(list.name);
    if (list.file) {
        out_.line(head + " from " + expr_.written(*list.file) +
                  (list.column ? " column " + expr_.written(*list.column) : ""));
        return;
    }
    const std::string text = head + " = [" + expr_.arguments(list.items) + "]";
    const bool commented = out_.has_comment_before(whole.end);
    if (list.items.empty() || (fits(text) && !commented)) {
        out_.line(text);
        return;
    }
    out_.open(head + " = [");
    std::string row;
    for (const ExprId item : list.items) {
        const std::string next = expr_(item) + ",";
        const bool full = !row.empty() && !fits(row + " " + next);
        if (!row.empty() && (full || commented)) {
            out_.line(row);
            row.clear();
        }
        if (commented) out_.before(tree_[item].span.begin);
        row += (row.empty() ? "" : " ") + next;
    }
    out_.line(row);
    out_.close(whole.end, "]");
}

std::string DeclarationPrinter::parameters(const std::vector<Parameter>& parameters) const {
    std::string result;
    for (const Parameter& one : parameters)
        result += (result.empty() ? "" : ", ") + name_text(one.name) + " " + type_text(one.type) +
                  (one.fallback == no_expr ? "" : " = " + expr_(one.fallback));
    return result;
}

void DeclarationPrinter::calendar(const CalendarDecl& calendar, Span whole) {
    out_.open("calendar " + name_text(calendar.name) + " {");
    std::string days;
    for (const auto& [from, to] : calendar.days)
        days += (days.empty() ? "" : ", ") + name_text(from) +
                (from.span == to.span && from.text == to.text ? "" : ".." + name_text(to));
    if (!days.empty()) out_.line("days     " + days);
    std::string hours;
    for (const auto& [from, to] : calendar.hours)
        hours +=
            (hours.empty() ? "" : ", ") + expr_.part(from, Binding::sum, false, false) + ".." + expr_(to, Binding::sum);
    if (!hours.empty()) out_.line("hours    " + hours);
    if (calendar.zone != no_expr) out_.line("zone     " + expr_(calendar.zone));
    if (calendar.holidays) out_.line("holidays from " + expr_.written(*calendar.holidays));
    if (calendar.except != no_expr) condition("except  ", calendar.except);
    out_.close(whole.end);
}

// --- signals
// ----------------------------------------------------------------------------------------------------------------

std::string DeclarationPrinter::patterns(const std::vector<EventPattern>& patterns) const {
    std::string result;
    bool is_signal = false;
    for (const EventPattern& pattern : patterns) {
        if (!result.empty()) result += ", ";
        if (pattern.kind == EventPattern::Kind::signal && !is_signal) result += "signal ";
        is_signal = is_signal || pattern.kind == EventPattern::Kind::signal;
        if (pattern.kind == EventPattern::Kind::everything) {
            result += "*";
        } else {
            result += guarded_text(pattern.name) + (pattern.kind == EventPattern::Kind::family ? ".*" : "");
        }
    }
    return result;
}

void DeclarationPrinter::signal(const SignalDecl& signal) {
    std::string head = "signal " + name_text(signal.name);
    if (signal.title) head += " " + expr_.written(*signal.title);
    if (!signal.parameters.empty()) head += " (" + parameters(signal.parameters) + ")";
    out_.open(head);
    const auto at = [this](ExprId id) { out_.before(tree_[id].span.begin); };
    if (!signal.on.empty()) {
        out_.before(signal.on[0].span.begin);
        out_.line("on    " + patterns(signal.on) + (signal.alias ? " as " + name_text(*signal.alias) : ""));
    }
    if (signal.across) {
        out_.before(signal.across->span.begin);
        out_.line("across " + expr_(signal.across->key));
    }
    if (signal.where != no_expr) {
        at(signal.where);
        condition("where", signal.where);
    }
    if (!signal.by.empty()) {
        at(signal.by[0]);
        out_.line("by    " + expr_.arguments(signal.by));
    }
    if (signal.when != no_expr) {
        at(signal.when);
        condition("when ", signal.when);
    }
    if (signal.sequence) sequence(*signal.sequence);
    for (const ExceptClause& one : signal.exceptions) except(one);
    out_.end_block();
}

void DeclarationPrinter::sequence(const Sequence& sequence) {
    out_.before(sequence.span.begin);
    out_.open("sequence within " + expr_.written(sequence.within) +
              (sequence.by.empty() ? "" : " by " + expr_.arguments(sequence.by)) + " {");
    for (std::size_t index = 0; index < sequence.steps.size(); ++index) {
        const Step* const next = index + 1 < sequence.steps.size() ? &sequence.steps[index + 1] : nullptr;
        const bool before_star = next != nullptr && !next->forbidden && !next->patterns.empty() &&
                                 next->patterns[0].kind == EventPattern::Kind::everything;
        step(sequence.steps[index], before_star);
    }
    out_.close(sequence.span.end);
    for (const Step& one : sequence.until) {
        out_.before(one.span.begin);
        out_.line("until " + patterns(one.patterns) + step_clauses(one));
    }
}

std::string DeclarationPrinter::step_clauses(const Step& step) const {
    std::string text;
    if (step.alias) text += " as " + name_text(*step.alias);
    if (step.where != no_expr) text += " where " + expr_(step.where);
    if (!step.by.empty()) text += " by " + expr_.arguments(step.by);
    return text;
}

void DeclarationPrinter::step(const Step& step, bool before_star) {
    out_.before(step.span.begin);
    std::string text = (step.forbidden ? "no " : "") + patterns(step.patterns) + step_clauses(step);
    // A `*` behind an expression would multiply.
    if (step.times.value != 1 || step.times.constant != no_expr || before_star)
        text += " times " + expr_.written(step.times);
    out_.line(text);
}

void DeclarationPrinter::except(const ExceptClause& except) {
    out_.before(except.span.begin);
    std::string head = "except " + expr_.written(except.reason);
    if (except.owner) head += " owner " + expr_.written(*except.owner);
    if (except.until) head += " until " + expr_.written(*except.until);
    head += " on " + patterns(except.patterns);
    if (except.condition == no_expr) {
        out_.line(head);
    } else if (const std::string text = head + " { " + expr_(except.condition) + " }"; fits(text)) {
        out_.line(text);
    } else {
        out_.open(head + " {");
        out_.before(tree_[except.condition].span.begin);
        out_.line(expr_(except.condition));
        out_.close(except.span.end);
    }
}

std::string print(const Sources& sources, const Tree& tree) { return DeclarationPrinter{sources, tree}.run(); }

std::string print(const Tree& tree, ExprId expr) { return ExpressionText{tree, nullptr}(expr); }

} // namespace watchword::dsl
