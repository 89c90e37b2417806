// What a record comes to.
#pragma once

#include "runtime/event.hpp"

#include <cstdint>

namespace watchword::stdlib {

/// An event whose id may still have to be made: from `content` and the number of equal records before it.
struct Produced {
    runtime::Event event;
    bool has_id = false;
    std::uint64_t content = 0; ///< hash of the record's canonical content; only without an id
    std::uint32_t part = 0;    ///< `#1`, `#2` of the id, where a record gives several events; 0: it gives one
};

} // namespace watchword::stdlib
