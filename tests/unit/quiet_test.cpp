// Engine::push_quiet: which announced events it takes together, which it leaves to `push`, and that the alerts are
// those of events pushed one by one.
#include "runtime/engine.hpp"

#include "tests/unit/desk_fixture.hpp"

#include <fmt/format.h>

#include <deque>
#include <random>
#include <string>
#include <vector>

using namespace watchword;
using namespace watchword::desk_tests;

namespace {

constexpr const char* policies = R"(module quiet
event file.copy      { user person, bytes size }
event auth.logon     { user person, host host }
event hr.termination { user person }
signal Many    on file.copy when count() over 1h > 2
signal Hosts   on auth.logon when distinct(host) over 1d > 1
signal Carried sequence within 1h { auth.logon  file.copy where bytes > 5MB }
policy Leaver {
  purpose "p" basis "b" owner "o"
  opens on hr.termination
  closes after 10d
  score { +40 for Many  +30 for Hosts  +20 for Carried  halves every 1h }
  alert low on Carried
  alert medium at 40
  alert high at 70
}
)";
/// The same events; more signals than a person's row has room for, of every kind, and watches that begin later than
/// they are opened.
constexpr const char* many_policies = R"(module quiet
event file.copy      { user person, bytes size }
event auth.logon     { user person, host host }
event hr.termination { user person, effective time? }
signal Many    on file.copy when count() over 1h > 2
signal Hosts   on auth.logon when distinct(host) over 1d > 1
signal Bytes   on file.copy where bytes > 1MB when sum(bytes) over 2h > 12MB
signal Average on file.copy when avg(bytes) over 3h > 6MB
signal ByHost  on auth.logon by host when count() over 2h > 2
signal Large   on file.copy where bytes > 9.5MB
signal Carried sequence within 1h { auth.logon  file.copy where bytes > 5MB  auth.logon }
signal Unseen  sequence within 2h { no auth.logon  file.copy where bytes > 4MB }
signal Paired  sequence within 1h { auth.logon as a  auth.logon where host != a.host  file.copy }
policy Leaver {
  purpose "p" basis "b" owner "o"
  opens on hr.termination
  closes after 10d
  score { +40 for Many  +30 for Hosts  +20 for Carried  +10 for Unseen  halves every 1h }
  alert low on Carried
  alert medium at 40
  alert high at 70
}
policy Later {
  purpose "p" basis "b" owner "o"
  opens on hr.termination as t at t.effective
  closes after 3d
  score { +10 for Many  +10 for Hosts  +10 for Bytes  +10 for Average  +10 for ByHost  +10 for Large  +10 for Paired
          +10 for Unseen  halves every 2h }
  alert low on Paired
  alert medium at 30
  alert high at 60
}
)";
constexpr runtime::Duration minute = 60'000'000;
constexpr runtime::Time start = 1'740'000'000'000'000;

/// Events, with what they point to.
class Events {
public:
    explicit Events(const runtime::Program& program) : program_(program) {}
    void add(const std::string& type, const std::string& user, runtime::Time time, std::int64_t bytes = 0,
             const std::string& host = "pc1") {
        const std::uint32_t number = *program_.find_event(type);
        const runtime::EventSchema& schema = program_.events[number];
        std::vector<runtime::Value>& fields = values_.emplace_back(schema.slots);
        const auto keep = [&](std::string text) -> std::string_view { return texts_.emplace_back(std::move(text)); };
        const auto set = [&](const char* name, runtime::Value value) {
            const runtime::Field* const field = schema.find(name);
            if (field != nullptr && field->slot != runtime::no_slot)
                fields[static_cast<std::size_t>(field->slot)] = value;
        };
        runtime::Event& event = events_.emplace_back();
        event.type = number;
        event.time = event.stated = time;
        event.position = events_.size();
        event.id = keep(fmt::format("e{}", events_.size()));
        event.subject = keep(user);
        set("user", runtime::Value::of(event.subject));
        set("bytes", runtime::Value::of(bytes));
        set("host", runtime::Value::of(keep(host)));
        set("effective", runtime::Value::of(time + bytes * minute));
        event.fields = fields.data();
        pointers_.push_back(&event);
    }
    std::span<const runtime::Event* const> all() const { return pointers_; }
    /// Every other one says by the roster's number whom it is about.
    void number(runtime::Roster& roster) {
        for (std::size_t i = 0; i < events_.size(); i += 2) events_[i].account = roster.number(events_[i].subject);
    }

private:
    const runtime::Program& program_;
    std::deque<runtime::Event> events_;
    std::deque<std::vector<runtime::Value>> values_;
    std::deque<std::string> texts_;
    std::vector<const runtime::Event*> pointers_;
};

/// How many events each call takes; those that it leaves are pushed.
std::vector<std::size_t> taken(runtime::Engine& engine, std::span<const runtime::Event* const> events) {
    std::vector<std::size_t> result;
    engine.prepare(events);
    for (std::size_t i = 0; i < events.size();) {
        result.push_back(engine.push_quiet());
        i += result.back();
        if (i < events.size()) CHECK(engine.push(*events[i++]) == runtime::Status::fine);
    }
    return result;
}

std::string told(runtime::Engine& engine) {
    std::string text;
    for (const runtime::Alert& alert : engine.alerts()) {
        text += fmt::format("{} {} {} {} {} {}\n", alert.id, alert.subject, alert.time, alert.event, alert.score,
                            static_cast<int>(alert.level));
        for (const runtime::Contribution& part : alert.contributions)
            for (const runtime::HitRecord& hit : part.hits)
                text += fmt::format("  {} {} {}\n", part.signal, hit.time, fmt::join(hit.events, " "));
    }
    return text;
}

} // namespace

TEST_CASE("quiet events are taken together, up to one at which more can happen") {
    const Compiled compiled{policies};
    runtime::Engine engine(compiled.program);
    Events strangers(compiled.program);
    for (int i = 0; i < 100; ++i) strangers.add("file.copy", fmt::format("u{}", i % 7), start + i);
    CHECK(taken(engine, strangers.all()) == std::vector<std::size_t>{100});
    CHECK(engine.statistics().events == 100);
    CHECK(engine.roster().size() == 0);

    Events opening(compiled.program);
    opening.add("file.copy", "u1", start + minute);
    opening.add("hr.termination", "u1", start + minute); // never quiet
    opening.add("file.copy", "u2", start + minute);      // might be u1 by now, for a name has become known
    opening.add("file.copy", "u1", start + minute);
    CHECK(taken(engine, opening.all()) == std::vector<std::size_t>{1, 0, 0});

    Events watched(compiled.program);
    for (int i = 0; i < 100; ++i) watched.add("file.copy", "u1", start + 2 * minute + i);
    watched.add("hr.termination", "u3", start + 3 * minute);
    watched.add("file.copy", "u1", start + 3 * minute);                         // u1's watches are what they were
    watched.add("file.copy", "u1", start + 10 * 24 * 60 * minute + 2 * minute); // the watch ends before it
    watched.add("file.copy", "u1", start + 10 * 24 * 60 * minute + 2 * minute);
    CHECK(taken(engine, watched.all()) == std::vector<std::size_t>{100, 1, 0});
    CHECK(engine.now() == start + 10 * 24 * 60 * minute + 2 * minute);
    CHECK(engine.push_quiet() == 0);
    CHECK(engine.alerts().size() == 1);
}

TEST_CASE("nothing but what is announced is taken") {
    const Compiled compiled{policies};
    runtime::Engine engine(compiled.program);
    CHECK(engine.push_quiet() == 0);
    Events events(compiled.program);
    for (int i = 0; i < 3; ++i) events.add("file.copy", "u1", start + i);
    engine.prepare(events.all().first(1));
    CHECK(engine.push(*events.all()[1]) == runtime::Status::fine); // another
    CHECK(engine.push_quiet() == 1);
    CHECK(engine.push_quiet() == 0);
    engine.prepare(events.all());
    engine.prepare({});
    CHECK(engine.push_quiet() == 0);
}

TEST_CASE("events give the same alerts together and one by one") {
    const char* const text = GENERATE(policies, many_policies);
    const Compiled compiled{text};
    std::size_t quiet = 0, alerts = 0;
    for (unsigned seed = 0; seed < 40; ++seed) {
        std::mt19937 random(seed);
        Events events(compiled.program);
        runtime::Time time = start;
        for (int i = 0; i < 800; ++i) {
            time += random() % 200 == 0 ? 5 * 24 * 60 * minute : (random() % 10) * minute;
            const std::string user = (random() % 9 == 0 ? "U" : "u") + std::to_string(random() % 12);
            const auto kind = random() % 20;
            if (kind == 0)
                events.add("hr.termination", user, time, random() % 2 == 0 ? 0 : random() % 5'000);
            else if (kind < 8)
                events.add("auth.logon", user, time, 0, fmt::format("pc{}", random() % 3));
            else
                events.add("file.copy", user, time, random() % 10'000'000);
        }
        runtime::Engine alone(compiled.program);
        for (const runtime::Event* const event : events.all()) alone.push(*event);
        runtime::Engine together(compiled.program);
        for (std::size_t i = 0; i < events.all().size();) {
            const std::size_t count = std::min<std::size_t>(1 + random() % 200, events.all().size() - i);
            for (const std::size_t some : taken(together, events.all().subspan(i, count))) quiet += some;
            i += count;
        }
        CAPTURE(seed);
        CHECK(told(together) == told(alone));
        CHECK(together.snapshot() == alone.snapshot());
        runtime::Engine numbered(compiled.program);
        events.number(numbered.roster());
        for (std::size_t i = 0; i < events.all().size();) {
            const std::size_t count = std::min<std::size_t>(1 + random() % 100, events.all().size() - i);
            taken(numbered, events.all().subspan(i, count));
            i += count;
            if (random() % 3 == 0 && i < events.all().size()) numbered.push(*events.all()[i++]); // without a word
        }
        CHECK(told(numbered) == told(alone));
        CHECK(numbered.snapshot() == alone.snapshot());
        alerts += alone.alerts().size();
    }
    CHECK(quiet > 20'000);
    CHECK(alerts > 500);
}
