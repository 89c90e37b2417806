// Digits: one by one, and eight at once in the bytes of a number whose lowest byte is the first.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace watchword::stdlib {

inline bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// Reads eight bytes.
inline std::uint64_t load_eight(const char* at) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
    return bytes;
}

/// Whether every byte is at most 9.
inline bool are_digits(std::uint64_t bytes) {
    return ((bytes | (bytes + 0x0606'0606'0606'0606)) & 0xf0f0'f0f0'f0f0'f0f0) == 0;
}

/// What eight bytes, each at most 9, are as a decimal number.
inline std::uint32_t number_of(std::uint64_t bytes) {
    bytes = bytes * 10 + (bytes >> 8); // pairs in every second byte
    const std::uint64_t pairs = 0x0000'00ff'0000'00ff;
    return static_cast<std::uint32_t>(
        ((bytes & pairs) * (100 + (1'000'000ULL << 32)) + (bytes >> 16 & pairs) * (1 + (10'000ULL << 32))) >> 32);
}

/// Of text that is digits alone, at most 16 of them and one at least; eight bytes from each half on must be readable.
/// False: it is something else.
inline bool read_digits(const char* at, std::size_t length, std::int64_t& number) {
    if (length - 1 > 15) return false;
    const std::size_t first = length > 8 ? 8 : length;
    const std::uint64_t high = (load_eight(at) ^ 0x3030'3030'3030'3030) << (8 - first) * 8;
    if (!are_digits(high)) return false;
    number = number_of(high);
    if (length <= 8) return true;
    const std::uint64_t low = (load_eight(at + 8) ^ 0x3030'3030'3030'3030) << (16 - length) * 8;
    if (!are_digits(low)) return false;
    constexpr std::int64_t tens[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
    number = number * tens[length - 8] + number_of(low);
    return true;
}

} // namespace watchword::stdlib
