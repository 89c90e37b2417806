// Putting one finite input in order: small entries (when, where) are sorted instead of records, in memory up to a
// budget and then as sorted runs in temporary files. Knows nothing of formats.
#pragma once

#include "runtime/type.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watchword::stdlib {

/// One event of the input; entries with equal time keep the order of their place.
struct TimeEntry {
    runtime::Time time = 0;
    std::uint64_t offset = 0; ///< of the record
    std::uint32_t line = 0;   ///< saturates
    std::uint32_t emit = 0;

    friend bool operator<(const TimeEntry& left, const TimeEntry& right) {
        if (left.time != right.time) return left.time < right.time;
        if (left.offset != right.offset) return left.offset < right.offset;
        return left.emit < right.emit;
    }
};

class TimeIndex {
public:
    /// `temporary`: directory of the files; empty: $TMPDIR or /tmp.
    TimeIndex(std::size_t memory_bytes, std::string temporary);
    ~TimeIndex();

    void add(const TimeEntry& entry);
    void finish(); ///< no more is added
    /// In order; nullopt at the end, or when a temporary file failed: see `error`.
    std::optional<TimeEntry> next();
    const std::string& error() const { return error_; }
    std::size_t runs() const { return runs_.size(); } ///< in files

private:
    class Run;
    void spill();

    std::size_t most_;
    std::string temporary_;
    std::vector<TimeEntry> entries_;
    bool sorted_ = true;
    std::size_t taken_ = 0;
    std::vector<std::unique_ptr<Run>> runs_;
    std::string error_;
};

} // namespace watchword::stdlib
