#include "runtime/score.hpp"

#include "runtime/exponent.hpp"
#include "runtime/snapshot.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace watchword::runtime {

double decay(Duration age, Duration half_life) {
    if (half_life == 0 || age <= 0) return 1;
    return exp2_exact(-static_cast<double>(age) / static_cast<double>(half_life));
}

Score::Score(const PolicyPlan& plan, std::pmr::memory_resource* memory) : memory_(memory) {
    terms_.reserve(plan.score.size());
    for (std::size_t i = 0; i < plan.score.size(); ++i) terms_.emplace_back(memory);
}

void Score::add(const PolicyPlan& plan, std::size_t index, KeptHit hit) {
    Term& term = terms_[index];
    if (plan.score[index].once && term.count != 0) return;
    term.sum = term.sum * decay(hit.time - term.at, plan.halves_every) + hit.points;
    term.at = hit.time;
    ++term.count;
    if (term.newest.size() == listed_hits) term.newest.pop_front();
    term.newest.push_back(std::move(hit));
}

Evaluation Score::evaluate(const PolicyPlan& plan, Time time, double booster) const {
    Evaluation result;
    result.booster = booster;
    double sum = 0;
    for (std::size_t i = 0; i < terms_.size(); ++i) {
        const double raw = terms_[i].sum * decay(time - terms_[i].at, plan.halves_every);
        const double cap = plan.score[i].at_most;
        result.raw.push_back(raw);
        result.counted.push_back(cap >= 0 ? std::min(cap, raw) : raw);
        sum += result.counted.back();
    }
    result.total = booster * sum;
    result.score = round_score(plan.at_most >= 0 ? std::min(plan.at_most, result.total) : result.total);
    return result;
}

std::vector<double> apportion(double total, const std::vector<double>& weights) {
    std::vector<double> quanta;
    for (const double weight : weights) quanta.push_back(std::nearbyint(std::min(weight, 1e12) * 1e9));
    const double whole = std::accumulate(quanta.begin(), quanta.end(), 0.0);
    std::vector<double> shares(weights.size(), 0);
    if (whole <= 0) return shares;
    const double units = std::nearbyint(total * 1000);
    std::vector<std::pair<double, std::size_t>> remainders;
    double given = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double exact = std::nearbyint(units * quanta[i] / whole * 1e6) / 1e6;
        shares[i] = std::floor(exact);
        given += shares[i];
        remainders.emplace_back(std::nearbyint((exact - shares[i]) * 1e6), i);
    }
    std::stable_sort(remainders.begin(), remainders.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t i = 0; given < units && !remainders.empty(); ++i, ++given)
        ++shares[remainders[i % remainders.size()].second];
    for (double& share : shares) share /= 1000;
    return shares;
}

std::vector<HitRecord> Score::show_hits(const PolicyPlan& plan, const Term& term, const SignalPlan& signal,
                                        double points, Time time, const Program& program, const Roster& roster) const {
    std::vector<HitRecord> records;
    std::vector<double> weights;
    double listed = 0;
    for (std::size_t i = 0; i < term.newest.size(); ++i) {
        const KeptHit& hit = term.newest[i];
        records.push_back(show_hit(hit, signal, program, roster));
        weights.push_back(hit.points * decay(time - hit.time, plan.halves_every));
        listed += weights.back();
    }
    const double raw = term.sum * decay(time - term.at, plan.halves_every);
    // hits that are no longer listed keep their part of the points
    if (term.count > term.newest.size()) weights.push_back(std::max(0.0, raw - listed));
    const std::vector<double> shares = apportion(points, weights);
    for (std::size_t i = 0; i < records.size(); ++i) records[i].share = shares[i];
    return records;
}

std::vector<Contribution> Score::contributions(const PolicyPlan& plan, const Evaluation& evaluation, Time time,
                                               const Program& program, const Roster& roster) const {
    const std::vector<double> points = apportion(evaluation.score, evaluation.counted);
    std::vector<Contribution> result;
    for (std::size_t i = 0; i < terms_.size(); ++i) {
        if (terms_[i].count == 0) continue;
        const SignalPlan& signal = plan.signals[plan.score[i].signal];
        Contribution contribution;
        contribution.signal = signal.name;
        contribution.title = signal.title;
        contribution.points = points[i];
        contribution.raw = round_score(evaluation.raw[i]);
        contribution.capped = evaluation.counted[i] < evaluation.raw[i];
        contribution.hit_count = terms_[i].count;
        contribution.hits = show_hits(plan, terms_[i], signal, points[i], time, program, roster);
        result.push_back(std::move(contribution));
    }
    return result;
}

// In a snapshot: armed levels · per term its decayed sum, the sum's time, the number of hits, the newest of them.
void Score::save(SnapshotWriter& out) const {
    out.number(armed);
    for (const Term& term : terms_) {
        out.real(term.sum);
        out.signed_number(term.at);
        out.number(term.count);
        out.number(term.newest.size());
        for (std::size_t i = 0; i < term.newest.size(); ++i) term.newest[i].save(out);
    }
}

void Score::load(const PolicyPlan& plan, SnapshotReader& in) {
    armed = in.number();
    for (std::size_t i = 0; i < terms_.size() && in.ok(); ++i) {
        Term& term = terms_[i];
        term.sum = in.finite();
        term.at = in.time();
        term.count = in.number();
        const std::size_t listed = in.count();
        if (!in.expect(listed <= listed_hits && listed <= term.count, "too many hits are listed")) return;
        for (std::size_t left = listed; left != 0 && in.ok(); --left) {
            KeptHit hit{memory_};
            hit.load(plan.signals[plan.score[i].signal], in);
            term.newest.push_back(std::move(hit));
        }
    }
}

} // namespace watchword::runtime
