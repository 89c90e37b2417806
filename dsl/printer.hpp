// Tree → canonical text: one way to write everything, every comment kept, idempotent.
#pragma once

#include "dsl/ast.hpp"

#include <string>

namespace watchword::dsl {

/// `tree` must have been parsed without errors from `sources`.
std::string print(const Sources& sources, const Tree& tree);
/// One expression, for labels and messages; on one line.
std::string print(const Tree& tree, ExprId expr);

} // namespace watchword::dsl
