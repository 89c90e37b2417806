#include "desk/change_search.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace watchword::desk {

namespace {

constexpr std::size_t most_proposals = 8; ///< tried one by one on a side whose far end does not

class Search {
public:
    Search(const Constant& constant, const std::function<bool(std::int64_t)>& does)
        : constant_(constant), does_(does) {}

    /// Values on one side, nearest first; the first that does, made as near as may be.
    std::optional<std::int64_t> side(std::vector<std::int64_t> values, const std::vector<std::int64_t>& proposed,
                                     bool up) {
        std::erase_if(values,
                      [&](std::int64_t value) { return up ? value <= constant_.value : value >= constant_.value; });
        std::sort(values.begin(), values.end(), [&](std::int64_t a, std::int64_t b) { return up ? a < b : a > b; });
        values.erase(std::unique(values.begin(), values.end()), values.end());
        const auto first = find_first(values, proposed);
        if (!first) return std::nullopt;
        const std::int64_t below = *first == 0 ? constant_.value : values[*first - 1];
        return nearest(below, values[*first]);
    }

    bool does(std::int64_t value) {
        if (value < constant_.least) return false;
        const auto [known, fresh] = known_.try_emplace(value, false);
        if (fresh) known->second = does_(value);
        return known->second;
    }

private:
    /// Index of the first value that does: below the farthest, or else below a proposed one that does.
    std::optional<std::size_t> find_first(const std::vector<std::int64_t>& values,
                                          const std::vector<std::int64_t>& proposed) {
        if (values.empty()) return std::nullopt;
        std::size_t high = values.size() - 1;
        if (!does(values[high])) {
            std::size_t tried = 0;
            std::optional<std::size_t> found;
            for (const std::int64_t value : proposed) {
                const auto at = std::find(values.begin(), values.end(), value);
                if (at == values.end()) continue;
                if (does(value)) found = static_cast<std::size_t>(at - values.begin());
                if (found || ++tried == most_proposals) break;
            }
            if (!found) return std::nullopt;
            high = *found;
        }
        std::size_t low = 0;
        while (low < high) {
            const std::size_t middle = (low + high) / 2;
            if (does(values[middle]))
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    /// Between one that does not and one that does.
    std::int64_t nearest(std::int64_t no, std::int64_t yes) {
        const std::int64_t step = constant_.step;
        const std::int64_t toward = yes > no ? -step : step;
        if (std::abs(yes - no) > step && !does(yes + toward)) return yes;
        while (std::abs(yes - no) > step) {
            const std::int64_t middle = no + (yes - no) / 2 / step * step;
            if (middle == no || middle == yes) break;
            (does(middle) ? yes : no) = middle;
        }
        return yes;
    }

    const Constant& constant_;
    const std::function<bool(std::int64_t)>& does_;
    std::map<std::int64_t, bool> known_;
};

/// Powers of four of the present value, and far ends.
std::vector<std::int64_t> ladder(const Constant& constant) {
    std::int64_t most = 0;
    switch (constant.kind) {
    case ConstantKind::duration:
        most = 3'650 * runtime::one_day;
        break;
    case ConstantKind::instant:
        return {constant.value + 3'650 * runtime::one_day, constant.value - 3'650 * runtime::one_day};
    case ConstantKind::size:
        most = 1'000'000'000'000'000;
        break;
    case ConstantKind::percentage:
    case ConstantKind::integer:
    case ConstantKind::real:
        most = 1'000'000'000;
        break;
    }
    std::vector<std::int64_t> result{constant.least};
    for (std::int64_t value = constant.value / 4; value > constant.least; value /= 4) result.push_back(value);
    const std::int64_t start = std::max<std::int64_t>(constant.value, constant.step);
    for (std::int64_t value = start; value <= most / 4; value *= 4) result.push_back(value * 4);
    return result;
}

} // namespace

std::optional<FoundValue> search_change(const Constant& constant, const std::vector<std::int64_t>& proposed,
                                        const std::function<bool(std::int64_t)>& does) {
    Search search{constant, does};
    std::vector<std::int64_t> near;
    for (const std::int64_t value : proposed)
        for (const std::int64_t one : {value, value - constant.step, value + constant.step}) near.push_back(one);
    std::vector<std::int64_t> values = ladder(constant);
    values.insert(values.end(), near.begin(), near.end());
    const auto down = search.side(values, near, false);
    const auto up = search.side(values, near, true);
    if (!down && !up) return std::nullopt;
    const bool takes_up = up && (!down || *up - constant.value <= constant.value - *down);
    const std::int64_t least = takes_up ? *up : *down;
    FoundValue found{least, least};
    // a rounder value a little farther away, if it does as well
    const std::int64_t reach = std::max<std::int64_t>(std::abs(least - constant.value), std::abs(least) / 20);
    const std::int64_t far = takes_up ? least + reach : std::max(constant.least, least - reach);
    const std::int64_t round = roundest(constant, least, far);
    if (round != least && search.does(round)) found.round = round;
    return found;
}

} // namespace watchword::desk
