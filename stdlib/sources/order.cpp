// External merge sort of fixed-size entries; what was in order already is not sorted again.
#include "stdlib/sources/order.hpp"

#include "stdlib/sources/bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <unistd.h>

namespace watchword::stdlib {

namespace {
constexpr std::size_t least_entries = 1024;
constexpr std::size_t buffered = 4096;
} // namespace

/// A sorted file of entries, read through a small buffer.
class TimeIndex::Run {
public:
    Run(int file, std::size_t count) : file_(file), left_(count) {}
    ~Run() { close(file_); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    const TimeEntry* head(std::string& error) {
        if (at_ == buffer_.size() && !fill(error)) return nullptr;
        return &buffer_[at_];
    }
    void drop() { ++at_; }

private:
    bool fill(std::string& error) {
        buffer_.resize(std::min(left_, buffered));
        at_ = 0;
        left_ -= buffer_.size();
        char* into = reinterpret_cast<char*>(buffer_.data());
        std::size_t wanted = buffer_.size() * sizeof(TimeEntry);
        while (wanted > 0) {
            const ssize_t count = pread(file_, into, wanted, offset_);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) {
                error = fmt::format("cannot read a temporary file back: {}",
                                    count == 0 ? "it was cut short" : std::strerror(errno));
                buffer_.clear();
                left_ = 0;
                return false;
            }
            into += count;
            offset_ += count;
            wanted -= static_cast<std::size_t>(count);
        }
        return !buffer_.empty();
    }

    int file_;
    off_t offset_ = 0;
    std::size_t left_;
    std::vector<TimeEntry> buffer_;
    std::size_t at_ = 0;
};

TimeIndex::TimeIndex(std::size_t memory_bytes, std::string temporary)
    : most_(std::max(memory_bytes / sizeof(TimeEntry), least_entries)), temporary_(std::move(temporary)) {}
TimeIndex::~TimeIndex() = default;

void TimeIndex::add(const TimeEntry& entry) {
    if (entries_.size() >= most_) spill();
    sorted_ = sorted_ && (entries_.empty() || !(entry < entries_.back()));
    entries_.push_back(entry);
}

void TimeIndex::finish() {
    if (!sorted_) std::sort(entries_.begin(), entries_.end());
    sorted_ = true;
}

/// On failure everything stays in memory: better slow than lost.
void TimeIndex::spill() {
    finish();
    std::string error;
    const int file = open_temporary(temporary_, error);
    const std::string_view bytes(reinterpret_cast<const char*>(entries_.data()), entries_.size() * sizeof(TimeEntry));
    if (file < 0 || !write_all(file, bytes, error)) {
        if (file >= 0) close(file);
        most_ = SIZE_MAX;
        return;
    }
    runs_.push_back(std::make_unique<Run>(file, entries_.size()));
    entries_.clear();
}

std::optional<TimeEntry> TimeIndex::next() {
    const TimeEntry* best = taken_ < entries_.size() ? &entries_[taken_] : nullptr;
    Run* from = nullptr;
    for (const std::unique_ptr<Run>& run : runs_) {
        const TimeEntry* const head = run->head(error_);
        if (head == nullptr || (best != nullptr && !(*head < *best))) continue;
        best = head;
        from = run.get();
    }
    if (best == nullptr) return std::nullopt;
    const TimeEntry result = *best;
    if (from == nullptr)
        ++taken_;
    else
        from->drop();
    return result;
}

} // namespace watchword::stdlib
