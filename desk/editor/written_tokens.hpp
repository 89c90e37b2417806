// The tokens of policy text as it stands, whether it can be read as a whole or not. Knows words, texts, numbers, signs
// and comments, no grammar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::desk {

enum class TokenKind : std::uint8_t {
    word,
    quoted_name, ///< between backquotes
    text,        ///< with its quotes; to the end of the line if it is not closed
    number,      ///< with its unit; a date, a time of day
    sign,
    comment,
};

struct Token {
    TokenKind kind = TokenKind::sign;
    std::uint32_t begin = 0, end = 0;
    bool closed = true; ///< of a text or quoted name: it has its closing quote
};

std::vector<Token> tokens_of(std::string_view text);

/// Tokens of one text, asked by index; what is out of range is an empty token.
class TokenRow {
public:
    TokenRow(std::string_view text, std::vector<Token> tokens) : text_(text), tokens_(std::move(tokens)) {}
    std::size_t size() const { return tokens_.size(); }
    const Token& operator[](std::size_t index) const { return index < tokens_.size() ? tokens_[index] : nothing_; }
    std::string_view text(std::size_t index) const {
        const Token& token = (*this)[index];
        return text_.substr(token.begin, token.end - token.begin);
    }
    bool is(std::size_t index, std::string_view written) const { return text(index) == written; }
    bool is_name(std::size_t index) const {
        const TokenKind kind = (*this)[index].kind;
        return index < size() && (kind == TokenKind::word || kind == TokenKind::quoted_name);
    }
    /// Nothing stands between a token and the one before it.
    bool touches_before(std::size_t index) const {
        return index > 0 && index < size() && tokens_[index].begin == tokens_[index - 1].end;
    }
    bool same_line(std::size_t left, std::size_t right) const {
        const std::uint32_t begin = (*this)[left].end, end = (*this)[right].begin;
        return begin <= end && text_.substr(begin, end - begin).find('\n') == std::string_view::npos;
    }
    /// The token begins a line, without indentation.
    bool begins_line(std::size_t index) const {
        const std::uint32_t begin = (*this)[index].begin;
        return begin == 0 || begin > text_.size() || text_[begin - 1] == '\n';
    }
    /// Behind `name.name.*`, of which the first token is at `index`; written into `name` as it stands.
    std::size_t path_end(std::size_t index, std::string& name) const;

private:
    std::string_view text_;
    std::vector<Token> tokens_;
    Token nothing_;
};

} // namespace watchword::desk
