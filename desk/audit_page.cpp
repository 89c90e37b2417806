// An audit as a page for people who do not read policy files: a works council, a data protection officer.
#include "desk/audit.hpp"
#include "desk/html.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>

namespace watchword::desk {

namespace {

using runtime::PolicyPlan;
using runtime::Program;

std::string day(runtime::Time time) { return runtime::show_time(time).substr(0, 10); }

/// `30 days`; of other spans as the language writes them.
std::string span_of(runtime::Duration duration) {
    if (duration % runtime::one_day != 0) return runtime::show_duration(duration);
    const auto days = duration / runtime::one_day;
    return fmt::format("{} day{}", days, days == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& texts, bool as_code) {
    std::string out = "<ul class=\"plain\">";
    for (const std::string& text : texts)
        out += as_code ? fmt::format("<li><code>{}</code></li>", escaped(text))
                       : fmt::format("<li>{}</li>", escaped(text));
    return out + "</ul>";
}

void fact(std::string& out, std::string_view name, const std::string& html) {
    if (!html.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html);
}

std::string kept_events(const PolicyAudit& audit) {
    std::string text;
    for (const ReadEvent& read : audit.reads)
        if (read.kept) text += fmt::format("{}<code>{}</code>", text.empty() ? "" : ", ", escaped(read.event));
    return text;
}

std::string keeps(const PolicyPlan& plan, const Audit& whole, const PolicyAudit& audit) {
    if (plan.looks_back <= 0) return "nothing about people without a watch";
    return fmt::format(
        "the last {} of {} of everybody it covers, sealed: nobody can read it, and only a trigger brings it "
        "to light. At most {} a person; the oldest goes first.",
        span_of(plan.looks_back), kept_events(audit), memory_text(whole.history_bytes));
}

void append_reads(std::string& out, const PolicyAudit& audit) {
    out += "<h3>What it reads</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What it reads\">"
           "<table>\n<thead><tr><th scope=\"col\">Record</th><th scope=\"col\">Fields</th></tr></thead>\n<tbody>\n";
    for (const ReadEvent& read : audit.reads) {
        std::string fields;
        for (const ReadField& field : read.fields)
            fields += fmt::format("{}<code>{}</code>{}", fields.empty() ? "" : ", ", escaped(field.name),
                                  field.sensitive ? " <span class=\"soft\">(sensitive)</span>" : "");
        out += fmt::format("<tr><th scope=\"row\"><code>{}</code></th><td>{}</td></tr>\n", escaped(read.event), fields);
    }
    if (!audit.attributes.empty()) {
        std::string names;
        for (const std::string& name : audit.attributes)
            names += fmt::format("{}<code>{}</code>", names.empty() ? "" : ", ", escaped(name));
        out += fmt::format("<tr><th scope=\"row\">staff list</th><td>{}</td></tr>\n", names);
    }
    out += "</tbody></table></div>\n";
}

void append_health(std::string& out, const PolicyHealth& health) {
    out += fmt::format("<h3>What it did</h3>\n<p>{} on {} of {} covered people; {}.</p>\n",
                       counted(health.opened, "watch"), health.watched_people, health.covered_people,
                       counted(health.alerts, "alert"));
    for (const std::string& finding : health.findings)
        out += fmt::format("<p class=\"warn\">{}</p>\n", escaped(finding));
}

void append_policy(std::string& out, const Program& program, const Audit& whole, const PolicyAudit& audit,
                   const PolicyHealth* health) {
    const PolicyPlan& plan = program.policies[audit.policy];
    out +=
        fmt::format("<section class=\"card\" id=\"policy-{0}\" aria-labelledby=\"title-{0}\">\n<h2 id=\"title-{0}\">{1}"
                    "</h2>\n<p class=\"soft\"><code>{2}</code>{3}</p>\n<dl class=\"facts\">\n",
                    audit.policy, escaped(plan.title.empty() ? plan.name : plan.title), escaped(plan.name),
                    plan.version.empty() ? "" : fmt::format(", version {}", escaped(plan.version)));
    fact(out, "What for", escaped(plan.purpose));
    fact(out, "On what basis", escaped(plan.basis));
    fact(out, "Who answers for it", escaped(plan.owner));
    fact(out, "Until when", plan.expires ? day(*plan.expires) : "no date is set");
    fact(out, "Who can be watched",
         audit.covers.empty() ? "everybody" : fmt::format("<code>{}</code>", escaped(audit.covers)));
    if (!audit.definitions.empty()) fact(out, "That is", listed(audit.definitions, true));
    fact(out, "What sets it off", listed(audit.opens, true));
    fact(out, "What ends it", listed(audit.closes, true));
    fact(out, "For how long at most", audit.longest ? span_of(*audit.longest) : "<strong>without a bound</strong>");
    fact(out, "If it is set off again", escaped(audit.retrigger));
    fact(out, "What it keeps", keeps(plan, whole, audit));
    if (!audit.remembers.empty()) fact(out, "While a watch is open", listed(audit.remembers, true));
    fact(out, "Memory", escaped(memory_text(audit.memory)));
    fact(out, "What else it looks at",
         audit.wider.empty() ? "nothing: no alert about a person depends on what others do"
                             : listed(audit.wider, false));
    for (const AuditedException& one : audit.exceptions)
        fact(out, "Left out", fmt::format("{}, until {}, {}", escaped(one.reason), day(one.until), escaped(one.owner)));
    fact(out, "What it may say", listed(audit.alerts, true));
    out += "</dl>\n";
    append_reads(out, audit);
    if (health != nullptr) append_health(out, *health);
    out += "</section>\n";
}

void append_overview(std::string& out, const Program& program, const Audit& audit) {
    out +=
        "<div class=\"card\"><h2>At a glance</h2><table class=\"stack\">\n<thead><tr><th scope=\"col\">Policy</th>"
        "<th scope=\"col\">At most</th><th scope=\"col\">Keeps</th><th scope=\"col\">Owner</th><th scope=\"col\">Until"
        "</th></tr></thead>\n<tbody>\n";
    for (const PolicyAudit& one : audit.policies) {
        const PolicyPlan& plan = program.policies[one.policy];
        out += fmt::format("<tr><th scope=\"row\" data-label=\"Policy\"><a href=\"#policy-{}\">{}</a></th><td "
                           "data-label=\"At most\">{}"
                           "</td><td data-label=\"Keeps\">{}</td><td data-label=\"Owner\">{}</td><td "
                           "data-label=\"Until\">{}</td></tr>\n",
                           one.policy, escaped(plan.title.empty() ? plan.name : plan.title),
                           one.longest ? span_of(*one.longest) : "no bound",
                           plan.looks_back > 0 ? span_of(plan.looks_back) : "nothing", escaped(plan.owner),
                           plan.expires ? day(*plan.expires) : "no date");
    }
    out += "</tbody></table></div>\n";
}

void append_input(std::string& out, const Health& health) {
    out += "<section class=\"card\" aria-labelledby=\"input\"><h2 id=\"input\">What was looked at</h2>\n";
    out += "<p>" + counted(health.events, "event");
    if (health.events != 0) out += fmt::format(" from {} to {}", day(health.first), day(health.last));
    out += fmt::format(", {}. At the most {} at a time; {} for watches and kept history.</p>\n",
                       counted(health.people, "employee"), counted(health.peak_watches, "watch"),
                       memory_text(health.peak_bytes));
    for (const std::string& finding : health.findings)
        out += fmt::format("<p class=\"warn\">{}</p>\n", escaped(finding));
    out += "</section>\n";
}

} // namespace

std::string audit_page(const Program& program, const Audit& audit, const Health* health) {
    std::string body = fmt::format("<header class=\"top\"><h1>What these policies may see</h1>\n<p class=\"soft\">{} "
                                   "polic{}: who can be watched, on "
                                   "whose word, for how long, by reading what. Taken from the policies that run, not "
                                   "written by hand.</p></header>\n"
                                   "<main id=\"content\" tabindex=\"-1\">\n",
                                   audit.policies.size(), audit.policies.size() == 1 ? "y" : "ies");
    append_overview(body, program, audit);
    for (const PolicyAudit& one : audit.policies)
        append_policy(body, program, audit, one, health == nullptr ? nullptr : &health->policies[one.policy]);
    if (health != nullptr) append_input(body, *health);
    body +=
        "</main>\n<footer><p>A watch sees what happens within it and what was kept for it; the rest reaches no output. "
        "Made by watchword audit.</p></footer>\n";
    return html_page("What these policies may see", body);
}

} // namespace watchword::desk
