// Ids of records that bring none: the same of the same input, however often and in however many parts it is read.
#pragma once

#include "runtime/program.hpp"
#include "runtime/snapshot.hpp"
#include "stdlib/sources/arena.hpp"
#include "stdlib/sources/source.hpp"

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace watchword::stdlib {

/// Of one stream of events in total order. Not thread-safe.
class RecordIds {
public:
    /// The program must outlive it.
    explicit RecordIds(const runtime::Program& program) : program_(&program) {}

    /// Gives an event without an id its own: hash of the content, ordinal among equal records, part. `event.time` is
    /// the one that it is played at. The text lives in `arena`.
    void name(Produced& produced, Arena& arena);

    void save(runtime::SnapshotWriter& out) const;
    /// Into an empty one.
    void load(runtime::SnapshotReader& in);

private:
    std::uint32_t next(runtime::Time time, bool keep, std::uint64_t content);

    static constexpr std::size_t few = 32;

    const runtime::Program* program_;
    // How often a record was seen. Equal records have equal times, so only those of one instant are kept; of types that
    // may come late, and be put at another time, all are.
    runtime::Time time_ = runtime::beginning;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> seen_;
    std::unordered_map<std::uint64_t, std::uint32_t> many_;
    std::unordered_map<std::uint64_t, std::uint32_t> kept_;
};

} // namespace watchword::stdlib
