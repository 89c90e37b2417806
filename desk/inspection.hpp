// What a program is made of: how much of what, what needs what, and its plans with or without their code. For people
// who ask why it does as much as it does; found from the program alone.
#pragma once

#include "runtime/program.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

/// Policies and their signals, by name.
std::vector<std::string> inspectable_names(const runtime::Program& program);

/// Counts of what the program holds, a line each. `files` are all that was read to compile it.
std::string program_text(const runtime::Program& program, const std::vector<std::string>& files);
/// What each policy is opened and closed by, what its signals listen to and read, and what waits for its alerts.
std::string dependencies_text(const runtime::Program& program, std::string_view only = {});
/// The listing of everything, or of the policy or signal `only`, without instructions. Empty: there is no such name.
std::string plan_text(const runtime::Program& program, std::string_view only = {});
/// The same with instructions.
std::string bytecode_text(const runtime::Program& program, std::string_view only = {});

} // namespace watchword::desk
