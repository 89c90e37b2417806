// Values that outlive their event: one byte encoding, used for keys, kept fields, captures and sealed history alike.
// Equal values have equal bytes, so the encoding serves as identity too.
#pragma once

#include "runtime/type.hpp"

#include <cstddef>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::runtime {

using Bytes = std::pmr::string;

/// Unsigned LEB128.
void put_number(Bytes& out, std::uint64_t number);
std::uint64_t take_number(std::string_view& in);
/// Signed, zigzag.
void put_signed(Bytes& out, std::int64_t number);
std::int64_t take_signed(std::string_view& in);

/// Appends: a presence byte, then the value. Lists by element.
void put_value(Bytes& out, const Value& value, Type type);
/// Reads one back; texts and the items of lists point into `in` and `lists`. `lists` must not reallocate while the
/// values are in use: reserve `list_items` first.
Value take_value(std::string_view& in, Type type, std::vector<Value>& lists);
/// How many list items the value at the start of `in` needs.
std::size_t list_items(std::string_view in, Type type);

/// A row of values with their texts and lists, owned.
class KeptValues {
public:
    explicit KeptValues(std::pmr::memory_resource* memory) : bytes_(memory), values_(memory), lists_(memory) {}

    /// Copies all of them deeply.
    void assign(std::span<const Value> values, std::span<const Type> types);
    const Value* data() const { return values_.data(); }
    std::size_t size() const { return values_.size(); }

private:
    std::pmr::vector<char> bytes_;
    std::pmr::vector<Value> values_;
    std::pmr::vector<Value> lists_;
};

} // namespace watchword::runtime
