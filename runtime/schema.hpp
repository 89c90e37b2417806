// What records look like: event types with their fields, the employee's attributes, enumerations.
#pragma once

#include "runtime/type.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::runtime {

inline constexpr std::int32_t no_slot = -1;

struct Enumeration {
    std::vector<std::string> words; ///< the ordinal is the index
};

struct Field {
    std::string name;
    Type type; ///< optional: a record may lack it
    bool sensitive = false;
    /// Value used where a record lacks the field; only for fields whose type is not optional. The field then counts as
    /// present everywhere. nullopt: the field is required.
    std::optional<Value> fallback;
    /// Where decoders put it in Event::fields; no_slot: nothing reads it, decoders may skip it.
    std::int32_t slot = no_slot;
    std::string doc;
};

/// A change that an event makes to the roster entry of its subject: attribute = value of `code` unless that is absent.
struct RosterUpdate {
    std::uint32_t attribute = 0;
    std::uint32_t code = 0; ///< CodeId, over the event's fields
};

struct EventSchema {
    std::string name; ///< dotted, such as `file.copy`
    std::vector<Field> fields;
    std::int32_t subject = no_slot; ///< index in `fields` of the first person field
    std::uint32_t slots = 0;        ///< how many fields have a slot
    /// Named by some policy or test or by a roster update; records of other types end at the decoder.
    bool used = false;
    /// Named in some `opens` or `closes`, or changes the roster: never dropped as late.
    bool never_late = false;
    std::vector<RosterUpdate> updates;
    bool adds_employee = false; ///< `adds employee`: a subject the roster does not know is entered in it
    std::string doc;

    const Field* find(std::string_view field) const {
        for (const Field& candidate : fields)
            if (candidate.name == field) return &candidate;
        return nullptr;
    }
};

/// The roster's attributes. `fallback` or an optional type is compulsory for each.
struct EmployeeSchema {
    std::vector<Field> attributes; ///< slot = index
    std::int32_t zone = no_slot;   ///< the attribute of type zone that says where a person's days begin
};

} // namespace watchword::runtime
