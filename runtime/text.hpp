// Operations on text that compiler, machine and decoders must do alike: folding, patterns, reading and writing values.
// No exceptions, no locale.
#pragma once

#include "runtime/type.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace watchword::runtime {

/// Unicode simple case folding (CaseFolding.txt, statuses C and S), no normalisation. Invalid UTF-8 is kept as it is.
std::string fold(std::string_view text);
/// The same into `place`, which has room for one and a half times the text; returns the length.
std::size_t fold_to(std::string_view text, char* place) noexcept;
/// Simple lower and upper case, character by character; `place` as for `fold_to`.
std::size_t lower_to(std::string_view text, char* place) noexcept;
std::size_t upper_to(std::string_view text, char* place) noexcept;
/// Of eight characters: not 0 if any of them is a capital or beyond ASCII.
constexpr std::uint64_t unfolded(std::uint64_t characters) noexcept {
    // a sum reaches the top bit of a byte from 'A' on, respectively from behind 'Z' on
    constexpr std::uint64_t ones = 0x0101010101010101;
    const std::uint64_t from_a = characters + ones * (0x80 - 'A');
    const std::uint64_t behind_z = characters + ones * (0x80 - 'Z' - 1);
    return (characters | (from_a & ~behind_z)) & ones * 0x80;
}
/// True if folding would not change it (a fast test; ASCII only).
bool is_folded_ascii(std::string_view text) noexcept;
bool equal_folded(std::string_view left, std::string_view right) noexcept;
/// `*` any text, `?` one character (code point); no escapes; linear in practice, never exponential.
bool like(std::string_view text, std::string_view pattern) noexcept;
bool is_utf8(std::string_view text) noexcept;
/// Least number of bytes inserted, removed and replaced (Levenshtein). Of texts beyond `longest_edited` bytes, which
/// would take too long: the length of the longer one.
std::size_t edit_distance(std::string_view left, std::string_view right);
inline constexpr std::size_t longest_edited = 1000;
/// Without the blanks (space, tab, carriage return, line feed, form feed, vertical tab) at both ends.
std::string_view trimmed(std::string_view text) noexcept;

/// For one line of a terminal, which controls could rearrange: control characters, separators of lines and paragraphs
/// and what turns the direction of writing are blanks; bytes that are not UTF-8 are U+FFFD.
std::string harmless(std::string_view text);

/// "10.0.0.1", "2001:db8::1" → 16 bytes in network order, IPv4 as ::ffff:a.b.c.d.
std::optional<std::string> parse_ip(std::string_view text);
/// "10.0.0.0/8" → address and prefix length of the 128 bits.
std::optional<std::pair<std::string, std::uint8_t>> parse_network(std::string_view text);
std::string show_ip(std::string_view bytes);

/// RFC 3339 and what HR systems write: `2026-01-20T10:48:00.4675041+05:30`, `2026-01-20 10:48`, `2026-01-20`,
/// a trailing `Z`; fractions are truncated down to microseconds; years 0001 to 9999. Without an offset the time is
/// local in `zone` (IANA name; empty is UTC). nullopt: none of these.
std::optional<Time> parse_time(std::string_view text, std::string_view zone);
/// With a strptime-like format: %Y %m %d %H %M %S (with fraction) %y %b %B %p %I %z %j %e %T %F %s and literal text.
std::optional<Time> parse_time(std::string_view text, std::string_view format, std::string_view zone);
/// Why no text at all can be read by the format: a sentence, empty if some can.
std::string problem_of_time_format(std::string_view format);
std::optional<std::int64_t> parse_integer(std::string_view text); ///< all of it, within 64 bits
std::optional<double> parse_real(std::string_view text);          ///< all of it, finite
std::optional<Duration> parse_duration(std::string_view text);    ///< `1h30m`, `1.5h`
std::optional<std::int64_t> parse_size(std::string_view text);    ///< `100MB`, `12`
std::optional<Time> parse_time_of_day(std::string_view text);     ///< `08:00`, `08:00:30`
std::optional<bool> parse_boolean(std::string_view text);         ///< true false yes no 1 0, any case

/// `2025-03-04T18:00:00Z`, with as many of the six decimals as are needed.
std::string show_time(Time time);
std::string show_duration(Duration duration); ///< `1d2h`, `90s`, `0s`
std::string show_size(std::int64_t bytes);    ///< `150MB`, `1.5GB`, `12B`
std::string show_real(double value);          ///< shortest that reads back, never an exponent below 1e15; `-0` is `0`
std::string show_score(double value);         ///< three decimals at most: `20`, `33.334`
std::string show_time_of_day(Time time);

} // namespace watchword::runtime
