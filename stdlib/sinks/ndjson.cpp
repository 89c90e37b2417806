// Alerts as JSON Lines: one object a record, keys always in the same order, so that equal runs give equal bytes.
#include "runtime/text.hpp"
#include "stdlib/sinks/json_writer.hpp"
#include "stdlib/sinks/sink.hpp"

#include <string>

namespace watchword::stdlib {

namespace {

using runtime::Alert;
using runtime::NamedValue;

void add_time(JsonWriter& json, std::string_view key, runtime::Time time) {
    json.key(key);
    if (time == runtime::never || time == runtime::beginning) return json.null();
    json.text(runtime::show_time(time));
}

void add_number(JsonWriter& json, std::string_view key, double value) {
    json.key(key);
    json.raw(runtime::show_score(value));
}

/// Numbers and truth values as JSON has them; the rest as the language writes it.
void add_value(JsonWriter& json, const NamedValue& value, const Pseudonyms& pseudonyms) {
    const std::string shown = pseudonyms.shown(value);
    if (pseudonyms.hides(value)) return json.text(shown);
    const bool is_number = (value.type.kind == runtime::Kind::integer && runtime::parse_integer(shown)) ||
                           (value.type.kind == runtime::Kind::real && runtime::parse_real(shown));
    const bool is_truth = value.type.kind == runtime::Kind::boolean && (shown == "true" || shown == "false");
    if (is_number || is_truth) return json.raw(shown);
    json.text(shown);
}

void add_values(JsonWriter& json, const std::vector<NamedValue>& values, const Pseudonyms& pseudonyms) {
    json.key("values");
    json.begin_object();
    for (const NamedValue& value : values) {
        json.key(value.label);
        add_value(json, value, pseudonyms);
    }
    json.end_object();
}

void add_watch(JsonWriter& json, const runtime::WatchRecord& watch, const Pseudonyms& pseudonyms) {
    json.key("watch");
    json.begin_object();
    add_time(json, "opened", watch.opened);
    add_time(json, "anchor", watch.anchor);
    add_time(json, "from", watch.from);
    add_time(json, "to", watch.to);
    json.member("history_truncated", watch.history_truncated);
    json.key("triggers");
    json.begin_array();
    for (const runtime::TriggerRecord& trigger : watch.triggers) {
        json.begin_object();
        json.member("type", trigger.type);
        json.member("event", trigger.event);
        add_time(json, "known", trigger.known);
        add_time(json, "stated", trigger.stated);
        add_time(json, "anchor", trigger.anchor);
        add_values(json, trigger.values, pseudonyms);
        json.end_object();
    }
    json.end_array();
    json.member("trigger_count", watch.trigger_count);
    json.end_object();
}

void add_hit(JsonWriter& json, const runtime::HitRecord& hit, const Pseudonyms& pseudonyms) {
    json.begin_object();
    add_time(json, "time", hit.time);
    json.member("lookback", hit.lookback);
    add_number(json, "points", hit.points);
    add_number(json, "share", hit.share);
    json.key("events");
    json.begin_array();
    for (const std::string& event : hit.events) json.text(event);
    json.end_array();
    json.member("event_count", hit.event_count);
    add_values(json, hit.values, pseudonyms);
    json.end_object();
}

void add_contributions(JsonWriter& json, const Alert& alert, const Pseudonyms& pseudonyms) {
    json.key("contributions");
    json.begin_array();
    for (const runtime::Contribution& contribution : alert.contributions) {
        json.begin_object();
        json.member("signal", contribution.signal);
        json.member("title", contribution.title);
        add_number(json, "points", contribution.points);
        add_number(json, "share", alert.score > 0 ? contribution.points / alert.score : 0);
        add_number(json, "raw", contribution.raw);
        json.member("capped", contribution.capped);
        json.key("hits");
        json.begin_array();
        for (const runtime::HitRecord& hit : contribution.hits) add_hit(json, hit, pseudonyms);
        json.end_array();
        json.member("hit_count", contribution.hit_count);
        json.end_object();
    }
    json.end_array();
}

void add_actions(JsonWriter& json, const Alert& alert, const AlertContext& context) {
    json.key("actions");
    json.begin_array();
    for (const runtime::Action& action : alert.actions) {
        const runtime::ActionPlan& plan = context.program.actions[action.action];
        json.begin_object();
        json.member("action", plan.name);
        json.member("kind", plan.is_state ? "state" : "once");
        if (!action.begun_by.empty()) json.member("begun_by", action.begun_by);
        json.key("arguments");
        json.begin_object();
        const std::vector<std::string> arguments = context.pseudonyms.arguments(action, context.program);
        for (std::size_t i = 0; i < arguments.size(); ++i) json.member(plan.parameters[i].first, arguments[i]);
        json.end_object();
        json.end_object();
    }
    json.end_array();
}

std::string_view cause_name(runtime::AlertCause cause) {
    switch (cause) {
    case runtime::AlertCause::level:
        return "level";
    case runtime::AlertCause::on_open:
        return "on open";
    case runtime::AlertCause::on_signal:
        return "on signal";
    }
    return {};
}

void add_alert(JsonWriter& json, const Alert& alert, const AlertContext& context) {
    const bool is_risk = alert.policy >= context.program.policies.size();
    const runtime::PolicyPlan* policy = is_risk ? nullptr : &context.program.policies[alert.policy];
    json.member("title", is_risk ? "Employee risk" : policy->title.empty() ? policy->name : policy->title);
    json.member("level", runtime::level_names[static_cast<std::size_t>(alert.level)]);
    add_number(json, "score", alert.score);
    add_time(json, "time", alert.time);
    json.member("subject", context.pseudonyms.person(alert.subject));
    json.key("cause");
    json.begin_object();
    json.member("kind", cause_name(alert.cause));
    json.member("text", alert.cause_text);
    json.end_object();
    json.member("event", alert.event);
    add_watch(json, alert.watch, context.pseudonyms);
    add_contributions(json, alert, context.pseudonyms);
    json.key("boosters");
    json.begin_object();
    add_number(json, "factor", alert.booster);
    json.key("holding");
    json.begin_array();
    for (const std::string& booster : alert.boosters) json.text(booster);
    json.end_array();
    json.end_object();
    json.member("capped", alert.capped);
    add_actions(json, alert, context);
    json.key("tags");
    json.begin_array();
    if (policy != nullptr)
        for (const std::string& tag : policy->tags) json.text(tag);
    json.end_array();
    json.member("policy_id", policy != nullptr ? policy->id : std::string{"risk"});
    json.member("policy_version", policy != nullptr ? policy->version : std::string{});
}

/// Says that what the alert `id` began is over.
void add_action_end(JsonWriter& json, const Alert& alert, const AlertContext& context) {
    json.member("ends", true);
    add_time(json, "time", alert.time);
    json.member("subject", context.pseudonyms.person(alert.subject));
    json.member("event", alert.event);
    add_actions(json, alert, context);
}

} // namespace

void append_ndjson(std::string& out, const Alert& alert, const AlertContext& context) {
    JsonWriter json{out};
    json.begin_object();
    json.member("id", alert.id);
    json.member("policy", policy_name(alert, context.program));
    if (alert.kind == runtime::RecordKind::action_end)
        add_action_end(json, alert, context);
    else
        add_alert(json, alert, context);
    json.end_object();
    out += '\n';
}

} // namespace watchword::stdlib
