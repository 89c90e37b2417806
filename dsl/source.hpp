// The text of policy files: who owns it, and how byte offsets become lines and columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::dsl {

/// A stretch of one file, in bytes, end excluded.
struct Span {
    std::uint32_t file = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    friend bool operator==(const Span&, const Span&) = default;
};

struct Position {
    std::uint32_t line = 1;   ///< from 1
    std::uint32_t column = 1; ///< from 1, in characters, not bytes
};

struct SourceFile {
    std::string name; ///< as shown to users; of a standard module `<hr>`
    std::string text;
    bool standard = false;
};

/// All files of one compilation. Texts never move.
class Sources {
public:
    std::uint32_t add(std::string name, std::string text, bool standard = false);
    const SourceFile& file(std::uint32_t index) const { return files_[index]; }
    std::uint32_t size() const { return static_cast<std::uint32_t>(files_.size()); }
    std::string_view text(Span span) const;
    /// Takes about as long wherever in the file it is, however long the line.
    Position position(std::uint32_t file, std::uint32_t offset) const;
    /// The line (from 1) without its end.
    std::string_view line(std::uint32_t file, std::uint32_t number) const;

private:
    /// What finds positions in a file without walking its lines, which may be as long as the file.
    struct Index {
        std::vector<std::uint32_t> line_starts;
        std::vector<std::uint32_t> characters; ///< before each block of `block` bytes
    };
    static constexpr std::uint32_t block = 256;
    static Index index_of(std::string_view text);
    const Index& index(std::uint32_t file) const;
    /// Characters of the file before the offset.
    std::uint32_t characters_before(std::uint32_t file, std::uint32_t offset) const;

    std::deque<SourceFile> files_;
    mutable std::deque<Index> indices_; ///< made when asked
};

} // namespace watchword::dsl
