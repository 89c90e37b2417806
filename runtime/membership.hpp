// Being a member of something: constant sets, tables, networks, lists. For the interpreter alone.
#pragma once

#include "runtime/program.hpp"

namespace watchword::runtime {

/// Whether a present value is in the set. Texts are folded first if the set is; false when scratch is full then.
bool is_member(const ConstantSet& set, const Value& value, Scratch& scratch) noexcept;
/// Whether the address lies in one of the set's networks.
bool is_in_network(const ConstantSet& set, const Value& address) noexcept;
/// Whether the values, one a column and all present, are a row of the table.
bool is_row(const ConstantTable& table, const Value* values, std::size_t count) noexcept;
bool overlaps_set(const ConstantSet& set, const Value& list, Scratch& scratch) noexcept;

/// How the elements of a list are held.
enum class Held : std::uint8_t { integer, real, text };
bool is_element(const Value& value, const Value& list, Held held) noexcept;
/// Whether the lists share an element. Long ones are sorted in scratch first; absent when it is full.
Value overlap(const Value& left, const Value& right, Held held, Scratch& scratch) noexcept;

/// Simple case folding of a text; the text itself where it is folded; data() is nullptr when scratch is full.
std::string_view fold_into(std::string_view text, Scratch& scratch) noexcept;

} // namespace watchword::runtime
