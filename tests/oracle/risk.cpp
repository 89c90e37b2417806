#include "tests/oracle/risk.hpp"

#include <algorithm>
#include <cmath>

namespace watchword::oracle {

std::optional<runtime::Alert> Risk::evaluate(const std::vector<Part>& parts) {
    if (!model_.risk || std::ranges::none_of(parts, [](const Part& part) { return part.before.has_value(); }))
        return {};
    const auto& decl = model_.decl<dsl::RiskDecl>(*model_.risk);
    const auto combine = [&](double whole, double part) {
        return decl.combine.text == "sum" ? whole + part : std::max(whole, part);
    };
    double before = 0, now = 0;
    for (const Part& part : parts) {
        now = combine(now, part.score);
        before = combine(before, part.before.value_or(part.score));
    }
    const auto at_most_100 = [](double value) { return std::nearbyint(std::min(value, 100.0) * 1000) / 1000; };
    before = at_most_100(before);
    now = at_most_100(now);
    const std::pair<dsl::Name, dsl::NumberClause>* highest = nullptr;
    for (std::size_t index = 0; index < decl.levels.size(); ++index) {
        const double at = decl.levels[index].second.value;
        if (before < 0.8 * at) disarmed_.erase(index);
        if (at <= now && disarmed_.insert(index).second) highest = &decl.levels[index];
    }
    if (highest == nullptr) return {};
    runtime::Alert alert;
    alert.policy = runtime::risk_policy;
    alert.level = static_cast<runtime::Level>(std::ranges::find(runtime::level_names, highest->first.text) -
                                              runtime::level_names.begin());
    alert.threshold = highest->second.value;
    alert.score = now;
    alert.subject = person_;
    return alert;
}

} // namespace watchword::oracle
