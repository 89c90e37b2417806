// What each instruction reads and gives, by the kinds of its registers.
#include "runtime/verify_code.hpp"
#include "runtime/windows.hpp"

#include <algorithm>

namespace watchword::runtime {

namespace {

bool is_text_kind(Kind kind) { return is_textual(kind) || kind == Kind::person; }
bool is_text_set(const ConstantSet& set) { return is_text_kind(set.kind) || set.kind == Kind::ip; }

} // namespace

bool CodeVerifier::operands_fit(const Instruction& i) const {
    const OpcodeRow& row = *opcode_row(i.opcode);
    if (row.b == OperandKind::in && !written(i.b)) return false;
    if (row.c == OperandKind::in && !written(i.c)) return false;
    switch (i.opcode) {
    case Opcode::logic_not:
        return is(i.b, Kind::integer);
    case Opcode::logic_and:
    case Opcode::logic_or:
    case Opcode::equal_integer:
    case Opcode::unequal_integer:
    case Opcode::less_integer:
    case Opcode::at_most_integer:
    case Opcode::add_integer:
    case Opcode::subtract_integer:
    case Opcode::multiply_integer:
    case Opcode::modulo_integer:
        return is(i.b, Kind::integer) && is(i.c, Kind::integer);
    case Opcode::equal_integer_constant:
    case Opcode::unequal_integer_constant:
    case Opcode::less_integer_constant:
    case Opcode::at_most_integer_constant:
    case Opcode::more_integer_constant:
    case Opcode::at_least_integer_constant:
    case Opcode::negate_integer:
    case Opcode::integer_to_real:
        return is(i.b, Kind::integer);
    case Opcode::equal_real:
    case Opcode::unequal_real:
    case Opcode::less_real:
    case Opcode::at_most_real:
    case Opcode::add_real:
    case Opcode::subtract_real:
    case Opcode::multiply_real:
    case Opcode::divide_real:
        return is(i.b, Kind::real) && is(i.c, Kind::real);
    case Opcode::negate_real:
    case Opcode::real_to_integer:
        return is(i.b, Kind::real);
    case Opcode::equal_text:
    case Opcode::unequal_text:
    case Opcode::less_text:
    case Opcode::at_most_text:
    case Opcode::equal_folded:
    case Opcode::contains:
    case Opcode::starts_with:
    case Opcode::ends_with:
    case Opcode::like:
    case Opcode::concat:
        return is(i.b, Kind::text) && is(i.c, Kind::text);
    case Opcode::fold:
    case Opcode::account_id:
    case Opcode::matches:
    case Opcode::parse_enumeration:
        return is(i.b, Kind::text);
    case Opcode::find_person:
        return is(i.b, Kind::text) && context_->has_person;
    case Opcode::person_id:
    case Opcode::load_attribute_of:
        return is(i.b, Kind::person) && context_->has_person;
    case Opcode::in_list_integer:
    case Opcode::in_list_real:
    case Opcode::in_list_text:
    case Opcode::overlaps_integer:
    case Opcode::overlaps_real:
    case Opcode::overlaps_text:
        return list_operands_fit(i);
    default:
        return constant_operands_fit(i);
    }
}

bool CodeVerifier::list_operands_fit(const Instruction& i) const {
    const auto of = [](Opcode opcode) {
        switch (opcode) {
        case Opcode::in_list_real:
        case Opcode::overlaps_real:
            return Kind::real;
        case Opcode::in_list_text:
        case Opcode::overlaps_text:
            return Kind::text;
        default:
            return Kind::integer;
        }
    };
    const Kind kind = of(i.opcode);
    const auto is_list = [&](unsigned index) {
        const Held& list = registers_[index];
        if (list.absent) return true;
        if (list.kind != Kind::list) return false;
        const Kind item = static_cast<Kind>(list.detail);
        if (list.empty || item == kind) return true;
        if (kind == Kind::integer) return item == Kind::enumeration || item == Kind::person;
        return kind == Kind::text && item == Kind::ip;
    };
    const bool both =
        i.opcode == Opcode::overlaps_integer || i.opcode == Opcode::overlaps_real || i.opcode == Opcode::overlaps_text;
    return is_list(i.c) && (both ? is_list(i.b) : is(i.b, kind));
}

/// Instructions that read a table of the program beside registers.
bool CodeVerifier::constant_operands_fit(const Instruction& i) const {
    switch (i.opcode) {
    case Opcode::in_set: {
        const ConstantSet& set = program_.sets[i.c];
        if (set.kind == Kind::real) return is(i.b, Kind::real);
        return is(i.b, is_text_set(set) ? Kind::text : Kind::integer);
    }
    case Opcode::in_network:
        return is(i.b, Kind::ip) && program_.sets[i.c].kind == Kind::ip;
    case Opcode::overlaps_set: {
        if (!is(i.b, Kind::list)) return false;
        const ConstantSet& set = program_.sets[i.c];
        const Held item = element(registers_[i.b]);
        if (item.absent) return true;
        if (set.kind == Kind::real) return item.kind == Kind::real;
        if (is_text_set(set)) return item.kind == Kind::text || item.kind == Kind::ip;
        return item.kind == Kind::integer;
    }
    case Opcode::in_table: {
        const ConstantTable& table = program_.tables[static_cast<std::size_t>(i.immediate)];
        if (table.columns.size() != i.c) return false;
        for (unsigned k = 0; k < i.c; ++k) {
            const Kind column = table.columns[k];
            if (!written(i.b + k)) return false;
            if (is_text_kind(column) || column == Kind::ip) {
                if (!is(i.b + k, Kind::text)) return false;
            } else if (column == Kind::real ? !is(i.b + k, Kind::real) : !is(i.b + k, Kind::integer)) {
                return false;
            }
        }
        return true;
    }
    case Opcode::make_list:
        for (unsigned k = 0; k < i.c; ++k)
            if (!written(i.b + k) || registers_[i.b + k].kind == Kind::list) return false;
        return true;
    case Opcode::call: {
        const FunctionRow& row = *program_.functions[static_cast<std::size_t>(i.immediate)];
        if (row.parameters.size() != i.c) return false;
        for (unsigned k = 0; k < i.c; ++k)
            if (!written(i.b + k) || !fits(registers_[i.b + k], row.parameters[k])) return false;
        return true;
    }
    case Opcode::parse:
    case Opcode::parse_list: {
        const Kind kind = static_cast<Kind>(i.c);
        return is(i.b, Kind::text) && kind != Kind::list && kind != Kind::enumeration;
    }
    case Opcode::show: {
        const Kind kind = static_cast<Kind>(i.c);
        if (kind == Kind::list || (kind == Kind::person && !context_->has_person)) return false;
        if (kind != Kind::enumeration) return fits(registers_[i.b], {kind, false, 0});
        if (i.immediate < 0 || static_cast<std::uint64_t>(i.immediate) >= program_.enumerations.size()) return false;
        return fits(registers_[i.b], {kind, false, static_cast<std::uint16_t>(i.immediate)});
    }
    default:
        return true;
    }
}

CodeVerifier::Held CodeVerifier::loaded(const Instruction& i) const {
    switch (i.opcode) {
    case Opcode::load_constant:
        return held(program_.constant_types[static_cast<std::size_t>(i.immediate)]);
    case Opcode::load_integer: {
        Held number = held({Kind::integer, false, 0});
        if (i.immediate >= 0) number.most = i.immediate;
        return number;
    }
    case Opcode::load_absent: {
        Held nothing;
        nothing.absent = true;
        return nothing;
    }
    case Opcode::load_field:
        return held(context_->fields[i.b]);
    case Opcode::load_trigger:
        return held(context_->trigger[i.b]);
    case Opcode::load_capture:
        return held(context_->captures[i.b]);
    case Opcode::load_attribute:
        return held(program_.employee.attributes[i.b].type);
    case Opcode::load_attribute_of:
        return held(program_.employee.attributes[i.c].type);
    case Opcode::load_window:
        return held({result_kind(context_->signal->windows[i.b]), false, 0});
    case Opcode::load_subject:
        return context_->has_person ? held({Kind::person, false, 0}) : Held{};
    case Opcode::move:
        return registers_[i.b];
    default:
        return {};
    }
}

CodeVerifier::Held CodeVerifier::listed(const Instruction& i) const {
    Held list = held({Kind::list, false, 0});
    list.empty = true;
    for (unsigned k = 0; k < i.c; ++k) {
        const Held& item = registers_[i.b + k];
        if (item.absent) continue;
        const auto kind = static_cast<std::uint16_t>(item.kind);
        if (!list.empty && list.detail != kind) return {};
        list.detail = kind;
        list.empty = false;
    }
    return list;
}

CodeVerifier::Held CodeVerifier::result_of(const Instruction& i) const {
    switch (i.opcode) {
    case Opcode::load_constant:
    case Opcode::load_integer:
    case Opcode::load_absent:
    case Opcode::load_field:
    case Opcode::load_trigger:
    case Opcode::load_capture:
    case Opcode::load_attribute:
    case Opcode::load_attribute_of:
    case Opcode::load_window:
    case Opcode::load_subject:
    case Opcode::move:
        return loaded(i);
    case Opcode::load_real:
    case Opcode::load_usual:
    case Opcode::load_peers:
    case Opcode::add_real:
    case Opcode::subtract_real:
    case Opcode::multiply_real:
    case Opcode::divide_real:
    case Opcode::negate_real:
    case Opcode::integer_to_real:
        return held({Kind::real, false, 0});
    case Opcode::find_person:
        return held({Kind::person, false, 0});
    case Opcode::load_id:
    case Opcode::load_type:
    case Opcode::person_id:
    case Opcode::account_id:
    case Opcode::fold:
    case Opcode::concat:
    case Opcode::show:
        return held({Kind::text, false, 0});
    case Opcode::make_list:
        return listed(i);
    case Opcode::call:
        return held(program_.functions[static_cast<std::size_t>(i.immediate)]->result);
    case Opcode::parse:
        return held({i.c == static_cast<unsigned>(Kind::person) ? Kind::text : static_cast<Kind>(i.c), false, 0});
    case Opcode::parse_enumeration:
        if (i.immediate < 0 || static_cast<std::uint64_t>(i.immediate) >= program_.enumerations.size()) return {};
        return held({Kind::enumeration, false, static_cast<std::uint16_t>(i.immediate)});
    case Opcode::parse_list:
        return held({Kind::list, false, i.c});
    default:
        return held({Kind::integer, false, 0}); // conditions, counts, times
    }
}

} // namespace watchword::runtime
