// What the machine tells a recording of triggers and scores; the signals tell of themselves.
#include "runtime/machine.hpp"

namespace watchword::runtime {

void Machine::record(Recording* recording) {
    announced_.forget(); // whoever listens wants to hear of every signal
    recorder_.reset();
    if (recording != nullptr) recorder_ = std::make_unique<Recorder>(program_, roster, interpreter_, *recording);
}

Recorder* Machine::turned_recorder(std::uint32_t policy, PersonId person, const Moment& moment) {
    if (!recorder_->wants(policy, person)) return nullptr;
    recorder_->turn_to(policy, person, moment.time, moment.position,
                       moment.event != nullptr ? std::string_view{moment.event->id} : std::string_view{}, false);
    return recorder_.get();
}

void Machine::record_trigger(std::uint32_t policy, const TriggerPlan* plan, const Moment& moment, PersonId person,
                             recorded::TriggerOutcome outcome, std::string_view event) {
    Recorder* const recorder = this->recorder(policy, person, moment);
    if (recorder == nullptr) return;
    const PolicyPlan& of = program_.policies[policy];
    const Frame frame = frame_for(moment, person);
    recorded::Trigger trigger;
    trigger.outcome = outcome;
    trigger.known = moment.time;
    trigger.stated = moment.frame.stated;
    trigger.event = event.empty() ? moment.cause : event;
    using recorded::TriggerOutcome;
    if (plan != nullptr) {
        trigger.trigger = static_cast<std::uint32_t>(plan - of.triggers.data());
        trigger.where = recorder->read(plan->where_parts, frame);
        if (outcome != TriggerOutcome::where_false) trigger.group = recorder->read(plan->group_parts, frame);
    }
    if (outcome == TriggerOutcome::opened || outcome == TriggerOutcome::not_covered)
        trigger.covers = recorder->read(of.covers_parts, frame);
    recorder->add(std::move(trigger));
}

void Machine::record_across(std::uint32_t across, const Moment& moment, PersonId person, recorded::Across what) {
    if (recorder_ == nullptr) return;
    const Frame frame = frame_for(moment, person);
    for (std::uint32_t policy = 0; policy < program_.policies.size(); ++policy) {
        const std::vector<TriggerPlan>& triggers = program_.policies[policy].triggers;
        for (std::uint32_t trigger = 0; trigger < triggers.size(); ++trigger) {
            if (triggers[trigger].kind != TriggerKind::signal || triggers[trigger].source != across) continue;
            Recorder* const recorder = turned_recorder(policy, person, moment);
            if (recorder == nullptr) continue;
            what.trigger = trigger;
            what.where = recorder->read(program_.across[across].inputs[what.input].where_parts, frame);
            recorder->add(what);
        }
    }
}

void Machine::record_outcome(std::uint32_t policy, const Moment& moment, PersonId person,
                             recorded::TriggerOutcome outcome, Time anchor, Time from, Time to,
                             std::uint32_t ended_by) {
    Recorder* const recorder = this->recorder(policy, person, moment);
    recorded::Trigger* const trigger = recorder == nullptr ? nullptr : recorder->last_trigger();
    if (trigger == nullptr) return;
    const bool restarted = trigger->outcome == recorded::TriggerOutcome::restarted;
    trigger->outcome = restarted && outcome == recorded::TriggerOutcome::opened ? trigger->outcome : outcome;
    trigger->anchor = anchor;
    trigger->from = from;
    trigger->to = to;
    trigger->ended_by = ended_by;
}

void Machine::record_score(Recorder& recorder, const Watch& watch, recorded::Score score,
                           const Evaluation& evaluation) {
    Frame frame;
    frame.subject = watch.person;
    frame.attributes = roster.attributes(watch.person);
    frame.trigger = watch.story().slots.data();
    for (const BoosterPlan& plan : program_.policies[watch.policy].boosters)
        score.boosters.emplace_back(interpreter_.holds(plan.when, frame) ? recorded::Truth::yes : recorded::Truth::no,
                                    recorder.read(plan.when_parts, frame));
    score.after = evaluation.score;
    score.total = evaluation.total;
    score.booster = evaluation.booster;
    const PolicyPlan& policy = program_.policies[watch.policy];
    score.raw = watch.score.spread(policy, evaluation.raw);
    score.counted = watch.score.spread(policy, evaluation.counted);
    recorder.add(std::move(score));
}

} // namespace watchword::runtime
