// Foreign records: their columns go through the code of the source's emits and come out as events and employees.
#include "runtime/engine.hpp"
#include "runtime/guard.hpp"
#include "runtime/guard_index.hpp"
#include "runtime/interpreter.hpp"
#include "stdlib/modules.hpp"
#include "stdlib/sources/columns.hpp"
#include "stdlib/sources/damaged_json.hpp"
#include "stdlib/sources/input_ahead.hpp"
#include "stdlib/sources/json_columns.hpp"
#include "stdlib/sources/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace watchword::stdlib {

using runtime::EmitField;
using runtime::EmitPlan;
using runtime::EventSchema;
using runtime::Field;
using runtime::Frame;
using runtime::Interpreter;
using runtime::Kind;
using runtime::Program;
using runtime::SourcePlan;
using runtime::Time;
using runtime::Type;
using runtime::Value;

namespace {

bool is_text_like(Kind kind) { return runtime::is_textual(kind) || kind == Kind::person || kind == Kind::ip; }

/// Out of the interpreter's memory, and that of the columns, into the batch's; hosts and addresses folded. What lies in
/// the record stays there.
Value keep(const Value& value, Type type, std::string_view record, Arena& arena) {
    if (!value.present()) return value;
    if (is_text_like(type.kind)) {
        const bool folded = type.kind == Kind::host || type.kind == Kind::email;
        const std::string_view text = folded ? fold_into(value.text(), arena) : value.text();
        const bool stays = std::less_equal<>{}(record.data(), text.data()) &&
                           std::less_equal<>{}(text.data() + text.size(), record.data() + record.size());
        return Value::of(stays || text.data() != value.text().data() ? text : arena.copy(text));
    }
    if (type.kind != Kind::list) return value;
    Value* const items = arena.values(value.extent);
    for (std::uint64_t index = 0; index < value.extent; ++index)
        items[index] = keep(value.items[index], {static_cast<Kind>(type.detail)}, record, arena);
    return Value::of_list(items, value.extent);
}

template <class Format>
class MappedSource final : public Source {
public:
    MappedSource(const Program& program, const SourcePlan& plan, const std::string& file, Ledger& ledger,
                 const Input::EnterEmployee& enter, Scrutiny scrutiny)
        : program_(program), plan_(plan), file_(file), ledger_(ledger), enter_(enter), scrutiny_(scrutiny),
          format_(program, plan, file, ledger), interpreter_(program, nullptr) {
        index_emits();
    }

    std::size_t extent(std::string_view bytes, bool all) override { return format_.extent(bytes, all); }
    bool is_line() const override { return format_.is_line(); }
    void scan(const Record& record, std::vector<Emission>& emissions) override;
    bool produce(const Record& record, std::uint32_t emit, Arena& arena, Produced& produced) override;
    Glance* own_glance() override;
    bool tells_times() const override { return time_column_.has_value(); }
    std::unique_ptr<Glance> glance() override;
    void conclude(const LineAt& line_at) override;

private:
    class Teller;
    /// Records are lines, each of which can be told without those before it, and none brings an employee.
    bool has_glance() const;
    bool tell(const Record& record, std::size_t offset, Arena& arena, Told& told);
    std::optional<Time> time_of(const Record& record);
    bool read_beginning(const Record& record);
    bool reject(const Record& record, std::string_view reason) {
        ledger_.reject({file_, record.line, record.text}, reason);
        return false;
    }
    /// Records are mostly scanned and then produced: read once for both.
    bool is_read(const Record& record) const {
        return record.line == last_.line && record.text.data() == last_.text.data() &&
               record.text.size() == last_.text.size();
    }
    ReadResult read_aside(const Record& record) {
        aside_.reset();
        last_ = record;
        return result_ = format_.read(record, aside_);
    }
    /// A field of an emit's events that somebody wants.
    struct Filling {
        std::uint32_t field = 0;
        runtime::CodeId code = runtime::no_code; ///< no_code: the emit does not give it
    };
    void look(const Record& record, std::vector<Emission>& emissions);
    bool is_standard() const;
    void index_emits();
    void find_time_column();
    std::set<std::uint32_t> columns_of(const std::vector<runtime::CodeId>& codes) const;
    std::vector<Filling> fillings_of(const EmitPlan& emit) const;
    /// Somebody reads the field of the event, or it is to be checked.
    bool wants(const EventSchema& schema, std::size_t field) const {
        return schema.fields[field].slot != runtime::no_slot || static_cast<std::int32_t>(field) == schema.subject ||
               scrutiny_.all_fields;
    }
    void enter_employee(const Record& record, const EmitPlan& emit, const Frame& frame);
    bool is_sound(const Record& record, const EmitPlan& emit, const Frame& frame);
    bool fill(const Record& record, const EmitPlan& emit, const Frame& frame, Arena& arena, Produced& produced);

    const Program& program_;
    const SourcePlan& plan_;
    const std::string& file_;
    Ledger& ledger_;
    const Input::EnterEmployee& enter_;
    const Scrutiny scrutiny_;
    Format format_;
    Interpreter interpreter_;
    runtime::GuardIndex emits_{
        1, runtime::EngineOptions{}.patterns_together}; ///< by what their conditions demand of single columns
    std::vector<runtime::Candidate> candidates_;        ///< emits, as signals of policy 0, for the record in hand
    Record last_;                                       ///< the record that was read last
    ReadResult result_ = ReadResult::nothing;
    Arena aside_;                                         ///< of its columns, to which events do not refer
    Arena damaged_;                                       ///< of a damaged record, as far as it is sound
    std::vector<std::uint32_t> asked_first_;              ///< columns that decide which emits want a record
    std::vector<std::vector<std::uint32_t>> asked_after_; ///< per emit, those that it reads then
    std::vector<std::vector<Filling>> fillings_;          ///< per emit, of events
    std::optional<std::uint32_t> time_column_;            ///< which is the time of all events
    std::vector<Emission> emissions_;                     ///< of the record that is told
    std::unique_ptr<Glance> own_glance_;
};

/// With a source of its own, which has learnt by itself what it knows: what that would report, it leaves to the one
/// that it is of.
template <class Format>
class MappedSource<Format>::Teller final : public Glance {
public:
    explicit Teller(MappedSource& of)
        : of_(of), source_(of.program_, of.plan_, of.file_, ledger_, enter_, of.scrutiny_) {}
    ~Teller() override { of_.format_.add(source_.format_.tallies()); }
    Teller(const Teller&) = delete;
    Teller& operator=(const Teller&) = delete;

    void tell(std::string_view bytes, const Reach& reach, Arena& arena, Told& told) override {
        told.offset = reach.begin;
        for (std::size_t at = reach.begin; at < reach.end && told.length == 0;) {
            const std::size_t length = line_extent(bytes.substr(at, reach.all - at), false);
            const std::uint64_t line = reach.line != 0 ? reach.line + told.passed : 0;
            const Record record{bytes.substr(at, length), line, bytes.size() - at - length};
            if (length == 0 || length > reach.most(at) || !source_.tell(record, at, arena, told)) break;
            ask_for_input(record.text.data(), length);
            at += length;
            told.passed_bytes = at - reach.begin - told.length;
        }
    }
    void learn(std::string_view) override {} // it does while it tells
    std::optional<Time> time_of(const Record& record) override { return source_.time_of(record); }

private:
    MappedSource& of_;
    const Input::EnterEmployee enter_;
    Ledger ledger_;
    MappedSource source_;
};

template <class Format>
bool MappedSource<Format>::has_glance() const {
    const auto is_employee = [](const EmitPlan& emit) { return emit.employee; };
    return Format::is_by_lines && !scrutiny_.all_fields &&
           std::none_of(plan_.emits.begin(), plan_.emits.end(), is_employee);
}

template <class Format>
std::unique_ptr<Glance> MappedSource<Format>::glance() {
    return has_glance() ? std::make_unique<Teller>(*this) : nullptr;
}

template <class Format>
Glance* MappedSource<Format>::own_glance() {
    if (own_glance_ == nullptr) own_glance_ = glance();
    return own_glance_.get();
}

/// Of a teller's own source. False: something is wrong with the record, or several events come of it.
template <class Format>
bool MappedSource<Format>::tell(const Record& record, std::size_t offset, Arena& arena, Told& told) {
    const InputStatistics& statistics = ledger_.statistics;
    const std::uint64_t rejected = statistics.rejected, unused = statistics.unused, unmatched = statistics.unmatched;
    emissions_.clear();
    look(record, emissions_);
    if (result_ != ReadResult::fine || statistics.rejected != rejected) return false;
    const bool is_event = !emissions_.empty();
    if (emissions_.size() > 1 || (is_event && statistics.unused != unused)) return false;
    if (is_event && !produce(record, emissions_.front().emit, arena, told.produced)) return false;
    format_.count_record(offset);
    if (is_event) {
        told.length = static_cast<std::uint32_t>(record.text.size());
        return true;
    }
    ++told.passed;
    told.unused += static_cast<std::uint32_t>(statistics.unused - unused);
    told.unmatched += static_cast<std::uint32_t>(statistics.unmatched - unmatched);
    return true;
}

/// Of a teller's own source.
template <class Format>
std::optional<Time> MappedSource<Format>::time_of(const Record& record) {
    Value time;
    last_ = {};
    if (aside_.reset(); !format_.read_early(record, *time_column_, aside_, time)) {
        if (read_aside(record) == ReadResult::fine || read_beginning(record)) {
            format_.ask({*time_column_});
            time = format_.values()[*time_column_];
        }
    }
    return time.present() && scrutiny_.allows(time.integer) ? std::optional(time.integer) : std::nullopt;
}

/// Of a damaged record what it says up to its time. False: not even that can be read.
template <class Format>
bool MappedSource<Format>::read_beginning(const Record& record) {
    for (const std::string& header : plan_.columns[*time_column_].headers) {
        ClosedBehind places(trim(record.text), header, damaged_);
        while (const auto closed = places.next())
            if (read_aside({*closed, record.line, RecordShape::margin}) == ReadResult::fine) return true;
    }
    return false;
}

template <class Format>
void MappedSource<Format>::find_time_column() {
    std::set<std::int32_t> columns;
    for (const EmitPlan& emit : plan_.emits) columns.insert(runtime::field_alone(program_, emit.time));
    if (has_glance() && columns.size() == 1 && *columns.begin() != runtime::no_slot)
        time_column_ = static_cast<std::uint32_t>(*columns.begin());
}

template <class Format>
void MappedSource<Format>::index_emits() {
    std::vector<Type> types;
    types.reserve(plan_.columns.size());
    for (const runtime::ColumnPlan& column : plan_.columns) types.push_back(column.type);
    std::set<std::uint32_t> first;
    std::vector<std::uint32_t> asked(types.size(), 0); // by column: how many emits want it to be something
    for (std::uint32_t index = 0; index < plan_.emits.size(); ++index) {
        const EmitPlan& emit = plan_.emits[index];
        std::vector<runtime::Guard> guards = runtime::guards_of(program_, emit.when, types);
        for (const runtime::Guard& guard : guards)
            if (guard.by == runtime::GuardKind::constants) ++asked[guard.slot];
        emits_.add(0, {0, index}, {std::move(guards)});
        first.merge(columns_of({emit.when}));
        std::vector<runtime::CodeId> codes{emit.time, emit.id, emit.aliases};
        if (emit.employee)
            for (const EmitField& field : emit.fields) codes.push_back(field.code);
        else
            for (const Filling& filling : fillings_.emplace_back(fillings_of(emit))) codes.push_back(filling.code);
        fillings_.resize(index + 1);
        const std::set<std::uint32_t> after = columns_of(codes);
        asked_after_.emplace_back(after.begin(), after.end());
    }
    const auto most = std::max_element(asked.begin(), asked.end());
    if (most != asked.end() && *most != 0) format_.tell_apart_by(static_cast<std::uint32_t>(most - asked.begin()));
    asked_first_.assign(first.begin(), first.end());
    emits_.finish();
    find_time_column();
}

template <class Format>
std::vector<typename MappedSource<Format>::Filling> MappedSource<Format>::fillings_of(const EmitPlan& emit) const {
    const EventSchema& schema = program_.events[emit.event];
    std::vector<Filling> result;
    for (std::uint32_t field = 0; field < schema.fields.size(); ++field) {
        if (!wants(schema, field)) continue;
        const auto given = std::find_if(emit.fields.begin(), emit.fields.end(),
                                        [field](const EmitField& candidate) { return candidate.field == field; });
        result.push_back({field, given == emit.fields.end() ? runtime::no_code : given->code});
    }
    return result;
}

template <class Format>
std::set<std::uint32_t> MappedSource<Format>::columns_of(const std::vector<runtime::CodeId>& codes) const {
    std::set<std::uint32_t> columns;
    for (const runtime::CodeId code : codes)
        for (const std::uint32_t column : runtime::fields_read(program_, code)) columns.insert(column);
    return columns;
}

/// An emission is numbered by its emit and, in the upper half, by its part where the record gives several events.
constexpr std::uint32_t part_shift = 16;
constexpr std::uint32_t emit_mask = (1U << part_shift) - 1;

template <class Format>
void MappedSource<Format>::scan(const Record& record, std::vector<Emission>& emissions) {
    look(record, emissions);
    if (!ledger_.muted()) format_.count_record();
}

template <class Format>
void MappedSource<Format>::look(const Record& record, std::vector<Emission>& emissions) {
    const ReadResult result = read_aside(record);
    if (result != ReadResult::fine) return;
    format_.ask(asked_first_);
    Frame frame;
    frame.fields = format_.values();
    frame.zone = plan_.zone;
    const std::size_t before = emissions.size();
    bool matched = false;
    std::uint32_t part = 0; // counts events of unused types too, so that ids do not depend on the policies
    for (const runtime::Candidate& candidate : emits_.find_in_place(0, format_.values(), candidates_)) {
        const std::uint32_t index = candidate.signal;
        const EmitPlan& emit = plan_.emits[index];
        interpreter_.reset();
        if (!candidate.is_certain && !interpreter_.holds(emit.when, frame)) continue;
        matched = true;
        if (emit.employee) {
            format_.ask(asked_after_[index]);
            enter_employee(record, emit, frame);
            continue;
        }
        ++part;
        const bool used = program_.events[emit.event].used;
        if (used || scrutiny_.all_fields) format_.ask(asked_after_[index]);
        if (!used && (!scrutiny_.all_fields || is_sound(record, emit, frame))) {
            if (!ledger_.muted()) ++ledger_.statistics.unused;
            continue;
        }
        if (!used) continue;
        const Value time = interpreter_.run(emit.time, frame);
        if (time.present() && !scrutiny_.allows(time.integer))
            reject(record, in_the_future);
        else if (time.present())
            emissions.push_back({time.integer, index | part << part_shift});
        else
            reject(record, fmt::format("`time` of `{}` is missing or is no time", program_.events[emit.event].name));
    }
    if (!matched && !ledger_.muted()) ++ledger_.statistics.unmatched;
    if (part > 1) return;
    for (std::size_t index = before; index < emissions.size(); ++index) emissions[index].emit &= emit_mask;
}

/// Of an event that no policy reads; what is wrong with it is reported.
template <class Format>
bool MappedSource<Format>::is_sound(const Record& record, const EmitPlan& emit, const Frame& frame) {
    if (!interpreter_.run(emit.time, frame).present())
        return reject(record, fmt::format("`time` of `{}` is missing or is no time", program_.events[emit.event].name));
    Produced nothing;
    return fill(record, emit, frame, aside_, nothing);
}

template <class Format>
void MappedSource<Format>::enter_employee(const Record& record, const EmitPlan& emit, const Frame& frame) {
    if (ledger_.muted()) return; // the record is looked at a second time
    const Value id = keep(interpreter_.run(emit.id, frame), {Kind::text}, record.text, aside_);
    if (!id.present() || trim(id.text()).empty()) {
        reject(record, "`id` of `employee` is missing");
        return;
    }
    std::vector<std::string> aliases;
    const Value accounts = interpreter_.run(emit.aliases, frame);
    for (std::uint64_t index = 0; index < accounts.extent; ++index)
        if (accounts.items[index].present() && accounts.items[index].extent > 0)
            aliases.emplace_back(accounts.items[index].text());
    std::vector<std::pair<std::uint32_t, Value>> attributes;
    for (const EmitField& field : emit.fields) {
        const Type type = program_.employee.attributes[field.field].type;
        const Value value = keep(interpreter_.run(field.code, frame), type, record.text, aside_);
        if (value.present()) attributes.emplace_back(field.field, value);
    }
    ++ledger_.statistics.employees;
    const std::string conflict = enter_({trim(id.text()), aliases, attributes});
    if (!conflict.empty()) ledger_.note(fmt::format("{}:{}: {}", file_, record.line, conflict));
}

template <class Format>
bool MappedSource<Format>::produce(const Record& record, std::uint32_t number, Arena& arena, Produced& produced) {
    ledger_.mute(true); // what is wrong with the columns was said when the record was scanned
    const ReadResult result = is_read(record) ? result_ : read_aside(record);
    ledger_.mute(false);
    if (result != ReadResult::fine) return false;
    const EmitPlan& emit = plan_.emits[number & emit_mask];
    format_.ask(asked_after_[number & emit_mask]);
    Frame frame;
    frame.fields = format_.values();
    frame.zone = plan_.zone;
    interpreter_.reset();
    const Value time = interpreter_.run(emit.time, frame);
    if (!time.present()) return false;
    produced.event.type = emit.event;
    produced.event.time = produced.event.stated = time.integer;
    produced.part = number >> part_shift;
    const Value id = keep(interpreter_.run(emit.id, frame), {Kind::text}, record.text, arena);
    produced.has_id = id.present() && !id.text().empty();
    if (produced.has_id && produced.part > 0)
        produced.event.id = arena.copy(fmt::format("{}#{}", id.text(), produced.part));
    else if (produced.has_id)
        produced.event.id = id.text();
    if (!produced.has_id) produced.content = format_.content(aside_);
    return fill(record, emit, frame, arena, produced);
}

template <class Format>
bool MappedSource<Format>::fill(const Record& record, const EmitPlan& emit, const Frame& frame, Arena& arena,
                                Produced& produced) {
    const EventSchema& schema = program_.events[emit.event];
    Value* const values = arena.values(schema.slots);
    Value subject;
    for (const Filling& filling : fillings_[static_cast<std::size_t>(&emit - plan_.emits.data())]) {
        const Field& field = schema.fields[filling.field];
        const bool is_subject = static_cast<std::int32_t>(filling.field) == schema.subject;
        Value value = keep(interpreter_.run(filling.code, frame), field.type, record.text, arena);
        if (field.type.kind == Kind::person && value.present() && trim(value.text()).empty()) value = Value::absent();
        if (!value.present() && field.fallback) value = *field.fallback;
        if (!value.present() && !field.type.optional)
            return reject(record, fmt::format("`{}` of `{}` is missing or is not {}", field.name, schema.name,
                                              describe(field.type.kind)));
        if (field.slot != runtime::no_slot) values[field.slot] = value;
        if (is_subject) subject = value;
    }
    produced.event.fields = values;
    produced.event.subject = subject.present() ? subject.text() : std::string_view{};
    return true;
}

/// Whether the source is one of the language's own modules, which name what some product may write.
template <class Format>
bool MappedSource<Format>::is_standard() const {
    if (plan_.emits.empty() || plan_.emits.front().span.file >= program_.files.size()) return false;
    const std::string& text = program_.files[plan_.emits.front().span.file].text;
    return std::any_of(modules().begin(), modules().end(), [&](const Module& module) { return module.text == text; });
}

/// A column that is misspelt, or that holds something else than it is said to, would make rules silent.
template <class Format>
void MappedSource<Format>::conclude(const LineAt& line_at) {
    constexpr std::uint64_t few = 10; // records that may lack something by chance
    own_glance_.reset();              // what it counted is added up
    for (std::uint32_t index = 0; index < plan_.columns.size(); ++index)
        if (format_.tallies()[index].is_repeated) ledger_.note_repeated(file_, Columns::name_of(plan_.columns[index]));
    if (is_standard()) return;
    std::string unknown, missing;
    for (std::uint32_t index = 0; index < plan_.columns.size(); ++index) {
        const runtime::ColumnPlan& column = plan_.columns[index];
        const Columns::Tally& tally = format_.tallies()[index];
        if (tally.asked == 0) continue;
        const std::string name = Columns::name_of(column);
        const auto add = [&](std::string& names) { names += fmt::format("{}`{}`", names.empty() ? "" : ", ", name); };
        if (!format_.may_have(index)) {
            if (column.type.optional) add(unknown);
        } else if (tally.absent == tally.asked && tally.asked >= few) {
            add(missing);
        }
        std::uint64_t first = tally.first_line;
        if (tally.first_offset != SIZE_MAX) first = std::min(first, line_at(tally.first_offset));
        if (tally.unreadable != 0)
            ledger_.note(fmt::format("{}: {} of {} values of `{}` are not {} and count as absent, first in line {}",
                                     file_, tally.unreadable, tally.asked - tally.absent, name,
                                     describe(column.type.kind), first));
    }
    if (!unknown.empty()) ledger_.note(fmt::format("{}: its header does not name {}", file_, unknown));
    if (!missing.empty()) ledger_.note(fmt::format("{}: no record has a value for {}", file_, missing));
}

} // namespace

std::unique_ptr<Source> make_mapped_source(const Program& program, const SourcePlan& plan, const std::string& file,
                                           Ledger& ledger, const Input::EnterEmployee& enter, Scrutiny scrutiny) {
    if (plan.format == "json")
        return std::make_unique<MappedSource<JsonColumns>>(program, plan, file, ledger, enter, scrutiny);
    return std::make_unique<MappedSource<CsvColumns>>(program, plan, file, ledger, enter, scrutiny);
}

} // namespace watchword::stdlib
