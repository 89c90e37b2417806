// From the tokens before a place to what is wanted there: the word, its declaration, expressions.
#include "desk/editor/place_reader.hpp"

#include "dsl/syntax_scan.hpp"

#include <algorithm>

namespace watchword::desk {

bool is_one_of(std::string_view word, Words words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

CompletionPlace PlaceReader::run() {
    place_.begin = place_.path_begin = offset_;
    find_word();
    if (is_prose_) return place_;
    find_declaration();
    const std::uint32_t begin = place_.path_begin;
    const bool begins_line = begin == 0 || text_[begin - 1] == '\n';
    place_.declaration = begins_line || !has_declaration_;
    if (!has_declaration_) return place_;
    find_open_brackets();
    if (!begins_line || !open_.empty()) read();
    return place_;
}

void PlaceReader::find_word() {
    while (end_ < tokens_.size() && tokens_[end_].end < offset_) ++end_;
    const Token& at = tokens_[end_];
    const bool inside = end_ < tokens_.size() && at.begin < offset_;
    const bool is_open = at.kind == TokenKind::comment || !at.closed || at.end > offset_;
    if (inside && (at.kind == TokenKind::comment || at.kind == TokenKind::text) && is_open) is_prose_ = true;
    if (!inside) return;
    const bool is_word = tokens_.is_name(end_) || at.kind == TokenKind::number;
    if (!is_word && !tokens_.is(end_, ".")) {
        ++end_;
        return;
    }
    if (is_word) place_.begin = place_.path_begin = at.begin;
    if (at.kind == TokenKind::number) is_prose_ = true;
    find_path(is_word ? end_ : end_ + 1);
}

void PlaceReader::find_path(std::size_t index) {
    std::size_t first = index;
    while (first >= 2 && tokens_.is(first - 1, ".") && tokens_.is_name(first - 2) &&
           tokens_.touches_before(first - 1) && (first == end_ + 1 || tokens_.touches_before(first)))
        first -= 2;
    if (first == index) {
        end_ = index;
        return;
    }
    for (std::size_t part = first; part + 1 < index; part += 2)
        place_.before += (place_.before.empty() ? "" : ".") + std::string(tokens_.text(part));
    place_.path_begin = tokens_[first].begin;
    end_ = first;
}

void PlaceReader::find_declaration() {
    for (std::size_t index = 0; index < end_; ++index) {
        if (!tokens_.begins_line(index) || !dsl::is_declaration_word(tokens_.text(index))) continue;
        first_ = index;
        has_declaration_ = true;
    }
}

void PlaceReader::find_open_brackets() {
    for (std::size_t index = first_; index < end_; ++index) {
        const std::string_view sign = tokens_.text(index);
        if (tokens_[index].kind != TokenKind::sign) continue;
        if (sign == "{" || sign == "(" || sign == "[") open_.push_back(index);
        if ((sign == "}" || sign == ")" || sign == "]") && !open_.empty()) open_.pop_back();
    }
    for (const std::size_t index : open_)
        if (tokens_.is(index, "{")) braces_.push_back(index);
}

std::size_t PlaceReader::last_of(Words words, std::size_t from, std::size_t end) const {
    std::size_t found = nowhere;
    int depth = 0;
    for (std::size_t index = from; index < end; ++index) {
        const std::string_view text = tokens_.text(index);
        if (tokens_[index].kind == TokenKind::sign) {
            depth += text == "{" || text == "(" || text == "[" ? 1 : text == "}" || text == ")" || text == "]" ? -1 : 0;
        } else if (depth == 0 && tokens_[index].kind == TokenKind::word && is_one_of(text, words) &&
                   (index == from || !wants_operand(index - 1)) && !tokens_.is(index + 1, "."))
            found = index;
    }
    return found;
}

bool PlaceReader::wants_operand(std::size_t index) const {
    const std::string_view text = tokens_.text(index);
    if (tokens_[index].kind == TokenKind::sign)
        return text != ")" && text != "]" && text != "}" && text != "{" && !(text == "*" && tokens_.is(index - 1, "."));
    return tokens_[index].kind == TokenKind::word &&
           (is_one_of(text, operator_words) || is_one_of(text, {"if", "then", "else", "has", "any", "every"}));
}

std::size_t PlaceReader::end_of_declaration() const {
    std::size_t index = first_ + 1;
    while (index < tokens_.size() && !(tokens_.begins_line(index) && dsl::is_declaration_word(tokens_.text(index))))
        ++index;
    return index;
}

void PlaceReader::read() {
    const std::string_view keyword = tokens_.text(first_);
    if (read_clause_value()) return;
    if (keyword == "use") return read_use();
    if (keyword == "signal") return read_signal();
    if (keyword == "policy") return read_policy();
    if (keyword == "source") return read_source();
    if (keyword == "test") return read_test();
    if (keyword == "event" || keyword == "subject" || keyword == "table") return read_fields();
    if (keyword == "calendar") return read_calendar();
    if (keyword == "risk") return read_risk();
    if (keyword == "list" || keyword == "let" || keyword == "define") return read_value();
    if (keyword == "action" && !open_.empty()) return read_parameters();
    if (keyword == "module") place_.words = {"zone"};
}

bool PlaceReader::read_clause_value() {
    struct Row {
        std::string_view declaration, before, word; ///< `before` empty: anything; `level`: one of the levels
        bool is_duration;
    };
    static constexpr Row rows[] = {
        {"signal", "", "over", true},        {"signal", "", "past", true},         {"signal", "at", "least", false},
        {"signal", "", "within", true},      {"signal", "", "times", false},       {"policy", "looks", "back", true},
        {"policy", "closes", "after", true}, {"policy", ",", "after", true},       {"policy", "or", "after", true},
        {"policy", "halves", "every", true}, {"policy", "", "times", false},       {"policy", "at", "most", false},
        {"policy", "level", "at", false},    {"policy", "rearms", "below", false}, {"risk", "level", "at", false},
        {"test", "", "advance", true},       {"test", "", "lateness", true},       {"test", "}", "x", false},
        {"test", "", "every", true}};
    const std::size_t last = end_ - 1;
    if (end_ < first_ + 4) return false; // the shortest: `test "…" { advance`
    for (const Row& row : rows) {
        if (tokens_.text(first_) != row.declaration || !tokens_.is(last, row.word)) continue;
        const bool fits = row.before == "level" ? is_one_of(tokens_.text(last - 1), level_words)
                                                : row.before.empty() || tokens_.is(last - 1, row.before);
        if (!fits) continue;
        // `retrigger extends, at most`
        const bool extends = tokens_.is(last - 2, "extends") || tokens_.is(last - 3, "extends");
        place_.duration = row.is_duration || (extends && tokens_.is(last, "most"));
        place_.number = !place_.duration;
        return true;
    }
    return false;
}

bool PlaceReader::at_list_item(std::size_t clause) const { return end_ == clause + 1 || tokens_.is(end_ - 1, ","); }

void PlaceReader::offer(Words words) { place_.words.insert(place_.words.end(), words.begin(), words.end()); }

void PlaceReader::want_value(Words after) {
    const std::size_t last = end_ - 1;
    if (tokens_.is(last, "during")) {
        place_.calendar = true;
        return;
    }
    if (tokens_.is(last, "has")) {
        place_.value = true;
        return;
    }
    if (tokens_.is(last, "from") && !open_.empty() && tokens_.is(open_.back() - 1, "peers")) {
        place_.baseline = true;
        return;
    }
    const TokenKind kind = tokens_[last].kind;
    const bool behind_operand = (tokens_.is_name(last) && !wants_operand(last) && !is_clause_word(last)) ||
                                kind == TokenKind::text || kind == TokenKind::number || tokens_.is(last, ")") ||
                                tokens_.is(last, "]");
    if (behind_operand) {
        offer(operator_words);
        offer({"then", "else", "over", "per"});
        return offer(after);
    }
    place_.value = true;
    offer({"not", "has", "during", "any", "every", "if", "true", "false"});
    if (!open_.empty() && tokens_.is(open_.back(), "(") && place_.windowed) offer({"where", "past"});
    find_compared(last);
}

bool PlaceReader::is_clause_word(std::size_t index) const {
    return is_one_of(tokens_.text(index), signal_words) || is_one_of(tokens_.text(index), policy_words) ||
           is_one_of(tokens_.text(index), {"for", "at", "zone", "where", "when", "after", "over"});
}

void PlaceReader::find_compared(std::size_t last) {
    std::size_t sign = last;
    if (!open_.empty() && tokens_.is(open_.back(), "[")) sign = open_.back() - 1;
    const bool compares = tokens_.is(sign, "==") || tokens_.is(sign, "!=") || tokens_.is(sign, "in");
    if (!compares || sign == 0) return;
    std::size_t end = sign;
    if (tokens_.is(end - 1, "not")) --end;
    std::size_t begin = end - 1;
    while (begin >= 2 && tokens_.is(begin - 1, ".") && tokens_.touches_before(begin)) begin -= 2;
    tokens_.path_end(begin, place_.compared);
}

CompletionPlace completion_place(std::string_view text, std::uint32_t offset) {
    return PlaceReader{text, offset}.run();
}

} // namespace watchword::desk
