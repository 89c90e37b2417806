#include "desk/escalation.hpp"

#include <algorithm>
#include <set>

namespace watchword::desk {

namespace recorded = runtime::recorded;
using runtime::RecordedStep;

namespace {

/// The policies whose alerts open it, and theirs.
std::set<std::uint32_t> sources_of(const runtime::Program& program, std::uint32_t policy) {
    std::set<std::uint32_t> result;
    std::vector<std::uint32_t> waiting{policy};
    while (!waiting.empty()) {
        const std::uint32_t one = waiting.back();
        waiting.pop_back();
        for (const runtime::TriggerPlan& trigger : program.policies[one].triggers)
            if (trigger.kind == runtime::TriggerKind::alert && result.insert(trigger.source).second)
                waiting.push_back(trigger.source);
    }
    return result;
}

bool opens(const RecordedStep& step) {
    const auto* trigger = std::get_if<recorded::Trigger>(&step.what);
    return trigger != nullptr && (trigger->outcome == recorded::TriggerOutcome::opened ||
                                  trigger->outcome == recorded::TriggerOutcome::restarted);
}

bool closes(const RecordedStep& step) {
    const auto* close = std::get_if<recorded::Close>(&step.what);
    return close != nullptr && close->closed;
}

/// It opened, prolonged or ended a watch.
bool bounds(const RecordedStep& step) {
    const auto* trigger = std::get_if<recorded::Trigger>(&step.what);
    const bool prolongs = trigger != nullptr && (trigger->outcome == recorded::TriggerOutcome::extended ||
                                                 trigger->outcome == recorded::TriggerOutcome::ignored);
    return prolongs || opens(step) || closes(step);
}

} // namespace

bool is_taken_in(const RecordedStep& step) {
    if (const auto* offer = std::get_if<recorded::Offer>(&step.what)) return offer->matched && offer->keyed;
    const auto* of_sequence = std::get_if<recorded::Step>(&step.what);
    if (of_sequence == nullptr) return false;
    using recorded::StepOutcome;
    switch (of_sequence->outcome) {
    case StepOutcome::filled:
    case StepOutcome::completed:
    case StepOutcome::killed:
    case StepOutcome::cleared:
    case StepOutcome::too_late:
        return true;
    default:
        return false;
    }
}

std::vector<std::string> records_behind(const runtime::Program& program, std::uint32_t policy,
                                        const std::vector<RecordedStep>& steps) {
    std::vector<std::string> result;
    const std::set<std::uint32_t> sources = sources_of(program, policy);
    if (sources.empty()) return result;
    std::set<std::string> seen;
    std::set<std::uint32_t> watching;
    for (const RecordedStep& step : steps) {
        const bool is_source = sources.contains(step.policy);
        if (!is_source && step.policy != policy) continue;
        if (opens(step) && watching.empty()) {
            result.clear();
            seen.clear();
        }
        if (opens(step)) watching.insert(step.policy);
        if (!step.event.empty() && (bounds(step) || (is_source && is_taken_in(step))) && seen.insert(step.event).second)
            result.push_back(step.event);
        if (closes(step)) watching.erase(step.policy);
    }
    return result;
}

} // namespace watchword::desk
