// Values of literals. Arithmetic is checked: what does not fit is nullopt, never wrapped.
#include "dsl/literal.hpp"

#include "runtime/civil.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace watchword::dsl {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t factor;
};
// Longest names first, so that `ms` is not read as `m`.
constexpr std::array<Unit, 6> duration_units{{{"ms", 1000},
                                              {"w", runtime::one_week},
                                              {"d", runtime::one_day},
                                              {"h", runtime::one_hour},
                                              {"m", runtime::one_minute},
                                              {"s", runtime::one_second}}};
constexpr std::array<Unit, 9> size_units{{{"KiB", std::int64_t{1} << 10},
                                          {"MiB", std::int64_t{1} << 20},
                                          {"GiB", std::int64_t{1} << 30},
                                          {"TiB", std::int64_t{1} << 40},
                                          {"KB", 1'000},
                                          {"MB", 1'000'000},
                                          {"GB", 1'000'000'000},
                                          {"TB", 1'000'000'000'000},
                                          {"B", 1}}};

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

std::string without_underscores(std::string_view text) {
    std::string result;
    for (const char byte : text)
        if (byte != '_') result += byte;
    return result;
}

std::optional<std::int64_t> multiplied(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
    return result;
}

std::optional<std::int64_t> added(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
    return result;
}

/// `count` digits at `at`, which moves behind them.
int number(std::string_view text, std::size_t& at, std::size_t count) {
    int result = 0;
    for (std::size_t index = 0; index < count && at < text.size(); ++index, ++at)
        result = result * 10 + (text[at] - '0');
    return result;
}

/// `09:00`, `9:00:30.25`, to microseconds; `at` moves behind it.
std::optional<std::int64_t> read_clock(std::string_view text, std::size_t& at) {
    const int hours = number(text, at, text.size() > at + 1 && text[at + 1] == ':' ? 1 : 2);
    ++at;
    const int minutes = number(text, at, 2);
    int seconds = 0;
    std::int64_t fraction = 0;
    if (at + 2 < text.size() && text[at] == ':') {
        ++at;
        seconds = number(text, at, 2);
        if (at + 1 < text.size() && text[at] == '.') {
            std::int64_t scale = 100'000;
            for (++at; at < text.size() && is_digit(text[at]); ++at, scale /= 10) fraction += (text[at] - '0') * scale;
        }
    }
    if (hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
    return hours * runtime::one_hour + minutes * runtime::one_minute + seconds * runtime::one_second + fraction;
}

std::optional<std::int64_t> read_offset(std::string_view text) {
    if (text == "Z") return 0;
    std::size_t at = 1;
    const int hours = number(text, at, 2);
    if (at < text.size() && text[at] == ':') ++at;
    const int minutes = number(text, at, 2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    const std::int64_t offset = hours * runtime::one_hour + minutes * runtime::one_minute;
    return text[0] == '-' ? -offset : offset;
}

void append_utf8(std::string& text, std::uint32_t code) {
    const auto add = [&text](std::uint32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code < 0x80U) {
        add(code);
    } else if (code < 0x800U) {
        add(0xC0U | (code >> 6U));
        add(0x80U | (code & 0x3FU));
    } else if (code < 0x10000U) {
        add(0xE0U | (code >> 12U));
        add(0x80U | ((code >> 6U) & 0x3FU));
        add(0x80U | (code & 0x3FU));
    } else {
        add(0xF0U | (code >> 18U));
        add(0x80U | ((code >> 12U) & 0x3FU));
        add(0x80U | ((code >> 6U) & 0x3FU));
        add(0x80U | (code & 0x3FU));
    }
}

/// `{1F600}` at the start of `text`: its length, 0 if it is none.
std::size_t read_unicode_escape(std::string_view text, std::string& into) {
    const std::size_t close = text.find('}');
    if (text.empty() || text[0] != '{' || close == std::string_view::npos || close < 2 || close > 7) return 0;
    std::uint32_t code = 0;
    const char* const end = text.data() + close;
    const auto [stop, error] = std::from_chars(text.data() + 1, end, code, 16);
    const bool is_character = code != 0 && code <= 0x10FFFFU && (code < 0xD800U || code > 0xDFFFU);
    if (error != std::errc{} || stop != end || !is_character) return 0;
    append_utf8(into, code);
    return close + 1;
}

} // namespace

std::optional<std::int64_t> read_integer(std::string_view text) {
    const std::string plain = without_underscores(text);
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (error != std::errc{} || stop != plain.data() + plain.size()) return std::nullopt;
    return value;
}

std::optional<double> read_real(std::string_view text) {
    const std::string plain = without_underscores(text);
    double value = 0;
    const auto [stop, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (error != std::errc{} || stop != plain.data() + plain.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::optional<double> read_percentage(std::string_view text) {
    const std::optional<double> hundredfold = read_real(text.substr(0, text.size() - 1));
    if (!hundredfold) return std::nullopt;
    return *hundredfold / 100;
}

/// `1.5` of a unit; nullopt: not a whole number of what it is measured in, or beyond 64 bits.
std::optional<std::int64_t> scaled(std::string_view decimal, std::int64_t factor) {
    const std::size_t dot = decimal.find('.');
    const std::optional<std::int64_t> whole = read_integer(decimal.substr(0, dot));
    std::optional<std::int64_t> total = whole ? multiplied(*whole, factor) : std::nullopt;
    std::int64_t scale = factor;
    for (std::size_t at = dot == std::string_view::npos ? decimal.size() : dot + 1; total && at < decimal.size();
         ++at) {
        if (decimal[at] == '0') {
            scale = scale % 10 == 0 ? scale / 10 : 0;
            continue;
        }
        if (scale % 10 != 0 || scale == 0) return std::nullopt;
        scale /= 10;
        total = added(*total, (decimal[at] - '0') * scale);
    }
    return total;
}

std::optional<std::int64_t> read_duration(std::string_view text) {
    std::int64_t sum = 0;
    while (!text.empty()) {
        std::size_t length = 0;
        while (length < text.size() && (is_digit(text[length]) || text[length] == '_' || text[length] == '.')) ++length;
        const std::string_view count = text.substr(0, length);
        text.remove_prefix(length);
        const Unit* unit = nullptr;
        for (const Unit& candidate : duration_units)
            if (unit == nullptr && text.starts_with(candidate.name)) unit = &candidate;
        if (unit == nullptr) return std::nullopt;
        text.remove_prefix(unit->name.size());
        const std::optional<std::int64_t> part = scaled(count, unit->factor);
        const std::optional<std::int64_t> total = part ? added(sum, *part) : std::nullopt;
        if (!total) return std::nullopt;
        sum = *total;
    }
    return sum;
}

std::optional<std::int64_t> read_size(std::string_view text) {
    for (const Unit& unit : size_units)
        if (text.ends_with(unit.name)) return scaled(text.substr(0, text.size() - unit.name.size()), unit.factor);
    return std::nullopt;
}

std::optional<InstantValue> read_instant(std::string_view text) {
    std::size_t at = 0;
    const int year = number(text, at, 4);
    const int month = number(text, ++at, 2);
    const int day = number(text, ++at, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
    const std::int64_t days = runtime::days_from_civil(year, month, day);
    if (runtime::civil_from_days(days).day != day) return std::nullopt;
    InstantValue result{days * runtime::one_day, false};
    if (at >= text.size()) return result;
    const std::optional<std::int64_t> time = read_clock(text, ++at);
    if (!time) return std::nullopt;
    result.microseconds += *time;
    if (at >= text.size()) return result;
    const std::optional<std::int64_t> offset = read_offset(text.substr(at));
    if (!offset) return std::nullopt;
    if (!runtime::is_in_years_1_to_9999(result.microseconds - *offset)) return std::nullopt;
    return InstantValue{result.microseconds - *offset, true};
}

std::optional<std::int64_t> read_time_of_day(std::string_view text) {
    std::size_t at = 0;
    return read_clock(text, at);
}

TextValue read_text(std::string_view literal) {
    TextValue result;
    if (literal.starts_with('r')) {
        result.text = literal.substr(2, literal.size() - 3);
        return result;
    }
    const std::string_view inside = literal.substr(1, literal.size() - 2);
    for (std::size_t at = 0; at < inside.size(); ++at) {
        if (inside[at] != '\\') {
            result.text += inside[at];
            continue;
        }
        const std::size_t escape = at++;
        const char letter = at < inside.size() ? inside[at] : '\0';
        std::size_t more = 0;
        switch (letter) {
        case 'n':
            result.text += '\n';
            break;
        case 'r':
            result.text += '\r';
            break;
        case 't':
            result.text += '\t';
            break;
        case '"':
            result.text += '"';
            break;
        case '\\':
            result.text += '\\';
            break;
        case 'u':
            more = read_unicode_escape(inside.substr(at + 1), result.text);
            [[fallthrough]];
        default:
            if (more == 0 && !result.bad_escape) result.bad_escape = escape + 1;
            at += more;
        }
    }
    return result;
}

std::string spell_real(double value) {
    std::array<char, 512> buffer{};
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
    std::string text(buffer.data(), error == std::errc{} ? end : buffer.data());
    if (text.find('.') == std::string::npos) text += ".0";
    return text;
}

std::string spell_percentage(double value) {
    // The shortest hundredfold that reads back; rounding hides the error of the multiplication.
    std::string text;
    for (int places = 0; places <= 20; ++places) {
        text = fmt::format("{:.{}f}", value * 100, places);
        if (read_percentage(text + "%") == value) break;
    }
    return text + "%";
}

std::string spell_duration(std::int64_t microseconds) {
    constexpr std::array<Unit, 5> units{{{"d", runtime::one_day},
                                         {"h", runtime::one_hour},
                                         {"m", runtime::one_minute},
                                         {"s", runtime::one_second},
                                         {"ms", 1000}}};
    std::string text;
    for (const Unit& unit : units) {
        if (microseconds < unit.factor) continue;
        text += fmt::format("{}{}", microseconds / unit.factor, unit.name);
        microseconds %= unit.factor;
    }
    return text.empty() ? "0s" : text;
}

std::string spell_size(std::int64_t bytes) {
    Unit best{"B", 1};
    for (const Unit& unit : size_units)
        if (bytes != 0 && bytes % unit.factor == 0 && unit.factor > best.factor) best = unit;
    return fmt::format("{}{}", bytes / best.factor, best.name);
}

std::string spell_time_of_day(std::int64_t microseconds) {
    const std::int64_t seconds = microseconds / runtime::one_second;
    std::string text = fmt::format("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
    const std::int64_t fraction = microseconds % runtime::one_second;
    if (seconds % 60 != 0 || fraction != 0) text += fmt::format(":{:02}", seconds % 60);
    if (fraction != 0) text += fmt::format(".{:06}", fraction);
    return text;
}

std::string spell_instant(InstantValue value) {
    std::int64_t days = value.microseconds / runtime::one_day;
    if (value.microseconds % runtime::one_day < 0) --days;
    const std::int64_t rest = value.microseconds - days * runtime::one_day;
    const runtime::Date date = runtime::civil_from_days(days);
    std::string text = fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
    if (value.zoned) return text + "T" + spell_time_of_day(rest) + "Z";
    return rest == 0 ? text : text + " " + spell_time_of_day(rest);
}

std::string spell_text(std::string_view text) {
    std::string result = "\"";
    for (const char byte : text) {
        switch (byte) {
        case '\n':
            result += "\\n";
            break;
        case '\r':
            result += "\\r";
            break;
        case '\t':
            result += "\\t";
            break;
        case '"':
            result += "\\\"";
            break;
        case '\\':
            result += "\\\\";
            break;
        default:
            if (static_cast<unsigned char>(byte) < 0x20U || byte == 0x7F) {
                result += fmt::format("\\u{{{:X}}}", static_cast<unsigned>(byte));
            } else {
                result += byte;
            }
        }
    }
    return result + "\"";
}

} // namespace watchword::dsl
