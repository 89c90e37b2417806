#include "runtime/name_table.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <string>

using namespace watchword::runtime;

namespace {

/// Names of all lengths around what a slot holds, many of which differ in their last byte only.
std::string random_name(std::mt19937& random) {
    std::string name(random() % 24, 'a');
    for (char& byte : name) byte = static_cast<char>('a' + random() % 2);
    return name;
}

} // namespace

TEST_CASE("a table of names finds what a map finds") {
    std::mt19937 random(7);
    std::map<std::string, PersonId> wanted; // keeps its names where they are
    NameTable table;
    for (PersonId person = 0; person < 20000; ++person) {
        const auto [known, is_new] = wanted.insert_or_assign(random_name(random), person);
        table.set(known->first, person);
    }
    CHECK(table.size() == wanted.size());
    for (const auto& [name, person] : wanted) {
        INFO(name);
        CHECK(table.find(NameTable::probe(name)) == person);
        CHECK((table.find(NameTable::probe(name + "c")) == nobody));
    }
    std::map<std::string, PersonId> seen;
    table.for_each([&](std::string_view name, PersonId person) { seen.emplace(name, person); });
    CHECK(seen == wanted);
    table.clear();
    CHECK(table.find(NameTable::probe("a")) == nobody);
}

TEST_CASE("names with zero bytes and of other lengths are not each other") {
    using namespace std::string_view_literals;
    NameTable table;
    table.set("a"sv, 1);
    table.set("a\0"sv, 2);
    table.set(""sv, 3);
    table.set("0123456789abcde"sv, 4);
    table.set("0123456789abcdef"sv, 5);
    CHECK(table.find(NameTable::probe("a"sv)) == 1);
    CHECK(table.find(NameTable::probe("a\0"sv)) == 2);
    CHECK(table.find(NameTable::probe(""sv)) == 3);
    CHECK(table.find(NameTable::probe("0123456789abcde"sv)) == 4);
    CHECK(table.find(NameTable::probe("0123456789abcdef"sv)) == 5);
    CHECK(table.find(NameTable::probe("\0"sv)) == nobody);
}

TEST_CASE("a short name is folded if it is ASCII without capitals") {
    for (std::size_t length = 1; length <= most_short; ++length)
        for (std::size_t at = 0; at < length; ++at)
            for (unsigned byte = 0; byte < 256; ++byte) {
                std::string name(length, 'x');
                name[at] = static_cast<char>(byte);
                const bool wanted = byte < 0x80 && !(byte >= 'A' && byte <= 'Z');
                if (NameTable::is_folded(NameTable::probe(name), name) != wanted)
                    FAIL("byte " << byte << " at " << at << " of " << length);
            }
    SUCCEED();
}
