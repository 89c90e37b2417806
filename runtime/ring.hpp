// A growing circular buffer: a queue that is also indexable, in one block of a given memory resource, and small while
// it is empty. Made for the many short queues that watches hold.
#pragma once

#include "runtime/prefetch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <utility>

namespace watchword::runtime {

template <class T>
class Ring {
public:
    explicit Ring(std::pmr::memory_resource* memory) : memory_(memory) {}
    Ring(Ring&& other) noexcept
        : memory_(other.memory_), slots_(std::exchange(other.slots_, nullptr)),
          capacity_(std::exchange(other.capacity_, 0)), head_(std::exchange(other.head_, 0)),
          size_(std::exchange(other.size_, 0)) {}
    Ring& operator=(Ring&& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(slots_, other.slots_);
        std::swap(capacity_, other.capacity_);
        std::swap(head_, other.head_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~Ring() {
        clear();
        release();
    }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    /// 0 is the oldest.
    T& operator[](std::size_t index) { return slots_[(head_ + index) & (capacity_ - 1)]; }
    const T& operator[](std::size_t index) const { return slots_[(head_ + index) & (capacity_ - 1)]; }
    T& front() { return slots_[head_]; }
    const T& front() const { return slots_[head_]; }
    T& back() { return (*this)[size_ - 1]; }
    const T& back() const { return (*this)[size_ - 1]; }

    void push_back(T value) {
        if (size_ == capacity_) grow();
        std::construct_at(&slots_[(head_ + size_) & (capacity_ - 1)], std::move(value));
        ++size_;
    }
    T pop_front() {
        T value = std::move(slots_[head_]);
        std::destroy_at(&slots_[head_]);
        head_ = (head_ + 1) & (capacity_ - 1);
        --size_;
        return value;
    }
    void pop_back() {
        std::destroy_at(&back());
        --size_;
    }
    void clear() {
        while (size_ != 0) pop_back();
        head_ = 0;
    }

    /// Asks the processor for both ends.
    void prefetch() const {
        if (slots_ == nullptr) return;
        ask_for(&slots_[head_]);
        ask_to_write(&slots_[(head_ + size_) & (capacity_ - 1)]);
    }

private:
    void grow() {
        const std::uint32_t larger = capacity_ == 0 ? 4 : capacity_ * 2;
        T* const slots = static_cast<T*>(memory_->allocate(larger * sizeof(T), alignof(T)));
        for (std::uint32_t i = 0; i < size_; ++i) {
            std::construct_at(&slots[i], std::move((*this)[i]));
            std::destroy_at(&(*this)[i]);
        }
        release();
        slots_ = slots;
        capacity_ = larger;
        head_ = 0;
    }
    void release() {
        if (slots_ != nullptr) memory_->deallocate(slots_, capacity_ * sizeof(T), alignof(T));
    }

    std::pmr::memory_resource* memory_;
    T* slots_ = nullptr;
    std::uint32_t capacity_ = 0; ///< a power of two, or 0
    std::uint32_t head_ = 0;
    std::uint32_t size_ = 0;
};

} // namespace watchword::runtime
