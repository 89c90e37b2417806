// Everyday work. Every draw is a statement of its own, because the order of a call's arguments is the compiler's
// choice.
#include "stdlib/simulation/day.hpp"

#include <array>

namespace watchword::stdlib {

namespace {

using runtime::one_day;
using runtime::one_hour;
using runtime::one_minute;
using runtime::one_second;
using runtime::Time;

constexpr std::array<std::string_view, 6> folders{"projects", "reports", "customers", "plans", "shared", "archive"};
constexpr std::array<std::string_view, 6> endings{"docx", "xlsx", "pdf", "pptx", "dwg", "csv"};
constexpr std::array<std::string_view, 6> sites{"news.example",   "docs.example",  "search.example",
                                                "travel.example", "forum.example", "weather.example"};
constexpr std::array<std::string_view, 5> programs{"excel.exe", "chrome.exe", "outlook.exe", "teams.exe", "cad.exe"};

class Workday {
public:
    Workday(const SimulatedPerson& person, Random& random, Diary& diary, Time from, Time to)
        : person_(person), random_(random), diary_(diary), from_(from), to_(to) {}

    void whole();
    void evening();

private:
    Time moment() { return from_ + random_.between(0, (to_ - from_) / one_second) * one_second; }
    std::string path() {
        const std::string_view folder = random_.one_of(folders);
        const auto number = random_.below(400);
        const std::string_view ending = random_.one_of(endings);
        return fmt::format("/{}/{}.{}", folder, number, ending);
    }
    void comings_and_goings();
    void files();
    void file(std::string_view type, std::string_view host, std::int64_t least, std::int64_t most);
    void messages();
    void web();
    void administration();

    const SimulatedPerson& person_;
    Random& random_;
    Diary& diary_;
    Time from_, to_;
};

void Workday::comings_and_goings() {
    if (random_.chance(person_.habits.office)) {
        diary_.add(person_, from_ - 4 * one_minute, "badge.entry", R"(,"place":"{}")", person_.location);
        diary_.add(person_, to_ + 3 * one_minute, "badge.exit", R"(,"place":"{}")", person_.location);
    }
    if (random_.chance(0.02))
        diary_.add(person_, from_ - 20 * one_second, "auth.logon",
                   R"(,"host":"{}","outcome":"failure","method":"interactive")", person_.host);
    diary_.add(person_, from_, "auth.logon", R"(,"host":"{}","method":"interactive")", person_.host);
    diary_.add(person_, to_, "auth.logoff", R"(,"host":"{}")", person_.host);
    for (std::uint32_t left = random_.count(person_.habits.servers); left > 0; --left) {
        const auto server = random_.between(1, 5);
        diary_.add(person_, moment(), "auth.logon", R"(,"host":"srv-{}","method":"remote")", server);
    }
}

void Workday::file(std::string_view type, std::string_view host, std::int64_t least, std::int64_t most) {
    const Time time = moment();
    const std::string where = path();
    const std::int64_t bytes = random_.size(least, most);
    diary_.add(person_, time, type, R"(,"host":"{}","path":"{}","bytes":{})", host, where, bytes);
}

void Workday::files() {
    const Habits& habits = person_.habits;
    for (std::uint32_t left = random_.count(habits.opens); left > 0; --left)
        file("file.open", person_.host, 20'000, 20'000'000);
    for (std::uint32_t left = random_.count(habits.writes); left > 0; --left)
        file("file.write", person_.host, 20'000, 20'000'000);
    for (std::uint32_t left = random_.count(habits.downloads); left > 0; --left)
        file("file.download", "files", 50'000, 60'000'000);
    for (std::uint32_t left = random_.count(habits.copies); left > 0; --left)
        file("file.copy", person_.host, 20'000, 30'000'000);
    if (random_.chance(0.05)) file("file.delete", person_.host, 20'000, 20'000'000);
    if (!random_.chance(habits.sticks)) return;
    const Time time = moment();
    diary_.add(person_, time, "device.connect", R"(,"host":"{}","device":"stick")", person_.host);
    for (auto left = random_.between(1, 4); left > 0; --left) {
        const std::string where = path();
        const std::int64_t bytes = random_.size(200'000, 80'000'000);
        diary_.add(person_, time + left * 20 * one_second, "file.copy",
                   R"(,"host":"{}","path":"{}","bytes":{},"removable":true)", person_.host, where, bytes);
    }
    diary_.add(person_, time + 5 * one_minute, "device.disconnect", R"(,"host":"{}","device":"stick")", person_.host);
}

void Workday::messages() {
    const Habits& habits = person_.habits;
    for (std::uint32_t left = random_.count(habits.mails); left > 0; --left) {
        const Time time = moment();
        const std::int64_t bytes = random_.size(5'000, 3'000'000);
        diary_.add(person_, time, "email.send", R"(,"recipients":["team{}@corp.example"],"bytes":{})", bytes % 40,
                   bytes);
    }
    for (std::uint32_t left = random_.count(habits.outside_mails); left > 0; --left) {
        const Time time = moment();
        const std::int64_t bytes = random_.size(100'000, 6'000'000);
        diary_.add(person_, time, "email.send",
                   R"(,"recipients":["contact{}@customer.example"],"external":true,"attachments":1,"bytes":{})",
                   bytes % 60, bytes);
    }
}

void Workday::web() {
    const Habits& habits = person_.habits;
    for (std::uint32_t left = random_.count(habits.visits); left > 0; --left) {
        const Time time = moment();
        const std::string_view site = random_.one_of(sites);
        const std::int64_t bytes = random_.size(40'000, 4'000'000);
        diary_.add(person_, time, "web.visit", R"(,"site":"{}","bytes":{})", site, bytes);
    }
    for (std::uint32_t left = random_.count(habits.uploads); left > 0; --left) {
        const Time time = moment();
        const std::int64_t bytes = random_.size(100'000, 9'000'000);
        diary_.add(person_, time, "web.upload", R"(,"site":"box.example","category":"storage","bytes":{})", bytes);
    }
    for (std::uint32_t left = random_.count(habits.prints); left > 0; --left) {
        const Time time = moment();
        const auto pages = random_.between(1, 30);
        diary_.add(person_, time, "print.job", R"(,"host":"{}","pages":{})", person_.host, pages);
    }
    for (std::uint32_t left = random_.count(habits.programs); left > 0; --left) {
        const Time time = moment();
        const std::string_view program = random_.one_of(programs);
        diary_.add(person_, time, "process.start", R"(,"host":"{}","program":"{}")", person_.host, program);
    }
}

void Workday::administration() {
    if (!random_.chance(person_.habits.administration)) return;
    const Time time = moment();
    const auto number = random_.below(5000);
    diary_.add(person_, time, "account.created", R"(,"host":"srv-1","account":"svc{}")", number);
    diary_.add(person_, time + one_minute, "account.group_added", R"(,"host":"srv-1","account":"svc{}","group":"apps")",
               number);
    if (random_.chance(0.1))
        diary_.add(person_, time + one_hour / 2, "log.changed", R"(,"host":"srv-2","log":"audit")");
}

void Workday::whole() {
    comings_and_goings();
    files();
    messages();
    web();
    administration();
}

void Workday::evening() {
    diary_.add(person_, from_, "auth.logon", R"(,"host":"vpn","method":"remote")");
    file("file.open", person_.host, 20'000, 20'000'000);
    if (random_.chance(person_.habits.outside_mails / 2)) {
        const Time time = moment();
        const std::int64_t bytes = random_.size(100'000, 6'000'000);
        diary_.add(person_, time, "email.send",
                   R"(,"recipients":["contact{}@customer.example"],"external":true,"attachments":1,"bytes":{})",
                   bytes % 60, bytes);
    }
    diary_.add(person_, to_, "auth.logoff", R"(,"host":"vpn")");
}

} // namespace

void work(const SimulatedPerson& person, const Fate& fate, std::int32_t day, Random& random, Diary& diary) {
    if (day > fate.last_day || day < person.hired) return;
    if (fate.leave_from != no_day && day >= fate.leave_from && day <= fate.leave_to) return;
    const Habits& habits = person.habits;
    const Time midnight = day * one_day;
    if (runtime::weekday(day) > 4) {
        if (!random.chance(habits.weekends)) return;
        const Time start = midnight + random.between(9, 19) * one_hour;
        Workday{person, random, diary, start, start + one_hour}.evening();
        return;
    }
    if (random.chance(0.07)) return; // ill, travelling, at a fair
    const Time start = midnight + habits.start + random.between(-1500, 1500) * one_second;
    const Time end = start + habits.hours + random.between(-2400, 2400) * one_second;
    Workday{person, random, diary, start, end}.whole();
    if (day == fate.last_day || !random.chance(habits.evenings)) return;
    const Time evening = midnight + 20 * one_hour + random.between(0, 5400) * one_second;
    Workday{person, random, diary, evening, evening + one_hour}.evening();
}

} // namespace watchword::stdlib
