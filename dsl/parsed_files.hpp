// Trees of files as they were parsed before, for a host that compiles almost the same files again and again. Not
// thread-safe.
#pragma once

#include "dsl/parser.hpp"

#include <map>
#include <string>

namespace watchword::dsl {

class ParsedFiles {
public:
    /// As `parse`. What the number and the text of a file gave last is given again, if it had no diagnostics.
    Tree parse(const Sources& sources, std::uint32_t file, Diagnostics& diagnostics);

private:
    struct Parsed {
        std::string text;
        Tree tree;
    };
    std::map<std::uint32_t, Parsed> files_;
};

} // namespace watchword::dsl
