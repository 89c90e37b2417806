// Small CSV files that policies name: lists, tables, holidays, baselines. RFC 4180, comma or semicolon, read whole.
// Event files are read elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::dsl {

struct CsvRow {
    std::uint32_t line = 1;         ///< on which it starts
    std::vector<std::string> cells; ///< blanks around are trimmed
};
/// Rows that are not empty; nullopt if a quote is never closed. The delimiter is `;` if the first line has more of
/// these than commas.
std::optional<std::vector<CsvRow>> read_csv(std::string_view text);

/// One value a line; empty lines and what follows `#` are left out.
std::vector<std::pair<std::uint32_t, std::string>> read_lines(std::string_view text);

std::string_view trimmed(std::string_view text);

} // namespace watchword::dsl
