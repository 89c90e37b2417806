#include "runtime/recorder.hpp"

#include "runtime/text.hpp"

namespace watchword::runtime {

using recorded::Truth;

bool Recorder::wants(std::uint32_t policy, PersonId person) {
    if (person == nobody || (recording_.policy && *recording_.policy != policy)) return false;
    if (person >= wanted_.size()) wanted_.resize(person + 1, -1);
    std::int8_t& known = wanted_[person];
    if (known < 0) known = recording_.person.empty() || equal_folded(roster_.id(person), recording_.person) ? 1 : 0;
    return known == 1;
}

void Recorder::turn_to(std::uint32_t policy, PersonId person, Time time, std::uint64_t position, std::string_view event,
                       bool lookback) {
    head_.policy = policy;
    head_.person = person;
    head_.position = position;
    head_.lookback = lookback;
    move_to(time, event);
    if (person >= recording_.people.size()) recording_.people.resize(person + 1);
    if (recording_.people[person].empty()) recording_.people[person] = roster_.id(person);
}

void Recorder::move_to(Time time, std::string_view event) {
    head_.time = time;
    head_.event = event;
}

/// As `and`, `or` and `not` work: what stands behind a guard that failed is not reached.
Truth Recorder::walk(PartId id, const Frame& frame, recorded::Condition& into) {
    const ConditionPart& part = program_.parts[id];
    if (part.kind == PartKind::negation) {
        const Truth inner = walk(part.children.front(), frame, into);
        return inner == Truth::unknown ? inner : inner == Truth::yes ? Truth::no : Truth::yes;
    }
    if (part.kind != PartKind::atom) {
        const Truth ending = part.kind == PartKind::all ? Truth::no : Truth::yes;
        Truth result = part.kind == PartKind::all ? Truth::yes : Truth::no;
        for (const PartId child : part.children) {
            const Truth one = walk(child, frame, into);
            if (one == ending) return ending;
            if (one == Truth::unknown) result = Truth::unknown;
        }
        return result;
    }
    recorded::Atom atom;
    atom.part = id;
    const Value held = interpreter_.run(part.code, frame);
    atom.truth = !held.present() ? Truth::unknown : held.integer != 0 ? Truth::yes : Truth::no;
    for (const PartOperand& operand : part.operands) {
        const Value value = interpreter_.run(operand.code, frame);
        recorded::Operand read;
        const Kind kind = operand.type.kind;
        if (!is_textual(kind) && kind != Kind::ip && kind != Kind::list) read.value = value;
        read.text = show_value(value, operand.type, program_, roster_);
        atom.operands.push_back(std::move(read));
    }
    into.push_back(std::move(atom));
    return into.back().truth;
}

recorded::Condition Recorder::read(PartId part, const Frame& frame) {
    recorded::Condition condition;
    if (part != no_part) walk(part, frame, condition);
    return condition;
}

recorded::Condition Recorder::read(const std::vector<PartId>& parts, std::size_t index, const Frame& frame) {
    return index < parts.size() ? read(parts[index], frame) : recorded::Condition{};
}

recorded::Trigger* Recorder::last_trigger() {
    for (auto step = recording_.steps.rbegin(); step != recording_.steps.rend(); ++step)
        if (auto* trigger = std::get_if<recorded::Trigger>(&step->what);
            trigger != nullptr && step->policy == head_.policy && step->person == head_.person)
            return trigger;
    return nullptr;
}

recorded::Offer Recorder::offer(std::uint32_t input, const SignalInput& plan, const Frame& frame, bool matched) {
    recorded::Offer offer;
    offer.signal = signal_;
    offer.input = input;
    offer.matched = matched;
    offer.where = read(plan.where_parts, frame);
    return offer;
}

recorded::Step Recorder::step(std::uint32_t index, bool is_until, std::uint32_t input, const StepInput& plan,
                              recorded::StepOutcome outcome, const Frame& frame, Time began, std::string_view key) {
    recorded::Step step;
    step.signal = signal_;
    step.step = index;
    step.is_until = is_until;
    step.input = input;
    step.outcome = outcome;
    // without a match there are no earlier steps that the condition could read
    if (is_until || outcome != recorded::StepOutcome::not_waiting) step.where = read(plan.where_parts, frame);
    step.began = began;
    step.key = key;
    return step;
}

recorded::Hit Recorder::hit(const LiveHit& live) const {
    recorded::Hit hit;
    hit.signal = live.signal;
    hit.input = live.input;
    std::string_view in = live.data;
    hit.event_count = take_number(in);
    for (std::uint64_t left = take_number(in); left != 0; --left) {
        const std::size_t length = take_number(in);
        hit.events.emplace_back(in.substr(0, length));
        in.remove_prefix(length);
    }
    return hit;
}

} // namespace watchword::runtime
