// The checked policies: what every name refers to and what type every expression has. Made by `check`, read by `lower`
// and by the oracle of the tests. Indices instead of pointers; trees stay as they were read, but for the values of
// constants that clauses name.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/diagnostic.hpp"
#include "runtime/program.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace watchword::dsl {

using runtime::Kind;
using runtime::Type;
inline constexpr std::uint32_t none = UINT32_MAX;

enum class RefKind : std::uint8_t {
    nothing,
    field,         ///< of the current event: `field` is its name; which slot depends on the event's type
    step_field,    ///< of the event that filled step `index` of this sequence (before `times` is written out)
    trigger_field, ///< of the watch's newest trigger (its alias, or the only one)
    attribute,     ///< of the person in question: `employee.group`; `index` in EmployeeSchema::attributes
    constant,      ///< `let`: index in Model::constants
    enumerator,    ///< ordinal `index` of enumeration `detail` of the expression's type
    list,          ///< index in Model::lists
    table,         ///< index in Model::tables
    parameter,     ///< `index`th parameter of the define or signal in question
    variable,      ///< of a quantifier: its ExprId is `index`
    column,        ///< of a source: index in SourceInfo::columns
    subject,       ///< the person in question
    time,
    stated,
    id,
    event_type,  ///< of the current event (of step `index` / of the trigger if `of_step` / `of_trigger`)
    signal_name, ///< of a signal used as an event
    lookback,    ///< in `+40 for X when …`
    function,    ///< Call: index in Model::functions
    define,      ///< Call: index in Model::defines
    calendar,    ///< DuringExpr, and BaselineExpr with `during`: index in Model::calendars
    baseline,    ///< BaselineExpr of peers: index in Model::baselines; `attribute` is the one named by `by`
};

struct Ref {
    RefKind kind = RefKind::nothing;
    std::uint32_t index = none;
    /// Of field, step_field: its name. Of trigger_field, and of time, stated, id, event_type with `of_trigger`: the
    /// name in PolicyInfo::trigger_fields, `notice.last_day`, and `index` is its index there. In `opens` itself the
    /// trigger is the current event, so its alias gives plain `field`s there.
    std::string field = {};
    /// The value is a person, and this attribute of that person is meant: `r.group`. Absent if not in the roster.
    std::uint32_t attribute = none;
    bool of_step = false, of_trigger = false; ///< for time, stated, id, event_type; with of_step `index` is the step
};

struct ExprInfo {
    Type type; ///< as computed
    /// As used, after an implied conversion: integer to real, text literal to host (also each item of a list, a named
    /// list too: list<text> as list<ip> may hold networks), column text to anything, host or email to text, any text to
    /// person (compared by employee id). Operands of `/` that are int are `as` real; of `size * real`, `duration / int`
    /// and the like both stay as they are. `usual(…).mean` of a size has type size though the machine gives a real.
    Type as;
    Ref ref; ///< of Path, Call, DuringExpr, BaselineExpr
    /// Absent operands make the result absent instead of being an error (source columns, cold baselines): `and`, `or`,
    /// `not` are then three-valued, and a condition that ends up absent is false. Of a ListExpr: absent items are left
    /// out. Of a Call: an absent argument makes the result absent.
    bool lifted = false;
    /// Of an AggregateExpr, NewExpr, BaselineExpr: its window (BaselineExpr: usual / peers entry) in the signal, in
    /// order of appearance; equal ones share.
    std::uint32_t window = none;
};

/// Where a declaration stands.
struct DeclRef {
    std::uint32_t tree = none; ///< index in Model::trees
    std::uint32_t declaration = none;
};

/// One thing that a pattern stands for: `file.*` becomes one entry an event type.
struct Heard {
    bool is_signal = false;
    std::uint32_t index = none; ///< Model::events or Model::signals
    friend bool operator==(const Heard&, const Heard&) = default;
};

/// The value of a constant expression.
struct Constant {
    Type type;
    std::int64_t integer = 0; ///< every kind held as an integer
    double real = 0;
    std::string text;            ///< textual kinds; ip: 16 bytes
    std::vector<Constant> items; ///< list
    bool present = true;
    std::optional<std::uint32_t> file_list; ///< the list from a file, by index in the model, that it is
    friend bool operator==(const Constant&, const Constant&) = default;
};

struct ConstantInfo {
    DeclRef at;
    std::string name;
    Constant value;
};
struct ListInfo {
    DeclRef at;
    std::string name;
    Type element;
    std::vector<Constant> items;
    bool used = false;
};
struct TableInfo {
    DeclRef at;
    std::string name;
    std::vector<Kind> columns;
    std::vector<std::string> names;
    std::vector<std::vector<Constant>> rows;
    bool used = false;
};
struct DefineInfo {
    DeclRef at;
    std::string name;
    std::vector<Type> parameters;
    std::size_t required = 0; ///< so many of the parameters have no default; they come first
    Type result;
};
struct CalendarInfo {
    DeclRef at;
    std::string name;
    std::vector<std::int32_t> holidays;
};
struct ActionInfo {
    DeclRef at;
    std::string name;
    std::vector<Type> parameters;
};
struct BaselineInfo {
    DeclRef at;
    std::string name;
    std::vector<runtime::BaselineRow> rows;
};

struct StepInfo {
    std::vector<Heard> heard;
};
struct SignalInfo {
    DeclRef at;
    std::string name, module;
    std::vector<Heard> heard;    ///< of `on`
    std::vector<StepInfo> steps; ///< of the sequence
    std::vector<StepInfo> until;
    std::vector<StepInfo> excepts; ///< per except clause
    std::vector<Type> parameters;
    /// Its fields when it is listened to: those that every event it hits on has with one type (T? if some lack it).
    std::vector<runtime::Field> fields;
    bool is_across = false;
    bool used = false;
};
/// One use of a signal in a policy: signal and arguments. Equal uses in a policy are one instance.
struct SignalUse {
    std::uint32_t signal = none;
    std::vector<Constant> arguments;
    friend bool operator==(const SignalUse&, const SignalUse&) = default;
};
struct PolicyInfo {
    DeclRef at;
    std::string name, module;
    std::vector<StepInfo> opens;             ///< per Opens: event types (signal: across signal)
    std::vector<std::uint32_t> opens_policy; ///< per Opens: of kind alert the index in Model::policies, else none
    std::vector<StepInfo> closes;            ///< per Close; empty unless of kind event
    std::vector<StepInfo> excepts;
    std::vector<SignalUse> terms;         ///< per Term
    std::vector<SignalUse> alert_signals; ///< per AlertClause; signal is none unless on_signal
    /// Fields of the triggers that something reads: `n.last_day` is the name, written so, and the type is T? where some
    /// trigger lacks it (another alias, another event). `n.time`, `n.stated`, `n.id`, `n.type` are entries too.
    std::vector<runtime::Field> trigger_fields;
};
struct SourceInfo {
    DeclRef at;
    std::string name, format;
    struct ColumnInfo {
        std::string name;
        std::vector<std::string> headers;
        Type type;
        bool sensitive = false;
    };
    std::vector<ColumnInfo> columns; ///< declared ones, then used ones; its own and those of the source it extends
    struct EmitInfo {
        std::uint32_t tree;
        const Emit* emit;
        std::uint32_t event = none;
    };
    std::vector<EmitInfo> emits; ///< with those of the source it extends
    std::string delimiter = ",", zone;
    std::vector<std::string> header;
};
/// What came of declarations that must not compile.
struct RefusalInfo {
    std::string expected; ///< `refused with W0203`
    std::string actual;   ///< empty: so it was
};
struct TestInfo {
    DeclRef at;
    std::string name;
    std::optional<RefusalInfo> refusal;
    std::vector<runtime::Field> columns; ///< of its cases: name and type; references are RefKind::parameter
};

struct Model {
    const Sources* sources = nullptr;
    std::vector<Tree> trees;                  ///< standard modules first; every module once
    std::vector<std::vector<ExprInfo>> infos; ///< parallel to trees[i].exprs
    std::vector<std::string> modules;         ///< name of the module of trees[i]
    std::vector<std::string> zones;           ///< its zone, for instants without one
    std::string zone = "UTC";                 ///< of all policies
    runtime::ConstantArena arena;             ///< owns the texts and lists of the fields' fallbacks

    std::vector<runtime::Enumeration> enumerations;
    std::vector<runtime::EventSchema> events; ///< `slot`, `slots`, `updates` not filled in
    std::vector<DeclRef> event_at;
    runtime::EmployeeSchema employee;
    DeclRef employee_at;
    std::vector<runtime::FunctionRow> const* functions = nullptr;
    std::vector<ConstantInfo> constants;
    std::vector<ListInfo> lists;
    std::vector<TableInfo> tables;
    std::vector<DefineInfo> defines;
    std::vector<CalendarInfo> calendars;
    std::vector<ActionInfo> actions;
    std::vector<BaselineInfo> baselines;
    std::vector<SignalInfo> signals;
    std::vector<PolicyInfo> policies;
    std::vector<std::uint32_t> policy_order; ///< `opens on alert` dependencies, then declaration
    std::optional<DeclRef> risk;
    std::vector<SourceInfo> source_mappings;
    std::vector<TestInfo> tests;

    const Expr& expr(std::uint32_t tree, ExprId id) const { return trees[tree].exprs[id]; }
    const ExprInfo& info(std::uint32_t tree, ExprId id) const { return infos[tree][id]; }
    template <class T>
    const T& decl(DeclRef at) const {
        return std::get<T>(trees[at.tree].declarations[at.declaration].node);
    }
};

} // namespace watchword::dsl
