#include "runtime/step_notes.hpp"

#include <algorithm>
#include <cstring>

namespace watchword::runtime {

void StepNotes::add_slowly(std::string_view id, std::string_view observed, std::pmr::memory_resource* memory) {
    KeyBuffer note;
    for (const std::string_view text : {id, observed}) {
        put_number(note, text.size());
        if (!text.empty()) note.append(text); // else its data() may be nullptr
    }
    const std::string_view added = note.bytes();
    if (size_ + added.size() > capacity_) {
        const auto larger = static_cast<std::uint32_t>(std::max<std::size_t>(size_ + added.size(), 2 * capacity_));
        auto* const bytes = static_cast<char*>(memory->allocate(larger, 1));
        std::memcpy(bytes, this->bytes(), size_);
        if (capacity_ != here) memory->deallocate(far_, capacity_, 1);
        far_ = bytes;
        capacity_ = larger;
    }
    std::memcpy(bytes() + size_, added.data(), added.size());
    size_ += static_cast<std::uint32_t>(added.size());
}

} // namespace watchword::runtime
