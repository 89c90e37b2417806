// CSV as HR systems write it (RFC 4180 and what strays from it): rows, cells, headers. Knows nothing of columns' types.
#pragma once

#include "stdlib/sources/arena.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

/// Length of the first row with its end of line; an end of line between quotes belongs to the row. 0: it ends beyond
/// `bytes`; never if these are `all`. A quote that is never closed does not swallow the rest: the row is then one line.
std::size_t csv_extent(std::string_view bytes, char delimiter, bool all);

/// The cells, blanks around them and their quotes taken off; views into `row` or `arena`. False: a quote is not closed.
bool split_csv(std::string_view row, char delimiter, Arena& arena, std::vector<std::string_view>& cells);

/// What is wrong with a file that begins with this row: that no line of it ends with a line feed; empty: nothing.
std::string_view problem_of_csv(std::string_view first);

/// The place of the first of `wanted` among the header's names: exactly, else without regard to case, blanks, `_` and
/// `-`.
std::optional<std::size_t> find_header(const std::vector<std::string>& header, const std::vector<std::string>& wanted);

} // namespace watchword::stdlib
