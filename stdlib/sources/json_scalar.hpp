// Numbers and words of JSON, read where they stand.
#pragma once

#include "stdlib/sources/digits.hpp"
#include "stdlib/sources/json_scanner.hpp"

#include <bit>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace watchword::stdlib {

constexpr std::ptrdiff_t longest_scalar = 48;

/// A number or word: its end and kind; nullptr: it is neither, or it is long. What stands behind it is not looked at.
/// Reads a window, and `longest_scalar` bytes, from `at` on.
template <class Window>
inline const char* read_scalar(const char* at, JsonKind& kind) {
    if (is_digit(*at) || *at == '-') {
        kind = JsonKind::number;
        const char* const digits = at + (*at == '-' ? 1 : 0);
        const char* end = digits + std::countr_zero(Window::no_digits(digits));
        const bool whole = *end == ',' || *end == '}';
        if (whole && end != digits && (*digits != '0' || end == digits + 1)) return end;
        const char* const most = at + longest_scalar;
        while (end < most &&
               (is_digit(*end) || *end == '.' || *end == 'e' || *end == 'E' || *end == '+' || *end == '-'))
            ++end;
        return end < most && is_json_number({at, static_cast<std::size_t>(end - at)}) ? end : nullptr;
    }
    const auto is = [&](std::string_view word) { return std::memcmp(at, word.data(), word.size()) == 0; };
    kind = JsonKind::boolean;
    if (is("true")) return at + 4;
    if (is("false")) return at + 5;
    kind = JsonKind::null;
    return is("null") ? at + 4 : nullptr;
}

} // namespace watchword::stdlib
