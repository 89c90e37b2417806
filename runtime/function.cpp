// The bounded memory of one run. Knows nothing of functions themselves: their rows live in stdlib.
#include "runtime/function.hpp"

#include <cstring>

namespace watchword::runtime {

Scratch::Scratch(std::size_t capacity)
    : memory_(std::make_unique_for_overwrite<char[]>(capacity)), capacity_(capacity) {}

char* Scratch::allocate(std::size_t bytes) noexcept {
    // used_ stays a multiple of the alignment and never passes capacity_, so nothing here can wrap around.
    const std::size_t left = capacity_ - used_;
    if (bytes > left) return nullptr;
    char* const result = memory_.get() + used_;
    const std::size_t rounded = (bytes + alignof(Value) - 1) / alignof(Value) * alignof(Value);
    used_ += rounded < left ? rounded : left;
    return result;
}

std::string_view Scratch::copy(std::string_view text) noexcept {
    char* const place = allocate(text.size() + 1); // never a null pointer for an empty text, and never two alike
    if (place == nullptr) return {};
    if (!text.empty()) std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
}

} // namespace watchword::runtime
