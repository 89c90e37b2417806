// One row for each kind of processor, as in byte_window.hpp; nothing beyond `bytes` is read.
#include "stdlib/sources/plain_row.hpp"

#include <algorithm>
#include <bit>

namespace watchword::stdlib {

namespace {

constexpr std::size_t window = 64;

/// Bit i: of byte i.
struct RowBits {
    std::uint64_t delimiters = 0;
    std::uint64_t stops = 0; ///< what ends the row or makes it one that is not plain: end of line, quote, NUL
};

class PlainRowWindow {
public:
    explicit PlainRowWindow(char delimiter) : delimiter_(delimiter) {}
    RowBits look(const char* at) {
        RowBits bits;
        for (unsigned i = 0; i < window; ++i) {
            seen_ |= static_cast<unsigned char>(at[i]);
            if (at[i] == delimiter_) bits.delimiters |= std::uint64_t{1} << i;
            if (at[i] == '"' || at[i] == '\n' || at[i] == '\0') bits.stops |= std::uint64_t{1} << i;
        }
        return bits;
    }
    bool is_ascii() const { return seen_ < 0x80; }

private:
    const char delimiter_;
    unsigned char seen_ = 0;
};

#if defined(__x86_64__)

class Sse2RowWindow {
public:
    explicit Sse2RowWindow(char delimiter) : delimiter_(_mm_set1_epi8(delimiter)) {}
    RowBits look(const char* at) {
        RowBits bits;
        for (unsigned i = 0; i < window; i += 16) {
            const __m128i data = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i));
            seen_ = _mm_or_si128(seen_, data);
            const __m128i ends =
                _mm_or_si128(_mm_cmpeq_epi8(data, _mm_set1_epi8('"')), _mm_cmpeq_epi8(data, _mm_set1_epi8('\n')));
            bits.delimiters |= bits_of(_mm_cmpeq_epi8(data, delimiter_)) << i;
            bits.stops |= bits_of(_mm_or_si128(ends, _mm_cmpeq_epi8(data, _mm_setzero_si128()))) << i;
        }
        return bits;
    }
    bool is_ascii() const { return bits_of(seen_) == 0; }

private:
    static std::uint64_t bits_of(__m128i bytes) { return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes)); }
    const __m128i delimiter_;
    __m128i seen_ = _mm_setzero_si128();
};

class Avx2RowWindow {
public:
    __attribute__((target("avx2"))) explicit Avx2RowWindow(char delimiter)
        : delimiter_(_mm256_set1_epi8(delimiter)), seen_(_mm256_setzero_si256()) {}
    __attribute__((target("avx2"))) RowBits look(const char* at) {
        const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32));
        seen_ = _mm256_or_si256(seen_, _mm256_or_si256(low, high));
        return {bits_of(_mm256_cmpeq_epi8(low, delimiter_)) | bits_of(_mm256_cmpeq_epi8(high, delimiter_)) << 32,
                bits_of(stops(low)) | bits_of(stops(high)) << 32};
    }
    __attribute__((target("avx2"))) bool is_ascii() const { return bits_of(seen_) == 0; }

private:
    __attribute__((target("avx2"))) static std::uint64_t bits_of(__m256i bytes) {
        return static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes));
    }
    /// Each of the three is the only one with its lower four bits: looked up by these, it finds itself. Others find
    /// something with other lower bits, and bytes beyond ASCII find 0.
    __attribute__((target("avx2"))) static __m256i stops(__m256i data) {
        const __m256i self = _mm256_setr_epi8('\0', -1, '"', -1, -1, -1, -1, -1, -1, -1, '\n', -1, -1, -1, -1, 0, //
                                              '\0', -1, '"', -1, -1, -1, -1, -1, -1, -1, '\n', -1, -1, -1, -1, 0);
        return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(self, data), data);
    }
    const __m256i delimiter_;
    __m256i seen_;
};

#endif

} // namespace

template <class Window>
inline std::size_t PlainRow::read_with(PlainRow& row, std::string_view bytes) {
    constexpr unsigned step = 4; // cells of a window are noted so many at a time
    constexpr std::size_t room = window + step + 1;
    row.row_ = {};
    row.cells_ = 0;
    if (row.bounds_.size() < 1 + room) row.bounds_.resize(16 * room);
    row.bounds_[0] = UINT32_MAX;
    std::size_t next = 1;
    Window look{row.delimiter_};
    for (std::size_t at = 0; at + window <= bytes.size() && at < UINT32_MAX - window; at += window) {
        auto [delimiters, stops] = look.look(bytes.data() + at);
        if (stops != 0) delimiters &= (stops & (~stops + 1)) - 1; // up to the first
        if (row.bounds_.size() < next + room) row.bounds_.resize(2 * (next + room));
        std::uint32_t* bounds = row.bounds_.data() + next;
        next += static_cast<std::size_t>(std::popcount(delimiters));
        while (delimiters != 0) {
            for (unsigned i = 0; i < step; ++i) { // beyond the last it is not minded what is noted
                *bounds++ = static_cast<std::uint32_t>(at) + static_cast<std::uint32_t>(std::countr_zero(delimiters));
                delimiters &= delimiters - 1;
            }
        }
        if (stops == 0) continue;
        const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(stops));
        if (bytes[end] != '\n') return 0;
        row.bounds_[next] = static_cast<std::uint32_t>(end);
        row.cells_ = next;
        row.row_ = bytes.substr(0, end + 1);
        row.is_ascii_ = look.is_ascii();
        return row.row_.size();
    }
    return 0;
}

std::size_t PlainRow::read_plain(PlainRow& row, std::string_view bytes) {
    return read_with<PlainRowWindow>(row, bytes);
}

#if defined(__x86_64__)

__attribute__((flatten)) std::size_t PlainRow::read_sse2(PlainRow& row, std::string_view bytes) {
    return read_with<Sse2RowWindow>(row, bytes);
}

__attribute__((target("avx2,bmi,popcnt"), flatten)) std::size_t PlainRow::read_avx2(PlainRow& row,
                                                                                    std::string_view bytes) {
    return read_with<Avx2RowWindow>(row, bytes);
}

PlainRow::Read PlainRow::read_for(Instructions instructions) {
    if (instructions == Instructions::plain) return read_plain;
    return instructions != Instructions::sse2 && can(Instructions::avx2) ? read_avx2 : read_sse2;
}

#else

PlainRow::Read PlainRow::read_for(Instructions) { return read_plain; }

#endif

} // namespace watchword::stdlib
