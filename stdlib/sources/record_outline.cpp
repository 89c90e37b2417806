// In one pass over the record, window by window, the bytes that lie in no value are packed together, and the places of
// all quotes are written down: which of them values lie between is known. If what is packed is the outline, then
// nothing else is in the record than what lies between those quotes, where of texts no quote can be, and others are
// read.
#include "stdlib/sources/record_outline.hpp"

#include "stdlib/sources/byte_window.hpp"
#include "stdlib/sources/escaped.hpp"
#include "stdlib/sources/json_scalar.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>

namespace watchword::stdlib {

#if defined(__x86_64__)

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized" // of its own headers, in GCC 12
#endif

namespace {

constexpr std::uint32_t with_backslash = 0x8000'0000; ///< in the place of a quote: there is one in the text before it

alignas(64) constexpr auto all_places = [] {
    std::array<char, 64> places{};
    for (unsigned place = 0; place < places.size(); ++place) places[place] = static_cast<char>(place);
    return places;
}();

/// So many bits of a set are right that begin anywhere in it, and one more.
constexpr unsigned most_in_window = 56;

template <std::size_t size>
inline std::uint64_t bits_from(const std::array<std::uint64_t, size>& words, std::size_t place) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, reinterpret_cast<const char*>(words.data()) + place / 8, sizeof bits);
    return bits >> place % 8;
}

/// Sixteen places in a window, as places in the record. `marked`: bit i, that there is a backslash before place i.
WATCHWORD_AVX512 inline void write_places(std::uint32_t* to, __m512i window, __m128i in_window, std::uint64_t marked) {
    const __m512i in_record = _mm512_add_epi32(window, _mm512_cvtepu8_epi32(in_window));
    const __m512i mark = _mm512_set1_epi32(static_cast<int>(with_backslash));
    _mm512_storeu_si512(to, _mm512_mask_or_epi32(in_record, static_cast<__mmask16>(marked), in_record, mark));
}

/// `true` or `false`, told without a branch between them.
inline bool is_truth(const char* begin, std::ptrdiff_t length) {
    constexpr std::uint64_t yes = 0x65757274, no = 0x65736c6166; // in the order of their bytes
    std::uint64_t word = 0;
    std::memcpy(&word, begin, sizeof word);
    const std::uint64_t other = length == 4 ? (word & 0xffff'ffff) ^ yes : (word & 0xff'ffff'ffff) ^ no;
    return (length == 4 || length == 5) && other == 0;
}

/// Digits, one to thirty-two, the first of which is 0 only if there is no other.
WATCHWORD_AVX512 inline bool is_plain_number(const char* begin, std::ptrdiff_t length) {
    const std::uint32_t digits = ~Avx2Window::no_digits(begin);
    const auto all = static_cast<std::uint32_t>((std::uint64_t{1} << (length & 63)) - 1);
    return length > 0 && length <= 32 && (digits & all) == all && (*begin != '0' || length == 1);
}

} // namespace

/// Of what is not as it should be, some bits.
inline std::uint64_t RecordOutline::Piece::differs(const char* at) const {
    std::uint64_t there = 0;
    std::memcpy(&there, at, sizeof there);
    return (there ^ bytes) & mask;
}

template <bool hides_quotes>
WATCHWORD_AVX512 inline std::size_t RecordOutline::look(std::string_view bytes, Span* spans, bool& may_hide) const {
    std::uint32_t quotes[longest_record];
    const __m512i quote = _mm512_set1_epi8('"'), backslash = _mm512_set1_epi8('\\'), blank = _mm512_set1_epi8(' ');
    const __m512i places = _mm512_load_si512(all_places.data()), width = _mm512_set1_epi32(window);
    const char* const record = bytes.data();
    if (bytes.size() < 2 * window) return 0;
    const std::size_t last = std::min(bytes.size() - 2 * window, longest_record - window);
    std::size_t kept = 0, count = 0, at = 0;
    std::uint64_t densest = 0, different = 0;
    std::uint64_t hidden = 0; // quotes behind a backslash
    // from one window to the next: whether its first byte is escaped, and whether it is in a value
    std::uint64_t carried = 0, in_value = 0;
    unsigned char has_backslash = 0;
    __m512i base = _mm512_setzero_si512(), seen = base;
    for (;; at += window) {
        if (at > last) return 0;
        const __m512i data = _mm512_loadu_si512(record + at);
        const std::uint64_t controls = _mm512_cmplt_epu8_mask(data, blank);
        const std::uint64_t backslashes = _mm512_cmpeq_epi8_mask(data, backslash);
        const std::uint64_t line = controls ^ (controls - 1); // up to the first of them
        std::uint64_t found = _mm512_cmpeq_epi8_mask(data, quote);
        if constexpr (hides_quotes) found &= ~escaped_by(backslashes, carried);
        found = (found | controls) & line;
        if constexpr (!hides_quotes) {
            hidden |= found & (backslashes << 1 | carried);
            carried = backslashes >> (window - 1);
        }
        const std::uint64_t beginning = bits_from(begins_, count);
        const std::uint64_t begins = _pdep_u64(beginning, found);
        const std::uint64_t ends = _pdep_u64(beginning << 1 | in_value, found);
        // each value's bytes, and the quote before them: what is one less than where it ends, from where it begins
        const std::uint64_t values = ends - begins - in_value;
        in_value = values >> (window - 1);
        const std::uint64_t keep = line & ~(values ^ begins);
        // added to a value's bytes, backslashes among them are carried to its end
        unsigned long long sum = 0;
        has_backslash = _addcarry_u64(has_backslash, values, backslashes & values, &sum);
        const std::uint64_t marked = _pext_u64(sum & ends, found);
        const __m512i where = _mm512_maskz_compress_epi8(found, places);
        const auto here = static_cast<unsigned>(std::popcount(found));
        const __m512i left = _mm512_maskz_expand_epi8(keep, _mm512_loadu_si512(left_.data() + kept));
        different |= _mm512_mask_cmpneq_epi8_mask(keep, data, left);
        write_places(quotes + count, base, _mm512_castsi512_si128(where), marked);
        if (here > 16) {
            write_places(quotes + count + 16, base, _mm512_extracti32x4_epi32(where, 1), marked >> 16);
            write_places(quotes + count + 32, base, _mm512_extracti32x4_epi32(where, 2), marked >> 32);
            write_places(quotes + count + 48, base, _mm512_extracti32x4_epi32(where, 3), marked >> 48);
            densest |= here + (window - most_in_window - 1);
        }
        base = _mm512_add_epi32(base, width);
        kept += static_cast<unsigned>(std::popcount(keep));
        count += here;
        if (controls != 0) {
            seen = _mm512_or_si512(seen, _mm512_maskz_mov_epi8(line, data));
            at += static_cast<unsigned>(std::countr_zero(controls));
            break;
        }
        seen = _mm512_or_si512(seen, data);
    }
    may_hide = hidden != 0;
    if (may_hide || kept != left_size_ || count != quotes_ || densest >= window || different != 0) return 0;
    for (const Text& text : texts_) {
        std::uint64_t pair = 0; // both places in one register, and nothing is put together
        std::memcpy(&pair, quotes + text.quote, sizeof pair);
        Span& span = spans[text.member];
        span.kind = JsonKind::text;
        span.escaped = pair >> 63 != 0;
        pair = (pair & ~(std::uint64_t{with_backslash} << 32)) + 1;
        std::memcpy(static_cast<void*>(&span), &pair, sizeof pair);
    }
    for (const Other& other : others_) {
        const char* const before = record + (quotes[other.quote] & ~with_backslash) + 1;
        const char* const begin = before + other.before.length;
        const char* const end = record + (quotes[other.quote + 1] & ~with_backslash) - other.after.length;
        JsonKind kind = other.is_number ? JsonKind::number : JsonKind::boolean;
        if ((other.before.differs(before) | other.after.differs(end)) != 0) return 0;
        const bool plain = other.is_number ? is_plain_number(begin, end - begin) : is_truth(begin, end - begin);
        if (!plain && read_scalar<Avx2Window>(begin, kind) != end) return 0;
        spans[other.member] = {static_cast<std::uint32_t>(begin - record), static_cast<std::uint32_t>(end - record),
                               kind, false};
    }
    const std::size_t length = at + 1;
    return _mm512_movepi8_mask(seen) == 0 || simdjson::validate_utf8(record, length) ? length : 0;
}

std::size_t RecordOutline::match(std::string_view bytes, Span* spans) const {
    bool may_hide = false;
    const std::size_t length = look<false>(bytes, spans, may_hide);
    return may_hide ? look<true>(bytes, spans, may_hide) : length;
}

std::optional<RecordOutline::Piece> RecordOutline::Piece::of(std::string_view text) {
    Piece piece;
    if (text.size() > sizeof piece.bytes) return std::nullopt;
    std::memcpy(&piece.bytes, text.data(), text.size());
    std::memset(&piece.mask, 0xff, text.size());
    piece.length = static_cast<std::uint32_t>(text.size());
    return piece;
}

std::optional<RecordOutline> RecordOutline::of(const std::vector<std::string>& between,
                                               const std::vector<JsonKind>& kinds) {
    const auto is_nested = [](JsonKind kind) { return kind == JsonKind::object || kind == JsonKind::array; };
    const auto is_control = [](unsigned char byte) { return byte < 0x20; };
    const std::string whole = std::accumulate(between.begin(), between.end(), std::string{});
    const bool is_line =
        whole.ends_with('\n') && std::find_if(whole.begin(), whole.end(), is_control) == whole.end() - 1;
    if (!can(Instructions::avx512) || !is_line || std::any_of(kinds.begin(), kinds.end(), is_nested))
        return std::nullopt;
    RecordOutline outline;
    std::string left;
    std::vector<bool> begins;
    const auto keep = [&](std::string_view bytes) {
        left += bytes;
        begins.resize(begins.size() + static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '"')), false);
    };
    std::size_t begin = 0; // of what is kept of what stands before the next value
    for (std::uint32_t member = 0; member < kinds.size(); ++member) {
        std::string_view before = std::string_view(between[member]).substr(begin), after = between[member + 1];
        begin = 0;
        const bool is_text = kinds[member] == JsonKind::text;
        outline.is_text_.push_back(is_text);
        if (!is_text) {
            const std::size_t last = before.rfind('"'), next = std::min(after.find('"'), after.size() - 1);
            if (last == std::string::npos) return std::nullopt;
            const std::optional<Piece> first = Piece::of(before.substr(last + 1)),
                                       second = Piece::of(after.substr(0, next));
            if (!first || !second) return std::nullopt;
            before = before.substr(0, last + 1);
            begin = next;
            keep(before);
            outline.others_.push_back({member, static_cast<std::uint32_t>(begins.size() - 1), *first, *second,
                                       kinds[member] == JsonKind::number});
        } else {
            keep(before);
            keep("\"\"");
            outline.texts_.push_back({member, static_cast<std::uint32_t>(begins.size() - 2)});
        }
        begins[begins.size() - (is_text ? 2 : 1)] = true;
    }
    keep(std::string_view(between.back()).substr(begin));
    begins.push_back(false); // the end of line
    if (left.size() > longest_record - window) return std::nullopt;
    outline.left_size_ = left.size();
    outline.left_.assign(left.begin(), left.end());
    outline.left_.resize(longest_record);
    outline.quotes_ = static_cast<std::uint32_t>(begins.size());
    for (std::size_t i = 0; i < begins.size(); ++i)
        if (begins[i]) outline.begins_[i / 64] |= std::uint64_t{1} << i % 64;
    return outline;
}

bool RecordOutline::fits(const Span* spans) const {
    return std::all_of(is_text_.begin(), is_text_.end(),
                       [&spans](bool text) { return text == ((spans++)->kind == JsonKind::text); });
}

void RecordOutline::want(const std::vector<bool>& members) {
    std::erase_if(texts_, [&members](const Text& text) { return !members[text.member]; });
}

#else

std::size_t RecordOutline::match(std::string_view, Span*) const { return 0; }
std::optional<RecordOutline> RecordOutline::of(const std::vector<std::string>&, const std::vector<JsonKind>&) {
    return std::nullopt;
}
bool RecordOutline::fits(const Span*) const { return false; }
void RecordOutline::want(const std::vector<bool>&) {}

#endif

} // namespace watchword::stdlib
