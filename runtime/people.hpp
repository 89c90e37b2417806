// What the engine keeps of people beside the roster: whom it watches, and what it may look back on.
#pragma once

#include "runtime/few.hpp"
#include "runtime/history.hpp"
#include "runtime/watch.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

namespace watchword::runtime {

/// What is kept of a person for looking back.
struct SealedRow {
    std::vector<std::unique_ptr<History>> histories; ///< per span of ProgramShape
    /// Per policy that looks back: number of the first kept event that may be played, or `not_covered`.
    std::vector<std::uint64_t> covered_since;
};
inline constexpr std::uint64_t not_covered = UINT64_MAX;

/// What the engine knows of one person; in one cache line.
struct alignas(64) PersonRow {
    Few<WatchPointer, 2> watches;      ///< by policy, rising
    std::unique_ptr<SealedRow> sealed; ///< nullptr: who covers the person is not known yet
    std::uint32_t changes = 0;         ///< how often a watch was opened or ended
    std::uint8_t risk_armed = 0xff;
    // of `watches`, by `sum_up`
    Manner manner = Manner::apart; ///< the least free
    bool has_all_always = false;   ///< each policy that opens `always` has one

    /// After `watches` has changed.
    void sum_up(const ProgramShape& shape) {
        manner = Manner::apart;
        std::uint32_t always = 0;
        for (const auto& watch : watches) {
            manner = std::min(manner, watch->manner);
            always += shape.policies[watch->policy].is_always ? 1 : 0;
        }
        has_all_always = always == shape.always;
    }
};
static_assert(sizeof(PersonRow) == 64);

/// Rows by person; they keep their addresses.
class PeopleTable {
public:
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    PersonRow& operator[](std::size_t person) { return blocks_[person / block][person % block]; }
    const PersonRow& operator[](std::size_t person) const { return blocks_[person / block][person % block]; }
    void resize(std::size_t size) {
        while (blocks_.size() * block < size) blocks_.push_back(std::make_unique<PersonRow[]>(block));
        size_ = std::max(size_, size);
    }

private:
    static constexpr std::size_t block = 256;
    std::vector<std::unique_ptr<PersonRow[]>> blocks_;
    std::size_t size_ = 0;
};

} // namespace watchword::runtime
