#include "stdlib/sharing.hpp"

#include "runtime/engine.hpp"

#include <algorithm>
#include <array>

namespace watchword::stdlib {

using runtime::Event;
using runtime::NameTable;
using runtime::Program;

std::vector<bool> types_that_concern_all(const Program& program) {
    std::vector<bool> result;
    result.reserve(program.events.size());
    for (const runtime::EventSchema& schema : program.events)
        result.push_back(schema.subject == runtime::no_slot || schema.adds_employee || !schema.updates.empty());
    for (const runtime::PolicyPlan& policy : program.policies)
        for (const runtime::TriggerPlan& trigger : policy.triggers)
            if (trigger.kind == runtime::TriggerKind::event && trigger.is_group) result[trigger.source] = true;
    for (const runtime::AcrossPlan& across : program.across)
        for (const runtime::AcrossInput& input : across.inputs) result[input.event] = true;
    return result;
}

std::vector<std::vector<std::uint32_t>> person_slots(const Program& program) {
    std::vector<std::vector<std::uint32_t>> result(program.events.size());
    for (std::size_t type = 0; type < program.events.size(); ++type) {
        for (const runtime::Field& field : program.events[type].fields)
            if (field.slot != runtime::no_slot && field.type.kind == runtime::Kind::person)
                result[type].push_back(static_cast<std::uint32_t>(field.slot));
        std::sort(result[type].begin(), result[type].end());
    }
    return result;
}

Sharing::Sharing(const Program& program, std::uint32_t shares) : is_alone_(program.events.size()), shares_(shares) {
    const std::vector<bool> for_all = types_that_concern_all(program);
    const std::vector<std::vector<std::uint32_t>> persons = person_slots(program);
    for (std::size_t type = 0; type < program.events.size(); ++type) {
        is_alone_[type] = !for_all[type] && persons[type].empty();
        all_alone_ = all_alone_ && (is_alone_[type] || !program.events[type].used);
    }
}

void Sharing::enter(std::string_view name, std::uint32_t share) {
    required_ = true;
    std::string folded = runtime::fold(name);
    if (folded.size() > runtime::most_short) {
        long_names_.push_back(std::move(folded));
        names_.set(long_names_.back(), share);
    } else {
        names_.set(folded, share);
    }
}

void Sharing::find(std::span<const Event* const> events, std::uint32_t* of) const {
    if (required_) find_names(events, of);
    for (const Event* const event : events) {
        if (!is_alone_[event->type] || event->subject.empty())
            *of = of_many;
        else if (!required_)
            *of = runtime::shard_of(event->subject, shares_);
        ++of;
    }
}

void Sharing::find_names(std::span<const Event* const> events, std::uint32_t* of) const {
    static_assert(of_stranger == runtime::nobody, "what the table says of a name that it does not have");
    std::array<NameTable::Probe, together> probes;
    for (std::size_t i = 0; i < events.size(); ++i) probes[i] = NameTable::probe(events[i]->subject);
    names_.find(std::span(probes).first(events.size()), of);
    for (std::size_t i = 0; i < events.size(); ++i)
        if (const std::string_view name = events[i]->subject; !NameTable::is_folded(probes[i], name))
            of[i] = names_.find(NameTable::probe(runtime::fold(name)));
}

} // namespace watchword::stdlib
