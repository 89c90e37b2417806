// Instants out of text: RFC 3339 with what HR systems make of it, and strptime-like formats. English month names.
#include "runtime/civil.hpp"
#include "runtime/text.hpp"

#include <array>

namespace watchword::runtime {

namespace {

constexpr std::array<std::string_view, 12> months{"january",   "february", "march",    "april",
                                                  "may",       "june",     "july",     "august",
                                                  "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> weekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};

/// What has been read so far of one time. -1: not read.
struct Parts {
    int year = -1, month = 1, day = 1, day_of_year = -1;
    int hour = 0, minute = 0, second = 0, half_day = -1;
    std::int64_t microseconds = 0;
    std::optional<Duration> offset;
    std::optional<std::int64_t> epoch; ///< seconds since 1970
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Takes `least` to `most` digits.
std::optional<int> take_number(std::string_view& text, std::size_t least, std::size_t most) {
    std::size_t length = 0;
    int value = 0;
    while (length < most && length < text.size() && is_digit(text[length])) value = value * 10 + (text[length++] - '0');
    if (length < least) return std::nullopt;
    text.remove_prefix(length);
    return value;
}

bool take_into(int& target, std::string_view& text, std::size_t least, std::size_t most) {
    const std::optional<int> value = take_number(text, least, most);
    if (value) target = *value;
    return value.has_value();
}

bool take(std::string_view& text, char wanted) {
    if (!text.starts_with(wanted)) return false;
    text.remove_prefix(1);
    return true;
}

void skip_blanks(std::string_view& text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

/// `.4675041` or nothing; digits beyond the sixth are cut off. False: a point without digits.
bool take_fraction(std::string_view& text, std::int64_t& microseconds) {
    if (!text.starts_with('.') && !text.starts_with(',')) return true;
    text.remove_prefix(1);
    if (text.empty() || !is_digit(text.front())) return false;
    std::int64_t unit = 100'000;
    microseconds = 0;
    while (!text.empty() && is_digit(text.front())) {
        microseconds += (text.front() - '0') * unit;
        unit /= 10;
        text.remove_prefix(1);
    }
    return true;
}

/// `Z`, `+05:30`, `+0530`, `+05`.
bool take_offset(std::string_view& text, std::optional<Duration>& offset) {
    if (take(text, 'Z') || take(text, 'z')) {
        offset = 0;
        return true;
    }
    const bool negative = text.starts_with('-');
    if (!take(text, '+') && !take(text, '-')) return false;
    const std::optional<int> hours = take_number(text, 2, 2);
    if (!hours) return false;
    int minutes = 0;
    if (take(text, ':') || (!text.empty() && is_digit(text.front())))
        if (!take_into(minutes, text, 2, 2)) return false;
    if (*hours > 23 || minutes > 59) return false;
    const Duration size = *hours * one_hour + minutes * one_minute;
    offset = negative ? -size : size;
    return true;
}

template <std::size_t count>
std::optional<int> take_name(std::string_view& text, const std::array<std::string_view, count>& names) {
    for (std::size_t i = 0; i < count; ++i)
        for (const std::size_t length : {names[i].size(), std::size_t{3}})
            if (equal_folded(text.substr(0, length), names[i].substr(0, length))) {
                text.remove_prefix(length);
                take(text, '.'); // `Mar. 4`
                return static_cast<int>(i);
            }
    return std::nullopt;
}

int days_in_month(int year, int month) {
    if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// Also one that its offset takes out of the years that there are texts for.
std::optional<Time> instant_of_any_year(const Parts& parts, std::string_view zone) {
    if (parts.epoch) return *parts.epoch * one_second + parts.microseconds;
    int hour = parts.hour;
    if (parts.half_day >= 0) {
        if (hour < 1 || hour > 12) return std::nullopt;
        hour = hour % 12 + 12 * parts.half_day;
    }
    if (parts.year < 1 || parts.year > 9999 || parts.month < 1 || parts.month > 12 || parts.day < 1 ||
        parts.day > days_in_month(parts.year, parts.month) || hour > 23 || parts.minute > 59 || parts.second > 60)
        return std::nullopt;
    std::int64_t days = days_from_civil(parts.year, parts.month, parts.day);
    if (parts.day_of_year >= 0) {
        const int length = 337 + days_in_month(parts.year, 2);
        if (parts.day_of_year < 1 || parts.day_of_year > length) return std::nullopt;
        days = days_from_civil(parts.year, 1, 1) + parts.day_of_year - 1;
    }
    const Time local =
        days * one_day + hour * one_hour + parts.minute * one_minute + parts.second * one_second + parts.microseconds;
    if (parts.offset) return local - *parts.offset;
    return zone.empty() ? local : Zone(zone).from_local(local);
}

std::optional<Time> instant(const Parts& parts, std::string_view zone) {
    const std::optional<Time> time = instant_of_any_year(parts, zone);
    return time && is_in_years_1_to_9999(*time) ? time : std::nullopt;
}

bool take_clock(std::string_view& text, Parts& parts) {
    if (!take_into(parts.hour, text, 1, 2) || !take(text, ':') || !take_into(parts.minute, text, 2, 2)) return false;
    if (!take(text, ':')) return true;
    return take_into(parts.second, text, 2, 2) && take_fraction(text, parts.microseconds);
}

bool take_epoch(std::string_view& text, Parts& parts) {
    const bool negative = take(text, '-');
    std::int64_t seconds = 0;
    std::size_t digits = 0;
    for (; digits < 12 && !text.empty() && is_digit(text.front()); ++digits, text.remove_prefix(1))
        seconds = seconds * 10 + (text.front() - '0');
    if (digits == 0 || !take_fraction(text, parts.microseconds)) return false;
    parts.epoch = negative ? -seconds : seconds;
    if (negative) parts.microseconds = -parts.microseconds;
    return true;
}

bool take_short_year(std::string_view& text, Parts& parts) {
    if (!take_into(parts.year, text, 2, 2)) return false;
    parts.year += parts.year < 69 ? 2000 : 1900; // as POSIX has it
    return true;
}

bool take_half_day(std::string_view& text, Parts& parts) {
    const std::string_view word = text.substr(0, 2);
    if (!equal_folded(word, "am") && !equal_folded(word, "pm")) return false;
    parts.half_day = equal_folded(word, "pm") ? 1 : 0;
    text.remove_prefix(2);
    return true;
}

bool take_month_name(std::string_view& text, Parts& parts) {
    const std::optional<int> month = take_name(text, months);
    if (month) parts.month = *month + 1;
    return month.has_value();
}

bool take_date(std::string_view& text, Parts& parts) {
    return take_into(parts.year, text, 4, 4) && take(text, '-') && take_into(parts.month, text, 2, 2) &&
           take(text, '-') && take_into(parts.day, text, 2, 2);
}

bool take_directive(char directive, std::string_view& text, Parts& parts) {
    switch (directive) {
    case 'Y':
        return take_into(parts.year, text, 4, 4);
    case 'y':
        return take_short_year(text, parts);
    case 'm':
        return take_into(parts.month, text, 1, 2);
    case 'e':
        skip_blanks(text);
        return take_into(parts.day, text, 1, 2);
    case 'd':
        return take_into(parts.day, text, 1, 2);
    case 'j':
        return take_into(parts.day_of_year, text, 1, 3);
    case 'H':
    case 'I':
        return take_into(parts.hour, text, 1, 2);
    case 'M':
        return take_into(parts.minute, text, 1, 2);
    case 'S':
        return take_into(parts.second, text, 1, 2) && take_fraction(text, parts.microseconds);
    case 'T':
        return take_clock(text, parts);
    case 'R':
        return take_clock(text, parts);
    case 'F':
        return take_date(text, parts);
    case 'b':
    case 'B':
        return take_month_name(text, parts);
    case 'a':
    case 'A':
        return take_name(text, weekdays).has_value();
    case 'p':
        return take_half_day(text, parts);
    case 'z':
        return take_offset(text, parts.offset);
    case 's':
        return take_epoch(text, parts);
    case '%':
        return take(text, '%');
    default:
        return false;
    }
}

} // namespace

std::optional<Time> parse_time(std::string_view text, std::string_view zone) {
    text = trimmed(text);
    Parts parts;
    if (!take_date(text, parts)) return std::nullopt;
    if (text.empty()) return instant(parts, zone);
    if (!take(text, 'T') && !take(text, 't')) {
        if (!is_blank(text.front())) return std::nullopt;
        skip_blanks(text);
    }
    if (!take_clock(text, parts)) return std::nullopt;
    skip_blanks(text);
    if (!text.empty() && !take_offset(text, parts.offset)) return std::nullopt;
    if (!text.empty()) return std::nullopt;
    return instant(parts, zone);
}

std::optional<Time> parse_time(std::string_view text, std::string_view format, std::string_view zone) {
    text = trimmed(text);
    format = trimmed(format);
    Parts parts;
    while (!format.empty()) {
        const char next = format.front();
        format.remove_prefix(1);
        if (is_blank(next)) {
            skip_blanks(text);
        } else if (next != '%') {
            if (!take(text, next)) return std::nullopt;
        } else {
            if (format.empty() || !take_directive(format.front(), text, parts)) return std::nullopt;
            format.remove_prefix(1);
        }
    }
    if (!text.empty()) return std::nullopt;
    return instant(parts, zone);
}

std::string problem_of_time_format(std::string_view format) {
    constexpr std::string_view known = "YymdejbBaAHIMSTRFpzs%", years = "YyFs";
    format = trimmed(format);
    bool has_year = false;
    for (std::size_t at = 0; (at = format.find('%', at)) != std::string_view::npos; at += 2) {
        if (at + 1 == format.size()) return "the format ends in `%`, and says no part of a time with it";
        const char directive = format[at + 1];
        if (known.find(directive) == std::string_view::npos)
            return "the format has a `%` before something that is no part of a time";
        has_year = has_year || years.find(directive) != std::string_view::npos;
    }
    return has_year ? "" : "a time of this format has no year (`%Y`, `%y`, `%F` or `%s`), so that none can be read";
}

} // namespace watchword::runtime
