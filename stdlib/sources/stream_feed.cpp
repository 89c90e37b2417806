// Where records may have to wait, each is looked at twice: `scan` for its time, `produce` when its turn has come, so
// that what waits is small.
#include "stdlib/sources/stream_feed.hpp"

#include "stdlib/sources/input_ahead.hpp"
#include "stdlib/sources/reading.hpp"
#include "stdlib/sources/record_shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace watchword::stdlib {

using runtime::Time;

namespace {

constexpr std::size_t read_bytes = std::size_t{1} << 18;
constexpr std::size_t least_room = std::size_t{1} << 16; ///< for a read; what a pipe mostly holds

} // namespace

StreamFeed::StreamFeed(std::unique_ptr<ByteStream> stream, std::unique_ptr<Source> source, std::string path,
                       const FeedSettings& settings, Ledger& ledger)
    : stream_(std::move(stream)), source_(std::move(source)), path_(std::move(path)), settings_(settings),
      ledger_(ledger), direct_(is_direct()), glance_(takes_at_once() ? source_->own_glance() : nullptr),
      buffer_(2 * read_bytes) {
    if (settings.resumable && is_file()) hash_ = std::make_unique<ContentHash>();
}

StreamFeed::StreamFeed(Contents contents, std::unique_ptr<Source> source, std::string path,
                       const FeedSettings& settings, Ledger& ledger)
    : contents_(std::move(contents)), source_(std::move(source)), path_(std::move(path)), settings_(settings),
      ledger_(ledger), direct_(is_direct()), glance_(takes_at_once() ? source_->own_glance() : nullptr),
      bytes_(contents_.bytes()), ended_(true) {
    if (settings.resumable) hash_ = std::make_unique<ContentHash>();
    ledger_.statistics.bytes += bytes_.size();
    if (settings.crew != nullptr && glance_ != nullptr)
        decoded_ = DecodedAhead::of(contents_, settings.stretch(0, bytes_.size()), *source_, *settings.crew);
}

void StreamFeed::begin_batch(std::uint64_t number, std::uint64_t let_go) {
    batch_ = number;
    if (decoded_ != nullptr) decoded_->begin_batch(number, let_go);
    if (needed_ <= let_go) needed_ = 0;
    while (!retired_.empty() && retired_.front().first <= let_go) {
        spare_.push_back(std::move(retired_.front().second));
        retired_.pop_front();
    }
}

/// Makes room behind the bytes that are left. Where events refer to the buffer they go to another.
void StreamFeed::make_room() {
    const std::string_view rest = left();
    if (needed_ != 0 || buffer_.size() - rest.size() < least_room) {
        std::vector<char> fresh;
        if (!spare_.empty()) {
            fresh = std::move(spare_.back());
            spare_.pop_back();
        }
        if (fresh.size() < rest.size() + read_bytes) fresh.resize(2 * (rest.size() + read_bytes));
        if (!rest.empty()) std::memcpy(fresh.data(), rest.data(), rest.size());
        if (needed_ != 0) retired_.emplace_back(std::exchange(needed_, 0), std::move(buffer_));
        buffer_ = std::move(fresh);
    } else if (begin_ > 0) {
        std::memmove(buffer_.data(), rest.data(), rest.size());
    }
    begin_ = 0;
    bytes_ = {buffer_.data(), rest.size()};
}

/// Gets more bytes behind those that are left. After a failure the incomplete last line is dropped.
void StreamFeed::fill() {
    if (buffer_.size() - bytes_.size() < least_room) make_room();
    char* const end = buffer_.data() + bytes_.size();
    const std::size_t room = std::min(buffer_.size() - bytes_.size(), read_bytes);
    const std::size_t count = stream_->read(end, room, settings_.stop);
    bytes_ = {buffer_.data(), bytes_.size() + count};
    ledger_.statistics.bytes += count;
    ended_ = count == 0 && !settings_.is_stopped();
    if (ended_ && !stream_->error().empty()) {
        ledger_.fail(stream_->error());
        bytes_ = bytes_.substr(0, bytes_.rfind('\n') + 1);
    }
    lines_end_ = source_->is_plain() ? bytes_.rfind('\n') + 1 : 0;
}

void StreamFeed::reject_long(std::string_view start) {
    ++ledger_.statistics.records;
    ledger_.reject({path_, line_, start.substr(0, 1000)}, too_long(settings_.longest_record));
    skipping_ = true;
}

/// Passes over the rest of a record that is too long, as far as it is here, without keeping it.
void StreamFeed::skip_rest() {
    const std::string_view view = left();
    const std::size_t end = view.find('\n');
    pass(end == std::string_view::npos ? view.size() : end + 1);
    if (end == std::string_view::npos) return;
    ++line_;
    skipping_ = false;
}

void StreamFeed::pass(std::size_t length) {
    if (hash_ != nullptr) hash_->add(left().substr(0, length));
    begin_ += length;
    taken_bytes_ += length;
}

std::optional<Record> StreamFeed::next_record() {
    while (!settings_.is_stopped()) {
        const std::string_view view = left().substr(0, settings_.longest_record + 1);
        const bool all = ended_ && view.size() == bytes_.size() - begin_;
        if (view.empty() && ended_) {
            done_ = true;
            return std::nullopt;
        }
        if (view.empty()) {
            fill();
            continue;
        }
        if (skipping_) {
            skip_rest();
            if (!skipping_) return Record{left().substr(0, 0), line_ - 1, 0};
            continue;
        }
        std::size_t length = source_->extent(view, all);
        if (length == 0 && view.size() <= settings_.longest_record) {
            fill();
            continue;
        }
        if (length == 0) length = source_->extent(view, true);
        if (length > settings_.longest_record) {
            reject_long(view);
            continue;
        }
        const Record record{view.substr(0, length), line_, bytes_.size() - begin_ - length};
        line_ += source_->is_line() ? 1 : count_lines(record.text);
        ask_for_input(record.text.data(), length);
        pass(length);
        const bool again = header_may_come_again_ && record.text == header_;
        if (settings_.has_header && header_.empty()) header_ = record.text;
        header_may_come_again_ = false;
        if (again) continue;
        if (!is_blank(record.text)) ++ledger_.statistics.records;
        return record;
    }
    return std::nullopt;
}

bool StreamFeed::resume(const FeedPosition& from) {
    if (!from.is_stream) return false;
    header_ = from.header;
    if (is_file()) {
        if (!pass_taken(from)) return false;
    } else if (!header_.empty()) {
        read_header();
        header_may_come_again_ = true;
    }
    line_ = from.line;
    newest_ = from.newest;
    number_ = from.number;
    for (const WaitingRecord& record : from.waiting) waiting_.push(record);
    if (from.rest.empty()) return true;
    buffer_.assign(from.rest.begin(), from.rest.end());
    bytes_ = {buffer_.data(), buffer_.size()};
    lines_end_ = source_->is_plain() ? bytes_.rfind('\n') + 1 : 0;
    return true;
}

/// Says to the source what the records mean, without a record coming of it.
void StreamFeed::read_header() {
    ledger_.mute(true);
    source_->scan({header_, 1, 0}, emissions_);
    ledger_.mute(false);
    emissions_.clear();
}

/// Reads as much as earlier runs took.
bool StreamFeed::pass_taken(const FeedPosition& from) {
    for (std::uint64_t rest = from.bytes; rest > 0;) {
        if (left().empty() && stream_ != nullptr) fill();
        const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(rest, left().size()));
        if (here == 0) return false;
        pass(here);
        rest -= here;
    }
    if (!header_.empty()) read_header();
    return hash_ == nullptr || hash_->mark() == from.mark;
}

FeedPosition StreamFeed::position() const {
    FeedPosition result;
    result.is_stream = true;
    result.bytes = taken_bytes_;
    if (hash_ != nullptr) result.mark = hash_->mark();
    result.line = line_;
    result.newest = newest_;
    result.number = number_;
    result.header = header_;
    if (!is_file()) result.rest = left();
    result.waiting = waiting_.all();
    std::sort(result.waiting.begin(), result.waiting.end(), [](const auto& a, const auto& b) { return b > a; });
    return result;
}

bool StreamFeed::read_record() {
    const std::optional<Record> record = next_record();
    if (record) accept(*record);
    return record.has_value();
}

void StreamFeed::accept(const Record& record) {
    emissions_.clear();
    due_.clear();
    next_due_ = 0;
    in_hand_ = record;
    source_->scan(record, emissions_);
    if (emissions_.size() > 1) // even one would have memory got for it
        std::stable_sort(emissions_.begin(), emissions_.end(),
                         [](const Emission& left, const Emission& right) { return left.time < right.time; });
    for (const Emission& emission : emissions_) {
        const bool first = newest_ == runtime::beginning;
        const Time watermark = first ? runtime::beginning : newest_ - settings_.lateness;
        if (emission.time < watermark) {
            accept_late(record, emission, watermark);
            continue;
        }
        wait({emission.time, number_++, emission.time, emission.emit, record.line, {}}, record);
        newest_ = std::max(newest_, emission.time);
    }
}

/// Where nothing is waited for, its events are taken before anything else is read: the record stays where it is.
void StreamFeed::wait(WaitingRecord event, const Record& record) {
    if (takes_at_once()) {
        due_.push_back(std::move(event));
        return;
    }
    event.record = record.text;
    waiting_.push(std::move(event));
}

/// A record that may not be missed takes its place at the watermark; others are too late.
void StreamFeed::accept_late(const Record& record, const Emission& emission, Time watermark) {
    aside_.reset();
    Produced produced;
    if (!source_->produce(record, emission.emit, aside_, produced)) return;
    note_disorder(record);
    if (!settings_.program->events[produced.event.type].never_late) {
        ledger_.drop_late({path_, record.line, record.text}, emission.time, watermark);
        return;
    }
    ++ledger_.statistics.late_kept;
    wait({watermark, number_++, emission.time, emission.emit, record.line, {}}, record);
}

bool StreamFeed::ready() const {
    if (takes_at_once()) return has_due();
    return !waiting_.empty() && (done_ || waiting_.top().time <= newest_ - settings_.lateness);
}

bool StreamFeed::would_wait(bool head_wanted) {
    if (stream_ == nullptr) return false;
    while (!ahead_ && !ready() && !done_) {
        if (settings_.is_stopped()) return true;
        const bool has_record =
            begin_ < lines_end_ || left().size() > settings_.longest_record || source_->extent(left(), ended_) != 0;
        if (has_record && (direct_ || glance_ != nullptr) && !head_wanted) return false;
        if (has_record || ended_) {
            if (direct_)
                look_ahead();
            else
                read_record();
            continue;
        }
        if (skipping_ || !stream_->is_ready()) return true;
        fill();
    }
    return false;
}

/// A file that is said to be in order, and is not.
void StreamFeed::note_disorder(const Record& record) {
    if (!is_file() || is_disorder_noted_) return;
    is_disorder_noted_ = true;
    ledger_.note(fmt::format("{}: not in order of time, as --sorted says; line {} is the first that comes too late",
                             path_, record.line));
}

/// The event at its place in the order. False: it is too late.
bool StreamFeed::place(const Record& record, runtime::Event& event) {
    if (event.time >= newest_) {
        newest_ = event.time;
        return true;
    }
    note_disorder(record);
    if (!settings_.program->events[event.type].never_late) {
        ledger_.drop_late({path_, record.line, record.text}, event.time, newest_);
        return false;
    }
    ++ledger_.statistics.late_kept;
    event.time = newest_;
    return true;
}

/// The time of a record of which no event comes counts for those behind it all the same.
void StreamFeed::note_time(const Record& record) {
    newest_ = std::max(newest_, newest_time_of(*source_, ledger_, record, emissions_));
}

Take StreamFeed::take_directly(Arena& arena, Taken& taken) {
    if (Take result = Take::rejected; !ahead_ && take_told(arena, taken, result)) return result;
    const std::optional<Record> record = ahead_ ? std::exchange(ahead_, std::nullopt) : next_record();
    if (!record) return Take::end;
    taken.record = *record;
    if (!source_->produce(*record, 0, arena, taken.fresh())) {
        note_time(*record);
        return Take::rejected;
    }
    return give(taken);
}

/// The next event, if it is told; what comes before it is passed over. False: the next record cannot be told, or there
/// is none. `arena`: nullptr where only what was decoded ahead is of use.
inline bool StreamFeed::next_told(Arena* arena) {
    while (told_ == nullptr && !skipping_) {
        Told* told = nullptr;
        if (decoded_ != nullptr)
            told = decoded_->take(begin_);
        else if (arena != nullptr)
            told = tell_next(glance_, bytes_, settings_.reach(begin_, bytes_.size(), line_), *arena, here_);
        if (told == nullptr) break;
        begin_ += told->passed_bytes;
        line_ += told->passed;
        ledger_.statistics.records += told->passed;
        ledger_.statistics.unused += told->unused;
        ledger_.statistics.unmatched += told->unmatched;
        newest_ = std::max(newest_, told->newest);
        if (told->length != 0)
            told_ = told;
        else if (settings_.is_stopped())
            break;
    }
    return told_ != nullptr;
}

/// False: the next record is to be taken step by step.
inline bool StreamFeed::take_told(Arena& arena, Taken& taken, Take& result) {
    const std::size_t before = begin_;
    if (next_told(&arena))
        result = give_told(taken);
    else if (begin_ == before)
        return false; // else it is asked again, for there may be nothing behind what was passed over yet
    return true;
}

inline Take StreamFeed::give_told(Taken& taken) {
    ++ledger_.statistics.records;
    const std::size_t length = told_->length;
    const std::string_view bytes = left();
    taken.produced = &std::exchange(told_, nullptr)->produced;
    taken.record = {bytes.substr(0, length), line_++, bytes.size() - length};
    begin_ += length;
    return give(taken);
}

inline Take StreamFeed::give(Taken& taken) {
    if (!place(taken.record, taken.produced->event)) return Take::rejected;
    needed_ = batch_;
    return Take::event;
}

/// Of the next record, whether it gives an event; false: there is no record.
bool StreamFeed::look_ahead() {
    const std::optional<Record> record = next_record();
    if (!record) return false;
    emissions_.clear();
    source_->scan(*record, emissions_);
    if (!emissions_.empty()) ahead_ = record;
    return true;
}

std::optional<Time> StreamFeed::head_directly() {
    while (!ahead_) {
        if (next_told(nullptr)) return std::max(newest_, told_->produced.event.time);
        if (!look_ahead()) return std::nullopt;
    }
    return std::max(newest_, emissions_.front().time);
}

std::optional<Time> StreamFeed::head() {
    if (const Piece* const piece = next_piece()) return piece->block.first;
    if (direct_) return head_directly();
    while (!ready()) {
        if (next_told(nullptr)) return std::max(newest_, told_->produced.event.time);
        if (!read_record() && (waiting_.empty() || settings_.is_stopped())) return std::nullopt;
    }
    return takes_at_once() ? due_[next_due_].time : waiting_.top().time;
}

Piece* StreamFeed::next_piece() {
    if (decoded_ == nullptr || told_ != nullptr || ahead_ || has_due() || skipping_) return nullptr;
    Piece* piece = decoded_->whole_at(begin_);
    for (; piece != nullptr && piece->block.events == 0; piece = decoded_->whole_at(begin_)) take_piece(*piece);
    return piece == nullptr || piece->block.first < newest_ ? nullptr : piece;
}

void StreamFeed::take_piece(Piece& piece) {
    decoded_->take_whole();
    begin_ = piece.end;
    line_ += piece.records;
    newest_ = std::max(newest_, piece.newest);
    ledger_.statistics.records += piece.records;
    ledger_.statistics.unused += piece.unused;
    ledger_.statistics.unmatched += piece.unmatched;
}

Take StreamFeed::take(Arena& arena, Taken& taken) {
    if (direct_) return take_directly(arena, taken);
    if (Take result = Take::rejected; !has_due() && take_told(arena, taken, result)) return result;
    if (!head()) return Take::end;
    if (told_ != nullptr) return give_told(taken);
    const WaitingRecord& first = takes_at_once() ? due_[next_due_] : waiting_.top();
    constexpr std::size_t margin = 2 * RecordShape::margin; // so that it can be compared with others
    taken.record = takes_at_once() ? in_hand_ : Record{arena.copy_before(first.record, margin), first.line, margin};
    const Time time = first.time, stated = first.stated;
    const std::uint32_t emit = first.emit;
    if (takes_at_once()) {
        ++next_due_;
        needed_ = batch_;
    } else {
        waiting_.pop();
    }
    if (!source_->produce(taken.record, emit, arena, taken.fresh())) return Take::rejected;
    taken.own.event.time = time;
    taken.own.event.stated = stated;
    return Take::event;
}

} // namespace watchword::stdlib
