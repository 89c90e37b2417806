// Fates are drawn in a fixed order, each person has at most one: wrongdoers first, then everybody else's ordinary ones.
#include "stdlib/simulation/story.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watchword::stdlib {

namespace {

using runtime::one_day;
using runtime::one_hour;
using runtime::one_minute;
using runtime::Time;

class Author {
public:
    Author(std::uint64_t seed, const std::vector<SimulatedPerson>& people, std::int32_t first_day, std::int32_t days)
        : random_(seed, 7), people_(people), taken_(people.size(), false), turn_(random_.below(4)) {
        story_.first_day = first_day;
        story_.days = days;
        story_.fates.resize(people.size());
    }

    void wrongdoers(std::uint32_t number);
    void leavers(std::uint32_t number);
    void warnings();
    void layoffs();
    void ordinary();
    Story finish();

private:
    std::uint32_t somebody(bool privileged_only = false);
    std::int32_t day_between(double from, double to) {
        const std::int32_t days = story_.days;
        return story_.first_day + static_cast<std::int32_t>(random_.between(static_cast<std::int64_t>(days * from),
                                                                            static_cast<std::int64_t>(days * to)));
    }
    Time office_time(const SimulatedPerson& person, std::int32_t day) {
        return person.zone.from_local(day * one_day + 9 * one_hour + random_.between(0, 360) * one_minute);
    }
    /// From here on the account should be gone: the midnight after the last day.
    Time end_of(const SimulatedPerson& person, std::int32_t last_day) {
        return person.zone.from_local((last_day + 1) * one_day);
    }
    void say(Time time, std::string_view type, const SimulatedPerson& person, std::string_view more = {});
    void flag(std::uint32_t number, std::string_view trigger, std::int32_t day);
    void terminate(std::uint32_t number, std::int32_t known, std::int32_t last_day, bool voluntary);
    void wrongdoer(Style style, std::uint32_t ordinal);
    void plan_bulk(std::uint32_t number, std::uint32_t ordinal);
    void plan_slow(std::uint32_t number, std::uint32_t ordinal);
    void plan_ghost(std::uint32_t number);
    void plan_sabotage(std::uint32_t number, std::uint32_t ordinal);

    Random random_;
    const std::vector<SimulatedPerson>& people_;
    std::vector<bool> taken_;
    std::uint64_t turn_; ///< with which of the four ways of being found out the first wrongdoer of a style begins
    Story story_;
};

std::uint32_t Author::somebody(bool privileged_only) {
    const auto size = static_cast<std::uint32_t>(people_.size());
    const auto start = static_cast<std::uint32_t>(random_.below(size));
    for (std::uint32_t step = 0; step < size; ++step) {
        const std::uint32_t number = (start + step) % size;
        if (taken_[number] || (privileged_only && !people_[number].privileged)) continue;
        taken_[number] = true;
        return number;
    }
    return privileged_only ? somebody() : start;
}

void Author::say(Time time, std::string_view type, const SimulatedPerson& person, std::string_view more) {
    story_.hr.push_back({time, fmt::format(R"("type":"{}","user":"{}"{}}})", type, person.email, more)});
}

/// What HR says on a day; `hr.layoff` with a last day, so that a policy can count from it.
void Author::flag(std::uint32_t number, std::string_view trigger, std::int32_t day) {
    const SimulatedPerson& person = people_[number];
    const Time time = office_time(person, day);
    std::string more;
    if (trigger == "hr.layoff" || trigger == "hr.resignation") {
        const auto last_day = day + static_cast<std::int32_t>(random_.between(21, 35));
        more = fmt::format(R"(,"last_day":"{}")", runtime::show_time(last_day * one_day).substr(0, 10));
    }
    say(time, trigger, person, more);
}

void Author::terminate(std::uint32_t number, std::int32_t known, std::int32_t last_day, bool voluntary) {
    const SimulatedPerson& person = people_[number];
    story_.fates[number].last_day = last_day;
    say(office_time(person, known), "hr.termination", person,
        fmt::format(R"(,"effective":"{}","voluntary":{})", runtime::show_time(end_of(person, last_day)), voluntary));
}

void Author::plan_bulk(std::uint32_t number, std::uint32_t ordinal) {
    constexpr std::array<std::string_view, 4> triggers{"hr.layoff", "hr.pip", "hr.layoff", "hr.resignation"};
    Fate& fate = story_.fates[number];
    const std::int32_t day = day_between(0.4, 0.7);
    flag(number, triggers[ordinal % triggers.size()], day);
    // Policies of IT1003 do not open on a resignation: this one cannot be found by them.
    fate.trigger = triggers[ordinal % triggers.size()] == "hr.resignation" ? "" : triggers[ordinal % triggers.size()];
    fate.acts_from = day - static_cast<std::int32_t>(random_.between(0, 8));
    fate.acts_to = day + static_cast<std::int32_t>(random_.between(2, 12));
}

void Author::plan_slow(std::uint32_t number, std::uint32_t ordinal) {
    constexpr std::array<std::string_view, 4> triggers{"hr.pip", "hr.layoff", "hr.disciplinary_action", ""};
    Fate& fate = story_.fates[number];
    fate.trigger = triggers[ordinal % triggers.size()];
    const std::int32_t day = day_between(0.35, 0.6);
    if (!fate.trigger.empty()) flag(number, fate.trigger, day);
    fate.acts_from = day - static_cast<std::int32_t>(random_.between(5, 20));
    fate.acts_to = day + static_cast<std::int32_t>(random_.between(10, 25));
}

void Author::plan_ghost(std::uint32_t number) {
    Fate& fate = story_.fates[number];
    fate.trigger = "hr.termination";
    const std::int32_t last_day = day_between(0.4, 0.6);
    // Some notices come days after the fact.
    const auto known =
        last_day + static_cast<std::int32_t>(random_.chance(0.3) ? random_.between(1, 4) : -random_.between(1, 10));
    terminate(number, known, last_day, false);
    fate.acts_from = last_day + static_cast<std::int32_t>(random_.between(2, 9));
    fate.acts_to = fate.acts_from + static_cast<std::int32_t>(random_.between(3, 15));
}

void Author::plan_sabotage(std::uint32_t number, std::uint32_t ordinal) {
    constexpr std::array<std::string_view, 4> triggers{"hr.disciplinary_action", "hr.layoff", "hr.pip",
                                                       "hr.disciplinary_action"};
    Fate& fate = story_.fates[number];
    fate.trigger = triggers[ordinal % triggers.size()];
    const std::int32_t day = day_between(0.4, 0.65);
    flag(number, fate.trigger, day);
    fate.acts_from = day + static_cast<std::int32_t>(random_.between(1, 10));
    fate.acts_to = fate.acts_from + static_cast<std::int32_t>(random_.between(1, 6));
}

void Author::wrongdoer(Style style, std::uint32_t ordinal) {
    const std::uint32_t number = somebody(style == Style::sabotage);
    story_.fates[number].style = style;
    story_.fates[number].strength = static_cast<std::uint32_t>(random_.below(100));
    switch (style) {
    case Style::bulk:
        return plan_bulk(number, ordinal);
    case Style::slow:
        return plan_slow(number, ordinal);
    case Style::ghost:
        return plan_ghost(number);
    case Style::sabotage:
        return plan_sabotage(number, ordinal);
    case Style::none:
        return;
    }
}

void Author::wrongdoers(std::uint32_t number) {
    for (std::uint32_t index = 0; index < number; ++index)
        wrongdoer(static_cast<Style>(1 + index % style_count), static_cast<std::uint32_t>(index / style_count + turn_));
}

/// People who resign, work on, take private files along or tidy up, and are gone.
void Author::leavers(std::uint32_t number) {
    for (std::uint32_t index = 0; index < number; ++index) {
        const std::uint32_t who = somebody();
        const SimulatedPerson& person = people_[who];
        Fate& fate = story_.fates[who];
        const std::int32_t day = day_between(0.1, 0.6);
        const auto last_day = day + static_cast<std::int32_t>(random_.between(10, 25));
        say(office_time(person, day), "hr.resignation", person,
            fmt::format(R"(,"last_day":"{}")", runtime::show_time(last_day * one_day).substr(0, 10)));
        terminate(who,
                  last_day +
                      static_cast<std::int32_t>(random_.chance(0.15) ? random_.between(1, 3) : -random_.between(1, 7)),
                  last_day, true);
        if (index % 2 == 0)
            fate.souvenirs_on = last_day - static_cast<std::int32_t>(random_.between(0, 6));
        else if (!person.privileged)
            fate.tidies_on = last_day - static_cast<std::int32_t>(random_.between(0, 3));
        fate.phone_retries = random_.chance(0.2);
    }
}

void Author::warnings() {
    const auto size = static_cast<std::uint32_t>(people_.size());
    for (std::uint32_t index = 0; index < size / 100 + 1; ++index) flag(somebody(), "hr.pip", day_between(0.05, 0.9));
    for (std::uint32_t index = 0; index < size / 160 + 1; ++index) {
        const std::uint32_t who = somebody();
        const std::int32_t day = day_between(0.05, 0.6);
        say(office_time(people_[who], day), "hr.disciplinary_action", people_[who], R"(,"level":"written")");
        if (index % 5 != 0) continue;
        const auto later = day + static_cast<std::int32_t>(random_.between(10, 30));
        say(office_time(people_[who], later), "hr.disciplinary_action", people_[who], R"(,"level":"final")");
    }
}

/// Single people, and one department of one site at a time; one such layoff is called off.
void Author::layoffs() {
    const auto size = static_cast<std::uint32_t>(people_.size());
    for (std::uint32_t index = 0; index < size / 150 + 2; ++index) {
        const std::uint32_t who = somebody();
        const std::int32_t day = day_between(0.3, 0.6);
        flag(who, "hr.layoff", day);
        Fate& fate = story_.fates[who];
        if (index % 2 == 0) fate.souvenirs_on = day + static_cast<std::int32_t>(random_.between(2, 14));
        if (index % 4 == 1 && !people_[who].privileged)
            fate.tidies_on = day + static_cast<std::int32_t>(random_.between(2, 14));
        if (index % 6 == 5) say(office_time(people_[who], day + 7), "hr.layoff_cancelled", people_[who]);
    }
    const std::int32_t day = day_between(0.45, 0.55);
    const Time time = day * one_day + 10 * one_hour;
    const std::string last_day = runtime::show_time((day + 60) * one_day).substr(0, 10);
    story_.hr.push_back(
        {time, fmt::format(R"("type":"hr.layoff_group","department":"Legal","last_day":"{}"}})", last_day)});
    story_.hr.push_back(
        {time + one_hour,
         fmt::format(R"("type":"hr.layoff_group","department":"Facilities","last_day":"{}"}})", last_day)});
    story_.hr.push_back({time + 12 * one_day, R"("type":"hr.layoff_group_cancelled","department":"Facilities"})"});
}

void Author::ordinary() {
    const auto size = static_cast<std::uint32_t>(people_.size());
    for (std::uint32_t index = 0; index < size / 10; ++index) {
        const auto& person = people_[random_.below(size)];
        constexpr std::array<std::string_view, 4> ratings{"1 Exceeds", "2 Meets", "2 Meets", "3 Below"};
        const std::string_view rating = random_.one_of(ratings);
        say(office_time(person, day_between(0.1, 0.9)), "hr.performance_review", person,
            fmt::format(R"(,"rating":"{}")", rating));
    }
    for (std::uint32_t index = 0; index < size / 50; ++index) {
        const std::uint32_t who = somebody();
        Fate& fate = story_.fates[who];
        fate.leave_from = day_between(0.05, 0.7);
        fate.leave_to = fate.leave_from + static_cast<std::int32_t>(random_.between(7, 40));
        say(office_time(people_[who], fate.leave_from), "hr.leave", people_[who]);
        if (fate.leave_to < story_.first_day + story_.days)
            say(office_time(people_[who], fate.leave_to), "hr.return", people_[who]);
    }
    for (std::uint32_t index = 0; index < size / 60; ++index) {
        const auto& person = people_[somebody()];
        say(office_time(person, day_between(0.1, 0.9)), "hr.job_level_change", person,
            R"(,"old_level":"L3","new_level":"L4","direction":"up")");
    }
}

Story Author::finish() {
    std::stable_sort(story_.hr.begin(), story_.hr.end(),
                     [](const HrRecord& left, const HrRecord& right) { return left.time < right.time; });
    return std::move(story_);
}

} // namespace

std::string_view style_name(Style style) {
    constexpr std::array<std::string_view, style_count + 1> names{"none", "bulk", "slow", "ghost", "sabotage"};
    return names[static_cast<std::size_t>(style)];
}

Story make_story(std::uint64_t seed, const std::vector<SimulatedPerson>& people, std::int32_t first_day,
                 std::int32_t days, std::uint32_t insiders) {
    Author author{seed, people, first_day, days};
    author.wrongdoers(insiders);
    author.leavers(std::max<std::uint32_t>(20, static_cast<std::uint32_t>(people.size()) / 66));
    author.warnings();
    author.layoffs();
    author.ordinary();
    return author.finish();
}

std::string truth_line(const SimulatedPerson& person, const Fate& fate) {
    if (fate.style != Style::none)
        return fmt::format(R"({{"person":"{}","kind":"insider","style":"{}","trigger":"{}","from":"{}","to":"{}"}})",
                           person.id, style_name(fate.style), fate.trigger,
                           runtime::show_time(fate.acts_from * one_day).substr(0, 10),
                           runtime::show_time(fate.acts_to * one_day).substr(0, 10));
    if (fate.souvenirs_on == no_day) return {};
    return fmt::format(R"({{"person":"{}","kind":"innocent leaver","from":"{}"}})", person.id,
                       runtime::show_time(fate.souvenirs_on * one_day).substr(0, 10));
}

} // namespace watchword::stdlib
