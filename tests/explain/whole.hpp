// Whether the explanation of an alert is whole: its parts add up to the score, the records it names bring the alert
// again, and without the last of them it does not come.
#pragma once

#include "desk/explanation.hpp"

#include <cstdint>
#include <string>

namespace watchword::explain_tests {

struct WholeTally {
    std::uint64_t alerts = 0, summed = 0, replayed = 0, dropped = 0;
    std::string report() const;
};

/// A sentence about what is wrong with it, else nothing. `alert` came of a replay of the whole stream.
std::string explanation_fault(const desk::ExplanationSource& source, const runtime::Alert& alert, WholeTally& tally);

} // namespace watchword::explain_tests
