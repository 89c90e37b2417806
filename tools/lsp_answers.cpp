// Questions about a place or a file, answered by desk.
#include "desk/editor/call_help.hpp"
#include "desk/editor/hover.hpp"
#include "desk/editor/outline.hpp"
#include "desk/editor/proposals.hpp"
#include "desk/editor/references.hpp"
#include "desk/editor/token_marks.hpp"
#include "dsl/parser.hpp"
#include "runtime/text.hpp"
#include "stdlib/modules.hpp"
#include "tools/lsp_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watchword::tools {

namespace {

void write_markdown(JsonWriter& json, std::string_view text) {
    json.begin_object();
    json.member("kind", "markdown");
    json.member("value", text);
    json.end_object();
}

/// Numbers of the protocol's CompletionItemKind.
int kind_of(desk::ProposalKind kind) {
    switch (kind) {
    case desk::ProposalKind::keyword:
        return 14;
    case desk::ProposalKind::event:
        return 23;
    case desk::ProposalKind::field:
        return 5;
    case desk::ProposalKind::name:
        return 6;
    case desk::ProposalKind::function:
    case desk::ProposalKind::action:
        return 3;
    case desk::ProposalKind::signal:
        return 8;
    case desk::ProposalKind::policy:
        return 7;
    case desk::ProposalKind::word:
        return 20;
    case desk::ProposalKind::type:
        return 25;
    case desk::ProposalKind::module:
        return 9;
    }
    return 1;
}

struct SymbolRow {
    std::string_view keyword;
    int kind; ///< SymbolKind of the protocol
};
constexpr std::array<SymbolRow, 20> symbol_rows{
    {{"module", 2},  {"use", 3},       {"event", 24},    {"subject", 5}, {"list", 18},   {"table", 23}, {"let", 14},
     {"define", 12}, {"calendar", 19}, {"baseline", 19}, {"action", 6},  {"signal", 11}, {"policy", 5}, {"risk", 19},
     {"source", 23}, {"test", 6},      {"field", 8},     {"column", 8},  {"emit", 24},   {"case", 6}}};

int symbol_kind(std::string_view keyword) {
    for (const SymbolRow& row : symbol_rows)
        if (row.keyword == keyword) return row.kind;
    return 13;
}

void write_symbol(JsonWriter& json, const desk::OutlineEntry& entry, const std::string& path, RangeWriter& ranges) {
    json.begin_object();
    json.member("name", entry.name.empty() ? std::string_view{entry.keyword} : std::string_view{entry.name});
    json.member("detail", entry.detail.empty() ? std::string_view{entry.keyword} : std::string_view{entry.detail});
    json.member("kind", symbol_kind(entry.keyword));
    json.key("range");
    ranges.range(json, path, std::min(entry.span.begin, entry.named.begin), std::max(entry.span.end, entry.named.end));
    json.key("selectionRange");
    ranges.range(json, path, entry.named.begin, entry.named.end);
    if (!entry.parts.empty()) {
        json.key("children");
        json.begin_array();
        for (const desk::OutlineEntry& part : entry.parts) write_symbol(json, part, path, ranges);
        json.end_array();
    }
    json.end_object();
}

/// In one row, each with its place.
void write_flat_symbol(JsonWriter& json, const desk::OutlineEntry& entry, const std::string& path,
                       RangeWriter& ranges) {
    std::string location;
    JsonWriter inner{location};
    if (!ranges.location(inner, path, entry.named.begin, entry.named.end)) return;
    json.begin_object();
    json.member("name", entry.name.empty() ? std::string_view{entry.keyword} : std::string_view{entry.name});
    json.member("kind", symbol_kind(entry.keyword));
    json.member("containerName", entry.keyword);
    json.key("location");
    json.raw(location);
    json.end_object();
}

/// The letters of the query, which is folded, stand in the name in their order.
bool matches(std::string_view query, std::string_view name) {
    std::size_t at = 0;
    for (const char byte : runtime::fold(name))
        if (at < query.size() && byte == query[at]) ++at;
    return at == query.size();
}

} // namespace

LanguageServer::Answer LanguageServer::hover(const Element& params, JsonWriter& json) {
    const Place place = place_in(params);
    const std::optional<desk::Hover> said =
        place.file == nullptr ? std::nullopt : desk::hover_at(*place.file, place.offset);
    if (!said) {
        json.null();
        return std::nullopt;
    }
    RangeWriter range = ranges();
    json.begin_object();
    json.key("contents");
    write_markdown(json, said->text);
    json.key("range");
    range.range(json, place.path, said->span.begin, said->span.end);
    json.end_object();
    return std::nullopt;
}

LanguageServer::Answer LanguageServer::definition(const Element& params, JsonWriter& json) {
    const Place place = place_in(params);
    RangeWriter range = ranges();
    json.begin_array();
    if (place.file != nullptr)
        for (const desk::FoundName& found : desk::definitions(*place.file, place.offset))
            range.location(json, found.path, found.begin, found.end);
    json.end_array();
    return std::nullopt;
}

LanguageServer::Answer LanguageServer::references(const Element& params, JsonWriter& json) {
    const Place place = place_in(params);
    const bool with_declarations = is_true(params, "/context/includeDeclaration");
    RangeWriter range = ranges();
    json.begin_array();
    if (place.file != nullptr)
        for (const desk::FoundName& found : desk::references(workspace_, place.path, place.offset, with_declarations))
            range.location(json, found.path, found.begin, found.end);
    json.end_array();
    return std::nullopt;
}

LanguageServer::Answer LanguageServer::document_highlight(const Element& params, JsonWriter& json) {
    const Place place = place_in(params);
    RangeWriter range = ranges();
    json.begin_array();
    if (place.file != nullptr)
        for (const desk::FoundName& found : desk::highlights(*place.file, place.offset)) {
            json.begin_object();
            json.key("range");
            range.range(json, place.path, found.begin, found.end);
            json.member("kind", found.declares ? 3 : 2);
            json.end_object();
        }
    json.end_array();
    return std::nullopt;
}

LanguageServer::Answer LanguageServer::document_symbol(const Element& params, JsonWriter& json) {
    const Place place = place_in(params);
    RangeWriter range = ranges();
    json.begin_array();
    if (place.file != nullptr)
        for (const desk::OutlineEntry& entry : desk::outline(place.file->model.trees[place.file->tree])) {
            if (has_tree_of_symbols_)
                write_symbol(json, entry, place.path, range);
            else
                write_flat_symbol(json, entry, place.path, range);
        }
    json.end_array();
    return std::nullopt;
}

LanguageServer::Answer LanguageServer::workspace_symbol(const Element& params, JsonWriter& json) {
    constexpr std::size_t most_found = 500;
    const std::string query = runtime::fold(text_in(params, "query").value_or(""));
    RangeWriter range = ranges();
    std::size_t found = 0;
    json.begin_array();
    for (const std::string& path : workspace_.paths()) {
        std::optional<std::string> text = workspace_.text(path);
        if (!text || text->size() > desk::Workspace::most_bytes) continue;
        dsl::Sources sources;
        dsl::Diagnostics ignored;
        const std::uint32_t file = sources.add(path, std::move(*text));
        for (const desk::OutlineEntry& entry : desk::outline(dsl::parse(sources, file, ignored))) {
            if (entry.keyword == "use" || !matches(query, entry.name) || ++found > most_found) continue;
            write_flat_symbol(json, entry, path, range);
        }
    }
    json.end_array();
    return std::nullopt;
}

LanguageServer::Answer LanguageServer::completion(const Element& params, JsonWriter& json) {
    const Place place = place_in(params);
    json.begin_array();
    if (place.file == nullptr) {
        json.end_array();
        return std::nullopt;
    }
    std::vector<std::string> modules;
    for (const stdlib::Module& module : stdlib::modules()) modules.emplace_back(module.name);
    const desk::CheckedFile* const fine = workspace_.last_fine(place.path);
    RangeWriter range = ranges();
    for (const desk::Proposal& proposal : desk::proposals(*place.file, fine, place.offset, modules)) {
        const bool is_snippet = proposal.is_snippet && has_snippets_;
        const bool inserts = !proposal.insert.empty() && (is_snippet || !proposal.is_snippet);
        json.begin_object();
        json.member("label", proposal.label);
        json.member("kind", kind_of(proposal.kind));
        if (!proposal.detail.empty()) json.member("detail", proposal.detail);
        if (!proposal.doc.empty()) {
            json.key("documentation");
            write_markdown(json, proposal.doc);
        }
        json.member("sortText", fmt::format("{}{}", proposal.rank, proposal.label));
        json.member("insertTextFormat", is_snippet ? 2 : 1);
        json.key("textEdit");
        json.begin_object();
        json.key("range");
        range.range(json, place.path, proposal.begin, place.offset);
        json.member("newText", inserts ? proposal.insert : proposal.label);
        json.end_object();
        json.end_object();
    }
    json.end_array();
    return std::nullopt;
}

LanguageServer::Answer LanguageServer::signature_help(const Element& params, JsonWriter& json) {
    const Place place = place_in(params);
    std::optional<desk::CallHelp> help;
    if (place.file != nullptr) help = desk::call_help(*place.file, workspace_.last_fine(place.path), place.offset);
    if (!help) {
        json.null();
        return std::nullopt;
    }
    json.begin_object();
    json.key("signatures");
    json.begin_array();
    for (const desk::CallHelp::Signature& signature : help->signatures) {
        json.begin_object();
        json.member("label", signature.label);
        json.key("documentation");
        write_markdown(json, signature.doc);
        json.key("parameters");
        json.begin_array();
        for (const std::string& parameter : signature.parameters) {
            json.begin_object();
            json.member("label", parameter);
            json.end_object();
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
    json.member("activeSignature", std::uint64_t{help->active});
    json.member("activeParameter", std::uint64_t{help->argument});
    json.end_object();
    return std::nullopt;
}

LanguageServer::Answer LanguageServer::folding_range(const Element& params, JsonWriter& json) {
    const std::optional<std::string> path = path_in(params);
    const auto known = path ? texts_.find(*path) : texts_.end();
    json.begin_array();
    if (known != texts_.end()) {
        const Lines lines{known->second, units_};
        for (const desk::Fold& fold : desk::folds(known->second)) {
            json.begin_object();
            json.member("startLine", std::uint64_t{lines.position(fold.begin).line});
            json.member("endLine", std::uint64_t{lines.position(fold.end).line});
            json.member("kind", fold.is_comment ? "comment" : "region");
            json.end_object();
        }
    }
    json.end_array();
    return std::nullopt;
}

LanguageServer::Answer LanguageServer::semantic_tokens(const Element& params, JsonWriter& json) {
    const Place place = place_in(params);
    json.begin_object();
    json.key("data");
    json.begin_array();
    EditorPosition before;
    if (place.file != nullptr) {
        const std::string_view text = place.file->text();
        const Lines lines{text, units_};
        for (const desk::TokenMark& mark : desk::token_marks(*place.file)) {
            const EditorPosition at = lines.position(mark.begin);
            json.count(at.line - before.line);
            json.count(at.line == before.line ? at.character - before.character : at.character);
            json.count(length_in(text.substr(mark.begin, mark.end - mark.begin), units_));
            json.count(static_cast<std::uint64_t>(mark.mark));
            json.count((mark.declares ? 1U : 0U) | (mark.is_standard ? 2U : 0U));
            before = at;
        }
    }
    json.end_array();
    json.end_object();
    return std::nullopt;
}

} // namespace watchword::tools
