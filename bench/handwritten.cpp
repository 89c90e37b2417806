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
    std::array<std::int64_t, many_copies + 1> times{};
    std::uint32_t next = 0; ///< the oldest
    bool now = false;

    /// Whether the condition becomes true.
    bool add(std::int64_t time) {
        const bool before = times[next] > time - hour;
        times[next] = time;
        next = next == many_copies ? 0 : next + 1;
        const bool was = std::exchange(now, times[next] > time - hour);
        return now && (!was || !before);
    }
};

/// Hosts with the time of their last logon.
struct Hosts {
    std::vector<std::pair<std::uint32_t, std::int64_t>> seen;
    bool now = false;

    bool add(std::uint32_t host, std::int64_t time) {
        std::erase_if(seen, [&](const auto& entry) { return entry.second <= time - day; });
        const bool before = seen.size() > many_hosts;
        const auto known =
            std::find_if(seen.begin(), seen.end(), [&](const auto& entry) { return entry.first == host; });
        if (known == seen.end())
            seen.emplace_back(host, time);
        else
            known->second = time;
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
    std::vector<Waiting> waiting;

    Waiting* find(std::uint32_t host) {
        for (Waiting& entry : waiting)
            if (entry.host == host) return &entry;
        return nullptr;
    }
    void connect(std::uint32_t host, std::int64_t time) {
        if (Waiting* const known = find(host)) {
            known->connected = time;
            return;
        }
        std::erase_if(waiting,
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

struct Handwritten::Person {
    Copies copies;
    Hosts hosts;
    Steps steps;
    std::unique_ptr<Uploads> uploads; ///< of those with a termination
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
