// What could not be used, and why: counts and one sample a reason, the dead-letter file, notes, errors of the world.
// Knows nothing of formats.
#pragma once

#include "stdlib/sources/input.hpp"

#include <cstdint>
#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::stdlib {

/// Where a record came from.
struct Origin {
    std::string_view file;
    std::uint64_t line = 0;
    std::string_view record;
};

struct Refusal {
    std::string reason, record; ///< at most 500 bytes of it
};

class Ledger {
public:
    Ledger() = default;
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    /// A failure to open or write becomes an error in the statistics. False: it could not be opened.
    bool open_dead_letter(const std::string& path, bool append);
    /// Letters are written in the order of the events that they come behind, whenever what was wrong was found out:
    /// what is reported from now on comes behind event number `events`, or is about that event itself.
    void come_behind(std::uint64_t events) { place_ = 2 * events + 1; }
    void come_to(std::uint64_t event) { place_ = 2 * event; }
    /// Nothing will be reported any more about events so far, nor about records before the next one: what was, is put
    /// in order.
    void settle();
    bool is_full() const { return waiting_bytes_ > most_waiting; } ///< so much waits to be settled that it should be
    void flush();                                                  ///< settles, and brings letters to the file
    bool has_unwritten() const { return has_unwritten_; }          ///< letters that `flush` would bring to the file
    void sync();                                                   ///< to the disk
    /// A record of which nothing comes.
    void reject(const Origin& origin, std::string_view reason);
    /// `name` is counted apart from the reason, which is one for all.
    void reject_unknown_type(const Origin& origin, std::string_view name);
    void drop_late(const Origin& origin, runtime::Time time, runtime::Time watermark);
    void note(std::string text);                                     ///< once each, at most 1000
    void note_repeated(std::string_view file, std::string_view key); ///< some record has it twice; of the first keys
    void fail(std::string error) { statistics.errors.push_back(std::move(error)); }
    void count_unknown_field(std::string_view name);
    /// Nothing reported meanwhile counts: for records that are looked at a second time.
    void mute(bool muted) { muted_ = muted; }
    bool muted() const { return muted_; }
    /// Why the first line of a file was rejected, and how it begins; nullptr: it was not.
    const Refusal* refused_start(std::string_view file) const;

    InputStatistics statistics;

private:
    void write_dead_letter(const Origin& origin, std::string_view reason);

    void give_up();

    struct Letter {
        std::uint64_t place = 0;
        std::string text;
    };
    static constexpr std::size_t most_waiting = std::size_t{1} << 20; ///< bytes

    std::vector<Letter> waiting_;
    std::size_t waiting_bytes_ = 0;
    std::uint64_t place_ = 1;
    std::FILE* dead_letter_ = nullptr;
    std::string dead_letter_path_;
    std::set<std::string, std::less<>> noted_;
    static constexpr std::size_t most_repeated = 20;             ///< others should find room among the notes
    std::set<std::pair<std::string, std::string>> repeated_;     ///< keys, with their files
    std::map<std::string, Refusal, std::less<>> refused_starts_; ///< by file
    bool muted_ = false;
    bool has_unwritten_ = false;
};

} // namespace watchword::stdlib
