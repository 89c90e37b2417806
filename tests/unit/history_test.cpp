// Sealed history: what is kept of people goes when no watch can look back on it any more, whether they do something or
// not, and what is kept of one person has a bound.
#include "runtime/engine.hpp"

#include "tests/unit/desk_fixture.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

using namespace watchword;
using namespace watchword::desk_tests;

namespace {

constexpr runtime::Time start = 1'740'000'000'000'000;

/// A policy that looks back on notes, and an engine that is told of them.
class Notes {
public:
    explicit Notes(std::size_t bytes_per_person = runtime::EngineOptions{}.history_bytes_per_person)
        : engine(program, options(bytes_per_person)) {}

    void push(const char* type_name, runtime::Time time, const std::string& person) {
        const std::uint32_t type = *program.find_event(type_name);
        const std::string id = std::to_string(position);
        runtime::Event event;
        event.type = type;
        event.time = event.stated = time;
        event.position = position++;
        event.id = id;
        std::vector<runtime::Value> fields(program.events[type].slots, runtime::Value::of(std::string_view{person}));
        event.fields = fields.data();
        event.subject = person;
        REQUIRE(engine.push(event) == runtime::Status::fine);
    }

private:
    static runtime::EngineOptions options(std::size_t bytes_per_person) {
        runtime::EngineOptions result;
        result.history_bytes_per_person = bytes_per_person;
        return result;
    }
    const Compiled compiled{
        "module kept\nevent note.taken { user person, path text }\nevent hr.left { user person }\n"
        "signal Any on note.taken where path != \"x\"\npolicy P {\n  purpose \"p\" basis \"b\" owner "
        "\"o\"\n  opens on hr.left\n  looks back 1h\n  closes after 1d\n  score { +1 for Any  halves "
        "every 1h }\n  alert low at 1\n}\n"};

public:
    const runtime::Program& program = compiled.program;
    runtime::Engine engine;
    std::uint64_t position = 0;
};

} // namespace

TEST_CASE("what nobody can look back on goes, of people who do nothing too") {
    Notes notes;
    constexpr int people = 50;
    const auto kept = [&] { return notes.engine.snapshot().size(); };
    const std::size_t before = kept();
    for (int i = 0; i < 20 * people; ++i) notes.push("note.taken", start + i, fmt::format("u{}", i % people));
    const std::size_t full = kept() - before;
    // u0 goes on, the others do nothing: as long as the hour is not over, all is there
    runtime::Time time = start;
    for (int i = 0; i < 50; ++i) notes.push("note.taken", time += runtime::one_minute, "u0");
    CHECK(kept() - before >= full);
    notes.push("hr.left", time, "u7");
    CHECK(notes.engine.alerts().size() == 1);
    for (int i = 0; i < 120; ++i) notes.push("note.taken", time += runtime::one_minute, "u0");
    CHECK(kept() - before < full / 2);
    notes.push("hr.left", time, "u8");
    CHECK(notes.engine.alerts().size() == 1);
    notes.push("hr.left", time, "u0");
    CHECK(notes.engine.alerts().size() == 2);
}

TEST_CASE("what is kept of one person has a bound, and a replay that would need more says so") {
    Notes notes(3000);
    for (int i = 0; i < 2000; ++i) notes.push("note.taken", start + i * runtime::one_second, "u0");
    CHECK(notes.engine.statistics().history_dropped > 1000);
    notes.push("hr.left", start + 2000 * runtime::one_second, "u0");
    REQUIRE(notes.engine.alerts().size() == 1);
    CHECK(notes.engine.alerts()[0].watch.history_truncated);
}

TEST_CASE("a saved history expires as the one that was saved") {
    Notes first, second;
    for (int i = 0; i < 500; ++i) first.push("note.taken", start + i, fmt::format("u{}", i % 10));
    REQUIRE(second.engine.restore(first.engine.snapshot()) == "");
    second.position = first.position;
    for (Notes* const notes : {&first, &second})
        for (int i = 1; i < 1000; ++i) notes->push("note.taken", start + i * 10 * runtime::one_second, "u0");
    CHECK(first.engine.snapshot() == second.engine.snapshot());
    CHECK(first.engine.state_bytes() == second.engine.state_bytes());
}
