// What is known of one policy's watch on one person while a story is read.
#pragma once

#include "runtime/alert.hpp"
#include "tests/oracle/signals.hpp"

#include <set>
#include <string>
#include <vector>

namespace watchword::oracle {

/// A hit and the points it gives to one line of the score block.
struct Given {
    Hit hit;
    double points = 0;
    bool lookback = false;
    bool fresh = false; ///< of the event that is being evaluated
};

struct Watching {
    bool open = false; ///< waiting or active
    bool active = false;
    Interval interval;
    runtime::Time opened = 0, anchor = 0, from = 0, to = 0;
    runtime::Time first_anchor = 0;  ///< of the first trigger
    const Record* trigger = nullptr; ///< the newest
    std::string alias;
    std::vector<runtime::TriggerRecord> triggers;
    std::vector<std::vector<Given>> given;      ///< per line of the score block
    std::set<std::size_t> disarmed;             ///< indices in PolicyDecl::alerts
    std::set<std::size_t> sounded;              ///< indices of `on SIGNAL` clauses hit at this event
    runtime::Time settled = runtime::beginning; ///< the last absence that was decided
    bool just_opened = false;                   ///< at this event
    bool retriggered = false;                   ///< at this event, while it was open
    bool hit = false;                           ///< some signal hit at this event, whether or not it gave points
};

} // namespace watchword::oracle
