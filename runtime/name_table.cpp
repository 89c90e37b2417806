#include "runtime/name_table.hpp"

#include <xxhash.h>

#include <algorithm>
#include <utility>

namespace watchword::runtime {

namespace {

constexpr std::size_t first_slots = 64;

std::string_view long_name(const std::uint64_t (&words)[2]) {
    return {reinterpret_cast<const char*>(words[0]), static_cast<std::size_t>(words[1] & ~(std::uint64_t{0xff} << 56))};
}

} // namespace

NameTable::Probe NameTable::probe_long(std::string_view name) {
    return {{reinterpret_cast<std::uintptr_t>(name.data()), name.size() | elsewhere << 56},
            XXH3_64bits(name.data(), name.size())};
}

std::string_view NameTable::name_of(const Slot& slot) {
    const std::uint64_t length = slot.words[1] >> 56;
    if (length == elsewhere) return long_name(slot.words);
    return {reinterpret_cast<const char*>(slot.words), static_cast<std::size_t>(length)};
}

bool NameTable::equal_long(const Slot& slot, const Probe& probe) {
    return slot.words[1] == probe.words[1] && long_name(slot.words) == long_name(probe.words);
}

/// Of the name, or where it would be.
NameTable::Slot& NameTable::place_of(const Probe& probe) {
    std::size_t at = pair_of(probe, mask());
    while (slots_[at].person != nobody && !equal(slots_[at], probe)) at = (at + 1) & mask();
    return slots_[at];
}

void NameTable::grow() {
    const Slots old = std::exchange(slots_, Slots(std::max(first_slots, slots_.size() * 2)));
    for (const Slot& slot : old)
        if (slot.person != nobody) place_of({{slot.words[0], slot.words[1]}, slot.hash}) = slot;
}

void NameTable::set(std::string_view name, PersonId person) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    const Probe wanted = probe(name);
    Slot& slot = place_of(wanted);
    if (slot.person == nobody) ++size_;
    slot = {{wanted.words[0], wanted.words[1]}, wanted.hash, person};
}

void NameTable::clear() {
    slots_.clear();
    size_ = 0;
}

} // namespace watchword::runtime
