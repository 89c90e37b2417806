// People are made one after the other, each from a stream of random numbers of its own.
#include "stdlib/simulation/company.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

#include <array>

namespace watchword::stdlib {

namespace {

using runtime::one_day;
using runtime::one_hour;
using runtime::one_minute;

constexpr std::array<std::string_view, 32> first_names{
    "anna", "ben",   "carla",  "david", "elena", "felix", "greta", "henry", "ines",  "jonas", "kavya",
    "leon", "maria", "nikhil", "olga",  "paul",  "quinn", "rosa",  "samir", "tanya", "uwe",   "vera",
    "wei",  "xenia", "yusuf",  "zoe",   "arjun", "bella", "chen",  "dora",  "emil",  "fatma"};
constexpr std::array<std::string_view, 32> last_names{
    "adler", "brandt", "costa",  "dietz", "ebner",  "fischer", "gupta",  "hansen", "iyer",   "jansen", "kumar",
    "lang",  "moreau", "novak",  "olsen", "peters", "quist",   "rossi",  "silva",  "tanaka", "ulrich", "vogel",
    "weber", "xu",     "yilmaz", "zhang", "arora",  "becker",  "carter", "dubois", "evans",  "ferrari"};

struct Department {
    StaffGroup group;
    std::string_view name;
    std::string_view title;
    std::uint32_t share; ///< of 1000
};
constexpr std::array<Department, 14> departments{{
    {StaffGroup::research, "Design", "Design Engineer", 120},
    {StaffGroup::research, "Materials Research", "Scientist", 80},
    {StaffGroup::research, "Software", "Software Engineer", 120},
    {StaffGroup::sales, "Field Sales", "Account Manager", 110},
    {StaffGroup::sales, "Inside Sales", "Sales Representative", 70},
    {StaffGroup::executives, "Management", "Director", 25},
    {StaffGroup::executives, "Management", "Executive Assistant", 15},
    {StaffGroup::operations, "Infrastructure", "System Administrator", 60},
    {StaffGroup::operations, "Information Security", "Security Analyst", 30},
    {StaffGroup::support, "Finance", "Accountant", 90},
    {StaffGroup::support, "Customer Care", "Support Agent", 130},
    {StaffGroup::support, "Legal", "Counsel", 30},
    {StaffGroup::support, "Facilities", "Technician", 50},
    {StaffGroup::support, "Marketing", "Editor", 70},
}};

struct Site {
    std::string_view location;
    std::string_view zone;
};
constexpr std::array<Site, 6> sites{{{"Leipzig", "Europe/Berlin"},
                                     {"Leipzig", "Europe/Berlin"},
                                     {"Hamburg", "Europe/Berlin"},
                                     {"Boston", "America/New_York"},
                                     {"Boston", "America/New_York"},
                                     {"Pune", "Asia/Kolkata"}}};

const Department& draw_department(Random& random) {
    auto left = static_cast<std::int64_t>(random.below(1000));
    for (const Department& department : departments) {
        left -= department.share;
        if (left < 0) return department;
    }
    return departments.back();
}

/// A rate between half and one and a half times the usual one.
double varied(Random& random, double usual) { return usual * (0.5 + static_cast<double>(random.below(1001)) / 1000); }

void set_rates(Habits& habits, StaffGroup group, bool privileged) {
    switch (group) {
    case StaffGroup::research:
        habits.opens = 1.4, habits.writes = 0.8, habits.downloads = 0.7, habits.programs = 0.5, habits.sticks = 0.03;
        break;
    case StaffGroup::sales:
        habits.mails = 1.6, habits.outside_mails = 0.5, habits.office = 0.35, habits.sticks = 0.05;
        habits.evenings = 0.1;
        break;
    case StaffGroup::executives:
        habits.mails = 2, habits.outside_mails = 0.3, habits.prints = 0.3, habits.evenings = 0.15;
        habits.weekends = 0.08;
        break;
    case StaffGroup::operations:
        habits.servers = 0.8, habits.programs = 0.8, habits.evenings = 0.08;
        habits.administration = privileged ? 0.05 : 0;
        break;
    case StaffGroup::support:
        habits.opens = 0.9, habits.prints = 0.2;
        break;
    }
}

Habits draw_habits(Random& random, StaffGroup group, bool privileged) {
    Habits habits;
    set_rates(habits, group, privileged);
    habits.start = 7 * one_hour + random.between(0, 150) * one_minute;
    habits.hours = 7 * one_hour + random.between(30, 120) * one_minute;
    for (double* rate : {&habits.opens, &habits.writes, &habits.downloads, &habits.copies, &habits.mails,
                         &habits.outside_mails, &habits.visits, &habits.uploads, &habits.prints, &habits.programs,
                         &habits.sticks, &habits.evenings, &habits.weekends, &habits.servers, &habits.administration})
        *rate = varied(random, *rate);
    return habits;
}

} // namespace

std::string_view group_name(StaffGroup group) {
    switch (group) {
    case StaffGroup::research:
        return "R&D";
    case StaffGroup::sales:
        return "Sales";
    case StaffGroup::executives:
        return "Executives and Executive Assistants";
    case StaffGroup::operations:
        return "IT Operations/InfoSec";
    case StaffGroup::support:
        return "Support Staff/Everyone Else";
    }
    return {};
}

std::vector<SimulatedPerson> make_company(std::uint64_t seed, std::uint32_t people, std::int32_t first_day) {
    std::vector<SimulatedPerson> company(people);
    for (std::uint32_t number = 0; number < people; ++number) {
        Random random{seed, 1'000'000'007ULL + number};
        SimulatedPerson& person = company[number];
        const Department& department = draw_department(random);
        const Site& site = random.one_of(sites);
        person.id = fmt::format("E{:05}", number + 1);
        const std::string_view first = random.one_of(first_names); // one draw a statement: arguments have no order
        const std::string_view last = random.one_of(last_names);
        person.account = fmt::format("{}.{}{}", first, last, number + 1);
        person.email = person.account + "@corp.example";
        person.host = fmt::format("pc-{:05}", number + 1);
        person.group = department.group;
        person.has_group = department.group != StaffGroup::support || !random.chance(0.15);
        person.department = department.name;
        person.title = department.title;
        person.location = site.location;
        person.zone_name = site.zone;
        person.zone = runtime::Zone{site.zone};
        person.hired = first_day - static_cast<std::int32_t>(random.between(60, 6000));
        person.manager = static_cast<std::uint32_t>(random.below(people / 12 + 1));
        person.privileged = department.group == StaffGroup::operations && random.chance(0.6);
        person.habits = draw_habits(random, person.group, person.privileged);
    }
    return company;
}

std::string roster_line(const SimulatedPerson& person, const std::vector<SimulatedPerson>& people) {
    std::string line = fmt::format(R"({{"id":"{}","accounts":["{}","{}"],"department":"{}","title":"{}",)", person.id,
                                   person.account, person.email, person.department, person.title);
    if (person.has_group) line += fmt::format(R"("group":"{}",)", group_name(person.group));
    line += fmt::format(R"("manager":"{}","location":"{}","zone":"{}","privileged":{},"hired":"{}"}})",
                        people[person.manager].id, person.location, person.zone_name, person.privileged,
                        runtime::show_time(person.hired * one_day).substr(0, 10));
    return line;
}

} // namespace watchword::stdlib
