// Everything a run reads, as one stream of events in total order: files, streams, foreign records, rosters. Opens,
// decodes, orders, merges, numbers; counts what it cannot use. Knows nothing of policies, alerts or the engine.
#pragma once

#include "runtime/event.hpp"
#include "runtime/program.hpp"
#include "runtime/roster.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::runtime {
class SnapshotReader;
class SnapshotWriter;
} // namespace watchword::runtime

namespace watchword::stdlib {

struct Block;
class Crew;
class Sharing;

struct InputFile {
    std::string path; ///< `-` is standard input; plain, gzip or zstd, told by content
    std::string
        source; ///< name of a `source` of the program; empty: native JSON Lines (of a roster: native JSON or CSV)
};
/// `SOURCE=FILE` or `FILE`. A prefix counts as a source only if it is a name (letters, digits, `_`, `.`).
InputFile parse_input_argument(std::string_view argument);

struct InputOptions {
    std::vector<InputFile> inputs;  ///< merged by (time, place in this list, position)
    std::vector<InputFile> rosters; ///< read by `open`
    /// Of streams (standard input, pipes, `sorted` files): how much later than the newest record one may come.
    runtime::Duration lateness = 0;
    /// Regular files are streamed as they are, with `lateness`; else each is put in order first.
    bool sorted = false;
    std::size_t memory_bytes = std::size_t{1} << 30;    ///< for ordering; beyond it sorted runs go to temporary files
    std::size_t longest_record = std::size_t{16} << 20; ///< bytes of a line or row; a longer one is rejected
    /// Records of times that are further ahead of the machine's clock are rejected, for one of a clock that is wrong
    /// would make all that come after it late; nullopt: none are.
    std::optional<runtime::Duration> ahead;
    /// Behind the last event time passes to here, by whoever plays the events; nullopt: it ends with them.
    std::optional<runtime::Time> until;
    std::string dead_letter;         ///< JSON Lines file for rejected and late records; empty: none. Created 0600.
    std::string temporary;           ///< directory of temporary files; empty: $TMPDIR or /tmp
    bool append_dead_letter = false; ///< it goes on where an earlier run ended
    bool resumable = false;          ///< `save` will be called
    const std::atomic<bool>* stop = nullptr; ///< set from outside, as by a signal: `next` gives out nothing more
    bool count_unknown_fields = false;       ///< JSON keys that the schema does not name, per name
    bool strict = false;  ///< fields that no policy reads are checked too, and records of types that none reads
    Crew* crew = nullptr; ///< has a hand in decoding; must be stopped before the input goes. May be nullptr.
    std::size_t piece_bytes = std::size_t{1} << 17; ///< of a file, that one of the crew decodes at a time
    /// Events may come in blocks, shared out so; nullptr: they do not. Must outlive the input, and be complete when
    /// rosters are read.
    const Sharing* sharing = nullptr;
    std::uint32_t batches_kept = 1; ///< how many calls of `next` on from its own a batch is valid
};

/// One record on its way into the engine. Everything it points to is valid until the next call of `next`,
/// or a later one if `batches_kept` says so.
struct alignas(64) InputEvent {
    runtime::Event event;
    std::uint32_t input = 0; ///< index in InputOptions::inputs
    std::uint64_t line = 0;  ///< physical line on which the record starts, from 1
    std::string_view record; ///< as it was read
};

struct Rejection {
    std::uint64_t count = 0;
    // the one that stands first in its file
    std::string file;
    std::uint64_t line = 0;
    std::string record; ///< at most 500 bytes
};

struct InputStatistics {
    std::uint64_t records = 0;                                ///< lines or rows read, without headers and empty lines
    std::uint64_t bytes = 0;                                  ///< after decompression
    std::uint64_t events = 0;                                 ///< given out
    std::uint64_t employees = 0;                              ///< entered in the roster
    std::uint64_t rejected = 0;                               ///< sum of `rejections`
    std::map<std::string, Rejection, std::less<>> rejections; ///< by reason; unknown types are one reason
    std::map<std::string, std::uint64_t, std::less<>> unknown_types; ///< by name, at most 1000 names
    std::uint64_t unused = 0;                                        ///< of types that no policy reads
    std::uint64_t unmatched = 0;                                     ///< foreign records that no `emit` wanted
    std::uint64_t late = 0;                                          ///< dropped; in the dead-letter file too
    std::uint64_t late_kept = 0; ///< of types that are never dropped: put at the watermark
    std::map<std::string, std::uint64_t, std::less<>> unknown_fields; ///< if asked for, at most 1000 names
    std::vector<std::string> notes; ///< worth telling once: columns that are not there, accounts of two people
    /// The world: what was being done, to which file, and why it failed. What was read before stays processed.
    std::vector<std::string> errors;
};

class Input {
public:
    /// Called for every employee that a roster file or a source brings: inside `open` for rosters and files that are
    /// put in order, inside `next` for streams. Returns a sentence if an account belongs to somebody else, else
    /// nothing.
    using EnterEmployee = std::function<std::string(const runtime::RosterEntry&)>;

    /// `program` must outlive the input.
    Input(const runtime::Program& program, InputOptions options, EnterEmployee enter);
    ~Input();
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    /// Reads rosters, opens all inputs and puts the finite ones in order. False: some file could not be opened or used,
    /// see `statistics().errors`; the others are ready all the same.
    bool open();
    /// The next events in total order, at most `batch.size()`, with rising positions from 1; 0: the end. Of a stream it
    /// gives what has come already rather than wait for a full batch.
    std::size_t next(std::span<InputEvent> batch);
    bool next(InputEvent& event) { return next(std::span(&event, 1)) == 1; }
    /// What comes next, if it is a block; nullptr: it is to be taken by `next`, which then ends where a block comes
    /// next. Valid until anything is taken. May wait for the crew.
    const Block* peek_block();
    /// What `peek_block` gave. Counts as a call of `next`, and the block is valid as long as a batch of one.
    Block& take_block();
    /// The last call of `next` ended before a block.
    bool is_before_block() const;
    /// Whether what comes next has to come from outside first, by a pipe: `next` may wait long.
    bool would_wait();

    /// Brings to the disk what is in the dead-letter file so far. Call it before what `save` says is kept.
    void sync();
    /// Where the inputs stand, when all events given out were taken: what they will go on behind.
    void save(runtime::SnapshotWriter& out) const;
    /// Before `open`. An input of a known name, or that begins with what was taken of one that is not there under its
    /// name any more, is then gone on with: a file continues behind what was taken of it, which must be unchanged;
    /// rosters whose bytes are the same are not entered again; records that are now before `clock` are late. A fault is
    /// in the reader.
    void resume(runtime::SnapshotReader& in, runtime::Time clock);

    /// For what only the engine can tell (an account that nobody has): counts, keeps a sample, writes the dead letter.
    void reject(const InputEvent& event, std::string_view reason);
    const InputStatistics& statistics() const;
    /// Notes in the statistics what can only be told of all that was read. Call it at the end.
    void conclude();

private:
    class State;
    std::unique_ptr<State> state_;
};

} // namespace watchword::stdlib
