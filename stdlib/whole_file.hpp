// A file of policies, or one that they name, read whole.
#pragma once

#include <optional>
#include <string>

namespace watchword::stdlib {

/// nullopt: it is a folder, or cannot be read.
std::optional<std::string> whole_file(const std::string& path);

} // namespace watchword::stdlib
