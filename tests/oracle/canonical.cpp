// The text by which the oracle and the engine are compared.
#include "runtime/text.hpp"
#include "tests/oracle/oracle.hpp"

#include <fmt/format.h>

namespace watchword::oracle {
namespace {

std::string time(runtime::Time time) { return time == runtime::never ? "never" : runtime::show_time(time); }

std::string triggers(const runtime::WatchRecord& watch) {
    std::string text = fmt::format("{}:", watch.trigger_count);
    for (const runtime::TriggerRecord& trigger : watch.triggers)
        text += fmt::format(" {}{}@{}", trigger.type, trigger.type == "alert" ? "" : "/" + trigger.event,
                            time(trigger.anchor));
    return text;
}

std::string hit(const runtime::HitRecord& hit, bool with_events) {
    std::string text =
        fmt::format(" [{}{} +{}", time(hit.time), hit.lookback ? " lookback" : "", runtime::show_real(hit.points));
    for (const std::string& event : hit.events)
        if (with_events) text += " " + event;
    return text + "]";
}

} // namespace

std::string canonical(const runtime::Alert& alert, const std::vector<std::string>& policies,
                      const std::set<std::string>& windowed) {
    std::string cause = alert.cause == runtime::AlertCause::on_open     ? "on open"
                        : alert.cause == runtime::AlertCause::on_signal ? "on signal"
                                                                        : fmt::format("at {}", alert.threshold);
    std::string text = fmt::format(
        "{} {} {} {} ({}) score {} for {}\n  watch opened {} anchor {} from {} to {} triggers {}\n", time(alert.time),
        alert.phase == runtime::Phase::timer   ? "timer"
        : alert.phase == runtime::Phase::event ? alert.event
                                               : "absence",
        alert.policy < policies.size() ? policies[alert.policy] : "risk",
        runtime::level_names[static_cast<std::size_t>(alert.level)], cause, runtime::show_score(alert.score),
        alert.subject, time(alert.watch.opened), time(alert.watch.anchor), time(alert.watch.from), time(alert.watch.to),
        triggers(alert.watch));
    if (alert.policy >= policies.size()) return text; // the parts of a risk are scores of policies, compared already
    for (const runtime::Contribution& part : alert.contributions) {
        const std::string name = part.signal.substr(0, part.signal.find('('));
        text += fmt::format("  {} {} of {} hits:", name, runtime::show_score(part.points), part.hit_count);
        for (const runtime::HitRecord& one : part.hits) text += hit(one, !windowed.contains(name));
        text += '\n';
    }
    return text;
}

} // namespace watchword::oracle
