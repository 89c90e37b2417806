#include "instructions.hpp"
#include "stdlib/sources/record_shape.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace watchword::stdlib;
using watchword::source_tests::all_instructions;

namespace {

std::string with_margin(const std::string& line) { return line + std::string(2 * RecordShape::margin, '\n'); }

/// What the general scanner makes of the first line; nullopt: it refuses it.
std::optional<std::vector<JsonToken>> scan(JsonScanner& scanner, std::string_view text) {
    std::vector<JsonToken> members;
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!scanner.index(line) || !scanner.read_record(line.size(), members)) return std::nullopt;
    return members;
}

std::string random_text(std::mt19937& random) {
    static const char* const pieces[] = {"a", "Projects", "\\\\", "\\\"", "\\n",     "ä", "界",
                                         "}", ",",        "{",    ":",    "\\u00e4", " ", "x.docx"};
    std::string text;
    for (std::size_t count = random() % 12; count > 0; --count) text += pieces[random() % std::size(pieces)];
    return text;
}

std::string random_value(std::mt19937& random, int depth = 0) {
    if (depth < 3 && random() % 6 == 0) {
        const bool object = random() % 2 == 0;
        std::string value(1, object ? '{' : '[');
        for (std::size_t count = random() % 3, i = 0; i < count; ++i)
            value += (i == 0 ? "" : ",") + (object ? "\"" + random_text(random) + "\":" : "") +
                     random_value(random, depth + 1);
        return value + (object ? '}' : ']');
    }
    static const char* const scalars[] = {"0",    "17", "-3", "1.5e9", "true", "false", "null", "9007199254740993",
                                          "-0.25"};
    return random() % 3 == 0 ? scalars[random() % std::size(scalars)] : "\"" + random_text(random) + "\"";
}

std::string random_line(std::mt19937& random, std::size_t members, const std::string& gap) {
    std::string line = "{";
    for (std::size_t i = 0; i < members; ++i)
        line += (i == 0 ? "" : "," + gap) + "\"key" + std::to_string(i * 7919 % 100'000) + "\":" + gap +
                random_value(random);
    return line + "}\n";
}

void damage(std::string& line, std::mt19937& random) {
    static const char bytes[] = {'"',  '\\',   ',',    '}',    '{', '[', ']', '\0', '\x1f',
                                 '\t', '\x80', '\xc3', '\xff', 'e', '0', ':', '\n', ' '};
    const std::size_t place = random() % line.size();
    switch (random() % 3) {
    case 0:
        line[place] = bytes[random() % sizeof bytes];
        break;
    case 1:
        line.insert(place, 1, bytes[random() % sizeof bytes]);
        break;
    default:
        line.erase(place, 1);
    }
}

/// Shows the shape so many records with texts of these lengths that it relies on them.
void accustom(RecordShape& shape, const std::string& line, std::vector<Span>& spans) {
    const std::string text = with_margin(line);
    for (int times = 0; times < 20; ++times) {
        REQUIRE(shape.match(text, spans.data()) == line.size());
        shape.get_used_to(spans.data());
    }
}

} // namespace

TEST_CASE("A record fits the shape of another with the same keys, whatever its values are") {
    JsonScanner scanner;
    std::mt19937 random(7);
    for (const Instructions instructions : all_instructions())
        for (int round = 0; round < 500; ++round) {
            const std::string gap = round % 5 == 0 ? " " : "";
            const std::size_t members = 1 + random() % 9;
            const std::string first = random_line(random, members, gap);
            const auto tokens = scan(scanner, first);
            REQUIRE(tokens);
            auto shape = RecordShape::of(first, *tokens, instructions);
            REQUIRE(shape);
            std::vector<Span> spans(members);
            for (int more = 0; more < 4; ++more) {
                const std::string line = random_line(random, members, gap);
                const std::string text = with_margin(line);
                const auto wanted = scan(scanner, text);
                REQUIRE(wanted);
                INFO(line);
                REQUIRE(shape->match(text, spans.data()) == line.size());
                for (std::size_t i = 0; i < members; ++i) {
                    CHECK(text.substr(spans[i].begin, spans[i].end - spans[i].begin) == (*wanted)[i].text);
                    CHECK(spans[i].kind == (*wanted)[i].kind);
                    CHECK(spans[i].escaped == (*wanted)[i].escaped);
                }
                shape->get_used_to(spans.data());
            }
        }
}

TEST_CASE("A line that is broken in whatever way fits a shape only if it is a record all the same") {
    JsonScanner scanner;
    std::mt19937 random(11);
    std::size_t fitting = 0, refused = 0;
    for (const Instructions instructions : all_instructions())
        for (int round = 0; round < 20'000; ++round) {
            const std::size_t members = 1 + random() % 5;
            std::string line = random_line(random, members, "");
            const auto tokens = scan(scanner, line);
            REQUIRE(tokens);
            auto shape = RecordShape::of(line, *tokens, instructions);
            REQUIRE(shape);
            std::vector<Span> spans(members);
            if (round % 2 == 0) accustom(*shape, line, spans);
            for (std::size_t count = 1 + random() % 2; count > 0; --count) damage(line, random);
            const std::string text = with_margin(line);
            const std::size_t length = shape->match(text, spans.data());
            const auto wanted = scan(scanner, text);
            INFO(line);
            if (length == 0) {
                ++refused;
                continue;
            }
            ++fitting;
            REQUIRE(length == text.find('\n') + 1);
            REQUIRE(wanted);
            REQUIRE(wanted->size() == members);
            for (std::size_t i = 0; i < members; ++i) {
                REQUIRE((*wanted)[i].key == shape->keys()[i]);
                REQUIRE(text.substr(spans[i].begin, spans[i].end - spans[i].begin) == (*wanted)[i].text);
                REQUIRE(spans[i].kind == (*wanted)[i].kind);
            }
        }
    CHECK(fitting > 1000);
    CHECK(refused > 1000);
}

TEST_CASE("What a shape has got used to changes nothing of what it finds") {
    JsonScanner scanner;
    std::mt19937 random(13);
    std::size_t fitting = 0, refused = 0;
    static const char* const words[] = {"abcdef",  "pc-001", "\\u00e4", "ab\\\\cd", "abcd\xc3\xa4",
                                        "abcdefg", "",       "a\"bcde", "ab\tcde",  "abcde\xff"};
    const auto make = [&](std::size_t members, std::size_t kinds) {
        std::string line = "{";
        for (std::size_t i = 0; i < members; ++i)
            line += (i == 0 ? "" : ",") + ("\"key" + std::to_string(i)) + "\":\"" +
                    words[random() % 8 == 0 ? random() % kinds : random() % 2] + '"';
        return line + "}\n";
    };
    for (const Instructions instructions : all_instructions())
        for (int round = 0; round < 2'000; ++round) {
            const std::size_t members = 2 + random() % 12;
            const std::string first = make(members, 2);
            auto shape = RecordShape::of(first, *scan(scanner, first), instructions);
            REQUIRE(shape);
            std::vector<Span> spans(members);
            accustom(*shape, first, spans);
            for (int more = 0; more < 10; ++more) {
                const std::string line = make(members, std::size(words));
                const std::string text = with_margin(line);
                const auto wanted = scan(scanner, text);
                INFO(line);
                const std::size_t length = shape->match(text, spans.data());
                REQUIRE(length == (wanted ? line.size() : 0));
                ++(wanted ? fitting : refused);
                for (std::size_t i = 0; wanted && i < members; ++i) {
                    REQUIRE(text.substr(spans[i].begin, spans[i].end - spans[i].begin) == (*wanted)[i].text);
                    REQUIRE(spans[i].escaped == (*wanted)[i].escaped);
                }
            }
        }
    CHECK(fitting > 1000);
    CHECK(refused > 1000);
}

TEST_CASE("Records that have no shape are left to the general scanner") {
    JsonScanner scanner;
    for (const char* line : {"{\"\\u0061\":1}\n", "{\"a\":1,\"a\":2}\n", "{}\n", "{\"a\":1}"}) {
        const auto tokens = scan(scanner, line);
        REQUIRE(tokens);
        CHECK_FALSE(RecordShape::of(line, *tokens));
    }
}

TEST_CASE("A record at the end of the memory is not compared, so that nothing behind it is read") {
    JsonScanner scanner;
    const std::string line = "{\"user\":\"u1\"}\n";
    const auto shape = RecordShape::of(line, *scan(scanner, line));
    REQUIRE(shape);
    Span span;
    CHECK(shape->match(line, &span) == 0);
    CHECK(shape->match(with_margin(line), &span) == line.size());
}
