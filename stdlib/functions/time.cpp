// Functions of time. What depends on where somebody is uses the person's zone, else the module's.
#include "runtime/civil.hpp"
#include "runtime/text.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/functions/signature.hpp"

#include <algorithm>

namespace watchword::stdlib {

namespace {

using runtime::Zone;

/// Microseconds since the local 00:00.
std::int64_t local_time_of_day(const Value& time, FunctionContext& context) {
    const std::int64_t rest = Zone(context.zone).to_local(time.integer) % runtime::one_day;
    return rest < 0 ? rest + runtime::one_day : rest;
}

std::int32_t day_number(const Value& time, FunctionContext& context) {
    return runtime::local_day(time.integer, Zone(context.zone));
}

Value hour(const Value* a, FunctionContext& context) noexcept {
    return Value::of(local_time_of_day(a[0], context) / runtime::one_hour);
}
Value minute(const Value* a, FunctionContext& context) noexcept {
    return Value::of(local_time_of_day(a[0], context) / runtime::one_minute % 60);
}
Value time_of_day(const Value* a, FunctionContext& context) noexcept {
    return Value::of(local_time_of_day(a[0], context));
}
Value weekday(const Value* a, FunctionContext& context) noexcept {
    return Value::of(runtime::weekday(day_number(a[0], context)) + 1);
}
constexpr std::string_view day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
Value day_name(const Value* a, FunctionContext& context) noexcept {
    return Value::of(day_names[runtime::weekday(day_number(a[0], context))]);
}
bool is_in_a_day_name(std::string_view part) {
    return std::any_of(std::begin(day_names), std::end(day_names),
                       [&](std::string_view name) { return name.find(part) != std::string_view::npos; });
}
Value date(const Value* a, FunctionContext& context) noexcept {
    return Value::of(Zone(context.zone).from_local(day_number(a[0], context) * runtime::one_day));
}
Value day(const Value* a, FunctionContext& context) noexcept {
    return Value::of(runtime::civil_from_days(day_number(a[0], context)).day);
}
Value month(const Value* a, FunctionContext& context) noexcept {
    return Value::of(runtime::civil_from_days(day_number(a[0], context)).month);
}
Value year(const Value* a, FunctionContext& context) noexcept {
    return Value::of(runtime::civil_from_days(day_number(a[0], context)).year);
}

double in_units(const Value& duration, std::int64_t unit) {
    return static_cast<double>(duration.integer) / static_cast<double>(unit);
}
Value days(const Value* a, FunctionContext&) noexcept { return Value::of(in_units(a[0], runtime::one_day)); }
Value hours(const Value* a, FunctionContext&) noexcept { return Value::of(in_units(a[0], runtime::one_hour)); }
Value minutes(const Value* a, FunctionContext&) noexcept { return Value::of(in_units(a[0], runtime::one_minute)); }
Value seconds(const Value* a, FunctionContext&) noexcept { return Value::of(in_units(a[0], runtime::one_second)); }

// Times outside the years 0001 to 9999 are no times: events cannot have them, and arithmetic on them would overflow.
/// `count` units after the day that `since` numbers.
Value after_day(std::int64_t since, std::int64_t count, std::int64_t unit) {
    const std::int64_t first = runtime::days_from_civil(1, 1, 1) * runtime::one_day;
    const std::int64_t end = (runtime::days_from_civil(9999, 12, 31) + 1) * runtime::one_day;
    std::int64_t time = 0;
    if (__builtin_mul_overflow(count, unit, &time) || __builtin_add_overflow(time, since * runtime::one_day, &time))
        return Value::absent();
    return time < first || time >= end ? Value::absent() : Value::of(time);
}
Value from_epoch(const Value* a, FunctionContext&) noexcept { return after_day(0, a[0].integer, runtime::one_second); }
Value from_epoch_milliseconds(const Value* a, FunctionContext&) noexcept { return after_day(0, a[0].integer, 1000); }
/// 100-nanosecond intervals since 1601-01-01 (Microsoft, "File Times").
Value from_filetime(const Value* a, FunctionContext&) noexcept {
    if (a[0].integer < 0) return Value::absent();
    return after_day(runtime::days_from_civil(1601, 1, 1), a[0].integer / 10, 1);
}
Value epoch(const Value* a, FunctionContext&) noexcept {
    const std::int64_t time = a[0].integer;
    return Value::of(time / runtime::one_second - (time % runtime::one_second < 0 ? 1 : 0));
}

Value parse_time(const Value* a, FunctionContext& context) noexcept {
    return value_of(runtime::parse_time(a[0].text(), context.zone));
}
Value parse_time_by_format(const Value* a, FunctionContext& context) noexcept {
    return value_of(runtime::parse_time(a[0].text(), a[1].text(), context.zone));
}
Value parse_time_in_zone(const Value* a, FunctionContext&) noexcept {
    if (!runtime::is_zone(a[2].text())) return Value::absent();
    return value_of(runtime::parse_time(a[0].text(), a[1].text(), a[2].text()));
}

std::string problem_of_format(std::size_t argument, Value value) {
    if (argument == 1) return runtime::problem_of_time_format(value.text());
    return argument == 2 && !runtime::is_zone(value.text()) ? "this is no zone such as `Europe/Berlin`" : "";
}

std::vector<FunctionRow> parsing_functions() {
    return {
        {"parse_time",
         {a_text},
         maybe(a_time),
         parse_time,
         "parse_time(text text) time?",
         "The time in RFC 3339 and its near relatives (`2026-01-20 10:48`, `2026-01-20`); without an offset it is "
         "local.",
         R"(parse_time("2026-01-20T10:48:00+05:30"))",
         "2026-01-20T05:18:00+00:00"},
        {"parse_time",
         {a_text, a_text},
         maybe(a_time),
         parse_time_by_format,
         "parse_time(text text, format text) time?",
         "The time in a format of %Y %m %d %e %y %j %b %B %a %A %H %I %p %M %S %z %T %R %F %s %% and literal text.",
         R"(parse_time("03/04/2010 07:05:00", "%m/%d/%Y %H:%M:%S"))",
         "2010-03-04T07:05:00+00:00",
         problem_of_format},
        {"parse_time",
         {a_text, a_text, a_text},
         maybe(a_time),
         parse_time_in_zone,
         "parse_time(text text, format text, zone text) time?",
         "The same, where a time without an offset is local in the zone; absent for an unknown zone.",
         R"(parse_time("4 Mar 2025 09:00", "%d %b %Y %H:%M", "Europe/Berlin"))",
         "2025-03-04T08:00:00+00:00",
         problem_of_format},
        {"from_epoch",
         {an_int},
         maybe(a_time),
         from_epoch,
         "from_epoch(seconds int) time?",
         "The time so many seconds after 1970-01-01; absent beyond year 9999.",
         "from_epoch(86400)",
         "1970-01-02"},
        {"from_epoch_milliseconds",
         {an_int},
         maybe(a_time),
         from_epoch_milliseconds,
         "from_epoch_milliseconds(milliseconds int) time?",
         "The time so many milliseconds after 1970-01-01; absent beyond year 9999.",
         "from_epoch_milliseconds(86_400_000)",
         "1970-01-02"},
        {"from_filetime",
         {an_int},
         maybe(a_time),
         from_filetime,
         "from_filetime(ticks int) time?",
         "The time of a Windows file time, in 100-nanosecond steps since 1601-01-01.",
         "from_filetime(116_444_736_000_000_000)",
         "1970-01-01"},
        {"epoch",
         {a_time},
         an_int,
         epoch,
         "epoch(time time) int",
         "Whole seconds since 1970-01-01.",
         "epoch(1970-01-02)",
         "86400"},
    };
}

} // namespace

std::vector<FunctionRow> time_functions() {
    std::vector<FunctionRow> rows{
        within({"hour",
                {a_time},
                an_int,
                hour,
                "hour(time time) int",
                "The hour by the person's clock, 0 to 23.",
                "hour(2025-03-04 18:30)",
                "18"},
               0, 23),
        within({"minute",
                {a_time},
                an_int,
                minute,
                "minute(time time) int",
                "The minute by the person's clock, 0 to 59.",
                "minute(2025-03-04 18:30)",
                "30"},
               0, 59),
        {"time_of_day",
         {a_time},
         a_time_of_day,
         time_of_day,
         "time_of_day(time time) time_of_day",
         "What the person's clock shows.",
         "time_of_day(2025-03-04 18:30)",
         "18:30"},
        within({"weekday",
                {a_time},
                an_int,
                weekday,
                "weekday(time time) int",
                "The day of the week where the person is, from 1, Monday, to 7, Sunday.",
                "weekday(2025-03-04)",
                "2"},
               1, 7),
        with_parts({"day_name",
                    {a_time},
                    a_text,
                    day_name,
                    "day_name(time time) text",
                    "The day of the week where the person is: mon tue wed thu fri sat sun.",
                    "day_name(2025-03-04)",
                    R"("tue")"},
                   is_in_a_day_name),
        {"date",
         {a_time},
         a_time,
         date,
         "date(time time) time",
         "The start of the day where the person is.",
         "date(2025-03-04 18:30)",
         "2025-03-04"},
        within({"day",
                {a_time},
                an_int,
                day,
                "day(time time) int",
                "The day of the month where the person is.",
                "day(2025-03-04)",
                "4"},
               1, 31),
        within({"month",
                {a_time},
                an_int,
                month,
                "month(time time) int",
                "The month where the person is.",
                "month(2025-03-04)",
                "3"},
               1, 12),
        {"year",
         {a_time},
         an_int,
         year,
         "year(time time) int",
         "The year where the person is.",
         "year(2025-03-04)",
         "2025"},
        {"days",
         {a_duration},
         a_real,
         days,
         "days(duration duration) real",
         "The duration as a number of days.",
         "days(36h)",
         "1.5"},
        {"hours",
         {a_duration},
         a_real,
         hours,
         "hours(duration duration) real",
         "The duration as a number of hours.",
         "hours(90m)",
         "1.5"},
        {"minutes",
         {a_duration},
         a_real,
         minutes,
         "minutes(duration duration) real",
         "The duration as a number of minutes.",
         "minutes(90s)",
         "1.5"},
        {"seconds",
         {a_duration},
         a_real,
         seconds,
         "seconds(duration duration) real",
         "The duration as a number of seconds.",
         "seconds(2m)",
         "120.0"},
    };
    for (FunctionRow& row : parsing_functions()) rows.push_back(std::move(row));
    return rows;
}

} // namespace watchword::stdlib
