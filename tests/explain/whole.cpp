#include "tests/explain/whole.hpp"

#include <cmath>
#include <fmt/format.h>
#include <set>

namespace watchword::explain_tests {

namespace {

/// What did not happen, and what was not seen before, cannot be named by records; nor what is usual, here or elsewhere.
bool asks_for_absence(const runtime::Program& program, std::uint32_t policy) {
    for (const runtime::SignalPlan& signal : program.policies[policy].signals) {
        if (!signal.usuals.empty() || !signal.peers.empty() || signal.when_has_new) return true;
        if (!signal.sequence) continue;
        for (const runtime::StepPlan& step : signal.sequence->steps)
            if (step.forbidden) return true;
    }
    for (const runtime::TriggerPlan& trigger : program.policies[policy].triggers)
        if (trigger.kind == runtime::TriggerKind::alert && asks_for_absence(program, trigger.source)) return true;
    return false;
}

void name_records(const desk::Explanation& explanation, std::set<std::string>& named) {
    for (const desk::ExplainedEvent& event : explanation.events) named.insert(event.id);
    for (const desk::ExplainedEvent& event : explanation.behind) named.insert(event.id);
    for (const desk::ExplainedTrigger& trigger : explanation.triggers) named.insert(trigger.event.id);
    for (const desk::Explanation& cause : explanation.because) name_records(cause, named);
}

/// The alert of this id that the named records bring, without the one left out; nullopt: none.
std::optional<runtime::Alert> again(const desk::ExplanationSource& source, const runtime::Alert& alert,
                                    const std::set<std::string>& named, std::string_view left_out = {}) {
    desk::ReplayOptions options;
    options.engine = source.engine;
    options.person = source.stream.find_person(alert.subject);
    options.wanted = [&](const desk::StreamEvent& event) { // what changes the roster is part of it
        if (event.event.id == left_out) return false;
        return !source.program.events[event.event.type].updates.empty() || named.contains(std::string(event.event.id));
    };
    desk::Replay replay{source.program, source.stream, options};
    replay.run(alert.time);
    for (const runtime::Alert& one : replay.engine().alerts())
        if (one.id == alert.id && one.kind == runtime::RecordKind::alert) return one;
    return std::nullopt;
}

template <class Parts>
bool adds_up(const Parts& parts, double score) {
    double sum = 0;
    for (const auto& part : parts) sum += part.points;
    return std::llround(sum * 1000) == std::llround(score * 1000);
}

} // namespace

std::string WholeTally::report() const {
    return fmt::format(
        "{} alerts explained: {} sums are right, {} come again from the named records, {} do not without the last",
        alerts, summed, replayed, dropped);
}

std::string explanation_fault(const desk::ExplanationSource& source, const runtime::Alert& alert, WholeTally& tally) {
    ++tally.alerts;
    if (!adds_up(alert.contributions, alert.score))
        return fmt::format("the contributions of the alert {} do not add up to {}", alert.cause_text, alert.score);
    const desk::Explanation explanation = desk::explain_alert(source, alert);
    if (alert.policy == runtime::risk_policy) {
        ++tally.summed;
        return {};
    }
    if (!adds_up(explanation.terms, alert.score))
        return fmt::format("the explained contributions of the alert {} do not add up to {}", alert.cause_text,
                           alert.score);
    ++tally.summed;
    if (asks_for_absence(source.program, alert.policy)) return {};
    std::set<std::string> named;
    name_records(explanation, named);
    const auto same = again(source, alert, named);
    if (!same || same->score != alert.score)
        return fmt::format("the named records do not bring the alert {} of {} again", alert.cause_text, alert.event);
    ++tally.replayed;
    if (alert.phase != runtime::Phase::event) return {}; // brought by a clock, not by a record
    // the last record of all is always replayed, for its time, if it is about somebody else
    if (source.stream.events.back().event.id == alert.event) return {};
    if (again(source, alert, named, alert.event))
        return fmt::format("the alert {} comes without {} too", alert.cause_text, alert.event);
    ++tally.dropped;
    return {};
}

} // namespace watchword::explain_tests
