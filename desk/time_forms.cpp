#include "desk/time_forms.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watchword::desk {

namespace {

struct DateForm {
    std::string_view format;
    std::string_view exchanged; ///< what a reader of the other habit would take it for; empty: nothing else
};

constexpr std::array<DateForm, 17> dates{{
    {"%m/%d/%Y", "%d/%m/%Y"}, // where both fit and nothing else tells, the first counts
    {"%d/%m/%Y", "%m/%d/%Y"},
    {"%m/%d/%y", "%d/%m/%y"},
    {"%d/%m/%y", "%m/%d/%y"},
    {"%m-%d-%Y", "%d-%m-%Y"},
    {"%d-%m-%Y", "%m-%d-%Y"},
    {"%d.%m.%Y", ""},
    {"%d.%m.%y", ""},
    {"%Y-%m-%d", ""},
    {"%Y/%m/%d", ""},
    {"%Y%m%d", ""},
    {"%d %b %Y", ""},
    {"%d-%b-%Y", ""},
    {"%d-%b-%y", ""},
    {"%b %d, %Y", ""},
    {"%b %d %Y", ""},
    {"%a %d %b %Y", ""},
}};
constexpr std::array<std::string_view, 5> clocks{"%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H:%M:%S %z"};
/// Of web servers' logs, and of `ctime`.
constexpr std::array<std::string_view, 2> others{"%d/%b/%Y:%H:%M:%S %z", "%a %b %e %H:%M:%S %Y"};

} // namespace

TimeForms::TimeForms() {
    const auto add = [&](std::string format, std::string exchanged, bool has_clock) {
        Candidate& candidate = left_.emplace_back();
        candidate.format = std::move(format);
        candidate.exchanged = std::move(exchanged);
        candidate.has_clock = has_clock;
    };
    for (const DateForm& date : dates) {
        for (const std::string_view between : {" ", ", "})
            for (const std::string_view clock : clocks)
                add(fmt::format("{}{}{}", date.format, between, clock),
                    date.exchanged.empty() ? "" : fmt::format("{}{}{}", date.exchanged, between, clock), true);
        add(std::string(date.format), std::string(date.exchanged), false);
    }
    for (const std::string_view other : others) add(std::string(other), "", true);
}

void TimeForms::learn(std::string_view value) {
    std::erase_if(left_, [&](Candidate& candidate) {
        const auto time = runtime::parse_time(value, candidate.format, "");
        if (!time) return true;
        if (!is_first_) {
            candidate.steps_up += *time > candidate.last ? 1 : 0;
            candidate.steps_down += *time < candidate.last ? 1 : 0;
        }
        candidate.last = *time;
        return false;
    });
    is_first_ = false;
}

TimeForm TimeForms::best() const {
    TimeForm form;
    if (left_.empty() || is_first_) return form;
    const auto best = std::min_element(left_.begin(), left_.end(), [](const Candidate& one, const Candidate& other) {
        return one.turns() < other.turns();
    });
    form.format = best->format;
    form.has_clock = best->has_clock;
    for (const Candidate& candidate : left_) {
        if (candidate.format != best->exchanged) continue;
        form.exchanged = candidate.format;
        form.told_by_order = best->turns() < candidate.turns();
    }
    return form;
}

ClockForms::ClockForms() : left_(clocks.begin(), clocks.end()) {}

void ClockForms::learn(std::string_view value) {
    std::erase_if(left_, [&](std::string_view clock) {
        return !runtime::parse_time(fmt::format("2000-01-01 {}", value), fmt::format("%Y-%m-%d {}", clock), "");
    });
}

} // namespace watchword::desk
