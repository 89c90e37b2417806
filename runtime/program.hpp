// The one meeting point of compiler and machine: a compiled set of policies as a plain value. Immutable once built;
// may be shared by any number of threads. The machine knows neither text nor grammar.
#pragma once

#include "runtime/civil.hpp"
#include "runtime/function.hpp"
#include "runtime/schema.hpp"
#include "runtime/text.hpp"
#include "runtime/type.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace re2 {
class RE2;
}

namespace watchword::runtime {

enum class Opcode : std::uint16_t {
#define OPCODE(name, a, b, c, immediate, doc) name,
#include "runtime/opcodes.def"
#undef OPCODE
};

/// What an operand of an instruction is; see the head of opcodes.def.
enum class OperandKind : std::uint8_t {
    none,
    out,
    in,
    first,
    field,
    trigger,
    capture,
    window,
    usual,
    peers,
    attribute,
    set,
    calendar,
    function,
    pattern,
    constant,
    table,
    member,
    count,
    unit,
    real,
    integer,
    target,
};
/// One row of opcodes.def.
struct OpcodeRow {
    std::string_view name;
    OperandKind a, b, c, immediate;
    std::string_view doc;
};
/// nullptr: no such opcode (a program from disk may hold any number).
const OpcodeRow* opcode_row(Opcode opcode);

struct Instruction {
    Opcode opcode = Opcode::finish;
    std::uint16_t a = 0;
    std::uint16_t b = 0;
    std::uint16_t c = 0;
    union {
        std::int64_t immediate = 0;
        double real;
    };
};
static_assert(sizeof(Instruction) == 16);

/// Start of a piece of code that runs to its `finish`.
using CodeId = std::uint32_t;
/// Of a condition: always true. Of a value: there is none.
inline constexpr CodeId no_code = UINT32_MAX;
inline constexpr std::uint32_t max_registers = 256;

/// Where something stands in the policy text; for explanations. file is an index in Program::files.
struct SourceSpan {
    std::uint32_t file = 0;
    std::uint32_t begin = 0; ///< byte offset
    std::uint32_t end = 0;
};

struct SourceText {
    std::string name;
    std::string text;
};

/// A value that a part of a condition compares.
struct PartOperand {
    std::string label; ///< as written
    CodeId code = no_code;
    Type type;
    bool sensitive = false;
    bool is_constant = false;
    SourceSpan span;
};
enum class PartKind : std::uint8_t { atom, all, any, negation };
/// A condition taken apart at its `and`, `or`, `not`, for recordings alone; compiled only when that was asked for.
/// Children stand before their parent. What stands behind a guard is reached when the guard held.
struct ConditionPart {
    PartKind kind = PartKind::atom;
    CodeId code = no_code;             ///< of an atom
    std::vector<PartOperand> operands; ///< of an atom
    std::vector<std::uint32_t> children;
    SourceSpan span;
};
/// Index in Program::parts.
using PartId = std::uint32_t;
inline constexpr PartId no_part = UINT32_MAX;

enum class Level : std::uint8_t { info, low, medium, high, critical };
inline constexpr std::array<std::string_view, 5> level_names{"info", "low", "medium", "high", "critical"};

enum class Aggregate : std::uint8_t { count, sum, avg, min, max, stddev, distinct, percentile, is_new };
enum class Pane : std::uint8_t { sliding, hour, day, week };
/// Members of a `usual` or `peers` value, in the order of operand kind `member`.
enum class Member : std::uint8_t { mean, stddev, n, deviation };

/// One windowed value of a signal's `when`.
struct WindowPlan {
    Aggregate aggregate = Aggregate::count;
    Pane pane = Pane::sliding;
    Duration span = 0;         ///< of a sliding window and of `new`
    double percentile = 0;     ///< 0..100
    Type argument;             ///< of the thing summed, counted distinct, …; boolean for count()
    std::string label;         ///< as written: `sum(bytes) over 1h`
    bool in_condition = false; ///< read by the condition itself, not only through `usual` or `peers`
};

/// `usual(V, past D, …)` or `deviation(…)`: the window's own completed buckets.
struct UsualPlan {
    std::uint32_t window = 0; ///< index in SignalPlan::windows, a tumbling one
    std::uint32_t buckets = 0;
    std::uint32_t at_least = 10;
    std::optional<std::uint32_t> calendar; ///< leaves out buckets without working time
    double unit = 1;                       ///< least scale of `deviation`: 1, 1e6 (bytes) or 6e7 (microseconds)
};

/// `peers(V, by G)`: a row of a baseline file, chosen by the group's value and the event's date.
struct PeersPlan {
    std::uint32_t baseline = 0;
    std::uint32_t window = 0;    ///< the running value that `deviation` compares
    std::uint32_t attribute = 0; ///< employee attribute that names the group
    double unit = 1;
};

/// A labelled value that an explanation shows, computed at the hit.
struct Observation {
    std::string label; ///< in one hit equal labels have equal values
    CodeId code = no_code;
    Type type;
    bool sensitive = false;
};

/// A value copied out of an event, to be read after the event is gone.
struct KeptSlot {
    std::string label; ///< as written: `notice.last_day`
    Type type;
    bool sensitive = false;
};

/// A condition that removes events before signals see them, while event time < until.
struct ExceptionPlan {
    std::string reason;
    std::string owner;
    Time until = never;
    std::vector<std::pair<std::uint32_t, CodeId>> inputs; ///< event type, condition
    std::vector<PartId> parts;                            ///< of the conditions, if compiled
    SourceSpan span;
};

/// What a signal listens to, one entry an event type or inner signal, with all its code compiled for that type's slots.
struct SignalInput {
    bool is_signal = false;
    std::uint32_t source = 0; ///< event type, or index in PolicyPlan::signals (smaller than this signal's own)
    CodeId where = no_code;
    std::vector<CodeId> by;
    std::vector<CodeId> window_where; ///< per window
    std::vector<CodeId> window_value; ///< per window; no_code for count()
    CodeId when = no_code;
    PartId where_parts = no_part, when_parts = no_part;
    std::vector<PartId> window_where_parts; ///< per window
    std::vector<Observation> observations;
};

struct StepInput {
    bool is_signal = false;
    std::uint32_t source = 0;
    CodeId where = no_code;
    PartId where_parts = no_part;
    std::vector<CodeId> by; ///< the step's own `by`, else the sequence's; of `until`: empty clears every key
    /// Values copied to capture slots when the step is filled.
    std::vector<std::pair<CodeId, std::uint16_t>> captures;
    std::vector<Observation> observations;
};

struct StepPlan {
    bool forbidden = false; ///< `no EVENT`: between its neighbours; as last step, until the span is over
    std::vector<StepInput> inputs;
    std::string label;
    SourceSpan span;
};

struct SequencePlan {
    Duration within = 0;
    std::vector<StepPlan> steps;    ///< `times N` is already written out
    std::vector<StepPlan> until;    ///< each clears before the steps are tried; in every key unless it has a `by`
    std::vector<KeptSlot> captures; ///< what later steps and observations read of filled ones
    std::vector<Type> by;           ///< types of the key
};

/// One signal of one policy with its parameters filled in: each policy has its own copy.
struct SignalPlan {
    std::string name; ///< as hits show it: `ManyHosts`, or `ManyHosts(limit: 5)`
    std::string title;
    SourceSpan span;
    std::vector<SignalInput> inputs;
    std::vector<Type> by; ///< types of the key
    std::vector<WindowPlan> windows;
    std::vector<UsualPlan> usuals;
    std::vector<PeersPlan> peers;
    bool has_when = false;
    bool when_has_new = false; ///< then it hits at every event where the condition is true
    std::optional<SequencePlan> sequence;
    std::vector<ExceptionPlan> exceptions;
    /// Fields of its hits that signals listening to it read: slot i of such a "hit event" is fields[i] of the input's
    /// event type, by name. Slots are given out by the compiler.
    std::vector<std::string> hit_fields;
    bool listened_to = false; ///< by another signal of the policy
};

enum class TriggerKind : std::uint8_t { event, alert, signal, always };

/// One alternative of `opens`, for one event type.
struct TriggerPlan {
    TriggerKind kind = TriggerKind::event;
    std::uint32_t source = 0;  ///< event type; policy; index in Program::across
    Level level = Level::info; ///< of an alert trigger: at or above
    CodeId where = no_code;
    CodeId anchor = no_code; ///< a time; no_code: the event's stated time. Absent: the stated time too.
    PartId where_parts = no_part, group_parts = no_part;
    CodeId group = no_code; ///< condition over each rostered person; no_code: opens for the event's subject
    bool is_group = false;
    /// Values copied to trigger slots; the others are absent.
    std::vector<std::pair<CodeId, std::uint16_t>> captures;
    SourceSpan span;
};

enum class CloseKind : std::uint8_t { after, after_instant, event };

struct ClosePlan {
    CloseKind kind = CloseKind::after;
    Duration after = 0;
    CodeId instant = no_code; ///< over the trigger's values; absent: the alternative does not apply
    std::uint32_t event = 0;
    CodeId where = no_code; ///< over the event's fields and the trigger's values
    PartId where_parts = no_part;
    SourceSpan span;
};

enum class Retrigger : std::uint8_t { extends, restarts, ignores };

struct ScoreTerm {
    std::uint32_t signal = 0; ///< index in PolicyPlan::signals
    /// Per input of the signal (for a sequence: per input of its last filled step; else input 0): points as a real.
    std::vector<CodeId> points;
    std::vector<CodeId> when;       ///< per input, like points; no_code: always
    std::vector<PartId> when_parts; ///< per input, if compiled
    double at_most = -1;            ///< negative: no cap
    bool once = false;
    SourceSpan span;
};

/// What a condition reads of people.
struct PeopleRead {
    std::vector<std::uint32_t> attributes;        ///< of the one in question; may repeat
    std::vector<std::uint32_t> others_attributes; ///< of others; may repeat
    bool names_others = false;                    ///< asks who they are, which is a matter of their names
    bool reads_others() const { return names_others || !others_attributes.empty(); }
};

struct BoosterPlan {
    double factor = 1;
    CodeId when = no_code; ///< over employee attributes and the trigger's values
    PartId when_parts = no_part;
    PeopleRead reads;
    std::string label;
    SourceSpan span;
};

enum class AlertCause : std::uint8_t { level, on_open, on_signal };

struct ActionCall {
    std::uint32_t action = 0; ///< index in Program::actions
    std::vector<Value> arguments;
};

struct AlertPlan {
    Level level = Level::info;
    AlertCause cause = AlertCause::level;
    double at = 0;            ///< threshold, of AlertCause::level
    double rearms_below = 0;  ///< default 80 % of `at`
    std::uint32_t signal = 0; ///< of AlertCause::on_signal
    std::vector<ActionCall> actions;
    SourceSpan span;
};

struct PolicyPlan {
    std::string name;
    std::string id; ///< the `id` clause, else the name
    std::string module;
    std::string title, purpose, basis, owner, version, doc;
    std::vector<std::string> tags;
    std::optional<Time> created, modified, expires;
    Level severity = Level::medium;
    CodeId covers = no_code; ///< over employee attributes
    PartId covers_parts = no_part;
    PeopleRead covers_reads;
    std::string covers_text; ///< as written, for audit
    std::vector<TriggerPlan> triggers;
    std::optional<std::string> always; ///< reason of `opens always because`
    Duration looks_back = 0;
    std::vector<ClosePlan> closes;
    Retrigger retrigger = Retrigger::extends;
    Duration extends_at_most = 0; ///< from the first trigger
    std::vector<KeptSlot> trigger_slots;
    std::vector<ExceptionPlan> exceptions;
    std::vector<SignalPlan> signals; ///< inner ones first, then in the order of the score block, then on_signal ones
    std::vector<ScoreTerm> score;
    Duration halves_every = 0; ///< 0: no decay
    std::vector<BoosterPlan> boosters;
    double at_most = -1;
    std::vector<AlertPlan> alerts; ///< level ones first, rising; then the others as written
    SourceSpan span;
};

/// Stands for the pseudo-policy `risk` where a policy's index is asked.
inline constexpr std::uint32_t risk_policy = UINT32_MAX;

struct RiskPlan {
    bool sum = false; ///< else max
    std::vector<std::pair<Level, double>> levels;
};

struct ActionPlan {
    std::string name;
    std::vector<std::pair<std::string, Type>> parameters;
    bool is_state = false; ///< begun by an alert, ended by a record of its own when the watch ends
    std::string doc;
};

/// Working time. Either fixed hours or two attributes of the person.
struct CalendarPlan {
    std::string name;
    std::uint8_t days = 0x7f; ///< bit 0 is Monday
    std::vector<std::pair<CodeId, CodeId>>
        hours;                          ///< [from, to) as time of day, over attributes; to <= from: past midnight
    CodeId zone = no_code;              ///< a zone, over attributes; no_code: the person's, else the module's
    CodeId except = no_code;            ///< over attributes: true means no working time
    std::vector<std::int32_t> holidays; ///< local days since 1970-01-01, sorted
};

/// A constant set for `in`. Exactly one of the members is filled; `folded` says that texts were folded.
struct ConstantSet {
    Kind kind = Kind::text;
    bool folded = false;
    bool may_change = false;            ///< of a list from a file, which a run may read anew: no index may rest on it
    std::vector<std::string> texts;     ///< sorted, unique
    std::vector<std::int64_t> integers; ///< sorted, unique
    std::vector<double> reals;          ///< sorted, unique
    std::vector<std::pair<std::string, std::uint8_t>> networks; ///< 16 bytes, prefix length of the 128 bits
};

struct ConstantTable {
    std::vector<Kind> columns;
    std::vector<std::vector<std::string>> rows; ///< cells as `table_cell` gives them; sorted as std::vector compares
};
/// The bytes that stand for a present value in a ConstantTable: textual kinds and ip their bytes (host and email
/// folded), person the folded employee id (code puts `person_id` before `in_table`), the others 8 bytes of the
/// machine's order, with -0 as 0. A view of the value or of `buffer`.
std::string_view table_cell(const Value& value, Kind column, std::array<char, 8>& buffer) noexcept;

/// Rows of a `baseline` file.
struct BaselineRow {
    std::string group;
    Time date = 0; ///< valid for events after it
    double mean = 0, stddev = 0, n = 0;
};
struct BaselinePlan {
    std::string name;
    std::vector<BaselineRow> rows; ///< by group, then date
};

struct AcrossInput {
    std::uint32_t event = 0;
    CodeId where = no_code;
    CodeId key = no_code;
    PartId where_parts = no_part;
};

/// `signal X on hr.… across KEY when distinct(user) over D >= n`: trigger events of several people.
struct AcrossPlan {
    std::string name;
    std::vector<AcrossInput> inputs;
    Type key_type;
    Duration over = 0;
    std::int64_t at_least = 0;
    SourceSpan when; ///< the comparison with `at_least`
};

/// A foreign record: columns are the "fields" of its code, slot = index.
struct ColumnPlan {
    std::vector<std::string> headers; ///< alternatives; of JSON: dotted paths
    Type type;                        ///< what the text is read as; `text?` unless declared
    bool sensitive = false;
};
struct EmitField {
    std::uint32_t field = 0; ///< index in the schema's fields (or attributes)
    CodeId code = no_code;   ///< its value has the field's type already; absent: the field's fallback, or rejected
};
struct EmitPlan {
    bool employee = false;    ///< fills the roster instead
    std::uint32_t event = 0;  ///< event type
    CodeId when = no_code;    ///< absent counts as false
    CodeId time = no_code;    ///< of an event, compulsory
    CodeId id = no_code;      ///< of an event: text?, optional. Of an employee: its key, text?
    CodeId aliases = no_code; ///< of an employee: list<text>?
    std::vector<EmitField> fields;
    SourceSpan span;
};
struct SourcePlan {
    std::string name;
    std::string format; ///< `csv` or `json`
    std::string delimiter = ",";
    std::vector<std::string> header; ///< names for files without a header line
    std::string zone;                ///< for times without one; empty: the module's
    std::vector<ColumnPlan> columns;
    std::vector<EmitPlan> emits;
};

// Tests in the language, as data.
struct TestEmployee {
    Time at = beginning; ///< beginning: before the first event
    std::string id;
    std::vector<std::string> aliases;
    std::vector<std::pair<std::uint32_t, Value>> attributes;
    SourceSpan span;
};
struct TestEvent {
    Time at = 0;
    std::uint32_t event = 0;
    std::string id;            ///< empty: made
    std::vector<Value> fields; ///< per field of the schema; persons as text; absent where not given
    SourceSpan span;
};
enum class Expect : std::uint8_t { alert, no_alert, score, watch, no_watch, risk, nothing_else, snapshot };
enum class Comparison : std::uint8_t { equal, unequal, less, at_most, more, at_least };
struct TestExpectation {
    Expect what = Expect::alert;
    std::optional<std::uint32_t> policy; ///< nullopt: any
    std::optional<Level> level;
    bool or_above = false;
    std::optional<std::string> person;
    std::optional<Time> at;
    std::optional<std::uint32_t> times; ///< exactly so many
    std::vector<std::string> because;   ///< signals that must contribute
    Comparison comparison = Comparison::equal;
    double number = 0;
    std::string file; ///< of a snapshot, as written: all alerts of the test; judged by the host
    SourceSpan span;
    std::string text; ///< as written
};
/// The clock is moved without an event: what is older than this is final.
struct TestClock {
    Time at = 0;
    SourceSpan span;
};
/// Declarations that must not compile, and what came of them; decided by the compiler.
struct TestRefusal {
    std::string expected;
    std::string actual; ///< empty: as expected
};
struct TestPlan {
    std::string name; ///< of a case: `title: case`
    Duration lateness = 0;
    bool has_roster = false;
    std::vector<TestEmployee> employees;
    std::vector<TestEvent> events; ///< in written order
    std::vector<TestClock> clock;
    std::vector<TestExpectation> expectations;
    std::optional<TestRefusal> refusal; ///< then there is nothing else
    Time until = beginning;             ///< time is advanced to here before expectations are judged
    SourceSpan span;
};

/// Owns every text and list that a Program's Values point to. Addresses never move.
class ConstantArena {
public:
    Value text(std::string_view text) {
        texts_.emplace_back(text);
        return Value::of(std::string_view{texts_.back()});
    }
    Value list(std::vector<Value> items) {
        lists_.push_back(std::move(items));
        return Value::of_list(lists_.back().data(), lists_.back().size());
    }

private:
    std::deque<std::string> texts_;
    std::deque<std::vector<Value>> lists_;
};

struct Program {
    Program();
    ~Program();
    Program(Program&&) noexcept;
    Program& operator=(Program&&) noexcept;

    std::vector<SourceText> files;
    std::string zone = "UTC"; ///< the module's zone
    std::vector<Enumeration> enumerations;
    std::vector<EventSchema> events;
    EmployeeSchema employee;

    ConstantArena arena;
    std::vector<Value> constants;
    std::vector<Type> constant_types; ///< parallel to constants; a person is a text here (its folded employee id)
    /// Which constants are lists from files, that a run may read anew: they are in an arena of their own, and no index
    /// may rest on them. Rising.
    std::vector<std::uint32_t> file_lists;
    ConstantArena file_list_arena;
    std::vector<ConstantSet> sets;
    std::vector<ConstantTable> tables;
    std::vector<std::string> pattern_texts;
    std::vector<std::unique_ptr<re2::RE2>> patterns; ///< of pattern_texts, all valid
    std::vector<const FunctionRow*> functions;       ///< rows outlive the program
    std::vector<CalendarPlan> calendars;
    std::vector<BaselinePlan> baselines;
    std::vector<AcrossPlan> across;
    std::vector<ActionPlan> actions;
    std::vector<Instruction> code;
    std::vector<ConditionPart> parts; ///< empty unless the program was compiled to be recorded

    std::vector<PolicyPlan> policies; ///< in the order in which they are handled
    std::optional<RiskPlan> risk;
    std::vector<SourcePlan> sources;
    std::vector<TestPlan> tests;

    std::optional<std::uint32_t> find_event(std::string_view name) const;
    std::optional<std::uint32_t> find_policy(std::string_view name) const;
    const SourcePlan* find_source(std::string_view name) const;
};

/// Checks every index, operand, jump and piece of code of a program, so that the machine need not. An empty text: fine;
/// else one sentence that says what is wrong.
std::string verify(const Program& program);

} // namespace watchword::runtime
