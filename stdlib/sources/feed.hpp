// One input as events in order of time: a finite file put in order, or a stream with a reorder buffer and a watermark.
// Knows neither formats nor the other inputs.
#pragma once

#include "stdlib/sources/bytes.hpp"
#include "stdlib/sources/order.hpp"
#include "stdlib/sources/source.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::stdlib {

/// What all feeds of a run share.
struct FeedSettings {
    std::size_t memory_bytes = 0; ///< of this one
    std::size_t longest_record = 0;
    std::string temporary;
    runtime::Duration lateness = 0;
    const runtime::Program* program = nullptr;
};

/// An event with the record that it came from.
struct Taken {
    Produced produced;
    Record record;
};

enum class Take : std::uint8_t { event, rejected, end };

/// A finite file. Its records stay where they are; only those behind the first disorder are indexed by time.
class FileFeed {
public:
    FileFeed(Contents contents, std::unique_ptr<Source> source, std::string path, const FeedSettings& settings,
             Ledger& ledger);

    void prepare(); ///< the first pass: finds times, enters employees
    /// Time of the next event, unless it turns out to be rejected; nullopt: the end.
    std::optional<runtime::Time> head();
    /// The event that `head` announced, or the next one without having asked.
    Take take(Arena& arena, Taken& taken);

private:
    struct Place {
        std::size_t offset = 0;
        std::uint64_t line = 1;
    };
    bool next_record(Place& place, std::size_t end, Record& record, bool first_time);
    void refill();
    bool in_prefix() const;

    Contents contents_;
    std::unique_ptr<Source> source_;
    std::string path_;
    FeedSettings settings_;
    Ledger& ledger_;
    TimeIndex index_;
    std::size_t prefix_end_ = 0; ///< up to here the file is in order
    Place place_;                ///< in the prefix
    Record record_;              ///< of the prefix, whose emissions are being given out
    std::vector<Emission> emissions_;
    std::size_t emission_ = 0;
    std::optional<TimeEntry> entry_; ///< the next one of the rest
    Arena aside_;
};

/// A pipe, or a file taken as it comes.
class StreamFeed {
public:
    StreamFeed(std::unique_ptr<ByteStream> stream, std::unique_ptr<Source> source, std::string path,
               const FeedSettings& settings, Ledger& ledger);
    /// All of a file, which is there already.
    StreamFeed(Contents contents, std::unique_ptr<Source> source, std::string path, const FeedSettings& settings,
               Ledger& ledger);

    std::optional<runtime::Time> head(); ///< may wait for the stream
    Take take(Arena& arena, Taken& taken);
    bool would_wait() const; ///< the next event is not here yet
    /// Events that are taken from now on are of the batch `number`; those up to batch `let_go` are not needed any more.
    void begin_batch(std::uint64_t number, std::uint64_t let_go);

private:
    struct Waiting {
        runtime::Time time = 0; ///< its place in the order
        std::uint64_t number = 0;
        runtime::Time stated = 0;
        std::uint32_t emit = 0;
        std::uint64_t line = 0;
        std::string record;
        friend bool operator>(const Waiting& left, const Waiting& right) {
            return left.time != right.time ? left.time > right.time : left.number > right.number;
        }
    };
    std::optional<Record> next_record(); ///< nullopt: the end of the stream
    bool read_record();                  ///< takes one record in; false: the end of the stream
    Take take_directly(Arena& arena, Taken& taken);
    std::optional<Take> take_first(Arena& arena, Taken& taken);
    Take give(Taken& taken);
    std::optional<runtime::Time> head_directly();
    bool place(const Record& record, runtime::Event& event);
    void note_time(const Record& record);
    void fill();
    void skip_rest();
    void reject_long(std::string_view start);
    void accept(const Record& record);
    void accept_late(const Record& record, const Emission& emission, runtime::Time watermark);
    bool ready() const;

    std::string_view left() const { return bytes_.substr(begin_); }

    std::unique_ptr<ByteStream> stream_;
    Contents contents_;
    std::unique_ptr<Source> source_;
    std::string path_;
    FeedSettings settings_;
    Ledger& ledger_;
    /// Each record gives one event, and none may come late: nothing waits, and records stay in the buffer.
    const bool direct_;
    std::vector<char> buffer_;
    std::string_view bytes_;    ///< of the buffer or of the whole file
    std::size_t begin_ = 0;     ///< of what is left of them
    std::size_t lines_end_ = 0; ///< of plain sources: up to here there are whole lines
    std::uint64_t batch_ = 0;
    std::uint64_t needed_ = 0; ///< the last batch that has events of the present buffer; 0: none
    std::deque<std::pair<std::uint64_t, std::vector<char>>> retired_; ///< buffers before it, likewise
    std::vector<char> spare_;                                         ///< a buffer for later
    std::optional<Record> ahead_;                                     ///< its time was asked for
    bool ended_ = false;                                              ///< no more bytes come
    bool done_ = false;                                               ///< nor records
    bool skipping_ = false;                                           ///< inside of a record that is too long
    std::uint64_t line_ = 1;
    runtime::Time newest_ = runtime::beginning;
    std::uint64_t number_ = 0;
    std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting_;
    std::vector<Emission> emissions_;
    Arena aside_;
};

} // namespace watchword::stdlib
