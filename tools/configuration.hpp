// Settings beside the command line: `watchword.toml` and WATCHWORD_* variables. A flag beats a variable, a variable the
// file, the file the default.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace watchword::tools {

/// Gives every option of every verb its variable (`--dead-letter` is WATCHWORD_DEAD_LETTER) and its place in the file
/// (`[run]`, `dead-letter = "…"`) unless it is not configurable (what must be said each time), and the command the flag
/// `--config`. Call it when all verbs are added.
void read_configuration(CLI::App& command);

/// Of an option's long name; empty if it has none.
std::string variable_name(const CLI::Option& option);

} // namespace watchword::tools
