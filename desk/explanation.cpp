#include "desk/explanation.hpp"

#include "desk/escalation.hpp"
#include "runtime/plain_signal.hpp"
#include "runtime/score.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace watchword::desk {

namespace recorded = runtime::recorded;
using runtime::RecordedStep;
using runtime::Time;

std::vector<ExplainedCondition> explained(const recorded::Condition& condition, const runtime::Program& program) {
    std::vector<ExplainedCondition> result;
    for (const recorded::Atom& atom : condition) {
        const runtime::ConditionPart& part = program.parts[atom.part];
        ExplainedCondition one{part.span, atom.truth, {}};
        for (std::size_t i = 0; i < atom.operands.size(); ++i) {
            const runtime::PartOperand& operand = part.operands[i];
            if (!operand.is_constant)
                one.values.push_back({operand.label, atom.operands[i].text, operand.type, operand.sensitive});
        }
        result.push_back(std::move(one));
    }
    return result;
}

ExplainedEvent explained_event(const Stream& stream, std::string_view id) {
    ExplainedEvent result;
    result.id = id;
    const StreamEvent* event = stream.find_event(id);
    if (event == nullptr) return result;
    result.type = stream.layout.events[event->event.type];
    result.place = stream.place(*event);
    result.time = event->event.time;
    return result;
}

namespace {

/// One watch, as the recorded steps of its policy and person tell of it.
class WatchStory {
public:
    WatchStory(const ExplanationSource& source, std::uint32_t policy)
        : source_(source), plan_(source.program.policies[policy]) {
        result_.policy = policy;
    }

    void add(const RecordedStep& step) {
        step_ = &step;
        std::visit([&](const auto& what) { take(what); }, step.what);
    }
    bool is_open() const { return open_; }

    /// `booster`, `score` and `total` as the engine had them, or as they are now.
    Explanation finish(Time time, double score) {
        result_.time = time;
        result_.score = score;
        result_.looks_back = plan_.looks_back;
        result_.at_most = plan_.at_most;
        result_.halves_every = plan_.halves_every;
        terms();
        for (const runtime::AlertPlan& alert : plan_.alerts)
            if (alert.cause == runtime::AlertCause::level)
                result_.levels.push_back({alert.level, alert.at, alert.span, score >= alert.at, false});
        for (std::size_t i = 0; i < plan_.boosters.size(); ++i) {
            const runtime::BoosterPlan& booster = plan_.boosters[i];
            ExplainedBooster one{booster.label, booster.span, booster.factor, false, {}};
            if (i < last_.boosters.size()) {
                one.held = last_.boosters[i].first == recorded::Truth::yes;
                one.conditions = explained(last_.boosters[i].second, source_.program);
            }
            result_.boosters.push_back(std::move(one));
        }
        return std::move(result_);
    }

private:
    struct SeenOffer {
        Time time;
        std::string event, key;
    };

    void begin_watch() {
        Explanation fresh;
        fresh.policy = result_.policy;
        result_ = std::move(fresh);
        hits_.assign(plan_.score.size(), {});
        offers_.clear();
        read_.clear();
        last_ = {};
        open_ = true;
    }

    void take(const recorded::Trigger& trigger) {
        using recorded::TriggerOutcome;
        const bool begins = trigger.outcome == TriggerOutcome::opened || trigger.outcome == TriggerOutcome::restarted;
        const bool joins = trigger.outcome == TriggerOutcome::extended || trigger.outcome == TriggerOutcome::ignored;
        if (begins) begin_watch();
        if ((!begins && !joins) || !open_) return;
        result_.from = trigger.from;
        result_.to = trigger.to;
        if (begins && trigger.ended_by < plan_.closes.size()) result_.ended_by = plan_.closes[trigger.ended_by].span;
        ExplainedTrigger one;
        one.event = explained_event(source_.stream, trigger.event);
        one.outcome = trigger.outcome;
        one.known = trigger.known;
        one.stated = trigger.stated;
        one.anchor = trigger.anchor;
        if (trigger.trigger < plan_.triggers.size()) {
            const runtime::TriggerPlan& plan = plan_.triggers[trigger.trigger];
            one.span = plan.span;
            one.is_alert = plan.kind == runtime::TriggerKind::alert;
            if (one.is_alert) one.event.type = "alert";
        } else if (!plan_.triggers.empty()) {
            one.span = plan_.triggers.front().span; // `opens always`
        }
        one.where = explained(trigger.where, source_.program);
        for (ExplainedCondition& condition : explained(trigger.group, source_.program))
            one.where.push_back(std::move(condition));
        one.covers = explained(trigger.covers, source_.program);
        result_.triggers.push_back(std::move(one));
    }
    void take(const recorded::Across&) {} // the trigger that comes of it tells the rest
    void take(const recorded::Activation&) {}
    void take(const recorded::Close& close) { open_ = open_ && !close.closed; }
    void take(const recorded::LookBack& look) {
        if (!look.begins) result_.looked_back_at = look.events;
        result_.history_truncated = result_.history_truncated || look.truncated;
    }
    void take(const recorded::Exception&) {}

    void take(const recorded::Offer& offer) {
        if (!is_taken_in(*step_)) return;
        note_read();
        offers_[offer.signal].push_back({step_->time, step_->event, offer.key});
        if (!offer.hit) return;
        newest_[offer.signal] = explained(offer.where, source_.program);
        for (ExplainedCondition& condition : explained(offer.when, source_.program))
            newest_[offer.signal].push_back(std::move(condition));
        newest_key_[offer.signal] = offer.key;
    }
    void take(const recorded::Step& step) {
        using recorded::StepOutcome;
        if (is_taken_in(*step_)) note_read();
        const bool fills = step.outcome == StepOutcome::filled || step.outcome == StepOutcome::completed;
        if (fills) filled_[{step.signal, step_->event}] = explained(step.where, source_.program);
    }
    void note_read() {
        if (!step_->event.empty() && read_.insert(step_->event).second)
            result_.events.push_back(explained_event(source_.stream, step_->event));
    }

    void take(const recorded::Hit& hit) {
        hit_ = {};
        hit_.time = step_->time;
        hit_.lookback = step_->lookback;
        for (const std::string& event : all_events(hit)) hit_.events.push_back(explained_event(source_.stream, event));
        if (!plan_.signals[hit.signal].sequence) {
            hit_.conditions = newest_[hit.signal];
            return;
        }
        for (const std::string& event : hit.events)
            for (const ExplainedCondition& condition : filled_[{hit.signal, event}])
                hit_.conditions.push_back(condition);
    }

    /// The record of a hit has its newest 20; the offers of its window have them all.
    std::vector<std::string> all_events(const recorded::Hit& hit) {
        const runtime::SignalPlan& signal = plan_.signals[hit.signal];
        if (hit.event_count <= hit.events.size() || signal.sequence || signal.windows.empty()) return hit.events;
        std::vector<std::string> result;
        const runtime::Duration longest = runtime::PlainShape{source_.program, signal}.longest;
        for (const SeenOffer& offer : offers_[hit.signal])
            if (offer.time > step_->time - longest && offer.key == newest_key_[hit.signal])
                result.push_back(offer.event);
        return result.size() < hit.events.size() ? hit.events : result;
    }

    void take(const recorded::Points& points) {
        ExplainedHit hit = hit_;
        hit.points = points.points;
        hit.counted = points.holds && points.counted;
        for (ExplainedCondition& condition : explained(points.when, source_.program))
            hit.conditions.push_back(std::move(condition));
        hits_[points.term].push_back(std::move(hit));
    }
    void take(const recorded::Score& score) {
        last_ = score;
        result_.curve.emplace_back(step_->time, score.after);
    }
    void take(const recorded::Raised&) {}

    void terms() {
        std::vector<double> counted;
        double sum = 0;
        for (std::size_t i = 0; i < plan_.score.size() && i < hits_.size(); ++i) {
            const runtime::ScoreTerm& term = plan_.score[i];
            ExplainedTerm one;
            one.signal = plan_.signals[term.signal].name;
            one.title = plan_.signals[term.signal].title;
            one.span = term.span;
            one.signal_span = plan_.signals[term.signal].span;
            one.at_most = term.at_most;
            one.once = term.once;
            one.hits = std::move(hits_[i]);
            for (ExplainedHit& hit : one.hits) {
                hit.decayed =
                    hit.counted ? hit.points * runtime::decay(result_.time - hit.time, plan_.halves_every) : 0;
                one.raw += hit.decayed;
            }
            one.counted = term.at_most >= 0 ? std::min(term.at_most, one.raw) : one.raw;
            counted.push_back(one.counted);
            sum += one.counted;
            result_.terms.push_back(std::move(one));
        }
        result_.booster = last_.booster;
        result_.total = result_.booster * sum;
        const std::vector<double> points = runtime::apportion(result_.score, counted);
        for (std::size_t i = 0; i < result_.terms.size(); ++i) {
            ExplainedTerm& term = result_.terms[i];
            term.points = points[i];
            std::vector<double> weights;
            for (const ExplainedHit& hit : term.hits) weights.push_back(hit.decayed);
            const std::vector<double> shares = runtime::apportion(term.points, weights);
            for (std::size_t k = 0; k < shares.size(); ++k) term.hits[k].share = shares[k];
        }
    }

    const ExplanationSource& source_;
    const runtime::PolicyPlan& plan_;
    const RecordedStep* step_ = nullptr;
    Explanation result_;
    bool open_ = false;
    recorded::Score last_;
    ExplainedHit hit_;
    std::vector<std::vector<ExplainedHit>> hits_;
    std::map<std::uint32_t, std::deque<SeenOffer>> offers_;
    std::map<std::uint32_t, std::vector<ExplainedCondition>> newest_;
    std::map<std::uint32_t, std::string> newest_key_;
    std::map<std::pair<std::uint32_t, std::string>, std::vector<ExplainedCondition>> filled_;
    std::set<std::string> read_;
};

constexpr unsigned most_causes = 8; ///< alerts that opened watches whose alerts opened watches …

/// Everything recorded of one person up to a time.
struct PersonRecord {
    runtime::Recording recording;
    std::vector<runtime::Alert> alerts;
    std::vector<double> scores; ///< per policy, at the end
    double risk = 0;
};

PersonRecord record(const ExplanationSource& source, std::uint32_t person, Time time, bool advance) {
    PersonRecord result;
    result.recording.person = source.stream.people[person];
    ReplayOptions options;
    options.engine = source.engine;
    options.person = person;
    options.recording = &result.recording;
    options.until = time;
    Replay replay{source.program, source.stream, options};
    replay.run(advance ? time : runtime::never);
    result.alerts = std::move(replay.engine().alerts());
    runtime::PersonId id = replay.engine().roster().resolve(source.stream.people[person]);
    for (std::uint32_t policy = 0; policy < source.program.policies.size(); ++policy)
        result.scores.push_back(replay.engine().score(policy, id, time));
    result.risk = replay.engine().risk(id, time);
    return result;
}

Explanation explain_recorded(const ExplanationSource& source, const PersonRecord& record, const runtime::Alert& alert,
                             unsigned depth);

void explain_causes(const ExplanationSource& source, const PersonRecord& record, Explanation& into, unsigned depth) {
    for (const ExplainedTrigger& trigger : into.triggers) {
        if (!trigger.is_alert || depth >= most_causes) continue;
        for (const runtime::Alert& alert : record.alerts)
            if (alert.id == trigger.event.id && alert.kind == runtime::RecordKind::alert)
                into.because.push_back(explain_recorded(source, record, alert, depth + 1));
    }
}

/// `steps`: those before the moment explained.
void name_records_behind(const ExplanationSource& source, const std::vector<RecordedStep>& steps, Explanation& into) {
    for (const std::string& id : records_behind(source.program, into.policy, steps))
        into.behind.push_back(explained_event(source.stream, id));
}

bool is_raise_of(const RecordedStep& step, const std::string& id) {
    const auto* raised = std::get_if<recorded::Raised>(&step.what);
    return raised != nullptr && raised->alert == id;
}

Explanation explain_recorded(const ExplanationSource& source, const PersonRecord& record, const runtime::Alert& alert,
                             unsigned depth) {
    const auto& steps = record.recording.steps;
    Explanation result;
    if (alert.policy == runtime::risk_policy) {
        result.policy = alert.policy;
        result.score = alert.score;
        result.time = alert.time;
        for (std::uint32_t policy = 0; policy < source.program.policies.size(); ++policy) {
            WatchStory story{source, policy};
            double score = 0;
            for (const RecordedStep& step : steps) {
                if (step.time > alert.time || (step.time == alert.time && step.position > alert.position)) break;
                if (step.policy == policy) story.add(step);
            }
            if (!story.is_open()) continue;
            for (const runtime::Contribution& part : alert.contributions)
                if (part.signal == source.program.policies[policy].name) score = part.raw;
            result.because.push_back(story.finish(alert.time, score));
            result.because.back().subject = alert.subject;
        }
    } else {
        WatchStory story{source, alert.policy};
        recorded::Raised raised;
        for (const RecordedStep& step : steps) {
            if (step.policy != alert.policy) continue;
            if (is_raise_of(step, alert.id)) {
                raised = std::get<recorded::Raised>(step.what);
                break;
            }
            story.add(step);
        }
        // what `on open` and `on SIGNAL` raise comes before the evaluation is recorded; the score is the same
        for (auto step = std::find_if(steps.begin(), steps.end(),
                                      [&](const RecordedStep& one) { return is_raise_of(one, alert.id); });
             alert.cause != runtime::AlertCause::level && step != steps.end(); ++step)
            if (step->policy == alert.policy && std::holds_alternative<recorded::Score>(step->what)) {
                story.add(*step);
                break;
            }
        result = story.finish(alert.time, alert.score);
        const auto& alerts = source.program.policies[alert.policy].alerts;
        if (raised.plan < alerts.size()) result.cause = alerts[raised.plan].span;
        for (ExplainedLevel& level : result.levels)
            level.raised = alert.cause == runtime::AlertCause::level && level.at == alert.threshold;
    }
    result.alert = alert;
    result.subject = alert.subject;
    explain_causes(source, record, result, depth);
    return result;
}

} // namespace

std::optional<Explanation> explain_alert(const ExplanationSource& source, std::string_view id, std::size_t* beginning) {
    ReplayOptions options;
    options.engine = source.engine;
    std::vector<runtime::Alert> alerts = replay(source.program, source.stream, options);
    std::erase_if(alerts, [&](const runtime::Alert& alert) {
        return alert.kind != runtime::RecordKind::alert || !std::string_view{alert.id}.starts_with(id);
    });
    std::sort(alerts.begin(), alerts.end(), [](const auto& left, const auto& right) { return left.id < right.id; });
    if (beginning != nullptr) *beginning = alerts.size();
    if (id.empty() || alerts.empty() || (alerts.front().id != alerts.back().id && alerts.front().id != id))
        return std::nullopt;
    return explain_alert(source, alerts.front());
}

Explanation explain_alert(const ExplanationSource& source, const runtime::Alert& alert) {
    const std::uint32_t person = source.stream.find_person(alert.subject);
    // a deadline equal to its time passes only when later events come
    const PersonRecord known =
        record(source, person, alert.phase == runtime::Phase::event ? alert.time : runtime::never, false);
    Explanation result = explain_recorded(source, known, alert, 0);
    if (alert.policy == runtime::risk_policy) return result;
    const auto& steps = known.recording.steps;
    const auto raised =
        std::find_if(steps.begin(), steps.end(), [&](const RecordedStep& step) { return is_raise_of(step, alert.id); });
    name_records_behind(source, {steps.begin(), raised}, result);
    return result;
}

std::vector<Explanation> explain_person(const ExplanationSource& source, std::uint32_t person, Time time) {
    const PersonRecord known = record(source, person, time, true);
    std::vector<Explanation> result;
    for (std::uint32_t policy = 0; policy < source.program.policies.size(); ++policy) {
        WatchStory story{source, policy};
        for (const RecordedStep& step : known.recording.steps)
            if (step.policy == policy) story.add(step);
        if (!story.is_open()) continue;
        Explanation one = story.finish(time, known.scores[policy]);
        one.subject = source.stream.people[person];
        explain_causes(source, known, one, 0);
        name_records_behind(source, known.recording.steps, one);
        result.push_back(std::move(one));
    }
    return result;
}

} // namespace watchword::desk
