// The windowed values of a signal's `when`, and what explanations show of a hit.
#include "dsl/lower_signal.hpp"

#include <algorithm>
#include <set>

namespace watchword::dsl {

using runtime::Aggregate;
using runtime::Observation;
using runtime::Opcode;
using runtime::Pane;
using runtime::SignalPlan;

namespace {

Aggregate aggregate_of(const std::string& name) {
    static constexpr std::pair<std::string_view, Aggregate> rows[] = {
        {"count", Aggregate::count},       {"sum", Aggregate::sum},
        {"avg", Aggregate::avg},           {"min", Aggregate::min},
        {"max", Aggregate::max},           {"stddev", Aggregate::stddev},
        {"distinct", Aggregate::distinct}, {"percentile", Aggregate::percentile}};
    for (const auto& [word, aggregate] : rows)
        if (word == name) return aggregate;
    return Aggregate::count;
}

Pane pane_of(const Window& window) {
    if (window.kind != Window::Kind::per) return Pane::sliding;
    return window.unit.text == "hour" ? Pane::hour : window.unit.text == "week" ? Pane::week : Pane::day;
}

runtime::Duration length_of(Pane pane) {
    switch (pane) {
    case Pane::hour:
        return runtime::one_hour;
    case Pane::week:
        return runtime::one_week;
    case Pane::day:
    case Pane::sliding:
        break;
    }
    return runtime::one_day;
}

/// Least scale of a deviation: 1, 1 MB, 1 min.
double unit_of(Kind kind) {
    if (kind == Kind::size) return 1e6;
    return kind == Kind::duration ? 6e7 : 1;
}

runtime::Member member_of(const BaselineExpr& baseline) {
    if (baseline.kind == BaselineExpr::Kind::deviation) return runtime::Member::deviation;
    const std::string name = baseline.member ? baseline.member->text : "mean";
    if (name == "stddev") return runtime::Member::stddev;
    if (name == "n") return runtime::Member::n;
    return name == "deviation" ? runtime::Member::deviation : runtime::Member::mean;
}

template <class Item>
Item& entry(std::vector<Item>& items, std::size_t index) {
    if (items.size() <= index) items.resize(index + 1);
    return items[index];
}

constexpr std::uint32_t most_windows = 1'000; ///< of one signal; the checker numbers them densely

} // namespace

runtime::WindowPlan SignalLowering::window(std::uint32_t tree, ExprId expr, const BoundParameters& parameters) {
    const Model& model = lowering_.model;
    runtime::WindowPlan plan;
    plan.label = lowering_.written(tree, expr);
    plan.argument = {Kind::boolean, false, 0};
    std::vector<ExprId> arguments;
    if (const auto* novelty = std::get_if<NewExpr>(&model.expr(tree, expr).node)) {
        plan.aggregate = Aggregate::is_new;
        plan.span = novelty->window.duration.value;
        arguments = novelty->arguments;
    } else if (const auto* aggregate = std::get_if<AggregateExpr>(&model.expr(tree, expr).node)) {
        plan.aggregate = aggregate_of(aggregate->function.text);
        plan.pane = pane_of(aggregate->window);
        plan.span = aggregate->window.duration.value;
        arguments = aggregate->arguments;
        if (plan.aggregate == Aggregate::percentile && arguments.size() > 1) {
            const auto rank = used_constant(model, tree, arguments[1], &parameters);
            plan.percentile = !rank                           ? 50
                              : rank->type.kind == Kind::real ? rank->real
                                                              : static_cast<double>(rank->integer);
            arguments.resize(1);
        }
    }
    if (arguments.size() == 1) plan.argument = model.info(tree, arguments.front()).as.as_required();
    if (arguments.size() > 1) plan.argument = {Kind::list, false, static_cast<std::uint16_t>(Kind::text)};
    return plan;
}

void SignalLowering::windows(const SignalInfo& info, const SignalDecl& declared, const BoundParameters& parameters,
                             SignalPlan& plan, std::vector<ExprId>& exprs) {
    const Model& model = lowering_.model;
    const std::uint32_t tree = info.at.tree;
    const std::vector<ExprId> inside = expressions_in(lowering_.tree(tree), declared.when);
    std::set<ExprId> compared; // by `usual` and the like
    for (const ExprId id : inside)
        if (const auto* baseline = std::get_if<BaselineExpr>(&model.expr(tree, id).node))
            compared.insert(baseline->value);
    for (const ExprId id : inside) {
        const Expr& expr = model.expr(tree, id);
        const ExprInfo& known = model.info(tree, id);
        const bool is_window =
            std::holds_alternative<AggregateExpr>(expr.node) || std::holds_alternative<NewExpr>(expr.node);
        if (known.window > most_windows) {
            if (known.window != none) lowering_.code.give_up(expr.span);
            continue;
        }
        if (is_window) {
            if (known.window >= exprs.size()) exprs.resize(known.window + 1, no_expr);
            const bool in_condition = !compared.contains(id);
            if (exprs[known.window] != no_expr) {
                plan.windows[known.window].in_condition |= in_condition;
                continue;
            }
            exprs[known.window] = id;
            entry(plan.windows, known.window) = window(tree, id, parameters);
            plan.windows[known.window].in_condition = in_condition;
            if (std::holds_alternative<NewExpr>(expr.node)) plan.when_has_new = true;
            continue;
        }
        const auto* baseline = std::get_if<BaselineExpr>(&expr.node);
        if (baseline == nullptr) continue;
        const ExprInfo& value = model.info(tree, baseline->value);
        const double unit = unit_of(value.type.kind);
        if (baseline->kind == BaselineExpr::Kind::peers) {
            runtime::PeersPlan& peers = entry(plan.peers, known.window);
            peers = {known.ref.index, value.window, known.ref.attribute, unit};
            continue;
        }
        runtime::UsualPlan& usual = entry(plan.usuals, known.window);
        const auto* inner = std::get_if<AggregateExpr>(&model.expr(tree, baseline->value).node);
        usual.window = value.window;
        usual.buckets = static_cast<std::uint32_t>(
            std::min<std::int64_t>((baseline->past ? baseline->past->value : 0) /
                                       length_of(inner == nullptr ? Pane::day : pane_of(inner->window)),
                                   100'000));
        usual.at_least = static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(baseline->at_least ? baseline->at_least->value : usual_least, 1, 100'000));
        if (baseline->during && known.ref.kind == RefKind::calendar) usual.calendar = known.ref.index;
        usual.unit = unit;
    }
}

bool SignalLowering::reads_sensitive(std::uint32_t tree, ExprId expr, Heard heard) const {
    for (const ReadField& read : fields_read(lowering_, tree, {expr})) {
        const runtime::Field* field = field_of(heard, read.ref.field);
        if (field != nullptr && field->sensitive) return true;
    }
    return false;
}

void SignalLowering::window_observations(std::uint32_t tree, ExprId when, Heard heard, const SignalPlan& plan,
                                         std::vector<Observation>& into) {
    const Model& model = lowering_.model;
    for (const ExprId id : expressions_in(lowering_.tree(tree), when)) {
        const Expr& expr = model.expr(tree, id);
        const ExprInfo& info = model.info(tree, id);
        if (info.window == none) continue;
        Observation observation;
        observation.label = lowering_.written(tree, id);
        observation.type = info.type;
        const auto same = [&](const Observation& one) { return one.label == observation.label; };
        if (std::any_of(into.begin(), into.end(), same)) continue;
        if (const auto* baseline = std::get_if<BaselineExpr>(&expr.node)) {
            const bool peers = baseline->kind == BaselineExpr::Kind::peers;
            observation.code =
                lowering_.code.load_member(peers ? Opcode::load_peers : Opcode::load_usual,
                                           static_cast<std::uint16_t>(info.window), member_of(*baseline), info.type);
        } else if (info.window < plan.windows.size()) {
            observation.code = lowering_.code.load(Opcode::load_window, static_cast<std::uint16_t>(info.window));
            const auto* aggregate = std::get_if<AggregateExpr>(&expr.node);
            const bool counts = aggregate == nullptr || aggregate->arguments.empty() ||
                                aggregate->function.text == "count" || aggregate->function.text == "distinct";
            observation.sensitive = !counts && reads_sensitive(tree, aggregate->arguments.front(), heard);
        } else {
            continue;
        }
        into.push_back(std::move(observation));
    }
}

void SignalLowering::observe(std::uint32_t tree, Heard heard, const CodeScope& scope,
                             const std::vector<ExprId>& conditions, std::vector<Observation>& into) {
    for (const ReadField& read : fields_read(lowering_, tree, conditions)) {
        const runtime::Field* field = field_of(heard, read.ref.field);
        if (field == nullptr) continue;
        Ref ref = read.ref;
        Observation observation;
        observation.label = read.label;
        observation.type = field->type;
        observation.sensitive = field->sensitive;
        if (ref.attribute != none) { // what is read of that person is shown, not the person
            const runtime::Field& attribute = lowering_.program.employee.attributes[ref.attribute];
            observation.type = attribute.type.as_optional();
            observation.sensitive = attribute.sensitive;
        }
        observation.code = lowering_.code.reference(scope, ref);
        const auto same = [&](const Observation& one) { return one.label == observation.label; };
        if (std::none_of(into.begin(), into.end(), same)) into.push_back(std::move(observation));
    }
}

} // namespace watchword::dsl
