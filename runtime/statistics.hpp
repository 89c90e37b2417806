// Exact running sums: adding and removing leave no residue, whatever the order. Reals count as whole millionths
// (half-even), so every sum is a sum of integers (semantics 1.9).
#pragma once

#include <cstdint>

namespace watchword::runtime {

class SnapshotReader;
class SnapshotWriter;

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

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
    Int128 sum() const { return sum_; }
    /// Of values that are `scale` times too large: Σ / (n·scale). 0 if n is 0.
    double mean(double scale) const noexcept { return runtime::mean(sum_, n_, scale); }
    /// Of the population: √(n·Σx² − (Σx)²) / (n·scale), the difference exact. 0 if n is 0.
    double stddev(double scale) const noexcept;

    void save(SnapshotWriter& out) const;
    void load(SnapshotReader& in);

private:
    std::uint64_t n_ = 0;
    Int128 sum_ = 0;
    Uint128 squares_low_ = 0; ///< 256 bits, for squares may exceed 128
    Uint128 squares_high_ = 0;
};

/// The sum as a 64-bit integer, saturated.
std::int64_t saturate(Int128 value) noexcept;

} // namespace watchword::runtime
