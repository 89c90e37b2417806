// Whether bytes are the same, with no look at the bytes behind them: memcmp of the C library compares 32 bytes at a
// time under a mask where the processor can, and so waits for the cache line behind a short text that ends near its
// own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace watchword::runtime {

/// For short ones, which begin anywhere: at most 32 bytes are compared here.
inline bool are_same_bytes(std::string_view left, std::string_view right) {
    const std::size_t size = left.size();
    if (size != right.size()) return false;
    const char* const a = left.data();
    const char* const b = right.data();
    const auto differ = [&](std::size_t at, auto word) {
        auto other = word;
        std::memcpy(&word, a + at, sizeof word);
        std::memcpy(&other, b + at, sizeof other);
        return static_cast<std::uint64_t>(word ^ other);
    };
    const auto differ_8 = [&](std::size_t at) { return differ(at, std::uint64_t{}); };
    if (size > 32) return std::memcmp(a, b, size) == 0;
    if (size > 16) return (differ_8(0) | differ_8(8) | differ_8(size - 16) | differ_8(size - 8)) == 0;
    if (size >= 8) return (differ_8(0) | differ_8(size - 8)) == 0;
    if (size >= 4) return (differ(0, std::uint32_t{}) | differ(size - 4, std::uint32_t{})) == 0;
    return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
}

} // namespace watchword::runtime
