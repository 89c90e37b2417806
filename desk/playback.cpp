#include "desk/playback.hpp"

#include <algorithm>

namespace watchword::desk {

using runtime::Status;
using runtime::Time;

namespace {
constexpr std::size_t most_checkpoints = 64;
} // namespace

Playback::Playback(const runtime::Program& program, const Stream& stream, const runtime::TestPlan* entered,
                   runtime::EngineOptions options)
    : program_(program), stream_(stream), plan_(entered), options_(std::move(options)) {
    for (const StreamEvent& event : stream.events) steps_.push_back({event.event.time, &event, nullptr});
    if (plan_ != nullptr) {
        input_ = std::make_unique<runtime::TestInput>(program, *plan_);
        for (const runtime::TestInputItem& item : input_->items()) steps_.push_back({item.time, nullptr, &item});
    }
    std::stable_sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) { return a.time < b.time; });
    begin();
}

void Playback::begin() {
    engine_ = std::make_unique<runtime::Engine>(program_, options_);
    position_ = 0;
    entered_ = 0;
    is_advanced_ = false;
    now_ = runtime::beginning;
    status_ = Status::fine;
    alerts_.clear();
    if (stream_.has_roster || (plan_ != nullptr && plan_->has_roster)) engine_->roster().require();
    enter_employees(0);
    if (plan_ == nullptr) return;
    for (const runtime::TestEmployee& employee : plan_->employees)
        if (employee.at == runtime::beginning)
            engine_->roster().enter({employee.id, employee.aliases, employee.attributes});
}

void Playback::enter_employees(std::size_t before) {
    for (; entered_ < stream_.employees.size() && stream_.employees[entered_].before <= before; ++entered_) {
        const StreamEmployee& employee = stream_.employees[entered_];
        const runtime::RosterEntry entry{employee.id, employee.aliases, employee.attributes};
        if (employee.at)
            engine_->change_roster(*employee.at, position_, entry);
        else
            engine_->roster().enter(entry);
    }
}

void Playback::take_alerts() {
    for (runtime::Alert& alert : engine_->alerts()) alerts_.push_back(std::move(alert));
    engine_->alerts().clear();
}

runtime::Event Playback::event_of(const Step& step) {
    return step.recorded != nullptr ? step.recorded->event : input_->event(*step.entered, 0);
}

void Playback::push(const Step& step) {
    const std::uint64_t number = position_ + 1;
    if (step.recorded != nullptr) {
        enter_employees(static_cast<std::size_t>(step.recorded - stream_.events.data()));
        runtime::Event event = step.recorded->event;
        event.position = number;
        status_ = engine_->push(event);
    } else if (step.entered->employee != nullptr) {
        const runtime::TestEmployee& employee = *step.entered->employee;
        status_ = engine_->change_roster(step.time, number, {employee.id, employee.aliases, employee.attributes});
    } else {
        status_ = engine_->push(input_->event(*step.entered, number));
    }
}

bool Playback::next() {
    if (at_end() || status_ != Status::fine) return false;
    remember();
    const Step& step = steps_[position_];
    push(step);
    take_alerts();
    ++position_;
    is_advanced_ = false;
    now_ = std::max(now_, step.time);
    return status_ == Status::fine;
}

/// Keeps a way back, where there is none near; when there are many, every second one is given up.
void Playback::remember() {
    const std::size_t last = checkpoints_.empty() ? 0 : checkpoints_.back().position;
    if (position_ < last + spacing_) return;
    if (checkpoints_.size() == most_checkpoints) {
        for (std::size_t i = 0; 2 * i + 1 < checkpoints_.size(); ++i)
            checkpoints_[i] = std::move(checkpoints_[2 * i + 1]);
        checkpoints_.resize(most_checkpoints / 2);
        spacing_ *= 2;
    }
    checkpoints_.push_back({position_, now_, alerts_.size(), entered_, engine_->snapshot()});
}

void Playback::restore(const Checkpoint& checkpoint) {
    begin();
    if (checkpoint.snapshot.empty() || !engine_->restore(checkpoint.snapshot).empty()) return;
    position_ = checkpoint.position;
    now_ = checkpoint.now;
    entered_ = checkpoint.entered;
}

void Playback::go_to(std::size_t position) {
    position = std::min(position, steps_.size());
    if (position < position_ || (position == position_ && position > 0 && is_advanced_)) {
        const auto after =
            std::upper_bound(checkpoints_.begin(), checkpoints_.end(), position,
                             [](std::size_t wanted, const Checkpoint& one) { return wanted < one.position; });
        std::vector<runtime::Alert> kept = std::move(alerts_);
        if (after == checkpoints_.begin()) {
            begin();
        } else {
            const Checkpoint& best = *std::prev(after);
            restore(best);
            kept.resize(position_ == best.position ? best.alerts : 0);
            alerts_ = std::move(kept);
        }
    }
    while (position_ < position)
        if (!next()) return;
}

void Playback::seek(Time time) {
    const auto after = std::upper_bound(steps_.begin(), steps_.end(), time,
                                        [](Time wanted, const Step& step) { return wanted < step.time; });
    const auto position = static_cast<std::size_t>(after - steps_.begin());
    if (position < position_ || time < now_) go_to(position);
    while (position_ < position)
        if (!next()) return;
    if (status_ != Status::fine || time < now_) return;
    status_ = engine_->advance(time);
    take_alerts();
    is_advanced_ = true;
    now_ = time;
}

bool Playback::run_until_alert() {
    const auto count = [&] {
        return std::count_if(alerts_.begin(), alerts_.end(),
                             [](const runtime::Alert& alert) { return alert.kind == runtime::RecordKind::alert; });
    };
    const auto before = count();
    while (count() == before)
        if (!next()) return count() != before;
    return true;
}

} // namespace watchword::desk
