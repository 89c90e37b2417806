// A finite file as events in order of time, put in order first.
#pragma once

#include "stdlib/sources/bytes.hpp"
#include "stdlib/sources/feed.hpp"
#include "stdlib/sources/order.hpp"
#include "stdlib/sources/position.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watchword::stdlib {

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
    /// What comes next, as a piece that is whole and has events; nullptr: it is to be taken one by one. May wait.
    Piece* next_piece();
    /// The one that `next_piece` gave.
    void take_piece(Piece& piece);
    /// No event that was taken is needed any more.
    void conclude() {
        decoded_.reset();
        source_->conclude([this](std::size_t offset) { return line_at(contents_.bytes(), offset); });
    }
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
    bool next_told(Arena* arena);
    Take take_next(Arena& arena, Taken& taken, std::uint32_t& emit);
    Take take_told(Taken& taken);
    bool refill();
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
    Glance* const glance_; ///< nullptr: records are taken step by step, as where it matters which emits were given
    const bool by_time_;   ///< the ordered part is found by the times of records, which are looked into once
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
    Told* told_ = nullptr;                  ///< the next event of it, if it is known
    Told here_;                             ///< what was told last, where nothing is decoded ahead
};

} // namespace watchword::stdlib
