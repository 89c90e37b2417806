#include "runtime/windows.hpp"

#include "runtime/snapshot.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <memory>
#include <unordered_map>

namespace watchword::runtime {

namespace {

bool sums(Aggregate aggregate) {
    return aggregate == Aggregate::sum || aggregate == Aggregate::avg || aggregate == Aggregate::stddev;
}

/// How a real is scaled in sums.
double scale_of(const WindowPlan& plan) { return plan.argument.kind == Kind::real ? 1e6 : 1; }

bool orders(Aggregate aggregate) { return aggregate == Aggregate::min || aggregate == Aggregate::max; }

} // namespace

Kind result_kind(const WindowPlan& plan) {
    switch (plan.aggregate) {
    case Aggregate::count:
    case Aggregate::distinct:
        return Kind::integer;
    case Aggregate::is_new:
        return Kind::boolean;
    case Aggregate::avg:
    case Aggregate::stddev:
        return plan.argument.kind == Kind::size || plan.argument.kind == Kind::duration ? plan.argument.kind
                                                                                        : Kind::real;
    case Aggregate::sum:
    case Aggregate::min:
    case Aggregate::max:
    case Aggregate::percentile:
        break;
    }
    return plan.argument.kind;
}

double bucket_scale(const WindowPlan& plan) { return result_kind(plan) == Kind::real ? 1e6 : 1; }

WindowState::~WindowState() {
    if (more_ == nullptr) return;
    std::destroy_at(more_);
    memory_->deallocate(more_, sizeof(More), alignof(More));
}

WindowState::More& WindowState::more() {
    if (more_ == nullptr) more_ = ::new (memory_->allocate(sizeof(More), alignof(More))) More(memory_);
    return *more_;
}

void WindowState::forget(const WindowPlan& plan, const Entry& entry) {
    if (plan.aggregate == Aggregate::distinct) {
        if (--entry.content->value == 0) contents_.erase(*entry.content);
    } else if (plan.aggregate == Aggregate::stddev) {
        more().sums.remove(entry.number);
    } else if (sums(plan.aggregate)) {
        sum_.remove(entry.number);
    }
    --count_;
}

void WindowState::slide(const WindowPlan& plan, Time until) {
    while (!times_.empty() && times_.front() <= until) times_.pop_front();
    if (plan.aggregate == Aggregate::count) {
        count_ = times_.size();
        return;
    }
    if (orders(plan.aggregate)) {
        while (!entries_.empty() && entries_.front().time <= until) entries_.pop_front();
        count_ = entries_.size();
        return;
    }
    while (!entries_.empty() && entries_.front().time <= until) forget(plan, entries_.pop_front());
}

void WindowState::turn(const WindowPlan& plan, Time time, Zone zone, std::uint32_t remember) {
    if (plan.aggregate == Aggregate::is_new) {
        if (contents_.size() < 64 || contents_.size() < 2 * count_) return;
        contents_.erase_if(
            [&](const Contents::Entry& entry) { return static_cast<Time>(entry.value) <= time - plan.span; });
        count_ = contents_.size();
        return;
    }
    More& more = this->more();
    if (time < more.bucket.end)
        return; // a bucket runs to the end that it began with, even if the person's zone changes
    complete(plan, remember);
    more.bucket = plan.pane == Pane::hour  ? hour_of(time, zone)
                  : plan.pane == Pane::day ? day_of(time, zone)
                                           : week_of(time, zone);
}

void WindowState::complete(const WindowPlan& plan, std::uint32_t remember) {
    More& more = this->more();
    if (remember != 0 && count_ != 0) {
        Completed completed = summary(plan);
        completed.begin = more.bucket.begin;
        more.completed.push_back(completed);
        while (more.completed.size() > remember) more.completed.pop_front();
    }
    entries_.clear();
    contents_.clear();
    more.sums = {};
    sum_ = {};
    count_ = 0;
}

std::int64_t WindowState::number_of(const WindowPlan& plan, const Value& value) const {
    if (plan.argument.kind != Kind::real) return value.integer;
    return sums(plan.aggregate) ? to_millionths(value.real) : std::bit_cast<std::int64_t>(value.real);
}

Value WindowState::from_number(const WindowPlan& plan, std::int64_t number) const {
    return plan.argument.kind == Kind::real ? Value::of(std::bit_cast<double>(number)) : Value::of(number);
}

bool WindowState::less(const WindowPlan& plan, std::int64_t left, std::int64_t right) const {
    return plan.argument.kind == Kind::real ? std::bit_cast<double>(left) < std::bit_cast<double>(right) : left < right;
}

void WindowState::add_content(const WindowPlan& plan, Time time, const Value& value) {
    KeyBuffer key;
    put_value(key, value, plan.argument);
    Contents::Entry& content = contents_.obtain(key.bytes(), std::uint64_t{0});
    if (plan.aggregate == Aggregate::is_new) {
        content.value = static_cast<std::uint64_t>(time);
        return;
    }
    ++content.value;
    if (plan.pane == Pane::sliding) {
        Entry entry;
        entry.time = time;
        entry.content = &content;
        entries_.push_back(entry);
    }
    ++count_;
}

void WindowState::add_value(const WindowPlan& plan, Time time, const Value& value) {
    const bool sliding = plan.pane == Pane::sliding;
    if (!value.present()) return;
    if (plan.aggregate == Aggregate::distinct || plan.aggregate == Aggregate::is_new)
        return add_content(plan, time, value);
    Entry entry;
    entry.time = time;
    entry.number = number_of(plan, value);
    if (orders(plan.aggregate)) {
        // only what no later entry beats can ever be the answer
        const bool minimum = plan.aggregate == Aggregate::min;
        while (!entries_.empty() && !(minimum ? less(plan, entries_.back().number, entry.number)
                                              : less(plan, entry.number, entries_.back().number)))
            entries_.pop_back();
        entries_.push_back(entry);
        if (sliding) times_.push_back(time);
        count_ = sliding ? entries_.size() : count_ + 1;
        return;
    }
    if (plan.aggregate == Aggregate::stddev)
        more().sums.add(entry.number);
    else if (sums(plan.aggregate))
        sum_.add(entry.number);
    if (sliding || plan.aggregate == Aggregate::percentile) entries_.push_back(entry);
    ++count_;
}

Value WindowState::percentile(const WindowPlan& plan) const {
    std::vector<std::int64_t> numbers;
    numbers.reserve(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) numbers.push_back(entries_[i].number);
    const double wanted = std::ceil(plan.percentile / 100 * static_cast<double>(numbers.size()));
    const std::size_t rank =
        std::clamp<std::size_t>(static_cast<std::size_t>(wanted < 1 ? 1 : wanted), 1, numbers.size());
    const auto at = numbers.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(numbers.begin(), at, numbers.end(),
                     [&](std::int64_t left, std::int64_t right) { return less(plan, left, right); });
    return from_number(plan, *at);
}

Value WindowState::value(const WindowPlan& plan) const {
    const bool whole = result_kind(plan) != Kind::real;
    switch (plan.aggregate) {
    case Aggregate::count:
        return Value::of(static_cast<std::int64_t>(count_));
    case Aggregate::distinct:
        return Value::of(static_cast<std::int64_t>(contents_.size()));
    case Aggregate::sum:
        return whole ? Value::of(sum_.saturated()) : Value::of(static_cast<double>(sum_.value()) / 1e6);
    case Aggregate::is_new:
        return Value::absent(); // asked by `is_new`
    case Aggregate::avg:
        if (count_ == 0) return Value::absent();
        return whole ? Value::of(mean_integer(sum_.value(), count_))
                     : Value::of(mean(sum_.value(), count_, scale_of(plan)));
    case Aggregate::stddev: {
        if (count_ == 0) return Value::absent();
        const double value = more_->sums.stddev(scale_of(plan));
        return whole ? Value::of(static_cast<std::int64_t>(std::llrint(value))) : Value::of(value);
    }
    case Aggregate::min:
    case Aggregate::max:
        return count_ == 0 ? Value::absent() : from_number(plan, entries_.front().number);
    case Aggregate::percentile:
        return count_ == 0 ? Value::absent() : percentile(plan);
    }
    return Value::absent();
}

bool WindowState::is_new(const WindowPlan& plan, Time time, const Value& value) const {
    if (!value.present()) return false;
    KeyBuffer key;
    put_value(key, value, plan.argument);
    const Contents::Entry* const found = contents_.find(key.bytes());
    return found == nullptr || static_cast<Time>(found->value) <= time - plan.span;
}

WindowState::Completed WindowState::summary(const WindowPlan& plan) const {
    const Value present = value(plan);
    if (!present.present()) return {};
    if (result_kind(plan) == Kind::real) return {0, to_millionths(present.real), true};
    return {0, present.integer, true};
}

// In a snapshot: count · sums, where there are · running bucket, of tumbling ones · contents with their numbers, by
// key · entries, of `distinct` with the index of their content · of count, min and max the times · completed buckets.
void WindowState::save(const WindowPlan& plan, SnapshotWriter& out) const {
    const More none{memory_};
    const More& more = more_ == nullptr ? none : *more_;
    out.number(count_);
    if (plan.aggregate == Aggregate::stddev)
        more.sums.save(out);
    else if (sums(plan.aggregate))
        save_sum(sum_.value(), out);
    if (plan.pane != Pane::sliding) {
        out.signed_number(more.bucket.begin);
        out.signed_number(more.bucket.end);
    }
    save_contents(plan, out);
    out.number(times_.size());
    for (std::size_t i = 0; i < times_.size(); ++i) out.signed_number(times_[i]);
    out.number(more.completed.size());
    for (std::size_t i = 0; i < more.completed.size(); ++i) {
        out.signed_number(more.completed[i].begin);
        out.signed_number(more.completed[i].number);
        out.flag(more.completed[i].present);
    }
}

void WindowState::save_contents(const WindowPlan& plan, SnapshotWriter& out) const {
    std::unordered_map<const Contents::Entry*, std::size_t> index;
    out.number(contents_.size());
    for (const Contents::Entry* const content : contents_.sorted()) {
        index.emplace(content, index.size());
        out.raw(content->key());
        out.signed_number(static_cast<std::int64_t>(content->value));
    }
    out.number(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        out.signed_number(entries_[i].time);
        if (plan.aggregate == Aggregate::distinct)
            out.number(index.at(entries_[i].content));
        else
            out.signed_number(entries_[i].number);
    }
}

void WindowState::load(const WindowPlan& plan, SnapshotReader& in) {
    count_ = in.number();
    if (plan.aggregate == Aggregate::stddev)
        more().sums.load(in);
    else if (sums(plan.aggregate))
        sum_ = WideSum(load_sum(count_, in));
    if (plan.pane != Pane::sliding) {
        more().bucket.begin = in.time();
        more().bucket.end = in.time();
    }
    load_contents(plan, in);
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) times_.push_back(in.time());
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        Completed completed;
        completed.begin = in.time();
        completed.number = in.signed_number();
        completed.present = in.flag();
        more().completed.push_back(completed);
    }
    if (in.ok()) in.expect(is_consistent(plan), "a window contradicts itself");
}

void WindowState::load_contents(const WindowPlan& plan, SnapshotReader& in) {
    std::vector<Contents::Entry*> seen;
    const bool last_seen = plan.aggregate == Aggregate::is_new;
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        Bytes key;
        in.value(plan.argument, key);
        const std::int64_t content = last_seen ? in.time() : in.signed_number();
        const bool fresh = contents_.find(key) == nullptr;
        if (!in.expect(fresh && (last_seen || content > 0), "a window holds a value twice")) return;
        seen.push_back(&contents_.obtain(key, static_cast<std::uint64_t>(content)));
    }
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        Entry entry;
        entry.time = in.time();
        if (plan.aggregate != Aggregate::distinct)
            entry.number = in.signed_number();
        else if (const std::uint32_t index = in.index(seen.size()); in.ok())
            entry.content = seen[index];
        if (in.ok()) entries_.push_back(entry);
    }
}

bool WindowState::is_consistent(const WindowPlan& plan) const {
    const bool sliding = plan.pane == Pane::sliding;
    const bool keyed = plan.aggregate == Aggregate::distinct || plan.aggregate == Aggregate::is_new;
    const bool timed = sliding && (plan.aggregate == Aggregate::count || orders(plan.aggregate));
    if (!keyed && !contents_.empty()) return false;
    if (!timed && !times_.empty()) return false;
    if (plan.aggregate == Aggregate::stddev && more_->sums.n() != count_) return false;
    if (plan.aggregate == Aggregate::is_new) return entries_.empty();
    if (plan.aggregate == Aggregate::count) return entries_.empty() && (!sliding || count_ == times_.size());
    if (orders(plan.aggregate))
        return sliding ? count_ == entries_.size() && times_.size() >= count_ && times_.empty() == entries_.empty()
                       : entries_.empty() == (count_ == 0) && entries_.size() <= count_;
    if (sliding || plan.aggregate == Aggregate::percentile) {
        if (count_ != entries_.size()) return false;
    } else if (!entries_.empty()) {
        return false;
    }
    if (plan.aggregate != Aggregate::distinct) return true;
    std::unordered_map<const Contents::Entry*, std::uint64_t> used; // every content as often as entries name it
    std::uint64_t whole = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) ++used[entries_[i].content];
    bool consistent = true;
    contents_.for_each([&](const Contents::Entry& content) {
        consistent &= content.value <= count_ && (!sliding || used[&content] == content.value);
        whole += content.value;
    });
    return consistent && whole == count_;
}

} // namespace watchword::runtime
