// What a run says: alerts with everything that brought them about, and the records that end a state action.
// Plain owning values; names and sensitive values are in clear here and made pseudonymous by whoever prints them.
#pragma once

#include "runtime/program.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace watchword::runtime {

/// A labelled value of a hit or a trigger, already rendered as text the way the language writes it.
struct NamedValue {
    std::string label;
    std::string value;
    Type type;
    bool sensitive = false; ///< print a pseudonym instead, as for every `person` value
};

struct HitRecord {
    Time time = 0;
    bool lookback = false;
    double points = 0;               ///< before decay
    double share = 0;                ///< of its signal's points after decay, caps and boosters; multiple of 0.001
    std::vector<std::string> events; ///< ids, oldest first, the newest 20
    std::uint64_t event_count = 0;   ///< of all
    std::vector<NamedValue> values;
};

struct Contribution {
    std::string signal;
    std::string title;
    double points = 0; ///< part of the score; multiple of 0.001; the points of all contributions add up to the score
    double raw = 0;    ///< after decay, before cap, boosters and total cap
    bool capped = false;
    std::vector<HitRecord> hits; ///< newest 20, oldest first
    std::uint64_t hit_count = 0; ///< of all
};

struct TriggerRecord {
    std::string type;  ///< event type, or `alert`
    std::string event; ///< id of the event or alert
    Time known = 0;
    Time stated = 0;
    Time anchor = 0;
    std::vector<NamedValue> values;
};

struct WatchRecord {
    Time opened = 0; ///< when it became known
    Time anchor = 0;
    Time from = 0;
    Time to = never;                     ///< never: `opens always`
    std::vector<TriggerRecord> triggers; ///< the first and the newest 19
    std::uint64_t trigger_count = 0;
    bool history_truncated = false;
};

struct Action {
    std::uint32_t action = 0; ///< index in Program::actions
    std::vector<std::string> arguments;
    std::string begun_by = {}; ///< of a state that an earlier alert began, which will end with its id; else empty
};

enum class RecordKind : std::uint8_t { alert, action_end };
/// Order among records of one time: timers, then events, then absence deadlines.
enum class Phase : std::uint8_t { timer, event, absence };

struct Alert {
    RecordKind kind = RecordKind::alert;
    std::string id; ///< 32 hex digits; the same alert on a replay has the same id. Of an action_end: the alert's.
    std::uint32_t policy = 0; ///< index in Program::policies; risk_policy for `risk`
    Level level = Level::info;
    AlertCause cause = AlertCause::level;
    std::string cause_text; ///< `score >= 40`, `on open`, `on UsbBulkCopy`
    double score = 0;       ///< multiple of 0.001
    double threshold = 0;   ///< of AlertCause::level
    Time time = 0;
    std::string subject; ///< the employee's id, in clear
    WatchRecord watch;
    std::vector<Contribution> contributions; ///< of signals with hits, in score-block order
    double booster = 1;
    std::vector<std::string> boosters; ///< labels of those that hold
    bool capped = false;
    std::vector<Action> actions;
    std::string event; ///< id of the causing event
    // the order of records (semantics 1.7)
    Phase phase = Phase::event;
    std::uint64_t position = 0;
};

} // namespace watchword::runtime
