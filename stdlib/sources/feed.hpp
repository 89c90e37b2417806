// One input as events in order of time: a finite file put in order, or a stream with a reorder buffer and a watermark.
// Knows neither formats nor the other inputs.
#pragma once

#include "stdlib/crew.hpp"
#include "stdlib/sources/bytes.hpp"
#include "stdlib/sources/decoded_ahead.hpp"
#include "stdlib/sources/order.hpp"
#include "stdlib/sources/position.hpp"
#include "stdlib/sources/source.hpp"

#include <atomic>
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
    bool resumable = false;                  ///< positions will be asked for
    bool has_header = false;                 ///< the first record says what the others mean
    Crew* crew = nullptr;                    ///< decodes ahead what lies in memory; may be nullptr
    std::size_t piece_bytes = 0;             ///< that one of it decodes at a time
    const std::atomic<bool>* stop = nullptr; ///< set from outside: give out nothing more
    bool is_stopped() const { return stop != nullptr && stop->load(); }
    DecodedAhead::Stretch stretch(std::size_t begin, std::size_t end) const {
        return {begin, end, longest_record, piece_bytes};
    }
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

    /// The first pass: finds times, enters employees. Goes on behind `from`, where that is given; false: these are not
    /// the bytes that it is about.
    bool prepare(const FeedPosition* from = nullptr);
    FeedPosition position() const;
    /// Time of the next event, unless it turns out to be rejected; nullopt: the end.
    std::optional<runtime::Time> head();
    /// The event that `head` announced, or the next one without having asked.
    Take take(Arena& arena, Taken& taken);
    /// Events that are taken from now on are of the batch `number`; those up to batch `let_go` are not needed any more.
    void begin_batch(std::uint64_t number, std::uint64_t let_go) {
        if (decoded_ != nullptr) decoded_->begin_batch(number, let_go);
    }

private:
    struct Place {
        std::size_t offset = 0;
        std::uint64_t line = 1;
    };
    bool next_record(Place& place, std::size_t end, Record& record, bool first_time);
    const DecodedAhead::Told* next_decoded();
    Take take_decoded(Taken& taken);
    bool take_first(Arena& arena, Taken& taken, Take& result);
    void hold(std::size_t length, Taken& taken);
    void refill();
    void pass_given();
    bool in_prefix() const;
    std::size_t offset_of(const Record& record) const {
        return static_cast<std::size_t>(record.text.data() - contents_.bytes().data());
    }

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
    FeedPosition resumed_;           ///< what earlier runs took
    std::optional<TimeEntry> given_; ///< the last event given out
    std::size_t whole_ = 0;          ///< up to here lines are finished
    ContentMark mark_{};             ///< of these
    Arena aside_;
    std::unique_ptr<DecodedAhead> decoded_; ///< of the ordered part; nullptr: each record is decoded when it is taken
    const DecodedAhead::Told* told_ = nullptr; ///< its next event, if that was asked for
};

/// A pipe, or a file taken as it comes.
class StreamFeed {
public:
    StreamFeed(std::unique_ptr<ByteStream> stream, std::unique_ptr<Source> source, std::string path,
               const FeedSettings& settings, Ledger& ledger);
    /// All of a file, which is there already.
    StreamFeed(Contents contents, std::unique_ptr<Source> source, std::string path, const FeedSettings& settings,
               Ledger& ledger);

    /// Goes on behind `from`. Of a regular file the part taken is read again and passed over; false: it is another.
    bool resume(const FeedPosition& from);
    FeedPosition position() const;
    std::optional<runtime::Time> head(); ///< may wait for the stream
    Take take(Arena& arena, Taken& taken);
    /// The next event is not here yet; takes in what is. `head_wanted`: `head` is asked for before `take`.
    bool would_wait(bool head_wanted);
    /// Events that are taken from now on are of the batch `number`; those up to batch `let_go` are not needed any more.
    void begin_batch(std::uint64_t number, std::uint64_t let_go);

private:
    std::optional<Record> next_record(); ///< nullopt: the end of the stream, or it is stopped
    bool read_record();                  ///< takes one record in; false: the end of the stream
    Take take_directly(Arena& arena, Taken& taken);
    const DecodedAhead::Told* next_decoded();
    Take take_decoded(Taken& taken);
    bool take_first(Arena& arena, Taken& taken, Take& result);
    Take give(std::size_t length, Taken& taken);
    Take give(Taken& taken);
    std::optional<runtime::Time> head_directly();
    bool look_ahead();
    bool place(const Record& record, runtime::Event& event);
    void note_time(const Record& record);
    void pass(std::size_t length); ///< the bytes are taken
    bool pass_taken(const FeedPosition& from);
    void read_header();
    bool is_file() const { return stream_ == nullptr || stream_->is_regular(); }
    /// Events are taken as they come. Not where positions are asked for: what waits has to be told apart then.
    bool takes_at_once() const { return settings_.lateness == 0 && !settings_.resumable; }
    bool is_direct() const { return takes_at_once() && source_->is_plain(); }
    void make_room();
    void fill();
    void skip_rest();
    void reject_long(std::string_view start);
    void accept(const Record& record);
    void wait(WaitingRecord event, const Record& record);
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
    std::vector<std::vector<char>> spare_;                            ///< buffers for later
    std::optional<Record> ahead_;                                     ///< its time was asked for
    bool ended_ = false;                                              ///< no more bytes come
    bool done_ = false;                                               ///< nor records
    bool skipping_ = false;                                           ///< inside of a record that is too long
    std::uint64_t line_ = 1;
    runtime::Time newest_ = runtime::beginning;
    std::uint64_t number_ = 0;
    /// With a look inside, for positions.
    struct WaitingRecords : std::priority_queue<WaitingRecord, std::vector<WaitingRecord>, std::greater<>> {
        const std::vector<WaitingRecord>& all() const { return c; }
    };
    WaitingRecords waiting_;
    // where none waits for later records:
    Record in_hand_;
    std::vector<WaitingRecord> due_; ///< its events, in their order
    std::size_t next_due_ = 0;
    std::uint64_t taken_bytes_ = 0;     ///< from the beginning
    std::unique_ptr<ContentHash> hash_; ///< of the bytes taken, of regular files
    std::string header_;
    bool header_may_come_again_ = false;
    std::vector<Emission> emissions_;
    Arena aside_;
    std::unique_ptr<DecodedAhead> decoded_;    ///< nullptr: each record is decoded when it is taken
    const DecodedAhead::Told* told_ = nullptr; ///< its next event, if that was asked for
};

} // namespace watchword::stdlib
