// One piece of code while it is made: expression by expression into registers, last one free first. Private to codegen.
#pragma once

#include "dsl/codegen.hpp"

#include <unordered_map>

namespace watchword::dsl {

inline constexpr std::size_t max_piece = 16'384;   ///< instructions of one piece
inline constexpr std::size_t max_code = 4'000'000; ///< of a program
inline constexpr unsigned max_depth = 1'000;       ///< of expressions within expressions, inlined ones too

class Piece {
public:
    Piece(CodeGenerator& generator, const Model& model, const CodeScope& scope)
        : generator_(generator), model_(model), scope_(scope) {
        environment_.tree = scope.tree;
        if (scope.parameters != nullptr) environment_.parameters = *scope.parameters;
    }

    /// The value as used, in register `out`; registers from `out` on are overwritten.
    void used(ExprId expr, unsigned out);
    /// A condition in `out`: the same value, parts perhaps in a cheaper order.
    void reference(const Ref& ref, unsigned out);
    void member(runtime::Opcode opcode, std::uint16_t entry, runtime::Member member, Type type, unsigned out);
    void constant(const Constant& constant, unsigned out);
    /// A value of `from` in `out` becomes one of `to`; absent stays absent.
    void convert(Type from, Type to, unsigned out);
    void joined(const std::vector<ExprId>& exprs, unsigned out);
    void emit(runtime::Opcode opcode, unsigned a, unsigned b = 0, unsigned c = 0, std::int64_t immediate = 0);

    /// Ends the piece with the value in register 0.
    std::vector<runtime::Instruction> finish();
    bool too_large() const { return too_large_; }

private:
    /// Names of the text being compiled: the scope's own, or those of an inlined definition.
    struct Environment {
        std::uint32_t tree = 0;
        BoundParameters parameters;                     ///< those that are constant
        std::vector<unsigned> registers;                ///< of the others of a definition
        std::unordered_map<ExprId, unsigned> variables; ///< quantifier → register of its element
    };
    /// Jumps taken when an operand is absent.
    using Guard = std::vector<std::size_t>;

    const ExprInfo& info(ExprId expr) const { return model_.info(environment_.tree, expr); }
    const Expr& expr(ExprId id) const { return model_.expr(environment_.tree, id); }
    std::optional<Constant> listed_value(ExprId id) const {
        return listed_constant(model_, environment_.tree, id, &environment_.parameters);
    }
    std::optional<Constant> used_value(ExprId id) const {
        return used_constant(model_, environment_.tree, id, &environment_.parameters);
    }
    const std::string& zone() const { return model_.zones[environment_.tree]; }

    void plain(ExprId id, unsigned out); ///< before its implied conversion
    /// A text that stands for a person, as it is written.
    void account_text(ExprId id, unsigned out);
    /// A constant as code holds it: people as persons, not as the names that constants have of them.
    void present_constant(const Constant& known, unsigned out);
    void path(ExprId id, unsigned out);
    void unary(const Unary& unary, ExprId id, unsigned out);
    void binary(const Binary& binary, ExprId id, unsigned out);
    void logic(const Binary& binary, ExprId id, unsigned out);
    void conjuncts(ExprId id, std::vector<ExprId>& into) const;
    bool is_expensive(ExprId id, unsigned depth) const;
    void coalesce(const Binary& binary, ExprId id, unsigned out);
    /// A number; `real`: as a real.
    void operand(ExprId id, bool real, unsigned out);
    void arithmetic(const Binary& binary, ExprId id, unsigned out);
    void comparison(const Binary& binary, unsigned out);
    void constant_comparison(BinaryOp op, std::int64_t number, unsigned out);
    void equality_of_texts(const Binary& binary, unsigned out);
    void text_operator(const Binary& binary, unsigned out);
    void matches(const Binary& binary, unsigned out);
    void membership(const Binary& binary, unsigned out);
    void in_range(const Binary& binary, const RangeExpr& range, unsigned out);
    void in_table(const Binary& binary, std::uint32_t table, unsigned out);
    std::uint32_t named_list(ExprId id) const;
    void in_constants(const Constant& list, const Binary& binary, unsigned out);
    void overlaps(const Binary& binary, unsigned out);
    void conditional(const Conditional& conditional, ExprId id, unsigned out);
    void call(const Call& call, ExprId id, unsigned out);
    void inlined(const Call& call, std::uint32_t define, unsigned out);
    void list(const ListExpr& list, unsigned out);
    void quantifier(const Quantifier& quantifier, ExprId id, unsigned out);
    void baseline(const BaselineExpr& baseline, ExprId id, unsigned out);
    /// An operand of text comparison: a text, of a person the folded id; `folded`: in simple case folding.
    void text_operand(ExprId id, bool folded, unsigned out);
    /// A person in `out` becomes the text that it is compared with others by.
    void name_person(unsigned out) {
        emit(scope_.accounts ? runtime::Opcode::fold : runtime::Opcode::person_id, out, out);
    }
    /// The same of a text that stands for a person.
    void name_account(unsigned out) {
        emit(scope_.accounts ? runtime::Opcode::fold : runtime::Opcode::account_id, out, out);
    }
    void negate_if(bool negate, unsigned out);

    std::size_t jump(runtime::Opcode opcode, unsigned a = 0); ///< to be landed
    void land(std::size_t jump);
    void guard(Guard& guard, ExprId operand, unsigned in);
    void guard_register(Guard& guard, unsigned in) { guard.push_back(jump(runtime::Opcode::jump_if_absent, in)); }
    /// Where the guards lead: `out` is absent.
    void close(const Guard& guard, unsigned out);
    void give_up() { too_large_ = true; }

    CodeGenerator& generator_;
    const Model& model_;
    const CodeScope& scope_;
    Environment environment_;
    std::vector<runtime::Instruction> code_;
    unsigned depth_ = 0;
    bool too_large_ = false;
};

/// The sets for `in`: nullopt if an item has no value of that kind.
std::optional<runtime::ConstantSet> constant_set(const Model& model, const std::vector<Constant>& items, Kind kind,
                                                 bool folded, const std::string& zone);

} // namespace watchword::dsl
