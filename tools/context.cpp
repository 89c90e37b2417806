// Speaks to standard error; data of a verb goes to standard output and never through here.
#include "tools/context.hpp"

#include "dsl/diagnostic.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace watchword::tools {

int Context::run() const {
    for (const auto& [verb, run] : verbs_)
        if (verb->parsed()) return run();
    return misused("no verb; see `watchword --help`");
}

bool Context::color_on(int file) const {
    if (color != "auto") return color == "always";
    const char* refused = std::getenv("NO_COLOR");
    return (refused == nullptr || *refused == '\0') && ::isatty(file) != 0;
}

void Context::complain(std::string_view message) const {
    std::fflush(stdout); // both may end up in one file
    fmt::print(stderr, "watchword: {}\n", message);
}

int Context::misused(std::string_view message) const {
    complain(message);
    return exit_usage;
}

void Context::say(std::string_view text) const {
    if (quiet) return;
    std::fflush(stdout); // both may end up in one file
    std::fwrite(text.data(), 1, text.size(), stderr);
}

std::string in_quotes(std::string_view text, std::string_view escaped_quote) {
    std::string result = "'";
    for (const char byte : text) {
        if (byte == '\'')
            result += escaped_quote;
        else
            result += byte;
    }
    return result + "'";
}

std::string quoted_for_shell(std::string_view word) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) return std::string{word};
    return in_quotes(word);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const std::vector<std::string_view> views(candidates.begin(), candidates.end());
    const std::string_view found = dsl::nearest(word, views);
    return found.empty() ? std::string{} : fmt::format("; did you mean `{}`?", found);
}

} // namespace watchword::tools
