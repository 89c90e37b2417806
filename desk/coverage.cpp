#include "desk/coverage.hpp"

#include <algorithm>

namespace watchword::desk {

namespace recorded = runtime::recorded;
using runtime::PolicyPlan;
using runtime::Program;

Coverage::Coverage(const Program& program, const std::vector<std::uint32_t>& files) : files_(files) {
    for (std::uint32_t index = 0; index < program.policies.size(); ++index) {
        const PolicyPlan& policy = program.policies[index];
        want_parts(program, index, policy.covers_parts);
        for (const runtime::TriggerPlan& trigger : policy.triggers) {
            want(CoverageKind::trigger, index, trigger.span);
            want_parts(program, index, trigger.where_parts);
            want_parts(program, index, trigger.group_parts);
            if (trigger.kind != runtime::TriggerKind::signal) continue;
            const runtime::AcrossPlan& across = program.across[trigger.source];
            want(CoverageKind::condition, index, across.when);
            for (const runtime::AcrossInput& input : across.inputs) want_parts(program, index, input.where_parts);
        }
        for (const runtime::ClosePlan& close : policy.closes) {
            want(CoverageKind::close, index, close.span);
            want_parts(program, index, close.where_parts);
        }
        want_exceptions(program, index, policy.exceptions);
        for (const runtime::SignalPlan& signal : policy.signals) {
            want_exceptions(program, index, signal.exceptions);
            for (const runtime::SignalInput& input : signal.inputs) {
                want_parts(program, index, input.where_parts);
                want_parts(program, index, input.when_parts);
                for (const runtime::PartId part : input.window_where_parts) want_parts(program, index, part);
            }
            if (!signal.sequence) continue;
            for (const auto* steps : {&signal.sequence->steps, &signal.sequence->until})
                for (const runtime::StepPlan& step : *steps)
                    for (const runtime::StepInput& input : step.inputs) want_parts(program, index, input.where_parts);
        }
        for (const runtime::ScoreTerm& term : policy.score)
            for (const runtime::PartId part : term.when_parts) want_parts(program, index, part);
        for (const runtime::BoosterPlan& booster : policy.boosters) want_parts(program, index, booster.when_parts);
        for (const runtime::AlertPlan& alert : policy.alerts) want(CoverageKind::level, index, alert.span);
    }
    std::sort(items_.begin(), items_.end(), [](const CoverageItem& left, const CoverageItem& right) {
        return std::tie(left.span.file, left.span.begin, left.span.end, left.kind) <
               std::tie(right.span.file, right.span.begin, right.span.end, right.kind);
    });
    for (std::size_t i = 0; i < items_.size(); ++i)
        places_[{items_[i].kind, items_[i].span.file, items_[i].span.begin, items_[i].span.end}] = i;
}

void Coverage::want(CoverageKind kind, std::uint32_t policy, runtime::SourceSpan span) {
    if (std::find(files_.begin(), files_.end(), span.file) == files_.end()) return;
    if (!places_.emplace(Place{kind, span.file, span.begin, span.end}, items_.size()).second) return;
    items_.push_back({kind, policy, span, 0, 0});
}

void Coverage::want_parts(const Program& program, std::uint32_t policy, runtime::PartId id) {
    if (id == runtime::no_part) return;
    const runtime::ConditionPart& part = program.parts[id];
    if (part.kind == runtime::PartKind::atom) want(CoverageKind::condition, policy, part.span);
    for (const runtime::PartId child : part.children) want_parts(program, policy, child);
}

void Coverage::want_exceptions(const Program& program, std::uint32_t policy,
                               const std::vector<runtime::ExceptionPlan>& exceptions) {
    for (const runtime::ExceptionPlan& exception : exceptions) {
        want(CoverageKind::exception, policy, exception.span);
        for (const runtime::PartId part : exception.parts) want_parts(program, policy, part);
    }
}

void Coverage::take(CoverageKind kind, runtime::SourceSpan span, bool held) {
    const auto found = places_.find({kind, span.file, span.begin, span.end});
    if (found == places_.end()) return;
    CoverageItem& item = items_[found->second];
    ++(held ? item.taken : item.held_not);
}

void Coverage::take(const Program& program, const recorded::Condition& condition) {
    for (const recorded::Atom& atom : condition)
        take(CoverageKind::condition, program.parts[atom.part].span, atom.truth == recorded::Truth::yes);
}

void Coverage::add(const Program& program, const runtime::Recording& recording) {
    std::map<std::pair<std::uint32_t, runtime::PersonId>, std::uint32_t> ended_by;
    for (const runtime::RecordedStep& step : recording.steps) {
        const PolicyPlan& policy = program.policies[step.policy];
        if (const auto* trigger = std::get_if<recorded::Trigger>(&step.what)) {
            using recorded::TriggerOutcome;
            for (const auto* condition : {&trigger->where, &trigger->group, &trigger->covers})
                take(program, *condition);
            const bool counts =
                trigger->outcome == TriggerOutcome::opened || trigger->outcome == TriggerOutcome::restarted ||
                trigger->outcome == TriggerOutcome::extended || trigger->outcome == TriggerOutcome::ignored;
            const std::size_t index = trigger->trigger == recorded::none ? 0 : trigger->trigger; // `opens always`
            if (counts && index < policy.triggers.size()) take(CoverageKind::trigger, policy.triggers[index].span);
            if (counts && trigger->ended_by != recorded::none) ended_by[{step.policy, step.person}] = trigger->ended_by;
        } else if (const auto* across = std::get_if<recorded::Across>(&step.what)) {
            take(program, across->where);
            if (across->people)
                take(CoverageKind::condition, program.across[policy.triggers[across->trigger].source].when,
                     across->reached);
        } else if (const auto* close = std::get_if<recorded::Close>(&step.what)) {
            take(program, close->where);
            std::uint32_t index = close->close;
            if (close->cause == recorded::CloseCause::time) index = ended_by[{step.policy, step.person}];
            if (close->closed && close->cause != recorded::CloseCause::restart && index < policy.closes.size())
                take(CoverageKind::close, policy.closes[index].span);
        } else if (const auto* exception = std::get_if<recorded::Exception>(&step.what)) {
            take(program, exception->condition);
            const auto& exceptions = exception->signal < policy.signals.size()
                                         ? policy.signals[exception->signal].exceptions
                                         : policy.exceptions;
            if (exception->taken) take(CoverageKind::exception, exceptions[exception->exception].span);
        } else if (const auto* offer = std::get_if<recorded::Offer>(&step.what)) {
            for (const auto* condition : {&offer->where, &offer->within, &offer->when}) take(program, *condition);
        } else if (const auto* one = std::get_if<recorded::Step>(&step.what)) {
            take(program, one->where);
        } else if (const auto* points = std::get_if<recorded::Points>(&step.what)) {
            take(program, points->when);
        } else if (const auto* score = std::get_if<recorded::Score>(&step.what)) {
            for (const auto& [truth, condition] : score->boosters) take(program, condition);
        } else if (const auto* raised = std::get_if<recorded::Raised>(&step.what)) {
            take(CoverageKind::level, policy.alerts[raised->plan].span);
        }
    }
}

std::size_t Coverage::covered() const {
    return static_cast<std::size_t>(
        std::count_if(items_.begin(), items_.end(), [](const CoverageItem& item) { return item.is_covered(); }));
}

} // namespace watchword::desk
