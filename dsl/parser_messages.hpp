// What is said when a rule under `must` is not met: one row a rule. Included by parser.cpp alone, after the grammar.
#pragma once

#include "dsl/grammar.hpp"
#include "dsl/syntax_tree.hpp"

namespace watchword::dsl {

/// A rule without a row may not stand under `must`, unless it cannot fail.
template <class Rule>
inline constexpr Awaited awaited{};

#define AWAITED(rule, ...)                                                                                             \
    template <>                                                                                                        \
    inline constexpr Awaited awaited<grammar::rule>{__VA_ARGS__};
AWAITED(name, "a name", true)
AWAITED(dotted, "the name of an event", true)
AWAITED(reference, "a name", true)
AWAITED(quoted_name_text, "a name between backquotes")
AWAITED(quoted_name_end, "the closing backquote on the same line", false, Code::unterminated)
AWAITED(text_end, "the closing quote on the same line", false, Code::unterminated)
AWAITED(known_unit, "a unit", false, Code::unknown_unit)
AWAITED(instant_end, "the end of the instant", false, Code::unknown_unit)
AWAITED(no_second_comparison, "no second comparison", false, Code::chained_comparison)
AWAITED(text_value, "a text in quotes")
AWAITED(duration_value, "a duration such as `30d` or `1h30m`, or a constant")
AWAITED(instant_value, "a date or instant such as `2025-03-01` or `2025-03-01 09:00`")
AWAITED(integer_value, "a whole number, or a constant")
AWAITED(number_value, "a number, or a constant")
AWAITED(path_value, "a field", true)
AWAITED(expression, "an expression")
AWAITED(condition, "a condition")
AWAITED(term_condition, "a condition")
AWAITED(sum, "a value")
AWAITED(product, "a value")
AWAITED(factor, "a value")
template <class Operand>
inline constexpr Awaited awaited<grammar::conjunction<Operand>>{"a condition"};
template <class Operand>
inline constexpr Awaited awaited<grammar::negation<Operand>>{"a condition"};
template <class Operand>
inline constexpr Awaited awaited<grammar::coalescence<Operand>>{"a value"};
template <class Operand>
inline constexpr Awaited awaited<grammar::membership_operand<Operand>>{"a list, a range or a network"};
AWAITED(aggregate_argument, "a value or `where`")
AWAITED(then_word, "`then`")
AWAITED(else_word, "`else`")
AWAITED(in_word, "`in`")
AWAITED(colon, "`:`")
AWAITED(dots, "`..`")
AWAITED(equals, "`=`")
AWAITED(has_path, "a field", true)
AWAITED(list_literal, "a list in brackets")
AWAITED(open_parenthesis, "`(`")
AWAITED(close_parenthesis, "`,` or `)`")
AWAITED(close_bracket, "`,` or `]`")
AWAITED(open_brace, "`{`")
AWAITED(close_brace, "`}`")
AWAITED(open_angle, "`<`")
AWAITED(close_angle, "`>`")
AWAITED(window, "`over` and a duration")
AWAITED(window_unit, "`hour`, `day` or `week`")
AWAITED(member, "`mean`, `stddev`, `n` or `deviation`", true)
AWAITED(baseline_option, "`past`, `at least`, `during`, `by` or `from`")
AWAITED(baseline_end, "`,` or `)`")
AWAITED(least_word, "`least`")
AWAITED(end_of_expression, "the end of the expression")
AWAITED(type, "a type such as `text` or `int?`", true)
AWAITED(enum_words, "the words of the enumeration", true)
AWAITED(enum_end, "`,` or `)`")
AWAITED(field_block, "`{` and the fields")
AWAITED(fields_end, "a field such as `user person`, or `}`", true)
AWAITED(record, "`{` and fields such as `user: \"u1\"`")
AWAITED(record_end, "`,` or `}`, or a field such as `user: \"u1\"`", true)
AWAITED(assignment, "a field such as `user: \"u1\"`", true)
AWAITED(used_module, "the name of a module", true)
AWAITED(employee_word, "`employee`")
AWAITED(list_content, "`=` and a list, or `from` and a file")
AWAITED(file_clause, "`from` and the name of a file")
AWAITED(parameters, "`(` and the parameters")
AWAITED(parameter, "a parameter such as `limit int`", true)
AWAITED(calendar_end, "`days`, `hours`, `zone`, `holidays`, `except` or `}`")
AWAITED(day_range, "a day such as `mon` or `mon..fri`", true)
AWAITED(hour_range, "hours such as `08:00..18:00`")
AWAITED(patterns, "an event such as `file.copy`, `file.*` or `signal X`", true)
AWAITED(pattern, "an event such as `file.copy`, `file.*` or `signal X`", true)
AWAITED(steps_end, "a step such as `file.copy as c`, or `}`", true)
AWAITED(except_on, "`owner`, `until` or `on`")
AWAITED(policy_end, "a clause of the policy, or `}`")
AWAITED(alert_head, "a level (`info`, `low`, `medium`, `high` or `critical`), `on open` or `on SIGNAL`")
AWAITED(level, "a level: `info`, `low`, `medium`, `high` or `critical`")
AWAITED(opens_content, "`on` and an event, or `always`")
AWAITED(opening, "`on` and an event")
AWAITED(opening_cause, "an event such as `hr.layoff`", true)
AWAITED(because_word, "`because` and a reason")
AWAITED(back_word, "`back` and a duration")
AWAITED(closing, "`after 90d`, `14d after n.last_day` or `on EVENT`")
AWAITED(closing_events, "an event such as `hr.layoff_cancelled`", true)
AWAITED(after_word, "`after`")
AWAITED(retrigger_kind, "`extends`, `restarts` or `ignores`")
AWAITED(most_word, "`most`")
AWAITED(score_end, "a line such as `+40 for X`, `halves every 7d`, `times 1.5 when …`, `at most 100`, or `}`")
AWAITED(points, "the points, such as `40`")
AWAITED(for_word, "`for` and a signal")
AWAITED(term_limit, "`at most N` or `once`")
AWAITED(every_word, "`every` and a duration")
AWAITED(when_word, "`when` and a condition")
AWAITED(use, "a name", true)
AWAITED(use_argument, "an argument")
AWAITED(alert_cause, "`at N`, `on open` or `on SIGNAL`")
AWAITED(alert_on_cause, "`open` or a signal", true)
AWAITED(below_word, "`below` and a number")
AWAITED(risk_end, "`combine max`, a level such as `high at 80`, or `}`")
AWAITED(combine_kind, "`max` or `sum`")
AWAITED(at_word, "`at` and a number")
AWAITED(from_word, "`from` and `csv`, `json` or another source")
AWAITED(source_format, "`csv`, `json` or the name of another source", true)
AWAITED(source_end, "a column such as `text? Reason`, `emit`, or `}`", true)
AWAITED(emit_target, "the name of an event, or `employee`", true)
AWAITED(test_content, "`{`, or `refuses` and a code")
AWAITED(test_end, "`at`, `employee`, `expect`, `case`, `advance`, `lateness`, `until`, `roster`, or `}`")
AWAITED(refused_begin, "`{` and what must not compile")
AWAITED(refused_end, "the `}` that ends what must not compile")
AWAITED(advance_target, "a duration such as `3d`, a constant, or `to` and an instant")
AWAITED(from_file, "`from` and a file name")
AWAITED(at_content, "an event such as `file.copy { … }`, or `employee`", true)
AWAITED(expectation_content,
        "`alert`, `no alert`, `score`, `watch`, `no watch`, `risk`, `nothing else` or `alerts from`")
AWAITED(expect_unwanted, "`alert` or `watch`")
AWAITED(expected_person, "a text in quotes, or a name of the cases")
AWAITED(expected_number, "a number, a constant, or a name of the cases")
AWAITED(expect_comparison, "a comparison such as `== 20`")
AWAITED(above_word, "`above`")
#undef AWAITED
template <class Item, class Separator>
inline constexpr Awaited awaited<tao::pegtl::list_must<Item, Separator>> = awaited<Item>;

} // namespace watchword::dsl
