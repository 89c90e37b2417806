// Reference pages from rows and trees.
#include "dsl/reference.hpp"

#include "dsl/expression_text.hpp"

#include <fmt/format.h>

#include <array>

#include <algorithm>
#include <map>
#include <type_traits>

namespace watchword::dsl {

namespace {

std::string first_line(std::string_view text) { return std::string{text.substr(0, text.find('\n'))}; }

/// Lines of a doc comment as one paragraph in a cell of a table.
std::string cell(std::string_view text) {
    std::string result;
    for (const char byte : text) {
        if (byte == '|') result += '\\';
        result += byte == '\n' ? ' ' : byte;
    }
    return result;
}

std::string fenced(std::string_view text) { return fmt::format("```\n{}\n```\n", text); }

std::string paragraph(std::string_view text) { return text.empty() ? std::string{} : fmt::format("{}\n\n", text); }

/// Words, and `bad:`, `good:` examples with the lines that belong to them as code.
std::string explanation(std::string_view text) {
    const std::size_t examples = text.find("\n\nbad:");
    if (examples == std::string_view::npos) return fmt::format("{}\n", text);
    return fmt::format("{}\n\n{}", text.substr(0, examples), fenced(text.substr(examples + 2)));
}

/// What a row of the keyword's table says: keyword and name; an empty keyword has no page.
struct Title {
    std::string_view keyword;
    std::string name;
};

struct TitleOf {
    Title operator()(const EventDecl& event) const { return {"event", event.name.text()}; }
    Title operator()(const SubjectDecl& subject) const { return {"subject", subject.name.text}; }
    Title operator()(const ListDecl& list) const { return {"list", list.name.text}; }
    Title operator()(const TableDecl& table) const { return {"table", table.name.text}; }
    Title operator()(const LetDecl& let) const { return {"let", let.name.text}; }
    Title operator()(const DefineDecl& define) const { return {"define", define.name.text}; }
    Title operator()(const CalendarDecl& calendar) const { return {"calendar", calendar.name.text}; }
    Title operator()(const BaselineDecl& baseline) const { return {"baseline", baseline.name.text}; }
    Title operator()(const ActionDecl& action) const { return {"action", action.name.text}; }
    Title operator()(const SignalDecl& signal) const { return {"signal", signal.name.text}; }
    Title operator()(const PolicyDecl& policy) const { return {"policy", policy.name.text}; }
    Title operator()(const SourceDecl& source) const { return {"source", source.name.text}; }
    Title operator()(const ModuleDecl&) const { return {}; }
    Title operator()(const UseDecl&) const { return {}; }
    Title operator()(const RiskDecl&) const { return {}; }
    Title operator()(const TestDecl&) const { return {}; }
};

class ModulePages {
public:
    ModulePages(const Sources& sources, const Tree& tree) : sources_(sources), tree_(tree), expr_(tree, &sources) {}

    std::vector<Page> run() {
        std::vector<Page> pages{{"module", {}, {}, {}, {}}};
        for (const Declaration& declaration : tree_.declarations) {
            if (const auto* module = std::get_if<ModuleDecl>(&declaration.node)) {
                module_ = module->name.text;
                pages.front().gist = first_line(declaration.doc);
                pages.front().text = paragraph(declaration.doc);
            }
            const Title title = std::visit(TitleOf{}, declaration.node);
            if (!title.keyword.empty()) pages.push_back(page(declaration, title));
        }
        finish_module(pages);
        return pages;
    }

private:
    Page page(const Declaration& declaration, const Title& title) const {
        std::string text = fmt::format("## {} `{}`\n\n{}", title.keyword, title.name, paragraph(declaration.doc));
        if (const auto* event = std::get_if<EventDecl>(&declaration.node))
            text += fields(event->fields) + updates(*event);
        else if (const auto* subject = std::get_if<SubjectDecl>(&declaration.node))
            text += fields(subject->fields);
        else
            text += fenced(sources_.text(declaration.span));
        text += fmt::format("\nWith `use {}`.\n", module_);
        return {std::string{title.keyword}, module_, title.name, first_line(declaration.doc), std::move(text)};
    }

    std::string fields(const std::vector<FieldDecl>& fields) const {
        if (fields.empty()) return "It has no fields.\n";
        std::string text = "| field | type | default | sensitive | what it says |\n|---|---|---|---|---|\n";
        for (const FieldDecl& field : fields) {
            const std::string fallback = field.fallback == no_expr ? "" : fmt::format("`{}`", expr_(field.fallback));
            text += fmt::format("| `{}` | `{}` | {} | {} | {} |\n", field.name.text, type_text(field.type),
                                cell(fallback), field.sensitive ? "yes" : "", cell(field.doc));
        }
        return text;
    }

    std::string updates(const EventDecl& event) const {
        if (!event.adds && event.updates.empty()) return {};
        std::string text = event.adds ? "\nEnters the person in the roster if they are not in it"
                                      : "\nChanges the person's roster entry";
        for (std::size_t i = 0; i < event.updates.size(); ++i)
            text += fmt::format("{}`{}` becomes `{}`", i == 0 ? (event.adds ? "; " : ": ") : ", ",
                                event.updates[i].name.text, expr_(event.updates[i].value));
        return text + ".\n";
    }

    void finish_module(std::vector<Page>& pages) const {
        Page& own = pages.front();
        own.name = own.module = module_;
        std::string text = fmt::format("## module `{}`\n\n{}", module_, own.text);
        for (const Page& page : std::span{pages}.subspan(1))
            text += fmt::format("- {} `{}`{}{}\n", page.kind, page.name, page.gist.empty() ? "" : ": ", page.gist);
        own.text = std::move(text);
    }

    const Sources& sources_;
    const Tree& tree_;
    ExpressionText expr_;
    std::string module_;
};

} // namespace

std::vector<Page> function_pages(std::span<const runtime::FunctionRow> rows) {
    std::map<std::string_view, std::vector<const runtime::FunctionRow*>> by_name;
    for (const runtime::FunctionRow& row : rows) by_name[row.name].push_back(&row);
    std::vector<Page> pages;
    for (const auto& [name, overloads] : by_name) {
        std::string text = fmt::format("## function `{}`\n", name);
        for (const runtime::FunctionRow* row : overloads) {
            text += fmt::format("\n`{}`: {}\n", row->signature, row->doc);
            if (!row->example.empty())
                text += fmt::format("\n{}", fenced(fmt::format("{}  # {}", row->example, row->shows)));
        }
        pages.push_back({"function", {}, std::string{name}, std::string{overloads.front()->doc}, std::move(text)});
    }
    return pages;
}

std::vector<Page> window_pages() {
    struct Row {
        std::string_view name, signature, doc, example;
    };
    static constexpr std::array<Row, 12> rows{{
        {"count", "count([where C]) WINDOW int", "How many events, or how many of them for which C holds.",
         "when count() over 1h > 20"},
        {"sum", "sum(x [where C]) WINDOW", "The sum, of x's type; of whole numbers exact.",
         "when sum(bytes) over 1h > 100MB"},
        {"avg", "avg(x [where C]) WINDOW", "The mean, of x's type if that has a unit, else real.",
         "when avg(bytes) per day > 10MB"},
        {"min", "min(x [where C]) WINDOW", "The least, of x's type.", "when min(level) over 1h < 2"},
        {"max", "max(x [where C]) WINDOW", "The greatest, of x's type.", "when max(bytes) over 1h > 1GB"},
        {"stddev", "stddev(x [where C]) WINDOW", "The standard deviation of the population.",
         "when stddev(bytes) per week > 5MB"},
        {"distinct", "distinct(x [where C]) WINDOW int", "How many different values.",
         "when distinct(host) over 1d > 5"},
        {"percentile", "percentile(x, RANK [where C]) WINDOW",
         "The value at that rank, from 0 to 100, by nearest rank: one that occurred.",
         "when percentile(bytes, 95) per day > 1GB"},
        {"new", "new(x [, y …]) over D bool",
         "No earlier matching event of the person had this value, or these together; false until so much of the past "
         "is "
         "known.",
         "when new(host) over 30d"},
        {"usual", "usual(V per BUCKET, past D [, at least N] [, during CALENDAR]).mean|stddev|n",
         "What the windowed value was in the person's own past buckets; absent where there are too few.",
         "when count() per day > 3 * usual(count() per day, past 30d).mean"},
        {"deviation", "deviation(V per BUCKET, past D [, at least N] [, during CALENDAR])",
         "How many standard deviations the value lies above the person's usual one.",
         "when deviation(sum(bytes) per day, past 30d) > 3"},
        {"peers", "peers(V per BUCKET, by ATTRIBUTE [, from BASELINE]).mean|stddev|n",
         "What is usual in the person's group, as `watchword baseline` has worked it out.",
         "when sum(bytes) per day > 5 * peers(sum(bytes) per day, by employee.group).mean"},
    }};
    std::vector<Page> pages;
    for (const Row& row : rows)
        pages.push_back({"windowed value",
                         {},
                         std::string{row.name},
                         std::string{row.doc},
                         fmt::format("## windowed value `{}`\n\n`{}`: {}\n\n```\n{}\n```\n", row.name, row.signature,
                                     row.doc, row.example)});
    return pages;
}

std::vector<Page> diagnostic_pages() {
    std::vector<Page> pages;
    for (const CodeRow& row : codes()) {
        const std::string_view severity = row.severity == Severity::error ? "error" : "warning";
        pages.push_back(
            {"diagnostic",
             {},
             std::string{row.code},
             fmt::format("{}: {}", severity, row.title),
             fmt::format("## {} {}: {}\n\n{}", severity, row.code, row.title, explanation(row.explanation))});
    }
    std::stable_sort(pages.begin(), pages.end(), [](const Page& a, const Page& b) { return a.name < b.name; });
    return pages;
}

std::vector<Page> module_pages(const Sources& sources, const Tree& tree) { return ModulePages{sources, tree}.run(); }

} // namespace watchword::dsl
