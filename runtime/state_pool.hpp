// Memory of the engine's state: small blocks by size class out of large chunks, freed blocks used again; what is larger
// comes from the heap. Counts all that it holds. Blocks of whole cache lines begin on one. Of one thread.
#pragma once

#include <array>
#include <cstddef>
#include <memory_resource>
#include <vector>

namespace watchword::runtime {

class StatePool : public std::pmr::memory_resource {
public:
    StatePool() = default;
    ~StatePool() override;
    StatePool(const StatePool&) = delete;
    StatePool& operator=(const StatePool&) = delete;

    /// Bytes taken from the heap.
    std::size_t used() const { return used_; }

private:
    static constexpr std::size_t grain = 16;
    static constexpr std::size_t line = 64;
    static constexpr std::size_t largest = 1024;
    struct Free {
        Free* next;
    };

    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void* pointer, std::size_t bytes, std::size_t alignment) override;
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
    static bool is_small(std::size_t bytes, std::size_t alignment) {
        return bytes <= largest && (alignment <= grain || (alignment <= line && bytes % line == 0));
    }
    void* carve(std::size_t bytes);

    std::array<Free*, largest / grain + 1> free_{}; ///< by size in grains
    std::vector<std::pair<void*, std::size_t>> chunks_;
    char* next_ = nullptr;
    std::size_t left_ = 0;
    std::size_t used_ = 0;
};

/// All memory of an engine's state.
struct StateMemory {
    StatePool pool;
    StatePool near; ///< apart, what every event reads (NearStates): the fewer pages it takes, the sooner it is found
    std::size_t used() const { return pool.used() + near.used(); }
};

} // namespace watchword::runtime
