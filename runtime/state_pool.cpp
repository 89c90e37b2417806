#include "runtime/state_pool.hpp"

#include <algorithm>
#include <new>

namespace watchword::runtime {

namespace {

constexpr std::size_t first_chunk = std::size_t{4} << 10;
constexpr std::size_t largest_chunk = std::size_t{1} << 20;

} // namespace

StatePool::~StatePool() {
    for (const auto& [chunk, bytes] : chunks_) ::operator delete(chunk, bytes);
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

/// A block that was never used before. What is left of a chunk too small for it waits in the free lists.
void* StatePool::carve(std::size_t bytes) {
    if (left_ < bytes) {
        if (left_ >= grain) do_deallocate(next_, left_, grain);
        const std::size_t chunk = chunks_.empty() ? first_chunk : std::min(largest_chunk, chunks_.back().second * 2);
        chunks_.reserve(chunks_.size() + 1);
        next_ = static_cast<char*>(::operator new(chunk));
        chunks_.emplace_back(next_, chunk);
        left_ = chunk;
        used_ += chunk;
    }
    char* const block = next_;
    next_ += bytes;
    left_ -= bytes;
    return block;
}

} // namespace watchword::runtime
