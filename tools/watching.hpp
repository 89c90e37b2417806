// Doing a thing again whenever files change. Looks at the files' times a few times a second, until interrupted.
#pragma once

#include "tools/context.hpp"

#include <functional>
#include <string>
#include <vector>

namespace watchword::tools {

/// Does it once, and says how it went; adds the files that it read.
using Repeated = std::function<int(std::vector<std::string>& files)>;

int run_once(const Repeated& once);
/// Never returns but by an interrupt, or with exit_usage at the first round. `words` are watched beside the files:
/// in a folder, every `*.watch` below it.
int watch_files(const std::vector<std::string>& words, const Context& context, const Repeated& once);

} // namespace watchword::tools
