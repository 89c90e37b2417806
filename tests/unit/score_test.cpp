#include "runtime/plain_signal.hpp"
#include "runtime/score.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <random>

using namespace watchword::runtime;

TEST_CASE("a score is never more than what is known of it without powers") {
    std::mt19937_64 random(1);
    std::size_t close = 0;
    for (int round = 0; round < 2000; ++round) {
        PolicyPlan plan;
        plan.halves_every = random() % 4 == 0 ? 0 : 1 + static_cast<Duration>(random() % 10'000'000'000U);
        plan.at_most = random() % 2 == 0 ? -1 : 100;
        plan.score.resize(1 + random() % 4);
        for (ScoreTerm& term : plan.score) term.at_most = random() % 2 == 0 ? -1 : static_cast<double>(random() % 50);
        Score score(std::pmr::get_default_resource());
        Time time = 1'700'000'000'000'000;
        for (int hits = 0; hits < 6; ++hits) {
            time += static_cast<Time>(random() % (random() % 2 == 0 ? 1'000'000'000'000U : 2'000'000'000'000'000U));
            KeptHit hit;
            hit.time = time;
            hit.points = static_cast<double>(random() % 1000) / 7;
            score.add(plan, random() % plan.score.size(), std::move(hit));
            const double booster = random() % 2 == 0 ? 1 : 1.5;
            for (const Duration later : {Duration{0}, plan.halves_every, Duration{3'600'000'000}}) {
                const double bound = score.bound(plan, time + later, booster);
                const double exact = score.at(plan, time + later, booster);
                CHECK(bound >= exact);
                CHECK(bound <= 2.002 * exact + 0.01); // a bound that is worth asking for
                if (bound < exact + 0.0001) ++close;
            }
        }
    }
    CHECK(close > 1000);
}

TEST_CASE("a threshold holds where its comparison does, to the ends of the numbers") {
    constexpr std::int64_t least = INT64_MIN, most = INT64_MAX;
    const std::int64_t numbers[] = {least, least + 1, -2, -1, 0, 1, 2, most - 1, most};
    for (const std::int64_t limit : numbers)
        for (const std::int64_t value : numbers) {
            INFO(value << " and " << limit);
            const auto holds = [&](Opcode compare) { return Threshold(compare, limit).holds(value); };
            CHECK(holds(Opcode::equal_integer_constant) == (value == limit));
            CHECK(holds(Opcode::unequal_integer_constant) == (value != limit));
            CHECK(holds(Opcode::less_integer_constant) == (value < limit));
            CHECK(holds(Opcode::at_most_integer_constant) == (value <= limit));
            CHECK(holds(Opcode::more_integer_constant) == (value > limit));
            CHECK(holds(Opcode::at_least_integer_constant) == (value >= limit));
        }
    CHECK(Threshold(Opcode::more_integer_constant, 3).is_least());
    CHECK(Threshold(Opcode::at_least_integer_constant, 3).is_least());
    CHECK_FALSE(Threshold(Opcode::less_integer_constant, 3).is_least());
    CHECK_FALSE(Threshold(Opcode::equal_integer_constant, 3).is_least());
    CHECK_FALSE(Threshold().holds(0));
}
