// Zones as tables of their changes of offset, read once from the zone database and never changed again; all arithmetic
// is on these tables.
#include "runtime/civil.hpp"

#include <date/tz.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <vector>

namespace watchword::runtime {

namespace {

struct Change {
    Time at = beginning;
    Duration offset = 0; ///< from here on
};

/// One zone of the database. Its changes are read at first use, under `once`.
struct ZoneTable {
    const date::time_zone* source = nullptr;
    std::once_flag once;
    std::vector<Change> changes; ///< by time, the first at `beginning`
};

/// Instants far enough from both ends of 64 bits that offsets and some weeks can be added.
Time within_range(Time time) { return std::clamp(time, beginning + one_week * 6, never - one_week * 6); }

/// What the zone says from 1800 to 2200; offsets beyond are those at the ends.
void read_changes(ZoneTable& table) {
    table.changes = {Change{}};
    if (table.source == nullptr) return;
    try {
        std::vector<Change> changes;
        date::sys_seconds at = date::sys_days{date::year{1800} / 1 / 1};
        const date::sys_seconds last = date::sys_days{date::year{2200} / 1 / 1};
        while (at < last) {
            const date::sys_info info = table.source->get_info(at);
            const Duration offset = std::chrono::duration_cast<std::chrono::microseconds>(info.offset).count();
            if (changes.empty())
                changes.push_back({beginning, offset});
            else if (changes.back().offset != offset)
                changes.push_back({at.time_since_epoch().count() * one_second, offset});
            if (info.end <= at) break;
            at = info.end;
        }
        if (!changes.empty()) table.changes = std::move(changes);
    } catch (const std::exception&) {
        // A damaged file of the database: the zone counts as UTC.
    }
}

struct Database {
    std::vector<std::pair<std::string, ZoneTable*>> by_name; ///< sorted
    std::deque<ZoneTable> tables;

    Database() {
        try {
            for (const date::time_zone& zone : date::get_tzdb().zones) {
                tables.emplace_back().source = &zone;
                by_name.emplace_back(zone.name(), &tables.back());
            }
        } catch (const std::exception&) {
            by_name.clear(); // no zone database on this machine: there is only UTC
        }
        std::sort(by_name.begin(), by_name.end());
    }

    ZoneTable* find(std::string_view name) const {
        const auto found = std::lower_bound(by_name.begin(), by_name.end(), name,
                                            [](const auto& entry, std::string_view key) { return entry.first < key; });
        return found != by_name.end() && found->first == name ? found->second : nullptr;
    }
};

/// Made once, then only read; the one thing in the process that outlives its users.
const Database& database() {
    static const Database only;
    return only;
}

bool is_utc(std::string_view name) { return name == "UTC" || name == "Etc/UTC" || name == "Z"; }

const std::vector<Change>& changes_of(const void* zone) {
    static const std::vector<Change> utc{Change{}};
    return zone == nullptr ? utc : static_cast<const ZoneTable*>(zone)->changes;
}

/// The last change at or before `time`.
std::size_t change_before(const std::vector<Change>& changes, Time time) {
    const auto after = std::upper_bound(changes.begin(), changes.end(), time,
                                        [](Time key, const Change& change) { return key < change.at; });
    return after == changes.begin() ? 0 : static_cast<std::size_t>(after - changes.begin()) - 1;
}

std::int64_t floor_days(Time time) {
    const std::int64_t days = time / one_day;
    return time % one_day < 0 ? days - 1 : days;
}

/// Instants at which local days begin cut time into pieces without a gap, even where a clock is set back over midnight;
/// looks for the piece that `time` is in, near the local day it has by its clock.
Bucket piece_of_days(Time time, std::int64_t first, std::int64_t length, Zone zone) {
    const auto begin_of = [&](std::int64_t day) { return zone.from_local(day * one_day); };
    Bucket bucket{begin_of(first), begin_of(first + length)};
    for (int tries = 0; tries < 3 && time >= bucket.end; ++tries) {
        first += length;
        bucket = {bucket.end, begin_of(first + length)};
    }
    for (int tries = 0; tries < 3 && time < bucket.begin; ++tries) {
        first -= length;
        bucket = {begin_of(first), bucket.begin};
    }
    return bucket;
}

} // namespace

Zone::Zone(std::string_view name) {
    if (name.empty() || is_utc(name)) return;
    ZoneTable* const table = database().find(name);
    if (table == nullptr) return;
    std::call_once(table->once, [table] { read_changes(*table); });
    zone_ = table;
}

bool is_zone(std::string_view name) { return is_utc(name) || database().find(name) != nullptr; }

Duration Zone::offset(Time time) const {
    if (zone_ == nullptr) return 0;
    const std::vector<Change>& changes = changes_of(zone_);
    return changes[change_before(changes, time)].offset;
}

Time Zone::to_local(Time time) const {
    time = within_range(time);
    return time + offset(time);
}

Time Zone::from_local(Time local) const {
    if (zone_ == nullptr) return local;
    local = within_range(local);
    const std::vector<Change>& changes = changes_of(zone_);
    // No offset is over 26 hours, so the change in force lies at most that far from the local time read as UTC.
    std::size_t index = change_before(changes, local - 26 * one_hour);
    for (; index < changes.size(); ++index) {
        const Time end = index + 1 < changes.size() ? changes[index + 1].at : never;
        const Time instant = local - changes[index].offset;
        if (instant < changes[index].at) return changes[index].at; // skipped by the clock
        if (instant < end) return instant;
    }
    return local - changes.back().offset;
}

Bucket hour_of(Time time, Zone zone) {
    time = within_range(time);
    // A change of offset cuts an hour too; where clocks change on the hour that is a mark anyway.
    const Duration offset = zone.offset(time);
    const Time local = time + offset;
    const Time rest = local % one_hour < 0 ? local % one_hour + one_hour : local % one_hour;
    Bucket bucket{time - rest, time - rest + one_hour};
    if (zone.offset(bucket.begin) != offset) {
        Time before = bucket.begin, after = time;
        while (after - before > 1) {
            const Time middle = before + (after - before) / 2;
            (zone.offset(middle) == offset ? after : before) = middle;
        }
        bucket.begin = after;
    }
    if (zone.offset(bucket.end - 1) != offset) {
        Time before = time, after = bucket.end - 1;
        while (after - before > 1) {
            const Time middle = before + (after - before) / 2;
            (zone.offset(middle) == offset ? before : after) = middle;
        }
        bucket.end = after;
    }
    return bucket;
}

Bucket day_of(Time time, Zone zone) {
    time = within_range(time);
    return piece_of_days(time, floor_days(zone.to_local(time)), 1, zone);
}

Bucket week_of(Time time, Zone zone) {
    time = within_range(time);
    const std::int64_t day = floor_days(zone.to_local(time));
    const std::int64_t weekday_index = ((day + 3) % 7 + 7) % 7; // 1970-01-01 was a Thursday
    return piece_of_days(time, day - weekday_index, 7, zone);
}

std::int32_t local_day(Time time, Zone zone) {
    return static_cast<std::int32_t>(floor_days(zone.to_local(within_range(time))));
}

int weekday(std::int32_t local_day) {
    const std::int64_t shifted = static_cast<std::int64_t>(local_day) + 3;
    return static_cast<int>((shifted % 7 + 7) % 7);
}

bool is_in_years_1_to_9999(Time time) {
    static const Time earliest = days_from_civil(1, 1, 1) * one_day, end = days_from_civil(10'000, 1, 1) * one_day;
    return time >= earliest && time < end;
}

std::int64_t days_from_civil(int year, int month, int day) {
    return date::sys_days{date::year{year} / static_cast<unsigned>(month) / static_cast<unsigned>(day)}
        .time_since_epoch()
        .count();
}

Date civil_from_days(std::int64_t days) {
    // H. Hinnant, "chrono-compatible low-level date algorithms": date::year holds 16 bits, times reach further.
    days += 719468;
    const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const std::int64_t day_of_era = days - era * 146097;
    const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
    const std::int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    return {static_cast<int>(year), static_cast<int>(month), static_cast<int>(day)};
}

} // namespace watchword::runtime
