// Snapshots: an engine goes on from its bytes as if nothing had happened, and bytes that are not a snapshot of these
// policies do no harm. The stories are the `test` blocks of the language's own cases and of the examples.
#include "runtime/engine.hpp"
#include "runtime/snapshot.hpp"
#include "runtime/test_input.hpp"
#include "stdlib/sinks/sink.hpp"
#include "tests/unit/codegen_fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace watchword;
using namespace watchword::runtime;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;

namespace {

std::optional<std::string> read_file(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

std::optional<Program> compile_file(const fs::path& path) {
    dsl::Sources sources;
    const std::uint32_t root = sources.add(path.string(), read_file(path).value());
    dsl::CompilerOptions options = standard_compiler();
    options.read = [](std::string_view name, std::string_view from) {
        return read_file(fs::path{from}.parent_path() / fs::path{name});
    };
    dsl::Diagnostics diagnostics;
    return dsl::compile(sources, {&root, 1}, options, diagnostics);
}

/// One test block as an engine sees it, a step at a time.
class Story {
public:
    Story(const Program& program, const TestPlan& plan) : plan_(plan), input_(program, plan) {}

    std::size_t size() const { return input_.items().size(); }
    void begin(Engine& engine) const {
        if (plan_.has_roster) engine.roster().require();
        for (const TestEmployee& employee : plan_.employees)
            if (employee.at == beginning) engine.roster().enter({employee.id, employee.aliases, employee.attributes});
    }
    void step(Engine& engine, std::size_t index) {
        const TestInputItem& item = input_.items()[index];
        if (item.employee != nullptr)
            engine.change_roster(item.time, index + 1,
                                 {item.employee->id, item.employee->aliases, item.employee->attributes});
        else if (item.event != nullptr)
            engine.push(input_.event(item, index + 1));
        else
            engine.advance(item.time);
    }
    void go_on(Engine& engine, std::size_t first) {
        for (std::size_t i = first; i < size(); ++i) step(engine, i);
        Time end = plan_.until;
        for (const TestExpectation& expectation : plan_.expectations)
            if (expectation.at) end = std::max(end, *expectation.at);
        engine.advance(end);
    }

private:
    const TestPlan& plan_;
    TestInput input_;
};

std::string lines(const Program& program, const std::vector<Alert>& alerts) {
    const stdlib::Pseudonyms names = stdlib::Pseudonyms::revealed();
    std::string text;
    for (const Alert& alert : alerts) stdlib::append_ndjson(text, alert, {program, names});
    return text;
}

void go_on_from_each_step(const Program& program, const TestPlan& plan) {
    Story story(program, plan);
    Engine first(program);
    story.begin(first);
    for (std::size_t stop = 0;; ++stop) {
        if (stop % (1 + story.size() / 10) == 0) {
            const std::string taken = first.snapshot();
            Engine second(program), untouched(program);
            REQUIRE(second.restore(taken) == "");
            REQUIRE(second.snapshot() == taken);
            REQUIRE(untouched.restore(taken) == "");
            Engine straight(program);
            story.begin(straight);
            for (std::size_t i = 0; i < stop; ++i) story.step(straight, i);
            straight.alerts().clear();
            story.go_on(straight, stop);
            story.go_on(second, stop);
            REQUIRE(lines(program, second.alerts()) == lines(program, straight.alerts()));
            REQUIRE(second.snapshot() == straight.snapshot());
        }
        if (stop == story.size()) return;
        story.step(first, stop);
    }
}

/// Nearly everything that can be in a state: windows of each kind, baselines of one's own, sequences that wait, actions
/// begun, several people, look-back, risk.
constexpr std::string_view many_things = R"(
module many zone "Europe/Berlin"
subject employee { group text = "A" boss person? privileged bool = false zone zone? }
event hr.notice { user person, status enum(planned, notified), last_day time?, by person? }
event hr.moved { user person, group text? } updates employee { group: group }
event work.copy { user person, to person, host host, bytes size, took duration, share real, tags list<text>?, ip ip? }
event work.logon { user person, host host }
event work.logoff { user person, host host }
action restrict(what text) state
action tell(whom person)
signal Sums on work.copy by host when sum(bytes) over 3h > 10MB and avg(took) over 3h > 1s
signal Ends on work.copy when min(share) over 1d < 0.5 and max(bytes) per day > 5MB
signal Ranks on work.copy when percentile(bytes, 90) over 1d > 1MB or stddev(share) over 1d > 0.2
signal Hosts on work.copy, work.logon by user when distinct(host) over 1d > 1 and count() per hour >= 1
signal First on work.copy when new(to) over 1h
signal Odd on work.copy when deviation(sum(bytes) per day, past 3d, at least 2) > 1
signal Stay sequence within 2h { work.logon as a  work.copy as c where c.host == a.host  no work.logoff }
signal Both on signal Sums, Stay as s when count() over 1d >= 2
policy Leaver "Leaver" {
  purpose "p" basis "b" owner "o"
  opens on hr.notice as n at n.last_day
  looks back 30d
  closes 5d after n.last_day, after 40d
  score { +10 for Sums, at most 30  +5 for Ends  +7 for Ranks, once  +3 for Hosts  +4 for First
          +9 for Odd  +20 for Stay  +8 for Both  halves every 3d  times 1.5 when employee.privileged  at most 100 }
  alert low at 5 do tell("chief")
  alert medium at 20 do restrict("vpn")
  alert high on Stay
}
signal Wave on hr.notice across status when distinct(user) over 2d >= 2
policy Together "Together" {
  purpose "p" basis "b" owner "o"
  opens on signal Wave
  closes after 10d
  score { +30 for Hosts }
  alert low at 10
}
risk { combine sum  low at 20  medium at 60 }
test "a month" {
  employee "u1" { group: "A", privileged: true, boss: "u2" }
  employee "u2" { group: "B" }
  at 2025-03-26 09:00 work.copy { user: "u1", to: "u2", host: "pc1", bytes: 6MB, took: 2s, share: 0.25, tags: ["a", "b"], ip: "10.0.0.1" } x 6 every 7h
  at 2025-03-27 10:00 work.logon { user: "u1", host: "pc1" } x 4 every 12h
  at 2025-03-28 08:00 hr.notice { user: "u1", status: notified, last_day: 2025-03-30, by: "u2" }
  at 2025-03-28 09:00 hr.notice { user: "u2", status: notified }
  at 2025-03-28 09:30 work.logon { user: "u1", host: "pc2" } x 3 every 1d
  at 2025-03-28 09:40 work.copy { user: "u1", to: "u3", host: "pc2", bytes: 12MB, took: 3s, share: 0.75 } x 5 every 11h
  at 2025-03-29 09:40 hr.moved { user: "u1", group: "B" }
  at 2025-03-29 10:00 employee "u1" { privileged: false }
  at 2025-03-29 11:00 work.copy { user: "u2", to: "u1", host: "pc3", bytes: 9MB, took: 4s, share: 0.1 }
  expect alert Leaver for "u1"
  expect alert Together
  expect no alert Leaver for "u1" at 2025-04-20
}
)";

constexpr std::size_t head_bytes = 26, checksum_bytes = 8;

std::string body_of(const std::string& snapshot) {
    return snapshot.substr(head_bytes, snapshot.size() - head_bytes - checksum_bytes);
}

} // namespace

TEST_CASE("an engine goes on from its snapshot as if it had not stopped") {
    const Program program = compile_snippet(std::string(many_things));
    go_on_from_each_step(program, program.tests.front());
    Engine engine(program);
    Story story(program, program.tests.front());
    story.begin(engine);
    story.go_on(engine, 0);
    REQUIRE(engine.alerts().size() > 2);
}

TEST_CASE("every test block of the cases and examples can be stopped anywhere") {
    const char* root = std::getenv("WATCHWORD_ROOT");
    if (root == nullptr) root = ".";
    std::size_t stories = 0;
    for (const char* folder : {"tests/cases/language", "examples/matrix", "stdlib/modules"})
        for (const fs::directory_entry& entry : fs::directory_iterator{fs::path{root} / folder}) {
            if (entry.path().extension() != ".watch") continue;
            const std::optional<Program> program = compile_file(entry.path());
            if (!program) continue;
            for (const TestPlan& plan : program->tests) {
                INFO(entry.path() << ": " << plan.name);
                go_on_from_each_step(*program, plan);
                ++stories;
            }
        }
    REQUIRE(stories > 100);
}

TEST_CASE("one person's state moves to an engine that numbers people differently") {
    const Program program = compile_snippet(std::string(many_things));
    const TestPlan& plan = program.tests.front();
    Story story(program, plan);
    for (std::size_t stop = 0; stop <= story.size(); ++stop) {
        Engine here(program), there(program);
        story.begin(here);
        for (const char* other : {"x", "u3", "u2", "y", "u1"}) there.roster().enter({other, {}, {}});
        for (std::size_t i = 0; i < stop; ++i) story.step(here, i);
        here.alerts().clear();
        for (const char* name : {"u1", "u2"})
            REQUIRE(there.restore_person(here.snapshot(here.roster().resolve(name))) == "");
        story.go_on(here, stop);
        story.go_on(there, stop);
        const auto about_leaver = [&](std::vector<Alert> alerts) {
            std::erase_if(alerts, [](const Alert& alert) { return alert.policy == 1 || alert.policy == risk_policy; });
            return lines(program, alerts);
        };
        REQUIRE(about_leaver(here.alerts()) == about_leaver(there.alerts()));
    }
}

TEST_CASE("what is not a snapshot of these policies is refused and changes nothing") {
    const Program program = compile_snippet(std::string(many_things));
    Story story(program, program.tests.front());
    Engine engine(program);
    story.begin(engine);
    for (std::size_t i = 0; i < story.size(); ++i) story.step(engine, i);
    const std::string good = engine.snapshot();
    const std::string of_one = engine.snapshot(0);
    const auto refuses = [&](const std::string& bytes, const std::string& why) {
        REQUIRE_THAT(engine.restore(bytes), Contains(why));
        REQUIRE(engine.snapshot() == good);
    };
    refuses("", "not a snapshot");
    refuses("a text file, perhaps", "not a snapshot");
    refuses(good.substr(0, 12), "ends too early");
    refuses(good + "x", "checksum");
    refuses(of_one, "not of an engine");
    REQUIRE_THAT(engine.restore_person(good), Contains("not of one person"));
    std::string version = good;
    version[8] = 99;
    refuses(version, "version 99");

    std::string text(many_things);
    text.replace(text.find("+10 for Sums"), 12, "+11 for Sums");
    const Program other = compile_snippet(text);
    Engine elsewhere(other);
    REQUIRE_THAT(elsewhere.restore(good), Contains("other policies"));
    REQUIRE_THAT(elsewhere.restore_person(of_one), Contains("other policies"));
    const Program same = compile_snippet("# a comment does not matter\n" + std::string(many_things));
    Engine twin(same);
    REQUIRE(twin.restore(good) == "");

    Engine later(program);
    later.advance(*parse_time("2030-01-01", ""));
    REQUIRE_THAT(later.restore_person(of_one), Contains("clock"));
}

TEST_CASE("damage is found wherever it is") {
    const Program program = compile_snippet(std::string(many_things));
    Story story(program, program.tests.front());
    Engine engine(program);
    story.begin(engine);
    for (std::size_t i = 0; i + 4 < story.size(); ++i) story.step(engine, i);
    const std::string good = engine.snapshot();
    Engine other(program);
    story.begin(other);
    const std::string before = other.snapshot();
    const auto refused = [&](const std::string& bytes) {
        if (other.restore(bytes).empty()) return false;
        return other.snapshot() == before;
    };
    for (std::size_t at = 0; at < good.size(); at += 3) {
        std::string damaged = good;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
        REQUIRE(refused(damaged));
        REQUIRE(refused(good.substr(0, at)));
    }
    // Somebody who puts the checksum right meets the checks inside: refused or believed, but never a crash.
    const std::string body = body_of(good);
    std::size_t found = 0, believed = 0;
    for (std::size_t at = 0; at < body.size(); at += 2)
        for (const int change : {0x01, 0x80, 0xff}) {
            std::string damaged = body;
            damaged[at] = static_cast<char>(damaged[at] ^ change);
            Engine victim(program);
            if (!victim.restore(seal_snapshot(SnapshotKind::engine, program, damaged)).empty()) {
                ++found;
                continue;
            }
            ++believed;
            story.go_on(victim, story.size() - 4);
            victim.snapshot();
        }
    for (std::size_t at = 0; at < body.size(); at += 2)
        REQUIRE(refused(seal_snapshot(SnapshotKind::engine, program, body.substr(0, at))));
    REQUIRE(found > believed / 2);
}

TEST_CASE("damage to one person's snapshot is found or harmless") {
    const Program program = compile_snippet(std::string(many_things));
    Story story(program, program.tests.front());
    Engine engine(program);
    story.begin(engine);
    for (std::size_t i = 0; i < story.size(); ++i) story.step(engine, i);
    const std::string whole = engine.snapshot();
    const std::string body = body_of(engine.snapshot(0));
    for (std::size_t at = 0; at < body.size(); at += 2)
        for (const int change : {0x01, 0x80, 0xff}) {
            std::string damaged = body;
            damaged[at] = static_cast<char>(damaged[at] ^ change);
            if (!engine.restore_person(seal_snapshot(SnapshotKind::person, program, damaged)).empty()) {
                REQUIRE(engine.snapshot() == whole);
                continue;
            }
            engine.advance(*parse_time("2025-04-20", ""));
            engine.snapshot();
            REQUIRE(engine.restore(whole) == "");
        }
}
