// Comparisons with what a function never gives, and patterns of other languages: they compile, and never hold.
#include "dsl/lint.hpp"

#include "dsl/comparison.hpp"
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace watchword::dsl {

namespace {

/// Functions of the standard library whose results are whole numbers of a small range.
struct NumberRange {
    std::string_view function;
    std::int64_t least, most;
    std::string_view what;
};
constexpr std::array<NumberRange, 5> number_ranges{{
    {"hour", 0, 23, "hours go from 0 to 23"},
    {"minute", 0, 59, "minutes go from 0 to 59"},
    {"weekday", 1, 7, "Monday is 1 and Sunday is 7"},
    {"day", 1, 31, "days go from 1 to 31"},
    {"month", 1, 12, "January is 1 and December is 12"},
}};
constexpr std::array<std::string_view, 7> day_names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

bool has_upper(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isupper(c) != 0; });
}
bool has_lower(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::islower(c) != 0; });
}

/// Why the function's result never is, or never has in it, that text; empty: it may.
std::string_view never_text(std::string_view function, std::string_view text, bool is_part) {
    if (function == "day_name" && !is_part && std::find(day_names.begin(), day_names.end(), text) == day_names.end())
        return "days are called mon, tue, wed, thu, fri, sat and sun";
    if (function == "extension" && (text.starts_with('.') || has_upper(text)))
        return "extensions are in small letters and without the point";
    if (function == "lower" && has_upper(text)) return "`lower` leaves no capital letters";
    if (function == "upper" && has_lower(text)) return "`upper` leaves no small letters";
    return {};
}

/// `*.zip|*.7z`, as if it were several patterns; not `*| iex*`, where a pipe is looked for.
bool is_choice(std::string_view pattern) {
    const std::size_t bar = pattern.find('|');
    if (bar == std::string_view::npos || bar + 1 == pattern.size() || pattern.find(' ') != std::string_view::npos)
        return false;
    return pattern[bar + 1] == '*' && pattern.find('.') != std::string_view::npos;
}

class ValueLint {
public:
    ValueLint(const Model& model, std::uint32_t tree, Diagnostics& diagnostics)
        : model_(model), tree_(model.trees[tree]), index_(tree), diagnostics_(diagnostics) {}

    void look(ExprId condition) {
        if (condition == no_expr) return;
        for (const ExprId id : expressions_below(tree_, condition))
            if (const auto* binary = std::get_if<Binary>(&tree_[id].node)) look_at(*binary);
    }

private:
    void look_at(const Binary& binary) {
        if (binary.op == BinaryOp::like) return look_at_pattern(binary.right);
        compare(binary.left, binary.op, binary.right, binary.folded);
        if (binary.op >= BinaryOp::equal && binary.op <= BinaryOp::at_least && binary.op != BinaryOp::unequal)
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

    void compare(ExprId left, BinaryOp op, ExprId right, bool folded) {
        const auto* call = std::get_if<Call>(&tree_[left].node);
        if (call == nullptr || model_.info(index_, left).ref.kind != RefKind::function) return;
        const std::optional<Constant> constant = constant_value(model_, index_, right);
        if (!constant || !constant->present) return;
        const std::string& function = call->function.text;
        if (op == BinaryOp::in)
            for (const Constant& item : constant->items) look_at_value(right, function, BinaryOp::equal, item, folded);
        else if (constant->items.empty())
            look_at_value(right, function, op, *constant, folded);
    }

    void look_at_value(ExprId at, std::string_view function, BinaryOp op, const Constant& value, bool folded) {
        if (value.type.kind == Kind::integer) return look_at_number(at, function, op, value.integer);
        const bool is_part = op == BinaryOp::contains || op == BinaryOp::starts_with || op == BinaryOp::ends_with;
        if (!runtime::is_textual(value.type.kind) || folded || (op != BinaryOp::equal && !is_part)) return;
        const std::string_view why = never_text(function, value.text, is_part);
        if (!why.empty())
            warn(at, fmt::format("{} never gives {}", quoted(function), show_text(value.text)), std::string{why});
    }

    void look_at_number(ExprId at, std::string_view function, BinaryOp op, std::int64_t value) {
        for (const NumberRange& range : number_ranges) {
            if (range.function != function) continue;
            const bool never =
                (op == BinaryOp::equal && (value < range.least || value > range.most)) ||
                (op == BinaryOp::more && value >= range.most) || (op == BinaryOp::at_least && value > range.most) ||
                (op == BinaryOp::less && value <= range.least) || (op == BinaryOp::at_most && value < range.least);
            if (never) warn(at, fmt::format("{} never gives such a value", quoted(function)), std::string{range.what});
        }
    }

    static std::string show_text(std::string_view text) { return fmt::format("`\"{}\"`", text); }

    void warn(ExprId at, std::string message, std::string help) {
        Diagnostic& diagnostic = diagnostics_.add(Code::constant_condition, tree_[at].span, std::move(message));
        const std::optional<Constant> value = constant_value(model_, index_, at);
        diagnostic.label = value && !value->items.empty() ? "one of these hardly ever fits" : "hardly ever fits";
        diagnostic.help = std::move(help);
    }

    const Model& model_;
    const Tree& tree_;
    std::uint32_t index_;
    Diagnostics& diagnostics_;
};

} // namespace

void lint_values(const Model& model, Diagnostics& diagnostics) {
    each_condition(model,
                   [&](std::uint32_t tree, ExprId condition) { ValueLint(model, tree, diagnostics).look(condition); });
}

} // namespace watchword::dsl
