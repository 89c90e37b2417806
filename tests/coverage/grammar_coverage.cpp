// Which rules of the grammar match somewhere in the given policy files. Prints them, one a line.
#include "dsl/grammar.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

namespace {

using namespace watchword::dsl::grammar;

std::set<std::string_view> matched;

/// Remembers what matches, even if an outer rule goes another way later.
template <class Rule>
struct Remembering : tao::pegtl::normal<Rule> {
    template <class Input, class... States>
    static void success(const Input&, States&&...) {
        static const bool known = matched.insert(tao::pegtl::demangle<Rule>()).second;
        static_cast<void>(known);
    }
};

struct file_of_declarations : seq<gap, star<declaration, gap>> {};

/// Reads as far as it goes, and after a mistake on from the next line that begins a declaration.
void read(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
        tao::pegtl::memory_input<> in(text.data() + at, text.data() + text.size(), "");
        try {
            tao::pegtl::parse<file_of_declarations, tao::pegtl::nothing, Remembering>(in);
        } catch (const tao::pegtl::parse_error&) {
            // the rest of the declaration has to wait for another file
        }
        at = text.find('\n', at + in.byte());
        if (at == std::string::npos) return;
        ++at;
    }
}

} // namespace

int main(int count, char** files) {
    for (int index = 1; index < count; ++index) {
        std::ifstream file(files[index], std::ios::binary);
        read({std::istreambuf_iterator<char>(file), {}});
    }
    constexpr std::string_view ours = "watchword::dsl::grammar::";
    std::set<std::string_view> names;
    for (std::string_view name : matched) {
        if (!name.starts_with(ours)) continue;
        name.remove_prefix(ours.size());
        names.insert(name.substr(0, name.find('<'))); // of a template whatever it was made for
    }
    for (const std::string_view name : names) std::printf("%.*s\n", static_cast<int>(name.size()), name.data());
    return 0;
}
