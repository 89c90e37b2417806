// One pass over the bytes.
#include "desk/editor/written_tokens.hpp"

#include <algorithm>
#include <array>

namespace watchword::desk {

namespace {

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_word_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) || byte == '_';
}

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        while (at_ < text_.size()) {
            const char byte = text_[at_];
            if (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n')
                ++at_;
            else
                step(byte);
        }
        return std::move(tokens_);
    }

private:
    char byte(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }

    void step(char first) {
        if (first == '#') return add(TokenKind::comment, std::min(text_.find('\n', at_), text_.size()));
        if (first == '"' || first == '`') return quoted(at_, first);
        if (first == 'r' && byte(at_ + 1) == '"') return quoted(at_ + 1, '"');
        if (is_digit(first)) return add(TokenKind::number, number_end());
        std::size_t end = at_;
        while (end < text_.size() && is_word_byte(text_[end])) ++end;
        if (end > at_) return add(TokenKind::word, end);
        static constexpr std::array<std::string_view, 6> pairs{"==", "!=", "<=", ">=", "??", ".."};
        const bool pair = std::find(pairs.begin(), pairs.end(), text_.substr(at_, 2)) != pairs.end();
        add(TokenKind::sign, at_ + (pair ? 2 : 1));
    }

    /// From the quote at `open` to its fellow, or the end of the line.
    void quoted(std::size_t open, char quote) {
        const bool raw = open != at_;
        std::size_t end = open + 1;
        while (end < text_.size() && text_[end] != '\n' && text_[end] != quote) {
            const bool escape = text_[end] == '\\' && quote == '"' && !raw && byte(end + 1) != '\n';
            end += escape ? 2 : 1;
        }
        end = std::min(end, text_.size());
        const bool closed = byte(end) == quote;
        add(quote == '"' ? TokenKind::text : TokenKind::quoted_name, end + (closed ? 1 : 0));
        tokens_.back().closed = closed;
    }

    /// `10`, `1.5h`, `50%`, `08:00`, `2025-03-01`; the dots of `1..5` do not belong to it.
    std::size_t number_end() const {
        std::size_t end = at_;
        const auto is_date = [&] {
            return end == at_ + 4 && byte(end) == '-' && is_digit(byte(end + 1)) && is_digit(byte(end + 2)) &&
                   byte(end + 3) == '-';
        };
        while (end < text_.size()) {
            const char next = text_[end];
            if (is_date())
                end = std::min(end + 6, text_.size());
            else if (is_word_byte(next) || next == '%' || ((next == '.' || next == ':') && is_digit(byte(end + 1))))
                ++end;
            else
                break;
        }
        return end;
    }

    void add(TokenKind kind, std::size_t end) {
        tokens_.push_back({kind, static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(end)});
        at_ = end;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Token> tokens_;
};

} // namespace

std::vector<Token> tokens_of(std::string_view text) { return Reader{text}.run(); }

std::size_t TokenRow::path_end(std::size_t index, std::string& name) const {
    name.clear();
    if (!is_name(index)) return index;
    name = text(index);
    while (is(index + 1, ".") && touches_before(index + 1) && touches_before(index + 2) &&
           (is_name(index + 2) || is(index + 2, "*"))) {
        name += "." + std::string(text(index + 2));
        index += 2;
    }
    std::erase(name, '`');
    return index + 1;
}

} // namespace watchword::desk
