// Comparisons with what a function never gives, patterns and ranks of other languages: they compile, and never hold.
#include "dsl/lint.hpp"

#include "dsl/comparison.hpp"
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

/// `*.zip|*.7z`, as if it were several patterns; not `*| iex*`, where a pipe is looked for.
bool is_choice(std::string_view pattern) {
    const std::size_t bar = pattern.find('|');
    if (bar == std::string_view::npos || bar + 1 == pattern.size() || pattern.find(' ') != std::string_view::npos)
        return false;
    return pattern[bar + 1] == '*' && pattern.find('.') != std::string_view::npos;
}

/// `*.zip`, `secret*`: one word with the star of a pattern at its end. Not `rm -rf *`, nor `/*`.
bool is_pattern(std::string_view text) {
    const auto is_letter = [](char byte) {
        return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    };
    return text.find(' ') == std::string_view::npos && (text.starts_with('*') || text.ends_with('*')) &&
           std::any_of(text.begin(), text.end(), is_letter);
}

class ValueLint {
public:
    ValueLint(const Model& model, const Condition& condition, Diagnostics& diagnostics)
        : model_(model), tree_(model.trees[condition.tree]), index_(condition.tree), condition_(condition.expr),
          diagnostics_(diagnostics) {}

    void look() {
        for (const ExprId id : expressions_below(tree_, condition_)) {
            if (const auto* binary = std::get_if<Binary>(&tree_[id].node)) look_at(*binary);
            if (const auto* aggregate = std::get_if<AggregateExpr>(&tree_[id].node)) look_at(*aggregate);
        }
    }

private:
    void look_at(const AggregateExpr& aggregate) {
        if (aggregate.function.text != "percentile" || aggregate.arguments.size() != 2) return;
        const ExprId rank = aggregate.arguments[1];
        const std::optional<Constant> constant = constant_value(model_, index_, rank);
        if (!constant || constant->type.kind != Kind::real || constant->real <= 0 || constant->real >= 1) return;
        Diagnostic& diagnostic =
            warn(rank, fmt::format("ranks go from 0 to 100: nearly all values lie above that of {:g}", constant->real),
                 fmt::format("write `{:g}`", constant->real * 100));
        diagnostic.label = "less than one in a hundred";
    }

    void look_at(const Binary& binary) {
        if (binary.op == BinaryOp::like) return look_at_pattern(binary.right);
        if (binary.op == BinaryOp::contains || binary.op == BinaryOp::starts_with || binary.op == BinaryOp::ends_with)
            look_at_part(binary);
        if (binary.op == BinaryOp::equal || binary.op == BinaryOp::unequal || binary.op == BinaryOp::in ||
            binary.op == BinaryOp::not_in)
            look_at_whole(binary);
        compare(binary.left, binary.op, binary.right, binary.folded);
        if (is_comparison(binary.op) && binary.op != BinaryOp::unequal)
            compare(binary.right, mirrored(binary.op), binary.left, binary.folded);
    }

    void look_at_pattern(ExprId right) {
        const std::optional<Constant> pattern = constant_value(model_, index_, right);
        if (!pattern || !pattern->present) return;
        const std::string& text = pattern->text;
        if (text.find('%') != std::string::npos && text.find_first_of("*?") == std::string::npos)
            warn(right, "`%` stands for itself in a pattern", "`*` stands for any characters, `?` for one");
        else if (is_choice(text))
            warn(right, "`|` stands for itself in a pattern",
                 "for several patterns write `like_any(x, [\"…\", \"…\"])`");
    }

    void look_at_part(const Binary& binary) {
        const std::optional<Constant> part = constant_value(model_, index_, binary.right);
        if (!part || !part->present || !is_pattern(part->text)) return;
        warn(binary.right, "`*` stands for itself here",
             fmt::format("in the pattern of `like{}` it stands for any characters", binary.folded ? "~" : ""));
    }

    /// `path == "*.zip"`, as Sigma has it.
    void look_at_whole(const Binary& binary) {
        const bool is_list = binary.op == BinaryOp::in || binary.op == BinaryOp::not_in;
        if (is_list && !std::holds_alternative<ListExpr>(tree_[binary.right].node)) return;
        const std::optional<Constant> whole = constant_value(model_, index_, binary.right);
        if (!whole || !whole->present) return;
        const auto is_one = [](const Constant& text) {
            return runtime::is_textual(text.type.kind) && is_pattern(text.text);
        };
        if (is_list ? std::none_of(whole->items.begin(), whole->items.end(), is_one) : !is_one(*whole)) return;
        warn(binary.right, "`*` stands for itself here",
             is_list && !binary.folded
                 ? std::string("in the patterns of `like_any(x, [\"…\", \"…\"])` it stands for any characters")
                 : fmt::format("in the pattern of `like{}` it stands for any characters", binary.folded ? "~" : ""));
    }

    void compare(ExprId left, BinaryOp op, ExprId right, bool folded) {
        const Ref& ref = model_.info(index_, left).ref;
        if (!std::holds_alternative<Call>(tree_[left].node) || ref.kind != RefKind::function) return;
        const std::optional<Constant> constant = constant_value(model_, index_, right);
        if (!constant || !constant->present) return;
        const runtime::FunctionRow& row = (*model_.functions)[ref.index];
        if (op == BinaryOp::in)
            for (const Constant& item : constant->items) look_at_value(right, row, BinaryOp::equal, item, folded);
        else if (constant->items.empty())
            look_at_value(right, row, op, *constant, folded);
    }

    void look_at_value(ExprId at, const runtime::FunctionRow& row, BinaryOp op, const Constant& value, bool folded) {
        if (value.type.kind == Kind::integer && never(row, op, value.integer))
            warn(at, fmt::format("{} never gives such a value", quoted(row.name)), help(row));
        const bool is_part = op == BinaryOp::equal || op == BinaryOp::contains || op == BinaryOp::starts_with ||
                             op == BinaryOp::ends_with;
        if (!runtime::is_textual(value.type.kind) || folded || !is_part) return;
        if (row.may_have != nullptr && !row.may_have(value.text))
            warn(at, fmt::format("{} never gives `\"{}\"`", quoted(row.name), value.text), help(row));
    }

    static bool never(const runtime::FunctionRow& row, BinaryOp op, std::int64_t value) {
        switch (op) {
        case BinaryOp::equal:
            return value < row.least || value > row.most;
        case BinaryOp::more:
            return value >= row.most;
        case BinaryOp::at_least:
            return value > row.most;
        case BinaryOp::less:
            return value <= row.least;
        case BinaryOp::at_most:
            return value < row.least;
        default:
            return false;
        }
    }

    static std::string help(const runtime::FunctionRow& row) {
        return fmt::format("{}: {}", quoted(row.signature), row.doc);
    }

    Diagnostic& warn(ExprId at, std::string message, std::string help) {
        Diagnostic& diagnostic = diagnostics_.add(Code::constant_condition, tree_[at].span, std::move(message));
        const std::optional<Constant> value = constant_value(model_, index_, at);
        diagnostic.label = value && !value->items.empty() ? "one of these hardly ever fits" : "hardly ever fits";
        diagnostic.help = std::move(help);
        return diagnostic;
    }

    const Model& model_;
    const Tree& tree_;
    std::uint32_t index_;
    ExprId condition_;
    Diagnostics& diagnostics_;
};

} // namespace

void lint_values(const Model& model, Diagnostics& diagnostics) {
    each_condition(model, [&](const Condition& condition) { ValueLint(model, condition, diagnostics).look(); });
}

} // namespace watchword::dsl
