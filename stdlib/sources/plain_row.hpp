// A row of CSV without quotes, told in one pass over its bytes, 64 at a time.
#pragma once

#include "stdlib/sources/byte_window.hpp"
#include "stdlib/sources/reading.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

/// Of one thread.
class PlainRow {
public:
    explicit PlainRow(char delimiter, Instructions instructions = Instructions::best)
        : delimiter_(delimiter), read_(read_for(instructions)) {}

    /// Of the row with which `bytes` begin; its length with the end of line. 0: there is a quote or a NUL byte in it,
    /// or it goes on almost to where the bytes end.
    std::size_t read(std::string_view bytes) { return read_(*this, bytes); }
    // of the one read last, until another is
    std::string_view text() const { return row_; }
    void forget() { row_ = {}; }
    bool is_ascii() const { return is_ascii_; } ///< false: it may be all the same
    std::size_t cells() const { return cells_; }
    /// As `split_csv` gives them.
    std::string_view cell(std::size_t index) const {
        const std::uint32_t begin = bounds_[index] + 1;
        return trim({row_.data() + begin, bounds_[index + 1] - begin});
    }

private:
    using Read = std::size_t (*)(PlainRow&, std::string_view);
    static Read read_for(Instructions instructions);
    template <class Window>
    static std::size_t read_with(PlainRow& row, std::string_view bytes);
    static std::size_t read_plain(PlainRow& row, std::string_view bytes);
    static std::size_t read_sse2(PlainRow& row, std::string_view bytes);
    static std::size_t read_avx2(PlainRow& row, std::string_view bytes);

    char delimiter_;
    bool is_ascii_ = false;
    Read read_;
    std::string_view row_;
    std::vector<std::uint32_t> bounds_; ///< what stands before the first cell and behind each one, and room behind them
    std::size_t cells_ = 0;
};

} // namespace watchword::stdlib
