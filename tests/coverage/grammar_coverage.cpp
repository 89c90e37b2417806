// Which rules of the grammar match somewhere in the given policy files. Prints those that do not, one a line.
#include "dsl/grammar.hpp"

#include <tao/pegtl/contrib/coverage.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace watchword::dsl::grammar;

struct file_of_declarations : seq<gap, star<declaration, gap>> {};

/// Reads as far as it goes, and after a mistake on from the next line that begins a declaration.
void read(const std::string& text, tao::pegtl::coverage_result& result) {
    for (std::size_t at = 0; at < text.size();) {
        tao::pegtl::memory_input<> in(text.data() + at, text.data() + text.size(), "");
        try {
            tao::pegtl::coverage<file_of_declarations>(in, result);
        } catch (const tao::pegtl::parse_error&) {
        }
        at = text.find('\n', at + in.byte());
        if (at == std::string::npos) return;
        ++at;
    }
}

} // namespace

int main(int count, char** files) {
    tao::pegtl::coverage_result result;
    for (int index = 1; index < count; ++index) {
        std::ifstream file(files[index], std::ios::binary);
        read({std::istreambuf_iterator<char>(file), {}}, result);
    }
    constexpr std::string_view ours = "watchword::dsl::grammar::";
    for (const auto& [name, entry] : result)
        if (name.starts_with(ours) && name.find('<') == std::string_view::npos && entry.success == 0)
            std::printf("%.*s\n", static_cast<int>(name.size() - ours.size()), name.data() + ours.size());
    return 0;
}
