// What policies allow to be seen: whom, on whose word, for how long, by reading what, keeping what, looking how wide,
// on what basis, until when. Found from the program alone. And, over events, whether they do what they were meant to.
#pragma once

#include "desk/stream.hpp"
#include "desk/watch_memory.hpp"
#include "runtime/engine.hpp"
#include "runtime/program.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

struct ReadField {
    std::string name;
    bool sensitive = false;
};
struct ReadEvent {
    std::string event;
    std::vector<ReadField> fields;
    bool kept = false; ///< also in sealed history, for people without a watch
};
struct AuditedException {
    std::string reason, owner;
    runtime::Time until = runtime::never;
};

struct PolicyAudit {
    std::uint32_t policy = 0;                 ///< index in Program::policies
    std::string covers;                       ///< as written; empty: everybody
    std::vector<std::string> definitions;     ///< that `covers` calls, as written
    std::vector<std::string> opens;           ///< as written
    std::vector<std::string> closes;          ///< as written
    std::optional<runtime::Duration> longest; ///< of one watch, from its first trigger's anchor; nullopt: no bound
    std::string retrigger;                    ///< `extends, at most 180d`
    std::vector<ReadEvent> reads;
    std::vector<std::string> attributes; ///< of the roster
    std::vector<std::string> wider; ///< inputs beyond the person: baselines, signals across people, notices for many
    std::vector<AuditedException> exceptions;
    std::vector<std::string> alerts;    ///< as written, with their actions
    std::vector<std::string> remembers; ///< while a watch is open: what of which events, for how long
    WatchMemory memory;
};

struct Audit {
    std::vector<PolicyAudit> policies;
    std::size_t history_bytes = 0; ///< most that sealed history of one person may take
};
Audit audit(const runtime::Program& program);

/// What events say about policies.
struct PolicyHealth {
    std::uint64_t opened = 0;
    std::uint64_t watched_people = 0;
    std::uint64_t covered_people = 0; ///< of the roster at the end
    std::uint64_t alerts = 0;
    std::vector<std::string> findings; ///< sentences; empty: healthy
};
struct Health {
    std::vector<PolicyHealth> policies;
    std::vector<std::string> findings; ///< about the input as a whole
    runtime::Time first = runtime::never, last = runtime::beginning;
    std::uint64_t events = 0;
    std::uint64_t people = 0;
    std::size_t peak_bytes = 0;     ///< of all watches and kept history, at the most
    std::uint64_t peak_watches = 0; ///< that were open then
    bool limit = false;             ///< the memory limit was hit
};
Health health(const runtime::Program& program, const Stream& stream, const runtime::EngineOptions& engine);

/// `64 MiB`
std::string memory_text(std::size_t bytes);
/// `about 2 KiB a watch, and about 16 bytes for a record in its windows`
std::string memory_text(const WatchMemory& memory);
/// `1 watch`, `2 watches`
std::string counted(std::uint64_t number, std::string_view one);
/// Lines for a terminal; `health` may be nullptr.
std::string audit_text(const runtime::Program& program, const Audit& audit, const Health* health);
/// One JSON object and a line end.
std::string audit_json(const runtime::Program& program, const Audit& audit, const Health* health);
/// A page for people who have to agree to it.
std::string audit_page(const runtime::Program& program, const Audit& audit, const Health* health);

} // namespace watchword::desk
