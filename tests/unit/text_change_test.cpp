// Two versions of policy texts as changes that can be made one by one.
#include "desk/text_change.hpp"

#include <catch2/catch.hpp>

using namespace watchword::desk;

namespace {

const std::string before = R"(module leaver

use activity

# about copies
signal Copies on file.copy where removable when sum(bytes) over 1h > 100MB
signal Logons on auth.logon when count() over 1h > 5
)";

PolicyFile file(std::string text, std::string name = "a.watch") { return {std::move(name), std::move(text), false}; }

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    text.replace(text.find(what), what.size(), with);
    return text;
}

} // namespace

TEST_CASE("layout, comments and tests are no changes") {
    const std::string after = replaced(before, "# about copies\nsignal Copies on file.copy ",
                                       "# other words\nsignal Copies\n  on file.copy\n") +
                              "test \"t\" { at 2025-01-01 file.copy { user: \"u\" } expect no alert }\n";
    CHECK(text_changes({file(before)}, {file(after, "b.watch")}).changes.empty());
}

TEST_CASE("each changed clause is a change of its own and can be made alone") {
    const std::string after = replaced(replaced(before, "100MB", "50MB"), "> 5\n", "> 3\n");
    const TextChanges found = text_changes({file(before)}, {file(after)});
    REQUIRE(found.changes.size() == 2);
    CHECK(describe(found.changes[0]) == "`when  sum(bytes) over 1h > 100MB` became `when  sum(bytes) over 1h > 50MB`");
    const std::string one = text_with(found, {false, true}).front().text;
    CHECK(one.find("100MB") != std::string::npos);
    CHECK(one.find("> 3") != std::string::npos);
    CHECK(text_changes(text_with(found, {true, true}), {file(after)}).changes.empty());
    CHECK(text_changes(text_with(found, {false, false}), {file(before)}).changes.empty());
}

TEST_CASE("clauses come and go, and whole files") {
    const std::string after = replaced(before, "where removable ", "");
    const TextChanges gone = text_changes({file(before)}, {file(after)});
    REQUIRE(gone.changes.size() == 1);
    CHECK(describe(gone.changes[0]) == "`where removable` was removed");

    const TextChanges more = text_changes({file(before)}, {file(before), file("module b\n", "b.watch")});
    REQUIRE(more.changes.size() == 1);
    CHECK(describe(more.changes[0]) == "`module b` was added");
    CHECK(text_with(more, {true}).size() == 2);
}
