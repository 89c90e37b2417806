// What an alert of an escalating policy (one that another policy's alert opens) rests on besides its own watch: the
// earlier watches of the policies behind it. Knows recorded steps only.
#pragma once

#include "runtime/program.hpp"
#include "runtime/recording.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace watchword::desk {

/// The record in hand was taken in by a signal of the step's policy.
bool is_taken_in(const runtime::RecordedStep& step);

/// Ids of the records that opened, prolonged or ended a watch of the policy, or of one whose alerts open it, and of
/// those that signals of the latter took in: among the steps since none of these policies watched the person. Without
/// them an alert behind it may be missing, or an earlier watch may last into the present one. `steps` are one person's,
/// up to where one asks. Empty for a policy that no alert opens.
std::vector<std::string> records_behind(const runtime::Program& program, std::uint32_t policy,
                                        const std::vector<runtime::RecordedStep>& steps);

} // namespace watchword::desk
