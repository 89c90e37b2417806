// A quote means something only at the beginning of a cell; elsewhere it is a character like any other.
#include "stdlib/sources/csv.hpp"

#include "runtime/text.hpp"
#include "stdlib/sources/reading.hpp"

#include <algorithm>
#include <bit>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace watchword::stdlib {

namespace {

/// Some bytes at once: which are delimiters, and which end the row or make it one that is not plain.
class Window {
public:
    struct Bits {
        std::uint32_t delimiters = 0, stops = 0;
    };
#if defined(__x86_64__)
    static constexpr std::size_t size = 32;
    explicit Window(char delimiter) : delimiter_(_mm_set1_epi8(delimiter)) {}
    Bits look(const char* at) {
        const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16));
        seen_ = _mm_or_si128(seen_, _mm_or_si128(low, high));
        return {bits_of(_mm_cmpeq_epi8(low, delimiter_)) | bits_of(_mm_cmpeq_epi8(high, delimiter_)) << 16,
                bits_of(stops(low)) | bits_of(stops(high)) << 16};
    }
    bool is_ascii() const { return bits_of(seen_) == 0; }

private:
    static std::uint32_t bits_of(__m128i bytes) { return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes)); }
    static __m128i stops(__m128i data) {
        const __m128i quotes = _mm_cmpeq_epi8(data, _mm_set1_epi8('"'));
        const __m128i line_ends = _mm_cmpeq_epi8(data, _mm_set1_epi8('\n'));
        return _mm_or_si128(_mm_or_si128(quotes, line_ends), _mm_cmpeq_epi8(data, _mm_setzero_si128()));
    }
    const __m128i delimiter_;
    __m128i seen_ = _mm_setzero_si128();
#else
    static constexpr std::size_t size = 1;
    explicit Window(char delimiter) : delimiter_(delimiter) {}
    Bits look(const char* at) {
        seen_ |= static_cast<unsigned char>(*at);
        return {*at == delimiter_ ? 1U : 0U, *at == '"' || *at == '\n' || *at == '\0' ? 1U : 0U};
    }
    bool is_ascii() const { return seen_ < 0x80; }

private:
    const char delimiter_;
    unsigned char seen_ = 0;
#endif
};

bool is_space(char byte) { return byte == ' ' || byte == '\t'; }

/// Behind the quote that closes what opened before `at`; npos: none does.
std::size_t behind_closing_quote(std::string_view bytes, std::size_t at) {
    while (true) {
        at = bytes.find('"', at);
        if (at == std::string_view::npos) return at;
        if (at + 1 >= bytes.size() || bytes[at + 1] != '"') return at + 1;
        at += 2;
    }
}

std::string plain_form(std::string_view name) {
    std::string result = runtime::fold(name);
    std::erase_if(result, [](char byte) { return byte == ' ' || byte == '_' || byte == '-' || byte == '\t'; });
    return result;
}

} // namespace

std::size_t csv_extent(std::string_view bytes, char delimiter, bool all) {
    const std::size_t line_end = bytes.find('\n');
    const bool ends = line_end != std::string_view::npos;
    const std::size_t line = ends ? line_end + 1 : all ? bytes.size() : 0;
    if (bytes.substr(0, ends ? line_end : bytes.size()).find('"') == std::string_view::npos) return line;
    std::size_t at = 0;
    while (at < bytes.size()) { // at the beginning of a cell
        while (at < bytes.size() && is_space(bytes[at]) && bytes[at] != delimiter) ++at;
        if (at < bytes.size() && bytes[at] == '"') {
            at = behind_closing_quote(bytes, at + 1);
            if (at == std::string_view::npos) return all ? line : 0;
        }
        while (at < bytes.size() && bytes[at] != delimiter && bytes[at] != '\n') ++at;
        if (at < bytes.size() && bytes[at++] == '\n') return at;
    }
    return all ? bytes.size() : 0;
}

std::size_t PlainRow::read(std::string_view bytes) {
    row_ = {};
    cells_ = 0;
    std::size_t cells = 0;
    Window window{delimiter_};
    for (std::size_t at = 0; at + Window::size <= bytes.size() && at < UINT32_MAX; at += Window::size) {
        auto [delimiters, stops] = window.look(bytes.data() + at);
        if (stops != 0) delimiters &= (stops & (~stops + 1)) - 1; // up to the first
        if (ends_.size() < cells + Window::size + 1) ends_.resize(2 * (cells + Window::size + 1));
        std::uint32_t* const ends = ends_.data();
        const auto note = [&] {
            ends[cells] = static_cast<std::uint32_t>(at) + static_cast<std::uint32_t>(std::countr_zero(delimiters));
            cells += delimiters != 0 ? 1 : 0;
            delimiters &= delimiters - 1;
        };
        // mostly there are no more than three, and to look for them is less than to foresee how many
        for (unsigned usual = 0; usual < 3; ++usual) note();
        while (delimiters != 0) note();
        if (stops == 0) continue;
        const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(stops));
        if (bytes[end] != '\n') return 0;
        ends_[cells++] = static_cast<std::uint32_t>(end);
        cells_ = cells;
        row_ = bytes.substr(0, end + 1);
        is_ascii_ = window.is_ascii();
        return row_.size();
    }
    return 0;
}

void PlainRow::split(std::vector<std::string_view>& cells) const {
    cells.resize(cells_);
    std::size_t begin = 0;
    for (std::size_t cell = 0; cell < cells_; ++cell) {
        const std::size_t end = ends_[cell];
        cells[cell] = trim({row_.data() + begin, end - begin});
        begin = end + 1;
    }
}

bool split_csv(std::string_view row, char delimiter, Arena& arena, std::vector<std::string_view>& cells) {
    cells.clear();
    while (!row.empty() && (row.back() == '\n' || row.back() == '\r')) row.remove_suffix(1);
    std::size_t at = 0;
    while (true) {
        while (at < row.size() && is_space(row[at]) && row[at] != delimiter) ++at;
        const bool quoted = at < row.size() && row[at] == '"';
        std::size_t closed = at;
        if (quoted) closed = behind_closing_quote(row, at + 1);
        if (closed == std::string_view::npos) return false;
        const std::size_t end = std::min(row.find(delimiter, closed), row.size());
        if (quoted) {
            std::string_view content = row.substr(at + 1, closed - at - 2);
            const std::string_view behind = trim(row.substr(closed, end - closed));
            if (!behind.empty() || content.find('"') != std::string_view::npos) {
                std::string text;
                for (std::size_t index = 0; index < content.size(); ++index) {
                    text += content[index];
                    if (content[index] == '"') ++index; // the second of a pair
                }
                content = arena.copy(text.append(behind));
            }
            cells.push_back(trim(content));
        } else {
            cells.push_back(trim(row.substr(at, end - at)));
        }
        if (end == row.size()) return true;
        at = end + 1;
    }
}

std::optional<std::size_t> find_header(const std::vector<std::string>& header, const std::vector<std::string>& wanted) {
    for (const std::string& name : wanted) {
        const auto found = std::find(header.begin(), header.end(), name);
        if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
    }
    for (const std::string& name : wanted) {
        const std::string form = plain_form(name);
        for (std::size_t index = 0; index < header.size(); ++index)
            if (plain_form(header[index]) == form) return index;
    }
    return std::nullopt;
}

} // namespace watchword::stdlib
