// Outlines from trees, folds from tokens.
#include "desk/editor/outline.hpp"

#include "desk/editor/name_places.hpp"
#include "desk/editor/written_tokens.hpp"
#include "dsl/expression_text.hpp"
#include "dsl/syntax_scan.hpp"

#include <algorithm>

namespace watchword::desk {

namespace {

void add_fields(const std::vector<dsl::FieldDecl>& fields, OutlineEntry& into) {
    for (const dsl::FieldDecl& field : fields)
        into.parts.push_back({"field", field.name.text, dsl::type_text(field.type), field.span, field.name.span, {}});
}

struct Outliner {
    OutlineEntry& entry;

    void operator()(const dsl::ModuleDecl& of) { name("module", of.name); }
    void operator()(const dsl::UseDecl& of) {
        entry.keyword = "use";
        for (const dsl::UseDecl::Item& item : of.items)
            entry.name += (entry.name.empty() ? "" : ", ") + item.module.text;
        if (!of.items.empty()) entry.named = of.items.front().module.span;
    }
    void operator()(const dsl::EventDecl& of) {
        name("event", {of.name.text(), of.name.span});
        add_fields(of.fields, entry);
    }
    void operator()(const dsl::SubjectDecl& of) {
        name("subject", of.name);
        add_fields(of.fields, entry);
    }
    void operator()(const dsl::ListDecl& of) { name("list", of.name); }
    void operator()(const dsl::TableDecl& of) {
        name("table", of.name);
        add_fields(of.columns, entry);
    }
    void operator()(const dsl::LetDecl& of) { name("let", of.name); }
    void operator()(const dsl::DefineDecl& of) { name("define", of.name); }
    void operator()(const dsl::CalendarDecl& of) { name("calendar", of.name); }
    void operator()(const dsl::BaselineDecl& of) { name("baseline", of.name); }
    void operator()(const dsl::ActionDecl& of) { name("action", of.name); }
    void operator()(const dsl::SignalDecl& of) {
        name("signal", of.name);
        if (of.title) entry.detail = of.title->text;
    }
    void operator()(const dsl::PolicyDecl& of) {
        name("policy", of.name);
        if (of.title) entry.detail = of.title->text;
    }
    void operator()(const dsl::RiskDecl&) { entry.keyword = entry.name = "risk"; }
    void operator()(const dsl::SourceDecl& of) {
        name("source", of.name);
        for (const dsl::Column& column : of.columns)
            entry.parts.push_back(
                {"column", column.name.text, dsl::type_text(column.type), column.span, column.name.span, {}});
        for (const dsl::Emit& emit : of.emits)
            entry.parts.push_back(
                {"emit", emit.employee ? "employee" : emit.event.text(), {}, emit.span, emit.span, {}});
    }
    void operator()(const dsl::TestDecl& of) {
        name("test", {of.title.text, of.title.span});
        for (const dsl::TestCase& one : of.cases)
            entry.parts.push_back(
                {"case", one.title.text.empty() ? "case" : one.title.text, {}, one.span, one.span, {}});
    }

private:
    void name(std::string_view keyword, const dsl::Name& of) {
        entry.keyword = keyword;
        entry.name = of.text;
        entry.named = of.span;
    }
};

} // namespace

std::vector<OutlineEntry> outline(const dsl::Tree& tree) {
    std::vector<OutlineEntry> entries;
    for (const dsl::Declaration& declaration : tree.declarations) {
        OutlineEntry entry;
        entry.span = entry.named = declaration.span;
        std::visit(Outliner{entry}, declaration.node);
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<Fold> folds(std::string_view text) {
    const TokenRow tokens{text, tokens_of(text)};
    std::vector<Fold> made;
    const auto add = [&](std::size_t first, std::size_t last, bool is_comment) {
        if (first < last && !tokens.same_line(first, last))
            made.push_back({tokens[first].begin, tokens[last].end, is_comment});
    };
    std::vector<std::size_t> open;
    std::size_t declaration = tokens.size(), comment = tokens.size(), before = tokens.size();
    for (std::size_t index = 0; index <= tokens.size(); ++index) {
        const bool is_comment = index < tokens.size() && tokens[index].kind == TokenKind::comment;
        if (!is_comment && comment < tokens.size()) {
            add(comment, index - 1, true);
            comment = tokens.size();
        }
        if (is_comment && comment == tokens.size() && (index == 0 || !tokens.same_line(index - 1, index)))
            comment = index;
        const bool begins =
            index < tokens.size() && tokens.begins_line(index) && dsl::is_declaration_word(tokens.text(index));
        if ((begins || index == tokens.size()) && declaration < tokens.size()) add(declaration, before, false);
        if (begins) declaration = index;
        if (is_comment || index == tokens.size()) continue;
        before = index;
        if (tokens[index].kind != TokenKind::sign) continue;
        if (tokens.is(index, "{") || tokens.is(index, "[")) open.push_back(index);
        if (!(tokens.is(index, "}") || tokens.is(index, "]")) || open.empty()) continue;
        add(open.back(), index, false);
        open.pop_back();
    }
    // one fold a line: the largest
    std::stable_sort(made.begin(), made.end(), [](const Fold& a, const Fold& b) { return a.begin < b.begin; });
    return made;
}

} // namespace watchword::desk
