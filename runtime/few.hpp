// A vector whose first N values lie in itself: for lists that are mostly short and are read at every event, so that to
// read them is not to wait for memory elsewhere. Values are movable; beyond N they are in a given memory resource.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <type_traits>
#include <utility>

namespace watchword::runtime {

/// In place of a memory resource that has to be remembered.
struct Heap {
    std::pmr::memory_resource* operator->() const { return std::pmr::new_delete_resource(); }
};

template <class T, std::uint32_t N, class Memory = std::pmr::memory_resource*>
class Few {
public:
    using value_type = T;

    Few()
        requires std::is_empty_v<Memory>
    {}
    explicit Few(Memory memory) : memory_(memory) {}
    Few(Few&& other) noexcept : memory_(other.memory_) { take(other); }
    Few& operator=(Few&& other) noexcept {
        if (this == &other) return *this;
        clear();
        memory_ = other.memory_;
        take(other);
        return *this;
    }
    ~Few() { clear(); }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T* begin() { return capacity_ == N ? here() : far_; }
    T* end() { return begin() + size_; }
    const T* begin() const { return const_cast<Few*>(this)->begin(); }
    const T* end() const { return begin() + size_; }
    T& operator[](std::size_t index) { return begin()[index]; }
    const T& operator[](std::size_t index) const { return begin()[index]; }
    T& back() { return end()[-1]; }
    const T& back() const { return end()[-1]; }
    Memory memory() const { return memory_; }

    template <class... Arguments>
    T& emplace_back(Arguments&&... arguments) {
        if (size_ == capacity_) grow();
        std::construct_at(end(), std::forward<Arguments>(arguments)...);
        ++size_;
        return back();
    }
    void push_back(T value) { emplace_back(std::move(value)); }
    /// Before `at`. Where values lie changes.
    void insert(const T* at, T value) {
        const std::ptrdiff_t index = at - begin();
        if (size_ == capacity_) grow();
        T* const place = begin() + index;
        std::construct_at(end(), std::move(value));
        std::rotate(place, end(), end() + 1);
        ++size_;
    }
    void erase(const T* at) {
        T* const place = begin() + (at - begin());
        std::move(place + 1, end(), place);
        std::destroy_at(end() - 1);
        --size_;
    }
    void clear() {
        std::destroy_n(begin(), size_);
        size_ = 0;
        release();
    }

private:
    T* here() { return reinterpret_cast<T*>(near_); }
    void take(Few& other) {
        if (other.capacity_ == N) {
            std::uninitialized_move_n(other.begin(), other.size_, here());
            size_ = other.size_;
            other.clear();
            return;
        }
        far_ = other.far_;
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, N);
    }
    void grow() {
        const std::uint32_t larger = capacity_ * 2;
        T* const values = static_cast<T*>(memory_->allocate(larger * sizeof(T), alignof(T)));
        std::uninitialized_move_n(begin(), size_, values);
        std::destroy_n(begin(), size_);
        release();
        far_ = values;
        capacity_ = larger;
    }
    void release() {
        if (capacity_ != N) memory_->deallocate(far_, capacity_ * sizeof(T), alignof(T));
        capacity_ = N;
    }

    [[no_unique_address]] Memory memory_;
    std::uint32_t size_ = 0;
    std::uint32_t capacity_ = N; ///< N: they lie here
    union {
        alignas(T) std::byte near_[N * sizeof(T)];
        T* far_;
    };
};

} // namespace watchword::runtime
