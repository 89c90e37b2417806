// `watchword completion`: what a shell needs to complete the command line, made from the verbs and flags themselves.
// Knows the three shells' spelling; which verbs there are it asks the command.
#include "dsl/diagnostic_text.hpp"
#include "stdlib/modules.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace watchword::tools {

namespace {

using Words = std::vector<std::string>;

struct OptionWords {
    Words names; ///< with their dashes
    std::string description;
    Words values; ///< the only ones it takes; empty: any
    bool takes_value = false;
};

struct VerbWords {
    std::string name;
    std::string description;
    std::vector<OptionWords> options;
    Words positionals; ///< words that a positional may be, beside files
};

/// `TEXT:{skip,stop}` says which values there are.
Words values_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const std::size_t open = type.find('{'), close = type.rfind('}');
    if (open == std::string::npos || close == std::string::npos || close < open) return {};
    return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

OptionWords words_of(const CLI::Option& option) {
    OptionWords words;
    for (const std::string& name : option.get_snames()) words.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) words.names.push_back("--" + name);
    words.description = option.get_description();
    words.values = values_of(option);
    words.takes_value = option.get_items_expected_max() > 0;
    return words;
}

Words words_for_positional(const CLI::Option& positional) {
    Words words = values_of(positional);
    const std::string name = positional.get_name();
    if (name.find("POLICIES") != std::string::npos || name == "OLD" || name == "NEW")
        for (const stdlib::Module& module : stdlib::modules()) words.emplace_back(module.name);
    if (name == "CODE")
        for (const dsl::CodeRow& row : dsl::codes()) words.emplace_back(row.code);
    return words;
}

VerbWords words_of(const CLI::App& app) {
    VerbWords words;
    words.name = app.get_name();
    words.description = app.get_description();
    for (const CLI::Option* option : app.get_options()) {
        if (!option->nonpositional()) {
            const Words more = words_for_positional(*option);
            words.positionals.insert(words.positionals.end(), more.begin(), more.end());
            continue;
        }
        words.options.push_back(words_of(*option));
    }
    std::sort(words.positionals.begin(), words.positionals.end());
    words.positionals.erase(std::unique(words.positionals.begin(), words.positionals.end()), words.positionals.end());
    return words;
}

struct CommandWords {
    std::vector<OptionWords> options; ///< those of every verb
    std::vector<VerbWords> verbs;
};

CommandWords words_of_command(const CLI::App& command) {
    CommandWords words;
    words.options = words_of(command).options;
    for (const CLI::App* verb : command.get_subcommands({})) words.verbs.push_back(words_of(*verb));
    return words;
}

Words names_of(const std::vector<OptionWords>& options) {
    Words names;
    for (const OptionWords& option : options) names.insert(names.end(), option.names.begin(), option.names.end());
    return names;
}

// --- bash ------------------------------------------------------------------------------------------------------------

/// `case` arms that give the values of options; `verb` is `*` for those of every verb.
void append_bash_values(std::string& out, std::string_view verb, const std::vector<OptionWords>& options) {
    for (const OptionWords& option : options) {
        if (!option.takes_value) continue;
        for (const std::string& name : option.names)
            out += fmt::format("        {}:{}) {} ;;\n", verb, name,
                               option.values.empty() ? "return" // files
                                                     : fmt::format("words='{}'", fmt::join(option.values, " ")));
    }
}

std::string for_bash(const CommandWords& command) {
    Words verbs;
    for (const VerbWords& verb : command.verbs) verbs.push_back(verb.name);
    std::string out = fmt::format("# bash completion of watchword; for example in ~/.bashrc:\n"
                                  "#   source <(watchword completion bash)\n"
                                  "_watchword() {{\n"
                                  "    local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}\n"
                                  "    local verb= word words= flags=\n"
                                  "    COMPREPLY=()\n"
                                  "    for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
                                  "        case $word in {}) verb=$word && break ;; esac\n"
                                  "    done\n"
                                  "    case $verb:$before in\n",
                                  fmt::join(verbs, "|"));
    for (const VerbWords& verb : command.verbs) append_bash_values(out, verb.name, verb.options);
    append_bash_values(out, "*", command.options);
    out += "    esac\n"
           "    if [[ -z $words ]]; then\n"
           "        case $verb in\n";
    const std::string shared = fmt::format("{}", fmt::join(names_of(command.options), " "));
    const auto append_words = [&](std::string_view pattern, const std::vector<OptionWords>& options,
                                  const Words& others) {
        out += fmt::format("        {}) flags='{} {}' words='{}' ;;\n", pattern, fmt::join(names_of(options), " "),
                           shared, fmt::join(others, " "));
    };
    append_words("''", {}, verbs);
    for (const VerbWords& verb : command.verbs) append_words(verb.name, verb.options, verb.positionals);
    out += "        esac\n"
           "        [[ $current == -* ]] && words=$flags\n"
           "    fi\n"
           "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
           "}\n"
           "complete -o default -o bashdefault -F _watchword watchword\n";
    return out;
}

// --- zsh -------------------------------------------------------------------------------------------------------------

std::string zsh_described(std::string_view word, std::string_view description) {
    std::string name;
    for (const char c : word) name += c == ':' ? std::string("\\:") : std::string(1, c);
    return in_quotes(fmt::format("{}:{}", name, description), "'\\''");
}

std::string zsh_option(const OptionWords& option, const std::string& name) {
    std::string description;
    for (const char c : option.description)
        description += c == '[' || c == ']' || c == ':' ? fmt::format("\\{}", c) : std::string(1, c);
    std::string spec = fmt::format("{}[{}]", name, description);
    if (option.takes_value)
        spec += option.values.empty() ? ":value:_files" : fmt::format(":value:({})", fmt::join(option.values, " "));
    return in_quotes("*" + spec, "'\\''");
}

std::string for_zsh(const CommandWords& command) {
    std::string out = "#compdef watchword\n"
                      "# zsh completion of watchword; for example\n"
                      "#   watchword completion zsh > \"${fpath[1]}/_watchword\"\n"
                      "_watchword() {\n"
                      "    local -a verbs\n"
                      "    verbs=(\n";
    for (const VerbWords& verb : command.verbs)
        out += fmt::format("        {}\n", zsh_described(verb.name, verb.description));
    out += "    )\n"
           "    local verb=${words[(r)(${(j:|:)${verbs%%:*}})]}\n"
           "    case $verb in\n";
    const auto append_options = [&](const std::vector<OptionWords>& options) {
        for (const OptionWords& option : options)
            for (const std::string& name : option.names)
                out += fmt::format(" \\\n            {}", zsh_option(option, name));
    };
    for (const VerbWords& verb : command.verbs) {
        out += fmt::format("    {})\n        _arguments", verb.name);
        append_options(verb.options);
        append_options(command.options);
        out += " \\\n            '1:verb:' \\\n            ";
        out += verb.positionals.empty()
                   ? std::string("'*:file:_files'")
                   : fmt::format("'*:argument:{{compadd -- {}; _files}}'", fmt::join(verb.positionals, " "));
        out += " ;;\n";
    }
    out += "    *)\n        _arguments";
    append_options(command.options);
    out += " \\\n            '1:verb:{_describe verb verbs}' ;;\n"
           "    esac\n"
           "}\n"
           "compdef _watchword watchword\n";
    return out;
}

// --- fish ------------------------------------------------------------------------------------------------------------

void append_fish_options(std::string& out, std::string_view condition, const std::vector<OptionWords>& options) {
    for (const OptionWords& option : options) {
        out += "complete -c watchword";
        if (!condition.empty()) out += fmt::format(" -n '{}'", condition);
        for (const std::string& name : option.names)
            out +=
                name.starts_with("--") ? fmt::format(" -l {}", name.substr(2)) : fmt::format(" -s {}", name.substr(1));
        if (option.takes_value) out += " -r";
        if (!option.values.empty()) out += fmt::format(" -f -a '{}'", fmt::join(option.values, " "));
        out += fmt::format(" -d {}\n", in_quotes(option.description, "\\'"));
    }
}

std::string for_fish(const CommandWords& command) {
    std::string out = "# fish completion of watchword; for example\n"
                      "#   watchword completion fish > ~/.config/fish/completions/watchword.fish\n";
    for (const VerbWords& verb : command.verbs)
        out += fmt::format("complete -c watchword -f -n __fish_use_subcommand -a {} -d {}\n", verb.name,
                           in_quotes(verb.description, "\\'"));
    append_fish_options(out, "", command.options);
    for (const VerbWords& verb : command.verbs) {
        const std::string condition = "__fish_seen_subcommand_from " + verb.name;
        append_fish_options(out, condition, verb.options);
        if (!verb.positionals.empty())
            out += fmt::format("complete -c watchword -n '{}' -a '{}'\n", condition, fmt::join(verb.positionals, " "));
    }
    return out;
}

} // namespace

void add_completion(CLI::App& command, Context& context) {
    auto& shell = context.options<std::string>();
    CLI::App* verb = command.add_subcommand("completion", "Completion of the command line, for a shell to read");
    verb->add_option("SHELL", shell, "bash, zsh, fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    context.on(verb, [&] {
        const CommandWords words = words_of_command(command);
        fmt::print("{}", shell == "bash" ? for_bash(words) : shell == "zsh" ? for_zsh(words) : for_fish(words));
        return exit_fine;
    });
}

} // namespace watchword::tools
