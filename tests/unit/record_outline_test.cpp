#include "stdlib/sources/byte_window.hpp"
#include "stdlib/sources/json_scanner.hpp"
#include "stdlib/sources/record_outline.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace watchword::stdlib;

namespace {

/// A record, member by member.
struct Pieces {
    std::vector<std::string> between; ///< as `RecordOutline::of` takes it
    std::vector<JsonKind> kinds;
    std::vector<std::string> values; ///< without quotes
    std::string line() const {
        std::string all;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::string quote = kinds[i] == JsonKind::text ? "\"" : "";
            all += between[i] + quote + values[i] + quote;
        }
        return all + between.back();
    }
    std::string with_room() const { return line() + std::string(128, '\n'); }
};

std::string random_text(std::mt19937& random) {
    static const char* const pieces[] = {"a", "Projects and more", "\\\\", "\\\"", "\\n", "ä", "}", ",\\u00e4:", "{"};
    std::string text;
    for (std::size_t count = random() % 9 == 0 ? random() % 90 : random() % 6; count > 0; --count)
        text += pieces[random() % std::size(pieces)];
    return text;
}

std::string random_value(std::mt19937& random, JsonKind kind) {
    static const char* const numbers[] = {"0", "7", "12345678901234567890123456789012", "-3", "1.5e9", "-0.25"};
    switch (kind) {
    case JsonKind::text:
        return random_text(random);
    case JsonKind::number:
        return numbers[random() % std::size(numbers)];
    case JsonKind::boolean:
        return random() % 2 == 0 ? "true" : "false";
    default:
        return "null";
    }
}

Pieces random_record(std::mt19937& random, const std::string& gap) {
    Pieces record;
    for (std::size_t i = 0, count = 1 + random() % 20; i < count; ++i) {
        record.between.push_back((i == 0 ? "{" : "," + gap) + ("\"" + std::string(random() % 9, 'k')) +
                                 std::to_string(i) + "\":" + gap);
        record.kinds.push_back(static_cast<JsonKind>(random() % 4));
        record.values.push_back(random_value(random, record.kinds.back()));
    }
    record.between.emplace_back("}\n");
    return record;
}

bool is_scalar(JsonKind kind) { return kind != JsonKind::text; }

} // namespace

TEST_CASE("Records of one outline are told by it, with their values, whatever these are") {
    std::mt19937 random(3);
    for (int round = 0; round < 2000; ++round) {
        Pieces record = random_record(random, round % 4 == 0 ? " " : "");
        auto outline = RecordOutline::of(record.between, record.kinds);
        REQUIRE(outline.has_value() == can(Instructions::avx512));
        for (int more = 0; outline && more < 5; ++more) {
            for (std::size_t i = 0; i < record.kinds.size(); ++i) {
                if (is_scalar(record.kinds[i])) record.kinds[i] = static_cast<JsonKind>(1 + random() % 3);
                record.values[i] = random_value(random, record.kinds[i]);
            }
            std::vector<Span> spans(record.kinds.size());
            const std::string bytes = record.with_room();
            INFO(record.line());
            REQUIRE(outline->match(bytes, spans.data()) == record.line().size());
            CHECK(outline->fits(spans.data()));
            for (std::size_t i = 0; i < spans.size(); ++i) {
                REQUIRE(bytes.substr(spans[i].begin, spans[i].end - spans[i].begin) == record.values[i]);
                REQUIRE(spans[i].kind == record.kinds[i]);
                REQUIRE(spans[i].escaped == (record.values[i].find('\\') != std::string::npos));
            }
        }
    }
}

TEST_CASE("A line of which one byte is another has the outline only if it is the same record but for its values") {
    static const std::string bytes = "\"\\,}{[]:x0.- \t\x1f\x80\xc3\n";
    std::mt19937 random(5);
    JsonScanner scanner;
    std::size_t fitting = 0, refused = 0;
    for (int round = 0; round < 20'000; ++round) {
        const Pieces record = random_record(random, "");
        const auto outline = RecordOutline::of(record.between, record.kinds);
        if (!outline) break; // of which the case before has told
        std::string line = record.line();
        line[random() % line.size()] = bytes[random() % bytes.size()];
        const std::string text = line + std::string(128, '\n');
        std::vector<Span> spans(record.kinds.size());
        const std::size_t length = outline->match(text, spans.data());
        INFO(line);
        if (length == 0) {
            ++refused;
            continue;
        }
        ++fitting;
        std::vector<JsonToken> members;
        REQUIRE(length == text.find('\n') + 1);
        REQUIRE(scanner.index(std::string_view(text).substr(0, length - 1)));
        REQUIRE(scanner.read_record(length - 1, members));
        REQUIRE(members.size() == spans.size());
        for (std::size_t i = 0; i < spans.size(); ++i) {
            REQUIRE(text.substr(spans[i].begin, spans[i].end - spans[i].begin) == members[i].text);
            REQUIRE(spans[i].kind == members[i].kind);
        }
    }
    CHECK((fitting > 1000) == can(Instructions::avx512));
    CHECK((refused > 1000) == can(Instructions::avx512));
}

TEST_CASE("Of a record only the members that are wanted are told") {
    const Pieces record{
        {"{\"a\":", ",\"b\":", ",\"c\":", "}\n"}, {JsonKind::text, JsonKind::text, JsonKind::number}, {"x", "y", "7"}};
    auto outline = RecordOutline::of(record.between, record.kinds);
    REQUIRE(outline.has_value() == can(Instructions::avx512));
    if (!outline) return;
    outline->want({false, true, false});
    std::vector<Span> spans(3);
    CHECK(outline->match(record.with_room(), spans.data()) == record.line().size());
    CHECK(spans[0].end == 0);
    CHECK(spans[1].begin == 14);
    CHECK(spans[1].end == 15);
    CHECK(outline->match(record.line(), spans.data()) == 0); // there may be nothing behind it
}

TEST_CASE("What cannot be told by an outline has none") {
    CHECK_FALSE(RecordOutline::of({"{\"a\":", "}\n"}, {JsonKind::array}));
    CHECK_FALSE(RecordOutline::of({"{\"a\":", "}\n"}, {JsonKind::object}));
    CHECK_FALSE(RecordOutline::of({"{\"a\":", "}\r\n"}, {JsonKind::text}));
    CHECK_FALSE(RecordOutline::of({"{\"a\":\t", "}\n"}, {JsonKind::number}));
    CHECK_FALSE(RecordOutline::of({"{\"" + std::string(5000, 'a') + "\":", "}\n"}, {JsonKind::text}));
}
