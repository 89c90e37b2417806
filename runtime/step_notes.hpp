// What the filled steps of a match leave behind for explanations: of each the event's id and its observed values, as
// bytes. So long as these are few they lie in place.
#pragma once

#include "runtime/kept_values.hpp"

#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <utility>

namespace watchword::runtime {

/// Owns its bytes, but whoever holds it releases them, and gives the same memory each time.
class StepNotes {
public:
    void add(std::string_view id, std::string_view observed, std::pmr::memory_resource* memory) {
        const std::size_t length = id.size() + observed.size() + 2;
        if (id.size() >= numbers_of_one_byte || observed.size() >= numbers_of_one_byte || size_ + length > capacity_)
            return add_slowly(id, observed, memory);
        char* next = bytes() + size_;
        *next++ = static_cast<char>(id.size());
        next = std::copy_n(id.data(), id.size(), next);
        *next++ = static_cast<char>(observed.size());
        std::copy_n(observed.data(), observed.size(), next);
        size_ += static_cast<std::uint32_t>(length);
    }
    /// Calls `visit(id, observed)`, both std::string_view, for each step in the order they were added.
    template <class Visit>
    void for_each(Visit visit) const {
        std::string_view in{bytes(), size_};
        const auto next = [&] {
            const std::size_t length = take_number(in);
            const std::string_view text = in.substr(0, length);
            in.remove_prefix(length);
            return text;
        };
        while (!in.empty()) {
            const std::string_view id = next();
            visit(id, next());
        }
    }
    /// Keeps its room.
    void clear() { size_ = 0; }
    void release(std::pmr::memory_resource* memory) {
        if (capacity_ != here) memory->deallocate(far_, capacity_, 1);
        capacity_ = here;
        size_ = 0;
    }

private:
    static constexpr std::uint32_t here = 32;
    const char* bytes() const { return capacity_ == here ? near_ : far_; }
    char* bytes() { return capacity_ == here ? near_ : far_; }
    void add_slowly(std::string_view id, std::string_view observed, std::pmr::memory_resource* memory);

    std::uint32_t size_ = 0, capacity_ = here; ///< `here`: they lie in place
    union {
        char near_[here];
        char* far_;
    };
};

} // namespace watchword::runtime
