// Values out of text: numbers, spans, sizes, truth. Blanks at the ends do not count; anything else that does not belong
// makes it no value.
#include "runtime/text.hpp"

#include <charconv>
#include <cmath>

namespace watchword::runtime {

namespace {

struct Unit {
    std::string_view name; ///< in folded form
    std::int64_t factor;
};

constexpr Unit duration_units[] = {{"w", one_week},   {"d", one_day}, {"h", one_hour}, {"m", one_minute},
                                   {"s", one_second}, {"ms", 1000},   {"us", 1}};
constexpr std::int64_t kibi = 1024;
constexpr Unit size_units[] = {{"", 1},
                               {"b", 1},
                               {"kb", 1'000},
                               {"mb", 1'000'000},
                               {"gb", 1'000'000'000},
                               {"tb", 1'000'000'000'000},
                               {"pb", 1'000'000'000'000'000},
                               {"eb", 1'000'000'000'000'000'000},
                               {"kib", kibi},
                               {"mib", kibi* kibi},
                               {"gib", kibi* kibi* kibi},
                               {"tib", kibi* kibi* kibi* kibi},
                               {"pib", kibi* kibi* kibi* kibi* kibi}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

template <std::size_t count>
std::optional<std::int64_t> factor_of(const Unit (&units)[count], std::string_view name) {
    for (const Unit& unit : units)
        if (equal_folded(unit.name, name)) return unit.factor;
    return std::nullopt;
}

std::string_view take_while(std::string_view& text, bool (*belongs)(char)) {
    std::size_t length = 0;
    while (length < text.size() && belongs(text[length])) ++length;
    const std::string_view taken = text.substr(0, length);
    text.remove_prefix(length);
    return taken;
}

/// All of the digits as a number.
std::optional<std::int64_t> number(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

/// `+` is fine in front of a digit; std::from_chars does not know it.
std::string_view without_plus(std::string_view text) {
    if (text.size() > 1 && text[0] == '+' && (is_digit(text[1]) || text[1] == '.')) text.remove_prefix(1);
    return text;
}

__extension__ using Wide = __int128;

/// `.5` or nothing; nullopt: a point without digits.
std::optional<std::string_view> take_decimals(std::string_view& text) {
    if (!text.starts_with('.')) return std::string_view{};
    text.remove_prefix(1);
    const std::string_view digits = take_while(text, is_digit);
    return digits.empty() ? std::nullopt : std::optional(digits);
}

/// `.5` of a unit, truncated; digits beyond the eighteenth do not matter.
std::int64_t part_of(std::string_view digits, std::int64_t factor) {
    std::int64_t value = 0, scale = 1;
    for (const char digit : digits.substr(0, 18)) {
        value = value * 10 + (digit - '0');
        scale *= 10;
    }
    return static_cast<std::int64_t>(static_cast<Wide>(factor) * value / scale);
}

} // namespace

std::string_view trimmed(std::string_view text) noexcept {
    const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::optional<std::int64_t> parse_integer(std::string_view text) { return number(without_plus(trimmed(text))); }

std::optional<double> parse_real(std::string_view text) {
    text = without_plus(trimmed(text));
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (!std::isfinite(value)) return std::nullopt;
    return value;
}

std::optional<Duration> parse_duration(std::string_view text) {
    text = trimmed(text);
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    std::int64_t total = 0;
    while (!text.empty()) {
        const std::optional<std::int64_t> count = number(take_while(text, is_digit));
        const std::optional<std::string_view> decimals = take_decimals(text);
        const std::optional<std::int64_t> factor = factor_of(duration_units, take_while(text, is_letter));
        std::int64_t part = 0;
        if (!count || !decimals || !factor || __builtin_mul_overflow(*count, *factor, &part) ||
            __builtin_add_overflow(part, part_of(*decimals, *factor), &part) ||
            __builtin_add_overflow(total, part, &total))
            return std::nullopt;
    }
    return negative ? -total : total;
}

std::optional<std::int64_t> parse_size(std::string_view text) {
    text = trimmed(text);
    const std::optional<std::int64_t> count = number(take_while(text, is_digit));
    const std::optional<std::string_view> decimals = take_decimals(text);
    const std::optional<std::int64_t> factor = factor_of(size_units, trimmed(text));
    std::int64_t total = 0;
    if (!count || !decimals || !factor || __builtin_mul_overflow(*count, *factor, &total) ||
        __builtin_add_overflow(total, part_of(*decimals, *factor), &total))
        return std::nullopt;
    return total;
}

std::optional<Time> parse_time_of_day(std::string_view text) {
    text = trimmed(text);
    std::int64_t parts[3] = {0, 0, 0};
    int count = 0;
    while (count < 3) {
        const std::string_view digits = take_while(text, is_digit);
        if (digits.empty() || digits.size() > 2) return std::nullopt;
        parts[count++] = *number(digits);
        if (!text.starts_with(':')) break;
        text.remove_prefix(1);
    }
    if (!text.empty() || count < 2 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
    const Time time = parts[0] * one_hour + parts[1] * one_minute + parts[2] * one_second;
    if (time >= one_day) return std::nullopt;
    return time;
}

std::optional<bool> parse_boolean(std::string_view text) {
    text = trimmed(text);
    for (const std::string_view word : {"true", "yes", "1"})
        if (equal_folded(text, word)) return true;
    for (const std::string_view word : {"false", "no", "0"})
        if (equal_folded(text, word)) return false;
    return std::nullopt;
}

} // namespace watchword::runtime
