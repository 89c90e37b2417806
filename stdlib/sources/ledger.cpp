// Reasons name fields, never values, so that there are few of them; samples and dead letters hold values and are for
// the operator alone, hence the file's mode.
#include "stdlib/sources/ledger.hpp"

#include "runtime/text.hpp"
#include "stdlib/sources/json_scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <tuple>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace watchword::stdlib {

namespace {

constexpr std::size_t most_names = 1000;
constexpr std::size_t sample_bytes = 500;
constexpr std::size_t letter_bytes = std::size_t{1} << 20;

/// Bytes that are no UTF-8 are taken as Latin-1, so that the dead letter is JSON in any case.
std::string readable(std::string_view record, std::size_t most) {
    if (record.size() > most) { // cut before the character that does not fit
        while (most > 0 && (static_cast<unsigned char>(record[most]) & 0xc0) == 0x80) --most;
        record = record.substr(0, most);
    }
    if (runtime::is_utf8(record)) return std::string(record);
    std::string result;
    for (const char byte : record) {
        const auto code = static_cast<unsigned char>(byte);
        if (code < 0x80) {
            result += byte;
        } else {
            result += static_cast<char>(0xc0 | code >> 6);
            result += static_cast<char>(0x80 | (code & 0x3f));
        }
    }
    return result;
}

std::string_view without_end_of_line(std::string_view record) {
    while (!record.empty() && (record.back() == '\n' || record.back() == '\r')) record.remove_suffix(1);
    return record;
}

void count_name(std::map<std::string, std::uint64_t, std::less<>>& counts, std::string_view name) {
    const auto found = counts.find(name);
    if (found != counts.end())
        ++found->second;
    else if (counts.size() < most_names)
        counts.emplace(readable(name, 200), 1);
}

} // namespace

Ledger::~Ledger() {
    settle();
    if (dead_letter_ != nullptr) std::fclose(dead_letter_);
}

/// A last line without an end goes.
void cut_last_line(int file, off_t size) {
    std::array<char, 4096> bytes{};
    for (off_t end = size; end > 0;) {
        const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(bytes.size()));
        const auto length = static_cast<std::size_t>(end - begin);
        if (::pread(file, bytes.data(), length, begin) != static_cast<ssize_t>(length)) return;
        const std::size_t line_end = std::string_view(bytes.data(), length).rfind('\n');
        if (line_end == std::string_view::npos && begin > 0) {
            end = begin;
            continue;
        }
        const off_t whole = line_end == std::string_view::npos ? 0 : begin + static_cast<off_t>(line_end) + 1;
        if (whole != size && ::ftruncate(file, whole) != 0) return;
        return;
    }
}

/// Cuts off a letter that was being written when a run was killed: its record comes again.
void drop_torn_letter(const std::string& path) {
    struct stat about {};
    if (stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return;
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) return; // whoever may not read it has to live with the line
    cut_last_line(file, about.st_size);
    ::close(file);
}

bool Ledger::open_dead_letter(const std::string& path, bool append) {
    dead_letter_path_ = path;
    if (append) drop_torn_letter(path);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC) | O_CLOEXEC, 0600);
    if (file >= 0) dead_letter_ = fdopen(file, "w");
    if (dead_letter_ == nullptr)
        fail(fmt::format("cannot write the dead-letter file `{}`: {}", path, std::strerror(errno)));
    return dead_letter_ != nullptr;
}

void Ledger::write_dead_letter(const Origin& origin, std::string_view reason) {
    if (dead_letter_ == nullptr) return;
    std::string letter = fmt::format("{{\"file\":{},\"line\":{},\"reason\":{},\"record\":{}}}\n",
                                     quote_json(readable(origin.file, letter_bytes)), origin.line, quote_json(reason),
                                     quote_json(readable(origin.record, letter_bytes)));
    has_unwritten_ = true;
    waiting_bytes_ += letter.size();
    waiting_.push_back({place_, std::move(letter)});
}

void Ledger::settle() {
    if (waiting_.empty()) return; // nearly always
    std::stable_sort(waiting_.begin(), waiting_.end(),
                     [](const Letter& left, const Letter& right) { return left.place < right.place; });
    for (const Letter& letter : waiting_)
        if (dead_letter_ != nullptr &&
            std::fwrite(letter.text.data(), 1, letter.text.size(), dead_letter_) != letter.text.size())
            give_up();
    waiting_.clear();
    waiting_bytes_ = 0;
}

void Ledger::flush() {
    settle();
    has_unwritten_ = false;
    if (dead_letter_ != nullptr && std::fflush(dead_letter_) != 0) give_up();
}

void Ledger::sync() {
    flush();
    if (dead_letter_ != nullptr) ::fsync(::fileno(dead_letter_)); // a pipe or a terminal has no disk
}

void Ledger::give_up() {
    fail(fmt::format("cannot write the dead-letter file `{}`: {}", dead_letter_path_, std::strerror(errno)));
    std::fclose(dead_letter_);
    dead_letter_ = nullptr;
}

void Ledger::reject(const Origin& from, std::string_view reason) {
    if (muted_) return;
    Origin origin = from;
    origin.record = without_end_of_line(origin.record);
    ++statistics.rejected;
    auto found = statistics.rejections.find(reason);
    if (found == statistics.rejections.end())
        found = statistics.rejections.emplace(std::string(reason), Rejection{}).first;
    Rejection& sample = found->second;
    // not the one that is told first: in which order they are, threads decide
    if (sample.count++ == 0 || std::tie(origin.line, origin.file) < std::tie(sample.line, sample.file)) {
        sample.file = origin.file;
        sample.line = origin.line;
        sample.record = readable(origin.record, sample_bytes);
    }
    if (origin.line == 1)
        refused_starts_.try_emplace(std::string(origin.file), std::string(reason),
                                    readable(origin.record, sample_bytes));
    write_dead_letter(origin, reason);
}

const Refusal* Ledger::refused_start(std::string_view file) const {
    const auto found = refused_starts_.find(file);
    return found == refused_starts_.end() ? nullptr : &found->second;
}

void Ledger::reject_unknown_type(const Origin& origin, std::string_view name) {
    if (muted_) return;
    count_name(statistics.unknown_types, name);
    reject(origin, "unknown type");
}

void Ledger::drop_late(const Origin& origin, runtime::Time time, runtime::Time watermark) {
    ++statistics.late;
    Origin trimmed = origin;
    trimmed.record = without_end_of_line(trimmed.record);
    write_dead_letter(trimmed, fmt::format("late: its time is {}, and all before {} is over", runtime::show_time(time),
                                           runtime::show_time(watermark)));
}

void Ledger::note(std::string text) {
    if (noted_.size() >= most_names || !noted_.insert(text).second) return;
    statistics.notes.push_back(std::move(text));
}

void Ledger::note_repeated(std::string_view file, std::string_view key) {
    const std::string name = readable(key, 200);
    if (repeated_.size() >= most_repeated || !repeated_.emplace(file, name).second) return;
    note(fmt::format("{}: `{}` stands more than once in a record; the first one counts", file, name));
}

void Ledger::count_unknown_field(std::string_view name) {
    if (!muted_) count_name(statistics.unknown_fields, name);
}

} // namespace watchword::stdlib
