// Roster files in the native layouts: JSON Lines, one JSON list, or CSV with a header. Knows attributes, not policies.
#pragma once

#include "stdlib/sources/bytes.hpp"
#include "stdlib/sources/input.hpp"
#include "stdlib/sources/ledger.hpp"

#include <string>

namespace watchword::stdlib {

/// `{"id": "u1", "accounts": ["u1@x", "X\\u1"], "group": "R&D"}` a line or in a list, or the columns `id`, `accounts`
/// (separated by `;`) and attributes. An unknown attribute is noted once; a value of a wrong type rejects the record.
void read_roster(const runtime::Program& program, const Contents& contents, const std::string& file,
                 std::size_t longest_record, Ledger& ledger, const Input::EnterEmployee& enter);

} // namespace watchword::stdlib
