// The one source of chance of the generators: the same seed gives the same case on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace watchword::oracle {

class Random {
public:
    /// Scattered, or the numbers of one seed would be those of the seed before from the second on.
    explicit Random(std::uint64_t seed) : state_(scatter(seed + 1)) {}

    /// splitmix64 (Steele, Lea, Flood 2014).
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    int below(int bound) { return static_cast<int>(next() % static_cast<std::uint64_t>(bound)); }
    int between(int low, int high) { return low + below(high - low + 1); }
    bool chance(int percent) { return below(100) < percent; }
    template <class T>
    const T& of(const std::vector<T>& choices) {
        return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
    }

private:
    /// The finaliser of MurmurHash3 (Appleby 2011).
    static std::uint64_t scatter(std::uint64_t z) {
        z = (z ^ (z >> 33)) * 0xff51afd7ed558ccdU;
        z = (z ^ (z >> 33)) * 0xc4ceb9fe1a85ec53U;
        return z ^ (z >> 33);
    }

    std::uint64_t state_;
};

} // namespace watchword::oracle
