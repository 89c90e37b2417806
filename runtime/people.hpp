// What the engine keeps of people beside the roster: whom it watches, and what it may look back on.
#pragma once

#include "runtime/few.hpp"
#include "runtime/history.hpp"
#include "runtime/watch.hpp"

#include <algorithm>
#include <array>
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

/// What the engine knows of one person; in one cache line. Of the first watch it has at hand what events read: then
/// they need not read the watch.
struct alignas(64) PersonRow {
    static constexpr std::uint32_t near_states = 3;
    static constexpr std::uint16_t no_policy = UINT16_MAX;

    Few<WatchPointer, 2, Heap> watches; ///< by policy, rising
    std::unique_ptr<SealedRow> sealed;  ///< nullptr: who covers the person is not known yet
    /// Of the first watch, by StatePlace::number; nullptr: there was none so far, or nobody has asked.
    std::array<void*, near_states> near{};
    std::uint32_t changes = 0; ///< how often a watch was opened, became active or ended
    // of `watches`, by `sum_up`
    std::uint16_t near_policy = no_policy; ///< of the first one, if that is active
    std::uint8_t risk_armed = 0xff;
    Manner manner : 3 = Manner::apart; ///< the least free
    bool has_all_always : 1 = false;   ///< each policy that opens `always` has one
    bool has_all_near : 1 = false;     ///< `near` says all that there is to be known of all watches

    /// After `watches`, or what is active, has changed.
    void sum_up(const ProgramShape& shape) {
        Manner least = Manner::apart;
        std::uint32_t always = 0;
        for (const auto& watch : watches) {
            least = std::min(least, watch->manner);
            always += shape.policies[watch->policy].is_always ? 1 : 0;
        }
        manner = least;
        has_all_always = always == shape.always;
        near.fill(nullptr);
        const bool has_near = !watches.empty() && watches[0]->active && watches[0]->policy < no_policy;
        near_policy = has_near ? static_cast<std::uint16_t>(watches[0]->policy) : no_policy;
        has_all_near = has_near && watches.size() == 1 && shape.policies[near_policy].stateful.empty();
    }
    /// Whether the first watch is the policy's, and active.
    bool is_near(std::uint32_t policy) const { return near_policy == policy && policy != no_policy; }
    /// nullptr: it is not known.
    void* near_state(StatePlace place) const { return place.number < near_states ? near[place.number] : nullptr; }
    /// nullptr: the policy does not watch the person, or not yet.
    Watch* find_active(std::uint32_t policy) const {
        for (const auto& watch : watches)
            if (watch->policy == policy) return watch->active ? watch.get() : nullptr;
        return nullptr;
    }
    /// The state is the first watch's.
    void remember(StatePlace place, void* state, const PolicyShape& policy) {
        if (place.number >= near_states) return;
        near[place.number] = state;
        has_all_near = watches.size() == 1 && policy.stateful.size() <= near_states &&
                       std::all_of(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(policy.stateful.size()),
                                   [](const void* known) { return known != nullptr; });
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
    /// After a watch of `row` was opened, became active or ended.
    void note_change(PersonRow& row, const ProgramShape& shape) {
        row.sum_up(shape);
        ++row.changes;
        ++changes_;
    }
    /// Rises with each.
    std::uint64_t changes() const { return changes_; }
    void resize(std::size_t size) {
        while (blocks_.size() * block < size) blocks_.push_back(std::make_unique<PersonRow[]>(block));
        size_ = std::max(size_, size);
    }

private:
    static constexpr std::size_t block = 256;
    std::vector<std::unique_ptr<PersonRow[]>> blocks_;
    std::size_t size_ = 0;
    std::uint64_t changes_ = 0;
};

} // namespace watchword::runtime
