// What a change of policies does to the alerts over the same events: which come, go or move, and by which changed
// clause. Everything comes from running the engine; nothing is guessed from the texts.
#pragma once

#include "desk/stream.hpp"
#include "desk/text_change.hpp"
#include "runtime/engine.hpp"
#include "stdlib/pseudonym.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace watchword::desk {

enum class DifferenceKind : std::uint8_t {
    added,
    removed,
    moved,    ///< in time or level
    rescored, ///< the same alert with another score
};

/// The part of an alert that is compared and shown; policies by name, since their numbers differ between programs.
struct ComparedAlert {
    std::string id, policy, subject, cause;
    runtime::Level level = runtime::Level::info;
    runtime::Time time = 0;
    double score = 0;
    bool is_level = false; ///< its cause is a threshold, whose number may change
};

struct AlertDifference {
    DifferenceKind kind = DifferenceKind::added;
    std::optional<ComparedAlert> before, after;
    std::vector<std::size_t> changes; ///< that bring it about: indices in Comparison::texts.changes
    bool together = false;            ///< no change alone does; these have to come together
    const ComparedAlert& shown() const { return after ? *after : *before; }
};

struct Comparison {
    TextChanges texts;
    std::vector<AlertDifference> differences; ///< by time
    std::uint64_t unchanged = 0;
    bool attributed = true; ///< false: too many changes to try them one by one
    std::string problem;    ///< empty, or why the two could not be compared
};

/// A version of the policies, compiled, with the events as it reads them.
struct PolicyVersion {
    std::vector<PolicyFile> texts;
    const runtime::Program& program;
    const Stream& stream;
};
/// How versions between the two are tried.
struct Trials {
    /// nullopt: does not compile.
    std::function<std::optional<runtime::Program>(const std::vector<PolicyFile>&)> compile;
    /// The events as a program reads them that reads foreign records like neither version. Null: such are not tried,
    /// for all records are our own.
    std::function<Stream(const runtime::Program&)> read;
};

Comparison compare(const PolicyVersion& before, const PolicyVersion& after, const Trials& trials,
                   const runtime::EngineOptions& engine);

/// Lines for a terminal.
std::string comparison_text(const Comparison& comparison, const stdlib::Pseudonyms& pseudonyms, bool color);
/// One JSON object a line: the differences, then what was counted.
std::string comparison_json(const Comparison& comparison, const stdlib::Pseudonyms& pseudonyms);

} // namespace watchword::desk
