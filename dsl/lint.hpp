// Pieces of lint that have files of their own. All read a model without errors.
#pragma once

#include "dsl/compiler.hpp"

namespace watchword::dsl {

/// Conditions that never change, and signals that have to look at every event.
void lint_conditions(const Model& model, Diagnostics& diagnostics);
/// Comparisons with values that a function never gives, and patterns of other languages.
void lint_values(const Model& model, Diagnostics& diagnostics);
/// Conditions of signals and policies in the user's files; no_expr where a clause has none.
void each_condition(const Model& model, const std::function<void(std::uint32_t tree, ExprId condition)>& look);
/// Whether file `tree` was given by the user; only such files are looked at.
bool is_looked_at(const Model& model, std::uint32_t tree);

} // namespace watchword::dsl
