// Exact running sums: adding and removing leave no residue, whatever the order. Reals count as whole millionths
// (half-even), so every sum is a sum of integers (semantics 1.9).
#pragma once

#include <cstdint>
#include <limits>

namespace watchword::runtime {

class SnapshotReader;
class SnapshotWriter;

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

/// A sum of 64-bit integers, at most 2^63 of them. Its words are written one by one: of an addition to an Int128 in
/// memory g++ 12 makes two writes and a read of both together, which waits until they have reached the cache.
class WideSum {
public:
    WideSum() = default;
    explicit WideSum(Int128 value)
        : low_(static_cast<std::uint64_t>(value)), high_(static_cast<std::int64_t>(value >> 64)) {}

    void add(std::int64_t value) noexcept {
        const auto bits = static_cast<std::uint64_t>(value);
        low_ += bits;
        high_ += (value >> 63) + static_cast<std::int64_t>(low_ < bits);
    }
    void remove(std::int64_t value) noexcept {
        const auto bits = static_cast<std::uint64_t>(value);
        high_ -= (value >> 63) + static_cast<std::int64_t>(low_ < bits);
        low_ -= bits;
    }
    Int128 value() const noexcept {
        return static_cast<Int128>(static_cast<Uint128>(static_cast<std::uint64_t>(high_)) << 64 | low_);
    }
    /// As a 64-bit integer.
    std::int64_t saturated() const noexcept {
        if (high_ == static_cast<std::int64_t>(low_) >> 63) return static_cast<std::int64_t>(low_);
        return high_ < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
    }

private:
    std::uint64_t low_ = 0;
    std::int64_t high_ = 0;
};

/// A real as millionths, half-even; beyond ±9.2e12 it saturates, NaN is 0.
std::int64_t to_millionths(double value) noexcept;

/// Of a sum of `n` numbers that are `scale` times too large: sum / (n·scale). 0 if n is 0.
double mean(Int128 sum, std::uint64_t n, double scale) noexcept;
/// sum / n, half-even. 0 if n is 0.
std::int64_t mean_integer(Int128 sum, std::uint64_t n) noexcept;

/// A sum of `n` 64-bit integers as bytes.
void save_sum(Int128 sum, SnapshotWriter& out);
Int128 load_sum(std::uint64_t n, SnapshotReader& in);

/// Sum and sum of squares of 64-bit integers, at most 2^32 of them.
class ExactSums {
public:
    void add(std::int64_t value) noexcept;
    void remove(std::int64_t value) noexcept;
    std::uint64_t n() const { return n_; }
    Int128 sum() const { return sum_.value(); }
    /// Of values that are `scale` times too large: Σ / (n·scale). 0 if n is 0.
    double mean(double scale) const noexcept { return runtime::mean(sum(), n_, scale); }
    /// Of the population: √(n·Σx² − (Σx)²) / (n·scale), the difference exact. 0 if n is 0.
    double stddev(double scale) const noexcept;

    void save(SnapshotWriter& out) const;
    void load(SnapshotReader& in);

private:
    std::uint64_t n_ = 0;
    WideSum sum_;
    Uint128 squares_low_ = 0; ///< 256 bits, for squares may exceed 128
    Uint128 squares_high_ = 0;
};

} // namespace watchword::runtime
