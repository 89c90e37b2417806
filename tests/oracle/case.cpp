// semantics 2 and 5: what a moment does to one policy and one person.
#include "tests/oracle/case.hpp"

#include "tests/oracle/score.hpp"

namespace watchword::oracle {

using namespace watchword::dsl;
using runtime::Alert;
using runtime::AlertCause;
using runtime::Level;
using runtime::Phase;
using runtime::Time;

namespace {
Time later(Time time, runtime::Duration by) { return time > runtime::never - by ? runtime::never : time + by; }
} // namespace

double Case::score_at(const Moment& moment) const {
    if (!watch_.active || !decl_.score) return 0;
    return score(*decl_.score, watch_.given, boost(moment.position), moment.time, true);
}

Scope Case::scope(std::size_t position) const {
    Scope scope = signals_.scope(info_.at.tree, person_, position);
    scope.trigger = watch_.trigger;
    scope.trigger_alias = watch_.alias;
    return scope;
}

std::optional<Due> Case::due(std::size_t last, Time time, bool inclusive) const {
    if (!watch_.open) return std::nullopt;
    if (!watch_.active && watch_.from <= time && watch_.from < watch_.to) return Due{watch_.from, DueKind::activation};
    std::optional<Due> first;
    if (watch_.to <= time) first = Due{watch_.to, DueKind::end};
    if (watch_.active)
        for (const Time deadline : absences(last, record(last).time, time, inclusive))
            if (deadline > watch_.settled && (!first || Due{deadline, DueKind::absence} < *first))
                first = Due{deadline, DueKind::absence};
    return first;
}

void Case::fire(const Due& due, const Moment& moment, std::vector<Alert>& alerts) {
    if (due.kind == DueKind::end) {
        watch_ = {};
        return;
    }
    if (due.kind == DueKind::activation)
        watch_.active = watch_.just_opened = true;
    else
        settle(moment.position, watch_.settled = due.time, false);
    evaluate(moment, alerts);
}

void Case::open_by_alerts(const Moment& moment, std::vector<Alert>& alerts) {
    for (std::size_t index = 0; index < decl_.opens.size(); ++index)
        if (decl_.opens[index].kind == Opens::Kind::alert && open_by_alert(moment, index, alerts)) break;
    if (!watch_.active || !watch_.just_opened) return;
    watch_.settled = moment.time - 1;
    look_back(moment);
    evaluate(moment, alerts);
}

std::vector<SignalUse> Case::uses() const { return signals_.in_order(info_); }

/// Deadlines of closing `no` steps that nothing up to the record at `last` broke.
std::set<Time> Case::absences(std::size_t last, Time from, Time before, bool inclusive) const {
    std::set<Time> deadlines;
    for (const SignalUse& use : uses())
        for (const Hit& hit : signals_.overdue(use, watch_.interval, last, from, before, inclusive))
            if (hit.time < watch_.to) deadlines.insert(hit.time);
    return deadlines;
}

void Case::settle(std::size_t last, Time deadline, bool lookback) {
    for (const SignalUse& use : uses())
        for (const Hit& hit : signals_.overdue(use, watch_.interval, last, deadline, deadline, true))
            give(use, hit, last, lookback);
}

void Case::play(std::size_t position, std::vector<Alert>& alerts) {
    close(position);
    open_always(position);
    open(position, alerts);
    if (!watch_.active) return;
    const Moment moment{position, record(position).time, Phase::event};
    if (watch_.just_opened) look_back(moment);
    if (signals_.inside(watch_.interval, position)) hear(position, false);
    evaluate(moment, alerts);
}

/// Everything before the record at the moment's position, or up to it between records.
void Case::look_back(const Moment& moment) {
    const std::size_t end = moment.position + (moment.phase == Phase::event ? 0 : 1);
    for (std::size_t index = 0; index < end; ++index) {
        if (signals_.inside(watch_.interval, index)) hear(index, true);
        const Time next = index + 1 < end ? record(index + 1).time : moment.time;
        for (const Time deadline : absences(index, record(index).time, next, false)) settle(index, deadline, true);
    }
}

void Case::close(std::size_t position) {
    if (!watch_.open || !concerns(position)) return;
    for (std::size_t index = 0; index < decl_.closes.size(); ++index)
        if (decl_.closes[index].kind == Close::Kind::event && heard(info_.closes[index].heard, record(position)) &&
            holds(scope(position), decl_.closes[index].where)) {
            watch_ = {};
            return;
        }
}

void Case::open_always(std::size_t position) {
    if (!decl_.always || watch_.open || !concerns(position) || !listens(position) || !covered(position)) return;
    const Time now = record(position).time;
    if (decl_.expires && now >= instant(*decl_.expires)) return;
    watch_.interval = {policy_, person_, position, now};
    watch_.open = watch_.active = watch_.just_opened = true;
    watch_.opened = watch_.anchor = watch_.from = now;
    watch_.to = decl_.expires ? instant(*decl_.expires) : runtime::never;
    watch_.given.assign(info_.terms.size(), {});
}

/// Whether some signal of the policy could use records of this type: others open no watch, lest it depend on what other
/// policies read.
bool Case::listens(std::size_t position) const {
    const auto any = [&](const std::vector<StepInfo>& steps) {
        return std::ranges::any_of(steps, [&](const StepInfo& step) { return heard(step.heard, record(position)); });
    };
    return std::ranges::any_of(uses(), [&](const SignalUse& use) {
        const SignalInfo& signal = model_.signals[use.signal];
        return heard(signal.heard, record(position)) || any(signal.steps) || any(signal.until);
    });
}

/// Whether this record makes a signal over several people hold for this person: the first one at which a record of the
/// person is among enough people.
bool Case::across(std::uint32_t signal, std::size_t position) const {
    const SignalInfo& info = model_.signals[signal];
    const auto& decl = model_.decl<SignalDecl>(info.at);
    const auto& compared = std::get<Binary>(model_.expr(info.at.tree, decl.when).node);
    const runtime::Duration over =
        std::get<AggregateExpr>(model_.expr(info.at.tree, compared.left).node).window.duration.value;
    const std::int64_t least = std::get<Literal>(model_.expr(info.at.tree, compared.right).node).integer;
    struct Counted {
        Time time;
        std::string person;
        Datum key;
    };
    std::vector<Counted> counted;
    std::set<std::size_t> said; ///< indices in `counted`
    for (std::size_t index = 0; index <= position; ++index) {
        const std::string person = people_.subject(record(index));
        if (record(index).account.empty() || !people_.known(person, index)) continue;
        const Scope at = signals_.scope(info.at.tree, person, index);
        if (!heard(info.heard, record(index)) || !holds(at, decl.where)) continue;
        const Datum key = oracle::evaluate(at, decl.across->key);
        const runtime::Kind kind = model_.infos[info.at.tree][decl.across->key].type.kind;
        if (!key.present || (runtime::is_textual(kind) && key.text.empty())) continue;
        counted.push_back({record(index).time, person, key});
        std::set<std::string> people;
        std::vector<std::size_t> in_window;
        for (std::size_t other = 0; other < counted.size(); ++other)
            if (counted[other].time > record(index).time - over && counted[other].key == key) {
                people.insert(counted[other].person);
                in_window.push_back(other);
            }
        if (static_cast<std::int64_t>(people.size()) < least) continue;
        bool mine = false;
        for (const std::size_t other : in_window) mine |= said.insert(other).second && counted[other].person == person_;
        if (index == position) return mine;
    }
    return false;
}

/// Whether one of the alerts is what that clause waits for.
bool Case::open_by_alert(const Moment& moment, std::size_t index, const std::vector<Alert>& alerts) {
    const Opens& clause = decl_.opens[index];
    const auto level =
        clause.level ? std::ranges::find(runtime::level_names, clause.level->text) - runtime::level_names.begin() : 0;
    for (const Alert& alert : alerts) {
        if (alert.policy >= model_.policies.size() || static_cast<int>(alert.level) < level ||
            model_.policy_order[alert.policy] != info_.opens_policy[index])
            continue;
        trigger(moment, clause, alert.time, "alert");
        return true;
    }
    return false;
}

void Case::open(std::size_t position, const std::vector<Alert>& alerts) {
    const Moment moment{position, record(position).time, Phase::event};
    for (std::size_t index = 0; index < decl_.opens.size(); ++index) {
        const Opens& clause = decl_.opens[index];
        if (clause.kind == Opens::Kind::alert) {
            if (open_by_alert(moment, index, alerts)) return;
            continue;
        }
        if (clause.kind == Opens::Kind::signal) {
            if (across(info_.opens[index].heard.front().index, position) && holds(scope(position), clause.where))
                return trigger(moment, clause, record(position).stated, record(position).type);
            continue;
        }
        if (!heard(info_.opens[index].heard, record(position))) continue;
        if (clause.group == no_expr && !concerns(position)) continue;
        if (!people_.known(person_, position)) continue;
        if (clause.group != no_expr && !holds(scope(position), clause.group)) continue;
        if (!holds(scope(position), clause.where)) continue;
        return trigger(moment, clause, record(position).stated, record(position).type);
    }
}

Time Case::end_of(const Record& trigger, const std::string& alias, Time anchor, std::size_t position) const {
    Time end = decl_.expires ? instant(*decl_.expires) : runtime::never;
    Scope at = scope(position);
    at.trigger = &trigger;
    at.trigger_alias = alias;
    for (const Close& close : decl_.closes) {
        if (close.kind == Close::Kind::after) end = std::min(end, later(anchor, close.duration.value));
        if (close.kind != Close::Kind::after_instant) continue;
        const Datum instant = oracle::evaluate(at, close.instant);
        if (instant.present) end = std::min(end, later(instant.integer, close.duration.value));
    }
    return end;
}

void Case::trigger(const Moment& moment, const Opens& clause, Time stated, const std::string& type) {
    const std::size_t position = moment.position;
    const Record& now = record(position);
    if (!covered(position)) return;
    if (decl_.expires && moment.time >= instant(*decl_.expires)) return;
    const Datum wanted = clause.at == no_expr ? Datum{} : oracle::evaluate(scope(position), clause.at);
    const Time anchor = wanted.present ? wanted.integer : stated;
    const std::string alias = clause.alias ? clause.alias->text : "";
    const runtime::TriggerRecord seen{type, type == "alert" ? "" : now.id, moment.time, stated, anchor, {}};
    const Time to = end_of(now, alias, anchor, position);
    const Time back = decl_.looks_back ? decl_.looks_back->value : 0;
    const std::string how = decl_.retrigger ? decl_.retrigger->kind.text : "extends";
    if (watch_.open && how != "restarts") {
        watch_.triggers.push_back(seen);
        if (how == "ignores") return;
        runtime::Duration largest = 0;
        for (const Close& close : decl_.closes)
            if (close.kind == Close::Kind::after) largest = std::max(largest, close.duration.value);
        const auto most = decl_.retrigger && decl_.retrigger->at_most ? decl_.retrigger->at_most->value : 2 * largest;
        watch_.to = std::max(watch_.to, std::min(to, later(watch_.first_anchor, most)));
        watch_.trigger = &now;
        watch_.alias = alias;
        watch_.retriggered = watch_.active;
        if (watch_.active || std::max(anchor, moment.time) - back >= watch_.from) return;
        watch_.anchor = anchor;
        watch_.from = std::max(anchor, moment.time) - back;
        watch_.interval = {policy_, person_, first_seen(moment), watch_.from};
        watch_.active = watch_.just_opened = watch_.from <= moment.time;
        return;
    }
    if (watch_.open) watch_ = {}; // restarts: the old one ends even if the new one does not begin
    if (to <= std::max(moment.time, std::max(anchor, moment.time) - back)) return; // over, or empty
    watch_ = {};
    watch_.trigger = &now;
    watch_.alias = alias;
    begin(moment, seen, to);
}

/// The first record that a watch triggered now may see: of those before, as far back as the person was covered without
/// a break, if it looks back.
std::size_t Case::first_seen(const Moment& moment) const {
    std::size_t first = moment.position + (moment.phase == Phase::event ? 0 : 1); // between records, the next one
    if (decl_.looks_back && decl_.looks_back->value != 0)
        while (first > 0 && covered(first - 1)) --first;
    return first;
}

void Case::begin(const Moment& moment, const runtime::TriggerRecord& seen, Time to) {
    const Time back = decl_.looks_back ? decl_.looks_back->value : 0;
    watch_.open = true;
    watch_.opened = seen.known;
    watch_.anchor = watch_.first_anchor = seen.anchor;
    watch_.from = std::max(seen.anchor, seen.known) - back;
    watch_.to = to;
    watch_.triggers = {seen};
    watch_.given.assign(info_.terms.size(), {});
    watch_.interval = {policy_, person_, first_seen(moment), watch_.from};
    watch_.active = watch_.just_opened = watch_.from <= seen.known;
}

void Case::hear(std::size_t position, bool lookback) {
    inside_[position] = true;
    for (const SignalUse& use : uses())
        for (const Hit& hit : signals_.hits(use, watch_.interval, position)) give(use, hit, position, lookback);
}

/// A hit gives points to each line of the score block that names its signal. It is a time of evaluation even if it
/// gives none.
void Case::give(const SignalUse& use, const Hit& hit, std::size_t position, bool lookback) {
    watch_.hit = true;
    for (std::size_t index = 0; index < decl_.alerts.size() && !lookback; ++index)
        if (decl_.alerts[index].cause == AlertClause::Cause::on_signal && info_.alert_signals[index] == use)
            watch_.sounded.insert(index);
    for (std::size_t line = 0; line < info_.terms.size(); ++line) {
        const Term& term = decl_.score->terms[line];
        if (info_.terms[line] != use || (term.once && !watch_.given[line].empty())) continue;
        Scope at = scope(position);
        at.event = &record(hit.records.back());
        at.lookback = lookback;
        if (!holds(at, term.when)) continue;
        const ExprInfo& type = model_.info(info_.at.tree, term.points);
        const Datum points = oracle::evaluate(at, term.points);
        const double value = type.as.kind == Kind::real ? points.real : static_cast<double>(points.integer);
        watch_.given[line].push_back({hit, std::clamp(value, 0.0, 1e9), lookback, true});
    }
}

double Case::boost(std::size_t position) const {
    double product = 1;
    for (const Booster& booster : decl_.score->boosters)
        if (holds(scope(position), booster.when)) product = std::min(product * booster.factor.value, 1e9);
    return product;
}

namespace {

/// The person's attributes that an expression reads, also by definitions that it calls.
void note_attributes(const Model& model, std::uint32_t at, ExprId root, std::set<std::string>& names) {
    const Tree& tree = model.trees[at];
    const auto inside = [](Span inner, Span outer) { return inner.begin >= outer.begin && inner.end <= outer.end; };
    for (ExprId id = 0; id < tree.exprs.size(); ++id) {
        if (!inside(tree[id].span, tree[root].span)) continue;
        const Ref& ref = model.info(at, id).ref;
        if (ref.kind == RefKind::attribute) names.insert(model.employee.attributes[ref.index].name);
        if (ref.kind != RefKind::define) continue;
        const DeclRef define = model.defines[ref.index].at;
        note_attributes(model, define.tree, model.decl<DefineDecl>(define).body, names);
    }
}

} // namespace

/// Whether the record changes an attribute that a booster reads.
bool Case::booster_changed(std::size_t position) const {
    if (!decl_.score || !concerns(position) || position == 0) return false;
    const Fields before = people_.attributes(person_, position - 1), after = people_.attributes(person_, position);
    std::set<std::string> names;
    for (const Booster& booster : decl_.score->boosters) note_attributes(model_, info_.at.tree, booster.when, names);
    return std::ranges::any_of(names, [&](const std::string& name) { return before.at(name) != after.at(name); });
}

void Case::evaluate(const Moment& moment, std::vector<Alert>& alerts) {
    const auto is_fresh = [](const std::vector<Given>& line) { return !line.empty() && line.back().fresh; };
    const bool scored = watch_.hit || watch_.retriggered || std::ranges::any_of(watch_.given, is_fresh) ||
                        (moment.phase == Phase::event && booster_changed(moment.position));
    const bool opened = watch_.just_opened;
    if (opened) before_ = 0;
    std::vector<Alert> raised;
    for (const auto cause : {AlertClause::Cause::on_open, AlertClause::Cause::on_signal})
        for (std::size_t index = 0; index < decl_.alerts.size(); ++index) {
            const AlertClause& clause = decl_.alerts[index];
            if (clause.cause != cause) continue;
            if (cause == AlertClause::Cause::on_open ? watch_.just_opened : watch_.sounded.contains(index))
                raised.push_back(alert(moment, clause));
        }
    if (scored) {
        const double factor = boost(moment.position);
        const double before = score(*decl_.score, watch_.given, factor, moment.time, false);
        if (!opened) before_ = before;
        const double now = score(*decl_.score, watch_.given, factor, moment.time, true);
        const AlertClause* highest = nullptr;
        for (std::size_t index = 0; index < decl_.alerts.size(); ++index) {
            const AlertClause& clause = decl_.alerts[index];
            if (clause.cause != AlertClause::Cause::level) continue;
            const double rearm = clause.rearms_below ? clause.rearms_below->value : 0.8 * clause.at.value;
            if (before < rearm) watch_.disarmed.erase(index);
            if (clause.at.value > now || !watch_.disarmed.insert(index).second) continue;
            if (highest == nullptr || clause.at.value > highest->at.value) highest = &clause;
        }
        if (highest != nullptr) raised.push_back(alert(moment, *highest));
    }
    for (Alert& one : raised) alerts.push_back(std::move(one));
    for (auto& line : watch_.given)
        for (Given& given : line) given.fresh = false;
    watch_.sounded.clear();
    watch_.hit = watch_.retriggered = false;
    watch_.just_opened = false;
}

Alert Case::alert(const Moment& moment, const AlertClause& clause) const {
    Alert alert;
    alert.policy = order_;
    const std::string level =
        clause.level.text.empty() ? (decl_.severity ? decl_.severity->text : "medium") : clause.level.text;
    alert.level = static_cast<Level>(std::ranges::find(runtime::level_names, level) - runtime::level_names.begin());
    alert.cause = static_cast<AlertCause>(clause.cause);
    alert.threshold = clause.at.value;
    alert.time = moment.time;
    alert.subject = person_;
    alert.phase = moment.phase;
    alert.position = moment.phase == Phase::event ? moment.position : 0;
    alert.event = moment.phase == Phase::event ? record(moment.position).id : "";
    alert.watch = {watch_.opened,   watch_.anchor,          watch_.from, watch_.to,
                   watch_.triggers, watch_.triggers.size(), false};
    if (decl_.score) {
        alert.score = score(*decl_.score, watch_.given, boost(moment.position), moment.time, true);
        alert.contributions = contributions(*decl_.score, watch_.given, alert.score, moment.time, story_);
    }
    return alert;
}

} // namespace watchword::oracle
