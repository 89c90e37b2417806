// What leaves the program: formats of alerts, and that names and sensitive values stay behind pseudonyms.
#include "stdlib/sinks/json_writer.hpp"
#include "stdlib/sinks/sink.hpp"

#include <catch2/catch.hpp>

namespace runtime = watchword::runtime;
using namespace watchword::stdlib;
using Catch::Matchers::Contains;

namespace {

constexpr runtime::Time start = 1'741'000'000'000'000; // 2025-03-03T11:06:40Z

runtime::Program program_with_policy() {
    runtime::Program program;
    program.actions.push_back({"restrict", {{"what", {runtime::Kind::text, false, 0}}}, true, {}});
    runtime::PolicyPlan policy;
    policy.name = "LayoffWatchlist";
    policy.id = "IT1003-2";
    policy.title = "Layoff Watchlist Alert";
    policy.version = "1.0";
    policy.tags = {"IT1003"};
    program.policies.push_back(std::move(policy));
    return program;
}

runtime::Alert alert_of_two_signals() {
    runtime::Alert alert;
    alert.id = "00112233445566778899aabbccddeeff";
    alert.level = runtime::Level::high;
    alert.cause_text = "score >= 70";
    alert.score = 70.5;
    alert.time = start;
    alert.subject = "maria.lopez";
    alert.event = "ev-9";
    alert.watch = {start, start, start - runtime::one_day, start + runtime::one_day, {}, 1, false};
    alert.watch.triggers.push_back({"hr.layoff",
                                    "hr-1",
                                    start,
                                    start,
                                    start,
                                    {{"notice.user", "maria.lopez", {runtime::Kind::person, false, 0}, false}}});
    runtime::HitRecord hit;
    hit.time = start - 5;
    hit.lookback = true;
    hit.points = 40;
    hit.share = 40;
    hit.events = {"ev-1", "ev-2"};
    hit.event_count = 2;
    hit.values = {{"sum(bytes) over 1h", "150MB", {runtime::Kind::size, false, 0}, false},
                  {"path", "/home/maria/plans.zip", {runtime::Kind::text, false, 0}, true},
                  {"count()", "3", {runtime::Kind::integer, false, 0}, false}};
    alert.contributions.push_back({"UsbBulkCopy", "Bulk copy", 40, 40, false, {hit}, 1});
    hit.values.clear();
    alert.contributions.push_back({"ManyHosts", "", 30.5, 31, true, {hit}, 21});
    alert.booster = 1.5;
    alert.boosters = {"employee.privileged"};
    alert.actions.push_back({0, {"vpn"}});
    return alert;
}

std::string rendered(AlertFormat format, const runtime::Alert& alert, const Pseudonyms& pseudonyms) {
    const runtime::Program program = program_with_policy();
    std::string out;
    format(out, alert, {program, pseudonyms, false});
    return out;
}

const Pseudonyms keyed{"a key of the tests"};

} // namespace

TEST_CASE("an alert is one line of JSON with its keys in the documented order") {
    const std::string line = rendered(append_ndjson, alert_of_two_signals(), keyed);
    REQUIRE(std::count(line.begin(), line.end(), '\n') == 1);
    std::size_t place = 0;
    for (const char* key : {"\"id\"", "\"policy\"", "\"title\"", "\"level\"", "\"score\"", "\"time\"", "\"subject\"",
                            "\"cause\"", "\"event\"", "\"watch\"", "\"contributions\"", "\"boosters\"", "\"actions\"",
                            "\"tags\"", "\"policy_version\""}) {
        const std::size_t found = line.find(key, place);
        INFO(key);
        REQUIRE(found != std::string::npos);
        place = found;
    }
    CHECK_THAT(line, Contains("\"score\":70.5"));
    CHECK_THAT(line, Contains("\"count()\":3"));
    CHECK_THAT(line, Contains("\"sum(bytes) over 1h\":\"150MB\""));
    CHECK_THAT(line, Contains(R"("actions":[{"action":"restrict","kind":"state","arguments":{"what":"vpn"}}])"));
}

TEST_CASE("no format shows a name or a sensitive value unless it was told to reveal") {
    for (const AlertFormat format : {append_ndjson, append_table, append_ocsf}) {
        const std::string hidden = rendered(format, alert_of_two_signals(), keyed);
        CHECK_THAT(hidden, !Contains("maria"));
        CHECK_THAT(hidden, Contains(keyed.person("maria.lopez")));
        CHECK_THAT(hidden, Contains(keyed.sensitive("/home/maria/plans.zip")));
        const std::string shown = rendered(format, alert_of_two_signals(), Pseudonyms::revealed());
        CHECK_THAT(shown, Contains("maria.lopez"));
        CHECK_THAT(shown, Contains("/home/maria/plans.zip"));
        CHECK_THAT(shown, !Contains("p-"));
    }
}

TEST_CASE("a pseudonym depends on the key and not on the case of letters") {
    CHECK(keyed.person("U1") == keyed.person("u1"));
    CHECK(keyed.person("u1") != keyed.person("u2"));
    CHECK(keyed.person("u1") != Pseudonyms{"another key of the tests"}.person("u1"));
    CHECK(keyed.person("u1").size() == 18);
    CHECK(keyed.person("u1").substr(2) != keyed.sensitive("u1").substr(2));
}

TEST_CASE("the table tells a reader who, why and by what") {
    const std::string text = rendered(append_table, alert_of_two_signals(), keyed);
    CHECK_THAT(text, Contains("HIGH") && Contains("Layoff Watchlist Alert") && Contains("score 70.5"));
    CHECK_THAT(text, Contains("hr.layoff") && Contains("(looking back)") && Contains("sum(bytes) over 1h = 150MB"));
    CHECK_THAT(text, Contains("at its cap") && Contains("20 earlier hits"));
    CHECK_THAT(text, Contains("restrict(vpn)") && Contains("times 1.5: employee.privileged"));
}

TEST_CASE("the table lets no control character through to the terminal") {
    runtime::Alert alert = alert_of_two_signals();
    alert.contributions[0].hits[0].values = {{"host", "a\033[2Jb", {runtime::Kind::text, false, 0}, false}};
    CHECK_THAT(rendered(append_table, alert, keyed), !Contains("\033"));
}

TEST_CASE("an OCSF finding carries class, severity and evidence") {
    const std::string line = rendered(append_ocsf, alert_of_two_signals(), keyed);
    CHECK_THAT(line,
               Contains("\"class_uid\":2004") && Contains("\"category_uid\":2") && Contains("\"type_uid\":200401"));
    CHECK_THAT(line, Contains("\"severity_id\":4") && Contains("\"time\":1741000000000"));
    CHECK_THAT(line, Contains("\"signal\":\"UsbBulkCopy\""));
}

TEST_CASE("the end of an action names the alert that began it") {
    runtime::Alert alert = alert_of_two_signals();
    alert.kind = runtime::RecordKind::action_end;
    CHECK_THAT(rendered(append_ndjson, alert, keyed),
               Contains("00112233445566778899aabbccddeeff") && Contains("\"ends\":true") && Contains("restrict"));
    CHECK_THAT(rendered(append_ocsf, alert, keyed), Contains("\"type_uid\":200403"));
    CHECK_THAT(rendered(append_table, alert, keyed), Contains("OVER") && Contains("restrict(vpn)"));
}

TEST_CASE("an alert of the pseudo-policy has its own name") {
    runtime::Alert alert = alert_of_two_signals();
    alert.policy = runtime::risk_policy;
    for (const AlertFormat format : {append_ndjson, append_table, append_ocsf})
        CHECK_THAT(rendered(format, alert, keyed), Contains("Employee risk"));
}

TEST_CASE("JSON stays JSON whatever the text holds") {
    std::string out;
    JsonWriter json{out};
    json.begin_object();
    json.member("quote\"", "back\\slash\n\x01");
    json.member("broken", std::string_view{"\xff"
                                           "caf\xc3\xa9 \xc3"});
    json.key("list");
    json.begin_array();
    json.integer(-1);
    json.null();
    json.end_array();
    json.end_object();
    CHECK(out ==
          "{\"quote\\\"\":\"back\\\\slash\\n\\u0001\",\"broken\":\"\\ufffdcaf\xc3\xa9 \\ufffd\",\"list\":[-1,null]}");
}
