// One record on its way into the engine. A view: the pusher owns everything it points to, for the length of the call.
#pragma once

#include "runtime/type.hpp"

#include <cstdint>
#include <string_view>

namespace watchword::runtime {

struct Event {
    std::uint32_t type = 0; ///< index in Program::events
    Time time = 0;          ///< when the thing became known; never falls from one event to the next
    Time stated = 0;        ///< its own time; earlier than `time` only for records that came late
    /// Input order among all records of the run, rising; part of the order of alerts.
    std::uint64_t position = 0;
    std::string_view id;
    /// EventSchema::slots values. A required field is present. A `person` slot holds the account name as text; the
    /// engine resolves it. `host` and `email` values are folded already.
    const Value* fields = nullptr;
    /// The account name of the subject field, which need not have a slot; data() nullptr: nobody.
    std::string_view subject;
    /// The subject is another shard's: only what the event means for everybody happens here.
    bool elsewhere = false;
};

} // namespace watchword::runtime
