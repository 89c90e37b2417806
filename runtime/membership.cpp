#include "runtime/membership.hpp"

#include "runtime/roster.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

namespace watchword::runtime {

namespace {

bool holds_text(Kind kind) { return is_textual(kind) || kind == Kind::ip || kind == Kind::person; }

bool less(const Value& left, const Value& right, Held held) {
    if (held == Held::text) return left.text() < right.text();
    return held == Held::real ? left.real < right.real : left.integer < right.integer;
}

bool same(const Value& left, const Value& right, Held held) {
    if (held == Held::text) return left.text() == right.text();
    return held == Held::real ? left.real == right.real : left.integer == right.integer;
}

bool is_text_member(const ConstantSet& set, std::string_view text, Scratch& scratch) {
    if (set.folded) text = fold_into(text, scratch);
    return text.data() != nullptr && std::binary_search(set.texts.begin(), set.texts.end(), text, std::less<>{});
}

} // namespace

std::string_view fold_into(std::string_view text, Scratch& scratch) noexcept {
    if (is_folded_ascii(text)) return text;
    // Simple folding makes a text longer by at most half (U+023A, two bytes, becomes U+2C65, three).
    const std::size_t room = text.size() + text.size() / 2;
    char* const place = scratch.allocate(room);
    if (place == nullptr) return {};
    return {place, fold_to(text, place)};
}

bool is_member(const ConstantSet& set, const Value& value, const Roster* roster, Scratch& scratch) noexcept {
    if (holds_text(set.kind) && is_text_member(set, value.text(), scratch)) return true;
    if (set.kind == Kind::person && roster != nullptr)
        return roster->has_name(roster->find(value.text()),
                                [&](std::string_view name) { return is_text_member(set, name, scratch); });
    if (holds_text(set.kind)) return false;
    if (set.kind == Kind::real) return std::binary_search(set.reals.begin(), set.reals.end(), value.real);
    return std::binary_search(set.integers.begin(), set.integers.end(), value.integer);
}

bool is_in_network(const ConstantSet& set, const Value& address) noexcept {
    if (address.extent != 16) return false;
    for (const auto& [network, prefix] : set.networks) {
        const std::size_t whole = prefix / 8;
        if (network.size() != 16 || std::memcmp(network.data(), address.bytes, whole) != 0) continue;
        if (prefix % 8 == 0) return true;
        const int mask = 0xff00 >> (prefix % 8) & 0xff;
        if (((network[whole] ^ address.bytes[whole]) & mask) == 0) return true;
    }
    return false;
}

namespace {

bool is_row_as_named(const ConstantTable& table, const Value* values, std::size_t count) {
    /// Of the row against the values: below 0, 0, above 0.
    const auto compare = [&](const std::vector<std::string>& row) {
        std::array<char, 8> buffer;
        for (std::size_t i = 0; i < count && i < row.size(); ++i) {
            const int order = std::string_view{row[i]}.compare(table_cell(values[i], table.columns[i], buffer));
            if (order != 0) return order;
        }
        return 0;
    };
    const auto found = std::partition_point(table.rows.begin(), table.rows.end(),
                                            [&](const std::vector<std::string>& row) { return compare(row) < 0; });
    return found != table.rows.end() && compare(*found) == 0;
}

/// With the people of the columns from `first` on under each of their names.
bool is_row_by_names(const ConstantTable& table, Value* values, std::size_t first, const Roster& roster) {
    while (first < table.columns.size() && table.columns[first] != Kind::person) ++first;
    if (first == table.columns.size()) return is_row_as_named(table, values, first);
    const Value named = values[first];
    if (is_row_by_names(table, values, first + 1, roster)) return true;
    const bool found = roster.has_name(roster.find(named.text()), [&](std::string_view name) {
        values[first] = Value::of(name);
        return is_row_by_names(table, values, first + 1, roster);
    });
    values[first] = named;
    return found;
}

} // namespace

bool is_row(const ConstantTable& table, const Value* values, std::size_t count, const Roster* roster) noexcept {
    if (count != table.columns.size()) return false;
    if (is_row_as_named(table, values, count)) return true;
    constexpr std::size_t most = 32; // columns of tables that are asked for people
    if (roster == nullptr || count > most ||
        std::find(table.columns.begin(), table.columns.end(), Kind::person) == table.columns.end())
        return false;
    std::array<Value, most> copy;
    std::copy_n(values, count, copy.begin());
    return is_row_by_names(table, copy.data(), 0, *roster);
}

bool overlaps_set(const ConstantSet& set, const Value& list, const Roster* roster, Scratch& scratch) noexcept {
    for (std::size_t i = 0; i < list.extent; ++i)
        if (list.items[i].present() && is_member(set, list.items[i], roster, scratch)) return true;
    return false;
}

bool is_element(const Value& value, const Value& list, Held held) noexcept {
    for (std::size_t i = 0; i < list.extent; ++i)
        if (list.items[i].present() && same(list.items[i], value, held)) return true;
    return false;
}

Value overlap(const Value& left, const Value& right, Held held, Scratch& scratch) noexcept {
    const Value& longer = left.extent < right.extent ? right : left;
    const Value& shorter = left.extent < right.extent ? left : right;
    constexpr std::size_t few = 16;
    if (shorter.extent <= few) {
        for (std::size_t i = 0; i < shorter.extent; ++i)
            if (shorter.items[i].present() && is_element(shorter.items[i], longer, held)) return Value::of(true);
        return Value::of(false);
    }
    char* const place = scratch.allocate(shorter.extent * sizeof(Value));
    if (place == nullptr) return Value::absent();
    auto* const begin = reinterpret_cast<Value*>(place);
    auto* const end = std::uninitialized_copy_n(shorter.items, shorter.extent, begin);
    const auto order = [held](const Value& a, const Value& b) { return less(a, b, held); };
    std::sort(begin, end, order);
    for (std::size_t i = 0; i < longer.extent; ++i)
        if (longer.items[i].present() && std::binary_search(begin, end, longer.items[i], order)) return Value::of(true);
    return Value::of(false);
}

} // namespace watchword::runtime
