// Values as text, the way the language writes them.
#include "runtime/civil.hpp"
#include "runtime/code_point.hpp"
#include "runtime/exponent.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace watchword::runtime {

namespace {

std::uint64_t magnitude(std::int64_t value) {
    return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

/// `.25` of 250000 with six digits; nothing of 0.
std::string fraction(std::uint64_t value, int digits) {
    if (value == 0) return {};
    std::string result = fmt::format(".{:0{}}", value, digits);
    result.erase(result.find_last_not_of('0') + 1);
    return result;
}

std::string clock(std::int64_t microseconds) {
    const std::int64_t seconds = microseconds / one_second;
    return fmt::format("{:02}:{:02}:{:02}{}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                       fraction(static_cast<std::uint64_t>(microseconds % one_second), 6));
}

bool rearranges(std::int32_t character) {
    const utf8proc_property_t& property = *utf8proc_get_property(character);
    switch (property.bidi_class) {
    case UTF8PROC_BIDI_CLASS_LRE:
    case UTF8PROC_BIDI_CLASS_LRO:
    case UTF8PROC_BIDI_CLASS_RLE:
    case UTF8PROC_BIDI_CLASS_RLO:
    case UTF8PROC_BIDI_CLASS_PDF:
    case UTF8PROC_BIDI_CLASS_LRI:
    case UTF8PROC_BIDI_CLASS_RLI:
    case UTF8PROC_BIDI_CLASS_FSI:
    case UTF8PROC_BIDI_CLASS_PDI:
        return true;
    default:
        return property.category == UTF8PROC_CATEGORY_CC || property.category == UTF8PROC_CATEGORY_ZL ||
               property.category == UTF8PROC_CATEGORY_ZP;
    }
}

std::string fixed(double value, int precision) {
    std::array<char, 400> buffer;
    const std::to_chars_result result =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, precision);
    return {buffer.data(), result.ptr};
}

} // namespace

std::string harmless(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const CodePoint character = first_code_point(text);
        if (character.value < 0)
            result += "\xEF\xBF\xBD";
        else if (rearranges(character.value))
            result += ' ';
        else
            result += text.substr(0, character.length);
        text.remove_prefix(character.length);
    }
    return result;
}

std::string show_time(Time time) {
    std::int64_t days = time / one_day;
    if (time % one_day < 0) --days;
    const Date date = civil_from_days(days);
    const std::int64_t rest = time % one_day < 0 ? time % one_day + one_day : time % one_day;
    return fmt::format("{:04}-{:02}-{:02}T{}Z", date.year, date.month, date.day, clock(rest));
}

std::string show_time_of_day(Time time) {
    if (time < 0) time = 0;
    if (time % one_minute != 0) return clock(time);
    return fmt::format("{:02}:{:02}", time / one_hour, time / one_minute % 60);
}

std::string show_duration(Duration duration) {
    std::uint64_t rest = magnitude(duration);
    if (rest == 0) return "0s";
    struct Unit {
        std::uint64_t length;
        std::string_view name;
    };
    constexpr Unit units[] = {{one_day, "d"},    {one_hour, "h"}, {one_minute, "m"},
                              {one_second, "s"}, {1000, "ms"},    {1, "us"}};
    const bool below_two_minutes = rest < 2 * one_minute;
    std::string result = duration < 0 ? "-" : "";
    for (const Unit& unit : units) {
        if (below_two_minutes && unit.length >= static_cast<std::uint64_t>(one_minute) && rest != one_minute) continue;
        if (const std::uint64_t count = rest / unit.length; count != 0) result += fmt::format("{}{}", count, unit.name);
        rest %= unit.length;
    }
    return result;
}

namespace {

/// `16MiB`, not `16.777216MB`; empty: it is no whole number of such.
std::string binary_size(std::uint64_t value) {
    constexpr std::uint64_t kibi = 1024, mebi = kibi * kibi;
    if (value == 0 || value % 1000 == 0 || value % (value < mebi ? kibi : mebi) != 0) return {};
    constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    for (value /= kibi; unit < 3 && value % kibi == 0; ++unit) value /= kibi;
    return fmt::format("{}{}", value, units[unit]);
}

} // namespace

std::string show_size(std::int64_t bytes) {
    const std::uint64_t value = magnitude(bytes);
    if (const std::string whole = binary_size(value); !whole.empty()) return (bytes < 0 ? "-" : "") + whole;
    constexpr std::string_view units[] = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
    std::uint64_t scale = 1;
    int thousands = 0;
    while (thousands < 6 && value / scale >= 1000) {
        scale *= 1000;
        ++thousands;
    }
    return fmt::format("{}{}{}{}", bytes < 0 ? "-" : "", value / scale, fraction(value % scale, 3 * thousands),
                       units[thousands]);
}

std::string show_real(double value) {
    if (value == 0) return "0";
    std::array<char, 400> buffer;
    const bool plain = std::fabs(value) < 1e15;
    const std::to_chars_result result =
        plain ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed)
              : std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    if (result.ec != std::errc{}) return fixed(value, 20);
    return {buffer.data(), result.ptr};
}

std::string show_score(double value) {
    std::string result = fixed(round_score(value), 3);
    if (result.find('.') == std::string::npos) return result;
    result.erase(result.find_last_not_of('0') + 1);
    if (result.back() == '.') result.pop_back();
    return result == "-0" ? "0" : result;
}

} // namespace watchword::runtime
