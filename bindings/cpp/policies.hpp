// What stands behind Policies, for the bindings alone.
#pragma once

#include "bindings/cpp/monitor.hpp"
#include "runtime/program.hpp"

namespace watchword {

struct Policies::State {
    runtime::Program program; ///< verified
};

} // namespace watchword
