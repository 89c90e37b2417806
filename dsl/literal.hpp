// Literals of the language: text to value and back. nullopt: out of range, or no such date. The grammar has made sure
// of the form; here are only the values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace watchword::dsl {

struct InstantValue {
    std::int64_t microseconds = 0; ///< local unless `zoned`
    bool zoned = false;
};

std::optional<std::int64_t> read_integer(std::string_view text);  ///< `1_000`
std::optional<double> read_real(std::string_view text);           ///< `1_000.5`
std::optional<double> read_percentage(std::string_view text);     ///< `50%` is 0.5
std::optional<std::int64_t> read_duration(std::string_view text); ///< `1h30m`, microseconds
std::optional<std::int64_t> read_size(std::string_view text);     ///< `1.5GB`, whole bytes
std::optional<InstantValue> read_instant(std::string_view text);
std::optional<std::int64_t> read_time_of_day(std::string_view text);

struct TextValue {
    std::string text;
    std::optional<std::size_t> bad_escape; ///< where in the literal its first unknown escape begins
};
TextValue read_text(std::string_view literal); ///< with its quotes

std::string spell_real(double value);
std::string spell_percentage(double value);
std::string spell_duration(std::int64_t microseconds); ///< largest units first: `1d2h`
std::string spell_size(std::int64_t bytes);            ///< one unit that divides it
std::string spell_instant(InstantValue value);
std::string spell_time_of_day(std::int64_t microseconds);
std::string spell_text(std::string_view text);

} // namespace watchword::dsl
