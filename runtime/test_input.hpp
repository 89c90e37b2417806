// The events of a test as an input side would hand them to an engine: ordered, late ones dropped or put at the
// watermark (semantics 1.2 to 1.4), values in their slots.
#pragma once

#include "runtime/event.hpp"
#include "runtime/program.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace watchword::runtime {

/// One thing that a test does at an instant: an event or a roster change.
struct TestInputItem {
    Time time = 0;   ///< when it becomes known
    Time stated = 0; ///< as written
    const TestEvent* event = nullptr;
    const TestEmployee* employee = nullptr;
    std::uint64_t ordinal = 0; ///< in written order, from 1
};

class TestInput {
public:
    /// Both must outlive the input.
    TestInput(const Program& program, const TestPlan& plan);

    /// In total order.
    const std::vector<TestInputItem>& items() const { return items_; }
    const std::vector<const TestEvent*>& late() const { return late_; }
    /// The event of an item, valid until the next call.
    Event event(const TestInputItem& item, std::uint64_t position);

private:
    const Program& program_;
    std::vector<TestInputItem> items_;
    std::vector<const TestEvent*> late_;
    std::vector<Value> slots_;
    std::deque<std::string> texts_;
    std::string id_;
};

} // namespace watchword::runtime
