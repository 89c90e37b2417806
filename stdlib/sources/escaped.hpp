// Which bytes of JSON are escaped, sixty-four or thirty-two at a time.
#pragma once

#include <cstdint>

namespace watchword::stdlib {

/// Those before which there is a backslash that is none itself. `carried`: whether the first one is, then whether the
/// first one behind them is. As in Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019), 3.1.1, a run of
/// backslashes vanishes when its first is added to it, so those that begin at even places are told from the others.
inline std::uint64_t escaped_by(std::uint64_t backslashes, std::uint64_t& carried) {
    constexpr std::uint64_t even = 0x5555555555555555;
    const std::uint64_t all = backslashes & ~carried;
    const std::uint64_t begins = all & ~(all << 1);
    const std::uint64_t of_even = all & ~(all + (begins & even)); // bytes of runs that begin at even places
    const std::uint64_t escaping = (of_even & even) | (all & ~of_even & ~even);
    const std::uint64_t escaped = escaping << 1 | carried;
    carried = escaping >> 63;
    return escaped;
}
inline std::uint32_t escaped_by(std::uint32_t backslashes, std::uint32_t& carried) {
    std::uint64_t none = carried; // beyond sixty-four there is nothing
    const std::uint64_t escaped = escaped_by(std::uint64_t{backslashes}, none);
    carried = static_cast<std::uint32_t>(escaped >> 32);
    return static_cast<std::uint32_t>(escaped);
}

} // namespace watchword::stdlib
