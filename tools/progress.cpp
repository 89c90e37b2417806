// Draws over itself with a carriage return; at most ten times a second, and not in the first one.
#include "tools/progress.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace watchword::tools {

namespace {

using namespace std::chrono_literals;

std::string bar(double part) {
    constexpr int cells = 24;
    std::string result;
    for (int i = 0; i < cells; ++i) result += i < part * cells ? "█" : "░";
    return result;
}

std::string number(std::uint64_t value) {
    if (value < 10'000) return std::to_string(value);
    return value < 10'000'000 ? fmt::format("{} k", value / 1000) : fmt::format("{} M", value / 1'000'000);
}

} // namespace

bool shows_progress(const Context& context) { return !context.quiet && ::isatty(STDERR_FILENO) != 0; }

void ProgressLine::show(const ProgressShown& progress) {
    const Clock::time_point now = Clock::now();
    if (!shown_ || now - start_ < 1s || now - last_ < 100ms) return;
    last_ = now;
    drawn_ = true;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = static_cast<double>(progress.done) / seconds;
    std::string text = progress.done == 0 ? fmt::format("reading {}", progress.what)
                                          : fmt::format("{} {}, {} a second", number(progress.done), progress.what,
                                                        number(static_cast<std::uint64_t>(rate)));
    if (progress.time != 0) text += ", at " + runtime::show_time(progress.time).substr(0, 16);
    if (progress.all >= progress.done && progress.done != 0) {
        const double part = static_cast<double>(progress.done) / static_cast<double>(progress.all);
        const double rest = rate > 0 ? static_cast<double>(progress.all - progress.done) / rate : 0;
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

ProgressMeter::ProgressMeter(const Context& context, std::string_view what) : what_(what) {
    if (shows_progress(context)) thread_ = std::thread{[this] { draw(); }};
}

ProgressMeter::~ProgressMeter() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock{mutex_};
        is_over_ = true;
    }
    ended_.notify_one();
    thread_.join();
}

void ProgressMeter::draw() {
    ProgressLine line{true};
    std::unique_lock lock{mutex_};
    while (!ended_.wait_for(lock, 100ms, [this] { return is_over_; }))
        line.show({what_, progress.done, progress.all, progress.time});
}

desk::Stream read_events(const runtime::Program& program, const stdlib::InputOptions& options, const Context& context) {
    std::optional<desk::Stream> stream;
    {
        ProgressMeter meter{context, "events"};
        stream.emplace(desk::read_stream(program, options, &meter.progress));
    }
    for (const std::string& error : stream->input.errors) context.complain(error);
    for (const auto& [reason, rejection] : stream->input.rejections)
        context.say(
            fmt::format("rejected {} × {}, first {}:{}\n", rejection.count, reason, rejection.file, rejection.line));
    if (stream->input.late != 0) context.say(fmt::format("dropped {} × too late\n", stream->input.late));
    return std::move(*stream);
}

} // namespace watchword::tools
