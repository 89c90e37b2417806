// Signals whose state is a RunningState against the same signals with a `by` that is always the same, whose state is a
// PlainState: each event must be the same hit of both, with the same events listed.
#include "runtime/engine.hpp"
#include "runtime/plain_signal.hpp"

#include "tests/unit/desk_fixture.hpp"

#include <fmt/format.h>

#include <array>
#include <random>

using namespace watchword;
using namespace watchword::desk_tests;

namespace {

constexpr std::array conditions{"count() over 1h > 25",
                                "count() over 10m <= 2",
                                "sum(bytes) over 2h > 400MB",
                                "sum(bytes where bytes > 19MB) over 1h < 1MB",
                                "distinct(tag) over 1h > 8",
                                "distinct(tag where bytes > 5MB) over 3m == 1",
                                "count(where bytes > 5MB) over 1h >= 10"};
constexpr runtime::Duration second = 1'000'000;

/// Policy `Running`, then policy `Keyed`; signal by signal the same.
std::string twins() {
    std::string text = "module twins\nevent note.taken { user person, host host, bytes size, tag text }\n";
    for (const bool keyed : {false, true}) {
        const std::string_view name = keyed ? "Keyed" : "Running";
        std::string terms, alerts;
        for (std::size_t i = 0; i < conditions.size(); ++i) {
            text +=
                fmt::format("signal {}{} on note.taken {} when {}\n", name, i, keyed ? "by host" : "", conditions[i]);
            terms += fmt::format("    +1 for {}{}\n", name, i);
            alerts += fmt::format("  alert low on {}{}\n", name, i);
        }
        text += fmt::format("policy {} {{\n  purpose \"p\" basis \"b\" owner \"o\"\n  opens always because \"a test\"\n"
                            "  score {{\n{}    halves every 1h\n  }}\n{}}}\n",
                            name, terms, alerts);
    }
    return text;
}

/// Everything that must be the same of the alerts of one policy.
std::string told(const std::vector<runtime::Alert>& alerts, std::uint32_t policy) {
    std::string text;
    for (const runtime::Alert& alert : alerts) {
        if (alert.policy != policy) continue;
        text += fmt::format("{} {} {} {}\n", alert.subject, alert.time, alert.event, alert.cause_text.back());
        for (const runtime::Contribution& part : alert.contributions) {
            text += fmt::format("  {} {} {}\n", part.signal.back(), part.points, part.hit_count);
            for (const runtime::HitRecord& hit : part.hits)
                text += fmt::format("    {} {} {}\n", hit.time, hit.event_count, fmt::join(hit.events, " "));
        }
    }
    return text;
}

} // namespace

TEST_CASE("running signals are hit as signals with a key are") {
    const Compiled compiled{twins()};
    const runtime::Program& program = compiled.program;
    for (std::size_t i = 0; i < conditions.size(); ++i) {
        CAPTURE(conditions[i]);
        CHECK_FALSE(runtime::PlainShape(program, program.policies[0].signals[i]).running.empty());
        CHECK(runtime::PlainShape(program, program.policies[1].signals[i]).running.empty());
    }
    const std::uint32_t type = *program.find_event("note.taken");
    const runtime::EventSchema& schema = program.events[type];
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::mt19937 random(seed);
        auto engine = std::make_unique<runtime::Engine>(program);
        runtime::Time time = 1'740'000'000'000'000;
        std::vector<runtime::Alert> alerts;
        for (std::uint64_t position = 1; position <= 1500; ++position) {
            // bursts, so that windows hold more than a hit lists, and pauses, so that they become empty
            time += random() % 100 == 0 ? (random() % 7200) * second : (random() % 60) * second;
            const std::string id =
                random() % 4 == 0 ? fmt::format("an-id-that-is-long-{}", position) : fmt::format("e{}", position);
            const std::string user = fmt::format("u{}", random() % 3), tag = fmt::format("t{}", random() % 12);
            std::vector<runtime::Value> fields(schema.slots);
            const auto set = [&](const char* field, runtime::Value value) {
                const runtime::Field* const found = schema.find(field);
                if (found->slot != runtime::no_slot) fields[static_cast<std::size_t>(found->slot)] = value;
            };
            set("user", runtime::Value::of(std::string_view{user}));
            set("host", runtime::Value::of(std::string_view{"pc1"}));
            set("bytes", runtime::Value::of(static_cast<std::int64_t>(random() % 20'000'000)));
            set("tag", runtime::Value::of(std::string_view{tag}));
            runtime::Event event;
            event.type = type;
            event.time = event.stated = time;
            event.position = position;
            event.id = id;
            event.fields = fields.data();
            event.subject = user;
            const runtime::Event* const announced = &event;
            if (seed % 2 == 0) engine->prepare(std::span(&announced, 1));
            if (seed % 2 != 0 || engine->push_quiet() == 0) REQUIRE(engine->push(event) == runtime::Status::fine);
            for (runtime::Alert& alert : engine->alerts()) alerts.push_back(std::move(alert));
            engine->alerts().clear();
            if (random() % 200 != 0) continue;
            const std::string snapshot = engine->snapshot();
            auto restored = std::make_unique<runtime::Engine>(program);
            REQUIRE(restored->restore(snapshot) == "");
            REQUIRE(restored->snapshot() == snapshot);
            engine = std::move(restored);
        }
        CAPTURE(seed);
        const std::string running = told(alerts, 0);
        CHECK(alerts.size() > 100);
        CHECK(running == told(alerts, 1));
    }
}
