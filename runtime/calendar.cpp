// Working time. Hours that pass midnight belong to the day they start on; holidays and weekdays are those of that day.
#include "runtime/interpreter.hpp"

#include <algorithm>

namespace watchword::runtime {

namespace {

/// One person's working time by one calendar, for as long as the attributes stay.
class Schedule {
public:
    Schedule(const Program& program, const CalendarPlan& plan, const Value* attributes, Interpreter& interpreter)
        : plan_(plan), interpreter_(interpreter) {
        frame_.attributes = attributes;
        zone_ = zone_of(program);
        const Value excepted = plan.except == no_code ? Value::absent() : interpreter.run_calendar(plan.except, frame_);
        never_ = excepted.extent != 0 && excepted.integer != 0;
    }

    bool is_never() const { return never_; }
    Zone zone() const { return zone_; }

    bool is_workday(std::int32_t day) const {
        return (plan_.days >> weekday(day) & 1) != 0 &&
               !std::binary_search(plan_.holidays.begin(), plan_.holidays.end(), day);
    }

    /// Calls `visit(from, to)` for each pair of hours that is known, in microseconds since the 00:00 that the hours
    /// belong to; `to` is beyond a day for hours that pass midnight. No hours at all: the whole day.
    template <class Visit>
    void each_hours(Visit visit) const {
        if (plan_.hours.empty()) visit(Time{0}, one_day);
        for (const auto& [from_code, to_code] : plan_.hours) {
            const Value from = interpreter_.run_calendar(from_code, frame_);
            const Value to = interpreter_.run_calendar(to_code, frame_);
            if (!from.present() || !to.present()) continue;
            visit(from.integer, to.integer > from.integer ? to.integer : to.integer + one_day);
        }
    }

private:
    Zone zone_of(const Program& program) const {
        if (plan_.zone != no_code) {
            const Value zone = interpreter_.run_calendar(plan_.zone, frame_);
            if (zone.extent != 0) return Zone(zone.text());
        }
        if (frame_.attributes != nullptr && program.employee.zone != no_slot) {
            const Value& zone = frame_.attributes[program.employee.zone];
            if (zone.extent != 0) return Zone(zone.text());
        }
        return Zone(program.zone);
    }

    const CalendarPlan& plan_;
    Interpreter& interpreter_;
    Frame frame_;
    Zone zone_;
    bool never_ = false;
};

} // namespace

bool is_working_time(const Program& program, std::uint32_t calendar, Time time, const Value* attributes,
                     Interpreter& interpreter) noexcept {
    const Schedule schedule(program, program.calendars[calendar], attributes, interpreter);
    if (schedule.is_never()) return false;
    const std::int32_t day = local_day(time, schedule.zone());
    const Time time_of_day = schedule.zone().to_local(time) - day * one_day;
    const bool today = schedule.is_workday(day), yesterday = schedule.is_workday(day - 1);
    bool working = false;
    schedule.each_hours([&](Time from, Time to) {
        working |= today && time_of_day >= from && time_of_day < to;
        working |= yesterday && time_of_day + one_day < to;
    });
    return working;
}

bool has_working_time(const Program& program, std::uint32_t calendar, Bucket bucket, const Value* attributes,
                      Interpreter& interpreter) noexcept {
    const Schedule schedule(program, program.calendars[calendar], attributes, interpreter);
    if (schedule.is_never() || bucket.begin >= bucket.end) return false;
    const std::int32_t first = local_day(bucket.begin, schedule.zone()) - 1;
    const std::int32_t last = std::min(local_day(bucket.end - 1, schedule.zone()), first + 16);
    bool working = false;
    for (std::int32_t day = first; day <= last && !working; ++day) {
        if (!schedule.is_workday(day)) continue;
        schedule.each_hours([&](Time from, Time to) {
            const Time begin = schedule.zone().from_local(day * one_day + from);
            const Time end = schedule.zone().from_local(day * one_day + to);
            working |= std::max(begin, bucket.begin) < std::min(end, bucket.end);
        });
    }
    return working;
}

} // namespace watchword::runtime
