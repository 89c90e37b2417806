// A language server: JSON-RPC in, what a workspace knows out. One message at a time; texts are checked when no more
// messages wait. Nothing that an editor sends ends it but `exit`, the end of the input, or what are no messages.
#pragma once

#include "desk/editor/workspace.hpp"
#include "stdlib/sinks/json_writer.hpp"
#include "tools/lsp_channel.hpp"
#include "tools/lsp_files.hpp"
#include "tools/lsp_lines.hpp"

#include <simdjson.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace watchword::tools {

using Element = simdjson::dom::element;
using stdlib::JsonWriter;

/// A text member of an object, else nullopt; likewise the others.
std::optional<std::string_view> text_in(const Element& object, std::string_view key);
std::optional<std::int64_t> integer_in(const Element& object, std::string_view key);
bool is_true(const Element& object, std::string_view pointer);

/// Writes places of files as ranges of an editor; reads each file once.
class RangeWriter {
public:
    RangeWriter(const desk::Workspace& workspace, EditorFiles& files, Units units)
        : workspace_(workspace), files_(files), units_(units) {}

    void range(JsonWriter& json, const std::string& path, std::uint32_t begin, std::uint32_t end);
    /// `uri` and `range`; false, and nothing written, if the file cannot be shown.
    bool location(JsonWriter& json, const std::string& path, std::uint32_t begin, std::uint32_t end);
    const Lines& lines(const std::string& path);

private:
    struct Text {
        std::string text;
        Lines lines;
        Text(std::string of, Units units) : text(std::move(of)), lines(text, units) {}
    };
    const desk::Workspace& workspace_;
    EditorFiles& files_;
    Units units_;
    std::map<std::string, std::unique_ptr<Text>> texts_;
};

class LanguageServer {
public:
    LanguageServer(Channel& channel, dsl::CompilerOptions options);
    /// Until it ends; the exit status. `problem`: what was wrong with the input.
    int run(std::string& problem);

private:
    struct Failure {
        int code;
        std::string message;
    };
    using Answer = std::optional<Failure>; ///< else the result was written
    struct Request {
        std::string_view method;
        Answer (LanguageServer::*answer)(const Element& params, JsonWriter& json);
    };
    struct Notification {
        std::string_view method;
        void (LanguageServer::*take)(const Element& params);
    };

    // lsp.cpp: the life of a session
    void message(const std::string& content);
    void request(std::string_view method, const std::string& id, const Element& params);
    void notification(std::string_view method, const Element& params);
    void refuse(const std::string& id, int code, std::string_view text);
    Answer initialize(const Element& params, JsonWriter& json);
    Answer shutdown(const Element& params, JsonWriter& json);
    void read_capabilities(const Element& params);
    void read_folders(const Element& params);
    void write_capabilities(JsonWriter& json) const;
    void initialized(const Element& params);

    // lsp_texts.cpp: texts and what is wrong with them
    void did_open(const Element& params);
    void did_change(const Element& params);
    void did_close(const Element& params);
    void did_save(const Element& params);
    void watched_files(const Element& params);
    void workspace_folders(const Element& params);
    void publish();
    void publish_file(const std::string& path, const std::string& diagnostics);
    void write_diagnostic(JsonWriter& json, const desk::CheckedFile& file, const dsl::Diagnostic& diagnostic,
                          RangeWriter& ranges);
    Answer formatting(const Element& params, JsonWriter& json);
    Answer range_formatting(const Element& params, JsonWriter& json);
    Answer format(const Element& params, JsonWriter& json, std::uint32_t first_line, std::uint32_t last_line);
    Answer code_action(const Element& params, JsonWriter& json);
    bool write_fix(JsonWriter& json, const desk::CheckedFile& file, const dsl::Diagnostic& diagnostic,
                   RangeWriter& ranges);
    void write_fix_all(JsonWriter& json, const desk::CheckedFile& file, RangeWriter& ranges);
    Answer prepare_rename(const Element& params, JsonWriter& json);
    Answer rename(const Element& params, JsonWriter& json);

    // lsp_answers.cpp: questions about a place or a file
    Answer hover(const Element& params, JsonWriter& json);
    Answer definition(const Element& params, JsonWriter& json);
    Answer references(const Element& params, JsonWriter& json);
    Answer document_highlight(const Element& params, JsonWriter& json);
    Answer document_symbol(const Element& params, JsonWriter& json);
    Answer workspace_symbol(const Element& params, JsonWriter& json);
    Answer completion(const Element& params, JsonWriter& json);
    Answer signature_help(const Element& params, JsonWriter& json);
    Answer folding_range(const Element& params, JsonWriter& json);
    Answer semantic_tokens(const Element& params, JsonWriter& json);

    /// An open file and a place in it; without `file` there is nothing to say.
    struct Place {
        const desk::CheckedFile* file = nullptr;
        std::string path;
        std::uint32_t offset = 0;
    };
    std::optional<std::string> path_in(const Element& params);
    Place place_in(const Element& params);
    RangeWriter ranges() { return {workspace_, files_, units_}; }
    static const Request requests[];
    static const Notification notifications[];

    Channel& channel_;
    EditorFiles files_;
    desk::Workspace workspace_;
    std::map<std::string, std::string> texts_;     ///< of open files, by path
    std::map<std::string, std::string> published_; ///< diagnostics as they were sent, by path
    simdjson::dom::parser parser_, empty_parser_;
    Element empty_;
    enum class State : std::uint8_t { fresh, running, shut_down } state_ = State::fresh;
    Units units_ = Units::utf16;
    bool has_snippets_ = false, has_tree_of_symbols_ = false, may_watch_files_ = false, has_prepare_rename_ = false;
    bool is_stale_ = false; ///< diagnostics are to be looked at anew
    bool exits_ = false;
};

} // namespace watchword::tools
