// A program as text: its plans as headings, its code with the names of what it reads. For people and for goldens.
#pragma once

#include "runtime/program.hpp"

#include <string>
#include <string_view>

namespace watchword::runtime {

/// The whole program; it must be verified.
std::string disassemble(const Program& program);
/// One policy with its signals. `signal` not empty: only that signal of it. Empty text: there is no such signal.
std::string disassemble(const Program& program, std::uint32_t policy, std::string_view signal = {});
/// The opcodes as a table in Markdown, for docs/generated/opcodes.md.
std::string opcode_reference();

} // namespace watchword::runtime
