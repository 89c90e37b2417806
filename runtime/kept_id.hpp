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
    /// Releases nothing.
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
        return {reinterpret_cast<const char*>(words_), words_[1] >> 56};
    }

private:
    static constexpr std::uint64_t elsewhere = 0xff; ///< in place of the length of a short id
    static_assert(most_short < elsewhere);
    bool is_long() const { return words_[1] >> 56 == elsewhere; }
    char* far() const { return reinterpret_cast<char*>(words_[0]); }

    std::uint64_t words_[2]; ///< a short id; of a longer one where it is, its length and `elsewhere`
};

} // namespace watchword::runtime
