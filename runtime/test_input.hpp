// The events of a test as an input side would hand them to an engine: ordered, late ones dropped or put at the
// watermark (semantics 1.2 to 1.4), values in their slots.
#pragma once

#include "runtime/event.hpp"
#include "runtime/program.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace watchword::runtime {

/// One thing that a test does at an instant: an event, a roster change, or, with neither, that the clock moves.
struct TestInputItem {
    Time time = 0;   ///< when it becomes known
    Time stated = 0; ///< as written
    const TestEvent* event = nullptr;
    const TestEmployee* employee = nullptr;
    std::uint64_t written = 0; ///< place in written order, from 1
    std::uint64_t ordinal = 0; ///< in order of arrival, from 1
};

/// Another order of arrival: each record comes up to `most` later than it says, by chance.
struct Shuffle {
    std::uint64_t seed = 1;
    Duration most = 0; ///< also the lateness of a test that says none
};

class TestInput {
public:
    /// Both must outlive the input.
    TestInput(const Program& program, const TestPlan& plan, const std::optional<Shuffle>& shuffle = std::nullopt);

    /// In total order.
    const std::vector<TestInputItem>& items() const { return items_; }
    const std::vector<const TestEvent*>& late() const { return late_; }
    /// The event of an item, valid until the next call.
    Event event(const TestInputItem& item, std::uint64_t position);

private:
    void settle(Time before);
    void wait(const TestInputItem& item);
    void take(TestInputItem item);

    const Program& program_;
    Duration lateness_;
    Time newest_ = beginning;
    std::vector<TestInputItem> waiting_; ///< not final yet; a heap, the first in front
    std::vector<TestInputItem> items_;
    std::vector<const TestEvent*> late_;
    std::vector<Value> slots_;
    std::deque<std::string> texts_;
    std::string id_;
};

} // namespace watchword::runtime
