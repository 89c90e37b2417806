// One line on a terminal that says how far work over a second is. Reads the wall clock.
#pragma once

#include "desk/progress.hpp"
#include "desk/stream.hpp"
#include "tools/context.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>

namespace watchword::tools {

/// Whether anybody sees it: standard error is a terminal, and the run is not quiet.
bool shows_progress(const Context& context);

struct ProgressShown {
    std::string_view what; ///< `events`
    std::uint64_t done = 0;
    std::uint64_t all = 0;  ///< 0: not known, so that the rest cannot be estimated
    runtime::Time time = 0; ///< 0: none
};

class ProgressLine {
public:
    explicit ProgressLine(bool shown) : shown_(shown) {}
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const ProgressShown& progress);
    /// Takes the line away; before anything else is written.
    void clear();

private:
    using Clock = std::chrono::steady_clock;

    bool shown_;
    bool drawn_ = false;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_ = start_;
};

/// Shows, while it lives, how far work is that counts in `progress`; drawn by a thread of its own, and by none if
/// nobody sees it. Nothing else may be written meanwhile.
class ProgressMeter {
public:
    ProgressMeter(const Context& context, std::string_view what);
    ~ProgressMeter();
    ProgressMeter(const ProgressMeter&) = delete;
    ProgressMeter& operator=(const ProgressMeter&) = delete;

    desk::Progress progress;

private:
    void draw();

    std::string_view what_;
    std::mutex mutex_;
    std::condition_variable ended_;
    bool is_over_ = false;
    std::thread thread_;
};

/// The meter of replays of a stream.
class ReplayMeter {
public:
    ReplayMeter(const Context& context, const desk::Stream& stream) : meter_(context, "events"), stream_(stream) {
        stream.progress = &meter_.progress;
    }
    ~ReplayMeter() { stream_.progress = nullptr; }
    ReplayMeter(const ReplayMeter&) = delete;
    ReplayMeter& operator=(const ReplayMeter&) = delete;

private:
    ProgressMeter meter_;
    const desk::Stream& stream_;
};

/// Rosters and inputs to their ends, with a meter; what went wrong is complained about and stands in the stream.
desk::Stream read_events(const runtime::Program& program, const stdlib::InputOptions& options, const Context& context);

} // namespace watchword::tools
