// Text of records → values of the language's types, alike for every format. Knows nothing of fields or files.
#pragma once

#include "runtime/program.hpp"
#include "stdlib/sources/arena.hpp"
#include "stdlib/sources/digits.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

/// RFC 3339 and what `runtime::parse_time` reads; `2025-03-01T09:00:00[.fraction]Z` takes a fast path. `zone` is for
/// times without one.
std::optional<runtime::Time> read_time(std::string_view text, std::string_view zone);
/// Date and second read last: times one after the other mostly have the same.
struct LastTime {
    char date[11] = {}; ///< `2025-03-01T`
    runtime::Time midnight = 0;
    /// `2025-03-01T09:00:00` by eight bytes, the last of which overlap; at first no text at all.
    std::uint64_t text[3] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    runtime::Time second = 0;
};
std::optional<runtime::Time> read_other_time(std::string_view text, std::string_view zone, LastTime& last);
/// A time within the second read last, as most systems write times: `2025-03-01T09:00:00.123456Z`. False: it is
/// another.
inline bool read_last_second(std::string_view text, const LastTime& last, runtime::Time& time) {
    const char* const at = text.data();
    if (text.size() != 27 || load_eight(at) != last.text[0] || load_eight(at + 8) != last.text[1] ||
        load_eight(at + 11) != last.text[2] || at[19] != '.' || at[26] != 'Z')
        return false;
    // eight digits, the first two 0
    const std::uint64_t digits = ((load_eight(at + 19) >> 8 & 0xffff'ffff'ffff) ^ 0x3030'3030'3030) << 16;
    if (!are_digits(digits)) return false;
    time = last.second + static_cast<runtime::Time>(number_of(digits));
    return true;
}
inline std::optional<runtime::Time> read_time(std::string_view text, std::string_view zone, LastTime& last) {
    runtime::Time time = 0;
    if (read_last_second(text, last, time)) return time;
    return read_other_time(text, zone, last);
}
/// An epoch: seconds, with a fraction or without; milliseconds if its size is above 1e11 (seconds reach the year 5138).
/// nullopt outside the years 0001 to 9999.
std::optional<runtime::Time> read_epoch(double number);
std::optional<runtime::Time> read_epoch(std::int64_t number);

/// Enumeration words as foreign systems write them: case does not count; blank, `_` and `-` are alike.
class EnumerationWords {
public:
    explicit EnumerationWords(const std::vector<runtime::Enumeration>& enumerations);
    std::optional<std::int64_t> find(std::uint16_t enumeration, std::string_view word) const;

private:
    const std::vector<runtime::Enumeration>& enumerations_;
    std::vector<std::vector<std::string>> plain_; ///< per enumeration and word: in one form
};

/// What reading a value needs beside its text. All must outlive the reader.
/// Of one thread.
struct Reader {
    const runtime::Program& program;
    EnumerationWords words;
    std::string zone; ///< of times without one: an IANA name, empty is UTC

    explicit Reader(const runtime::Program& from) : program(from), words(from.enumerations), zone(from.zone) {}

    /// `text` must live as long as the value; what has to be made goes to `arena`. Lists are split at `;`, else at `,`.
    /// nullopt: it is no value of that type.
    std::optional<runtime::Value> read(std::string_view text, runtime::Type type, Arena& arena) const;

private:
    mutable LastTime last_time_;
};

std::string_view trim_blanks(std::string_view text);
/// Without blanks and line ends around it.
inline std::string_view trim(std::string_view text) {
    const auto is_clear = [](char byte) { return static_cast<unsigned char>(byte) > ' '; };
    // nothing is to be done, nearly always
    return text.empty() || (is_clear(text.front()) && is_clear(text.back())) ? text : trim_blanks(text);
}
inline bool is_blank(std::string_view text) {
    if (!text.empty() && static_cast<unsigned char>(text.front()) > ' ') return false;
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}
/// `a size`, `a whole number`: what a value of the type is called in the reason of a rejection.
std::string_view describe(runtime::Kind kind);
/// host and email: in folded form.
std::string_view fold_into(std::string_view text, Arena& arena);

} // namespace watchword::stdlib
