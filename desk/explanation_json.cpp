// Explanations as JSON: keys always in the same order.
#include "desk/explanation_writer.hpp"

#include "runtime/text.hpp"
#include "stdlib/sinks/json_writer.hpp"

namespace watchword::desk {

namespace {

using stdlib::JsonWriter;

class ExplanationJson {
public:
    ExplanationJson(std::string& out, const ExplanationContext& context) : json_(out), context_(context) {}

    void write(const std::vector<Explanation>& explanations, const std::vector<WhyNot>& why) {
        json_.begin_object();
        json_.key("explanations");
        json_.begin_array();
        for (const Explanation& one : explanations) whole(one);
        json_.end_array();
        json_.key("why_not");
        json_.begin_array();
        for (const WhyNot& one : why) not_fired(one);
        json_.end_array();
        json_.end_object();
    }

private:
    void time(std::string_view key, runtime::Time time) {
        json_.key(key);
        if (time == runtime::never || time == runtime::beginning) return json_.null();
        json_.text(runtime::show_time(time));
    }
    void number(std::string_view key, double value) {
        json_.key(key);
        json_.raw(runtime::show_score(value));
    }
    void clause(std::string_view key, runtime::SourceSpan span) {
        json_.key(key);
        if (span.end == 0) return json_.null();
        json_.begin_object();
        json_.member("place", context_.text.place(span));
        json_.member("text", one_line(context_.text, span, 2'000));
        json_.end_object();
    }
    void event_members(const ExplainedEvent& event) {
        json_.member("id", event.id);
        json_.member("type", event.type);
        json_.key("place");
        event.place.empty() ? json_.null() : json_.text(event.place);
    }
    void event(std::string_view key, const ExplainedEvent& event) {
        json_.key(key);
        if (event.id.empty()) return json_.null();
        json_.begin_object();
        event_members(event);
        json_.end_object();
    }
    void events(std::string_view key, const std::vector<ExplainedEvent>& all) {
        json_.key(key);
        json_.begin_array();
        for (const ExplainedEvent& one : all) {
            json_.begin_object();
            event_members(one);
            time("time", one.time);
            json_.end_object();
        }
        json_.end_array();
    }
    void conditions(std::string_view key, const std::vector<ExplainedCondition>& all) {
        json_.key(key);
        json_.begin_array();
        for (const ExplainedCondition& one : all) {
            json_.begin_object();
            clause("clause", one.span);
            json_.key("held");
            if (one.truth == runtime::recorded::Truth::unknown)
                json_.null();
            else
                json_.boolean(one.truth == runtime::recorded::Truth::yes);
            json_.key("values");
            json_.begin_object();
            for (const runtime::NamedValue& value : one.values)
                json_.member(value.label, context_.pseudonyms.shown(value));
            json_.end_object();
            json_.end_object();
        }
        json_.end_array();
    }

    void whole(const Explanation& one) {
        json_.begin_object();
        json_.member("policy", one.policy < context_.program.policies.size()
                                   ? std::string_view{context_.program.policies[one.policy].name}
                                   : std::string_view{"risk"});
        json_.member("title", policy_title(one, context_.program));
        json_.member("subject", context_.pseudonyms.person(one.subject));
        time("time", one.time);
        number("score", one.score);
        json_.key("alert");
        if (one.alert) {
            json_.begin_object();
            json_.member("id", one.alert->id);
            json_.member("level", runtime::level_names[static_cast<std::size_t>(one.alert->level)]);
            json_.member("cause", one.alert->cause_text);
            json_.member("event", one.alert->event);
            clause("clause", one.cause);
            json_.end_object();
        } else {
            json_.null();
        }
        watch(one);
        contributions(one);
        levels(one);
        events("events", one.events);
        events("behind", one.behind);
        json_.key("because");
        json_.begin_array();
        for (const Explanation& cause : one.because) whole(cause);
        json_.end_array();
        json_.end_object();
    }

    static std::string_view outcome_name(runtime::recorded::TriggerOutcome outcome) {
        using runtime::recorded::TriggerOutcome;
        return outcome == TriggerOutcome::opened      ? "opened"
               : outcome == TriggerOutcome::restarted ? "restarted"
               : outcome == TriggerOutcome::ignored   ? "ignored"
                                                      : "extended";
    }

    void watch(const Explanation& one) {
        json_.key("watch");
        json_.begin_object();
        time("from", one.from);
        time("to", one.to);
        clause("ended_by", one.ended_by.value_or(runtime::SourceSpan{}));
        json_.member("looks_back", runtime::show_duration(one.looks_back));
        json_.member("looked_back_at", one.looked_back_at);
        json_.member("history_truncated", one.history_truncated);
        json_.key("triggers");
        json_.begin_array();
        for (const ExplainedTrigger& trigger : one.triggers) {
            json_.begin_object();
            event("event", trigger.event);
            json_.member("outcome", outcome_name(trigger.outcome));
            time("known", trigger.known);
            time("stated", trigger.stated);
            time("anchor", trigger.anchor);
            clause("clause", trigger.span);
            conditions("where", trigger.where);
            conditions("covers", trigger.covers);
            json_.end_object();
        }
        json_.end_array();
        json_.end_object();
    }

    void contributions(const Explanation& one) {
        json_.key("contributions");
        json_.begin_array();
        for (const ExplainedTerm& term : one.terms) {
            json_.begin_object();
            json_.member("signal", term.signal);
            json_.member("title", term.title);
            number("points", term.points);
            number("raw", term.raw);
            number("counted", term.counted);
            json_.key("at_most");
            term.at_most < 0 ? json_.null() : json_.raw(runtime::show_score(term.at_most));
            json_.member("once", term.once);
            clause("clause", term.span);
            clause("definition", term.signal_span);
            json_.key("hits");
            json_.begin_array();
            for (const ExplainedHit& hit : term.hits) {
                json_.begin_object();
                time("time", hit.time);
                json_.member("lookback", hit.lookback);
                number("points", hit.points);
                number("decayed", hit.decayed);
                number("share", hit.share);
                json_.member("counted", hit.counted);
                conditions("conditions", hit.conditions);
                events("events", hit.events);
                json_.end_object();
            }
            json_.end_array();
            json_.end_object();
        }
        json_.end_array();
    }

    void levels(const Explanation& one) {
        number("total", one.total);
        number("booster", one.booster);
        json_.key("at_most");
        one.at_most < 0 ? json_.null() : json_.raw(runtime::show_score(one.at_most));
        json_.key("halves_every");
        one.halves_every == 0 ? json_.null() : json_.text(runtime::show_duration(one.halves_every));
        json_.key("boosters");
        json_.begin_array();
        for (const ExplainedBooster& booster : one.boosters) {
            json_.begin_object();
            clause("clause", booster.span);
            json_.key("factor");
            json_.raw(runtime::show_real(booster.factor));
            json_.member("held", booster.held);
            conditions("conditions", booster.conditions);
            json_.end_object();
        }
        json_.end_array();
        json_.key("levels");
        json_.begin_array();
        for (const ExplainedLevel& level : one.levels) {
            json_.begin_object();
            json_.member("level", runtime::level_names[static_cast<std::size_t>(level.level)]);
            number("at", level.at);
            json_.member("reached", level.reached);
            json_.member("raised", level.raised);
            clause("clause", level.span);
            json_.end_object();
        }
        json_.end_array();
        json_.key("curve");
        json_.begin_array();
        for (const auto& [at, score] : one.curve) {
            json_.begin_object();
            time("time", at);
            number("score", score);
            json_.end_object();
        }
        json_.end_array();
    }

    void changes(std::string_view key, const std::vector<Change>& all) {
        json_.key(key);
        json_.begin_array();
        for (const Change& change : all) {
            json_.begin_object();
            json_.member("place", context_.text.place(change.constant.span));
            json_.member("file", context_.text.file(change.constant.span.file).name);
            json_.member("begin", static_cast<std::uint64_t>(change.constant.span.begin));
            json_.member("end", static_cast<std::uint64_t>(change.constant.span.end));
            json_.member("before", change.before);
            json_.member("after", change.after);
            json_.member("least", change.least);
            json_.end_object();
        }
        json_.end_array();
    }

    void not_fired(const WhyNot& why) {
        json_.begin_object();
        json_.member("policy", context_.program.policies[why.policy].name);
        json_.member("subject", context_.pseudonyms.person(why.subject));
        json_.key("fired");
        why.fired ? json_.text(why.fired->id) : json_.null();
        json_.key("failed");
        json_.begin_array();
        for (const FailedClause& failed : why.failed) {
            json_.begin_object();
            json_.member("kind", kind_name(failed.kind));
            json_.member("signal", failed.signal);
            json_.member("what", failure_sentence(failed));
            clause("clause", failed.span);
            event("event", failed.event);
            json_.member("count", failed.count);
            conditions("conditions", failed.conditions);
            changes("changes", failed.changes);
            json_.end_object();
        }
        json_.end_array();
        changes("other_changes", why.others);
        json_.end_object();
    }

    JsonWriter json_;
    const ExplanationContext& context_;
};

} // namespace

std::string explanation_json(const std::vector<Explanation>& explanations, const std::vector<WhyNot>& why,
                             const ExplanationContext& context) {
    std::string out;
    ExplanationJson{out, context}.write(explanations, why);
    out += '\n';
    return out;
}

} // namespace watchword::desk
