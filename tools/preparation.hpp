// What verbs that look at policies and events begin with: the command line as options, the policies compiled, and
// whether the two go together.
#pragma once

#include "tools/event_input.hpp"
#include "tools/policies.hpp"

namespace watchword::tools {

struct Preparation {
    Policies policies; ///< with its program
    stdlib::InputOptions input;
    runtime::EngineOptions engine;
};

/// exit_fine, or a complaint made and the status to exit with.
int prepare(const std::vector<std::string>& words, const InputSettings& settings, const PolicyOptions& options,
            const Context& context, Preparation& prepared);

} // namespace watchword::tools
