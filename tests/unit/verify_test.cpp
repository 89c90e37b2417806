// Programs that were tampered with: either verify says no, or running them is safe.
#include "tests/unit/codegen_fixture.hpp"

#include <random>

using namespace watchword;
using runtime::Instruction;
using runtime::Opcode;

namespace {

const char* const policy_text = R"(
module snippet
use hr, activity
signal Bulk on file.copy
  where removable and path contains "x" and not (device ?? "") in ["a", "b"] and user != "root"
  by host
  when sum(bytes) over 1h > 100MB and count(where bytes > 1KB) over 1h > 3
signal Leaves
  sequence within 30m {
    file.archive as a
    file.copy as c where c.host == a.host times 2
    no auth.logoff where host == a.host
    auth.logoff where host == a.host
  }
policy Leaver {
  purpose "p" basis "b" owner "o"
  covers (employee.group ?? "") in ["R&D"]
  opens on hr.layoff as n where n.status == notified
  looks back 30d
  closes 14d after n.last_day, after 120d
  score { +40 for Bulk when bytes > 1MB  +60 for Leaves, once  halves every 7d  times 1.5 when employee.privileged }
  alert medium at 40
}
)";

/// Runs every piece that a signal input or trigger starts, over absent fields of the right places.
void run_all(const runtime::Program& program) {
    runtime::Roster roster(program);
    runtime::Interpreter interpreter(program, &roster);
    const runtime::PersonId person = roster.resolve("u1");
    const std::vector<runtime::Value> nothing(512);
    runtime::Frame frame;
    frame.fields = frame.trigger = frame.captures = frame.windows = frame.usuals = frame.peers = nothing.data();
    frame.attributes = roster.attributes(person);
    frame.subject = person;
    for (const runtime::PolicyPlan& policy : program.policies) {
        interpreter.run(policy.covers, frame);
        for (const auto& trigger : policy.triggers) interpreter.run(trigger.where, frame);
        for (const auto& signal : policy.signals) {
            for (const auto& input : signal.inputs) {
                interpreter.run(input.where, frame);
                interpreter.run(input.when, frame);
            }
            if (!signal.sequence) continue;
            for (const auto& step : signal.sequence->steps)
                for (const auto& input : step.inputs) interpreter.run(input.where, frame);
        }
        interpreter.reset();
    }
}

} // namespace

TEST_CASE("a compiled program verifies and runs") {
    const runtime::Program program = compile_snippet(policy_text);
    CHECK(program.policies.size() == 1);
    run_all(program);
}

TEST_CASE("what is out of bounds is refused") {
    runtime::Program program = compile_snippet(policy_text);
    const runtime::CodeId where = program.policies[0].signals[0].inputs[0].where;
    REQUIRE(where != runtime::no_code);

    SECTION("a field that no record has") {
        for (Instruction& one : program.code)
            if (one.opcode == Opcode::load_field) one.b = 999;
        CHECK(runtime::verify(program).find("does not exist") != std::string::npos);
    }
    SECTION("a jump backwards") {
        for (Instruction& one : program.code)
            if (one.opcode == Opcode::jump_if_false) one.immediate = 0;
        CHECK(runtime::verify(program).find("jump") != std::string::npos);
    }
    SECTION("a jump past the end") {
        for (Instruction& one : program.code)
            if (one.opcode == Opcode::jump_if_false) one.immediate = static_cast<std::int64_t>(program.code.size());
        CHECK(runtime::verify(program) != "");
    }
    SECTION("a piece without an end") {
        for (Instruction& one : program.code)
            if (one.opcode == Opcode::finish) one.opcode = Opcode::load_absent;
        CHECK(runtime::verify(program) != "");
    }
    SECTION("a number read as a text") {
        for (Instruction& one : program.code)
            if (one.opcode == Opcode::load_constant) one.opcode = Opcode::load_integer;
        CHECK(runtime::verify(program) != "");
    }
    SECTION("a register nobody wrote") {
        program.code[where].a = 77;
        CHECK(runtime::verify(program) != "");
    }
    SECTION("an opcode that does not exist") {
        program.code[where].opcode = static_cast<Opcode>(9999);
        CHECK(runtime::verify(program).find("no such opcode") != std::string::npos);
    }
    SECTION("a piece that is not there") {
        program.policies[0].signals[0].inputs[0].where = 1'000'000;
        CHECK(runtime::verify(program) != "");
    }
    SECTION("a signal that listens to itself") {
        program.policies[0].signals[0].inputs[0].is_signal = true;
        program.policies[0].signals[0].inputs[0].source = 0;
        CHECK(runtime::verify(program) != "");
    }
    SECTION("a key that is missing") {
        program.policies[0].signals[0].inputs[0].by.clear();
        CHECK(runtime::verify(program).find("key") != std::string::npos);
    }
}

TEST_CASE("a changed instruction is refused or harmless") {
    std::mt19937_64 random{20250304};
    const runtime::Program original = compile_snippet(policy_text);
    runtime::Program program = compile_snippet(policy_text);
    std::size_t refused = 0;
    constexpr std::size_t rounds = 3'000;
    for (std::size_t round = 0; round < rounds; ++round) {
        const std::size_t at = random() % program.code.size();
        Instruction& one = program.code[at];
        switch (random() % 5) {
        case 0:
            one.opcode = static_cast<Opcode>(random() % 100);
            break;
        case 1:
            one.a = static_cast<std::uint16_t>(random() % 8);
            break;
        case 2:
            one.b = static_cast<std::uint16_t>(random() % 8);
            break;
        case 3:
            one.c = static_cast<std::uint16_t>(random() % 8);
            break;
        default:
            one.immediate = static_cast<std::int64_t>(random() % (program.code.size() + 4));
            break;
        }
        if (runtime::verify(program).empty())
            run_all(program);
        else
            ++refused;
        program.code[at] = original.code[at];
    }
    CHECK(refused > rounds / 10);
}
