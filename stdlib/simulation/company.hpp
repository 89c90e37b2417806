// Who works in the simulated company, and each person's habits. Knows nothing of what becomes of them.
#pragma once

#include "runtime/civil.hpp"
#include "stdlib/simulation/random.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

enum class StaffGroup : std::uint8_t { research, sales, executives, operations, support };
std::string_view group_name(StaffGroup group); ///< as the IT1003 policies name it

/// What a person does on an ordinary working day. Rates are events a day.
struct Habits {
    runtime::Duration start = 0; ///< since local midnight
    runtime::Duration hours = 0; ///< between start and end
    double office = 0.6;         ///< share of days with a badge
    double opens = 1, writes = 0.5, downloads = 0.4, copies = 0.2;
    double mails = 1, outside_mails = 0.1;
    double visits = 0.8, uploads = 0.02, prints = 0.1, programs = 0.3;
    double sticks = 0.02;      ///< copies to removable media
    double evenings = 0.05;    ///< share of days with an hour's work in the evening
    double weekends = 0.02;    ///< share of weekend days with some work
    double servers = 0;        ///< logons to other machines
    double administration = 0; ///< accounts made and changed
};

struct SimulatedPerson {
    std::string id;      ///< `E00042`
    std::string account; ///< `anna.weber42`, which logs name
    std::string email;   ///< which HR names
    std::string host;    ///< own machine
    StaffGroup group = StaffGroup::support;
    bool has_group = true; ///< the roster says the group
    std::string_view department, title, location, zone_name;
    runtime::Zone zone;
    std::int32_t hired = 0; ///< local day
    std::uint32_t manager = 0;
    bool privileged = false;
    Habits habits;
};

/// The same seed and number give the same people.
std::vector<SimulatedPerson> make_company(std::uint64_t seed, std::uint32_t people, std::int32_t first_day);
/// One line of the roster, without its end.
std::string roster_line(const SimulatedPerson& person, const std::vector<SimulatedPerson>& people);

} // namespace watchword::stdlib
