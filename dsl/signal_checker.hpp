// Pieces of signals that policies and sequences check alike.
#pragma once

#include "dsl/expression_checker.hpp"

namespace watchword::dsl {

/// Signals among what is heard are checked first: their fields are needed. Reports cycles.
void ensure_heard(Checking& checking, const std::vector<Heard>& heard, const std::vector<EventPattern>& patterns);
void check_exception(Checking& checking, const ExceptClause& clause, Scope scope, StepInfo& into);
void check_sequence(Checking& checking, std::uint32_t index, const SignalDecl& declared, Scope& scope);
bool trimmed_empty(const std::string& text);

} // namespace watchword::dsl
