// Guards: what conditions demand of fields, and that an index by them leaves out no signal that would hit.
#include "desk/replay.hpp"
#include "runtime/guard.hpp"
#include "runtime/guard_index.hpp"

#include "tests/unit/desk_fixture.hpp"

#include <fmt/format.h>

#include <random>

using namespace watchword;
using namespace watchword::desk_tests;

namespace {

std::string policy_of(const std::vector<std::string>& conditions) {
    std::string text = "module guarded\nuse hr\n"
                       "event note.taken { user person, path text, title text?, host host, kind enum(a, b) }\n"
                       "list words = [\"alpha\", \"beta\"]\nlist filed from \"words.txt\"\n";
    std::string terms;
    for (std::size_t i = 0; i < conditions.size(); ++i) {
        text += fmt::format("signal S{} on note.taken where {}\n", i, conditions[i]);
        terms += fmt::format("  +1 for S{}\n", i);
    }
    return text +
           "policy P {\n  purpose \"p\" basis \"b\" owner \"o\"\n  opens on hr.resignation\n  closes after 30d\n"
           "  score {\n" +
           terms + "  }\n  alert low at 1\n" +
           [&] {
               std::string alerts;
               for (std::size_t i = 0; i < conditions.size(); ++i) alerts += fmt::format("  alert info on S{}\n", i);
               return alerts;
           }() +
           "}\n";
}

dsl::CompilerOptions with_words() {
    dsl::CompilerOptions options = standard_compiler();
    options.read = [](std::string_view, std::string_view) -> std::optional<std::string> { return "gamma\n"; };
    return options;
}

std::vector<runtime::Guard> guards_for(const std::string& condition) {
    const Compiled compiled{policy_of({condition}), with_words()};
    const std::uint32_t event = *compiled.program.find_event("note.taken");
    const runtime::EventSchema& schema = compiled.program.events[event];
    std::vector<runtime::Type> types(schema.slots);
    for (const runtime::Field& field : schema.fields)
        if (field.slot != runtime::no_slot) types[static_cast<std::size_t>(field.slot)] = field.type;
    return runtime::guards_of(compiled.program, compiled.program.policies[0].signals[0].inputs[0].where, types);
}

} // namespace

TEST_CASE("a search in a text is a guard, by its pattern") {
    const auto pattern = [](const std::string& condition) {
        const std::vector<runtime::Guard> guards = guards_for(condition);
        REQUIRE(guards.size() == 1);
        CHECK(guards[0].by == runtime::GuardKind::patterns);
        REQUIRE(guards[0].patterns.size() == 1);
        return guards[0].patterns[0] + (guards[0].folded ? " folded" : "");
    };
    CHECK(pattern(R"(path contains "a.b")") == "a\\.b");
    CHECK(pattern(R"(path startswith "/x")") == "\\A\\/x");
    CHECK(pattern(R"(path endswith ".7z")") == "\\.7z\\z");
    CHECK(pattern(R"(path contains~ "ABC")") == "abc folded");
    CHECK(pattern(R"(path like "*/secret/*.zip")") == "\\/secret\\/");
    CHECK(pattern(R"(path matches r"ab+c")") == "ab+c");
    CHECK(pattern(R"(has title and title contains "x")") == "x");
}

TEST_CASE("what an emit demands of an optional column is a guard") {
    const auto guards = [](const std::string& condition) {
        const Compiled compiled{"module guarded\nevent note.taken { user person }\n"
                                "source log from csv {\n  text? kind\n  text? path\n"
                                "  emit note.taken when " +
                                    condition + " { time: time, user: kind }\n  time? time\n}\n",
                                with_words()};
        const runtime::SourcePlan& source = compiled.program.sources[0];
        std::vector<runtime::Type> types;
        for (const runtime::ColumnPlan& column : source.columns) types.push_back(column.type);
        return runtime::guards_of(compiled.program, source.emits[0].when, types);
    };
    const std::vector<runtime::Guard> equal = guards(R"(kind == "x")");
    REQUIRE(equal.size() == 1);
    CHECK(equal[0].texts.size() == 1);
    CHECK(equal[0].is_whole);
    const std::vector<runtime::Guard> both = guards(R"(kind == "x" and path endswith ".7z")");
    REQUIRE(both.size() == 2);
    CHECK(both[1].patterns == std::vector<std::string>{"\\.7z\\z"});
    CHECK(guards(R"(kind != "x")").empty());
    CHECK(guards(R"(kind == "x" or path == "y")").empty());
    CHECK(guards(R"(not (kind == "x"))").empty());
    CHECK_FALSE(guards(R"(kind == "")")[0].is_whole); // the index does not tell it from none
    // what stands beside it may look at other columns in whatever way
    CHECK(guards(R"(kind == "x" and not (path in ["a", "b"]))").size() == 1);
    CHECK(guards(R"(kind == "x" and not (basename(path) in~ ["a", "b"] or path endswith "$"))").size() == 1);
    CHECK(guards(R"(kind == "x" and (path ?? kind) != "a")").size() == 1);
    CHECK(guards(R"(kind == "x" or (path ?? kind) != "a")").empty());
    CHECK(guards(R"(kind == "x" or kind ==~ "y")").empty());
    CHECK(guards(R"((if has path then kind == "x" else kind == "y") and kind != "z")").empty());
    const std::vector<runtime::Guard> folded = guards(R"(kind ==~ "Any Case" and not (path in~ ["a"]))");
    REQUIRE(folded.size() == 1);
    CHECK(folded[0].folded);
    CHECK(folded[0].texts.size() == 1);
    const std::vector<runtime::Guard> set = guards(R"(kind in~ ["A", "b"] and has path)");
    REQUIRE(set.size() == 1);
    CHECK(set[0].folded);
    CHECK(set[0].texts.size() == 2);
}

TEST_CASE("of guards that let as much pass, the index goes by the one that tells candidates apart") {
    runtime::GuardIndex index(1, 4);
    const auto text = [](std::uint32_t slot, std::string_view constant) {
        runtime::Guard guard;
        guard.slot = slot;
        guard.kind = runtime::Kind::text;
        guard.texts = {constant};
        return guard;
    };
    const std::vector<std::string> kinds{"k0", "k1", "k2", "k3", "k4"};
    for (std::uint32_t signal = 0; signal < 5; ++signal)
        index.add(0, {0, signal}, {{text(0, "Security"), text(1, kinds[signal])}});
    index.add(0, {0, 5}, {{text(0, "System")}});
    index.finish();
    const auto found = [&](std::string_view channel, std::string_view kind) {
        const runtime::Value fields[] = {runtime::Value::of(channel), runtime::Value::of(kind)};
        std::vector<runtime::Candidate> candidates;
        index.find(0, fields, candidates);
        std::vector<std::uint32_t> signals;
        for (const runtime::Candidate& candidate : candidates) signals.push_back(candidate.signal);
        return signals;
    };
    CHECK(found("Security", "k3") == std::vector<std::uint32_t>{3});
    CHECK(found("Security", "other").empty());
    CHECK(found("System", "k3") == std::vector<std::uint32_t>{3, 5}); // the condition says no to the first
}

TEST_CASE("constants without regard to case are found in whatever case") {
    runtime::GuardIndex index(1, 4);
    runtime::Guard guard;
    guard.kind = runtime::Kind::text;
    guard.folded = true;
    guard.texts = {"log", "login"};
    index.add(0, {0, 0}, {{guard}});
    guard.folded = false;
    guard.texts = {"LOGIN"};
    index.add(0, {0, 1}, {{guard}});
    index.finish();
    const auto count = [&](std::string_view text) {
        const runtime::Value value = runtime::Value::of(text);
        std::vector<runtime::Candidate> candidates;
        index.find(0, &value, candidates);
        REQUIRE((!candidates.empty() ? index.finds_more(0, &value) : true));
        return candidates.size();
    };
    CHECK(count("login") == 1);
    CHECK(count("Login") == 1);
    CHECK(count("LOGIN") == 2);
    CHECK(count("Log") == 1);
    CHECK(count("logi") == 0);
    CHECK(count("") == 0);
}

TEST_CASE("a search for any word of a constant list is one guard with all of them") {
    const std::vector<runtime::Guard> guards = guards_for("any word in words: path contains word");
    REQUIRE(guards.size() == 1);
    CHECK(guards[0].patterns == std::vector<std::string>{"alpha", "beta"});
    CHECK(guards_for("any word in filed: path contains word").empty()); // a run may read it anew
    CHECK(guards_for("every word in words: path contains word").empty());
    CHECK(guards_for("not (path contains \"x\")").empty());
    CHECK(guards_for("path contains \"x\" or kind == a").empty());
}

TEST_CASE("what a loop over a list has written is forgotten behind it") {
    // r3 is "x", but the body of the loop writes into it; `field contains r3` then demands nothing that is known
    runtime::Program program;
    program.constants = {program.arena.text("x"), program.arena.list({program.arena.text("y")})};
    program.constant_types = {{runtime::Kind::text}, {runtime::Kind::list, false, 0}};
    const auto code = [&](runtime::Opcode opcode, std::uint16_t a, std::uint16_t b, std::uint16_t c,
                          std::int64_t immediate) {
        runtime::Instruction instruction{};
        instruction.opcode = opcode;
        instruction.a = a;
        instruction.b = b;
        instruction.c = c;
        instruction.immediate = immediate;
        program.code.push_back(instruction);
    };
    using runtime::Opcode;
    code(Opcode::load_constant, 3, 0, 0, 0);
    code(Opcode::load_constant, 1, 0, 0, 1);
    code(Opcode::any_in_list, 0, 1, 2, 5);
    code(Opcode::move, 3, 2, 0, 0);
    code(Opcode::finish, 3, 0, 0, 0);
    code(Opcode::load_field, 4, 0, 0, 0);
    code(Opcode::contains, 5, 4, 3, 0);
    code(Opcode::finish, 5, 0, 0, 0);
    CHECK(runtime::guards_of(program, 0, {{runtime::Kind::text}}).empty());
}

TEST_CASE("conditions give all their guards, and constants count more than searches") {
    const std::vector<runtime::Guard> guards = guards_for(R"(kind == a and path contains "x" and host == "pc1")");
    REQUIRE(guards.size() == 3);
    CHECK(guards[0].by == runtime::GuardKind::constants);
    CHECK(guards[1].texts.size() == 1);
    CHECK(guards[2].by == runtime::GuardKind::patterns);
}

TEST_CASE("a condition that is one comparison is told by its guard alone") {
    const auto is_whole = [](const std::string& condition) {
        const std::vector<runtime::Guard> guards = guards_for(condition);
        REQUIRE_FALSE(guards.empty());
        return guards.size() == 1 && guards[0].is_whole;
    };
    CHECK(is_whole(R"(host == "pc1")"));
    CHECK(is_whole("kind == a"));
    CHECK_FALSE(is_whole(R"(host == "pc1" and kind == a)"));
    CHECK_FALSE(is_whole(R"(host == "pc1" and path != "y")"));
    CHECK_FALSE(is_whole(R"(path endswith ".7z")"));
}

TEST_CASE("what is ready of events, where nothing more is found, is all that is to be found") {
    std::mt19937 random(21);
    const std::vector<std::string> words{"",         "a",        "pc-00001",   "pc-00002.corp", "pc-00003.corp",
                                         "usb-0001", "usb-0002", "chrome.exe", "winword.exe"};
    std::size_t ready = 0, more = 0;
    for (int round = 0; round < 300; ++round) {
        runtime::GuardIndex index(1, 4);
        for (std::uint32_t signal = 0; signal < 12; ++signal) {
            runtime::Guard guard;
            guard.slot = static_cast<std::uint32_t>(random() % 4);
            guard.kind = guard.slot == 2   ? runtime::Kind::boolean
                         : guard.slot == 1 ? runtime::Kind::integer
                                           : runtime::Kind::text;
            guard.folded = guard.slot % 3 == 0 && random() % 3 == 0;
            if (guard.slot % 3 == 0)
                guard.texts = {words[random() % words.size()], words[random() % words.size()]};
            else
                guard.integers = {guard.slot == 2 ? 1 : static_cast<std::int64_t>(random() % 100)};
            std::vector<std::vector<runtime::Guard>> inputs;
            if (random() % 5 != 0) inputs.push_back({guard});
            index.add(0, {signal % 2, signal}, inputs);
        }
        index.finish();
        if (!index.ready(0).is_ready) continue; // two small fields decide
        for (int event = 0; event < 30; ++event) {
            const std::string host =
                words[random() % words.size()] + (random() % 3 == 0 ? random() % 2 == 0 ? "x" : "X" : "");
            runtime::Value fields[4];
            if (random() % 4 != 0) fields[0] = runtime::Value::of(std::string_view{host});
            fields[1] = runtime::Value::of(static_cast<std::int64_t>(random() % 100));
            fields[2] = runtime::Value::of(random() % 2 == 0);
            if (random() % 2 != 0) fields[3] = runtime::Value::of(std::string_view{words[random() % words.size()]});
            std::vector<runtime::Candidate> found;
            index.find(0, fields, found);
            if (index.ready(0).is_probed && index.finds_more(0, fields)) {
                ++more;
                continue;
            }
            ++ready;
            REQUIRE(index.ready_lists()[index.ready(0).list_of(fields)] == found);
        }
    }
    CHECK(ready > 1000);
    CHECK(more > 1000);
}

TEST_CASE("searches done in one pass find what each alone would") {
    std::mt19937 random(3);
    const std::vector<std::string> pieces{"alpha", "Alpha", "bet", "a",  "/",  ".zip", "ſ", "K",
                                          "界",    "gamma", " ",   "*?", "(x", "\\\\", "ss"};
    const auto text = [&](std::size_t most) {
        std::string result;
        for (std::size_t left = 1 + random() % most; left > 0; --left) result += pieces[random() % pieces.size()];
        return result;
    };
    std::vector<std::string> conditions{"any word in words: path contains word",
                                        "any word in words: title ?? \"\" contains~ word",
                                        "any word in filed: path endswith word"};
    const std::vector<std::string> forms{"path contains \"{}\"",
                                         "path startswith \"{}\"",
                                         "path endswith \"{}\"",
                                         "path contains~ \"{}\"",
                                         "path like \"*{}*\"",
                                         "path endswith~ \"{}\"",
                                         "path startswith~ \"{}\"",
                                         "host == \"{}\"",
                                         "has title and title contains \"{}\" and kind == b",
                                         "path ==~ \"{}\"",
                                         "path in~ [\"{}\", \"k\"]",
                                         "has title and title ==~ \"{}\" and not (path in~ [\"a\"])"};
    for (std::size_t i = 0; i < 60; ++i)
        conditions.push_back(fmt::format(fmt::runtime(forms[i % forms.size()]), text(2)));
    const Compiled compiled{policy_of(conditions), with_words()};
    std::string events = R"({"type":"hr.resignation","time":"2025-03-01T09:00:00Z","user":"u1"})"
                         "\n";
    for (int i = 0; i < 300; ++i)
        events += fmt::format(R"({{"type":"note.taken","time":"2025-03-01T10:{:02}:{:02}Z","user":"u1","path":"{}",)"
                              R"("host":"{}","kind":"{}"{}}})"
                              "\n",
                              i / 60, i % 60, text(5), text(1), i % 3 == 0 ? "a" : "b",
                              i % 2 == 0 ? fmt::format(",\"title\":\"{}\"", text(4)) : "");
    const Scratch folder;
    const desk::Stream stream = read(compiled.program, folder, events);
    CHECK(stream.input.rejected == 0);
    const auto alerts = [&](std::size_t patterns_together) {
        desk::ReplayOptions options;
        options.engine.patterns_together = patterns_together;
        std::vector<std::string> result;
        for (const runtime::Alert& alert : desk::replay(compiled.program, stream, options))
            result.push_back(alert.event + " " + alert.cause_text);
        return result;
    };
    const std::vector<std::string> alone = alerts(SIZE_MAX);
    CHECK(alone.size() > 500);
    CHECK(alerts(1) == alone);
    CHECK(alerts(4) == alone);
}
