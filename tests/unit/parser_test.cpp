// The parser, seen from its results: trees, errors with their places, and text that means harm.
#include "dsl/grammar.hpp"
#include "dsl/parser.hpp"
#include "tests/unit/tree_dump.hpp"

#include <tao/pegtl/contrib/analyze.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace watchword;
using namespace watchword::dsl;

namespace {

struct Parsed {
    Sources sources;
    Diagnostics diagnostics;
    Tree tree;

    explicit Parsed(std::string text) {
        const std::uint32_t file = sources.add("test.watch", std::move(text));
        tree = parse(sources, file, diagnostics);
    }
    std::string code(std::size_t index = 0) const {
        return index < diagnostics.all().size() ? std::string{row(diagnostics.all()[index].code).code} : "";
    }
    std::string_view marked(std::size_t index = 0) const { return sources.text(diagnostics.all().at(index).span); }
    template <class Node>
    const Node& decl(std::size_t index = 0) const {
        return std::get<Node>(tree.declarations.at(index).node);
    }
};

std::string expression(std::string text) {
    Sources sources;
    Diagnostics diagnostics;
    Tree tree;
    const std::uint32_t file = sources.add("expression", std::move(text));
    const ExprId id = parse_expression(sources, file, tree, diagnostics);
    if (id == no_expr) return row(diagnostics.all().at(0).code).code.data();
    return tests::TreeDump{tree}.expression(id);
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string result;
    for (std::size_t index = 0; index < times; ++index) result += text;
    return result;
}

} // namespace

TEST_CASE("the grammar has no rule that could loop without progress") {
    CHECK(tao::pegtl::analyze<grammar::declaration>() == 0);
    CHECK(tao::pegtl::analyze<grammar::lone_expression>() == 0);
}

TEST_CASE("operators bind as the language says") {
    CHECK(expression("not device ?? \"\" in ok") == expression("not ((device ?? \"\") in ok)"));
    CHECK(expression("a or b and not c == d") == expression("a or (b and (not (c == d)))"));
    CHECK(expression("1 + 2 * -x mod 3") == expression("1 + ((2 * (-x)) mod 3)"));
    CHECK(expression("a - b - c") == expression("(a - b) - c"));
    CHECK(expression("a ?? b + 1") == expression("a ?? (b + 1)"));
    CHECK(expression("if a then b else c or d") == expression("if a then b else (c or d)"));
    CHECK(expression("any x in l : x > 1 and y") == expression("any x in l : (x > 1 and y)"));
    CHECK(expression("x not in 1..5") != expression("x in 1..5"));
    CHECK(expression("x not contains y") == expression("not x contains y"));
    CHECK(expression("x ?? z not like~ y and w") == expression("(not ((x ?? z) like~ y)) and w"));
    CHECK(expression("a like~ \"x\"") != expression("a like \"x\""));
}

TEST_CASE("an aggregate with several arguments is a function") {
    CHECK(expression("min(a, b)") != expression("min(a)"));
    CHECK(expression("count(where x) over 1h") == expression("count( where x ) over 60m"));
    CHECK(expression("sum(x where y)") == expression("sum(x, where y)"));
    CHECK(expression("count") == expression("`count`"));
}

TEST_CASE("literals have their values") {
    CHECK(expression("1h30m") == expression("90m"));
    CHECK(expression("1.5GB") == expression("1500MB"));
    CHECK(expression("1KiB") == expression("1024B"));
    CHECK(expression("2025-03-01 09:00") == expression("2025-03-01T09:00:00"));
    CHECK(expression("2025-03-01T09:00:00+02:00") == expression("2025-03-01T07:00Z"));
    CHECK(expression("1_000") == expression("1000"));
    CHECK(expression(R"("a\tb")") != expression(R"(r"a\tb")"));
    CHECK(expression(R"("\u{41}")") == expression(R"("A")"));
    CHECK(expression("12abc") == "W0105");
    CHECK(expression("2024-02-29") == expression("2024-02-29 00:00"));
}

TEST_CASE("clause words stay usable as names") {
    const Parsed parsed("event x.y { on text, where int? by bool opens real policy text }\n"
                        "signal A on x.y where on == \"a\" and where > 3 by by, policy when count() over 1h > 2\n");
    REQUIRE_FALSE(parsed.diagnostics.failed());
    CHECK(parsed.decl<EventDecl>().fields.size() == 5);
    CHECK(parsed.decl<SignalDecl>(1).by.size() == 2);
}

TEST_CASE("doc comments belong to what follows them") {
    const Parsed parsed("# head\n\n## One.\n## Two.\nevent a {\n  ## The field.\n  b int # not doc\n  c int\n}\n");
    REQUIRE_FALSE(parsed.diagnostics.failed());
    CHECK(parsed.tree.declarations[0].doc == "One.\nTwo.");
    CHECK(parsed.decl<EventDecl>().fields[0].doc == "The field.");
    CHECK(parsed.decl<EventDecl>().fields[1].doc.empty());
    CHECK(parsed.tree.comments.size() == 5);
}

TEST_CASE("spans are exact") {
    const Parsed parsed("let a =   1 + 2   # three\nsignal S on x.y  where  b\n");
    REQUIRE_FALSE(parsed.diagnostics.failed());
    CHECK(parsed.sources.text(parsed.tree.declarations[0].span) == "let a =   1 + 2");
    CHECK(parsed.sources.text(parsed.tree.declarations[1].span) == "signal S on x.y  where  b");
    CHECK(parsed.sources.text(parsed.tree[parsed.decl<LetDecl>().value].span) == "1 + 2");
}

TEST_CASE("an error does not hide the next one") {
    const Parsed parsed("signal A on\nlet x = \npolicy P { purpos \"x\" }\nlist ok = [1]\nlet y == 3\n");
    CHECK(parsed.diagnostics.errors() == 4);
    REQUIRE(parsed.tree.declarations.size() == 1);
    CHECK(parsed.decl<ListDecl>().name.text == "ok");
}

TEST_CASE("a bracket left open does not swallow the file") {
    const Parsed parsed("policy P {\n  owner \"a\"\n\nlet x = 1\nlet y = 2\n");
    REQUIRE(parsed.diagnostics.errors() == 1);
    CHECK(parsed.code() == "W0113");
    CHECK(parsed.marked() == "{");
    CHECK(parsed.tree.declarations.size() == 2);
}

TEST_CASE("a clause given twice names the first") {
    const Parsed parsed("policy P {\n  owner \"a\"\n  owner \"b\"\n}\n");
    REQUIRE(parsed.code() == "W0108");
    REQUIRE(parsed.diagnostics.all()[0].notes.size() == 1);
    CHECK(parsed.sources.position(0, parsed.diagnostics.all()[0].notes[0].span.begin).line == 2);
}

TEST_CASE("a line of the score may follow a condition") {
    const Parsed parsed("policy P { score { +40 for A when x > 3\n +5 for B, once } }\n");
    REQUIRE_FALSE(parsed.diagnostics.failed());
    CHECK(parsed.decl<PolicyDecl>().score->terms.size() == 2);
}

TEST_CASE("an expectation's time is not the time of an event") {
    const Parsed parsed("test \"t\" { expect alert P at 2025-03-04\n at 2025-03-05 file.copy { user: \"u\" } }\n"
                        "test \"u\" { expect alert P\n at 2025-03-05 file.copy { user: \"u\" } }\n");
    REQUIRE_FALSE(parsed.diagnostics.failed());
    CHECK(parsed.decl<TestDecl>(0).items.size() == 2);
    CHECK(parsed.decl<TestDecl>(1).items.size() == 2);
    CHECK_FALSE(std::get<Expectation>(parsed.decl<TestDecl>(1).items[0]).at);
}

TEST_CASE("nesting and chains beyond the limit are reported, once each") {
    for (const std::string& text :
         {"let x = " + repeated("(", 10'000), "let x = " + repeated("[", 10'000),
          "let x = " + repeated("not ", 10'000) + "y", "let x = " + repeated("-", 100'000) + "1",
          "let x = " + repeated("if a then ", 10'000), "let x = a" + repeated(" and a", 100'000),
          "let x = 1" + repeated(" + 1", 100'000), "let x = " + repeated("f(", 10'000)}) {
        const Parsed parsed(text + "\nlet y = 2\n");
        CHECK(parsed.diagnostics.errors() == 1);
        CHECK(parsed.code() == "W0106");
        CHECK(std::get<LetDecl>(parsed.tree.declarations.back().node).name.text == "y");
    }
}

TEST_CASE("bytes that are no text are reported where they stand") {
    const Parsed parsed(std::string("let x = \"a\xE4z\"\nlet \0y = 1\n# \xFF\xFE\n", 30));
    REQUIRE(parsed.diagnostics.errors() == 3);
    CHECK(parsed.code(0) == "W0102");
    CHECK(parsed.code(1) == "W0103");
    CHECK(parsed.sources.position(0, parsed.diagnostics.all()[1].span.begin).line == 2);
    CHECK(parsed.marked(2) == "\xFF\xFE");
}

TEST_CASE("of very many errors the first are shown and the others counted") {
    const Parsed parsed(repeated("let = 5\n", 2'000));
    CHECK(parsed.diagnostics.all().size() == 201);
    CHECK(parsed.code(200) == "W0107");
    CHECK(parsed.diagnostics.all()[200].message == "and 1800 more errors in this file");
    CHECK(Parsed(repeated("policy {\n", 100'000)).diagnostics.all().size() == 201);
}

TEST_CASE("an empty file is an empty tree") {
    for (const char* text : {"", "\n", "# only a comment", "\xEF\xBB\xBF", "\r\n\t"})
        CHECK_FALSE(Parsed(text).diagnostics.failed());
    CHECK(Parsed("\xEF\xBB\xBFlet x = 1").tree.declarations.size() == 1);
}
