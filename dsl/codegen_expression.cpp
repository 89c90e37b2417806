// Expressions that are not operators: names, conditions, calls, lists, windowed values; and the control flow of a
// piece.
#include "dsl/codegen_piece.hpp"

#include <algorithm>
#include <bit>

namespace watchword::dsl {

using runtime::Instruction;
using runtime::Opcode;

void Piece::emit(Opcode opcode, unsigned a, unsigned b, unsigned c, std::int64_t immediate) {
    if (code_.size() >= max_piece) return give_up();
    Instruction instruction;
    instruction.opcode = opcode;
    instruction.a = static_cast<std::uint16_t>(a);
    instruction.b = static_cast<std::uint16_t>(b);
    instruction.c = static_cast<std::uint16_t>(c);
    instruction.immediate = immediate;
    code_.push_back(instruction);
}

std::vector<Instruction> Piece::finish() {
    if (too_large_ || code_.empty()) {
        code_.assign(1, Instruction{});
        code_.back().opcode = Opcode::load_absent;
    }
    code_.emplace_back(); // finish, of register 0
    return std::move(code_);
}

std::size_t Piece::jump(Opcode opcode, unsigned a) {
    emit(opcode, a);
    return code_.size() - 1;
}

void Piece::land(std::size_t jump) {
    if (!too_large_) code_[jump].immediate = static_cast<std::int64_t>(code_.size());
}

void Piece::guard(Guard& guard, ExprId operand, unsigned in) {
    if (info(operand).as.optional) guard_register(guard, in);
}

void Piece::close(const Guard& guard, unsigned out) {
    if (guard.empty()) return;
    const std::size_t end = jump(Opcode::jump);
    for (const std::size_t from : guard) land(from);
    emit(Opcode::load_absent, out);
    land(end);
}

void Piece::constant(const Constant& constant, unsigned out) {
    if (!constant.present) return emit(Opcode::load_absent, out);
    if (constant.type.kind == Kind::real)
        return emit(Opcode::load_real, out, 0, 0, std::bit_cast<std::int64_t>(constant.real));
    if (is_integral(constant.type.kind) && constant.type.kind != Kind::person)
        return emit(Opcode::load_integer, out, 0, 0, constant.integer);
    emit(Opcode::load_constant, out, 0, 0, generator_.constant_index(constant));
}

void Piece::used(ExprId id, unsigned out) {
    if (too_large_) return;
    if (depth_ >= max_depth || out + 4 >= runtime::max_registers) return give_up();
    ++depth_;
    if (const std::optional<Constant> known = used_value(id)) {
        present_constant(*known, out);
    } else {
        plain(id, out);
        convert(info(id).type, info(id).as, out);
    }
    --depth_;
}

void Piece::account_text(ExprId id, unsigned out) {
    if (too_large_) return;
    if (depth_ >= max_depth || out + 4 >= runtime::max_registers) return give_up();
    ++depth_;
    if (const std::optional<Constant> known = used_value(id))
        constant(*known, out);
    else
        plain(id, out);
    --depth_;
}

void Piece::present_constant(const Constant& known, unsigned out) {
    const bool people = static_cast<Kind>(known.type.detail) == Kind::person && known.type.kind == Kind::list;
    if (scope_.accounts || (known.type.kind != Kind::person && !people) || !known.present) return constant(known, out);
    if (!people) {
        constant(known, out);
        return emit(Opcode::find_person, out, out);
    }
    if (out + known.items.size() + 4 >= runtime::max_registers) return give_up();
    for (std::size_t i = 0; i < known.items.size(); ++i) {
        Constant item = known.items[i];
        item.type = {Kind::person, false, 0};
        present_constant(item, out + static_cast<unsigned>(i));
    }
    emit(Opcode::make_list, out, out, static_cast<unsigned>(known.items.size()));
}

void Piece::plain(ExprId id, unsigned out) {
    const auto& node = expr(id).node;
    if (std::holds_alternative<Path>(node)) return path(id, out);
    if (const auto* one = std::get_if<Unary>(&node)) return unary(*one, id, out);
    if (const auto* two = std::get_if<Binary>(&node)) return binary(*two, id, out);
    if (const auto* choice = std::get_if<Conditional>(&node)) return conditional(*choice, id, out);
    if (const auto* asked = std::get_if<Call>(&node)) return call(*asked, id, out);
    if (const auto* items = std::get_if<ListExpr>(&node)) return list(*items, out);
    if (const auto* each = std::get_if<Quantifier>(&node)) return quantifier(*each, id, out);
    if (const auto* usual = std::get_if<BaselineExpr>(&node)) return baseline(*usual, id, out);
    if (const auto* has = std::get_if<HasExpr>(&node)) {
        if (const std::optional<Constant> known = used_value(has->path))
            return emit(Opcode::load_integer, out, 0, 0, known->present ? 1 : 0);
        plain(has->path, out);
        return emit(Opcode::present, out, out);
    }
    if (std::holds_alternative<DuringExpr>(node)) return emit(Opcode::during, out, info(id).ref.index);
    if (std::holds_alternative<AggregateExpr>(node) || std::holds_alternative<NewExpr>(node))
        return emit(Opcode::load_window, out, info(id).window);
    emit(Opcode::load_absent, out); // a range or tuple outside of `in`: the checker has refused it
}

void Piece::path(ExprId id, unsigned out) {
    const Ref& ref = info(id).ref;
    const bool is_parameter = ref.kind == RefKind::parameter && ref.index < environment_.registers.size();
    if (is_parameter && ref.index < environment_.parameters.size() && environment_.parameters[ref.index])
        present_constant(*environment_.parameters[ref.index], out);
    else if (is_parameter)
        emit(Opcode::move, out, environment_.registers[ref.index]);
    else if (ref.kind == RefKind::variable && environment_.variables.contains(ref.index))
        emit(Opcode::move, out, environment_.variables.at(ref.index));
    else
        return reference(ref, out);
    if (ref.attribute != none) emit(Opcode::load_attribute_of, out, out, ref.attribute);
}

void Piece::reference(const Ref& ref, unsigned out) {
    const auto from_slot = [&](Opcode opcode, const CodeScope::Slot& slot) {
        slot ? emit(opcode, out, *slot) : emit(Opcode::load_absent, out);
    };
    if (ref.of_step || ref.kind == RefKind::step_field) {
        from_slot(Opcode::load_capture, scope_.capture ? scope_.capture(ref) : std::nullopt);
    } else if (ref.of_trigger || ref.kind == RefKind::trigger_field) {
        from_slot(Opcode::load_trigger, scope_.trigger ? scope_.trigger(ref) : std::nullopt);
    } else {
        switch (ref.kind) {
        case RefKind::field:
            from_slot(Opcode::load_field, scope_.field ? scope_.field(ref.field) : std::nullopt);
            break;
        case RefKind::column:
            emit(Opcode::load_field, out, ref.index);
            break;
        case RefKind::attribute:
            emit(Opcode::load_attribute, out, ref.index);
            break;
        case RefKind::subject:
            emit(Opcode::load_subject, out);
            break;
        case RefKind::time:
            emit(Opcode::load_time, out);
            break;
        case RefKind::stated:
            emit(Opcode::load_stated, out);
            break;
        case RefKind::id:
            emit(Opcode::load_id, out);
            break;
        case RefKind::event_type:
            emit(Opcode::load_type, out);
            break;
        case RefKind::lookback:
            emit(Opcode::load_lookback, out);
            break;
        case RefKind::signal_name: {
            Constant name;
            name.type = {Kind::text, false, 0};
            name.present = scope_.signal.has_value();
            name.text = scope_.signal.value_or("");
            constant(name, out);
            break;
        }
        default:
            emit(Opcode::load_absent, out);
            break;
        }
    }
    if (ref.attribute != none) emit(Opcode::load_attribute_of, out, out, ref.attribute);
}

void Piece::convert(Type from, Type to, unsigned out) {
    if (from.kind == to.kind || to.kind == Kind::error || from.kind == Kind::error) return;
    const bool text = runtime::is_textual(from.kind);
    if (is_integral(from.kind) && to.kind == Kind::real && from.kind != Kind::person)
        return emit(Opcode::integer_to_real, out, out);
    if (from.kind == Kind::real && is_integral(to.kind)) return emit(Opcode::real_to_integer, out, out);
    if (from.kind == Kind::person && runtime::is_textual(to.kind)) {
        if (!scope_.accounts) emit(Opcode::person_id, out, out);
        return;
    }
    if (text && (to.kind == Kind::text || to.kind == Kind::zone)) return;
    if (text && to.kind == Kind::person) {
        if (!scope_.accounts) emit(Opcode::find_person, out, out);
        return;
    }
    if (text && (to.kind == Kind::host || to.kind == Kind::email)) {
        Guard absent;
        if (from.optional) guard_register(absent, out);
        emit(Opcode::fold, out, out);
        for (const std::size_t skipped : absent) land(skipped);
        return;
    }
    if (text && to.kind == Kind::enumeration) return emit(Opcode::parse_enumeration, out, out, 0, to.detail);
    if (text && to.kind == Kind::list) return emit(Opcode::parse_list, out, out, to.detail);
    if (text) return emit(Opcode::parse, out, out, static_cast<unsigned>(to.kind));
    if (to.kind == Kind::text) emit(Opcode::show, out, out, static_cast<unsigned>(from.kind), from.detail);
}

void Piece::joined(const std::vector<ExprId>& exprs, unsigned out) {
    Guard absent;
    for (unsigned i = 0; i < exprs.size(); ++i) {
        used(exprs[i], out + i);
        if (too_large_) return;
        guard(absent, exprs[i], out + i);
        const Type type = info(exprs[i]).as;
        if (type.kind == Kind::person)
            name_person(out + i);
        else if (!runtime::is_textual(type.kind))
            emit(Opcode::show, out + i, out + i, static_cast<unsigned>(type.kind),
                 type.kind == Kind::enumeration ? type.detail : 0);
    }
    emit(Opcode::make_list, out, out, static_cast<unsigned>(exprs.size()));
    close(absent, out);
}

void Piece::conditional(const Conditional& conditional, ExprId id, unsigned out) {
    Guard absent;
    used(conditional.condition, out);
    if (info(id).lifted) guard(absent, conditional.condition, out);
    const std::size_t otherwise = jump(Opcode::jump_if_false, out);
    used(conditional.then, out);
    const std::size_t end = jump(Opcode::jump);
    land(otherwise);
    used(conditional.otherwise, out);
    land(end);
    close(absent, out);
}

void Piece::call(const Call& call, ExprId id, unsigned out) {
    const Ref& ref = info(id).ref;
    if (ref.kind == RefKind::define) {
        inlined(call, ref.index, out);
    } else if (ref.kind == RefKind::function) {
        Guard absent;
        for (unsigned i = 0; i < call.arguments.size() && !too_large_; ++i) {
            used(call.arguments[i], out + i);
            guard(absent, call.arguments[i], out + i);
        }
        emit(Opcode::call, out, out, static_cast<unsigned>(call.arguments.size()),
             generator_.function_index(ref.index));
        close(absent, out);
    } else {
        emit(Opcode::load_absent, out);
    }
    if (ref.attribute != none) emit(Opcode::load_attribute_of, out, out, ref.attribute);
}

void Piece::inlined(const Call& call, std::uint32_t define, unsigned out) {
    const DefineInfo& definition = model_.defines[define];
    const auto& declared = model_.decl<DefineDecl>(definition.at);
    const auto count = static_cast<unsigned>(declared.parameters.size());
    Environment inner;
    inner.tree = definition.at.tree;
    inner.parameters.resize(count);
    inner.registers.resize(count, out);
    Guard absent;
    for (unsigned i = 0; i < count && !too_large_; ++i) {
        inner.registers[i] = out + i;
        if (i >= call.arguments.size()) {
            inner.parameters[i] = used_constant(model_, inner.tree, declared.parameters[i].fallback, nullptr);
            continue;
        }
        inner.parameters[i] = used_value(call.arguments[i]);
        if (inner.parameters[i]) continue;
        used(call.arguments[i], out + i);
        if (i < definition.parameters.size() && !definition.parameters[i].optional)
            guard(absent, call.arguments[i], out + i);
    }
    std::swap(environment_, inner);
    used(declared.body, out + count);
    std::swap(environment_, inner);
    if (count != 0) emit(Opcode::move, out, out + count);
    close(absent, out);
}

void Piece::list(const ListExpr& list, unsigned out) {
    for (unsigned i = 0; i < list.items.size() && !too_large_; ++i) used(list.items[i], out + i);
    emit(Opcode::make_list, out, out, static_cast<unsigned>(list.items.size()));
}

void Piece::quantifier(const Quantifier& quantifier, ExprId id, unsigned out) {
    Guard absent;
    used(quantifier.list, out + 1);
    guard(absent, quantifier.list, out + 1);
    emit(quantifier.every ? Opcode::every_in_list : Opcode::any_in_list, out, out + 1, out + 2);
    const std::size_t start = code_.size() - 1;
    environment_.variables[id] = out + 2;
    used(quantifier.condition, out + 3);
    emit(Opcode::finish, out + 3);
    land(start);
    close(absent, out);
}

void Piece::member(Opcode opcode, std::uint16_t entry, runtime::Member member, Type type, unsigned out) {
    emit(opcode, out, entry, static_cast<unsigned>(member));
    if (is_integral(type.kind)) emit(Opcode::real_to_integer, out, out);
}

void Piece::baseline(const BaselineExpr& baseline, ExprId id, unsigned out) {
    runtime::Member asked = runtime::Member::mean;
    if (baseline.kind == BaselineExpr::Kind::deviation) asked = runtime::Member::deviation;
    if (baseline.member) {
        if (baseline.member->text == "stddev") asked = runtime::Member::stddev;
        if (baseline.member->text == "n") asked = runtime::Member::n;
        if (baseline.member->text == "deviation") asked = runtime::Member::deviation;
    }
    member(baseline.kind == BaselineExpr::Kind::peers ? Opcode::load_peers : Opcode::load_usual,
           static_cast<std::uint16_t>(info(id).window), asked, info(id).type, out);
}

} // namespace watchword::dsl
