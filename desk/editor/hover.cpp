// Which page belongs to which kind of name.
#include "desk/editor/hover.hpp"

#include "desk/editor/keywords.hpp"
#include "desk/editor/references.hpp"
#include "desk/editor/written_tokens.hpp"
#include "dsl/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watchword::desk {

namespace {

constexpr std::size_t most_lines = 30;

std::string fenced(std::string_view text) { return fmt::format("```watch\n{}\n```\n", text); }

std::string with_doc(std::string text, std::string_view doc) {
    if (!doc.empty()) text += fmt::format("\n{}\n", doc);
    return text;
}

/// So many lines, not a whole policy of two hundred.
std::string shortened(std::string_view text) {
    std::size_t end = 0;
    for (std::size_t line = 0; line < most_lines; ++line) {
        end = text.find('\n', end);
        if (end == std::string_view::npos) return std::string(text);
        ++end;
    }
    return fmt::format("{}…", text.substr(0, end));
}

std::string named(const std::vector<dsl::Page>& pages, std::string_view kind, std::string_view name) {
    for (const dsl::Page& page : pages)
        if ((kind.empty() || page.kind == kind) && page.name == name) return page.text;
    return {};
}

struct Said {
    std::string_view name, text;
};
constexpr std::array<Said, 7> built_ins{{
    {"time", "When it happened: `time`. Of an event of HR, when it became known."},
    {"stated", "When the record says that it was written: `time?`."},
    {"id", "The id of the record: `text`."},
    {"type", "The type of the event, such as `file.copy`: `text`."},
    {"employee",
     "The person in question, as the roster has them at that moment; `subject employee` declares the attributes."},
    {"lookback", "In a line of the score: whether the hit was played from the past when the watch opened."},
    {"accounts", "Other names of the person, such as accounts and addresses: `list<text>`."},
}};
constexpr std::array<Said, 15> types{{
    {"bool", "`true` or `false`"},
    {"int", "a whole number of 64 bits: `5`"},
    {"real", "a number with a fraction: `0.5`"},
    {"text", "a text: `\"a\"`"},
    {"time", "an instant: `2025-03-01 09:00`"},
    {"time_of_day", "a time of day: `08:00`"},
    {"duration", "a span of time: `30d`, `1h30m`"},
    {"size", "bytes: `100MB`, `1GiB`"},
    {"ip", "an address of IP, 4 or 6: `\"10.0.0.1\"`"},
    {"zone", "a time zone by its IANA name: `\"Europe/Berlin\"`"},
    {"person", "somebody, by any of their names"},
    {"host", "a machine's name; case does not matter"},
    {"email", "an address of mail; case does not matter"},
    {"enum", "one of some words: `enum(success, failure)`"},
    {"list", "any number of values of one type: `list<text>`"},
}};

template <std::size_t count>
std::string said(const std::array<Said, count>& all, std::string_view name, std::string_view what) {
    for (const Said& one : all)
        if (one.name == name) return fmt::format("`{}`{}: {}\n", name, what, one.text);
    return {};
}

/// Finds what is declared at a place and shows it as it is written there.
class DeclaredPage {
public:
    DeclaredPage(const CheckedFile& file, dsl::Span name) : file_(file), name_(name) {}

    std::string run() const {
        for (const dsl::Tree& tree : file_.model.trees)
            for (const dsl::Declaration& declaration : tree.declarations)
                if (tree.file == name_.file && holds(declaration.span)) return of_declaration(tree, declaration);
        return {};
    }

private:
    bool holds(dsl::Span span) const { return span.begin <= name_.begin && name_.end <= span.end; }

    std::string of_declaration(const dsl::Tree& tree, const dsl::Declaration& declaration) const {
        const auto* event = std::get_if<dsl::EventDecl>(&declaration.node);
        const auto* subject = std::get_if<dsl::SubjectDecl>(&declaration.node);
        const auto* table = std::get_if<dsl::TableDecl>(&declaration.node);
        const std::vector<dsl::FieldDecl>* const fields = event != nullptr     ? &event->fields
                                                          : subject != nullptr ? &subject->fields
                                                          : table != nullptr   ? &table->columns
                                                                               : nullptr;
        const std::string owner = event != nullptr     ? fmt::format("event `{}`", event->name.text())
                                  : subject != nullptr ? "the employee"
                                                       : "the table";
        if (fields != nullptr && declared_name(declaration) != name_)
            for (const dsl::FieldDecl& field : *fields)
                if (holds(field.span)) return of_field(field, owner);
        if (event != nullptr || std::holds_alternative<dsl::ModuleDecl>(declaration.node)) {
            const std::vector<dsl::Page> pages = dsl::module_pages(file_.sources, tree);
            return named(pages, event != nullptr ? "event" : "module",
                         event != nullptr ? event->name.text() : std::string(pages.front().name));
        }
        if (declared_name(declaration) != name_) return of_part(declaration);
        return with_doc(fenced(shortened(file_.sources.text(declaration.span))), declaration.doc);
    }

    std::string of_field(const dsl::FieldDecl& field, const std::string& owner) const {
        return with_doc(fenced(file_.sources.text(field.span)) + fmt::format("\nOf {}.\n", owner), field.doc);
    }

    /// Parameters, columns, aliases: the line where they are introduced.
    std::string of_part(const dsl::Declaration&) const {
        const dsl::Position position = file_.sources.position(name_.file, name_.begin);
        std::string_view line = file_.sources.line(name_.file, position.line);
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        return fenced(line.substr(0, 200));
    }

    const CheckedFile& file_;
    dsl::Span name_;
};

std::string page_of(const CheckedFile& file, const NamePlace& place) {
    if (place.declared.empty()) return built_in_page(place.kind, place.name, file.model);
    std::string text;
    constexpr std::size_t most_pages = 4; // of `bytes` behind `on *` there are many
    if (place.kind == NameKind::family) {
        text = fmt::format("`{}.*` stands for {} events:\n\n", place.name, place.declared.size());
        for (const dsl::Span span : place.declared) text += fmt::format("- `{}`\n", file.sources.text(span));
        return text;
    }
    for (std::size_t index = 0; index < std::min(place.declared.size(), most_pages); ++index) {
        const std::string page = DeclaredPage{file, place.declared[index]}.run();
        if (!page.empty()) text += (text.empty() ? "" : "\n---\n\n") + page;
    }
    if (place.declared.size() > most_pages)
        text += fmt::format("\n… and {} more\n", place.declared.size() - most_pages);
    return text;
}

} // namespace

std::string built_in_page(NameKind kind, const std::string& name, const dsl::Model& model) {
    switch (kind) {
    case NameKind::function:
        return model.functions == nullptr ? std::string()
                                          : named(dsl::function_pages(*model.functions), "function", name);
    case NameKind::windowed:
        return named(dsl::window_pages(), {}, name);
    case NameKind::type:
        return said(types, name, "");
    case NameKind::built_in:
        return said(built_ins, name, "");
    case NameKind::column:
        return fmt::format("`{}`: a column of the source, as text\n", name);
    default:
        return {};
    }
}

std::optional<Hover> hover_at(const CheckedFile& file, std::uint32_t offset) {
    if (const std::optional<NamePlace> place = meant_at(file, offset))
        if (std::string text = page_of(file, *place); !text.empty()) return Hover{place->span, std::move(text)};
    const std::string_view text = file.text();
    for (const Token& token : tokens_of(text)) {
        if (token.begin > offset) break;
        if (token.kind != TokenKind::word || token.end < offset) continue;
        const std::string word{text.substr(token.begin, token.end - token.begin)};
        const dsl::Span span{file.root, token.begin, token.end};
        std::string page = keyword_page(word);
        if (page.empty() && word.size() == 5 && word.front() == 'W')
            page = named(dsl::diagnostic_pages(), "diagnostic", word);
        if (page.empty()) page = built_in_page(NameKind::function, word, file.model);
        if (!page.empty()) return Hover{span, std::move(page)};
    }
    return std::nullopt;
}

} // namespace watchword::desk
