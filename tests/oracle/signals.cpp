// Windows hold nothing here: each value is taken from the list of records when somebody asks.
#include "tests/oracle/signals.hpp"

#include "runtime/civil.hpp"
#include "tests/oracle/aggregate.hpp"
#include "tests/oracle/sequences.hpp"

#include <algorithm>
#include <map>

namespace watchword::oracle {

using namespace watchword::dsl;

struct Signals::Place {
    const SignalUse& use;
    const Interval& interval;
    const SignalInfo& info;
    const SignalDecl& decl;
    std::vector<Datum> arguments;
    /// What `matches` said, for as long as one question is being answered.
    mutable std::map<std::size_t, std::optional<Key>> matched;

    Place(const Model& model, const SignalUse& of, const Interval& in)
        : use(of), interval(in), info(model.signals[of.signal]), decl(model.decl<SignalDecl>(info.at)) {
        for (const Constant& argument : of.arguments) arguments.push_back(of_constant(argument));
    }
};

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
    return scope;
}

bool Signals::heard(const std::vector<Heard>& heard, const Record& record) const {
    return std::ranges::any_of(
        heard, [&](const Heard& one) { return !one.is_signal && model_.events[one.index].name == record.type; });
}

runtime::Time Signals::instant(const InstantClause& clause) const {
    return clause.zoned ? clause.value : runtime::Zone(model_.zone).from_local(clause.value);
}

bool Signals::clause_removes(const ExceptClause& clause, std::uint32_t tree, const StepInfo& info, const Place& place,
                             std::size_t position) const {
    const Record& record = story_.records[position];
    if (clause.until && record.time >= instant(*clause.until)) return false;
    if (!heard(info.heard, record)) return false;
    Scope at = scope(tree, place.interval.person, position);
    at.parameters = &place.arguments;
    return holds(at, clause.condition);
}

bool Signals::excepted(const Place& place, std::size_t position) const {
    const auto any = [&](const auto& clauses, std::uint32_t tree, const std::vector<StepInfo>& infos) {
        for (std::size_t index = 0; index < clauses.size(); ++index)
            if (clause_removes(clauses[index], tree, infos[index], place, position)) return true;
        return false;
    };
    const PolicyInfo& policy = model_.policies[place.interval.policy];
    return any(place.decl.exceptions, place.info.at.tree, place.info.excepts) ||
           any(model_.decl<PolicyDecl>(policy.at).exceptions, policy.at.tree, policy.excepts);
}

bool Signals::playable(const SignalUse& use, const Interval& interval, std::size_t position) const {
    return inside(interval, position) && !excepted(Place(model_, use, interval), position);
}

std::optional<Key> Signals::key(const std::vector<ExprId>& by, const Scope& scope) const {
    Key key;
    for (const ExprId part : by) {
        key.push_back(evaluate(scope, part));
        if (!key.back().present) return std::nullopt;
    }
    return key;
}

const std::optional<Key>& Signals::matches(const Place& place, std::size_t position) const {
    const auto [found, fresh] = place.matched.try_emplace(position);
    if (fresh) found->second = find_key(place, position);
    return found->second;
}

std::optional<Key> Signals::find_key(const Place& place, std::size_t position) const {
    if (!inside(place.interval, position) || !heard(place.info.heard, story_.records[position])) return std::nullopt;
    if (excepted(place, position)) return std::nullopt;
    Scope at = scope(place.info.at.tree, place.interval.person, position);
    at.parameters = &place.arguments;
    if (!holds(at, place.decl.where)) return std::nullopt;
    return key(place.decl.by, at);
}

std::vector<std::size_t> Signals::contents(const Place& place, std::size_t position, bool with_itself,
                                           const AggregateExpr& node) const {
    const Record& now = story_.records[position];
    const auto& key_now = matches(place, position);
    const Datum zone_name = [&] {
        const std::int32_t slot = model_.employee.zone;
        if (slot == runtime::no_slot) return Datum{};
        const Fields* attributes = views_[position].attributes(place.interval.person);
        return attributes->at(model_.employee.attributes[static_cast<std::size_t>(slot)].name);
    }();
    const runtime::Zone zone(zone_name.present ? zone_name.text : model_.zone);
    const auto in_window = [&](runtime::Time time) {
        if (node.window.kind == Window::Kind::over) return time > now.time - node.window.duration;
        const auto bucket = node.window.unit.text == "hour"  ? runtime::hour_of(now.time, zone)
                            : node.window.unit.text == "day" ? runtime::day_of(now.time, zone)
                                                             : runtime::week_of(now.time, zone);
        return time >= bucket.begin && time < bucket.end;
    };
    std::vector<std::size_t> found;
    for (std::size_t index = 0; index <= position; ++index) {
        if (index == position && !with_itself) continue;
        if (!in_window(story_.records[index].time) || matches(place, index) != key_now) continue;
        Scope at = scope(place.info.at.tree, place.interval.person, index);
        at.parameters = &place.arguments;
        if (holds(at, node.where)) found.push_back(index);
    }
    return found;
}

Datum Signals::aggregate(const Place& place, std::size_t position, bool with_itself, const AggregateExpr& node) const {
    const bool counts = node.function.text == "count";
    std::vector<Datum> values;
    for (const std::size_t index : contents(place, position, with_itself, node)) {
        if (counts) {
            values.push_back(Datum::truth(true));
            continue;
        }
        Scope at = scope(place.info.at.tree, place.interval.person, index);
        at.parameters = &place.arguments;
        values.push_back(evaluate(at, node.arguments[0]));
    }
    if (counts) return Datum::of(static_cast<std::int64_t>(values.size()));
    double percent = 0;
    if (node.arguments.size() > 1) {
        Scope at = scope(place.info.at.tree, place.interval.person, position);
        at.parameters = &place.arguments;
        const Datum wanted = evaluate(at, node.arguments[1]);
        percent = wanted.integer != 0 ? static_cast<double>(wanted.integer) : wanted.real;
    }
    return fold_values(node.function.text, values, model_.info(place.info.at.tree, node.arguments[0]).as.kind, percent);
}

Datum Signals::first_seen(const Place& place, std::size_t position, const NewExpr& node) const {
    const Record& now = story_.records[position];
    if (now.time - node.window.duration < place.interval.from) return Datum::truth(false);
    const auto seen = [&](std::size_t index) {
        Scope at = scope(place.info.at.tree, place.interval.person, index);
        at.parameters = &place.arguments;
        return key(node.arguments, at);
    };
    const auto& key_now = matches(place, position);
    for (std::size_t index = 0; index < position; ++index)
        if (story_.records[index].time > now.time - node.window.duration && matches(place, index) == key_now &&
            seen(index) == seen(position))
            return Datum::truth(false);
    return Datum::truth(true);
}

Datum Signals::window(const Place& place, std::size_t position, bool with_itself, ExprId id) const {
    const Expr& expr = model_.expr(place.info.at.tree, id);
    if (const auto* node = std::get_if<AggregateExpr>(&expr.node))
        return aggregate(place, position, with_itself, *node);
    return first_seen(place, position, std::get<NewExpr>(expr.node));
}

bool Signals::condition(const Place& place, std::size_t position, bool with_itself) const {
    Scope at = scope(place.info.at.tree, place.interval.person, position);
    at.parameters = &place.arguments;
    // Before the record a window can be empty that is never empty after it; nothing is said of such a moment.
    bool hollow = false;
    at.window = [&](ExprId id) {
        Datum value = window(place, position, with_itself, id);
        hollow = hollow || (!value.present && !model_.info(place.info.at.tree, id).type.optional);
        return value;
    };
    return holds(at, place.decl.when) && !hollow;
}

namespace {
/// The expressions of a `when` are children before parents, so that everything under `id` has a smaller one; `new` is
/// looked for by walking.
bool contains_new(const Tree& tree, ExprId id) {
    const Expr& expr = tree[id];
    if (std::holds_alternative<NewExpr>(expr.node)) return true;
    if (const auto* unary = std::get_if<Unary>(&expr.node)) return contains_new(tree, unary->operand);
    if (const auto* binary = std::get_if<Binary>(&expr.node))
        return contains_new(tree, binary->left) || contains_new(tree, binary->right);
    return false;
}
} // namespace

std::vector<Hit> Signals::hits(const SignalUse& use, const Interval& interval, std::size_t position) const {
    const Place place(model_, use, interval);
    if (place.decl.sequence) return Sequences(*this, model_, story_).completed(use, interval, position);
    const auto& key_now = matches(place, position);
    if (!key_now) return {};
    const Hit hit{story_.records[position].time, {position}};
    if (place.decl.when == no_expr) return {hit};
    if (!condition(place, position, true)) return {};
    if (contains_new(model_.trees[place.info.at.tree], place.decl.when)) return {hit};
    // Armed if the last record of the key left it false, or if it is false without this record.
    std::size_t previous = position;
    for (std::size_t index = 0; index < position; ++index)
        if (matches(place, index) == key_now) previous = index;
    if (previous == position || !condition(place, previous, true) || !condition(place, position, false)) return {hit};
    return {};
}

std::vector<Hit> Signals::overdue(const SignalUse& use, const Interval& interval, std::size_t position,
                                  runtime::Time after, runtime::Time before, bool inclusive) const {
    const Place place(model_, use, interval);
    if (!place.decl.sequence) return {};
    return Sequences(*this, model_, story_).overdue(use, interval, position, after, before, inclusive);
}

} // namespace watchword::oracle
