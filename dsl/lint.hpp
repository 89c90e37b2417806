// Pieces of lint that have files of their own. All read a model without errors.
#pragma once

#include "dsl/compiler.hpp"

namespace watchword::dsl {

/// A condition of the user's files.
struct Condition {
    std::uint32_t tree = none;
    ExprId expr = no_expr;
    /// What its event is one of; nullptr: it is asked of no event.
    const std::vector<Heard>* heard = nullptr;
    const SignalInfo* signal = nullptr; ///< of which it is
};

/// Conditions that never change, and signals that have to look at every event.
void lint_conditions(const Model& model, Diagnostics& diagnostics);
/// Comparisons with values that a function never gives, and patterns of other languages.
void lint_values(const Model& model, Diagnostics& diagnostics);
/// Conditions that no event that is heard can meet.
void lint_heard(const Model& model, Diagnostics& diagnostics);
/// The conditions of signals and policies in the user's files.
void each_condition(const Model& model, const std::function<void(const Condition&)>& look);
/// The parts of `a and b and c`, or of `a or b or c`, in the order of the text.
std::vector<ExprId> operands_of(const Tree& tree, ExprId id, BinaryOp op);
/// Whether file `tree` was given by the user; only such files are looked at.
bool is_looked_at(const Model& model, std::uint32_t tree);

} // namespace watchword::dsl
