// Whoever finds nothing to do sleeps until something has changed since before it looked.
#include "stdlib/crew.hpp"

#include <algorithm>
#include <system_error>

namespace watchword::stdlib {

void Crew::start() {
    stopped_.store(false, std::memory_order_relaxed);
    for (std::uint32_t thread = 1; thread < size_; ++thread) {
        try {
            threads_.emplace_back([this, thread] { work_on(thread); });
        } catch (const std::system_error&) {
            return; // the system gives no more threads; fewer do the same work
        }
    }
}

void Crew::stop() {
    stopped_.store(true, std::memory_order_release);
    tell();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

template <class Change>
void Crew::while_stopped(Change change) {
    const bool runs = !threads_.empty();
    stop();
    change();
    if (runs) start();
}

void Crew::add(Duty& duty) {
    while_stopped([&] { duties_.push_back(&duty); });
}
void Crew::remove(Duty& duty) {
    while_stopped([&] { std::erase(duties_, &duty); });
}

bool Crew::work(std::uint32_t thread) {
    return std::any_of(duties_.begin(), duties_.end(), [&](Duty* duty) { return duty->work(thread); });
}

void Crew::work_on(std::uint32_t thread) {
    for (;;) {
        const std::uint32_t seen = changes_.load(std::memory_order_acquire);
        if (stopped_.load(std::memory_order_acquire)) return;
        if (!work(thread)) changes_.wait(seen, std::memory_order_acquire);
    }
}

} // namespace watchword::stdlib
