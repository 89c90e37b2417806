// What may stand right of `in`: lists, ranges, networks, list-typed fields, tables; and `overlaps`.
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"
#include "dsl/types.hpp"

#include <fmt/format.h>

namespace watchword::dsl {

Type ExpressionChecker::check_membership(ExprId id, const Binary& binary) {
    if (!check_member_of(binary.left, binary.right, binary)) return error_type;
    if (binary.folded && info(binary.left).as.kind != Kind::text) {
        report(Code::fold_without_text, id,
               fmt::format("`~` is about the case of texts, {} is {}", quoted(written(binary.left)),
                           show(info(binary.left).type)));
        return error_type;
    }
    bool lifted = false;
    if (!std::holds_alternative<TupleExpr>(expr(binary.left).node))
        require_present(binary.left, lifted);
    else
        lifted = info(binary.left).lifted;
    if (!std::holds_alternative<RangeExpr>(expr(binary.right).node)) require_present(binary.right, lifted);
    if (info(binary.left).type.kind == Kind::error || info(binary.right).type.kind == Kind::error) return error_type;
    return use_optional(type_of(Kind::boolean), id, lifted);
}

/// `in ("a", "b")`, as in SQL.
bool ExpressionChecker::report_round_list(ExprId right) {
    const Span span = expr(right).span;
    Diagnostic& diagnostic = report(Code::misplaced_expression, right, "a list is written in square brackets");
    const std::string_view text = checking_.text(span);
    if (text.size() < 2 || text.front() != '(' || text.back() != ')') return false;
    diagnostic.help = fmt::format("write `[{}]`", text.substr(1, text.size() - 2));
    diagnostic.fix.push_back({{span.file, span.begin, span.begin + 1}, "["});
    diagnostic.fix.push_back({{span.file, span.end - 1, span.end}, "]"});
    return false;
}

bool ExpressionChecker::check_member_of(ExprId left, ExprId right, const Binary& binary) {
    if (std::holds_alternative<TupleExpr>(expr(left).node)) return check_tuple_in_table(left, right);
    const Type member = check(left);
    if (const auto* range = std::get_if<RangeExpr>(&expr(right).node)) {
        const Type low = check(range->low, member);
        const Type high = check(range->high, member);
        info(right).type = info(right).as = member.as_required();
        if (member.kind == Kind::error || low.kind == Kind::error || high.kind == Kind::error) return false;
        if (!is_ordered(member.kind)) {
            report(Code::not_comparable, left,
                   fmt::format("{} is {}, which has no order and so no ranges", quoted(written(left)), show(member)));
            return false;
        }
        const bool mixed = member.kind == Kind::integer && (low.kind == Kind::real || high.kind == Kind::real);
        const Type target = mixed ? type_of(Kind::real) : member.as_required();
        if (mixed) convert(left, target, "the range");
        info(right).type = info(right).as = target;
        return check_value(range->low, target, "the start of the range") &&
               check_value(range->high, target, "the end of the range");
    }
    if (std::holds_alternative<TupleExpr>(expr(right).node)) return report_round_list(right);
    const Type set = check(right, member);
    if (member.kind == Kind::error || set.kind == Kind::error) return false;
    if (set.kind == Kind::tuple) {
        report(Code::type_mismatch, left, "a table is asked with values in brackets").help =
            fmt::format("write `({}, …) in {}`", written(left), written(right));
        return false;
    }
    if (set.kind != Kind::list && member.kind == Kind::ip && set.kind == Kind::text)
        return convert(right, list_of(Kind::ip), "the network");
    if (set.kind != Kind::list) {
        Diagnostic& diagnostic = report(Code::type_mismatch, right,
                                        fmt::format("right of `in` stands a list, a range or a table, {} is {}",
                                                    quoted(written(right)), show(set)));
        diagnostic.label = "not a list";
        if (std::holds_alternative<Literal>(expr(right).node))
            diagnostic.help = fmt::format("write `[{}]`, or compare by `==`", written(right));
        else if (runtime::is_textual(set.kind))
            diagnostic.help =
                fmt::format("to look inside a text, write `{} contains {}`", written(right), written(left));
        return false;
    }
    if (element_kind(set) == member.kind) return true;
    if (member.kind == Kind::integer && element_kind(set) == Kind::real)
        return convert(left, type_of(Kind::real), "the list");
    if (member.kind == Kind::text && element_kind(set) != Kind::text && scope_.source != nullptr)
        return convert(left, type_of(element_kind(set)), "the list");
    static_cast<void>(binary);
    const auto* const list = std::get_if<ListExpr>(&expr(right).node);
    if (member.kind == Kind::enumeration && element_kind(set) == Kind::text && list != nullptr) {
        for (const ExprId item : list->items)
            if (info(item).type.kind != Kind::error && info(item).type.kind != Kind::enumeration)
                report_mismatch(item, member, fmt::format("`in` next to {}", quoted(written(left))));
        return false;
    }
    return convert(right, list_of(member.kind), fmt::format("`in` next to {}", quoted(written(left))));
}

bool ExpressionChecker::check_tuple_in_table(ExprId left, ExprId right) {
    const auto& tuple = std::get<TupleExpr>(expr(left).node);
    info(left).type = info(left).as = type_of(Kind::tuple);
    const Type set = check(right);
    if (set.kind != Kind::tuple || info(right).ref.kind != RefKind::table) {
        for (const ExprId item : tuple.items) check(item);
        if (set.kind != Kind::error)
            report(Code::type_mismatch, right, fmt::format("{} is {}, not a table", quoted(written(right)), show(set)));
        return false;
    }
    const TableInfo& table = model_.tables[info(right).ref.index];
    if (table.columns.size() != tuple.items.size()) {
        for (const ExprId item : tuple.items) check(item);
        report(Code::wrong_arguments, left,
               fmt::format("table {} has {} columns, not {}", quoted(table.name), table.columns.size(),
                           tuple.items.size()));
        return false;
    }
    bool fine = true;
    for (std::size_t index = 0; index < tuple.items.size(); ++index) {
        const ExprId item = tuple.items[index];
        const Type column = type_of(table.columns[index]);
        check(item, column);
        bool lifted = false;
        fine = info(item).type.kind != Kind::error &&
               convert(item, column,
                       fmt::format("column {} of table {}", quoted(table.names[index]), quoted(table.name))) &&
               fine;
        require_present(item, lifted);
        fine = fine && info(item).type.kind != Kind::error;
        info(left).lifted = info(left).lifted || lifted;
    }
    return fine;
}

Type ExpressionChecker::check_overlaps(ExprId id, const Binary& binary) {
    const Type left = check(binary.left);
    const Type right = check(binary.right, left);
    if (left.kind == Kind::error || right.kind == Kind::error) return error_type;
    for (const ExprId side : {binary.left, binary.right}) {
        if (info(side).type.kind == Kind::list) continue;
        report(
            Code::type_mismatch, side,
            fmt::format("`overlaps` stands between two lists, {} is {}", quoted(written(side)), show(info(side).type)))
            .label = "not a list";
        return error_type;
    }
    if (element_kind(left) != element_kind(right)) {
        const bool to_left = element_kind(left) == Kind::text;
        if (!convert(to_left ? binary.left : binary.right, to_left ? right : left, "`overlaps`")) return error_type;
    }
    bool lifted = false;
    require_present(binary.left, lifted);
    require_present(binary.right, lifted);
    if (info(binary.left).type.kind == Kind::error || info(binary.right).type.kind == Kind::error) return error_type;
    return use_optional(type_of(Kind::boolean), id, lifted);
}

} // namespace watchword::dsl
