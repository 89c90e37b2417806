#include "runtime/few.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <random>
#include <vector>

using namespace watchword::runtime;

namespace {

/// `make` gives an empty one.
template <class Make>
void check_against_vector(Make make) {
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
        auto few = make();
        std::vector<int> wanted;
        for (int step = 0; step < 30; ++step) {
            const std::size_t at = random() % (wanted.size() + 1);
            if (random() % 3 == 0 && at < wanted.size()) {
                few.erase(few.begin() + at);
                wanted.erase(wanted.begin() + static_cast<std::ptrdiff_t>(at));
            } else {
                few.insert(few.begin() + at, std::make_unique<int>(step));
                wanted.insert(wanted.begin() + static_cast<std::ptrdiff_t>(at), step);
            }
            if (random() % 8 == 0) {
                auto moved = std::move(few);
                few = std::move(moved);
            }
            std::vector<int> found;
            for (const auto& value : few) found.push_back(*value);
            REQUIRE(found == wanted);
        }
        few.clear();
        CHECK(few.empty());
    }
}

} // namespace

TEST_CASE("a few values are a vector, wherever they lie") {
    check_against_vector([] { return Few<std::unique_ptr<int>, 2, Heap>(); });
    std::pmr::unsynchronized_pool_resource memory;
    check_against_vector([&] { return Few<std::unique_ptr<int>, 2>(&memory); });
}
