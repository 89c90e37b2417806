// The values of a `when`. Nothing is held here: each is taken from the list of occurrences when somebody asks.
#include "runtime/civil.hpp"
#include "tests/oracle/aggregate.hpp"
#include "tests/oracle/calendar.hpp"
#include "tests/oracle/signal_place.hpp"

#include <algorithm>

namespace watchword::oracle {

using namespace watchword::dsl;
using runtime::Bucket;
using runtime::Time;

namespace {

Bucket bucket_of(const Window& window, Time time, runtime::Zone zone) {
    return window.unit.text == "hour"  ? runtime::hour_of(time, zone)
           : window.unit.text == "day" ? runtime::day_of(time, zone)
                                       : runtime::week_of(time, zone);
}

runtime::Duration length_of(const Window& window) {
    return window.unit.text == "hour"  ? runtime::one_hour
           : window.unit.text == "day" ? runtime::one_day
                                       : runtime::one_week;
}

/// What counts as one in `deviation`: 1, 1 MB or 1 min.
double unit_of(Kind kind) {
    return kind == Kind::size ? 1e6 : kind == Kind::duration ? static_cast<double>(runtime::one_minute) : 1;
}

Datum member_of(std::string_view member, double mean, double stddev, double n, const Datum& running, Kind kind) {
    if (member == "n") return Datum::of(n);
    const bool has_unit = kind == Kind::size || kind == Kind::duration;
    if (member != "deviation") {
        const double value = member == "mean" ? mean : stddev;
        return has_unit ? Datum::fraction(value) : Datum::of(value);
    }
    if (!running.present) return {};
    return Datum::of((running.as_real(kind == Kind::real) - mean) / std::max({stddev, mean / 10, unit_of(kind)}));
}

} // namespace

std::vector<Signals::Seen> Signals::contents(const Place& place, const std::vector<Seen>& seen, std::size_t index,
                                             std::size_t count, Time begin, Time end, ExprId where) const {
    std::vector<Seen> found;
    for (std::size_t other = 0; other < count; ++other) {
        const Seen& one = seen[other];
        if (time(one.at) < begin || time(one.at) >= end || one.key != seen[index].key) continue;
        Scope at = scope(place.info.at.tree, place.interval.person, one.at);
        at.parameters = &place.arguments;
        if (holds(at, where)) found.push_back(one);
    }
    return found;
}

Datum Signals::aggregate(const Place& place, const std::vector<Seen>& contents, const AggregateExpr& node) const {
    if (node.function.text == "count") return Datum::of(static_cast<std::int64_t>(contents.size()));
    std::vector<Datum> values;
    double percent = 0;
    for (const Seen& one : contents) {
        Scope at = scope(place.info.at.tree, place.interval.person, one.at);
        at.parameters = &place.arguments;
        const Datum value = evaluate(at, node.arguments[0]);
        if (value.present) values.push_back(value);
        if (node.arguments.size() > 1) percent = evaluate(at, node.arguments[1]).real;
    }
    return fold_values(node.function.text, values, model_.info(place.info.at.tree, node.arguments[0]).as.kind, percent);
}

Datum Signals::first_seen(const Place& place, const std::vector<Seen>& seen, std::size_t index,
                          const NewExpr& node) const {
    const Time now = time(seen[index].at);
    if (now - node.window.duration.value < place.interval.from) return Datum::truth(false);
    const auto value = [&](std::size_t of) {
        Scope at = scope(place.info.at.tree, place.interval.person, seen[of].at);
        at.parameters = &place.arguments;
        return key(node.arguments, at);
    };
    for (std::size_t other = 0; other < index; ++other)
        if (time(seen[other].at) > now - node.window.duration.value && seen[other].key == seen[index].key &&
            value(other) == value(index))
            return Datum::truth(false);
    return Datum::truth(true);
}

Datum Signals::usual(const Place& place, const std::vector<Seen>& seen, std::size_t index, std::size_t count,
                     ExprId id) const {
    const auto& node = std::get<BaselineExpr>(model_.expr(place.info.at.tree, id).node);
    const auto& value = std::get<AggregateExpr>(model_.expr(place.info.at.tree, node.value).node);
    const Kind kind = model_.info(place.info.at.tree, node.value).type.kind;
    const Scope at = scope(place.info.at.tree, place.interval.person, seen[index].at);
    const runtime::Zone zone = zone_of(at);
    const Bucket running = bucket_of(value.window, at.now, zone);
    const std::string& name = value.function.text;
    const bool empty_is_nothing = name != "count" && name != "sum" && name != "distinct";
    std::vector<Datum> past;
    Bucket bucket = running;
    for (std::int64_t number = (node.past ? node.past->value : 0) / length_of(value.window); number > 0; --number) {
        bucket = bucket_of(value.window, bucket.begin - 1, zone);
        if (bucket.begin < place.interval.from) break;
        if (node.during && !has_working_time(at, model_.info(place.info.at.tree, id).ref.index, bucket)) continue;
        const auto inside = contents(place, seen, index, count, bucket.begin, bucket.end, value.where);
        if (inside.empty() && empty_is_nothing) continue;
        past.push_back(aggregate(place, inside, value));
    }
    if (static_cast<std::int64_t>(past.size()) < (node.at_least ? node.at_least->value : 10)) return {};
    const Datum now =
        aggregate(place, contents(place, seen, index, count, running.begin, running.end, value.where), value);
    return member_of(node.kind == BaselineExpr::Kind::deviation ? "deviation" : node.member->text, mean_of(past, kind),
                     deviation_of(past, kind), static_cast<double>(past.size()), now, kind);
}

Datum Signals::peers(const Place& place, const std::vector<Seen>& seen, std::size_t index, std::size_t count,
                     ExprId id) const {
    const auto& node = std::get<BaselineExpr>(model_.expr(place.info.at.tree, id).node);
    const auto& value = std::get<AggregateExpr>(model_.expr(place.info.at.tree, node.value).node);
    const Kind kind = model_.info(place.info.at.tree, node.value).type.kind;
    const Scope at = scope(place.info.at.tree, place.interval.person, seen[index].at);
    const Datum group = evaluate(at, node.by);
    const runtime::Zone module(model_.zone);
    const std::int32_t today = runtime::local_day(at.now, zone_of(at));
    const auto day = [&module](const runtime::BaselineRow& row) { return runtime::local_day(row.date, module); };
    const runtime::BaselineRow* newest = nullptr;
    for (const auto& row : model_.baselines[model_.info(place.info.at.tree, id).ref.index].rows)
        if (group.present && row.group == group.text && day(row) < today &&
            (newest == nullptr || row.date > newest->date))
            newest = &row;
    if (newest == nullptr || today - day(*newest) > 7) return {};
    const Bucket running = bucket_of(value.window, at.now, zone_of(at));
    const Datum now =
        aggregate(place, contents(place, seen, index, count, running.begin, running.end, value.where), value);
    return member_of(node.member->text, newest->mean, newest->stddev, newest->n, now, kind);
}

Datum Signals::window(const Place& place, const std::vector<Seen>& seen, std::size_t index, bool with_itself,
                      ExprId id) const {
    const Expr& expr = model_.expr(place.info.at.tree, id);
    const std::size_t count = with_itself ? index + 1 : index;
    if (const auto* node = std::get_if<NewExpr>(&expr.node)) return first_seen(place, seen, index, *node);
    if (const auto* node = std::get_if<BaselineExpr>(&expr.node))
        return node->kind == BaselineExpr::Kind::peers ? peers(place, seen, index, count, id)
                                                       : usual(place, seen, index, count, id);
    const auto& node = std::get<AggregateExpr>(expr.node);
    const Scope at = scope(place.info.at.tree, place.interval.person, seen[index].at);
    const Bucket bucket = node.window.kind == Window::Kind::over
                              ? Bucket{at.now - node.window.duration.value + 1, at.now + 1}
                              : bucket_of(node.window, at.now, zone_of(at));
    return aggregate(place, contents(place, seen, index, count, bucket.begin, bucket.end, node.where), node);
}

bool Signals::condition(const Place& place, const std::vector<Seen>& seen, std::size_t index, bool with_itself) const {
    Scope at = scope(place.info.at.tree, place.interval.person, seen[index].at);
    at.parameters = &place.arguments;
    // Before the event a window can be empty that is never empty after it; nothing is said of such a moment.
    bool hollow = false;
    at.window = [&](ExprId id) {
        Datum value = window(place, seen, index, with_itself, id);
        hollow = hollow || (!value.present && !model_.info(place.info.at.tree, id).type.optional);
        return value;
    };
    return holds(at, place.decl.when) && !hollow;
}

} // namespace watchword::oracle
