// People by account name: an open hash table whose slots hold short names themselves, so that to find one is to look at
// one cache line. Asked for every event. Names are taken as they are; whoever asks has folded them. Not thread-safe.
#pragma once

#include "runtime/large_memory.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/short_text.hpp"
#include "runtime/text.hpp"
#include "runtime/type.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace watchword::runtime {

class NameTable {
public:
    /// A name made ready for looking up. A view.
    struct Probe {
        std::uint64_t words[2]; ///< a short name; else where it is
        std::uint64_t hash;
        bool is_short() const { return (words[1] >> 56) <= most_short; }
    };

    static Probe probe(std::string_view name) {
        if (name.size() > most_short) return probe_long(name);
        Probe result;
        load_short(name, result.words);
        result.hash = mixed(result.words[0], result.words[1]);
        return result;
    }
    /// Whether the name, of which this is the probe, is folded already: all ASCII, no capitals.
    static bool is_folded(const Probe& probe, std::string_view name) {
        if (!probe.is_short()) return is_folded_ascii(name);
        return (unfolded(probe.words[0]) | unfolded(probe.words[1])) == 0; // a length looks folded
    }

    std::size_t size() const { return size_; }
    std::size_t bytes() const { return slots_.size() * sizeof(Slot); }
    /// nobody if the name is new.
    PersonId find(const Probe& probe) const { return size_ == 0 ? nobody : find(slots_.data(), mask(), probe); }
    /// The same of several, whose waits for memory overlap.
    void find(std::span<const Probe> probes, PersonId* people) const {
        const Slot* const slots = slots_.data();
        const std::size_t mask = this->mask();
        if (size_ == 0) return std::fill_n(people, probes.size(), nobody), void();
        for (const Probe& probe : probes) ask_for(&slots[pair_of(probe, mask)]);
        for (const Probe& probe : probes) *people++ = find(slots, mask, probe);
    }
    /// Gives the name to a person, whoever had it. A name that is not short must outlive the table.
    void set(std::string_view name, PersonId person);
    void clear();
    /// `visit(std::string_view, PersonId)`, in no particular order.
    template <class Visit>
    void for_each(Visit visit) const {
        for (const Slot& slot : slots_)
            if (slot.person != nobody) visit(name_of(slot), slot.person);
    }

private:
    struct alignas(32) Slot {
        std::uint64_t words[2] = {};
        std::uint64_t hash = 0;
        PersonId person = nobody; ///< nobody: an empty slot
    };
    static constexpr std::uint64_t elsewhere = 0xff; ///< in place of the length of a long name

    __extension__ using Unsigned128 = unsigned __int128;
    static std::uint64_t mixed(std::uint64_t first, std::uint64_t second) {
        const auto product = static_cast<Unsigned128>(first ^ 0x9e3779b97f4a7c15) * (second ^ 0xbf58476d1ce4e5b9);
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64) ^ first;
    }
    static Probe probe_long(std::string_view name);
    static PersonId find(const Slot* slots, std::size_t mask, const Probe& probe) {
        for (std::size_t at = pair_of(probe, mask);; at = (at + 2) & mask) {
            const Slot* const pair = &slots[at];
            const bool is_first = pair[0].hash == probe.hash, is_second = pair[1].hash == probe.hash;
            if (is_first | is_second) { // which of them could not be foreseen
                const Slot& slot = pair[is_first ? 0 : 1];
                if (is_of(slot, probe)) return slot.person;
                if (is_first && is_of(pair[1], probe)) return pair[1].person;
            }
            if (pair[1].person == nobody) return nobody; // the first is filled first
        }
    }
    /// A name is in the pair that its hash says, which is one cache line, or if that is full in the next that is not.
    static std::size_t pair_of(const Probe& probe, std::size_t mask) { return probe.hash & mask & ~std::size_t{1}; }
    static bool is_of(const Slot& slot, const Probe& probe) { return slot.person != nobody && equal(slot, probe); }
    static std::string_view name_of(const Slot& slot);
    static bool equal(const Slot& slot, const Probe& probe) {
        if (slot.hash != probe.hash) return false;
        return probe.is_short() ? slot.words[0] == probe.words[0] && slot.words[1] == probe.words[1]
                                : equal_long(slot, probe);
    }
    static bool equal_long(const Slot& slot, const Probe& probe);
    std::size_t mask() const { return slots_.size() - 1; }
    Slot& place_of(const Probe& probe);
    void grow();

    using Slots = std::vector<Slot, LargeAllocator<Slot>>;
    Slots slots_; ///< none, or a power of two
    std::size_t size_ = 0;
};

} // namespace watchword::runtime
