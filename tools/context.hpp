// What all verbs share: the settings that stand before any verb, where options live until the verb runs, and how the
// command speaks to its user.
#pragma once

#include "tools/exit_status.hpp"

#include <CLI/CLI.hpp>

#include <any>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::tools {

class Context {
public:
    std::string format = "human"; ///< of diagnostics: human, short, json, sarif, github
    std::string color = "auto";   ///< auto, always, never
    bool quiet = false;           ///< only errors
    bool verbose = false;
    std::string command; ///< the whole command line, as typed

    /// Options of a verb: made once, good until the process ends.
    template <class Options>
    Options& options() {
        return std::any_cast<Options&>(options_.emplace_back(Options{}));
    }
    /// What runs when `verb` was asked for; returns the exit status.
    void on(const CLI::App* verb, std::function<int()> run) { verbs_.emplace_back(verb, std::move(run)); }
    /// Runs the verb that was parsed.
    int run() const;

    bool color_on(int file) const; ///< for a file descriptor: asked for, or a terminal without NO_COLOR
    /// `watchword: MESSAGE` to standard error.
    void complain(std::string_view message) const;
    /// Complains and returns exit_usage.
    int misused(std::string_view message) const;
    /// To standard error unless quiet.
    void say(std::string_view text) const;

private:
    std::deque<std::any> options_;
    std::vector<std::pair<const CLI::App*, std::function<int()>>> verbs_;
};

/// Between single quotes; `escaped_quote` stands for one inside.
std::string in_quotes(std::string_view text, std::string_view escaped_quote = "'\\''");
/// As a shell reads it back: between quotes where it must be.
std::string quoted_for_shell(std::string_view word);
/// The nearest of `candidates` as `; did you mean NAME?`, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

} // namespace watchword::tools
