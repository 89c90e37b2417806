// Types of expressions: literals, conditions, calls, lists, `has`, quantifiers, calendars. Operators, paths, aggregates
// and conversions have files of their own.
#include "dsl/expression_checker.hpp"

#include "dsl/constants.hpp"
#include "dsl/foreign_words.hpp"
#include "dsl/types.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace watchword::dsl {

Type ExpressionChecker::check(ExprId id, Type wanted) {
    if (id == no_expr) return error_type;
    const Type type = std::visit([&](const auto& node) { return visit(id, node, wanted); }, expr(id).node);
    ExprInfo& own = info(id);
    own.type = type;
    if (own.as.kind == Kind::error) own.as = type;
    return type;
}

void ExpressionChecker::check_condition(ExprId id) {
    if (id == no_expr) return;
    const Type type = check(id);
    if (type.kind == Kind::error) return;
    if (type.kind != Kind::boolean && !(scope_.source != nullptr && type.kind == Kind::text)) {
        Diagnostic& diagnostic =
            report(Code::not_a_condition, id, fmt::format("{} is {}, not a condition", written(id), show(type)));
        diagnostic.label = "expected bool";
        if (type.kind == Kind::size || type.kind == Kind::integer || type.kind == Kind::duration ||
            type.kind == Kind::real)
            diagnostic.help = "compare it, as in `… > " + std::string(sample_default(type.kind)) + "`";
        return;
    }
    if (type.kind == Kind::text) info(id).as = Type{Kind::boolean, true, 0};
    bool lifted = false;
    require_present(id, lifted);
}

bool ExpressionChecker::check_value(ExprId id, Type target, std::string_view what) {
    if (id == no_expr) return false;
    const Type type = check(id, target);
    if (type.kind == Kind::error || target.kind == Kind::error) return false;
    if (!convert(id, target, what)) return false;
    if (target.optional) return true;
    bool lifted = false;
    const std::size_t before = checking_.diagnostics.errors();
    require_present(id, lifted);
    return checking_.diagnostics.errors() == before;
}

void ExpressionChecker::require_present(ExprId id, bool& lifted, std::string_view aggregate) {
    ExprInfo& own = info(id);
    if (own.type.kind == Kind::error || !own.type.optional) return;
    if (scope_.source != nullptr || own.lifted) {
        lifted = true;
        return;
    }
    const std::string shown = written(id);
    Diagnostic& diagnostic = report(Code::unguarded_optional, id, fmt::format("{} may be absent", quoted(shown)));
    diagnostic.label = fmt::format("{}", show(own.type));
    const std::string_view sample = sample_default(own.type.kind);
    const std::string fallback = sample.empty() ? "…" : std::string(sample);
    if (!key(id).empty() && !aggregate.empty())
        diagnostic.help = fmt::format("look only at events that have it: `{}({} where has {})`, or `has {}` in the "
                                      "signal's `where`",
                                      aggregate, shown, shown, shown);
    else if (!key(id).empty())
        diagnostic.help =
            fmt::format("guard it, `has {} and …`, or give a default, `{} ?? {}`", shown, shown, fallback);
    else
        diagnostic.help = fmt::format("give a default: `({}) ?? {}`", shown, fallback);
    own.type = error_type; // reported once
    own.as = error_type;
}

Type ExpressionChecker::use_optional(Type type, ExprId id, bool lifted) {
    if (!lifted) return type;
    info(id).lifted = true;
    return type.as_optional();
}

std::string ExpressionChecker::show(Type type) const { return quoted(show_type(model_, type)); }

std::string ExpressionChecker::written(ExprId id) const {
    constexpr std::size_t longest = 60;
    std::string line;
    bool blank = false;
    for (const char character : checking_.text(expr(id).span)) {
        const bool space = character == ' ' || character == '\n' || character == '\t' || character == '\r';
        if (space) {
            blank = !line.empty();
            continue;
        }
        if (blank) line += ' ';
        blank = false;
        line += character;
    }
    if (line.size() <= longest) return line;
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
    return line.substr(0, end) + "…";
}

Type ExpressionChecker::visit(ExprId, const Literal& literal, Type) {
    switch (literal.kind) {
    case LiteralKind::boolean:
        return type_of(Kind::boolean);
    case LiteralKind::integer:
        return type_of(Kind::integer);
    case LiteralKind::real:
    case LiteralKind::percentage:
        return type_of(Kind::real);
    case LiteralKind::text:
    case LiteralKind::raw_text:
        return type_of(Kind::text);
    case LiteralKind::instant:
        return type_of(Kind::time);
    case LiteralKind::time_of_day:
        return type_of(Kind::time_of_day);
    case LiteralKind::duration:
        return type_of(Kind::duration);
    case LiteralKind::size:
        return type_of(Kind::size);
    }
    return error_type;
}

Type ExpressionChecker::visit(ExprId id, const Unary& unary, Type) {
    bool lifted = false;
    if (unary.op == UnaryOp::logic_not) {
        const Type type = check(unary.operand);
        if (type.kind == Kind::error) return error_type;
        if (type.kind != Kind::boolean) {
            report(Code::not_a_condition, unary.operand,
                   fmt::format("`not` needs a condition, {} is {}", quoted(written(unary.operand)), show(type)))
                .label = "expected bool";
            return error_type;
        }
        require_present(unary.operand, lifted);
        return use_optional(type_of(Kind::boolean), id, lifted);
    }
    const Type type = check(unary.operand);
    if (type.kind == Kind::error) return error_type;
    if (!is_quantity(type.kind)) {
        report(Code::type_mismatch, unary.operand,
               fmt::format("{} cannot be negated: it is {}", quoted(written(unary.operand)), show(type)));
        return error_type;
    }
    require_present(unary.operand, lifted);
    return use_optional(type.as_required(), id, lifted);
}

Type ExpressionChecker::visit(ExprId id, const Conditional& conditional, Type wanted) {
    check_condition(conditional.condition);
    const Facts before = scope_.facts;
    scope_.facts.merge(facts_of(conditional.condition, true));
    const Type then = check(conditional.then, wanted);
    scope_.facts = before;
    scope_.facts.merge(facts_of(conditional.condition, false));
    const Type otherwise = check(conditional.otherwise, wanted.kind == Kind::error ? then : wanted);
    scope_.facts = before;
    if (then.kind == Kind::error || otherwise.kind == Kind::error) return error_type;
    if (!unify(conditional.then, conditional.otherwise, "the two branches of `if`")) return error_type;
    Type result = info(conditional.then).as;
    result.optional = then.optional || otherwise.optional;
    info(id).lifted = info(conditional.then).lifted || info(conditional.otherwise).lifted;
    return result;
}

bool ExpressionChecker::check_arguments(ExprId id, const Call& call, const std::vector<Type>& parameters,
                                        std::size_t required, std::string_view signature, bool& lifted) {
    if (call.arguments.size() < required || call.arguments.size() > parameters.size()) {
        const std::string wanted = required == parameters.size() ? fmt::format("{}", required)
                                                                 : fmt::format("{} to {}", required, parameters.size());
        Diagnostic& diagnostic =
            report(Code::wrong_arguments, id,
                   fmt::format("{} takes {} argument{}, not {}", quoted(call.function.text), wanted,
                               required == 1 && parameters.size() == 1 ? "" : "s", call.arguments.size()));
        diagnostic.label = "wrong number of arguments";
        if (signature != call.function.text) diagnostic.help = fmt::format("it is {}", quoted(signature));
        return false;
    }
    bool fine = true;
    for (std::size_t index = 0; index < call.arguments.size(); ++index) {
        const ExprId argument = call.arguments[index];
        if (info(argument).type.kind == Kind::error ||
            !convert(argument, parameters[index], fmt::format("argument {} of {}", index + 1, quoted(signature)))) {
            fine = false;
            continue;
        }
        require_present(argument, lifted);
        fine = fine && info(argument).type.kind != Kind::error;
    }
    return fine;
}

Type ExpressionChecker::visit(ExprId id, const Call& call, Type) {
    const auto found = visible(checking_, scope_.tree, call.function.text);
    if (!found.empty()) {
        const Symbol* symbol = find_symbol(checking_, scope_.tree, call.function, Sort::define);
        if (symbol != nullptr) return check_define(id, call, symbol->index);
        for (const ExprId argument : call.arguments) check(argument);
        return error_type;
    }
    return check_function(id, call);
}

Type ExpressionChecker::check_define(ExprId id, const Call& call, std::uint32_t define) {
    ensure_define(checking_, define, call.function.span);
    const DefineInfo& definition = model_.defines[define];
    for (std::size_t index = 0; index < call.arguments.size(); ++index)
        check(call.arguments[index], index < definition.parameters.size() ? definition.parameters[index] : Type{});
    info(id).ref = {RefKind::define, define};
    bool lifted = false;
    if (!check_arguments(id, call, definition.parameters, definition.required, call.function.text, lifted))
        return error_type;
    const Asked& asked = checking_.define_asks[define];
    if (scope_.asked != nullptr) {
        scope_.asked->person |= asked.person;
        scope_.asked->clock |= asked.clock;
    }
    if (asked.person && !scope_.employee) {
        report(Code::no_person_here, id,
               fmt::format("{} asks about the person in question, and there is none {}", quoted(call.function.text),
                           scope_.place));
        return error_type;
    }
    if (asked.clock && !scope_.clock) {
        report(Code::misplaced_expression, id,
               fmt::format("{} compares the time with a calendar, and there is none {}", quoted(call.function.text),
                           scope_.place));
        return error_type;
    }
    return use_optional(definition.result, id, lifted);
}

void ExpressionChecker::check_known_arguments(const Call& call, const runtime::FunctionRow& row) {
    if (row.problem == nullptr) return;
    for (std::size_t index = 0; index < call.arguments.size(); ++index) {
        const std::optional<Constant> known = constant_value(model_, scope_.tree, call.arguments[index]);
        if (!known || !known->present) continue;
        runtime::ConstantArena arena;
        const std::string problem = row.problem(index, to_value(*known, arena));
        if (!problem.empty()) report(Code::bad_literal, call.arguments[index], problem);
    }
}

Type ExpressionChecker::check_function(ExprId id, const Call& call) {
    const std::vector<runtime::FunctionRow>& rows = *checking_.options.functions;
    std::vector<std::uint32_t> named;
    for (std::uint32_t index = 0; index < rows.size(); ++index)
        if (rows[index].name == call.function.text) named.push_back(index);
    const auto of_count = std::find_if(named.begin(), named.end(), [&](std::uint32_t index) {
        return rows[index].parameters.size() == call.arguments.size();
    });
    for (std::size_t index = 0; index < call.arguments.size(); ++index)
        check(call.arguments[index], of_count == named.end() ? Type{} : rows[*of_count].parameters[index]);
    if (named.empty()) {
        Diagnostic& diagnostic = checking_.diagnostics.add(
            Code::unknown_function, call.function.span, fmt::format("unknown function {}", quoted(call.function.text)));
        diagnostic.label = "no such function";
        std::vector<std::string_view> candidates = visible_names(checking_, scope_.tree, Sort::define);
        for (const runtime::FunctionRow& row : rows) candidates.push_back(row.name);
        diagnostic.help = advice_for_function(call.function.text);
        if (diagnostic.help.empty()) suggest(diagnostic, call.function, candidates);
        return error_type;
    }
    const bool any_error = std::any_of(call.arguments.begin(), call.arguments.end(),
                                       [&](ExprId argument) { return info(argument).type.kind == Kind::error; });
    if (any_error) return error_type;
    const auto fits = [&](std::uint32_t index) {
        if (rows[index].parameters.size() != call.arguments.size()) return 0;
        int score = 1;
        for (std::size_t at = 0; at < call.arguments.size(); ++at) {
            const Type argument = info(call.arguments[at]).type;
            const Type parameter = rows[index].parameters[at];
            if (argument.as_required() == parameter)
                score += 2;
            else if (argument.kind == Kind::integer && parameter.kind == Kind::real)
                score += 1;
            else if (runtime::is_textual(argument.kind) && parameter.kind == Kind::text)
                score += 1;
            else if (argument.kind != Kind::text)
                return 0;
        }
        return score;
    };
    const auto best = std::max_element(named.begin(), named.end(),
                                       [&](std::uint32_t a, std::uint32_t b) { return fits(a) < fits(b); });
    const runtime::FunctionRow& row = rows[fits(*best) > 0 || of_count == named.end() ? *best : *of_count];
    info(id).ref = {RefKind::function, static_cast<std::uint32_t>(&row - rows.data())};
    bool lifted = false;
    if (!check_arguments(id, call, row.parameters, row.parameters.size(),
                         row.signature.empty() ? row.name : row.signature, lifted))
        return error_type;
    check_known_arguments(call, row);
    return use_optional(row.result, id, lifted);
}

Type ExpressionChecker::visit(ExprId id, const ListExpr& list, Type wanted) {
    const Type inner = wanted.kind == Kind::list ? Type{element_kind(wanted), false, 0} : wanted;
    ExprId first = no_expr;
    bool failed = false;
    bool lifted = false;
    for (const ExprId item : list.items) {
        const Type type = check(item, inner);
        if (type.kind == Kind::error) {
            failed = true;
            continue;
        }
        if (type.kind == Kind::list) {
            report(Code::type_mismatch, item, "a list cannot hold lists");
            failed = true;
            continue;
        }
        require_present(item, lifted);
        if (first == no_expr)
            first = item;
        else if (!failed && !unify(first, item, "the items of a list"))
            failed = true;
    }
    if (failed) return error_type;
    if (lifted) info(id).lifted = true; // absent items are left out; the list itself is there
    if (first == no_expr) return inner.kind == Kind::error ? list_of(Kind::text) : list_of(inner.kind);
    const Type element = info(first).as;
    // Items of an enumeration keep their type; the list itself only names the kind.
    for (const ExprId item : list.items)
        if (info(item).as.kind != element.kind) convert(item, element, "an item of the list");
    return list_of(element.kind);
}

Type ExpressionChecker::visit(ExprId id, const RangeExpr& range, Type) {
    check_pair(range.low, range.high);
    report(Code::misplaced_expression, id, "a range can only stand to the right of `in`");
    return error_type;
}

Type ExpressionChecker::visit(ExprId id, const TupleExpr& tuple, Type) {
    for (const ExprId item : tuple.items) check(item);
    report(Code::misplaced_expression, id,
           "values in brackets, separated by commas, can only stand to the left of `in TABLE`");
    return error_type;
}

Type ExpressionChecker::visit(ExprId, const HasExpr& has, Type) {
    const Type type = check(has.path);
    if (type.kind == Kind::error) return error_type;
    if (!type.optional && scope_.source == nullptr && !scope_.facts.contains(key(has.path)))
        report(Code::needless_guard, has.path, fmt::format("{} is always there", quoted(written(has.path)))).label =
            show(type);
    return type_of(Kind::boolean);
}

Type ExpressionChecker::visit(ExprId id, const Quantifier& quantifier, Type) {
    const Type list = check(quantifier.list);
    bool lifted = false;
    if (list.kind != Kind::error && list.kind != Kind::list) {
        report(Code::type_mismatch, quantifier.list,
               fmt::format("{} is {}, not a list", quoted(written(quantifier.list)), show(list)));
        info(quantifier.list).type = error_type;
    } else {
        require_present(quantifier.list, lifted);
    }
    scope_.variables.emplace_back(quantifier.variable.text, id);
    check_condition(quantifier.condition);
    scope_.variables.pop_back();
    if (info(quantifier.list).type.kind == Kind::error) return error_type;
    return use_optional(type_of(Kind::boolean), id, lifted);
}

Type ExpressionChecker::visit(ExprId id, const DuringExpr& during, Type) {
    const Symbol* calendar = find_symbol(checking_, scope_.tree, during.calendar, Sort::calendar);
    if (scope_.asked != nullptr) *scope_.asked = {true, true};
    if (!scope_.clock) {
        report(Code::misplaced_expression, id,
               fmt::format("there is no time to compare with a calendar {}", scope_.place));
        return error_type;
    }
    if (calendar == nullptr) return error_type;
    info(id).ref = {RefKind::calendar, calendar->index};
    return type_of(Kind::boolean);
}

Facts ExpressionChecker::facts_of(ExprId id, bool truth) const {
    if (id == no_expr) return {};
    const auto& node = expr(id).node;
    if (const auto* has = std::get_if<HasExpr>(&node)) {
        const std::string name = key(has->path);
        return truth && !name.empty() ? Facts{name} : Facts{};
    }
    if (const auto* unary = std::get_if<Unary>(&node))
        return unary->op == UnaryOp::logic_not ? facts_of(unary->operand, !truth) : Facts{};
    const auto* binary = std::get_if<Binary>(&node);
    if (binary == nullptr || (binary->op != BinaryOp::logic_and && binary->op != BinaryOp::logic_or)) return {};
    Facts left = facts_of(binary->left, truth);
    Facts right = facts_of(binary->right, truth);
    if ((binary->op == BinaryOp::logic_and) == truth) {
        left.merge(right);
        return left;
    }
    Facts both;
    std::set_intersection(left.begin(), left.end(), right.begin(), right.end(), std::inserter(both, both.begin()));
    return both;
}

} // namespace watchword::dsl
