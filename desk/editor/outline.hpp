// What a file is made of, as an outline, and which of its stretches can be folded away.
#pragma once

#include "dsl/ast.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

struct OutlineEntry {
    std::string keyword; ///< `signal`; of parts `field`, `column`, `emit`, `case`
    std::string name;
    std::string detail; ///< a title, a type
    dsl::Span span;     ///< all of it
    dsl::Span named;    ///< within it
    std::vector<OutlineEntry> parts;
};
std::vector<OutlineEntry> outline(const dsl::Tree& tree);

struct Fold {
    std::uint32_t begin = 0, end = 0; ///< offsets; the line of the first stays in sight
    bool is_comment = false;
};
/// From the text alone, so that it works on text that does not parse.
std::vector<Fold> folds(std::string_view text);

} // namespace watchword::desk
