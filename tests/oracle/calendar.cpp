#include "tests/oracle/calendar.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace watchword::oracle {
namespace {

using namespace watchword::dsl;
using runtime::Time;

std::size_t day_number(std::string_view name) {
    static constexpr std::array<std::string_view, 7> names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

bool names_day(const CalendarDecl& decl, std::size_t weekday) {
    if (decl.days.empty()) return true;
    return std::ranges::any_of(decl.days, [&](const auto& range) {
        const std::size_t first = day_number(range.first.text), last = day_number(range.second.text);
        return (weekday + 7 - first) % 7 <= (last + 7 - first) % 7;
    });
}

/// One calendar, for one person, at one position of the input.
struct Clock {
    const CalendarInfo& info;
    const CalendarDecl& decl;
    Scope scope;
    runtime::Zone zone;

    Clock(const Scope& of, std::uint32_t calendar)
        : info(of.model.calendars[calendar]), decl(of.model.decl<CalendarDecl>(info.at)),
          scope(of.model, info.at.tree, of.people), zone(zone_of(of)) {
        scope.subject = of.subject;
        if (decl.zone == no_expr) return;
        const Datum named = evaluate(scope, decl.zone);
        if (named.present) zone = runtime::Zone(named.text);
    }

    bool is_workday(std::int32_t day) const {
        return names_day(decl, static_cast<std::size_t>(runtime::weekday(day))) &&
               std::ranges::find(info.holidays, day) == info.holidays.end();
    }

    bool works(Time time) const {
        if (decl.except != no_expr && holds(scope, decl.except)) return false;
        const std::int32_t day = runtime::local_day(time, zone);
        const Time since = zone.to_local(time) - day * runtime::one_day;
        if (decl.hours.empty()) return is_workday(day);
        return std::ranges::any_of(decl.hours, [&](const auto& hours) {
            const Datum from = evaluate(scope, hours.first), to = evaluate(scope, hours.second);
            if (!from.present || !to.present) return false;
            const Time end = to.integer > from.integer ? to.integer : to.integer + runtime::one_day;
            return (is_workday(day) && since >= from.integer && since < end) ||
                   (is_workday(day - 1) && since + runtime::one_day < end);
        });
    }
};

} // namespace

runtime::Zone zone_of(const Scope& scope) {
    const Fields* attributes = scope.people.attributes(scope.subject);
    if (scope.model.employee.zone != runtime::no_slot && attributes != nullptr) {
        const auto slot = static_cast<std::size_t>(scope.model.employee.zone);
        const auto found = attributes->find(scope.model.employee.attributes[slot].name);
        if (found != attributes->end() && found->second.present) return runtime::Zone(found->second.text);
    }
    return runtime::Zone(scope.model.zone);
}

bool is_working_time(const Scope& scope, std::uint32_t calendar, Time time) {
    return Clock(scope, calendar).works(time);
}

bool has_working_time(const Scope& scope, std::uint32_t calendar, runtime::Bucket bucket) {
    const Clock clock(scope, calendar);
    for (Time time = bucket.begin; time < bucket.end; time += 30 * runtime::one_minute)
        if (clock.works(time)) return true;
    return false;
}

} // namespace watchword::oracle
