#include "tests/oracle/clause_text.hpp"

namespace watchword::oracle {
namespace {

// \1 name \2 text \3 neutral \4
constexpr char opening = '\1', text_follows = '\2', neutral_follows = '\3', closing = '\4';

/// Reads up to the mark that ends the current part and leaves it unread.
std::string read(std::string_view& rest, std::string_view neutralised) {
    std::string text;
    while (!rest.empty() && rest.front() != neutral_follows && rest.front() != closing) {
        if (rest.front() != opening) {
            text += rest.front();
            rest.remove_prefix(1);
            continue;
        }
        const std::size_t end = rest.find(text_follows);
        const std::string_view name = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        const std::string original = read(rest, neutralised);
        rest.remove_prefix(1);
        const std::string neutral = read(rest, neutralised);
        rest.remove_prefix(1);
        text += name == neutralised ? neutral : original;
    }
    return text;
}

} // namespace

std::string clause(std::string_view name, std::string_view text, std::string_view neutral) {
    std::string marked;
    marked += opening;
    marked += name;
    marked += text_follows;
    marked += text;
    marked += neutral_follows;
    marked += neutral;
    return marked += closing;
}

std::string plain_text(std::string_view marked, std::string_view neutralised) { return read(marked, neutralised); }

std::set<std::string> clause_names(std::string_view marked) {
    std::set<std::string> names;
    for (std::size_t at = marked.find(opening); at != std::string_view::npos; at = marked.find(opening, at + 1))
        names.emplace(marked.substr(at + 1, marked.find(text_follows, at) - at - 1));
    return names;
}

} // namespace watchword::oracle
