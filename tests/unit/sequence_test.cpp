// What a completed sequence says of itself: with more steps than a hit lists events, and with several steps that read
// the same field.
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

TEST_CASE("a field that several steps read is said of each, or once where it is the key") {
    const auto labels = [](const std::string& sequence) {
        const Compiled compiled{
            "module pair\nevent file.copy { user person, host text, bytes size }\n"
            "event file.move { user person, host text, note text, sensitive bytes size }\nsignal Pair sequence " +
            sequence +
            "\npolicy P {\n  purpose \"p\" basis \"b\" owner \"o\"\n  opens always because "
            "\"a test\"\n  score { +1 for Pair  halves every 1h }\n  alert low on Pair\n}\n"};
        runtime::Engine engine(compiled.program);
        for (std::int64_t i = 0; i < 4; ++i) {
            const std::uint32_t type = *compiled.program.find_event(i < 3 ? "file.copy" : "file.move");
            const runtime::EventSchema& schema = compiled.program.events[type];
            std::vector<runtime::Value> fields(schema.slots);
            const auto fill = [&](std::string_view name, runtime::Value value) {
                const runtime::Field* const field = schema.find(name);
                if (field != nullptr && field->slot != runtime::no_slot) // nobody reads it
                    fields[static_cast<std::size_t>(field->slot)] = value;
            };
            fill("bytes", runtime::Value::of(i));
            for (const char* const name : {"host", "note"}) fill(name, runtime::Value::of(std::string_view{"pc7"}));
            const std::string id = std::to_string(i);
            runtime::Event event;
            event.type = type;
            event.time = event.stated = 1'740'000'000'000'000 + i;
            event.position = static_cast<std::uint64_t>(i);
            event.id = id;
            event.fields = fields.data();
            event.subject = "u1";
            REQUIRE(engine.push(event) == runtime::Status::fine);
        }
        REQUIRE(engine.alerts().size() == 1);
        std::string said;
        for (const runtime::NamedValue& value : engine.alerts()[0].contributions.at(0).hits.at(0).values)
            said += fmt::format("{}={} ", value.label, value.value);
        return said;
    };
    CHECK(labels("within 1h by host { file.copy  file.move }") == "host=pc7 ");
    CHECK(labels("within 1h { file.copy by host  file.move by host }") == "host=pc7 ");
    CHECK(labels(R"(within 1h { file.copy where host != "x"  file.move where bytes > 0B })") == "host=pc7 bytes=3B ");
    CHECK(labels(R"(within 1h { file.copy as c where host != "x"  file.move where c.host == host })") ==
          "c.host=pc7 step2.host=pc7 ");
    CHECK(labels("within 1h by host { file.copy as c where bytes >= 0B times 3  file.move where bytes > 0B }") ==
          "step1.bytes=0B host=pc7 step2.bytes=1B c.bytes=2B step4.bytes=3B ");
    // A step may be named as if it were a number, and another's key be what is a condition here.
    CHECK(labels(R"(within 1h { file.copy as step2 where host != "x"  file.move where host != "y" })") ==
          "step2.host=pc7 step2.host_=pc7 ");
    CHECK(labels(R"(within 1h { file.copy by host  file.move where host != "x" by note })") ==
          "step1.host=pc7 step2.host=pc7 note=pc7 ");
}
