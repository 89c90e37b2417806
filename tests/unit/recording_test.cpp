// What an engine records: the same alerts with and without, and each kind of step where it happens.
#include "desk/replay.hpp"

#include "tests/unit/desk_fixture.hpp"

using namespace watchword;
using namespace watchword::desk_tests;
namespace recorded = watchword::runtime::recorded;

namespace {

const std::string policy = R"(module recording
use hr, activity
signal Copies
  on   file.copy
  where removable and path startswith "/secret"
  when sum(bytes) over 1h > 100MB
signal Staged
  sequence within 30m {
    file.archive as a
    no device.reboot
    file.copy where host == a.host
  }
  until auth.logoff
policy Leaver {
  purpose "p" basis "b" owner "o"
  covers employee.department == "R&D"
  opens on hr.resignation as notice where has notice.last_day and notice.last_day > 2025-03-10
  looks back 14d
  closes on hr.resignation_withdrawn, 30d after notice.last_day, after 120d
  except "backup" owner "o" until 2026-01-01 on file.copy { path endswith ".bak" }
  score { +40 for Copies when lookback or true, at most 60 +10 for Staged, once times 2 when employee.privileged }
  alert low on open
  alert medium at 40
}
)";
const std::string roster = "id,department,privileged\nu1,R&D,true\nu2,Sales,false\n";

std::string copy(const std::string& id, const std::string& time, const std::string& path, const std::string& bytes) {
    return R"({"type":"file.copy","id":")" + id + R"(","time":"2025-03-)" + time +
           R"(Z","user":"u1","host":"pc1","path":")" + path + R"(","bytes":)" + bytes +
           R"(,"removable":true})"
           "\n";
}
std::string event(const std::string& type, const std::string& id, const std::string& time, const std::string& more = "",
                  const std::string& user = "u1") {
    return R"({"type":")" + type + R"(","id":")" + id + R"(","time":"2025-03-)" + time + R"(Z","user":")" + user +
           R"(","host":"pc1")" + more + "}\n";
}
const std::string events =
    copy("c0", "01T09:00:00", "/secret/a", "60000000") + copy("c1", "01T09:10:00", "/secret/b", "60000000") +
    event("hr.resignation", "r0", "03T08:00:00", R"(,"last_day":"2025-03-05")") +
    event("hr.resignation", "r1", "03T09:00:00", R"(,"last_day":"2025-03-31")") +
    event("hr.resignation", "r2", "03T09:30:00", R"(,"last_day":"2025-03-31")", "u2") +
    copy("c2", "04T09:00:00", "/tmp/x", "900000000") + copy("c3", "04T09:10:00", "/secret/x.bak", "900000000") +
    copy("c4", "04T09:20:00", "/secret/x", "96000000") + event("file.archive", "a1", "05T09:00:00", R"(,"path":"/p")") +
    copy("c5", "05T09:10:00", "/tmp/x", "1") + event("hr.resignation_withdrawn", "w1", "06T09:00:00");

desk::Stream stream_of(const runtime::Program& program) {
    const Scratch folder;
    return read(program, folder, events, roster);
}

dsl::CompilerOptions in_parts() {
    dsl::CompilerOptions options = standard_compiler();
    options.parts = true;
    return options;
}

template <class What>
std::vector<std::pair<std::string, What>> all(const runtime::Recording& recording) {
    std::vector<std::pair<std::string, What>> result;
    for (const runtime::RecordedStep& step : recording.steps)
        if (const auto* what = std::get_if<What>(&step.what)) result.emplace_back(step.event, *what);
    return result;
}

} // namespace

TEST_CASE("recording changes no alert, with or without parts of conditions") {
    const Compiled plain{policy};
    const Compiled parted{policy, in_parts()};
    const auto shown = [](const std::vector<runtime::Alert>& alerts) {
        std::string result;
        for (const runtime::Alert& alert : alerts) result += alert.id + " " + std::to_string(alert.score) + "\n";
        return result;
    };
    const std::string once = shown(desk::replay(plain.program, stream_of(plain.program)));
    CHECK(once != "");
    for (const Compiled* compiled : {&plain, &parted}) {
        runtime::Recording recording;
        desk::ReplayOptions options;
        options.recording = &recording;
        CHECK(shown(desk::replay(compiled->program, stream_of(compiled->program), options)) == once);
        CHECK(recording.steps.size() > 10);
    }
}

TEST_CASE("a recording tells of each step") {
    const Compiled compiled{policy, in_parts()};
    const runtime::Program& program = compiled.program;
    runtime::Recording recording;
    desk::ReplayOptions options;
    options.recording = &recording;
    desk::replay(program, stream_of(program), options);

    const auto triggers = all<recorded::Trigger>(recording);
    REQUIRE(triggers.size() == 3);
    CHECK(triggers[0].second.outcome == recorded::TriggerOutcome::where_false);
    REQUIRE(triggers[0].second.where.size() == 2);
    CHECK(triggers[0].second.where[1].operands[0].text == "2025-03-05T00:00:00Z");
    CHECK(triggers[1].second.outcome == recorded::TriggerOutcome::opened);
    CHECK(triggers[1].second.to == *runtime::parse_time("2025-04-30", ""));
    CHECK(triggers[2].second.outcome == recorded::TriggerOutcome::not_covered);
    CHECK(triggers[2].second.covers[0].operands[0].text == "Sales");

    const auto looks = all<recorded::LookBack>(recording);
    REQUIRE(looks.size() == 2);
    CHECK(looks[1].second.events == 2);

    const auto offers = all<recorded::Offer>(recording);
    REQUIRE(offers.size() == 5);
    CHECK(offers[1].first == "c1");
    CHECK(offers[1].second.hit);
    CHECK(offers[1].second.when[0].operands[0].text == "120MB");
    CHECK(offers[2].first == "c2");
    CHECK_FALSE(offers[2].second.matched);
    REQUIRE(offers[2].second.where.size() == 2);
    CHECK(offers[2].second.where[0].truth == recorded::Truth::yes);
    CHECK(offers[2].second.where[1].truth == recorded::Truth::no);
    CHECK(offers[2].second.where[1].operands[0].text == "/tmp/x");
    CHECK(offers[3].second.when[0].operands[0].value.integer == 96'000'000);
    CHECK_FALSE(offers[3].second.holds);

    const auto exceptions = all<recorded::Exception>(recording);
    CHECK(std::count_if(exceptions.begin(), exceptions.end(), [](const auto& one) { return one.second.taken; }) == 1);

    const auto steps = all<recorded::Step>(recording);
    REQUIRE_FALSE(steps.empty());
    CHECK(steps.back().second.outcome == recorded::StepOutcome::completed);
    CHECK(steps.back().second.began == *runtime::parse_time("2025-03-05T09:00:00Z", ""));

    const auto scores = all<recorded::Score>(recording);
    REQUIRE(scores.size() == 2);
    CHECK(scores[0].second.opened);
    CHECK(scores[0].second.after == 80);
    CHECK(scores[1].second.after == 100);
    REQUIRE(scores[0].second.boosters.size() == 1);
    CHECK(scores[0].second.boosters[0].first == recorded::Truth::yes);

    CHECK(all<recorded::Raised>(recording).size() == 2);
    const auto closes = all<recorded::Close>(recording);
    REQUIRE(closes.size() == 1);
    CHECK(closes[0].first == "w1");
    CHECK(closes[0].second.cause == recorded::CloseCause::event);
}

TEST_CASE("a recording is of the person and policy asked about") {
    const Compiled compiled{policy, in_parts()};
    runtime::Recording recording;
    recording.person = "U2";
    desk::ReplayOptions options;
    options.recording = &recording;
    desk::replay(compiled.program, stream_of(compiled.program), options);
    REQUIRE(recording.steps.size() == 1);
    CHECK(recording.people[recording.steps[0].person] == "u2");
}

TEST_CASE("a condition of many parts is recorded like one of few") {
    std::string parts = "path == \"/0\"";
    for (int i = 1; i < 30; ++i) parts += " or path == \"/" + std::to_string(i) + "\"";
    std::string wide = policy;
    wide.replace(wide.find("path startswith \"/secret\""), 25, "(" + parts + ")");
    const Compiled compiled{wide, in_parts()};
    runtime::Recording recording;
    desk::ReplayOptions options;
    options.recording = &recording;
    desk::replay(compiled.program, stream_of(compiled.program), options);
    const auto offers = all<recorded::Offer>(recording);
    REQUIRE_FALSE(offers.empty());
    CHECK(offers[0].second.where.size() == 31);
}
