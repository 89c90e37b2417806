// The grammar of the language as a document: rules only, one a line, from the file down to the character. No actions
// and no messages. Included by parser.cpp alone: it is heavy. Which rules become nodes is said in syntax_nodes.def,
// what is said when a rule under `must` is not met in parser_messages.hpp. Every token takes the gap behind it along.
#pragma once

#include <tao/pegtl.hpp>

namespace watchword::dsl::grammar {

using namespace tao::pegtl;

// A word of a clause stays usable as a name: it is one only where its clause can stand, and not before a dot.
#define WORD(text) seq<TAO_PEGTL_KEYWORD(text), not_at<one<'.'>>, gap>
#define SIGN(text) seq<TAO_PEGTL_STRING(text), gap>

// clang-format off
// --- all rules, by name, since C++ wants to have heard of them before ------------------------------------------------
struct comment; struct gap; struct comma; struct open_brace; struct close_brace; struct open_parenthesis;
struct close_parenthesis; struct open_bracket; struct close_bracket; struct colon; struct dots; struct equals;
struct reserved; struct plain_name; struct quoted_name_end; struct quoted_name; struct quoted_name_text;
struct name_part; struct name_start; struct name; struct dotted; struct reference; struct digits; struct literal_end;
struct date; struct clock; struct clock_offset; struct instant; struct instant_end; struct time_of_day;
struct duration_unit; struct duration; struct size_unit; struct size; struct percentage; struct real; struct integer;
struct known_unit; struct unknown_unit; struct number_literal; struct text_end; struct text_character; struct text;
struct raw_text; struct text_literal; struct boolean; struct text_value; struct duration_alone; struct duration_value;
struct instant_value; struct integer_value; struct number; struct number_value; struct clause_start; struct constant_name;
struct path_value; struct expression; struct condition;
struct term_condition; struct folding; struct membership_operator; struct text_operator; struct comparison_operator;
struct no_second_comparison; struct sum; struct sum_operator; struct product; struct product_operator; struct factor;
struct negative; struct primary; struct truth; struct path; struct parenthesised; struct list_literal;
struct conditional; struct then_word; struct else_word; struct quantifier; struct quantifier_word; struct in_word;
struct has_test; struct has_path; struct during_test; struct call; struct aggregate_name; struct aggregate;
struct aggregate_argument; struct aggregate_where; struct window; struct window_unit; struct novelty;
struct baseline_name; struct baseline_call; struct baseline_end; struct member; struct baseline_option;
struct baseline_past; struct baseline_least; struct least_word; struct baseline_during; struct baseline_by;
struct baseline_from; struct declaration; struct lone_expression; struct end_of_expression;
struct module_declaration; struct zone_clause; struct use_declaration; struct used_module; struct alias;
struct event_declaration; struct field_block; struct fields_end; struct field; struct sensitive;
struct default_value; struct roster_change; struct roster_verb; struct employee_word; struct record;
struct record_end; struct assignment; struct type; struct optional_mark; struct enum_type; struct enum_words;
struct enum_end; struct list_type; struct open_angle; struct close_angle; struct subject_declaration;
struct list_declaration; struct list_content; struct file_clause; struct column_clause; struct table_declaration;
struct let_declaration; struct define_declaration; struct parameters; struct parameter; struct calendar_declaration;
struct calendar_end; struct calendar_clause; struct calendar_days; struct day_range; struct calendar_hours;
struct hour_range; struct calendar_zone; struct calendar_holidays; struct calendar_except;
struct baseline_declaration; struct action_declaration; struct state_mark; struct signal_declaration; struct title;
struct signal_clause; struct on_clause; struct across_clause; struct where_clause; struct by_clause;
struct when_clause; struct patterns; struct pattern; struct signal_mark; struct everything; struct event_name;
struct dotted_part; struct family_mark; struct sequence_clause; struct sequence_option; struct within_clause;
struct steps_end; struct step; struct no_mark; struct step_clause; struct times_clause; struct until_clause;
struct except_clause; struct except_owner; struct except_until; struct except_on; struct except_condition;
struct policy_declaration; struct policy_end; struct policy_clause; struct id_clause; struct purpose_clause;
struct basis_clause; struct owner_clause; struct version_clause; struct severity_clause; struct tags_clause;
struct references_clause; struct created_clause; struct modified_clause; struct expires_clause; struct covers_clause;
struct level_word; struct level; struct opens_clause; struct opens_content; struct opens_always; struct because_word;
struct opening; struct opening_cause; struct opening_alert; struct opening_level; struct opening_signal;
struct opening_events; struct opening_option; struct opening_for; struct opening_at; struct looks_clause;
struct back_word; struct closes_clause; struct closing_comma; struct closing; struct closing_after;
struct closing_instant; struct after_word; struct closing_on; struct closing_events; struct retrigger_clause;
struct retrigger_kind; struct retrigger_limit; struct most_word; struct score_clause; struct score_end; struct term;
struct points; struct for_word; struct term_option; struct term_when; struct term_limit; struct at_most; struct once;
struct score_option; struct halves; struct every_word; struct booster; struct when_word; struct use;
struct use_arguments; struct use_argument; struct argument_name; struct alert_clause; struct alert_head; struct alert_level; struct alert_cause;
struct alert_at; struct alert_on; struct alert_on_cause; struct on_open; struct alert_option; struct rearms;
struct below_word; struct alert_do; struct risk_declaration; struct risk_end; struct risk_clause;
struct risk_combine; struct combine_kind; struct risk_level; struct at_word; struct source_declaration;
struct from_word; struct source_format; struct source_end; struct source_item; struct source_delimiter;
struct source_zone; struct source_header; struct text_start; struct column; struct column_sensitive;
struct type_start; struct headers; struct emit; struct emit_target; struct emit_employee; struct test_declaration;
struct test_content; struct test_end; struct test_item; struct test_case; struct case_expectation; struct test_refusal;
struct refused_begin; struct refused_body; struct refused_end; struct refused_piece; struct refused_block; struct test_advance;
struct advance_target; struct advance_to; struct expect_snapshot; struct from_file; struct test_lateness; struct test_until; struct test_roster; struct test_employee;
struct test_at; struct at_content; struct test_event; struct repetition; struct expectation;
struct expectation_content; struct expect_nothing; struct expect_no; struct expect_unwanted; struct expect_no_alert;
struct expect_no_watch; struct expect_alert; struct expect_watch; struct expect_score; struct expect_risk;
struct expect_comparison; struct alert_part; struct watch_part; struct expect_level; struct or_above;
struct above_word; struct expect_for; struct expected_person; struct expected_number; struct case_name; struct expect_at; struct expect_because; struct expect_times;
struct item_start; struct expect_policy;
template<class Operand> struct disjunction; template<class Operand> struct conjunction;
template<class Operand> struct negation; template<class Operand> struct logical_not;
template<class Operand> struct comparison; template<class Operand> struct membership_operand;
template<class Operand> struct range_end; template<class Operand> struct coalescence;
template<class Item, char Close> struct items;

// --- gaps and names ---------------------------------------------------------------------------------------------------
struct comment : seq<one<'#'>, star<not_one<'\n'>>> {};
struct gap : star<sor<plus<space>, comment>> {};
struct comma : SIGN(",") {};
struct open_brace : SIGN("{") {};
struct close_brace : SIGN("}") {};
struct open_parenthesis : SIGN("(") {};
struct close_parenthesis : SIGN(")") {};
struct open_bracket : SIGN("[") {};
struct close_bracket : SIGN("]") {};
struct colon : SIGN(":") {};
struct dots : SIGN("..") {};
template<class Item, char Close> struct items : seq<Item, star<comma, sor<at<one<Close>>, must<Item>>>> {}; // one comma may trail
struct equals : seq<one<'='>, not_at<one<'='>>, gap> {};

struct reserved : sor<TAO_PEGTL_KEYWORD("and"), TAO_PEGTL_KEYWORD("or"), TAO_PEGTL_KEYWORD("not"), TAO_PEGTL_KEYWORD("in"), TAO_PEGTL_KEYWORD("if"), TAO_PEGTL_KEYWORD("then"), TAO_PEGTL_KEYWORD("else"), TAO_PEGTL_KEYWORD("true"), TAO_PEGTL_KEYWORD("false"), TAO_PEGTL_KEYWORD("has"), TAO_PEGTL_KEYWORD("during"), TAO_PEGTL_KEYWORD("mod"), TAO_PEGTL_KEYWORD("contains"), TAO_PEGTL_KEYWORD("startswith"), TAO_PEGTL_KEYWORD("endswith"), TAO_PEGTL_KEYWORD("like"), TAO_PEGTL_KEYWORD("matches"), TAO_PEGTL_KEYWORD("any"), TAO_PEGTL_KEYWORD("every"), TAO_PEGTL_KEYWORD("overlaps")> {};
struct plain_name : seq<not_at<reserved>, identifier> {};
struct quoted_name_end : one<'`'> {};
struct quoted_name : if_must<one<'`'>, quoted_name_text, quoted_name_end> {};
struct quoted_name_text : plus<not_one<'`', '\n'>> {};
struct name_part : sor<quoted_name, plain_name> {};
struct name_start : sor<one<'`'>, plain_name> {};
struct name : seq<name_part, gap> {};
struct dotted : seq<name_part, star<one<'.'>, name_part>, gap> {};
struct reference : seq<name_part, star<one<'.'>, name_part>, gap> {};

// --- literals -----------------------------------------------------------------------------------------------------------
struct digits : seq<digit, star<opt<one<'_'>>, digit>> {};
struct literal_end : not_at<identifier_other> {};
struct date : seq<rep<4, digit>, one<'-'>, rep<2, digit>, one<'-'>, rep<2, digit>> {};
struct clock : seq<rep<2, digit>, one<':'>, rep<2, digit>, opt<one<':'>, rep<2, digit>, opt<one<'.'>, plus<digit>>>> {};
struct clock_offset : sor<one<'Z'>, seq<one<'+', '-'>, rep<2, digit>, opt<one<':'>>, rep<2, digit>>> {};
struct instant : seq<date, opt<one<'T', ' '>, clock, opt<clock_offset>>, must<instant_end>> {};
struct instant_end : literal_end {};
struct time_of_day : seq<rep_min_max<1, 2, digit>, one<':'>, rep<2, digit>, opt<one<':'>, rep<2, digit>>, literal_end> {};
struct duration_unit : sor<string<'m', 's'>, one<'w', 'd', 'h', 'm', 's'>> {};
struct duration : seq<plus<digits, opt<one<'.'>, plus<digit>>, duration_unit>, literal_end> {};
struct size_unit : sor<string<'K', 'i', 'B'>, string<'M', 'i', 'B'>, string<'G', 'i', 'B'>, string<'T', 'i', 'B'>, string<'K', 'B'>, string<'M', 'B'>, string<'G', 'B'>, string<'T', 'B'>, one<'B'>> {};
struct size : seq<digits, opt<one<'.'>, plus<digit>>, size_unit, literal_end> {};
struct percentage : seq<digits, opt<one<'.'>, plus<digit>>, one<'%'>> {};
struct real : seq<digits, one<'.'>, plus<digit>, literal_end> {};
struct integer : seq<digits, literal_end> {};
struct known_unit : failure {};
struct unknown_unit : seq<at<digit>, must<known_unit>> {};
struct number_literal : seq<sor<instant, time_of_day, duration, size, percentage, real, integer, unknown_unit>, gap> {};
struct text_end : one<'"'> {};
struct text_character : sor<seq<one<'\\'>, not_one<'\n'>>, not_one<'"', '\\', '\n'>> {};
struct text : seq<one<'"'>, star<text_character>, must<text_end>> {};
struct raw_text : seq<string<'r', '"'>, star<not_one<'"', '\n'>>, must<text_end>> {};
struct text_literal : seq<sor<raw_text, text>, gap> {};
struct boolean : sor<TAO_PEGTL_KEYWORD("true"), TAO_PEGTL_KEYWORD("false")> {};

// values that a clause takes alone; in place of a duration or a number the name of a constant
struct text_value : seq<sor<raw_text, text>, gap> {};
struct duration_alone : seq<sor<duration, seq<not_at<sor<instant, time_of_day, size, percentage, real, integer>>, unknown_unit>>, gap> {};
struct duration_value : sor<duration_alone, constant_name> {};
struct instant_value : seq<instant, gap> {};
struct integer_value : sor<seq<sor<integer, seq<not_at<sor<instant, time_of_day, duration, size, percentage, real>>, unknown_unit>>, gap>, constant_name> {};
struct number : seq<opt<one<'-'>>, sor<real, integer, seq<not_at<sor<instant, time_of_day, duration, size, percentage>>, unknown_unit>>, gap> {};
struct number_value : sor<number, constant_name> {};
struct path_value : seq<path, gap> {};
struct constant_name : seq<not_at<clause_start>, path, gap> {};
// behind a value that was forgotten; between backquotes these words are names there too
struct clause_start : sor<WORD("where"), WORD("by"), WORD("when"), WORD("after"), seq<WORD("at"), WORD("most")>, seq<WORD("halves"), WORD("every")>, seq<WORD("rearms"), WORD("below")>, seq<WORD("closes"), sor<WORD("after"), WORD("on"), digit>>, seq<WORD("retrigger"), retrigger_kind>, seq<WORD("score"), one<'{'>>, seq<WORD("alert"), sor<level_word, WORD("on")>>, seq<level_word, gap, WORD("at")>> {};

// --- expressions, loose to tight ---------------------------------------------------------------------------------------
// `Operand` is `sum`, but for the condition of a score's line, where an unbracketed `+` begins the next line.
template<class Operand> struct disjunction : list_must<conjunction<Operand>, WORD("or")> {};
struct expression : disjunction<sum> {};
struct condition : disjunction<sum> {};
struct term_condition : disjunction<product> {};
template<class Operand> struct conjunction : list_must<negation<Operand>, WORD("and")> {};
template<class Operand> struct negation : sor<logical_not<Operand>, comparison<Operand>> {};
template<class Operand> struct logical_not : seq<WORD("not"), must<negation<Operand>>> {};
template<class Operand> struct comparison : seq<coalescence<Operand>, opt<sor<seq<membership_operator, must<membership_operand<Operand>>>, seq<comparison_operator, must<coalescence<Operand>>>>, must<no_second_comparison>>> {};
struct folding : opt<one<'~'>> {};
struct membership_operator : seq<opt<TAO_PEGTL_KEYWORD("not"), gap>, TAO_PEGTL_KEYWORD("in"), folding, gap> {};
struct text_operator : sor<TAO_PEGTL_KEYWORD("contains"), TAO_PEGTL_KEYWORD("startswith"), TAO_PEGTL_KEYWORD("endswith"), TAO_PEGTL_KEYWORD("like"), TAO_PEGTL_KEYWORD("matches")> {};
struct comparison_operator : seq<sor<seq<opt<TAO_PEGTL_KEYWORD("not"), gap>, sor<seq<text_operator, folding>, TAO_PEGTL_KEYWORD("overlaps")>>, seq<sor<string<'=', '='>, string<'!', '='>>, folding>, string<'<', '='>, string<'>', '='>, one<'<'>, one<'>'>>, gap> {};
struct no_second_comparison : not_at<sor<membership_operator, comparison_operator>> {};
template<class Operand> struct membership_operand : seq<coalescence<Operand>, opt<range_end<Operand>>> {};
template<class Operand> struct range_end : seq<dots, must<coalescence<Operand>>> {};
template<class Operand> struct coalescence : list_must<Operand, SIGN("??")> {};
struct sum : seq<product, star<sum_operator, must<product>>> {};
struct sum_operator : seq<one<'+', '-'>, gap> {};
struct product : seq<factor, star<product_operator, must<factor>>> {};
struct product_operator : seq<sor<one<'*', '/'>, TAO_PEGTL_KEYWORD("mod")>, gap> {};
struct factor : sor<negative, primary> {};
struct negative : seq<SIGN("-"), must<factor>> {};
struct primary : sor<number_literal, text_literal, truth, parenthesised, list_literal, conditional, quantifier, has_test, during_test, aggregate, novelty, baseline_call, call, path_value> {};
struct truth : seq<boolean, gap> {};
struct path : seq<name_part, star<one<'.'>, name_part>> {};
struct parenthesised : seq<open_parenthesis, must<expression>, star<comma, must<expression>>, must<close_parenthesis>> {};
struct list_literal : seq<open_bracket, opt<items<expression, ']'>>, must<close_bracket>> {};
struct conditional : seq<WORD("if"), must<condition>, must<then_word>, must<expression>, must<else_word>, must<expression>> {};
struct then_word : WORD("then") {};
struct else_word : WORD("else") {};
struct quantifier : seq<quantifier_word, must<name>, must<in_word>, must<coalescence<sum>>, must<colon>, must<condition>> {};
struct quantifier_word : sor<WORD("any"), WORD("every")> {};
struct in_word : WORD("in") {};
struct has_test : seq<WORD("has"), must<has_path>> {};
struct has_path : sor<path_value, seq<open_parenthesis, must<path_value>, must<close_parenthesis>>> {};
struct during_test : seq<WORD("during"), must<reference>> {};

struct call : seq<reference, open_parenthesis, opt<items<expression, ')'>>, must<close_parenthesis>> {};
struct aggregate_name : seq<sor<TAO_PEGTL_KEYWORD("count"), TAO_PEGTL_KEYWORD("sum"), TAO_PEGTL_KEYWORD("avg"), TAO_PEGTL_KEYWORD("min"), TAO_PEGTL_KEYWORD("max"), TAO_PEGTL_KEYWORD("stddev"), TAO_PEGTL_KEYWORD("distinct"), TAO_PEGTL_KEYWORD("percentile")>, gap> {};
struct aggregate : seq<aggregate_name, open_parenthesis, opt<list_must<aggregate_argument, comma>>, opt<aggregate_where>, must<close_parenthesis>, opt<window>> {};
struct aggregate_argument : sor<aggregate_where, expression> {};
struct aggregate_where : if_must<WORD("where"), condition> {};
struct window : sor<if_must<WORD("over"), duration_value>, if_must<WORD("per"), window_unit>> {};
struct window_unit : seq<at<sor<WORD("hour"), WORD("day"), WORD("week")>>, name> {};
struct novelty : seq<WORD("new"), open_parenthesis, must<expression>, star<comma, must<expression>>, must<close_parenthesis>, must<window>> {};
struct baseline_name : seq<sor<TAO_PEGTL_KEYWORD("usual"), TAO_PEGTL_KEYWORD("deviation"), TAO_PEGTL_KEYWORD("peers")>, gap> {};
struct baseline_call : seq<baseline_name, open_parenthesis, must<expression>, star<comma, must<baseline_option>>, must<baseline_end>, opt<one<'.'>, must<member>>, gap> {};
struct baseline_end : one<')'> {};
struct member : seq<name_part> {};
struct baseline_option : sor<baseline_past, baseline_least, baseline_during, baseline_by, baseline_from> {};
struct baseline_past : if_must<WORD("past"), duration_value> {};
struct baseline_least : if_must<WORD("at"), least_word, integer_value> {};
struct least_word : WORD("least") {};
struct baseline_during : if_must<WORD("during"), reference> {};
struct baseline_by : if_must<WORD("by"), expression> {};
struct baseline_from : if_must<WORD("from"), reference> {};

// --- declarations --------------------------------------------------------------------------------------------------------
struct declaration : sor<module_declaration, use_declaration, event_declaration, subject_declaration, list_declaration, table_declaration, let_declaration, define_declaration, calendar_declaration, baseline_declaration, action_declaration, signal_declaration, policy_declaration, risk_declaration, source_declaration, test_declaration> {};
struct lone_expression : seq<gap, must<expression>, must<end_of_expression>> {};
struct end_of_expression : eof {};

struct module_declaration : if_must<WORD("module"), name, opt<zone_clause>> {};
struct zone_clause : if_must<WORD("zone"), text_value> {};
struct use_declaration : if_must<WORD("use"), list_must<used_module, comma>> {};
struct used_module : seq<name, opt<alias>> {};
struct alias : if_must<WORD("as"), name> {};

struct event_declaration : if_must<WORD("event"), dotted, field_block, opt<roster_change>> {};
struct field_block : seq<open_brace, star<field, opt<comma>>, must<fields_end>> {};
struct fields_end : close_brace {};
struct field : seq<opt<sensitive>, name, must<type>, opt<default_value>> {};
struct sensitive : seq<WORD("sensitive"), at<name, name_start>> {};
struct default_value : if_must<equals, expression> {};
struct roster_change : if_must<roster_verb, employee_word, record> {};
struct roster_verb : sor<WORD("updates"), WORD("adds")> {};
struct employee_word : WORD("employee") {};
struct record : seq<open_brace, opt<items<assignment, '}'>>, must<record_end>> {};
struct record_end : close_brace {};
struct assignment : seq<name, must<colon>, must<expression>> {};
struct type : seq<sor<enum_type, list_type, name_part>, opt<optional_mark>, gap> {};
struct optional_mark : one<'?'> {};
struct enum_type : if_must<TAO_PEGTL_KEYWORD("enum"), gap, open_parenthesis, enum_words, enum_end> {};
struct enum_words : items<name, ')'> {};
struct enum_end : one<')'> {};
struct list_type : if_must<TAO_PEGTL_KEYWORD("list"), gap, open_angle, name, close_angle> {};
struct open_angle : SIGN("<") {};
struct close_angle : one<'>'> {};

struct subject_declaration : if_must<WORD("subject"), name, field_block> {};
struct list_declaration : if_must<WORD("list"), name, list_content> {};
struct list_content : sor<seq<equals, must<list_literal>>, seq<file_clause, opt<column_clause>>> {};
struct file_clause : if_must<WORD("from"), text_value> {};
struct column_clause : if_must<WORD("column"), text_value> {};
struct table_declaration : if_must<WORD("table"), name, file_clause, field_block> {};
struct let_declaration : if_must<WORD("let"), name, equals, expression> {};
struct define_declaration : if_must<WORD("define"), name, parameters, equals, expression> {};
struct parameters : seq<open_parenthesis, opt<items<parameter, ')'>>, must<close_parenthesis>> {};
struct parameter : seq<name, must<type>, opt<default_value>> {};
struct calendar_declaration : if_must<WORD("calendar"), name, open_brace, star<calendar_clause, opt<comma>>, calendar_end> {};
struct calendar_end : close_brace {};
struct calendar_clause : sor<calendar_days, calendar_hours, calendar_zone, calendar_holidays, calendar_except> {};
struct calendar_days : if_must<WORD("days"), list_must<day_range, comma>> {};
struct day_range : seq<name, opt<dots, must<name>>> {};
struct calendar_hours : if_must<WORD("hours"), list_must<hour_range, comma>> {};
struct hour_range : seq<sum, must<dots>, must<sum>> {};
struct calendar_zone : if_must<WORD("zone"), expression> {};
struct calendar_holidays : if_must<WORD("holidays"), file_clause> {};
struct calendar_except : if_must<WORD("except"), condition> {};
struct baseline_declaration : if_must<WORD("baseline"), name, file_clause> {};
struct action_declaration : if_must<WORD("action"), name, opt<parameters>, opt<state_mark>> {};
struct state_mark : WORD("state") {};

struct signal_declaration : if_must<WORD("signal"), name, star<sor<title, parameters>>, star<signal_clause>> {};
struct title : text_value {};
struct signal_clause : sor<on_clause, across_clause, where_clause, by_clause, when_clause, sequence_clause, until_clause, except_clause> {};
struct on_clause : if_must<WORD("on"), patterns, opt<alias>> {};
struct across_clause : if_must<WORD("across"), expression> {};
struct where_clause : if_must<WORD("where"), condition> {};
struct by_clause : if_must<WORD("by"), list_must<expression, comma>> {};
struct when_clause : if_must<WORD("when"), condition> {};
struct patterns : list_must<pattern, comma> {};
struct pattern : seq<opt<signal_mark>, sor<everything, event_name>> {};
struct signal_mark : seq<WORD("signal"), at<name_start>> {};
struct everything : SIGN("*") {};
struct event_name : seq<dotted_part, opt<family_mark>, gap> {};
struct dotted_part : seq<name_part, star<one<'.'>, name_part>> {};
struct family_mark : string<'.', '*'> {};
struct sequence_clause : if_must<WORD("sequence"), star<sequence_option>, open_brace, star<step>, steps_end> {};
struct sequence_option : sor<within_clause, by_clause> {};
struct within_clause : if_must<WORD("within"), duration_value> {};
struct steps_end : close_brace {};
struct step : seq<opt<no_mark>, patterns, star<step_clause>> {};
struct no_mark : seq<WORD("no"), at<sor<name_start, one<'*'>>>> {};
struct step_clause : sor<alias, where_clause, by_clause, times_clause> {};
struct times_clause : if_must<WORD("times"), integer_value> {};
struct until_clause : if_must<WORD("until"), patterns, star<sor<where_clause, by_clause>>> {};
struct except_clause : if_must<WORD("except"), text_value, star<sor<except_owner, except_until>>, except_on, opt<except_condition>> {};
struct except_owner : if_must<WORD("owner"), text_value> {};
struct except_until : if_must<WORD("until"), instant_value> {};
struct except_on : if_must<WORD("on"), patterns> {};
struct except_condition : if_must<open_brace, condition, close_brace> {};

// --- policies ----------------------------------------------------------------------------------------------------------
struct policy_declaration : if_must<WORD("policy"), name, opt<title>, open_brace, star<policy_clause>, policy_end> {};
struct policy_end : close_brace {};
struct policy_clause : sor<id_clause, purpose_clause, basis_clause, owner_clause, severity_clause, tags_clause, references_clause, version_clause, created_clause, modified_clause, expires_clause, covers_clause, opens_clause, looks_clause, closes_clause, retrigger_clause, except_clause, score_clause, alert_clause> {};
struct id_clause : if_must<WORD("id"), text_value> {};
struct purpose_clause : if_must<WORD("purpose"), text_value> {};
struct basis_clause : if_must<WORD("basis"), text_value> {};
struct owner_clause : if_must<WORD("owner"), text_value> {};
struct version_clause : if_must<WORD("version"), text_value> {};
struct severity_clause : if_must<WORD("severity"), level> {};
struct tags_clause : if_must<WORD("tags"), list_must<text_value, comma>> {};
struct references_clause : if_must<WORD("references"), list_must<text_value, comma>> {};
struct created_clause : if_must<WORD("created"), instant_value> {};
struct modified_clause : if_must<WORD("modified"), instant_value> {};
struct expires_clause : if_must<WORD("expires"), instant_value> {};
struct covers_clause : if_must<WORD("covers"), condition> {};
struct level_word : sor<TAO_PEGTL_KEYWORD("info"), TAO_PEGTL_KEYWORD("low"), TAO_PEGTL_KEYWORD("medium"), TAO_PEGTL_KEYWORD("high"), TAO_PEGTL_KEYWORD("critical")> {};
struct level : seq<level_word, gap> {};
struct opens_clause : if_must<WORD("opens"), opens_content> {};
struct opens_content : sor<opens_always, list_must<opening, comma>> {};
struct opens_always : if_must<WORD("always"), because_word, text_value> {};
struct because_word : WORD("because") {};
struct opening : if_must<WORD("on"), opening_cause, star<opening_option>> {};
struct opening_cause : sor<opening_alert, opening_signal, opening_events> {};
struct opening_alert : seq<WORD("alert"), at<name_start>, must<reference>, opt<opening_level>> {};
struct opening_level : if_must<WORD("at"), level> {};
struct opening_signal : seq<WORD("signal"), at<name_start>, must<reference>> {};
struct opening_events : seq<pattern, star<comma, not_at<WORD("on")>, must<pattern>>> {};
struct opening_option : sor<alias, opening_for, opening_at, where_clause> {};
struct opening_for : if_must<WORD("for"), condition> {};
struct opening_at : if_must<WORD("at"), path_value> {};
struct looks_clause : if_must<WORD("looks"), back_word, duration_value> {};
struct back_word : WORD("back") {};
struct closes_clause : if_must<WORD("closes"), list_must<closing, closing_comma>> {};
struct closing_comma : seq<comma, opt<WORD("or")>> {};
struct closing : sor<closing_after, closing_on, closing_instant> {};
struct closing_after : if_must<WORD("after"), duration_value> {};
struct closing_instant : sor<if_must<duration_alone, after_word, path_value>, seq<constant_name, WORD("after"), must<path_value>>> {};
struct after_word : WORD("after") {};
struct closing_on : if_must<WORD("on"), closing_events, star<sor<alias, where_clause>>> {};
struct closing_events : seq<pattern, star<comma, not_at<sor<WORD("on"), WORD("or"), WORD("after"), digit, seq<path_value, WORD("after")>>>, must<pattern>>> {};
struct retrigger_clause : if_must<WORD("retrigger"), retrigger_kind, opt<retrigger_limit>> {};
struct retrigger_kind : seq<sor<TAO_PEGTL_KEYWORD("extends"), TAO_PEGTL_KEYWORD("restarts"), TAO_PEGTL_KEYWORD("ignores")>, gap> {};
struct retrigger_limit : seq<opt<comma>, WORD("at"), must<most_word>, must<duration_value>> {};
struct most_word : WORD("most") {};

struct score_clause : if_must<WORD("score"), open_brace, star<term>, star<score_option>, score_end> {};
struct score_end : close_brace {};
struct term : if_must<SIGN("+"), points, for_word, use, star<term_option>> {};
struct points : expression {};
struct for_word : WORD("for") {};
struct term_option : sor<term_when, seq<comma, must<term_limit>>> {};
struct term_when : if_must<WORD("when"), term_condition> {};
struct term_limit : sor<at_most, once> {};
struct at_most : if_must<WORD("at"), most_word, number_value> {};
struct once : WORD("once") {};
struct score_option : sor<halves, booster, at_most> {};
struct halves : if_must<WORD("halves"), every_word, duration_value> {};
struct every_word : WORD("every") {};
struct booster : if_must<WORD("times"), number_value, when_word, condition> {};
struct when_word : WORD("when") {};
struct use : seq<reference, opt<use_arguments>> {};
struct use_arguments : seq<open_parenthesis, opt<items<use_argument, ')'>>, must<close_parenthesis>> {};
struct use_argument : seq<opt<argument_name>, expression> {};
struct argument_name : seq<name, colon> {};
struct alert_clause : if_must<WORD("alert"), alert_head, star<alert_option>> {};
struct alert_head : sor<alert_on, alert_level> {}; // without a level: that of `severity`
struct alert_level : seq<level, must<alert_cause>> {};
struct alert_cause : sor<alert_at, alert_on> {};
struct alert_at : if_must<WORD("at"), number_value> {};
struct alert_on : if_must<WORD("on"), alert_on_cause> {};
struct alert_on_cause : sor<on_open, use> {};
struct on_open : WORD("open") {};
struct alert_option : sor<rearms, alert_do> {};
struct rearms : if_must<WORD("rearms"), below_word, number_value> {};
struct below_word : WORD("below") {};
struct alert_do : if_must<WORD("do"), list_must<use, comma>> {};

struct risk_declaration : if_must<WORD("risk"), open_brace, star<risk_clause, opt<sor<comma, SIGN(";")>>>, risk_end> {};
struct risk_end : close_brace {};
struct risk_clause : sor<risk_combine, risk_level> {};
struct risk_combine : if_must<WORD("combine"), combine_kind> {};
struct combine_kind : seq<sor<TAO_PEGTL_KEYWORD("max"), TAO_PEGTL_KEYWORD("sum")>, gap> {};
struct risk_level : if_must<level, at_word, number_value> {};
struct at_word : WORD("at") {};

// --- sources -------------------------------------------------------------------------------------------------------------
struct source_declaration : if_must<WORD("source"), name, from_word, source_format, open_brace, star<source_item, opt<comma>>, source_end> {};
struct from_word : WORD("from") {};
struct source_format : name {};
struct source_end : close_brace {};
struct source_item : sor<source_delimiter, source_zone, source_header, emit, column> {};
struct source_delimiter : seq<WORD("delimiter"), at<text_start>, text_value> {};
struct source_zone : seq<WORD("zone"), at<text_start>, text_value> {};
struct source_header : seq<WORD("header"), at<text_start>, list_must<text_value, comma>> {};
struct text_start : sor<one<'"'>, string<'r', '"'>> {};
struct column : seq<opt<column_sensitive>, type, must<reference>, opt<headers>> {};
struct column_sensitive : seq<WORD("sensitive"), at<type_start, name_start>> {};
struct type_start : seq<identifier, opt<one<'('>, star<not_one<')', '\n'>>, one<')'>>, opt<one<'<'>, identifier, one<'>'>>, opt<one<'?'>>, gap> {};
struct headers : if_must<WORD("from"), list_must<text_value, comma>> {};
struct emit : if_must<WORD("emit"), emit_target, opt<when_clause>, record> {};
struct emit_target : sor<emit_employee, dotted> {};
struct emit_employee : WORD("employee") {};

// --- tests -----------------------------------------------------------------------------------------------------------------
struct test_declaration : if_must<WORD("test"), text_value, test_content> {};
struct test_content : sor<test_refusal, seq<open_brace, star<test_item>, star<test_case>, must<test_end>>> {};
struct test_refusal : seq<WORD("refuses"), must<list_must<name, comma>, refused_begin>, refused_body, must<refused_end>> {};
struct refused_begin : one<'{'> {};
struct refused_body : star<refused_piece> {};
struct refused_piece : sor<comment, raw_text, text, refused_block, not_one<'{', '}'>> {};
struct refused_block : seq<one<'{'>, refused_body, one<'}'>> {};
struct refused_end : close_brace {};
struct test_case : if_must<WORD("case"), opt<text_value>, record, star<case_expectation>> {};
struct case_expectation : seq<expectation> {};
struct test_end : close_brace {};
struct test_item : sor<expectation, test_employee, test_at, test_lateness, test_until, test_roster, test_advance> {};
struct test_advance : if_must<WORD("advance"), advance_target> {};
struct advance_target : sor<advance_to, duration_value> {};
struct advance_to : if_must<WORD("to"), instant_value> {};
struct test_lateness : if_must<WORD("lateness"), duration_value> {};
struct test_until : if_must<WORD("until"), instant_value> {};
struct test_roster : WORD("roster") {};
struct test_employee : if_must<WORD("employee"), text_value, opt<record>> {};
struct test_at : if_must<WORD("at"), instant_value, at_content> {};
struct at_content : sor<test_employee, test_event> {};
struct test_event : seq<dotted, must<record>, opt<repetition>> {};
struct repetition : if_must<WORD("x"), integer_value, every_word, duration_value> {};
struct expectation : if_must<WORD("expect"), expectation_content> {};
struct expectation_content : sor<expect_nothing, expect_no, expect_snapshot, expect_alert, expect_score, expect_watch, expect_risk> {};
struct expect_nothing : if_must<WORD("nothing"), else_word> {};
struct expect_no : if_must<WORD("no"), expect_unwanted> {};
struct expect_snapshot : if_must<WORD("alerts"), from_file> {};
struct from_file : if_must<WORD("from"), text_value> {};
struct expect_unwanted : sor<expect_no_alert, expect_no_watch> {};
struct expect_no_alert : seq<WORD("alert"), star<alert_part>> {};
struct expect_no_watch : seq<WORD("watch"), star<watch_part>> {};
struct expect_alert : seq<WORD("alert"), star<alert_part>> {};
struct expect_watch : seq<WORD("watch"), star<watch_part>> {};
struct expect_score : seq<WORD("score"), star<watch_part>, must<expect_comparison>, must<expected_number>> {};
struct expect_risk : seq<WORD("risk"), star<watch_part>, must<expect_comparison>, must<expected_number>> {};
struct expected_person : sor<text_value, case_name> {};
struct expected_number : seq<number_value> {}; // of the cases too
struct case_name : seq<name> {};
struct expect_comparison : seq<sor<string<'=', '='>, string<'!', '='>, string<'<', '='>, string<'>', '='>, one<'<'>, one<'>'>>, gap> {};
struct alert_part : sor<expect_level, expect_because, expect_times, watch_part> {};
struct watch_part : sor<expect_for, expect_at, expect_policy> {};
struct expect_level : seq<level, opt<or_above>> {};
struct or_above : if_must<WORD("or"), above_word> {};
struct above_word : WORD("above") {};
struct expect_for : if_must<WORD("for"), expected_person> {};
struct expect_at : seq<WORD("at"), instant_value, not_at<sor<seq<not_at<WORD("case")>, dotted, one<'{'>>, seq<employee_word, one<'"'>>>>> {};
struct expect_because : if_must<WORD("because"), list_must<reference, comma>> {};
struct expect_times : seq<WORD("x"), at<digit>, must<integer_value>> {};
struct item_start : sor<WORD("expect"), WORD("employee"), WORD("at"), WORD("lateness"), WORD("until"), seq<WORD("roster"), not_at<level_word>>, level_word, WORD("for"), WORD("because"), WORD("advance"), WORD("case"), seq<WORD("x"), digit>> {};
struct expect_policy : seq<not_at<sor<item_start, WORD("do")>>, reference> {};
// clang-format on

#undef WORD
#undef SIGN

} // namespace watchword::dsl::grammar
