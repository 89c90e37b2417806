#include "runtime/score.hpp"

#include "runtime/exponent.hpp"
#include "runtime/snapshot.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace watchword::runtime {

namespace {
constexpr double most_hits = 1e9; ///< that a saved sum is believed to be of

/// 2^(−⌊age/half_life⌋), or the least power that is a normal number.
double whole_decay(Duration age, Duration half_life) {
    if (half_life == 0 || age <= 0) return 1;
    constexpr std::uint64_t bias = std::numeric_limits<double>::max_exponent - 1;
    const auto times = static_cast<std::uint64_t>(age / half_life);
    return std::bit_cast<double>((bias - std::min(times, bias - 1)) << (std::numeric_limits<double>::digits - 1));
}
} // namespace

double decay(Duration age, Duration half_life) {
    if (half_life == 0 || age <= 0) return 1;
    return exp2_exact(-static_cast<double>(age) / static_cast<double>(half_life));
}

double points_of(const Value& value) {
    return value.present() && value.real > 0 ? std::min(value.real, most_points) : 0;
}

void Score::add(const PolicyPlan& plan, std::size_t index, KeptHit hit) {
    auto term = std::lower_bound(terms_.begin(), terms_.end(), index,
                                 [](const Term& known, std::size_t wanted) { return known.index < wanted; });
    if (term == terms_.end() || term->index != index)
        term = terms_.emplace(term, static_cast<std::uint32_t>(index), terms_.get_allocator().resource());
    if (plan.score[index].once && term->count != 0) return;
    term->sum = term->sum * decay(hit.time - term->at, plan.halves_every) + hit.points;
    term->at = hit.time;
    ++term->count;
    if (term->newest.size() == listed_hits) term->newest.pop_front();
    term->newest.push_back(std::move(hit));
}

namespace {

double capped(const ScoreTerm& term, double raw) { return term.at_most >= 0 ? std::min(term.at_most, raw) : raw; }

/// To thousandths, half to even, of the whole billionths that it is nearest to: without the noise of the last bits,
/// which depends on when a sum was decayed, a tie is seen as one.
double to_thousandths(double total) {
    constexpr double quanta = 1e9;
    constexpr std::int64_t step = 1'000'000; // billionths
    if (!(total < 1e6)) return round_score(total);
    const auto billionths = static_cast<std::int64_t>(std::nearbyint(total * quanta));
    std::int64_t thousandths = billionths / step;
    const std::int64_t rest = billionths % step;
    if (rest > step / 2 || (rest == step / 2 && thousandths % 2 != 0)) ++thousandths;
    return static_cast<double>(thousandths) / 1000;
}

double rounded(const PolicyPlan& plan, double total) {
    const double cap = plan.at_most >= 0 ? std::min(plan.at_most, most_points) : most_points;
    return to_thousandths(std::min(cap, total));
}

} // namespace

bool Score::has_hits(std::size_t index) const {
    return std::any_of(terms_.begin(), terms_.end(), [&](const Term& term) { return term.index == index; });
}

std::vector<double> Score::spread(const PolicyPlan& plan, const std::vector<double>& of_those) const {
    std::vector<double> of_all(plan.score.size(), 0);
    for (std::size_t i = 0; i < terms_.size(); ++i) of_all[terms_[i].index] = of_those[i];
    return of_all;
}

double Score::at(const PolicyPlan& plan, Time time, double booster) const {
    double sum = 0;
    for (const Term& term : terms_)
        sum += capped(plan.score[term.index], term.sum * decay(time - term.at, plan.halves_every));
    return rounded(plan, booster * sum);
}

/// No factor is less than that of the decay, and what is multiplied, added and rounded in the same order rises with
/// each.
double Score::bound(const PolicyPlan& plan, Time time, double booster) const {
    double sum = 0;
    for (const Term& term : terms_)
        sum += capped(plan.score[term.index], term.sum * whole_decay(time - term.at, plan.halves_every));
    return rounded(plan, booster * sum);
}

Evaluation Score::evaluate(const PolicyPlan& plan, Time time, double booster) const {
    Evaluation result;
    result.booster = booster;
    result.raw.reserve(terms_.size());
    result.counted.reserve(terms_.size());
    double sum = 0;
    for (const Term& term : terms_) {
        result.raw.push_back(term.sum * decay(time - term.at, plan.halves_every));
        result.counted.push_back(capped(plan.score[term.index], result.raw.back()));
        sum += result.counted.back();
    }
    result.total = booster * sum;
    result.score = rounded(plan, result.total);
    return result;
}

std::vector<double> apportion(double total, const std::vector<double>& weights) {
    std::vector<double> quanta;
    for (const double weight : weights) quanta.push_back(std::nearbyint(weight * 1e9));
    const double whole = std::accumulate(quanta.begin(), quanta.end(), 0.0);
    std::vector<double> shares(weights.size(), 0);
    if (whole <= 0) return shares;
    const double units = std::nearbyint(total * 1000);
    std::vector<double> remainders;
    double given = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double exact = std::nearbyint(units * quanta[i] / whole * 1e6) / 1e6;
        shares[i] = std::floor(exact);
        given += shares[i];
        remainders.push_back(exact - shares[i]);
    }
    constexpr double noise = 1e-5; // what the quanta leave of equal remainders is below this
    for (; given < units; ++given) {
        std::size_t most = 0; // of equal ones the first
        for (std::size_t i = 1; i < remainders.size(); ++i)
            if (remainders[i] > remainders[most] + noise) most = i;
        ++shares[most];
        remainders[most] -= 1;
    }
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
        const SignalPlan& signal = plan.signals[plan.score[terms_[i].index].signal];
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

// In a snapshot: armed levels · number of terms with hits · per term its index, its decayed sum, the sum's time, the
// number of hits, the newest of them.
void Score::save(SnapshotWriter& out) const {
    out.number(armed);
    out.number(terms_.size());
    for (const Term& term : terms_) {
        out.number(term.index);
        out.real(term.sum);
        out.signed_number(term.at);
        out.number(term.count);
        out.number(term.newest.size());
        for (std::size_t i = 0; i < term.newest.size(); ++i) term.newest[i].save(out);
    }
}

void Score::load(const PolicyPlan& plan, SnapshotReader& in) {
    std::pmr::memory_resource* const memory = terms_.get_allocator().resource();
    armed = in.number();
    for (std::size_t terms = in.count(); terms != 0 && in.ok(); --terms) {
        const std::uint32_t index = in.index(plan.score.size());
        if (!in.ok() || !in.expect(terms_.empty() || terms_.back().index < index, "terms are out of order")) return;
        Term& term = terms_.emplace_back(index, memory);
        term.sum = in.finite(most_points * most_hits);
        term.at = in.time();
        term.count = in.number();
        const std::size_t listed = in.count();
        if (!in.expect(term.count != 0 && listed <= listed_hits && listed <= term.count, "too many hits are listed"))
            return;
        for (std::size_t left = listed; left != 0 && in.ok(); --left) {
            KeptHit hit{memory};
            hit.load(plan.signals[plan.score[index].signal], in);
            term.newest.push_back(std::move(hit));
        }
    }
}

} // namespace watchword::runtime
