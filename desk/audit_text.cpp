// An audit as lines for a terminal, and as JSON.
#include "desk/audit.hpp"
#include "runtime/text.hpp"
#include "stdlib/sinks/json_writer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace watchword::desk {

namespace {

using runtime::PolicyPlan;
using runtime::Program;

std::string day(runtime::Time time) { return runtime::show_time(time).substr(0, 10); }

void line(std::string& out, std::string_view name, const std::string& text) {
    if (!text.empty()) out += fmt::format("  {:<12}{}\n", name, text);
}

void lines(std::string& out, std::string_view name, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) line(out, &text == &texts.front() ? name : "", text);
}

std::string fields_of(const ReadEvent& read) {
    std::string text;
    for (const ReadField& field : read.fields)
        text += fmt::format("{}{}{}", text.empty() ? "" : ", ", field.name, field.sensitive ? " (sensitive)" : "");
    return fmt::format("{} {{ {} }}", read.event, text);
}

std::string kept_events(const PolicyAudit& audit) {
    std::string text;
    for (const ReadEvent& read : audit.reads)
        if (read.kept) text += fmt::format("{}{}", text.empty() ? "" : ", ", read.event);
    return text;
}

void append_policy(std::string& out, const Program& program, const Audit& whole, const PolicyAudit& audit,
                   const PolicyHealth* health) {
    const PolicyPlan& plan = program.policies[audit.policy];
    out += fmt::format("{}{}\n", plan.name, plan.title.empty() ? "" : fmt::format("  \"{}\"", plan.title));
    line(out, "who", audit.covers.empty() ? "everybody" : audit.covers);
    lines(out, "where", audit.definitions);
    lines(out, "opened by", audit.opens);
    lines(out, "closed by", audit.closes);
    line(out, "at most", audit.longest ? runtime::show_duration(*audit.longest) : "no bound");
    line(out, "again", audit.retrigger);
    for (const ReadEvent& read : audit.reads) line(out, &read == &audit.reads.front() ? "reads" : "", fields_of(read));
    if (!audit.attributes.empty()) line(out, "", fmt::format("employee {{ {} }}", fmt::join(audit.attributes, ", ")));
    if (plan.looks_back > 0) {
        line(out, "keeps",
             fmt::format("the last {} of {}, sealed, of everybody it covers", runtime::show_duration(plan.looks_back),
                         kept_events(audit)));
        line(out, "", fmt::format("at most {} a person", memory_text(whole.history_bytes)));
    }
    lines(out, "in a watch", audit.remembers);
    line(out, "memory", memory_text(audit.memory));
    lines(out, "wider", audit.wider);
    for (const AuditedException& one : audit.exceptions)
        line(out, &one == &audit.exceptions.front() ? "except" : "",
             fmt::format("\"{}\", until {}, {}", one.reason, day(one.until), one.owner));
    lines(out, "says", audit.alerts);
    line(out, "purpose", plan.purpose);
    line(out, "basis", plan.basis);
    line(out, "owner", plan.owner);
    line(out, "until", plan.expires ? day(*plan.expires) : "no date");
    if (health != nullptr) {
        line(out, "opened",
             fmt::format("{} on {} of {} covered people, {}", counted(health->opened, "watch"), health->watched_people,
                         health->covered_people, counted(health->alerts, "alert")));
        lines(out, "health", health->findings.empty() ? std::vector<std::string>{"nothing found"} : health->findings);
    }
    out += '\n';
}

void append_texts(stdlib::JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
    json.key(key);
    json.begin_array();
    for (const std::string& text : texts) json.text(text);
    json.end_array();
}

void append_time(stdlib::JsonWriter& json, std::string_view key, std::optional<runtime::Time> time) {
    json.key(key);
    if (!time || *time == runtime::never || *time == runtime::beginning) return json.null();
    json.text(runtime::show_time(*time));
}

void append_seconds(stdlib::JsonWriter& json, std::string_view key, std::optional<runtime::Duration> duration) {
    json.key(key);
    if (!duration) return json.null();
    json.integer(*duration / runtime::one_second);
}

void append_reads(stdlib::JsonWriter& json, const PolicyAudit& audit) {
    json.key("reads");
    json.begin_array();
    for (const ReadEvent& read : audit.reads) {
        json.begin_object();
        json.member("event", read.event);
        json.member("kept", read.kept);
        json.key("fields");
        json.begin_array();
        for (const ReadField& field : read.fields) {
            json.begin_object();
            json.member("name", field.name);
            json.member("sensitive", field.sensitive);
            json.end_object();
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

void append_policy(stdlib::JsonWriter& json, const Program& program, const PolicyAudit& audit,
                   const PolicyHealth* health) {
    const PolicyPlan& plan = program.policies[audit.policy];
    json.begin_object();
    json.member("policy", plan.name);
    json.member("policy_id", plan.id);
    json.member("title", plan.title);
    json.member("version", plan.version);
    json.member("purpose", plan.purpose);
    json.member("basis", plan.basis);
    json.member("owner", plan.owner);
    append_time(json, "expires", plan.expires);
    json.member("covers", audit.covers);
    append_texts(json, "definitions", audit.definitions);
    append_texts(json, "opens", audit.opens);
    append_texts(json, "closes", audit.closes);
    append_seconds(json, "longest_seconds", audit.longest);
    json.member("retrigger", audit.retrigger);
    append_reads(json, audit);
    append_texts(json, "employee_attributes", audit.attributes);
    append_seconds(json, "looks_back_seconds", plan.looks_back);
    append_texts(json, "remembers", audit.remembers);
    json.member("watch_bytes", static_cast<std::uint64_t>(audit.memory.empty));
    json.member("bytes_per_record", static_cast<std::uint64_t>(audit.memory.per_record));
    append_texts(json, "wider_inputs", audit.wider);
    json.key("exceptions");
    json.begin_array();
    for (const AuditedException& one : audit.exceptions) {
        json.begin_object();
        json.member("reason", one.reason);
        json.member("owner", one.owner);
        append_time(json, "until", one.until);
        json.end_object();
    }
    json.end_array();
    append_texts(json, "alerts", audit.alerts);
    if (health != nullptr) {
        json.key("health");
        json.begin_object();
        json.member("opened", health->opened);
        json.member("watched_people", health->watched_people);
        json.member("covered_people", health->covered_people);
        json.member("alerts", health->alerts);
        append_texts(json, "findings", health->findings);
        json.end_object();
    }
    json.end_object();
}

const PolicyHealth* health_of(const Health* health, const PolicyAudit& audit) {
    return health == nullptr ? nullptr : &health->policies[audit.policy];
}

} // namespace

std::string audit_text(const Program& program, const Audit& audit, const Health* health) {
    std::string out;
    for (const PolicyAudit& one : audit.policies) append_policy(out, program, audit, one, health_of(health, one));
    if (health == nullptr) return out;
    out += counted(health->events, "event");
    if (health->events != 0) out += fmt::format(" from {} to {}", day(health->first), day(health->last));
    out += fmt::format(", {}\n", counted(health->people, "employee"));
    if (health->peak_watches != 0)
        out += fmt::format("at the most {} at a time, and {} for watches and kept history\n",
                           counted(health->peak_watches, "watch"), memory_text(health->peak_bytes));
    for (const std::string& finding : health->findings) out += fmt::format("{}\n", finding);
    return out;
}

std::string audit_json(const Program& program, const Audit& audit, const Health* health) {
    std::string out;
    stdlib::JsonWriter json{out};
    json.begin_object();
    json.member("history_bytes_per_person", static_cast<std::uint64_t>(audit.history_bytes));
    json.key("policies");
    json.begin_array();
    for (const PolicyAudit& one : audit.policies) append_policy(json, program, one, health_of(health, one));
    json.end_array();
    if (health != nullptr) {
        json.key("health");
        json.begin_object();
        json.member("events", health->events);
        append_time(json, "first", health->first);
        append_time(json, "last", health->last);
        json.member("employees", health->people);
        json.member("peak_watches", health->peak_watches);
        json.member("peak_bytes", static_cast<std::uint64_t>(health->peak_bytes));
        append_texts(json, "findings", health->findings);
        json.end_object();
    }
    json.end_object();
    out += '\n';
    return out;
}

} // namespace watchword::desk
