// Characters by their first bytes; what is not UTF-8 counts byte by byte.
#include "tools/lsp_lines.hpp"

#include <algorithm>

namespace watchword::tools {

namespace {

std::uint32_t bytes_of(std::string_view text, std::uint32_t offset) {
    const auto first = static_cast<unsigned char>(text[offset]);
    const std::uint32_t length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 1;
    return std::min(length, static_cast<std::uint32_t>(text.size()) - offset);
}

std::uint32_t units_of(std::uint32_t bytes, Units units) { return units == Units::utf8 ? bytes : bytes == 4 ? 2 : 1; }

} // namespace

std::uint32_t length_in(std::string_view text, Units units) {
    if (units == Units::utf8) return static_cast<std::uint32_t>(text.size());
    std::uint32_t count = 0;
    for (std::uint32_t at = 0; at < text.size();) {
        const std::uint32_t bytes = bytes_of(text, at);
        count += units_of(bytes, units);
        at += bytes;
    }
    return count;
}

Lines::Lines(std::string_view text, Units units) : text_(text), units_(units) {
    starts_.push_back(0);
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
        starts_.push_back(static_cast<std::uint32_t>(at + 1));
}

EditorPosition Lines::position(std::uint32_t offset) const {
    offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
    const auto behind = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto line = static_cast<std::uint32_t>(behind - starts_.begin() - 1);
    if (line != known_line_ || offset < known_offset_) {
        known_line_ = line;
        known_offset_ = starts_[line];
        known_character_ = 0;
    }
    known_character_ += length_in(text_.substr(known_offset_, offset - known_offset_), units_);
    known_offset_ = offset;
    return {line, known_character_};
}

std::uint32_t Lines::end_of_line(std::uint32_t line) const {
    if (line + 1 >= starts_.size()) return static_cast<std::uint32_t>(text_.size());
    const std::uint32_t end = starts_[line + 1] - 1;
    return end > starts_[line] && text_[end - 1] == '\r' ? end - 1 : end;
}

std::uint32_t Lines::offset(EditorPosition position) const {
    if (position.line >= starts_.size()) return static_cast<std::uint32_t>(text_.size());
    std::uint32_t at = starts_[position.line];
    const std::uint32_t end = end_of_line(position.line);
    std::uint32_t left = position.character;
    while (at < end && left > 0) {
        const std::uint32_t bytes = bytes_of(text_, at);
        const std::uint32_t units = units_of(bytes, units_);
        if (units > left) break;
        left -= units;
        at += bytes;
    }
    return std::min(at, end);
}

} // namespace watchword::tools
