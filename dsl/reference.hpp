// The reference as pages of Markdown: functions, diagnostics, and what the standard modules declare. Everything comes
// from the tables and doc comments; nothing here is prose about one entry. Knows no files and no command line.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/diagnostic.hpp"
#include "runtime/function.hpp"

#include <span>
#include <string>
#include <vector>

namespace watchword::dsl {

struct Page {
    std::string kind;   ///< `function`, `diagnostic`, or the keyword of a declaration: `event`, `signal`, …
    std::string module; ///< of a declaration, else empty
    std::string name;   ///< as users type it; of a `module` its own
    std::string gist;   ///< one line
    std::string text;   ///< Markdown under a heading of level 2; ends with a new line
};

/// By name, rising; overloads share a page.
std::vector<Page> function_pages(std::span<const runtime::FunctionRow> rows);
/// Windowed values, which only the `when` of a signal knows: `count`, `sum`, `usual` and the like.
std::vector<Page> window_pages();
/// In the order of their codes.
std::vector<Page> diagnostic_pages();
/// The module itself, then each declaration with a name but its tests, as written. `tree` has been parsed without
/// errors.
std::vector<Page> module_pages(const Sources& sources, const Tree& tree);

} // namespace watchword::dsl
