#include "stdlib/sources/json_scanner.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace watchword::stdlib;

namespace {

struct Piece {
    const char* written;
    const char* meant; ///< nullptr: it is no escape
};

/// Pieces of which the first `kinds` may come.
constexpr Piece pieces[] = {{"a", "a"},
                            {"Projects", "Projects"},
                            {"\\\\", "\\"},
                            {"\\\"", "\""},
                            {"\\/", "/"},
                            {"ä", "ä"},
                            {"a long name, longer than a vector of 16", "a long name, longer than a vector of 16"},
                            {"\\n", "\n"},
                            {"\\t", "\t"},
                            {"\\u00e4", "ä"},
                            {"\\ud83d\\ude00", "😀"},
                            {"\\x", nullptr},
                            {"\\u12 ", nullptr}};

} // namespace

TEST_CASE("Escapes are resolved alike wherever they stand, and what is none is told") {
    std::mt19937 random(17);
    JsonScanner scanner;
    Arena arena;
    std::size_t wrong = 0;
    for (int round = 0; round < 30'000; ++round) {
        std::string written, meant;
        bool sound = true;
        const std::size_t kinds = round % 2 == 0 ? 7 : std::size(pieces);
        for (std::size_t count = random() % 40; count > 0; --count) {
            const Piece& piece = pieces[random() % (random() % 8 == 0 ? kinds : std::min<std::size_t>(kinds, 9))];
            written += piece.written;
            if (piece.meant == nullptr) sound = false;
            if (sound) meant += piece.meant;
        }
        arena.reset();
        // what stands behind it is not read as a part of it
        const std::string bytes = written + "\\\\\"" + std::string(64, '\\');
        const auto result = scanner.unescape(std::string_view(bytes).substr(0, written.size()), arena,
                                             round % 3 == 0 ? bytes.size() - written.size() : 0);
        INFO(written);
        REQUIRE(result.has_value() == sound);
        if (sound) REQUIRE(*result == meant);
        if (!sound) ++wrong;
    }
    CHECK(wrong > 500);
}

TEST_CASE("A text with escapes takes no more memory than it is long") {
    JsonScanner scanner;
    Arena arena;
    const auto first = scanner.unescape("a\\\\b", arena);
    const auto second = scanner.unescape("C:\\\\" + std::string(200, 'x'), arena);
    const auto third = scanner.unescape("c\\\\d", arena);
    REQUIRE((first && second && third));
    CHECK(*first == "a\\b");
    CHECK(*second == "C:\\" + std::string(200, 'x'));
    CHECK(*third == "c\\d");
}
