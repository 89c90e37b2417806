// Judges alerts against the truth of a simulated company: who was found, who was missed, who was accused for nothing.
// Reads alerts as `run` writes them; knows nothing of policies.
#pragma once

#include "stdlib/pseudonym.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

/// At one level and above. People count once, whatever the number of their alerts.
struct StyleJudgement {
    std::uint64_t insiders = 0;
    std::uint64_t found = 0;
    /// People for whom the strongest signal of their highest alert is one that mostly finds this style …
    std::uint64_t accused = 0;
    std::uint64_t rightly = 0; ///< … and who are insiders of this style
};

struct LevelJudgement {
    std::string level; ///< `medium`, `high`
    std::map<std::string, StyleJudgement> styles;
    std::uint64_t insiders = 0;
    std::uint64_t found = 0;
    std::uint64_t accused = 0;          ///< people with such an alert
    std::uint64_t innocent_leavers = 0; ///< of them, those whom the truth calls so
    std::vector<std::string> missed;    ///< `E00042: slow, flagged by hr.pip`
    std::vector<std::string> wronged;   ///< `E00007: BulkToRemovable`; an innocent leaver is said to be one
};

struct Evaluation {
    std::uint64_t alerts = 0; ///< records that are alerts
    /// People about whom HR's word alone brought an alert (cause other than `level`): no detection, so not judged.
    std::uint64_t flagged = 0;
    std::uint64_t innocent_leavers = 0;
    std::vector<LevelJudgement> levels; ///< medium, high
    bool knows_nobody = false; ///< there are alerts, and nobody in the truth has one: as with pseudonyms of another key
    std::string problem;       ///< empty, or what could not be read and why
};

/// `alerts` are JSON Lines with pseudonyms of this key, or revealed; `truth` is what `simulate` wrote.
Evaluation evaluate(std::string_view alerts, std::string_view truth, const Pseudonyms& pseudonyms);

void append_evaluation_text(std::string& out, const Evaluation& evaluation);
void append_evaluation_json(std::string& out, const Evaluation& evaluation);

} // namespace watchword::stdlib
