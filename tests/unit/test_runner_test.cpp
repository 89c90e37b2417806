// The runner of `test` blocks, over programs made by hand: what it feeds, and what it calls a failure.
#include "runtime/test_input.hpp"
#include "runtime/test_judge.hpp"
#include "runtime/test_runner.hpp"

#include <catch2/catch.hpp>

using namespace watchword::runtime;
using Catch::Matchers::Contains;

namespace {

constexpr std::uint32_t notice = 0, thing = 1;

EventSchema schema_of(std::string name, bool never_late) {
    EventSchema schema;
    schema.name = std::move(name);
    Field user;
    user.name = "user";
    user.type = {Kind::person, false, 0};
    user.slot = 0;
    schema.fields.push_back(std::move(user));
    schema.subject = 0;
    schema.slots = 1;
    schema.used = true;
    schema.never_late = never_late;
    return schema;
}

/// `opens on hr.notice`, `closes after 10d`, `alert medium on open`.
Program program_of_one_policy() {
    Program program;
    program.events.push_back(schema_of("hr.notice", true));
    program.events.push_back(schema_of("act.thing", false));
    PolicyPlan policy;
    policy.name = "Leaver";
    policy.id = "Leaver";
    policy.triggers.emplace_back();
    ClosePlan close;
    close.after = 10 * one_day;
    policy.closes.push_back(close);
    policy.extends_at_most = 20 * one_day;
    AlertPlan alert;
    alert.level = Level::medium;
    alert.cause = AlertCause::on_open;
    policy.alerts.push_back(alert);
    program.policies.push_back(std::move(policy));
    return program;
}

TestEvent event_at(Program& program, Time at, std::uint32_t type, std::string_view user, std::uint32_t place) {
    TestEvent event;
    event.at = at;
    event.event = type;
    event.fields = {program.arena.text(user)};
    event.span.begin = place;
    return event;
}

TestExpectation expects(Expect what) {
    TestExpectation expectation;
    expectation.what = what;
    if (what != Expect::nothing_else) expectation.policy = 0;
    expectation.text = "as written";
    return expectation;
}

TestExpectation expects_of(Expect what, std::string person, std::optional<Time> at = std::nullopt) {
    TestExpectation expectation = expects(what);
    expectation.person = std::move(person);
    expectation.at = at;
    return expectation;
}

} // namespace

TEST_CASE("test input is in order, late things dropped or put at the watermark") {
    Program program = program_of_one_policy();
    TestPlan plan;
    plan.events.push_back(event_at(program, 100 * one_second, thing, "a", 1));
    plan.events.push_back(event_at(program, 90 * one_second, thing, "a", 2));
    plan.events.push_back(event_at(program, 80 * one_second, notice, "a", 3));
    plan.events.push_back(event_at(program, 100 * one_second, thing, "b", 4));
    SECTION("without lateness") {
        const TestInput input{program, plan};
        REQUIRE(input.items().size() == 3);
        CHECK(input.late().size() == 1);
        CHECK(input.items()[1].time == 100 * one_second);
        CHECK(input.items()[1].stated == 80 * one_second);
        CHECK(input.items()[2].ordinal == 4);
    }
    SECTION("within the lateness") {
        plan.lateness = one_minute;
        const TestInput input{program, plan};
        REQUIRE(input.items().size() == 4);
        CHECK(input.late().empty());
        CHECK(input.items()[0].time == 80 * one_second);
        CHECK(input.items()[0].ordinal == 3);
        CHECK(input.items()[3].ordinal == 4);
    }
}

TEST_CASE("roster changes stand between events as they were written") {
    Program program = program_of_one_policy();
    TestPlan plan;
    plan.events.push_back(event_at(program, one_second, thing, "a", 10));
    plan.events.push_back(event_at(program, one_second, thing, "a", 30));
    TestEmployee employee;
    employee.at = one_second;
    employee.id = "a";
    employee.span.begin = 20;
    plan.employees.push_back(employee);
    const TestInput input{program, plan};
    REQUIRE(input.items().size() == 3);
    CHECK(input.items()[1].employee != nullptr);
}

TEST_CASE("a test whose expectations are met passes") {
    Program program = program_of_one_policy();
    TestPlan plan;
    plan.events.push_back(event_at(program, one_day, notice, "u1", 1));
    TestExpectation alert = expects_of(Expect::alert, "u1", one_day);
    alert.level = Level::medium;
    alert.times = 1;
    plan.expectations = {alert,
                         expects_of(Expect::no_alert, "u2"),
                         expects_of(Expect::watch, "u1", 2 * one_day),
                         expects_of(Expect::no_watch, "u1", one_day - 1),
                         expects_of(Expect::no_watch, "u1", 11 * one_day),
                         expects_of(Expect::score, "u1", 2 * one_day),
                         expects(Expect::nothing_else)};
    const TestResult result = run_test(program, plan);
    for (const TestFailure& failure : result.failures) UNSCOPED_INFO(failure.expected << ": " << failure.actual);
    CHECK(result.passed());
    CHECK(result.alerts.size() == 1);
    CHECK(result.timeline.empty());
}

TEST_CASE("a failure says what came instead and shows the timeline") {
    Program program = program_of_one_policy();
    TestPlan plan;
    plan.events.push_back(event_at(program, one_day, notice, "u1", 1));
    SECTION("another level") {
        TestExpectation high = expects_of(Expect::alert, "u1");
        high.level = Level::high;
        plan.expectations = {high};
    }
    SECTION("an alert too many") { plan.expectations = {expects(Expect::no_alert)}; }
    SECTION("something else") { plan.expectations = {expects(Expect::nothing_else)}; }
    const TestResult result = run_test(program, plan);
    REQUIRE(result.failures.size() == 1);
    CHECK(result.failures[0].expected == "as written");
    CHECK_THAT(result.failures[0].actual, Contains("Leaver medium for \"u1\""));
    REQUIRE_FALSE(result.timeline.empty());
    CHECK_THAT(result.timeline[0].text, Contains("hr.notice") && Contains("user: \"u1\""));
}

TEST_CASE("or above, and a watch that is not there") {
    Program program = program_of_one_policy();
    TestPlan plan;
    plan.events.push_back(event_at(program, one_day, notice, "u1", 1));
    TestExpectation low = expects(Expect::alert);
    low.level = Level::low;
    low.or_above = true;
    plan.expectations = {low, expects_of(Expect::watch, "u2", 2 * one_day)};
    const TestResult result = run_test(program, plan);
    REQUIRE(result.failures.size() == 1);
    CHECK(result.failures[0].actual == "there is none");
}

TEST_CASE("an event without a required field is the test's own fault") {
    Program program = program_of_one_policy();
    TestPlan plan;
    plan.events.push_back(event_at(program, one_day, notice, "u1", 1));
    plan.events[0].fields.clear();
    const TestResult result = run_test(program, plan);
    REQUIRE(result.failures.size() == 1);
    CHECK(result.failures[0].expectation == nullptr);
    CHECK_THAT(result.failures[0].actual, Contains("user"));
}

TEST_CASE("scores are compared to three decimals") {
    CHECK(compare(Comparison::equal, 20.0004, 20));
    CHECK_FALSE(compare(Comparison::equal, 20.001, 20));
    CHECK(compare(Comparison::at_least, 19.9996, 20));
    CHECK_FALSE(compare(Comparison::more, 20.0004, 20));
    CHECK(compare(Comparison::unequal, 1, 2));
    CHECK(compare(Comparison::less, 1, 2));
    CHECK(compare(Comparison::at_most, 2, 2));
}
