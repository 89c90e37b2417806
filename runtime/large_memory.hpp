// Memory in large pieces, of which the system makes huge pages where it has any: what is read here and there then costs
// far fewer searches for its page. Nothing but an allocator; where there are no huge pages it is the ordinary one.
#pragma once

#include <cstddef>

namespace watchword::runtime {

inline constexpr std::size_t huge_page = std::size_t{2} << 20; ///< bytes

/// Pieces of at least a huge page begin on one. Throws std::bad_alloc.
void* allocate_large(std::size_t bytes);
void deallocate_large(void* memory, std::size_t bytes);

/// For containers that grow large.
template <class T>
struct LargeAllocator {
    using value_type = T;
    LargeAllocator() = default;
    template <class U>
    explicit LargeAllocator(const LargeAllocator<U>&) {}
    T* allocate(std::size_t count) { return static_cast<T*>(allocate_large(count * sizeof(T))); }
    void deallocate(T* memory, std::size_t count) { deallocate_large(memory, count * sizeof(T)); }
    friend bool operator==(const LargeAllocator&, const LargeAllocator&) { return true; }
};

} // namespace watchword::runtime
