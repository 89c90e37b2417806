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

/// The last 51 times, which decide whether there are more than 50 within an hour. The oldest of them is at `next`.
using Copies = std::array<std::int64_t, many_copies + 1>;

/// The first few lie in place, in one cache line with all else; a person seldom has more.
template <class Entry, std::size_t few>
struct alignas(64) Row {
    std::uint32_t size = 0;
    bool now = false; ///< for whoever has the row
    std::unique_ptr<std::vector<Entry>> rest;
    std::array<Entry, few> first{};

    Entry& operator[](std::size_t i) { return i < few ? first[i] : (*rest)[i - few]; }
    void push_back(const Entry& entry) {
        if (size < few) {
            first[size] = entry;
        } else {
            if (rest == nullptr) rest = std::make_unique<std::vector<Entry>>();
            rest->push_back(entry);
        }
        ++size;
    }
    template <class Holds>
    void erase_if(Holds holds) {
        std::uint32_t kept = 0;
        for (std::uint32_t i = 0; i < size; ++i) {
            if (holds((*this)[i])) continue;
            if (kept != i) (*this)[kept] = (*this)[i];
            ++kept;
        }
        size = kept;
        if (rest != nullptr) rest->resize(kept < few ? 0 : kept - few);
    }
};

/// Hosts with the time of their last logon.
struct Seen {
    std::uint32_t host;
    std::int64_t time;
};
using Hosts = Row<Seen, 3>;
static_assert(sizeof(Hosts) == 64);

/// Whether the condition becomes true.
bool add(Hosts& hosts, std::uint32_t host, std::int64_t time) {
    hosts.erase_if([&](const Seen& entry) { return entry.time <= time - day; });
    const bool before = hosts.size > many_hosts;
    std::size_t known = 0;
    while (known < hosts.size && hosts[known].host != host) ++known;
    if (known == hosts.size)
        hosts.push_back({host, time});
    else
        hosts[known].time = time;
    const bool was = std::exchange(hosts.now, hosts.size > many_hosts);
    return hosts.now && (!was || !before);
}

/// Matches that wait, by host.
struct Waiting {
    std::uint32_t host;
    std::int64_t connected, copied; ///< first step of the match that waits for the second, and for the third step
};
using Steps = Row<Waiting, 2>;
static_assert(sizeof(Steps) == 64);
constexpr std::int64_t none = INT64_MIN / 2;

Waiting* find(Steps& steps, std::uint32_t host) {
    for (std::size_t i = 0; i < steps.size; ++i)
        if (steps[i].host == host) return &steps[i];
    return nullptr;
}

void connect(Steps& steps, std::uint32_t host, std::int64_t time) {
    if (Waiting* const known = find(steps, host)) {
        known->connected = time;
        return;
    }
    steps.erase_if([&](const Waiting& entry) { return std::max(entry.connected, entry.copied) < time - hour / 2; });
    steps.push_back({host, time, none});
}

void copy_to_removable(Steps& steps, std::uint32_t host, std::int64_t time) {
    Waiting* const known = find(steps, host);
    if (known == nullptr || time - known->connected > hour / 2) return;
    known->copied = std::exchange(known->connected, none);
}

bool logoff(Steps& steps, std::uint32_t host, std::int64_t time) {
    Waiting* const known = find(steps, host);
    return known != nullptr && time - std::exchange(known->copied, none) <= hour / 2;
}

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

/// What an event reads lies in one cache line, that of a copy in up to four.
struct alignas(64) Handwritten::Person {
    Hosts hosts;
    Steps steps;
    std::uint32_t next_copy = 0; ///< where the next one goes, in place of the oldest
    bool many_copies_now = false;
    std::uint8_t armed = 7;
    std::unique_ptr<Uploads> uploads; ///< of those with a termination
    std::array<double, 4> sums{};
    std::int64_t at = 0; ///< of sums
    Copies copies{};
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
        if (before < levels[i] * 0.8) person.armed |= static_cast<std::uint8_t>(1U << i);
        if (after < levels[i]) continue;
        if ((person.armed & (1U << i)) != 0) raised = static_cast<std::uint16_t>(i + 1);
        person.armed &= static_cast<std::uint8_t>(~(1U << i));
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
        copy_to_removable(person.steps, event.host, event.time);
    }
    const std::uint32_t place = person.next_copy;
    const std::uint32_t next = person.next_copy = place == many_copies ? 0 : place + 1;
    const bool before = person.copies[place] > event.time - hour;
    person.copies[place] = event.time;
    const bool was = std::exchange(person.many_copies_now, person.copies[next] > event.time - hour);
    if (person.many_copies_now && (!was || !before)) hits |= 2;
    if (hits != 0) everyday_hit(person, event, index, hits);
}

// Types come in no order that could be foreseen, so neither step branches.
void Handwritten::prefetch(const PlainEvent& event) const {
    static constexpr std::size_t of_person = offsetof(Person, next_copy);
    static constexpr std::array<std::size_t, 7> read{
        of_person, of_person, offsetof(Person, hosts), offsetof(Person, steps), offsetof(Person, steps), of_person, 0};
    const char* const person = reinterpret_cast<const char*>(&people_[event.person]);
    const char* const first = person + read[static_cast<std::size_t>(event.type)];
    const bool removable = event.type == PlainType::file_copy && event.removable;
    __builtin_prefetch(first);
    __builtin_prefetch(removable ? person + offsetof(Person, steps) : first);
    __builtin_prefetch(removable ? event.path : first);
}

void Handwritten::prefetch_inside(const PlainEvent& event) const {
    static constexpr std::uint32_t no_copy = 0;
    const Person& person = people_[event.person];
    const bool copy = event.type == PlainType::file_copy;
    const std::uint32_t place = copy ? person.next_copy : no_copy;
    __builtin_prefetch(copy ? static_cast<const void*>(&person.copies[place]) : &no_copy);
}

void Handwritten::push(const PlainEvent& event, std::uint32_t index) {
    Person& person = people_[event.person];
    switch (event.type) {
    case PlainType::file_copy:
        copy(person, event, index);
        break;
    case PlainType::logon:
        if (event.success && add(person.hosts, event.host, event.time)) everyday_hit(person, event, index, 4);
        break;
    case PlainType::connect:
        bench::connect(person.steps, event.host, event.time);
        break;
    case PlainType::logoff:
        if (bench::logoff(person.steps, event.host, event.time)) everyday_hit(person, event, index, 8);
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
