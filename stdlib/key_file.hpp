// The secret that pseudonyms and alert ids are made with: one file, made on first use. And the log of who looked behind
// the pseudonyms. Knows nothing of alerts.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace watchword::stdlib {

/// What was being done and why it failed, as one sentence.
struct FileProblem {
    std::string message;
};

/// `$XDG_CONFIG_HOME/watchword/key`, else `~/.config/watchword/key`; empty if neither variable is set.
std::string default_key_path();
/// Beside the key: `reveal.log`.
std::string default_reveal_log(std::string_view key_path);

/// The key in `path`. If there is no such file it is made, with its folders, 0600, 32 random bytes in hexadecimal; two
/// runs that do so at the same time end up with the same key; unless `make` is false: then that is a problem, as is a
/// file that others can read.
std::variant<std::string, FileProblem> load_key(const std::string& path, bool make = true);

struct RevealEntry {
    std::string time; ///< RFC 3339
    std::string user; ///< of the operating system
    std::string reason;
    std::string command;
};
/// Appends one JSON line, made with 0600 if there was no file. An empty text, or why it could not be written: then
/// nothing must be revealed.
std::string append_reveal(const std::string& path, const RevealEntry& entry);

} // namespace watchword::stdlib
