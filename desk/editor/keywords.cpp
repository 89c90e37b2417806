// The words, a row a kind, and what the grammar's own table says about those that begin something.
#include "desk/editor/keywords.hpp"

#include "dsl/syntax_scan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

namespace watchword::desk {

namespace {

struct Row {
    KeywordKind kind;
    std::string_view words;
};
constexpr std::array<Row, 7> rows{{
    {KeywordKind::declaration, "action baseline calendar define event let list module policy risk signal source "
                               "subject table test use"},
    {KeywordKind::clause,
     "above across adds advance after alert alerts always as at back basis because below by case closes column combine "
     "covers created day days delimiter do emit employee every except expect expires extends for from halves header "
     "holidays hour hours id ignores lateness least looks modified most no nothing on once open opens over owner past "
     "per purpose rearms references refuses restarts retrigger roster score sensitive sequence severity state tags "
     "times to until updates version watch week when where within x zone"},
    {KeywordKind::operation, "and any contains during else endswith every has if in like matches mod not or overlaps "
                             "startswith then"},
    {KeywordKind::constant, "false true"},
    {KeywordKind::level, "critical high info low medium"},
    {KeywordKind::windowed, "avg count deviation distinct max min new peers percentile stddev sum usual"},
    {KeywordKind::type, "bool duration email enum host int ip list person real size text time time_of_day zone"},
}};

struct Context {
    std::string_view node, what, words, example;
};
constexpr std::array contexts{
#define CONTEXT(node, what, words, example) Context{#node, what, words, example},
#include "dsl/syntax_contexts.def"
#undef CONTEXT
};

/// `signal` is told of by signal_declaration, `where` by where_clause, `has` by has_test.
const Context* context_of(std::string_view word) {
    for (const std::string_view ending : {"_declaration", "_clause", "_test", "", "ing"})
        for (const Context& context : contexts)
            if (context.node.size() == word.size() + ending.size() && context.node.starts_with(word) &&
                context.node.ends_with(ending))
                return &context;
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> others{{{"if", "conditional"},
                                                                                           {"any", "quantifier"},
                                                                                           {"every", "quantifier"},
                                                                                           {"times", "booster"},
                                                                                           {"expect", "expectation"},
                                                                                           {"case", "test_case"},
                                                                                           {"refuses", "test_refusal"},
                                                                                           {"advance", "test_advance"},
                                                                                           {"at", "test_at"},
                                                                                           {"updates", "roster_change"},
                                                                                           {"adds", "roster_change"},
                                                                                           {"over", "window"}}};
    for (const auto& [other, node] : others)
        for (const Context& context : contexts)
            if (other == word && context.node == node) return &context;
    return nullptr;
}

} // namespace

std::span<const Keyword> keywords() {
    static const std::vector<Keyword> all = [] {
        std::vector<Keyword> made;
        for (const Row& row : rows)
            for (const std::string_view word : dsl::words_of(row.words)) made.push_back({word, row.kind});
        return made;
    }();
    return all;
}

const Keyword* find_keyword(std::string_view word) {
    for (const Keyword& keyword : keywords())
        if (keyword.word == word) return &keyword;
    return nullptr;
}

std::string keyword_page(std::string_view word) {
    const Context* context = context_of(word);
    if (context == nullptr) return {};
    std::string text = fmt::format("`{}`", word);
    if (context->what != fmt::format("`{}`", word)) text += fmt::format(": {}", context->what);
    text += fmt::format("\n\n```watch\n{}\n```\n", context->example);
    if (const std::vector<std::string_view> words = dsl::words_of(context->words); !words.empty())
        text += fmt::format("\nIn it can stand: `{}`.\n", fmt::join(words, "`, `"));
    return text;
}

} // namespace watchword::desk
