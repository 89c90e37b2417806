// The windowed values of one signal and key: what `count() over 1h`, `sum(bytes) per day`, `new(host) over 90d` and
// `usual(…)` are at a moment. Holds times and values, knows nothing of conditions, signals or people.
#pragma once

#include "runtime/kept_values.hpp"
#include "runtime/program.hpp"
#include "runtime/ring.hpp"
#include "runtime/statistics.hpp"

#include <memory_resource>
#include <unordered_map>

namespace watchword::runtime {

/// The kind of value that an aggregate has: of avg and stddev the unit of the argument where it has one, else real.
Kind result_kind(const WindowPlan& plan);

class WindowState {
public:
    WindowState(const WindowPlan& plan, std::pmr::memory_resource* memory);

    /// Forgets what is outside the window at `time`. `remember`: how many completed buckets to keep for `usual`.
    void move_to(const WindowPlan& plan, Time time, Zone zone, std::uint32_t remember);
    void add(const WindowPlan& plan, Time time, const Value& value);
    /// Absent for an empty window of avg, min, max, stddev, percentile.
    Value value(const WindowPlan& plan) const;
    /// Of `new`: whether `value` was not seen within the span before `time`. The caller checks that the history is long
    /// enough.
    bool is_new(const WindowPlan& plan, Time time, const Value& value) const;
    /// How many values are in the window.
    std::uint64_t count() const { return times_.empty() ? count_ : times_.size(); }
    bool empty() const { return count_ == 0; }
    /// Nothing in it that could matter later.
    bool idle(const WindowPlan& plan) const {
        return count_ == 0 && completed_.empty() && (plan.aggregate != Aggregate::is_new || contents_.empty());
    }
    const Bucket& bucket() const { return bucket_; }

    void save(const WindowPlan& plan, SnapshotWriter& out) const;
    void load(const WindowPlan& plan, SnapshotReader& in);

    /// mean, stddev, n and deviation of the completed buckets (semantics 3.5), into four values; absent if there are
    /// fewer than the plan asks. `working`: whether a bucket counts.
    template <class IsWorking>
    void usual(const WindowPlan& plan, const UsualPlan& usual, Time from, Zone zone, IsWorking working,
               Value (&members)[4]) const;

private:
    struct Entry {
        Time time = 0;
        std::int64_t number = 0;       ///< integer, millionths (sums) or the bits of a real (order)
        std::uint64_t* seen = nullptr; ///< of distinct: its count in `contents_`
    };
    struct Completed {
        Time begin = 0;
        std::int64_t number = 0;
        bool present = false;
    };

    void forget(const WindowPlan& plan, const Entry& entry);
    void complete(const WindowPlan& plan, std::uint32_t remember);
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

    // what every event touches stands first, together
    Ring<Entry> entries_; ///< of min and max only the candidates …
    std::uint64_t count_ = 0;
    ExactSums sums_;
    std::uint64_t distinct_ = 0; ///< contents that occur in the window
    Bucket bucket_;
    std::pmr::unordered_map<Bytes, std::uint64_t> contents_; ///< distinct: how often; new: the last time
    Ring<Time> times_;                                       ///< … and when all of them came
    Ring<Completed> completed_;
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
    if (usual.buckets == 0) return;
    const bool empty_counts =
        plan.aggregate == Aggregate::count || plan.aggregate == Aggregate::sum || plan.aggregate == Aggregate::distinct;
    ExactSums past;
    std::uint32_t seen = 0;
    std::size_t next = completed_.size();
    each_bucket_before(bucket_, plan.pane, zone, [&](const Bucket& bucket) {
        if (bucket.begin < from) return false;
        while (next > 0 && completed_[next - 1].begin > bucket.begin) --next;
        const bool found = next > 0 && completed_[next - 1].begin == bucket.begin;
        if (working(bucket)) {
            if (found && completed_[next - 1].present)
                past.add(completed_[next - 1].number);
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
