#include "runtime/step_notes.hpp"

#include <catch2/catch.hpp>

#include <memory_resource>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace watchword::runtime;

TEST_CASE("notes are given back as they were added, wherever they lie") {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    std::pmr::unsynchronized_pool_resource memory;
    std::mt19937 random(5);
    const auto text = [&](char byte) {
        const unsigned kind = random() % 8;
        return std::string(kind == 0 ? 120 + random() % 20 : kind == 1 ? random() % 1000 : random() % 14, byte);
    };
    StepNotes notes;
    for (int round = 0; round < 300; ++round) {
        Pairs wanted, found;
        for (unsigned left = random() % 6; left != 0; --left) {
            wanted.emplace_back(text('i'), text('\x80'));
            notes.add(wanted.back().first, wanted.back().second, &memory);
        }
        notes.for_each([&](std::string_view id, std::string_view observed) { found.emplace_back(id, observed); });
        REQUIRE(found == wanted);
        if (random() % 4 == 0)
            notes.release(&memory);
        else
            notes.clear();
    }
    notes.release(&memory);
    notes.add({}, {}, &memory); // texts without data
    notes.add({}, std::string(200, 'o'), &memory);
    std::size_t length = 0;
    notes.for_each([&](std::string_view id, std::string_view observed) { length += id.size() + observed.size(); });
    CHECK(length == 200);
    notes.release(&memory);
    bool is_empty = true;
    notes.for_each([&](std::string_view, std::string_view) { is_empty = false; });
    CHECK(is_empty);
}
