// An event's id, kept: short ones lie in place, long ones in a block of their own.
#pragma once

#include "runtime/short_text.hpp"

#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <string_view>

namespace watchword::runtime {

/// Two words that whoever holds them sets, copies and releases; they own nothing by themselves.
class KeptId {
public:
    /// Not marked. Releases nothing.
    void set(std::string_view id, std::pmr::memory_resource* memory) {
        if (id.size() <= most_short) return load_short(id, words_);
        char* const bytes = static_cast<char*>(memory->allocate(id.size(), 1));
        std::memcpy(bytes, id.data(), id.size());
        words_[0] = reinterpret_cast<std::uintptr_t>(bytes);
        words_[1] = elsewhere << 56 | static_cast<std::uint32_t>(id.size());
    }
    void set_short(std::string_view id) { load_short(id, words_); }
    /// The block goes back to the memory that it came from.
    void release(std::pmr::memory_resource* memory) const {
        if (is_long()) memory->deallocate(far(), words_[1] & UINT32_MAX, 1);
    }
    std::string_view view() const {
        if (is_long()) return {far(), words_[1] & UINT32_MAX};
        return {reinterpret_cast<const char*>(words_), length()};
    }
    /// One bit for whoever holds it.
    void mark() { words_[1] |= marked; }
    bool is_marked() const { return (words_[1] & marked) != 0; }

private:
    static constexpr std::uint64_t elsewhere = 0x7f; ///< in place of the length of a short id
    static constexpr std::uint64_t marked = std::uint64_t{1} << 63;
    static_assert(most_short < elsewhere);
    std::uint64_t length() const { return words_[1] >> 56 & 0x7f; }
    bool is_long() const { return length() == elsewhere; }
    char* far() const { return reinterpret_cast<char*>(words_[0]); }

    std::uint64_t words_[2]; ///< a short id; of a longer one where it is, its length and `elsewhere`
};

} // namespace watchword::runtime
