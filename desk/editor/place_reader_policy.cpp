// What can stand in signals and policies.
#include "desk/editor/place_reader.hpp"

namespace watchword::desk {

namespace {

constexpr std::array<std::string_view, 4> step_words{"as", "where", "by", "times"};

} // namespace

void PlaceReader::read_signal() {
    read_own_parameters();
    const std::size_t from = first_ + 1;
    if (!open_.empty() && tokens_.is(open_.front(), "(") && last_of(signal_words, from, open_.front()) == nowhere)
        return read_parameters();
    if (!braces_.empty()) {
        const std::size_t owner = last_of({"sequence", "except"}, from, braces_.front());
        if (owner != nowhere && tokens_.is(owner, "sequence")) return read_steps(braces_.front() + 1);
        listen(owner == nowhere ? from : owner, braces_.front());
        return want_value({});
    }
    const std::size_t clause = last_of(signal_words, from, end_);
    read_aliases(from, end_);
    if (clause == nowhere) return offer(signal_words);
    const std::string_view word = tokens_.text(clause);
    if (word == "on" || word == "until") return read_patterns(clause, signal_words);
    if (word == "sequence") return offer({"within", "by"});
    if (word == "except") return offer({"owner", "until", "on"});
    const std::size_t on = last_of({"on"}, from, tokens_.size());
    if (on != nowhere) listen(on, end_of_declaration());
    place_.windowed = word == "when";
    want_value(signal_words);
}

void PlaceReader::read_patterns(std::size_t on, Words after) {
    if (at_list_item(on) || tokens_.is(end_ - 1, "no")) {
        place_.event = true;
        offer({"signal"});
    } else if (tokens_.is(end_ - 1, "signal")) {
        place_.signal = true;
    } else if (!tokens_.is(end_ - 1, "as")) {
        offer({"as"});
        offer(after);
    }
}

void PlaceReader::read_steps(std::size_t from) {
    std::size_t step = from;
    for (std::size_t index = from; index < end_; ++index)
        if (begins_step(index, from)) step = index;
    read_aliases(from, end_);
    const std::size_t clause = last_of(step_words, step, end_);
    if (end_ == from || clause == nowhere) {
        read_patterns(end_ == from ? from - 1 : step, step_words);
        place_.event = true; // the next step
        return offer({"no"});
    }
    listen(step - 1, clause);
    if (tokens_.is(clause, "where") || tokens_.is(clause, "by")) want_value(step_words);
    if (!wants_operand(end_ - 1)) place_.event = !tokens_.is(end_ - 1, "as") && !tokens_.is(end_ - 1, "where");
}

bool PlaceReader::begins_step(std::size_t index, std::size_t from) const {
    if (index == from) return true;
    if (tokens_.same_line(index - 1, index) || wants_operand(index - 1) || !tokens_.is_name(index)) return false;
    return !is_one_of(tokens_.text(index), step_words) && !is_one_of(tokens_.text(index), operator_words);
}

void PlaceReader::listen(std::size_t before, std::size_t end) {
    place_.heard.clear();
    place_.heard_signals.clear();
    std::size_t index = before;
    while (index < end && !tokens_.is(index, "on") && tokens_.is(before, "except")) ++index;
    pattern_list(index + 1, end, place_.heard, place_.heard_signals);
}

std::size_t PlaceReader::pattern_list(std::size_t index, std::size_t end, std::vector<std::string>& events,
                                      std::vector<std::string>& signals) const {
    bool is_signal = false;
    while (index < end) {
        if (tokens_.is(index, "no") && tokens_.is_name(index + 1)) ++index;
        if (tokens_.is(index, "signal") && tokens_.is_name(index + 1)) is_signal = true, ++index;
        std::string name;
        std::size_t behind = tokens_.path_end(index, name);
        if (tokens_.is(index, "*")) name = "*", behind = index + 1;
        if (behind == index) break;
        (is_signal ? signals : events).push_back(name);
        index = behind;
        if (!tokens_.is(index, ",") || tokens_.is(index + 1, "on")) break;
        ++index;
    }
    return index;
}

void PlaceReader::read_aliases(std::size_t from, std::size_t end) {
    std::vector<std::string> events, signals;
    for (std::size_t index = from; index < end; ++index) {
        if (tokens_.is(index, "on")) {
            events.clear();
            index = pattern_list(index + 1, end, events, signals) - 1;
        } else if (begins_step(index, from) && tokens_.is(index + 1, ".")) {
            events.clear();
            index = pattern_list(index, end, events, signals) - 1;
        } else if (tokens_.is(index, "as") && tokens_.is_name(index + 1)) {
            place_.aliases[std::string(tokens_.text(index + 1))] = events;
        }
    }
}

void PlaceReader::read_policy() {
    if (braces_.empty()) return;
    const std::size_t from = braces_.front() + 1;
    read_aliases(from, end_of_declaration());
    const std::size_t clause = last_clause(from, braces_.size() > 1 ? braces_[1] : end_);
    if (braces_.size() > 1) {
        if (clause != nowhere && tokens_.is(clause, "score")) return read_score(braces_[1] + 1);
        if (clause != nowhere) listen(clause, braces_[1]);
        return want_value({});
    }
    if (clause == nowhere) return offer(policy_words);
    const std::string_view word = tokens_.text(clause);
    if (word == "opens") return read_opens(clause);
    if (word == "closes") return read_closes(clause);
    if (word == "alert") return read_alert(clause);
    if (word == "covers") return want_value(policy_words);
    if (end_ == clause + 1) {
        if (word == "severity") offer(level_words);
        if (word == "retrigger") offer({"extends", "restarts", "ignores"});
        if (word == "looks") offer({"back"});
        return;
    }
    if (word == "except") {
        read_patterns(last_of({"on"}, clause, end_), policy_words);
        return offer({"owner", "until", "on"});
    }
    if (!tokens_.is(end_ - 1, ",")) offer(policy_words);
}

std::size_t PlaceReader::last_clause(std::size_t from, std::size_t end) const {
    std::size_t found = nowhere;
    while (true) {
        found = last_of(policy_words, from, end);
        if (found == nowhere || found == from) return found;
        const std::string_view before = tokens_.text(found - 1);
        if (before != "on" && !(tokens_.is(found, "owner") && last_of({"except"}, from, found) != nowhere &&
                                tokens_[found - 1].kind == TokenKind::text && tokens_.is(found - 2, "except")))
            return found;
        end = found;
    }
}

void PlaceReader::read_opens(std::size_t clause) {
    const std::size_t sub = last_of({"on", "as", "at", "for", "where", "always", "because"}, clause + 1, end_);
    if (sub == nowhere) return offer({"on", "always"});
    const std::string_view word = tokens_.text(sub);
    if (word == "always") return offer({"because"});
    if (word == "on" && tokens_.is(sub + 1, "alert") && end_ == sub + 2) {
        place_.policy = true;
        return;
    }
    if (word == "on") {
        read_patterns(sub, policy_words);
        if (end_ == sub + 1) offer({"alert"});
        return offer({"at", "for", "where"});
    }
    const std::size_t on = last_of({"on"}, clause + 1, end_);
    if (word == "where" && on != nowhere) listen(on, sub);
    if (word == "where" || word == "for" || word == "at") want_value(policy_words);
    if (word == "at" && end_ == sub + 1) offer(level_words);
    if (word == "as" && end_ > sub + 1) {
        offer({"at", "for", "where"});
        offer(policy_words);
    }
}

void PlaceReader::read_closes(std::size_t clause) {
    const std::size_t sub = last_of({"on", "after", "where", "as"}, clause + 1, end_);
    if (end_ == clause + 1 || tokens_.is(end_ - 1, ",")) {
        place_.duration = true; // `grace after n.last_day`
        return offer({"after", "on", "or"});
    }
    if (sub == nowhere) return offer({"after"});
    if (tokens_.is(sub, "on")) return read_patterns(sub, policy_words);
    if (tokens_.is(sub, "where")) {
        const std::size_t on = last_of({"on"}, clause + 1, sub);
        if (on != nowhere) listen(on, sub);
        return want_value(policy_words);
    }
    if (tokens_.is(sub, "after") && end_ == sub + 1) return want_value({});
    offer(policy_words);
}

void PlaceReader::read_alert(std::size_t clause) {
    const std::size_t sub = last_of({"on", "at", "do", "rearms"}, clause + 1, end_);
    if (end_ == clause + 1) {
        offer(level_words);
        return offer({"on"});
    }
    if (sub == nowhere) return offer({"at", "on"});
    if (tokens_.is(sub, "on") && end_ == sub + 1) {
        place_.signal = true;
        return offer({"open"});
    }
    if (tokens_.is(sub, "do") && at_list_item(sub)) {
        place_.action = true;
        return;
    }
    if (tokens_.is(sub, "rearms") && end_ == sub + 1) return offer({"below"});
    offer({"rearms", "do"});
    offer(policy_words);
}

void PlaceReader::read_score(std::size_t from) {
    const std::size_t sub = last_of({"for", "when", "at", "halves", "times"}, from, end_);
    if (sub == nowhere || end_ == from) return offer({"halves", "times", "at"});
    if (tokens_.is(sub, "for") && end_ == sub + 1) {
        place_.signal = true;
        return;
    }
    if (tokens_.is(sub, "halves") && end_ == sub + 1) return offer({"every"});
    if (tokens_.is(sub, "at") && end_ == sub + 1) return offer({"most"});
    if (tokens_.is(end_ - 1, ",")) return offer({"at", "once"});
    if (tokens_.is(sub, "when")) {
        place_.own_names.emplace_back("lookback");
        return want_value({"halves", "times", "at"});
    }
    offer({"for", "when", "halves", "times", "at"});
}

} // namespace watchword::desk
