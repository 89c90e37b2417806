// Lines of canonical text, with the comments of the source put back where they belong: own lines before what follows
// them, others at the end of the line that they followed. Keeps single blank lines. Knows no syntax.
#pragma once

#include "dsl/ast.hpp"

#include <string>
#include <string_view>

namespace watchword::dsl {

class LineWriter {
public:
    LineWriter(const Sources& sources, const Tree& tree);

    /// Call before the lines of whatever begins at `offset` in the source: writes the comments before it, and a blank
    /// line where there was one. `documented`: a `##` directly above belongs to it; where that is false, but could be
    /// taken so, a blank line is put between.
    void before(std::uint32_t offset, bool takes_doc = false, bool documented = false);
    /// As `before`, with at least one blank line since the last line.
    void before_apart(std::uint32_t offset, bool documented);
    void line(std::string_view text);
    /// A line that opens a block, and one that closes it; `end` is where the block ends in the source.
    void open(std::string_view text);
    void close(std::uint32_t end, std::string_view text = "}");
    /// As it is, comments within it too; `end` is where it ends in the source.
    void verbatim(std::string_view text, std::uint32_t end);
    /// A block that no bracket opens, and its end.
    void begin_block() { ++indent_; }
    /// Ends a block that no bracket closes.
    void end_block() { --indent_; }
    std::size_t indentation() const { return indent_ * 2; }
    bool has_comment_before(std::uint32_t offset) const;
    std::string finish(std::uint32_t end);

private:
    void comments(std::uint32_t offset);
    void comment(const Comment& comment);
    void blank();
    bool blank_above(std::uint32_t offset) const;
    void start_line();

    const Tree& tree_;
    std::string_view source_;
    std::string text_;
    std::size_t next_comment_ = 0;
    std::size_t indent_ = 0;
    bool block_begins_ = true; ///< nothing yet in this block: no blank line
    bool can_append_ = false;  ///< the last line may take a comment at its end
    bool after_doc_ = false;   ///< the last line is a `##` on its own line
    bool blank_below_ = false; ///< the next line has to keep its distance
    bool ends_blank_ = false;
};

} // namespace watchword::dsl
