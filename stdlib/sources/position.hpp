// How far one input has been taken, to go on behind it in a later run: what a state file says of it. Values and their
// bytes; knows neither formats nor feeds.
#pragma once

#include "runtime/snapshot.hpp"
#include "stdlib/sources/order.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

using ContentMark = std::array<std::uint64_t, 2>;
/// XXH3-128: whether bytes are the ones that were there before.
ContentMark mark_of(std::string_view bytes);

/// The same of bytes that come in pieces.
class ContentHash {
public:
    ContentHash();
    ~ContentHash();
    ContentHash(const ContentHash&) = delete;
    ContentHash& operator=(const ContentHash&) = delete;
    void add(std::string_view bytes);
    ContentMark mark() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A record of a stream that waits for its turn.
struct WaitingRecord {
    runtime::Time time = 0; ///< its place in the order
    std::uint64_t number = 0;
    runtime::Time stated = 0;
    std::uint32_t emit = 0;
    std::uint64_t line = 0;
    std::string record;
    friend bool operator>(const WaitingRecord& left, const WaitingRecord& right) {
        return left.time != right.time ? left.time > right.time : left.number > right.number;
    }
};

struct FeedPosition {
    bool is_stream = false;
    std::uint64_t bytes = 0; ///< of a file: up to its last line end; of a stream: taken in
    ContentMark mark{};      ///< of these bytes; not of pipes
    // of a file that is put in order
    std::uint64_t size = 0;        ///< with an unfinished last line
    std::optional<TimeEntry> last; ///< the last event given out; all before it were too
    // of a stream
    std::uint64_t line = 1;
    runtime::Time newest = runtime::beginning;
    std::uint64_t number = 0;
    std::string header; ///< the first row of CSV
    std::string rest;   ///< of a pipe: read, but not a whole record yet
    std::vector<WaitingRecord> waiting;

    /// Whether this event of a file was given out.
    bool has_given(const TimeEntry& entry) const;
    /// Whether the record at `offset` has been looked at.
    bool has_seen(std::uint64_t offset) const { return offset < bytes; }

    void save(runtime::SnapshotWriter& out) const;
    void load(runtime::SnapshotReader& in);
};

} // namespace watchword::stdlib
