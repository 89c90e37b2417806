// Alerts as OCSF Detection Findings, for systems that know nothing of Watchword: class, severity, analytic, evidence.
// What OCSF has no attribute for is in `unmapped`. Attribute names and numbers:
// https://schema.ocsf.io/1.3.0/classes/detection_finding
#include "runtime/text.hpp"
#include "stdlib/sinks/json_writer.hpp"
#include "stdlib/sinks/sink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace watchword::stdlib {

namespace {

using runtime::Alert;

constexpr int category_findings = 2;
constexpr int class_detection_finding = 2004;
constexpr int activity_create = 1;
constexpr int activity_close = 3;
constexpr int status_new = 1;
constexpr int status_resolved = 4;
constexpr int analytic_rule = 1;

int severity_id(runtime::Level level) {
    return static_cast<int>(level) + 1; // 1 informational … 5 critical
}

std::string_view severity(runtime::Level level) {
    switch (level) {
    case runtime::Level::info:
        return "Informational";
    case runtime::Level::low:
        return "Low";
    case runtime::Level::medium:
        return "Medium";
    case runtime::Level::high:
        return "High";
    case runtime::Level::critical:
        return "Critical";
    }
    return {};
}

std::int64_t milliseconds(runtime::Time time) {
    const std::int64_t whole = time / 1000;
    return time % 1000 < 0 ? whole - 1 : whole;
}

void add_metadata(JsonWriter& json) {
    json.key("metadata");
    json.begin_object();
    json.member("version", "1.3.0");
    json.key("product");
    json.begin_object();
    json.member("name", "Watchword");
    json.member("vendor_name", "Watchword");
    json.end_object();
    json.end_object();
}

void add_values(JsonWriter& json, const std::vector<runtime::NamedValue>& values, const Pseudonyms& pseudonyms) {
    for (const runtime::NamedValue& value : values) json.member(value.label, pseudonyms.shown(value));
}

void add_finding(JsonWriter& json, const Alert& alert, const AlertContext& context) {
    const bool is_risk = alert.policy >= context.program.policies.size();
    const runtime::PolicyPlan* policy = is_risk ? nullptr : &context.program.policies[alert.policy];
    json.key("finding_info");
    json.begin_object();
    json.member("uid", alert.id);
    json.member("title", is_risk ? "Employee risk" : policy->title.empty() ? policy->name : policy->title);
    json.member("desc", alert.cause_text);
    json.member("created_time", milliseconds(alert.time));
    json.member("first_seen_time",
                milliseconds(alert.watch.from == runtime::beginning ? alert.time : alert.watch.from));
    json.member("last_seen_time", milliseconds(alert.time));
    json.key("types");
    json.begin_array();
    if (policy != nullptr)
        for (const std::string& tag : policy->tags) json.text(tag);
    json.end_array();
    json.key("analytic");
    json.begin_object();
    json.member("uid", policy != nullptr ? policy->id : std::string{"risk"});
    json.member("name", policy_name(alert, context.program));
    json.member("type", "Rule");
    json.member("type_id", analytic_rule);
    if (policy != nullptr && !policy->version.empty()) json.member("version", policy->version);
    json.end_object();
    json.end_object();
}

/// One evidence a hit: what was seen, and what it brought.
void add_evidences(JsonWriter& json, const Alert& alert, const AlertContext& context, const std::string& subject) {
    json.key("evidences");
    json.begin_array();
    for (const runtime::Contribution& contribution : alert.contributions)
        for (const runtime::HitRecord& hit : contribution.hits) {
            json.begin_object();
            json.key("actor");
            json.begin_object();
            json.key("user");
            json.begin_object();
            json.member("uid", subject);
            json.end_object();
            json.end_object();
            json.key("data");
            json.begin_object();
            json.member("signal", contribution.signal);
            json.member("title", contribution.title);
            json.member("time", runtime::show_time(hit.time));
            json.member("lookback", hit.lookback);
            json.key("share");
            json.raw(runtime::show_score(hit.share));
            json.key("events");
            json.begin_array();
            for (const std::string& event : hit.events) json.text(event);
            json.end_array();
            json.key("values");
            json.begin_object();
            add_values(json, hit.values, context.pseudonyms);
            json.end_object();
            json.end_object();
            json.end_object();
        }
    json.end_array();
}

void add_unmapped(JsonWriter& json, const Alert& alert, const AlertContext& context) {
    json.key("unmapped");
    json.begin_object();
    json.key("watch");
    json.begin_object();
    json.member("opened", runtime::show_time(alert.watch.opened));
    json.member("anchor", runtime::show_time(alert.watch.anchor));
    json.member("from", runtime::show_time(alert.watch.from));
    if (alert.watch.to != runtime::never) json.member("to", runtime::show_time(alert.watch.to));
    json.end_object();
    json.key("actions");
    json.begin_array();
    for (const runtime::Action& action : alert.actions) {
        std::string text = context.program.actions[action.action].name + "(";
        const std::vector<std::string> arguments = context.pseudonyms.arguments(action, context.program);
        json.text(fmt::format("{}{}){}", text, fmt::join(arguments, ", "),
                              action.begun_by.empty() ? "" : " in force, begun by " + action.begun_by));
    }
    json.end_array();
    json.end_object();
}

} // namespace

void append_ocsf(std::string& out, const Alert& alert, const AlertContext& context) {
    const bool ends = alert.kind == runtime::RecordKind::action_end;
    const int activity = ends ? activity_close : activity_create;
    const std::string subject = context.pseudonyms.person(alert.subject);
    JsonWriter json{out};
    json.begin_object();
    json.member("activity_id", activity);
    json.member("activity_name", ends ? "Close" : "Create");
    json.member("category_uid", category_findings);
    json.member("category_name", "Findings");
    json.member("class_uid", class_detection_finding);
    json.member("class_name", "Detection Finding");
    json.member("type_uid", class_detection_finding * 100 + activity);
    json.member("time", milliseconds(alert.time));
    json.member("severity_id", severity_id(alert.level));
    json.member("severity", severity(alert.level));
    json.member("status_id", ends ? status_resolved : status_new);
    json.member("is_alert", !ends);
    json.member("risk_score", static_cast<std::int64_t>(std::llround(std::clamp(alert.score, 0.0, 1e15))));
    add_metadata(json);
    add_finding(json, alert, context);
    json.key("resources");
    json.begin_array();
    json.begin_object();
    json.member("uid", subject);
    json.member("type", "User");
    json.end_object();
    json.end_array();
    add_evidences(json, alert, context, subject);
    add_unmapped(json, alert, context);
    json.end_object();
    out += '\n';
}

} // namespace watchword::stdlib
