// Directories that are published whole from time to time, as the events that lie between two of them: who came, who
// changed, who is gone. Knows nothing of policies.
#pragma once

#include "runtime/program.hpp"
#include "stdlib/sources/input.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace watchword::desk {

/// Who is in a directory, by the folded id, with the attributes as JSON values.
struct RosterSnapshot {
    struct Person {
        std::string id;
        std::map<std::uint32_t, std::string> attributes; ///< by index in EmployeeSchema::attributes
    };
    std::map<std::string, Person> people;
};
/// Or a sentence: it cannot be read, or some record of it not.
std::variant<RosterSnapshot, std::string> read_roster_snapshot(const runtime::Program& program,
                                                               const stdlib::InputFile& file);

/// Types of the events to write: each has a person for its subject, and may have fields named like attributes.
struct RosterEvents {
    std::uint32_t hire = 0, change = 0, departure = 0;
};
/// A sentence if an event cannot tell of a person; else nothing.
std::string roster_event_problem(const runtime::Program& program, std::uint32_t event);

/// Native JSON Lines, all of that time: hires, changes, departures, each by id. What an event has no field for is not
/// told, and an attribute that is gone says nothing.
std::string roster_changes(const runtime::Program& program, const RosterEvents& events, const RosterSnapshot& before,
                           const RosterSnapshot& after, runtime::Time time);

} // namespace watchword::desk
