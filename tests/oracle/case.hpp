// One policy and one person of a story: whether a watch is open, what its signals find, which alerts come of it.
#pragma once

#include "dsl/model.hpp"
#include "runtime/alert.hpp"
#include "runtime/civil.hpp"
#include "tests/oracle/evaluate.hpp"
#include "tests/oracle/people.hpp"
#include "tests/oracle/signals.hpp"
#include "tests/oracle/story.hpp"
#include "tests/oracle/watching.hpp"

#include <algorithm>
#include <compare>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace watchword::oracle {

/// Where something happens: the record that counts for attributes, the time, and the place in the order of alerts.
struct Moment {
    std::size_t position = 0;
    runtime::Time time = 0;
    runtime::Phase phase = runtime::Phase::event;
};

/// What time brings about by itself, in the order in which it happens at one instant.
enum class DueKind : std::uint8_t { end, activation, absence };
struct Due {
    runtime::Time time = 0;
    DueKind kind = DueKind::end;
    friend auto operator<=>(const Due&, const Due&) = default;
};

/// One policy and one person.
class Case {
public:
    Case(const dsl::Model& model, const Story& story, const People& people, const Signals& signals,
         std::vector<bool>& inside, std::uint32_t policy, std::uint32_t order, std::string person)
        : model_(model), story_(story), people_(people), signals_(signals), inside_(inside), policy_(policy),
          order_(order), person_(std::move(person)), info_(model.policies[policy]),
          decl_(model.decl<dsl::PolicyDecl>(info_.at)) {}

    /// What is due first after the record at `last`: ends and activations up to `time`, absence deadlines before it (up
    /// to it if `inclusive`).
    std::optional<Due> due(std::size_t last, runtime::Time time, bool inclusive) const;
    void fire(const Due& due, const Moment& moment, std::vector<runtime::Alert>& alerts);
    /// `alerts` has those that earlier policies raised at that moment, between records, for this person.
    void open_by_alerts(const Moment& moment, std::vector<runtime::Alert>& alerts);
    /// The record itself; `alerts` has those that earlier policies raised at it for this person.
    void play(std::size_t position, std::vector<runtime::Alert>& alerts);
    /// The score at a moment that is over, and what it was just before the hits of that moment, if they or a change of
    /// the roster brought an evaluation.
    double score_at(const Moment& moment) const;
    std::optional<double> score_before() const { return before_; }
    void begin_moment() { before_.reset(); }

private:
    const Record& record(std::size_t position) const { return story_.records[position]; }
    bool concerns(std::size_t position) const {
        return !record(position).account.empty() && people_.subject(record(position)) == person_;
    }
    Scope scope(std::size_t position) const;
    bool covered(std::size_t position) const {
        return people_.known(person_, position) && holds(scope(position), decl_.covers);
    }
    bool heard(const std::vector<dsl::Heard>& heard, const Record& record) const {
        return std::ranges::any_of(
            heard, [&](const dsl::Heard& h) { return !h.is_signal && model_.events[h.index].name == record.type; });
    }
    runtime::Time instant(const dsl::InstantClause& clause) const {
        return clause.zoned ? clause.value : runtime::Zone(model_.zone).from_local(clause.value);
    }
    void close(std::size_t position);
    void open(std::size_t position, const std::vector<runtime::Alert>& alerts);
    bool open_by_alert(const Moment& moment, std::size_t index, const std::vector<runtime::Alert>& alerts);
    void open_always(std::size_t position);
    bool listens(std::size_t position) const;
    bool across(std::uint32_t signal, std::size_t position) const;
    void trigger(const Moment& moment, const dsl::Opens& clause, runtime::Time stated, const std::string& type);
    void begin(const Moment& moment, const runtime::TriggerRecord& seen, runtime::Time to);
    void look_back(const Moment& moment);
    std::size_t first_seen(const Moment& moment) const;
    runtime::Time end_of(const Record& trigger, const std::string& alias, runtime::Time anchor,
                         std::size_t position) const;
    std::vector<dsl::SignalUse> uses() const;
    std::set<runtime::Time> absences(std::size_t last, runtime::Time from, runtime::Time before, bool inclusive) const;
    void settle(std::size_t last, runtime::Time deadline, bool lookback);
    void hear(std::size_t position, bool lookback);
    void give(const dsl::SignalUse& use, const Hit& hit, std::size_t position, bool lookback);
    void evaluate(const Moment& moment, std::vector<runtime::Alert>& alerts);
    double boost(std::size_t position) const;
    bool booster_changed(std::size_t position) const;
    runtime::Alert alert(const Moment& moment, const dsl::AlertClause& clause) const;

    const dsl::Model& model_;
    const Story& story_;
    const People& people_;
    const Signals& signals_;
    std::vector<bool>& inside_; ///< per record
    std::uint32_t policy_, order_;
    std::string person_;
    const dsl::PolicyInfo& info_;
    const dsl::PolicyDecl& decl_;
    Watching watch_;
    std::optional<double> before_;
};

} // namespace watchword::oracle
