#include "tests/oracle/aggregate.hpp"

#include "tests/oracle/evaluate.hpp"

#include <algorithm>
#include <cmath>

namespace watchword::oracle {
namespace {

using runtime::Kind;

/// Reals are added as millionths, rounded half to even.
Wide exact(const Datum& value, Kind kind) {
    return kind == Kind::real ? static_cast<Wide>(std::nearbyint(value.real * 1e6)) : value.integer;
}

double scale(Kind kind) { return kind == Kind::real ? 1e6 : 1; }

Datum sum(const std::vector<Datum>& values, Kind kind) {
    Wide total = 0;
    for (const Datum& value : values) total += exact(value, kind);
    if (kind == Kind::real) return Datum::of(static_cast<double>(total) / 1e6);
    return Datum::of(static_cast<std::int64_t>(total));
}

} // namespace

double mean_of(const std::vector<Datum>& values, Kind kind) {
    Wide total = 0;
    if (values.empty()) return 0;
    for (const Datum& value : values) total += exact(value, kind);
    return static_cast<double>(total) / (static_cast<double>(values.size()) * scale(kind));
}

double deviation_of(const std::vector<Datum>& values, Kind kind) {
    Wide total = 0, squares = 0;
    const auto n = static_cast<Wide>(values.size());
    if (n == 0) return 0;
    for (const Datum& value : values) {
        total += exact(value, kind);
        squares += exact(value, kind) * exact(value, kind);
    }
    return std::sqrt(static_cast<double>(n * squares - total * total)) / (static_cast<double>(n) * scale(kind));
}

Datum fold_values(std::string_view name, std::vector<Datum> values, Kind kind, double percent) {
    if (name == "sum") return sum(values, kind);
    std::ranges::stable_sort(values, [&](const Datum& a, const Datum& b) { return less(a, b, kind); });
    if (name == "distinct") {
        const auto same = [&](const Datum& a, const Datum& b) { return !less(a, b, kind) && !less(b, a, kind); };
        values.erase(std::unique(values.begin(), values.end(), same), values.end());
        return Datum::of(static_cast<std::int64_t>(values.size()));
    }
    if (values.empty()) return {};
    if (name == "min") return values.front();
    if (name == "max") return values.back();
    if (name == "percentile") {
        const double rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
        return values[rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1];
    }
    const double result = name == "avg" ? mean_of(values, kind) : deviation_of(values, kind);
    if (kind == Kind::integer || kind == Kind::real) return Datum::of(result);
    return Datum::of(static_cast<std::int64_t>(std::nearbyint(result))); // of a size a size, of a duration a duration
}

} // namespace watchword::oracle
