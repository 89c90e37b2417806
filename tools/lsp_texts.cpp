// Texts that are edited: their states, what is wrong with them, and the edits that mend, format and rename.
#include "desk/editor/line_edits.hpp"
#include "desk/editor/renaming.hpp"
#include "dsl/fix.hpp"
#include "dsl/formatter.hpp"
#include "tools/lsp_server.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace watchword::tools {

namespace {

constexpr int request_failed = -32803;
constexpr std::size_t most_diagnostics = 500; // of a file

std::uint32_t bounded(const Element& object, std::string_view key) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(integer_in(object, key).value_or(0), 0, UINT32_MAX));
}

EditorPosition position_in(const Element& object, std::string_view key) {
    Element position;
    if (object[key].get(position) != simdjson::SUCCESS) return {};
    return {bounded(position, "line"), bounded(position, "character")};
}

/// A stretch replaced, or the whole text.
void apply(const Element& change, Units units, std::string& text) {
    const std::optional<std::string_view> inserted = text_in(change, "text");
    if (!inserted) return;
    Element range;
    if (change["range"].get(range) != simdjson::SUCCESS) {
        text = *inserted;
        return;
    }
    std::uint32_t begin = 0, end = 0;
    {
        const Lines lines{text, units};
        begin = lines.offset(position_in(range, "start"));
        end = std::max(begin, lines.offset(position_in(range, "end")));
    }
    text.replace(begin, end - begin, *inserted);
}

/// In the way of the old text, so that only what changes changes.
std::string with_line_ends_of(std::string_view old_text, std::string text) {
    if (old_text.find("\r\n") == std::string_view::npos) return text;
    std::string result;
    for (const char byte : text) {
        if (byte == '\n') result += '\r';
        result += byte;
    }
    return result;
}

std::string without_returns(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (text[at] != '\r' || at + 1 == text.size() || text[at + 1] != '\n') result += text[at];
    return result;
}

void write_edits(JsonWriter& json, const std::vector<desk::LineEdit>& edits, const std::string& path,
                 RangeWriter& ranges) {
    json.begin_array();
    for (const desk::LineEdit& edit : edits) {
        json.begin_object();
        json.key("range");
        ranges.range(json, path, edit.begin, edit.end);
        json.member("newText", edit.text);
        json.end_object();
    }
    json.end_array();
}

/// Whether an action of this kind is asked for by `context.only`, if that is there.
bool is_wanted(const Element& params, std::string_view kind) {
    simdjson::dom::array only;
    if (params.at_pointer("/context/only").get(only) != simdjson::SUCCESS) return true;
    for (const Element asked : only) {
        std::string_view name;
        if (asked.get(name) != simdjson::SUCCESS || !kind.starts_with(name)) continue;
        if (name.size() == kind.size() || name.empty() || kind[name.size()] == '.') return true;
    }
    return false;
}

} // namespace

// --- states of texts -------------------------------------------------------------------------------------------------

void LanguageServer::did_open(const Element& params) {
    const std::optional<std::string> path = path_in(params);
    std::string_view text;
    if (!path || params.at_pointer("/textDocument/text").get(text) != simdjson::SUCCESS) return;
    texts_[*path] = text;
    workspace_.open(*path, std::string(text));
    is_stale_ = true;
}

void LanguageServer::did_change(const Element& params) {
    const std::optional<std::string> path = path_in(params);
    const auto known = path ? texts_.find(*path) : texts_.end();
    simdjson::dom::array changes;
    if (known == texts_.end() || params["contentChanges"].get(changes) != simdjson::SUCCESS) return;
    for (const Element change : changes) apply(change, units_, known->second);
    workspace_.open(*path, known->second);
    is_stale_ = true;
}

void LanguageServer::did_close(const Element& params) {
    const std::optional<std::string> path = path_in(params);
    if (!path || texts_.erase(*path) == 0) return;
    workspace_.close(*path);
    is_stale_ = true;
}

void LanguageServer::did_save(const Element&) { is_stale_ = true; }
void LanguageServer::watched_files(const Element&) { is_stale_ = true; }

void LanguageServer::workspace_folders(const Element& params) {
    const auto each = [&](std::string_view pointer, void (EditorFiles::*take)(std::string_view)) {
        simdjson::dom::array folders;
        if (params.at_pointer(pointer).get(folders) != simdjson::SUCCESS) return;
        for (const Element folder : folders)
            if (const auto uri = text_in(folder, "uri")) (files_.*take)(*uri);
    };
    each("/event/removed", &EditorFiles::remove_folder);
    each("/event/added", &EditorFiles::add_folder);
}

// --- diagnostics -----------------------------------------------------------------------------------------------------

void LanguageServer::write_diagnostic(JsonWriter& json, const desk::CheckedFile& file,
                                      const dsl::Diagnostic& diagnostic, RangeWriter& ranges) {
    const dsl::CodeRow& row = dsl::row(diagnostic.code);
    json.begin_object();
    json.key("range");
    ranges.range(json, file.path(diagnostic.span.file), diagnostic.span.begin, diagnostic.span.end);
    json.member("severity", row.severity == dsl::Severity::error ? 1 : 2);
    json.member("code", row.code);
    json.member("source", "watchword");
    json.member("message", diagnostic.help.empty() ? diagnostic.message
                                                   : fmt::format("{}\nhelp: {}", diagnostic.message, diagnostic.help));
    if (!diagnostic.notes.empty()) {
        json.key("relatedInformation");
        json.begin_array();
        for (const dsl::Note& note : diagnostic.notes) {
            std::string location;
            JsonWriter inner{location};
            if (!ranges.location(inner, file.path(note.span.file), note.span.begin, note.span.end)) continue;
            json.begin_object();
            json.key("location");
            json.raw(location);
            json.member("message", note.text);
            json.end_object();
        }
        json.end_array();
    }
    json.end_object();
}

void LanguageServer::publish() {
    is_stale_ = false;
    std::map<std::string, std::vector<std::string>> found; // by path; of files that are not open, once each
    for (const std::string& path : workspace_.open_paths()) {
        std::vector<std::string>& own = found[path];
        const desk::CheckedFile* const file = workspace_.checked(path);
        if (file == nullptr) continue;
        RangeWriter range = ranges();
        for (const dsl::Diagnostic& diagnostic : file->diagnostics.all()) {
            const std::string& about = file->path(diagnostic.span.file);
            const bool is_own = about == path;
            if (!is_own && (workspace_.is_open(about) || about.starts_with("<"))) continue;
            std::vector<std::string>& into = is_own ? own : found[about];
            if (into.size() >= most_diagnostics) continue;
            std::string text;
            JsonWriter json{text};
            write_diagnostic(json, *file, diagnostic, range);
            if (is_own || std::find(into.begin(), into.end(), text) == into.end()) into.push_back(std::move(text));
        }
    }
    for (const auto& [path, known] : published_) found[path]; // what was mended or closed is taken back
    for (const auto& [path, diagnostics] : found) publish_file(path, fmt::format("[{}]", fmt::join(diagnostics, ",")));
}

void LanguageServer::publish_file(const std::string& path, const std::string& diagnostics) {
    std::string& known = published_[path];
    const bool is_news = known != diagnostics;
    known = diagnostics;
    if (!workspace_.is_open(path) && diagnostics == "[]") published_.erase(path);
    const std::string uri = files_.uri_of(path);
    if (!is_news || uri.empty()) return;
    std::string message = R"({"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":)";
    JsonWriter json{message};
    json.begin_object();
    json.member("uri", uri);
    json.key("diagnostics");
    json.raw(diagnostics);
    json.end_object();
    message += '}';
    exits_ = exits_ || !channel_.send(message);
}

// --- formatting ------------------------------------------------------------------------------------------------------

LanguageServer::Answer LanguageServer::formatting(const Element& params, JsonWriter& json) {
    return format(params, json, 0, UINT32_MAX);
}

LanguageServer::Answer LanguageServer::range_formatting(const Element& params, JsonWriter& json) {
    Element range;
    if (params["range"].get(range) != simdjson::SUCCESS) return format(params, json, 0, UINT32_MAX);
    return format(params, json, position_in(range, "start").line, position_in(range, "end").line);
}

LanguageServer::Answer LanguageServer::format(const Element& params, JsonWriter& json, std::uint32_t first_line,
                                              std::uint32_t last_line) {
    const std::optional<std::string> path = path_in(params);
    const auto known = path ? texts_.find(*path) : texts_.end();
    std::optional<std::string> formatted;
    dsl::Sources sources;
    dsl::Diagnostics ignored;
    if (known != texts_.end() && known->second.size() <= desk::Workspace::most_bytes)
        formatted = dsl::format_text(sources, *path, without_returns(known->second), ignored);
    if (!formatted) { // said by the diagnostics
        json.null();
        return std::nullopt;
    }
    std::vector<desk::LineEdit> edits =
        desk::line_edits(known->second, with_line_ends_of(known->second, std::move(*formatted)));
    RangeWriter range = ranges();
    const Lines& lines = range.lines(*path);
    std::erase_if(edits, [&](const desk::LineEdit& edit) {
        return lines.position(edit.begin).line > last_line || lines.position(edit.end).line < first_line;
    });
    write_edits(json, edits, *path, range);
    return std::nullopt;
}

// --- fixes -----------------------------------------------------------------------------------------------------------

bool LanguageServer::write_fix(JsonWriter& json, const desk::CheckedFile& file, const dsl::Diagnostic& diagnostic,
                               RangeWriter& ranges) {
    std::map<std::string, std::vector<desk::LineEdit>> edits; // by address
    for (const dsl::Edit& edit : diagnostic.fix) {
        const std::string& path = file.path(edit.span.file);
        if (file.sources.file(edit.span.file).standard) return false;
        edits[path].push_back({edit.span.begin, edit.span.end, edit.text});
    }
    json.begin_object();
    const std::string& text = diagnostic.fix.front().text;
    const bool is_short = diagnostic.fix.size() == 1 && !text.empty() && text.find('\n') == std::string::npos;
    json.member("title", is_short ? fmt::format("Write `{}`", text) : fmt::format("Mend: {}", diagnostic.message));
    json.member("kind", "quickfix");
    json.member("isPreferred", true);
    json.key("diagnostics");
    json.begin_array();
    write_diagnostic(json, file, diagnostic, ranges);
    json.end_array();
    json.key("edit");
    json.begin_object();
    json.key("changes");
    json.begin_object();
    for (const auto& [path, of_file] : edits) {
        json.key(files_.uri_of(path));
        write_edits(json, of_file, path, ranges);
    }
    json.end_object();
    json.end_object();
    json.end_object();
    return true;
}

void LanguageServer::write_fix_all(JsonWriter& json, const desk::CheckedFile& file, RangeWriter& ranges) {
    const auto fixed = dsl::apply_fixes(file.diagnostics, file.sources);
    const auto own = fixed.find(file.root);
    if (own == fixed.end() || own->second.text.empty()) return;
    json.begin_object();
    json.member("title", "Mend all that can be mended for sure");
    json.member("kind", "source.fixAll.watchword");
    json.key("edit");
    json.begin_object();
    json.key("changes");
    json.begin_object();
    json.key(files_.uri_of(file.path(file.root)));
    write_edits(json, desk::line_edits(file.text(), own->second.text), file.path(file.root), ranges);
    json.end_object();
    json.end_object();
    json.end_object();
}

LanguageServer::Answer LanguageServer::code_action(const Element& params, JsonWriter& json) {
    const Place place = place_in(params);
    json.begin_array();
    Element asked;
    if (place.file != nullptr && params["range"].get(asked) == simdjson::SUCCESS && !place.path.starts_with("<")) {
        RangeWriter range = ranges();
        const Lines& lines = range.lines(place.path);
        const std::uint32_t begin = lines.offset(position_in(asked, "start"));
        const std::uint32_t end = lines.offset(position_in(asked, "end"));
        bool has_fix = false;
        for (const dsl::Diagnostic& diagnostic : place.file->diagnostics.all()) {
            if (diagnostic.fix.empty() || diagnostic.span.file != place.file->root) continue;
            has_fix = true;
            const bool touches = diagnostic.span.begin <= end && begin <= diagnostic.span.end;
            if (touches && is_wanted(params, "quickfix")) write_fix(json, *place.file, diagnostic, range);
        }
        if (has_fix && is_wanted(params, "source.fixAll.watchword")) write_fix_all(json, *place.file, range);
    }
    json.end_array();
    return std::nullopt;
}

// --- renaming --------------------------------------------------------------------------------------------------------

LanguageServer::Answer LanguageServer::prepare_rename(const Element& params, JsonWriter& json) {
    const Place place = place_in(params);
    if (place.file == nullptr) return Failure{request_failed, "the file is not open"};
    const desk::Renamable found = desk::renamable(*place.file, place.offset);
    if (!found.problem.empty()) return Failure{request_failed, found.problem};
    RangeWriter range = ranges();
    json.begin_object();
    json.key("range");
    range.range(json, place.path, found.span.begin, found.span.end);
    json.member("placeholder", found.name);
    json.end_object();
    return std::nullopt;
}

LanguageServer::Answer LanguageServer::rename(const Element& params, JsonWriter& json) {
    const Place place = place_in(params);
    const std::optional<std::string_view> name = text_in(params, "newName");
    if (place.file == nullptr || !name) return Failure{request_failed, "the file is not open, or no name was given"};
    const desk::Renaming renaming = desk::rename(workspace_, place.path, place.offset, std::string(*name));
    if (!renaming.problem.empty()) return Failure{request_failed, renaming.problem};
    RangeWriter range = ranges();
    json.begin_object();
    json.key("changes");
    json.begin_object();
    for (const auto& [path, changes] : renaming.changes) {
        json.key(files_.uri_of(path));
        std::vector<desk::LineEdit> edits;
        for (const desk::Replaced& change : changes) edits.push_back({change.begin, change.end, change.text});
        write_edits(json, edits, path, range);
    }
    json.end_object();
    json.end_object();
    return std::nullopt;
}

} // namespace watchword::tools
