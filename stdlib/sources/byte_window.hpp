// Thirty-two bytes at once, for readers of text: where texts may end, what is escaped, which are digits, and whether
// any lies beyond ASCII. One row for each kind of processor; whoever uses one of them has asked what the processor can
// do. A window is made once for many looks: it holds what the bytes are compared with.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace watchword::stdlib {

/// How bytes are looked at; for tests. `best` is what this processor can do.
enum class Instructions : std::uint8_t { plain, sse2, avx2, avx512, best };

#if defined(__x86_64__)
#define WATCHWORD_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi2,avx2,bmi,bmi2,popcnt")))
#endif

inline bool can(Instructions instructions) {
#if defined(__x86_64__)
    const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0;
    if (instructions == Instructions::avx2) return avx2;
    // those that pack bytes came last; with them come all others that WATCHWORD_AVX512 names
    return instructions != Instructions::avx512 || (avx2 && __builtin_cpu_supports("avx512vbmi2") != 0);
#else
    return instructions == Instructions::plain || instructions == Instructions::best;
#endif
}

struct PlainWindow {
    static constexpr unsigned size = 32;
    /// Bit i: of byte i.
    struct Bits {
        std::uint32_t special = 0; ///< a quote or a byte below 0x20
        std::uint32_t backslashes = 0;
    };
    /// All that was looked at, or-ed together.
    using Seen = unsigned char;
    static bool beyond_ascii(const Seen& seen) { return seen >= 0x80; }

    static Bits look(const char* at, Seen& seen) {
        Bits bits;
        for (unsigned i = 0; i < size; ++i) {
            const auto byte = static_cast<unsigned char>(at[i]);
            if (byte == '"' || byte < 0x20) bits.special |= 1U << i;
            if (byte == '\\') bits.backslashes |= 1U << i;
            seen |= byte;
        }
        return bits;
    }
    static std::uint32_t no_digits(const char* at) {
        std::uint32_t bits = 0;
        for (unsigned i = 0; i < size; ++i)
            if (at[i] < '0' || at[i] > '9') bits |= 1U << i;
        return bits;
    }
    /// What was found to be wrong in several windows, or-ed together.
    using Wrong = unsigned char;
    static bool any(const Wrong& wrong) { return wrong != 0; }
    /// Wrong is what is not as in `bytes` where `mask` is 0xff, and a special byte or a backslash where it is 0; both
    /// are aligned to 32.
    static void compare(const char* at, const char* bytes, const char* mask, Seen& seen, Wrong& wrong) {
        const Bits bits = look(at, seen);
        for (unsigned i = 0; i < size; ++i) {
            const bool bad = mask[i] != 0 ? at[i] != bytes[i] : ((bits.special | bits.backslashes) >> i & 1) != 0;
            wrong |= static_cast<unsigned char>(bad);
        }
    }
    /// What was seen of a line in all its windows.
    struct Marks {
        Seen seen{};
        Wrong wrong{};    ///< control characters, quotes behind a backslash, and `{`
        bool odd = false; ///< the number of quotes
    };
    static bool has_odd_quotes(const Marks& marks) { return marks.odd; }
    /// Whether there is a control character in this window or the next.
    static bool has_control(const char* at) {
        bool found = false;
        for (unsigned i = 0; i < 2 * size; ++i) found |= static_cast<unsigned char>(at[i]) < 0x20;
        return found;
    }
    /// Adds what stands in a window without control characters; reads the byte before it too.
    static void skim(const char* at, Marks& marks) { skim(at, marks, size); }
    /// Of any window, of which the last `fresh` bytes were in none before.
    static void skim(const char* at, Marks& marks, unsigned fresh) {
        for (unsigned i = 0; i < size; ++i) {
            const auto byte = static_cast<unsigned char>(at[i]);
            marks.seen |= byte;
            if (byte == '"' && i >= size - fresh) marks.odd = !marks.odd;
            if (byte < 0x20 || byte == '{' || (byte == '"' && *(at + i - 1) == '\\')) marks.wrong = 1;
        }
    }
    /// Where `mask` is 0 nothing is compared; `bytes` and `mask` are aligned to 32.
    static bool equals(const char* at, const char* bytes, const char* mask) {
        int different = 0;
        for (unsigned i = 0; i < size; ++i) different |= (at[i] ^ bytes[i]) & mask[i];
        return different == 0;
    }
};

#if defined(__x86_64__)

/// From the place n on: 32 bytes, of which the last n are 0xff and the others 0.
alignas(64) inline constexpr char last_bytes[64] = {0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
                                                    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
                                                    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                                    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

struct Sse2Window {
    static constexpr unsigned size = 32;
    using Bits = PlainWindow::Bits;
    using Seen = __m128i;
    static bool beyond_ascii(const Seen& seen) { return _mm_movemask_epi8(seen) != 0; }

    static Bits look(const char* at, Seen& seen) {
        const __m128i low = load(at);
        const __m128i high = load(at + 16);
        seen = _mm_or_si128(seen, _mm_or_si128(low, high));
        const __m128i backslash = _mm_set1_epi8('\\');
        return {bits_of(special(low), special(high)),
                bits_of(_mm_cmpeq_epi8(low, backslash), _mm_cmpeq_epi8(high, backslash))};
    }
    using Wrong = __m128i;
    static bool any(const Wrong& wrong) {
        return _mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())) != 0xffff;
    }
    static void compare(const char* at, const char* bytes, const char* mask, Seen& seen, Wrong& wrong) {
        for (unsigned half = 0; half < size; half += 16) {
            const __m128i data = load(at + half);
            seen = _mm_or_si128(seen, data);
            const __m128i bad = _mm_or_si128(special(data), _mm_cmpeq_epi8(data, _mm_set1_epi8('\\')));
            const __m128i wanted = _mm_load_si128(reinterpret_cast<const __m128i*>(bytes + half));
            const __m128i mattering = _mm_load_si128(reinterpret_cast<const __m128i*>(mask + half));
            wrong = _mm_or_si128(wrong, _mm_or_si128(_mm_and_si128(mattering, _mm_xor_si128(data, wanted)),
                                                     _mm_andnot_si128(mattering, bad)));
        }
    }
    struct Marks {
        Seen seen{};
        Wrong wrong{};
        __m128i odd{}; ///< by place in a window: the number of quotes
    };
    static bool has_odd_quotes(const Marks& marks) {
        return std::popcount(static_cast<std::uint32_t>(_mm_movemask_epi8(marks.odd))) % 2 != 0;
    }
    static bool has_control(const char* at) {
        const __m128i least =
            _mm_min_epu8(_mm_min_epu8(load(at), load(at + 16)), _mm_min_epu8(load(at + 32), load(at + 48)));
        return _mm_movemask_epi8(control(least)) != 0;
    }
    static void skim(const char* at, Marks& marks) { skim(at, marks, size); }
    static void skim(const char* at, Marks& marks, unsigned fresh) {
        for (unsigned half = 0; half < size; half += 16) {
            const __m128i data = load(at + half);
            const __m128i quotes = _mm_cmpeq_epi8(data, _mm_set1_epi8('"'));
            const __m128i escaped = _mm_and_si128(quotes, _mm_cmpeq_epi8(load(at + half - 1), _mm_set1_epi8('\\')));
            const __m128i brace = _mm_cmpeq_epi8(data, _mm_set1_epi8('{'));
            marks.seen = _mm_or_si128(marks.seen, data);
            marks.wrong = _mm_or_si128(_mm_or_si128(marks.wrong, control(data)), _mm_or_si128(escaped, brace));
            marks.odd = _mm_xor_si128(marks.odd, _mm_and_si128(quotes, load(last_bytes + fresh + half)));
        }
    }
    static std::uint32_t no_digits(const char* at) { return ~bits_of(digits(load(at)), digits(load(at + 16))); }
    static bool equals(const char* at, const char* bytes, const char* mask) {
        const __m128i different = _mm_or_si128(difference(at, bytes, mask), difference(at + 16, bytes + 16, mask + 16));
        return _mm_movemask_epi8(_mm_cmpeq_epi8(different, _mm_setzero_si128())) == 0xffff;
    }

private:
    static __m128i load(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }
    static std::uint32_t bits_of(__m128i low, __m128i high) {
        return static_cast<std::uint32_t>(_mm_movemask_epi8(low)) | static_cast<std::uint32_t>(_mm_movemask_epi8(high))
                                                                        << 16;
    }
    static __m128i control(__m128i data) { return _mm_cmpeq_epi8(_mm_min_epu8(data, _mm_set1_epi8(0x1f)), data); }
    static __m128i special(__m128i data) {
        return _mm_or_si128(_mm_cmpeq_epi8(data, _mm_set1_epi8('"')), control(data));
    }
    static __m128i digits(__m128i data) {
        const __m128i value = _mm_sub_epi8(data, _mm_set1_epi8('0'));
        return _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value);
    }
    static __m128i difference(const char* at, const char* bytes, const char* mask) {
        const __m128i wanted = _mm_load_si128(reinterpret_cast<const __m128i*>(bytes));
        const __m128i mattering = _mm_load_si128(reinterpret_cast<const __m128i*>(mask));
        return _mm_and_si128(_mm_xor_si128(load(at), wanted), mattering);
    }
};

class Avx2Window {
public:
    static constexpr unsigned size = 32;
    using Bits = PlainWindow::Bits;
    using Seen = __m256i;
    __attribute__((target("avx2"))) static bool beyond_ascii(const Seen& seen) {
        return _mm256_movemask_epi8(seen) != 0;
    }

    __attribute__((target("avx2"))) Avx2Window()
        : quote_(_mm256_set1_epi8('"')), backslash_(_mm256_set1_epi8('\\')), control_(_mm256_set1_epi8(0x1f)) {
        asm("" : "+x"(quote_), "+x"(backslash_), "+x"(control_)); // or the compiler makes them anew for each look
    }
    __attribute__((target("avx2"))) Bits look(const char* at, Seen& seen) const {
        const __m256i data = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        seen = _mm256_or_si256(seen, data);
        const __m256i quote = _mm256_cmpeq_epi8(data, quote_);
        const __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(data, control_), data);
        const __m256i backslash = _mm256_cmpeq_epi8(data, backslash_);
        return {static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_or_si256(quote, control))),
                static_cast<std::uint32_t>(_mm256_movemask_epi8(backslash))};
    }
    using Wrong = __m256i;
    __attribute__((target("avx2"))) static bool any(const Wrong& wrong) {
        return _mm256_testz_si256(wrong, wrong) == 0;
    }
    __attribute__((target("avx2"))) void compare(const char* at, const char* bytes, const char* mask, Seen& seen,
                                                 Wrong& wrong) const {
        const __m256i data = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        seen = _mm256_or_si256(seen, data);
        const __m256i quote = _mm256_cmpeq_epi8(data, quote_);
        const __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(data, control_), data);
        const __m256i backslash = _mm256_cmpeq_epi8(data, backslash_);
        const __m256i bad = _mm256_or_si256(_mm256_or_si256(quote, control), backslash);
        const __m256i wanted = _mm256_load_si256(reinterpret_cast<const __m256i*>(bytes));
        const __m256i mattering = _mm256_load_si256(reinterpret_cast<const __m256i*>(mask));
        wrong = _mm256_or_si256(wrong, _mm256_blendv_epi8(bad, _mm256_xor_si256(data, wanted), mattering));
    }
    struct Marks {
        Seen seen{};
        Wrong wrong{};
        __m256i odd{}; ///< by place in a window: the number of quotes
    };
    __attribute__((target("avx2"))) static bool has_odd_quotes(const Marks& marks) {
        return std::popcount(static_cast<std::uint32_t>(_mm256_movemask_epi8(marks.odd))) % 2 != 0;
    }
    __attribute__((target("avx2"))) bool has_control(const char* at) const {
        const __m256i least = _mm256_min_epu8(load(at), load(at + size));
        return _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(least, control_), least)) != 0;
    }
    __attribute__((target("avx2"))) void skim(const char* at, Marks& marks) const {
        marks.odd = _mm256_xor_si256(marks.odd, gather(at, marks));
    }
    __attribute__((target("avx2"))) void skim(const char* at, Marks& marks, unsigned fresh) const {
        const __m256i data = load(at);
        marks.wrong = _mm256_or_si256(marks.wrong, _mm256_cmpeq_epi8(_mm256_min_epu8(data, control_), data));
        marks.odd = _mm256_xor_si256(marks.odd, _mm256_and_si256(gather(at, marks), load(last_bytes + fresh)));
    }
    __attribute__((target("avx2"))) static std::uint32_t no_digits(const char* at) {
        const __m256i data = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        const __m256i value = _mm256_sub_epi8(data, _mm256_set1_epi8('0'));
        const __m256i digits = _mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(9)), value);
        return ~static_cast<std::uint32_t>(_mm256_movemask_epi8(digits));
    }
    __attribute__((target("avx2"))) static bool equals(const char* at, const char* bytes, const char* mask) {
        const __m256i data = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        const __m256i wanted = _mm256_load_si256(reinterpret_cast<const __m256i*>(bytes));
        const __m256i mattering = _mm256_load_si256(reinterpret_cast<const __m256i*>(mask));
        return _mm256_testz_si256(_mm256_xor_si256(data, wanted), mattering) != 0;
    }

private:
    __attribute__((target("avx2"))) static __m256i load(const char* at) {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    }
    /// What is seen and wrong but control characters; where quotes are.
    __attribute__((target("avx2"))) __m256i gather(const char* at, Marks& marks) const {
        const __m256i data = load(at);
        const __m256i quotes = _mm256_cmpeq_epi8(data, quote_);
        const __m256i escaped = _mm256_and_si256(quotes, _mm256_cmpeq_epi8(load(at - 1), backslash_));
        const __m256i brace = _mm256_cmpeq_epi8(data, _mm256_set1_epi8('{'));
        marks.seen = _mm256_or_si256(marks.seen, data);
        marks.wrong = _mm256_or_si256(marks.wrong, _mm256_or_si256(escaped, brace));
        return quotes;
    }

    __m256i quote_, backslash_, control_;
};

#endif

} // namespace watchword::stdlib
