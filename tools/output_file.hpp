// Where a verb's result goes: a file that was named, else standard output. And in which form.
#pragma once

#include "tools/context.hpp"

#include <string>
#include <string_view>

namespace watchword::tools {

/// `path` empty: standard output. exit_fine, or a complaint made.
int write_output(const std::string& path, std::string_view text, const Context& context);

/// The form of a result: the one that was said, else one for people or one for programs, whoever is there to read it.
std::string output_form(const std::string& said, std::string_view on_terminal, std::string_view elsewhere);

} // namespace watchword::tools
