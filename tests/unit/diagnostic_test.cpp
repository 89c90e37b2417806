// How diagnostics look, and one golden a syntax error: tests/cases/syntax/*.watch with *.expected beside it;
// WATCHWORD_UPDATE=1 writes them anew.
#include "dsl/diagnostic_text.hpp"
#include "dsl/parser.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

using namespace watchword::dsl;

namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

struct Shown {
    Sources sources;
    Diagnostics diagnostics;
    explicit Shown(std::string text, std::string name = "p.watch") {
        parse(sources, sources.add(std::move(name), std::move(text)), diagnostics);
    }
    std::string as(DiagnosticFormat format, bool colour = false) const {
        return show(diagnostics, sources, format, colour);
    }
};

} // namespace

TEST_CASE("the human layout shows the problem, the cause and the way out") {
    Sources sources;
    const std::uint32_t file =
        sources.add("policies/leaver.watch", "signal A\n  on file.copy\n\n  where removeable and x\n");
    Diagnostics diagnostics;
    Diagnostic& one = diagnostics.add(Code::syntax, {file, 33, 43}, "unknown field `removeable` on event `file.copy`");
    one.label = "no such field";
    one.notes.push_back({{file, 14, 23}, "fields of `file.copy` are declared in activity.watch:41"});
    one.help = "did you mean `removable`?";
    CHECK(show(diagnostics, sources, DiagnosticFormat::human) ==
          "error[W0101]: unknown field `removeable` on event `file.copy`\n"
          " --> policies/leaver.watch:4:9\n"
          "  |\n"
          "2 |   on file.copy\n"
          "  |      --------- fields of `file.copy` are declared in activity.watch:41\n"
          "4 |   where removeable and x\n"
          "  |         ^^^^^^^^^^ no such field\n"
          "  |\n"
          "help: did you mean `removable`?\n"
          "  = more: watchword explain-code W0101\n");
    CHECK(show(diagnostics, sources, DiagnosticFormat::short_line) ==
          "policies/leaver.watch:4:9: error[W0101]: unknown field `removeable` on event `file.copy`\n");
    CHECK(show(diagnostics, sources, DiagnosticFormat::human, true).find("\x1b[1;31m") != std::string::npos);
}

TEST_CASE("machines get byte spans, edits and escaped text") {
    const Shown shown("let x = a && \"\xC3\xA4\"\n", "a,b:c%.watch");
    const std::string json = shown.as(DiagnosticFormat::json);
    CHECK(json.find(R"("begin":10,"end":12,"line":1,"column":11)") != std::string::npos);
    CHECK(json.find(R"("edits":[{"span":)") != std::string::npos);
    CHECK(json.find(R"("text":"and"}])") != std::string::npos);
    const std::string github = shown.as(DiagnosticFormat::github);
    CHECK(github.starts_with("::error file=a%2Cb%3Ac%25.watch,line=1,"));
    const std::string sarif = shown.as(DiagnosticFormat::sarif);
    CHECK(sarif.find(R"("version":"2.1.0")") != std::string::npos);
    CHECK(sarif.find(R"("ruleId":"W0115","ruleIndex":0)") != std::string::npos);
    CHECK(json_escaped("a\"\n\x01\xC3\xA4") == "a\\\"\\n\\u0001\xC3\xA4");
    CHECK(json_escaped("\xFF") == "\\ufffd");
}

TEST_CASE("positions are those that counting gives, however long the lines") {
    std::string text;
    for (int i = 0; i < 700; ++i)
        text += i % 97 == 0 ? "\n" : i % 3 == 0 ? "\xC3\xA4" : i % 5 == 0 ? "\xF0\x9F\x98\x80" : "x";
    Sources sources;
    const std::uint32_t file = sources.add("long.watch", text);
    std::uint32_t line = 1, column = 1;
    for (std::uint32_t offset = 0; offset <= text.size(); ++offset) {
        const Position found = sources.position(file, offset);
        if (found.line != line || found.column != column) FAIL("at byte " << offset);
        if (offset == text.size()) break;
        if (text[offset] == '\n') {
            ++line;
            column = 1;
        } else if ((static_cast<unsigned char>(text[offset]) & 0xC0U) != 0x80U) {
            ++column;
        }
    }
    CHECK(sources.position(file, UINT32_MAX).line == line); // beyond the end is the end
}

TEST_CASE("of a long line the human layout shows what is around the mark") {
    std::string text = "event a.b { user person";
    for (int i = 0; i < 300; ++i) text += " \xC3\xA4 text";
    const Shown shown(text + " }\n");
    REQUIRE_FALSE(shown.diagnostics.all().empty());
    const std::string human = shown.as(DiagnosticFormat::human);
    std::size_t longest = 0;
    std::istringstream lines{human};
    for (std::string one; std::getline(lines, one);) longest = std::max(longest, one.size());
    CHECK(longest < 2 * 160 + 10); // bytes
    CHECK(human.find("^") != std::string::npos);
}

TEST_CASE("every code has a page, and its number once") {
    std::set<std::string_view> seen;
    for (const CodeRow& one : codes()) {
        CHECK(seen.insert(one.code).second);
        CHECK_FALSE(one.explanation.empty());
        CHECK(explain_code(one.code));
    }
    CHECK(explain_code("w0101"));
    CHECK_FALSE(explain_code("W9999"));
}

TEST_CASE("the nearest word is suggested only when it is near") {
    const std::vector<std::string_view> words{"removable", "bytes", "where"};
    CHECK(nearest("removeable", words) == "removable");
    CHECK(nearest("zzz", words).empty());
    CHECK(nearest(std::string(100'000, 'a'), words).empty());
}

TEST_CASE("syntax errors read as the goldens say") {
    const char* const root = std::getenv("WATCHWORD_ROOT");
    const std::filesystem::path folder = std::filesystem::path(root == nullptr ? "." : root) / "tests/cases/syntax";
    std::set<std::string_view> met;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".watch") continue;
        const Shown shown(read(entry.path()), entry.path().filename().string());
        for (const Diagnostic& one : shown.diagnostics.all()) met.insert(row(one.code).code);
        std::filesystem::path expected = entry.path();
        expected.replace_extension(".expected");
        const std::string text = shown.as(DiagnosticFormat::human);
        INFO(entry.path().string());
        CHECK_FALSE(text.empty());
        if (std::getenv("WATCHWORD_UPDATE") != nullptr) std::ofstream(expected, std::ios::binary) << text;
        CHECK(text == read(expected));
    }
    for (const CodeRow& one : codes()) {
        INFO(one.code);
        if (one.code.starts_with("W010") || one.code.starts_with("W011")) CHECK(met.contains(one.code));
    }
}
