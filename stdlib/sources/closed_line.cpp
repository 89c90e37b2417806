// Everything but the form of UTF-8 is gathered in one pass over the line, and judged at its end. Nothing beyond `bytes`
// is read.
#include "stdlib/sources/closed_line.hpp"

#include <simdjson.h>

#include <algorithm>

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
#endif

} // namespace

ClosedLine closed_line_for(Instructions instructions) {
    if (instructions == Instructions::plain) return skim_plain;
#if defined(__x86_64__)
    return instructions != Instructions::sse2 && can(Instructions::avx2) ? skim_avx2 : skim_sse2;
#else
    return skim_plain;
#endif
}

} // namespace watchword::stdlib
