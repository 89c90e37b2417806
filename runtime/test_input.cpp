// Orders what a test wrote by (time, written order) within its lateness.
#include "runtime/test_input.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::runtime {

namespace {

std::vector<TestInputItem> written_order(const TestPlan& plan) {
    std::vector<std::pair<std::uint32_t, TestInputItem>> items;
    for (const TestEvent& event : plan.events)
        items.push_back({event.span.begin, {event.at, event.at, &event, nullptr, 0}});
    for (const TestEmployee& employee : plan.employees)
        if (employee.at != beginning)
            items.push_back({employee.span.begin, {employee.at, employee.at, nullptr, &employee, 0}});
    std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<TestInputItem> result;
    for (auto& [place, item] : items) {
        item.ordinal = result.size() + 1;
        result.push_back(item);
    }
    return result;
}

bool comes_before(const TestInputItem& left, const TestInputItem& right) {
    return left.time != right.time ? left.time < right.time : left.ordinal < right.ordinal;
}

} // namespace

TestInput::TestInput(const Program& program, const TestPlan& plan) : program_(program) {
    std::vector<TestInputItem> waiting;
    Time newest = beginning;
    for (TestInputItem item : written_order(plan)) {
        const Time watermark = newest == beginning ? beginning : newest - plan.lateness;
        if (item.time < watermark) {
            if (item.event != nullptr && !program.events[item.event->event].never_late) {
                late_.push_back(item.event);
                continue;
            }
            item.time = watermark;
        }
        newest = std::max(newest, item.time);
        // What lies before the new watermark is final: nothing can come before it any more.
        const auto final = std::partition(waiting.begin(), waiting.end(), [&](const TestInputItem& other) {
            return other.time >= newest - plan.lateness;
        });
        std::sort(final, waiting.end(), comes_before);
        items_.insert(items_.end(), final, waiting.end());
        waiting.erase(final, waiting.end());
        waiting.push_back(item);
    }
    std::sort(waiting.begin(), waiting.end(), comes_before);
    items_.insert(items_.end(), waiting.begin(), waiting.end());
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
    id_ = item.event->id.empty() ? fmt::format("e{}", item.ordinal) : item.event->id;
    event.type = item.event->event;
    event.time = item.time;
    event.stated = item.stated;
    event.position = position;
    event.id = id_;
    event.fields = slots_.data();
    return event;
}

} // namespace watchword::runtime
