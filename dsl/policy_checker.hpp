// Pieces of policies that several files check.
#pragma once

#include "dsl/signal_checker.hpp"

namespace watchword::dsl {

/// What every alternative's `where` proved about the trigger.
Facts trigger_facts(const TriggerScope& trigger);
/// The score block and the alerts.
void check_score(Checking& checking, std::uint32_t policy, TriggerScope& trigger);

} // namespace watchword::dsl
