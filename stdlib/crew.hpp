// Threads that share out among them whatever there is to do, the caller's own with them. Knows nothing of what that is.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace watchword::stdlib {

/// All but `tell` is for the one thread that made it: the caller.
class Crew {
public:
    /// A kind of work.
    class Duty {
    public:
        virtual ~Duty() = default;
        /// Does some part of what there is to do, of a tenth of a millisecond or so, and tells the crew; false: there
        /// is nothing just now. Called by several threads at a time, each with its own number, which is below `size`.
        virtual bool work(std::uint32_t thread) = 0;
    };

    explicit Crew(std::uint32_t size) : size_(size) {} ///< threads, with the caller's, which has number 0
    ~Crew() { stop(); }
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    std::uint32_t size() const { return size_; }
    /// What was added first is done first. All stop for a moment.
    void add(Duty& duty);
    /// Before the duty's end. All stop for a moment.
    void remove(Duty& duty);
    void start();
    /// Waits until nobody works any more; from now on only the caller does.
    void stop();

    /// There is more to do, or something is done: whoever waits shall look. Of any thread.
    void tell() {
        changes_.fetch_add(1, std::memory_order_release);
        changes_.notify_all();
    }
    /// The caller works until `done()`, and waits where there is nothing to do. What it waits for must be told.
    template <class Done>
    void help_until(Done done) {
        while (!done()) {
            const std::uint32_t seen = changes_.load(std::memory_order_acquire);
            if (!done() && !work(0)) changes_.wait(seen, std::memory_order_acquire);
        }
    }

private:
    template <class Change>
    void while_stopped(Change change);
    bool work(std::uint32_t thread);
    void work_on(std::uint32_t thread);

    const std::uint32_t size_;
    std::vector<Duty*> duties_;
    std::vector<std::thread> threads_; ///< without the caller's
    alignas(64) std::atomic<std::uint32_t> changes_{0};
    std::atomic<bool> stopped_{false};
};

} // namespace watchword::stdlib
