// From hits to points, from points to scores, from scores to alerts (semantics 5).
#include "runtime/machine.hpp"

#include "runtime/exponent.hpp"
#include "runtime/identity.hpp"
#include "runtime/text.hpp"

#include <algorithm>

namespace watchword::runtime {

namespace {

/// A constant as an action gets it. Persons are held as account names: whoever is called so is meant.
std::string show_argument(const Value& value, Type type, const Program& program, const Roster& roster) {
    if (!value.present()) return show_value(value, type, program, roster);
    const auto person = [&](std::string_view account) {
        const PersonId known = roster.find(account);
        return std::string(known == nobody ? account : roster.id(known));
    };
    if (type.kind == Kind::person) return person(value.text());
    if (type.kind != Kind::list || static_cast<Kind>(type.detail) != Kind::person)
        return show_value(value, type, program, roster);
    std::string text = "[";
    for (std::size_t i = 0; i < value.extent; ++i) text += (i == 0 ? "" : ", ") + person(value.items[i].text());
    return text + "]";
}

} // namespace

bool Machine::is_excepted(std::uint32_t policy, std::uint32_t type, const Frame& frame, Recorder* recorder) {
    return excepted(program_.policies[policy].exceptions, recorded::none, type, frame, interpreter_, recorder);
}

void Machine::count_hits(Watch& watch) {
    const PolicyPlan& plan = program_.policies[watch.policy];
    const PolicyShape& shape = shape_.policies[watch.policy];
    Recorder* const recorder =
        recorder_ != nullptr && recorder_->wants(watch.policy, watch.person) ? recorder_.get() : nullptr;
    for (LiveHit& hit : hits_.live) {
        if (recorder != nullptr) recorder->add(recorder->hit(hit));
        ++statistics.policies[watch.policy].hits;
        const std::vector<std::uint32_t>& terms = shape.signals[hit.signal].terms;
        for (const std::uint32_t term : terms) {
            Frame frame = hit.frame;
            frame.trigger = watch.story().slots.data();
            const auto& when = plan.score[term].when;
            const bool holds = when.empty() || interpreter_.holds(when[hit.input], frame);
            if (recorder != nullptr) {
                recorder->add(recorded::Points{term, recorder->read(plan.score[term].when_parts, hit.input, frame),
                                               holds, !plan.score[term].once || !watch.score.has_hits(term),
                                               points_of(interpreter_.run(plan.score[term].points[hit.input], frame))});
            }
            if (!holds) continue;
            KeptHit kept{&memory_.pool};
            kept.time = hit.time;
            kept.points = points_of(interpreter_.run(plan.score[term].points[hit.input], frame));
            kept.lookback = frame.lookback;
            if (term == terms.back())
                kept.data = std::move(hit.data); // nobody asks for it again
            else
                kept.data = hit.data;
            watch.score.add(plan, term, std::move(kept));
        }
    }
}

double Machine::booster(const Watch& watch, PersonId person, std::vector<std::string>* labels) {
    Frame frame;
    frame.subject = person;
    frame.attributes = roster.attributes(person);
    frame.trigger = watch.story().slots.data();
    double product = 1;
    for (const BoosterPlan& plan : program_.policies[watch.policy].boosters) {
        if (!interpreter_.holds(plan.when, frame)) continue;
        product = std::min(product * plan.factor, most_points);
        if (labels != nullptr) labels->push_back(plan.label);
    }
    return product;
}

void Machine::evaluate_anew(Watch& watch, Moment& moment) {
    const PolicyPlan& plan = program_.policies[watch.policy];
    const bool opened = watch.just_opened;
    watch.just_opened = watch.is_due = false;
    Recorder* const recorder = this->recorder(watch.policy, watch.person, moment);
    recorded::Score recorded;
    const double factor = plan.boosters.empty() ? 1 : booster(watch, watch.person, nullptr);
    // What the score was before matters only where a level can be armed again, or to others.
    const bool is_told = recorder != nullptr || program_.risk;
    const bool matters = is_told || !watch.score.is_all_armed();
    const double before = opened || !matters ? 0 : watch.score.at(plan, moment.time, factor);
    recorded.opened = opened;
    recorded.before = before;
    recorded.armed_before = watch.score.armed;
    for (std::size_t i = 0; i < plan.alerts.size() && plan.alerts[i].cause == AlertCause::level; ++i)
        if (before < plan.alerts[i].rearms_below) watch.score.armed |= std::uint64_t{1} << i;
    recorded.rearmed = watch.score.armed & ~recorded.armed_before;
    count_hits(watch);
    std::optional<Evaluation> made;
    const auto evaluated = [&]() -> const Evaluation& {
        if (!made) made = watch.score.evaluate(plan, moment.time, factor);
        return *made;
    };
    if (program_.risk) changes_.push_back({watch.person, watch.policy, before});

    if (opened)
        for (const AlertPlan& alert : plan.alerts)
            if (alert.cause == AlertCause::on_open) raise(watch, alert, evaluated(), moment);
    for (const AlertPlan& alert : plan.alerts)
        if (alert.cause == AlertCause::on_signal &&
            std::any_of(hits_.live.begin(), hits_.live.end(),
                        [&](const LiveHit& hit) { return hit.signal == alert.signal; }))
            raise(watch, alert, evaluated(), moment);
    const bool may_reach = !plan.alerts.empty() && plan.alerts.front().cause == AlertCause::level &&
                           watch.score.bound(plan, moment.time, factor) >= plan.alerts.front().at; // the lowest level
    if (!may_reach && recorder == nullptr) return;
    const Evaluation& evaluation = evaluated();
    const AlertPlan* highest = nullptr;
    const std::uint64_t armed = watch.score.armed;
    for (std::size_t i = 0; i < plan.alerts.size() && plan.alerts[i].cause == AlertCause::level; ++i) {
        if (plan.alerts[i].at > evaluation.score) continue;
        const std::uint64_t bit = std::uint64_t{1} << i;
        if ((watch.score.armed & bit) != 0) highest = &plan.alerts[i];
        watch.score.armed &= ~bit;
    }
    if (recorder != nullptr) {
        recorded.armed_before = armed;
        recorded.armed_after = watch.score.armed;
        record_score(*recorder, watch, std::move(recorded), evaluation);
    }
    if (highest != nullptr) raise(watch, *highest, evaluation, moment);
}

namespace {

std::string describe_cause(const PolicyPlan& policy, const AlertPlan& plan) {
    switch (plan.cause) {
    case AlertCause::on_open:
        return "on open";
    case AlertCause::on_signal:
        return "on " + policy.signals[plan.signal].name;
    case AlertCause::level:
        break;
    }
    return "score >= " + show_score(plan.at);
}

} // namespace

void Machine::raise(Watch& watch, const AlertPlan& plan, const Evaluation& evaluation, Moment& moment) {
    const PolicyPlan& policy = program_.policies[watch.policy];
    Alert alert;
    alert.policy = watch.policy;
    alert.level = plan.level;
    alert.cause = plan.cause;
    alert.cause_text = describe_cause(policy, plan);
    alert.score = evaluation.score;
    alert.threshold = plan.at;
    alert.time = moment.time;
    alert.watch = {watch.known,
                   watch.anchor,
                   watch.from,
                   watch.to,
                   watch.story().triggers,
                   watch.story().trigger_count,
                   watch.history_truncated};
    alert.contributions = watch.score.contributions(policy, evaluation, moment.time, program_, roster);
    alert.booster = booster(watch, watch.person, &alert.boosters);
    alert.capped = policy.at_most >= 0 && evaluation.total > policy.at_most;
    alert.event = std::string(moment.cause);
    alert.phase = moment.phase;
    alert.position = moment.position;
    alert.subject = std::string(roster.id(watch.person));
    const std::string time = std::to_string(moment.time);
    const std::string_view parts[] = {policy.id,
                                      alert.subject,
                                      watch.story().first_trigger,
                                      alert.cause_text,
                                      level_names[static_cast<std::size_t>(plan.level)],
                                      time,
                                      alert.event};
    alert.id = keyed_hash(options_.identity_key, parts);
    for (const ActionCall& call : plan.actions) {
        Action action{call.action, {}};
        const auto& parameters = program_.actions[call.action].parameters;
        for (std::size_t i = 0; i < call.arguments.size(); ++i)
            action.arguments.push_back(show_argument(call.arguments[i], parameters[i].second, program_, roster));
        const std::vector<BegunAction>& begun = watch.story().begun;
        const auto known = std::find_if(begun.begin(), begun.end(), [&](const BegunAction& one) {
            return one.action.action == action.action && one.action.arguments == action.arguments;
        });
        if (known != begun.end())
            action.begun_by = known->alert;
        else if (program_.actions[call.action].is_state)
            watch.own_story().begun.push_back({alert.id, plan.level, action});
        alert.actions.push_back(std::move(action));
    }
    ++statistics.policies[watch.policy].alerts[static_cast<std::size_t>(plan.level)];
    if (Recorder* recorder = this->recorder(watch.policy, watch.person, moment))
        recorder->add(recorded::Raised{alert.id, static_cast<std::uint32_t>(&plan - policy.alerts.data())});
    for (const std::uint32_t opened : shape_.opened_by[watch.policy]) {
        pending_.push_back({watch.person, watch.policy, plan.level, alert.id});
        schedule(opened);
    }
    alerts.push_back(std::move(alert));
}

void Machine::evaluate_risk_anew(Moment& moment) {
    const std::vector<ScoreChange> changes = std::move(changes_);
    changes_.clear();
    if (!program_.risk) return;
    const RiskPlan& risk = *program_.risk;
    std::set<PersonId> people;
    for (const ScoreChange& change : changes) people.insert(change.person);
    for (const PersonId person : people) {
        double before = 0;
        double after = 0;
        std::vector<double> weights;
        const auto combine = [&](double& whole, double part) {
            whole = risk.sum ? whole + part : std::max(whole, part);
        };
        for (const auto& watch : people_[person].watches) {
            const double now = score(watch->policy, person, moment.time);
            double then = now;
            // of several changes at one position the first tells what it was before
            for (const ScoreChange& change : changes)
                if (change.person == person && change.policy == watch->policy) {
                    then = change.before;
                    break;
                }
            combine(before, then);
            combine(after, now);
            weights.push_back(now);
        }
        before = round_score(std::min(before, 100.0));
        after = round_score(std::min(after, 100.0));
        std::uint8_t& armed = people_[person].risk_armed;
        const std::pair<Level, double>* highest = nullptr;
        for (std::size_t i = 0; i < risk.levels.size(); ++i) {
            const auto bit = static_cast<std::uint8_t>(1U << i);
            if (before < risk.levels[i].second * 0.8) armed |= bit;
        }
        for (std::size_t i = 0; i < risk.levels.size(); ++i) {
            const auto bit = static_cast<std::uint8_t>(1U << i);
            if (risk.levels[i].second > after) continue;
            if ((armed & bit) != 0) highest = &risk.levels[i];
            armed = static_cast<std::uint8_t>(armed & ~bit);
        }
        if (highest == nullptr) continue;
        if (!risk.sum) {
            const auto most = std::max_element(weights.begin(), weights.end()); // the first of equal ones
            std::fill(weights.begin(), most, 0.0);
            std::fill(most + 1, weights.end(), 0.0);
        }
        raise_risk(person, *highest, after, apportion(after, weights), moment);
    }
}

double Machine::risk(PersonId person, Time time) {
    if (!program_.risk || person >= people_.size()) return 0;
    double whole = 0;
    for (const auto& watch : people_[person].watches) {
        const double part = score(watch->policy, person, time);
        whole = program_.risk->sum ? whole + part : std::max(whole, part);
    }
    return round_score(std::min(whole, 100.0));
}

void Machine::raise_risk(PersonId person, const std::pair<Level, double>& level, double value,
                         const std::vector<double>& shares, const Moment& moment) {
    Alert alert;
    alert.policy = risk_policy;
    alert.level = level.first;
    alert.cause_text = "risk >= " + show_score(level.second);
    alert.score = value;
    alert.threshold = level.second;
    alert.time = moment.time;
    alert.subject = std::string(roster.id(person));
    alert.event = std::string(moment.cause);
    alert.phase = moment.phase;
    alert.position = moment.position;
    const std::string time = std::to_string(moment.time);
    const std::string_view parts[] = {
        "risk", alert.subject, "", alert.cause_text, level_names[static_cast<std::size_t>(level.first)],
        time,   alert.event};
    alert.id = keyed_hash(options_.identity_key, parts);
    const auto& watches = people_[person].watches;
    for (std::size_t i = 0; i < watches.size(); ++i) {
        if (shares[i] == 0) continue;
        Contribution contribution;
        contribution.signal = program_.policies[watches[i]->policy].name;
        contribution.title = program_.policies[watches[i]->policy].title;
        contribution.points = shares[i];
        contribution.raw = score(watches[i]->policy, person, moment.time);
        alert.contributions.push_back(std::move(contribution));
    }
    alerts.push_back(std::move(alert));
}

} // namespace watchword::runtime
