// Explanations as one page: what is behind a number opens under it; works without a script.
#include "desk/explanation_writer.hpp"

#include "desk/html.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>

namespace watchword::desk {

namespace {

class PageWriter {
public:
    explicit PageWriter(const ExplanationContext& context) : context_(context) {}

    void add(const Explanation& one) {
        out_ += "<section class=\"card\">";
        const std::string level =
            one.alert ? std::string(runtime::level_names[static_cast<std::size_t>(one.alert->level)]) : "info";
        out_ += fmt::format("<h2><span class=\"level {}\">{}</span> {}</h2>", level, one.alert ? level : "score",
                            escaped(policy_title(one, context_.program)));
        out_ += "<dl class=\"facts\">";
        fact("Person", id(context_.pseudonyms.person(one.subject)));
        fact("Time", escaped(runtime::show_time(one.time)));
        fact("Score", escaped(runtime::show_score(one.score)));
        if (one.alert) {
            fact("Why now", escaped(one.alert->cause_text) + " " + clause(one.cause));
            fact("Alert", id(one.alert->id));
        }
        if (one.policy != runtime::risk_policy) watch(one);
        out_ += "</dl>";
        for (const ExplainedTerm& term : one.terms) contribution(term);
        for (const ExplainedBooster& booster : one.boosters) {
            out_ += fmt::format("<details><summary>{}: {}</summary>", booster.held ? "Boosted" : "Not boosted",
                                escaped(booster.label));
            conditions(booster.conditions);
            out_ += "</details>";
        }
        records("taken in", one.events);
        records("behind the alerts that opened it and its bounds", one.behind);
        out_ += "</section>";
        for (const Explanation& cause : one.because) add(cause);
    }

    void add(const WhyNot& why) {
        const runtime::PolicyPlan& plan = context_.program.policies[why.policy];
        out_ += fmt::format("<section class=\"card\"><h2>No alert: {}</h2><p>Person {}</p>", escaped(plan.title),
                            id(context_.pseudonyms.person(why.subject)));
        for (const FailedClause& failed : why.failed) {
            out_ += fmt::format("<h3>{}</h3><p>{}</p><p>{}</p>", escaped(kind_name(failed.kind)),
                                escaped(failure_sentence(failed)), clause(failed.span));
            if (!failed.event.id.empty()) out_ += "<p>" + event(failed.event) + "</p>";
            conditions(failed.conditions);
            for (const Change& change : failed.changes)
                out_ += fmt::format("<p class=\"warn\">{}</p>", escaped(change_sentence(change)));
        }
        for (const Change& change : why.others)
            out_ += fmt::format("<p class=\"warn\">Or {} {}</p>", escaped(change_sentence(change)),
                                clause(change.constant.span));
        if (!why.any_change()) out_ += "<p>No single constant of the policy, changed alone, would make it fire.</p>";
        out_ += "</section>";
    }

    std::string finish() { return html_page("Explanation", out_); }

private:
    static std::string id(std::string_view text) { return fmt::format("<span class=\"id\">{}</span>", escaped(text)); }
    std::string clause(runtime::SourceSpan span) const {
        if (span.end == 0) return "";
        return fmt::format("<code>{}</code> <span class=\"soft small\">{}</span>",
                           escaped(one_line(context_.text, span)), escaped(context_.text.place(span)));
    }
    void fact(std::string_view name, const std::string& html) {
        out_ += fmt::format("<dt>{}</dt><dd>{}</dd>", name, html);
    }
    std::string event(const ExplainedEvent& one) const {
        std::string html = id(one.id);
        if (!one.type.empty()) html += " " + escaped(one.type);
        if (!one.place.empty()) html += fmt::format(" <span class=\"soft small\">{}</span>", escaped(one.place));
        return html;
    }

    void conditions(const std::vector<ExplainedCondition>& all) {
        if (all.empty()) return;
        out_ += "<ul>";
        for (const ExplainedCondition& one : all) {
            const std::string_view truth = one.truth == runtime::recorded::Truth::yes  ? "held"
                                           : one.truth == runtime::recorded::Truth::no ? "did not hold"
                                                                                       : "could not be decided";
            const std::string values = shown_values(one.values, context_.pseudonyms);
            out_ +=
                fmt::format("<li>{} {}{}{}</li>", clause(one.span), truth, values.empty() ? "" : ": ", escaped(values));
        }
        out_ += "</ul>";
    }

    void watch(const Explanation& one) {
        for (const ExplainedTrigger& trigger : one.triggers)
            fact("Because of", event(trigger.event) + " " + clause(trigger.span));
        fact("Watched", escaped(fmt::format("{} to {}", runtime::show_time(one.from),
                                            one.to == runtime::never ? "no end" : runtime::show_time(one.to))));
        if (one.looks_back != 0)
            fact("Looked back", escaped(fmt::format("{}: {} kept events played", runtime::show_duration(one.looks_back),
                                                    one.looked_back_at)));
        if (one.halves_every != 0) fact("Halves every", escaped(runtime::show_duration(one.halves_every)));
    }

    void contribution(const ExplainedTerm& term) {
        if (term.hits.empty()) return;
        out_ += fmt::format("<details open><summary>{} from {}</summary><p>{}</p><ol class=\"hits\">",
                            escaped(runtime::show_score(term.points)),
                            escaped(term.title.empty() ? term.signal : term.title), clause(term.span));
        for (const ExplainedHit& hit : term.hits) {
            out_ += fmt::format("<li>{}: +{}, {} of the score{}{}", escaped(runtime::show_time(hit.time)),
                                escaped(runtime::show_score(hit.points)), escaped(runtime::show_score(hit.share)),
                                hit.lookback ? ", looking back" : "", hit.counted ? "" : ", not counted");
            conditions(hit.conditions);
            for (const ExplainedEvent& one : hit.events) out_ += "<div>" + event(one) + "</div>";
            out_ += "</li>";
        }
        out_ += "</ol></details>";
    }

    void records(std::string_view what, const std::vector<ExplainedEvent>& all) {
        if (all.empty()) return;
        out_ += fmt::format("<details><summary>{} records {}</summary><ul class=\"plain\">", all.size(), what);
        for (const ExplainedEvent& record : all)
            out_ += fmt::format("<li>{} {}</li>", escaped(runtime::show_time(record.time)), event(record));
        out_ += "</ul></details>";
    }

    const ExplanationContext& context_;
    std::string out_;
};

} // namespace

std::string explanation_page(const std::vector<Explanation>& explanations, const std::vector<WhyNot>& why,
                             const ExplanationContext& context) {
    PageWriter page{context};
    for (const Explanation& one : explanations) page.add(one);
    for (const WhyNot& one : why) page.add(one);
    return page.finish();
}

} // namespace watchword::desk
