// What becomes of the people: who is warned, leaves, is laid off, does wrong, and what personnel says about it and
// when. Knows nothing of the records of everyday work.
#pragma once

#include "stdlib/simulation/company.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

enum class Style : std::uint8_t {
    none,
    bulk,     ///< copies much to removable media on a few days around the notice
    slow,     ///< sends small portions by mail and web for weeks: the subtle one
    ghost,    ///< uses the account after the employment has ended
    sabotage, ///< clears logs, deletes much, prepares accounts
};
inline constexpr std::size_t style_count = 4;
std::string_view style_name(Style style);

inline constexpr std::int32_t no_day = INT32_MAX;

struct Fate {
    std::int32_t last_day = no_day;                      ///< last working day
    std::int32_t leave_from = no_day, leave_to = no_day; ///< away, both included
    Style style = Style::none;
    std::string_view trigger; ///< what HR says about the wrongdoer; empty: nothing that a policy of IT1003 opens on
    std::int32_t acts_from = no_day, acts_to = no_day;
    std::uint32_t strength = 0; ///< of the wrongdoer, 0 to 99: how much, how often, how carelessly
    // an innocent leaver
    std::int32_t souvenirs_on = no_day; ///< copies private files to a stick
    std::int32_t tidies_on = no_day;    ///< deletes old files
    bool phone_retries = false;         ///< the phone tries the mailbox once more when the account is gone
};

struct HrRecord {
    runtime::Time time = 0;
    std::string text; ///< the JSON object's members after `time`, with the closing brace
};

struct Story {
    std::int32_t first_day = 0, days = 0;
    std::vector<Fate> fates;  ///< per person
    std::vector<HrRecord> hr; ///< by time
};

Story make_story(std::uint64_t seed, const std::vector<SimulatedPerson>& people, std::int32_t first_day,
                 std::int32_t days, std::uint32_t insiders);
/// One line a wrongdoer or innocent leaver, without its end; empty for all others.
std::string truth_line(const SimulatedPerson& person, const Fate& fate);

} // namespace watchword::stdlib
