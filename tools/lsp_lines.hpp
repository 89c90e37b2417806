// Places in a text as editors count them: line and character from 0, characters in units of UTF-16 or in bytes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace watchword::tools {

enum class Units : std::uint8_t { utf16, utf8 };

struct EditorPosition {
    std::uint32_t line = 0, character = 0;
};

class Lines {
public:
    /// The text must outlive this.
    Lines(std::string_view text, Units units);

    /// Fast where asked in rising order, however long the lines.
    EditorPosition position(std::uint32_t offset) const;
    /// What lies behind the end of a line is its end; behind the last line, that of the text; never inside a character.
    std::uint32_t offset(EditorPosition position) const;

private:
    std::uint32_t end_of_line(std::uint32_t line) const; ///< without `\r\n`

    std::string_view text_;
    Units units_;
    std::vector<std::uint32_t> starts_;
    /// Where it was asked last.
    mutable std::uint32_t known_offset_ = 0, known_line_ = 0, known_character_ = 0;
};

/// How many units a text on one line has.
std::uint32_t length_in(std::string_view text, Units units);

} // namespace watchword::tools
