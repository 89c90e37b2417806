// What a record of JSON says before the place where it is damaged. Its time must not depend on which records were read
// before: a shape that is known tells it without looking at the rest, where the general way would refuse the whole.
#pragma once

#include "stdlib/sources/arena.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace watchword::stdlib {

/// The record up to the end of the text that is the value of `key`, closed there, of one place after the other where
/// it seems to be. It need not be sound either, for what looks like the member may stand within another one.
class ClosedBehind {
public:
    /// A record may be made of such places, and each takes as long as all that is before it.
    static constexpr int most = 8;

    /// What is given lies in the arena, which is reset each time.
    ClosedBehind(std::string_view record, std::string_view key, Arena& arena)
        : record_(record), key_(key), arena_(arena) {}
    /// Readable beyond its end; nullopt: there is none any more, or `most` were given.
    std::optional<std::string_view> next();

private:
    std::string_view record_, key_;
    Arena& arena_;
    std::size_t from_ = 0;
    int given_ = 0;
};

} // namespace watchword::stdlib
