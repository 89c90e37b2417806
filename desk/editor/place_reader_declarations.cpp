// What can stand in declarations other than signals and policies, in tests and in records.
#include "desk/editor/place_reader.hpp"

namespace watchword::desk {

namespace {

constexpr std::array<std::string_view, 8> test_words{"at",       "employee", "expect", "case",
                                                     "lateness", "until",    "roster", "advance"};
constexpr std::array<std::string_view, 5> source_words{"delimiter", "zone", "header", "emit", "sensitive"};

} // namespace

void PlaceReader::read_use() {
    if (at_list_item(first_))
        place_.module = true;
    else
        offer({"as"});
}

void PlaceReader::read_parameters() {
    const std::size_t last = end_ - 1;
    place_.type =
        tokens_.is_name(last) && (tokens_.is(last - 1, "(") || tokens_.is(last - 1, ",") || tokens_.is(last - 1, "{") ||
                                  tokens_.is(last - 1, "sensitive") || !tokens_.same_line(last - 1, last));
    if (tokens_.is(last, "=")) want_value({});
}

void PlaceReader::read_fields() {
    if (braces_.empty()) {
        if (tokens_.is(end_ - 1, "}")) offer({"updates", "adds"});
        if (tokens_.is(end_ - 1, "updates") || tokens_.is(end_ - 1, "adds")) offer({"employee"});
        if (tokens_.text(first_) == "table") offer({"from"});
        return;
    }
    const std::size_t brace = braces_.back();
    if (tokens_.is(brace - 1, "employee")) {
        std::string own;
        tokens_.path_end(first_ + 1, own);
        place_.heard = {own};
        return read_record("employee");
    }
    read_parameters();
    if (!place_.type && !place_.value) offer({"sensitive"});
}

void PlaceReader::read_value() {
    if (!open_.empty() && tokens_.is(first_, "define") && !has_equals(open_.back())) return read_parameters();
    if (has_equals(end_)) {
        read_own_parameters();
        return want_value({});
    }
    if (tokens_.is(first_, "list")) offer({"from"});
}

bool PlaceReader::has_equals(std::size_t end) const {
    for (std::size_t index = first_; index < end; ++index)
        if (tokens_.is(index, "=")) return true;
    return false;
}

void PlaceReader::read_own_parameters() {
    for (std::size_t index = first_ + 2; index < end_ && !tokens_.is(index, ")"); ++index)
        if (tokens_.is_name(index) && (tokens_.is(index - 1, "(") || tokens_.is(index - 1, ",")) &&
            tokens_.is_name(index + 1))
            place_.own_names.emplace_back(tokens_.text(index));
}

void PlaceReader::read_calendar() {
    if (braces_.empty()) return;
    const std::size_t clause = last_of({"days", "hours", "zone", "holidays", "except"}, braces_.back() + 1, end_);
    offer({"days", "hours", "zone", "holidays", "except"});
    if (clause == nowhere) return;
    if (tokens_.is(clause, "days")) offer({"mon", "tue", "wed", "thu", "fri", "sat", "sun"});
    if (tokens_.is(clause, "zone") || tokens_.is(clause, "except") || tokens_.is(clause, "hours")) want_value({});
}

void PlaceReader::read_risk() {
    if (braces_.empty()) return;
    if (tokens_.is(end_ - 1, "combine")) return offer({"max", "sum"});
    if (is_one_of(tokens_.text(end_ - 1), level_words)) return offer({"at"});
    offer({"combine"});
    offer(level_words);
}

void PlaceReader::read_source() {
    std::string name;
    tokens_.path_end(first_ + 1, name);
    place_.source_name = name;
    if (braces_.empty()) {
        place_.source = tokens_.is(end_ - 1, "from");
        return offer(place_.source ? Words{"csv", "json"} : Words{"from"});
    }
    const std::size_t from = braces_.front() + 1;
    const std::size_t emit = last_of({"emit"}, from, braces_.size() > 1 ? braces_[1] : end_);
    if (braces_.size() > 1) return read_record(name_behind(emit));
    if (emit != nowhere && end_ == emit + 1) {
        place_.event = true;
        return offer({"employee"});
    }
    if (emit != nowhere && last_of({"when"}, emit, end_) != nowhere && !tokens_.is(end_ - 1, "}"))
        return want_value({});
    place_.type = true;
    offer(source_words);
    if (emit != nowhere) offer({"when"});
}

std::string PlaceReader::name_behind(std::size_t keyword) const {
    std::string name;
    if (keyword != nowhere) tokens_.path_end(keyword + 1, name);
    return name;
}

void PlaceReader::read_test() {
    if (braces_.empty()) return offer({"refuses"});
    const std::size_t from = braces_.front() + 1;
    read_case_names(from);
    const std::size_t item = last_of(test_words, from, braces_.size() > 1 ? braces_[1] : end_);
    if (braces_.size() > 1) return read_test_record(item, braces_[1]);
    if (item == nowhere) return offer(test_words);
    const bool timed = tokens_[end_ - 1].kind == TokenKind::number;
    if (tokens_.is(item, "at") && timed) {
        place_.event = true;
        return offer({"employee"});
    }
    const std::size_t expect = last_of({"expect"}, from, end_);
    const bool expecting = expect != nowhere && last_of({"employee", "case", "advance"}, expect, end_) == nowhere;
    if (expecting) read_expectation(expect);
    const bool may_end = !wants_operand(end_ - 1) && end_ > item + 1;
    if (may_end && (!expecting || end_ > expect + 2)) offer(test_words);
}

void PlaceReader::read_case_names(std::size_t from) {
    const std::size_t end = end_of_declaration();
    for (std::size_t index = from; index < end; ++index) {
        if (!tokens_.is(index, "case")) continue;
        for (; index < end && !tokens_.is(index, "}"); ++index)
            if (tokens_.is_name(index) && tokens_.is(index + 1, ":"))
                place_.own_names.emplace_back(tokens_.text(index));
        return;
    }
}

void PlaceReader::read_test_record(std::size_t item, std::size_t brace) {
    if (item != nowhere && tokens_.is(item, "employee")) return read_record("employee");
    std::string name;
    for (std::size_t index = item == nowhere ? brace : item; index < brace; ++index)
        if (tokens_[index].kind == TokenKind::number && tokens_.is_name(index + 1)) tokens_.path_end(index + 1, name);
    read_record(name);
}

void PlaceReader::read_expectation(std::size_t expect) {
    if (end_ == expect + 1) return offer({"alert", "alerts", "no", "score", "watch", "risk", "nothing"});
    if (is_one_of(tokens_.text(end_ - 1), {"==", "!=", "<", "<=", ">", ">="})) {
        place_.number = true;
        return;
    }
    if (tokens_.is(end_ - 1, "nothing")) return offer({"else"});
    if (tokens_.is(end_ - 1, "no")) return offer({"alert", "watch"});
    if (tokens_.is(end_ - 1, "alerts")) return offer({"from"});
    const std::size_t because = last_of({"because"}, expect, end_);
    if (because != nowhere && at_list_item(because)) {
        place_.signal = true;
        return;
    }
    if (tokens_.is(end_ - 1, "for")) return;
    place_.policy = true;
    offer(level_words);
    offer({"for", "at", "because", "or", "above"});
}

void PlaceReader::read_record(std::string of) {
    const std::size_t brace = braces_.back();
    std::size_t colon = nowhere;
    for (std::size_t index = brace + 1; index < end_; ++index) {
        if (tokens_.is(index, ":")) colon = index;
        if (tokens_.is(index, ",") && (open_.empty() || open_.back() == brace)) colon = nowhere;
    }
    if (colon == nowhere) {
        place_.record_of = std::move(of);
        return;
    }
    if (end_ == colon + 1) {
        place_.record_of.clear();
        place_.compared = std::string(tokens_.text(colon - 1));
        if (of != "employee") place_.compared_of = of;
        if (of == "employee") place_.compared = "employee." + place_.compared;
    }
    want_value({});
}

} // namespace watchword::desk
