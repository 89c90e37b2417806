// Text → tree. All errors of a file in one go: after one, parsing goes on at the next declaration.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/diagnostic.hpp"

namespace watchword::dsl {

/// Nesting of brackets and operators deeper than this is an error, not a crash.
inline constexpr std::uint32_t max_nesting = 200;

/// The tree has every declaration that could be read, even if there were errors.
Tree parse(const Sources& sources, std::uint32_t file, Diagnostics& diagnostics);

/// One expression alone, for the REPL and examples. `no_expr` and a diagnostic if it is none.
ExprId parse_expression(const Sources& sources, std::uint32_t file, Tree& into, Diagnostics& diagnostics);

} // namespace watchword::dsl
