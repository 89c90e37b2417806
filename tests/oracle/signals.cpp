// What a signal hears, and when that is a hit.
#include "tests/oracle/signals.hpp"

#include "runtime/civil.hpp"
#include "tests/oracle/sequences.hpp"
#include "tests/oracle/signal_place.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::oracle {

using namespace watchword::dsl;

Signals::Signals(const Model& model, const Story& story, const People& people) : model_(model), story_(story) {
    for (std::size_t position = 0; position < story.records.size(); ++position)
        views_.push_back(people.view(position)), subjects_.push_back(people.subject(story.records[position]));
}

bool Signals::inside(const Interval& interval, std::size_t position) const {
    const Record& record = story_.records[position];
    return position >= interval.first && record.time >= interval.from && !record.account.empty() &&
           subjects_[position] == interval.person;
}

Scope Signals::scope(std::uint32_t tree, const std::string& person, std::size_t position) const {
    Scope scope(model_, tree, views_[position]);
    scope.subject = person;
    scope.event = &story_.records[position];
    scope.now = scope.event->time;
    return scope;
}

Scope Signals::scope(std::uint32_t tree, const std::string& person, const Occurrence& at) const {
    Scope result = scope(tree, person, at.position);
    if (at.signal != none) result.signal_name = model_.signals[at.signal].name;
    return result;
}

bool Signals::is_heard(const std::vector<Heard>& heard, const Occurrence& at) const {
    return std::ranges::any_of(heard, [&](const Heard& one) {
        if (one.is_signal || at.signal != none) return one.is_signal && one.index == at.signal;
        return model_.events[one.index].name == story_.records[at.position].type;
    });
}

runtime::Time Signals::instant(const InstantClause& clause) const {
    return clause.zoned ? clause.value : runtime::Zone(model_.zone).from_local(clause.value);
}

bool Signals::excepted(const std::vector<ExceptClause>& clauses, const std::vector<StepInfo>& infos, std::uint32_t tree,
                       const std::vector<Datum>* arguments, const std::string& person, std::size_t position) const {
    for (std::size_t index = 0; index < clauses.size(); ++index) {
        if (clauses[index].until && story_.records[position].time >= instant(*clauses[index].until)) continue;
        if (!is_heard(infos[index].heard, {position})) continue;
        Scope at = scope(tree, person, position);
        at.parameters = arguments;
        if (holds(at, clauses[index].condition)) return true;
    }
    return false;
}

bool Signals::policy_excepts(const Interval& interval, std::size_t position) const {
    const PolicyInfo& policy = model_.policies[interval.policy];
    return excepted(model_.decl<PolicyDecl>(policy.at).exceptions, policy.excepts, policy.at.tree, nullptr,
                    interval.person, position);
}

std::optional<Key> Signals::key(const std::vector<ExprId>& by, const Scope& scope) const {
    Key key;
    for (const ExprId part : by) {
        key.push_back(evaluate(scope, part));
        if (!key.back().present) return std::nullopt;
    }
    return key;
}

std::vector<SignalUse> Signals::in_order(const PolicyInfo& policy) const {
    std::vector<SignalUse> all;
    const std::function<void(const SignalUse&)> add = [&](const SignalUse& use) {
        if (use.signal == none || std::ranges::find(all, use) != all.end()) return;
        const SignalInfo& info = model_.signals[use.signal];
        const auto inner = [&](const std::vector<Heard>& heard) {
            for (const Heard& one : heard)
                if (one.is_signal) add({one.index, {}});
        };
        inner(info.heard);
        for (const auto* steps : {&info.steps, &info.until})
            for (const StepInfo& step : *steps) inner(step.heard);
        all.push_back(use);
    };
    for (const auto* list : {&policy.terms, &policy.alert_signals})
        for (const SignalUse& use : *list) add(use);
    return all;
}

std::vector<Occurrence> Signals::occurrences(const SignalUse& use, const Interval& interval,
                                             const std::vector<Heard>& heard, std::size_t position) const {
    if (!inside(interval, position) || policy_excepts(interval, position)) return {};
    std::vector<Occurrence> found;
    const Place place(model_, use, interval);
    if (is_heard(heard, {position}) && !excepted(place.decl.exceptions, place.info.excepts, place.info.at.tree,
                                                 &place.arguments, interval.person, position))
        found.push_back({position});
    if (std::ranges::none_of(heard, [](const Heard& one) { return one.is_signal; })) return found;
    for (const SignalUse& inner : in_order(model_.policies[interval.policy])) {
        if (!inner.arguments.empty() || !is_heard(heard, {position, inner.signal})) continue;
        const std::string question = fmt::format("{}|{}|{}|{}|{}|{}", inner.signal, interval.policy, interval.person,
                                                 interval.first, interval.from, position);
        auto known = inner_.find(question);
        if (known == inner_.end()) known = inner_.emplace(question, hits(inner, interval, position)).first;
        for (std::size_t hit = 0; hit < known->second.size(); ++hit) found.push_back({position, inner.signal});
    }
    return found;
}

std::vector<Signals::Seen> Signals::seen(const Place& place, std::size_t position) const {
    std::vector<Seen> all;
    for (std::size_t index = place.interval.first; index <= position; ++index)
        for (const Occurrence& at : occurrences(place.use, place.interval, place.info.heard, index)) {
            Scope inside = scope(place.info.at.tree, place.interval.person, at);
            inside.parameters = &place.arguments;
            if (!holds(inside, place.decl.where)) continue;
            if (auto of = key(place.decl.by, inside)) all.push_back({at, *std::move(of)});
        }
    return all;
}

namespace {
/// The expressions of a `when` are children before parents; `new` is looked for by walking.
bool contains_new(const Tree& tree, ExprId id) {
    const Expr& expr = tree[id];
    if (std::holds_alternative<NewExpr>(expr.node)) return true;
    if (const auto* unary = std::get_if<Unary>(&expr.node)) return contains_new(tree, unary->operand);
    if (const auto* binary = std::get_if<Binary>(&expr.node))
        return contains_new(tree, binary->left) || contains_new(tree, binary->right);
    return false;
}
} // namespace

bool Signals::is_hit(const Place& place, const std::vector<Seen>& seen, std::size_t index) const {
    if (place.decl.when == no_expr) return true;
    if (!condition(place, seen, index, true)) return false;
    if (contains_new(model_.trees[place.info.at.tree], place.decl.when)) return true;
    // Armed if the last occurrence of the key left it false, or if it is false without this one.
    std::size_t previous = index;
    for (std::size_t other = 0; other < index; ++other)
        if (seen[other].key == seen[index].key) previous = other;
    return previous == index || !condition(place, seen, previous, true) || !condition(place, seen, index, false);
}

std::vector<Hit> Signals::hits(const SignalUse& use, const Interval& interval, std::size_t position) const {
    const Place place(model_, use, interval);
    if (place.decl.sequence) return Sequences(*this, model_, story_).completed(use, interval, position);
    if (occurrences(use, interval, place.info.heard, position).empty()) return {};
    std::vector<Hit> hits;
    const std::vector<Seen> all = seen(place, position);
    for (std::size_t index = 0; index < all.size(); ++index)
        if (all[index].at.position == position && is_hit(place, all, index))
            hits.push_back({story_.records[position].time, {position}});
    return hits;
}

std::vector<Hit> Signals::overdue(const SignalUse& use, const Interval& interval, std::size_t position,
                                  runtime::Time after, runtime::Time before, bool inclusive) const {
    if (!model_.decl<SignalDecl>(model_.signals[use.signal].at).sequence) return {};
    return Sequences(*this, model_, story_).overdue(use, interval, position, after, before, inclusive);
}

} // namespace watchword::oracle
