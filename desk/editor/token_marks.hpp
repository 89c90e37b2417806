// What each token of a file is, for its colour: keyword, name of some kind, literal, comment.
#pragma once

#include "desk/editor/name_places.hpp"
#include "desk/editor/workspace.hpp"

#include <cstdint>
#include <vector>

namespace watchword::desk {

enum class Mark : std::uint8_t {
    keyword,
    comment,
    text,
    number,
    operation,
    module,
    event,
    property, ///< fields, attributes, columns
    variable, ///< lists, constants, aliases
    parameter,
    function,
    signal,
    policy,
    word, ///< of an enumeration
    type,
};

struct TokenMark {
    std::uint32_t begin = 0, end = 0; ///< on one line
    Mark mark = Mark::keyword;
    bool declares = false;
    bool is_standard = false; ///< part of the language or of a standard module
};

/// In order of place, without overlaps.
std::vector<TokenMark> token_marks(const CheckedFile& file);

} // namespace watchword::desk
