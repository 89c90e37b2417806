// Processor time of this process, for measuring what something costs.
#pragma once

#include <ctime>

namespace watchword::desk {

/// Seconds, of all threads, since the process began.
inline double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

} // namespace watchword::desk
