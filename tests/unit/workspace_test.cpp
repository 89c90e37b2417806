// Files that are edited, as a workspace sees them, and what desk says about places in them.
#include "desk/editor/call_help.hpp"
#include "desk/editor/completion_place.hpp"
#include "desk/editor/hover.hpp"
#include "desk/editor/keywords.hpp"
#include "desk/editor/line_edits.hpp"
#include "desk/editor/name_places.hpp"
#include "desk/editor/outline.hpp"
#include "desk/editor/proposals.hpp"
#include "desk/editor/references.hpp"
#include "desk/editor/renaming.hpp"
#include "desk/editor/token_marks.hpp"
#include "desk/editor/written_tokens.hpp"
#include "tests/standard_compiler.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>

using namespace watchword;
using namespace watchword::desk;

namespace {

/// Files in memory; a change of one is noticed by its stamp.
struct Folder {
    std::map<std::string, std::string> files;
    std::map<std::string, std::uint64_t> stamps;

    void write(const std::string& path, std::string text) {
        files[path] = std::move(text);
        ++stamps[path];
    }
    Disk disk() {
        return {[this](const std::string& path) {
                    const auto found = files.find(path);
                    return found == files.end() ? std::nullopt : std::optional(found->second);
                },
                [this](const std::string& path) {
                    const auto found = stamps.find(path);
                    return found == stamps.end() ? 0 : found->second;
                },
                [this] {
                    std::vector<std::string> paths;
                    for (const auto& [path, text] : files) paths.push_back(path);
                    return paths;
                }};
    }
};

std::uint32_t behind(const std::string& text, const std::string& marked) {
    const std::size_t found = text.find(marked);
    REQUIRE(found != std::string::npos);
    return static_cast<std::uint32_t>(found + marked.size());
}

const std::string shared = R"(module shared
use hr, activity
list kiosks = ["k1"]
event door.open { user person, side enum(in_, out_) = in_, host host }
signal Opened on door.open where side == out_ and host not in kiosks
)";
const std::string watching = R"(module watching
use shared, hr
policy Doors {
  purpose "p" basis "b" owner "o"
  opens on hr.layoff as n
  closes 3d after n.last_day, or after 9d
  score { +5 for Opened }
  alert low at 5
}
)";

struct Both {
    Folder folder;
    Workspace workspace{standard_compiler(), folder.disk()};
    Both() {
        folder.write("/w/shared.watch", shared);
        folder.write("/w/watching.watch", watching);
        workspace.open("/w/watching.watch", watching);
    }
    const CheckedFile& open(const std::string& path, const std::string& text) {
        workspace.open(path, text);
        const CheckedFile* file = workspace.checked(path);
        REQUIRE(file != nullptr);
        return *file;
    }
};

std::string written(const CheckedFile& file, const NamePlace& place) {
    return std::string(file.sources.text(place.span));
}

} // namespace

TEST_CASE("open texts win over the disk, and what uses a file is checked anew when it changes") {
    Both both;
    const CheckedFile* before = both.workspace.checked("/w/watching.watch");
    REQUIRE(before != nullptr);
    CHECK(before->fine());
    CHECK(both.workspace.checked("/w/watching.watch") == before);
    CHECK(both.workspace.checked("/w/shared.watch") == nullptr); // not open

    both.workspace.open("/w/shared.watch", "module shared\n");
    CHECK_FALSE(both.workspace.checked("/w/watching.watch")->fine());
    REQUIRE(both.workspace.last_fine("/w/watching.watch") != nullptr);
    CHECK(both.workspace.last_fine("/w/watching.watch")->fine());
    both.workspace.close("/w/shared.watch");
    CHECK(both.workspace.checked("/w/watching.watch")->fine());
    both.folder.write("/w/shared.watch", "module shared\nuse hr\n");
    CHECK_FALSE(both.workspace.checked("/w/watching.watch")->fine());
    both.folder.files.erase("/w/shared.watch");
    both.folder.stamps.erase("/w/shared.watch");
    CHECK_FALSE(both.workspace.checked("/w/watching.watch")->fine());
}

TEST_CASE("a name is known by where it is declared") {
    Both both;
    const CheckedFile& file = both.open("/w/shared.watch", shared);
    const std::vector<NamePlace> places = name_places(file.model, file.tree);
    for (const NamePlace& place : places) {
        INFO(place.name);
        CHECK(place.span.file == file.root);
        CHECK(written(file, place).find(place.name) != std::string::npos);
    }
    const auto count = [&](NameKind kind) {
        return std::count_if(places.begin(), places.end(), [&](const NamePlace& place) { return place.kind == kind; });
    };
    CHECK(count(NameKind::field) == 5); // three declared, two read
    CHECK(count(NameKind::word) == 4);
    CHECK(count(NameKind::list) == 2);
    CHECK(count(NameKind::module) == 3);
    CHECK(count(NameKind::event) == 2);
    CHECK(place_at(places, behind(shared, "host not in kio"))->kind == NameKind::list);
    CHECK(place_at(places, behind(shared, "where ") - 2) == nullptr);
}

TEST_CASE("fields of several events are one name, and an alias is known in its file alone") {
    Both both;
    const std::string text = "event a.one { user person, size int }\nevent a.two { user person, size int }\n"
                             "signal S on a.* as e where e.size > 2\nsignal T on a.one where size > 2\n";
    const CheckedFile& file = both.open("/w/t.watch", text);
    CHECK(file.fine());
    const std::vector<NamePlace> places = name_places(file.model, file.tree);
    CHECK(place_at(places, behind(text, "e.siz"))->declared.size() == 2);
    CHECK(highlights(file, behind(text, "e.siz")).size() == 4);
    CHECK(highlights(file, behind(text, "where size") - 1).size() == 3); // of `a.two` it says nothing
    CHECK(highlights(file, behind(text, "as e")).size() == 2);
    const Renaming renaming = rename(both.workspace, "/w/t.watch", behind(text, "where siz"), "amount");
    CHECK(renaming.problem == "");
    REQUIRE(renaming.changes.size() == 1);
    CHECK(renaming.changes.begin()->second.size() == 4); // `e.size` ties both declarations together
}

TEST_CASE("renaming goes through files, and is refused where something else would be meant") {
    Both both;
    const auto renamed = [&](const std::string& marked, const std::string& name) {
        return rename(both.workspace, "/w/watching.watch", behind(watching, marked), name);
    };
    const Renaming fine = renamed("for Open", "Door");
    CHECK(fine.problem == "");
    CHECK(fine.changes.size() == 2);
    CHECK(renamed("for Open", "kiosks").problem.find("something else") != std::string::npos);
    CHECK(renamed("for Open", "or").problem.find("cannot be a name") != std::string::npos);
    CHECK(renamed("for Open", "").problem.find("cannot be a name") != std::string::npos);
    CHECK(renamed("n.last_da", "day").problem.find("standard module <hr>") != std::string::npos);
    CHECK(renamed("use sha", "common").problem.find("file") != std::string::npos);
    CHECK(renamed("purp", "aim").problem == "there is no name here");
    // another file that sees the name has one of its own that is called so
    both.folder.write(
        "/w/other.watch",
        "module other\nuse shared, activity\nlist Door = [\"a\"]\nsignal X on file.copy where path in Door\n");
    CHECK(renamed("for Open", "Door").problem.find("/w/other.watch") != std::string::npos);
}

TEST_CASE("a column that is read by its name is not renamed") {
    Both both;
    const std::string text = "use hr\nsource s from csv {\n  person Who\n  text Why from \"Reason\"\n"
                             "  emit hr.resignation { user: Who, time: parse_time(When), reason: Why }\n}\n";
    both.open("/w/s.watch", text);
    CHECK(rename(both.workspace, "/w/s.watch", behind(text, "user: Wh"), "Person").problem.find("from \"Who\"") !=
          std::string::npos);
    CHECK(rename(both.workspace, "/w/s.watch", behind(text, "reason: Wh"), "Reason").changes["/w/s.watch"].size() == 2);
}

TEST_CASE("what `use` calls a module is a name") {
    Both both;
    const std::string text =
        "use shared as s\nuse hr\nsignal S on signal s.Opened\nsignal T on s.door.open where host in s.kiosks\n";
    const CheckedFile& file = both.open("/w/q.watch", text);
    CHECK(file.fine());
    CHECK(highlights(file, behind(text, "shared as s")).size() == 4);
    CHECK(definitions(file, behind(text, "s.kios")).at(0).path == "/w/shared.watch");
    CHECK(rename(both.workspace, "/w/q.watch", behind(text, "in s"), "other").changes["/w/q.watch"].size() == 4);
    CHECK(rename(both.workspace, "/w/q.watch", behind(text, "s.kios"), "stands").changes.size() == 2);
}

TEST_CASE("references are found in files that are not open") {
    Both both;
    both.folder.write("/w/third.watch", "module third\nuse shared\nsignal Third on signal Opened\n");
    const auto found = references(both.workspace, "/w/watching.watch", behind(watching, "for Open"), true);
    std::vector<std::string> paths;
    for (const FoundName& one : found) paths.push_back(one.path);
    CHECK(paths == std::vector<std::string>{"/w/shared.watch", "/w/third.watch", "/w/watching.watch"});
    CHECK(references(both.workspace, "/w/watching.watch", behind(watching, "for Open"), false).size() == 2);
}

TEST_CASE("tokens are told apart in any text") {
    const std::string text = "at 2025-03-01 09:00 x 3.5h 1..5 r\"a\\\" \"b\\\"c\" `d e` a.b ==~ # end\n\"open\nnext";
    const std::vector<Token> tokens = tokens_of(text);
    std::vector<std::string> words;
    for (const Token& token : tokens) words.push_back(text.substr(token.begin, token.end - token.begin));
    CHECK(words == std::vector<std::string>{"at", "2025-03-01", "09:00", "x", "3.5h", "1", "..", "5", "r\"a\\\"",
                                            "\"b\\\"c\"", "`d e`", "a", ".", "b", "==", "~", "# end", "\"open",
                                            "next"});
    CHECK_FALSE(tokens[17].closed);
    std::string name;
    const std::string path = "file . copy.`a b`.* x";
    const TokenRow row{path, tokens_of(path)};
    CHECK(row.path_end(2, name) == 7);
    CHECK(name == "copy.a b.*");
    CHECK(row.path_end(99, name) == 99);
}

TEST_CASE("constants are names in clauses too") {
    Both both;
    const std::string tuning = "module tuning\nlet half = 12h\nlet ceiling = 80\n";
    both.folder.write("/w/tuning.watch", tuning);
    const std::string text = R"(use hr, activity, tuning as t
let burst = 30m
let least = 2
signal Many on file.copy when usual(count() per day, past t.half * 1).mean > 1
)";
    const std::string fine = R"(use hr, activity, tuning as t
let burst = 30m
let least = 2
signal Many on file.copy when count() over burst > least
signal Steps sequence within burst { file.archive  file.copy times least }
policy P {
  purpose "p" basis "b" owner "o"
  opens on hr.layoff as n
  looks back t.half
  closes burst after n.last_day, or after burst
  retrigger extends, at most t.half
  score {
    +5 for Many, at most least
    halves every t.half
    times least when employee.privileged
    at most t.ceiling
  }
  alert low at least rearms below least
}
risk { combine max low at least }
test "t" {
  lateness burst
  at 2025-03-03 09:00 hr.layoff { user: "u" } x least every burst
  advance t.half
  expect score P for "u" at 2025-03-03 09:00 < least
}
)";
    CHECK_FALSE(both.open("/w/n.watch", text).fine()); // a name, not an expression
    const CheckedFile& file = both.open("/w/n.watch", fine);
    CHECK(file.fine());
    CHECK(highlights(file, behind(fine, "over bur")).size() == 7);
    CHECK(highlights(file, behind(fine, "let lea")).size() == 10);
    CHECK(definitions(file, behind(fine, "back t.ha")).at(0).path == "/w/tuning.watch");
    CHECK(rename(both.workspace, "/w/n.watch", behind(fine, "over bur"), "rush").changes["/w/n.watch"].size() == 7);
    CHECK(rename(both.workspace, "/w/n.watch", behind(fine, "back t.ha"), "day").changes["/w/n.watch"].size() == 4);
    const std::optional<Hover> hover = hover_at(file, behind(fine, "advance t.ha"));
    REQUIRE(hover);
    CHECK(hover->text.find("12h") != std::string::npos);
}

TEST_CASE("constants of the type that a clause takes are offered there") {
    Both both;
    const std::string good = "use hr, activity\nlet burst = 30m\nlet least = 2\nlet name = \"x\"\n";
    both.open("/w/c.watch", good);
    const auto offered = [&](const std::string& begun) {
        const std::string text = good + begun;
        const CheckedFile& now = both.open("/w/c.watch", text);
        std::vector<std::string> result;
        for (const Proposal& one :
             proposals(now, both.workspace.last_fine("/w/c.watch"), static_cast<std::uint32_t>(text.size()), {}))
            if (one.kind == ProposalKind::name) result.push_back(one.label);
        return result;
    };
    const std::vector<std::string> durations{"burst"}, numbers{"least"};
    for (const char* begun :
         {"signal S on file.copy when count() over ", "signal S on file.copy when usual(count() per day, past ",
          "signal S sequence within ", "policy P { looks back ", "policy P { closes after ", "policy P { closes ",
          "policy P { closes on hr.cut, or after ", "policy P { retrigger extends, at most ",
          "policy P { score { halves every ", "test \"t\" { advance ", "test \"t\" { lateness ",
          "test \"t\" { at 2025-03-03 hr.cut { user: \"u\" } x 3 every "}) {
        INFO(begun);
        CHECK(offered(begun) == durations);
    }
    for (const char* begun : {"signal S sequence within 3d { file.copy times ", "policy P { score { +5 for S, at most ",
                              "policy P { score { times ", "policy P { score { at most ", "policy P { alert high at ",
                              "policy P { alert high at 3 rearms below ", "risk { high at ",
                              "test \"t\" { at 2025-03-03 hr.cut { user: \"u\" } x ",
                              "test \"t\" { expect score P for \"u\" at 2025-03-03 == "}) {
        INFO(begun);
        CHECK(offered(begun) == numbers);
    }
}

TEST_CASE("completions come from the last state that could be read as well") {
    Both both;
    const std::string good = "use hr, activity\nsignal Mine on file.copy\n";
    both.open("/w/c.watch", good);
    const std::string bad = "use hr, activity\nsignal Mine on file.copy where (\npolicy P { score { +1 for ";
    const CheckedFile& now = both.open("/w/c.watch", bad);
    CHECK_FALSE(now.fine());
    const auto labels = [&](const CheckedFile* fine) {
        std::vector<std::string> result;
        for (const Proposal& one : proposals(now, fine, static_cast<std::uint32_t>(bad.size()), {}))
            result.push_back(one.label);
        return result;
    };
    CHECK(labels(both.workspace.last_fine("/w/c.watch")) == std::vector<std::string>{"Mine"});
    CHECK(labels(nullptr).empty());
}

TEST_CASE("every place of every damaged text is answered") {
    Both both;
    std::mt19937 chance{20250303};
    const std::string whole =
        shared + watching + "test \"t\" { at 2025-03-03 09:00 door.open { user: \"u\", side: out_ } }\n";
    for (int round = 0; round < 60; ++round) {
        std::string text = whole;
        for (int fault = 0; fault < 3; ++fault) {
            const std::size_t at = chance() % text.size();
            if (chance() % 2 == 0)
                text.erase(at, chance() % 20);
            else
                text.insert(at, 1, "{}()[]\"`#.,:\n é"[chance() % 15]);
        }
        const CheckedFile& file = both.open("/w/d.watch", text);
        token_marks(file);
        folds(text);
        outline(file.model.trees[file.tree]);
        for (std::uint32_t offset = 0; offset <= text.size(); offset += 11) {
            hover_at(file, offset);
            call_help(file, nullptr, offset);
            highlights(file, offset);
            const CompletionPlace place = completion_place(text, offset);
            REQUIRE(place.begin <= offset);
            REQUIRE(place.path_begin <= place.begin);
            proposals(file, both.workspace.last_fine("/w/d.watch"), offset, {});
        }
    }
}

TEST_CASE("marks do not overlap") {
    Both both;
    const CheckedFile& file = both.open("/w/shared.watch", shared);
    std::uint32_t behind_last = 0;
    for (const TokenMark& mark : token_marks(file)) {
        CHECK(mark.begin >= behind_last);
        CHECK(mark.end > mark.begin);
        behind_last = mark.end;
    }
}

TEST_CASE("edits of lines make one text the other and leave alone what stays") {
    const auto made = [](std::string text, const std::string& after) {
        std::vector<LineEdit> edits = line_edits(text, after);
        for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit)
            text.replace(edit->begin, edit->end - edit->begin, edit->text);
        return text == after;
    };
    CHECK(line_edits("a\nb\n", "a\nb\n").empty());
    const std::vector<LineEdit> two = line_edits("a\nb\nc\nd\ne\n", "a\nB\nc\nd\nE\n");
    REQUIRE(two.size() == 2);
    CHECK(two[0].begin == 2);
    CHECK(two[0].end == 4);
    CHECK(two[0].text == "B\n");
    std::mt19937 chance{7};
    for (int round = 0; round < 300; ++round) {
        const auto random_text = [&] {
            std::string text;
            for (std::size_t line = chance() % 12; line > 0; --line) text += std::string(1, "abc"[chance() % 3]) + "\n";
            return chance() % 3 == 0 ? text + "end" : text;
        };
        const std::string before = random_text(), after = random_text();
        INFO(before << "---\n" << after);
        CHECK(made(before, after));
    }
    CHECK(made(std::string(30000, '\n'), "a\n" + std::string(29999, ' ')));
}

TEST_CASE("words that begin a declaration or a clause have a page") {
    for (const Keyword& keyword : keywords()) {
        INFO(keyword.word);
        CHECK(find_keyword(keyword.word) != nullptr);
        if (keyword.kind == KeywordKind::declaration)
            CHECK(keyword_page(keyword.word).find("```watch") != std::string::npos);
    }
    CHECK(keyword_page("where").find("where removable") != std::string::npos);
    CHECK(find_keyword("nonsense") == nullptr);
}
