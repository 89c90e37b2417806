// Policy files → Program: the one entry for hosts. No I/O of its own: files come through a reader the host gives.
#pragma once

#include "dsl/diagnostic.hpp"
#include "dsl/model.hpp"
#include "dsl/parsed_files.hpp"
#include "dsl/source.hpp"
#include "runtime/program.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::dsl {

struct StandardModule {
    std::string_view name;
    std::string_view text;
};

struct CompilerOptions {
    const std::vector<runtime::FunctionRow>* functions = nullptr; ///< compulsory
    std::span<const StandardModule> modules;                      ///< found by `use` before files
    /// Content of a list, table, calendar or baseline file, or of a module of the user's own. `from` is the name of the
    /// file that asks, so that names can be relative to it. nullopt: not there or not readable.
    std::function<std::optional<std::string>(std::string_view name, std::string_view from)> read;
    /// Where trees of earlier compilations of much the same files are found and left; may be absent.
    ParsedFiles* parsed = nullptr;
    bool tests = true; ///< compile `test` blocks too
    bool lint = true;
    /// Compile conditions in parts too, so that a recording tells which part held with which values.
    bool parts = false;
    /// For `expires` and `except … until` against the calendar; nullopt: not asked.
    std::optional<runtime::Time> now;
};

/// Checks all trees together. The model is complete only if no error was added.
/// `roots` are the user's files in `sources`; used modules are added to `sources`.
Model check(Sources& sources, std::span<const std::uint32_t> roots, const CompilerOptions& options,
            Diagnostics& diagnostics);
/// Warnings about policies that compile but hardly mean what they say.
void lint(const Model& model, const CompilerOptions& options, Diagnostics& diagnostics);
/// The checked model as a program; nullopt after reporting that it would be too large.
std::optional<runtime::Program> lower(const Model& model, bool parts, Diagnostics& diagnostics);
/// The same for a model without errors; what would be too large is false or absent.
runtime::Program lower(const Model& model);

/// All of it; nullopt if there was an error.
std::optional<runtime::Program> compile(Sources& sources, std::span<const std::uint32_t> roots,
                                        const CompilerOptions& options, Diagnostics& diagnostics);

} // namespace watchword::dsl
