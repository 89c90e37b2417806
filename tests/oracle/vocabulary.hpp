// The world of the random cases: a few event types whose fields have few different values, so that things coincide.
#pragma once

#include "tests/oracle/random.hpp"
#include "tests/oracle/story.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watchword::oracle {

enum class FieldKind { integer, size, real, truth, text, host, person, color, time };

struct FieldRow {
    std::string name;
    FieldKind kind;
    bool optional = false;
};

struct EventRow {
    std::string name;
    std::vector<FieldRow> fields; ///< beside `user`, the subject
    int weight = 1;               ///< of its records in a story
    std::string clause;           ///< after the fields
};

/// Activity first, then what HR sends.
const std::vector<EventRow>& vocabulary();
const EventRow& event_row(std::string_view name);
inline const std::vector<std::string> activity{"act.copy", "act.logon", "act.send"};

/// Their declarations, and the employee's: group, privileged, grade, zone, shift and its end.
std::string declarations();
/// The people's zones; clocks change in two of them.
inline const std::vector<std::string> zones{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"};
/// One of the few values that a field takes, and one as the language writes it.
Datum random_value(Random& random, const FieldRow& field, runtime::Time around, runtime::Duration unit);
std::string random_literal(Random& random, FieldKind kind);

} // namespace watchword::oracle
