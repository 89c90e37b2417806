// What a piece of bytecode reads, without running it. Knows operands, nothing of clauses.
#pragma once

#include "runtime/program.hpp"

#include <set>

namespace watchword::desk {

struct CodeReads {
    std::set<std::uint32_t> slots;      ///< of the event's fields
    std::set<std::uint32_t> attributes; ///< of the person in question
    bool other_people = false;          ///< roster attributes of somebody else
};
/// Adds what `code` reads; nothing for no_code.
void add_reads(const runtime::Program& program, runtime::CodeId code, CodeReads& into);

void add_reads(const runtime::Program& program, const runtime::CalendarPlan& calendar, CodeReads& into);

} // namespace watchword::desk
