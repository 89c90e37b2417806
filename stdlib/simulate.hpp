// A synthetic company with known wrongdoers: who works there, what personnel says, months of activity, and the truth in
// a file of its own. Everything follows from the seed, on any machine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace watchword::stdlib {

inline constexpr std::uint32_t least_simulated_people = 200;
inline constexpr std::uint32_t most_simulated_people = 1'000'000;
inline constexpr std::uint32_t least_simulated_days = 60;
inline constexpr std::uint32_t most_simulated_days = 730;

struct SimulationOptions {
    std::uint64_t seed = 1;
    std::uint32_t people = 2000; ///< least_simulated_people to most_simulated_people
    std::uint32_t days = 90;     ///< least_simulated_days to most_simulated_days
    /// How many wrongdoers; nullopt: one in about 160 people, at least 12. At most one in ten people.
    std::optional<std::uint32_t> insiders;
    std::string folder; ///< made if it is not there; files of the same names are overwritten
};

struct SimulationSummary {
    std::uint64_t people = 0;
    std::uint64_t events = 0; ///< in events.jsonl.gz
    std::uint64_t bytes = 0;  ///< of events.jsonl.gz before compression
    std::uint64_t hr_events = 0;
    std::uint64_t leavers = 0;                     ///< innocent people who copy something when they go
    std::map<std::string, std::uint64_t> insiders; ///< by style
    std::string problem;                           ///< empty, or what could not be written and why
};

/// Writes roster.jsonl, hr.jsonl and events.jsonl.gz (native records) and truth.jsonl.
SimulationSummary simulate(const SimulationOptions& options);

} // namespace watchword::stdlib
