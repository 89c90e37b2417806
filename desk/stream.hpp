// Everything that inputs bring, held in memory: events in total order with where each stood, the rosters as entered,
// and whom each event is about. Made once, pushed into engines again and again (desk/replay.hpp). Knows no policy.
#pragma once

#include "desk/progress.hpp"
#include "runtime/event.hpp"
#include "runtime/program.hpp"
#include "stdlib/sources/arena.hpp"
#include "stdlib/sources/input.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace watchword::desk {

/// Whom no event is about: also of events of types without a person.
inline constexpr std::uint32_t no_person = UINT32_MAX;

struct StreamEvent {
    runtime::Event event;             ///< points into the stream
    std::uint32_t person = no_person; ///< index in Stream::people
    std::uint32_t file = 0;           ///< index in Stream::files
    std::uint64_t line = 0;           ///< on which the record starts, from 1
};

/// An employee as a roster file, a source or a test entered it.
struct StreamEmployee {
    std::size_t before = 0;          ///< index of the first event that is pushed after it
    std::optional<runtime::Time> at; ///< a change from outside the stream, at that time; else known before
    std::string id;
    std::vector<std::string> aliases;
    std::vector<std::pair<std::uint32_t, runtime::Value>> attributes; ///< point into the stream
};

/// What the slots of the events mean, by name: programs of the same layout can be fed alike.
struct StreamLayout {
    struct Slot {
        std::string field;
        runtime::Type type;
        friend bool operator==(const Slot&, const Slot&) = default;
    };
    std::vector<std::string> events;
    std::vector<std::vector<Slot>> slots; ///< per event type
    std::vector<Slot> attributes;
    friend bool operator==(const StreamLayout&, const StreamLayout&) = default;
};
StreamLayout layout_of(const runtime::Program& program);

/// Indices of events, grouped.
class EventIndex {
public:
    EventIndex() = default;
    /// `groups`: of each event, below `count`, or it is in none.
    EventIndex(const std::vector<std::uint32_t>& groups, std::size_t count);
    std::span<const std::uint32_t> of(std::size_t group) const;

private:
    std::vector<std::uint32_t> events_;
    std::vector<std::size_t> begins_; ///< per group, and one behind the last
};

class Stream {
public:
    explicit Stream(const runtime::Program& program);

    /// Copies everything deeply. `event` has the slots of the stream's program.
    void add(const runtime::Event& event, std::string_view file, std::uint64_t line);
    void enter(const runtime::RosterEntry& entry, std::optional<runtime::Time> at = std::nullopt);
    /// There is a roster, even if nobody is in it.
    void require_roster() { has_roster = true; }
    /// Finds out whom each event is about; call it when everything is in.
    void resolve(const runtime::Program& program);

    /// Index in `people` of an employee id or account, without regard to case; no_person: nobody is called so.
    std::uint32_t find_person(std::string_view id) const;
    /// Indices in `events` of those about a person, and of those of a type, in order.
    std::span<const std::uint32_t> events_about(std::uint32_t person) const { return about_.of(person); }
    std::span<const std::uint32_t> events_of_type(std::uint32_t type) const { return of_type_.of(type); }
    /// Events by the id they go by; the first of several. nullptr: there is none.
    const StreamEvent* find_event(std::string_view id) const;
    /// `events.jsonl:17`
    std::string place(const StreamEvent& event) const;

    StreamLayout layout;
    std::vector<StreamEvent> events;
    std::vector<StreamEmployee> employees; ///< in the order in which they were entered
    std::vector<std::string> people;       ///< employee ids of all people some event or roster entry names
    std::vector<std::string> files;
    bool has_roster = false;
    std::optional<runtime::Time> until;   ///< behind the last event time passes to here; nullopt: it ends with them
    mutable Progress* progress = nullptr; ///< where replays of it count their events; must outlive them
    stdlib::InputStatistics input;        ///< what the inputs brought and what could not be used
    double reading_seconds = 0;           ///< processor time that reading and decoding took

private:
    runtime::Value copy(const runtime::Value& value, runtime::Type type);

    stdlib::Arena arena_;
    std::vector<std::size_t> ids_; ///< events by id
    EventIndex about_, of_type_;
    std::unordered_map<std::string, std::uint32_t> person_of_;
};

/// Reads rosters and inputs to their ends. What went wrong with files stands in `input.errors`.
Stream read_stream(const runtime::Program& program, const stdlib::InputOptions& options, Progress* progress = nullptr);

} // namespace watchword::desk
