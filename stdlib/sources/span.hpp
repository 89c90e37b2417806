// Where the value of a member of a JSON record stands.
#pragma once

#include "stdlib/sources/json_scanner.hpp"

#include <cstdint>

namespace watchword::stdlib {

/// As offsets from the beginning of the record; of a text without its quotes.
struct Span {
    std::uint32_t begin = 0, end = 0;
    JsonKind kind = JsonKind::null;
    bool escaped = false; ///< a text with a backslash
    Span moved(std::uint32_t distance) const { return {begin + distance, end + distance, kind, escaped}; }
};

} // namespace watchword::stdlib
