// Where a verb's result goes: a file that was named, else standard output.
#pragma once

#include "tools/context.hpp"

#include <string>
#include <string_view>

namespace watchword::tools {

/// `path` empty: standard output. exit_fine, or a complaint made.
int write_output(const std::string& path, std::string_view text, const Context& context);

} // namespace watchword::tools
