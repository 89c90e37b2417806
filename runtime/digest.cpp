// One `put` a type, members in the order of program.hpp. A member that is added there and can show belongs here too.
#include "runtime/digest.hpp"

#include "runtime/kept_values.hpp"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <span>
#include <type_traits>

namespace watchword::runtime {

namespace {

class Digest {
public:
    explicit Digest(const Program& program) : program_(program) {}

    template <class... Parts>
    void all(const Parts&... parts) {
        (put(parts), ...);
    }
    std::array<char, 16> result() const {
        XXH128_canonical_t canonical;
        XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes_.data(), bytes_.size()));
        std::array<char, 16> bytes{};
        std::memcpy(bytes.data(), canonical.digest, bytes.size());
        return bytes;
    }

private:
    template <class Number>
        requires(std::is_integral_v<Number> || std::is_enum_v<Number>)
    void put(Number number) {
        put_signed(bytes_, static_cast<std::int64_t>(number));
    }
    void put(double number) { put_number(bytes_, std::bit_cast<std::uint64_t>(number)); }
    void put(const std::string& text) { put(std::string_view{text}); }
    void put(std::string_view text) {
        put_number(bytes_, text.size());
        bytes_.append(text);
    }
    template <class First, class Second>
    void put(const std::pair<First, Second>& pair) {
        all(pair.first, pair.second);
    }
    template <class Item>
    void put(const std::vector<Item>& items) {
        put_number(bytes_, items.size());
        for (const Item& item : items) put(item);
    }
    template <class Item>
    void put(const std::optional<Item>& item) {
        put(item.has_value());
        if (item) put(*item);
    }
    void put(Type type) { all(type.kind, type.optional, type.detail); }
    /// In a program a person is an account name still.
    void put(const Value& value, Type type) {
        const auto as_text = static_cast<std::uint16_t>(Kind::text);
        if (type.kind == Kind::person) type.kind = Kind::text;
        if (type.kind == Kind::list && static_cast<Kind>(type.detail) == Kind::person) type.detail = as_text;
        put_value(bytes_, value, type);
    }

    void put(const Enumeration& of) { put(of.words); }
    void put(const Field& of) {
        all(of.name, of.type, of.sensitive, of.slot, of.fallback.has_value());
        if (of.fallback) put(*of.fallback, of.type);
    }
    void put(const RosterUpdate& of) { all(of.attribute, of.code); }
    void put(const EventSchema& of) {
        all(of.name, of.fields, of.subject, of.slots, of.used, of.never_late, of.updates, of.adds_employee);
    }
    void put(const EmployeeSchema& of) { all(of.attributes, of.zone); }
    // What comes from files may have changed between two runs, as it may within one (Program::file_lists).
    void put(const ConstantSet& of) {
        all(of.kind, of.folded, of.may_change);
        if (of.may_change)
            put(of.networks.empty());
        else
            all(of.texts, of.integers, of.reals, of.networks);
    }
    void put(const ConstantTable& of) { all(of.columns); }
    void put(const FunctionRow* of) { put(of->signature); }
    void put(const CalendarPlan& of) { all(of.name, of.days, of.hours, of.zone, of.except); }
    void put(const BaselinePlan& of) { all(of.name); }
    void put(const AcrossInput& of) { all(of.event, of.where, of.key); }
    void put(const AcrossPlan& of) { all(of.name, of.inputs, of.key_type, of.over, of.at_least); }
    void put(const ActionPlan& of) { all(of.name, of.parameters, of.is_state); }
    void put(const Instruction& of) { all(of.opcode, of.a, of.b, of.c, of.immediate); }

    void put(const WindowPlan& of) { all(of.aggregate, of.pane, of.span, of.percentile, of.argument, of.label); }
    void put(const UsualPlan& of) { all(of.window, of.buckets, of.at_least, of.calendar, of.unit); }
    void put(const PeersPlan& of) { all(of.baseline, of.window, of.attribute, of.unit); }
    void put(const Observation& of) { all(of.label, of.code, of.type, of.sensitive); }
    void put(const KeptSlot& of) { all(of.label, of.type, of.sensitive); }
    void put(const ExceptionPlan& of) { all(of.until, of.inputs); }
    void put(const SignalInput& of) {
        all(of.is_signal, of.source, of.where, of.by, of.window_where, of.window_value, of.when, of.observations);
    }
    void put(const StepInput& of) { all(of.is_signal, of.source, of.where, of.by, of.captures, of.observations); }
    void put(const StepPlan& of) { all(of.forbidden, of.inputs, of.label); }
    void put(const SequencePlan& of) { all(of.within, of.steps, of.until, of.captures, of.by); }
    void put(const SignalPlan& of) {
        all(of.name, of.title, of.inputs, of.by, of.windows, of.usuals, of.peers, of.has_when, of.when_has_new,
            of.sequence, of.exceptions, of.hit_fields, of.listened_to);
    }
    void put(const TriggerPlan& of) {
        all(of.kind, of.source, of.level, of.where, of.anchor, of.group, of.is_group, of.captures);
    }
    void put(const ClosePlan& of) { all(of.kind, of.after, of.instant, of.event, of.where); }
    void put(const ScoreTerm& of) { all(of.signal, of.points, of.when, of.at_most, of.once); }
    void put(const PeopleRead& of) { all(of.attributes, of.others_attributes, of.names_others); }
    void put(const BoosterPlan& of) { all(of.factor, of.when, of.reads, of.label); }
    void put(const AlertPlan& of) {
        all(of.level, of.cause, of.at, of.rearms_below, of.signal, of.actions.size());
        for (const ActionCall& call : of.actions) {
            put(call.action);
            const auto& parameters = program_.actions[call.action].parameters;
            for (std::size_t i = 0; i < call.arguments.size(); ++i) put(call.arguments[i], parameters[i].second);
        }
    }
    void put(const PolicyPlan& of) {
        all(of.name, of.id, of.title, of.tags, of.version, of.expires, of.severity, of.covers, of.triggers, of.always,
            of.looks_back, of.closes, of.retrigger, of.extends_at_most, of.trigger_slots, of.exceptions, of.signals,
            of.score, of.halves_every, of.boosters, of.at_most, of.alerts);
    }
    void put(const RiskPlan& of) { all(of.sum, of.levels); }

    const Program& program_;
    Bytes bytes_;
};

} // namespace

std::array<char, 16> digest(const Program& program) {
    Digest whole{program};
    whole.all(program.zone, program.enumerations, program.events, program.employee);
    Bytes constants;
    for (std::size_t i = 0; i < program.constants.size(); ++i)
        if (!std::binary_search(program.file_lists.begin(), program.file_lists.end(), i))
            put_value(constants, program.constants[i], program.constant_types[i]);
    whole.all(std::string_view{constants}, program.sets, program.tables, program.pattern_texts, program.functions,
              program.calendars, program.baselines, program.across, program.actions, program.code, program.policies,
              program.risk);
    return whole.result();
}

std::array<char, 16> schema_digest(const Program& program) {
    Digest schemas{program};
    schemas.all(program.zone, program.enumerations, program.events, program.employee);
    return schemas.result();
}

} // namespace watchword::runtime
