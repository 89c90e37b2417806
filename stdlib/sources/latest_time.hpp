// Up to which time records are believed.
#pragma once

#include "runtime/type.hpp"

#include <atomic>

namespace watchword::stdlib {

/// A time, or so much ahead of the machine's clock. May be asked by several threads.
class LatestTime {
public:
    explicit LatestTime(runtime::Time fixed) : bound_(fixed) {}
    /// `ahead` is not negative.
    static LatestTime ahead_of_clock(runtime::Duration ahead);
    LatestTime(const LatestTime& other) : ahead_(other.ahead_), bound_(other.bound_.load()) {}
    LatestTime& operator=(const LatestTime&) = delete;

    bool allows(runtime::Time time) const {
        return time <= bound_.load(std::memory_order_relaxed) || (ahead_ >= 0 && allows_now(time));
    }
    void set(runtime::Time fixed) { bound_.store(fixed); }

private:
    bool allows_now(runtime::Time time) const; ///< the clock is asked only where its last answer would not do

    runtime::Duration ahead_ = -1; ///< -1: fixed
    mutable std::atomic<runtime::Time> bound_;
};

} // namespace watchword::stdlib
