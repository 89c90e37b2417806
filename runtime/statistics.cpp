#include "runtime/statistics.hpp"

#include "runtime/snapshot.hpp"

#include <cmath>
#include <limits>

namespace watchword::runtime {

namespace {

constexpr double two_to_64 = 18446744073709551616.0;
constexpr double two_to_128 = two_to_64 * two_to_64;

struct Wide {
    Uint128 high = 0, low = 0;
};

Wide multiply(Uint128 left, Uint128 right) {
    const Uint128 mask = ~std::uint64_t{0};
    const Uint128 a = left >> 64, b = left & mask, c = right >> 64, d = right & mask;
    const Uint128 low = b * d;
    const Uint128 middle = a * d + (low >> 64);
    const Uint128 middle2 = b * c + (middle & mask);
    return {a * c + (middle >> 64) + (middle2 >> 64), (middle2 << 64) | (low & mask)};
}

Wide subtract(Wide left, Wide right) {
    const Uint128 low = left.low - right.low;
    return {left.high - right.high - (left.low < right.low ? 1 : 0), low};
}

} // namespace

std::int64_t to_millionths(double value) noexcept {
    if (std::isnan(value)) return 0;
    const double scaled = value * 1e6;
    if (scaled >= 9.2e18) return std::numeric_limits<std::int64_t>::max();
    if (scaled <= -9.2e18) return std::numeric_limits<std::int64_t>::min() + 1;
    return std::llrint(scaled); // the default rounding mode: half-even
}

void ExactSums::add(std::int64_t value) noexcept {
    ++n_;
    sum_.add(value);
    const auto square = static_cast<Uint128>(static_cast<Int128>(value) * value);
    squares_low_ += square;
    if (squares_low_ < square) ++squares_high_;
}

void ExactSums::remove(std::int64_t value) noexcept {
    --n_;
    sum_.remove(value);
    const auto square = static_cast<Uint128>(static_cast<Int128>(value) * value);
    if (squares_low_ < square) --squares_high_;
    squares_low_ -= square;
}

double mean(Int128 sum, std::uint64_t n, double scale) noexcept {
    return n == 0 ? 0 : static_cast<double>(sum) / (static_cast<double>(n) * scale);
}

std::int64_t mean_integer(Int128 sum, std::uint64_t n) noexcept {
    if (n == 0) return 0;
    const auto count = static_cast<Int128>(n);
    Int128 quotient = sum / count;
    Int128 rest = sum % count;
    if (rest < 0) {
        rest += count;
        --quotient;
    }
    if (2 * rest > count || (2 * rest == count && quotient % 2 != 0)) ++quotient;
    return WideSum(quotient).saturated();
}

double ExactSums::stddev(double scale) const noexcept {
    if (n_ == 0) return 0;
    Wide weighted = multiply(squares_low_, n_);
    weighted.high += squares_high_ * n_;
    const Int128 sum = this->sum();
    const auto magnitude = static_cast<Uint128>(sum < 0 ? -sum : sum);
    const Wide difference = subtract(weighted, multiply(magnitude, magnitude));
    const double numerator = static_cast<double>(difference.high) * two_to_128 + static_cast<double>(difference.low);
    return std::sqrt(numerator) / (static_cast<double>(n_) * scale);
}

namespace {

void put_wide(SnapshotWriter& out, Uint128 value) {
    out.number(static_cast<std::uint64_t>(value));
    out.number(static_cast<std::uint64_t>(value >> 64));
}

Uint128 take_wide(SnapshotReader& in) {
    const Uint128 low = in.number();
    return low | (static_cast<Uint128>(in.number()) << 64);
}

} // namespace

void save_sum(Int128 sum, SnapshotWriter& out) { put_wide(out, static_cast<Uint128>(sum)); }

Int128 load_sum(std::uint64_t n, SnapshotReader& in) {
    const auto sum = static_cast<Int128>(take_wide(in));
    const Int128 largest = static_cast<Int128>(n) << 63;
    in.expect(n <= std::uint64_t{1} << 32 && sum >= -largest && sum <= largest, "a sum is out of range");
    return sum;
}

void ExactSums::save(SnapshotWriter& out) const {
    out.number(n_);
    save_sum(sum(), out);
    put_wide(out, squares_low_);
    put_wide(out, squares_high_);
}

void ExactSums::load(SnapshotReader& in) {
    n_ = in.number();
    sum_ = WideSum(load_sum(n_, in));
    squares_low_ = take_wide(in);
    squares_high_ = take_wide(in);
}

} // namespace watchword::runtime
