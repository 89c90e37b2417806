// Reading text one character at a time. Bytes that are not UTF-8 count as characters of their own, so that every text
// has a reading.
#pragma once

#include <cstdint>
#include <string_view>

#include <utf8proc.h>

namespace watchword::runtime {

struct CodePoint {
    std::int32_t value = 0; ///< -1 for a byte that is not part of valid UTF-8
    std::size_t length = 1; ///< in bytes, at least 1
};

/// Of a text that is not empty: its first character.
inline CodePoint first_code_point(std::string_view text) noexcept {
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte < 0x80) return {byte, 1};
    utf8proc_int32_t value = -1;
    const auto available = static_cast<utf8proc_ssize_t>(text.size() < 4 ? text.size() : 4);
    const utf8proc_ssize_t length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), available, &value);
    if (length <= 0) return {-1, 1};
    return {value, static_cast<std::size_t>(length)};
}

} // namespace watchword::runtime
