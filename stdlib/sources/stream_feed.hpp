// A stream as events in order of time, with a reorder buffer and a watermark.
#pragma once

#include "stdlib/sources/bytes.hpp"
#include "stdlib/sources/feed.hpp"
#include "stdlib/sources/position.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::stdlib {

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
    /// What comes next, as a piece that is whole and has events; nullptr: it is to be taken one by one. May wait.
    Piece* next_piece();
    /// The one that `next_piece` gave.
    void take_piece(Piece& piece);
    /// The next event is not here yet; takes in what is. `head_wanted`: `head` is asked for before `take`.
    bool would_wait(bool head_wanted);
    /// No event that was taken is needed any more.
    void conclude() {
        decoded_.reset();
        source_->conclude([this](std::size_t offset) { return line_at(contents_.bytes(), offset); });
    }
    /// Events that are taken from now on are of the batch `number`; those up to batch `let_go` are not needed any more.
    void begin_batch(std::uint64_t number, std::uint64_t let_go);

private:
    /// nullopt: the end of the stream, or it is stopped. In place of one that is too long there is an empty one.
    std::optional<Record> next_record();
    bool read_record(); ///< takes one record in; false: the end of the stream
    Take take_directly(Arena& arena, Taken& taken);
    bool next_told(Arena* arena);
    bool take_told(Arena& arena, Taken& taken, Take& result);
    Take give_told(Taken& taken);
    Take give(Taken& taken);
    std::optional<runtime::Time> head_directly();
    bool look_ahead();
    bool place(const Record& record, runtime::Event& event);
    void note_time(const Record& record);
    void pass(std::size_t length); ///< the bytes are taken
    bool pass_taken(const FeedPosition& from);
    void read_header();
    void note_disorder(const Record& record);
    bool is_file() const { return stream_ == nullptr || stream_->is_regular(); }
    /// Events are taken as they come. Not where positions are asked for: what waits has to be told apart then.
    bool takes_at_once() const { return settings_.lateness == 0 && !settings_.resumable; }
    bool is_direct() const { return takes_at_once() && source_->is_plain(); }
    bool has_due() const { return next_due_ < due_.size(); }
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
    Glance* const glance_; ///< nullptr: records are taken step by step
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
    std::unique_ptr<DecodedAhead> decoded_; ///< nullptr: each record is decoded when it is taken
    Told* told_ = nullptr;                  ///< the next event, if it is known
    Told here_;                             ///< what was told last, where nothing is decoded ahead
    bool is_disorder_noted_ = false;
};

} // namespace watchword::stdlib
