#include "runtime/conversion.hpp"

#include "runtime/membership.hpp"

#include <algorithm>
#include <exception>

namespace watchword::runtime {

namespace {

template <class T>
Value value_of(const std::optional<T>& parsed) {
    return parsed ? Value::of(*parsed) : Value::absent();
}

Value kept(std::string_view text, Scratch& scratch) {
    const std::string_view copy = scratch.copy(text);
    return copy.data() == nullptr ? Value::absent() : Value::of(copy);
}

Value folded(std::string_view text, Scratch& scratch) {
    const std::string_view result = fold_into(text, scratch);
    return result.data() == nullptr ? Value::absent() : Value::of(result);
}

Value read_ip(std::string_view text, Scratch& scratch) {
    const std::optional<std::string> bytes = parse_ip(text);
    return bytes ? kept(*bytes, scratch) : Value::absent();
}

bool same_word(std::string_view text, std::string_view word) {
    const auto alike = [](char c) {
        return c == ' ' || c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    };
    return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                      [&](char a, char b) { return alike(a) == alike(b); });
}

std::string shown(const Value& value, Kind kind, const Enumeration* words, const Roster* roster) {
    switch (kind) {
    case Kind::boolean:
        return value.integer != 0 ? "true" : "false";
    case Kind::integer:
        return std::to_string(value.integer);
    case Kind::real:
        return show_real(value.real);
    case Kind::text:
    case Kind::zone:
    case Kind::host:
    case Kind::email:
        return std::string(value.text());
    case Kind::time:
        return show_time(value.integer);
    case Kind::time_of_day:
        return show_time_of_day(value.integer);
    case Kind::duration:
        return show_duration(value.integer);
    case Kind::size:
        return show_size(value.integer);
    case Kind::ip:
        return show_ip(value.text());
    case Kind::person:
        return roster == nullptr ? std::string(value.text())
                                 : std::string(roster->id(static_cast<PersonId>(value.integer)));
    case Kind::enumeration: {
        const auto ordinal = static_cast<std::uint64_t>(value.integer);
        return words != nullptr && ordinal < words->words.size() ? words->words[ordinal] : std::to_string(ordinal);
    }
    case Kind::list:
    case Kind::tuple:
    case Kind::error:
        break;
    }
    return {};
}

} // namespace

Value read_value(std::string_view text, Kind kind, std::string_view zone, Scratch& scratch) noexcept {
    text = trimmed(text);
    if (text.empty()) return Value::absent();
    switch (kind) {
    case Kind::boolean:
        return value_of(parse_boolean(text));
    case Kind::integer:
        return value_of(parse_integer(text));
    case Kind::real:
        return value_of(parse_real(text));
    case Kind::text:
    case Kind::person:
        return Value::of(text);
    case Kind::zone:
        return is_zone(text) ? Value::of(text) : Value::absent();
    case Kind::host:
    case Kind::email:
        return folded(text, scratch);
    case Kind::time:
        return value_of(parse_time(text, zone));
    case Kind::time_of_day:
        return value_of(parse_time_of_day(text));
    case Kind::duration:
        return value_of(parse_duration(text));
    case Kind::size:
        return value_of(parse_size(text));
    case Kind::ip:
        return read_ip(text, scratch);
    case Kind::list:
    case Kind::enumeration:
    case Kind::tuple:
    case Kind::error:
        break;
    }
    return Value::absent();
}

Value read_word(std::string_view text, const Enumeration& words) noexcept {
    text = trimmed(text);
    for (std::size_t i = 0; i < words.words.size(); ++i)
        if (same_word(text, words.words[i])) return Value::of(static_cast<std::int64_t>(i));
    return Value::absent();
}

Value read_list(std::string_view text, Kind element, std::string_view zone, Scratch& scratch) noexcept {
    const char separator = text.find(';') == std::string_view::npos ? ',' : ';';
    const auto most = static_cast<std::size_t>(std::count(text.begin(), text.end(), separator)) + 1;
    char* const place = scratch.allocate(most * sizeof(Value));
    if (place == nullptr) return Value::absent();
    auto* const items = reinterpret_cast<Value*>(place);
    std::size_t count = 0;
    while (true) {
        const std::size_t end = text.find(separator);
        if (const std::string_view item = trimmed(text.substr(0, end)); !item.empty()) {
            const Value value = read_value(item, element, zone, scratch);
            if (!value.present()) return Value::absent();
            items[count++] = value;
        }
        if (end == std::string_view::npos) return Value::of_list(items, count);
        text.remove_prefix(end + 1);
    }
}

Value show_value(const Value& value, Kind kind, const Enumeration* words, const Roster* roster,
                 Scratch& scratch) noexcept {
    if (!value.present()) return value;
    if (is_textual(kind)) return value;
    return kept(shown(value, kind, words, roster), scratch);
}

} // namespace watchword::runtime
