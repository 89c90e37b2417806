#include "desk/why_not.hpp"

#include "desk/change_search.hpp"
#include "desk/watched_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

namespace watchword::desk {

namespace recorded = runtime::recorded;
using runtime::RecordedStep;
using runtime::SourceSpan;
using runtime::Time;

bool WhyNot::any_change() const {
    return !others.empty() || std::any_of(failed.begin(), failed.end(),
                                          [](const FailedClause& clause) { return !clause.changes.empty(); });
}

namespace {

bool lies_in(SourceSpan inner, SourceSpan outer) {
    return inner.file == outer.file && inner.begin >= outer.begin && inner.end <= outer.end;
}

std::optional<runtime::Alert> first_alert_of(const ExplanationSource& source, const runtime::Program& program,
                                             std::uint32_t policy, std::uint32_t person, std::optional<Time> until,
                                             runtime::Recording* recording) {
    ReplayOptions options;
    options.engine = source.engine;
    options.person = person;
    options.until = until;
    options.recording = recording;
    options.wanted = source.wanted;
    Replay replay{program, source.stream, options};
    replay.run(until.value_or(runtime::never));
    for (const runtime::Alert& alert : replay.engine().alerts())
        if (alert.kind == runtime::RecordKind::alert && alert.policy == policy &&
            alert.subject == source.stream.people[person])
            return alert;
    return std::nullopt;
}

/// How far from holding an atom with numbers on both sides was; nullopt: it compares none.
std::optional<double> distance(const recorded::Atom& atom, const runtime::Program& program) {
    const auto& operands = program.parts[atom.part].operands;
    if (atom.operands.size() != 2 || operands.size() != 2) return std::nullopt;
    double numbers[2];
    for (std::size_t i = 0; i < 2; ++i) {
        const runtime::Kind kind = operands[i].type.kind;
        if (kind != runtime::Kind::integer && kind != runtime::Kind::real && kind != runtime::Kind::size &&
            kind != runtime::Kind::duration && kind != runtime::Kind::time)
            return std::nullopt;
        if (!atom.operands[i].value.present()) return std::nullopt;
        numbers[i] = kind == runtime::Kind::real ? atom.operands[i].value.real
                                                 : static_cast<double>(atom.operands[i].value.integer);
    }
    return std::abs(numbers[0] - numbers[1]);
}

/// The nearer, the smaller: atoms that failed, then how far off the last was.
std::pair<std::size_t, double> farness(const recorded::Condition& condition, const runtime::Program& program) {
    std::size_t held = 0;
    double off = 1e300;
    for (const recorded::Atom& atom : condition) {
        if (atom.truth == recorded::Truth::yes) ++held;
        if (const auto apart = distance(atom, program); apart && atom.truth != recorded::Truth::yes)
            off = std::min(off, *apart);
    }
    return {1'000'000 - held, off};
}

/// Sorts what was recorded by the clause that failed, keeping for each the nearest miss.
class Failures {
public:
    Failures(const ExplanationSource& source, std::uint32_t policy, const runtime::Recording& recording)
        : source_(source), plan_(source.program.policies[policy]), recording_(recording) {}

    std::vector<FailedClause> find(std::uint32_t person, std::optional<Time> until) {
        for (const RecordedStep& step : recording_.steps)
            if (const auto* trigger = std::get_if<recorded::Trigger>(&step.what))
                take(step, *trigger);
            else if (const auto* across = std::get_if<recorded::Across>(&step.what))
                take(step, *across);
            else if (const auto* activation = std::get_if<recorded::Activation>(&step.what))
                take(*activation);
            else if (const auto* close = std::get_if<recorded::Close>(&step.what))
                take(step, *close);
        if (intervals_.empty()) return without_watch();
        if (std::none_of(intervals_.begin(), intervals_.end(), [](const Interval& one) { return one.has_begun; }))
            wait_for_begin();
        for (const RecordedStep& step : recording_.steps) {
            step_ = &step;
            std::visit([&](const auto& what) { look_at(what); }, step.what);
        }
        signals(person, until);
        return std::move(failed_);
    }

private:
    struct Seen {
        std::uint64_t offers = 0, hits = 0;
        std::map<std::uint32_t, FailedClause> by_part; ///< per clause begin: the nearest miss
        std::map<std::uint32_t, std::pair<std::size_t, double>> far;
    };

    FailedClause& fail(ClauseKind kind, SourceSpan span) {
        for (FailedClause& known : failed_)
            if (known.kind == kind && known.span.begin == span.begin && known.span.file == span.file) {
                ++known.count;
                return known;
            }
        FailedClause clause;
        clause.kind = kind;
        clause.span = span;
        clause.count = 1;
        failed_.push_back(std::move(clause));
        return failed_.back();
    }

    std::vector<ExplainedCondition> missing(const recorded::Condition& condition) const {
        std::vector<ExplainedCondition> result = explained(condition, source_.program);
        std::erase_if(result, [](const ExplainedCondition& one) { return one.truth == recorded::Truth::yes; });
        return result.empty() ? explained(condition, source_.program) : result;
    }

    void take(const RecordedStep&, const recorded::Trigger& trigger) {
        using recorded::TriggerOutcome;
        ++triggers_;
        const SourceSpan span =
            trigger.trigger < plan_.triggers.size() ? plan_.triggers[trigger.trigger].span : plan_.span;
        const auto note = [&](ClauseKind kind, SourceSpan where, const recorded::Condition& condition) {
            FailedClause& clause = fail(kind, where);
            clause.event = explained_event(source_.stream, trigger.event);
            clause.conditions = missing(condition);
        };
        switch (trigger.outcome) {
        case TriggerOutcome::where_false:
        case TriggerOutcome::below_level:
            return note(ClauseKind::trigger, span, trigger.where);
        case TriggerOutcome::group_false:
            return note(ClauseKind::trigger, span, trigger.group);
        case TriggerOutcome::not_covered:
            return note(ClauseKind::covers,
                        plan_.covers_parts == runtime::no_part ? plan_.span
                                                               : source_.program.parts[plan_.covers_parts].span,
                        trigger.covers);
        case TriggerOutcome::expired:
            return note(ClauseKind::expires, plan_.span, {});
        case TriggerOutcome::already_over:
            return note(ClauseKind::over,
                        trigger.ended_by < plan_.closes.size() ? plan_.closes[trigger.ended_by].span : plan_.span, {});
        case TriggerOutcome::opened:
        case TriggerOutcome::restarted:
            intervals_.push_back({trigger.from, trigger.to, span, trigger.event});
            return;
        case TriggerOutcome::extended:
            if (intervals_.empty()) return;
            intervals_.back().from = trigger.from;
            intervals_.back().to = trigger.to;
            return;
        case TriggerOutcome::ignored:
            return;
        }
    }

    void take(const recorded::Activation& activation) {
        if (intervals_.empty()) return;
        intervals_.back().has_begun = true;
        intervals_.back().from = activation.from;
        intervals_.back().to = activation.to;
    }

    void take(const RecordedStep& step, const recorded::Close& close) {
        // the trigger that restarts a watch is recorded before the end of the one that was
        const std::size_t newer = close.cause == recorded::CloseCause::restart ? 1 : 0;
        if (!close.closed || intervals_.size() <= newer) return;
        Interval& closed = intervals_[intervals_.size() - 1 - newer];
        closed.is_over = true;
        closed.to = std::min(closed.to, step.time);
        if (close.close < plan_.closes.size()) closed_by_ = plan_.closes[close.close].span;
    }

    void take(const RecordedStep& step, const recorded::Across& across) {
        ++triggers_;
        if (across.reached) return; // what came of it is recorded as a trigger
        const runtime::TriggerPlan& trigger = plan_.triggers[across.trigger];
        const SourceSpan when = source_.program.across[trigger.source].when;
        FailedClause& clause = fail(ClauseKind::trigger, across.people ? when : trigger.span);
        clause.event = explained_event(source_.stream, step.event);
        clause.conditions = missing(across.where);
        if (!across.people) return;
        const std::string people = fmt::format("{}", *across.people);
        clause.conditions = {{when, recorded::Truth::no, {{"people", people, {runtime::Kind::integer}, false}}}};
    }

    std::vector<FailedClause> without_watch() {
        if (triggers_ == 0)
            fail(ClauseKind::never_triggered, plan_.triggers.empty() ? plan_.span : plan_.triggers.front().span);
        return std::move(failed_);
    }

    /// The last one did, if it was not closed.
    void wait_for_begin() {
        const Interval& last = intervals_.back();
        FailedClause& clause = fail(ClauseKind::begins, last.is_over && closed_by_ ? *closed_by_ : last.opened_by);
        clause.due = last.from;
        clause.ends_before = last.is_over;
        clause.event = explained_event(source_.stream, last.trigger);
    }

    template <class What>
    void look_at(const What&) {}
    void look_at(const recorded::Exception& exception) {
        if (!exception.taken) return;
        const auto& exceptions =
            exception.signal < plan_.signals.size() ? plan_.signals[exception.signal].exceptions : plan_.exceptions;
        FailedClause& clause = fail(ClauseKind::excepted, exceptions[exception.exception].span);
        clause.event = explained_event(source_.stream, step_->event);
        clause.conditions = explained(exception.condition, source_.program);
    }
    void look_at(const recorded::Close& close) {
        if (!close.closed) return;
        for (auto& [signal, matches] : waiting_) {
            for (const auto& [key, match] : matches) wait_longer(signal, match, true);
            matches.clear();
        }
    }

    void miss(std::uint32_t signal, ClauseKind kind, SourceSpan span, const recorded::Condition& condition,
              recorded::StepOutcome outcome = recorded::StepOutcome::filled) {
        Seen& seen = seen_[signal];
        const auto far = farness(condition, source_.program);
        const auto [known, fresh] = seen.by_part.try_emplace(span.begin);
        FailedClause& clause = known->second;
        ++clause.count;
        if (!fresh && far >= seen.far[span.begin]) return;
        seen.far[span.begin] = far;
        clause.kind = kind;
        clause.span = span;
        clause.signal = plan_.signals[signal].name;
        clause.event = explained_event(source_.stream, step_->event);
        clause.conditions = missing(condition);
        clause.outcome = outcome;
    }

    SourceSpan span_of(runtime::PartId part, SourceSpan otherwise) const {
        return part == runtime::no_part ? otherwise : source_.program.parts[part].span;
    }

    void look_at(const recorded::Offer& offer) {
        const runtime::SignalPlan& signal = plan_.signals[offer.signal];
        const runtime::SignalInput& input = signal.inputs[offer.input];
        Seen& seen = seen_[offer.signal];
        ++seen.offers;
        if (offer.hit) {
            ++seen.hits;
            return;
        }
        if (!offer.matched)
            miss(offer.signal, ClauseKind::where, span_of(input.where_parts, signal.span), offer.where);
        else
            miss(offer.signal, ClauseKind::when, span_of(input.when_parts, signal.span), whole(offer));
    }
    /// What refused the record in the windows first, for their values come of it.
    static recorded::Condition whole(const recorded::Offer& offer) {
        recorded::Condition result;
        std::copy_if(offer.within.begin(), offer.within.end(), std::back_inserter(result),
                     [](const recorded::Atom& atom) { return atom.truth != recorded::Truth::yes; });
        result.insert(result.end(), offer.when.begin(), offer.when.end());
        return result;
    }
    void look_at(const recorded::Step& step) {
        using recorded::StepOutcome;
        Seen& seen = seen_[step.signal];
        ++seen.offers;
        const runtime::SequencePlan& sequence = *plan_.signals[step.signal].sequence;
        const bool waits = step.outcome == StepOutcome::completed && sequence.steps.back().forbidden;
        if ((step.outcome == StepOutcome::completed && !waits) || step.outcome == StepOutcome::absent) ++seen.hits;
        auto& waiting = waiting_[step.signal];
        if (waits) waiting[step.key] = {step_->event, step.began + sequence.within};
        if (step.outcome == StepOutcome::absent || step.outcome == StepOutcome::killed) waiting.erase(step.key);
        if (step.outcome == StepOutcome::cleared)
            std::erase_if(waiting, [&](const auto& one) { return step.key.empty() || one.first == step.key; });
        if (step.outcome == StepOutcome::completed || step.outcome == StepOutcome::absent ||
            step.outcome == StepOutcome::filled)
            return;
        const auto& steps = step.is_until ? sequence.until : sequence.steps;
        if (step.is_until && step.outcome != StepOutcome::cleared) return;
        // a forbidden step that did not come is no failure
        if (!step.is_until && steps[step.step].forbidden && step.outcome != StepOutcome::killed) return;
        miss(step.signal, ClauseKind::step, steps[step.step].span, step.where, step.outcome);
    }
    void look_at(const recorded::Points& points) {
        if (points.holds && points.counted) return;
        FailedClause& clause = fail(ClauseKind::points, plan_.score[points.term].span);
        clause.signal = plan_.signals[plan_.score[points.term].signal].name;
        clause.event = explained_event(source_.stream, step_->event);
        clause.conditions = missing(points.when);
    }
    void look_at(const recorded::Score& score) {
        for (const runtime::AlertPlan& alert : plan_.alerts) {
            if (alert.cause != runtime::AlertCause::level || score.after >= alert.at) continue;
            FailedClause& clause = fail(ClauseKind::score, alert.span);
            clause.needed = alert.at;
            if (score.after < clause.reached) break;
            clause.reached = score.after;
            clause.event = explained_event(source_.stream, step_->event);
            break; // the lowest level is the nearest
        }
    }

    /// Signals that brought nothing, and what came for them outside of the watch.
    void signals(std::uint32_t person, std::optional<Time> until) {
        for (std::uint32_t signal = 0; signal < plan_.signals.size(); ++signal) {
            Seen& seen = seen_[signal];
            if (seen.hits != 0) continue;
            for (auto& [begin, clause] : seen.by_part) failed_.push_back(std::move(clause));
            for (const auto& [key, match] : waiting_[signal])
                wait_longer(signal, match, intervals_.back().is_over || match.deadline >= intervals_.back().to);
            if (const auto missed = missed_.find(signal); missed != missed_.end())
                failed_.push_back(std::move(missed->second));
            if (seen.offers != 0 || person == no_person) continue;
            FailedClause clause;
            clause.kind = ClauseKind::no_events;
            clause.span = plan_.signals[signal].span;
            clause.signal = plan_.signals[signal].name;
            for (const StreamEvent* event : events_for(signal, person, until)) {
                if (inside(event->event.time)) continue;
                clause.kind = ClauseKind::interval;
                clause.event = explained_event(source_.stream, event->event.id);
                ++clause.count;
                clause.early += !intervals_.empty() && event->event.time < intervals_.front().from ? 1 : 0;
            }
            clause.looks_back = plan_.looks_back != 0;
            if (clause.kind == ClauseKind::interval && closed_by_) clause.span = *closed_by_;
            failed_.push_back(std::move(clause));
        }
    }
    struct Waiting {
        std::string event; ///< of the last step that is none of what must not come
        Time deadline = 0;
    };
    void wait_longer(std::uint32_t signal, const Waiting& match, bool ends_before) {
        FailedClause& clause = missed_[signal];
        ++clause.count;
        if (clause.due > match.deadline) return; // the last one may be nearest
        clause.kind = ClauseKind::deadline;
        clause.span = plan_.signals[signal].sequence->steps.back().span;
        clause.signal = plan_.signals[signal].name;
        clause.event = explained_event(source_.stream, match.event);
        clause.due = match.deadline;
        clause.ends_before = ends_before;
    }
    bool inside(Time time) const {
        return std::any_of(intervals_.begin(), intervals_.end(),
                           [&](const Interval& one) { return time >= one.from && time < one.to; });
    }
    std::vector<const StreamEvent*> events_for(std::uint32_t signal, std::uint32_t person, std::optional<Time> until) {
        std::set<std::string> types;
        const auto hear = [&](const auto& inputs) {
            for (const auto& input : inputs)
                if (!input.is_signal) types.insert(source_.program.events[input.source].name);
        };
        hear(plan_.signals[signal].inputs);
        if (plan_.signals[signal].sequence)
            for (const runtime::StepPlan& step : plan_.signals[signal].sequence->steps) hear(step.inputs);
        std::vector<const StreamEvent*> result;
        for (const StreamEvent& event : source_.stream.events)
            if (event.person == person && (!until || event.event.time <= *until) &&
                (!source_.wanted || source_.wanted(event)) &&
                types.contains(source_.stream.layout.events[event.event.type]))
                result.push_back(&event);
        return result;
    }

    const ExplanationSource& source_;
    const runtime::PolicyPlan& plan_;
    const runtime::Recording& recording_;
    const RecordedStep* step_ = nullptr;
    std::vector<FailedClause> failed_;
    std::map<std::uint32_t, Seen> seen_;
    std::map<std::uint32_t, std::map<std::string, Waiting>> waiting_; ///< per signal, by key
    std::map<std::uint32_t, FailedClause> missed_; ///< per signal: the last deadline that did not pass
    /// Of watches, one after the other.
    struct Interval {
        Time from = 0, to = 0;
        SourceSpan opened_by;
        std::string trigger; ///< the event
        bool has_begun = false, is_over = false;
    };
    std::vector<Interval> intervals_;
    std::optional<SourceSpan> closed_by_;
    std::uint64_t triggers_ = 0;
};

/// Values that the recording makes worth a trial, by the constant that they would be put in the place of.
class Proposals {
public:
    Proposals(const ExplanationSource& source, std::uint32_t policy, const runtime::Recording& recording,
              std::uint32_t person)
        : source_(source), plan_(source.program.policies[policy]) {
        for (const RecordedStep& step : recording.steps) {
            if (const auto* trigger = std::get_if<recorded::Trigger>(&step.what)) {
                for (const auto* condition : {&trigger->where, &trigger->group, &trigger->covers}) atoms(*condition);
                anchors_.insert(trigger->anchor == 0 ? trigger->stated : trigger->anchor);
                anchors_.insert(trigger->known);
            }
            if (const auto* offer = std::get_if<recorded::Offer>(&step.what)) {
                for (const auto* condition : {&offer->where, &offer->within, &offer->when}) atoms(*condition);
                if (offer->matched) times_.insert(step.time);
            }
            if (const auto* sequence = std::get_if<recorded::Step>(&step.what)) {
                atoms(sequence->where);
                times_.insert(step.time);
                if (sequence->began != 0) spans_.insert(step.time - sequence->began);
            }
            if (const auto* points = std::get_if<recorded::Points>(&step.what)) atoms(points->when);
            if (const auto* score = std::get_if<recorded::Score>(&step.what)) scores(*score);
        }
        for (const StreamEvent& event : source.stream.events)
            if (event.person == person && (!source.wanted || source.wanted(event))) events_.push_back(event.event.time);
    }

    std::vector<std::int64_t> of(const Constant& constant) const {
        std::vector<std::int64_t> result;
        for (const Read& read : reads_)
            if (read.scaled(constant.kind) && (lies_in(constant.span, read.span) || read.is(constant)))
                result.push_back(read.other(constant.kind));
        std::sort(result.begin(), result.end(), [&](std::int64_t a, std::int64_t b) {
            return std::abs(a - constant.value) < std::abs(b - constant.value);
        });
        result.erase(std::unique(result.begin(), result.end()), result.end());
        const std::int64_t scale = constant.kind == ConstantKind::integer ? 1 : 1000;
        if (constant.kind == ConstantKind::integer || constant.kind == ConstantKind::real)
            for (const double number : numbers_)
                if (std::abs(number) < 1e12)
                    result.push_back(static_cast<std::int64_t>(std::floor(number * static_cast<double>(scale))));
        if (constant.kind == ConstantKind::duration) durations(constant, result);
        if (constant.kind == ConstantKind::instant)
            for (const Time time : anchors_) result.push_back(time / runtime::one_day * runtime::one_day);
        if (result.size() > 60) result.resize(60);
        return result;
    }

private:
    /// One side of a comparison with a constant.
    struct Read {
        SourceSpan span;
        runtime::Kind kind;
        runtime::Value constant, value;
        bool scaled(ConstantKind wanted) const {
            switch (wanted) {
            case ConstantKind::integer:
                return kind == runtime::Kind::integer || kind == runtime::Kind::real;
            case ConstantKind::real:
            case ConstantKind::percentage:
                return kind == runtime::Kind::real;
            case ConstantKind::duration:
                return kind == runtime::Kind::duration;
            case ConstantKind::size:
                return kind == runtime::Kind::size;
            case ConstantKind::instant:
                return kind == runtime::Kind::time;
            }
            return false;
        }
        std::int64_t other(ConstantKind wanted, bool of_constant = false) const {
            const runtime::Value& side = of_constant ? constant : value;
            if (kind != runtime::Kind::real) return side.integer;
            const double scale = wanted == ConstantKind::integer ? 1 : wanted == ConstantKind::real ? 1000 : 100'000;
            const double number = side.real * scale;
            return std::abs(number) < 1e17 ? static_cast<std::int64_t>(std::floor(number)) : 0;
        }
        bool is(const Constant& one) const { return scaled(one.kind) && other(one.kind, true) == one.value; }
    };

    void atoms(const recorded::Condition& condition) {
        for (const recorded::Atom& atom : condition) {
            const auto& operands = source_.program.parts[atom.part].operands;
            if (operands.size() != 2 || atom.operands.size() != 2) continue;
            for (std::size_t i = 0; i < 2; ++i) {
                if (!operands[i].is_constant || !atom.operands[1 - i].value.present()) continue;
                if (reads_.size() < 10'000)
                    reads_.push_back(
                        {operands[i].span, operands[i].type.kind, atom.operands[i].value, atom.operands[1 - i].value});
            }
        }
    }

    void scores(const recorded::Score& score) {
        for (const runtime::AlertPlan& alert : plan_.alerts)
            if (alert.cause == runtime::AlertCause::level) {
                numbers_.insert(alert.at);
                numbers_.insert(alert.at - score.after);
                if (score.booster > 0) numbers_.insert(std::ceil(alert.at / score.booster));
            }
        numbers_.insert(score.after);
        numbers_.insert(score.total);
        for (const double raw : score.raw) numbers_.insert(raw);
    }

    void durations(const Constant& constant, std::vector<std::int64_t>& into) const {
        std::set<std::int64_t> found(spans_.begin(), spans_.end());
        std::vector<Time> newest(times_.begin(), times_.end());
        if (newest.size() > 40) newest.erase(newest.begin(), newest.end() - 40);
        for (std::size_t i = 0; i < newest.size(); ++i)
            for (std::size_t k = 0; k < i; ++k) found.insert(newest[i] - newest[k]);
        std::vector<Time> events = events_;
        if (events.size() > 200) events.erase(events.begin(), events.end() - 200);
        for (const Time anchor : anchors_)
            for (const Time time : events) found.insert(std::abs(time - anchor));
        std::vector<std::int64_t> sorted;
        for (const std::int64_t span : found)
            if (span > 0)
                sorted.push_back((span + runtime::one_second - 1) / runtime::one_second * runtime::one_second);
        std::sort(sorted.begin(), sorted.end(), [&](std::int64_t a, std::int64_t b) {
            return std::abs(a - constant.value) < std::abs(b - constant.value);
        });
        into.insert(into.end(), sorted.begin(), sorted.end());
    }

    const ExplanationSource& source_;
    const runtime::PolicyPlan& plan_;
    std::vector<Read> reads_;
    std::set<double> numbers_;
    std::set<Time> anchors_, times_;
    std::set<std::int64_t> spans_;
    std::vector<Time> events_;
};

} // namespace

std::optional<runtime::Alert> first_alert(const ExplanationSource& source, const std::vector<Replacement>& replacements,
                                          const std::string& policy, std::uint32_t person, std::optional<Time> until) {
    const std::optional<runtime::Program> program = source.text.compile(replacements);
    if (!program) return std::nullopt;
    const std::optional<std::uint32_t> index = program->find_policy(policy);
    if (!index) return std::nullopt;
    return first_alert_of(source, *program, *index, person, until, nullptr);
}

WhyNot why_not(const ExplanationSource& everything, std::uint32_t policy, std::uint32_t person,
               const WhyNotOptions& options) {
    ExplanationSource source = everything;
    if (!options.outside)
        source.wanted = [watched = WatchedTimes(everything, person, options.until)](const StreamEvent& event) {
            return watched.show(event);
        };
    WhyNot result;
    result.policy = policy;
    result.subject = source.stream.people[person];
    runtime::Recording recording;
    recording.person = result.subject;
    recording.policy = policy;
    result.fired = first_alert_of(source, source.program, policy, person, options.until, &recording);
    if (result.fired) return result;
    result.failed = Failures{source, policy, recording}.find(person, options.until);
    const auto is_untriggered = [](const FailedClause& clause) { return clause.kind == ClauseKind::never_triggered; };
    const auto& triggers = source.program.policies[policy].triggers;
    const bool by_events = std::all_of(triggers.begin(), triggers.end(), [](const runtime::TriggerPlan& trigger) {
        return trigger.kind == runtime::TriggerKind::event;
    });
    // no constant of this policy makes a record come
    if (by_events && std::any_of(result.failed.begin(), result.failed.end(), is_untriggered)) return result;
    const Proposals proposals{source, policy, recording, person};
    const std::string& name = source.program.policies[policy].name;
    for (const Constant& constant : constants_of(source.text, source.program, policy)) {
        const auto does = [&](std::int64_t value) {
            if (result.tried >= options.most_trials) return false;
            ++result.tried;
            return first_alert(source, {{constant.span, written(constant, value)}}, name, person, options.until)
                .has_value();
        };
        const auto found = search_change(constant, proposals.of(constant), does);
        if (!found) continue;
        Change change{constant, std::string(source.text.text(constant.span)), written(constant, found->round),
                      written(constant, found->least)};
        FailedClause* of = nullptr;
        for (FailedClause& clause : result.failed)
            if (lies_in(constant.span, clause.span) &&
                (of == nullptr || clause.span.end - clause.span.begin < of->span.end - of->span.begin))
                of = &clause;
        (of == nullptr ? result.others : of->changes).push_back(std::move(change));
    }
    return result;
}

} // namespace watchword::desk
