// What people write who come from SQL, Sigma, EQL, SPL, KQL or C, and what is written here instead.
#pragma once

#include <string_view>

namespace watchword::dsl {

/// A sign or a word between operands: `&&` is `and`. Empty: nothing of the kind. To be put in its place as it is.
std::string_view own_sign(std::string_view foreign);
/// A function: advice such as "`distinct(x)` counts different values". Without regard to case; empty: unknown.
std::string_view advice_for_function(std::string_view foreign);
/// A word that stands for no value, such as `null`: advice; empty: it is no such word.
std::string_view advice_for_nothing(std::string_view foreign);
/// `hours` is `h`; also a unit of this language in another case. Empty: no unit.
std::string_view own_unit(std::string_view foreign);
/// A unit that there is none of, such as `months`: advice; empty: it is nothing of the kind.
std::string_view advice_for_unit(std::string_view foreign);
/// A word where a declaration could begin, such as `rule`: advice; empty: nothing of the kind.
std::string_view advice_for_declaration(std::string_view foreign);
/// The last part of an event's name, such as `fired`: that of the event of the standard modules; empty: unknown.
std::string_view own_event(std::string_view foreign);
/// A word behind a value, such as `is` of `is not null`: advice; empty: it is no such word.
std::string_view advice_for_operator(std::string_view foreign);
/// A word or sign where a clause could begin; `inside` is what is being read, as syntax_contexts.def calls it, such as
/// `a policy`, or a list in it: `the events of a signal`, `the ends of a watch`.
std::string_view advice_for_clause(std::string_view inside, std::string_view foreign);

} // namespace watchword::dsl
