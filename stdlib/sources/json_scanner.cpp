// simdjson finds the structure (its first stage, chosen at run time by what the processor can do); the walk over it is
// ours, because on-demand navigation is compiled for the least processor and cannot go on after a broken line.
#include "stdlib/sources/json_scanner.hpp"

#include "stdlib/sources/byte_window.hpp"
#include "stdlib/sources/digits.hpp"
#include "stdlib/sources/escaped.hpp"

#include <simdjson.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace watchword::stdlib {

namespace {

constexpr std::size_t deepest = 1024;

bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

const char* describe(simdjson::error_code code) {
    switch (code) {
    case simdjson::UTF8_ERROR:
        return "invalid UTF-8";
    case simdjson::UNESCAPED_CHARS:
        return "a control character in a JSON text";
    case simdjson::UNCLOSED_STRING:
        return "a JSON text that is not closed";
    case simdjson::EMPTY:
        return "no JSON object";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
        return "too long to be read as JSON";
    default:
        return "broken JSON";
    }
}

} // namespace

struct JsonScanner::Parser {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> implementation;
};

JsonScanner::JsonScanner() : parser_(std::make_unique<Parser>()) {
    // On failure there is no implementation, and `index` says so.
    const simdjson::error_code code =
        simdjson::get_active_implementation()->create_dom_parser_implementation(1 << 16, 1, parser_->implementation);
    if (code != simdjson::SUCCESS) parser_->implementation.reset();
}
JsonScanner::~JsonScanner() = default;

bool JsonScanner::fail(const char* what) {
    error_ = what;
    return false;
}

bool JsonScanner::index(std::string_view text) {
    text_ = text;
    count_ = cursor_ = 0;
    simdjson::internal::dom_parser_implementation* const implementation = parser_->implementation.get();
    if (implementation == nullptr) return fail("out of memory");
    if (implementation->capacity() < text.size()) {
        if (implementation->set_capacity(text.size()) != simdjson::SUCCESS) return fail("out of memory");
    }
    const simdjson::error_code code = implementation->stage1(reinterpret_cast<const std::uint8_t*>(text.data()),
                                                             text.size(), simdjson::stage1_mode::regular);
    if (code != simdjson::SUCCESS) return fail(describe(code));
    indexes_ = implementation->structural_indexes.get();
    count_ = implementation->n_structural_indexes;
    return true;
}

bool JsonScanner::read_record(std::size_t end, std::vector<JsonToken>& members) {
    members.clear();
    std::uint32_t limit = cursor_;
    const bool all = end >= text_.size();
    if (all) limit = count_;
    // The walk stops at the first offset outside the record; it seldom needs to know where that is beforehand.
    if (!all)
        while (limit < count_ && indexes_[limit] < end) ++limit;
    bool fine = false;
    if (cursor_ == limit)
        fail("no JSON object");
    else if (at(cursor_) != '{')
        fail(no_json_object);
    else {
        ++cursor_;
        fine = read_members(members, limit, '}');
        if (fine && cursor_ != limit) fine = fail("something behind the JSON object");
    }
    cursor_ = limit;
    return fine;
}

bool JsonScanner::read_inner(const JsonToken& token, std::vector<JsonToken>& members) {
    members.clear();
    const std::uint32_t saved = cursor_;
    cursor_ = token.at + 1;
    const bool fine = read_members(members, count_, token.kind == JsonKind::object ? '}' : ']');
    cursor_ = saved;
    return fine;
}

/// From behind the opening bracket to behind the closing one.
bool JsonScanner::read_members(std::vector<JsonToken>& members, std::uint32_t limit, char close) {
    const char* const unfinished = "a JSON object or list that is not closed";
    if (cursor_ >= limit) return fail(unfinished);
    if (at(cursor_) == close) {
        ++cursor_;
        return true;
    }
    while (true) {
        JsonToken& token = members.emplace_back();
        if (close == '}') {
            if (cursor_ + 2 >= limit) return fail(unfinished);
            if (at(cursor_) != '"' || at(cursor_ + 1) != ':' || !read_string(token.key, token.key_escaped))
                return fail("a JSON object without `\"key\": value`");
            cursor_ += 2;
        }
        if (cursor_ >= limit) return fail(unfinished);
        if (!read_value(token, limit)) return false;
        if (cursor_ >= limit) return fail(unfinished);
        const char next = at(cursor_++);
        if (next == close) return true;
        if (next != ',') return fail("a JSON value without a comma behind it");
    }
}

/// The string whose opening quote the cursor is at; it ends at the last quote before the next token.
bool JsonScanner::read_string(std::string_view& content, bool& escaped) const {
    const char* const begin = text_.data() + indexes_[cursor_] + 1;
    const char* end = text_.data() + (cursor_ + 1 < count_ ? indexes_[cursor_ + 1] : text_.size());
    while (end > begin && is_blank(end[-1])) --end;
    if (end <= begin || end[-1] != '"') return false;
    content = {begin, static_cast<std::size_t>(end - 1 - begin)};
    escaped = content.find('\\') != std::string_view::npos;
    return true;
}

bool JsonScanner::read_value(JsonToken& token, std::uint32_t limit) {
    const std::uint32_t offset = indexes_[cursor_];
    const char first = text_[offset];
    token.at = cursor_;
    if (first == '"') {
        token.kind = JsonKind::text;
        if (!read_string(token.text, token.escaped)) return fail("a JSON text that is not closed");
        ++cursor_;
        return true;
    }
    if (first == '{' || first == '[') {
        token.kind = first == '{' ? JsonKind::object : JsonKind::array;
        if (!skip_nested(limit)) return false;
        token.text = text_.substr(offset, indexes_[cursor_ - 1] + 1 - offset);
        return true;
    }
    std::size_t end = cursor_ + 1 < count_ ? indexes_[cursor_ + 1] : text_.size();
    while (end > offset && is_blank(text_[end - 1])) --end;
    token.text = text_.substr(offset, end - offset);
    ++cursor_;
    if (first == '-' || is_digit(first)) {
        token.kind = JsonKind::number;
        return is_json_number(token.text) || fail("a broken JSON number");
    }
    token.kind = token.text == "null" ? JsonKind::null : JsonKind::boolean;
    const bool known = token.text == "null" || token.text == "true" || token.text == "false";
    return known || fail("a value that is not JSON");
}

/// Past an object or list, with its brackets matched. Without recursion, so that depth costs no stack.
bool JsonScanner::skip_nested(std::uint32_t limit) {
    bool is_object[deepest];
    std::size_t depth = 0;
    for (; cursor_ < limit; ++cursor_) {
        const char byte = at(cursor_);
        if (byte == '{' || byte == '[') {
            if (depth == deepest) return fail("JSON nested more than 1024 deep");
            is_object[depth++] = byte == '{';
        } else if (byte == '}' || byte == ']') {
            if (depth == 0 || is_object[--depth] != (byte == '}')) return fail("JSON brackets that do not match");
            if (depth == 0) {
                ++cursor_;
                return true;
            }
        }
    }
    return fail("a JSON object or list that is not closed");
}

namespace {

/// By letter what stands for a one-letter escape; 0: it is none.
constexpr std::array<char, 256> unescaped = [] {
    std::array<char, 256> meanings{};
    constexpr std::string_view letters = "\"\\/bfnrt", stand_for = "\"\\/\b\f\n\r\t";
    for (std::size_t i = 0; i < letters.size(); ++i) meanings[static_cast<unsigned char>(letters[i])] = stand_for[i];
    return meanings;
}();

/// Copies up to the next backslash, sixteen bytes at a time as far as they may be read; `out` has room for as many
/// more.
void copy_plain(const char*& at, const char* end, const char* readable, char*& out) {
#if defined(__SSE2__)
    for (; readable - at >= 16; at += 16, out += 16) {
        const __m128i data = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), data);
        const auto backslashes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(data, _mm_set1_epi8('\\'))));
        const std::ptrdiff_t before = std::min<std::ptrdiff_t>(std::countr_zero(backslashes | 1U << 16), end - at);
        if (before == 16) continue;
        at += before;
        out += before;
        return;
    }
#endif
    while (at < end && *at != '\\') *out++ = *at++;
}

constexpr std::size_t none = SIZE_MAX;

#if defined(__x86_64__)
/// What is left of a text without backslashes, where each stands before a character that means itself, as in paths of
/// Windows: its length; none: there are others. `out` has room for all of it; nothing beyond that is written.
WATCHWORD_AVX512 std::size_t drop_backslashes(std::string_view content, char* out) {
    constexpr std::size_t window = 64;
    std::size_t length = 0;
    std::uint64_t carried = 0;
    for (std::size_t at = 0; at < content.size(); at += window) {
        const std::size_t left = content.size() - at;
        const std::uint64_t there = left < window ? (std::uint64_t{1} << left) - 1 : UINT64_MAX;
        const __m512i data = _mm512_maskz_loadu_epi8(there, content.data() + at);
        const std::uint64_t backslashes = _mm512_cmpeq_epi8_mask(data, _mm512_set1_epi8('\\'));
        const std::uint64_t themselves = backslashes | _mm512_cmpeq_epi8_mask(data, _mm512_set1_epi8('"')) |
                                         _mm512_cmpeq_epi8_mask(data, _mm512_set1_epi8('/'));
        const std::uint64_t escaped = escaped_by(backslashes, carried);
        if ((escaped & ~themselves) != 0) return none; // at the end it may be what is not there
        const std::uint64_t kept = there & (~backslashes | escaped);
        const auto count = static_cast<unsigned>(std::popcount(kept));
        _mm512_mask_storeu_epi8(out + length, _bzhi_u64(UINT64_MAX, count), _mm512_maskz_compress_epi8(kept, data));
        length += count;
    }
    return carried == 0 ? length : none;
}
#else
std::size_t drop_backslashes(std::string_view, char*) { return none; }
#endif

} // namespace

std::optional<std::string_view> JsonScanner::unescape(std::string_view content, Arena& arena, std::size_t readable) {
    static const bool packs = can(Instructions::avx512);
    const Arena::Mark mark = arena.mark();
    char* const start = arena.allocate(content.size() + 16);
    if (packs)
        if (const std::size_t length = drop_backslashes(content, start); length != none)
            return std::string_view(start, length);
    char* out = start;
    const char* const end = content.data() + content.size();
    for (const char* at = content.data();; at += 2) {
        copy_plain(at, end, end + readable, out);
        if (at == end) return std::string_view(start, static_cast<std::size_t>(out - start));
        const char meaning = end - at < 2 ? '\0' : unescaped[static_cast<unsigned char>(at[1])];
        if (meaning == '\0') break;
        *out++ = meaning;
    }
    arena.rewind(mark);
    return unescape_any(content, arena); // a code point, or no escape at all
}

std::optional<std::string_view> JsonScanner::unescape_any(std::string_view content, Arena& arena) {
    // The library reads and writes whole vectors, beyond the end.
    padded_.assign(content);
    padded_ += '"';
    padded_.append(simdjson::SIMDJSON_PADDING, ' ');
    char* const out = arena.allocate(content.size() + 1 + simdjson::SIMDJSON_PADDING);
    const std::uint8_t* const end = parser_->implementation->parse_string(
        reinterpret_cast<const std::uint8_t*>(padded_.data()), reinterpret_cast<std::uint8_t*>(out));
    if (end == nullptr) return std::nullopt;
    return std::string_view(out, static_cast<std::size_t>(reinterpret_cast<const char*>(end) - out));
}

std::uint64_t key_hash(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }

std::uint64_t content_of_member(std::uint64_t key, JsonKind kind, std::string_view text) {
    return XXH3_64bits_withSeed(text.data(), text.size(), key + (kind == JsonKind::text ? 1 : 0));
}

std::uint64_t content_of(const std::vector<JsonToken>& members, JsonScanner& scanner, Arena& arena) {
    const auto plain = [&](std::string_view text, bool escaped) {
        return escaped ? scanner.unescape(text, arena).value_or(text) : text;
    };
    std::uint64_t sum = 0;
    for (const JsonToken& member : members) {
        const std::string_view key = plain(member.key, member.key_escaped);
        const std::string_view text = plain(member.text, member.escaped);
        sum += content_of_member(key_hash(key), member.kind, text);
    }
    return sum;
}

bool is_json_number(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    if (at != end && *at == '-') ++at;
    const char* const whole = at;
    while (at != end && is_digit(*at)) ++at;
    if (at == whole || (*whole == '0' && at - whole > 1)) return false;
    if (at == end) return true;
    const auto digits = [&] {
        const char* const start = at;
        while (at != end && is_digit(*at)) ++at;
        return at != start;
    };
    if (*at == '.') {
        ++at;
        if (!digits()) return false;
    }
    if (at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at != end && (*at == '+' || *at == '-')) ++at;
        if (!digits()) return false;
    }
    return at == end;
}

std::optional<std::int64_t> json_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> json_real(std::string_view text) {
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::string quote_json(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result = "\"";
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if (byte == '"' || byte == '\\') {
            result += '\\';
            result += byte;
        } else if (code < 0x20) {
            result += "\\u00";
            result += digits[code >> 4];
            result += digits[code & 15];
        } else {
            result += byte;
        }
    }
    return result += '"';
}

} // namespace watchword::stdlib
