// Jumps go forward only, so a piece ends at the first `finish` that no jump goes beyond.
#include "desk/code_reads.hpp"

#include <algorithm>

namespace watchword::desk {

using runtime::OperandKind;

void add_reads(const runtime::Program& program, const runtime::CalendarPlan& calendar, CodeReads& into) {
    for (const auto& [from, to] : calendar.hours) {
        add_reads(program, from, into);
        add_reads(program, to, into);
    }
    add_reads(program, calendar.zone, into);
    add_reads(program, calendar.except, into);
}

void add_reads(const runtime::Program& program, runtime::CodeId code, CodeReads& into) {
    if (code == runtime::no_code) return;
    std::size_t furthest = code;
    for (std::size_t at = code; at < program.code.size(); ++at) {
        const runtime::Instruction& instruction = program.code[at];
        const runtime::OpcodeRow* row = runtime::opcode_row(instruction.opcode);
        if (row == nullptr) return;
        const std::pair<OperandKind, std::uint32_t> operands[] = {
            {row->a, instruction.a}, {row->b, instruction.b}, {row->c, instruction.c}};
        for (const auto& [kind, value] : operands) {
            if (kind == OperandKind::field) into.slots.insert(value);
            if (kind == OperandKind::attribute) into.attributes.insert(value);
            if (kind == OperandKind::calendar) add_reads(program, program.calendars[value], into);
        }
        if (instruction.opcode == runtime::Opcode::load_attribute_of) into.other_people = true;
        if (row->immediate == OperandKind::target)
            furthest = std::max(furthest, static_cast<std::size_t>(instruction.immediate));
        if (instruction.opcode == runtime::Opcode::finish && at >= furthest) return;
    }
}

} // namespace watchword::desk
