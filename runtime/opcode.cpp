// The rows of opcodes.def as data, for the listing, the verifier and the reference.
#include "runtime/program.hpp"

#include <array>

namespace watchword::runtime {

namespace {

constexpr std::array opcode_rows{
#define OPCODE(name, a, b, c, immediate, doc)                                                                          \
    OpcodeRow{#name, OperandKind::a, OperandKind::b, OperandKind::c, OperandKind::immediate, doc},
#include "runtime/opcodes.def"
#undef OPCODE
};

} // namespace

const OpcodeRow* opcode_row(Opcode opcode) {
    const auto index = static_cast<std::size_t>(opcode);
    return index < opcode_rows.size() ? &opcode_rows[index] : nullptr;
}

} // namespace watchword::runtime
