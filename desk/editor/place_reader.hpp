// How the place of a completion is read. Private to completion_place.cpp and the place_reader_….cpp.
#pragma once

#include "desk/editor/completion_place.hpp"
#include "desk/editor/written_tokens.hpp"

#include <array>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

/// Some words, for the length of a call or for good.
class Words {
public:
    Words(std::initializer_list<std::string_view> words) : words_(std::data(words), words.size()) {}
    template <std::size_t count>
    Words(const std::array<std::string_view, count>& words) : words_(words) {}
    auto begin() const { return words_.begin(); }
    auto end() const { return words_.end(); }

private:
    std::span<const std::string_view> words_;
};
bool is_one_of(std::string_view word, Words words);

inline constexpr std::array<std::string_view, 8> signal_words{"on",   "across",   "where", "by",
                                                              "when", "sequence", "until", "except"};
inline constexpr std::array<std::string_view, 19> policy_words{
    "id",      "purpose", "basis", "owner", "severity", "tags",      "references", "version", "created", "modified",
    "expires", "covers",  "opens", "looks", "closes",   "retrigger", "except",     "score",   "alert"};
inline constexpr std::array<std::string_view, 11> operator_words{
    "and", "or", "in", "not", "contains", "startswith", "endswith", "like", "matches", "overlaps", "mod"};
inline constexpr std::array<std::string_view, 5> level_words{"info", "low", "medium", "high", "critical"};

class PlaceReader {
public:
    PlaceReader(std::string_view text, std::uint32_t offset)
        : text_(text), tokens_(text, tokens_of(text)), offset_(offset) {}
    CompletionPlace run();

private:
    // completion_place.cpp
    /// The word that ends at the place, what stands before its dots; `end_` is then the first token behind all before.
    void find_word();
    /// `a.b.` before the word at `index`.
    void find_path(std::size_t index);
    void find_declaration();
    void find_open_brackets();
    /// The last token in [from, end) that is one of the words, in no bracket opened since, and where a clause can
    /// begin.
    std::size_t last_of(Words words, std::size_t from, std::size_t end) const;
    /// Behind this token an expression cannot end.
    bool wants_operand(std::size_t index) const;
    std::size_t end_of_declaration() const;
    bool at_list_item(std::size_t clause) const;
    void offer(Words words);
    void read();
    /// An operand, or behind one the operators and the words that may follow.
    void want_value(Words after);
    bool is_clause_word(std::size_t index) const;
    /// Behind a word of a clause that takes a duration or a number; false: it is none.
    bool read_clause_value();
    /// `outcome` in `outcome == `, `outcome in [a, `.
    void find_compared(std::size_t last);

    // place_reader_declarations.cpp
    void read_use();
    /// `name type`, again and again.
    void read_parameters();
    void read_fields();
    void read_value();
    bool has_equals(std::size_t end) const;
    /// `(limit int, span duration)` behind the name of the declaration.
    void read_own_parameters();
    void read_calendar();
    void read_risk();
    void read_source();
    std::string name_behind(std::size_t keyword) const;
    void read_test();
    void read_case_names(std::size_t from);
    void read_test_record(std::size_t item, std::size_t brace);
    void read_expectation(std::size_t expect);
    /// `{ user: "u1", bytes: … }`
    void read_record(std::string of);

    // place_reader_policy.cpp
    void read_signal();
    /// Behind `on`: events, then the clauses that may follow.
    void read_patterns(std::size_t on, Words after);
    void read_steps(std::size_t from);
    bool begins_step(std::size_t index, std::size_t from) const;
    /// What is heard behind the `on` at `before`, up to `end`.
    void listen(std::size_t before, std::size_t end);
    std::size_t pattern_list(std::size_t index, std::size_t end, std::vector<std::string>& events,
                             std::vector<std::string>& signals) const;
    /// `on file.copy as c`, steps too.
    void read_aliases(std::size_t from, std::size_t end);
    void read_policy();
    /// `on alert X` and the `owner` of an exception begin no clause.
    std::size_t last_clause(std::size_t from, std::size_t end) const;
    void read_opens(std::size_t clause);
    void read_closes(std::size_t clause);
    void read_alert(std::size_t clause);
    void read_score(std::size_t from);

    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

    std::string_view text_;
    TokenRow tokens_;
    std::uint32_t offset_;
    CompletionPlace place_;
    std::size_t end_ = 0;   ///< tokens before this one stand before the word
    std::size_t first_ = 0; ///< of the declaration
    bool has_declaration_ = false, is_prose_ = false;
    std::vector<std::size_t> open_, braces_; ///< brackets open at the place, outermost first
};

} // namespace watchword::desk
