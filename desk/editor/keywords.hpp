// The words of the grammar, for whoever shows or offers them. Which of them a text may use as a name, the parser knows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace watchword::desk {

enum class KeywordKind : std::uint8_t { declaration, clause, operation, constant, level, windowed, type };

struct Keyword {
    std::string_view word;
    KeywordKind kind;
};

/// By kind, then name.
std::span<const Keyword> keywords();
const Keyword* find_keyword(std::string_view word);
/// What the grammar's table says of a word that begins something: Markdown; empty: nothing is said.
std::string keyword_page(std::string_view word);

} // namespace watchword::desk
