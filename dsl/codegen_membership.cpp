// `in`, `not in` and `overlaps`: constant sets, networks, ranges, tables, and lists made while running.
#include "dsl/codegen_piece.hpp"

#include "runtime/text.hpp"

#include <algorithm>

namespace watchword::dsl {

using runtime::ConstantSet;
using runtime::Opcode;

namespace {

template <class Item>
void sort_unique(std::vector<Item>& items) {
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
}

std::optional<std::pair<std::string, std::uint8_t>> network_of(const Constant& item) {
    if (item.type.kind == Kind::ip) return std::make_pair(item.text, std::uint8_t{128});
    if (!runtime::is_textual(item.type.kind)) return std::nullopt;
    if (auto network = runtime::parse_network(item.text)) return network;
    if (auto address = runtime::parse_ip(item.text)) return std::make_pair(*address, std::uint8_t{128});
    return std::nullopt;
}

void add_to(ConstantSet& set, const Constant& value) {
    if (set.kind == Kind::real)
        set.reals.push_back(value.real == 0 ? 0.0 : value.real);
    else if (is_integral(set.kind) && set.kind != Kind::person)
        set.integers.push_back(value.integer);
    else
        set.texts.push_back(set.folded && set.kind != Kind::ip ? runtime::fold(value.text) : value.text);
}

} // namespace

std::optional<ConstantSet> constant_set(const Model& model, const std::vector<Constant>& items, Kind kind, bool folded,
                                        const std::string& zone) {
    ConstantSet set;
    set.kind = kind;
    set.folded = folded || kind == Kind::host || kind == Kind::email || kind == Kind::person;
    const bool networks = kind == Kind::ip && std::any_of(items.begin(), items.end(), [&](const Constant& item) {
                              return !convert_constant(model, item, {Kind::ip, false, 0}, zone);
                          });
    for (const Constant& item : items) {
        if (!item.present) continue;
        if (networks) {
            if (auto network = network_of(item)) set.networks.push_back(std::move(*network));
            continue;
        }
        const auto value = convert_constant(model, item, {kind, false, item.type.detail}, zone);
        if (!value) return std::nullopt;
        add_to(set, *value);
    }
    sort_unique(set.texts);
    sort_unique(set.integers);
    sort_unique(set.reals);
    sort_unique(set.networks);
    return set;
}

void Piece::membership(const Binary& binary, unsigned out) {
    const Ref& right = info(binary.right).ref;
    if (right.kind == RefKind::table) return in_table(binary, right.index, out);
    if (const auto* range = std::get_if<RangeExpr>(&expr(binary.right).node)) return in_range(binary, *range, out);
    if (std::optional<Constant> list = listed_value(binary.right)) {
        if (list->type.kind != Kind::list) { // one network
            Constant one;
            one.items.push_back(std::move(*list));
            list = std::move(one);
        }
        return in_constants(*list, binary, out);
    }
    const Kind element = static_cast<Kind>(info(binary.right).as.detail);
    const bool people = !scope_.accounts && info(binary.left).type.kind == Kind::person && element == Kind::person;
    Guard absent;
    if (people || is_integral(element) || element == Kind::real)
        used(binary.left, out);
    else
        text_operand(binary.left, binary.folded, out);
    guard(absent, binary.left, out);
    used(binary.right, out + 1);
    guard(absent, binary.right, out + 1);
    if (element == Kind::real && is_integral(info(binary.left).as.kind)) emit(Opcode::integer_to_real, out, out);
    if (binary.folded && element == Kind::text) { // the elements have to be folded too
        emit(Opcode::any_in_list, out + 3, out + 1, out + 2);
        const std::size_t start = code_.size() - 1;
        emit(Opcode::fold, out + 2, out + 2);
        emit(Opcode::equal_text, out + 2, out + 2, out);
        emit(Opcode::finish, out + 2);
        land(start);
        emit(Opcode::move, out, out + 3);
    } else {
        emit(element == Kind::real  ? Opcode::in_list_real
             : is_integral(element) ? Opcode::in_list_integer
                                    : Opcode::in_list_text,
             out, out, out + 1);
    }
    negate_if(binary.op == BinaryOp::not_in, out);
    close(absent, out);
}

/// The list that a name stands for; none: it was written out here.
std::uint32_t Piece::named_list(ExprId id) const {
    const Ref& ref = info(id).ref;
    return ref.kind == RefKind::list ? ref.index : none;
}

void Piece::in_constants(const Constant& list, const Binary& binary, unsigned out) {
    const Kind kind = info(binary.left).as.kind;
    Guard absent;
    std::optional<ConstantSet> set = constant_set(model_, list.items, kind, binary.folded, zone());
    if (is_integral(kind) && kind != Kind::person)
        used(binary.left, out);
    else if (kind == Kind::real)
        used(binary.left, out);
    else
        text_operand(binary.left, binary.folded, out);
    guard(absent, binary.left, out);
    if (!set) {
        emit(Opcode::load_integer, out); // refused by the checker: a member of nothing
    } else {
        const bool networks = !set->networks.empty();
        emit(networks ? Opcode::in_network : Opcode::in_set, out, out,
             generator_.set_index(std::move(*set), named_list(binary.right)));
    }
    negate_if(binary.op == BinaryOp::not_in, out);
    close(absent, out);
}

void Piece::in_range(const Binary& binary, const RangeExpr& range, unsigned out) {
    const Kind kind = info(binary.left).as.kind;
    const bool text = runtime::is_textual(kind) || kind == Kind::ip;
    const bool real = kind == Kind::real;
    const std::optional<Constant> low = text || real ? std::nullopt : used_value(range.low);
    const std::optional<Constant> high = text || real ? std::nullopt : used_value(range.high);
    const auto bound = [&](ExprId id, Guard& absent) {
        used(id, out + 2);
        guard(absent, id, out + 2);
        if (real && is_integral(info(id).as.kind)) emit(Opcode::integer_to_real, out + 2, out + 2);
    };
    const Opcode at_most = text ? Opcode::at_most_text : real ? Opcode::at_most_real : Opcode::at_most_integer;
    Guard absent;
    used(binary.left, out);
    guard(absent, binary.left, out);
    if (low && low->present) {
        emit(Opcode::at_least_integer_constant, out + 1, out, 0, low->integer);
    } else {
        bound(range.low, absent);
        emit(at_most, out + 1, out + 2, out);
    }
    const std::size_t below = jump(Opcode::jump_if_false, out + 1);
    if (high && high->present) {
        emit(Opcode::at_most_integer_constant, out + 1, out, 0, high->integer);
    } else {
        bound(range.high, absent);
        emit(at_most, out + 1, out, out + 2);
    }
    land(below);
    emit(Opcode::move, out, out + 1);
    negate_if(binary.op == BinaryOp::not_in, out);
    close(absent, out);
}

void Piece::in_table(const Binary& binary, std::uint32_t table, unsigned out) {
    std::vector<ExprId> items{binary.left};
    if (const auto* tuple = std::get_if<TupleExpr>(&expr(binary.left).node)) items = tuple->items;
    const std::vector<Kind>& columns = model_.tables[table].columns;
    Guard absent;
    for (unsigned i = 0; i < items.size() && !too_large_; ++i) {
        const ExprInfo& item = info(items[i]);
        const bool names_person =
            item.as.kind == Kind::person && (item.type.kind != Kind::person || used_value(items[i]));
        if (names_person)
            account_text(items[i], out + i);
        else
            used(items[i], out + i);
        guard(absent, items[i], out + i);
        if (names_person)
            name_account(out + i);
        else if (item.as.kind == Kind::person)
            name_person(out + i);
        else if (i < columns.size())
            convert(item.as, {columns[i], false, item.as.detail}, out + i);
    }
    emit(Opcode::in_table, out, out, static_cast<unsigned>(items.size()), generator_.table_index(table));
    negate_if(binary.op == BinaryOp::not_in, out);
    close(absent, out);
}

void Piece::overlaps(const Binary& binary, unsigned out) {
    ExprId list = binary.left, named = binary.right;
    std::optional<Constant> known = listed_value(binary.right);
    if (!known) {
        known = listed_value(binary.left);
        std::swap(list, named);
    }
    const Kind element = static_cast<Kind>(info(list).as.detail);
    Guard absent;
    used(list, out);
    guard(absent, list, out);
    const bool people = element == Kind::person && !scope_.accounts; // are numbers here, and names in a set
    std::optional<ConstantSet> set =
        known && !people ? constant_set(model_, known->items, element, false, zone()) : std::nullopt;
    if (set && set->networks.empty()) {
        emit(Opcode::overlaps_set, out, out, generator_.set_index(std::move(*set), named_list(named)));
    } else {
        used(list == binary.left ? binary.right : binary.left, out + 1);
        guard(absent, list == binary.left ? binary.right : binary.left, out + 1);
        emit(element == Kind::real  ? Opcode::overlaps_real
             : is_integral(element) ? Opcode::overlaps_integer
                                    : Opcode::overlaps_text,
             out, out, out + 1);
    }
    close(absent, out);
}

} // namespace watchword::dsl
