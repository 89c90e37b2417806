// One line on a terminal that says how far work over a second is. Reads the wall clock.
#pragma once

#include "stdlib/runner.hpp"

#include <chrono>

namespace watchword::tools {

class ProgressLine {
public:
    explicit ProgressLine(bool shown) : shown_(shown) {}
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// `finite`: progress.records is all there is, so that the rest can be estimated.
    void show(const stdlib::RunProgress& progress, bool finite);
    /// Takes the line away; before anything else is written.
    void clear();

private:
    using Clock = std::chrono::steady_clock;

    bool shown_;
    bool drawn_ = false;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_ = start_;
};

} // namespace watchword::tools
