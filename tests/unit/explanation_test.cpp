// Explanations: the parts add up, each clause and record is named with its place; a change that is named does fire.
#include "desk/explanation_writer.hpp"

#include "tests/unit/desk_fixture.hpp"

using namespace watchword;
using namespace watchword::desk_tests;
using Catch::Matchers::Contains;

namespace {

const std::string policy = R"(module explained
use hr, activity
let enough = 100MB
signal Copies "Copies much"
  on   file.copy
  where removable and path startswith "/secret"
  when sum(bytes) over 1h > enough
signal Staged
  sequence within 30m {
    file.archive as a
    file.copy where host == a.host
  }
policy Leaver "Leaver" {
  purpose "p" basis "b" owner "o"
  covers employee.department == "R&D"
  opens on hr.resignation as notice
  looks back 14d
  closes 30d after notice.last_day, after 120d
  score { +40 for Copies, at most 60 +10 for Staged, once halves every 7d times 2 when employee.privileged }
  alert medium at 40
}
)";
const std::string roster = "id,department,privileged\nu1,R&D,false\nu2,Sales,false\nu3,R&D,false\nu4,R&D,false\n";

std::string event(const std::string& type, const std::string& id, const std::string& time, const std::string& user,
                  const std::string& more = "") {
    return R"({"type":")" + type + R"(","id":")" + id + R"(","time":"2025-03-)" + time + R"(Z","user":")" + user +
           R"(","host":"pc1")" + more + "}\n";
}
std::string copy(const std::string& id, const std::string& time, const std::string& user, const std::string& bytes,
                 const std::string& path = "/secret/a") {
    return event("file.copy", id, time, user, R"(,"path":")" + path + R"(","bytes":)" + bytes + R"(,"removable":true)");
}
std::string resignation(const std::string& id, const std::string& time, const std::string& user) {
    return event("hr.resignation", id, time, user, R"(,"last_day":"2025-03-31")");
}

const std::string events = copy("c0", "01T09:00:00", "u1", "60000000") + copy("c1", "01T09:10:00", "u1", "60000000") +
                           resignation("r1", "03T09:00:00", "u1") + resignation("r2", "03T09:30:00", "u2") +
                           resignation("r3", "03T09:30:00", "u3") + copy("c3", "04T09:00:00", "u3", "96000000") +
                           copy("c4", "04T09:20:00", "u1", "60000000") + copy("c5", "04T09:25:00", "u1", "60000000");

struct Desk {
    Compiled compiled;
    desk::PolicyText text;
    desk::Stream stream;
    desk::ExplanationSource source{text, compiled.program, stream, {}};
    stdlib::Pseudonyms pseudonyms = stdlib::Pseudonyms::revealed();
    desk::ExplanationContext context{text, compiled.program, pseudonyms};

    explicit Desk(const std::string& policies = policy, const std::string& input = events)
        : compiled(policies, in_parts()), text(compiled.sources, {0}, standard_compiler()),
          stream(read(compiled.program, Scratch{}, input, roster)) {}
    static dsl::CompilerOptions in_parts() {
        dsl::CompilerOptions options = standard_compiler();
        options.parts = true;
        return options;
    }
    desk::WhyNot why_not(const std::string& person, bool outside = false) const {
        desk::WhyNotOptions options;
        options.outside = outside;
        return desk::why_not(source, 0, stream.find_person(person), options);
    }
    bool fires(const desk::Change& change, const std::string& person) const {
        return desk::first_alert(source, {{change.constant.span, change.after}}, "Leaver", stream.find_person(person),
                                 {})
            .has_value();
    }
};

} // namespace

TEST_CASE("an alert is explained down to the values that its conditions read") {
    const Desk desk;
    const auto alerts = desk::replay(desk.compiled.program, desk.stream);
    REQUIRE(alerts.size() == 1);
    const auto explanation = desk::explain_alert(desk.source, alerts[0].id.substr(0, 8));
    REQUIRE(explanation);
    CHECK(explanation->score == alerts[0].score);
    REQUIRE(explanation->terms.size() == 2);
    double sum = 0;
    for (const desk::ExplainedTerm& term : explanation->terms) sum += term.points;
    CHECK(sum == explanation->score);
    const desk::ExplainedTerm& copies = explanation->terms[0];
    REQUIRE(copies.hits.size() == 2);
    CHECK(copies.hits[0].lookback);
    CHECK(copies.hits[0].events.size() == 2);
    CHECK(copies.hits[0].events[0].id == "c0");
    CHECK_THAT(copies.hits[0].events[0].place, Contains("events.jsonl:1"));
    REQUIRE(copies.hits[1].conditions.size() == 3);
    CHECK(copies.hits[1].conditions[2].values[0].value == "120MB");
    CHECK(desk.text.text(copies.hits[1].conditions[2].span) == "sum(bytes) over 1h > enough");
    CHECK(explanation->looked_back_at == 2);
    CHECK(explanation->events.size() == 4);
    const std::string text = desk::explanation_text(*explanation, desk.context);
    CHECK_THAT(text, Contains("sum(bytes) over 1h = 120MB"));
    CHECK_THAT(text, Contains("policies.watch:7"));
    CHECK_THAT(text, Contains("(looking back)"));
}

TEST_CASE("a person at a time has the score that the engine has") {
    const Desk desk;
    const runtime::Time time = *runtime::parse_time("2025-03-11T09:20:00Z", "");
    const auto explanations = desk::explain_person(desk.source, desk.stream.find_person("u1"), time);
    REQUIRE(explanations.size() == 1);
    double sum = 0;
    for (const desk::ExplainedTerm& term : explanations[0].terms) sum += term.points;
    CHECK(sum == Approx(explanations[0].score));
    CHECK(explanations[0].score > 0);
    CHECK(explanations[0].score < 60);
    CHECK(desk::explain_person(desk.source, desk.stream.find_person("u2"), time).empty());
}

TEST_CASE("of a threshold that was missed, the least change is named, and it fires") {
    const Desk desk;
    const desk::WhyNot why = desk.why_not("u3");
    REQUIRE_FALSE(why.fired);
    REQUIRE(why.any_change());
    const std::string text = desk::why_not_text(why, desk.context);
    CHECK_THAT(text, Contains("sum(bytes) over 1h = 96MB"));
    CHECK_THAT(text, Contains("`95MB` in place of `100MB` would fire"));
    for (const desk::FailedClause& clause : why.failed)
        for (const desk::Change& change : clause.changes) CHECK(desk.fires(change, "u3"));
    for (const desk::Change& change : why.others) CHECK(desk.fires(change, "u3"));
}

TEST_CASE("who is not covered, or had no trigger, is told so, and that no constant helps") {
    const Desk desk;
    const desk::WhyNot uncovered = desk.why_not("u2");
    REQUIRE(uncovered.failed.size() == 1);
    CHECK(uncovered.failed[0].kind == desk::ClauseKind::covers);
    CHECK(uncovered.failed[0].conditions[0].values[0].value == "Sales");
    CHECK_FALSE(uncovered.any_change());
    const desk::WhyNot quiet = desk.why_not("u4");
    REQUIRE(quiet.failed.size() == 1);
    CHECK(quiet.failed[0].kind == desk::ClauseKind::never_triggered);
    CHECK_THAT(desk::why_not_text(quiet, desk.context), Contains("no single constant"));
}

TEST_CASE("points and spans are found as well as thresholds") {
    const auto changes = [](const desk::WhyNot& why) {
        std::vector<desk::Change> all = why.others;
        for (const desk::FailedClause& clause : why.failed)
            all.insert(all.end(), clause.changes.begin(), clause.changes.end());
        return all;
    };
    const auto of = [&](const desk::WhyNot& why, const std::string& before) {
        const auto all = changes(why);
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const desk::Change& one) { return one.before == before; });
        return found == all.end() ? std::string{"none"} : found->least;
    };
    std::string weak = policy;
    weak.replace(weak.find("+40 for"), 3, "+19");
    const Desk points{weak};
    const desk::WhyNot weakly = points.why_not("u1");
    CHECK(of(weakly, "19") == "23"); // two hits, of which the first has decayed to 0.742 of its points
    CHECK(of(weakly, "40") == "33");
    for (const desk::Change& change : changes(weakly)) CHECK(points.fires(change, "u1"));

    std::string narrow = policy;
    narrow.replace(narrow.find("over 1h"), 7, "over 5m");
    narrow.replace(narrow.find("halves every 7d"), 15, "");
    const Desk spans{narrow, copy("c0", "01T09:00:00", "u1", "60000000") + copy("c1", "01T09:10:00", "u1", "60000000") +
                                 resignation("r1", "01T10:00:00", "u1")};
    const desk::WhyNot narrowly = spans.why_not("u1");
    CHECK(of(narrowly, "5m") == "10m1s");
    CHECK(of(narrowly, "100MB") == "59.999999MB");
    for (const desk::Change& change : changes(narrowly)) CHECK(spans.fires(change, "u1"));

    std::string short_sighted = policy;
    short_sighted.replace(short_sighted.find("looks back 14d"), 14, "looks back 1d");
    const Desk past{short_sighted,
                    copy("c0", "01T09:00:00", "u1", "900000000") + resignation("r1", "02T10:00:00", "u1")};
    CHECK(of(past.why_not("u1", true), "1d") == "none"); // by then it has decayed below the level
    short_sighted.replace(short_sighted.find("halves every 7d"), 15, "");
    const Desk seen{short_sighted,
                    copy("c0", "01T09:00:00", "u1", "900000000") + resignation("r1", "02T10:00:00", "u1")};
    CHECK(of(seen.why_not("u1", true), "1d") == "1d1h");
    CHECK(of(seen.why_not("u1"), "1d") == "none"); // nobody is watched by asking
}

TEST_CASE("the page and the JSON say the same and stay whole") {
    const Desk desk;
    const auto alerts = desk::replay(desk.compiled.program, desk.stream);
    std::vector<desk::Explanation> explanations{*desk::explain_alert(desk.source, alerts[0].id)};
    const std::vector<desk::WhyNot> why{desk.why_not("u3")};
    const std::string json = desk::explanation_json(explanations, why, desk.context);
    CHECK_THAT(json, Contains(R"("score":)") && Contains(R"("after":"95MB")"));
    const std::string page = desk::explanation_page(explanations, why, desk.context);
    CHECK_THAT(page, Contains("sum(bytes) over 1h = 120MB") && Contains("</html>"));
}
