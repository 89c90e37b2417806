// A stream in memory: replays bring the alerts of a run, for everybody and for one person, again and again.
#include "desk/replay.hpp"

#include "stdlib/runner.hpp"
#include "tests/unit/desk_fixture.hpp"

#include <fmt/format.h>

using namespace watchword;
using namespace watchword::desk_tests;

namespace {

const std::string policy = R"(module replay
use hr, activity
signal Copies
  on   file.copy
  where removable
  when sum(bytes) over 1h > 100MB
policy Leaver {
  purpose "p" basis "b" owner "o"
  covers employee.department == "R&D"
  opens on hr.resignation as notice
  looks back 14d
  closes 30d after notice.last_day, after 120d
  score { +40 for Copies }
  alert low on open
  alert medium at 40
}
)";

const std::string events =
    R"({"type":"file.copy","id":"c0","time":"2025-03-01T09:00:00Z","user":"u2","path":"/a","bytes":150000000,"removable":true}
{"type":"hr.resignation","id":"r1","time":"2025-03-03T09:00:00Z","user":"u1","last_day":"2025-03-31"}
{"type":"file.copy","id":"c1","time":"2025-03-04T09:00:00Z","user":"U1@corp.example","path":"/a","bytes":150000000,"removable":true}
{"type":"hr.resignation","id":"r2","time":"2025-03-05T09:00:00Z","user":"u2","last_day":"2025-03-31"}
{"type":"hr.resignation","id":"r3","time":"2025-03-06T09:00:00Z","user":"u3","last_day":"2025-03-31"}
)";
const std::string roster = "id,accounts,department\nu1,u1@corp.example,R&D\nu2,,R&D\nu3,,Sales\n";

std::vector<std::string> shown(const std::vector<runtime::Alert>& alerts, const std::string& subject = "") {
    std::vector<std::string> result;
    for (const runtime::Alert& alert : alerts)
        if (subject.empty() || alert.subject == subject)
            result.push_back(alert.id + " " + alert.subject + " " + alert.cause_text + " " + alert.event);
    return result;
}

class CollectingSink : public stdlib::Sink {
public:
    bool write(const runtime::Alert& alert) override {
        alerts.push_back(alert);
        return true;
    }
    bool flush() override { return true; }
    std::string problem() const override { return ""; }
    std::vector<runtime::Alert> alerts;
};

} // namespace

TEST_CASE("a replay brings the alerts of a run, as often as asked") {
    const Compiled compiled{policy};
    const Scratch folder;
    const desk::Stream stream = read(compiled.program, folder, events, roster);
    stdlib::RunOptions options;
    options.input.inputs.push_back({folder.path("events.jsonl"), ""});
    options.input.rosters.push_back({folder.path("roster.csv"), ""});
    CollectingSink sink;
    stdlib::run(compiled.program, options, sink);
    const auto once = desk::replay(compiled.program, stream);
    REQUIRE(once.size() == 4);
    CHECK(shown(once) == shown(sink.alerts));
    CHECK(shown(once) == shown(desk::replay(compiled.program, stream)));
}

TEST_CASE("a replay for one person brings that person's alerts") {
    const Compiled compiled{policy};
    const Scratch folder;
    const desk::Stream stream = read(compiled.program, folder, events, roster);
    const auto all = desk::replay(compiled.program, stream);
    for (const std::string subject : {"u1", "u2", "u3"}) {
        desk::ReplayOptions options;
        options.person = stream.find_person(subject);
        REQUIRE(options.person != desk::no_person);
        CHECK(shown(desk::replay(compiled.program, stream, options), subject) == shown(all, subject));
    }
}

TEST_CASE("a replay goes step by step and stops where it is told to") {
    const Compiled compiled{policy};
    const Scratch folder;
    const desk::Stream stream = read(compiled.program, folder, events, roster);
    desk::Replay replay{compiled.program, stream};
    replay.run(*runtime::parse_time("2025-03-03", ""));
    CHECK(replay.position() == 1);
    CHECK(replay.engine().alerts().empty());
    REQUIRE(replay.next());
    CHECK(replay.engine().alerts().size() == 1);
    REQUIRE(replay.head() != nullptr);
    CHECK(replay.head()->event.id == "c1");
    CHECK(stream.place(*replay.head()) == folder.path("events.jsonl") + ":3");
    CHECK(stream.people[replay.head()->person] == "u1");
}

TEST_CASE("a program that reads less is fed by name, one that reads more is told what is missing") {
    const Compiled compiled{policy};
    std::string less = policy;
    less.replace(less.find("  where removable\n"), 18, "");
    const Compiled smaller{less};
    const Scratch folder;
    const desk::Stream stream = read(compiled.program, folder, events, roster);
    CHECK(desk::replay(smaller.program, stream).size() == 4);
    const desk::Stream narrow = read(smaller.program, folder, events, roster);
    const desk::Replay replay{compiled.program, narrow};
    CHECK(replay.problem() == "the events were read without `removable` of file.copy");
}

TEST_CASE("a replay pushes events together as it would one by one") {
    const Compiled compiled{R"(module busy
use hr, activity
signal Copies on file.copy when count() over 1h > 3
policy Everyone {
  purpose "p" basis "b" owner "o"
  covers employee.department == "R&D"
  opens always because "a test"
  score { +20 for Copies halves every 1h at most 100 }
  alert low at 20
  alert medium at 60
}
)"};
    const Scratch folder;
    std::string busy;
    for (int i = 0; i < 1'500; ++i)
        busy += fmt::format(
            "{{\"type\":\"file.copy\",\"id\":\"c{}\",\"time\":\"2025-03-01T{:02}:{:02}:{:02}Z\",\"user\":\"u{}\","
            "\"path\":\"/a\",\"bytes\":1}}\n",
            i, i / 360, i / 6 % 60, i % 6 * 10, i * 7 % 40);
    std::string staff = "id,department\n";
    for (int i = 0; i < 30; ++i) staff += fmt::format("u{},{}\n", i, i % 3 == 0 ? "Sales" : "R&D");
    desk::Stream stream = read(compiled.program, folder, busy, staff);
    // employees come between events, some at a time of their own
    for (const std::size_t before : {0, 1, 255, 256, 257, 700, 1'499}) {
        desk::StreamEmployee employee;
        employee.before = before;
        employee.id = "u" + std::to_string(before % 40);
        for (std::uint32_t i = 0; i < stream.layout.attributes.size(); ++i)
            if (stream.layout.attributes[i].field == "department")
                employee.attributes.emplace_back(i, runtime::Value::of(std::string_view("R&D")));
        if (before == 256 || before == 700) employee.at = stream.events[before].event.time;
        stream.employees.push_back(employee);
    }
    const auto one_by_one = [&](runtime::Time until, desk::Replay& replay) {
        for (const desk::StreamEvent* next = replay.head(); next != nullptr && next->event.time <= until;
             next = replay.head())
            if (!replay.next()) break;
        if (until != runtime::never) replay.run(until);
    };
    std::size_t alerts = 0;
    for (const std::size_t last :
         {std::size_t{0}, std::size_t{254}, std::size_t{256}, std::size_t{700}, std::size_t{1'000}}) {
        const runtime::Time until = stream.events[last].event.time;
        desk::Replay together{compiled.program, stream}, singly{compiled.program, stream};
        together.run(until);
        one_by_one(until, singly);
        INFO("up to event " << last);
        CHECK(together.position() == singly.position());
        CHECK(together.status() == singly.status());
        CHECK(shown(together.engine().alerts()) == shown(singly.engine().alerts()));
        CHECK(together.engine().snapshot() == singly.engine().snapshot());
        together.run();
        one_by_one(runtime::never, singly);
        CHECK(shown(together.engine().alerts()) == shown(singly.engine().alerts()));
        CHECK(together.engine().statistics().events == 1'500);
        alerts = together.engine().alerts().size();
    }
    CHECK(alerts > 20);

    desk::Progress progress;
    stream.progress = &progress;
    desk::ReplayOptions few;
    few.until = stream.events[300].event.time;
    CHECK(desk::replay(compiled.program, stream, few).size() < alerts);
    CHECK(progress.done == progress.all);
    stream.progress = nullptr;
    few = {};
    few.engine.state_bytes = 20'000;
    desk::Replay small{compiled.program, stream, few};
    small.run();
    CHECK(small.status() == runtime::Status::limit);
    CHECK(small.position() < 1'500);
}
