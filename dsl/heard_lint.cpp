// Conditions that no event that is heard can meet: the type or the signal of another, several different values of what
// is one, a difference in what `by` makes the same.
#include "dsl/comparison.hpp"
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"
#include "dsl/lint.hpp"
#include "dsl/possible_values.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

const std::string& name_of(const Model& model, Heard heard) {
    return heard.is_signal ? model.signals[heard.index].name : model.events[heard.index].name;
}

/// How many different values there can be at most, and why.
struct Most {
    std::uint32_t values = 0;
    std::string reason;
};

class HeardLint {
public:
    HeardLint(const Model& model, const Condition& condition, Diagnostics& diagnostics)
        : model_(model), tree_(model.trees[condition.tree]), condition_(condition), diagnostics_(diagnostics) {}

    void look() {
        for (const ExprId id : expressions_below(tree_, condition_.expr)) {
            const auto* binary = std::get_if<Binary>(&tree_[id].node);
            if (binary == nullptr || binary->op < BinaryOp::equal || binary->op > BinaryOp::in) continue;
            look_at_name(binary->left, binary->op, binary->right);
            look_at_number(id, binary->left, binary->op, binary->right);
            if (binary->op == BinaryOp::in) continue;
            look_at_name(binary->right, binary->op, binary->left);
            look_at_number(id, binary->right, mirrored(binary->op), binary->left);
        }
    }

private:
    const Ref& ref(ExprId id) const { return model_.info(condition_.tree, id).ref; }
    bool is_name(ExprId id) const {
        const RefKind kind = ref(id).kind;
        return std::holds_alternative<Path>(tree_[id].node) && !ref(id).of_trigger &&
               (kind == RefKind::event_type || kind == RefKind::signal_name);
    }

    /// What the event is one of whose type or signal that is.
    std::vector<std::string> names(ExprId id) const {
        const std::vector<Heard>* heard = condition_.heard;
        if (ref(id).of_step)
            heard = condition_.signal != nullptr && ref(id).index < condition_.signal->steps.size()
                        ? &condition_.signal->steps[ref(id).index].heard
                        : nullptr;
        std::vector<std::string> found;
        if (heard == nullptr) return found;
        for (const Heard one : *heard)
            if (ref(id).kind == RefKind::event_type || one.is_signal) found.push_back(name_of(model_, one));
        return found;
    }

    static std::string list_of(const std::vector<std::string>& names) {
        constexpr std::size_t most_shown = 8;
        std::string text;
        for (std::size_t index = 0; index < std::min(names.size(), most_shown); ++index)
            text += (text.empty() ? "" : ", ") + quoted(names[index]);
        return names.size() > most_shown ? text + ", …" : text;
    }

    /// `type == "file.delete"` where only copies are heard.
    void look_at_name(ExprId left, BinaryOp op, ExprId right) {
        if ((op != BinaryOp::equal && op != BinaryOp::in) || !is_name(left)) return;
        const std::optional<Constant> constant = constant_value(model_, condition_.tree, right);
        if (!constant || !constant->present || constant->file_list) return;
        const std::vector<std::string> heard = names(left);
        if (heard.empty()) return;
        const std::vector<Constant> one{*constant};
        const std::vector<Constant>& items = op == BinaryOp::in ? constant->items : one;
        const auto is_heard = [&](const Constant& item) {
            return std::find(heard.begin(), heard.end(), item.text) != heard.end();
        };
        // a list with a name may serve several signals
        const bool is_shared = op == BinaryOp::in && !std::holds_alternative<ListExpr>(tree_[right].node);
        if (is_shared && std::any_of(items.begin(), items.end(), is_heard)) return;
        for (const Constant& item : items) {
            if (is_heard(item)) continue;
            Diagnostic& diagnostic = diagnostics_.add(
                Code::constant_condition, tree_[right].span,
                fmt::format("{} is never `\"{}\"`", quoted(model_.sources->text(tree_[left].span)), item.text));
            diagnostic.label = op == BinaryOp::in ? "one of these is not heard here" : "not heard here";
            diagnostic.help = "what is heard: " + list_of(heard);
        }
    }

    /// `distinct(host) over 1h >= 2` where there is one host.
    void look_at_number(ExprId comparison, ExprId left, BinaryOp op, ExprId right) {
        const auto* aggregate = std::get_if<AggregateExpr>(&tree_[left].node);
        if (aggregate == nullptr || aggregate->function.text != "distinct" || condition_.signal == nullptr) return;
        const std::optional<Constant> constant = constant_value(model_, condition_.tree, right);
        if (!constant || !constant->present) return;
        const std::optional<Most> most = most_of(aggregate->arguments[0]);
        if (!most) return;
        Constant bound;
        bound.type.kind = Kind::integer;
        bound.integer = most->values;
        PossibleValues left_over;
        left_over.narrow(BinaryOp::at_most, bound, false);
        left_over.narrow(op, *constant, false);
        if (!left_over.empty()) return;
        Diagnostic& diagnostic = diagnostics_.add(
            Code::constant_condition, tree_[comparison].span,
            fmt::format("the condition can never be true: there {} of {}",
                        most->values == 1 ? std::string{"is one value"} : fmt::format("are {} values", most->values),
                        quoted(model_.sources->text(tree_[aggregate->arguments[0]].span))));
        diagnostic.label = fmt::format("never more than {}", most->values);
        diagnostic.help = most->reason;
    }

    std::optional<Most> most_of(ExprId value) const {
        const auto& declared = model_.decl<SignalDecl>(condition_.signal->at);
        for (const ExprId key : declared.by)
            if (same_expression(tree_, key, value)) return Most{1, "`by` counts for each of them by itself"};
        if (is_the_person(value)) return Most{1, "a signal is about one person; `across` compares several people"};
        if (is_name(value)) {
            const std::vector<std::string> heard = names(value);
            if (!heard.empty())
                return Most{static_cast<std::uint32_t>(heard.size()), "what is heard: " + list_of(heard)};
        }
        if (declared.where == no_expr) return std::nullopt;
        for (const ExprId part : operands_of(tree_, declared.where, BinaryOp::logic_and))
            if (is_fixed_by(part, value)) return Most{1, "`where` lets one value through"};
        return std::nullopt;
    }

    bool is_the_person(ExprId value) const {
        const Ref& read = ref(value);
        if (model_.decl<SignalDecl>(condition_.signal->at).across || read.attribute != none) return false;
        if (read.kind == RefKind::subject) return true;
        if (!std::holds_alternative<Path>(tree_[value].node) || read.kind != RefKind::field) return false;
        return std::all_of(condition_.heard->begin(), condition_.heard->end(), [&](Heard heard) {
            if (heard.is_signal) return false;
            const runtime::EventSchema& event = model_.events[heard.index];
            return event.subject >= 0 && event.fields[static_cast<std::size_t>(event.subject)].name == read.field;
        });
    }

    /// `host == "pc1"`, `removable`.
    bool is_fixed_by(ExprId part, ExprId value) const {
        const Kind kind = model_.info(condition_.tree, value).type.kind;
        if (kind == Kind::boolean) return same_expression(tree_, part, value);
        const auto* binary = std::get_if<Binary>(&tree_[part].node);
        if (binary == nullptr || binary->op != BinaryOp::equal || binary->folded || kind == Kind::person) return false;
        const bool left = same_expression(tree_, binary->left, value);
        const bool right = same_expression(tree_, binary->right, value);
        return (left && constant_value(model_, condition_.tree, binary->right)) ||
               (right && constant_value(model_, condition_.tree, binary->left));
    }

    const Model& model_;
    const Tree& tree_;
    const Condition& condition_;
    Diagnostics& diagnostics_;
};

/// Steps of a sequence that nothing can fill: they ask for a difference in the key, or for the event that breaks the
/// match.
class StepLint {
public:
    StepLint(const Model& model, const SignalInfo& signal, Diagnostics& diagnostics)
        : model_(model), tree_(model.trees[signal.at.tree]), signal_(signal),
          sequence_(*model.decl<SignalDecl>(signal.at).sequence), diagnostics_(diagnostics) {}

    void look() {
        for (std::uint32_t step = 0; step < sequence_.steps.size(); ++step) {
            const ExprId where = sequence_.steps[step].where;
            if (where == no_expr) continue;
            for (const ExprId part : operands_of(tree_, where, BinaryOp::logic_and)) look_at(part, step);
        }
        bool has_begun = false; // the step before which nothing waits can be filled
        for (std::uint32_t step = 0; step < sequence_.steps.size(); ++step) {
            const Step& written = sequence_.steps[step];
            if (written.forbidden) continue;
            if (has_begun || written.times.value > 1) look_for_until(step);
            if (has_begun) look_for_forbidden(step);
            has_begun = true;
        }
    }

private:
    struct Field {
        std::uint32_t step = none;
        std::string_view name;
    };

    /// The field of which step, in the condition of `step`, that is.
    Field field(ExprId id, std::uint32_t step) const {
        const Ref& ref = model_.info(signal_.at.tree, id).ref;
        if (!std::holds_alternative<Path>(tree_[id].node) || ref.attribute != none) return {};
        if (ref.kind == RefKind::field) return {step, ref.field};
        if (ref.kind == RefKind::step_field) return {ref.index, ref.field};
        return {};
    }

    const std::vector<ExprId>& keys(std::uint32_t step) const {
        return sequence_.steps[step].by.empty() ? sequence_.by : sequence_.steps[step].by;
    }

    bool is_key(Field field, std::size_t place) const {
        return place < keys(field.step).size() && this->field(keys(field.step)[place], field.step).name == field.name;
    }

    static bool hears_all(const std::vector<Heard>& heard, const std::vector<Heard>& of) {
        return std::all_of(of.begin(), of.end(),
                           [&](Heard one) { return std::find(heard.begin(), heard.end(), one) != heard.end(); });
    }

    /// `no file.copy  file.copy`
    void look_for_forbidden(std::uint32_t step) {
        const Step& before = sequence_.steps[step - 1];
        const bool same_keys = before.by.empty() && sequence_.steps[step].by.empty();
        if (!before.forbidden || before.where != no_expr || !same_keys) return;
        if (hears_all(signal_.steps[step - 1].heard, signal_.steps[step].heard))
            report(step, before.span, "breaks the match first");
    }

    /// `{ file.archive  file.copy } until file.copy`
    void look_for_until(std::uint32_t step) {
        for (std::uint32_t index = 0; index < sequence_.until.size(); ++index) {
            const Step& until = sequence_.until[index];
            const std::vector<ExprId>& own = keys(step);
            const bool every_key =
                until.by.empty() || std::equal(until.by.begin(), until.by.end(), own.begin(), own.end(),
                                               [&](ExprId a, ExprId b) { return same_expression(tree_, a, b); });
            if (until.where != no_expr || !every_key) continue;
            if (hears_all(signal_.until[index].heard, signal_.steps[step].heard))
                return report(step, until.span, "clears the match first");
        }
    }

    void report(std::uint32_t step, Span cause, std::string_view how) {
        Diagnostic& diagnostic = diagnostics_.add(Code::constant_condition, sequence_.steps[step].span,
                                                  "the step can never be filled: the same event ends the match");
        diagnostic.label = "comes too late";
        diagnostic.notes.push_back({cause, std::string{how}});
    }

    void look_at(ExprId part, std::uint32_t step) {
        const auto* binary = std::get_if<Binary>(&tree_[part].node);
        if (binary == nullptr || binary->op != BinaryOp::unequal) return;
        const Field left = field(binary->left, step), right = field(binary->right, step);
        if (left.step == none || right.step == none || left.step == right.step) return;
        for (std::size_t place = 0; place < keys(step).size(); ++place) {
            if (!is_key(left, place) || !is_key(right, place)) continue;
            Diagnostic& diagnostic =
                diagnostics_.add(Code::constant_condition, tree_[part].span,
                                 "the condition can never be true: the steps of a match have the same key");
            diagnostic.label = "contradicts `by`";
            diagnostic.notes.push_back({tree_[keys(step)[place]].span, "the key"});
            return;
        }
    }

    const Model& model_;
    const Tree& tree_;
    const SignalInfo& signal_;
    const Sequence& sequence_;
    Diagnostics& diagnostics_;
};

} // namespace

void lint_heard(const Model& model, Diagnostics& diagnostics) {
    each_condition(model, [&](const Condition& condition) { HeardLint(model, condition, diagnostics).look(); });
    for (const SignalInfo& signal : model.signals)
        if (is_looked_at(model, signal.at.tree) && model.decl<SignalDecl>(signal.at).sequence)
            StepLint(model, signal, diagnostics).look();
}

} // namespace watchword::dsl
