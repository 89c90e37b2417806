// Explanations on a terminal: the tree, indented, each clause with its place.
#include "desk/explanation_writer.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::desk {

namespace {

constexpr std::size_t shown_events = 8;
constexpr std::size_t shown_hits = 20;

std::string show(runtime::Time time) {
    if (time == runtime::never) return "no end";
    std::string text = runtime::show_time(time);
    std::replace(text.begin(), text.end(), 'T', ' ');
    if (!text.empty() && text.back() == 'Z') text.pop_back();
    return text;
}

std::string upper(std::string_view word) {
    std::string result{word};
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

class TextWriter {
public:
    explicit TextWriter(const ExplanationContext& context) : context_(context) {}

    std::string write(const Explanation& explanation) {
        whole(explanation, 0);
        return std::move(out_);
    }

    std::string write(const WhyNot& why) {
        const runtime::PolicyPlan& plan = context_.program.policies[why.policy];
        out_ += fmt::format("{}  {}\n", paint("NO ALERT", "33"), paint(plan.title, "1"));
        line(1, "for", runtime::harmless(context_.pseudonyms.person(why.subject)));
        for (const FailedClause& clause : why.failed) {
            line(1, kind_name(clause.kind), failure_sentence(clause));
            clause_at(2, clause.span);
            if (!clause.event.id.empty()) line(2, "at", event(clause.event));
            conditions(2, clause.conditions);
            for (const Change& change : clause.changes) line(2, "change", change_sentence(change));
        }
        for (const Change& change : why.others) {
            line(1, "or", change_sentence(change));
            clause_at(2, change.constant.span);
        }
        if (!why.any_change()) line(1, "change", "no single constant of the policy, changed alone, would make it fire");
        return std::move(out_);
    }

private:
    std::string paint(std::string_view text, std::string_view code) const {
        return context_.color ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string{text};
    }
    void line(std::size_t depth, std::string_view name, const std::string& text) {
        out_ += text.empty() ? fmt::format("{:{}}{}\n", "", depth * 2, name)
                             : fmt::format("{:{}}{:<11} {}\n", "", depth * 2, name, text);
    }
    void clause_at(std::size_t depth, runtime::SourceSpan span) {
        if (span.end == 0) return;
        out_ += fmt::format("{:{}}{}  {}\n", "", depth * 2 + 12, one_line(context_.text, span),
                            paint(context_.text.place(span), "2"));
    }
    std::string event(const ExplainedEvent& one) const {
        std::string text = runtime::harmless(one.id);
        if (!one.place.empty()) text += fmt::format(" ({})", runtime::harmless(one.place));
        if (!one.type.empty()) text += fmt::format(", {}", one.type);
        if (one.time != 0) text += fmt::format(" on {}", show(one.time));
        return text;
    }

    void conditions(std::size_t depth, const std::vector<ExplainedCondition>& all) {
        for (const ExplainedCondition& one : all) {
            const std::string_view mark = one.truth == runtime::recorded::Truth::yes  ? "true "
                                          : one.truth == runtime::recorded::Truth::no ? "false"
                                                                                      : "open ";
            const std::string values = shown_values(one.values, context_.pseudonyms);
            out_ += fmt::format("{:{}}{}  {}{}  {}\n", "", depth * 2 + 12, mark, one_line(context_.text, one.span),
                                values.empty() ? "" : "   " + runtime::harmless(values),
                                paint(context_.text.place(one.span), "2"));
        }
    }

    void events(std::size_t depth, const std::vector<ExplainedEvent>& all) {
        const std::size_t most = context_.all ? all.size() : shown_events;
        const std::size_t first = all.size() > most ? all.size() - most : 0;
        std::string text;
        for (std::size_t i = first; i < all.size(); ++i) {
            text += (text.empty() ? "" : ", ") + runtime::harmless(all[i].id);
            if (!all[i].place.empty()) text += fmt::format(" ({})", runtime::harmless(all[i].place));
        }
        if (first != 0) text += fmt::format(" and {} before", first);
        line(depth, "events", text);
    }

    void whole(const Explanation& one, std::size_t depth) {
        head(one, depth);
        if (one.policy != runtime::risk_policy) {
            for (const ExplainedTrigger& trigger : one.triggers) opened(trigger, depth);
            watch(one, depth);
            score(one, depth);
        }
        for (const Explanation& cause : one.because) {
            out_ += fmt::format("{:{}}{}\n", "", depth * 2 + 2,
                                one.policy == runtime::risk_policy ? "made of" : "because of");
            whole(cause, depth + 2);
        }
    }

    void head(const Explanation& one, std::size_t depth) {
        const std::string level =
            one.alert ? upper(runtime::level_names[static_cast<std::size_t>(one.alert->level)]) : std::string{"SCORE"};
        out_ += fmt::format("{:{}}{}  {}  {}  {} UTC  score {}\n", "", depth * 2, paint(level, "1"),
                            paint(policy_title(one, context_.program), "1"),
                            runtime::harmless(context_.pseudonyms.person(one.subject)), show(one.time),
                            runtime::show_score(one.score));
        if (!one.alert) return;
        line(depth + 1, "alert", one.alert->id);
        line(depth + 1, "why now", fmt::format("{}  [{}]", one.alert->cause_text, runtime::harmless(one.alert->event)));
        clause_at(depth + 1, one.cause);
    }

    void opened(const ExplainedTrigger& trigger, std::size_t depth) {
        using runtime::recorded::TriggerOutcome;
        const std::string_view name = trigger.outcome == TriggerOutcome::opened      ? "opened by"
                                      : trigger.outcome == TriggerOutcome::restarted ? "restarted"
                                      : trigger.outcome == TriggerOutcome::ignored   ? "no effect"
                                                                                     : "extended by";
        std::string text = event(trigger.event);
        if (trigger.event.time == 0) text += fmt::format(" on {}", show(trigger.known));
        if (trigger.stated != trigger.known) text += fmt::format(", stated as {}", show(trigger.stated));
        if (trigger.anchor != 0 && trigger.anchor != trigger.known)
            text += fmt::format(", anchored at {}", show(trigger.anchor));
        line(depth + 1, name, text);
        clause_at(depth + 1, trigger.span);
        conditions(depth + 1, trigger.where);
        if (trigger.covers.empty()) return;
        line(depth + 1, "covered", "");
        conditions(depth + 1, trigger.covers);
    }

    void watch(const Explanation& one, std::size_t depth) {
        line(depth + 1, "watched", fmt::format("{} to {}", show(one.from), show(one.to)));
        if (one.ended_by) clause_at(depth + 1, *one.ended_by);
        if (one.looks_back == 0) return;
        line(depth + 1, "looked back",
             fmt::format("{}: {} kept events played{}", runtime::show_duration(one.looks_back), one.looked_back_at,
                         one.history_truncated ? "; older ones had been dropped for lack of room" : ""));
    }

    void score(const Explanation& one, std::size_t depth) {
        const bool is_capped = one.at_most >= 0 && one.total > one.at_most;
        const bool is_sum = one.booster == 1 && !is_capped;
        std::string sum; // of nothing else, it is that of the parts as they are shown, which were rounded to add up
        for (const ExplainedTerm& term : one.terms)
            if (!term.hits.empty())
                sum += (sum.empty() ? "" : " + ") + runtime::show_score(is_sum ? term.points : term.counted);
        if (one.booster != 1) sum = fmt::format("({}) × {}", sum, runtime::show_real(one.booster));
        if (is_capped) sum += fmt::format(", at most {}", runtime::show_score(one.at_most));
        if (!sum.empty()) line(depth + 1, "score", fmt::format("{} = {}", runtime::show_score(one.score), sum));
        for (const ExplainedTerm& term : one.terms) contribution(term, one, depth);
        for (const ExplainedBooster& booster : one.boosters) {
            line(depth + 1, booster.held ? "boosted" : "not boosted", "");
            clause_at(depth + 1, booster.span);
            conditions(depth + 1, booster.conditions);
        }
        for (const ExplainedLevel& level : one.levels)
            line(depth + 1, "level",
                 fmt::format("{} at {}: {}", runtime::level_names[static_cast<std::size_t>(level.level)],
                             runtime::show_score(level.at),
                             level.raised    ? "raised by this alert"
                             : level.reached ? "reached"
                                             : "not reached"));
        line(depth + 1, "records",
             fmt::format("{} taken in by the signals of the policy during the watch", one.events.size()));
        if (!one.behind.empty())
            line(depth + 1, "", fmt::format("{} behind the alerts that opened it and its bounds", one.behind.size()));
    }

    void contribution(const ExplainedTerm& term, const Explanation& one, std::size_t depth) {
        if (term.hits.empty()) return;
        const std::string title = term.title.empty() ? term.signal : fmt::format("{} ({})", term.title, term.signal);
        line(depth + 1, runtime::show_score(term.points),
             fmt::format("{}{}", title, term.counted < term.raw ? ", at its cap" : ""));
        clause_at(depth + 2, term.span);
        const std::size_t most = context_.all ? term.hits.size() : shown_hits;
        const std::size_t first = term.hits.size() > most ? term.hits.size() - most : 0;
        if (first != 0) line(depth + 2, "", fmt::format("{} earlier hits; -v lists them", first));
        for (std::size_t i = first; i < term.hits.size(); ++i) {
            const ExplainedHit& hit = term.hits[i];
            std::string text = fmt::format("{}  +{}", show(hit.time), runtime::show_score(hit.points));
            if (!hit.counted)
                text += term.once ? ", not counted: once" : ", not counted";
            else if (one.halves_every != 0)
                text += fmt::format(", decayed to {}", runtime::show_score(hit.decayed));
            text += fmt::format(", {} of the score", runtime::show_score(hit.share));
            if (hit.lookback) text += "  (looking back)";
            line(depth + 2, "hit", text);
            conditions(depth + 2, hit.conditions);
            events(depth + 2, hit.events);
        }
    }

    const ExplanationContext& context_;
    std::string out_;
};

} // namespace

std::string one_line(const PolicyText& text, runtime::SourceSpan span, std::size_t most) {
    std::string result;
    bool comment = false;
    for (const char c : text.text(span)) {
        comment = c == '#' || (comment && c != '\n');
        if (comment) continue;
        const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (blank && (result.empty() || result.back() == ' ')) continue;
        result += blank ? ' ' : c;
    }
    while (!result.empty() && result.back() == ' ') result.pop_back();
    if (result.size() <= most) return result;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xc0) == 0x80) --end; // not within a character
    return result.substr(0, end) + " …";
}

std::string shown_values(const std::vector<runtime::NamedValue>& values, const stdlib::Pseudonyms& pseudonyms) {
    std::string result;
    for (const runtime::NamedValue& value : values)
        result += fmt::format("{}{} = {}", result.empty() ? "" : ", ", value.label, pseudonyms.shown(value));
    return result;
}

std::string policy_title(const Explanation& explanation, const runtime::Program& program) {
    if (explanation.policy >= program.policies.size()) return "Employee risk";
    const runtime::PolicyPlan& plan = program.policies[explanation.policy];
    return plan.title.empty() ? plan.name : plan.title;
}

std::string_view kind_name(ClauseKind kind) {
    static constexpr std::string_view names[] = {"opens",  "begins", "opens",    "covers", "expires",
                                                 "closes", "on",     "interval", "except", "where",
                                                 "when",   "step",   "deadline", "points", "score"};
    return names[static_cast<std::size_t>(kind)];
}

std::string failure_sentence(const FailedClause& clause) {
    using runtime::recorded::StepOutcome;
    const std::string of = clause.signal.empty() ? "" : clause.signal + ": ";
    switch (clause.kind) {
    case ClauseKind::never_triggered:
        return "no record or alert came that could open a watch of anybody who is known";
    case ClauseKind::begins:
        if (clause.ends_before) return fmt::format("the watch was closed before it began on {}", show(clause.due));
        return fmt::format("the watch begins on {}, and nothing came so late", show(clause.due));
    case ClauseKind::deadline:
        if (clause.ends_before)
            return of + fmt::format("its deadline on {} lies outside of the watch", show(clause.due));
        return of +
               fmt::format("nothing broke it, but its deadline is on {}, and the events end before; `--until` lets "
                           "time pass",
                           show(clause.due));
    case ClauseKind::trigger:
        return fmt::format("{} came, and did not hold",
                           clause.count == 1 ? "a trigger" : fmt::format("{} triggers", clause.count));
    case ClauseKind::covers:
        return "the person was not covered when the trigger came";
    case ClauseKind::expires:
        return "the trigger came when the policy had expired";
    case ClauseKind::over:
        return "the watch would have been over when the trigger was known";
    case ClauseKind::no_events:
        return of + "nothing came in the watch that it listens to" +
               (clause.looks_back ? "" : ", and the policy does not look back");
    case ClauseKind::interval:
        return of + fmt::format("{} came {} the watch{}",
                                clause.count == 1 ? "one record" : fmt::format("{} records", clause.count),
                                clause.early == clause.count ? "before" : "outside of",
                                clause.early != 0 && !clause.looks_back ? ", and the policy does not look back" : "");
    case ClauseKind::excepted:
        return clause.count == 1 ? "one record was excepted" : fmt::format("{} records were excepted", clause.count);
    case ClauseKind::where:
        return of + fmt::format("`where` did not hold for {}; the nearest:",
                                clause.count == 1 ? "one record" : fmt::format("{} records", clause.count));
    case ClauseKind::when:
        return of + "`when` never became true; the nearest:";
    case ClauseKind::points:
        return of + "a hit brought no points";
    case ClauseKind::score:
        return fmt::format("the score reached {}, the level is at {}", runtime::show_score(clause.reached),
                           runtime::show_score(clause.needed));
    case ClauseKind::step:
        break;
    }
    switch (clause.outcome) {
    case StepOutcome::too_late:
        return of + "the step came when the span was over";
    case StepOutcome::not_waiting:
        return of + "the step came before those that have to come first";
    case StepOutcome::killed:
        return of + "a forbidden record came between";
    case StepOutcome::cleared:
        return of + "`until` ended what had begun";
    case StepOutcome::undecided:
        return of + "whether the forbidden record came before is not known, or it came";
    default:
        return of + "the step's `where` did not hold; the nearest:";
    }
}

std::string change_sentence(const Change& change) {
    if (change.after == change.least)
        return fmt::format("`{}` in place of `{}` would fire", change.after, change.before);
    return fmt::format("`{}` in place of `{}` would fire; the least change is to `{}`", change.after, change.before,
                       change.least);
}

std::string explanation_text(const Explanation& explanation, const ExplanationContext& context) {
    return TextWriter{context}.write(explanation);
}
std::string why_not_text(const WhyNot& why, const ExplanationContext& context) {
    return TextWriter{context}.write(why);
}

} // namespace watchword::desk
