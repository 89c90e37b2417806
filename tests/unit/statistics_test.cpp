// Sums that must be exact whatever comes and goes: against a 128-bit integer, and against what mathematics says.
#include "runtime/statistics.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

using namespace watchword;
using runtime::ExactSums;
using runtime::Int128;
using runtime::WideSum;

namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();

/// Mostly where words carry: near 0, near the ends, and anywhere.
class Numbers {
public:
    explicit Numbers(std::uint32_t seed) : random_(seed) {}
    std::int64_t next() {
        const auto any = static_cast<std::int64_t>(random_());
        switch (random_() % 4) {
        case 0:
            return any % 3;
        case 1:
            return least + (any & 3);
        case 2:
            return greatest - (any & 3);
        default:
            return any;
        }
    }
    std::size_t below(std::size_t end) { return random_() % end; }

private:
    std::mt19937_64 random_;
};

std::int64_t saturated(Int128 value) {
    if (value < least) return least;
    return value > greatest ? greatest : static_cast<std::int64_t>(value);
}

} // namespace

TEST_CASE("a wide sum is that of 128 bits, whatever is added and removed") {
    for (std::uint32_t seed = 1; seed <= 50; ++seed) {
        INFO("seed " << seed);
        Numbers numbers(seed);
        Int128 wanted = 0;
        WideSum sum;
        std::vector<std::int64_t> inside;
        for (int i = 0; i < 2'000; ++i) {
            if (!inside.empty() && numbers.below(3) == 0) {
                const std::size_t place = numbers.below(inside.size());
                sum.remove(inside[place]);
                wanted -= inside[place];
                inside.erase(inside.begin() + static_cast<std::ptrdiff_t>(place));
            } else {
                inside.push_back(numbers.next());
                sum.add(inside.back());
                wanted += inside.back();
            }
            REQUIRE(sum.value() == wanted);
            REQUIRE(sum.saturated() == saturated(wanted));
            REQUIRE(WideSum(wanted).value() == wanted);
        }
        for (const std::int64_t number : inside) sum.remove(number);
        REQUIRE(sum.value() == 0);
    }
}

TEST_CASE("mean and deviation are exact where doubles would cancel") {
    ExactSums sums;
    CHECK(sums.mean(1) == 0);
    CHECK(sums.stddev(1) == 0);
    for (int i = 0; i < 1'000; ++i) sums.add(greatest);
    CHECK(sums.stddev(1) == 0); // 256 bits of squares, all of which go away
    CHECK(sums.mean(1) == static_cast<double>(greatest));
    sums.remove(greatest);
    sums.add(greatest - 1'000);
    // of one that is 1000 less than 999 others: 1000·√999/1000
    CHECK(sums.stddev(1) == Approx(std::sqrt(999.0)).epsilon(1e-15));
    CHECK(sums.n() == 1'000);

    ExactSums ends;
    ends.add(least);
    ends.add(greatest);
    CHECK(ends.sum() == -1);
    CHECK(ends.mean(1) == -0.5);
    CHECK(ends.stddev(1) == Approx(std::ldexp(1.0, 63)).epsilon(1e-15));
    CHECK(ends.stddev(1'000) == Approx(std::ldexp(1.0, 63) / 1'000).epsilon(1e-15));
}

TEST_CASE("what came and went leaves no trace in the sums") {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        Numbers numbers(seed);
        ExactSums stays, both;
        std::vector<std::int64_t> passing;
        for (int i = 0; i < 500; ++i) {
            const std::int64_t kept = numbers.next();
            stays.add(kept);
            both.add(kept);
            passing.push_back(numbers.next());
            both.add(passing.back());
        }
        for (const std::int64_t number : passing) both.remove(number);
        REQUIRE(both.n() == stays.n());
        REQUIRE(both.sum() == stays.sum());
        REQUIRE(both.stddev(1) == stays.stddev(1)); // the same bits
    }
}

TEST_CASE("means of integers and millionths are rounded half to even") {
    const auto mean = [](std::int64_t sum, std::uint64_t n) { return runtime::mean_integer(sum, n); };
    CHECK(mean(7, 0) == 0);
    CHECK(mean(3, 2) == 2);
    CHECK(mean(5, 2) == 2);
    CHECK(mean(-3, 2) == -2);
    CHECK(mean(-5, 2) == -2);
    CHECK(mean(8, 3) == 3);
    CHECK(mean(-8, 3) == -3);
    CHECK(mean(least, 1) == least);
    CHECK(runtime::mean_integer(Int128{greatest} * 1'000, 1'000) == greatest);

    CHECK(runtime::to_millionths(1.5) == 1'500'000);
    CHECK(runtime::to_millionths(0.0000005) == 0);
    CHECK(runtime::to_millionths(-0.0000015) == -2);
    CHECK(runtime::to_millionths(std::nan("")) == 0);
    CHECK(runtime::to_millionths(1e300) == greatest);
    CHECK(runtime::to_millionths(-1e300) == -greatest);
}
