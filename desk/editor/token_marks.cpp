// Names by what they mean; words of the grammar where no name stands; the rest by its looks.
#include "desk/editor/token_marks.hpp"

#include "desk/editor/keywords.hpp"
#include "desk/editor/written_tokens.hpp"

#include <algorithm>

namespace watchword::desk {

namespace {

Mark mark_of(NameKind kind) {
    switch (kind) {
    case NameKind::module:
        return Mark::module;
    case NameKind::event:
    case NameKind::family:
        return Mark::event;
    case NameKind::field:
    case NameKind::attribute:
    case NameKind::column:
        return Mark::property;
    case NameKind::parameter:
        return Mark::parameter;
    case NameKind::definition:
    case NameKind::action:
    case NameKind::function:
    case NameKind::windowed:
        return Mark::function;
    case NameKind::signal:
        return Mark::signal;
    case NameKind::policy:
    case NameKind::source:
        return Mark::policy;
    case NameKind::word:
        return Mark::word;
    case NameKind::type:
        return Mark::type;
    default:
        return Mark::variable;
    }
}

Mark mark_of(const Token& token, std::string_view written) {
    switch (token.kind) {
    case TokenKind::comment:
        return Mark::comment;
    case TokenKind::text:
        return Mark::text;
    case TokenKind::number:
        return Mark::number;
    case TokenKind::sign:
        return Mark::operation;
    default:
        return find_keyword(written) != nullptr ? Mark::keyword : Mark::variable;
    }
}

} // namespace

std::vector<TokenMark> token_marks(const CheckedFile& file) {
    const std::vector<NamePlace> places = name_places(file.model, file.tree);
    const std::string_view text = file.text();
    std::vector<TokenMark> marks;
    std::uint32_t behind = 0;
    for (const NamePlace& place : places) {
        if (place.span.begin < behind) continue; // the same word twice
        behind = place.span.end;
        const bool is_standard = place.declared.empty() || file.sources.file(place.declared.front().file).standard;
        marks.push_back({place.span.begin, place.span.end, mark_of(place.kind), place.declares, is_standard});
    }
    const std::size_t names = marks.size();
    std::size_t next = 0;
    for (const Token& token : tokens_of(text)) {
        while (next < names && marks[next].end <= token.begin) ++next;
        if (next < names && marks[next].begin < token.end) continue;
        const std::string_view written = text.substr(token.begin, token.end - token.begin);
        const Mark mark = mark_of(token, written);
        if (mark == Mark::variable) continue; // a name that means nothing
        if (mark == Mark::operation && std::string_view{"{}()[],.:"}.find(written) != std::string_view::npos) continue;
        std::uint32_t end = token.end;
        while (end > token.begin && text[end - 1] == '\r') --end;
        marks.push_back({token.begin, end, mark, false, false});
    }
    std::sort(marks.begin(), marks.end(),
              [](const TokenMark& left, const TokenMark& right) { return left.begin < right.begin; });
    return marks;
}

} // namespace watchword::desk
