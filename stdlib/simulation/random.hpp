// Random numbers that are the same everywhere: xoshiro256** (Blackman, Vigna 2018) seeded by splitmix64, and draws from
// integers only, because the standard library's distributions are each implementation's own affair.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace watchword::stdlib {

class Random {
public:
    /// Streams of one seed are independent of each other.
    Random(std::uint64_t seed, std::uint64_t stream) {
        std::uint64_t mixed = seed ^ (stream * 0x9e3779b97f4a7c15U + 0x632be59bd9b4e019U);
        for (std::uint64_t& word : state_) {
            mixed += 0x9e3779b97f4a7c15U;
            std::uint64_t z = mixed;
            z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
            z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
            word = z ^ (z >> 31U);
        }
    }

    std::uint64_t next() {
        const std::uint64_t result = rotated(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17U;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = rotated(state_[3], 45);
        return result;
    }

    /// 0 to bound - 1; 0 if bound is 0. The bias is below 2^-32 for the small bounds of a simulation.
    std::uint64_t below(std::uint64_t bound) { return (next() >> 32U) * (bound & 0xffffffffU) >> 32U; }
    /// low to high, both included, at most 2^32 - 1 apart.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low + 1)));
    }
    bool chance(double probability) { return static_cast<double>(next() >> 11U) * 0x1.0p-53 < probability; }
    /// A number of things of which there are `rate` on average, 0 to 12.
    std::uint32_t count(double rate) {
        std::uint32_t result = 0;
        for (int trial = 0; trial < 12; ++trial) result += chance(rate / 12) ? 1 : 0;
        return result;
    }
    /// Small values often, large ones seldom: low, doubled a random number of times, at most high.
    std::int64_t size(std::int64_t low, std::int64_t high) {
        std::int64_t result = low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(low)));
        while (result < high && chance(0.6)) result += result / 2 + static_cast<std::int64_t>(below(1000));
        return result < high ? result : high;
    }
    template <class T, std::size_t count>
    const T& one_of(const std::array<T, count>& items) {
        return items[below(count)];
    }

private:
    static std::uint64_t rotated(std::uint64_t value, unsigned bits) { return value << bits | value >> (64 - bits); }

    std::array<std::uint64_t, 4> state_{};
};

} // namespace watchword::stdlib
