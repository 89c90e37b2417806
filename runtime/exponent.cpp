#include "runtime/exponent.hpp"

#include <bit>
#include <cstdint>
#include <iterator>
#include <utility>

namespace watchword::runtime {

namespace {

/// An unevaluated sum, |low| <= ulp(high) / 2.
struct Pair {
    double high, low;
};

Pair exact_sum(double a, double b) {
    const double sum = a + b;
    const double shadow = sum - a;
    return {sum, (a - (sum - shadow)) + (b - shadow)};
}

Pair exact_product(double a, double b) {
    constexpr double splitter = 134217729; // 2^27 + 1
    const double a_scaled = splitter * a, b_scaled = splitter * b;
    const double a_high = a_scaled - (a_scaled - a), b_high = b_scaled - (b_scaled - b);
    const double a_low = a - a_high, b_low = b - b_high;
    const double product = a * b;
    return {product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

Pair add(Pair a, Pair b) {
    const Pair sum = exact_sum(a.high, b.high);
    return exact_sum(sum.high, sum.low + a.low + b.low);
}

Pair multiply(Pair a, double b) {
    const Pair product = exact_product(a.high, b);
    return exact_sum(product.high, product.low + a.low * b);
}

/// 2^exponent for -1022 <= exponent <= 1023.
double power_of_two(int exponent) { return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52); }

/// Coefficients (ln 2)^n / n!: the first three as pairs, the rest as doubles.
constexpr Pair c1{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
constexpr Pair c2{0x1.ebfbdff82c58fp-3, -0x1.5e43a53e44da3p-57};
constexpr Pair c3{0x1.c6b08d704a0cp-5, -0x1.d331627513351p-59};
constexpr double tail[] = {0x1.3b2ab6fba4e77p-7,  0x1.5d87fe78a6731p-10, 0x1.430912f86c787p-13, 0x1.ffcbfc588b0c7p-17,
                           0x1.62c0223a5c824p-20, 0x1.b5253d395e7c4p-24, 0x1.e4cf5158b8ecap-28, 0x1.e8cac7351bb25p-32,
                           0x1.c3bd650fc2986p-36, 0x1.816193166d0f9p-40, 0x1.314964d5878a9p-44};

/// tail[0] + f (tail[1] + f (…)), written out: to a loop of so few steps the branch at its end is a good part.
template <std::size_t... steps>
double tail_at(double f, std::index_sequence<steps...>) {
    double rest = 0;
    ((rest = tail[sizeof...(steps) - 1 - steps] + f * rest), ...);
    return rest;
}

} // namespace

double exp2_exact(double x) noexcept {
    if (!(x < 0)) return 1;
    if (x < -1080) return 0;
    int whole = static_cast<int>(x); // towards zero
    if (x - whole < -0.5) --whole;
    const double f = x - whole;
    const double rest = tail_at(f, std::make_index_sequence<std::size(tail)>{});
    Pair sum = add(c3, exact_product(rest, f));
    sum = add(c2, multiply(sum, f));
    sum = add(c1, multiply(sum, f));
    sum = add({1, 0}, multiply(sum, f));
    const double power = sum.high + sum.low;
    if (whole >= -1022) return power * power_of_two(whole);
    return power * power_of_two(whole + 1000) * power_of_two(-1000);
}

double round_score(double value) noexcept {
    constexpr double limit = 8796093022208; // 2^43: from here on a double has no thousandths worth rounding
    if (!(value > -limit && value < limit)) return value;
    const Pair thousandths = exact_product(value, 1000);
    auto whole = static_cast<std::int64_t>(thousandths.high);
    if (static_cast<double>(whole) > thousandths.high) --whole; // the floor of the high part
    // What is left over is exact: high - whole lies in [0, 1), and low decides ties and floors that high alone cannot.
    const double over = (thousandths.high - static_cast<double>(whole)) - 0.5;
    const bool tie = over == 0 && thousandths.low == 0;
    const bool up = over > 0 ? over + thousandths.low > 0 : over == 0 && thousandths.low > 0;
    if (up || (tie && whole % 2 != 0)) ++whole;
    const double result = static_cast<double>(whole) / 1000;
    return result == 0 ? 0 : result;
}

} // namespace watchword::runtime
