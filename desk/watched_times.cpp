#include "desk/watched_times.hpp"

#include <algorithm>

namespace watchword::desk {

namespace recorded = runtime::recorded;

WatchedTimes::WatchedTimes(const ExplanationSource& source, std::uint32_t person, std::optional<runtime::Time> until)
    : source_(&source) {
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
}

WatchedTimes::Interval* WatchedTimes::newest(std::uint32_t policy) {
    const auto found = std::find_if(intervals_.rbegin(), intervals_.rend(),
                                    [&](const Interval& interval) { return interval.policy == policy; });
    return found == intervals_.rend() ? nullptr : &*found;
}

void WatchedTimes::take(const runtime::RecordedStep& step, const recorded::Trigger& trigger) {
    using recorded::TriggerOutcome;
    const Place here{step.time, step.position};
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
    known->end = std::min(known->end, Place{step.time, close.cause == recorded::CloseCause::event ? step.position : 0});
}

bool WatchedTimes::show(const StreamEvent& event) const {
    if (source_->program.events[event.event.type].never_late) return true;
    const Place at{event.event.time, event.event.position};
    return std::any_of(intervals_.begin(), intervals_.end(),
                       [&](const Interval& interval) { return interval.begin <= at && at < interval.end; });
}

} // namespace watchword::desk
