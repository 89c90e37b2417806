// Working time, asked for one instant after the other.
#pragma once

#include "runtime/civil.hpp"
#include "tests/oracle/evaluate.hpp"

#include <cstdint>

namespace watchword::oracle {

/// Of the person in question; `calendar` is an index in Model::calendars.
bool is_working_time(const Scope& scope, std::uint32_t calendar, runtime::Time time);
/// Whether the bucket has any; hours are taken to begin and end at full or half hours.
bool has_working_time(const Scope& scope, std::uint32_t calendar, runtime::Bucket bucket);
/// The clock of the person in question, else the module's.
runtime::Zone zone_of(const Scope& scope);

} // namespace watchword::oracle
