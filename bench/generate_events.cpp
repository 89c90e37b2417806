// Writes the bench's events as JSON Lines: 13 fields, 313 bytes on average, 20 000 people, in time order, the same for
// the same arguments on every machine. Usage: bench_generate EVENTS [PEOPLE [PADDING [WATCHED]]] > FILE
//   PADDING  bytes added to every event's path
//   WATCHED  so many people, spread over all, get a termination at the start; without it, one event in 5000 is one
#include "bench/names.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <iterator>
#include <string>
#include <string_view>

namespace {

using namespace watchword;

struct Company {
    std::uint64_t people = 20'000;
    std::string padding;
    std::uint64_t watched = 0;
    bool watched_at_start = false;
};
constexpr std::uint64_t start = 8 * 3'600ULL * 1'000'000; // microseconds into 2025-01-02
constexpr std::uint64_t least_people = 100;               // one in a hundred does much more than the others
constexpr std::uint64_t mean_gap = 400'000'000; // microseconds between two events of one person, however many there are

/// splitmix64 (Steele, Lea, Flood 2014): the whole state is one counter.
class Random {
public:
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    bool chance(std::uint64_t percent) { return below(100) < percent; }

private:
    std::uint64_t state_ = 1;
};

struct Share {
    std::string_view type;
    std::uint64_t percent;
};
constexpr std::array shares{Share{"file.open", 34},     Share{"file.copy", 22}, Share{"web.visit", 14},
                            Share{"web.upload", 8},     Share{"auth.logon", 8}, Share{"auth.logoff", 6},
                            Share{"device.connect", 4}, Share{"email.send", 4}};
constexpr std::array folders{"Projects", "Finance", "Designs", "Shared", "Personal", "Archive"};
constexpr std::array endings{"docx", "xlsx", "pdf", "dwg", "zip", "7z", "txt", "pptx"};
constexpr std::array sites{"files.partner.example", "drive.cloud.example", "intranet.corp.example", "news.example"};

std::string_view pick_type(Random& random) {
    std::uint64_t mark = random.below(100);
    for (const Share& share : shares) {
        if (mark < share.percent) return share.type;
        mark -= share.percent;
    }
    return shares.front().type;
}

/// A few people do much more than the others.
std::uint64_t pick_person(Random& random, std::uint64_t people) {
    return random.chance(20) ? random.below(people / 100) : random.below(people);
}

void append_time(fmt::memory_buffer& out, std::uint64_t micros) {
    const std::uint64_t seconds = micros / 1'000'000;
    const std::uint64_t day = seconds / 86'400; // 5000 events a person are 23 days
    fmt::format_to(std::back_inserter(out), "2025-01-{:02}T{:02}:{:02}:{:02}.{:06}Z", 2 + day % 30, seconds / 3600 % 24,
                   seconds / 60 % 60, seconds % 60, micros % 1'000'000);
}

/// Whether the event is a termination, and whose.
bool is_termination(const Company& company, std::uint64_t index, std::uint64_t& person) {
    if (company.watched_at_start) {
        if (index < company.watched) person = index * company.people / company.watched;
        return index < company.watched;
    }
    // One person in a hundred gets a termination, once, spread over the stream.
    if (index % 5'000 != 77 || index / 5'000 >= company.people / 100) return false;
    person = index / 5'000 * 100 % company.people;
    return true;
}

void append_event(fmt::memory_buffer& out, Random& random, const Company& company, std::uint64_t index,
                  std::uint64_t micros) {
    std::uint64_t subject = pick_person(random, company.people);
    const bool termination = is_termination(company, index, subject);
    const std::string_view type = termination ? "hr.termination" : pick_type(random);
    fmt::format_to(std::back_inserter(out), R"({{"type":"{}","time":")", type);
    append_time(out, micros);
    fmt::format_to(std::back_inserter(out),
                   R"(","user":"u{:05}","host":"{}","outcome":"{}","bytes":{},"removable":{},)"
                   R"("path":"C:\\Users\\u{:05}\\{}{}\\i{:06}.{}","process":"{}","device":"{}",)"
                   R"("site":"{}","session":"{:08x}","id":"e{:07}"}})"
                   "\n",
                   subject, bench::host_name(random.chance(85) ? subject : random.below(company.people)),
                   random.chance(95) ? "success" : "failure", random.below(1'000) * random.below(20'000),
                   random.chance(15) ? "true" : "false", subject, folders[random.below(folders.size())],
                   company.padding, random.below(1'000'000), endings[random.below(endings.size())],
                   bench::processes[random.below(bench::processes.size())],
                   bench::device_name(random.below(bench::device_count)), sites[random.below(sites.size())],
                   random.next() >> 32, index);
}

} // namespace

int main(int count, char** arguments) {
    const auto argument = [&](int index, std::uint64_t otherwise) {
        return count > index ? std::strtoull(arguments[index], nullptr, 10) : otherwise;
    };
    const std::uint64_t events = argument(1, 1'000'000);
    Company company;
    company.people = argument(2, company.people);
    company.padding.assign(argument(3, 0), 'x');
    company.watched = argument(4, 0);
    company.watched_at_start = count > 4;
    if (company.people < least_people || company.people > mean_gap) {
        fmt::print(stderr, "bench_generate: from {} to {} people\n", least_people, mean_gap);
        return 2;
    }
    Random random;
    std::uint64_t micros = start;
    fmt::memory_buffer out;
    for (std::uint64_t index = 0; index < events; ++index) {
        micros += random.below(2 * mean_gap / company.people);
        append_event(out, random, company, index, micros);
        if (out.size() > (1U << 20) || index + 1 == events) {
            if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size()) return 1;
            out.clear();
        }
    }
    return 0;
}
