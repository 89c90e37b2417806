// parse ∘ print is the identity on trees, print ∘ parse ∘ print is print, and no comment is lost.
#include "dsl/formatter.hpp"
#include "dsl/parser.hpp"
#include "dsl/printer.hpp"
#include "tests/unit/tree_dump.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

using namespace watchword;
using namespace watchword::dsl;

namespace {

/// Prints `text` after checking what must hold for every text; empty if it cannot be read.
std::string printed(const std::string& text) {
    Sources sources;
    Diagnostics diagnostics;
    const Tree tree = parse(sources, sources.add("one", text), diagnostics);
    if (diagnostics.failed()) return {};
    const std::string once = print(sources, tree);
    const Tree again = parse(sources, sources.add("two", once), diagnostics);
    CHECK_FALSE(diagnostics.failed());
    CHECK(tests::dump(tree) == tests::dump(again));
    CHECK(print(sources, again) == once);
    CHECK(again.comments.size() == tree.comments.size());
    return once;
}

std::string expression(const std::string& text) {
    Sources sources;
    Diagnostics diagnostics;
    Tree tree;
    const ExprId id = parse_expression(sources, sources.add("e", text), tree, diagnostics);
    REQUIRE(id != no_expr);
    const std::string result = print(tree, id);
    Tree again;
    const ExprId second = parse_expression(sources, sources.add("f", result), again, diagnostics);
    REQUIRE(second != no_expr);
    CHECK(tests::TreeDump{tree}.expression(id) == tests::TreeDump{again}.expression(second));
    return result;
}

} // namespace

TEST_CASE("expressions keep only the parentheses they need") {
    CHECK(expression("((a)) and (b or c)") == "a and (b or c)");
    CHECK(expression("(a and b) and c") == "a and b and c");
    CHECK(expression("a and (b and c)") == "a and (b and c)");
    CHECK(expression("(a - b) - (c - d)") == "a - b - (c - d)");
    CHECK(expression("-(a + b) * 2") == "-(a + b) * 2");
    CHECK(expression("not (a in b)") == "not a in b");
    CHECK(expression("(not a) == b") == "(not a) == b");
    CHECK(expression("a not  contains~ b") == "a not contains~ b");
    CHECK(expression("not (a contains b)") == "not a contains b");
    CHECK(expression("not (a not overlaps b) and (c not like d) == e") ==
          "not a not overlaps b and (c not like d) == e");
    CHECK(expression("(if a then b else c) or d") == "(if a then b else c) or d");
    CHECK(expression("d or if a then b else c") == "d or if a then b else c");
    CHECK(expression("(any x in l : x > 1) and y") == "(any x in l : x > 1) and y");
    CHECK(expression("(a, b) in t and n in 1..(2)") == "(a, b) in t and n in 1..2");
    CHECK(expression("sum(x where y) over 60m") == "sum(x where y) over 1h");
    CHECK(expression("sum(x, where y) over 60m") == "sum(x where y) over 1h");
    CHECK(expression("usual(count() per day, past 30d, at least 5).mean") ==
          "usual(count() per day, past 30d, at least 5).mean");
    CHECK(expression("`a b`.c + `like`") == "`a b`.c + `like`");
    CHECK(expression("33% + 7% + 0.5") == "33% + 7% + 0.5");
}

TEST_CASE("literals stay as they were written") {
    CHECK(printed("let a = 24h\nlet b = 1_000\nlet c = 0x") == "");
    CHECK(printed("let a = 24h") == "let a = 24h\n");
    CHECK(printed("signal S on x when count() over 24h > 1_000") ==
          "signal S\n  on    x\n  when  count() over 24h > 1_000\n");
}

TEST_CASE("comments stay with what they are about") {
    CHECK(printed("# a\nlet x = 1 # b\n# c\n\n\n\n# d\nlet y = 2\n# e") ==
          "# a\nlet x = 1  # b\n# c\n\n# d\nlet y = 2\n# e\n");
    CHECK(printed("policy P { # why\n # first\n owner \"a\" # who\n\n\n # last\n}") ==
          "policy P {  # why\n  # first\n  owner     \"a\"  # who\n\n  # last\n}\n");
    CHECK(printed("let x = # in the middle\n  1\n## doc\nlet y = 2") ==
          "let x = 1  # in the middle\n## doc\nlet y = 2\n");
    printed("event e { # a\n ## doc\n x int # b\n ## not doc\n\n y int }\n## lost?\n");
    printed("signal S on a ## x\n where b ## y\n and c\n## z\nsignal T on b\n");
    printed("list l = [ # a\n 1, # b\n # c\n 2\n # d\n ]\n");
    printed("test \"t\" { at 2025-01-01 a.b { # x\n c: 1, ## y\n d: 2 } x 2 every 1h # z\n }");
    printed("event e { a int\n # end\n} updates employee { # why\n b: c # d\n } # f\n");
}

TEST_CASE("names that are words of clauses come back as names") {
    printed("signal S sequence within 1h { `as` as `where` no `times` `by`.x times 2 } until `signal`");
    printed("event x { `sensitive` bool\n sensitive `in` text }");
    printed("policy P { alert low on `open` opens on `alert`, `signal` closes on `after`, `or`, or after 1d }");
    printed("test \"t\" { expect alert `high` high expect no alert `for` for \"u\" }");
    printed("source s from csv { emit `employee` { a: b } emit employee { id: c } }");
    printed("signal S on * as x where y signal T on signal A, B by where, on");
    printed("signal S sequence within 1h { a.b where x times 1 * as c }");
    printed("policy P { score { +40 for A when (x + 1) > 3 and (if a then b else c)\n +1 + 2 for B(n: 3), once } }");
}

TEST_CASE("every policy file of the tree prints and reads back the same") {
    const char* const root = std::getenv("WATCHWORD_ROOT");
    const std::filesystem::path folder = root == nullptr ? "." : root;
    std::size_t files = 0;
    for (const char* const part : {"stdlib", "examples", "tests/cases", "bench"}) {
        if (!std::filesystem::exists(folder / part)) continue;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / part)) {
            if (entry.path().extension() != ".watch") continue;
            std::ifstream file(entry.path());
            std::stringstream text;
            text << file.rdbuf();
            INFO(entry.path().string());
            printed(text.str());
            ++files;
        }
    }
    CHECK(files > 5);
}

TEST_CASE("text that cannot be read is not formatted") {
    Sources sources;
    Diagnostics diagnostics;
    CHECK_FALSE(format_text(sources, "x.watch", "let x = ", diagnostics));
    CHECK(diagnostics.errors() == 1);
    CHECK(format_text(sources, "x.watch", "let   x=1", diagnostics) == "let x = 1\n");
}
