#include "desk/watched_times.hpp"

#include <algorithm>

namespace watchword::desk {

namespace recorded = runtime::recorded;

namespace {

/// Per event type, whether a signal of some policy listens to it. What changes the roster is asked for anyhow.
std::vector<bool> heard_types(const runtime::Program& program) {
    std::vector<bool> heard(program.events.size(), false);
    const auto hear = [&](const auto& inputs) {
        for (const auto& input : inputs)
            if (!input.is_signal) heard[input.source] = true;
    };
    for (const runtime::PolicyPlan& policy : program.policies)
        for (const runtime::SignalPlan& signal : policy.signals) {
            hear(signal.inputs);
            if (!signal.sequence) continue;
            for (const auto* steps : {&signal.sequence->steps, &signal.sequence->until})
                for (const runtime::StepPlan& step : *steps) hear(step.inputs);
        }
    for (std::size_t type = 0; type < heard.size(); ++type)
        if (!program.events[type].updates.empty() || program.events[type].adds_employee) heard[type] = false;
    return heard;
}

} // namespace

WatchedTimes::WatchedTimes(const ExplanationSource& source, std::uint32_t person, std::optional<runtime::Time> until)
    : source_(&source), person_(person), heard_(heard_types(source.program)) {
    runtime::Recording recording;
    recording.person = source.stream.people[person];
    ReplayOptions options;
    options.engine = source.engine;
    options.person = person;
    options.until = until;
    options.recording = &recording;
    Replay replay{source.program, source.stream, options};
    replay.run(until.value_or(runtime::never));
    for (const runtime::RecordedStep& step : recording.steps)
        if (const auto* trigger = std::get_if<recorded::Trigger>(&step.what))
            take(step, *trigger);
        else if (const auto* close = std::get_if<recorded::Close>(&step.what))
            take(step, *close);
        else if (const auto* across = std::get_if<recorded::Across>(&step.what); across != nullptr && across->matched)
            bears_.push_back(step.position);
    std::sort(bears_.begin(), bears_.end());
}

WatchedTimes::Interval* WatchedTimes::newest(std::uint32_t policy) {
    const auto found = std::find_if(intervals_.rbegin(), intervals_.rend(),
                                    [&](const Interval& interval) { return interval.policy == policy; });
    return found == intervals_.rend() ? nullptr : &*found;
}

void WatchedTimes::take(const runtime::RecordedStep& step, const recorded::Trigger& trigger) {
    using recorded::TriggerOutcome;
    const Place here{step.time, step.position};
    const bool by_record = trigger.trigger != recorded::none; // else the policy opens always
    if (by_record && trigger.outcome >= TriggerOutcome::expired) bears_.push_back(step.position); // its conditions held
    if (Interval* const known = newest(step.policy); known != nullptr && trigger.outcome == TriggerOutcome::restarted)
        known->end = std::min(known->end, here);
    if (trigger.outcome == TriggerOutcome::opened || trigger.outcome == TriggerOutcome::restarted) {
        // without a look-back what came before the trigger is outside, at its very time too
        const bool begins_now = source_->program.policies[step.policy].looks_back == 0 && trigger.from == step.time;
        intervals_.push_back({step.policy, {trigger.from, begins_now ? step.position : 0}, {trigger.to, 0}});
    } else if (Interval* const known = newest(step.policy);
               known != nullptr && trigger.outcome == TriggerOutcome::extended) {
        if (trigger.from < known->begin.first) known->begin = {trigger.from, 0};
        known->end = {trigger.to, 0};
    }
}

void WatchedTimes::take(const runtime::RecordedStep& step, const recorded::Close& close) {
    Interval* const known = newest(step.policy);
    if (known == nullptr || !close.closed || close.cause == recorded::CloseCause::restart) return;
    if (close.cause == recorded::CloseCause::event) bears_.push_back(step.position);
    known->end = std::min(known->end, Place{step.time, close.cause == recorded::CloseCause::event ? step.position : 0});
}

bool WatchedTimes::show(const StreamEvent& event) const {
    if (event.person != person_ || !heard_[event.event.type]) return true;
    const Place at{event.event.time, event.event.position};
    return std::binary_search(bears_.begin(), bears_.end(), event.event.position) ||
           std::any_of(intervals_.begin(), intervals_.end(),
                       [&](const Interval& interval) { return interval.begin <= at && at < interval.end; });
}

bool WatchedTimes::show_person() const {
    const Stream& stream = source_->stream;
    const auto events = stream.events_about(person_);
    return std::any_of(events.begin(), events.end(), [&](std::uint32_t index) { return show(stream.events[index]); }) ||
           std::any_of(stream.employees.begin(), stream.employees.end(),
                       [&](const StreamEmployee& employee) { return stream.find_person(employee.id) == person_; });
}

} // namespace watchword::desk
