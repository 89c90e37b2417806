// A growing circular buffer: a queue that is also indexable, in one block of a given memory resource.
// Half the memory of std::deque for the many short queues that watches hold.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <utility>
#include <vector>

namespace watchword::runtime {

template <class T>
class Ring {
public:
    explicit Ring(std::pmr::memory_resource* memory) : slots_(memory) {}

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    /// 0 is the oldest.
    T& operator[](std::size_t index) { return slots_[(head_ + index) & (slots_.size() - 1)]; }
    const T& operator[](std::size_t index) const { return slots_[(head_ + index) & (slots_.size() - 1)]; }
    T& front() { return (*this)[0]; }
    const T& front() const { return (*this)[0]; }
    T& back() { return (*this)[size_ - 1]; }
    const T& back() const { return (*this)[size_ - 1]; }

    void push_back(T value) {
        if (size_ == slots_.size()) grow();
        slots_[(head_ + size_) & (slots_.size() - 1)] = std::move(value);
        ++size_;
    }
    T pop_front() {
        T value = std::move(slots_[head_]);
        head_ = (head_ + 1) & (slots_.size() - 1);
        --size_;
        return value;
    }
    void pop_back() { --size_; }
    void clear() {
        head_ = 0;
        size_ = 0;
    }

private:
    void grow() {
        std::pmr::vector<T> larger(slots_.get_allocator());
        larger.resize(slots_.empty() ? 4 : slots_.size() * 2);
        for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move((*this)[i]);
        slots_.swap(larger);
        head_ = 0;
    }

    std::pmr::vector<T> slots_; ///< a power of two, or empty
    std::size_t head_ = 0;
    std::size_t size_ = 0;
};

} // namespace watchword::runtime
