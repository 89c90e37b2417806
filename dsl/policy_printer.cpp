// Policies, risk, sources and tests to lines.
#include "dsl/declaration_printer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watchword::dsl {

std::string DeclarationPrinter::texts(const std::vector<TextClause>& texts) const {
    std::string result;
    for (const TextClause& one : texts) result += (result.empty() ? "" : ", ") + expr_.written(one);
    return result;
}

std::string DeclarationPrinter::use(const Use& use, bool guarded) const {
    std::string result = guarded ? guarded_text(use.name) : reference_text(use.name);
    if (use.arguments.empty()) return result;
    std::string inside;
    for (const Assignment& one : use.arguments)
        inside +=
            (inside.empty() ? "" : ", ") + (one.name.text.empty() ? "" : name_text(one.name) + ": ") + expr_(one.value);
    return result + "(" + inside + ")";
}

void DeclarationPrinter::policy(const PolicyDecl& policy, Span whole) {
    out_.open("policy " + name_text(policy.name) + (policy.title ? " " + expr_.written(*policy.title) : "") + " {");
    for (std::size_t index = 0; index < policy.clauses.size(); ++index) {
        const bool last = index + 1 == policy.clauses.size();
        out_.before(policy.clauses[index].begin);
        policy_clause(policy, index, last ? whole.end : policy.clauses[index + 1].begin);
    }
    out_.close(whole.end);
}

/// The clauses that say who, why and since when.
bool DeclarationPrinter::policy_label(const PolicyDecl& policy, std::string_view word) {
    struct TextRow {
        std::string_view word;
        std::optional<TextClause> PolicyDecl::*slot;
    };
    static constexpr std::array<TextRow, 5> text_rows{{{"id", &PolicyDecl::id},
                                                       {"purpose", &PolicyDecl::purpose},
                                                       {"basis", &PolicyDecl::basis},
                                                       {"owner", &PolicyDecl::owner},
                                                       {"version", &PolicyDecl::version}}};
    struct InstantRow {
        std::string_view word;
        std::optional<InstantClause> PolicyDecl::*slot;
    };
    static constexpr std::array<InstantRow, 3> instant_rows{
        {{"created", &PolicyDecl::created}, {"modified", &PolicyDecl::modified}, {"expires", &PolicyDecl::expires}}};
    for (const TextRow& row : text_rows) {
        if (row.word != word) continue;
        if (const auto& text = policy.*row.slot) out_.line(fmt::format("{:<9} {}", word, expr_.written(*text)));
        return true;
    }
    for (const InstantRow& row : instant_rows) {
        if (row.word != word) continue;
        if (const auto& instant = policy.*row.slot) out_.line(fmt::format("{:<9} {}", word, expr_.written(*instant)));
        return true;
    }
    return false;
}

void DeclarationPrinter::policy_clause(const PolicyDecl& policy, std::size_t index, std::uint32_t end) {
    const Span clause = policy.clauses[index];
    const std::string_view word = sources_.text(clause);
    const auto at_clause = [clause](const auto& one) { return one.span.begin == clause.begin; };
    if (policy_label(policy, word)) return;
    if (word == "severity" && policy.severity) {
        out_.line("severity  " + policy.severity->text);
    } else if (word == "tags") {
        out_.line("tags      " + texts(policy.tags));
    } else if (word == "references") {
        out_.line("references " + texts(policy.references));
    } else if (word == "covers") {
        condition("covers   ", policy.covers);
    } else if (word == "opens") {
        opens(policy, clause, end);
    } else if (word == "looks" && policy.looks_back) {
        out_.line("looks back " + expr_.written(*policy.looks_back));
    } else if (word == "closes") {
        std::string text;
        for (const Close& one : policy.closes) {
            const bool last = &one == &policy.closes.back() && policy.closes.size() > 1;
            text += (text.empty() ? "" : last ? ", or " : ", ") + closing(one);
        }
        out_.line("closes    " + text);
    } else if (word == "retrigger" && policy.retrigger) {
        const auto& limit = policy.retrigger->at_most;
        out_.line("retrigger " + policy.retrigger->kind.text + (limit ? ", at most " + expr_.written(*limit) : ""));
    } else if (word == "score" && policy.score) {
        score(*policy.score);
    } else if (const auto alert_clause = std::find_if(policy.alerts.begin(), policy.alerts.end(), at_clause);
               alert_clause != policy.alerts.end()) {
        out_.line(alert(*alert_clause));
    } else if (const auto exception = std::find_if(policy.exceptions.begin(), policy.exceptions.end(), at_clause);
               exception != policy.exceptions.end()) {
        except(*exception);
    }
}

void DeclarationPrinter::opens(const PolicyDecl& policy, Span clause, std::uint32_t end) {
    std::vector<std::string> alternatives;
    for (const Opens& one : policy.opens)
        if (one.span.begin > clause.begin && one.span.begin < end) alternatives.push_back(opening(one));
    if (alternatives.empty() && policy.always) {
        out_.line("opens     always because " + expr_.written(*policy.always));
        return;
    }
    for (std::size_t index = 0; index < alternatives.size(); ++index)
        out_.line((index == 0 ? "opens     " : "          ") + alternatives[index] +
                  (index + 1 < alternatives.size() ? "," : ""));
}

std::string DeclarationPrinter::opening(const Opens& opens) const {
    std::string text = "on ";
    switch (opens.kind) {
    case Opens::Kind::alert:
        text += "alert " + reference_text(opens.target) + (opens.level ? " at " + opens.level->text : "");
        break;
    case Opens::Kind::signal:
        text += "signal " + reference_text(opens.target);
        break;
    default:
        text += patterns(opens.patterns);
    }
    if (opens.alias) text += " as " + name_text(*opens.alias);
    if (opens.group != no_expr) text += " for " + expr_(opens.group);
    if (opens.at != no_expr) text += " at " + expr_(opens.at);
    if (opens.where != no_expr) text += " where " + expr_(opens.where);
    return text;
}

std::string DeclarationPrinter::closing(const Close& close) const {
    switch (close.kind) {
    case Close::Kind::after:
        return "after " + expr_.written(close.duration);
    case Close::Kind::after_instant:
        return expr_.written(close.duration) + " after " + expr_(close.instant);
    default:
        return "on " + patterns(close.patterns) + (close.alias ? " as " + name_text(*close.alias) : "") +
               (close.where == no_expr ? "" : " where " + expr_(close.where));
    }
}

void DeclarationPrinter::score(const ScoreClause& score) {
    out_.open("score {");
    for (const Term& one : score.terms) {
        out_.before(one.span.begin);
        out_.line(term(one));
    }
    if (score.halves_every) {
        out_.before(score.halves_every->span.begin);
        out_.line("halves every " + expr_.written(*score.halves_every));
    }
    for (const Booster& one : score.boosters) {
        out_.before(one.span.begin);
        condition("times " + expr_.written(one.factor) + " when", one.when);
    }
    if (score.at_most) {
        out_.before(score.at_most->span.begin);
        out_.line("at most " + expr_.written(*score.at_most));
    }
    out_.close(score.span.end);
}

std::string DeclarationPrinter::term(const Term& term) const {
    std::string text = "+" + expr_(term.points) + " for " + use(term.signal, false);
    if (term.when != no_expr) text += " when " + expr_.term_condition(term.when);
    if (term.at_most) text += ", at most " + expr_.written(*term.at_most);
    return term.once ? text + ", once" : text;
}

std::string DeclarationPrinter::alert(const AlertClause& alert) const {
    std::string text = alert.level.text.empty() ? "alert" : "alert " + alert.level.text;
    switch (alert.cause) {
    case AlertClause::Cause::level:
        text += " at " + expr_.written(alert.at);
        break;
    case AlertClause::Cause::on_open:
        text += " on open";
        break;
    default:
        text += " on " + use(alert.signal, true);
    }
    if (alert.rearms_below) text += " rearms below " + expr_.written(*alert.rearms_below);
    for (const Use& action : alert.actions)
        text += (&action == &alert.actions.front() ? " do " : ", ") + use(action, false);
    return text;
}

void DeclarationPrinter::risk(const RiskDecl& risk, Span whole) {
    out_.open("risk {");
    if (!risk.combine.text.empty()) {
        out_.before(risk.combine.span.begin);
        out_.line("combine " + risk.combine.text);
    }
    for (const auto& [level, threshold] : risk.levels) {
        out_.before(level.span.begin);
        out_.line(level.text + " at " + expr_.written(threshold));
    }
    out_.close(whole.end);
}

void DeclarationPrinter::source(const SourceDecl& source, Span whole) {
    out_.open("source " + name_text(source.name) + " from " + name_text(source.format) + " {");
    const auto option = [this](std::string_view word, const std::optional<TextClause>& text) {
        if (!text) return;
        out_.before(text->span.begin);
        out_.line(fmt::format("{} {}", word, expr_.written(*text)));
    };
    option("delimiter", source.delimiter);
    option("zone", source.zone);
    if (!source.header.empty()) {
        out_.before(source.header[0].span.begin);
        out_.line("header " + texts(source.header));
    }
    for (const Column& column : source.columns) {
        out_.before(column.span.begin);
        out_.line((column.sensitive ? "sensitive " : "") + type_text(column.type) + " " + reference_text(column.name) +
                  (column.headers.empty() ? "" : " from " + texts(column.headers)));
    }
    for (const Emit& one : source.emits) {
        out_.before(one.span.begin);
        std::string head = "emit " + (one.employee ? "employee" : guarded_text(one.event));
        if (one.when != no_expr) head += " when " + expr_(one.when);
        record(head, one.fields, one.span);
    }
    out_.close(whole.end);
}

/// What must not compile may be no declaration at all: it stays as it is written.
void DeclarationPrinter::refusal(const TestDecl& test, Span whole) {
    std::string codes;
    for (const Name& code : test.refusal->codes) codes += (codes.empty() ? "" : ", ") + name_text(code);
    out_.verbatim(
        fmt::format("test {} refuses {} {{{}}}", expr_.written(test.title), codes, sources_.text(test.refusal->body)),
        whole.end);
}

void DeclarationPrinter::test_case(const TestCase& one) {
    out_.before(one.span.begin);
    const std::string head = one.title.text.empty() ? "case" : "case " + expr_.written(one.title);
    if (one.expectations.empty()) return record(head, one.values, one.values_span);
    const Expectation& first = one.expectations.front();
    std::string fields;
    for (const Assignment& value : one.values)
        fields += (fields.empty() ? "" : ", ") + name_text(value.name) + ": " + expr_(value.value);
    const std::string tail = " " + expectation(first);
    if (one.expectations.size() == 1 && !out_.has_comment_before(first.span.begin) &&
        fits(head + " { " + fields + " }" + tail))
        return record(head, one.values, one.values_span, tail);
    record(head, one.values, one.values_span);
    out_.begin_block();
    for (const Expectation& expected : one.expectations) {
        out_.before(expected.span.begin);
        out_.line(expectation(expected));
    }
    out_.end_block();
}

void DeclarationPrinter::test(const TestDecl& test, Span whole) {
    if (test.refusal) return refusal(test, whole);
    out_.open("test " + expr_.written(test.title) + " {");
    for (const auto& item : test.items) {
        if (const auto* employee = std::get_if<EmployeeItem>(&item)) {
            out_.before(employee->span.begin);
            const std::string head = (employee->at ? "at " + expr_.written(*employee->at) + " " : "") + "employee " +
                                     expr_.written(employee->id);
            if (employee->attributes.empty()) {
                out_.line(head);
            } else {
                record(head, employee->attributes, employee->span);
            }
        } else if (const auto* event_item = std::get_if<EventItem>(&item)) {
            out_.before(event_item->span.begin);
            const bool repeats = event_item->times.span.end != 0;
            record("at " + expr_.written(event_item->at) + " " + guarded_text(event_item->event), event_item->fields,
                   event_item->span,
                   repeats ? fmt::format(" x {} every {}", expr_.written(event_item->times),
                                         expr_.written(event_item->every))
                           : "");
        } else if (const auto* expected = std::get_if<Expectation>(&item)) {
            out_.before(expected->span.begin);
            out_.line(expectation(*expected));
        } else if (const auto* option = std::get_if<TestOption>(&item)) {
            out_.before(option->span.begin);
            const std::string to = option->name.text == "advance" ? " to " : " ";
            out_.line(option->name.text + (option->duration ? " " + expr_.written(*option->duration) : "") +
                      (option->instant ? to + expr_.written(*option->instant) : ""));
        }
    }
    for (const TestCase& one : test.cases) test_case(one);
    out_.close(whole.end);
}

std::string DeclarationPrinter::expectation(const Expectation& expected) const {
    using Kind = Expectation::Kind;
    std::string text = "expect ";
    switch (expected.kind) {
    case Kind::nothing_else:
        return text + "nothing else";
    case Kind::snapshot:
        return text + "alerts from " + expr_.written(*expected.file);
    case Kind::no_alert:
        text += "no alert";
        break;
    case Kind::no_watch:
        text += "no watch";
        break;
    case Kind::watch:
        text += "watch";
        break;
    case Kind::score:
        text += "score";
        break;
    case Kind::risk:
        text += "risk";
        break;
    default:
        text += "alert";
    }
    if (expected.policy) text += " " + guarded_text(*expected.policy);
    if (expected.level) text += " " + expected.level->text + (expected.or_above ? " or above" : "");
    if (expected.person) text += " for " + expr_.written(*expected.person);
    if (expected.person_name) text += " for " + name_text(*expected.person_name);
    if (expected.at) text += " at " + expr_.written(*expected.at);
    for (const Name& signal : expected.because)
        text += (&signal == &expected.because.front() ? " because " : ", ") + reference_text(signal);
    if (expected.times) text += fmt::format(" x {}", *expected.times);
    if (expected.kind == Kind::score || expected.kind == Kind::risk)
        text += " " + std::string{spelling_of(expected.comparison)} + " " + expr_.written(expected.number);
    return text;
}

} // namespace watchword::dsl
