#include "desk/watch_memory.hpp"

#include "runtime/people.hpp"
#include "runtime/plain_signal.hpp"
#include "runtime/running_signal.hpp"
#include "runtime/sequence.hpp"
#include "runtime/watch.hpp"
#include "runtime/windows.hpp"

namespace watchword::desk {

namespace {

// Queues grow by doubling, and what they outgrow is used again only where something of its size is wanted.
constexpr std::size_t slack = 2;
constexpr std::size_t person = sizeof(runtime::PersonRow) + sizeof(runtime::Glance);
constexpr std::size_t time = sizeof(runtime::Time);
constexpr std::size_t trail = runtime::listed_events * (time + 16);              ///< times and short ids
constexpr std::size_t running_events = runtime::listed_events * (time + 16 + 8); ///< and values
constexpr std::size_t tumbling = 192;                                            ///< bucket, sums
constexpr std::size_t waiting_match = 256;                                       ///< with its key and what it has seen

std::size_t entry_bytes(const runtime::WindowPlan& window) {
    if (window.pane != runtime::Pane::sliding && window.aggregate != runtime::Aggregate::percentile) return 0;
    constexpr std::size_t table_row = 24 + 2 * sizeof(runtime::Value) + sizeof(void*); // hash, key, number
    switch (window.aggregate) {
    case runtime::Aggregate::count:
    case runtime::Aggregate::min: // of the values only those that may still be the answer
    case runtime::Aggregate::max:
        return time;
    case runtime::Aggregate::distinct:
        return 2 * time + table_row;
    case runtime::Aggregate::is_new:
        return table_row;
    default:
        return 2 * time;
    }
}

std::size_t begun_bytes(const runtime::Program& program, const runtime::SignalPlan& signal) {
    if (signal.sequence) return sizeof(runtime::SequenceState) + waiting_match;
    if (signal.windows.empty()) return 0;
    if (!runtime::PlainShape(program, signal).running.empty()) return sizeof(runtime::RunningState) + running_events;
    std::size_t bytes = sizeof(runtime::PlainState) + slack * trail;
    for (std::size_t i = 0; i < signal.windows.size(); ++i) {
        if (i != 0) bytes += sizeof(runtime::WindowState);
        if (signal.windows[i].pane != runtime::Pane::sliding) bytes += tumbling;
    }
    return bytes;
}

} // namespace

WatchMemory watch_memory(const runtime::Program& program, const runtime::PolicyPlan& plan) {
    WatchMemory result;
    result.empty = sizeof(runtime::Watch) + person;
    if (!plan.always) result.empty += sizeof(runtime::WatchStory);
    for (const runtime::SignalPlan& signal : plan.signals) {
        result.empty += begun_bytes(program, signal);
        for (const runtime::WindowPlan& window : signal.windows) result.per_record += slack * entry_bytes(window);
    }
    return result;
}

} // namespace watchword::desk
