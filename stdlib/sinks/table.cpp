// Alerts for a reader on a terminal: who, what, why now, and every hit with the values that it compared.
#include "runtime/text.hpp"
#include "stdlib/sinks/sink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace watchword::stdlib {

namespace {

using runtime::Alert;

constexpr std::size_t bar_cells = 20;
constexpr std::size_t shown_events = 4;

std::string_view level_color(runtime::Level level) {
    switch (level) {
    case runtime::Level::info:
        return "\033[36m";
    case runtime::Level::low:
        return "\033[32m";
    case runtime::Level::medium:
        return "\033[33m";
    case runtime::Level::high:
        return "\033[31m";
    case runtime::Level::critical:
        return "\033[1;97;41m";
    }
    return {};
}

std::string upper(std::string_view word) {
    std::string result{word};
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

std::string painted(std::string text, std::string_view color, bool on) {
    return on ? fmt::format("{}{}\033[0m", color, text) : text;
}

/// `2025-03-04 18:00:00`, without the T and the Z: all times of a table are UTC, which its head says.
std::string show(runtime::Time time) {
    if (time == runtime::never) return "no end";
    std::string text = runtime::show_time(time);
    std::replace(text.begin(), text.end(), 'T', ' ');
    if (!text.empty() && text.back() == 'Z') text.pop_back();
    return text;
}

std::string bar(double points, double score) {
    const double part = score > 0 ? std::clamp(points / score, 0.0, 1.0) : 0;
    auto full = static_cast<std::size_t>(std::lround(part * bar_cells));
    if (points > 0) full = std::max<std::size_t>(full, 1);
    std::string result;
    for (std::size_t i = 0; i < bar_cells; ++i) result += i < full ? "█" : "░";
    return result;
}

std::string show_values(const std::vector<runtime::NamedValue>& values, const Pseudonyms& pseudonyms) {
    std::string result;
    for (const runtime::NamedValue& value : values)
        result += fmt::format("{}{} = {}", result.empty() ? "" : ", ", value.label,
                              runtime::harmless(pseudonyms.shown(value)));
    return result;
}

std::string show_events(const std::vector<std::string>& events, std::uint64_t count) {
    std::string result;
    const std::size_t first = events.size() > shown_events ? events.size() - shown_events : 0;
    for (std::size_t i = first; i < events.size(); ++i)
        result += fmt::format("{}{}", i == first ? "" : " ", runtime::harmless(events[i]));
    const std::uint64_t shown = events.size() - first;
    if (count > shown) result += fmt::format(" and {} before", count - shown);
    return result;
}

void append_line(std::string& out, std::string_view name, const std::string& text) {
    if (!text.empty()) out += fmt::format("  {:<11}{}\n", name, text);
}

void append_watch(std::string& out, const runtime::WatchRecord& watch, const Pseudonyms& pseudonyms) {
    for (const runtime::TriggerRecord& trigger : watch.triggers) {
        std::string text = fmt::format("{} on {}", trigger.type, show(trigger.known));
        if (trigger.stated != trigger.known) text += fmt::format(", stated as {}", show(trigger.stated));
        if (const std::string values = show_values(trigger.values, pseudonyms); !values.empty()) text += ", " + values;
        append_line(out, "because of", fmt::format("{}  [{}]", text, runtime::harmless(trigger.event)));
    }
    if (watch.trigger_count > watch.triggers.size())
        append_line(out, "", fmt::format("and {} more triggers", watch.trigger_count - watch.triggers.size()));
    if (watch.triggers.empty()) return;
    append_line(out, "watched",
                fmt::format("{} to {}{}", show(watch.from), show(watch.to),
                            watch.history_truncated ? "; some kept history was dropped" : ""));
}

void append_hit(std::string& out, const runtime::HitRecord& hit, const Pseudonyms& pseudonyms) {
    out += fmt::format("              {}  {:>8}", show(hit.time), "+" + runtime::show_score(hit.points));
    if (hit.lookback) out += "  (looking back)";
    if (const std::string values = show_values(hit.values, pseudonyms); !values.empty()) out += "  " + values;
    out += fmt::format("  [{}]\n", show_events(hit.events, hit.event_count));
}

void append_contributions(std::string& out, const Alert& alert, const AlertContext& context) {
    for (const runtime::Contribution& contribution : alert.contributions) {
        const std::string title = contribution.title.empty()
                                      ? contribution.signal
                                      : fmt::format("{} ({})", contribution.title, contribution.signal);
        out += fmt::format("  {:>8}  {}  {}{}\n", runtime::show_score(contribution.points),
                           bar(contribution.points, alert.score), title, contribution.capped ? ", at its cap" : "");
        if (contribution.hit_count > contribution.hits.size())
            out += fmt::format("              {} earlier hits\n", contribution.hit_count - contribution.hits.size());
        for (const runtime::HitRecord& hit : contribution.hits) append_hit(out, hit, context.pseudonyms);
    }
}

std::string show_actions(const Alert& alert, const AlertContext& context) {
    std::string result;
    for (const runtime::Action& action : alert.actions) {
        result += fmt::format("{}{}({}){}", result.empty() ? "" : ", ", context.program.actions[action.action].name,
                              runtime::harmless(fmt::format(
                                  "{}", fmt::join(context.pseudonyms.arguments(action, context.program), ", "))),
                              action.begun_by.empty() ? "" : ", in force already");
    }
    return result;
}

void append_alert(std::string& out, const Alert& alert, const AlertContext& context) {
    const bool is_risk = alert.policy >= context.program.policies.size();
    const std::string_view name = policy_name(alert, context.program);
    std::string title{is_risk ? "Employee risk" : context.program.policies[alert.policy].title};
    if (title.empty()) title = name;
    const std::string level = upper(runtime::level_names[static_cast<std::size_t>(alert.level)]);
    out += fmt::format("{}  {}  {}  {} UTC", painted(level, level_color(alert.level), context.color),
                       painted(title, "\033[1m", context.color),
                       runtime::harmless(context.pseudonyms.person(alert.subject)), show(alert.time));
    if (alert.score > 0) out += fmt::format("  score {}", runtime::show_score(alert.score));
    out += '\n';
    append_line(out, "why now", fmt::format("{}  [{}]", alert.cause_text, runtime::harmless(alert.event)));
    append_watch(out, alert.watch, context.pseudonyms);
    append_contributions(out, alert, context);
    if (!alert.boosters.empty()) {
        std::string reasons;
        for (const std::string& booster : alert.boosters) reasons += (reasons.empty() ? "" : "; ") + booster;
        append_line(out, "boosted", fmt::format("times {}: {}", runtime::show_real(alert.booster), reasons));
    }
    if (alert.capped) append_line(out, "capped", "the score is at its policy's maximum");
    append_line(out, "asks for", show_actions(alert, context));
    append_line(out, "alert", fmt::format("{}  {}", alert.id, name));
    out += '\n';
}

} // namespace

void append_table(std::string& out, const Alert& alert, const AlertContext& context) {
    if (alert.kind == runtime::RecordKind::alert) return append_alert(out, alert, context);
    out += fmt::format("{}  {}  {} UTC\n", painted("OVER", "\033[2m", context.color),
                       runtime::harmless(context.pseudonyms.person(alert.subject)), show(alert.time));
    append_line(out, "ends", show_actions(alert, context));
    append_line(out, "alert", fmt::format("{}  {}", alert.id, policy_name(alert, context.program)));
    out += '\n';
}

} // namespace watchword::stdlib
