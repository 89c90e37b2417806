// Orders what a test wrote by (time, written order) within its lateness.
#include "runtime/test_input.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::runtime {

namespace {

std::vector<TestInputItem> written_order(const TestPlan& plan) {
    std::vector<std::pair<std::uint32_t, TestInputItem>> items;
    for (const TestEvent& event : plan.events)
        items.push_back({event.span.begin, {event.at, event.at, &event, nullptr, 0, 0}});
    for (const TestEmployee& employee : plan.employees)
        if (employee.at != beginning)
            items.push_back({employee.span.begin, {employee.at, employee.at, nullptr, &employee, 0, 0}});
    for (const TestClock& clock : plan.clock)
        items.push_back({clock.span.begin, {clock.at, clock.at, nullptr, nullptr, 0, 0}});
    std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<TestInputItem> result;
    for (auto& [place, item] : items) {
        item.written = result.size() + 1;
        result.push_back(item);
    }
    return result;
}

bool is_clock(const TestInputItem& item) { return item.event == nullptr && item.employee == nullptr; }

bool comes_after(const TestInputItem& left, const TestInputItem& right) {
    return left.time != right.time ? left.time > right.time : left.ordinal > right.ordinal;
}

/// splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
std::uint64_t mixed(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

/// What lies between two moves of the clock, which stay where they are, in order of arrival.
void let_arrive(std::vector<TestInputItem>& items, const Shuffle& shuffle) {
    const auto arrival = [&](const TestInputItem& item) {
        const std::uint64_t delay = mixed(shuffle.seed ^ mixed(item.written));
        return item.time + static_cast<Duration>(delay % (static_cast<std::uint64_t>(shuffle.most) + 1));
    };
    for (auto first = items.begin(); first != items.end();) {
        const auto last = std::find_if(first, items.end(), is_clock);
        std::stable_sort(first, last, [&](const auto& a, const auto& b) { return arrival(a) < arrival(b); });
        first = last == items.end() ? last : last + 1;
    }
}

} // namespace

TestInput::TestInput(const Program& program, const TestPlan& plan, const std::optional<Shuffle>& shuffle)
    : program_(program), lateness_(plan.lateness) {
    std::vector<TestInputItem> arriving = written_order(plan);
    if (shuffle) {
        let_arrive(arriving, *shuffle);
        if (lateness_ == 0) lateness_ = shuffle->most;
    }
    std::uint64_t ordinal = 0;
    for (TestInputItem& item : arriving) {
        item.ordinal = ++ordinal;
        take(item);
    }
    settle(never);
}

/// What lies before is final: nothing can come before it any more.
void TestInput::settle(Time before) {
    while (!waiting_.empty() && waiting_.front().time < before) {
        std::pop_heap(waiting_.begin(), waiting_.end(), comes_after);
        items_.push_back(waiting_.back());
        waiting_.pop_back();
    }
}

void TestInput::wait(const TestInputItem& item) {
    waiting_.push_back(item);
    std::push_heap(waiting_.begin(), waiting_.end(), comes_after);
}

void TestInput::take(TestInputItem item) {
    const Time watermark = newest_ == beginning ? beginning : newest_ - lateness_;
    if (is_clock(item)) {
        settle(item.time);
        wait(item);
        newest_ = std::max(newest_, item.time + lateness_);
        return;
    }
    if (item.time < watermark) {
        if (item.event != nullptr && !program_.events[item.event->event].never_late) {
            late_.push_back(item.event);
            return;
        }
        item.time = watermark;
    }
    newest_ = std::max(newest_, item.time);
    settle(newest_ - lateness_);
    wait(item);
}

Event TestInput::event(const TestInputItem& item, std::uint64_t position) {
    const EventSchema& schema = program_.events[item.event->event];
    slots_.assign(schema.slots, Value::absent());
    texts_.clear();
    Event event;
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
        const Field& field = schema.fields[i];
        Value value = i < item.event->fields.size() ? item.event->fields[i] : Value::absent();
        if (!value.present() && field.fallback) value = *field.fallback;
        if ((field.type.kind == Kind::host || field.type.kind == Kind::email) && value.present()) {
            texts_.push_back(fold(value.text()));
            value = Value::of(std::string_view{texts_.back()});
        }
        if (static_cast<std::int32_t>(i) == schema.subject && value.present()) event.subject = value.text();
        if (field.slot != no_slot) slots_[static_cast<std::size_t>(field.slot)] = value;
    }
    id_ = item.event->id.empty() ? fmt::format("e{}", item.written) : item.event->id;
    event.type = item.event->event;
    event.time = item.time;
    event.stated = item.stated;
    event.position = position;
    event.id = id_;
    event.fields = slots_.data();
    return event;
}

} // namespace watchword::runtime
