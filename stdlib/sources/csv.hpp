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

/// A row without quotes, told in one pass over its bytes.
class PlainRow {
public:
    explicit PlainRow(char delimiter) : delimiter_(delimiter) {}

    /// Of the row with which `bytes` begin; its length with the end of line. 0: there is a quote or a NUL byte in it,
    /// or it goes on almost to where the bytes end.
    std::size_t read(std::string_view bytes);
    // of the one read last, until another is
    std::string_view text() const { return row_; }
    bool is_ascii() const { return is_ascii_; } ///< false: it may be all the same
    /// As `split_csv` gives them.
    void split(std::vector<std::string_view>& cells) const;

private:
    char delimiter_;
    std::string_view row_;
    bool is_ascii_ = false;
    std::vector<std::uint32_t> ends_; ///< of all cells, and room behind them
    std::size_t cells_ = 0;
};

/// The cells, blanks around them and their quotes taken off; views into `row` or `arena`. False: a quote is not closed.
bool split_csv(std::string_view row, char delimiter, Arena& arena, std::vector<std::string_view>& cells);

/// The place of the first of `wanted` among the header's names: exactly, else without regard to case, blanks, `_` and
/// `-`.
std::optional<std::size_t> find_header(const std::vector<std::string>& header, const std::vector<std::string>& wanted);

} // namespace watchword::stdlib
