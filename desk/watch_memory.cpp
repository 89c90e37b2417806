#include "desk/watch_memory.hpp"

#include "runtime/plain_signal.hpp"
#include "runtime/sequence.hpp"
#include "runtime/watch.hpp"
#include "runtime/windows.hpp"

namespace watchword::desk {

namespace {

/// A time; with it a value; of distinct and new values a row of a table that is half empty.
std::size_t entry_bytes(const runtime::WindowPlan& window) {
    switch (window.aggregate) {
    case runtime::Aggregate::count:
        return sizeof(runtime::Time);
    case runtime::Aggregate::distinct:
    case runtime::Aggregate::is_new:
        return 6 * sizeof(runtime::Value);
    default:
        return sizeof(runtime::Time) + sizeof(runtime::Value);
    }
}

} // namespace

WatchMemory watch_memory(const runtime::PolicyPlan& plan) {
    WatchMemory result;
    result.empty = sizeof(runtime::Watch);
    for (const runtime::SignalPlan& signal : plan.signals) {
        if (signal.sequence) {
            result.empty += sizeof(runtime::SequenceState) + signal.sequence->steps.size() * sizeof(void*);
            continue;
        }
        result.empty += sizeof(runtime::PlainState) + signal.windows.size() * sizeof(runtime::WindowState);
        for (const runtime::WindowPlan& window : signal.windows)
            if (window.pane == runtime::Pane::sliding) result.per_record += entry_bytes(window);
    }
    return result;
}

} // namespace watchword::desk
