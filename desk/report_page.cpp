// The report as a page: a table of people, then a card for each with the curves of the scores and the alerts in full.
#include "desk/html.hpp"
#include "desk/report.hpp"
#include "desk/report_chart.hpp"
#include "runtime/text.hpp"
#include "stdlib/sinks/sink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace watchword::desk {

namespace {

using runtime::Alert;

constexpr std::size_t shown_events = 3; ///< of a hit, by id

/// Alerts on a trigger alone have no score.
std::string shown_score(double score) { return score > 0 ? runtime::show_score(score) : "&ndash;"; }

std::string chip(std::optional<runtime::Level> raised) {
    if (!raised) return "no alert";
    const runtime::Level level = *raised;
    const std::string_view name = runtime::level_names[static_cast<std::size_t>(level)];
    return fmt::format("<span class=\"level {0}\">{0}</span>", name);
}

std::string moment(runtime::Time time) {
    if (time == runtime::never) return "no end";
    std::string text = runtime::show_time(time);
    std::replace(text.begin(), text.end(), 'T', ' ');
    if (!text.empty() && text.back() == 'Z') text.pop_back();
    return fmt::format("<time datetime=\"{}\">{}</time>", runtime::show_time(time), text.substr(0, 16));
}

class Page {
public:
    Page(const Report& report, const ReportNames& names) : report_(report), names_(names) {}

    std::string run() {
        head();
        people();
        for (std::size_t i = 0; i < report_.people.size(); ++i) person(i);
        out_ +=
            "</main>\n<footer><p>Times are UTC. A score is what the signals of an open watch add up to; it falls with "
            "time. What happened outside a watch is in no part of this page. Made by watchword report.</p></footer>\n";
        return html_page("Watchword report", out_);
    }

private:
    std::string policy_title(std::uint32_t policy) const {
        if (policy >= names_.program.policies.size()) return "Employee risk";
        const runtime::PolicyPlan& plan = names_.program.policies[policy];
        return plan.title.empty() ? plan.name : plan.title;
    }

    std::string person_name(const ReportPerson& person) const { return escaped(names_.pseudonyms.person(person.id)); }

    void figure(std::string_view name, const std::string& value) {
        out_ += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
    }

    void head() {
        out_ += "<header class=\"top\"><h1>Watchword report</h1>\n<p class=\"soft\">";
        if (report_.events == 0)
            out_ += "There was no event that some policy reads.";
        else
            out_ += fmt::format("{} to {}. {}", moment(report_.first), moment(report_.last),
                                names_.pseudonyms.reveals() ? "People are named." : "People appear under pseudonyms.");
        out_ += "</p></header>\n<main id=\"content\" tabindex=\"-1\">\n<dl class=\"figures\">\n";
        figure("Events read", fmt::format("{}", report_.events));
        figure("People watched", fmt::format("{}", report_.watched));
        figure("With an alert", fmt::format("{}", report_.with_alerts));
        figure("Alerts", fmt::format("{}", report_.alerts));
        out_ += "</dl>\n";
        if (report_.limit)
            out_ += "<p class=\"warn\">The memory limit was reached: what came after is not in here.</p>\n";
    }

    void people() {
        if (report_.people.empty() && report_.people_left_out == 0) {
            out_ += "<div class=\"card\"><p>No alert was raised.</p></div>\n";
            return;
        }
        out_ += "<section class=\"card\" aria-labelledby=\"people\"><h2 id=\"people\">People by risk</h2>\n"
                "<table class=\"stack\">\n<thead><tr><th scope=\"col\">Person</th><th scope=\"col\">Level</th>"
                "<th scope=\"col\" class=\"number\">Highest score</th><th scope=\"col\" class=\"number\">Alerts</th>"
                "<th scope=\"col\">Newest alert</th><th scope=\"col\">Policy</th></tr></thead>\n<tbody>\n";
        for (std::size_t i = 0; i < report_.people.size(); ++i) {
            const ReportPerson& one = report_.people[i];
            out_ += fmt::format(
                "<tr><th scope=\"row\" data-label=\"Person\"><a class=\"id\" href=\"#person-{}\">{}</a></th>"
                "<td data-label=\"Level\">{}</td><td class=\"number\" data-label=\"Highest score\">{}</td>"
                "<td class=\"number\" data-label=\"Alerts\">{}</td><td data-label=\"Newest alert\">{}</td><td "
                "data-label=\"Policy\">{}</td>"
                "</tr>\n",
                i + 1, person_name(one), chip(one.level), shown_score(one.score), one.alerts.size(),
                one.alerts.empty() ? "&ndash;" : moment(one.alerts.back().time), policies_of(one));
        }
        out_ += "</tbody></table>\n";
        if (report_.people_left_out != 0)
            out_ += fmt::format("<p class=\"soft\">{} more people were left out; --people shows more.</p>\n",
                                report_.people_left_out);
        out_ += "</section>\n";
    }

    void person(std::size_t index) {
        const ReportPerson& one = report_.people[index];
        out_ += fmt::format("<section class=\"card\" id=\"person-{0}\" aria-labelledby=\"name-{0}\">\n"
                            "<h2 id=\"name-{0}\"><span class=\"id\">{1}</span> {2}</h2>\n"
                            "<p class=\"soft\">{3} alert{4}. <a href=\"#people\">All people</a></p>\n",
                            index + 1, person_name(one), chip(one.level), one.alerts.size(),
                            one.alerts.size() == 1 ? "" : "s");
        for (const ReportCurve& curve : one.curves) {
            const bool has_alert = std::any_of(one.alerts.begin(), one.alerts.end(),
                                               [&](const Alert& alert) { return alert.policy == curve.policy; });
            if (!has_alert)
                out_ +=
                    fmt::format("<p class=\"soft\">{}: watched, no alert.</p>\n", escaped(policy_title(curve.policy)));
            if (!has_alert && !one.alerts.empty()) continue;
            if (has_alert) out_ += fmt::format("<h3>{}</h3>\n", escaped(policy_title(curve.policy)));
            out_ += curve_chart(curve, one.alerts, names_.program, policy_title(curve.policy),
                                fmt::format("{}-{}", index + 1, curve.policy));
        }
        if (!one.alerts.empty()) out_ += "<h3>Alerts</h3>\n";
        for (const Alert& alert : one.alerts) this->alert(alert, &alert == &one.alerts.back());
        out_ += "</section>\n";
    }

    void alert(const Alert& alert, bool open) {
        out_ += fmt::format("<details id=\"alert-{}\"{}><summary>{} {} &middot; {}{}</summary>\n<dl class=\"facts\">\n",
                            escaped(alert.id), open ? " open" : "", chip(alert.level), moment(alert.time),
                            escaped(policy_title(alert.policy)),
                            alert.score > 0 ? fmt::format(" &middot; score {}", runtime::show_score(alert.score)) : "");
        fact("Why now", fmt::format("<code>{}</code>{}", escaped(alert.cause_text), event_links({alert.event}, 1)));
        for (const runtime::TriggerRecord& trigger : alert.watch.triggers)
            fact("Because of", fmt::format("<code>{}</code> on {}{}{}", escaped(trigger.type), moment(trigger.known),
                                           values(trigger.values, ", "), event_links({trigger.event}, 1)));
        if (!alert.watch.triggers.empty())
            fact("Watched", fmt::format("{} to {}{}", moment(alert.watch.from), moment(alert.watch.to),
                                        alert.watch.history_truncated ? "; some kept history was dropped" : ""));
        for (const std::string& booster : alert.boosters) fact("Counts more", escaped(booster));
        if (const std::string asked = actions(alert); !asked.empty()) fact("Asks for", asked);
        fact("Alert", fmt::format("<span class=\"id\">{}</span>", escaped(alert.id)));
        out_ += "</dl>\n";
        for (const runtime::Contribution& one : alert.contributions) contribution(alert, one);
        out_ += "</details>\n";
    }

    void contribution(const Alert& alert, const runtime::Contribution& one) {
        const double share = alert.score > 0 ? std::clamp(one.points / alert.score, 0.0, 1.0) : 0;
        out_ += fmt::format(
            "<p><strong>{}</strong> <span class=\"soft\">{}, {} of {} points{}</span>"
            "<span class=\"bar\" aria-hidden=\"true\"><span style=\"width:{:.1f}%\"></span></span></p>\n"
            "<ol class=\"hits\">\n",
            escaped(one.title.empty() ? one.signal : one.title), escaped(one.signal), runtime::show_score(one.points),
            runtime::show_score(alert.score), one.capped ? ", at its cap" : "", share * 100);
        if (one.hit_count > one.hits.size())
            out_ += fmt::format("<li class=\"soft\">{} earlier hits</li>\n", one.hit_count - one.hits.size());
        for (const runtime::HitRecord& hit : one.hits)
            out_ += fmt::format("<li>{} +{}{}{}{}</li>\n", moment(hit.time), runtime::show_score(hit.points),
                                hit.lookback ? " <span class=\"soft\">(looking back)</span>" : "",
                                values(hit.values, " &middot; "), event_links(hit.events, hit.event_count));
        out_ += "</ol>\n";
    }

    void fact(std::string_view name, const std::string& html) {
        out_ += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html);
    }

    std::string values(const std::vector<runtime::NamedValue>& given, std::string_view lead) const {
        std::string text;
        for (const runtime::NamedValue& value : given)
            text += fmt::format("{}<code>{} = {}</code>", text.empty() ? lead : ", ", escaped(value.label),
                                escaped(names_.pseudonyms.shown(value)));
        return text;
    }

    /// Ids of the newest records and where they stand; how many there are besides.
    std::string event_links(const std::vector<std::string>& ids, std::uint64_t count) const {
        std::string text;
        const std::size_t first = ids.size() > shown_events ? ids.size() - shown_events : 0;
        for (std::size_t i = first; i < ids.size(); ++i) {
            if (ids[i].empty()) continue;
            const StreamEvent* event = names_.stream.find_event(ids[i]);
            const std::string place = event != nullptr ? names_.stream.place(*event) : "";
            text += fmt::format("{}{}{}", text.empty() ? "" : ", ", escaped(ids[i]),
                                place.empty() ? "" : fmt::format(" ({})", escaped(place.substr(place.rfind('/') + 1))));
        }
        if (count > ids.size() - first) text += fmt::format(" and {} before", count - (ids.size() - first));
        return text.empty() ? text : fmt::format(" <span class=\"soft small id\">{}</span>", text);
    }

    /// The policies that an alert about the person came from; without an alert, those that watched.
    std::string policies_of(const ReportPerson& person) const {
        std::vector<std::string> titles;
        const auto add = [&](std::uint32_t policy) {
            std::string title = policy_title(policy);
            if (std::find(titles.begin(), titles.end(), title) == titles.end()) titles.push_back(std::move(title));
        };
        for (const Alert& alert : person.alerts) add(alert.policy);
        if (person.alerts.empty())
            for (const ReportCurve& curve : person.curves) add(curve.policy);
        std::string text;
        for (const std::string& title : titles) text += fmt::format("{}{}", text.empty() ? "" : ", ", escaped(title));
        return text;
    }

    std::string actions(const Alert& alert) const {
        std::string text;
        for (const runtime::Action& action : alert.actions) {
            const std::string arguments =
                fmt::format("{}", fmt::join(names_.pseudonyms.arguments(action, names_.program), ", "));
            text += fmt::format("{}<code>{}({})</code>", text.empty() ? "" : ", ",
                                escaped(names_.program.actions[action.action].name), escaped(arguments));
        }
        return text;
    }

    const Report& report_;
    const ReportNames& names_;
    std::string out_;
};

} // namespace

std::string report_page(const Report& report, const ReportNames& names) { return Page{report, names}.run(); }

} // namespace watchword::desk
