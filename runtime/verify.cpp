// Walks over everything a program holds: indices between its tables, and each piece of code in the context in which it
// will run. What code itself may do is the business of verify_code.
#include "runtime/alert.hpp"
#include "runtime/verify_code.hpp"
#include "runtime/windows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace watchword::runtime {

namespace {

constexpr Type boolean{Kind::boolean, false, 0};
constexpr Type real{Kind::real, false, 0};
constexpr Type text{Kind::text, false, 0};
constexpr Type time_type{Kind::time, false, 0};

class ProgramVerifier {
public:
    explicit ProgramVerifier(const Program& program) : program_(program), code_(program) {}

    std::string verify() {
        const bool fine =
            tables() && schemas() && constants() && calendars() && across() && policies() && sources() && tests();
        return fine ? "" : problem_.empty() ? "the program is damaged" : place_ + problem_;
    }

private:
    bool fail(std::string problem) {
        if (problem_.empty()) problem_ = std::move(problem);
        return false;
    }
    template <class Table>
    bool index(std::size_t index, const Table& table, const char* what) {
        return index < table.size() || fail(fmt::format("{} {} does not exist", what, index));
    }
    bool type(Type type) {
        if (type.kind == Kind::enumeration) return index(type.detail, program_.enumerations, "enumeration");
        if (type.kind == Kind::list)
            return type.detail < static_cast<unsigned>(Kind::list) ||
                   type.detail == static_cast<unsigned>(Kind::enumeration) || fail("a list of lists");
        return type.kind <= Kind::enumeration || fail("a value has no kind");
    }
    bool code(CodeId id, const CodeContext& context, Type result, const char* what) {
        std::string problem = code_.check(id, context, result);
        return problem.empty() || fail(fmt::format("{}: {}", what, problem));
    }
    /// A piece that has to be there.
    bool compulsory(CodeId id, const CodeContext& context, Type result, const char* what) {
        if (id == no_code) return fail(fmt::format("{} is missing", what));
        return code(id, context, result, what);
    }

    bool tables();
    bool constants();
    bool schemas();
    bool calendars();
    bool across();
    bool sources();
    bool emit(const SourcePlan& source, const EmitPlan& emit);
    bool tests();
    bool policies();
    bool policy(std::uint32_t index);
    bool triggers(std::uint32_t index, const CodeContext& person);
    bool score(const PolicyPlan& policy, const CodeContext& person);
    bool alerts(const PolicyPlan& policy);
    bool signal(const PolicyPlan& policy, std::uint32_t index);
    bool windows(const SignalPlan& signal);
    bool plain(const PolicyPlan& policy, const SignalPlan& signal, std::uint32_t index);
    bool sequence(const PolicyPlan& policy, const SignalPlan& signal, std::uint32_t index);
    bool step(const PolicyPlan& policy, const SequencePlan& sequence, const StepPlan& step, std::uint32_t index,
              bool sees_captures, bool is_until);
    bool exceptions(const std::vector<ExceptionPlan>& exceptions);
    bool parts(PartId id, const CodeContext& context, unsigned depth = 0);
    bool observations(const std::vector<Observation>& observations, const CodeContext& context);
    std::vector<Type> hit_fields_of(const PolicyPlan& policy, std::uint32_t signal);
    std::optional<std::vector<Type>> input_types(const PolicyPlan& policy, bool is_signal, std::uint32_t source,
                                                 std::uint32_t below);

    const Program& program_;
    CodeVerifier code_;
    std::string problem_, place_;
    std::vector<std::vector<Type>> slots_; ///< per event type
    std::vector<std::vector<Type>> hits_;  ///< of the policy in question: per signal the fields of its hits
};

bool ProgramVerifier::tables() {
    constexpr std::size_t most = std::size_t{1} << 30;
    if (program_.code.size() > most) return fail("too much code");
    if (program_.patterns.size() != program_.pattern_texts.size()) return fail("a pattern is missing");
    for (const auto& pattern : program_.patterns)
        if (pattern == nullptr) return fail("a pattern is missing");
    for (const FunctionRow* row : program_.functions) {
        if (row == nullptr || row->evaluate == nullptr) return fail("a function is missing");
        for (const Type parameter : row->parameters)
            if (!type(parameter)) return false;
        if (!type(row->result)) return false;
    }
    for (const ConstantTable& table : program_.tables)
        for (const auto& row : table.rows)
            if (row.size() != table.columns.size()) return fail("a row of a table has too few cells");
    for (const ConstantSet& set : program_.sets)
        for (const auto& [address, length] : set.networks)
            if (address.size() != 16 || length > 128) return fail("a network is no network");
    return true;
}

bool ProgramVerifier::constants() {
    if (program_.constants.size() != program_.constant_types.size()) return fail("a constant has no type");
    for (const std::uint32_t list : program_.file_lists)
        if (list >= program_.constants.size() || program_.constant_types[list].kind != Kind::list)
            return fail("a list from a file is no list");
    for (std::size_t i = 0; i < program_.constants.size(); ++i) {
        const Type is = program_.constant_types[i];
        if (!type(is)) return false;
        if (is.kind == Kind::person) return fail("a constant cannot be a person");
        if (is.kind == Kind::ip && program_.constants[i].extent != 16) return fail("an address is no address");
        if (is.kind == Kind::enumeration &&
            program_.constants[i].integer >= static_cast<std::int64_t>(program_.enumerations[is.detail].words.size()))
            return fail("a constant is no word of its enumeration");
    }
    return true;
}

bool ProgramVerifier::schemas() {
    for (const Field& attribute : program_.employee.attributes)
        if (!type(attribute.type)) return false;
    const std::int32_t zone = program_.employee.zone;
    if (zone != no_slot &&
        (zone < 0 || !index(static_cast<std::size_t>(zone), program_.employee.attributes, "attribute")))
        return false;
    for (const EventSchema& event : program_.events) {
        place_ = fmt::format("event {}: ", event.name);
        if (event.slots > UINT16_MAX + 1U) return fail("too many fields are read");
        std::vector<Type> slots(event.slots);
        std::vector<bool> given(event.slots, false);
        for (const Field& field : event.fields) {
            if (!type(field.type)) return false;
            if (field.slot == no_slot) continue;
            if (field.slot < 0 || static_cast<std::uint32_t>(field.slot) >= event.slots)
                return fail("a field has no place");
            if (given[static_cast<std::size_t>(field.slot)]) return fail("two fields have one place");
            given[static_cast<std::size_t>(field.slot)] = true;
            slots[static_cast<std::size_t>(field.slot)] = field.type;
        }
        if (std::find(given.begin(), given.end(), false) != given.end()) return fail("a place has no field");
        if (event.subject != no_slot &&
            (event.subject < 0 || !index(static_cast<std::size_t>(event.subject), event.fields, "field")))
            return false;
        slots_.push_back(std::move(slots));
    }
    for (std::size_t i = 0; i < program_.events.size(); ++i) {
        place_ = fmt::format("event {}: ", program_.events[i].name);
        CodeContext context;
        context.fields = slots_[i];
        for (const RosterUpdate& update : program_.events[i].updates) {
            if (!index(update.attribute, program_.employee.attributes, "attribute")) return false;
            const Type wanted = program_.employee.attributes[update.attribute].type;
            if (!compulsory(update.code, context, wanted, "a roster change")) return false;
        }
    }
    place_.clear();
    return true;
}

bool ProgramVerifier::calendars() {
    const CodeContext person;
    for (const CalendarPlan& calendar : program_.calendars) {
        place_ = fmt::format("calendar {}: ", calendar.name);
        const Type time_of_day{Kind::time_of_day, false, 0};
        for (const auto& [from, to] : calendar.hours)
            if (!compulsory(from, person, time_of_day, "hours") || !compulsory(to, person, time_of_day, "hours"))
                return false;
        if (!code(calendar.zone, person, text, "zone") || !code(calendar.except, person, boolean, "except"))
            return false;
    }
    place_.clear();
    return true;
}

bool ProgramVerifier::across() {
    for (const AcrossPlan& across : program_.across) {
        place_ = fmt::format("signal {}: ", across.name);
        if (!type(across.key_type)) return fail("a key is missing");
        for (const AcrossInput& input : across.inputs) {
            if (!index(input.event, program_.events, "event")) return false;
            CodeContext context;
            context.fields = slots_[input.event];
            if (!code(input.where, context, boolean, "where") || !parts(input.where_parts, context) ||
                !compulsory(input.key, context, across.key_type, "across"))
                return false;
        }
    }
    place_.clear();
    return true;
}

bool ProgramVerifier::emit(const SourcePlan& source, const EmitPlan& emit) {
    CodeContext context;
    context.has_person = false;
    for (const ColumnPlan& column : source.columns) // people are account names there
        context.fields.push_back(column.type.kind == Kind::person ? text : column.type);
    if (!emit.employee && !index(emit.event, program_.events, "event")) return false;
    if (!code(emit.when, context, boolean, "when") || !code(emit.id, context, text, "id")) return false;
    if (!code(emit.aliases, context, {Kind::list, true, static_cast<std::uint16_t>(Kind::text)}, "accounts"))
        return false;
    if (!emit.employee && !compulsory(emit.time, context, time_type, "time")) return false;
    const std::vector<Field>& fields =
        emit.employee ? program_.employee.attributes : program_.events[emit.event].fields;
    for (const EmitField& field : emit.fields) {
        if (!index(field.field, fields, "field")) return false;
        Type wanted = fields[field.field].type;
        if (wanted.kind == Kind::person) wanted = text; // an account name
        if (wanted.kind == Kind::list && wanted.detail == static_cast<unsigned>(Kind::person))
            wanted.detail = static_cast<std::uint16_t>(Kind::text);
        if (!compulsory(field.code, context, wanted, fields[field.field].name.c_str())) return false;
    }
    return true;
}

bool ProgramVerifier::sources() {
    for (const SourcePlan& source : program_.sources) {
        place_ = fmt::format("source {}: ", source.name);
        for (const ColumnPlan& column : source.columns)
            if (!type(column.type)) return false;
        for (const EmitPlan& one : source.emits)
            if (!emit(source, one)) return false;
    }
    place_.clear();
    return true;
}

bool ProgramVerifier::tests() {
    for (const TestPlan& test : program_.tests) {
        place_ = fmt::format("test {}: ", test.name);
        for (const TestEmployee& employee : test.employees)
            for (const auto& [attribute, value] : employee.attributes)
                if (!index(attribute, program_.employee.attributes, "attribute")) return false;
        for (const TestEvent& event : test.events) {
            if (!index(event.event, program_.events, "event")) return false;
            if (event.fields.size() > program_.events[event.event].fields.size())
                return fail("an event has too many fields");
        }
        for (const TestExpectation& expectation : test.expectations)
            if (expectation.policy && *expectation.policy != risk_policy &&
                !index(*expectation.policy, program_.policies, "policy"))
                return false;
    }
    place_.clear();
    return true;
}

bool ProgramVerifier::policies() {
    for (std::uint32_t i = 0; i < program_.policies.size(); ++i) {
        place_ = fmt::format("policy {}: ", program_.policies[i].name);
        if (!policy(i)) return false;
    }
    place_.clear();
    if (program_.risk)
        for (const auto& [level, at] : program_.risk->levels)
            if (level > Level::critical) return fail("a level of risk does not exist");
    return true;
}

bool ProgramVerifier::policy(std::uint32_t number) {
    const PolicyPlan& policy = program_.policies[number];
    CodeContext person;
    for (const KeptSlot& slot : policy.trigger_slots) {
        if (!type(slot.type)) return false;
        person.trigger.push_back(slot.type);
    }
    if (policy.trigger_slots.size() > UINT16_MAX + 1U) return fail("too much is kept of a trigger");
    if (policy.severity > Level::critical) return fail("the severity does not exist");
    if (!code(policy.covers, CodeContext{}, boolean, "covers") || !parts(policy.covers_parts, CodeContext{}) ||
        !triggers(number, person))
        return false;
    for (const ClosePlan& close : policy.closes) {
        CodeContext context = person;
        if (close.kind == CloseKind::event) {
            if (!index(close.event, program_.events, "event")) return false;
            context.fields = slots_[close.event];
            if (!code(close.where, context, boolean, "closes") || !parts(close.where_parts, context)) return false;
        }
        if (close.kind == CloseKind::after_instant && !compulsory(close.instant, person, time_type, "closes"))
            return false;
    }
    if (!exceptions(policy.exceptions)) return false;
    hits_.clear();
    for (std::uint32_t i = 0; i < policy.signals.size(); ++i)
        if (!signal(policy, i)) return false;
    return score(policy, person) && alerts(policy);
}

bool ProgramVerifier::triggers(std::uint32_t number, const CodeContext& person) {
    const PolicyPlan& policy = program_.policies[number];
    for (const TriggerPlan& trigger : policy.triggers) {
        CodeContext context;
        switch (trigger.kind) {
        case TriggerKind::event:
            if (!index(trigger.source, program_.events, "event")) return false;
            context.fields = slots_[trigger.source];
            break;
        case TriggerKind::alert:
            if (trigger.source >= number) return fail("a policy is opened by a later one");
            break;
        case TriggerKind::signal:
            if (!index(trigger.source, program_.across, "signal")) return false;
            break;
        case TriggerKind::always:
            break;
        }
        if (trigger.level > Level::critical) return fail("a level does not exist");
        if (!code(trigger.where, context, boolean, "opens") || !code(trigger.group, context, boolean, "for") ||
            !parts(trigger.where_parts, context) || !parts(trigger.group_parts, context))
            return false;
        for (const auto& [id, slot] : trigger.captures)
            if (!index(slot, policy.trigger_slots, "trigger value") ||
                !compulsory(id, context, policy.trigger_slots[slot].type, "a trigger value"))
                return false;
        context.trigger = person.trigger;
        if (!code(trigger.anchor, context, time_type, "at")) return false;
    }
    return true;
}

bool ProgramVerifier::score(const PolicyPlan& policy, const CodeContext& person) {
    for (const ScoreTerm& term : policy.score) {
        if (!index(term.signal, policy.signals, "signal")) return false;
        const SignalPlan& signal = policy.signals[term.signal];
        std::vector<std::pair<bool, std::uint32_t>> inputs;
        if (signal.sequence) {
            const auto& steps = signal.sequence->steps;
            const auto last =
                std::find_if(steps.rbegin(), steps.rend(), [](const StepPlan& step) { return !step.forbidden; });
            for (const StepInput& input : last->inputs) inputs.emplace_back(input.is_signal, input.source);
        } else {
            for (const SignalInput& input : signal.inputs) inputs.emplace_back(input.is_signal, input.source);
        }
        if (term.points.size() != inputs.size() || term.when.size() != inputs.size()) return fail("points are missing");
        if (!term.when_parts.empty() && term.when_parts.size() != inputs.size()) return fail("parts are missing");
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            CodeContext context = person;
            context.fields = inputs[i].first ? hits_[inputs[i].second] : slots_[inputs[i].second];
            if (!compulsory(term.points[i], context, real, "points") || !code(term.when[i], context, boolean, "when") ||
                (!term.when_parts.empty() && !parts(term.when_parts[i], context)))
                return false;
        }
    }
    for (const BoosterPlan& booster : policy.boosters)
        if (!code(booster.when, person, boolean, "times") || !parts(booster.when_parts, person)) return false;
    return true;
}

bool ProgramVerifier::alerts(const PolicyPlan& policy) {
    for (const AlertPlan& alert : policy.alerts) {
        if (alert.level > Level::critical) return fail("a level does not exist");
        if (alert.cause == AlertCause::on_signal && !index(alert.signal, policy.signals, "signal")) return false;
        for (const ActionCall& call : alert.actions) {
            if (!index(call.action, program_.actions, "action")) return false;
            if (call.arguments.size() != program_.actions[call.action].parameters.size())
                return fail("an action lacks arguments");
        }
    }
    return true;
}

bool ProgramVerifier::exceptions(const std::vector<ExceptionPlan>& exceptions) {
    for (const ExceptionPlan& exception : exceptions) {
        if (!exception.parts.empty() && exception.parts.size() != exception.inputs.size())
            return fail("parts are missing");
        for (std::size_t i = 0; i < exception.inputs.size(); ++i) {
            if (!index(exception.inputs[i].first, program_.events, "event")) return false;
            CodeContext context;
            context.fields = slots_[exception.inputs[i].first];
            if (!code(exception.inputs[i].second, context, boolean, "except") ||
                (!exception.parts.empty() && !parts(exception.parts[i], context)))
                return false;
        }
    }
    return true;
}

/// The slots of what an input listens to; inner signals come before their listeners.
std::optional<std::vector<Type>> ProgramVerifier::input_types(const PolicyPlan&, bool is_signal, std::uint32_t source,
                                                              std::uint32_t below) {
    if (is_signal && source >= below) {
        fail("a signal listens to a later one");
        return std::nullopt;
    }
    if (!is_signal && !index(source, program_.events, "event")) return std::nullopt;
    return is_signal ? hits_[source] : slots_[source];
}

/// The types of the fields of its hits, as its listeners read them: those of its inputs, which must agree.
std::vector<Type> ProgramVerifier::hit_fields_of(const PolicyPlan& policy, std::uint32_t number) {
    const SignalPlan& signal = policy.signals[number];
    std::vector<std::pair<bool, std::uint32_t>> inputs;
    if (signal.sequence) {
        for (auto step = signal.sequence->steps.rbegin(); step != signal.sequence->steps.rend(); ++step) {
            if (step->forbidden) continue;
            for (const StepInput& input : step->inputs) inputs.emplace_back(input.is_signal, input.source);
            break;
        }
    } else {
        for (const SignalInput& input : signal.inputs) inputs.emplace_back(input.is_signal, input.source);
    }
    std::vector<Type> types;
    for (const std::string& name : signal.hit_fields) {
        Type found{Kind::boolean, true, 0};
        bool known = false;
        for (const auto& [is_signal, source] : inputs) {
            std::optional<Type> one;
            if (is_signal) {
                const auto& names = policy.signals[source].hit_fields;
                const auto at = std::find(names.begin(), names.end(), name);
                if (at != names.end()) one = hits_[source][static_cast<std::size_t>(at - names.begin())];
            } else if (const Field* field = program_.events[source].find(name);
                       field != nullptr && field->slot != no_slot) {
                one = field->type;
            }
            if (!one) continue;
            if (known && one->as_required() != found.as_required()) fail("a hit's field has two types");
            found = *one;
            known = true;
        }
        types.push_back(found);
    }
    return types;
}

bool ProgramVerifier::signal(const PolicyPlan& policy, std::uint32_t number) {
    const SignalPlan& signal = policy.signals[number];
    for (const Type key : signal.by)
        if (!type(key)) return false;
    if (!exceptions(signal.exceptions) || !windows(signal)) return false;
    if (signal.sequence ? !sequence(policy, signal, number) : !plain(policy, signal, number)) return false;
    hits_.push_back(hit_fields_of(policy, number));
    return problem_.empty();
}

bool ProgramVerifier::windows(const SignalPlan& signal) {
    if (std::max({signal.windows.size(), signal.usuals.size(), signal.peers.size()}) > UINT16_MAX)
        return fail("too many windows");
    for (const WindowPlan& window : signal.windows) {
        if (!type(window.argument)) return false;
        if (window.aggregate > Aggregate::is_new || window.pane > Pane::week) return fail("a window is of no kind");
        if (!(window.percentile >= 0 && window.percentile <= 100)) return fail("a percentile is none");
        const bool counts = window.aggregate == Aggregate::count || window.aggregate == Aggregate::distinct ||
                            window.aggregate == Aggregate::is_new;
        const Kind kind = window.argument.kind;
        const bool number = kind == Kind::integer || kind == Kind::real || kind == Kind::size ||
                            kind == Kind::duration || kind == Kind::time || kind == Kind::time_of_day;
        if (!counts && !number) return fail("a window adds up what is no number");
        if ((window.pane == Pane::sliding || window.aggregate == Aggregate::is_new) && window.span <= 0)
            return fail("a window has no span");
    }
    for (const UsualPlan& usual : signal.usuals) {
        if (!index(usual.window, signal.windows, "window")) return false;
        if (signal.windows[usual.window].pane == Pane::sliding) return fail("only buckets can be usual");
        if (usual.calendar && !index(*usual.calendar, program_.calendars, "calendar")) return false;
    }
    for (const PeersPlan& peers : signal.peers) {
        if (!index(peers.window, signal.windows, "window") || !index(peers.baseline, program_.baselines, "baseline") ||
            !index(peers.attribute, program_.employee.attributes, "attribute"))
            return false;
        if (!is_textual(program_.employee.attributes[peers.attribute].type.kind))
            return fail("a group of peers is named by a text");
    }
    return true;
}

/// Children stand before their parents, so the way down ends.
bool ProgramVerifier::parts(PartId id, const CodeContext& context, unsigned depth) {
    if (id == no_part) return true;
    if (!index(id, program_.parts, "part") || depth > 1'000) return fail("a condition is too deep");
    const ConditionPart& part = program_.parts[id];
    if (part.kind > PartKind::negation) return fail("a part is of no kind");
    if (part.kind == PartKind::atom) {
        for (const PartOperand& operand : part.operands)
            if (!type(operand.type) || !compulsory(operand.code, context, operand.type, "a compared value"))
                return false;
        return compulsory(part.code, context, boolean, "a part");
    }
    if (part.kind == PartKind::negation && part.children.size() != 1) return fail("a part negates one other");
    for (const PartId child : part.children)
        if (child >= id || !parts(child, context, depth + 1)) return fail("a part stands before its own");
    return true;
}

bool ProgramVerifier::observations(const std::vector<Observation>& observations, const CodeContext& context) {
    for (const Observation& observation : observations)
        if (!type(observation.type) || !compulsory(observation.code, context, observation.type, "a shown value"))
            return false;
    return true;
}

bool ProgramVerifier::plain(const PolicyPlan& policy, const SignalPlan& signal, std::uint32_t number) {
    for (const SignalInput& input : signal.inputs) {
        const auto types = input_types(policy, input.is_signal, input.source, number);
        if (!types) return false;
        CodeContext context;
        context.fields = *types;
        if (!code(input.where, context, boolean, "where") || !parts(input.where_parts, context)) return false;
        if (input.by.size() != signal.by.size()) return fail("a key is missing");
        for (std::size_t i = 0; i < input.by.size(); ++i)
            if (!compulsory(input.by[i], context, signal.by[i], "by")) return false;
        if (input.window_where.size() != signal.windows.size() || input.window_value.size() != signal.windows.size())
            return fail("a window has no value");
        if (!input.window_where_parts.empty() && input.window_where_parts.size() != signal.windows.size())
            return fail("parts are missing");
        for (std::size_t i = 0; i < signal.windows.size(); ++i) {
            if (!code(input.window_where[i], context, boolean, "where of a window") ||
                (!input.window_where_parts.empty() && !parts(input.window_where_parts[i], context)))
                return false;
            if (signal.windows[i].aggregate == Aggregate::count) continue;
            if (!compulsory(input.window_value[i], context, signal.windows[i].argument, "the value of a window"))
                return false;
        }
        context.signal = &signal;
        if (!code(input.when, context, boolean, "when") || !parts(input.when_parts, context) ||
            !observations(input.observations, context))
            return false;
    }
    return true;
}

bool ProgramVerifier::step(const PolicyPlan& policy, const SequencePlan& sequence, const StepPlan& step,
                           std::uint32_t number, bool sees_captures, bool is_until) {
    for (const StepInput& input : step.inputs) {
        const auto types = input_types(policy, input.is_signal, input.source, number);
        if (!types) return false;
        CodeContext context;
        context.fields = *types;
        for (const auto& [id, slot] : input.captures)
            if (!index(slot, sequence.captures, "kept value") ||
                !compulsory(id, context, sequence.captures[slot].type, "a kept value"))
                return false;
        if (input.by.size() != sequence.by.size() && !(is_until && input.by.empty())) return fail("a key is missing");
        for (std::size_t i = 0; i < input.by.size(); ++i)
            if (!compulsory(input.by[i], context, sequence.by[i], "by")) return false;
        if (sees_captures)
            for (const KeptSlot& slot : sequence.captures) context.captures.push_back(slot.type);
        if (!code(input.where, context, boolean, "where") || !parts(input.where_parts, context) ||
            !observations(input.observations, context))
            return false;
    }
    return true;
}

bool ProgramVerifier::sequence(const PolicyPlan& policy, const SignalPlan& signal, std::uint32_t number) {
    const SequencePlan& sequence = *signal.sequence;
    if (sequence.steps.size() > 10'000 || sequence.within <= 0) return fail("the sequence has no span");
    for (const KeptSlot& slot : sequence.captures)
        if (!type(slot.type)) return false;
    for (const Type key : sequence.by)
        if (!type(key)) return false;
    bool begun = false;
    for (const StepPlan& one : sequence.steps) {
        if (!step(policy, sequence, one, number, begun, false)) return false;
        begun = begun || !one.forbidden;
    }
    if (!begun) return fail("the sequence has no step to fill");
    for (const StepPlan& one : sequence.until)
        if (!step(policy, sequence, one, number, false, true)) return false;
    return true;
}

} // namespace

std::string verify(const Program& program) { return ProgramVerifier{program}.verify(); }

} // namespace watchword::runtime
