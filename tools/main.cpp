// The command: which verbs there are, what they share, and how a mistake on the command line is answered.
#include "tools/configuration.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::tools {

namespace {

using AddVerb = void (*)(CLI::App& command, Context& context);
constexpr AddVerb verbs[] = {
    add_run,      add_check,    add_test,     add_fmt,        add_disasm, add_explain, add_explain_code, add_doc,
    add_simulate, add_evaluate, add_inspect,  add_completion, add_repl,   add_new,     add_audit,        add_diff,
    add_report,   add_bench,    add_baseline, add_rosters,    add_build,  add_lsp,
};

void add_shared_options(CLI::App& command, Context& context) {
    command.add_option("--format", context.format, "How diagnostics are shown")
        ->check(CLI::IsMember({"human", "short", "json", "sarif", "github"}))
        ->capture_default_str();
    command.add_option("--color", context.color, "auto, always, never; NO_COLOR is heeded")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->capture_default_str();
    command.add_flag("-q,--quiet", context.quiet, "Only errors");
    command.add_flag("-v,--verbose", context.verbose, "More to read");
    command.set_version_flag("--version", "watchword " WATCHWORD_VERSION);
}

std::vector<std::string> flags_of(const CLI::App& app) {
    std::vector<std::string> result;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) result.push_back("--" + name);
        for (const std::string& name : option->get_snames()) result.push_back("-" + name);
    }
    return result;
}

const CLI::App& parsed_verb(const CLI::App& command) {
    const auto parsed = command.get_subcommands();
    return parsed.empty() ? command : *parsed.front();
}

/// The words that nothing wanted: the first mistyped flag, else the first word.
std::string explain_extras(const CLI::App& command) {
    const CLI::App& verb = parsed_verb(command);
    const std::vector<std::string> extras = command.remaining(true);
    std::vector<std::string> flags = flags_of(command);
    if (&verb != &command) {
        const std::vector<std::string> own = flags_of(verb);
        flags.insert(flags.end(), own.begin(), own.end());
    }
    const auto flag =
        std::find_if(extras.begin(), extras.end(), [](const auto& word) { return word.starts_with("-"); });
    if (flag != extras.end()) {
        const std::string name = flag->substr(0, flag->find('='));
        return fmt::format("unknown flag `{}`{}", name, did_you_mean(name, flags));
    }
    if (extras.empty()) return "something on the command line is not understood";
    return fmt::format("nothing is known about `{}` here", extras.front());
}

/// What others call so; empty: nothing.
std::string_view verb_called(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 14> others{{
        {"why-not", "explain --why-not"},
        {"whynot", "explain --why-not"},
        {"why", "explain"},
        {"version", "--version"},
        {"help", "--help"},
        {"list", "doc"},
        {"docs", "doc"},
        {"validate", "check"},
        {"lint", "check"},
        {"compile", "build"},
        {"format", "fmt"},
        {"init", "new"},
        {"compare", "diff"},
        {"backtest", "diff"},
    }};
    for (const auto& [foreign, own] : others)
        if (foreign == word) return own;
    return {};
}

/// A first word that is no verb is a mistyped verb, whatever follows it.
const char* unknown_verb(const CLI::App& command, int count, char** words) {
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        if (word.starts_with("-")) return nullptr;
        for (const CLI::App* verb : command.get_subcommands({}))
            if (verb->get_name() == word) return nullptr;
        return words[i];
    }
    return nullptr;
}

std::string typed(int count, char** words) {
    std::string result;
    for (int i = 0; i < count; ++i) result += (i == 0 ? "" : " ") + quoted_for_shell(words[i]);
    return result;
}

int run_command(int count, char** words) {
    CLI::App command{
        "Declarative monitoring that an HR event sets off: policies in, alerts that explain themselves out.",
        "watchword"};
    Context context;
    context.command = typed(count, words);
    add_shared_options(command, context);
    for (const AddVerb add : verbs) add(command, context);
    for (CLI::App* verb : command.get_subcommands({})) verb->fallthrough();
    command.require_subcommand(1);
    read_configuration(command);

    if (const char* word = unknown_verb(command, count, words); word != nullptr) {
        std::vector<std::string> names;
        for (const CLI::App* verb : command.get_subcommands({})) names.push_back(verb->get_name());
        const std::string_view own = verb_called(word);
        return context.misused(fmt::format("there is no verb `{}`{}", word,
                                           own.empty() ? did_you_mean(word, names) : fmt::format("; it is `{}`", own)));
    }
    try {
        command.parse(count, words);
    } catch (const CLI::CallForHelp&) {
        const CLI::App& verb = parsed_verb(command);
        fmt::print("{}", verb.help(&verb == &command ? "" : command.get_name()));
        return exit_fine;
    } catch (const CLI::CallForVersion& version) {
        fmt::print("{}\n", version.what());
        return exit_fine;
    } catch (const CLI::ExtrasError&) {
        return context.misused(explain_extras(command));
    } catch (const CLI::ParseError& error) {
        return context.misused(error.what());
    }
    return context.run();
}

} // namespace

} // namespace watchword::tools

int main(int count, char** words) {
    try {
        return watchword::tools::run_command(count, words);
    } catch (const std::bad_alloc&) {
        fmt::print(stderr, "watchword: out of memory\n");
        return watchword::tools::exit_limit;
    } catch (const std::exception& error) {
        fmt::print(stderr, "watchword: internal error: {}\n", error.what());
        return watchword::tools::exit_internal;
    }
}
