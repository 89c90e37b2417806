// Operators: logic, comparison, text, arithmetic. Absent operands make the result absent where the checker lets them
// be.
#include "dsl/codegen_piece.hpp"

#include "dsl/comparison.hpp"
#include "runtime/text.hpp"

#include <algorithm>
#include <bit>

namespace watchword::dsl {

using runtime::Opcode;

void Piece::negate_if(bool negate, unsigned out) {
    if (negate) emit(Opcode::logic_not, out, out);
}

void Piece::unary(const Unary& unary, ExprId id, unsigned out) {
    used(unary.operand, out);
    if (unary.op == UnaryOp::logic_not) return emit(Opcode::logic_not, out, out);
    Guard absent;
    guard(absent, unary.operand, out);
    emit(info(id).type.kind == Kind::real ? Opcode::negate_real : Opcode::negate_integer, out, out);
    close(absent, out);
}

void Piece::binary(const Binary& binary, ExprId id, unsigned out) {
    switch (binary.op) {
    case BinaryOp::logic_or:
    case BinaryOp::logic_and:
        return logic(binary, id, out);
    case BinaryOp::equal:
    case BinaryOp::unequal:
    case BinaryOp::less:
    case BinaryOp::at_most:
    case BinaryOp::more:
    case BinaryOp::at_least:
        return comparison(binary, out);
    case BinaryOp::in:
    case BinaryOp::not_in:
        return membership(binary, out);
    case BinaryOp::contains:
    case BinaryOp::starts_with:
    case BinaryOp::ends_with:
    case BinaryOp::like:
        return text_operator(binary, out);
    case BinaryOp::matches:
        return matches(binary, out);
    case BinaryOp::overlaps:
        return overlaps(binary, out);
    case BinaryOp::coalesce:
        return coalesce(binary, id, out);
    case BinaryOp::add:
    case BinaryOp::subtract:
    case BinaryOp::multiply:
    case BinaryOp::divide:
    case BinaryOp::modulo:
        return arithmetic(binary, id, out);
    }
}

void Piece::conjuncts(ExprId id, std::vector<ExprId>& into) const {
    const auto* binary = std::get_if<Binary>(&expr(id).node);
    if (binary == nullptr || binary->op != BinaryOp::logic_and || info(id).lifted) return into.push_back(id);
    conjuncts(binary->left, into);
    conjuncts(binary->right, into);
}

bool Piece::is_expensive(ExprId id, unsigned depth) const {
    const auto& node = expr(id).node;
    if (depth > max_depth) return true;
    if (const auto* unary = std::get_if<Unary>(&node)) return is_expensive(unary->operand, depth + 1);
    if (const auto* binary = std::get_if<Binary>(&node)) {
        switch (binary->op) {
        case BinaryOp::contains:
        case BinaryOp::starts_with:
        case BinaryOp::ends_with:
        case BinaryOp::like:
        case BinaryOp::matches:
            return true;
        default:
            return is_expensive(binary->left, depth + 1) || is_expensive(binary->right, depth + 1);
        }
    }
    return std::holds_alternative<Call>(node) || std::holds_alternative<Quantifier>(node) ||
           std::holds_alternative<Conditional>(node);
}

/// Expressions are total, so the order of a conjunction cannot show: what is cheap goes first, among equals as written.
/// A guard such as `has x` is cheap and stays before its uses.
void Piece::logic(const Binary& binary, ExprId id, unsigned out) {
    const bool both = binary.op == BinaryOp::logic_and;
    if (info(id).lifted) {
        used(binary.left, out);
        used(binary.right, out + 1);
        return emit(both ? Opcode::logic_and : Opcode::logic_or, out, out, out + 1);
    }
    std::vector<ExprId> parts;
    if (both) {
        conjuncts(id, parts);
        std::stable_partition(parts.begin(), parts.end(), [&](ExprId part) { return !is_expensive(part, 0); });
    } else {
        parts = {binary.left, binary.right};
    }
    std::vector<std::size_t> decided;
    for (std::size_t i = 0; i < parts.size() && !too_large_; ++i) {
        used(parts[i], out);
        if (i + 1 < parts.size()) decided.push_back(jump(both ? Opcode::jump_if_false : Opcode::jump_if_true, out));
    }
    for (const std::size_t from : decided) land(from);
}

void Piece::coalesce(const Binary& binary, ExprId id, unsigned out) {
    const Type result = info(id).type;
    used(binary.left, out);
    const std::size_t present = jump(Opcode::jump_if_present, out);
    used(binary.right, out);
    if (info(binary.right).as.kind != result.kind) convert(info(binary.right).as, result, out);
    if (info(binary.left).as.kind == result.kind) return land(present);
    const std::size_t end = jump(Opcode::jump);
    land(present);
    convert(info(binary.left).as, result, out);
    land(end);
}

void Piece::operand(ExprId id, bool real, unsigned out) {
    const Kind kind = info(id).as.kind;
    const std::optional<Constant> known = real && is_integral(kind) ? used_value(id) : std::nullopt;
    if (known && known->present) {
        const double value = static_cast<double>(known->integer);
        return emit(Opcode::load_real, out, 0, 0, std::bit_cast<std::int64_t>(value));
    }
    used(id, out);
    if (real && is_integral(kind)) emit(Opcode::integer_to_real, out, out); // absent stays absent
}

void Piece::arithmetic(const Binary& binary, ExprId id, unsigned out) {
    const Kind left = info(binary.left).as.kind;
    const Kind right = info(binary.right).as.kind;
    const Kind result = info(id).type.kind;
    const bool real = !runtime::is_textual(left) && (binary.op == BinaryOp::divide || left == Kind::real ||
                                                     right == Kind::real || result == Kind::real);
    Guard absent;
    operand(binary.left, real, out);
    guard(absent, binary.left, out);
    operand(binary.right, real, out + 1);
    guard(absent, binary.right, out + 1);
    if (runtime::is_textual(left)) {
        emit(Opcode::concat, out, out, out + 1);
        return close(absent, out);
    }
    Opcode opcode = Opcode::modulo_integer;
    if (binary.op == BinaryOp::add) opcode = real ? Opcode::add_real : Opcode::add_integer;
    if (binary.op == BinaryOp::subtract) opcode = real ? Opcode::subtract_real : Opcode::subtract_integer;
    if (binary.op == BinaryOp::multiply) opcode = real ? Opcode::multiply_real : Opcode::multiply_integer;
    if (binary.op == BinaryOp::divide) opcode = Opcode::divide_real;
    emit(opcode, out, out, out + 1);
    if (real && result != Kind::real) emit(Opcode::real_to_integer, out, out);
    close(absent, out);
}

namespace {

Opcode compare_integers(BinaryOp op) {
    switch (op) {
    case BinaryOp::equal:
        return Opcode::equal_integer_constant;
    case BinaryOp::unequal:
        return Opcode::unequal_integer_constant;
    case BinaryOp::less:
        return Opcode::less_integer_constant;
    case BinaryOp::at_most:
        return Opcode::at_most_integer_constant;
    case BinaryOp::more:
        return Opcode::more_integer_constant;
    default:
        return Opcode::at_least_integer_constant;
    }
}

enum class Held : std::uint8_t { integer, real, text };

/// The instruction, and whether its operands change places.
std::pair<Opcode, bool> compare_registers(BinaryOp op, Held held) {
    const auto of = [&](Opcode integer, Opcode real, Opcode text) {
        return held == Held::integer ? integer : held == Held::real ? real : text;
    };
    switch (op) {
    case BinaryOp::equal:
        return {of(Opcode::equal_integer, Opcode::equal_real, Opcode::equal_text), false};
    case BinaryOp::unequal:
        return {of(Opcode::unequal_integer, Opcode::unequal_real, Opcode::unequal_text), false};
    case BinaryOp::less:
    case BinaryOp::more:
        return {of(Opcode::less_integer, Opcode::less_real, Opcode::less_text), op == BinaryOp::more};
    default:
        return {of(Opcode::at_most_integer, Opcode::at_most_real, Opcode::at_most_text), op == BinaryOp::at_least};
    }
}

bool is_folded_kind(Kind kind) { return kind == Kind::host || kind == Kind::email || kind == Kind::person; }

} // namespace

void Piece::constant_comparison(BinaryOp op, std::int64_t number, unsigned out) {
    emit(compare_integers(op), out, out, 0, number);
}

void Piece::text_operand(ExprId id, bool folded, unsigned out) {
    if (std::optional<Constant> known = used_value(id)) {
        if (folded) known->text = runtime::fold(known->text);
        constant(*known, out);
        if (info(id).as.kind == Kind::person) name_account(out);
        return;
    }
    const ExprInfo& what = info(id);
    const bool person = what.type.kind == Kind::person;
    const bool account = !person && what.as.kind == Kind::person; // a text that stands for a person
    if (account)
        account_text(id, out);
    else
        used(id, out);
    Guard absent;
    guard(absent, id, out);
    if (person && what.as.kind == Kind::person) name_person(out);
    if (account)
        name_account(out);
    else if (folded && !person && !is_folded_kind(what.as.kind) && what.as.kind != Kind::ip)
        emit(Opcode::fold, out, out);
    for (const std::size_t skipped : absent) land(skipped);
}

void Piece::equality_of_texts(const Binary& binary, unsigned out) {
    const bool folding = binary.folded && !used_value(binary.left) && !used_value(binary.right);
    Guard absent;
    text_operand(binary.left, binary.folded && !folding, out);
    guard(absent, binary.left, out);
    text_operand(binary.right, binary.folded && !folding, out + 1);
    guard(absent, binary.right, out + 1);
    if (folding) {
        emit(Opcode::equal_folded, out, out, out + 1);
        negate_if(binary.op == BinaryOp::unequal, out);
    } else {
        const auto [opcode, swapped] = compare_registers(binary.op, Held::text);
        emit(opcode, out, swapped ? out + 1 : out, swapped ? out : out + 1);
    }
    close(absent, out);
}

void Piece::comparison(const Binary& binary, unsigned out) {
    const ExprInfo& left = info(binary.left);
    const ExprInfo& right = info(binary.right);
    const bool people = !scope_.accounts && left.type.kind == Kind::person && right.type.kind == Kind::person &&
                        !used_value(binary.left) && !used_value(binary.right);
    const Kind kind = left.as.kind;
    const auto by_text = [](Kind one) { return runtime::is_textual(one) || one == Kind::ip || one == Kind::person; };
    if (!people && (by_text(kind) || by_text(right.as.kind))) return equality_of_texts(binary, out);
    const bool real = kind == Kind::real || right.as.kind == Kind::real;
    Guard absent;
    const std::optional<Constant> low = real || people ? std::nullopt : used_value(binary.left);
    const std::optional<Constant> high = real || people ? std::nullopt : used_value(binary.right);
    if (high && high->present) {
        used(binary.left, out);
        guard(absent, binary.left, out);
        constant_comparison(binary.op, high->integer, out);
        return close(absent, out);
    }
    if (low && low->present) {
        used(binary.right, out);
        guard(absent, binary.right, out);
        constant_comparison(mirrored(binary.op), low->integer, out);
        return close(absent, out);
    }
    operand(binary.left, real, out);
    guard(absent, binary.left, out);
    operand(binary.right, real, out + 1);
    guard(absent, binary.right, out + 1);
    const auto [opcode, swapped] = compare_registers(binary.op, real ? Held::real : Held::integer);
    emit(opcode, out, swapped ? out + 1 : out, swapped ? out : out + 1);
    close(absent, out);
}

void Piece::text_operator(const Binary& binary, unsigned out) {
    Guard absent;
    text_operand(binary.left, binary.folded, out);
    guard(absent, binary.left, out);
    text_operand(binary.right, binary.folded, out + 1);
    guard(absent, binary.right, out + 1);
    Opcode opcode = Opcode::like;
    if (binary.op == BinaryOp::contains) opcode = Opcode::contains;
    if (binary.op == BinaryOp::starts_with) opcode = Opcode::starts_with;
    if (binary.op == BinaryOp::ends_with) opcode = Opcode::ends_with;
    emit(opcode, out, out, out + 1);
    close(absent, out);
}

void Piece::matches(const Binary& binary, unsigned out) {
    const std::optional<Constant> written = used_value(binary.right);
    const std::optional<std::uint32_t> pattern =
        written ? generator_.pattern_index((binary.folded ? "(?i)" : "") + written->text) : std::nullopt;
    if (!pattern) return emit(Opcode::load_integer, out); // refused by the checker: matches nothing
    Guard absent;
    text_operand(binary.left, false, out);
    guard(absent, binary.left, out);
    emit(Opcode::matches, out, out, *pattern);
    close(absent, out);
}

} // namespace watchword::dsl
