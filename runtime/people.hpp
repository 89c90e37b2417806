// What the engine keeps of people beside the roster: whom it watches, and what it may look back on.
#pragma once

#include "runtime/few.hpp"
#include "runtime/sealed_row.hpp"
#include "runtime/watch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace watchword::runtime {

/// What the engine knows of one person.
struct PersonRow {
    Few<WatchPointer, 2, Heap> watches; ///< by policy, rising
    std::unique_ptr<SealedRow> sealed;  ///< nullptr: who covers the person is not known yet
    std::uint8_t risk_armed = 0xff;

    /// nullptr: the policy does not watch the person, or not yet.
    Watch* find_active(std::uint32_t policy) const {
        for (const auto& watch : watches)
            if (watch->policy == policy) return watch->active ? watch.get() : nullptr;
        return nullptr;
    }
};

/// What an event reads of a person, of whom there may be many: few bytes, so that those of thousands lie in a near
/// cache. Of the first watch it says where the near states are; then rows and watches need not be read.
struct Glance {
    static constexpr std::uint16_t no_policy = UINT16_MAX;
    // what `is` may say
    static constexpr std::uint8_t watched = 1;
    static constexpr std::uint8_t only = 2;       ///< there is one watch, and `policy` is its
    static constexpr std::uint8_t apart = 4;      ///< the Manner of all watches
    static constexpr std::uint8_t all_always = 8; ///< each policy that opens `always` watches

    NearStates states;                ///< of the first watch, if that is active
    std::uint32_t changes = 0;        ///< how often a watch was opened, became active or ended
    std::uint16_t policy = no_policy; ///< of the first watch, if that is active
    std::uint8_t is = apart;

    bool has(std::uint8_t all) const { return (is & all) == all; }
    /// Whether the first watch is the policy's, and active.
    bool is_near(std::uint32_t of) const { return policy == of && of != no_policy; }
};
static_assert(sizeof(Glance) == 16);

/// Rows by person, which keep their addresses, and what they are at a glance.
class PeopleTable {
public:
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    PersonRow& operator[](std::size_t person) { return blocks_[person / block][person % block]; }
    const PersonRow& operator[](std::size_t person) const { return blocks_[person / block][person % block]; }
    const Glance& glance(std::size_t person) const { return glances_[person]; }
    /// The watch that the glance is about, where it has a policy.
    Watch& near_watch(std::size_t person) const { return *(*this)[person].watches[0]; }
    std::span<const Glance> glances() const { return glances_; } ///< by person; until the next `resize`
    /// Up to this time nothing expires of what is kept of the person; never: nothing is kept. In memory of its own, for
    /// each event asks it of somebody.
    Time next_expiry(std::size_t person) const { return person < expiries_.size() ? expiries_[person] : never; }
    void set_next_expiry(std::size_t person, Time time) {
        if (expiries_.size() <= person) expiries_.resize(size_, never);
        expiries_[person] = time;
    }
    /// After a watch of the person was opened, became active or ended.
    void note_change(std::size_t person, const ProgramShape& shape);
    /// After signals of the watch may have begun to remember.
    void note_states(const Watch& watch) {
        Glance& glance = glances_[watch.person];
        if (glance.is_near(watch.policy)) glance.states = watch.near_states();
    }
    /// Rises with each.
    std::uint64_t changes() const { return changes_; }
    void resize(std::size_t size) {
        while (blocks_.size() * block < size) blocks_.push_back(std::make_unique<PersonRow[]>(block));
        size_ = std::max(size_, size);
        glances_.resize(size_);
    }

private:
    static constexpr std::size_t block = 256;
    std::vector<std::unique_ptr<PersonRow[]>> blocks_;
    std::vector<Glance> glances_;
    std::vector<Time> expiries_; ///< by person, as far as something was kept of somebody
    std::size_t size_ = 0;
    std::uint64_t changes_ = 0;
};

inline void PeopleTable::note_change(std::size_t person, const ProgramShape& shape) {
    const auto& watches = (*this)[person].watches;
    Glance& glance = glances_[person];
    std::uint32_t always = 0;
    bool is_apart = true;
    for (const auto& watch : watches) {
        is_apart = is_apart && watch->manner == Manner::apart;
        always += shape.policies[watch->policy].is_always ? 1 : 0;
    }
    const bool is_near = !watches.empty() && watches[0]->active && watches[0]->policy < Glance::no_policy;
    glance.states = is_near ? watches[0]->near_states() : NearStates{};
    glance.policy = is_near ? static_cast<std::uint16_t>(watches[0]->policy) : Glance::no_policy;
    glance.is = 0;
    if (!watches.empty()) glance.is |= Glance::watched;
    if (is_near && watches.size() == 1) glance.is |= Glance::only;
    if (is_apart) glance.is |= Glance::apart;
    if (always == shape.always) glance.is |= Glance::all_always;
    ++glance.changes;
    ++changes_;
}

} // namespace watchword::runtime
