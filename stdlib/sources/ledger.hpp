// What could not be used, and why: counts and one sample a reason, the dead-letter file, notes, errors of the world.
// Knows nothing of formats.
#pragma once

#include "stdlib/sources/input.hpp"

#include <cstdint>
#include <cstdio>
#include <set>
#include <string>
#include <string_view>

namespace watchword::stdlib {

/// Where a record came from.
struct Origin {
    std::string_view file;
    std::uint64_t line = 0;
    std::string_view record;
};

class Ledger {
public:
    Ledger() = default;
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    /// A failure to open or write becomes an error in the statistics. False: it could not be opened.
    bool open_dead_letter(const std::string& path, bool append);
    void flush();
    bool has_unwritten() const { return has_unwritten_; } ///< letters that `flush` would bring to the file
    void sync();                                          ///< to the disk
    /// A record of which nothing comes.
    void reject(const Origin& origin, std::string_view reason);
    /// `name` is counted apart from the reason, which is one for all.
    void reject_unknown_type(const Origin& origin, std::string_view name);
    void drop_late(const Origin& origin, runtime::Time time, runtime::Time watermark);
    void note(std::string text); ///< once each, at most 1000
    void fail(std::string error) { statistics.errors.push_back(std::move(error)); }
    void count_unknown_field(std::string_view name);
    /// Nothing reported meanwhile counts: for records that are looked at a second time.
    void mute(bool muted) { muted_ = muted; }
    bool muted() const { return muted_; }

    InputStatistics statistics;

private:
    void write_dead_letter(const Origin& origin, std::string_view reason);

    void give_up();

    std::FILE* dead_letter_ = nullptr;
    std::string dead_letter_path_;
    std::set<std::string, std::less<>> noted_;
    bool muted_ = false;
    bool has_unwritten_ = false;
};

} // namespace watchword::stdlib
