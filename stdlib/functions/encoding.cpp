// Functions that look through what a text is wrapped in: entropy, base64, percent signs.
#include "runtime/code_point.hpp"
#include "runtime/exponent.hpp"
#include "runtime/text.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/functions/signature.hpp"

#include <array>

namespace watchword::stdlib {

namespace {

/// log2 of 1 to 2^53 by IEEE arithmetic alone, so that no libm shows: halved into [1, 2), then the series of atanh.
double binary_logarithm(double x) {
    double whole = 0;
    for (; x >= 2; x /= 2) ++whole;
    const double t = (x - 1) / (x + 1), square = t * t;
    double sum = 0;
    for (int n = 41; n > 0; n -= 2) sum = 1.0 / n + square * sum;
    return whole + 2 * t * sum * 1.4426950408889634; // 1 / ln 2
}

Value entropy(const Value* a, FunctionContext&) noexcept {
    const std::string_view text = a[0].text();
    if (text.empty()) return Value::of(0.0);
    std::array<std::uint64_t, 256> counts{};
    for (const char c : text) ++counts[static_cast<unsigned char>(c)];
    const auto total = static_cast<double>(text.size());
    double bits = 0;
    for (const std::uint64_t count : counts)
        if (count > 1) bits += static_cast<double>(count) * binary_logarithm(static_cast<double>(count));
    return Value::of(runtime::round_score(binary_logarithm(total) - bits / total));
}

int sextet(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/// The bytes in `place`, which has room for three quarters of the text and one; nullopt: not base64.
std::optional<std::size_t> decode(std::string_view text, char* place) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::size_t length = 0, digits = 0;
    unsigned pending = 0;
    for (const char c : text) {
        if (c == '\r' || c == '\n') continue;
        const int value = sextet(c);
        if (value < 0) return std::nullopt;
        pending = (pending << 6 | static_cast<unsigned>(value)) & 0xffffff;
        const std::size_t bits_before = digits++ * 6 % 8;
        if (bits_before >= 2) place[length++] = static_cast<char>(pending >> (bits_before - 2) & 0xff);
    }
    if (digits % 4 == 1) return std::nullopt;
    return length;
}

/// Little-endian UTF-16 as UTF-8; nullopt if it is not that.
std::optional<std::size_t> from_utf16(std::string_view bytes, char* place) {
    std::size_t length = 0;
    const auto unit = [&](std::size_t at) {
        return static_cast<std::int32_t>(static_cast<unsigned char>(bytes[at]) |
                                         static_cast<unsigned char>(bytes[at + 1]) << 8);
    };
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        std::int32_t code_point = unit(at);
        if (code_point >= 0xd800 && code_point < 0xdc00 && at + 3 < bytes.size()) {
            at += 2;
            code_point = 0x10000 + ((code_point - 0xd800) << 10) + (unit(at) - 0xdc00);
        }
        if (!utf8proc_codepoint_valid(code_point)) return std::nullopt;
        length += static_cast<std::size_t>(
            utf8proc_encode_char(code_point, reinterpret_cast<utf8proc_uint8_t*>(place + length)));
    }
    return length;
}

Value decode_base64(const Value* a, FunctionContext& context) noexcept {
    const std::string_view text = runtime::trimmed(a[0].text());
    char* const place = context.scratch.allocate(text.size() / 4 * 3 + 4);
    if (place == nullptr) return Value::absent();
    const std::optional<std::size_t> length = decode(text, place);
    if (!length) return Value::absent();
    const std::string_view bytes{place, *length};
    const bool is_wide = bytes.size() >= 2 && bytes.size() % 2 == 0 && bytes.find('\0') != std::string_view::npos;
    if (!is_wide) return runtime::is_utf8(bytes) ? Value::of(bytes) : Value::absent();
    char* const narrow = context.scratch.allocate(bytes.size() / 2 * 3);
    if (narrow == nullptr) return Value::absent();
    const std::optional<std::size_t> narrow_length = from_utf16(bytes, narrow);
    return narrow_length ? Value::of(std::string_view{narrow, *narrow_length}) : Value::absent();
}

int hexadecimal(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Value decode_url(const Value* a, FunctionContext& context) noexcept {
    const std::string_view text = a[0].text();
    char* const place = context.scratch.allocate(text.size() + 1);
    if (place == nullptr) return Value::absent();
    std::size_t length = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        place[length] = text[at];
        if (text[at] == '%' && at + 2 < text.size()) {
            const int high = hexadecimal(text[at + 1]), low = hexadecimal(text[at + 2]);
            if (high >= 0 && low >= 0) {
                place[length] = static_cast<char>(high * 16 + low);
                at += 2;
            }
        }
        ++length;
    }
    const std::string_view decoded{place, length};
    return Value::of(runtime::is_utf8(decoded) ? decoded : text);
}

} // namespace

std::vector<FunctionRow> encoding_functions() {
    return {
        {"entropy",
         {a_text},
         a_real,
         entropy,
         "entropy(text text) real",
         "Bits per byte that the text carries (Shannon), to three decimals: 0 for one repeated letter, about 4 for "
         "prose, near 6 for random base64.",
         R"(entropy("aabb"))",
         "1.0"},
        {"decode_base64",
         {a_text},
         maybe(a_text),
         decode_base64,
         "decode_base64(text text) text?",
         "The text in base64, plain or URL-safe, also where it was UTF-16 as in PowerShell's encoded commands; absent "
         "if it is none.",
         R"(decode_base64("d2hvYW1p"))",
         R"("whoami")"},
        {"decode_url",
         {a_text},
         a_text,
         decode_url,
         "decode_url(text text) text",
         "The text with `%20` and the like decoded; unchanged if that is not UTF-8.",
         R"(decode_url("Q3%20plan.xlsx"))",
         R"("Q3 plan.xlsx")"},
    };
}

} // namespace watchword::stdlib
