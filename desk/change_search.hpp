// The least change of one constant that makes a policy fire: a search over values of which the recording and the scale
// of the constant propose some. Knows numbers and a question to ask of them, nothing of engines.
#pragma once

#include "desk/constant.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace watchword::desk {

struct FoundValue {
    std::int64_t least = 0; ///< the nearest value that does; one step nearer does not
    std::int64_t round = 0; ///< one with few digits that does too
};

/// `does(value)`: the policy fires with it. `proposed`: values worth a trial of their own, the likeliest first; both
/// sides of the present one are searched, the nearer find wins. Supposes that on each side values fire from some point
/// on, as far as the far end or a proposed one.
std::optional<FoundValue> search_change(const Constant& constant, const std::vector<std::int64_t>& proposed,
                                        const std::function<bool(std::int64_t)>& does);

} // namespace watchword::desk
