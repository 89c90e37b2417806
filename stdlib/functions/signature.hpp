// What the tables of functions are written with: types by their names in the language, and results in scratch memory.
#pragma once

#include "runtime/function.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace watchword::stdlib {

using runtime::FunctionContext;
using runtime::FunctionRow;
using runtime::Kind;
using runtime::Type;
using runtime::Value;

inline constexpr Type a_bool{Kind::boolean}, an_int{Kind::integer}, a_real{Kind::real}, a_text{Kind::text};
inline constexpr Type a_time{Kind::time}, a_time_of_day{Kind::time_of_day}, a_duration{Kind::duration};
inline constexpr Type a_size{Kind::size}, an_ip{Kind::ip}, a_zone{Kind::zone}, a_host{Kind::host};
inline constexpr Type an_email{Kind::email}, a_person{Kind::person};

constexpr Type a_list(Kind element) { return {Kind::list, false, static_cast<std::uint16_t>(element)}; }
/// A result that can be absent.
constexpr Type maybe(Type type) { return type.as_optional(); }

/// A copy that lives as long as the run; absent when scratch is full.
inline Value kept(FunctionContext& context, std::string_view text) {
    const std::string_view copy = context.scratch.copy(text);
    return copy.data() == nullptr ? Value::absent() : Value::of(copy);
}

/// The row of a function that gives whole numbers from `least` to `most`.
inline FunctionRow within(FunctionRow row, std::int64_t least, std::int64_t most) {
    row.least = least;
    row.most = most;
    return row;
}
/// The row of a function whose results have no other parts than those for which `may_have` holds.
inline FunctionRow with_parts(FunctionRow row, bool (*may_have)(std::string_view part)) {
    row.may_have = may_have;
    return row;
}
/// Of the letters of ASCII.
inline bool has_capital(std::string_view text) {
    return text.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string_view::npos;
}
inline bool has_small_letter(std::string_view text) {
    return text.find_first_of("abcdefghijklmnopqrstuvwxyz") != std::string_view::npos;
}

template <class T>
Value value_of(const std::optional<T>& found) {
    return found ? Value::of(*found) : Value::absent();
}

} // namespace watchword::stdlib
