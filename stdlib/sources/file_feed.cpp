// A record is looked at twice: for its time, and when its turn has come, so that what waits is small.
#include "stdlib/sources/file_feed.hpp"

#include "stdlib/sources/input_ahead.hpp"
#include "stdlib/sources/reading.hpp"
#include "stdlib/sources/times_ahead.hpp"

#include <algorithm>
#include <utility>

namespace watchword::stdlib {

using runtime::Time;

FileFeed::FileFeed(Contents contents, std::unique_ptr<Source> source, std::string path, const FeedSettings& settings,
                   Ledger& ledger)
    : contents_(std::move(contents)), source_(std::move(source)), path_(std::move(path)), settings_(settings),
      ledger_(ledger),
      glance_(source_->is_plain() || (source_->tells_times() && !settings.resumable) ? source_->own_glance() : nullptr),
      by_time_(glance_ != nullptr && source_->tells_times() && !settings.resumable),
      index_(settings.memory_bytes, settings.temporary) {}

/// The record at `place`, which moves behind it; false: there is none. In place of one that is too long, of which only
/// its beginning is looked at, there is an empty one.
bool FileFeed::next_record(Place& place, std::size_t end, Record& record, bool first_time) {
    if (place.offset >= end) return false;
    const std::string_view bytes = contents_.bytes();
    const std::string_view window = bytes.substr(place.offset, settings_.longest_record + 1);
    const bool all = place.offset + window.size() == bytes.size();
    std::size_t length = source_->extent(window, all);
    if (length == 0) length = source_->extent(window, true);
    record.text = window.substr(0, length);
    record.line = place.line;
    record.readable = bytes.size() - place.offset - length;
    if (first_time && !is_blank(record.text)) ++ledger_.statistics.records;
    if (length <= settings_.longest_record) {
        ask_for_input(record.text.data(), length);
        place.offset += length;
        place.line += source_->is_line() ? 1 : count_lines(record.text);
        return true;
    }
    const std::size_t line_end = bytes.find('\n', place.offset + length - 1);
    if (first_time)
        ledger_.reject({path_, place.line, record.text.substr(0, 1000)}, too_long(settings_.longest_record));
    place.line += count_lines(record.text.substr(0, length - 1)) + 1;
    place.offset = line_end == std::string_view::npos ? bytes.size() : line_end + 1;
    record = {bytes.substr(place.offset, 0), record.line, 0};
    return true;
}

bool FileFeed::prepare(const FeedPosition* from) {
    const std::string_view bytes = contents_.bytes();
    if (from != nullptr) {
        if (from->is_stream || from->bytes > bytes.size() || mark_of(bytes.substr(0, from->bytes)) != from->mark)
            return false;
        resumed_ = *from;
        given_ = from->last;
    }
    ledger_.statistics.bytes += bytes.size();
    bool ordered = true;
    prefix_end_ = bytes.size();
    Time newest = runtime::beginning;
    Place place;
    Record record;
    if (const Crew* const crew = settings_.crew; crew != nullptr && crew->size() > 1 && by_time_) {
        const TimesAhead::Ordered found =
            TimesAhead::find(bytes, {settings_.longest_record, settings_.piece_bytes}, *source_, *settings_.crew);
        place = {found.bytes, found.lines + 1};
        newest = found.newest;
        ledger_.statistics.records += found.records;
    }
    while (next_record(place, bytes.size(), record, true)) {
        const std::size_t offset = offset_of(record);
        if (ordered && by_time_) {
            const std::optional<Time> time = glance_->time_of(record);
            if (time) ordered = *time >= newest;
            if (time && ordered) newest = *time;
            if (ordered) continue;
            prefix_end_ = offset;
        }
        emissions_.clear();
        // A plain record of the ordered part is said to be wrong when it is decoded, once; what an earlier run has
        // looked at, was said then.
        ledger_.mute((ordered && source_->is_plain()) || resumed_.has_seen(offset));
        source_->scan(record, emissions_);
        ledger_.mute(false);
        for (const Emission& emission : emissions_) {
            if (ordered && emission.time < newest) {
                ordered = false;
                prefix_end_ = offset;
            }
            newest = emission.time;
        }
        const auto line = static_cast<std::uint32_t>(std::min<std::uint64_t>(record.line, UINT32_MAX));
        for (const Emission& emission : emissions_) {
            const TimeEntry entry{emission.time, offset, line, emission.emit};
            const bool given = given_ && resumed_.has_given(entry);
            if (ordered && given) place_ = {offset, record.line};
            if (!ordered && !given) index_.add(entry);
        }
    }
    index_.finish();
    emissions_.clear();
    entry_ = index_.next();
    if (settings_.resumable) {
        whole_ = bytes.rfind('\n') + 1;
        mark_ = mark_of(bytes.substr(0, whole_));
    }
    if (given_ && place_.offset < prefix_end_) pass_given();
    if (settings_.crew != nullptr && glance_ != nullptr)
        decoded_ =
            DecodedAhead::of(contents_, settings_.stretch(place_.offset, prefix_end_), *source_, *settings_.crew);
    return true;
}

/// Of the record at `place_` some event was given out; it and the rest of it are passed over.
void FileFeed::pass_given() {
    if (!next_record(place_, prefix_end_, record_, false)) return;
    ledger_.mute(true);
    source_->scan(record_, emissions_);
    ledger_.mute(false);
    while (emission_ < emissions_.size() &&
           resumed_.has_given({emissions_[emission_].time, offset_of(record_), 0, emissions_[emission_].emit}))
        ++emission_;
}

FeedPosition FileFeed::position() const {
    const std::string_view bytes = contents_.bytes();
    FeedPosition result;
    result.size = bytes.size();
    result.bytes = whole_;
    result.mark = mark_;
    result.last = given_;
    return result;
}

/// Makes the emissions of the next record of the ordered part known, if there are any; false: there is no record.
bool FileFeed::refill() {
    if (!next_record(place_, prefix_end_, record_, false)) return false;
    emissions_.clear();
    emission_ = 0;
    if (!source_->is_plain()) {
        ledger_.mute(!by_time_); // else it is looked at for the first time
        source_->scan(record_, emissions_);
        ledger_.mute(false);
        return true;
    }
    // One of which nothing comes has no time to wait for: what its time is may have been told otherwise before.
    aside_.reset();
    Produced nothing;
    ledger_.mute(true);
    const bool is_event = source_->produce(record_, 0, aside_, nothing);
    ledger_.mute(false);
    if (is_event)
        emissions_.push_back({nothing.event.time, 0});
    else
        source_->produce(record_, 0, aside_, nothing); // says what is wrong with it
    return true;
}

/// The next event of the prefix, if it is told; what comes before it is passed over. False: the next record cannot be
/// told, or there is none. `arena`: nullptr where only what was decoded ahead is of use.
inline bool FileFeed::next_told(Arena* arena) {
    while (told_ == nullptr && emission_ == emissions_.size()) {
        Told* told = nullptr;
        if (decoded_ != nullptr)
            told = decoded_->take(place_.offset);
        else if (arena != nullptr)
            told = tell_next(glance_, contents_.bytes(), settings_.reach(place_.offset, prefix_end_, place_.line),
                             *arena, here_);
        if (told == nullptr) break;
        place_.offset += told->passed_bytes;
        place_.line += told->passed;
        ledger_.statistics.unused += told->unused;
        ledger_.statistics.unmatched += told->unmatched;
        if (told->length != 0)
            told_ = told;
        else if (settings_.is_stopped())
            break;
    }
    return told_ != nullptr;
}

bool FileFeed::in_prefix() const {
    if (told_ != nullptr) return !entry_ || told_->produced.event.time <= entry_->time;
    return emission_ < emissions_.size() && (!entry_ || emissions_[emission_].time <= entry_->time);
}

std::optional<Time> FileFeed::head() {
    if (const Piece* const piece = next_piece()) return piece->block.first;
    while (!next_told(nullptr) && emission_ == emissions_.size() && refill()) {
    }
    if (in_prefix()) return told_ != nullptr ? told_->produced.event.time : emissions_[emission_].time;
    if (!entry_) return std::nullopt;
    return entry_->time;
}

Take FileFeed::take_told(Taken& taken) {
    const std::string_view bytes = contents_.bytes().substr(place_.offset);
    const std::size_t length = told_->length;
    taken.produced = &std::exchange(told_, nullptr)->produced;
    taken.record = {bytes.substr(0, length), place_.line++, bytes.size() - length};
    place_.offset += length;
    return Take::event;
}

Piece* FileFeed::next_piece() {
    if (decoded_ == nullptr || told_ != nullptr || entry_ || emission_ < emissions_.size()) return nullptr;
    Piece* piece = decoded_->whole_at(place_.offset);
    for (; piece != nullptr && piece->block.events == 0; piece = decoded_->whole_at(place_.offset)) take_piece(*piece);
    return piece;
}

void FileFeed::take_piece(Piece& piece) {
    decoded_->take_whole();
    place_ = {piece.end, place_.line + piece.records};
    ledger_.statistics.unused += piece.unused;
    ledger_.statistics.unmatched += piece.unmatched;
}

Take FileFeed::take(Arena& arena, Taken& taken) {
    std::uint32_t emit = 0;
    const Take result = take_next(arena, taken, emit);
    if (result == Take::event && settings_.resumable)
        given_ = {taken.produced->event.time, offset_of(taken.record), 0, emit};
    return result;
}

/// `emit` is 0 at first.
Take FileFeed::take_next(Arena& arena, Taken& taken, std::uint32_t& emit) {
    if (next_told(entry_ ? nullptr : &arena) && in_prefix()) return take_told(taken);
    if (source_->is_plain() && !entry_ && emission_ == emissions_.size()) {
        if (!next_record(place_, prefix_end_, taken.record, false)) return Take::end;
    } else if (!head()) {
        return Take::end;
    } else if (told_ != nullptr && in_prefix()) {
        return take_told(taken);
    } else if (in_prefix()) {
        taken.record = record_;
        emit = emissions_[emission_++].emit;
    } else {
        Place place{entry_->offset, entry_->line};
        emit = entry_->emit;
        next_record(place, contents_.bytes().size(), taken.record, false);
        entry_ = index_.next();
        if (!entry_ && !index_.error().empty()) ledger_.fail(index_.error());
    }
    return source_->produce(taken.record, emit, arena, taken.fresh()) ? Take::event : Take::rejected;
}

} // namespace watchword::stdlib
