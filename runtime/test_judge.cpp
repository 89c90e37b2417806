// Expectations about alerts: what is left out matches anything; a level is exact unless `or above` is said.
#include "runtime/test_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace watchword::runtime {

namespace {

bool has_signal(const Alert& alert, const std::string& name) {
    const auto is_named = [&](std::string_view signal) {
        return signal == name || (signal.starts_with(name) && signal.substr(name.size()).starts_with("("));
    };
    if (alert.cause == AlertCause::on_signal && alert.cause_text.starts_with("on ") &&
        is_named(std::string_view{alert.cause_text}.substr(3)))
        return true;
    return std::any_of(alert.contributions.begin(), alert.contributions.end(), [&](const Contribution& contribution) {
        return is_named(contribution.signal) && contribution.hit_count > 0;
    });
}

bool matches_level(const Alert& alert, const TestExpectation& expectation) {
    if (!expectation.level) return true;
    return expectation.or_above ? alert.level >= *expectation.level : alert.level == *expectation.level;
}

bool matches_policy(const Alert& alert, const TestExpectation& expectation) {
    return !expectation.policy || alert.policy == *expectation.policy;
}

bool matches_reasons(const Alert& alert, const TestExpectation& expectation) {
    return std::all_of(expectation.because.begin(), expectation.because.end(),
                       [&](const std::string& signal) { return has_signal(alert, signal); });
}

/// How many parts of the expectation an alert of another kind meets; for the nearest miss.
int closeness(const Alert& alert, const TestExpectation& expectation, const std::optional<std::string>& person) {
    int result = matches_policy(alert, expectation) ? 8 : 0;
    result += !person || alert.subject == *person ? 4 : 0;
    result += matches_level(alert, expectation) ? 2 : 0;
    result += matches_reasons(alert, expectation) ? 1 : 0;
    result += !expectation.at || alert.time == *expectation.at ? 2 : 0;
    return result;
}

std::string nearest_miss(const Program& program, const TestExpectation& expectation, std::span<const Alert> alerts,
                         const std::optional<std::string>& person) {
    const Alert* best = nullptr;
    int best_closeness = 0;
    for (const Alert& alert : alerts) {
        if (alert.kind != RecordKind::alert) continue;
        if (const int near = closeness(alert, expectation, person); best == nullptr || near > best_closeness) {
            best = &alert;
            best_closeness = near;
        }
    }
    if (best == nullptr) return "there was no alert at all";
    std::string because;
    if (!matches_reasons(*best, expectation)) {
        for (const Contribution& contribution : best->contributions)
            because += (because.empty() ? "" : ", ") + contribution.signal;
        because = because.empty() ? ", without any signal" : ", because of " + because;
    }
    return fmt::format("there was none; the nearest is {}{}", show_alert(program, *best), because);
}

std::optional<std::string> employee_id(const TestExpectation& expectation, Roster& roster) {
    if (!expectation.person) return std::nullopt;
    return std::string{roster.id(roster.resolve(*expectation.person))};
}

std::string judge_nothing_else(const Program& program, const TestPlan& plan, std::span<const Alert> alerts,
                               Roster& roster) {
    for (const Alert& alert : alerts) {
        if (alert.kind != RecordKind::alert) continue;
        const bool expected =
            std::any_of(plan.expectations.begin(), plan.expectations.end(), [&](const TestExpectation& other) {
                return other.what == Expect::alert && matches(alert, other, employee_id(other, roster));
            });
        if (!expected) return fmt::format("there was {} too", show_alert(program, alert));
    }
    return {};
}

} // namespace

bool matches(const Alert& alert, const TestExpectation& expectation, const std::optional<std::string>& person) {
    return alert.kind == RecordKind::alert && matches_policy(alert, expectation) &&
           (!person || alert.subject == *person) && matches_level(alert, expectation) &&
           (!expectation.at || alert.time == *expectation.at) && matches_reasons(alert, expectation);
}

std::string judge_alerts(const Program& program, const TestPlan& plan, const TestExpectation& expectation,
                         std::span<const Alert> alerts, Roster& roster) {
    if (expectation.what == Expect::nothing_else) return judge_nothing_else(program, plan, alerts, roster);
    const std::optional<std::string> person = employee_id(expectation, roster);
    std::uint32_t count = 0;
    const Alert* last = nullptr;
    for (const Alert& alert : alerts) {
        if (!matches(alert, expectation, person)) continue;
        ++count;
        last = &alert;
    }
    if (expectation.what == Expect::no_alert)
        return count == 0 ? std::string{} : fmt::format("there was {}", show_alert(program, *last));
    if (expectation.times) {
        if (count == *expectation.times) return {};
        return count == 0 ? nearest_miss(program, expectation, alerts, person)
                          : fmt::format("there were {}, the last {}", count, show_alert(program, *last));
    }
    return count > 0 ? std::string{} : nearest_miss(program, expectation, alerts, person);
}

bool compare(Comparison comparison, double left, double right) {
    const double a = std::nearbyint(left * 1000);
    const double b = std::nearbyint(right * 1000);
    switch (comparison) {
    case Comparison::equal:
        return a == b;
    case Comparison::unequal:
        return a != b;
    case Comparison::less:
        return a < b;
    case Comparison::at_most:
        return a <= b;
    case Comparison::more:
        return a > b;
    case Comparison::at_least:
        return a >= b;
    }
    return false;
}

std::string show_alert(const Program& program, const Alert& alert) {
    const std::string policy = alert.policy < program.policies.size() ? program.policies[alert.policy].name : "risk";
    return fmt::format("{} {} for \"{}\" at {}, score {} ({})", policy,
                       level_names[static_cast<std::size_t>(alert.level)], alert.subject, show_time(alert.time),
                       show_score(alert.score), alert.cause_text);
}

} // namespace watchword::runtime
