// `like`: `*` is any text, `?` one character. A pattern is cut at its stars; each part is looked for from left to
// right, the first place is as good as any, so nothing is ever tried twice.
#include "runtime/code_point.hpp"
#include "runtime/text.hpp"

#include <cstring>

namespace watchword::runtime {

namespace {

constexpr std::size_t nowhere = std::string_view::npos;

/// Characters that parts with `?` may be compared with in one call. A long text against a long part of `?` and letters
/// is the only slow case left; beyond this it does not match.
constexpr std::size_t most_comparisons = std::size_t{1} << 26;

/// Where the part ends if it matches the start of the text, else `nowhere`.
std::size_t match_start(std::string_view text, std::string_view part, std::size_t& budget) {
    std::size_t at = 0;
    for (const char wanted : part) {
        if (at == text.size() || budget == 0) return nowhere;
        --budget;
        if (wanted == '?')
            at += first_code_point(text.substr(at)).length;
        else if (text[at++] != wanted)
            return nowhere;
    }
    return at;
}

/// Where the first match of the part ends, else `nowhere`.
std::size_t find_part(std::string_view text, std::string_view part, std::size_t& budget) {
    if (part.find('?') == std::string_view::npos) {
        if (text.size() < part.size() || part.empty()) return part.empty() ? 0 : nowhere;
        const void* const found = memmem(text.data(), text.size(), part.data(), part.size()); // linear, unlike find
        if (found == nullptr) return nowhere;
        return static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + part.size();
    }
    std::size_t at = 0;
    while (budget > 0) {
        const std::size_t end = match_start(text.substr(at), part, budget);
        if (end != nowhere) return at + end;
        if (at == text.size()) return nowhere;
        at += first_code_point(text.substr(at)).length;
    }
    return nowhere;
}

/// Whether the part matches the end of the text: from as many characters before it as the part has.
bool match_end(std::string_view text, std::string_view part, std::size_t& budget) {
    std::size_t begin = text.size();
    for (std::size_t i = part.size(); i > 0; --i) {
        if (begin == 0) return false;
        if (part[i - 1] != '?') {
            if (text[--begin] != part[i - 1]) return false;
            continue;
        }
        // Back by one character: to a place at most four bytes before from which exactly one leads here.
        std::size_t length = 1;
        for (std::size_t bytes = 2; bytes <= 4 && bytes <= begin; ++bytes)
            if (first_code_point(text.substr(begin - bytes, bytes)).length == bytes) length = bytes;
        begin -= length;
    }
    return match_start(text.substr(begin), part, budget) == text.size() - begin;
}

} // namespace

bool like(std::string_view text, std::string_view pattern) noexcept {
    std::size_t budget = most_comparisons;
    std::size_t star = pattern.find('*');
    const std::size_t end = match_start(text, pattern.substr(0, star), budget);
    if (end == nowhere) return false;
    if (star == std::string_view::npos) return end == text.size();
    text.remove_prefix(end);
    while (true) {
        pattern.remove_prefix(star + 1);
        star = pattern.find('*');
        if (star == std::string_view::npos) return match_end(text, pattern, budget);
        const std::size_t found = find_part(text, pattern.substr(0, star), budget);
        if (found == nowhere) return false;
        text.remove_prefix(found);
    }
}

} // namespace watchword::runtime
