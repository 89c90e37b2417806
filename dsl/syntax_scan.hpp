// One pass over the bytes of a file before it is parsed: comments, wrong bytes, and where parsing can go on after an
// error. Knows words, texts, brackets and lines, no grammar. Linear.
#pragma once

#include "dsl/ast.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace watchword::dsl {

/// A declaration keyword in column 1.
struct Restart {
    std::uint32_t offset = 0;
    std::int32_t depth = 0;     ///< brackets open there, since the start of the file
    std::uint32_t balanced = 0; ///< index of the next restart with no more brackets open; as many as there are: none
};

struct Scan {
    std::vector<Comment> comments;
    std::vector<Span> invalid_utf8;       ///< stretches of wrong bytes
    std::vector<Span> control_characters; ///< one stretch each
    std::vector<Restart> restarts;
};

Scan scan(std::uint32_t file, std::string_view text);

/// Offsets of the brackets that are open at the end of `text`, of those from `start` on.
std::vector<std::uint32_t> open_brackets(std::string_view text, std::uint32_t start);

bool is_declaration_word(std::string_view word);
/// A word that names nothing but between backquotes.
bool is_reserved_word(std::string_view word);
/// Of durations and sizes, with blanks between.
inline constexpr std::string_view units = "w d h m s ms B KB MB GB TB KiB MiB GiB TiB";
/// Words with blanks between.
std::vector<std::string_view> words_of(std::string_view words);

/// The end of a word of ASCII letters, digits and `_` at `offset`.
std::uint32_t word_end(std::string_view text, std::uint32_t offset);

} // namespace watchword::dsl
