// The summary in words: only lines that have something to say, the unusual ones last, where they are seen.
#include "stdlib/run_summary.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::stdlib {

namespace {

using runtime::level_names;

std::string grouped(std::uint64_t number) {
    std::string digits = fmt::format("{}", number);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, " ");
    return digits;
}

std::string bytes_text(std::uint64_t bytes) {
    if (bytes < 1'000'000) return fmt::format("{} kB", (bytes + 999) / 1000);
    if (bytes < 1'000'000'000) return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
    return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9);
}

std::string counted(std::uint64_t number, std::string_view one) {
    return fmt::format("{} {}{}", grouped(number), one, number == 1 ? "" : "s");
}

/// To the two largest units, so that delays of days do not show microseconds.
std::string rough(runtime::Duration duration) {
    const runtime::Duration unit = duration >= runtime::one_day      ? runtime::one_hour
                                   : duration >= runtime::one_hour   ? runtime::one_minute
                                   : duration >= runtime::one_second ? runtime::one_second
                                                                     : 1;
    return runtime::show_duration(duration / unit * unit);
}

void append_line(std::string& out, std::string_view name, const std::string& text) {
    out += fmt::format("{:<13} {}\n", name, runtime::harmless(text));
}

/// Not the whole of a long record.
std::string shortened(std::string_view record) {
    constexpr std::size_t most = 160;
    std::string result{record.substr(0, most)};
    return record.size() > most ? result + "…" : result;
}

std::string list_levels(const std::array<std::uint64_t, level_names.size()>& counts) {
    std::string result;
    for (std::size_t i = level_names.size(); i-- > 0;)
        if (counts[i] != 0) result += fmt::format("{}{} {}", result.empty() ? "" : ", ", counts[i], level_names[i]);
    return result;
}

std::string list_names(const std::map<std::string, std::uint64_t, std::less<>>& counts) {
    std::vector<std::pair<std::string, std::uint64_t>> rows(counts.begin(), counts.end());
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string result;
    for (std::size_t i = 0; i < rows.size() && i < 8; ++i)
        result += fmt::format("{}{} ({})", i == 0 ? "" : ", ", rows[i].first, rows[i].second);
    return rows.size() > 8 ? result + fmt::format(" and {} more", rows.size() - 8) : result;
}

void append_alerts(std::string& out, const RunSummary& summary, const runtime::Program& program) {
    append_line(out, "alerts", summary.alerts == 0 ? "none" : grouped(summary.alerts));
    for (std::size_t i = 0; i < summary.engine.policies.size(); ++i)
        if (const std::string levels = list_levels(summary.engine.policies[i].alerts); !levels.empty())
            append_line(out, "", fmt::format("{}: {}", program.policies[i].name, levels));
    if (const std::string levels = list_levels(summary.risk_alerts); !levels.empty())
        append_line(out, "", "risk: " + levels);
}

void append_triggers(std::string& out, const runtime::PolicyStatistics& policy, const std::string& name) {
    const std::array<std::pair<std::uint64_t, std::string_view>, 8> counts{{
        {policy.opened, "opened"},
        {policy.retriggered, "triggered again"},
        {policy.closed_by_event, "closed by an event"},
        {policy.closed_by_time, "closed at their end"},
        {policy.cancelled, "cancelled before they began"},
        {policy.not_covered, "triggers for people not covered"},
        {policy.already_over, "triggers whose time was over"},
        {policy.expired, "triggers after the policy's expiry"},
    }};
    std::string text;
    for (const auto& [count, meaning] : counts)
        if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(count), meaning);
    append_line(out, "", fmt::format("{}: {}", name, text.empty() ? "nothing" : text));
}

void append_policies(std::string& out, const RunSummary& summary, const runtime::Program& program) {
    std::string never_opened;
    std::uint64_t opened = 0;
    for (std::size_t i = 0; i < summary.engine.policies.size(); ++i) {
        opened += summary.engine.policies[i].opened;
        if (summary.engine.policies[i].opened == 0)
            never_opened += (never_opened.empty() ? "" : ", ") + program.policies[i].name;
    }
    append_line(out, "watches", fmt::format("{} opened", grouped(opened)));
    for (std::size_t i = 0; i < summary.engine.policies.size(); ++i) {
        const runtime::PolicyStatistics& policy = summary.engine.policies[i];
        if (policy.opened + policy.not_covered + policy.already_over + policy.expired != 0)
            append_triggers(out, policy, program.policies[i].name);
    }
    if (!never_opened.empty()) append_line(out, "never opened", never_opened);
    for (std::size_t i = 0; i < summary.engine.policies.size(); ++i) {
        const runtime::PolicyStatistics& policy = summary.engine.policies[i];
        const std::string& name = program.policies[i].name;
        if (const runtime::NoticeDelays& delays = policy.notice_delays; delays.count() != 0)
            append_line(out, "timely",
                        fmt::format("{}: {} after the date they name, by {} in the middle, {} at worst", name,
                                    counted(delays.count(), "notice"), rough(delays.median()), rough(delays.worst())));
        if (policy.excepted != 0)
            append_line(out, "excepted", fmt::format("{}: {}", name, counted(policy.excepted, "event")));
        if (policy.history_truncated != 0)
            append_line(out, "history",
                        fmt::format("{}: {} opened with part of the kept history dropped", name,
                                    counted(policy.history_truncated, "watch")));
    }
}

void append_rejections(std::string& out, const RunSummary& summary, const Pseudonyms& pseudonyms) {
    const InputStatistics& input = summary.input;
    if (input.rejected != 0) append_line(out, "rejected", counted(input.rejected, "record"));
    for (const auto& [reason, rejection] : input.rejections) {
        append_line(
            out, "",
            fmt::format("{} × {}, first {}:{}", grouped(rejection.count), reason, rejection.file, rejection.line));
        if (pseudonyms.reveals() && !rejection.record.empty()) append_line(out, "", "  " + shortened(rejection.record));
    }
    if (!input.unknown_types.empty()) append_line(out, "unknown types", list_names(input.unknown_types));
    if (input.late != 0) append_line(out, "late", fmt::format("{} dropped", counted(input.late, "record")));
    if (input.late_kept != 0)
        append_line(
            out, "late",
            fmt::format("{} about people kept, at the time they became known", counted(input.late_kept, "record")));
    if (input.unmatched != 0)
        append_line(out, "unmatched",
                    fmt::format("{} of a foreign form that no `emit` wanted", counted(input.unmatched, "record")));
    if (summary.engine.without_subject != 0)
        append_line(out, "nobody",
                    fmt::format("{} without a person", counted(summary.engine.without_subject, "event")));
    if (summary.engine.unknown_people != 0) {
        std::string samples;
        for (const std::string& account : summary.unknown_accounts)
            samples += (samples.empty() ? ", such as " : ", ") + pseudonyms.person(account);
        append_line(out, "unknown",
                    fmt::format("{} of people whom the roster does not know{}",
                                counted(summary.engine.unknown_people, "event"), samples));
    }
    if (summary.history_file_bytes != 0)
        append_line(out, "history",
                    fmt::format("up to {} kept in a temporary file", bytes_text(summary.history_file_bytes)));
    if (summary.engine.history_dropped != 0)
        append_line(out, "history",
                    fmt::format("{} dropped for want of room", counted(summary.engine.history_dropped, "kept event")));
    if (!input.unknown_fields.empty()) append_line(out, "unread fields", list_names(input.unknown_fields));
    for (const std::string& note : input.notes) append_line(out, "note", note);
}

} // namespace

std::uint64_t RunSummary::alerts_from(runtime::Level level) const {
    std::uint64_t result = 0;
    for (auto i = static_cast<std::size_t>(level); i < level_names.size(); ++i) {
        result += risk_alerts[i];
        for (const runtime::PolicyStatistics& policy : engine.policies) result += policy.alerts[i];
    }
    return result;
}

void append_summary_text(std::string& out, const RunSummary& summary, const runtime::Program& program,
                         const Pseudonyms& pseudonyms) {
    const double rate = summary.seconds > 0 ? static_cast<double>(summary.input.records) / summary.seconds : 0;
    append_line(out, "read",
                fmt::format("{}, {}, in {:.1f} s ({} a second)", counted(summary.input.records, "record"),
                            bytes_text(summary.input.bytes), summary.seconds,
                            grouped(static_cast<std::uint64_t>(rate))));
    std::string events = counted(summary.engine.events, "event");
    if (summary.first <= summary.last)
        events += fmt::format(" from {} to {}", runtime::show_time(summary.first), runtime::show_time(summary.last));
    if (summary.input.unused != 0) events += fmt::format("; {} that no policy reads", grouped(summary.input.unused));
    append_line(out, "events", events);
    if (summary.has_roster) append_line(out, "people", fmt::format("{} in the roster", grouped(summary.employees)));
    append_policies(out, summary, program);
    append_alerts(out, summary, program);
    append_rejections(out, summary, pseudonyms);
}

} // namespace watchword::stdlib
