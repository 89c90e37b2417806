#include "instructions.hpp"
#include "stdlib/sources/closed_line.hpp"

#include <catch2/catch.hpp>
#include <simdjson.h>

#include <memory>
#include <random>
#include <string>

using namespace watchword::stdlib;
using watchword::source_tests::all_instructions;

namespace {

/// The same byte by byte, as closed_line.hpp says it.
std::size_t closed_line(std::string_view bytes) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos || end < 33 || bytes[0] != '{' || bytes[end - 1] != '}') return 0;
    std::size_t quotes = 0;
    for (std::size_t i = 1; i < end; ++i) {
        if (static_cast<unsigned char>(bytes[i]) < 0x20 || bytes[i] == '{') return 0;
        if (bytes[i] != '"') continue;
        ++quotes;
        if (bytes[i - 1] == '\\') return 0;
    }
    return quotes % 2 == 0 && simdjson::validate_utf8(bytes.data(), end) ? end + 1 : 0;
}

/// In memory of just that size, so that reading beyond it is seen by the sanitizers.
std::size_t judged(ClosedLine skim, const std::string& bytes) {
    const auto exact = std::make_unique<char[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), exact.get());
    return skim({exact.get(), bytes.size()});
}

const std::string record = R"({"type":"web.visit","time":"2025-01-02T08:00:00Z","path":"C:\\a b"})";

} // namespace

TEST_CASE("a line that looks like one record and no more is closed") {
    for (const Instructions instructions : all_instructions()) {
        const ClosedLine skim = closed_line_for(instructions);
        CHECK(judged(skim, record + "\n") == record.size() + 1);
        CHECK(judged(skim, record + "\n{\"") == record.size() + 1);
        CHECK(judged(skim, record + "\n" + std::string(100, '"')) == record.size() + 1);
        CHECK(judged(skim, R"({"text":"größer, 界, and long enough for a window"})"
                           "\n") != 0);
        // no end of line; one that is lost; a record cut off, in a text and outside
        CHECK(judged(skim, record) == 0);
        CHECK(judged(skim, record + record + "\n") == 0);
        CHECK(judged(skim, record.substr(0, 40) + record + "\n") == 0);
        CHECK(judged(skim, record.substr(0, 50) + record + "\n") == 0);
        CHECK(judged(skim, record.substr(0, record.size() - 1) + "\n") == 0);
        // what is told step by step: nested, escaped, short, with a carriage return
        CHECK(judged(skim, R"({"type":"web.visit","time":"2025-01-02T08:00:00Z","a":{}})"
                           "\n") == 0);
        CHECK(judged(skim, R"({"type":"web.visit","time":"2025-01-02T08:00:00Z","a":"\""})"
                           "\n") == 0);
        CHECK(judged(skim, "{\"type\":\"a\",\"time\":\"1\"}\n") == 0);
        CHECK(judged(skim, record + "\r\n") == 0);
        // broken
        CHECK(judged(skim, record.substr(0, 45) + '\t' + record.substr(45) + "\n") == 0);
        CHECK(judged(skim, record.substr(0, 60) + '"' + record.substr(60) + "\n") == 0);
        CHECK(judged(skim, record.substr(0, 60) + '\xff' + record.substr(60) + "\n") == 0);
        CHECK(judged(skim, "") == 0);
        CHECK(judged(skim, "{") == 0);
        CHECK(judged(skim, "\n") == 0);
    }
}

TEST_CASE("whether a line is closed is told alike with all instructions, at all lengths") {
    static constexpr char bytes[] = {'"', '\\', '{', '}', '\n', '\r', '\t', '\0', '\x1f', ' ', '\x7f', '\xc3', '\xff'};
    std::mt19937 random{7}; // NOLINT(cert-msc*): the same each time
    std::size_t closed = 0;
    for (int times = 0; times < 20'000; ++times) {
        std::string text = "{";
        for (std::size_t length = random() % 200; length > 0; --length) text += static_cast<char>('a' + random() % 26);
        for (std::size_t pairs = random() % 6 * 2; pairs > 0; --pairs) text.insert(1 + random() % text.size(), 1, '"');
        text += "}\n";
        if (random() % 2 == 0) text[random() % text.size()] = bytes[random() % sizeof bytes];
        for (std::size_t rest = random() % 3 * (random() % 70); rest > 0; --rest)
            text += bytes[random() % sizeof bytes];
        const std::size_t wanted = closed_line(text);
        closed += wanted != 0 ? 1 : 0;
        for (const Instructions instructions : all_instructions())
            REQUIRE(judged(closed_line_for(instructions), text) == wanted);
    }
    CHECK(closed > 5'000);
    CHECK(closed < 15'000);
}
