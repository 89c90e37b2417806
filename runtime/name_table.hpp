// People by account name: an open hash table whose slots hold short names themselves, so that to find one is to look at
// one cache line. Asked for every event. Names are taken as they are; whoever asks has folded them. Not thread-safe.
#pragma once

#include "runtime/large_memory.hpp"
#include "runtime/text.hpp"
#include "runtime/type.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace watchword::runtime {

class NameTable {
public:
    /// A name made ready for looking up. A view.
    struct Probe {
        std::uint64_t words[2]; ///< a short name, filled up with zeros, its length in the last byte; else where it is
        std::uint64_t hash;
        bool is_short() const { return (words[1] >> 56) <= most_short; }
    };
    static constexpr std::size_t most_short = 15; ///< bytes

    static Probe probe(std::string_view name) {
        Probe result{};
        if (name.size() > most_short) return probe_long(name);
        load_short(name, result.words);
        result.hash = mixed(result.words[0], result.words[1]);
        return result;
    }
    /// Whether a short name is folded already: all ASCII, no capitals.
    static bool is_folded(const Probe& probe) {
        return is_folded_ascii(probe.words[0]) && is_folded_ascii(probe.words[1]); // a length looks folded
    }

    std::size_t size() const { return size_; }
    std::size_t bytes() const { return slots_.size() * sizeof(Slot); }
    void prefetch(const Probe& probe) const {
        if (size_ != 0) __builtin_prefetch(&slots_[probe.hash & mask()]);
    }
    /// nobody if the name is new.
    PersonId find(const Probe& probe) const {
        if (size_ == 0) return nobody;
        for (std::size_t at = probe.hash & mask();; at = (at + 1) & mask()) {
            const Slot& slot = slots_[at];
            if (slot.person == nobody || equal(slot, probe)) return slot.person;
        }
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

    /// Reads no byte that is not the name's.
    static void load_short(std::string_view name, std::uint64_t (&words)[2]) {
        const char* const at = name.data();
        const std::size_t size = name.size();
        const auto load = [](const char* from, auto word) {
            std::memcpy(&word, from, sizeof word);
            return static_cast<std::uint64_t>(word);
        };
        const auto byte = [&](std::size_t index) {
            return static_cast<std::uint64_t>(static_cast<unsigned char>(at[index])) << (8 * index);
        };
        if (size > 8) {
            words[0] = load(at, std::uint64_t{});
            words[1] = load(at + size - 8, std::uint64_t{}) >> (8 * (16 - size));
        } else if (size >= 4) {
            words[0] = load(at, std::uint32_t{}) | load(at + size - 4, std::uint32_t{}) << (8 * (size - 4));
        } else if (size != 0) {
            words[0] = byte(0) | byte(size / 2) | byte(size - 1);
        }
        words[1] |= static_cast<std::uint64_t>(size) << 56;
    }
    static_assert(std::endian::native == std::endian::little, "a short name's bytes lie in its words in order");
    __extension__ using Unsigned128 = unsigned __int128;
    static std::uint64_t mixed(std::uint64_t first, std::uint64_t second) {
        const auto product = static_cast<Unsigned128>(first ^ 0x9e3779b97f4a7c15) * (second ^ 0xbf58476d1ce4e5b9);
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64) ^ first;
    }
    static Probe probe_long(std::string_view name);
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
