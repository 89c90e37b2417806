#include "runtime/state_pool.hpp"

#include "runtime/large_memory.hpp"

#include <algorithm>
#include <cstdint>
#include <new>

namespace watchword::runtime {

namespace {

constexpr std::size_t first_chunk = std::size_t{4} << 10;
constexpr std::size_t largest_chunk = huge_page;

} // namespace

StatePool::~StatePool() {
    for (const auto& [chunk, bytes] : chunks_) deallocate_large(chunk, bytes);
}

void* StatePool::do_allocate(std::size_t bytes, std::size_t alignment) {
    if (!is_small(bytes, alignment)) {
        used_ += bytes;
        return std::pmr::new_delete_resource()->allocate(bytes, alignment);
    }
    const std::size_t grains = (bytes + grain - 1) / grain;
    Free*& head = free_[grains];
    if (head == nullptr) return carve(grains * grain);
    Free* const block = head;
    head = block->next;
    return block;
}

void StatePool::do_deallocate(void* pointer, std::size_t bytes, std::size_t alignment) {
    if (!is_small(bytes, alignment)) {
        used_ -= bytes;
        std::pmr::new_delete_resource()->deallocate(pointer, bytes, alignment);
        return;
    }
    Free*& head = free_[(bytes + grain - 1) / grain];
    head = ::new (pointer) Free{head};
}

/// A block that was never used before.
void* StatePool::carve(std::size_t bytes) {
    const auto gap = [&] { return bytes % line == 0 ? -reinterpret_cast<std::uintptr_t>(next_) % line : 0; };
    if (left_ < gap() + bytes) {
        const std::size_t chunk = chunks_.empty() ? first_chunk : std::min(largest_chunk, chunks_.back().second * 2);
        chunks_.reserve(chunks_.size() + 1);
        next_ = static_cast<char*>(allocate_large(chunk));
        chunks_.emplace_back(next_, chunk);
        left_ = chunk;
        used_ += chunk;
    }
    const std::size_t skipped = gap();
    // what is skipped to reach a line serves small blocks
    for (std::size_t i = 0; i < skipped; i += grain) do_deallocate(next_ + i, grain, grain);
    char* const block = next_ + skipped;
    next_ = block + bytes;
    left_ -= skipped + bytes;
    return block;
}

} // namespace watchword::runtime
