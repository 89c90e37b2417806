// The syntax tree: plain structs and variants, expressions in one arena by 32-bit id, children before parents, so that
// a bottom-up pass is a loop. Says what was written, nothing of what it means. Comments are kept beside the tree.
#pragma once

#include "dsl/source.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace watchword::dsl {

using ExprId = std::uint32_t;
inline constexpr ExprId no_expr = UINT32_MAX;

/// An identifier or the content of a text literal, with its place (the literal's with its quotes).
struct Name {
    std::string text;
    Span span;
};
/// `file.copy`
struct DottedName {
    std::vector<Name> parts;
    Span span;
    std::string text() const {
        std::string result;
        for (const Name& part : parts) result += (result.empty() ? "" : ".") + part.text;
        return result;
    }
};

// --- expressions ---------------------------------------------------------------------------------------------------

enum class LiteralKind : std::uint8_t {
    boolean,
    integer,
    real,
    text,
    raw_text,
    instant,     ///< microseconds; local unless `zoned`
    time_of_day, ///< microseconds since 00:00
    duration,    ///< microseconds
    size,        ///< bytes
    percentage,  ///< real: 50% is 0.5
};
struct Literal {
    LiteralKind kind = LiteralKind::integer;
    std::int64_t integer = 0; ///< boolean 0/1, integer, instant, time of day, duration, size
    double real = 0;
    std::string text;   ///< of text, with escapes resolved
    bool zoned = false; ///< an instant with its own offset, which is in `integer` already
};
/// `bytes`, `employee.group`, `a.host`, a backquoted name: `Email Address`. What it refers to, the checker says.
struct Path {
    std::vector<Name> parts;
};
enum class UnaryOp : std::uint8_t { logic_not, negate };
struct Unary {
    UnaryOp op;
    ExprId operand;
    bool is_inside = false; ///< of `not`: written in its operand, a comparison: `x not contains y`
};
enum class BinaryOp : std::uint8_t {
    logic_or,
    logic_and,
    equal,
    unequal,
    less,
    at_most,
    more,
    at_least,
    in,
    not_in,
    contains,
    starts_with,
    ends_with,
    like,
    matches,
    overlaps,
    coalesce, // ??
    add,
    subtract,
    multiply,
    divide,
    modulo,
};
struct Binary {
    BinaryOp op;
    bool folded = false; ///< written with `~`
    ExprId left;
    ExprId right;
};
struct Conditional {
    ExprId condition, then, otherwise;
};
struct Call {
    Name function;
    std::vector<ExprId> arguments;
};
// What a clause takes alone: a literal, or in its place the name of a constant, whose value the checker puts in before
// anything reads it (clause_constants.cpp).
struct DurationClause {
    std::int64_t value = 0; ///< microseconds
    Span span;
    ExprId constant = no_expr; ///< a Path
    bool known = true;         ///< false: what is wrong with the constant was reported, and `value` says nothing
};
struct NumberClause {
    double value = 0;
    Span span;
    ExprId constant = no_expr;
    bool known = true;
};
struct CountClause {
    std::int64_t value = 0; ///< from 1 to one of these
    Span span;
    ExprId constant = no_expr;
    bool known = true;
};
inline constexpr std::int64_t max_step_times = 32;
inline constexpr std::int64_t max_event_times = 1'000'000;
inline constexpr std::int64_t max_least_buckets = 1'000'000;
inline constexpr std::int64_t usual_least = 10;

struct Window {
    enum class Kind : std::uint8_t { none, over, per } kind = Kind::none;
    DurationClause duration; ///< of `over`
    Name unit;               ///< of `per`: hour, day, week
    Span span;
};
/// `sum(bytes, where C) over 1h`; inside `usual` and `peers` too.
struct AggregateExpr {
    Name function; ///< count sum avg min max stddev distinct percentile
    std::vector<ExprId> arguments;
    ExprId where = no_expr;
    Window window;
};
/// `new(x, y) over 90d`
struct NewExpr {
    std::vector<ExprId> arguments;
    Window window;
};
/// `usual(V, past 30d, at least 20, during work).mean`, `deviation(V, past 30d)`, `peers(V, by G).mean`
struct BaselineExpr {
    enum class Kind : std::uint8_t { usual, deviation, peers } kind = Kind::usual;
    ExprId value = no_expr; ///< an AggregateExpr
    std::optional<DurationClause> past;
    std::optional<CountClause> at_least; ///< none: usual_least
    std::optional<Name> during;
    ExprId by = no_expr;          ///< of peers
    std::optional<Name> baseline; ///< of peers: `from NAME`, when there are several
    std::optional<Name> member;   ///< mean stddev n deviation
};
struct ListExpr {
    std::vector<ExprId> items;
};
/// `1..5`, only right of `in`
struct RangeExpr {
    ExprId low, high;
};
/// `(a, b)`, only left of `in TABLE`
struct TupleExpr {
    std::vector<ExprId> items;
};
struct HasExpr {
    ExprId path;
};
/// `any x in list : COND`
struct Quantifier {
    bool every = false;
    Name variable;
    ExprId list, condition;
};
struct DuringExpr {
    Name calendar;
};

struct Expr {
    Span span;
    std::variant<Literal, Path, Unary, Binary, Conditional, Call, AggregateExpr, NewExpr, BaselineExpr, ListExpr,
                 RangeExpr, TupleExpr, HasExpr, Quantifier, DuringExpr>
        node;
};

// --- shared pieces of declarations -----------------------------------------------------------------------------------

/// `text`, `enum(a, b)`, `list<text>`, each with `?`
struct TypeExpr {
    Name name; ///< `enum`, `list` for those
    std::vector<Name> words;
    std::optional<Name> element;
    bool optional = false;
    Span span;
};
struct FieldDecl {
    Name name;
    TypeExpr type;
    bool sensitive = false;
    ExprId fallback = no_expr;
    std::string doc;
    Span span;
};
/// `name: expr`
struct Assignment {
    Name name;
    ExprId value;
    Span span;
};
/// What an `on`, a step, `until`, a trigger listens to.
struct EventPattern {
    enum class Kind : std::uint8_t { event, family, everything, signal } kind = Kind::event;
    DottedName name; ///< without the `.*`; empty for `*`
    Span span;
};
struct TextClause {
    std::string text;
    Span span; ///< of the text
};
struct InstantClause {
    std::int64_t value = 0; ///< microseconds, local unless zoned
    bool zoned = false;
    Span span;
};
/// A signal or action with arguments: `ManyHosts(limit: 5)`, `restrict("vpn")`
struct Use {
    Name name;
    std::vector<Assignment> arguments; ///< name.text empty: positional
    Span span;
};

struct ExceptClause {
    TextClause reason;
    std::optional<TextClause> owner;
    std::optional<InstantClause> until;
    std::vector<EventPattern> patterns;
    ExprId condition = no_expr;
    Span span;
};

// --- declarations
// ------------------------------------------------------------------------------------------------------

struct ModuleDecl {
    Name name;
    std::optional<TextClause> zone; ///< `module hr zone "Europe/Berlin"`
};
struct UseDecl {
    struct Item {
        Name module;
        std::optional<Name> alias;
    };
    std::vector<Item> items;
};
struct EventDecl {
    DottedName name;
    std::vector<FieldDecl> fields;
    /// `updates employee { … }` or `adds employee { … }`
    bool adds = false;
    std::vector<Assignment> updates;
};
struct SubjectDecl {
    Name name; ///< employee
    std::vector<FieldDecl> fields;
};
struct ListDecl {
    Name name;
    std::vector<ExprId> items;
    std::optional<TextClause> file; ///< `from "file.txt"`, `from "file.csv" column "user"`
    std::optional<TextClause> column;
};
struct TableDecl {
    Name name;
    TextClause file;
    std::vector<FieldDecl> columns;
};
struct LetDecl {
    Name name;
    ExprId value;
};
struct Parameter {
    Name name;
    TypeExpr type;
    ExprId fallback = no_expr;
};
struct DefineDecl {
    Name name;
    std::vector<Parameter> parameters;
    ExprId body;
};
struct CalendarDecl {
    Name name;
    std::vector<std::pair<Name, Name>> days; ///< ranges; a single day twice: mon..fri, sat
    std::vector<std::pair<ExprId, ExprId>> hours;
    ExprId zone = no_expr;
    ExprId except = no_expr;
    std::optional<TextClause> holidays;
};
struct BaselineDecl {
    Name name;
    TextClause file;
};
struct ActionDecl {
    Name name;
    std::vector<Parameter> parameters;
    bool state = false; ///< `action restrict(what text) state`
};

struct Step {
    bool forbidden = false;
    std::vector<EventPattern> patterns;
    std::optional<Name> alias;
    ExprId where = no_expr;
    std::vector<ExprId> by;
    CountClause times{1, {}}; ///< its span is that of the clause
    Span span;
};
struct Sequence {
    DurationClause within;
    std::vector<ExprId> by;
    std::vector<Step> steps;
    std::vector<Step> until; ///< pattern, where, by
    Span span;
};
struct Across {
    ExprId key; ///< a path over the event's fields or the person's attributes
    Span span;
};
struct SignalDecl {
    Name name;
    std::optional<TextClause> title;
    std::vector<Parameter> parameters;
    std::vector<EventPattern> on;
    std::optional<Name> alias;
    std::optional<Across> across;
    ExprId where = no_expr;
    std::vector<ExprId> by;
    ExprId when = no_expr;
    std::optional<Sequence> sequence;
    std::vector<ExceptClause> exceptions;
};

struct Opens {
    enum class Kind : std::uint8_t { event, alert, signal } kind = Kind::event;
    std::vector<EventPattern> patterns;
    Name target; ///< policy of `alert`, signal of `signal`
    std::optional<Name> level;
    std::optional<Name> alias;
    ExprId group = no_expr; ///< for COND
    ExprId at = no_expr;    ///< at PATH
    ExprId where = no_expr;
    Span span;
};
struct Close {
    enum class Kind : std::uint8_t { after, after_instant, event } kind = Kind::after;
    DurationClause duration;
    ExprId instant = no_expr; ///< a path
    std::vector<EventPattern> patterns;
    std::optional<Name> alias;
    ExprId where = no_expr;
    Span span;
};
struct RetriggerClause {
    Name kind; ///< extends restarts ignores
    std::optional<DurationClause> at_most;
    Span span;
};
struct Term {
    ExprId points;
    Use signal;
    ExprId when = no_expr;
    std::optional<NumberClause> at_most;
    bool once = false;
    Span span;
};
struct Booster {
    NumberClause factor;
    ExprId when = no_expr;
    Span span;
};
struct ScoreClause {
    std::vector<Term> terms;
    std::optional<DurationClause> halves_every;
    std::vector<Booster> boosters;
    std::optional<NumberClause> at_most;
    Span span;
};
struct AlertClause {
    enum class Cause : std::uint8_t { level, on_open, on_signal } cause = Cause::level;
    Name level;
    NumberClause at;
    Use signal;
    std::optional<NumberClause> rearms_below;
    std::vector<Use> actions;
    Span span;
};
struct PolicyDecl {
    Name name;
    std::optional<TextClause> title;
    std::optional<TextClause> id, purpose, basis, owner, version;
    std::optional<Name> severity;
    std::vector<TextClause> tags;
    std::vector<TextClause> references;
    std::optional<InstantClause> created, modified, expires;
    ExprId covers = no_expr;
    std::vector<Opens> opens;
    std::optional<TextClause> always;
    std::optional<DurationClause> looks_back;
    std::vector<Close> closes;
    std::optional<RetriggerClause> retrigger;
    std::vector<ExceptClause> exceptions;
    std::optional<ScoreClause> score;
    std::vector<AlertClause> alerts;
    /// Clauses in the order in which they were written, as (keyword span); the printer keeps comments by it.
    std::vector<Span> clauses;
};
struct RiskDecl {
    Name combine; ///< max, sum
    std::vector<std::pair<Name, NumberClause>> levels;
};

struct Column {
    TypeExpr type;
    Name name;
    std::vector<TextClause> headers; ///< `from "Email Address", "UPN"`; none: its own name
    bool sensitive = false;
    Span span;
};
struct Emit {
    bool employee = false;
    DottedName event;
    ExprId when = no_expr;
    std::vector<Assignment> fields;
    Span span;
};
struct SourceDecl {
    Name name;
    Name format; ///< csv, json, or another source whose columns and emits are taken over
    std::optional<TextClause> delimiter;
    std::optional<TextClause> zone;
    std::vector<TextClause> header; ///< names of columns of a file without a header line
    std::vector<Column> columns;
    std::vector<Emit> emits;
};

struct EmployeeItem {
    std::optional<InstantClause> at;
    TextClause id;
    std::vector<Assignment> attributes; ///< `accounts: [...]` gives aliases
    Span span;
};
struct EventItem {
    InstantClause at;
    DottedName event;
    std::vector<Assignment> fields;
    CountClause times{1, {}};
    DurationClause every;
    Span span;
};
struct Expectation {
    enum class Kind : std::uint8_t {
        alert,
        no_alert,
        score,
        watch,
        no_watch,
        risk,
        nothing_else,
        snapshot
    } kind = Kind::alert;
    std::optional<Name> policy;
    std::optional<Name> level;
    bool or_above = false;
    std::optional<TextClause> person;
    std::optional<Name> person_name; ///< of the cases, in place of the person
    std::optional<InstantClause> at;
    std::vector<Name> because;
    std::optional<std::uint32_t> times;
    BinaryOp comparison = BinaryOp::equal;
    NumberClause number;            ///< a name of the cases may stand in its place too
    std::optional<TextClause> file; ///< of a snapshot
    Span span;
};
/// `lateness 10m`, `roster`, `until T`, `advance 3d`, `advance to T`
struct TestOption {
    Name name;
    std::optional<DurationClause> duration;
    std::optional<InstantClause> instant;
    Span span;
};
/// A row of a table: values for the names that the test uses, and what must come of them.
struct TestCase {
    TextClause title; ///< empty: named by its values
    std::vector<Assignment> values;
    Span values_span;
    std::vector<Expectation> expectations; ///< its own, besides those of the test
    Span span;
};
/// `refuses W0203 { … }`: declarations that must not compile, as text.
struct Refusal {
    std::vector<Name> codes;
    Span body; ///< between the brackets
};
struct TestDecl {
    TextClause title;
    std::vector<std::variant<EmployeeItem, EventItem, Expectation, TestOption>> items;
    std::vector<TestCase> cases;
    std::optional<Refusal> refusal;
};

struct Declaration {
    Span span;       ///< all of it, without the doc comment
    std::string doc; ///< `##` lines, joined by new lines
    std::variant<ModuleDecl, UseDecl, EventDecl, SubjectDecl, ListDecl, TableDecl, LetDecl, DefineDecl, CalendarDecl,
                 BaselineDecl, ActionDecl, SignalDecl, PolicyDecl, RiskDecl, SourceDecl, TestDecl>
        node;
};

struct Comment {
    Span span; ///< from the `#` to the end of the line
    bool own_line = false;
};

/// One file.
struct Tree {
    std::uint32_t file = 0;
    std::vector<Expr> exprs;
    std::vector<Declaration> declarations;
    std::vector<Comment> comments;   ///< all, doc comments too, in order
    std::vector<std::string> unread; ///< names of declarations that could not be read, which was reported

    const Expr& operator[](ExprId id) const { return exprs[id]; }
};

} // namespace watchword::dsl
