// Being a member of something: constant sets, tables, networks, lists. For the interpreter alone.
#pragma once

#include "runtime/program.hpp"

namespace watchword::runtime {

class Roster;

/// Whether a present value is in the set. Texts are folded first if the set is; false when scratch is full then. A
/// person is in it by any of the names that the roster, if there is one, has for them.
bool is_member(const ConstantSet& set, const Value& value, const Roster* roster, Scratch& scratch) noexcept;
/// Whether the address lies in one of the set's networks.
bool is_in_network(const ConstantSet& set, const Value& address) noexcept;
/// Whether the values, one a column and all present, are a row of the table. Of people any name will do.
bool is_row(const ConstantTable& table, const Value* values, std::size_t count, const Roster* roster) noexcept;
bool overlaps_set(const ConstantSet& set, const Value& list, const Roster* roster, Scratch& scratch) noexcept;

/// How the elements of a list are held.
enum class Held : std::uint8_t { integer, real, text };
bool is_element(const Value& value, const Value& list, Held held) noexcept;
/// Whether the lists share an element. Long ones are sorted in scratch first; absent when it is full.
Value overlap(const Value& left, const Value& right, Held held, Scratch& scratch) noexcept;

/// Simple case folding of a text; the text itself where it is folded; data() is nullptr when scratch is full.
std::string_view fold_into(std::string_view text, Scratch& scratch) noexcept;

} // namespace watchword::runtime
