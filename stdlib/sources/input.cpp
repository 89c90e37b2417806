// Opens everything, merges the feeds by (time, place in the list, position) and gives ids to records that bring none.
#include "stdlib/sources/input.hpp"

#include "runtime/prefetch.hpp"
#include "stdlib/sources/file_feed.hpp"
#include "stdlib/sources/json_scanner.hpp"
#include "stdlib/sources/ledger.hpp"
#include "stdlib/sources/position.hpp"
#include "stdlib/sources/reading.hpp"
#include "stdlib/sources/record_ids.hpp"
#include "stdlib/sources/roster_file.hpp"
#include "stdlib/sources/stream_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <variant>

namespace watchword::stdlib {

using runtime::Program;
using runtime::Time;

namespace {

constexpr std::size_t gathered_bytes = std::size_t{1} << 26; ///< decompressed data kept in memory

bool is_source_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char byte) {
        return byte == '_' || byte == '.' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
               (byte >= 'A' && byte <= 'Z');
    });
}

std::string shown(const std::string& path) { return path == "-" ? "standard input" : path; }

} // namespace

InputFile parse_input_argument(std::string_view argument) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string_view::npos || !is_source_name(argument.substr(0, equals)))
        return {std::string(argument), {}};
    return {std::string(argument.substr(equals + 1)), std::string(argument.substr(0, equals))};
}

class Input::State {
public:
    State(const Program& from, InputOptions chosen, EnterEmployee enter_employee)
        : program(from), options(std::move(chosen)), ids(from) {
        enter = [this, enter_employee = std::move(enter_employee)](const runtime::RosterEntry& entry) {
            ++entered;
            return enter_employee ? enter_employee(entry) : std::string();
        };
        for (const InputFile& input : options.inputs) paths.push_back(shown(input.path));
        if (options.ahead) latest.emplace(LatestTime::ahead_of_clock(*options.ahead));
        options.batches_kept = std::max(options.batches_kept, 1U);
        options.piece_bytes = std::max<std::size_t>(options.piece_bytes, 1);
        arenas.resize(options.batches_kept);
    }

    void save(runtime::SnapshotWriter& out) const;
    void resume(runtime::SnapshotReader& in, Time clock);
    void find_moved();
    bool open_roster(const InputFile& roster);
    bool read_roster_in(Contents contents, const InputFile& roster, const std::string& path);
    bool open_input(std::uint32_t number);
    std::size_t next(std::span<InputEvent> batch);
    const Block* peek_block();
    Block& take_block();
    bool would_wait();
    void conclude();
    void reject(const InputEvent& event, std::string_view reason) {
        ledger.come_to(event.event.position);
        ledger.reject({paths[event.input], event.line, event.record}, reason);
    }

    const Program& program;
    InputOptions options;
    EnterEmployee enter;
    std::uint64_t entered = 0;
    bool is_before_block = false; ///< the last call of `next` ended there
    Ledger ledger;

private:
    using Feed = std::variant<std::unique_ptr<FileFeed>, std::unique_ptr<StreamFeed>>;
    struct Numbered {
        std::uint32_t number = 0;
        Feed feed;
        std::optional<Time> head;
        bool head_known = false;
    };

    const runtime::SourcePlan* plan_of(const InputFile& file, bool& known);
    std::unique_ptr<Source> make_source(const InputFile& file, const std::string& path, bool& known);
    FeedSettings settings() const;
    static std::string key_of(const InputFile& file) { return file.source + '=' + file.path; }
    void begin_batch();
    void note_foreign_form(const InputFile& input, bool none_fits);
    bool is_stopped() const { return options.stop != nullptr && options.stop->load(); }
    bool place_late();
    Take take(Numbered& from, InputEvent& event);
    Numbered* only(bool may_wait);
    Numbered* earliest(bool may_wait);
    Arena& arena() { return *present; }

    Numbered* next_feed(bool may_wait) { return feeds.size() == 1 ? only(may_wait) : earliest(may_wait); }
    static Piece* next_piece(Numbered& from) {
        return std::visit([](auto& feed) { return feed->next_piece(); }, from.feed);
    }
    bool comes_before_others(const Numbered& from, const Block& block) const;

    std::optional<LatestTime> latest;
    std::vector<std::string> paths; ///< as shown; sources hold references to these
    std::vector<Numbered> feeds;    ///< in the order of the list
    std::vector<Arena> arenas;      ///< of the batches that are kept
    Arena* present = nullptr;       ///< of the batch in hand
    Taken taken;                    ///< the event in hand; kept, for to make one is more than to change it
    std::uint64_t batch_number = 0;
    RecordIds ids;
    std::uint64_t position = 0;
    Numbered* peeked = nullptr;                       ///< whose piece `peek_block` gave
    Piece* peeked_piece = nullptr;                    ///< that
    std::uint32_t taking = 0;                         ///< number of the feed that was asked last
    Time clock = runtime::beginning;                  ///< of the runs before: nothing comes before it any more
    std::map<std::string, FeedPosition> resumed;      ///< by input, of the runs before
    std::map<std::string, ContentMark> rosters_taken; ///< by roster
};

const runtime::SourcePlan* Input::State::plan_of(const InputFile& file, bool& known) {
    const runtime::SourcePlan* const plan = program.find_source(file.source);
    known = plan != nullptr;
    if (known) return plan;
    std::string names;
    for (const runtime::SourcePlan& source : program.sources) names += (names.empty() ? "" : ", ") + source.name;
    ledger.fail(fmt::format("cannot read `{}`: there is no source `{}`{}", shown(file.path), file.source,
                            names.empty() ? "" : "; there are " + names));
    return nullptr;
}

std::unique_ptr<Source> Input::State::make_source(const InputFile& file, const std::string& path, bool& known) {
    known = true;
    const Scrutiny scrutiny{options.count_unknown_fields, options.strict, latest ? &*latest : nullptr};
    if (file.source.empty()) return make_native_source(program, path, ledger, scrutiny);
    const runtime::SourcePlan* const plan = plan_of(file, known);
    return known ? make_mapped_source(program, *plan, path, ledger, enter, scrutiny) : nullptr;
}

FeedSettings Input::State::settings() const {
    FeedSettings result;
    result.memory_bytes = options.memory_bytes / std::max<std::size_t>(options.inputs.size(), 1);
    result.longest_record = options.longest_record;
    result.temporary = options.temporary;
    result.lateness = options.lateness;
    result.program = &program;
    result.resumable = options.resumable;
    result.crew = options.crew;
    result.piece_bytes = options.piece_bytes;
    result.sharing = options.sharing != nullptr && options.sharing->is_possible() ? options.sharing : nullptr;
    result.stop = options.stop;
    return result;
}

bool Input::State::open_roster(const InputFile& roster) {
    const std::string path = shown(roster.path);
    std::string error;
    const std::unique_ptr<ByteStream> stream = ByteStream::open(roster.path, error, options.stop);
    if (stream == nullptr) {
        ledger.fail("roster: " + error);
        return false;
    }
    Contents contents =
        Contents::load(*stream, std::min(options.memory_bytes, gathered_bytes), options.temporary, error);
    if (!error.empty()) ledger.fail("roster: " + error);
    if (options.resumable) {
        const ContentMark mark = mark_of(contents.bytes());
        const auto [known, is_new] = rosters_taken.try_emplace(key_of(roster), mark);
        if (!is_new && std::exchange(known->second, mark) == mark) return error.empty();
    }
    const std::uint64_t people = entered, rejected = ledger.statistics.rejected;
    const bool was_read = read_roster_in(std::move(contents), roster, path) && error.empty();
    if (entered != people || ledger.statistics.rejected == rejected) return was_read;
    ledger.fail(fmt::format("roster: every record of `{}` was rejected", path)); // nobody would be watched
    return false;
}

/// False: it cannot be read as what it is said to be.
bool Input::State::read_roster_in(Contents contents, const InputFile& roster, const std::string& path) {
    if (roster.source.empty()) {
        const std::size_t before = ledger.statistics.errors.size();
        read_roster(program, contents, path, options.longest_record, ledger, enter);
        return ledger.statistics.errors.size() == before;
    }
    bool known = false;
    std::unique_ptr<Source> source = make_source(roster, path, known);
    if (!known) return false;
    const auto& emits = program.find_source(roster.source)->emits;
    if (std::none_of(emits.begin(), emits.end(), [](const auto& emit) { return emit.employee; })) {
        ledger.fail(fmt::format("roster: the source `{}` of `{}` has no `emit employee`", roster.source, path));
        return false;
    }
    FeedSettings chosen = settings();
    chosen.crew = nullptr;
    FileFeed feed(std::move(contents), std::move(source), path, chosen, ledger);
    feed.prepare(); // events of such a file are not part of the run
    return true;
}

/// Of these positions, rising by their bytes, the last one whose bytes are the file's first ones; nullptr: none.
const FeedPosition* last_that_begins(const InputFile& file, const std::vector<const FeedPosition*>& positions) {
    std::string error;
    const std::unique_ptr<ByteStream> stream = ByteStream::open(file.path, error);
    const FeedPosition* found = nullptr;
    if (stream == nullptr) return found;
    ContentHash hash;
    std::vector<char> bytes(gathered_bytes / 64);
    std::uint64_t read = 0;
    for (const FeedPosition* const position : positions) {
        while (read < position->bytes) {
            const std::size_t count =
                stream->read(bytes.data(), std::min<std::uint64_t>(bytes.size(), position->bytes - read));
            if (count == 0) return found;
            hash.add({bytes.data(), count});
            read += count;
        }
        if (hash.mark() == position->mark) found = position;
    }
    return found;
}

/// Files of another name than before, as logs have that were rotated, or whose path was written otherwise, are known by
/// what was taken of them, unless it is still where it was. One that moved away leaves its name to another file, which
/// may be known too, and so on.
void Input::State::find_moved() {
    std::vector<const InputFile*> unknown;
    for (const InputFile& file : options.inputs)
        if (!resumed.contains(key_of(file)) && is_regular_file(file.path)) unknown.push_back(&file);
    std::map<std::string, FeedPosition> moved;
    while (!unknown.empty()) {
        const InputFile& file = *unknown.back();
        unknown.pop_back();
        std::vector<const FeedPosition*> candidates;
        for (const auto& [key, taken_of] : resumed)
            if (taken_of.bytes != 0 && key.starts_with(file.source + '=')) candidates.push_back(&taken_of);
        std::sort(candidates.begin(), candidates.end(),
                  [](const auto* a, const auto* b) { return a->bytes < b->bytes; });
        const FeedPosition* const found = last_that_begins(file, candidates);
        if (found == nullptr) continue;
        const auto before =
            std::find_if(resumed.begin(), resumed.end(), [&](const auto& one) { return &one.second == found; });
        const auto owner = std::find_if(options.inputs.begin(), options.inputs.end(),
                                        [&](const InputFile& other) { return key_of(other) == before->first; });
        if (owner != options.inputs.end()) {
            if (last_that_begins(*owner, {found}) != nullptr) continue;
            if (is_regular_file(owner->path)) unknown.push_back(&*owner);
        }
        ledger.note(
            fmt::format("{} is what was read as {} before", file.path, before->first.substr(file.source.size() + 1)));
        moved[key_of(file)] = std::move(before->second);
        resumed.erase(before);
    }
    for (auto& [key, taken_of] : moved) resumed[key] = std::move(taken_of);
}

bool Input::State::open_input(std::uint32_t number) {
    const InputFile& input = options.inputs[number];
    bool known = false;
    std::unique_ptr<Source> source = make_source(input, paths[number], known);
    if (!known) return false;
    std::string error;
    std::unique_ptr<ByteStream> stream = ByteStream::open(input.path, error, options.stop);
    if (stream == nullptr) {
        ledger.fail(error);
        return false;
    }
    const auto earlier = resumed.find(key_of(input));
    const FeedPosition* const from = earlier == resumed.end() ? nullptr : &earlier->second;
    const auto refuse = [&] {
        ledger.fail(fmt::format("cannot go on with `{}`: what was read of it before has changed; if it was moved away, "
                                "name it where it is now too",
                                paths[number]));
        feeds.pop_back();
        return false;
    };
    Numbered& added = feeds.emplace_back();
    added.number = number;
    const bool streamed = options.sorted || !stream->is_regular();
    FeedSettings chosen = settings();
    const runtime::SourcePlan* const plan = input.source.empty() ? nullptr : program.find_source(input.source);
    chosen.has_header = plan != nullptr && plan->format == "csv" && plan->header.empty();
    if (streamed && (!stream->is_regular() || stream->is_compressed())) {
        auto feed = std::make_unique<StreamFeed>(std::move(stream), std::move(source), paths[number], chosen, ledger);
        if (from != nullptr && !feed->resume(*from)) return refuse();
        added.feed = std::move(feed);
        return true;
    }
    Contents contents =
        Contents::load(*stream, std::min(options.memory_bytes, gathered_bytes), options.temporary, error);
    if (!error.empty()) ledger.fail(error);
    if (streamed) {
        auto feed = std::make_unique<StreamFeed>(std::move(contents), std::move(source), paths[number], chosen, ledger);
        if (from != nullptr && !feed->resume(*from)) return refuse();
        added.feed = std::move(feed);
        return error.empty();
    }
    auto feed = std::make_unique<FileFeed>(std::move(contents), std::move(source), paths[number], settings(), ledger);
    if (!feed->prepare(from)) return refuse();
    added.feed = std::move(feed);
    return error.empty();
}

/// Of a record that is before the clock of the runs before: as of one that comes late in a stream.
bool Input::State::place_late() {
    runtime::Event& event = taken.produced->event;
    if (!program.events[event.type].never_late) {
        ledger.drop_late({paths[taking], taken.record.line, taken.record.text}, event.time, clock);
        return false;
    }
    ++ledger.statistics.late_kept;
    event.time = clock;
    return true;
}

void Input::State::conclude() {
    for (const Numbered& feed : feeds) std::visit([](const auto& one) { one->conclude(); }, feed.feed);
    const InputStatistics& statistics = ledger.statistics;
    const bool none_fits = statistics.records != 0 && statistics.rejected == statistics.records;
    for (const InputFile& input : options.inputs)
        if (input.source.empty()) note_foreign_form(input, none_fits);
}

/// Where the first line is in another form than Watchword's own, the others mostly are too. `none_fits`: of no input a
/// record is in it.
void Input::State::note_foreign_form(const InputFile& input, bool none_fits) {
    const std::string file = shown(input.path);
    const Refusal* const start = ledger.refused_start(file);
    if (start == nullptr && !none_fits) return;
    const std::string_view record = start == nullptr ? std::string_view{} : trim(start->record);
    const bool is_of_lines = record.starts_with('[') || record == "{";
    if (!is_of_lines && !none_fits && start->reason != no_json_object && start->reason != no_type) return;
    if (is_of_lines)
        return ledger.note(
            fmt::format("{}: Watchword's own form is JSON Lines, one object a line; `jq -c` writes {}", file,
                        record == "{" ? "objects so" : "the items of an array so, with the filter `.[]`"));
    std::string names;
    for (const runtime::SourcePlan& source : program.sources)
        names += fmt::format("{}`{}={}`", names.empty() ? "" : " or ", source.name, input.path);
    if (names.empty()) return;
    ledger.note(fmt::format("{}: {} in Watchword's own form; for records of another say {}", file,
                            none_fits ? "no record is" : "its first line is not", names));
}

void Input::State::save(runtime::SnapshotWriter& out) const {
    out.number(position);
    ids.save(out);
    std::map<std::string, FeedPosition> positions = resumed;
    for (const Numbered& feed : feeds)
        positions[key_of(options.inputs[feed.number])] =
            std::visit([](const auto& one) { return one->position(); }, feed.feed);
    out.number(positions.size());
    for (const auto& [key, one] : positions) {
        out.text(key);
        one.save(out);
    }
    out.number(rosters_taken.size());
    for (const auto& [key, mark] : rosters_taken) {
        out.text(key);
        for (const std::uint64_t part : mark) out.number(part);
    }
}

void Input::State::resume(runtime::SnapshotReader& in, Time now) {
    clock = now;
    position = in.number();
    ids.load(in);
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        const std::string key{in.text()};
        resumed[key].load(in);
    }
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        ContentMark& mark = rosters_taken[std::string(in.text())];
        for (std::uint64_t& part : mark) part = in.number();
    }
}

Take Input::State::take(Numbered& from, InputEvent& event) {
    const Arena::Mark mark = arena().mark();
    auto* const stream = std::get_if<std::unique_ptr<StreamFeed>>(&from.feed);
    const Take result = stream != nullptr ? (*stream)->take(arena(), taken)
                                          : std::get<std::unique_ptr<FileFeed>>(from.feed)->take(arena(), taken);
    taking = from.number;
    from.head_known = false;
    if (result != Take::event) {
        arena().rewind(mark); // many records may be rejected in one call
        return result;
    }
    if (taken.produced->event.time < clock && !place_late()) {
        arena().rewind(mark);
        return Take::rejected;
    }
    if (!taken.produced->has_id) ids.name(*taken.produced, arena());
    event.event = taken.produced->event;
    event.event.position = ++position;
    ledger.come_behind(position);
    event.input = from.number;
    event.line = taken.record.line;
    event.record = taken.record.text;
    ++ledger.statistics.events;
    return Take::event;
}

/// The feed whose next event comes first; nullptr: none is left, or one would have to be waited for.
Input::State::Numbered* Input::State::earliest(bool may_wait) {
    Numbered* best = nullptr;
    for (Numbered& candidate : feeds) {
        if (!candidate.head_known) {
            auto* const stream = std::get_if<std::unique_ptr<StreamFeed>>(&candidate.feed);
            if (!may_wait && stream != nullptr && (*stream)->would_wait(true)) return nullptr;
            candidate.head = std::visit([](auto& feed) { return feed->head(); }, candidate.feed);
            candidate.head_known = true;
        }
        if (is_stopped()) return nullptr; // a stopped stream has no head
        if (candidate.head && (best == nullptr || *candidate.head < *best->head)) best = &candidate;
    }
    return best;
}

void Input::State::begin_batch() {
    ledger.settle();
    ledger.come_behind(position);
    ++batch_number;
    present = &arenas[batch_number % arenas.size()];
    present->reset();
    const std::uint64_t let_go = batch_number < arenas.size() ? 0 : batch_number - arenas.size();
    for (Numbered& feed : feeds) std::visit([&](auto& one) { one->begin_batch(batch_number, let_go); }, feed.feed);
}

const Block* Input::State::peek_block() {
    peeked = nullptr;
    ledger.come_behind(position);
    if (options.sharing == nullptr || is_stopped()) return nullptr;
    Numbered* const from = next_feed(false);
    Piece* const piece = from != nullptr ? next_piece(*from) : nullptr;
    if (piece == nullptr || piece->block.first < clock || !comes_before_others(*from, piece->block)) return nullptr;
    peeked = from;
    peeked_piece = piece;
    return &piece->block;
}

/// All of it.
bool Input::State::comes_before_others(const Numbered& from, const Block& block) const {
    return std::all_of(feeds.begin(), feeds.end(), [&](const Numbered& other) {
        if (&other == &from || !other.head) return true;
        return *other.head > block.last || (*other.head == block.last && other.number > from.number);
    });
}

Block& Input::State::take_block() {
    std::visit([&](auto& feed) { feed->take_piece(*peeked_piece); }, peeked->feed);
    peeked->head_known = false;
    begin_batch();
    Block& block = peeked_piece->block;
    block.before = position;
    position += block.events;
    ledger.come_behind(position);
    ledger.statistics.events += block.events;
    return block;
}

std::size_t Input::State::next(std::span<InputEvent> batch) {
    begin_batch();
    std::size_t count = 0;
    if (is_stopped()) return 0;
    is_before_block = false;
    while (count < batch.size()) {
        if (count == 0 && ledger.has_unwritten() && would_wait()) ledger.flush();
        Numbered* const from = next_feed(count == 0);
        if (from == nullptr) break;
        is_before_block = count > 0 && options.sharing != nullptr && next_piece(*from) != nullptr;
        if (is_before_block) break;
        if (ledger.is_full() && count > 0) break;
        if (ledger.is_full()) ledger.settle();
        runtime::ask_to_write(batch.data() + count + 4);
        runtime::ask_to_write(reinterpret_cast<const char*>(batch.data() + count + 4) + 64);
        const Take result = take(*from, batch[count]);
        if (result == Take::end && feeds.size() == 1) break;
        if (result == Take::event) ++count;
    }
    if (count == 0) ledger.flush();
    return count;
}

bool Input::State::would_wait() {
    return std::any_of(feeds.begin(), feeds.end(), [](Numbered& feed) {
        auto* const stream = std::get_if<std::unique_ptr<StreamFeed>>(&feed.feed);
        return stream != nullptr && (*stream)->would_wait(false);
    });
}

/// The one feed there is; it need not be asked what comes next.
Input::State::Numbered* Input::State::only(bool may_wait) {
    auto* const stream = std::get_if<std::unique_ptr<StreamFeed>>(&feeds.front().feed);
    return !may_wait && stream != nullptr && (*stream)->would_wait(false) ? nullptr : &feeds.front();
}

Input::Input(const Program& program, InputOptions options, EnterEmployee enter)
    : state_(std::make_unique<State>(program, std::move(options), std::move(enter))) {}
Input::~Input() = default;

bool Input::open() {
    State& state = *state_;
    bool fine = true;
    if (!state.options.dead_letter.empty())
        fine = state.ledger.open_dead_letter(state.options.dead_letter, state.options.append_dead_letter);
    state.find_moved();
    for (const InputFile& roster : state.options.rosters) fine = state.open_roster(roster) && fine;
    for (std::uint32_t number = 0; number < state.options.inputs.size(); ++number)
        fine = state.open_input(number) && fine;
    return fine;
}

void Input::sync() { state_->ledger.sync(); }
void Input::save(runtime::SnapshotWriter& out) const { state_->save(out); }
void Input::resume(runtime::SnapshotReader& in, Time clock) { state_->resume(in, clock); }
std::size_t Input::next(std::span<InputEvent> batch) { return state_->next(batch); }
const Block* Input::peek_block() { return state_->peek_block(); }
Block& Input::take_block() { return state_->take_block(); }
bool Input::is_before_block() const { return state_->is_before_block; }
bool Input::would_wait() { return state_->would_wait(); }
void Input::reject(const InputEvent& event, std::string_view reason) { state_->reject(event, reason); }
void Input::conclude() { state_->conclude(); }
const InputStatistics& Input::statistics() const { return state_->ledger.statistics; }

} // namespace watchword::stdlib
