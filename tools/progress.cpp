// Draws over itself with a carriage return; at most ten times a second, and not in the first one.
#include "tools/progress.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace watchword::tools {

namespace {

std::string bar(double part) {
    constexpr int cells = 24;
    std::string result;
    for (int i = 0; i < cells; ++i) result += i < part * cells ? "█" : "░";
    return result;
}

} // namespace

void ProgressLine::show(const stdlib::RunProgress& progress, bool finite) {
    using namespace std::chrono_literals;
    const Clock::time_point now = Clock::now();
    if (!shown_ || now - start_ < 1s || now - last_ < 100ms) return;
    last_ = now;
    drawn_ = true;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = static_cast<double>(progress.events) / seconds;
    const std::string events = progress.events < 10'000'000 ? fmt::format("{} k", progress.events / 1000)
                                                            : fmt::format("{} M", progress.events / 1'000'000);
    std::string text = fmt::format("{} events, {:.0f} k a second, at {}", events, rate / 1e3,
                                   runtime::show_time(progress.time).substr(0, 16));
    if (finite && progress.records >= progress.events && progress.records != 0) {
        const double part = static_cast<double>(progress.events) / static_cast<double>(progress.records);
        const double rest = rate > 0 ? static_cast<double>(progress.records - progress.events) / rate : 0;
        text = fmt::format("{} {}, {:.0f} s to go", bar(part), text, rest);
    }
    fmt::print(stderr, "\r\033[K{}", text);
    std::fflush(stderr);
}

void ProgressLine::clear() {
    if (!drawn_) return;
    drawn_ = false;
    fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
}

} // namespace watchword::tools
