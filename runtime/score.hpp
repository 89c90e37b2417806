// The score of one watch: points of hits, decayed, capped, boosted, rounded; and how it is shared out among signals.
//   S(t) = min(cap, B · Σ_signals min(max_s, Σ_h points_h · 2^(−(t − h.time)/half_life)))
#pragma once

#include "runtime/hit.hpp"
#include "runtime/program.hpp"
#include "runtime/ring.hpp"

#include <cstdint>
#include <memory_resource>
#include <vector>

namespace watchword::runtime {

/// Of what the code of a term's points gave.
double points_of(const Value& value);

/// A score and what it is made of, at one time.
struct Evaluation {
    double score = 0; ///< rounded to 0.001
    double total = 0; ///< before the total cap
    double booster = 1;
    // of the terms that have hits, in score-block order
    std::vector<double> raw;     ///< decayed
    std::vector<double> counted; ///< after its own cap
};

class Score {
public:
    explicit Score(std::pmr::memory_resource* memory) : terms_(memory) {}

    void add(const PolicyPlan& plan, std::size_t term, KeptHit hit);
    bool has_hits(std::size_t term) const;
    /// An evaluation's numbers of the terms that have hits as numbers of all terms.
    std::vector<double> spread(const PolicyPlan& plan, const std::vector<double>& of_those) const;
    /// `booster` is the product of the boosters that hold. `time` is not before the last hit.
    Evaluation evaluate(const PolicyPlan& plan, Time time, double booster) const;
    /// Only the score of it.
    double at(const PolicyPlan& plan, Time time, double booster) const;
    /// What it is not more than, found without powers: as if each sum had been decayed by whole half-lives only.
    double bound(const PolicyPlan& plan, Time time, double booster) const;
    bool is_all_armed() const { return armed == all_armed; }
    /// Contributions of the terms that have hits, in score-block order; their points add up to the score exactly.
    std::vector<Contribution> contributions(const PolicyPlan& plan, const Evaluation& evaluation, Time time,
                                            const Program& program, const Roster& roster) const;

    void save(SnapshotWriter& out) const;
    void load(const PolicyPlan& plan, SnapshotReader& in);

    static constexpr std::uint64_t all_armed = ~std::uint64_t{0};
    std::uint64_t armed = all_armed; ///< one bit a level alert of the plan, in its order

private:
    struct Term {
        Term(std::uint32_t number, std::pmr::memory_resource* memory) : index(number), newest(memory) {}
        std::uint32_t index; ///< in PolicyPlan::score
        double sum = 0;      ///< of all hits, decayed to `at`
        Time at = 0;
        std::uint64_t count = 0;
        Ring<KeptHit> newest;
    };
    std::vector<HitRecord> show_hits(const PolicyPlan& plan, const Term& term, const SignalPlan& signal, double points,
                                     Time time, const Program& program, const Roster& roster) const;
    std::pmr::vector<Term> terms_; ///< those that have hits, by index
};

/// 2^(−age/half_life); 1 without a half-life.
double decay(Duration age, Duration half_life);

/// Shares `total` (a multiple of 0.001) among `weights` in multiples of 0.001 by largest remainder; ties go to the
/// earlier. Weights are first rounded to a millionth part of the unit, so that noise in the last bits decides nothing.
std::vector<double> apportion(double total, const std::vector<double>& weights);

} // namespace watchword::runtime
