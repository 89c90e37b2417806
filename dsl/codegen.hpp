// Expressions → instructions. One piece of code computes one value in one scope: what the names mean there, slot by
// slot, is asked of the scope. Knows expressions and registers; what the code is for is the business of lower.
#pragma once

#include "dsl/codegen_constant.hpp"
#include "dsl/model.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace watchword::dsl {

/// What a piece of code can see. A function that is empty or gives nullopt means: the value is absent here.
struct CodeScope {
    using Slot = std::optional<std::uint16_t>;
    std::uint32_t tree = 0;
    const BoundParameters* parameters = nullptr;   ///< of the signal
    std::function<Slot(const std::string&)> field; ///< of the current event, by name
    std::function<Slot(const Ref&)> capture;       ///< of step fields, and of what is `of_step`
    std::function<Slot(const Ref&)> trigger;       ///< of trigger fields, and of what is `of_trigger`
    bool accounts = false;             ///< people are account names, as texts: in sources, before anybody is looked up
    std::optional<std::string> signal; ///< the current event is a hit of this signal
};

/// Pools of one program: constants, sets, patterns, pieces; equal ones are kept once.
class CodeGenerator {
public:
    CodeGenerator(const Model& model, runtime::Program& program) : model_(model), program_(program) {}

    /// no_code for no_expr and for a condition that is always true.
    runtime::CodeId condition(const CodeScope& scope, ExprId expr);
    /// The value as used (ExprInfo::as); no_code for no_expr.
    runtime::CodeId value(const CodeScope& scope, ExprId expr);
    /// Several values as one: a list of their texts; absent if one of them is.
    runtime::CodeId joined(const CodeScope& scope, const std::vector<ExprId>& exprs);
    /// The value that a path refers to, without conversion.
    runtime::CodeId reference(const CodeScope& scope, const Ref& ref);
    runtime::CodeId constant(const Constant& constant);
    /// `opcode` into a register, and its end: `load_window`, `load_usual`.
    runtime::CodeId load(runtime::Opcode opcode, std::uint16_t b = 0, std::uint16_t c = 0);
    /// A member of a usual or peers value, whole if it has a unit.
    runtime::CodeId load_member(runtime::Opcode opcode, std::uint16_t entry, runtime::Member member, Type type);

    std::uint32_t constant_index(const Constant& constant);
    /// Sets with the same content are one, but each named list is its own: its file may be read anew.
    std::uint32_t set_index(runtime::ConstantSet set, std::uint32_t list = none);
    /// nullopt: RE2 does not take it.
    std::optional<std::uint32_t> pattern_index(const std::string& pattern);
    std::uint32_t function_index(std::uint32_t function); ///< of Model::functions
    /// Index in Program::tables; tables nobody asks are left out.
    std::uint32_t table_index(std::uint32_t table);

    /// Appends a finished piece whose jumps are relative to its start.
    runtime::CodeId add(std::vector<runtime::Instruction> piece);

    /// An expression needed more registers, code or nesting than there is; its code is then `absent`. The first such.
    const std::optional<Span>& too_large() const { return too_large_; }
    void give_up(Span span) {
        if (!too_large_) too_large_ = span;
    }

private:
    const Model& model_;
    runtime::Program& program_;
    std::map<std::string, runtime::CodeId> pieces_;
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> constants_; ///< (kind and detail, bytes)
    std::map<std::string, std::uint32_t> sets_;
    std::map<std::string, std::optional<std::uint32_t>> patterns_;
    std::map<std::uint32_t, std::uint32_t> functions_, tables_;
    std::optional<Span> too_large_;
};

} // namespace watchword::dsl
