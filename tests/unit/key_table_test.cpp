#include "runtime/key_table.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <string>

using namespace watchword::runtime;

namespace {

using Table = KeyTable<int, 64>;

void check_same(const Table& table, const std::map<std::string, int>& wanted) {
    REQUIRE(table.size() == wanted.size());
    CHECK(table.empty() == wanted.empty());
    CHECK((table.first_read() != nullptr || wanted.empty()));
    const std::vector<Table::Entry*> sorted = table.sorted();
    REQUIRE(sorted.size() == wanted.size());
    std::size_t i = 0;
    for (const auto& [key, value] : wanted) {
        CHECK(sorted[i]->key() == key);
        CHECK(sorted[i]->value == value);
        CHECK(table.find(key) == sorted[i]);
        ++i;
    }
}

} // namespace

TEST_CASE("a table of keys holds what a map holds, with one key and with many") {
    for (const unsigned most : {1U, 2U, 3U, 40U}) { // so many keys at a time
        std::mt19937 random(most);
        std::pmr::unsynchronized_pool_resource memory;
        Table table(&memory);
        std::map<std::string, int> wanted;
        // lengths that need one block of 64 bytes, and two
        const auto any_key = [&] {
            return std::string(random() % 2 == 0 ? 3 : 60, static_cast<char>('a' + random() % 60));
        };
        std::map<std::string, Table::Entry*> places;
        for (int step = 0; step < 4000; ++step) {
            const std::string key = any_key();
            const unsigned what = random() % 8;
            Table::Entry* const known = table.find(key);
            REQUIRE((known != nullptr) == wanted.contains(key));
            if (known != nullptr) REQUIRE(known == places.at(key)); // they keep their addresses
            if (what == 0 && !wanted.empty()) {
                const auto gone = std::next(wanted.begin(), random() % wanted.size());
                table.erase(*places.at(gone->first));
                places.erase(gone->first);
                wanted.erase(gone);
            } else if (what < 4 && known == nullptr && !wanted.empty()) {
                const auto other = std::next(wanted.begin(), random() % wanted.size());
                Table::Entry& entry = *places.at(other->first);
                if (!Table::has_room(entry, key)) continue;
                table.rename(entry, key);
                places.erase(other->first);
                places[key] = &entry;
                wanted[key] = other->second;
                wanted.erase(other);
            } else if (known != nullptr || wanted.size() < most) {
                Table::Entry& entry = table.obtain(key, step);
                places[key] = &entry;
                wanted.emplace(key, step);
            }
            if (step % 16 == 0) check_same(table, wanted);
        }
        check_same(table, wanted);
        Table moved(std::move(table));
        check_same(table, {});
        check_same(moved, wanted);
        moved.erase_if([](const Table::Entry& entry) { return entry.value % 2 == 0; });
        std::erase_if(wanted, [](const auto& entry) { return entry.second % 2 == 0; });
        check_same(moved, wanted);
        moved.clear();
        check_same(moved, {});
    }
}
