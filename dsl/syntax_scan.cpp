// The pass before parsing. UTF-8 by the table of RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
#include "dsl/syntax_scan.hpp"

#include <algorithm>
#include <array>

namespace watchword::dsl {

namespace {

constexpr std::array<std::string_view, 16> declaration_words{
    "module",   "use",      "event",  "subject", "list",   "table", "let",    "define",
    "calendar", "baseline", "action", "signal",  "policy", "risk",  "source", "test"};

bool is_word_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

/// Length of the character at `offset`; 0: its bytes are none.
std::uint32_t character_length(std::string_view text, std::uint32_t offset) {
    const auto byte = [&](std::uint32_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
    const auto continues = [&](std::uint32_t at) { return (byte(at) & 0xC0U) == 0x80U; };
    const unsigned first = byte(offset);
    const unsigned second = byte(offset + 1);
    if (first < 0x80U) return 1;
    if (first >= 0xC2U && first <= 0xDFU) return continues(offset + 1) ? 2 : 0;
    if (first >= 0xE0U && first <= 0xEFU) {
        if (first == 0xE0U && second < 0xA0U) return 0;
        if (first == 0xEDU && second > 0x9FU) return 0;
        return continues(offset + 1) && continues(offset + 2) ? 3 : 0;
    }
    if (first >= 0xF0U && first <= 0xF4U) {
        if (first == 0xF0U && second < 0x90U) return 0;
        if (first == 0xF4U && second > 0x8FU) return 0;
        return continues(offset + 1) && continues(offset + 2) && continues(offset + 3) ? 4 : 0;
    }
    return 0;
}

void extend(std::vector<Span>& spans, std::uint32_t file, std::uint32_t offset) {
    if (!spans.empty() && spans.back().end == offset) {
        ++spans.back().end;
    } else {
        spans.push_back({file, offset, offset + 1});
    }
}

void check_bytes(std::uint32_t file, std::string_view text, Scan& result) {
    for (std::uint32_t offset = 0; offset < text.size();) {
        const auto byte = static_cast<unsigned char>(text[offset]);
        const bool is_blank = byte == '\n' || byte == '\r' || byte == '\t';
        if ((byte < 0x20U && !is_blank) || byte == 0x7FU) extend(result.control_characters, file, offset);
        const std::uint32_t length = character_length(text, offset);
        if (length == 0) extend(result.invalid_utf8, file, offset);
        offset += std::max(length, 1U);
    }
}

std::uint32_t line_end(std::string_view text, std::uint32_t offset) {
    const std::size_t end = text.find('\n', offset);
    return static_cast<std::uint32_t>(end == std::string_view::npos ? text.size() : end);
}

/// Behind the text or backquoted name that begins at `offset`, at the latest at the end of the line.
std::uint32_t quoted_end(std::string_view text, std::uint32_t offset) {
    const char quote = text[offset];
    const bool raw = offset > 0 && text[offset - 1] == 'r' && (offset == 1 || !is_word_byte(text[offset - 2]));
    for (++offset; offset < text.size() && text[offset] != '\n'; ++offset) {
        if (text[offset] == quote) return offset + 1;
        const bool escape = text[offset] == '\\' && quote == '"' && !raw;
        if (escape && offset + 1 < text.size() && text[offset + 1] != '\n') ++offset;
    }
    return offset;
}

/// Sets `balanced` of every restart: the next one that has no more brackets open. A stack of those still waiting.
void pair_restarts(std::vector<Restart>& restarts) {
    std::vector<std::uint32_t> waiting;
    for (std::uint32_t index = 0; index < restarts.size(); ++index) {
        restarts[index].balanced = static_cast<std::uint32_t>(restarts.size());
        while (!waiting.empty() && restarts[index].depth <= restarts[waiting.back()].depth) {
            restarts[waiting.back()].balanced = index;
            waiting.pop_back();
        }
        waiting.push_back(index);
    }
}

class Pass {
public:
    Pass(std::uint32_t file, std::string_view text, Scan& result) : file_(file), text_(text), result_(result) {}

    /// The brackets that stay open.
    std::vector<std::uint32_t> run(std::uint32_t start) {
        for (offset_ = start; offset_ < text_.size();) step();
        return std::move(open_);
    }

private:
    void step() {
        const char byte = text_[offset_];
        if (byte == '#') {
            comment();
        } else if (byte == '"' || byte == '`') {
            offset_ = quoted_end(text_, offset_);
            line_is_empty_ = false;
        } else if (is_word_byte(byte)) {
            word();
        } else {
            if (byte == '\n') {
                line_is_empty_ = true;
            } else if (byte != ' ' && byte != '\t' && byte != '\r') {
                line_is_empty_ = false;
            }
            bracket(byte);
            ++offset_;
        }
    }

    void comment() {
        std::uint32_t end = line_end(text_, offset_);
        const std::uint32_t next = end;
        while (end > offset_ && (text_[end - 1] == '\r' || text_[end - 1] == ' ' || text_[end - 1] == '\t')) --end;
        result_.comments.push_back({{file_, offset_, end}, line_is_empty_});
        offset_ = next;
    }

    void word() {
        const std::uint32_t end = word_end(text_, offset_);
        const bool first_column = offset_ == 0 || text_[offset_ - 1] == '\n';
        if (first_column && is_declaration_word(text_.substr(offset_, end - offset_)))
            result_.restarts.push_back({offset_, static_cast<std::int32_t>(open_.size()), 0});
        line_is_empty_ = false;
        offset_ = end;
    }

    void bracket(char byte) {
        if (byte == '{' || byte == '(' || byte == '[') {
            open_.push_back(offset_);
        } else if ((byte == '}' || byte == ')' || byte == ']') && !open_.empty()) {
            open_.pop_back();
        }
    }

    std::uint32_t file_;
    std::string_view text_;
    Scan& result_;
    std::vector<std::uint32_t> open_;
    std::uint32_t offset_ = 0;
    bool line_is_empty_ = true;
};

} // namespace

bool is_declaration_word(std::string_view word) {
    return std::find(declaration_words.begin(), declaration_words.end(), word) != declaration_words.end();
}

bool is_reserved_word(std::string_view word) {
    static constexpr std::array<std::string_view, 20> reserved{
        "and",    "or",  "not",      "in",         "if",       "then", "else",    "true", "false", "has",
        "during", "mod", "contains", "startswith", "endswith", "like", "matches", "any",  "every", "overlaps"};
    return std::find(reserved.begin(), reserved.end(), word) != reserved.end();
}

std::vector<std::string_view> words_of(std::string_view words) {
    std::vector<std::string_view> result;
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        if (end != 0) result.push_back(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return result;
}

std::uint32_t word_end(std::string_view text, std::uint32_t offset) {
    while (offset < text.size() && is_word_byte(text[offset])) ++offset;
    return offset;
}

std::vector<std::uint32_t> open_brackets(std::string_view text, std::uint32_t start) {
    Scan ignored;
    return Pass{0, text, ignored}.run(start);
}

Scan scan(std::uint32_t file, std::string_view text) {
    Scan result;
    check_bytes(file, text, result);
    Pass{file, text, result}.run(0);
    pair_restarts(result.restarts);
    return result;
}

} // namespace watchword::dsl
