// Policy files of a command line, compiled: files, folders, bundles, standard input, standard modules by name.
#pragma once

#include "dsl/bundle.hpp"
#include "dsl/compiler.hpp"
#include "tools/context.hpp"

#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::tools {

/// A bundle that was named: what it says of itself.
struct NamedBundle {
    std::string path, version, program;
};

struct Policies {
    dsl::Sources sources;
    std::vector<std::uint32_t> roots;
    std::vector<std::string> files; ///< all that was read: policies, lists, tables, modules of the user's own
    std::vector<NamedBundle> bundles;
    dsl::BundledFiles bundled; ///< what lies in them
    dsl::Diagnostics diagnostics;
    std::optional<runtime::Program> program; ///< verified; nullopt: see the diagnostics
};

struct PolicyOptions {
    bool tests = false;
    bool lint = false;
    bool parts = false;                ///< conditions in parts, to be recorded
    std::optional<runtime::Time> now;  ///< to warn of expiry by the calendar
    std::vector<std::string> may_lack; ///< files that count as empty while they are not there
    /// Told of each file that policies name, with its content.
    std::function<void(const std::string& path, const std::string& text)> on_read = {};
};

/// For compiling them again: standard functions and modules, files beside the policies, or in the bundles of
/// `policies`, which must outlive it; nullptr: of none.
dsl::CompilerOptions compiler_options(const PolicyOptions& options, const Policies* policies);
/// Reads `words` into `policies.sources`: each a file, a folder (its `*.watch` in order of name, with those of its
/// folders), a bundle, `-`, or the name of a standard module. exit_fine, or a complaint made and exit_usage.
int read_policies(const std::vector<std::string>& words, const Context& context, Policies& policies);
/// Reads and compiles. exit_policies if there were errors; a program that does not verify is our bug: exit_internal.
/// Shows nothing.
int compile_policies(const std::vector<std::string>& words, const PolicyOptions& options, const Context& context,
                     Policies& policies);
/// The same for what `policies` holds already.
int compile_sources(const PolicyOptions& options, const Context& context, Policies& policies);
/// Adds the files of a bundle, as if `path` were a folder. exit_fine, or a complaint made and exit_usage.
int open_bundle(const std::string& path, std::string_view bytes, const Context& context, Policies& policies);
/// 32 hexadecimal digits, the same wherever and from whichever files it was compiled.
std::string program_digest(const runtime::Program& program);
/// The diagnostics in the format that the command was told, to `file`. Warnings only with `warnings`.
void show_diagnostics(const Policies& policies, const Context& context, std::FILE* file, bool warnings);
/// For verbs other than `check`: compiles, shows errors (with -v warnings) on standard error.
int load_policies(const std::vector<std::string>& words, const PolicyOptions& options, const Context& context,
                  Policies& policies);

} // namespace watchword::tools
