// The listing: headings from the plans, one line an instruction, operands by the names of what they stand for.
#include "runtime/disassembler.hpp"

#include "runtime/windows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace watchword::runtime {

namespace {

constexpr std::size_t longest_list = 8; ///< items shown of a list or set

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        if (c == '\n')
            result += "\\n";
        else
            result += c;
    }
    return result + '"';
}

std::string show_value(const Program& program, const Value& value, Type type);

std::string show_items(const Program& program, const Value& list, Type element) {
    std::string result = "[";
    for (std::size_t i = 0; i < list.extent; ++i) {
        if (i == longest_list) return result + fmt::format(", … {} in all]", list.extent);
        result += (i == 0 ? "" : ", ") + show_value(program, list.items[i], element);
    }
    return result + "]";
}

std::string show_value(const Program& program, const Value& value, Type type) {
    if (!value.present()) return "absent";
    switch (type.kind) {
    case Kind::boolean:
        return value.integer != 0 ? "true" : "false";
    case Kind::real:
        return show_real(value.real);
    case Kind::text:
    case Kind::zone:
    case Kind::host:
    case Kind::email:
        return quoted(value.text());
    case Kind::ip:
        return show_ip(value.text());
    case Kind::time:
        return show_time(value.integer);
    case Kind::time_of_day:
        return show_time_of_day(value.integer);
    case Kind::duration:
        return show_duration(value.integer);
    case Kind::size:
        return show_size(value.integer);
    case Kind::list:
        return show_items(program, value, {static_cast<Kind>(type.detail), false, 0});
    case Kind::enumeration: {
        const auto& words = program.enumerations[type.detail].words;
        const auto word = static_cast<std::size_t>(value.integer);
        return word < words.size() ? words[word] : std::to_string(value.integer);
    }
    default:
        return std::to_string(value.integer);
    }
}

template <class Items, class Show>
std::string braces(const Items& items, Show show) {
    std::string result = "{";
    std::size_t count = 0;
    for (const auto& item : items) {
        if (count == longest_list) return result + fmt::format(", … {} in all}}", items.size());
        result += (count++ == 0 ? "" : ", ") + show(item);
    }
    return result + "}";
}

std::string show_set(const ConstantSet& set) {
    const std::string prefix = set.folded ? "folded " : "";
    if (!set.networks.empty())
        return braces(set.networks, [](const auto& network) {
            const bool four =
                network.second >= 96 && network.first.compare(0, 12, std::string(10, '\0') + "\xff\xff") == 0;
            return show_ip(network.first) + '/' + std::to_string(four ? network.second - 96 : network.second);
        });
    if (!set.reals.empty()) return braces(set.reals, [](double real) { return show_real(real); });
    if (!set.integers.empty()) return braces(set.integers, [](std::int64_t number) { return std::to_string(number); });
    if (set.kind == Kind::ip) return braces(set.texts, [](const std::string& text) { return show_ip(text); });
    return prefix + braces(set.texts, [](const std::string& text) { return quoted(text); });
}

std::string_view kind_name(unsigned kind) {
    static constexpr std::string_view names[] = {"bool",     "int",  "real", "text", "time",   "time_of_day",
                                                 "duration", "size", "ip",   "zone", "person", "host",
                                                 "email",    "list", "enum", "tuple"};
    return kind < std::size(names) ? names[kind] : "?";
}

/// The names behind slots, where a piece runs.
struct Names {
    std::vector<std::string> fields;
    std::vector<Type> types; ///< of the fields, where they are known
    const std::vector<KeptSlot>* trigger = nullptr;
    const std::vector<KeptSlot>* captures = nullptr;
    const SignalPlan* signal = nullptr;
};

class Listing {
public:
    explicit Listing(const Program& program) : program_(program) {}

    std::string take() { return std::move(text_); }

    void heading(int depth, const std::string& line) {
        text_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + line + "\n";
    }
    void gap() {
        if (!text_.empty()) text_ += '\n';
    }
    /// `what` and its code, indented; nothing for no_code.
    void code(int depth, std::string_view what, CodeId id, const Names& names) {
        if (id == no_code) return;
        heading(depth, std::string(what));
        instructions(depth + 1, id, names);
    }

    void events();
    void calendars();
    void sources();
    void across();
    void policy(const PolicyPlan& policy);
    void signal(const PolicyPlan& policy, const SignalPlan& signal);

private:
    Names event_names(std::uint32_t event) const {
        Names names;
        names.fields.resize(program_.events[event].slots);
        names.types.resize(program_.events[event].slots);
        for (const Field& field : program_.events[event].fields)
            if (field.slot != no_slot) {
                names.fields[static_cast<std::size_t>(field.slot)] = field.name;
                names.types[static_cast<std::size_t>(field.slot)] = field.type;
            }
        return names;
    }
    Names input_names(const PolicyPlan& policy, bool is_signal, std::uint32_t source) const {
        if (!is_signal) return event_names(source);
        Names names;
        names.fields = policy.signals[source].hit_fields;
        return names;
    }
    std::string source_name(const PolicyPlan& policy, bool is_signal, std::uint32_t source) const {
        return is_signal ? "signal " + policy.signals[source].name : program_.events[source].name;
    }
    std::size_t end_of(CodeId id) const;
    /// The type of what an instruction loads, where that is known; Kind::error otherwise.
    Type loaded(const Instruction& instruction, const Names& names) const;
    void instructions(int depth, CodeId id, const Names& names);
    std::string operand(OperandKind kind, std::int64_t value, const Instruction& instruction, std::size_t start,
                        const Names& names) const;
    static std::string slot(const std::vector<KeptSlot>* slots, std::int64_t index) {
        return slots != nullptr && static_cast<std::size_t>(index) < slots->size()
                   ? (*slots)[static_cast<std::size_t>(index)].label
                   : fmt::format("#{}", index);
    }
    void observations(int depth, const std::vector<Observation>& observations, const Names& names) {
        for (const Observation& observation : observations)
            code(depth, fmt::format("shows {}{}", observation.label, observation.sensitive ? " (sensitive)" : ""),
                 observation.code, names);
    }
    void exceptions(int depth, const std::vector<ExceptionPlan>& exceptions);
    void triggers(const PolicyPlan& policy);
    void closes(const PolicyPlan& policy, const Names& person);
    void score(const PolicyPlan& policy);
    void alerts(const PolicyPlan& policy);
    void windows(const SignalPlan& signal);
    void step(const PolicyPlan& policy, const SequencePlan& sequence, const StepPlan& step, std::string_view word);

    const Program& program_;
    std::string text_;
};

/// A verified piece ends at its first `finish` that nothing ahead of it jumps over.
std::size_t Listing::end_of(CodeId id) const {
    std::size_t reach = id;
    for (std::size_t at = id; at < program_.code.size(); ++at) {
        const Instruction& instruction = program_.code[at];
        if (opcode_row(instruction.opcode)->immediate == OperandKind::target)
            reach = std::max(reach, static_cast<std::size_t>(instruction.immediate));
        if (instruction.opcode == Opcode::finish && at >= reach) return at + 1;
    }
    return program_.code.size();
}

std::string Listing::operand(OperandKind kind, std::int64_t value, const Instruction& instruction, std::size_t start,
                             const Names& names) const {
    const auto index = static_cast<std::size_t>(value);
    switch (kind) {
    case OperandKind::none:
        return "";
    case OperandKind::out:
    case OperandKind::in:
    case OperandKind::first:
        return fmt::format("r{}", value);
    case OperandKind::field:
        return index < names.fields.size() ? names.fields[index] : fmt::format("#{}", value);
    case OperandKind::trigger:
        return slot(names.trigger, value);
    case OperandKind::capture:
        return slot(names.captures, value);
    case OperandKind::window:
        return names.signal != nullptr ? '`' + names.signal->windows[index].label + '`' : fmt::format("#{}", value);
    case OperandKind::usual:
        return names.signal != nullptr
                   ? "usual of `" + names.signal->windows[names.signal->usuals[index].window].label + '`'
                   : fmt::format("#{}", value);
    case OperandKind::peers:
        return names.signal != nullptr ? program_.baselines[names.signal->peers[index].baseline].name
                                       : fmt::format("#{}", value);
    case OperandKind::attribute:
        return "employee." + program_.employee.attributes[index].name;
    case OperandKind::set:
        return show_set(program_.sets[index]);
    case OperandKind::calendar:
        return program_.calendars[index].name;
    case OperandKind::function:
        return std::string(program_.functions[index]->name);
    case OperandKind::pattern:
        return "r" + quoted(program_.pattern_texts[index]);
    case OperandKind::constant:
        return show_value(program_, program_.constants[index], program_.constant_types[index]);
    case OperandKind::table:
        return fmt::format("table of {} rows", program_.tables[index].rows.size());
    case OperandKind::member: {
        static constexpr std::string_view members[] = {"mean", "stddev", "n", "deviation"};
        return std::string(index < std::size(members) ? members[index] : "?");
    }
    case OperandKind::count:
        return std::to_string(value);
    case OperandKind::unit:
        return std::string(kind_name(static_cast<unsigned>(value)));
    case OperandKind::integer:
        return std::to_string(value);
    case OperandKind::real:
        return show_real(instruction.real);
    case OperandKind::target:
        return fmt::format("→ {}", index - start);
    }
    return "";
}

Type Listing::loaded(const Instruction& instruction, const Names& names) const {
    const auto kept = [&](const std::vector<KeptSlot>* slots) {
        return slots != nullptr && instruction.b < slots->size() ? (*slots)[instruction.b].type : Type{};
    };
    switch (instruction.opcode) {
    case Opcode::load_field:
        return instruction.b < names.types.size() ? names.types[instruction.b] : Type{};
    case Opcode::load_trigger:
        return kept(names.trigger);
    case Opcode::load_capture:
        return kept(names.captures);
    case Opcode::load_attribute:
        return program_.employee.attributes[instruction.b].type;
    case Opcode::load_attribute_of:
        return program_.employee.attributes[instruction.c].type;
    case Opcode::load_window:
        return names.signal != nullptr ? Type{result_kind(names.signal->windows[instruction.b]), false, 0} : Type{};
    case Opcode::load_time:
    case Opcode::load_stated:
        return {Kind::time, false, 0};
    default:
        return {};
    }
}

void Listing::instructions(int depth, CodeId id, const Names& names) {
    const std::size_t end = end_of(id);
    std::vector<Type> registers(max_registers);
    for (std::size_t at = id; at < end; ++at) {
        const Instruction& instruction = program_.code[at];
        const OpcodeRow& row = *opcode_row(instruction.opcode);
        std::string line = fmt::format("{:3}  {:<26}", at - id, row.name);
        std::string operands;
        const auto add = [&](OperandKind kind, std::int64_t value) {
            const bool compared = kind == OperandKind::integer && row.b == OperandKind::in &&
                                  registers[instruction.b].kind != Kind::error;
            const std::string shown = compared ? show_value(program_, Value::of(value), registers[instruction.b])
                                               : operand(kind, value, instruction, id, names);
            if (!shown.empty()) operands += (operands.empty() ? "" : ", ") + shown;
        };
        add(row.a, instruction.a);
        add(row.b, instruction.b);
        add(row.c, instruction.c);
        add(row.immediate, instruction.immediate);
        heading(depth, line + operands);
        if (row.a == OperandKind::out) registers[instruction.a] = loaded(instruction, names);
    }
}

void Listing::events() {
    for (std::uint32_t i = 0; i < program_.events.size(); ++i) {
        const EventSchema& event = program_.events[i];
        if (!event.used) continue;
        std::string fields;
        for (const std::string& field : event_names(i).fields) fields += (fields.empty() ? ": " : ", ") + field;
        gap();
        heading(0, fmt::format("event {}{}{}", event.name, event.never_late ? ", never late" : "", fields));
        for (const RosterUpdate& update : event.updates)
            code(1,
                 fmt::format("{} employee.{}", event.adds_employee ? "adds" : "updates",
                             program_.employee.attributes[update.attribute].name),
                 update.code, event_names(i));
    }
}

void Listing::calendars() {
    for (const CalendarPlan& calendar : program_.calendars) {
        gap();
        std::string days;
        for (int day = 0; day < 7; ++day) days += (calendar.days >> day & 1) != 0 ? "mtwtfss"[day] : '-';
        heading(0, fmt::format("calendar {}: days {}, {} holidays", calendar.name, days, calendar.holidays.size()));
        for (const auto& [from, to] : calendar.hours) {
            code(1, "from", from, {});
            code(1, "to", to, {});
        }
        code(1, "zone", calendar.zone, {});
        code(1, "except", calendar.except, {});
    }
}

void Listing::sources() {
    for (const SourcePlan& source : program_.sources) {
        gap();
        Names names;
        for (const ColumnPlan& column : source.columns)
            names.fields.push_back('`' + (column.headers.empty() ? "" : column.headers.front()) + '`');
        heading(0, fmt::format("source {} from {}, {} columns", source.name, source.format, source.columns.size()));
        for (const EmitPlan& emit : source.emits) {
            heading(1, "emit " + (emit.employee ? "employee" : program_.events[emit.event].name));
            code(2, "when", emit.when, names);
            code(2, "time", emit.time, names);
            code(2, "id", emit.id, names);
            code(2, "accounts", emit.aliases, names);
            const auto& fields = emit.employee ? program_.employee.attributes : program_.events[emit.event].fields;
            for (const EmitField& field : emit.fields) code(2, fields[field.field].name, field.code, names);
        }
    }
}

void Listing::across() {
    for (const AcrossPlan& across : program_.across) {
        gap();
        heading(0, fmt::format("signal {} across people: at least {} over {}", across.name, across.at_least,
                               show_duration(across.over)));
        for (const AcrossInput& input : across.inputs) {
            const Names names = event_names(input.event);
            heading(1, "on " + program_.events[input.event].name);
            code(2, "where", input.where, names);
            code(2, "across", input.key, names);
        }
    }
}

void Listing::exceptions(int depth, const std::vector<ExceptionPlan>& exceptions) {
    for (const ExceptionPlan& exception : exceptions) {
        heading(depth, fmt::format("except {}{}", quoted(exception.reason),
                                   exception.until == never ? "" : " until " + show_time(exception.until)));
        for (const auto& [event, id] : exception.inputs) {
            heading(depth + 1, "on " + program_.events[event].name);
            code(depth + 2, "where", id, event_names(event));
        }
    }
}

void Listing::triggers(const PolicyPlan& policy) {
    for (const TriggerPlan& trigger : policy.triggers) {
        Names names;
        switch (trigger.kind) {
        case TriggerKind::event:
            names = event_names(trigger.source);
            heading(1, "opens on " + program_.events[trigger.source].name);
            break;
        case TriggerKind::alert:
            heading(1, fmt::format("opens on alert {} at {} or above", program_.policies[trigger.source].name,
                                   level_names[static_cast<std::size_t>(trigger.level)]));
            break;
        case TriggerKind::signal:
            heading(1, "opens on signal " + program_.across[trigger.source].name);
            break;
        case TriggerKind::always:
            heading(1, "opens always because " + quoted(policy.always.value_or("")));
            break;
        }
        names.trigger = &policy.trigger_slots;
        code(2, "where", trigger.where, names);
        code(2, "for", trigger.group, names);
        for (const auto& [id, slot] : trigger.captures) code(2, "keeps " + policy.trigger_slots[slot].label, id, names);
        code(2, "at", trigger.anchor, names);
    }
}

void Listing::closes(const PolicyPlan& policy, const Names& person) {
    for (const ClosePlan& close : policy.closes) {
        switch (close.kind) {
        case CloseKind::after:
            heading(1, "closes after " + show_duration(close.after));
            break;
        case CloseKind::after_instant:
            heading(1, fmt::format("closes {} after", show_duration(close.after)));
            instructions(2, close.instant, person);
            break;
        case CloseKind::event: {
            Names names = event_names(close.event);
            names.trigger = &policy.trigger_slots;
            heading(1, "closes on " + program_.events[close.event].name);
            code(2, "where", close.where, names);
            break;
        }
        }
    }
    static constexpr std::string_view words[] = {"extends", "restarts", "ignores"};
    heading(1, fmt::format("retrigger {}{}", words[static_cast<std::size_t>(policy.retrigger)],
                           policy.retrigger == Retrigger::extends ? ", at most " + show_duration(policy.extends_at_most)
                                                                  : ""));
}

void Listing::score(const PolicyPlan& policy) {
    Names person;
    person.trigger = &policy.trigger_slots;
    for (const ScoreTerm& term : policy.score) {
        const SignalPlan& signal = policy.signals[term.signal];
        heading(1,
                fmt::format("points for {}{}{}", signal.name,
                            term.at_most < 0 ? "" : ", at most " + show_real(term.at_most), term.once ? ", once" : ""));
        for (std::size_t i = 0; i < term.points.size(); ++i) {
            if (i > 0 && term.points[i] == term.points[0] && term.when[i] == term.when[0]) continue;
            Names names;
            const StepPlan* last = nullptr;
            if (signal.sequence)
                for (const StepPlan& one : signal.sequence->steps)
                    if (!one.forbidden) last = &one;
            const bool is_signal = last != nullptr ? last->inputs[i].is_signal : signal.inputs[i].is_signal;
            const std::uint32_t source = last != nullptr ? last->inputs[i].source : signal.inputs[i].source;
            names = input_names(policy, is_signal, source);
            names.trigger = &policy.trigger_slots;
            code(2, "when", term.when[i], names);
            instructions(2, term.points[i], names);
        }
    }
    if (policy.halves_every != 0) heading(1, "halves every " + show_duration(policy.halves_every));
    for (const BoosterPlan& booster : policy.boosters) {
        heading(1, booster.label);
        code(2, "when", booster.when, person);
    }
    if (policy.at_most >= 0) heading(1, "at most " + show_real(policy.at_most));
}

void Listing::alerts(const PolicyPlan& policy) {
    for (const AlertPlan& alert : policy.alerts) {
        std::string line = fmt::format("alert {}", level_names[static_cast<std::size_t>(alert.level)]);
        if (alert.cause == AlertCause::level)
            line += fmt::format(" at {}, rearms below {}", show_real(alert.at), show_real(alert.rearms_below));
        if (alert.cause == AlertCause::on_open) line += " on open";
        if (alert.cause == AlertCause::on_signal) line += " on " + policy.signals[alert.signal].name;
        for (std::size_t i = 0; i < alert.actions.size(); ++i) {
            const ActionPlan& action = program_.actions[alert.actions[i].action];
            std::string arguments;
            for (std::size_t k = 0; k < alert.actions[i].arguments.size(); ++k)
                arguments += (k == 0 ? "" : ", ") +
                             show_value(program_, alert.actions[i].arguments[k], action.parameters[k].second);
            line += fmt::format("{}{}({})", i == 0 ? " do " : ", ", action.name, arguments);
        }
        heading(1, line);
    }
}

void Listing::policy(const PolicyPlan& policy) {
    gap();
    heading(0, fmt::format("policy {} {}", policy.name, quoted(policy.title)));
    Names person;
    person.trigger = &policy.trigger_slots;
    code(1, "covers", policy.covers, {});
    triggers(policy);
    if (policy.looks_back != 0) heading(1, "looks back " + show_duration(policy.looks_back));
    closes(policy, person);
    exceptions(1, policy.exceptions);
    score(policy);
    alerts(policy);
    for (const SignalPlan& one : policy.signals) signal(policy, one);
}

void Listing::windows(const SignalPlan& signal) {
    for (const WindowPlan& window : signal.windows) heading(2, "window `" + window.label + '`');
    for (const UsualPlan& usual : signal.usuals)
        heading(2, fmt::format("usual of `{}`: {} buckets, at least {}{}", signal.windows[usual.window].label,
                               usual.buckets, usual.at_least,
                               usual.calendar ? " during " + program_.calendars[*usual.calendar].name : ""));
    for (const PeersPlan& peers : signal.peers)
        heading(2, fmt::format("peers of `{}` by employee.{} in {}", signal.windows[peers.window].label,
                               program_.employee.attributes[peers.attribute].name,
                               program_.baselines[peers.baseline].name));
}

void Listing::step(const PolicyPlan& policy, const SequencePlan& sequence, const StepPlan& step,
                   std::string_view word) {
    heading(2, word.empty() ? step.label : fmt::format("{} {}", word, step.label));
    for (const StepInput& input : step.inputs) {
        Names names = input_names(policy, input.is_signal, input.source);
        names.captures = &sequence.captures;
        heading(3, "on " + source_name(policy, input.is_signal, input.source));
        code(4, "where", input.where, names);
        for (const CodeId key : input.by) code(4, "by", key, names);
        for (const auto& [id, slot] : input.captures) code(4, "keeps " + sequence.captures[slot].label, id, names);
        observations(4, input.observations, names);
    }
}

void Listing::signal(const PolicyPlan& policy, const SignalPlan& signal) {
    heading(1, fmt::format("signal {} {}", signal.name, quoted(signal.title)));
    windows(signal);
    exceptions(2, signal.exceptions);
    for (const SignalInput& input : signal.inputs) {
        Names names = input_names(policy, input.is_signal, input.source);
        heading(2, "on " + source_name(policy, input.is_signal, input.source));
        code(3, "where", input.where, names);
        for (const CodeId key : input.by) code(3, "by", key, names);
        for (std::size_t i = 0; i < signal.windows.size(); ++i) {
            code(3, fmt::format("where of `{}`", signal.windows[i].label), input.window_where[i], names);
            code(3, fmt::format("value of `{}`", signal.windows[i].label), input.window_value[i], names);
        }
        names.signal = &signal;
        code(3, "when", input.when, names);
        observations(3, input.observations, names);
    }
    if (!signal.sequence) return;
    heading(2, "sequence within " + show_duration(signal.sequence->within));
    for (const StepPlan& one : signal.sequence->steps) step(policy, *signal.sequence, one, "step");
    for (const StepPlan& one : signal.sequence->until) step(policy, *signal.sequence, one, "");
}

} // namespace

std::string disassemble(const Program& program) {
    Listing listing{program};
    for (const PolicyPlan& policy : program.policies) listing.policy(policy);
    listing.across();
    listing.calendars();
    listing.events();
    listing.sources();
    return listing.take();
}

std::string disassemble(const Program& program, std::uint32_t policy, std::string_view signal) {
    Listing listing{program};
    const PolicyPlan& plan = program.policies[policy];
    if (signal.empty()) listing.policy(plan);
    for (const SignalPlan& one : plan.signals)
        if (!signal.empty() && (one.name == signal || one.name.substr(0, one.name.find('(')) == signal))
            listing.signal(plan, one);
    return listing.take();
}

std::string opcode_reference() {
    std::string text = "# Opcodes\n\nWritten by the tool from `runtime/opcodes.def`. An instruction has 16 bytes: the "
                       "opcode, three small operands\n"
                       "`a`, `b`, `c` and an immediate. Registers hold values; jumps lead forward only.\n\n"
                       "| opcode | a | b | c | immediate | does |\n|---|---|---|---|---|---|\n";
    static constexpr std::string_view kinds[] = {"",         "out",      "in",      "first",    "field",     "trigger",
                                                 "capture",  "window",   "usual",   "peers",    "attribute", "set",
                                                 "calendar", "function", "pattern", "constant", "table",     "member",
                                                 "count",    "unit",     "real",    "integer",  "target"};
    const auto kind = [](OperandKind operand) { return kinds[static_cast<std::size_t>(operand)]; };
    for (std::uint16_t i = 0; const OpcodeRow* row = opcode_row(static_cast<Opcode>(i)); ++i)
        text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", row->name, kind(row->a), kind(row->b), kind(row->c),
                            kind(row->immediate), row->doc);
    return text;
}

} // namespace watchword::runtime
