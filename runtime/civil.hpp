// Civil time: days, weeks and hours in a zone, with their changes of offset. The only place that reads the zone
// database.
#pragma once

#include "runtime/type.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace watchword::runtime {

/// A zone by its IANA name; cheap to copy, lives as long as the process. An unknown name is UTC (ask `is_zone` first).
class Zone {
public:
    Zone() = default; ///< UTC
    explicit Zone(std::string_view name);
    /// Offset from UTC in force at `time`.
    Duration offset(Time time) const;
    /// Times within some weeks of the ends of 64 bits are moved inward.
    Time to_local(Time time) const;
    /// Of an ambiguous local time the earlier instant; of one that does not exist, the instant of the change.
    Time from_local(Time local) const;

private:
    const void* zone_ = nullptr;
};
bool is_zone(std::string_view name);

/// [begin, end) of the civil hour, day or ISO week that `time` lies in. A civil hour or day is cut at local marks, so
/// that a day has 23 to 25 hours where the zone changes.
struct Bucket {
    Time begin = 0, end = 0;
    friend bool operator==(const Bucket&, const Bucket&) = default;
};
Bucket hour_of(Time time, Zone zone);
Bucket day_of(Time time, Zone zone);
Bucket week_of(Time time, Zone zone);

/// Local days since 1970-01-01.
std::int32_t local_day(Time time, Zone zone);
int weekday(std::int32_t local_day); ///< 0 is Monday
/// Days since 1970-01-01 of a proleptic Gregorian date.
std::int64_t days_from_civil(int year, int month, int day);
/// Of UTC; beyond them there is no text for a time (RFC 3339).
bool is_in_years_1_to_9999(Time time);
struct Date {
    int year, month, day;
};
Date civil_from_days(std::int64_t days);

} // namespace watchword::runtime
