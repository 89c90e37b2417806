// Where comments go. Written so that writing what was written gives the same text.
#include "dsl/line_writer.hpp"

namespace watchword::dsl {

LineWriter::LineWriter(const Sources& sources, const Tree& tree) : tree_(tree), source_(sources.file(tree.file).text) {}

bool LineWriter::has_comment_before(std::uint32_t offset) const {
    return next_comment_ < tree_.comments.size() && tree_.comments[next_comment_].span.begin < offset;
}

bool LineWriter::blank_above(std::uint32_t offset) const {
    int lines = 0;
    while (offset > 0) {
        const char byte = source_[offset - 1];
        if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n') break;
        if (byte == '\n') ++lines;
        --offset;
    }
    return lines > 1;
}

void LineWriter::blank() {
    if (block_begins_ || ends_blank_) return;
    text_ += '\n';
    ends_blank_ = true;
    can_append_ = false;
    after_doc_ = false;
    blank_below_ = false;
}

void LineWriter::start_line() {
    if (blank_below_) blank();
    if (!text_.empty()) text_ += '\n';
    text_.append(indent_ * 2, ' ');
    block_begins_ = false;
    ends_blank_ = false;
    blank_below_ = false;
    after_doc_ = false;
}

void LineWriter::comment(const Comment& comment) {
    const std::string_view written = source_.substr(comment.span.begin, comment.span.end - comment.span.begin);
    if (!comment.own_line && can_append_) {
        text_.append("  ").append(written);
        can_append_ = false;
        return;
    }
    if (blank_above(comment.span.begin)) blank();
    start_line();
    text_ += written;
    can_append_ = false;
    after_doc_ = written.starts_with("##");
    // One that got a line of its own only here must not become the doc comment of what follows.
    blank_below_ = after_doc_ && !comment.own_line;
}

void LineWriter::comments(std::uint32_t offset) {
    while (has_comment_before(offset)) comment(tree_.comments[next_comment_++]);
}

void LineWriter::before(std::uint32_t offset, bool takes_doc, bool documented) {
    comments(offset);
    if (blank_above(offset) || (takes_doc && !documented && after_doc_)) blank();
}

void LineWriter::before_apart(std::uint32_t offset, bool documented) {
    // The comments that stay at the end of the last line first, then the distance, unless there is one further down.
    bool apart = blank_above(offset);
    for (std::size_t index = next_comment_; index < tree_.comments.size(); ++index) {
        const Comment& one = tree_.comments[index];
        if (one.span.begin >= offset) break;
        apart = apart || (one.own_line && blank_above(one.span.begin));
    }
    while (has_comment_before(offset) && !tree_.comments[next_comment_].own_line && can_append_)
        comment(tree_.comments[next_comment_++]);
    if (!apart) blank();
    before(offset, true, documented);
}

void LineWriter::line(std::string_view text) {
    start_line();
    text_ += text;
    can_append_ = true;
}

void LineWriter::verbatim(std::string_view text, std::uint32_t end) {
    while (has_comment_before(end)) ++next_comment_;
    line(text);
}

void LineWriter::open(std::string_view text) {
    line(text);
    ++indent_;
    block_begins_ = true;
}

void LineWriter::close(std::uint32_t end, std::string_view text) {
    comments(end);
    --indent_;
    block_begins_ = true; // no blank line before the bracket
    blank_below_ = false;
    line(text);
}

std::string LineWriter::finish(std::uint32_t end) {
    comments(end);
    if (!text_.empty()) text_ += '\n';
    return std::move(text_);
}

} // namespace watchword::dsl
