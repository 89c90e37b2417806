#include "desk/replay.hpp"

#include "stdlib/sharing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace watchword::desk {

using runtime::Status;
using runtime::Time;
using runtime::Value;

Replay::Replay(const runtime::Program& program, const Stream& stream, ReplayOptions options)
    : program_(program), stream_(stream), options_(std::move(options)), engine_(program, options_.engine) {
    last_ = stream.events.size();
    if (options_.until)
        last_ = static_cast<std::size_t>(
            std::upper_bound(stream.events.begin(), stream.events.end(), *options_.until,
                             [](runtime::Time time, const StreamEvent& event) { return time < event.event.time; }) -
            stream.events.begin());
    if (layout_of(program) != stream.layout) map_layout();
    if (!problem_.empty()) {
        last_ = 0;
        return;
    }
    const std::vector<bool> concerns = stdlib::types_that_concern_all(program);
    for (std::size_t type = 0; type < stream.layout.events.size(); ++type) {
        const std::uint32_t own = is_mapped_ ? types_[type] : static_cast<std::uint32_t>(type);
        concerns_all_.push_back(own < concerns.size() && concerns[own]);
    }
    if (options_.person != no_person) choose_events();
    if (stream.progress != nullptr) stream.progress->all += options_.person == no_person ? last_ : chosen_.size();
    if (options_.recording != nullptr) engine_.record(options_.recording);
    if (stream.has_roster) engine_.roster().require();
    enter_employees(0);
}

/// By the names of events, fields and attributes; what the program reads must be in the stream.
void Replay::map_layout() {
    is_mapped_ = true;
    const StreamLayout wanted = layout_of(program_);
    const auto lacks = [&](const std::string& what) {
        if (problem_.empty()) problem_ = fmt::format("the events were read without {}", what);
    };
    types_.assign(stream_.layout.events.size(), UINT32_MAX);
    slots_.resize(wanted.events.size());
    for (std::uint32_t type = 0; type < wanted.events.size(); ++type) {
        const auto known = std::find(stream_.layout.events.begin(), stream_.layout.events.end(), wanted.events[type]);
        if (known == stream_.layout.events.end()) continue; // no such events came
        const auto own = static_cast<std::size_t>(known - stream_.layout.events.begin());
        types_[own] = type;
        for (const StreamLayout::Slot& slot : wanted.slots[type]) {
            const auto& held = stream_.layout.slots[own];
            const auto found = std::find(held.begin(), held.end(), slot);
            if (found == held.end()) lacks(fmt::format("`{}` of {}", slot.field, wanted.events[type]));
            slots_[type].push_back(static_cast<std::int32_t>(found - held.begin()));
        }
    }
    for (const StreamLayout::Slot& attribute : stream_.layout.attributes) {
        const auto found = std::find(wanted.attributes.begin(), wanted.attributes.end(), attribute);
        attributes_.push_back(found == wanted.attributes.end()
                                  ? UINT32_MAX
                                  : static_cast<std::uint32_t>(found - wanted.attributes.begin()));
    }
}

runtime::Event Replay::mapped(const StreamEvent& event) {
    runtime::Event result = event.event;
    result.type = types_[event.event.type];
    fields_.clear();
    for (const std::int32_t slot : slots_[result.type]) fields_.push_back(event.event.fields[slot]);
    result.fields = fields_.data();
    return result;
}

void Replay::enter_employees(std::size_t before) {
    for (; entered_ < stream_.employees.size() && stream_.employees[entered_].before <= before; ++entered_) {
        const StreamEmployee& employee = stream_.employees[entered_];
        std::vector<std::pair<std::uint32_t, Value>> attributes = employee.attributes;
        if (is_mapped_) {
            for (auto& [attribute, value] : attributes) attribute = attributes_[attribute];
            std::erase_if(attributes, [](const auto& one) { return one.first == UINT32_MAX; });
        }
        const runtime::RosterEntry entry{employee.id, employee.aliases, attributes};
        if (!employee.at)
            engine_.roster().enter(entry);
        else if (engine_.change_roster(*employee.at, before, entry) != Status::fine)
            status_ = Status::limit;
    }
}

void Replay::choose_events() {
    const auto take = [&](std::span<const std::uint32_t> events) {
        const auto middle = static_cast<std::ptrdiff_t>(chosen_.size());
        for (const std::uint32_t index : events)
            if (index < last_) chosen_.push_back(index);
        std::inplace_merge(chosen_.begin(), chosen_.begin() + middle, chosen_.end());
    };
    take(stream_.events_about(options_.person));
    for (std::uint32_t type = 0; type < concerns_all_.size(); ++type)
        if (concerns_all_[type]) take(stream_.events_of_type(type));
    if (last_ != 0) chosen_.push_back(static_cast<std::uint32_t>(last_ - 1)); // for its time
    chosen_.erase(std::unique(chosen_.begin(), chosen_.end()), chosen_.end());
}

bool Replay::bears(std::size_t index) const {
    const StreamEvent& event = stream_.events[index];
    if (is_mapped_ && types_[event.event.type] == UINT32_MAX) return false;
    // the clock goes as far as with everybody's events
    if (index + 1 == last_ && options_.person != no_person && event.person != options_.person) return true;
    return !options_.wanted || options_.wanted(event);
}

const StreamEvent* Replay::head() {
    if (options_.person == no_person) {
        while (position_ < last_ && !bears(position_)) ++position_;
    } else {
        while (next_chosen_ < chosen_.size() && (chosen_[next_chosen_] < position_ || !bears(chosen_[next_chosen_])))
            ++next_chosen_;
        position_ = next_chosen_ < chosen_.size() ? chosen_[next_chosen_] : last_;
    }
    return position_ < last_ && status_ == Status::fine ? &stream_.events[position_] : nullptr;
}

bool Replay::next() {
    const StreamEvent* event = head();
    if (event == nullptr) return false;
    enter_employees(position_);
    status_ = engine_.push(is_mapped_ ? mapped(*event) : event->event);
    ++position_;
    note_progress(1);
    return status_ == Status::fine;
}

/// So many were pushed, the last one before `position_`.
void Replay::note_progress(std::size_t events) {
    if (stream_.progress == nullptr) return;
    stream_.progress->done.fetch_add(events, std::memory_order_relaxed);
    stream_.progress->time.store(stream_.events[position_ - 1].event.time, std::memory_order_relaxed);
}

/// The next events, announced, if they are pushed as they are and nobody looks on; false: none was.
bool Replay::push_together(runtime::Time time) {
    if (is_mapped_ || options_.person != no_person || options_.wanted || options_.recording != nullptr) return false;
    if (status_ != Status::fine || position_ == last_ || stream_.events[position_].event.time > time) return false;
    enter_employees(position_);
    if (status_ != Status::fine) return false;
    const bool someone_enters = entered_ < stream_.employees.size();
    const std::size_t end = someone_enters ? std::min(stream_.employees[entered_].before, last_) : last_;
    std::array<const runtime::Event*, runtime::Engine::prepared_together> events{};
    std::size_t count = 0;
    for (std::size_t next = position_; next < end && count < events.size(); ++next, ++count) {
        events[count] = &stream_.events[next].event;
        if (events[count]->time > time) break;
    }
    engine_.prepare(std::span{events}.first(count));
    std::size_t pushed = 0;
    while (pushed < count && status_ == Status::fine) {
        pushed += engine_.push_quiet();
        if (pushed < count) status_ = engine_.push(*events[pushed++]);
    }
    position_ += pushed;
    if (pushed != 0) note_progress(pushed);
    return pushed != 0;
}

void Replay::run(runtime::Time time) {
    while (push_together(time)) {
    }
    while (const StreamEvent* event = head()) {
        if (event->event.time > time) break;
        if (!next()) return;
    }
    if (time == runtime::never) return finish();
    if (head() == nullptr) enter_employees(stream_.events.size());
    if (status_ == Status::fine) status_ = engine_.advance(time);
}

void Replay::finish() {
    if (status_ != Status::fine) return;
    enter_employees(stream_.events.size());
    if (!stream_.until || status_ != Status::fine) return;
    const Time last = std::min(*stream_.until, options_.until.value_or(runtime::never));
    if (last >= engine_.now()) status_ = engine_.advance(last); // what is due at that very time comes too
}

std::vector<runtime::Alert> replay(const runtime::Program& program, const Stream& stream, ReplayOptions options) {
    Replay one{program, stream, std::move(options)};
    one.run();
    return std::move(one.engine().alerts());
}

} // namespace watchword::desk
