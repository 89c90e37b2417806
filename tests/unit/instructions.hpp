// All ways to look at bytes that this processor has, for tests that hold them against each other.
#pragma once

#include "stdlib/sources/byte_window.hpp"

#include <vector>

namespace watchword::source_tests {

inline std::vector<stdlib::Instructions> all_instructions() {
    std::vector<stdlib::Instructions> result;
    for (const auto candidate : {stdlib::Instructions::plain, stdlib::Instructions::sse2, stdlib::Instructions::avx2,
                                 stdlib::Instructions::avx512})
        if (stdlib::can(candidate)) result.push_back(candidate);
    return result;
}

} // namespace watchword::source_tests
