// What a completed sequence says of itself when it has more steps than a hit lists events.
#include "runtime/engine.hpp"
#include "runtime/hit.hpp"

#include "tests/unit/desk_fixture.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

using namespace watchword;
using namespace watchword::desk_tests;

TEST_CASE("a hit of a long sequence lists its newest events and says how many there were") {
    constexpr std::size_t steps = runtime::listed_events + 3;
    std::string text = "module long\nevent note.taken { user person, bytes size }\nsignal Long sequence within 1h {\n";
    for (std::size_t i = 0; i < steps; ++i) text += fmt::format("  note.taken where bytes == {}B\n", i);
    text += "}\npolicy P {\n  purpose \"p\" basis \"b\" owner \"o\"\n  opens always because \"a test\"\n"
            "  score { +1 for Long  halves every 1h }\n  alert low on Long\n}\n";
    const Compiled compiled{text};
    const runtime::Program& program = compiled.program;
    const std::uint32_t type = *program.find_event("note.taken");
    const runtime::EventSchema& schema = program.events[type];
    auto engine = std::make_unique<runtime::Engine>(program);
    for (std::size_t i = 0; i < steps; ++i) {
        std::vector<runtime::Value> fields(schema.slots);
        fields[static_cast<std::size_t>(schema.find("bytes")->slot)] = runtime::Value::of(static_cast<std::int64_t>(i));
        const std::string id = (i % 2 == 0 ? "e" : "an-id-that-is-long-") + std::to_string(i);
        runtime::Event event;
        event.type = type;
        event.time = event.stated = 1'740'000'000'000'000 + static_cast<runtime::Time>(i);
        event.position = i;
        event.id = id;
        event.fields = fields.data();
        event.subject = "u1";
        REQUIRE(engine->push(event) == runtime::Status::fine);
        if (i != steps / 2) continue;
        const std::string snapshot = engine->snapshot(); // half-way: the match's notes are saved and read again
        engine = std::make_unique<runtime::Engine>(program);
        REQUIRE(engine->restore(snapshot) == "");
        REQUIRE(engine->snapshot() == snapshot);
    }
    REQUIRE(engine->alerts().size() == 1);
    const runtime::HitRecord& hit = engine->alerts()[0].contributions.at(0).hits.at(0);
    CHECK(hit.event_count == steps);
    REQUIRE(hit.events.size() == runtime::listed_events);
    CHECK(hit.events.front() == "an-id-that-is-long-3");
    CHECK(hit.events.back() == fmt::format("e{}", steps - 1));
    CHECK(hit.values.size() == steps);
}
