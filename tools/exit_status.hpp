// What the command's exit status says; the same numbers on every verb.
#pragma once

namespace watchword::tools {

enum ExitStatus : int {
    exit_fine = 0,
    exit_findings = 1,  ///< failed tests, lint at level, `--fail-on-alert`, `fmt --check`
    exit_policies = 2,  ///< the policies do not compile
    exit_usage = 3,     ///< usage or configuration
    exit_input = 4,     ///< input errors over budget
    exit_limit = 5,     ///< a limit was hit: memory, disk
    exit_internal = 70, ///< our bug
};

} // namespace watchword::tools
