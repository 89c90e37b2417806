#include "runtime/windows.hpp"

#include "runtime/snapshot.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

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

WindowState::WindowState(const WindowPlan&, std::pmr::memory_resource* memory)
    : entries_(memory), contents_(memory), times_(memory), completed_(memory) {}

void WindowState::forget(const WindowPlan& plan, const Entry& entry) {
    if (sums(plan.aggregate)) sums_.remove(entry.number);
    if (entry.seen != nullptr && --*entry.seen == 0) {
        --distinct_;
        // an entry knows its content's count, not its node: empty nodes are swept now and then
        if (contents_.size() > 32 && contents_.size() > 2 * entries_.size())
            std::erase_if(contents_, [](const auto& content) { return content.second == 0; });
    }
    --count_;
}

void WindowState::move_to(const WindowPlan& plan, Time time, Zone zone, std::uint32_t remember) {
    if (plan.aggregate == Aggregate::is_new) {
        if (contents_.size() < 64 || contents_.size() < 2 * count_) return;
        std::erase_if(contents_,
                      [&](const auto& content) { return static_cast<Time>(content.second) <= time - plan.span; });
        count_ = contents_.size();
        return;
    }
    if (plan.pane == Pane::sliding) {
        if (orders(plan.aggregate)) {
            while (!entries_.empty() && entries_.front().time <= time - plan.span) entries_.pop_front();
            while (!times_.empty() && times_.front() <= time - plan.span) times_.pop_front();
            count_ = entries_.size();
            return;
        }
        while (!entries_.empty() && entries_.front().time <= time - plan.span) forget(plan, entries_.pop_front());
        return;
    }
    if (time < bucket_.end) return; // a bucket runs to the end that it began with, even if the person's zone changes
    complete(plan, remember);
    bucket_ = plan.pane == Pane::hour  ? hour_of(time, zone)
              : plan.pane == Pane::day ? day_of(time, zone)
                                       : week_of(time, zone);
}

void WindowState::complete(const WindowPlan& plan, std::uint32_t remember) {
    if (remember != 0 && count_ != 0) {
        Completed completed = summary(plan);
        completed.begin = bucket_.begin;
        completed_.push_back(completed);
        while (completed_.size() > remember) completed_.pop_front();
    }
    entries_.clear();
    contents_.clear();
    sums_ = {};
    count_ = 0;
    distinct_ = 0;
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

void WindowState::add(const WindowPlan& plan, Time time, const Value& value) {
    const bool sliding = plan.pane == Pane::sliding;
    if (plan.aggregate == Aggregate::count) {
        if (sliding) entries_.push_back({time, 0, nullptr});
        ++count_;
        return;
    }
    if (!value.present()) return;
    if (plan.aggregate == Aggregate::distinct || plan.aggregate == Aggregate::is_new) {
        Bytes key(contents_.get_allocator());
        put_value(key, value, plan.argument);
        std::uint64_t& content = contents_[std::move(key)];
        if (plan.aggregate == Aggregate::is_new) {
            content = static_cast<std::uint64_t>(time);
            return;
        }
        if (content++ == 0) ++distinct_;
        if (sliding) entries_.push_back({time, 0, &content});
        ++count_;
        return;
    }
    const Entry entry{time, number_of(plan, value), nullptr};
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
    if (sums(plan.aggregate)) sums_.add(entry.number);
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
        return Value::of(static_cast<std::int64_t>(distinct_));
    case Aggregate::sum:
        return whole ? Value::of(saturate(sums_.sum())) : Value::of(static_cast<double>(sums_.sum()) / 1e6);
    case Aggregate::is_new:
        return Value::absent(); // asked by `is_new`
    case Aggregate::avg:
        if (count_ == 0) return Value::absent();
        return whole ? Value::of(sums_.mean_integer()) : Value::of(sums_.mean(scale_of(plan)));
    case Aggregate::stddev: {
        if (count_ == 0) return Value::absent();
        const double value = sums_.stddev(scale_of(plan));
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
    Bytes key(contents_.get_allocator());
    put_value(key, value, plan.argument);
    const auto found = contents_.find(key);
    return found == contents_.end() || static_cast<Time>(found->second) <= time - plan.span;
}

WindowState::Completed WindowState::summary(const WindowPlan& plan) const {
    const Value present = value(plan);
    if (!present.present()) return {};
    if (result_kind(plan) == Kind::real) return {0, to_millionths(present.real), true};
    return {0, present.integer, true};
}

// In a snapshot: count · sums, where there are · running bucket, of tumbling ones · contents with their numbers, by
// key · entries, of `distinct` with the index of their content · of min and max the times · completed buckets.
void WindowState::save(const WindowPlan& plan, SnapshotWriter& out) const {
    out.number(count_);
    if (sums(plan.aggregate)) sums_.save(out);
    if (plan.pane != Pane::sliding) {
        out.signed_number(bucket_.begin);
        out.signed_number(bucket_.end);
    }
    save_contents(plan, out);
    if (orders(plan.aggregate)) {
        out.number(times_.size());
        for (std::size_t i = 0; i < times_.size(); ++i) out.signed_number(times_[i]);
    }
    out.number(completed_.size());
    for (std::size_t i = 0; i < completed_.size(); ++i) {
        out.signed_number(completed_[i].begin);
        out.signed_number(completed_[i].number);
        out.flag(completed_[i].present);
    }
}

void WindowState::save_contents(const WindowPlan& plan, SnapshotWriter& out) const {
    std::vector<const std::pair<const Bytes, std::uint64_t>*> sorted;
    for (const auto& content : contents_)
        if (plan.aggregate == Aggregate::is_new || content.second != 0) sorted.push_back(&content);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* left, const auto* right) { return left->first < right->first; });
    std::unordered_map<const std::uint64_t*, std::size_t> index;
    out.number(sorted.size());
    for (const auto* content : sorted) {
        index.emplace(&content->second, index.size());
        out.raw(content->first);
        out.signed_number(static_cast<std::int64_t>(content->second));
    }
    out.number(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        out.signed_number(entries_[i].time);
        if (plan.aggregate == Aggregate::distinct)
            out.number(index.at(entries_[i].seen));
        else
            out.signed_number(entries_[i].number);
    }
}

void WindowState::load(const WindowPlan& plan, SnapshotReader& in) {
    count_ = in.number();
    if (sums(plan.aggregate)) sums_.load(in);
    if (plan.pane != Pane::sliding) {
        bucket_.begin = in.time();
        bucket_.end = in.time();
    }
    load_contents(plan, in);
    if (orders(plan.aggregate))
        for (std::size_t left = in.count(); left != 0 && in.ok(); --left) times_.push_back(in.time());
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        Completed completed;
        completed.begin = in.time();
        completed.number = in.signed_number();
        completed.present = in.flag();
        completed_.push_back(completed);
    }
    if (in.ok()) in.expect(is_consistent(plan), "a window contradicts itself");
}

void WindowState::load_contents(const WindowPlan& plan, SnapshotReader& in) {
    std::vector<std::uint64_t*> seen;
    const bool first_seen = plan.aggregate == Aggregate::is_new;
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        Bytes key(contents_.get_allocator());
        in.value(plan.argument, key);
        const std::int64_t content = first_seen ? in.time() : in.signed_number();
        const auto [entry, fresh] = contents_.try_emplace(std::move(key), static_cast<std::uint64_t>(content));
        in.expect(fresh && (first_seen || content > 0), "a window holds a value twice");
        seen.push_back(&entry->second);
        if (!first_seen) ++distinct_;
    }
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        Entry entry;
        entry.time = in.time();
        if (plan.aggregate != Aggregate::distinct)
            entry.number = in.signed_number();
        else if (const std::uint32_t index = in.index(seen.size()); in.ok())
            entry.seen = seen[index];
        entries_.push_back(entry);
    }
}

bool WindowState::is_consistent(const WindowPlan& plan) const {
    const bool sliding = plan.pane == Pane::sliding;
    const bool keyed = plan.aggregate == Aggregate::distinct || plan.aggregate == Aggregate::is_new;
    if (!keyed && !contents_.empty()) return false;
    if (sums(plan.aggregate) && sums_.n() != count_) return false;
    if (plan.aggregate == Aggregate::is_new) return entries_.empty();
    if (orders(plan.aggregate))
        return sliding ? count_ == entries_.size() : entries_.empty() == (count_ == 0) && entries_.size() <= count_;
    if (sliding || plan.aggregate == Aggregate::percentile) {
        if (count_ != entries_.size()) return false;
    } else if (!entries_.empty()) {
        return false;
    }
    if (plan.aggregate != Aggregate::distinct) return true;
    std::unordered_map<const std::uint64_t*, std::uint64_t> used; // every content as often as entries name it
    std::uint64_t whole = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) ++used[entries_[i].seen];
    for (const auto& content : contents_) {
        if (content.second > count_ || (sliding && used[&content.second] != content.second)) return false;
        whole += content.second;
    }
    return whole == count_;
}

} // namespace watchword::runtime
