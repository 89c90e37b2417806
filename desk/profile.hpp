// What policies cost over given events: each policy timed alone over events held in memory, its signals counted, and
// timed by leaving each out. Tells which clause to tighten first. Knows nothing of files and of how it is shown.
#pragma once

#include "desk/stream.hpp"
#include "runtime/program.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

struct SignalCost {
    std::string name;
    std::uint64_t heard = 0;       ///< events of its types (of a sequence: of a step's), in all watches
    std::uint64_t candidates = 0;  ///< of these the guard index let pass: all that the signal takes time for
    std::uint64_t matched = 0;     ///< of these its `where` let pass; of a sequence: filled a step, or ended a match
    std::uint64_t evaluations = 0; ///< of `when`
    std::uint64_t hits = 0;
    /// What its policy takes less without it, the opening of watches that nothing else asks for among it; nullopt: the
    /// policy takes too little for that to be told, or no event asked for the signal.
    std::optional<double> seconds;
    std::optional<std::size_t> state_bytes;
};

struct PolicyCost {
    std::string name;
    double seconds = 0;          ///< processor time over all events, beyond that of an engine without it
    std::size_t state_bytes = 0; ///< beyond those of policies whose alerts open it
    std::uint64_t watches = 0;   ///< opened
    std::uint64_t alerts = 0;
    std::vector<SignalCost> signals;
    std::string advice; ///< a sentence; empty: nothing stands out
};

struct Profile {
    std::uint64_t records = 0; ///< read
    std::uint64_t events = 0;  ///< of types that some policy reads
    double decode_seconds = 0; ///< reading and decoding the records
    double base_seconds = 0;   ///< clock and people, without any policy
    double seconds = 0;        ///< all policies together, with the base
    std::size_t state_bytes = 0;
    std::vector<PolicyCost> policies; ///< the dearest first
};

/// A fresh program of the same policies; nullopt: they do not compile. Then the figures are void.
using MakeProgram = std::function<std::optional<runtime::Program>()>;

/// `rounds` times over, of which the fastest counts. `stream` was read with a program of the same policies.
Profile profile(const MakeProgram& make, const Stream& stream, std::uint32_t rounds);

/// For people.
void append_profile_text(std::string& out, const Profile& profile);
void append_profile_json(std::string& out, const Profile& profile);

} // namespace watchword::desk
