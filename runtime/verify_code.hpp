// Whether a piece of code is safe to run: a walk over it, forward as the jumps are, that knows for every register what
// kind of value it holds. Knows instructions and slots, nothing of policies.
#pragma once

#include "runtime/program.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace watchword::runtime {

/// What the code's frame has: the types behind each slot. Empty: nothing there.
struct CodeContext {
    std::vector<Type> fields;
    std::vector<Type> trigger;
    std::vector<Type> captures;
    const SignalPlan* signal = nullptr; ///< its windows, usuals and peers; nullptr: none
    bool has_person = true;             ///< attributes and the roster can be asked
};

class CodeVerifier {
public:
    explicit CodeVerifier(const Program& program) : program_(program) {}

    /// An empty text: fine. `result`: the kind that the piece must give (absent is always allowed); Kind::error: any.
    std::string check(CodeId code, const CodeContext& context, Type result);

private:
    /// What is known of a register. Kinds of one representation are one: all texts are Kind::text, all that is held as
    /// an integer Kind::integer.
    struct Held {
        Kind kind = Kind::error;  ///< error: not written, or different things on different ways here
        bool absent = false;      ///< certainly absent: fits everywhere
        bool empty = false;       ///< a list without elements: fits every list
        std::uint16_t detail = 0; ///< of a list its element's kind, of an enumeration which
        std::int64_t most = -1;   ///< of an integer: all its possible values are from 0 to this; negative: not known
    };
    using Registers = std::array<Held, max_registers>;

    static Held held(Type type);
    static Held element(const Held& list);
    static Held join(const Held& left, const Held& right);
    bool fits(const Held& value, Type type) const;
    bool is(unsigned index, Kind kind) const;
    bool written(unsigned index) const { return registers_[index].kind != Kind::error || registers_[index].absent; }

    bool piece(std::size_t begin, std::size_t end, Type result, std::size_t& after);
    bool step(std::size_t at, std::size_t end);
    bool loop(std::size_t at, std::size_t end);
    bool in_bounds(const Instruction& instruction, const OpcodeRow& row) const;
    bool operand_in_bounds(OperandKind kind, std::int64_t value) const;
    bool operands_fit(const Instruction& instruction) const;
    bool list_operands_fit(const Instruction& instruction) const;
    bool constant_operands_fit(const Instruction& instruction) const;
    Held result_of(const Instruction& instruction) const;
    Held loaded(const Instruction& instruction) const;
    Held listed(const Instruction& instruction) const;
    bool fail(std::size_t at, const char* problem);

    const Program& program_;
    const CodeContext* context_ = nullptr;
    Registers registers_;
    std::map<std::size_t, Registers> arriving_; ///< at a jump's target: what the jumps bring
    unsigned depth_ = 0;
    std::string problem_;
};

} // namespace watchword::runtime
