// Thirty-two bytes at once, for readers of text: which of them are quotes, backslashes, control characters, and which
// lie beyond ASCII. One row for each kind of processor; whoever uses one of them has asked what the processor can do.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace watchword::stdlib {

struct PlainWindow {
    /// Bit i: of byte i.
    struct Bits {
        std::uint32_t special = 0; ///< a quote, a backslash or a byte below 0x20
        std::uint32_t beyond_ascii = 0;
    };
    static constexpr unsigned size = 32;
    static Bits look(const char* at) {
        Bits bits;
        for (unsigned i = 0; i < size; ++i) {
            const auto byte = static_cast<unsigned char>(at[i]);
            if (byte == '"' || byte == '\\' || byte < 0x20) bits.special |= 1U << i;
            if (byte >= 0x80) bits.beyond_ascii |= 1U << i;
        }
        return bits;
    }
};

#if defined(__x86_64__)

struct Sse2Window {
    using Bits = PlainWindow::Bits;
    static constexpr unsigned size = 32;
    static Bits look(const char* at) {
        const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16));
        return {bits_of(special(low), special(high)), bits_of(low, high)};
    }

private:
    static std::uint32_t bits_of(__m128i low, __m128i high) {
        return static_cast<std::uint32_t>(_mm_movemask_epi8(low)) | static_cast<std::uint32_t>(_mm_movemask_epi8(high))
                                                                        << 16;
    }
    static __m128i special(__m128i data) {
        const __m128i quote = _mm_cmpeq_epi8(data, _mm_set1_epi8('"'));
        const __m128i backslash = _mm_cmpeq_epi8(data, _mm_set1_epi8('\\'));
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(data, _mm_set1_epi8(0x1f)), data);
        return _mm_or_si128(_mm_or_si128(quote, backslash), control);
    }
};

struct Avx2Window {
    using Bits = PlainWindow::Bits;
    static constexpr unsigned size = 32;
    __attribute__((target("avx2"))) static Bits look(const char* at) {
        const __m256i data = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        const __m256i quote = _mm256_cmpeq_epi8(data, _mm256_set1_epi8('"'));
        const __m256i backslash = _mm256_cmpeq_epi8(data, _mm256_set1_epi8('\\'));
        const __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(data, _mm256_set1_epi8(0x1f)), data);
        const __m256i special = _mm256_or_si256(_mm256_or_si256(quote, backslash), control);
        return {static_cast<std::uint32_t>(_mm256_movemask_epi8(special)),
                static_cast<std::uint32_t>(_mm256_movemask_epi8(data))};
    }
};

#endif

} // namespace watchword::stdlib
