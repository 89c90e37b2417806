// What wrongdoers do, by style, and what innocent leavers do that looks like it. `strength` makes some easy to find and
// some hard; the figures are chosen without regard to the thresholds of any policy.
#include "stdlib/simulation/day.hpp"

namespace watchword::stdlib {

namespace {

using runtime::one_day;
using runtime::one_hour;
using runtime::one_minute;
using runtime::one_second;
using runtime::Time;

constexpr std::int64_t megabyte = 1'000'000;

/// On one day in three: an archive and a few large copies, late in the working day or in the evening.
void copy_in_bulk(const SimulatedPerson& person, const Fate& fate, std::int32_t day, Random& random, Diary& diary) {
    if (!random.chance(0.35)) return;
    const Time start = day * one_day + 16 * one_hour + random.between(0, 18000) * one_second;
    const auto scale = 100 + static_cast<std::int64_t>(fate.strength) * 8; // MB a file, on average
    diary.add(person, start, "device.connect", R"(,"host":"{}","device":"disk")", person.host);
    if (random.chance(0.6)) {
        const std::int64_t bytes = random.between(scale / 2, scale * 2) * megabyte;
        diary.add(person, start + 3 * one_minute, "file.archive", R"(,"host":"{}","path":"/tmp/holiday.7z","bytes":{})",
                  person.host, bytes);
        diary.add(person, start + 9 * one_minute, "file.copy",
                  R"(,"host":"{}","path":"/tmp/holiday.7z","bytes":{},"removable":true,"device":"disk")", person.host,
                  bytes);
    }
    for (auto left = random.between(2, 6); left > 0; --left) {
        const std::int64_t bytes = random.between(scale / 4, scale) * megabyte;
        diary.add(person, start + (10 + left) * one_minute, "file.copy",
                  R"(,"host":"{}","path":"/projects/designs{}.zip","bytes":{},"removable":true,"device":"disk")",
                  person.host, left, bytes);
    }
    diary.add(person, start + 20 * one_minute, "device.disconnect", R"(,"host":"{}","device":"disk")", person.host);
}

/// One to four small portions a day, mostly when nobody is around.
void send_in_portions(const SimulatedPerson& person, const Fate& fate, std::int32_t day, Random& random, Diary& diary) {
    if (!random.chance(0.35 + static_cast<double>(fate.strength) * 0.005)) return;
    const auto most = 1 + static_cast<std::int64_t>(fate.strength) / 30;
    for (auto left = random.between(1, most); left > 0; --left) {
        const bool late = random.chance(0.7);
        const Time time = day * one_day + (late ? 20 * one_hour + 30 * one_minute : 11 * one_hour) +
                          random.between(0, 10800) * one_second;
        const std::int64_t bytes = random.between(500, 2500 + fate.strength * 60) * 1000;
        if (random.chance(0.5))
            diary.add(person, time, "web.upload", R"(,"site":"drop.example","category":"storage","bytes":{})", bytes);
        else
            diary.add(person, time, "email.send",
                      R"(,"recipients":["me{}@mail.example"],"external":true,"attachments":1,"bytes":{})",
                      fate.strength, bytes);
    }
}

/// The weak ones find the door closed.
void come_back(const SimulatedPerson& person, const Fate& fate, std::int32_t day, Random& random, Diary& diary) {
    if (!random.chance(0.5) && day != fate.acts_from) return;
    const Time start = day * one_day + random.between(19 * 3600, 23 * 3600) * one_second;
    if (fate.strength < 25) {
        for (auto left = random.between(1, 2); left > 0; --left)
            diary.add(person, start + left * one_minute, "auth.logon",
                      R"(,"host":"vpn","method":"remote","outcome":"failure")");
        return;
    }
    diary.add(person, start, "auth.logon", R"(,"host":"vpn","method":"remote")");
    for (auto left = random.between(2, 12); left > 0; --left) {
        const std::int64_t bytes = random.size(200'000, 90 * megabyte);
        diary.add(person, start + left * one_minute, "file.download",
                  R"(,"host":"files","path":"/plans/{}.dwg","bytes":{})", left, bytes);
    }
    diary.add(person, start + 20 * one_minute, "auth.logoff", R"(,"host":"vpn")");
}

void break_things(const SimulatedPerson& person, const Fate& fate, std::int32_t day, Random& random, Diary& diary) {
    if (!random.chance(0.6) && day != fate.acts_from) return;
    const Time start = day * one_day + random.between(18 * 3600, 23 * 3600) * one_second;
    if (random.chance(0.7)) {
        diary.add(person, start, "account.created", R"(,"host":"srv-1","account":"backup{}")", fate.strength);
        diary.add(person, start + one_minute, "account.group_added",
                  R"(,"host":"srv-1","account":"backup{}","group":"administrators")", fate.strength);
    }
    const auto files = 30 + random.between(0, 3 * static_cast<std::int64_t>(fate.strength));
    for (std::int64_t left = 0; left < files; ++left)
        diary.add(person, start + 5 * one_minute + left * 10 * one_second, "file.delete",
                  R"(,"host":"files","path":"/projects/{}/plan.dwg","bytes":4000000)", left);
    if (fate.strength > 30 || random.chance(0.5))
        diary.add(person, start + 40 * one_minute, "log.cleared", R"(,"host":"srv-2","log":"Security")");
}

void leave_innocently(const SimulatedPerson& person, const Fate& fate, std::int32_t day, Random& random, Diary& diary) {
    const Time afternoon = day * one_day + 14 * one_hour;
    if (day == fate.souvenirs_on) {
        diary.add(person, afternoon, "device.connect", R"(,"host":"{}","device":"stick")", person.host);
        // Private photographs: mostly some hundred megabytes, sometimes more; nobody with far-reaching rights has more.
        for (auto left = random.between(3, 30); left > 0; --left) {
            const std::int64_t bytes = random.between(2, person.privileged ? 20 : 45) * megabyte;
            diary.add(person, afternoon + left * 10 * one_second, "file.copy",
                      R"(,"host":"{}","path":"/private/photos{}.zip","bytes":{},"removable":true,"device":"stick")",
                      person.host, left, bytes);
        }
    }
    if (day == fate.tidies_on)
        for (auto left = random.between(40, 125); left > 0; --left)
            diary.add(person, afternoon + left * 15 * one_second, "file.delete",
                      R"(,"host":"{}","path":"/private/{}.docx","bytes":50000)", person.host, left);
    if (fate.phone_retries && fate.last_day != no_day && day == fate.last_day + 2)
        diary.add(person, afternoon, "auth.logon", R"(,"host":"mail","method":"network","outcome":"failure")");
}

} // namespace

void misbehave(const SimulatedPerson& person, const Fate& fate, std::int32_t day, Random& random, Diary& diary) {
    leave_innocently(person, fate, day, random, diary);
    if (fate.style == Style::none || day < fate.acts_from || day > fate.acts_to) return;
    switch (fate.style) {
    case Style::bulk:
        return copy_in_bulk(person, fate, day, random, diary);
    case Style::slow:
        return send_in_portions(person, fate, day, random, diary);
    case Style::ghost:
        return come_back(person, fate, day, random, diary);
    case Style::sabotage:
        return break_things(person, fate, day, random, diary);
    case Style::none:
        return;
    }
}

} // namespace watchword::stdlib
