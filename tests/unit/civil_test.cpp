// Civil time: offsets and their changes, days of 23 to 25 hours, buckets that leave no gap.
#include "runtime/civil.hpp"
#include "runtime/text.hpp"

#include <catch2/catch.hpp>

using namespace watchword::runtime;

namespace {

Time at(const char* text) { return parse_time(text, "").value(); }
Bucket between(const char* begin, const char* end) { return {at(begin), at(end)}; }

} // namespace

namespace Catch {
template <>
struct StringMaker<Bucket> {
    static std::string convert(const Bucket& bucket) {
        return show_time(bucket.begin) + " .. " + show_time(bucket.end);
    }
};
} // namespace Catch

TEST_CASE("zones are known by their IANA names") {
    CHECK(is_zone("UTC"));
    CHECK(is_zone("Europe/Berlin"));
    CHECK(is_zone("Asia/Kolkata"));
    for (const char* name : {"", "Europe/Berlln", "CEST", "../../etc/passwd", "\xff"}) CHECK_FALSE(is_zone(name));
    CHECK(Zone("nowhere").offset(0) == 0);
    CHECK(Zone().offset(0) == 0);
    CHECK(Zone("Asia/Kolkata").offset(at("2026-01-20")) == 5 * one_hour + 30 * one_minute);
    CHECK(Zone("Europe/Berlin").offset(at("2025-07-01")) == 2 * one_hour);
    CHECK(Zone("Europe/Berlin").offset(never) != 0);
    CHECK(Zone("Europe/Berlin").offset(beginning) != 0);
}

TEST_CASE("local times that come twice or never") {
    const Zone berlin("Europe/Berlin");
    CHECK(berlin.from_local(at("2025-10-26 02:30")) == at("2025-10-26 00:30")); // the earlier of two
    CHECK(berlin.from_local(at("2025-10-26 03:00")) == at("2025-10-26 02:00"));
    CHECK(berlin.from_local(at("2025-03-30 02:30")) == at("2025-03-30 01:00")); // skipped: the change itself
    CHECK(berlin.from_local(at("2025-03-30 03:00")) == at("2025-03-30 01:00"));
    CHECK(Zone("Pacific/Apia").from_local(at("2011-12-30 12:00")) == at("2011-12-30 10:00")); // a whole day is missing
}

TEST_CASE("days and weeks have the length that clocks give them") {
    const Zone berlin("Europe/Berlin");
    CHECK(day_of(at("2025-03-30 12:00"), berlin) == between("2025-03-29 23:00", "2025-03-30 22:00")); // 23 hours
    CHECK(day_of(at("2025-10-26 12:00"), berlin) == between("2025-10-25 22:00", "2025-10-26 23:00")); // 25 hours
    CHECK(week_of(at("2025-03-30 12:00"), berlin) == between("2025-03-23 23:00", "2025-03-30 22:00"));
    CHECK(week_of(at("1970-01-01"), Zone()) == between("1969-12-29", "1970-01-05"));
    CHECK(hour_of(at("2025-10-26 00:30"), berlin) == between("2025-10-26 00:00", "2025-10-26 01:00"));
    CHECK(hour_of(at("2025-10-26 01:30"), berlin) == between("2025-10-26 01:00", "2025-10-26 02:00"));
    CHECK(hour_of(at("2026-01-20 10:45"), Zone("Asia/Kolkata")) == between("2026-01-20 10:30", "2026-01-20 11:30"));
    CHECK(local_day(at("2026-01-20 20:00"), Zone("Asia/Kolkata")) == local_day(at("2026-01-21"), Zone()));
}

TEST_CASE("buckets hold their time and leave no gap, wherever clocks change") {
    for (const char* name : {"UTC", "Europe/Berlin", "America/New_York", "America/Havana", "America/Sao_Paulo",
                             "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca"}) {
        const Zone zone(name);
        for (Time time = at("2009-12-30"); time < at("2012-01-03"); time += 5 * one_hour + 7 * one_minute) {
            for (const auto& bucket_of : {hour_of, day_of, week_of}) {
                const Bucket bucket = bucket_of(time, zone);
                if (!(bucket.begin <= time && time < bucket.end)) FAIL(name << " " << show_time(time));
                if (bucket_of(bucket.begin, zone) != bucket || bucket_of(bucket.end - 1, zone) != bucket)
                    FAIL(name << " at the edges, " << show_time(time));
                if (bucket_of(bucket.end, zone).begin != bucket.end) FAIL(name << " after " << show_time(time));
            }
        }
    }
}

TEST_CASE("no time is out of reach") {
    for (const Time time : {never, beginning, Time{0}})
        for (const char* name : {"", "Europe/Berlin"}) {
            CHECK(day_of(time, Zone(name)).begin <= day_of(time, Zone(name)).end);
            CHECK(week_of(time, Zone(name)).begin <= week_of(time, Zone(name)).end);
            CHECK(hour_of(time, Zone(name)).begin <= hour_of(time, Zone(name)).end);
            CHECK_NOTHROW(local_day(time, Zone(name)));
            CHECK_NOTHROW(Zone(name).from_local(time));
        }
}

TEST_CASE("dates and day numbers") {
    CHECK(weekday(0) == 3); // a Thursday
    CHECK(weekday(-4) == 6);
    for (std::int64_t day = -800'000; day < 3'000'000; day += 97) {
        const Date date = civil_from_days(day);
        if (date.year < 1 || date.year > 9999) continue;
        if (days_from_civil(date.year, date.month, date.day) != day) FAIL(day);
    }
    const Date date = civil_from_days(days_from_civil(2024, 2, 29));
    CHECK(date.year == 2024);
    CHECK(date.month == 2);
    CHECK(date.day == 29);
}
