// One row a type. The fast path for times matters: every record has one.
#include "stdlib/sources/reading.hpp"

#include "stdlib/sources/digits.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace watchword::stdlib {

using runtime::Kind;
using runtime::Time;
using runtime::Type;
using runtime::Value;

namespace {

constexpr Time first_time = -62'135'596'800LL * runtime::one_second; // 0001-01-01
constexpr Time last_time = 253'402'300'800LL * runtime::one_second;  // 10000-01-01, not included

/// Negative: they are none, also where a hundred times others are added.
int two_digits(const char* text) {
    const unsigned tens = static_cast<unsigned char>(text[0]) - '0', ones = static_cast<unsigned char>(text[1]) - '0';
    return tens > 9 || ones > 9 ? -100'000 : static_cast<int>(tens * 10 + ones);
}

int days_of(int year, int month) {
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/// `2025-03-01T` → its midnight.
std::optional<Time> read_plain_date(const char* at) {
    if (at[4] != '-' || at[7] != '-' || at[10] != 'T') return std::nullopt;
    const int year = two_digits(at) * 100 + two_digits(at + 2);
    const int month = two_digits(at + 5), day = two_digits(at + 8);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_of(year, month)) return std::nullopt;
    // Days since 1970 of a Gregorian date; see H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    const int shifted = month <= 2 ? year - 1 : year;
    const int era = shifted / 400, of_era = shifted - era * 400;
    const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t days = era * 146'097LL + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
    return days * runtime::one_day;
}

/// Of `09:00:00` the microseconds; nullopt: it is no time of day.
std::optional<Time> read_clock(const char* at) {
    const std::uint64_t bytes = load_eight(at) ^ 0x3030'3a30'303a'3030; // `00:00:00`
    if (!are_digits(bytes) || (bytes & 0x0000'ff00'00ff'0000) != 0) return std::nullopt;
    const auto pair = [&](int shift) {
        return static_cast<std::int64_t>((bytes >> shift & 0xff) * 10 + (bytes >> (shift + 8) & 0xff));
    };
    const std::int64_t hour = pair(0), minute = pair(24), second = pair(48);
    if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return ((hour * 60 + minute) * 60 + second) * runtime::one_second;
}

/// `.5Z`, `.123Z`, …; nullopt: it is no fraction. Digits beyond microseconds are cut off.
std::optional<Time> read_fraction(std::string_view text) {
    if (text.size() < 3 || text.front() != '.') return std::nullopt;
    Time fraction = 0, unit = 100'000;
    for (const char byte : text.substr(1, text.size() - 2)) {
        const unsigned digit = static_cast<unsigned char>(byte) - '0';
        if (digit > 9) return std::nullopt;
        fraction += unit * digit;
        unit /= 10;
    }
    return fraction;
}

/// Of `2025-03-01T09:00:00` the microseconds; false: it is something else.
bool read_second(const char* at, LastTime& last) {
    if (std::memcmp(at, last.date, sizeof last.date) != 0) {
        const std::optional<Time> midnight = read_plain_date(at);
        if (!midnight) return false;
        std::memcpy(last.date, at, sizeof last.date);
        last.midnight = *midnight;
    }
    const std::optional<Time> clock = read_clock(at + 11);
    if (!clock) return false;
    last.text[0] = load_eight(at);
    last.text[1] = load_eight(at + 8);
    last.text[2] = load_eight(at + 11);
    last.second = last.midnight + *clock;
    return true;
}

/// `2025-03-01T09:00:00Z`, with a fraction or without; everything else is left to the general reader.
std::optional<Time> read_plain_time(std::string_view text, LastTime& last) {
    if (text.size() < 20 || text.back() != 'Z') return std::nullopt;
    const char* const at = text.data();
    if (!read_second(at, last)) return std::nullopt;
    if (text.size() == 20) return last.second;
    const std::optional<Time> fraction = read_fraction(text.substr(19));
    if (!fraction) return std::nullopt;
    return last.second + *fraction;
}

/// Of digits alone, as numbers mostly are; nullopt: it is something else, or long.
std::optional<std::int64_t> read_plain_number(std::string_view text) {
    constexpr std::size_t most_digits = 18;
    if (text.empty() || text.size() > most_digits) return std::nullopt;
    std::int64_t number = 0;
    for (const char byte : text) {
        const unsigned digit = static_cast<unsigned char>(byte) - '0';
        if (digit > 9) return std::nullopt;
        number = number * 10 + static_cast<std::int64_t>(digit);
    }
    return number;
}

std::string in_one_form(std::string_view word) {
    std::string result = runtime::fold(trim(word));
    for (char& byte : result)
        if (byte == ' ' || byte == '-') byte = '_';
    return result;
}

template <class Number>
std::optional<Value> as_value(const std::optional<Number>& number) {
    if (!number) return std::nullopt;
    return Value::of(*number);
}

} // namespace

std::string_view trim_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return text.substr(0, 0);
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::optional<Time> read_time(std::string_view text, std::string_view zone) {
    LastTime none;
    return read_time(text, zone, none);
}

std::optional<Time> read_other_time(std::string_view text, std::string_view zone, LastTime& last) {
    if (const std::optional<Time> time = read_plain_time(text, last)) return time;
    return runtime::parse_time(text, zone);
}

std::optional<Time> read_epoch(double number) {
    if (!(std::fabs(number) < 1e15)) return std::nullopt;
    const double micros = std::floor(number * (std::fabs(number) > 1e11 ? 1e3 : 1e6));
    if (micros < static_cast<double>(first_time) || micros >= static_cast<double>(last_time)) return std::nullopt;
    return static_cast<Time>(micros);
}

std::optional<Time> read_epoch(std::int64_t number) {
    constexpr std::int64_t seconds_up_to = 100'000'000'000, most = 1'000'000'000'000'000;
    if (number > most || number < -most) return std::nullopt;
    const Time time = number * (number > seconds_up_to || number < -seconds_up_to ? 1'000 : 1'000'000);
    if (time < first_time || time >= last_time) return std::nullopt;
    return time;
}

EnumerationWords::EnumerationWords(const std::vector<runtime::Enumeration>& enumerations)
    : enumerations_(enumerations) {
    for (const runtime::Enumeration& enumeration : enumerations) {
        std::vector<std::string>& forms = plain_.emplace_back();
        for (const std::string& word : enumeration.words) forms.push_back(in_one_form(word));
    }
}

std::optional<std::int64_t> EnumerationWords::find(std::uint16_t enumeration, std::string_view word) const {
    if (enumeration >= plain_.size()) return std::nullopt;
    const auto search = [](const std::vector<std::string>& words, std::string_view wanted) {
        const auto found = std::find(words.begin(), words.end(), wanted);
        return found == words.end() ? std::nullopt : std::optional<std::int64_t>(found - words.begin());
    };
    if (const auto exact = search(enumerations_[enumeration].words, word)) return exact;
    return search(plain_[enumeration], in_one_form(word));
}

std::string_view fold_into(std::string_view text, Arena& arena) {
    return runtime::is_folded_ascii(text) ? text : arena.copy(runtime::fold(text));
}

std::optional<Value> Reader::read(std::string_view text, Type type, Arena& arena) const {
    switch (type.kind) {
    case Kind::boolean:
        if (text == "true" || text == "false") return Value::of(text.front() == 't');
        return as_value(runtime::parse_boolean(text));
    case Kind::integer:
        if (const std::optional<std::int64_t> number = read_plain_number(text)) return Value::of(*number);
        return as_value(runtime::parse_integer(text));
    case Kind::real:
        return as_value(runtime::parse_real(text));
    case Kind::text:
    case Kind::person:
        return Value::of(text);
    case Kind::host:
    case Kind::email:
        return Value::of(fold_into(text, arena));
    case Kind::zone:
        return runtime::is_zone(text) ? std::optional(Value::of(text)) : std::nullopt;
    case Kind::time:
        return as_value(read_time(text, zone, last_time_));
    case Kind::time_of_day:
        return as_value(runtime::parse_time_of_day(text));
    case Kind::duration:
        return as_value(runtime::parse_duration(text));
    case Kind::size:
        if (const std::optional<std::int64_t> number = read_plain_number(text)) return Value::of(*number);
        return as_value(runtime::parse_size(text));
    case Kind::enumeration:
        return as_value(words.find(type.detail, text));
    case Kind::ip:
        if (const auto address = runtime::parse_ip(text)) return Value::of(arena.copy(*address));
        return std::nullopt;
    case Kind::list: {
        const char separator = text.find(';') != std::string_view::npos ? ';' : ',';
        std::vector<Value> items;
        while (!text.empty()) {
            const std::size_t end = std::min(text.find(separator), text.size());
            const std::string_view item = trim(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
            if (item.empty()) continue;
            const std::optional<Value> value = read(item, {static_cast<Kind>(type.detail)}, arena);
            if (!value) return std::nullopt;
            items.push_back(*value);
        }
        Value* const kept = arena.values(items.size());
        std::copy(items.begin(), items.end(), kept);
        return Value::of_list(kept, items.size());
    }
    case Kind::tuple:
    case Kind::error:
        break;
    }
    return std::nullopt;
}

std::string_view describe(Kind kind) {
    switch (kind) {
    case Kind::boolean:
        return "true or false";
    case Kind::integer:
        return "a whole number within 64 bits";
    case Kind::real:
        return "a number";
    case Kind::text:
        return "a text";
    case Kind::time:
        return "a time in the years 0001 to 9999";
    case Kind::time_of_day:
        return "a time of day";
    case Kind::duration:
        return "a duration";
    case Kind::size:
        return "a size";
    case Kind::ip:
        return "an IP address";
    case Kind::zone:
        return "a time zone";
    case Kind::person:
        return "an account name";
    case Kind::host:
        return "a host name";
    case Kind::email:
        return "an e-mail address";
    case Kind::list:
        return "a list";
    case Kind::enumeration:
        return "one of its words";
    case Kind::tuple:
    case Kind::error:
        break;
    }
    return "a value";
}

} // namespace watchword::stdlib
