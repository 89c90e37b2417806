// What a record of JSON says before the place where it is damaged. Its time must not depend on which records were read
// before: a shape that is known tells it without looking at the rest, where the general way would refuse the whole.
#pragma once

#include "stdlib/sources/arena.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace watchword::stdlib {

/// The record up to the end of the text that is the value of `key`, closed there, in `arena`, and readable beyond its
/// end; of the first such place from `from` on, which moves behind it. nullopt: there is none. It need not be sound
/// either, for what looks like the member may stand within another one.
std::optional<std::string_view> closed_behind(std::string_view record, std::string_view key, std::size_t& from,
                                              Arena& arena);

} // namespace watchword::stdlib
