// Windowed values of a signal's `when`: aggregates, `new`, `usual`, `deviation`, `peers`; and which of them are the
// same.
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"
#include "dsl/types.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

bool is_orderable(Kind kind) { return is_quantity(kind) || kind == Kind::time; }

/// Index of the same expression among `known`; added if it is new.
std::uint32_t share(const Tree& tree, std::vector<ExprId>& known, ExprId id) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&](ExprId other) { return same_entry(tree, other, id); });
    if (found != known.end()) return static_cast<std::uint32_t>(found - known.begin());
    known.push_back(id);
    return static_cast<std::uint32_t>(known.size() - 1);
}

runtime::Duration length_of(const std::string& unit) {
    if (unit == "hour") return runtime::one_hour;
    return unit == "week" ? runtime::one_week : runtime::one_day;
}

} // namespace

bool ExpressionChecker::windows_allowed(ExprId id, std::string_view what) {
    if (scope_.windows != nullptr) return true;
    Diagnostic& diagnostic =
        report(Code::misplaced_aggregate, id, fmt::format("{} is only known in the `when` of a signal", quoted(what)));
    diagnostic.label = fmt::format("stands {}", scope_.place.empty() ? "elsewhere" : scope_.place);
    return false;
}

void ExpressionChecker::check_where(ExprId where) {
    if (where == no_expr) return;
    SignalNotes* windows = scope_.windows;
    scope_.windows = nullptr; // no window inside a window
    const std::string_view place = scope_.place;
    scope_.place = "inside another aggregate";
    check_condition(where);
    scope_.place = place;
    scope_.windows = windows;
}

Type ExpressionChecker::visit(ExprId id, const AggregateExpr& aggregate, Type) {
    const bool allowed = windows_allowed(id, aggregate.function.text + "(…)");
    if (!allowed) return error_type; // what is inside is measured by other rules
    const Type type = check_aggregate_value(id, aggregate);
    check_window(id, aggregate);
    if (type.kind == Kind::error) return error_type;
    info(id).window = share(model_.trees[scope_.tree], scope_.windows->windows, id);
    return type;
}

Type ExpressionChecker::check_aggregate_value(ExprId id, const AggregateExpr& aggregate) {
    const std::string& name = aggregate.function.text;
    const bool percentile = name == "percentile";
    const std::size_t expected = name == "count" ? 0 : (percentile ? 2 : 1);
    SignalNotes* windows = scope_.windows;
    const std::string_view place = scope_.place;
    scope_.windows = nullptr;
    scope_.place = "inside another aggregate";
    const Facts before = scope_.facts;
    if (aggregate.where != no_expr) {
        check_where(aggregate.where);
        scope_.facts.merge(facts_of(aggregate.where, true));
    }
    Type argument = error_type;
    for (std::size_t index = 0; index < aggregate.arguments.size(); ++index) {
        const Type type = check(aggregate.arguments[index]);
        if (index == 0) argument = type;
    }
    bool lifted = false;
    if (aggregate.arguments.size() == expected && expected > 0) require_present(aggregate.arguments[0], lifted, name);
    scope_.facts = before;
    scope_.place = place;
    scope_.windows = windows;
    if (aggregate.arguments.size() != expected) {
        report(Code::wrong_arguments, id,
               fmt::format("`{}` takes {} value{}, not {}", name, expected, expected == 1 ? "" : "s",
                           aggregate.arguments.size()))
            .help =
            name == "count"
                ? "`count()` counts events, `count(where C)` those for which C holds, `distinct(x)` different values"
            : name == "distinct" && aggregate.arguments.size() > 1
                ? "several values are counted as one text: `distinct(host + \" \" + path)`; `to_text(x)` makes one of "
                  "others"
                : "";
        return error_type;
    }
    const bool may_lack = aggregate.where != no_expr;
    if (name == "count") return type_of(Kind::integer);
    const ExprId value = aggregate.arguments[0];
    argument = info(value).type;
    if (argument.kind == Kind::error) return error_type;
    argument = argument.as_required();
    if (name == "distinct") {
        if (argument.kind != Kind::list) return type_of(Kind::integer);
        report(Code::type_mismatch, value, "`distinct` counts single values, this is a list").label = show(argument);
        return error_type;
    }
    const bool ordered = name == "min" || name == "max" || percentile;
    if (ordered ? !is_orderable(argument.kind) : !is_quantity(argument.kind)) {
        report(Code::type_mismatch, value,
               fmt::format("`{}` needs numbers, {} is {}", name, quoted(written(value)), show(argument)))
            .label = "expected int, real, size or duration";
        return error_type;
    }
    if (percentile) {
        const ExprId rank = aggregate.arguments[1];
        const std::optional<Constant> constant =
            info(rank).type.kind == Kind::error ? std::nullopt : constant_value(model_, scope_.tree, rank);
        const double share_of =
            !constant ? -1
                      : (constant->type.kind == Kind::real ? constant->real : static_cast<double>(constant->integer));
        if (!is_number(info(rank).type.kind) || share_of < 0 || share_of > 100) {
            if (info(rank).type.kind != Kind::error)
                report(Code::out_of_range, rank, "the rank of a percentile is a constant from 0 to 100");
            return error_type;
        }
        info(rank).as = type_of(Kind::real);
    }
    if (name == "sum") return argument;
    Type result = argument;
    if (name == "avg" || name == "stddev") result = type_of(has_unit(argument.kind) ? argument.kind : Kind::real);
    result.optional = may_lack;
    return result;
}

void ExpressionChecker::check_window(ExprId id, const AggregateExpr& aggregate) {
    const Window& window = aggregate.window;
    if (window.kind == Window::Kind::none) {
        Diagnostic& diagnostic =
            report(Code::window_missing, id, fmt::format("{} does not say over which time", quoted(written(id))));
        diagnostic.label = "window expected";
        diagnostic.help = fmt::format("write `{} over 1h`, or `… per day`", written(id));
    } else if (window.kind == Window::Kind::over && window.duration.value <= 0) {
        checking_.diagnostics.add(Code::out_of_range, window.span, "a window has to be longer than nothing");
    } else if (window.kind == Window::Kind::per && window.unit.text != "hour" && window.unit.text != "day" &&
               window.unit.text != "week") {
        checking_.diagnostics
            .add(Code::out_of_range, window.unit.span,
                 fmt::format("there are no windows per {}", quoted(window.unit.text)))
            .help = "windows are per hour, day or week";
    }
}

Type ExpressionChecker::visit(ExprId id, const NewExpr& novelty, Type) {
    if (!windows_allowed(id, "new(…)")) return error_type;
    SignalNotes* windows = scope_.windows;
    scope_.windows = nullptr;
    bool fine = true;
    bool lifted = false;
    for (const ExprId argument : novelty.arguments) {
        const Type type = check(argument);
        if (type.kind == Kind::list) {
            report(Code::type_mismatch, argument, "`new` asks about a single value, this is a list").label = show(type);
            fine = false;
        }
        require_present(argument, lifted);
        fine = fine && info(argument).type.kind != Kind::error;
    }
    scope_.windows = windows;
    if (novelty.window.kind != Window::Kind::over || novelty.window.duration.value <= 0) {
        Diagnostic& diagnostic =
            report(Code::window_missing, id, fmt::format("{} does not say how far back it looks", quoted(written(id))));
        diagnostic.help = "write `new(…) over 90d`";
        return error_type;
    }
    if (novelty.arguments.empty()) {
        report(Code::wrong_arguments, id, "`new` needs a value").help =
            "say whose first sight counts: `new(host) over 90d`";
        return error_type;
    }
    if (!fine) return error_type;
    info(id).window = share(model_.trees[scope_.tree], scope_.windows->windows, id);
    return type_of(Kind::boolean);
}

Type ExpressionChecker::visit(ExprId id, const BaselineExpr& baseline, Type) {
    const bool peers = baseline.kind == BaselineExpr::Kind::peers;
    const bool deviation = baseline.kind == BaselineExpr::Kind::deviation;
    const std::string_view name = peers ? "peers" : (deviation ? "deviation" : "usual");
    if (!windows_allowed(id, fmt::format("{}(…)", name))) return error_type;
    const auto* aggregate =
        baseline.value == no_expr ? nullptr : std::get_if<AggregateExpr>(&expr(baseline.value).node);
    if (aggregate == nullptr) {
        report(Code::wrong_arguments, id, fmt::format("`{}` needs a windowed value", name)).help =
            fmt::format("write `{}(count() per day, …)`", name);
        return error_type;
    }
    const Type value = check(baseline.value);
    if (value.kind == Kind::error) return error_type;
    if (aggregate->window.kind != Window::Kind::per) {
        report(Code::window_missing, baseline.value, fmt::format("`{}` compares hours, days or weeks", name)).help =
            "write `per hour`, `per day` or `per week`";
        return error_type;
    }
    if (deviation && baseline.member) {
        checking_.diagnostics.add(Code::unknown_member, baseline.member->span,
                                  "`deviation(…)` is a number and has no parts");
        return error_type;
    }
    static constexpr std::string_view members[] = {"mean", "stddev", "n", "deviation"};
    const std::string member = deviation ? "deviation" : (baseline.member ? baseline.member->text : "");
    if (std::find(std::begin(members), std::end(members), member) == std::end(members)) {
        Diagnostic& diagnostic =
            baseline.member ? checking_.diagnostics.add(Code::unknown_member, baseline.member->span,
                                                        fmt::format("`{}(…)` has no part {}", name, quoted(member)))
                            : report(Code::unknown_member, id, fmt::format("`{}(…)` is no number by itself", name));
        diagnostic.help =
            fmt::format("its parts are `{0}(…).mean`, `{0}(…).stddev`, `{0}(…).n` and `{0}(…).deviation`", name);
        if (baseline.member) suggest(diagnostic, *baseline.member, members);
        return error_type;
    }
    const Type result = peers ? check_peers(id, baseline, value) : check_usual(id, baseline, value);
    if (result.kind == Kind::error) return error_type;
    info(id).lifted = true; // cold: unknown until there is history
    const bool unit = has_unit(value.kind) && (member == "mean" || member == "stddev");
    return Type{unit ? value.kind : Kind::real, true, 0};
}

Type ExpressionChecker::check_usual(ExprId id, const BaselineExpr& baseline, Type value) {
    const std::string& unit = std::get<AggregateExpr>(expr(baseline.value).node).window.unit.text;
    if (baseline.past && !baseline.past->known) return error_type;
    if (baseline.at_least && !baseline.at_least->known) return error_type;
    const std::int64_t buckets = (baseline.past ? baseline.past->value : 0) / length_of(unit);
    if (buckets < 1) {
        Diagnostic& diagnostic =
            checking_.diagnostics.add(Code::out_of_range, baseline.past ? baseline.past->span : expr(id).span,
                                      fmt::format("it does not say how many {}s it looks at", unit));
        diagnostic.help = fmt::format("write `past 30d`, at least one {}", unit);
        return error_type;
    }
    const std::int64_t at_least = baseline.at_least ? baseline.at_least->value : usual_least;
    if (at_least < 1 || at_least > buckets) {
        Diagnostic& diagnostic =
            report(Code::never_enough, id, fmt::format("{} {}s are never {}", buckets, unit, at_least));
        diagnostic.label = fmt::format("needs {} {}s", at_least, unit);
        diagnostic.help = "say less with `at least N`, or look at more past";
        return error_type;
    }
    if (baseline.during) {
        const Symbol* calendar = find_symbol(checking_, scope_.tree, *baseline.during, Sort::calendar);
        if (calendar == nullptr) return error_type;
        info(id).ref = {RefKind::calendar, calendar->index};
    }
    info(id).window = share(model_.trees[scope_.tree], scope_.windows->usuals, id);
    return value;
}

Type ExpressionChecker::check_peers(ExprId id, const BaselineExpr& baseline, Type value) {
    if (baseline.by == no_expr) {
        report(Code::wrong_arguments, id, "`peers` does not say whose peers").help =
            "write `peers(count() per day, by employee.department)`";
        return error_type;
    }
    const Type group = check(baseline.by);
    const Ref& by = info(baseline.by).ref;
    if (group.kind == Kind::error) return error_type;
    if (by.kind != RefKind::attribute || by.attribute != none || !runtime::is_textual(group.kind)) {
        report(Code::type_mismatch, baseline.by, "a group of peers is named by a text attribute of the employee")
            .label = "expected `employee.…`";
        return error_type;
    }
    std::uint32_t found = none;
    if (baseline.baseline) {
        const Symbol* symbol = find_symbol(checking_, scope_.tree, *baseline.baseline, Sort::baseline);
        if (symbol == nullptr) return error_type;
        found = symbol->index;
    } else {
        const std::vector<std::string_view> names = visible_names(checking_, scope_.tree, Sort::baseline);
        if (names.size() != 1) {
            report(Code::unknown_name, id,
                   names.empty() ? "there is no baseline to compare with" : "there are several baselines")
                .help = names.empty()
                            ? "declare one: `baseline NAME from \"file.csv\"`; `watchword baseline` computes it"
                            : "say which: `peers(…, by …, from NAME)`";
            return error_type;
        }
        found = visible(checking_, scope_.tree, names[0])[0].second->index;
    }
    info(id).ref = {RefKind::baseline, found};
    info(id).ref.attribute = by.index;
    info(id).window = share(model_.trees[scope_.tree], scope_.windows->peers, id);
    return value;
}

} // namespace watchword::dsl
