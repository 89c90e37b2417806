// Shapes are found by what they begin with in common: what is found is what comparing with each would find.
#include "stdlib/sources/known_shapes.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <random>
#include <string>
#include <vector>

using namespace watchword::stdlib;

namespace {

std::string with_margin(const std::string& line) { return line + std::string(2 * RecordShape::margin, '\n'); }

/// A record of one of `forms` forms, which begin alike and have more or fewer members.
std::string line_of(std::mt19937& random, std::uint32_t forms) {
    std::mt19937 form(static_cast<std::uint32_t>(random() % forms));
    std::string line = "{\"id\":\"e" + std::to_string(random() % 100'000) + "\",\"time\":\"2025-03-01T09:00:00Z\"";
    for (std::size_t count = form() % 8, i = 0; i < count; ++i)
        line +=
            fmt::format(",\"key{}{}\":\"{}\"", i, form() % 3, std::string(random() % 3 == 0 ? random() % 50 : 7, 'v'));
    return line + "}\n";
}

std::optional<RecordShape> shape_of(JsonScanner& scanner, const std::string& line) {
    std::vector<JsonToken> members;
    if (!scanner.index(line) || !scanner.read_record(line.size(), members)) return std::nullopt;
    return RecordShape::of(line, members);
}

} // namespace

TEST_CASE("a record is found to have a shape that is known, and no other") {
    JsonScanner scanner;
    std::mt19937 random(3);
    for (const std::uint32_t forms : {1U, 5U, 40U, 500U}) {
        KnownShapes known;
        std::vector<std::vector<std::string>> keys; // by number
        std::vector<Span> spans(16);
        std::size_t found = 0;
        for (int round = 0; round < 5'000; ++round) {
            const std::string line = line_of(random, forms);
            const std::string text = with_margin(line);
            const std::optional<RecordShape> own = shape_of(scanner, line);
            REQUIRE(own);
            std::size_t length = 0;
            const std::uint32_t number = known.find(text, spans.data(), length);
            if (number != KnownShapes::none) {
                ++found;
                REQUIRE(length == line.size());
                REQUIRE(keys[number] == own->keys());
                REQUIRE(text.substr(spans[0].begin, spans[0].end - spans[0].begin) ==
                        line.substr(7, line.find('"', 7) - 7));
                continue;
            }
            for (std::uint32_t other = 0; other < keys.size(); ++other)
                REQUIRE(known[other].match(text, spans.data()) == 0);
            if (!known.is_learning()) continue;
            const std::uint32_t learnt = known.learn(*own);
            REQUIRE(learnt != KnownShapes::none);
            if (learnt == keys.size()) keys.emplace_back();
            keys[learnt] = own->keys();
            REQUIRE(known.learn(*own) == KnownShapes::none);
        }
        CHECK(keys.size() <= KnownShapes::most);
        CHECK(found > (forms <= 40 ? 4'900 : 500));
    }
}

TEST_CASE("of a record whose shape is not known the members are found that it has in common with others") {
    JsonScanner scanner;
    KnownShapes known;
    const std::string first = "{\"id\":\"e1\",\"time\":\"t1\",\"user\":\"u1\"}\n";
    const std::string second = "{\"time\":\"t1\",\"user\":\"u1\"}\n";
    REQUIRE(known.learn(*shape_of(scanner, first)) == 0);
    REQUIRE(known.learn(*shape_of(scanner, second)) == 1);
    std::vector<Span> spans(8);
    const auto until_time = [](std::uint32_t number) { return number == 0 ? 2U : 1U; };
    const auto time_of = [&](const std::string& line) {
        const std::string text = with_margin(line);
        const std::uint32_t number = known.find_beginning(text, spans.data(), until_time);
        if (number == KnownShapes::none) return std::string("none");
        const Span& span = spans[until_time(number) - 1];
        return text.substr(span.begin, span.end - span.begin);
    };
    CHECK(time_of("{\"id\":\"e7\",\"time\":\"t7\",\"host\":\"h\"}\n") == "t7");
    CHECK(time_of("{\"time\":\"t8\",\"host\":\"h\"}\n") == "t8");
    CHECK(time_of("{\"host\":\"h\",\"time\":\"t9\"}\n") == "none");
    CHECK(time_of("nothing\n") == "none");
}
