// Everything but the form of UTF-8 is gathered in one pass over the line, and judged at its end. Nothing beyond `bytes`
// is read.
#include "stdlib/sources/closed_line.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>

namespace watchword::stdlib {

namespace {

constexpr std::size_t shortest = 1 + 32; ///< before its end of line; the brace and a window

template <class Window>
inline std::size_t skim_line(std::string_view bytes) {
    if (!bytes.starts_with('{')) return 0;
    const Window window;
    typename Window::Marks marks;
    std::size_t at = 1;
    for (; at + 2 * Window::size <= bytes.size(); at += 2 * Window::size) {
        const char* const next = bytes.data() + at;
        if (window.has_control(next)) break;
        window.skim(next, marks);
        window.skim(next + Window::size, marks);
    }
    const std::size_t end = bytes.find('\n', at);
    if (end == std::string_view::npos || end < shortest || bytes[end - 1] != '}') return 0;
    for (; at < end; at += Window::size) {
        const std::size_t fresh = std::min<std::size_t>(end - at, Window::size);
        window.skim(bytes.data() + at + fresh - Window::size, marks, static_cast<unsigned>(fresh));
    }
    if (Window::any(marks.wrong) || Window::has_odd_quotes(marks)) return 0;
    return !Window::beyond_ascii(marks.seen) || simdjson::validate_utf8(bytes.data(), end) ? end + 1 : 0;
}

std::size_t skim_plain(std::string_view bytes) { return skim_line<PlainWindow>(bytes); }

#if defined(__x86_64__)
__attribute__((flatten)) std::size_t skim_sse2(std::string_view bytes) { return skim_line<Sse2Window>(bytes); }
__attribute__((target("avx2,bmi"), flatten)) std::size_t skim_avx2(std::string_view bytes) {
    return skim_line<Avx2Window>(bytes);
}

/// By sets of bits, which tell at once what comes before the end of line.
WATCHWORD_AVX512 std::size_t skim_avx512(std::string_view bytes) {
    constexpr std::size_t size = 64;
    if (!bytes.starts_with('{')) return 0;
    const __m512i quote = _mm512_set1_epi8('"'), backslash = _mm512_set1_epi8('\\');
    const __m512i brace = _mm512_set1_epi8('{'), blank = _mm512_set1_epi8(' ');
    std::uint64_t wrong = 0, odd = 0, behind_backslash = 0, beyond_ascii = 0, controls = 0;
    std::size_t at = 1;
    for (;; at += size) {
        if (at >= bytes.size()) return 0;
        const std::uint64_t there =
            bytes.size() - at < size ? (std::uint64_t{1} << (bytes.size() - at)) - 1 : UINT64_MAX;
        const __m512i data = _mm512_maskz_loadu_epi8(there, bytes.data() + at);
        controls = _mm512_mask_cmplt_epu8_mask(there, data, blank);
        const std::uint64_t before = controls == 0 ? UINT64_MAX : (controls & (~controls + 1)) - 1;
        const std::uint64_t quotes = _mm512_cmpeq_epi8_mask(data, quote) & before;
        const std::uint64_t backslashes = _mm512_cmpeq_epi8_mask(data, backslash);
        wrong |= _mm512_mask_cmpeq_epi8_mask(before, data, brace) | (quotes & (backslashes << 1 | behind_backslash));
        behind_backslash = backslashes >> (size - 1);
        odd ^= quotes;
        beyond_ascii |= _mm512_movepi8_mask(data) & before;
        if (controls != 0) break;
    }
    const std::size_t end = at + static_cast<unsigned>(std::countr_zero(controls));
    if (bytes[end] != '\n' || end < shortest || bytes[end - 1] != '}' || wrong != 0 || std::popcount(odd) % 2 != 0)
        return 0;
    return beyond_ascii == 0 || simdjson::validate_utf8(bytes.data(), end) ? end + 1 : 0;
}
#endif

} // namespace

ClosedLine closed_line_for(Instructions instructions) {
    if (instructions == Instructions::plain) return skim_plain;
#if defined(__x86_64__)
    const bool newest = instructions == Instructions::best || instructions == Instructions::avx512;
    if (newest && can(Instructions::avx512)) return skim_avx512;
    return instructions != Instructions::sse2 && can(Instructions::avx2) ? skim_avx2 : skim_sse2;
#else
    return skim_plain;
#endif
}

} // namespace watchword::stdlib
