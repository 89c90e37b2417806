// What each type takes from which kind of token.
#include "stdlib/sources/json_value.hpp"

namespace watchword::stdlib {

using runtime::Kind;
using runtime::Time;
using runtime::Type;
using runtime::Value;

std::string_view JsonValues::text_of(const JsonToken& token, Arena& arena) {
    if (!token.escaped) return token.text;
    return scanner_.unescape(token.text, arena).value_or(token.text);
}

std::optional<Time> JsonValues::time_of(const JsonToken& token, Arena& arena) {
    if (token.kind == JsonKind::text) return stdlib::read_time(text_of(token, arena), reader_.zone, last_time_);
    if (token.kind != JsonKind::number) return std::nullopt;
    if (const auto whole = json_integer(token.text)) return read_epoch(*whole);
    const std::optional<double> number = json_real(token.text);
    return number ? read_epoch(*number) : std::nullopt;
}

std::optional<Value> JsonValues::number_of_type(const JsonToken& token, Type type) {
    const std::optional<std::int64_t> whole = json_integer(token.text);
    if (whole && (type.kind == Kind::integer || (type.kind == Kind::size && *whole >= 0))) return Value::of(*whole);
    const std::optional<double> number = json_real(token.text);
    constexpr double beyond = 9.2e18;
    switch (type.kind) {
    case Kind::integer:
    case Kind::size:
        if (!number || !(*number > -beyond && *number < beyond) ||
            static_cast<double>(static_cast<std::int64_t>(*number)) != *number)
            return std::nullopt;
        if (type.kind == Kind::size && *number < 0) return std::nullopt;
        return Value::of(static_cast<std::int64_t>(*number));
    case Kind::real:
        return number ? std::optional(Value::of(*number)) : std::nullopt;
    case Kind::duration: // seconds
        if (!number || !(*number > -beyond / 1e6 && *number < beyond / 1e6)) return std::nullopt;
        return Value::of(static_cast<std::int64_t>(*number * 1e6));
    case Kind::person: // an employee number
        return whole ? std::optional(Value::of(token.text)) : std::nullopt;
    default:
        return std::nullopt;
    }
}

std::optional<Value> JsonValues::list_of(const JsonToken& token, Type type, Arena& arena) {
    if (token.kind != JsonKind::array || !scanner_.read_inner(token, elements_)) return std::nullopt;
    Value* const items = arena.values(elements_.size());
    for (std::size_t index = 0; index < elements_.size(); ++index) {
        const std::optional<Value> item = value_of(elements_[index], {static_cast<Kind>(type.detail)}, arena);
        if (!item) return std::nullopt;
        items[index] = *item;
    }
    return Value::of_list(items, elements_.size());
}

std::optional<Value> JsonValues::value_of(const JsonToken& token, Type type, Arena& arena) {
    if (type.kind == Kind::list) return list_of(token, type, arena);
    if (type.kind == Kind::time) {
        const std::optional<Time> time = time_of(token, arena);
        return time ? std::optional(Value::of(*time)) : std::nullopt;
    }
    if (type.kind == Kind::boolean) {
        if (token.kind != JsonKind::boolean) return std::nullopt;
        return Value::of(token.text == "true");
    }
    if (token.kind == JsonKind::number) return number_of_type(token, type);
    if (token.kind != JsonKind::text || type.kind == Kind::integer || type.kind == Kind::real) return std::nullopt;
    std::string_view text = token.text;
    if (token.escaped) {
        const std::optional<std::string_view> unescaped = scanner_.unescape(text, arena);
        if (!unescaped) return std::nullopt;
        text = *unescaped;
    }
    if (type.kind == Kind::person && trim(text).empty()) return std::nullopt;
    return reader_.read(text, type, arena);
}

} // namespace watchword::stdlib
