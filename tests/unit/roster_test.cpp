// Who is who: accounts, aliases, outsiders, and attributes by version.
#include "runtime/roster.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace watchword::runtime;

namespace {

enum : std::uint32_t { group, manager, privileged, teams };

Program with_attributes() {
    Program program;
    program.employee.attributes = {
        {"group", {Kind::text}, false, program.arena.text("Everyone Else"), group, ""},
        {"manager", {Kind::person, true}, false, std::nullopt, manager, ""},
        {"privileged", {Kind::boolean}, false, Value::of(false), privileged, ""},
        {"teams", {Kind::list, true, static_cast<std::uint16_t>(Kind::text)}, false, std::nullopt, teams, ""},
    };
    return program;
}

using Attributes = std::vector<std::pair<std::uint32_t, Value>>;

std::string enter(Roster& roster, std::string_view id, const std::vector<std::string>& aliases = {},
                  const Attributes& attributes = {}) {
    return roster.enter({id, aliases, attributes});
}

Value text(const char* value) { return Value::of(std::string_view{value}); }

} // namespace

TEST_CASE("without a roster every distinct name is a person") {
    const Program program = with_attributes();
    Roster roster(program);
    const PersonId anna = roster.resolve("Anna@Corp.example");
    CHECK(roster.resolve("anna@corp.EXAMPLE") == anna);
    CHECK(roster.resolve("ben") != anna);
    CHECK(roster.resolve("") == nobody);
    CHECK(roster.is_employee(anna));
    CHECK_FALSE(roster.is_employee(nobody));
    CHECK(roster.id(anna) == "anna@corp.example"); // however it came first
    CHECK(roster.id(nobody).empty());
    CHECK(roster.size() == 2);
    CHECK(roster.employees() == 2);
    CHECK(roster.attributes(anna)[group].text() == "Everyone Else");
    CHECK_FALSE(roster.attributes(anna)[manager].present());
    CHECK(roster.attributes(nobody)[group].text() == "Everyone Else");
}

TEST_CASE("a person is called by every name") {
    const Program program = with_attributes();
    Roster roster(program);
    enter(roster, "E-17", {"Anna.Lee", "anna@corp.example"});
    enter(roster, "E-18", {"anna.lee"}); // is another's already
    const auto names = [&](std::string_view account) {
        std::vector<std::string> result;
        roster.has_name(roster.find(account), [&](std::string_view name) {
            result.emplace_back(name);
            return false;
        });
        std::sort(result.begin(), result.end());
        return result;
    };
    CHECK(names("ANNA.LEE") == std::vector<std::string>{"anna.lee", "anna@corp.example", "e-17"});
    CHECK(names("e-18") == std::vector<std::string>{"e-18"});
    CHECK(names("stranger").empty());
    roster.resolve("carl"); // seen before anybody said who it is
    enter(roster, "E-19", {"carl", "c.ott"});
    const std::vector<std::string> carl = names("E-19");
    CHECK(std::count(carl.begin(), carl.end(), "carl") == 1);
    CHECK(std::count(carl.begin(), carl.end(), "c.ott") == 1);
    CHECK(std::count(carl.begin(), carl.end(), "e-19") >= 1);
    CHECK(roster.has_name(roster.find("e-17"), [](std::string_view name) { return name == "anna.lee"; }));
    CHECK_FALSE(roster.has_name(nobody, [](std::string_view) { return true; }));
}

TEST_CASE("with a roster unknown names are outsiders") {
    const Program program = with_attributes();
    Roster roster(program);
    roster.require();
    const PersonId guest = roster.resolve("Guest");
    CHECK_FALSE(roster.is_employee(guest));
    CHECK(roster.resolve("GUEST") == guest);
    CHECK(roster.id(guest) == "guest");
    CHECK(roster.employees() == 0);
    roster.admit(guest, "Guest");
    roster.admit(guest, "guest");
    roster.admit(nobody, "nobody");
    CHECK(roster.id(guest) == "Guest"); // an employee is called as the event that says so has it
    CHECK(roster.is_employee(guest));
    CHECK(roster.employees() == 1);
}

TEST_CASE("aliases lead to one employee") {
    const Program program = with_attributes();
    Roster roster(program);
    CHECK(enter(roster, "E17", {"anna@corp.example", "CORP\\Anna", ""}, {{group, text("R&D")}}).empty());
    const PersonId anna = roster.resolve("e17");
    CHECK(roster.resolve("Anna@corp.example") == anna);
    CHECK(roster.resolve("corp\\anna") == anna);
    CHECK(roster.id(anna) == "E17");
    CHECK(roster.attributes(anna)[group].text() == "R&D");
    CHECK_FALSE(enter(roster, "E18", {"ANNA@corp.example", "ben"}).empty());
    CHECK(roster.resolve("anna@corp.example") == anna);
    CHECK(roster.id(roster.resolve("ben")) == "E18");
    CHECK(enter(roster, "ben", {}, {{privileged, Value::of(true)}}).empty()); // known by an alias
    CHECK(roster.attributes(roster.resolve("E18"))[privileged].integer == 1);
    CHECK(roster.employees() == 2);
    CHECK_FALSE(enter(roster, "", {"nobody"}).empty());
}

TEST_CASE("somebody seen by an account becomes the employee whose account it is") {
    const Program program = with_attributes();
    Roster roster(program);
    enter(roster, "E1", {}, {{manager, text("chief@corp.example")}});
    const PersonId seen = roster.resolve("chief@corp.example");
    CHECK(roster.attributes(roster.resolve("E1"))[manager].integer == seen);
    CHECK_FALSE(roster.is_employee(seen));
    enter(roster, "E2", {"chief@corp.example"});
    CHECK(roster.resolve("E2") == seen);
    CHECK(roster.id(seen) == "E2");
    CHECK(roster.is_employee(seen));

    // Seen by two accounts: both are the same person from now on, also where they were written down before.
    enter(roster, "E3", {}, {{manager, text("E5")}});
    enter(roster, "E4", {}, {{manager, text("five@corp.example")}});
    CHECK(roster.attributes(roster.resolve("E3"))[manager].integer !=
          roster.attributes(roster.resolve("E4"))[manager].integer);
    enter(roster, "E5", {"five@corp.example"});
    const PersonId five = roster.resolve("E5");
    CHECK(roster.attributes(roster.resolve("E3"))[manager].integer == five);
    CHECK(roster.attributes(roster.resolve("E4"))[manager].integer == five);
}

TEST_CASE("a number of a name stands for whomever it names by now") {
    const Program program = with_attributes();
    Roster roster(program);
    std::string temporary = "Ben@Corp.example";
    const AccountNumber ben = roster.number(temporary);
    temporary = "gone";
    CHECK(ben != no_account);
    CHECK(roster.number("ben@corp.EXAMPLE") == ben);
    CHECK(roster.find(ben) == nobody);
    CHECK(roster.size() == 0); // nobody is known by being numbered
    CHECK(roster.number("") == no_account);
    CHECK(roster.find(no_account) == nobody);
    CHECK(roster.find(ben + 1) == nobody); // given to none

    const PersonId person = roster.resolve("BEN@corp.example");
    CHECK(roster.find(ben) == person);
    const AccountNumber five = roster.number("five@corp.example"); // known already, or not
    enter(roster, "E5");
    CHECK(roster.find(roster.number("e5")) == roster.resolve("E5"));
    const PersonId seen = roster.resolve("five@corp.example");
    CHECK(roster.find(five) == seen);
    enter(roster, "E5", {"five@corp.example"});
    CHECK(roster.find(five) == roster.resolve("E5"));
    CHECK(roster.find(five) != seen);
    enter(roster, "E6", {"ben@corp.example"}); // is E6 from now on
    CHECK(roster.find(roster.number("E6")) == person);
}

TEST_CASE("every version of the attributes stays readable") {
    const Program program = with_attributes();
    Roster roster(program);
    {
        std::string temporary = "R&D";
        enter(roster, "E1", {}, {{group, Value::of(std::string_view{temporary})}});
        temporary = "gone";
    }
    const PersonId person = roster.resolve("E1");
    CHECK(roster.version(person) == 0);
    const Value* const before = roster.attributes(person);
    CHECK_FALSE(roster.change(person, Attributes{{group, text("R&D")}}));
    CHECK_FALSE(roster.change(person, Attributes{{group, Value::absent()}, {99, text("x")}}));
    CHECK(roster.version(person) == 0);
    std::vector<Value> items{text("a"), text("b")};
    CHECK(roster.change(person, Attributes{{group, text("Sales")}, {teams, Value::of_list(items.data(), 2)}}));
    CHECK(roster.version(person) == 1);
    CHECK(roster.attributes(person)[group].text() == "Sales");
    CHECK(roster.attributes(person)[teams].items[1].text() == "b");
    CHECK_FALSE(roster.change(person, Attributes{{teams, Value::of_list(items.data(), 2)}}));
    CHECK(roster.change(person, Attributes{{privileged, Value::of(true)}}));
    CHECK(roster.attributes(person, 0) == before);
    CHECK(roster.attributes(person, 0)[group].text() == "R&D");
    CHECK(roster.attributes(person, 1)[privileged].integer == 0);
    CHECK(roster.attributes(person, 2)[privileged].integer == 1);
    CHECK(roster.attributes(person, 7) == roster.attributes(person));
    CHECK(roster.version(nobody) == 0);
}

TEST_CASE("attributes at a place among the changes of everybody, and at a time") {
    const Program program = with_attributes();
    Roster roster(program);
    enter(roster, "E1", {}, {{group, text("a")}});
    enter(roster, "E2", {}, {{group, text("a")}});
    const PersonId one = roster.resolve("E1"), two = roster.resolve("E2");
    CHECK(roster.changes() == 0);
    CHECK(roster.change(one, Attributes{{group, text("b")}}, 10)); // change 0
    CHECK(roster.change(two, Attributes{{group, text("b")}}, 20)); // change 1
    CHECK(roster.change(one, Attributes{{group, text("c")}}, 20)); // change 2
    CHECK(roster.changes() == 3);
    const auto at = [&](PersonId person, std::uint64_t changes, Time time) {
        return std::string(roster.attributes(person, RosterMoment{changes, time})[group].text());
    };
    CHECK(at(one, 0, never) == "a");
    CHECK(at(one, 1, never) == "b");
    CHECK(at(one, 2, never) == "b");
    CHECK(at(one, 3, never) == "c");
    CHECK(at(two, 1, never) == "a");
    CHECK(at(two, 2, never) == "b");
    CHECK(at(one, UINT64_MAX, 9) == "a");
    CHECK(at(one, UINT64_MAX, 10) == "b");
    CHECK(at(one, UINT64_MAX, 19) == "b");
    CHECK(at(one, UINT64_MAX, 20) == "c");
    CHECK(at(one, UINT64_MAX, never) == "c");
}

TEST_CASE("hostile names are names") {
    const Program program = with_attributes();
    Roster roster(program);
    const std::string huge(200'000, 'X');
    const std::string with_nul("a\0b", 3);
    CHECK(roster.resolve(huge) == roster.resolve(std::string(200'000, 'x')));
    CHECK(roster.resolve(with_nul) != roster.resolve("a"));
    CHECK(roster.resolve("\xff") != roster.resolve("\xfe"));
    const std::size_t before = roster.bytes();
    for (int i = 0; i < 10'000; ++i) roster.resolve("account" + std::to_string(i));
    CHECK(roster.bytes() > before + 10'000 * 10);
    CHECK(roster.resolve("ACCOUNT9999") == roster.size() - 1);
}
