// `watchword lsp`: a language server on standard input and output, for editors.
#include "tools/lsp_server.hpp"
#include "tools/policies.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include <unistd.h>

namespace watchword::tools {

namespace {

constexpr int parse_error = -32700, invalid_request = -32600, method_not_found = -32601, not_initialized = -32002;

runtime::Time today() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

std::optional<std::string_view> text_in(const Element& object, std::string_view key) {
    std::string_view text;
    return object[key].get(text) == simdjson::SUCCESS ? std::optional(text) : std::nullopt;
}

std::optional<std::int64_t> integer_in(const Element& object, std::string_view key) {
    std::int64_t number = 0;
    return object[key].get(number) == simdjson::SUCCESS ? std::optional(number) : std::nullopt;
}

bool is_true(const Element& object, std::string_view pointer) {
    bool flag = false;
    return object.at_pointer(pointer).get(flag) == simdjson::SUCCESS && flag;
}

const LanguageServer::Request LanguageServer::requests[] = {
    {"initialize", &LanguageServer::initialize},
    {"shutdown", &LanguageServer::shutdown},
    {"textDocument/hover", &LanguageServer::hover},
    {"textDocument/definition", &LanguageServer::definition},
    {"textDocument/references", &LanguageServer::references},
    {"textDocument/documentHighlight", &LanguageServer::document_highlight},
    {"textDocument/documentSymbol", &LanguageServer::document_symbol},
    {"workspace/symbol", &LanguageServer::workspace_symbol},
    {"textDocument/completion", &LanguageServer::completion},
    {"textDocument/signatureHelp", &LanguageServer::signature_help},
    {"textDocument/foldingRange", &LanguageServer::folding_range},
    {"textDocument/semanticTokens/full", &LanguageServer::semantic_tokens},
    {"textDocument/formatting", &LanguageServer::formatting},
    {"textDocument/rangeFormatting", &LanguageServer::range_formatting},
    {"textDocument/codeAction", &LanguageServer::code_action},
    {"textDocument/prepareRename", &LanguageServer::prepare_rename},
    {"textDocument/rename", &LanguageServer::rename},
};

const LanguageServer::Notification LanguageServer::notifications[] = {
    {"initialized", &LanguageServer::initialized},
    {"textDocument/didOpen", &LanguageServer::did_open},
    {"textDocument/didChange", &LanguageServer::did_change},
    {"textDocument/didClose", &LanguageServer::did_close},
    {"textDocument/didSave", &LanguageServer::did_save},
    {"workspace/didChangeWatchedFiles", &LanguageServer::watched_files},
    {"workspace/didChangeWorkspaceFolders", &LanguageServer::workspace_folders},
};

LanguageServer::LanguageServer(Channel& channel, dsl::CompilerOptions options)
    : channel_(channel), workspace_(std::move(options), files_.disk()) {
    empty_ = empty_parser_.parse(std::string_view{"{}"}).value_unsafe();
}

int LanguageServer::run(std::string& problem) {
    std::string content;
    while (!exits_) {
        if (is_stale_ && !channel_.is_waiting()) publish();
        switch (channel_.next(content, problem)) {
        case Channel::Outcome::message:
            message(content);
            break;
        case Channel::Outcome::broken:
            return exit_input;
        case Channel::Outcome::end:
            exits_ = true;
        }
    }
    return state_ == State::shut_down ? exit_fine : exit_findings;
}

void LanguageServer::message(const std::string& content) {
    Element whole;
    if (parser_.parse(content.data(), content.size()).get(whole) != simdjson::SUCCESS)
        return refuse("null", parse_error, "the message is no JSON");
    if (!whole.is_object()) return refuse("null", invalid_request, "the message is no object");
    Element member;
    const bool has_id = whole["id"].get(member) == simdjson::SUCCESS;
    const bool is_id = has_id && (member.is_string() || member.is_number());
    const std::string id = is_id ? std::string(simdjson::minify(member)) : "null";
    const std::optional<std::string_view> method = text_in(whole, "method");
    const bool is_response =
        whole["result"].error() == simdjson::SUCCESS || whole["error"].error() == simdjson::SUCCESS;
    if (!method && is_response) return; // to a request of ours
    if (!method || (has_id && !is_id)) return refuse(id, invalid_request, "the message is no request");
    Element params;
    if (whole["params"].get(params) != simdjson::SUCCESS || !params.is_object()) params = empty_;
    if (has_id)
        request(*method, id, params);
    else
        notification(*method, params);
}

void LanguageServer::request(std::string_view method, const std::string& id, const Element& params) {
    if (state_ == State::fresh && method != "initialize")
        return refuse(id, not_initialized, "the session has not begun with `initialize`");
    if (state_ == State::shut_down) return refuse(id, invalid_request, "the session has ended with `shutdown`");
    if (state_ == State::running && method == "initialize")
        return refuse(id, invalid_request, "the session has begun already");
    for (const Request& known : requests) {
        if (known.method != method) continue;
        std::string response = fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":)", id);
        JsonWriter json{response};
        if (const Answer failure = (this->*known.answer)(params, json))
            return refuse(id, failure->code, failure->message);
        response += '}';
        exits_ = exits_ || !channel_.send(response);
        return;
    }
    refuse(id, method_not_found, fmt::format("`{}` is not answered", method.substr(0, 100)));
}

void LanguageServer::notification(std::string_view method, const Element& params) {
    if (method == "exit") exits_ = true;
    if (state_ != State::running) return;
    for (const Notification& known : notifications)
        if (known.method == method) return (this->*known.take)(params);
}

void LanguageServer::refuse(const std::string& id, int code, std::string_view text) {
    std::string response = fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":)", id);
    JsonWriter json{response};
    json.begin_object();
    json.member("code", code);
    json.member("message", text);
    json.end_object();
    response += '}';
    exits_ = exits_ || !channel_.send(response);
}

// --- the beginning and the end ---------------------------------------------------------------------------------------

LanguageServer::Answer LanguageServer::initialize(const Element& params, JsonWriter& json) {
    state_ = State::running;
    read_capabilities(params);
    read_folders(params);
    json.begin_object();
    json.key("capabilities");
    write_capabilities(json);
    json.key("serverInfo");
    json.begin_object();
    json.member("name", "watchword");
    json.member("version", WATCHWORD_VERSION);
    json.end_object();
    json.end_object();
    return std::nullopt;
}

void LanguageServer::read_capabilities(const Element& params) {
    simdjson::dom::array encodings;
    if (params.at_pointer("/capabilities/general/positionEncodings").get(encodings) == simdjson::SUCCESS)
        for (const Element encoding : encodings) {
            std::string_view name;
            if (encoding.get(name) == simdjson::SUCCESS && name == "utf-8") units_ = Units::utf8;
        }
    const std::string text = "/capabilities/textDocument";
    has_snippets_ = is_true(params, text + "/completion/completionItem/snippetSupport");
    has_tree_of_symbols_ = is_true(params, text + "/documentSymbol/hierarchicalDocumentSymbolSupport");
    has_prepare_rename_ = is_true(params, text + "/rename/prepareSupport");
    may_watch_files_ = is_true(params, "/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration");
}

void LanguageServer::read_folders(const Element& params) {
    simdjson::dom::array folders;
    if (params["workspaceFolders"].get(folders) == simdjson::SUCCESS) {
        for (const Element folder : folders)
            if (const auto uri = text_in(folder, "uri")) files_.add_folder(*uri);
    } else if (const auto root = text_in(params, "rootUri")) {
        files_.add_folder(*root);
    }
}

void LanguageServer::write_capabilities(JsonWriter& json) const {
    json.begin_object();
    json.member("positionEncoding", units_ == Units::utf8 ? "utf-8" : "utf-16");
    json.key("textDocumentSync");
    json.raw(R"({"openClose":true,"change":2,"save":{"includeText":false}})");
    for (const std::string_view able :
         {"hoverProvider", "definitionProvider", "referencesProvider", "documentHighlightProvider",
          "documentSymbolProvider", "workspaceSymbolProvider", "documentFormattingProvider",
          "documentRangeFormattingProvider", "foldingRangeProvider"})
        json.member(able, true);
    json.key("completionProvider");
    json.raw(R"({"triggerCharacters":["."],"resolveProvider":false})");
    json.key("signatureHelpProvider");
    json.raw(R"({"triggerCharacters":["(",","]})");
    json.key("renameProvider");
    json.raw(has_prepare_rename_ ? R"({"prepareProvider":true})" : "true");
    json.key("codeActionProvider");
    json.raw(R"({"codeActionKinds":["quickfix","source.fixAll.watchword"]})");
    json.key("semanticTokensProvider");
    // the order of desk::Mark
    json.raw(R"({"legend":{"tokenTypes":["keyword","comment","string","number","operator","namespace","event",)"
             R"("property","variable","parameter","function","interface","class","enumMember","type"],)"
             R"("tokenModifiers":["declaration","defaultLibrary"]},"full":true})");
    json.key("workspace");
    json.raw(R"({"workspaceFolders":{"supported":true,"changeNotifications":true}})");
    json.end_object();
}

void LanguageServer::initialized(const Element&) {
    if (!may_watch_files_) return;
    exits_ = exits_ || !channel_.send(R"({"jsonrpc":"2.0","id":"watch","method":"client/registerCapability","params":)"
                                      R"({"registrations":[{"id":"files","method":"workspace/didChangeWatchedFiles",)"
                                      R"("registerOptions":{"watchers":[{"globPattern":"**/*.{watch,csv,txt}"}]}}]}})");
}

LanguageServer::Answer LanguageServer::shutdown(const Element&, JsonWriter& json) {
    state_ = State::shut_down;
    json.null();
    return std::nullopt;
}

std::optional<std::string> LanguageServer::path_in(const Element& params) {
    std::string_view uri;
    if (params.at_pointer("/textDocument/uri").get(uri) != simdjson::SUCCESS) return std::nullopt;
    return files_.path_of(uri);
}

LanguageServer::Place LanguageServer::place_in(const Element& params) {
    Place place;
    const std::optional<std::string> path = path_in(params);
    if (!path) return place;
    place.path = *path;
    place.file = workspace_.checked(*path);
    Element position;
    if (place.file == nullptr || params["position"].get(position) != simdjson::SUCCESS) return place;
    const auto bounded = [&](std::string_view key) {
        const std::int64_t number = integer_in(position, key).value_or(0);
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 0, UINT32_MAX));
    };
    place.offset = Lines{place.file->text(), units_}.offset({bounded("line"), bounded("character")});
    return place;
}

const Lines& RangeWriter::lines(const std::string& path) {
    std::unique_ptr<Text>& known = texts_[path];
    if (!known) known = std::make_unique<Text>(workspace_.text(path).value_or(std::string()), units_);
    return known->lines;
}

void RangeWriter::range(JsonWriter& json, const std::string& path, std::uint32_t begin, std::uint32_t end) {
    const Lines& of = lines(path);
    const auto write = [&](std::string_view key, EditorPosition position) {
        json.key(key);
        json.begin_object();
        json.member("line", std::uint64_t{position.line});
        json.member("character", std::uint64_t{position.character});
        json.end_object();
    };
    json.begin_object();
    write("start", of.position(begin));
    write("end", of.position(end));
    json.end_object();
}

bool RangeWriter::location(JsonWriter& json, const std::string& path, std::uint32_t begin, std::uint32_t end) {
    const std::string uri = files_.uri_of(path);
    if (uri.empty()) return false;
    json.begin_object();
    json.member("uri", uri);
    json.key("range");
    range(json, path, begin, end);
    json.end_object();
    return true;
}

void add_lsp(CLI::App& command, Context& context) {
    CLI::App* verb = command.add_subcommand("lsp", "A language server for editors, on standard input and output");
    bool& stdio = context.options<bool>();
    verb->add_flag("--stdio", stdio, "What some editors add; there is no other way")->configurable(false);
    context.on(verb, [&] {
        std::signal(SIGPIPE, SIG_IGN); // an editor that is gone is the end, not an accident
        PolicyOptions options;
        options.tests = options.lint = true;
        options.now = today();
        Channel channel{STDIN_FILENO, STDOUT_FILENO};
        LanguageServer server{channel, compiler_options(options, nullptr)};
        std::string problem;
        const int status = server.run(problem);
        if (!problem.empty()) context.complain(problem);
        return status;
    });
}

} // namespace watchword::tools
