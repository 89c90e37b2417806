// Folding and comparing text.
#include "runtime/text.hpp"

#include "runtime/code_point.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace watchword::runtime {

namespace {

constexpr std::int32_t capital_i_with_dot = 0x130;

char folded_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
char raised_ascii(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

/// CaseFolding.txt, statuses C and S. utf8proc knows statuses C and F: what F makes one character of is C; of the
/// others, those with a status S fold as they go to lower case, but for İ, which has no status S.
std::int32_t folded(std::int32_t code_point) {
    if (code_point < 0x80) return folded_ascii(static_cast<char>(code_point));
    utf8proc_int32_t full[8];
    int last_class = 0;
    const utf8proc_ssize_t length = utf8proc_decompose_char(code_point, full, 8, UTF8PROC_CASEFOLD, &last_class);
    if (length == 1) return full[0];
    if (code_point == capital_i_with_dot) return code_point;
    return utf8proc_tolower(code_point);
}

/// Each character mapped, those of ASCII by themselves; bytes that are not UTF-8 stay. No mapping makes a text longer
/// by more than half.
template <char (*map_ascii)(char), class Map>
std::size_t map_to(std::string_view text, char* place, Map map) {
    char* const begin = place;
    while (true) {
        std::size_t ascii = 0;
        for (; ascii < text.size() && (text[ascii] & 0x80) == 0; ++ascii) place[ascii] = map_ascii(text[ascii]);
        place += ascii;
        text.remove_prefix(ascii);
        if (text.empty()) break;
        const CodePoint next = first_code_point(text);
        if (next.value < 0)
            *place++ = text.front();
        else
            place += utf8proc_encode_char(map(next.value), reinterpret_cast<utf8proc_uint8_t*>(place));
        text.remove_prefix(next.length);
    }
    return static_cast<std::size_t>(place - begin);
}

/// Takes one character off the front: a folded code point, or a byte that is none, apart from all code points.
std::int32_t take_folded(std::string_view& text) {
    const CodePoint next = first_code_point(text);
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(next.length);
    if (next.value < 0) return -1 - byte;
    return folded(next.value);
}

} // namespace

bool is_folded_ascii(std::string_view text) noexcept {
    constexpr std::size_t size = sizeof(std::uint64_t);
    const auto word_at = [&](std::size_t place) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + place, size);
        return word;
    };
    if (text.size() >= size) {
        std::uint64_t found = unfolded(word_at(text.size() - size)); // it overlaps the one before
        for (std::size_t place = 0; place + size < text.size(); place += size) found |= unfolded(word_at(place));
        return found == 0;
    }
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x80 || (c >= 'A' && c <= 'Z')) return false;
    return true;
}

std::size_t fold_to(std::string_view text, char* place) noexcept { return map_to<folded_ascii>(text, place, folded); }
std::size_t lower_to(std::string_view text, char* place) noexcept {
    return map_to<folded_ascii>(text, place, utf8proc_tolower);
}
std::size_t upper_to(std::string_view text, char* place) noexcept {
    return map_to<raised_ascii>(text, place, utf8proc_toupper);
}

std::string fold(std::string_view text) {
    std::string result(text.size() + text.size() / 2, '\0');
    result.resize(fold_to(text, result.data()));
    return result;
}

bool equal_folded(std::string_view left, std::string_view right) noexcept {
    while (!left.empty() && !right.empty()) {
        const char a = left.front(), b = right.front();
        if (((a | b) & 0x80) == 0) {
            if (folded_ascii(a) != folded_ascii(b)) return false;
            left.remove_prefix(1);
            right.remove_prefix(1);
        } else if (take_folded(left) != take_folded(right)) {
            return false;
        }
    }
    return left.empty() && right.empty();
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        std::uint64_t eight = 0;
        if (text.size() >= sizeof eight) {
            std::memcpy(&eight, text.data(), sizeof eight);
            if ((eight & 0x8080808080808080U) == 0) {
                text.remove_prefix(sizeof eight);
                continue;
            }
        }
        const CodePoint next = first_code_point(text);
        if (next.value < 0) return false;
        text.remove_prefix(next.length);
    }
    return true;
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
    if (left.size() > right.size()) std::swap(left, right);
    if (right.size() > longest_edited) return right.size();
    std::vector<std::size_t> row(left.size() + 1);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
        std::size_t diagonal = row[0];
        row[0] = j;
        for (std::size_t i = 1; i <= left.size(); ++i) {
            const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
            diagonal = row[i];
            row[i] = std::min({replaced, row[i] + 1, row[i - 1] + 1});
        }
    }
    return row.back();
}

} // namespace watchword::runtime
