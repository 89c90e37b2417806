// Puts the simulated company's files together, day by day, so that memory does not grow with the length of the story.
#include "stdlib/simulate.hpp"

#include "runtime/text.hpp"
#include "stdlib/simulation/day.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

namespace watchword::stdlib {

namespace {

using runtime::one_day;

/// Monday, 6 January 2025.
constexpr std::int32_t first_day = 20094;

std::string cannot_write(const std::string& path) {
    return fmt::format("cannot write `{}`: {}", path, std::strerror(errno));
}

class PackedFile {
public:
    explicit PackedFile(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "wb1")) {}
    ~PackedFile() {
        if (file_ != nullptr) gzclose(file_);
    }
    PackedFile(const PackedFile&) = delete;
    PackedFile& operator=(const PackedFile&) = delete;

    bool write(std::string_view text) {
        if (file_ == nullptr) return false;
        return text.empty() ||
               gzwrite(file_, text.data(), static_cast<unsigned>(text.size())) == static_cast<int>(text.size());
    }
    bool finish() {
        if (file_ == nullptr) return false;
        const int result = gzclose(file_);
        file_ = nullptr;
        return result == Z_OK;
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
    gzFile file_;
};

bool write_text(const std::string& path, const std::string& text) {
    std::ofstream file{path, std::ios::binary};
    return static_cast<bool>(file << text << std::flush);
}

/// The events of all days, in order of time. Local days reach into the neighbouring days of UTC, so an entry is written
/// once no later day can bring an earlier one.
bool write_events(const std::vector<SimulatedPerson>& people, const Story& story, std::uint64_t seed, PackedFile& file,
                  SimulationSummary& summary) {
    std::vector<Random> streams;
    streams.reserve(people.size());
    for (std::size_t number = 0; number < people.size(); ++number)
        streams.emplace_back(seed, 2'000'000'011ULL + number);
    Diary diary;
    std::string text;
    for (std::int32_t day = story.first_day; day <= story.first_day + story.days; ++day) {
        const bool over = day == story.first_day + story.days;
        for (std::size_t number = 0; number < people.size() && !over; ++number) {
            work(people[number], story.fates[number], day, streams[number], diary);
            misbehave(people[number], story.fates[number], day, streams[number], diary);
        }
        auto& entries = diary.entries();
        std::stable_sort(entries.begin(), entries.end(),
                         [](const DiaryEntry& left, const DiaryEntry& right) { return left.time < right.time; });
        const runtime::Time settled = over ? runtime::never : day * one_day + one_day / 4;
        text.clear();
        std::size_t written = 0;
        for (; written < entries.size() && entries[written].time < settled; ++written)
            fmt::format_to(std::back_inserter(text),
                           R"({{"id":"e{}","time":"{}",{})"
                           "\n",
                           ++summary.events, runtime::show_time(entries[written].time), entries[written].text);
        entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(written));
        summary.bytes += text.size();
        if (!file.write(text)) return false;
    }
    return file.finish();
}

std::string hr_text(const Story& story) {
    std::string text;
    std::size_t number = 0;
    const runtime::Time begin = story.first_day * one_day;
    const runtime::Time end = begin + story.days * one_day;
    for (const HrRecord& record : story.hr)
        if (record.time >= begin && record.time < end)
            text +=
                fmt::format(R"({{"id":"hr{}","time":"{}",{})", ++number, runtime::show_time(record.time), record.text) +
                "\n";
    return text;
}

std::uint32_t number_of_insiders(const SimulationOptions& options) {
    const std::uint32_t wanted = options.insiders.value_or(std::max<std::uint32_t>(12, options.people / 160));
    return std::min(wanted, options.people / 10);
}

} // namespace

SimulationSummary simulate(const SimulationOptions& options) {
    SimulationSummary summary;
    std::error_code error;
    std::filesystem::create_directories(options.folder, error);
    if (error) {
        summary.problem = fmt::format("cannot make the folder `{}`: {}", options.folder, error.message());
        return summary;
    }
    const std::vector<SimulatedPerson> people = make_company(options.seed, options.people, first_day);
    const Story story = make_story(options.seed, people, first_day, static_cast<std::int32_t>(options.days),
                                   number_of_insiders(options));
    std::string roster;
    std::string truth;
    for (std::size_t number = 0; number < people.size(); ++number) {
        roster += roster_line(people[number], people) + "\n";
        const Fate& fate = story.fates[number];
        if (const std::string line = truth_line(people[number], fate); !line.empty()) truth += line + "\n";
        if (fate.style != Style::none)
            ++summary.insiders[std::string{style_name(fate.style)}];
        else if (fate.souvenirs_on != no_day)
            ++summary.leavers;
    }
    const std::string hr = hr_text(story);
    summary.people = people.size();
    summary.hr_events = static_cast<std::uint64_t>(std::count(hr.begin(), hr.end(), '\n'));
    for (const auto& [name, text] : {std::pair<const char*, const std::string&>{"roster.jsonl", roster},
                                     {"hr.jsonl", hr},
                                     {"truth.jsonl", truth}}) {
        const std::string path = options.folder + "/" + name;
        if (!write_text(path, text)) {
            summary.problem = cannot_write(path);
            return summary;
        }
    }
    PackedFile events{options.folder + "/events.jsonl.gz"};
    if (!write_events(people, story, options.seed, events, summary)) summary.problem = cannot_write(events.path());
    return summary;
}

} // namespace watchword::stdlib
