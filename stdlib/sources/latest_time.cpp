#include "stdlib/sources/latest_time.hpp"

#include <chrono>

namespace watchword::stdlib {

LatestTime LatestTime::ahead_of_clock(runtime::Duration ahead) {
    LatestTime result{runtime::beginning};
    result.ahead_ = ahead;
    return result;
}

bool LatestTime::allows_now(runtime::Time time) const {
    using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::system_clock;
    runtime::Time bound = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
    if (__builtin_add_overflow(bound, ahead_, &bound)) bound = runtime::never;
    bound_.store(bound, std::memory_order_relaxed);
    return time <= bound;
}

} // namespace watchword::stdlib
