// Sealed history: what is kept of people goes when no watch can look back on it any more, whether they do something or
// not, and what is kept of one person has a bound.
#include "runtime/engine.hpp"
#include "stdlib/temporary_blocks.hpp"

#include "tests/unit/desk_fixture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace watchword;
using namespace watchword::desk_tests;

namespace {

constexpr runtime::Time start = 1'740'000'000'000'000;

/// A policy that looks back on notes.
constexpr const char* notes_alone = R"(module kept
event note.taken { user person, path text }
event hr.left { user person }
signal Any on note.taken where path != "x"
policy P {
  purpose "p" basis "b" owner "o"
  opens on hr.left
  looks back 1h
  closes after 1d
  score { +1 for Any  halves every 1h }
  alert low at 1
}
)";

/// Of two policies one looks back far, on notes and memos of the laboratory, the other one not so far, on notes and
/// doors.
constexpr const char* far_and_near = R"(module kept
subject employee { department text? }
event note.taken { user person, path text }
event memo.sent { user person, path text }
event door.opened { user person, door text }
event hr.left { user person }
event hr.warned { user person }
signal Note on note.taken where path != "x"
signal Memo on memo.sent where path != "x"
signal Door on door.opened where door != "x"
signal DoorThenNote sequence within 10m { door.opened note.taken }
policy Far {
  purpose "p" basis "b" owner "o"
  covers (employee.department ?? "") == "Lab"
  opens on hr.left
  looks back 10h
  closes after 1d
  score { +1 for Note  +1 for Memo }
  alert low at 1
}
policy Near {
  purpose "p" basis "b" owner "o"
  opens on hr.warned
  looks back 1h
  closes after 1d
  score { +1 for Note  +1 for Door  +100 for DoorThenNote }
  alert low at 1
}
)";

/// An engine that is told of notes.
class Notes {
public:
    explicit Notes(std::size_t bytes_per_person = runtime::EngineOptions{}.history_bytes_per_person,
                   const char* policies = notes_alone, runtime::BlockStore* store = nullptr)
        : compiled(policies), engine(program, options(bytes_per_person, store)) {}

    void push(const char* type_name, runtime::Time time, const std::string& person) {
        push(type_name, time, person, fmt::format("{}-{}", type_name, position), person);
    }
    void push(const char* type_name, runtime::Time time, const std::string& person, const std::string& id,
              const std::string& text) {
        const std::uint32_t type = *program.find_event(type_name);
        runtime::Event event;
        event.type = type;
        event.time = event.stated = time;
        event.position = position++;
        event.id = id;
        std::vector<runtime::Value> fields(program.events[type].slots, runtime::Value::of(std::string_view{text}));
        event.fields = fields.data();
        event.subject = person;
        REQUIRE(engine.push(event) == runtime::Status::fine);
    }

    void move(const std::string& person, const std::string& department, runtime::Time time) {
        const std::pair<std::uint32_t, runtime::Value> changed[] = {
            {0, runtime::Value::of(std::string_view{department})}}; // its only attribute
        const runtime::RosterEntry entry{person, {}, changed};
        REQUIRE(engine.change_roster(time, position++, entry) == runtime::Status::fine);
    }
    /// How often the engine has in it what happened so.
    std::size_t kept(const std::string& type_name) const {
        const std::string snapshot = engine.snapshot();
        std::size_t times = 0;
        for (std::size_t at = snapshot.find(type_name + '-'); at != std::string::npos;
             at = snapshot.find(type_name + '-', at + 1))
            ++times;
        return times;
    }

private:
    static runtime::EngineOptions options(std::size_t bytes_per_person, runtime::BlockStore* store) {
        runtime::EngineOptions result;
        result.history_bytes_per_person = bytes_per_person;
        result.history_store = store;
        result.put_away_above = 0;
        return result;
    }
    const Compiled compiled;

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

namespace {

/// Blocks in memory, some of which cannot be read back.
class Blocks final : public runtime::BlockStore {
public:
    std::optional<Number> put(std::string_view bytes) noexcept override {
        if (blocks.size() >= room) return std::nullopt;
        blocks[++last] = bytes;
        return last;
    }
    bool get(Number block, std::span<char> into) noexcept override {
        REQUIRE(blocks.at(block).size() == into.size());
        std::copy(blocks[block].begin(), blocks[block].end(), into.begin());
        return !is_broken;
    }
    void drop(Number block, std::size_t bytes) noexcept override {
        REQUIRE(blocks.at(block).size() == bytes);
        blocks.erase(block);
    }
    std::map<Number, std::string> blocks;
    Number last = 0;
    std::size_t room = SIZE_MAX;
    bool is_broken = false;
};

/// What several people do for more than an hour, and that they leave.
void play(Notes& notes) {
    for (int i = 0; i < 3000; ++i)
        notes.push(i % 3 == 0   ? "memo.sent"
                   : i % 3 == 1 ? "note.taken"
                                : "door.opened",
                   start + i * 2 * runtime::one_second, fmt::format("u{}", i % 4));
    for (const char* const type : {"hr.warned", "hr.left"})
        for (int i = 0; i < 4; ++i) notes.push(type, start + 6001 * runtime::one_second, fmt::format("u{}", i));
}

} // namespace

TEST_CASE("what is put away into a store is as if it had stayed in memory") {
    const std::size_t all = runtime::EngineOptions{}.history_bytes_per_person;
    for (const std::size_t bytes_per_person : {all, std::size_t{5000}})
        for (const std::size_t room : {SIZE_MAX, std::size_t{7}}) {
            Blocks blocks;
            blocks.room = room;
            {
                Notes here(bytes_per_person, far_and_near), away(bytes_per_person, far_and_near, &blocks);
                for (Notes* const notes : {&here, &away}) {
                    for (int i = 0; i < 4; ++i) notes->move(fmt::format("u{}", i), "Lab", start);
                    play(*notes);
                }
                CHECK(blocks.last >= 7);
                CHECK(blocks.blocks.size() > 5);
                REQUIRE(here.engine.alerts().size() == 8);
                for (std::size_t i = 0; i < 8; ++i) {
                    CHECK(away.engine.alerts()[i].score == here.engine.alerts()[i].score);
                    CHECK(away.engine.alerts()[i].watch.history_truncated ==
                          here.engine.alerts()[i].watch.history_truncated);
                }
                CHECK(away.engine.snapshot() == here.engine.snapshot());
                if (room == SIZE_MAX) CHECK(away.engine.state_bytes() < here.engine.state_bytes());
                // loses cover, and is restored
                for (Notes* const notes : {&here, &away})
                    notes->move("u1", "Sales", start + 6002 * runtime::one_second);
                CHECK(away.engine.snapshot() == here.engine.snapshot());
                Notes again(bytes_per_person, far_and_near, &blocks);
                REQUIRE(again.engine.restore(here.engine.snapshot()) == "");
                CHECK(again.engine.snapshot() == here.engine.snapshot());
                here.engine.advance(start + runtime::one_day);
                for (int i = 0; i < 8; ++i) away.engine.advance(start + runtime::one_day);
            }
            CHECK(blocks.blocks.empty()); // nothing is left of engines that are gone
        }
}

TEST_CASE("what is put away of several spans is read back side by side, however short it is") {
    Blocks blocks;
    Notes here(runtime::EngineOptions{}.history_bytes_per_person, far_and_near);
    Notes away(runtime::EngineOptions{}.history_bytes_per_person, far_and_near, &blocks);
    for (Notes* const notes : {&here, &away}) {
        notes->move("u0", "Lab", start);
        for (int i = 0; i < 20; ++i) {
            // a short segment, for the event behind it does not fit into it
            notes->push(i % 2 == 0 ? "note.taken" : "door.opened", start + i, "u0", "1", "y");
            for (const char* const type : {"note.taken", "door.opened"})
                notes->push(type, start + i, "u0", "2", std::string(1000, 'z'));
        }
        notes->push("hr.warned", start + 100, "u0", "3", "u0");
    }
    CHECK(blocks.last > 20);
    REQUIRE(away.engine.alerts().size() == 1);
    CHECK(away.engine.alerts()[0].score == here.engine.alerts()[0].score);
    CHECK(away.engine.snapshot() == here.engine.snapshot());
}

TEST_CASE("what was missed last is not forgotten for what was missed before it") {
    Notes notes(1500, far_and_near);
    notes.move("u0", "Lab", start);
    // the far history begins first and ends last
    notes.push("note.taken", start, "u0", "1", std::string(400, 'a'));
    notes.push("door.opened", start + runtime::one_second, "u0", "2", std::string(400, 'b'));
    notes.push("note.taken", start + 100 * runtime::one_second, "u0", "3", std::string(400, 'c'));
    for (int i = 0; i < 4; ++i)
        notes.push("door.opened", start + 101 * runtime::one_second, "u0", std::to_string(4 + i),
                   std::string(900, 'd'));
    CHECK(notes.engine.statistics().history_dropped >= 3);
    notes.push("hr.warned", start + 50 * runtime::one_second + runtime::one_hour, "u0", "9", "u0");
    REQUIRE(notes.engine.alerts().size() == 1);
    CHECK(notes.engine.alerts()[0].watch.history_truncated);
}

TEST_CASE("a watch that looks back on what cannot be read back says so") {
    Blocks blocks;
    Notes notes(runtime::EngineOptions{}.history_bytes_per_person, far_and_near, &blocks);
    for (int i = 0; i < 4; ++i) notes.move(fmt::format("u{}", i), "Lab", start);
    blocks.is_broken = true;
    play(notes);
    REQUIRE(notes.engine.alerts().size() == 8);
    for (const runtime::Alert& alert : notes.engine.alerts()) CHECK(alert.watch.history_truncated);
    Notes again(runtime::EngineOptions{}.history_bytes_per_person, far_and_near);
    CHECK(again.engine.restore(notes.engine.snapshot()) == "");
    // nor after it was sorted anew, though nothing was looked for
    Notes moved(runtime::EngineOptions{}.history_bytes_per_person, far_and_near, &blocks);
    moved.move("u0", "Lab", start);
    for (int i = 0; i < 200; ++i) moved.push("note.taken", start + i, "u0");
    moved.move("u0", "Sales", start + 300);
    moved.push("hr.warned", start + 301, "u0");
    REQUIRE(moved.engine.alerts().size() == 1);
    CHECK(moved.engine.alerts()[0].watch.history_truncated);
}

TEST_CASE("blocks in a temporary file come back as they were, and their room is used again") {
    stdlib::TemporaryBlocks blocks("");
    std::map<runtime::BlockStore::Number, std::string> wanted;
    std::mt19937 random(1);
    for (int i = 0; i < 5000; ++i) {
        if (random() % 3 == 0 && !wanted.empty()) {
            const auto one = std::next(wanted.begin(), static_cast<std::ptrdiff_t>(random() % wanted.size()));
            std::string read(one->second.size(), '\0');
            REQUIRE(blocks.get(one->first, read));
            REQUIRE(read == one->second);
            blocks.drop(one->first, read.size());
            wanted.erase(one);
        } else {
            std::string bytes(1 + random() % (random() % 10 == 0 ? 5000 : 1000), static_cast<char>('a' + i % 26));
            const auto number = blocks.put(bytes);
            REQUIRE(number);
            REQUIRE(wanted.emplace(*number, bytes).second);
        }
        if (wanted.size() > 100) {
            for (const auto& [number, bytes] : wanted) blocks.drop(number, bytes.size());
            wanted.clear();
        }
    }
    CHECK(blocks.most_bytes() < 400'000);
    CHECK(blocks.put_error().empty());
    CHECK(blocks.get_error().empty());
}

TEST_CASE("where there is no room for a temporary file, it is said once, and all stays in memory") {
    stdlib::TemporaryBlocks blocks("/nonexistent");
    CHECK_FALSE(blocks.put("abc"));
    CHECK(blocks.put_error().find("/nonexistent") != std::string::npos);
    CHECK_FALSE(blocks.put("abc"));
    CHECK(blocks.most_bytes() == 0);
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

TEST_CASE("an event is kept once, for the policy that may look back on it the longest") {
    Notes notes(runtime::EngineOptions{}.history_bytes_per_person, far_and_near);
    notes.move("u0", "Lab", start);
    for (int i = 0; i < 5; ++i)
        for (const char* const type : {"note.taken", "memo.sent", "door.opened"})
            notes.push(type, start + i * runtime::one_minute, "u0");
    for (const char* const type : {"note.taken", "memo.sent", "door.opened"}) CHECK(notes.kept(type) == 5);
    notes.engine.advance(start + 2 * runtime::one_hour);
    CHECK(notes.kept("note.taken") == 5); // Near can use them, but no more see them
    CHECK(notes.kept("memo.sent") == 5);
    CHECK(notes.kept("door.opened") == 0);
    notes.push("hr.warned", start + 2 * runtime::one_hour, "u0");
    CHECK(notes.engine.alerts().empty());
    Notes others(runtime::EngineOptions{}.history_bytes_per_person, far_and_near);
    REQUIRE(others.engine.restore(notes.engine.snapshot()) == "");
    others.push("hr.left", start + 2 * runtime::one_hour, "u0");
    REQUIRE(others.engine.alerts().size() == 1);
    CHECK(others.engine.alerts()[0].score == 10);
    notes.engine.advance(start + 11 * runtime::one_hour);
    CHECK(notes.kept("note.taken") == 0);
    CHECK(notes.kept("memo.sent") == 0);
}

TEST_CASE("what is kept for several spans is played in the order in which it came") {
    for (const bool door_first : {true, false}) {
        Notes notes(runtime::EngineOptions{}.history_bytes_per_person, far_and_near);
        notes.move("u0", "Lab", start);
        notes.push(door_first ? "door.opened" : "note.taken", start, "u0");
        notes.push("memo.sent", start, "u0");
        notes.push(door_first ? "note.taken" : "door.opened", start, "u0"); // at the same time
        notes.push("hr.warned", start + runtime::one_minute, "u0");
        REQUIRE(notes.engine.alerts().size() == 1);
        CHECK(notes.engine.alerts()[0].score == (door_first ? 102 : 2));
    }
}

TEST_CASE("of what is kept of somebody whom a policy covers no more, only what others may see stays") {
    Notes notes(runtime::EngineOptions{}.history_bytes_per_person, far_and_near);
    notes.move("u0", "Lab", start);
    notes.push("note.taken", start, "u0");
    const runtime::Time later = start + 2 * runtime::one_hour;
    for (const char* const type : {"door.opened", "memo.sent", "note.taken"}) notes.push(type, later, "u0");
    notes.move("u0", "Sales", later);
    CHECK(notes.kept("memo.sent") == 0);
    CHECK(notes.kept("note.taken") == 1); // the other one is older than Near may see
    CHECK(notes.kept("door.opened") == 1);
    notes.push("hr.warned", later + 1, "u0");
    REQUIRE(notes.engine.alerts().size() == 1);
    CHECK(notes.engine.alerts()[0].score == 102);
    notes.move("u0", "Lab", later + 2);
    notes.push("memo.sent", later + 3, "u0");
    notes.push("hr.left", later + 4, "u0"); // sees what came since it covers the person again
    REQUIRE(notes.engine.alerts().size() == 2);
    CHECK(notes.engine.alerts()[1].score == 1);
}

TEST_CASE("who misses nothing of what was dropped for want of room does not say so") {
    Notes notes(3000, far_and_near);
    notes.move("u0", "Lab", start);
    for (int i = 0; i < 1000; ++i) notes.push("door.opened", start + i * runtime::one_second, "u0");
    for (int i = 0; i < 3; ++i) notes.push("memo.sent", start + (1000 + i) * runtime::one_second, "u0");
    CHECK(notes.engine.statistics().history_dropped > 500);
    notes.push("hr.left", start + 1010 * runtime::one_second, "u0");
    notes.push("hr.warned", start + 1011 * runtime::one_second, "u0");
    REQUIRE(notes.engine.alerts().size() == 2);
    CHECK_FALSE(notes.engine.alerts()[0].watch.history_truncated);
    CHECK(notes.engine.alerts()[1].watch.history_truncated);
}
