// What a run says at its end: counts, and where each number came from. A value and its two renderings; names and
// accounts in it are in clear and made pseudonymous when it is shown.
#pragma once

#include "runtime/engine.hpp"
#include "runtime/program.hpp"
#include "stdlib/pseudonym.hpp"
#include "stdlib/sources/input.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace watchword::stdlib {

/// Why a run ended.
enum class RunEnd : std::uint8_t {
    input_over,
    stopped,       ///< `on-error stop` met a rejected record, or there were more than were allowed
    input_failed,  ///< some input could not be opened or read
    limit,         ///< the engine's memory
    output_failed, ///< the sink could not be written
    cancelled,
    state_failed, ///< the file of the run's state could not be read, used or written
};

struct RunSummary {
    RunEnd end = RunEnd::input_over;
    std::string problem;                                             ///< of `output_failed` and `state_failed`: why
    double seconds = 0;                                              ///< by the wall clock
    runtime::Time first = runtime::never, last = runtime::beginning; ///< of the events
    std::uint64_t alerts = 0;
    std::uint64_t action_ends = 0;
    std::array<std::uint64_t, runtime::level_names.size()> risk_alerts{};
    InputStatistics input;
    runtime::Statistics engine;
    std::vector<std::string> unknown_accounts; ///< a few of the people whom the roster does not know
    bool has_roster = false;
    std::uint32_t employees = 0;          ///< of the roster; without one nobody counts whom records name
    std::uint64_t history_file_bytes = 0; ///< that a temporary file with sealed history has had

    /// How many alerts of `level` or above.
    std::uint64_t alerts_from(runtime::Level level) const;
};

/// Lines for a reader.
void append_summary_text(std::string& out, const RunSummary& summary, const runtime::Program& program,
                         const Pseudonyms& pseudonyms);
/// One JSON object and a line end. `seconds` is the only member that differs from run to run.
void append_summary_json(std::string& out, const RunSummary& summary, const runtime::Program& program,
                         const Pseudonyms& pseudonyms);

} // namespace watchword::stdlib
