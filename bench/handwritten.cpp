#include "bench/handwritten.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <deque>
#include <string_view>
#include <utility>

namespace watchword::bench {

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t hour = 3600 * second;
constexpr std::int64_t day = 24 * hour;
constexpr std::size_t many_copies = 50;
constexpr std::size_t many_hosts = 5;

// the signals of Everyday, in the order of its score block
constexpr std::array points{20.0, 5.0, 10.0, 30.0};
constexpr std::array caps{60.0, 20.0, 40.0, 60.0};
constexpr std::array levels{30.0, 60.0, 90.0};

double rounded(double value) { return std::nearbyint(value * 1000) / 1000; }

/// The last 51 times, which decide whether there are more than 50 within an hour.
struct Copies {
    std::uint32_t next = 0; ///< the oldest
    bool now = false;
    std::array<std::int64_t, many_copies + 1> times{};

    /// Whether the condition becomes true.
    bool add(std::int64_t time) {
        const bool before = times[next] > time - hour;
        times[next] = time;
        next = next == many_copies ? 0 : next + 1;
        const bool was = std::exchange(now, times[next] > time - hour);
        return now && (!was || !before);
    }
};

/// The first few lie in place; a person seldom has more.
template <class Entry, std::size_t few>
class Row {
public:
    std::size_t size() const { return size_; }
    Entry& operator[](std::size_t i) { return i < few ? first_[i] : rest_[i - few]; }
    const Entry& operator[](std::size_t i) const { return i < few ? first_[i] : rest_[i - few]; }
    void push_back(const Entry& entry) {
        if (size_ < few)
            first_[size_] = entry;
        else
            rest_.push_back(entry);
        ++size_;
    }
    template <class Holds>
    void erase_if(Holds holds) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < size_; ++i)
            if (!holds((*this)[i])) (*this)[kept++] = (*this)[i];
        size_ = kept;
        rest_.resize(kept < few ? 0 : kept - few);
    }

private:
    std::size_t size_ = 0;
    std::array<Entry, few> first_{};
    std::vector<Entry> rest_;
};

/// Hosts with the time of their last logon.
struct Hosts {
    struct Seen {
        std::uint32_t host;
        std::int64_t time;
    };
    Row<Seen, 6> seen;
    bool now = false;

    bool add(std::uint32_t host, std::int64_t time) {
        seen.erase_if([&](const Seen& entry) { return entry.time <= time - day; });
        const bool before = seen.size() > many_hosts;
        std::size_t known = 0;
        while (known < seen.size() && seen[known].host != host) ++known;
        if (known == seen.size())
            seen.push_back({host, time});
        else
            seen[known].time = time;
        const bool was = std::exchange(now, seen.size() > many_hosts);
        return now && (!was || !before);
    }
};

/// Matches that wait, by host.
struct Steps {
    struct Waiting {
        std::uint32_t host;
        std::int64_t connected, copied; ///< first step of the match that waits for the second, and for the third step
    };
    static constexpr std::int64_t none = INT64_MIN / 2;
    Row<Waiting, 3> waiting;

    Waiting* find(std::uint32_t host) {
        for (std::size_t i = 0; i < waiting.size(); ++i)
            if (waiting[i].host == host) return &waiting[i];
        return nullptr;
    }
    void connect(std::uint32_t host, std::int64_t time) {
        if (Waiting* const known = find(host)) {
            known->connected = time;
            return;
        }
        waiting.erase_if(
            [&](const Waiting& entry) { return std::max(entry.connected, entry.copied) < time - hour / 2; });
        waiting.push_back({host, time, none});
    }
    void copy(std::uint32_t host, std::int64_t time) {
        Waiting* const known = find(host);
        if (known == nullptr || time - known->connected > hour / 2) return;
        known->copied = std::exchange(known->connected, none);
    }
    bool logoff(std::uint32_t host, std::int64_t time) {
        Waiting* const known = find(host);
        return known != nullptr && time - std::exchange(known->copied, none) <= hour / 2;
    }
};

struct Uploads {
    std::deque<std::pair<std::int64_t, std::int64_t>> entries; ///< time, bytes
    std::int64_t sum = 0;
    std::int64_t end = 0;
    int hits = 0;
    bool now = false;

    bool add(std::int64_t time, std::int64_t bytes) {
        constexpr std::int64_t limit = 100'000'000;
        while (!entries.empty() && entries.front().first <= time - 7 * day) {
            sum -= entries.front().second;
            entries.pop_front();
        }
        const bool before = sum > limit;
        entries.emplace_back(time, bytes);
        sum += bytes;
        const bool was = std::exchange(now, sum > limit);
        return now && (!was || !before);
    }
};

} // namespace

/// What events read stands first, together.
struct alignas(64) Handwritten::Person {
    Hosts hosts;
    Steps steps;
    std::unique_ptr<Uploads> uploads; ///< of those with a termination
    Copies copies;
    std::array<double, 4> sums{};
    std::int64_t at = 0; ///< of sums
    unsigned armed = 7;
};

Handwritten::Handwritten(std::size_t people) : people_(people) {}
Handwritten::~Handwritten() = default;

/// `hits` has a bit a signal.
void Handwritten::everyday_hit(Person& person, const PlainEvent& event, std::uint32_t index, unsigned hits) {
    const double decay = std::exp2(-static_cast<double>(event.time - person.at) / static_cast<double>(2 * hour));
    person.at = event.time;
    double before = 0;
    double after = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        person.sums[i] *= decay;
        before += std::min(caps[i], person.sums[i]);
        if ((hits & (1U << i)) != 0) person.sums[i] += points[i];
        after += std::min(caps[i], person.sums[i]);
    }
    before = rounded(std::min(before, 100.0));
    after = rounded(std::min(after, 100.0));
    std::uint16_t raised = 0;
    for (unsigned i = 0; i < levels.size(); ++i) {
        if (before < levels[i] * 0.8) person.armed |= 1U << i;
        if (after < levels[i]) continue;
        if ((person.armed & (1U << i)) != 0) raised = static_cast<std::uint16_t>(i + 1);
        person.armed &= ~(1U << i);
    }
    if (raised != 0) alerts_.push_back({index, event.person, 0, raised});
}

void Handwritten::copy(Person& person, const PlainEvent& event, std::uint32_t index) {
    unsigned hits = 0;
    if (event.removable) {
        const std::string_view path{event.path, event.path_length};
        if (event.bytes > 15'000'000 && path.ends_with(".7z") &&
            memmem(path.data(), path.size(), "Designs", 7) != nullptr)
            hits |= 1;
        person.steps.copy(event.host, event.time);
    }
    if (person.copies.add(event.time)) hits |= 2;
    if (hits != 0) everyday_hit(person, event, index, hits);
}

void Handwritten::prefetch(const PlainEvent& event) const {
    const char* const person = reinterpret_cast<const char*>(&people_[event.person]);
    const auto lines = [&](std::size_t offset, std::size_t size) {
        for (std::size_t at = offset / 64 * 64; at < offset + size; at += 64) __builtin_prefetch(person + at);
    };
    if (event.type == PlainType::logon) lines(offsetof(Person, hosts), sizeof(Hosts));
    if (event.type == PlainType::connect || event.type == PlainType::logoff || event.type == PlainType::file_copy)
        lines(offsetof(Person, steps), sizeof(Steps));
    if (event.type == PlainType::file_copy) __builtin_prefetch(person + offsetof(Person, copies));
    if (event.type == PlainType::web_upload) __builtin_prefetch(person + offsetof(Person, uploads));
    if (event.type == PlainType::file_copy && event.removable) __builtin_prefetch(event.path);
}

void Handwritten::prefetch_inside(const PlainEvent& event) const {
    const Person& person = people_[event.person];
    if (event.type == PlainType::file_copy) __builtin_prefetch(&person.copies.times[person.copies.next]);
}

void Handwritten::push(const PlainEvent& event, std::uint32_t index) {
    Person& person = people_[event.person];
    switch (event.type) {
    case PlainType::file_copy:
        copy(person, event, index);
        break;
    case PlainType::logon:
        if (event.success && person.hosts.add(event.host, event.time)) everyday_hit(person, event, index, 4);
        break;
    case PlainType::connect:
        person.steps.connect(event.host, event.time);
        break;
    case PlainType::logoff:
        if (person.steps.logoff(event.host, event.time)) everyday_hit(person, event, index, 8);
        break;
    case PlainType::termination:
        if (person.uploads == nullptr) person.uploads = std::make_unique<Uploads>();
        person.uploads->end = event.time + 30 * day;
        break;
    case PlainType::web_upload: {
        Uploads* const uploads = person.uploads.get();
        if (uploads == nullptr || event.time >= uploads->end || !uploads->add(event.time, event.bytes)) break;
        // 50 points a hit, no decay: the level at 50 is raised once
        if (uploads->hits++ == 0) alerts_.push_back({index, event.person, 1, 2});
        break;
    }
    case PlainType::other:
        break;
    }
}

} // namespace watchword::bench
