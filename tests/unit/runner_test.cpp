// The loop from files to a sink, over a program made by hand: what comes out, what is counted, how a run ends.
#include "stdlib/runner.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace runtime = watchword::runtime;
using namespace watchword::stdlib;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / ("watchword-runner-test-" + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    std::string file(const std::string& name, const std::string& content) const {
        std::ofstream{path / name} << content;
        return path / name;
    }
};

class CollectingSink : public Sink {
public:
    bool write(const runtime::Alert& alert) override {
        alerts.push_back(alert);
        return !broken;
    }
    bool flush() override { return !broken; }
    std::string problem() const override { return broken ? "the disk is full" : ""; }

    std::vector<runtime::Alert> alerts;
    bool broken = false;
};

runtime::Program program_of_one_policy() {
    runtime::Program program;
    runtime::EventSchema schema;
    schema.name = "hr.notice";
    runtime::Field user;
    user.name = "user";
    user.type = {runtime::Kind::person, false, 0};
    user.slot = 0;
    schema.fields.push_back(std::move(user));
    schema.subject = 0;
    schema.slots = 1;
    schema.used = true;
    schema.never_late = true;
    program.events.push_back(std::move(schema));
    runtime::PolicyPlan policy;
    policy.name = "Leaver";
    policy.id = "Leaver";
    policy.triggers.emplace_back();
    runtime::ClosePlan close;
    close.after = 10 * runtime::one_day;
    policy.closes.push_back(close);
    policy.extends_at_most = 20 * runtime::one_day;
    runtime::AlertPlan alert;
    alert.level = runtime::Level::medium;
    alert.cause = runtime::AlertCause::on_open;
    policy.alerts.push_back(alert);
    program.policies.push_back(std::move(policy));
    return program;
}

const std::string three_lines = R"({"type":"hr.notice","time":"2025-03-03T09:00:00Z","id":"n1","user":"u1"}
{"type":"hr.notice","time":"yesterday","id":"n2","user":"u2"}
{"type":"hr.notice","time":"2025-03-04T09:00:00Z","id":"n3","user":"u3"}
)";

RunOptions options_for(const std::string& path) {
    RunOptions options;
    options.input.inputs.push_back({path, ""});
    return options;
}

std::string text_of(const RunSummary& summary, const runtime::Program& program) {
    std::string text;
    append_summary_text(text, summary, program, Pseudonyms{"key"});
    return text;
}

} // namespace

TEST_CASE("a run writes alerts and counts what it saw") {
    const Folder folder;
    const runtime::Program program = program_of_one_policy();
    CollectingSink sink;
    const RunSummary summary = run(program, options_for(folder.file("events.jsonl", three_lines)), sink);
    REQUIRE(sink.alerts.size() == 2);
    CHECK(sink.alerts[0].subject == "u1");
    CHECK(summary.end == RunEnd::input_over);
    CHECK(summary.input.rejected == 1);
    CHECK(summary.alerts_from(runtime::Level::medium) == 2);
    CHECK(summary.alerts_from(runtime::Level::high) == 0);
    const std::string text = text_of(summary, program);
    CHECK_THAT(text, Contains("Leaver: 2 medium") && Contains("events.jsonl:2") && Contains("2 opened"));
    std::string json;
    append_summary_json(json, summary, program, Pseudonyms{"key"});
    CHECK_THAT(json, Contains("\"rejected\":1") && Contains("\"medium\":2") && Contains("\"opened\":2"));
}

TEST_CASE("people whom the roster does not know are named with their line, and by pseudonym") {
    const Folder folder;
    const runtime::Program program = program_of_one_policy();
    RunOptions options = options_for(folder.file("events.jsonl", three_lines));
    options.input.rosters.push_back({folder.file("roster.jsonl", "{\"id\":\"u1\"}\n"), ""});
    CollectingSink sink;
    const RunSummary summary = run(program, options, sink);
    CHECK(sink.alerts.size() == 1);
    REQUIRE(summary.unknown_accounts == std::vector<std::string>{"u3"});
    const std::string text = text_of(summary, program);
    CHECK_THAT(text,
               Contains("unknown person") && Contains("events.jsonl:3") && Contains(Pseudonyms{"key"}.person("u3")));
    CHECK_THAT(text, !Contains("u3"));
}

TEST_CASE("a run ends early when it was told to") {
    const Folder folder;
    const runtime::Program program = program_of_one_policy();
    CollectingSink sink;
    RunOptions options = options_for(folder.file("events.jsonl", three_lines));
    SECTION("at the first rejected record") {
        options.stop_on_error = true;
        CHECK(run(program, options, sink).end == RunEnd::stopped);
    }
    SECTION("when more are rejected than allowed") {
        options.max_rejected = 0;
        CHECK(run(program, options, sink).end == RunEnd::stopped);
    }
    SECTION("not when as many are rejected as allowed") {
        options.max_rejected = 1;
        CHECK(run(program, options, sink).end == RunEnd::input_over);
    }
    SECTION("when alerts cannot be written") {
        sink.broken = true;
        const RunSummary summary = run(program, options, sink);
        CHECK(summary.end == RunEnd::output_failed);
        CHECK(summary.problem == "the disk is full");
    }
    SECTION("when it is cancelled") {
        options.progress = [](const RunProgress&) { return false; };
        CHECK(run(program, options, sink).end == RunEnd::cancelled);
    }
}

TEST_CASE("an input that is not there does not keep the others from being read") {
    const Folder folder;
    const runtime::Program program = program_of_one_policy();
    CollectingSink sink;
    RunOptions options = options_for(folder.file("events.jsonl", three_lines));
    options.input.inputs.push_back({folder.path / "nowhere.jsonl", ""});
    const RunSummary summary = run(program, options, sink);
    CHECK(sink.alerts.size() == 2);
    CHECK(summary.end == RunEnd::input_failed);
    REQUIRE(summary.input.errors.size() == 1);
    CHECK_THAT(summary.input.errors[0], Contains("nowhere.jsonl"));
}

TEST_CASE("the middle and the worst of the notice delays") {
    using runtime::one_second;
    runtime::NoticeDelays delays, more;
    CHECK(delays.count() == 0);
    CHECK(delays.median() == 0);
    CHECK(delays.worst() == 0);
    for (const int seconds : {5, 1, 9, 3}) delays.add(seconds * one_second + 999'999);
    CHECK(delays.count() == 4);
    CHECK(delays.median() == 3 * one_second);
    CHECK(delays.worst() == 9 * one_second);
    more.add(9 * one_second);
    more.add(2 * runtime::one_day + 61 * one_second);
    delays.add(more);
    CHECK(delays.count() == 6);
    CHECK(delays.median() == 5 * one_second);
    CHECK(delays.worst() == 2 * runtime::one_day + 60 * one_second);
    delays.add(400 * runtime::one_day + 3'600 * one_second);
    CHECK(delays.worst() == 400 * runtime::one_day);
}
