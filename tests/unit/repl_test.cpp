// A session as a host sees it: an input in, an answer out.
#include "desk/repl.hpp"
#include "tests/standard_compiler.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace watchword;
using namespace watchword::desk;
using Catch::Matchers::Contains;

namespace {

desk::ReplOptions options_of_session(bool reveal = true) {
    ReplOptions options;
    options.compiler = standard_compiler();
    options.compiler.lint = true;
    options.compiler.read = {};
    if (!reveal) options.names = stdlib::Pseudonyms("a key that is long enough to be one");
    return options;
}

constexpr std::string_view signal_text = "signal UsbCopy \"Copied\" on file.copy where removable";
constexpr std::string_view policy_text = R"(policy Leaver "Leaver" {
  purpose "p" basis "b" owner "o"
  opens on hr.resignation
  closes after 30d
  score { +20 for UsbCopy }
  alert low at 20
  alert medium at 40
})";
std::string copy_at(std::string_view time, std::string_view user = "u1") {
    return "at " + std::string(time) + " file.copy { user: \"" + std::string(user) +
           "\", host: \"pc1\", path: \"/a\", bytes: 1MB, removable: true }";
}

/// A session in which u1 has resigned.
struct Session {
    explicit Session(bool reveal = true) : repl(options_of_session(reveal)) {
        REQUIRE(repl.enter(signal_text).kind == AnswerKind::declared);
        REQUIRE(repl.enter(policy_text).kind == AnswerKind::declared);
        REQUIRE(repl.enter("at 2025-03-03 09:00 hr.resignation { user: \"u1\" }").kind == AnswerKind::moved);
    }
    std::string text(std::string_view input) { return repl.enter(input).text; }
    Repl repl;
};

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("watchword-repl-test-" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name, const std::string& content) const {
        std::ofstream{path / name} << content;
        return (path / name).string();
    }
};

} // namespace

TEST_CASE("an expression is echoed with its type") {
    Repl repl{options_of_session()};
    const Answer answer = repl.enter("100MB * 2");
    REQUIRE(answer.kind == AnswerKind::value);
    REQUIRE(answer.value == "200MB");
    REQUIRE(answer.type == "size");
    REQUIRE(answer.text == "200MB : size\n");
    REQUIRE(repl.enter("let limit = 3").declared == std::vector<std::string>{"let limit"});
    REQUIRE(repl.enter("limit > 2").text == "true : bool\n");
    REQUIRE(repl.enter(":type lower(\"X\")").text == "text\n");
    REQUIRE(repl.enter("").kind == AnswerKind::nothing);
    REQUIRE(repl.enter("# a remark").kind == AnswerKind::nothing);
}

TEST_CASE("what may be absent is shown, and people whom nobody watches are somebody") {
    Repl repl{options_of_session()};
    const auto text = [&](std::string_view input) { return repl.enter(input).text; };
    CHECK_THAT(text("parse_time(\"3/4/25\", \"%m/%d/%Y\")"), Contains("absent : time?"));
    CHECK_THAT(text("parse_time(\"3/4/2025\", \"%m/%d/%Y\")"), Contains("2025-03-04T00:00:00Z"));
    CHECK_THAT(text("parse_time(\"3/4/25\", \"%q\")"), Contains("W0307"));
    REQUIRE(text(copy_at("2025-03-03 10:00", "stranger")).find("error") == std::string::npos);
    CHECK_THAT(text("host"), Contains("pc1 : host"));
    CHECK_THAT(text("removable"), Contains("true"));
    CHECK_THAT(text("device"), Contains("absent : text?"));
    CHECK_THAT(text("first(split(path, \"/\"))"), Contains(": text"));
    CHECK_THAT(text("split(path, \"/\")"), Contains("a] : list<text>"));
}

TEST_CASE("people are found by any of their names") {
    Session session;
    REQUIRE(session.repl.enter("employee \"E-1\" { accounts: [\"u1\", \"anna.lee\"] }").kind != AnswerKind::error);
    for (const char* const name : {":score E-1", ":score u1", ":score ANNA.LEE"})
        CHECK_THAT(session.text(name), Contains("Leaver"));
    CHECK_THAT(session.text(":score anna"), Contains("nobody is called"));
}

TEST_CASE("a field may be called as a declaration begins") {
    Session session;
    session.text("event act { user person, action text, source text }");
    session.text("at 2025-03-03 10:00 act { user: \"u1\", action: \"copy\", source: \"here\" }");
    CHECK(session.text("action == \"copy\"").starts_with("true : bool\n"));
    CHECK(session.text("source in [\"there\"]").starts_with("false : bool\n"));
    CHECK(session.text("source startswith~ \"HE\"").starts_with("true : bool\n"));
    CHECK(session.repl.enter("action tell(who person)").kind == AnswerKind::declared);
}

TEST_CASE("errors are answered and end nothing") {
    Session session;
    for (const char* wrong :
         {"limit > 2", ":nxt", "signal X on file.cpy", "at soon file.copy { }",
          "at 2025-03-03 file.copy { usr: \"u1\" }", "policy P { }", ":load nowhere.watch", ":events nowhere.jsonl",
          ":seek soon", ":advance back", ":state who", ":set weight Nope 3", ":score", ":why-not Nobody u1",
          ":schema file.cpy", ":doc lowr", ":next 0", "1 +"}) {
        INFO(wrong);
        const Answer answer = session.repl.enter(wrong);
        REQUIRE(answer.kind == AnswerKind::error);
        REQUIRE_FALSE(answer.text.empty());
    }
    REQUIRE_THAT(session.text(":nxt"), Contains("did you mean `:next`?"));
    REQUIRE_THAT(session.text(":schema file.cpy"), Contains("`file.copy`"));
    REQUIRE_THAT(session.text(":doc lowr"), Contains("`lower`"));
    REQUIRE(session.repl.enter(copy_at("2025-03-04 09:00")).alerts.size() == 1);
}

TEST_CASE("facts move time and raise alerts; an earlier one changes what came after") {
    Session session;
    REQUIRE(session.repl.enter(copy_at("2025-03-05 09:00")).alerts.size() == 1);
    const Answer earlier = session.repl.enter(copy_at("2025-03-04 09:00"));
    REQUIRE_THAT(earlier.text, Contains("+ MEDIUM Leaver u1 at 2025-03-05T09:00:00Z, score 40"));
    REQUIRE_THAT(session.text(":score u1"), Contains("Leaver: 40"));
    REQUIRE_THAT(session.text(":timeline u1"), Contains("file.copy { user: \"u1\", host: \"pc1\""));
}

TEST_CASE("time travel ends where it began") {
    Session session;
    for (int day = 4; day < 10; ++day) session.repl.enter(copy_at("2025-03-0" + std::to_string(day) + " 09:00"));
    const std::string state = session.text(":state u1");
    for (int i = 0; i < 5; ++i) session.repl.enter(":prev");
    REQUIRE_THAT(session.text(":score u1"), Contains("Leaver: 20"));
    REQUIRE(session.repl.enter(":run until alert").alerts.size() == 1);
    session.repl.enter(":seek 2025-03-03 12:00");
    REQUIRE_THAT(session.text(":who"), Contains("score 0"));
    REQUIRE(session.repl.enter(":run").alerts.size() == 2);
    REQUIRE(session.text(":state u1") == state);
    session.repl.enter(":advance 60d");
    REQUIRE(session.text(":who") == "nobody is watched\n");
    session.repl.enter(":prev");
    session.repl.enter(":next");
    REQUIRE(session.text(":state u1") == state);
}

TEST_CASE("a declaration of a known name takes its place; what that changes is said") {
    Session session;
    session.repl.enter(copy_at("2025-03-04 09:00"));
    const Answer answer = session.repl.enter("signal UsbCopy on file.copy where bytes > 5MB");
    REQUIRE(answer.kind == AnswerKind::declared);
    REQUIRE_THAT(answer.text, Contains("- LOW Leaver"));
    REQUIRE_THAT(session.text(":set weight UsbCopy 30"), Contains("20 → 30"));
    REQUIRE_THAT(session.text(":set level medium 25"), Contains("40 → 25"));
    REQUIRE_THAT(session.text("signal UsbCopy on file.copy where removable"), Contains("+ MEDIUM Leaver"));
}

TEST_CASE("what was entered becomes a test that passes") {
    Session session;
    session.repl.enter(copy_at("2025-03-04 09:00"));
    session.repl.enter(copy_at("2025-03-05 09:00"));
    const Folder folder;
    const std::string file = folder.file("t.watch", "module t\nuse hr, activity\n" + std::string(signal_text) + "\n" +
                                                        std::string(policy_text) + "\n");
    REQUIRE_THAT(session.text(":save-test \"two copies\" " + file), Contains("expect alert Leaver medium for \"u1\""));
    Repl other{options_of_session()};
    REQUIRE(other.enter(":load " + file).text == file + ": 1 policies, 1 tests\n");
}

TEST_CASE("names with backslashes and quotes are those that were typed, and come back so in a test") {
    Session session;
    session.repl.enter(R"(at 2025-03-03 10:00 hr.resignation { user: "CORP\\a\"b" })");
    for (const char* const day : {"04", "05"})
        session.repl.enter(fmt::format(
            R"(at 2025-03-{} 09:00 file.copy {{ user: "CORP\\a\"b", host: "pc1", path: "/x", removable: true }})",
            day));
    CHECK_THAT(session.text(":who"), Contains(R"(corp\a"b)"));
    const std::string saved = session.text(R"(:save-test back\slash)");
    CHECK_THAT(saved, Contains(R"(test "back\\slash")"));
    CHECK_THAT(saved, Contains(R"(for "corp\\a\"b")"));
}

TEST_CASE("a line enters one record or person and nothing else of a test") {
    Session session;
    for (const char* const more : {"advance 4d", "advance to 2025-04-01", "expect nothing else", "lateness 1d"}) {
        INFO(more);
        CHECK_THAT(session.text(copy_at("2025-03-04 09:00") + "\n  " + more), Contains(":advance 1d"));
        CHECK(session.repl.enter(":run").text.find("of 2") == std::string::npos);
    }
}

TEST_CASE("what policies would change is told by the names that they had") {
    Session session;
    session.repl.enter(copy_at("2025-03-04 09:00"));
    session.repl.enter(copy_at("2025-03-05 09:00"));
    const Answer answer = session.repl.enter("use it1003"); // policies of a module come before those that are entered
    CHECK(answer.kind == AnswerKind::declared);
    CHECK(answer.text.find("HRFlagged") == std::string::npos);
    CHECK(answer.text.find("Leaver") == std::string::npos);
}

TEST_CASE("why and why not come from the recording") {
    Session session;
    REQUIRE_THAT(session.text(":why-not Leaver u1"), Contains("NO ALERT  Leaver"));
    session.repl.enter(copy_at("2025-03-04 09:00"));
    REQUIRE_THAT(session.text(":why"), Contains("Copied (UsbCopy)") && Contains("true   removable"));
    REQUIRE_THAT(session.text(":why 7"), Contains("no alert `7`"));
    REQUIRE_THAT(session.text(":why-not Leaver u1"), Contains("it did: LOW Leaver"));
}

TEST_CASE("files are loaded, played and loaded again; people in them stay pseudonyms") {
    const Folder folder;
    const std::string policy = folder.file("p.watch", "module p\nuse hr, activity\n" + std::string(signal_text) + "\n" +
                                                          std::string(policy_text) + "\n");
    const std::string events =
        folder.file("e.jsonl", R"({"type":"hr.resignation","time":"2025-03-03T09:00:00Z","user":"maria"}
{"type":"file.copy","time":"2025-03-04T09:00:00Z","user":"maria","host":"pc1","path":"/a","bytes":1000000,"removable":true}
not a record
{"type":"file.copy","time":"2025-03-05T09:00:00Z","user":"john","host":"pc1","path":"/a","bytes":1000000,"removable":true}
)");
    Repl repl{options_of_session(false)};
    REQUIRE(repl.enter(":load " + policy).kind == AnswerKind::text);
    const Answer read = repl.enter(":events " + events);
    REQUIRE_THAT(read.text, Contains("3 records of 2 people") && Contains("1 rejected"));
    REQUIRE(repl.enter(":run until alert").alerts.size() == 1);
    const std::string who = repl.enter(":who").text;
    REQUIRE_THAT(who, Contains("p-") && !Contains("maria"));
    REQUIRE_THAT(repl.enter(":next").text, !Contains("john"));
    const std::string pseudonym = who.substr(0, 18);
    REQUIRE_THAT(repl.enter(":score " + pseudonym).text, Contains("Leaver: 20"));
    REQUIRE_THAT(repl.enter(":why").text, Contains(pseudonym) && Contains("e.jsonl:2") && !Contains("maria"));
    folder.file("p.watch", "module p\nuse hr, activity\nsignal UsbCopy on file.copy where bytes > 1GB\n" +
                               std::string(policy_text) + "\n");
    REQUIRE_THAT(repl.enter(":reload").text, Contains("- LOW Leaver"));
}

TEST_CASE("words are completed from program and data, and brackets hold an input open") {
    Session session;
    const auto words = [&](std::string_view line) { return session.repl.complete(line, line.size()).words; };
    const auto has = [](const std::vector<std::string>& all, std::string_view word) {
        return std::find(all.begin(), all.end(), word) != all.end();
    };
    REQUIRE(words(":sche") == std::vector<std::string>{":schema"});
    REQUIRE(has(words("at 2025-03-03 file."), "file.copy"));
    REQUIRE(has(words("at 2025-03-03 file.copy { remov"), "removable"));
    REQUIRE(has(words(":why-not Lea"), "Leaver"));
    REQUIRE(has(words(":set weight Usb"), "UsbCopy"));
    REQUIRE(has(words(":state u"), "u1"));
    REQUIRE(has(words("low"), "lower"));
    REQUIRE_FALSE(is_complete("policy P {"));
    REQUIRE_FALSE(is_complete("signal X \"title\""));
    REQUIRE(is_complete("lower(\"{\")"));
    REQUIRE(is_complete("1 # {"));
    REQUIRE(is_complete("policy P { purpose \"}\" }"));
}
