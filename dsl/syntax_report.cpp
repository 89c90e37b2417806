// Composes the diagnostics of syntax. The words come from tables; nothing here knows the grammar itself.
#include "dsl/syntax_report.hpp"

#include "dsl/foreign_words.hpp"
#include "dsl/syntax_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace watchword::dsl {

struct SyntaxContext {
    NodeKind kind;
    std::string_view what;
    std::string_view words;
    std::string_view example;
};

namespace {

constexpr std::array contexts{
#define CONTEXT(node, what, words, example) SyntaxContext{NodeKind::node, what, words, example},
#include "dsl/syntax_contexts.def"
#undef CONTEXT
};

constexpr std::string_view declarations =
    "module use event subject list table let define calendar baseline action signal policy risk source test";

const SyntaxContext* context_of(NodeKind kind) {
    for (const SyntaxContext& context : contexts)
        if (context.kind == kind) return &context;
    return nullptr;
}

const SyntaxContext* innermost(const SyntaxFailure& failure) {
    for (auto node = failure.open.rbegin(); node != failure.open.rend(); ++node)
        if (const SyntaxContext* context = context_of(node->kind)) return context;
    return nullptr;
}

bool is_one_of(std::string_view word, std::string_view words) {
    const std::vector<std::string_view> all = words_of(words);
    return std::find(all.begin(), all.end(), word) != all.end();
}

/// Where words stand that begin a clause.
constexpr std::array homes{NodeKind::signal_declaration, NodeKind::policy_declaration, NodeKind::score_clause,
                           NodeKind::test_declaration};

/// Of a word with which declarations begin, within another one.
std::string advice_for_nested(const SyntaxContext& here, std::string_view word) {
    if (!is_one_of(word, declarations)) return {};
    const auto declared = std::find_if(contexts.begin(), contexts.end(), [word](const SyntaxContext& context) {
        return context.example.starts_with(word) && context.example.substr(word.size()).starts_with(' ');
    });
    if (declared == contexts.end()) return {};
    return fmt::format("`{}` stands by itself, outside of {}: for example `{}`", word, here.what, declared->example);
}

/// Of the language's own word where it does not belong: where it does. Empty: it belongs here, or is no such word.
std::string advice_for_own(const SyntaxContext& here, std::string_view word) {
    if (is_one_of(word, here.words)) return {};
    const SyntaxContext* home = nullptr;
    for (const NodeKind kind : homes) {
        const SyntaxContext* const context = context_of(kind);
        if (!is_one_of(word, context->words)) continue;
        if (home != nullptr) return fmt::format("`{}` belongs in {} or {}", word, home->what, context->what);
        home = context;
    }
    return home == nullptr ? "" : fmt::format("`{}` belongs in {}: for example `{}`", word, home->what, home->example);
}

/// At most 40 bytes of it, cut between characters.
std::string shortened(std::string_view text) {
    constexpr std::size_t longest = 40;
    if (text.size() <= longest) return std::string{text};
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return std::string{text.substr(0, end)} + "…";
}

/// A sign of several characters is one token: `&&`, `==`.
std::uint32_t sign_end(std::string_view text, std::uint32_t offset) {
    constexpr std::string_view signs = "=!<>&|?.~";
    std::uint32_t end = offset + 1;
    if (signs.find(text[offset]) != std::string_view::npos) {
        while (end < text.size() && end < offset + 3 && signs.find(text[end]) != std::string_view::npos) ++end;
        return end;
    }
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
    return end;
}

} // namespace

SyntaxReport::SyntaxReport(const Sources& sources, std::uint32_t file, const Scan& scan, Diagnostics& diagnostics)
    : file_(file), text_(sources.file(file).text), scan_(scan), diagnostics_(diagnostics) {}

bool SyntaxReport::utf16() {
    if (!text_.starts_with("\xff\xfe") && !text_.starts_with("\xfe\xff")) return false;
    Diagnostic& problem = diagnostics_.add(Code::invalid_utf8, {file_, 0, 2}, "the file is in UTF-16");
    problem.label = "its byte order mark";
    problem.help = "save the file as UTF-8";
    return true;
}

void SyntaxReport::wrong_bytes() {
    for (const Span& span : scan_.invalid_utf8) {
        const auto byte = static_cast<unsigned char>(text_[span.begin]);
        Diagnostic& problem =
            diagnostics_.add(Code::invalid_utf8, span, fmt::format("the byte 0x{:02X} here is not UTF-8", byte));
        problem.label = span.end - span.begin == 1 ? "not UTF-8"
                                                   : fmt::format("{} bytes that are not UTF-8", span.end - span.begin);
        problem.help = "save the file as UTF-8";
    }
    for (const Span& span : scan_.control_characters) {
        const auto byte = static_cast<unsigned char>(text_[span.begin]);
        Diagnostic& problem = diagnostics_.add(
            Code::control_character, span,
            byte == 0 ? "a NUL byte in the text" : fmt::format("the control character 0x{:02X} in the text", byte));
        problem.label = "has no meaning here";
        problem.help = "delete it";
    }
}

bool SyntaxReport::is_reported(std::uint32_t offset) const {
    const auto covers = [offset](const Span& span) { return span.begin <= offset && offset < span.end; };
    return std::any_of(scan_.invalid_utf8.begin(), scan_.invalid_utf8.end(), covers) ||
           std::any_of(scan_.control_characters.begin(), scan_.control_characters.end(), covers);
}

/// The end of the last thing written before `offset`.
Span SyntaxReport::end_before(std::uint32_t offset) const {
    std::uint32_t end = offset;
    for (bool is_settled = false; !is_settled;) {
        const std::size_t last = text_.substr(0, end).find_last_not_of(" \t\r\n");
        end = static_cast<std::uint32_t>(last == std::string_view::npos ? 0 : last + 1);
        const auto comment = std::find_if(scan_.comments.rbegin(), scan_.comments.rend(), [&](const Comment& one) {
            return one.span.begin < end && end <= one.span.end;
        });
        is_settled = comment == scan_.comments.rend();
        if (!is_settled) end = comment->span.begin;
    }
    return {file_, end, end};
}

/// What is missing is then missing before it.
bool SyntaxReport::begins_declaration(const Found& found) const {
    const std::uint32_t offset = found.span.begin;
    return !found.text.empty() && offset != 0 && text_[offset - 1] == '\n' && is_declaration_word(found.text);
}

SyntaxReport::Found SyntaxReport::found_at(std::uint32_t offset) const {
    if (offset >= text_.size()) return {end_before(offset), "the end of the file", {}};
    std::uint32_t end = word_end(text_, offset);
    const char byte = text_[offset];
    if (byte == '"' || byte == '`') {
        end = offset + 1;
        while (end < text_.size() && text_[end] != byte && text_[end] != '\n') ++end;
        if (end < text_.size() && text_[end] == byte) ++end;
    } else if (byte == '#') {
        end = offset + 1;
    } else if (end == offset) {
        end = sign_end(text_, offset);
    }
    const std::string_view text = text_.substr(offset, end - offset);
    return {{file_, offset, end}, fmt::format("`{}`", shortened(text)), text};
}

void SyntaxReport::failure(const SyntaxFailure& failure, std::uint32_t start) {
    if (is_reported(failure.offset)) return;
    if (of_its_own(failure)) return;
    Found found = found_at(failure.offset);
    const Awaited& awaited = failure.awaited;
    if (unclosed(found, start)) return;
    const bool is_next = begins_declaration(found);
    if (is_next) found.span = end_before(failure.offset);
    if (foreign_comment(failure.offset) || foreign(found, awaited)) return;
    const SyntaxContext* const context = innermost(failure);
    const std::string_view advice = context != nullptr ? advice_at(*context, found, start) : "";
    const bool reserved = advice.empty() && !is_next && awaited.is_name && is_reserved_word(found.text);
    Diagnostic& problem =
        diagnostics_.add(reserved ? Code::reserved_word : Code::syntax, found.span,
                         reserved ? fmt::format("{} is a reserved word, expected {}", found.shown, awaited.what)
                                  : fmt::format("expected {}, found {}", awaited.what, found.shown));
    if (context != nullptr) problem.label = fmt::format("while reading {}", context->what);
    if (reserved) {
        problem.help = fmt::format("as a name it is written between backquotes: `{}`", found.text);
        problem.fix.push_back({found.span, fmt::format("`{}`", found.text)});
        return;
    }
    if (!advice.empty()) {
        problem.help = advice;
        return;
    }
    if (context != nullptr && std::find(homes.begin(), homes.end(), context->kind) != homes.end())
        for (const auto own : {advice_for_own, advice_for_nested})
            if (problem.help = own(*context, found.text); !problem.help.empty()) return;
    if (advise_on_number(found, awaited, problem) || context == nullptr) return;
    if (context->kind == NodeKind::score_clause && found.text == "-") {
        problem.help =
            takes_points(found.span.end)
                ? "points are only given: what should count less gets fewer, or a condition behind `when`"
                : "a difference in the condition of a line stands in brackets: `when (n.last_day - time) < 7d`";
        return;
    }
    if (context->kind == NodeKind::closes_clause && awaited.code == Code::syntax &&
        text_.substr(0, failure.offset).ends_with("after ")) {
        problem.help = "an end that a field gives is written with the time behind it: `0d after notice.last_day`";
        return;
    }
    const std::string_view near = nearest(found.text, words_of(context->words));
    problem.help =
        near.empty() ? fmt::format("for example `{}`", context->example) : fmt::format("did you mean `{}`?", near);
}

/// Ends of a watch and what opens it are lists; what stands between their items depends on which of them was begun.
std::string_view SyntaxReport::advice_at(const SyntaxContext& context, const Found& found, std::uint32_t start) const {
    const bool is_in_ends =
        context.kind == NodeKind::policy_declaration && begun_by("opens closes", start, found.span.begin) == "closes";
    const std::string_view joining = is_behind(found.span.begin, "after") ? "after" : found.text;
    const std::string_view advice = is_in_ends ? advice_for_clause("the ends of a watch", joining) : "";
    return advice.empty() ? advice_for_clause(context.what, found.text) : advice;
}

/// Mistakes inside one token and of depth have a code of their own.
bool SyntaxReport::of_its_own(const SyntaxFailure& failure) {
    const NodeKind last = failure.open.empty() ? NodeKind::none : failure.open.back().kind;
    switch (failure.awaited.code) {
    case Code::unterminated: {
        const bool is_text = last == NodeKind::text || last == NodeKind::raw_text;
        const std::uint32_t begin = failure.open.empty() ? failure.offset : failure.open.back().begin;
        Diagnostic& problem = diagnostics_.add(Code::unterminated, {file_, begin, failure.offset},
                                               is_text ? "the text does not end on its line"
                                                       : "the backquoted name does not end on its line");
        problem.label = fmt::format("expected {}", failure.awaited.what);
        problem.help =
            is_text ? "a new line inside a text is written `\\n`" : "for example `Email Address` between backquotes";
        return true;
    }
    case Code::unknown_unit:
        unknown_unit(last == NodeKind::instant ? failure.open.back().begin : failure.offset);
        return true;
    case Code::chained_comparison: {
        Diagnostic& problem =
            diagnostics_.add(Code::chained_comparison, found_at(failure.offset).span, "comparisons cannot be chained");
        problem.label = "the second comparison";
        problem.help = "join two comparisons with `and`, or use a range: `n in 1..5`";
        return true;
    }
    case Code::nested_too_deep: {
        Diagnostic& problem =
            diagnostics_.add(Code::nested_too_deep, found_at(failure.offset).span, "the expression is nested too deep");
        problem.label = "more than 200 levels";
        problem.help = "use a list with `in` for many alternatives, or name parts of it with `define`";
        return true;
    }
    default:
        return false;
    }
}

void SyntaxReport::unknown_unit(std::uint32_t offset) {
    std::uint32_t end = offset;
    while (end < text_.size() &&
           (word_end(text_, end) > end || text_[end] == '.' || text_[end] == '-' || text_[end] == ':'))
        end = std::max(word_end(text_, end), end + 1);
    const std::string_view written = text_.substr(offset, end - offset);
    const std::size_t digits = std::min(written.find_first_not_of("0123456789_."), written.size());
    const std::string_view unit = written.substr(digits);
    Diagnostic& problem = diagnostics_.add(Code::unknown_unit, {file_, offset, end},
                                           unit.find_first_of("-:") == std::string_view::npos
                                               ? fmt::format("unknown unit `{}`", shortened(unit))
                                               : fmt::format("`{}` is no date, instant or number", shortened(written)));
    problem.label = "a number with letters behind it";
    const std::string_view near = own_unit(unit);
    if (near.empty()) {
        problem.help = advice_for_unit(unit);
        if (problem.help.empty())
            problem.help =
                "durations have w d h m s ms, sizes B KB MB GB TB KiB MiB GiB TiB; dates are written 2025-03-01";
        return;
    }
    problem.help = fmt::format("did you mean `{}{}`?", written.substr(0, digits), near);
    problem.fix.push_back({{file_, offset + static_cast<std::uint32_t>(digits), end}, std::string{near}});
}

/// `9:00` behind a date, `1 hour` in place of a duration.
bool SyntaxReport::advise_on_number(const Found& found, const Awaited& awaited, Diagnostic& problem) const {
    const auto is_digit = [](char byte) { return byte >= '0' && byte <= '9'; };
    if (found.text.empty() || !std::all_of(found.text.begin(), found.text.end(), is_digit)) return false;
    const std::uint32_t end = found.span.end;
    const bool is_hour = found.text.size() == 1 && end < text_.size() && text_[end] == ':';
    if (is_hour && found.span.begin > 1 && is_digit(text_[found.span.begin - 2])) {
        problem.help = fmt::format("hours have two digits: `0{}{}`", found.text, text_.substr(end, 3));
        problem.fix.push_back({found.span, fmt::format("0{}", found.text)});
        return true;
    }
    if (!awaited.what.starts_with("a duration")) return false;
    const std::size_t next = std::min(text_.find_first_not_of(" \t", end), text_.size());
    const std::uint32_t unit_end = word_end(text_, static_cast<std::uint32_t>(next));
    const std::string_view written = text_.substr(next, unit_end - next);
    const std::string_view unit = own_unit(written);
    if (unit.empty()) {
        problem.help = advice_for_unit(written);
        return !problem.help.empty();
    }
    problem.help = fmt::format("a unit stands directly behind its number: `{}{}`", found.text, unit);
    problem.fix.push_back({{file_, found.span.begin, unit_end}, fmt::format("{}{}", found.text, unit)});
    return true;
}

/// Whether the word before `offset` is that one.
bool SyntaxReport::is_behind(std::uint32_t offset, std::string_view word) const {
    std::uint32_t end = offset;
    while (end > 0 && (text_[end - 1] == ' ' || text_[end - 1] == '\t')) --end;
    if (end == offset || !text_.substr(0, end).ends_with(word)) return false;
    const std::size_t begin = end - word.size();
    return begin == 0 || text_[begin - 1] == ' ' || text_[begin - 1] == '\n' || text_[begin - 1] == '(';
}

/// Whether `10 for X` stands there.
bool SyntaxReport::takes_points(std::uint32_t offset) const {
    const std::string_view rest = text_.substr(offset, text_.find('\n', offset) - offset);
    const std::size_t number = rest.find_first_not_of(" \t");
    if (number == std::string_view::npos || rest[number] < '0' || rest[number] > '9') return false;
    const std::size_t behind = rest.find_first_not_of("0123456789.", number);
    return behind != std::string_view::npos && rest.substr(behind).starts_with(" for ");
}

/// `// …` and `-- …`, which were read as operators: on the line of `offset`, up to there.
bool SyntaxReport::foreign_comment(std::uint32_t offset) {
    const std::size_t before = offset == 0 ? std::string_view::npos : text_.rfind('\n', offset - 1);
    bool in_text = false, is_raw = false;
    for (auto at = static_cast<std::uint32_t>(before == std::string_view::npos ? 0 : before + 1);
         at <= offset && at + 1 < text_.size(); ++at) {
        if (in_text && !is_raw && text_[at] == '\\') {
            ++at;
            continue;
        }
        if (text_[at] == '"') {
            is_raw = !in_text && at > 0 && text_[at - 1] == 'r';
            in_text = !in_text;
        }
        if (text_[at] == '#' && !in_text) return false;
        const std::string_view sign = text_.substr(at, 2);
        if (in_text || (sign != "//" && sign != "--")) continue;
        const auto is_blank = [&](std::uint32_t place) {
            return place >= text_.size() || text_[place] == ' ' || text_[place] == '\t' || text_[place] == '\n';
        };
        const bool is_number = sign == "--" && !(is_blank(at + 2) && (at == 0 || is_blank(at - 1)));
        if (is_number) continue; // `a --3` takes a negative number away
        Diagnostic& problem = diagnostics_.add(Code::foreign_spelling, {file_, at, at + 2},
                                               fmt::format("`{}` is not written so here", sign));
        problem.label = "spelled as in another language";
        problem.help = "a comment begins with `#`";
        if (sign == "//") problem.fix.push_back({{file_, at, at + 2}, "#"}); // what follows `--` may be a condition
        return true;
    }
    return false;
}

/// The one of `words` that stands last between `start` and `offset`; empty: none does.
std::string_view SyntaxReport::begun_by(std::string_view words, std::uint32_t start, std::uint32_t offset) const {
    const std::string_view before = text_.substr(start, offset - start);
    const auto is_word = [&](std::size_t at, std::size_t length) {
        const auto begin = static_cast<std::uint32_t>(at);
        const auto holds = [&](const Comment& one) {
            return one.span.begin <= start + begin && start + begin < one.span.end;
        };
        return word_end(before, begin) == at + length && (at == 0 || word_end(before, begin - 1) == begin - 1) &&
               std::none_of(scan_.comments.begin(), scan_.comments.end(), holds);
    };
    std::size_t last = 0;
    std::string_view begun;
    for (const std::string_view word : words_of(words)) {
        std::size_t at = before.rfind(word);
        while (at != std::string_view::npos && !is_word(at, word.size()))
            at = at == 0 ? at - 1 : before.rfind(word, at - 1);
        if (at == std::string_view::npos || at < last) continue;
        last = at;
        begun = word;
    }
    return begun;
}

/// `dc` of `dc(host)`, where that ends before `offset`; empty: something else does.
std::string_view SyntaxReport::called_before(std::uint32_t offset) const {
    std::uint32_t at = end_before(offset).begin;
    if (at == 0 || text_[at - 1] != ')') return {};
    int open = 0;
    do {
        --at;
        open += text_[at] == ')' ? 1 : text_[at] == '(' ? -1 : 0;
    } while (at > 0 && open > 0);
    std::uint32_t begin = at;
    while (begin > 0 && word_end(text_, begin - 1) >= at) --begin;
    return text_.substr(begin, at - begin);
}

/// `== R&D` compares with one text.
bool SyntaxReport::bare_text(const Found& found) {
    if (found.text != "&") return false;
    const auto is_part = [&](std::uint32_t at) {
        return at < text_.size() && (text_[at] == '&' || word_end(text_, at) != at);
    };
    std::uint32_t begin = found.span.begin, end = found.span.end;
    while (begin > 0 && is_part(begin - 1)) --begin;
    while (is_part(end)) ++end;
    std::string_view before = text_.substr(0, begin);
    before = before.substr(0, before.find_last_not_of(" \t") + 1);
    const bool is_operand = before.ends_with("==") || before.ends_with("!=") || before.ends_with("=~");
    if (!is_operand || end == found.span.end) return false;
    const std::string_view written = text_.substr(begin, end - begin);
    Diagnostic& problem = diagnostics_.add(Code::foreign_spelling, {file_, begin, end},
                                           fmt::format("`{}` is not written so here", written));
    problem.label = "a text without quotes?";
    problem.help = fmt::format("a text is written `\"{}\"`, two conditions are joined by `and`", written);
    return true;
}

/// `&&`, `=` and their like where an operator or an operand could stand.
bool SyntaxReport::foreign(const Found& found, const Awaited& awaited) {
    if (awaited.what == "`:`" || awaited.what == "`=`" || (awaited.is_name && found.text == "=")) return false;
    const bool is_percentage = found.text == "%" && found.span.begin > 0 && text_[found.span.begin - 1] >= '0' &&
                               text_[found.span.begin - 1] <= '9';
    if (is_percentage) return false;
    if (is_behind(found.span.begin, "NOT")) return foreign(found_at(text_.rfind("NOT", found.span.begin)), awaited);
    if (bare_text(found)) return true;
    const std::string_view own = own_sign(found.text);
    const std::string_view advice = own.empty() ? advice_for_operator(found.text) : std::string_view{};
    if (own.empty() && advice.empty()) return false;
    Diagnostic& problem =
        diagnostics_.add(Code::foreign_spelling, found.span, fmt::format("{} is not written so here", found.shown));
    problem.label = "spelled as in another language";
    problem.help = own.empty() ? std::string{advice} : fmt::format("write `{}`", own);
    if (own.empty() || own == "\"") return true;
    const auto is_word = [&](std::size_t at) { return word_end(text_, static_cast<std::uint32_t>(at)) != at; };
    const bool begins = found.span.begin > 0 && is_word(found.span.begin - 1), ends = is_word(found.span.end);
    problem.fix.push_back({found.span, fmt::format("{}{}{}", begins ? " " : "", own, ends ? " " : "")});
    return true;
}

/// The file, or this declaration, ends with a bracket open.
bool SyntaxReport::unclosed(const Found& found, std::uint32_t start) {
    const std::uint32_t offset = found.text.empty() ? static_cast<std::uint32_t>(text_.size()) : found.span.begin;
    if (!found.text.empty() && !begins_declaration(found)) return false;
    const std::vector<std::uint32_t> open = open_brackets(text_.substr(0, offset), start);
    if (open.empty()) return false;
    const Span bracket{file_, open.back(), open.back() + 1};
    Diagnostic& problem =
        diagnostics_.add(Code::unclosed_bracket, bracket, fmt::format("`{}` is never closed", text_[open.back()]));
    problem.label = "opened here";
    problem.notes.push_back({found.span, found.text.empty() ? "the file ends" : "the next declaration begins"});
    const char closing = text_[open.back()] == '{' ? '}' : text_[open.back()] == '(' ? ')' : ']';
    problem.help = fmt::format("close it with `{}`", closing);
    return true;
}

void SyntaxReport::no_declaration(std::uint32_t offset) {
    if (is_reported(offset) || foreign_comment(offset)) return;
    const Found found = found_at(offset);
    Diagnostic& problem =
        diagnostics_.add(Code::syntax, found.span, fmt::format("expected a declaration, found {}", found.shown));
    problem.label = "no declaration begins like this";
    if (problem.help = advice_for_declaration(found.text); !problem.help.empty()) return;
    const std::string_view near = nearest(found.text, words_of(declarations));
    problem.help = near.empty() ? "declarations begin with: " + std::string{declarations}
                                : fmt::format("did you mean `{}`?", near);
}

void SyntaxReport::unexpected(std::uint32_t offset, NodeKind declaration, std::uint32_t start) {
    if (is_reported(offset)) return;
    const Found found = found_at(offset);
    if (unclosed(found, start) || foreign_comment(offset)) return;
    const bool is_among_events = declaration == NodeKind::signal_declaration &&
                                 begun_by("signal on where when sequence by", start, offset) == "on";
    const std::string_view comma =
        is_among_events ? advice_for_clause("the events of a signal", found.text) : std::string_view{};
    if (comma.empty() && foreign(found, {})) return;
    const SyntaxContext* const context = context_of(declaration);
    const std::string_view what = context == nullptr ? "the declaration" : context->what;
    Diagnostic& problem =
        diagnostics_.add(Code::syntax, found.span, fmt::format("unexpected {} after {}", found.shown, what));
    problem.label = "neither continues it nor begins a declaration";
    if (context == nullptr) return;
    const std::string_view called = found.text == "over" || found.text == "per" ? called_before(offset) : "";
    for (const std::string_view advice : {comma, advice_for_clause(context->what, found.text),
                                          advice_for_function(called), advice_for_declaration(found.text)})
        if (problem.help.empty()) problem.help = advice;
    if (!problem.help.empty() || !(problem.help = advice_for_own(*context, found.text)).empty()) return;
    std::vector<std::string_view> words = words_of(context->words);
    for (const std::string_view word : words_of(declarations)) words.push_back(word);
    std::uint32_t before = offset;
    while (before > 0 && (text_[before - 1] == ' ' || text_[before - 1] == '\t')) --before;
    if (before > 0 && before < offset && text_[before - 1] >= '0' && text_[before - 1] <= '9') {
        const std::string_view unit = own_unit(found.text);
        problem.help = advice_for_unit(found.text);
        if (!unit.empty()) problem.help = fmt::format("a unit stands directly behind its number, as in `100{}`", unit);
        if (!problem.help.empty()) return;
    }
    const std::string_view near = nearest(found.text, words);
    problem.help =
        near.empty() ? fmt::format("for example `{}`", context->example) : fmt::format("did you mean `{}`?", near);
}

} // namespace watchword::dsl
