// Between values and the text of foreign records: what the opcodes `parse`, `parse_enumeration`, `parse_list` and
// `show` do. For the interpreter alone. Absent in, absent out; results live in scratch or in the text they were read
// from.
#pragma once

#include "runtime/program.hpp"
#include "runtime/roster.hpp"

namespace watchword::runtime {

/// Blanks at the ends do not count, and a text of nothing else is absent. Persons, texts and zones stay text; hosts and
/// addresses are folded. Absent too: what does not parse, and when scratch is full.
Value read_value(std::string_view text, Kind kind, std::string_view zone, Scratch& scratch) noexcept;
/// Without regard to case; blanks, `-` and `_` are alike.
Value read_word(std::string_view text, const Enumeration& words) noexcept;
/// Split at `;`, or at `,` where there is none; empty items are left out; absent if one does not parse.
Value read_list(std::string_view text, Kind element, std::string_view zone, Scratch& scratch) noexcept;
/// As the language writes it; a person as the employee id. `words` only for enumerations.
Value show_value(const Value& value, Kind kind, const Enumeration* words, const Roster* roster,
                 Scratch& scratch) noexcept;

} // namespace watchword::runtime
