// The summary as one JSON object, for machines.
#include "runtime/text.hpp"
#include "stdlib/run_summary.hpp"
#include "stdlib/sinks/json_writer.hpp"

#include <fmt/format.h>

namespace watchword::stdlib {

namespace {

using runtime::level_names;

std::string_view end_name(RunEnd end) {
    switch (end) {
    case RunEnd::input_over:
        return "input over";
    case RunEnd::stopped:
        return "stopped";
    case RunEnd::input_failed:
        return "input failed";
    case RunEnd::limit:
        return "limit";
    case RunEnd::output_failed:
        return "output failed";
    case RunEnd::state_failed:
        return "state failed";
    case RunEnd::cancelled:
        return "cancelled";
    }
    return {};
}

void add_levels(JsonWriter& json, const std::array<std::uint64_t, level_names.size()>& counts) {
    json.key("alerts");
    json.begin_object();
    for (std::size_t i = 0; i < level_names.size(); ++i) json.member(level_names[i], counts[i]);
    json.end_object();
}

void add_counts(JsonWriter& json, std::string_view key,
                const std::map<std::string, std::uint64_t, std::less<>>& counts) {
    json.key(key);
    json.begin_object();
    for (const auto& [name, count] : counts) json.member(name, count);
    json.end_object();
}

void add_policy(JsonWriter& json, const runtime::PolicyStatistics& policy) {
    json.begin_object();
    json.member("opened", policy.opened);
    json.member("retriggered", policy.retriggered);
    json.member("not_covered", policy.not_covered);
    json.member("already_over", policy.already_over);
    json.member("expired", policy.expired);
    json.member("closed_by_event", policy.closed_by_event);
    json.member("closed_by_time", policy.closed_by_time);
    json.member("cancelled", policy.cancelled);
    json.member("hits", policy.hits);
    json.member("excepted", policy.excepted);
    json.member("history_truncated", policy.history_truncated);
    add_levels(json, policy.alerts);
    const runtime::NoticeDelays& delays = policy.notice_delays;
    json.key("notice_delays");
    json.begin_object();
    json.member("count", delays.count());
    json.member("median_seconds", delays.median() / runtime::one_second);
    json.member("worst_seconds", delays.worst() / runtime::one_second);
    json.end_object();
    json.end_object();
}

void add_rejections(JsonWriter& json, const InputStatistics& input) {
    json.member("rejected", input.rejected);
    json.key("rejections");
    json.begin_array();
    for (const auto& [reason, rejection] : input.rejections) {
        json.begin_object();
        json.member("reason", reason);
        json.member("count", rejection.count);
        json.member("file", rejection.file);
        json.member("line", rejection.line);
        json.end_object();
    }
    json.end_array();
}

void add_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
    json.key(key);
    json.begin_array();
    for (const std::string& text : texts) json.text(text);
    json.end_array();
}

void add_time(JsonWriter& json, std::string_view key, runtime::Time time) {
    json.key(key);
    if (time == runtime::never || time == runtime::beginning)
        json.null();
    else
        json.text(runtime::show_time(time));
}

} // namespace

void append_summary_json(std::string& out, const RunSummary& summary, const runtime::Program& program,
                         const Pseudonyms& pseudonyms) {
    JsonWriter json{out};
    json.begin_object();
    json.member("end", end_name(summary.end));
    json.key("seconds");
    json.raw(fmt::format("{:.3f}", summary.seconds));
    json.member("records", summary.input.records);
    json.member("bytes", summary.input.bytes);
    json.member("events", summary.engine.events);
    add_time(json, "first", summary.first);
    add_time(json, "last", summary.last);
    json.member("employees", std::uint64_t{summary.employees});
    json.member("alerts", summary.alerts);
    json.member("action_ends", summary.action_ends);
    json.key("policies");
    json.begin_object();
    for (std::size_t i = 0; i < summary.engine.policies.size(); ++i) {
        json.key(program.policies[i].name);
        add_policy(json, summary.engine.policies[i]);
    }
    json.end_object();
    json.key("risk");
    json.begin_object();
    add_levels(json, summary.risk_alerts);
    json.end_object();
    add_rejections(json, summary.input);
    add_counts(json, "unknown_types", summary.input.unknown_types);
    json.member("unused", summary.input.unused);
    json.member("unmatched", summary.input.unmatched);
    json.member("late", summary.input.late);
    json.member("late_kept", summary.input.late_kept);
    json.member("without_subject", summary.engine.without_subject);
    json.member("unknown_people", summary.engine.unknown_people);
    std::vector<std::string> accounts;
    for (const std::string& account : summary.unknown_accounts) accounts.push_back(pseudonyms.person(account));
    add_texts(json, "unknown_accounts", accounts);
    json.member("history_dropped", summary.engine.history_dropped);
    json.member("history_file_bytes", summary.history_file_bytes);
    add_counts(json, "unknown_fields", summary.input.unknown_fields);
    add_texts(json, "notes", summary.input.notes);
    add_texts(json, "errors", summary.input.errors);
    json.end_object();
    out += '\n';
}

} // namespace watchword::stdlib
