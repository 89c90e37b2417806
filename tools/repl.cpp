// `watchword repl`: a terminal in front of a session. Line editing, history and completion by libedit; without a
// terminal it reads a script and answers to standard output.
#include "desk/repl.hpp"

#include "stdlib/functions/functions.hpp"
#include "tools/event_input.hpp"
#include "tools/policies.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <fcntl.h>
#include <histedit.h>
#include <langinfo.h>
#include <sys/stat.h>
#include <unistd.h>

namespace watchword::tools {

namespace {

struct ReplSettings {
    std::vector<std::string> policies;
    InputSettings input;
    RevealSettings reveal;
};

/// In the state directory, for its owner alone; empty: there is no place for it.
std::string history_path() {
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    };
    std::filesystem::path folder = variable("XDG_STATE_HOME");
    if (folder.empty() && !variable("HOME").empty()) folder = std::filesystem::path{variable("HOME")} / ".local/state";
    if (folder.empty()) return {};
    folder /= "watchword";
    std::error_code error;
    if (std::filesystem::create_directories(folder, error))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error) return {};
    const std::string path = folder / "repl_history";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return {};
    ::fchmod(file, 0600);
    ::close(file);
    return path;
}

volatile std::sig_atomic_t interrupted = 0;

/// The line editor of one session.
class Terminal {
public:
    explicit Terminal(desk::Repl& session) : session_(session), history_(::history_init()), path_(history_path()) {
        if (std::setlocale(LC_CTYPE, "") == nullptr || std::string_view{nl_langinfo(CODESET)} != "UTF-8")
            std::setlocale(LC_CTYPE, "C.UTF-8");
        ::history(history_, &event_, H_SETSIZE, 2000);
        ::history(history_, &event_, H_SETUNIQUE, 1);
        if (!path_.empty()) ::history(history_, &event_, H_LOAD, path_.c_str());
        editor_ = ::el_init("watchword", stdin, stdout, stderr);
        ::el_set(editor_, EL_CLIENTDATA, this);
        ::el_set(editor_, EL_PROMPT, &Terminal::prompt);
        ::el_set(editor_, EL_EDITOR, "emacs");
        ::el_set(editor_, EL_HIST, ::history, history_);
        ::el_set(editor_, EL_ADDFN, "complete-word", "Complete the word before the cursor", &Terminal::complete);
        ::el_set(editor_, EL_BIND, "^I", "complete-word", nullptr);
        ::el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
        ::el_set(editor_, EL_BIND, "^W", "ed-delete-prev-word", nullptr);
        struct sigaction action {};
        action.sa_handler = [](int) { interrupted = 1; }; // without SA_RESTART: reading ends
        ::sigaction(SIGINT, &action, nullptr);
    }
    ~Terminal() {
        ::el_end(editor_);
        if (!path_.empty()) ::history(history_, &event_, H_SAVE, path_.c_str());
        ::history_end(history_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// The next whole input; false: the end.
    bool read(std::string& input) {
        pending_.clear();
        for (;;) {
            int count = 0;
            interrupted = 0;
            const char* line = ::el_gets(editor_, &count);
            if (interrupted != 0) {
                std::fputs("^C\n", stdout);
                ::el_set(editor_, EL_UNBUFFERED, 0);
                pending_.clear();
                continue;
            }
            if (line == nullptr || count <= 0) {
                std::fputc('\n', stdout);
                return false;
            }
            pending_.append(line, static_cast<std::size_t>(count));
            if (!desk::is_complete(pending_)) continue;
            input = pending_;
            while (!input.empty() && input.back() == '\n') input.pop_back();
            remember(input);
            return true;
        }
    }

private:
    static Terminal& of(EditLine* editor) {
        void* self = nullptr;
        ::el_get(editor, EL_CLIENTDATA, &self);
        return *static_cast<Terminal*>(self);
    }
    static char* prompt(EditLine* editor) {
        static char first[] = "watchword> ";
        static char more[] = "       ... ";
        return of(editor).pending_.empty() ? first : more;
    }
    void remember(std::string line) {
        if (line.find_first_not_of(" \t\n") == std::string::npos) return;
        if (line.find('#') == std::string::npos) std::replace(line.begin(), line.end(), '\n', ' ');
        ::history(history_, &event_, H_ENTER, line.c_str());
    }
    static unsigned char complete(EditLine* editor, int) {
        const LineInfo* info = ::el_line(editor);
        const auto cursor = static_cast<std::size_t>(info->cursor - info->buffer);
        const std::string line(info->buffer, static_cast<std::size_t>(info->lastchar - info->buffer));
        const desk::Completions found = of(editor).session_.complete(line, cursor);
        if (found.words.empty()) return CC_REFRESH_BEEP;
        std::string common = found.words.front();
        for (const std::string& word : found.words) {
            const auto differs = std::mismatch(common.begin(), common.end(), word.begin(), word.end()).first;
            common.erase(differs, common.end());
        }
        std::string more = common.substr(cursor - found.begin);
        if (found.words.size() == 1 && !common.ends_with('/')) more += ' ';
        if (!more.empty()) {
            ::el_insertstr(editor, more.c_str());
            return CC_REFRESH;
        }
        std::fputc('\n', stdout);
        constexpr std::size_t most = 100;
        for (std::size_t i = 0; i < found.words.size() && i < most; ++i) fmt::print("{}  ", found.words[i]);
        fmt::print("{}\n", found.words.size() > most ? "…" : "");
        return CC_REDISPLAY;
    }

    desk::Repl& session_;
    History* history_;
    HistEvent event_{};
    std::string path_;
    EditLine* editor_ = nullptr;
    std::string pending_;
};

/// False: it was an error.
bool show(const desk::Answer& answer) {
    const bool error = answer.kind == desk::AnswerKind::error;
    std::FILE* const file = error ? stderr : stdout;
    std::fwrite(answer.text.data(), 1, answer.text.size(), file);
    std::fflush(file);
    return !error;
}

int talk(desk::Repl& session) {
    fmt::print("Watchword {}. `:help` lists the commands, `:quit` ends.\n", WATCHWORD_VERSION);
    std::fflush(stdout);
    Terminal terminal{session};
    for (std::string input; terminal.read(input);) {
        const desk::Answer answer = session.enter(input);
        if (answer.kind == desk::AnswerKind::quit) break;
        show(answer);
    }
    return exit_fine;
}

int read_script(desk::Repl& session) {
    bool fine = true;
    std::string pending;
    for (std::string line; std::getline(std::cin, line);) {
        pending += line + "\n";
        // what is indented belongs to the line before
        const int next = std::cin.peek();
        if (!desk::is_complete(pending) || next == ' ' || next == '\t') continue;
        const desk::Answer answer = session.enter(pending);
        pending.clear();
        if (answer.kind == desk::AnswerKind::quit) return fine ? exit_fine : exit_findings;
        fine = show(answer) && fine;
    }
    if (!pending.empty()) fine = show(session.enter(pending)) && fine;
    return fine ? exit_fine : exit_findings;
}

int repl(ReplSettings settings, const Context& context) {
    sort_words(settings.policies, settings.input.inputs);
    desk::ReplOptions options;
    options.compiler = compiler_options({}, nullptr);
    options.compiler.tests = true;
    const bool terminal = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
    options.colour = context.color_on(STDOUT_FILENO);
    if (const int status = fill_input(settings.input, context, options.input); status != exit_fine) return status;
    if (const int status = fill_engine(settings.input, context, options.engine); status != exit_fine) return status;
    options.input.inputs.clear();
    options.input.rosters.clear();
    std::optional<stdlib::Pseudonyms> names;
    if (const int status = open_key(settings.reveal, context, options.engine.identity_key, names); status != exit_fine)
        return status;
    options.names = *names;
    desk::Repl session{std::move(options)};
    const auto begin_with = [&](const char* command, const std::vector<std::string>& files) {
        for (const std::string& file : files)
            if (!show(session.enter(fmt::format("{} {}", command, file)))) return false;
        return true;
    };
    if (!begin_with(":load", settings.policies)) return exit_policies;
    if (!begin_with(":roster", settings.input.rosters) || !begin_with(":events", settings.input.inputs))
        return exit_input;
    return terminal ? talk(session) : read_script(session);
}

} // namespace

void add_repl(CLI::App& command, Context& context) {
    auto& settings = context.options<ReplSettings>();
    CLI::App* verb = command.add_subcommand("repl", "Try policies out, event by event; reads a script from a pipe");
    verb->add_option("POLICIES", settings.policies, "Policy files, or standard modules by name, to begin with");
    add_input_options(*verb, settings.input);
    add_reveal_options(*verb, settings.reveal);
    context.on(verb, [&] { return repl(settings, context); });
}

} // namespace watchword::tools
