// How long after the dates that they name notices were known. Counted, not listed, so that parts of a run can be added
// up in any order.
#pragma once

#include "runtime/type.hpp"

#include <cstdint>
#include <map>

namespace watchword::runtime {

class SnapshotReader;
class SnapshotWriter;

class NoticeDelays {
public:
    /// Positive.
    void add(Duration delay) { note(rounded(delay), 1); }
    void add(const NoticeDelays& more) {
        for (const auto& [delay, times] : more.times_) note(delay, times);
    }
    std::uint64_t count() const { return count_; }
    /// Rounded down, to a second, from a day on to a minute and from a year on to a day. Of an even number the lower of
    /// the two in the middle. 0: there is none.
    Duration median() const {
        std::uint64_t before = 0;
        for (const auto& [delay, times] : times_)
            if ((before += times) > (count_ - 1) / 2) return delay;
        return 0;
    }
    Duration worst() const { return times_.empty() ? 0 : times_.rbegin()->first; } ///< rounded likewise

    void save(SnapshotWriter& out) const;
    void load(SnapshotReader& in); ///< into one that is empty

private:
    static Duration rounded(Duration delay) {
        const Duration unit = delay < one_day ? one_second : delay < 365 * one_day ? one_minute : one_day;
        return delay / unit * unit;
    }
    void note(Duration delay, std::uint64_t times) {
        times_[delay] += times;
        count_ += times;
    }

    std::map<Duration, std::uint64_t> times_;
    std::uint64_t count_ = 0;
};

} // namespace watchword::runtime
