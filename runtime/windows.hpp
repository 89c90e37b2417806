// The windowed values of one signal and key: what `count() over 1h`, `sum(bytes) per day`, `new(host) over 90d` and
// `usual(…)` are at a moment. Holds times and values, knows nothing of conditions, signals or people.
#pragma once

#include "runtime/kept_values.hpp"
#include "runtime/key_table.hpp"
#include "runtime/program.hpp"
#include "runtime/ring.hpp"
#include "runtime/statistics.hpp"

#include <cstdint>
#include <memory_resource>

namespace watchword::runtime {

/// The kind of value that an aggregate has: of avg and stddev the unit of the argument where it has one, else real.
Kind result_kind(const WindowPlan& plan);

class WindowState {
public:
    explicit WindowState(std::pmr::memory_resource* memory)
        : times_(memory), contents_(memory), entries_(memory), memory_(memory) {}
    WindowState(WindowState&& other) noexcept
        : times_(std::move(other.times_)), count_(other.count_), contents_(std::move(other.contents_)),
          entries_(std::move(other.entries_)), sum_(other.sum_), memory_(other.memory_),
          more_(std::exchange(other.more_, nullptr)) {}
    WindowState& operator=(WindowState&&) = delete;
    ~WindowState();

    /// Forgets what is outside the window at `time`. `remember`: how many completed buckets to keep for `usual`.
    void move_to(const WindowPlan& plan, Time time, Zone zone, std::uint32_t remember) {
        if (plan.pane != Pane::sliding || plan.aggregate == Aggregate::is_new)
            turn(plan, time, zone, remember);
        else if (oldest() <= time - plan.span)
            slide(plan, time - plan.span);
    }
    void add(const WindowPlan& plan, Time time, const Value& value) {
        if (plan.aggregate != Aggregate::count) return add_value(plan, time, value);
        if (plan.pane == Pane::sliding) times_.push_back(time);
        ++count_;
    }
    /// Absent for an empty window of avg, min, max, stddev, percentile.
    Value value(const WindowPlan& plan) const;
    /// The value as a number, of the aggregates for which `is_whole`.
    std::int64_t whole(const WindowPlan& plan) const {
        if (plan.aggregate == Aggregate::count) return static_cast<std::int64_t>(count_);
        return plan.aggregate == Aggregate::distinct ? static_cast<std::int64_t>(contents_.size()) : sum_.saturated();
    }
    static bool is_whole(const WindowPlan& plan) {
        return plan.aggregate == Aggregate::count || plan.aggregate == Aggregate::distinct ||
               (plan.aggregate == Aggregate::sum && plan.argument.kind != Kind::real);
    }
    /// Of `new`: whether `value` was not seen within the span before `time`. The caller checks that the history is long
    /// enough.
    bool is_new(const WindowPlan& plan, Time time, const Value& value) const;
    /// How many values are in the window.
    std::uint64_t count() const { return times_.empty() ? count_ : times_.size(); }
    /// Nothing in it that could matter later.
    bool idle(const WindowPlan& plan) const {
        return count_ == 0 && (more_ == nullptr || more_->completed.empty()) &&
               (plan.aggregate != Aggregate::is_new || contents_.empty());
    }

    /// Asks the processor for what `move_to` and `add` touch.
    void prefetch() const {
        times_.prefetch();
        entries_.prefetch();
        contents_.prefetch();
    }

    void save(const WindowPlan& plan, SnapshotWriter& out) const;
    void load(const WindowPlan& plan, SnapshotReader& in);

    /// mean, stddev, n and deviation of the completed buckets (semantics 3.5), into four values; absent if there are
    /// fewer than the plan asks. `working`: whether a bucket counts.
    template <class IsWorking>
    void usual(const WindowPlan& plan, const UsualPlan& usual, Time from, Zone zone, IsWorking working,
               Value (&members)[4]) const;

private:
    using Contents = KeyTable<std::uint64_t>;
    struct Entry {
        Time time = 0;
        union {
            std::int64_t number = 0;  ///< integer, millionths (sums) or the bits of a real (order)
            Contents::Entry* content; ///< of distinct
        };
    };
    struct Completed {
        Time begin = 0;
        std::int64_t number = 0;
        bool present = false;
    };
    /// What only tumbling windows and stddev need.
    struct More {
        explicit More(std::pmr::memory_resource* memory) : completed(memory) {}
        Bucket bucket;
        Ring<Completed> completed;
        ExactSums sums;
    };

    Time oldest() const {
        if (!times_.empty()) return times_.front();
        return entries_.empty() ? never : entries_.front().time;
    }
    void add_value(const WindowPlan& plan, Time time, const Value& value);
    void slide(const WindowPlan& plan, Time until);
    void turn(const WindowPlan& plan, Time time, Zone zone, std::uint32_t remember);
    void forget(const WindowPlan& plan, const Entry& entry);
    void complete(const WindowPlan& plan, std::uint32_t remember);
    void add_content(const WindowPlan& plan, Time time, const Value& value);
    More& more();
    std::int64_t number_of(const WindowPlan& plan, const Value& value) const;
    Value from_number(const WindowPlan& plan, std::int64_t number) const;
    bool less(const WindowPlan& plan, std::int64_t left, std::int64_t right) const;
    void save_contents(const WindowPlan& plan, SnapshotWriter& out) const;
    void load_contents(const WindowPlan& plan, SnapshotReader& in);
    /// Whether the parts fit each other, so that no later step relies on what is not there.
    bool is_consistent(const WindowPlan& plan) const;
    Value percentile(const WindowPlan& plan) const;
    /// The bucket's value for `usual`: an integer, or millionths.
    Completed summary(const WindowPlan& plan) const;

    // what `count` reads stands first, within one cache line
    Ring<Time> times_; ///< of count all there is; of min and max when the values came …
    std::uint64_t count_ = 0;
    Contents contents_;   ///< distinct: how often each is in the window; new: the last time
    Ring<Entry> entries_; ///< … of which these are the candidates; not of count
    WideSum sum_;         ///< of sum and avg
    std::pmr::memory_resource* memory_;
    More* more_ = nullptr; ///< in memory_
};

/// How the values of a window's completed buckets are scaled: 1e6 where they are reals, 1 where integers.
double bucket_scale(const WindowPlan& plan);

/// The buckets before `current` in `zone`, newest first, one call of `visit(Bucket)` each until it returns false.
template <class Visit>
void each_bucket_before(const Bucket& current, Pane pane, Zone zone, Visit visit) {
    Time end = current.begin;
    for (;;) {
        const Time inside = end - 1;
        const Bucket bucket = pane == Pane::hour  ? hour_of(inside, zone)
                              : pane == Pane::day ? day_of(inside, zone)
                                                  : week_of(inside, zone);
        if (!visit(bucket)) return;
        end = bucket.begin;
    }
}

template <class IsWorking>
void WindowState::usual(const WindowPlan& plan, const UsualPlan& usual, Time from, Zone zone, IsWorking working,
                        Value (&members)[4]) const {
    for (Value& member : members) member = Value::absent();
    if (usual.buckets == 0 || more_ == nullptr) return;
    const Ring<Completed>& completed = more_->completed;
    const bool empty_counts =
        plan.aggregate == Aggregate::count || plan.aggregate == Aggregate::sum || plan.aggregate == Aggregate::distinct;
    ExactSums past;
    std::uint32_t seen = 0;
    const Duration half = plan.pane == Pane::hour ? one_hour / 2 : plan.pane == Pane::day ? one_day / 2 : one_week / 2;
    std::size_t next = completed.size();
    each_bucket_before(more_->bucket, plan.pane, zone, [&](const Bucket& bucket) {
        if (bucket.begin < from) return false;
        // one that was cut before the person moved to another zone stands for that in which its middle lies
        while (next > 0 && completed[next - 1].begin + half >= bucket.end) --next;
        const bool found = next > 0 && completed[next - 1].begin + half >= bucket.begin;
        if (working(bucket)) {
            if (found && completed[next - 1].present)
                past.add(completed[next - 1].number);
            else if (empty_counts)
                past.add(0);
        }
        return ++seen < usual.buckets;
    });
    if (past.n() < usual.at_least) return;
    const double scale = bucket_scale(plan);
    const double mean = past.mean(scale);
    const double stddev = past.stddev(scale);
    members[0] = Value::of(mean);
    members[1] = Value::of(stddev);
    members[2] = Value::of(static_cast<double>(past.n()));
    const Completed running = summary(plan);
    if (!running.present) return;
    double least = mean / 10 > usual.unit ? mean / 10 : usual.unit;
    if (stddev > least) least = stddev;
    members[3] = Value::of((static_cast<double>(running.number) / scale - mean) / least);
}

} // namespace watchword::runtime
