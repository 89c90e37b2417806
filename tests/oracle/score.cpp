#include "tests/oracle/score.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace watchword::oracle {
namespace {

double raw(const dsl::ScoreClause& clause, const std::vector<Given>& given, runtime::Time time, bool with_fresh) {
    double total = 0;
    for (const Given& one : given) {
        if (one.fresh && !with_fresh) continue;
        const double age = static_cast<double>(time - one.hit.time);
        total += clause.halves_every ? one.points * std::exp2(-age / static_cast<double>(clause.halves_every->value))
                                     : one.points;
    }
    return total;
}

double capped(const dsl::ScoreClause& clause, std::size_t line, const std::vector<Given>& given, runtime::Time time,
              bool with_fresh) {
    const double points = raw(clause, given, time, with_fresh);
    const auto& most = clause.terms[line].at_most;
    return most ? std::min(most->value, points) : points;
}

/// Half to even, in thousandths, once the noise of the last bits is gone.
double thousandths(double value) { return std::nearbyint(std::nearbyint(value * 1e9) / 1e9 * 1000); }

} // namespace

double score(const dsl::ScoreClause& clause, const std::vector<std::vector<Given>>& given, double boost,
             runtime::Time time, bool with_fresh) {
    double total = 0;
    for (std::size_t line = 0; line < given.size(); ++line)
        total += capped(clause, line, given[line], time, with_fresh);
    total *= boost;
    if (clause.at_most) total = std::min(total, clause.at_most->value);
    total = std::min(total, 1e9);
    return thousandths(total) / 1000;
}

std::vector<runtime::Contribution> contributions(const dsl::ScoreClause& clause,
                                                 const std::vector<std::vector<Given>>& given, double total,
                                                 runtime::Time time, const Story& story) {
    std::vector<runtime::Contribution> result;
    std::vector<double> weights;
    for (std::size_t line = 0; line < given.size(); ++line) {
        if (given[line].empty()) continue;
        weights.push_back(capped(clause, line, given[line], time, true));
        runtime::Contribution part;
        part.signal = clause.terms[line].signal.name.text;
        part.hit_count = given[line].size();
        const std::size_t skipped = given[line].size() > 20 ? given[line].size() - 20 : 0;
        for (std::size_t index = skipped; index < given[line].size(); ++index) {
            const Given& one = given[line][index];
            runtime::HitRecord hit;
            hit.time = one.hit.time;
            hit.lookback = one.lookback;
            hit.points = one.points;
            for (const std::size_t record : one.hit.records) hit.events.push_back(story.records[record].id);
            part.hits.push_back(std::move(hit));
        }
        result.push_back(std::move(part));
    }
    // Largest remainder: everybody gets the whole thousandths, what is left goes to those with the largest rest.
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    const double all = thousandths(total);
    std::vector<double> rests(weights.size());
    double left = all;
    for (std::size_t index = 0; index < weights.size(); ++index) {
        const double exact = sum == 0 ? 0 : all * weights[index] / sum;
        result[index].points = std::floor(exact) / 1000;
        rests[index] = exact - std::floor(exact);
        left -= std::floor(exact);
    }
    for (; left > 0 && sum != 0; --left) {
        std::size_t most = 0; // of equal rests, but for the noise of reals, the first
        for (std::size_t index = 1; index < rests.size(); ++index)
            if (rests[index] > rests[most] + 1e-5) most = index;
        result[most].points += 0.001;
        rests[most] = -1;
    }
    return result;
}

} // namespace watchword::oracle
