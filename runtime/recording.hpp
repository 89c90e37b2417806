// What an engine did for the people and policies one asks about, step by step, as plain data without words. An engine
// appends to a Recording while it is told to; the alerts are the same with and without one. Conditions are recorded in
// parts only if the program was compiled with them.
#pragma once

#include "runtime/alert.hpp"
#include "runtime/program.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace watchword::runtime {

namespace recorded {

inline constexpr std::uint32_t none = UINT32_MAX;

enum class Truth : std::uint8_t { no, yes, unknown };

/// A value that an atom compared; parallel to ConditionPart::operands.
struct Operand {
    Value value;      ///< of numbers, times and the like; texts and lists are in `text` alone
    std::string text; ///< as the language writes it
};
/// One atom that was reached, what it read, and whether it held.
struct Atom {
    PartId part = no_part;
    Truth truth = Truth::no;
    std::vector<Operand> operands;
};
/// In the order in which they were reached.
using Condition = std::vector<Atom>;

enum class TriggerOutcome : std::uint8_t {
    where_false,
    below_level, ///< of an alert trigger
    group_false, ///< of a group trigger: this person is not in it
    expired,     ///< at or after the policy's `expires`
    not_covered,
    already_over, ///< its interval had ended when it was known
    opened,
    extended, ///< also where the end did not move
    restarted,
    ignored,
};
struct Trigger {
    std::uint32_t trigger = none; ///< index in PolicyPlan::triggers
    TriggerOutcome outcome = TriggerOutcome::where_false;
    Condition where, group, covers;
    Time known = 0, stated = 0, anchor = 0;
    Time from = 0, to = 0;         ///< of the interval, if it came so far
    std::uint32_t ended_by = none; ///< index in PolicyPlan::closes that gives `to`; none: `expires`
    std::string event;             ///< id of the record or alert behind it
};

/// A record was offered to a signal over several people that opens the policy.
struct Across {
    std::uint32_t trigger = none; ///< index in PolicyPlan::triggers
    std::uint32_t input = 0;
    bool matched = false;
    Condition where;
    std::optional<std::uint64_t> people; ///< so many it has heard of in its span; nullopt: not matched, or no key
    bool reached = false;                ///< they are enough
};

/// The watch has begun: at its trigger, or when its interval did.
struct Activation {
    Time from = 0, to = 0;
};

enum class CloseCause : std::uint8_t { event, time, restart };
/// An end, or a closing event that was none because its `where` did not hold.
struct Close {
    CloseCause cause = CloseCause::event;
    bool closed = true;
    bool had_begun = true;
    std::uint32_t close = none; ///< index in PolicyPlan::closes, of an event
    Condition where;
};

/// Kept history is played; what follows up to the end is marked `lookback`.
struct LookBack {
    bool begins = true;
    bool covered = true; ///< else nothing was kept
    bool truncated = false;
    std::uint64_t events = 0; ///< played, known at the end
};

struct Exception {
    std::uint32_t signal = none; ///< index in PolicyPlan::signals; none: of the policy
    std::uint32_t exception = 0;
    bool taken = false;
    Condition condition;
};

/// An occurrence is offered to a signal that is no sequence.
struct Offer {
    std::uint32_t signal = 0;
    std::uint32_t input = 0;
    bool matched = false; ///< `where`
    Condition where;
    bool keyed = true; ///< the `by` keys are there
    std::string key;   ///< tells keys apart; empty without `by`
    // of a signal with `when`, if it came so far
    bool decided = false;
    Condition within;    ///< those of its windows, `count(where …)`
    bool hollow = false; ///< a window without a value: false whatever the condition says
    Condition when;
    bool holds = false;
    bool held_before = false; ///< at the key's last event
    bool hit = false;
};

enum class StepOutcome : std::uint8_t {
    where_false,
    not_waiting, ///< no match has come as far as this step
    too_late,    ///< the match that waited began longer ago than the span
    undecided,   ///< a `no` before the first step: too little is known, or such an event was there
    filled,
    completed, ///< filled, and the sequence is a hit or waits for its deadline
    killed,    ///< a `no` step's event ended a pending match
    cleared,   ///< `until` did
    absent,    ///< the deadline of a closing `no` passed: a hit
};
struct Step {
    std::uint32_t signal = 0;
    std::uint32_t step = 0; ///< index in SequencePlan::steps; of `cleared` and its refusals: in SequencePlan::until
    bool is_until = false;
    std::uint32_t input = 0;
    StepOutcome outcome = StepOutcome::where_false;
    Condition where;
    Time began = 0; ///< time of the first step of the match in question
    std::string key;
};

struct Hit {
    std::uint32_t signal = 0;
    std::uint32_t input = 0;
    std::vector<std::string> events; ///< the newest 20
    std::uint64_t event_count = 0;
};

/// A hit is offered to a term of the score.
struct Points {
    std::uint32_t term = 0;
    Condition when;
    bool holds = true;
    bool counted = true; ///< not so if `once` had its hit
    double points = 0;
};

struct Score {
    bool opened = false; ///< the first evaluation of the watch
    double before = 0;   ///< at this time, without the new hits
    double after = 0;
    double total = 0; ///< before the total cap
    double booster = 1;
    std::vector<double> raw, counted;                             ///< per term: decayed; and after its own cap
    std::vector<std::pair<Truth, Condition>> boosters;            ///< per booster
    std::uint64_t armed_before = 0, rearmed = 0, armed_after = 0; ///< a bit a level alert
};

struct Raised {
    std::string alert;      ///< its id
    std::uint32_t plan = 0; ///< index in PolicyPlan::alerts
};

} // namespace recorded

struct RecordedStep {
    Time time = 0;
    std::uint64_t position = 0; ///< of the event; 0 at timers and absences
    std::uint32_t policy = 0;
    PersonId person = nobody;
    std::string event; ///< id of the event in hand; empty at timers
    bool lookback = false;
    std::variant<recorded::Trigger, recorded::Across, recorded::Activation, recorded::Close, recorded::LookBack,
                 recorded::Exception, recorded::Offer, recorded::Step, recorded::Hit, recorded::Points, recorded::Score,
                 recorded::Raised>
        what;
};

struct Recording {
    // what is asked for
    std::string person;                  ///< employee id, without regard to case; empty: everybody
    std::optional<std::uint32_t> policy; ///< nullopt: all
    // what came
    std::vector<RecordedStep> steps;
    std::vector<std::string> people; ///< employee ids by PersonId, of those recorded
};

} // namespace watchword::runtime
