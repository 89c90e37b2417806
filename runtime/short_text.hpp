// Texts of up to 15 bytes in two words: the bytes, filled up with zeros, and their length in the last one. To copy and
// to compare them takes a few instructions.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace watchword::runtime {

inline constexpr std::size_t most_short = 15; ///< bytes
static_assert(std::endian::native == std::endian::little, "a short text's bytes lie in its words in order");

/// Of a text of at most `most_short` bytes. Reads no byte that is not the text's.
inline void load_short(std::string_view text, std::uint64_t (&words)[2]) {
    const char* const at = text.data();
    const std::size_t size = text.size();
    const auto load = [](const char* from, auto word) {
        std::memcpy(&word, from, sizeof word);
        return static_cast<std::uint64_t>(word);
    };
    const auto byte = [&](std::size_t index) {
        return static_cast<std::uint64_t>(static_cast<unsigned char>(at[index])) << (8 * index);
    };
    words[0] = 0;
    words[1] = static_cast<std::uint64_t>(size) << 56;
    if (size > 8) {
        words[0] = load(at, std::uint64_t{});
        words[1] |= load(at + size - 8, std::uint64_t{}) >> (8 * (16 - size));
    } else if (size >= 4) {
        words[0] = load(at, std::uint32_t{}) | load(at + size - 4, std::uint32_t{}) << (8 * (size - 4));
    } else if (size != 0) {
        words[0] = byte(0) | byte(size / 2) | byte(size - 1);
    }
}

} // namespace watchword::runtime
