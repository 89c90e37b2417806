// One text made into another by few replacements of lines, so that what does not change stays untouched.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

struct LineEdit {
    std::uint32_t begin = 0, end = 0; ///< bytes of the old text, at beginnings of lines or its end
    std::string text;
};

/// In order, without overlaps; made together they give `after`.
std::vector<LineEdit> line_edits(std::string_view before, std::string_view after);

} // namespace watchword::desk
