// Expressions compiled and run: what each operator is worth, and what the code for it looks like where that matters.
#include "tests/unit/codegen_fixture.hpp"

#include "runtime/disassembler.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace watchword;

namespace {

struct Row {
    const char* expression;
    const char* value;
};

void check_rows(const std::string& attribute, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        INFO(row.expression);
        CHECK(Evaluation{attribute, row.expression}.result() == row.value);
    }
}

std::size_t uses(const runtime::Program& program, runtime::Opcode opcode) {
    return static_cast<std::size_t>(
        std::count_if(program.code.begin(), program.code.end(),
                      [&](const runtime::Instruction& instruction) { return instruction.opcode == opcode; }));
}

} // namespace

TEST_CASE("comparisons are worth what they say") {
    check_rows("r_bool", {{"n == 7", "true"},
                          {"n != 7", "false"},
                          {"n > 6", "true"},
                          {"n >= 8", "false"},
                          {"6 < n", "true"},
                          {"7 <= n", "true"},
                          {"n < limit", "false"},
                          {"n + 1 > limit * 2 - 3", "true"},
                          {"x > 2", "true"},
                          {"x == 2.5", "true"},
                          {"n > x", "true"},
                          {"bytes > 100MB", "true"},
                          {"took <= 1m", "false"},
                          {"removable", "true"},
                          {"not removable", "false"},
                          {"outcome == denied", "true"},
                          {"outcome != denied", "false"},
                          {"at_time >= 2025-03-04 13:00", "true"},
                          {"at_time > 2025-03-04 13:00", "false"},
                          {"day == 08:00", "true"}});
}

TEST_CASE("texts, hosts, addresses and people compare by their kind") {
    check_rows("r_bool", {{"path contains \"users\"", "false"},
                          {"path contains~ \"USERS\"", "true"},
                          {"path contains~ \"ärger\"", "true"},
                          {"path startswith \"C:\"", "true"},
                          {"path endswith \".zip\"", "false"},
                          {"path endswith~ \".zip\"", "true"},
                          {"path like r\"C:\\Users\\*\\Plan.???\"", "true"},
                          {"path like~ \"*PLAN*\"", "true"},
                          {"path matches r\"Plan\\.(ZIP|RAR)$\"", "true"},
                          {"path matches~ r\"plan\\.zip$\"", "true"},
                          {"path ==~ r\"c:\\users\\ärger\\plan.zip\"", "true"},
                          {"path !=~ r\"c:\\users\\ärger\\plan.zip\"", "false"},
                          {"path ==~ lower(path)", "true"},
                          {"path == lower(path)", "false"},
                          {"path < \"D\"", "true"},
                          {"\"D\" < path", "false"},
                          {"host == \"PC7\"", "true"},
                          {"host in [\"PC6\", \"Pc7\"]", "true"},
                          {"mail == \"JD@Corp.Example\"", "true"},
                          {"ip == \"10.1.2.3\"", "true"},
                          {"ip in networks", "true"},
                          {"ip in [\"10.1.2.3\"]", "true"},
                          {"ip not in [\"172.16.0.0/12\"]", "true"},
                          {"user == \"u1\"", "true"},
                          {"user != \"u2\"", "true"},
                          {"user in [\"U1\", \"u9\"]", "true"},
                          {"has other and other == user", "false"}});
}

TEST_CASE("membership takes lists, ranges, tables and lists of the record") {
    check_rows("r_bool", {{"n in [1, 7]", "true"},
                          {"n in 1..7", "true"},
                          {"n in 8..9", "false"},
                          {"n not in 8..9", "true"},
                          {"x in 2.5..3.0", "true"},
                          {"n in 1..n", "true"},
                          {"\"Stick\" in approved", "true"},
                          {"path in approved", "false"},
                          {"outcome in [success]", "false"},
                          {"\"stick\" in~ approved", "true"},
                          {"\"plan\" in tags", "true"},
                          {"\"PLAN\" in tags", "false"},
                          {"\"PLAN\" in~ tags", "true"},
                          {"n in ports", "false"},
                          {"443 in ports", "true"},
                          {"tags overlaps [\"plan\", \"x\"]", "true"},
                          {"tags overlaps approved", "false"},
                          {"ports overlaps [80]", "true"},
                          {"any p in ports : p > 100", "true"},
                          {"every p in ports : p > 100", "false"},
                          {"every p in ports : p > n", "true"},
                          {"any t in tags : any u in tags : t != u", "true"},
                          {"any t in tags : lower(t) == \"secret\"", "true"},
                          {"(\"clerk\", \"mail\") in rights", "true"},
                          {"(\"clerk\", \"vault\") in rights", "false"},
                          {"(\"clerk\", \"vault\") not in rights", "true"}});
}

TEST_CASE("absence is guarded, and logic decides in any order") {
    check_rows("r_bool", {{"has m", "false"},
                          {"has other", "true"},
                          {"(m ?? 3) == 3", "true"},
                          {"has m and m > 1", "false"},
                          {"not has m or m > 1", "true"},
                          {"(note ?? \"\") == \"\"", "true"},
                          {"has note and note contains \"x\" and n > 5", "false"},
                          {"path contains~ \"plan\" and n > 5 and removable", "true"},
                          {"n > 50 or removable", "true"},
                          {"if removable then n > 5 else n < 5", "true"},
                          {"has employee.level", "false"},
                          {"(other.group ?? \"none\") == \"R&D\"", "true"},
                          {"employee.group == \"R&D\"", "true"},
                          {"heavy(bytes, 1)", "false"},
                          {"same(path, upper(path))", "true"},
                          {"during work", "false"}});
}

TEST_CASE("arithmetic keeps units and saturates") {
    check_rows("r_int", {{"n + 1", "8"},
                         {"n * -2", "-14"},
                         {"-n", "-7"},
                         {"n mod 4", "3"},
                         {"-n mod 4", "1"},
                         {"9223372036854775807 + n", "9223372036854775807"},
                         {"m ?? n", "7"},
                         {"m", "absent"},
                         {"if n > 5 then 1 else 2", "1"}});
    check_rows("r_real", {{"n / 2", "3.5"},
                          {"x * 2", "5"},
                          {"bytes / 100MB", "1.5"},
                          {"x / n", "0.35714285714285715"},
                          {"(x / (n - 7)) ?? 9.0", "9"},
                          {"50%", "0.5"},
                          {"n", "7"}});
    check_rows("r_size", {{"bytes + 50MB", "200MB"}, {"bytes * 2", "300MB"}, {"bytes * 0.5", "75MB"}});
    check_rows("r_duration", {{"took * 2", "3m"}, {"at_time - 2025-03-04 12:00", "1h"}, {"took / 2", "45s"}});
    check_rows("r_time", {{"at_time + 1h", "2025-03-04T13:00:00Z"}, {"time", "2025-03-04T17:30:00Z"}});
    check_rows("r_text", {{"path + \"!\"", "C:\\Users\\Ärger\\Plan.ZIP!"},
                          {"lower(\"ABC\")", "abc"},
                          {"if removable then \"yes\" else \"no\"", "yes"},
                          {"note ?? path", "C:\\Users\\Ärger\\Plan.ZIP"}});
    check_rows("r_host", {{"host", "pc7"}});
}

TEST_CASE("constants are folded, compared in one instruction, and kept once") {
    const Evaluation folded{"r_bool", "bytes > 50MB * 2 and n in [3, 1, 3]"};
    CHECK(uses(folded.program(), runtime::Opcode::multiply_integer) == 0);
    CHECK(uses(folded.program(), runtime::Opcode::more_integer_constant) == 1);
    REQUIRE(folded.program().sets.size() == 1);
    CHECK(folded.program().sets[0].integers == std::vector<std::int64_t>{1, 3});
}

TEST_CASE("in a conjunction the cheap conditions come first") {
    const Evaluation mixed{"r_bool", "path contains \"x\" and n > 5"};
    const auto& code = mixed.program().code;
    const auto at = [&](runtime::Opcode opcode) {
        return std::find_if(code.begin(), code.end(), [&](const auto& one) { return one.opcode == opcode; });
    };
    CHECK(at(runtime::Opcode::more_integer_constant) < at(runtime::Opcode::contains));
}

TEST_CASE("only fields that something reads get a slot") {
    const Evaluation one{"r_bool", "n > 5"};
    const runtime::EventSchema& schema = one.program().events[*one.program().find_event("sample.record")];
    CHECK(schema.slots == 1);
    CHECK(schema.find("n")->slot == 0);
    CHECK(schema.find("path")->slot == runtime::no_slot);
    CHECK(schema.used);
    CHECK(schema.never_late);
}

TEST_CASE("what would be too large is reported, not compiled") {
    std::string text = "module m\nsubject employee { r int? }\ndefine d0(x int) = x + 1\n";
    for (int i = 1; i < 40; ++i)
        text += "define d" + std::to_string(i) + "(x int) = d" + std::to_string(i - 1) + "(x) + d" +
                std::to_string(i - 1) + "(x)\n";
    text += "event a.b { user person, n int } updates employee { r: d39(n) }\n";
    std::string problems;
    CHECK_FALSE(try_compile(text, problems).has_value());
    CHECK(problems.find("more code") != std::string::npos);
}

TEST_CASE("listings are as their goldens say") {
    const char* root = std::getenv("WATCHWORD_ROOT");
    const std::string folder = (root == nullptr ? std::string{"."} : std::string{root}) + "/tests/cases/listings/";
    for (const std::string name : {"conditions", "windows", "sequence", "policy"}) {
        INFO(name);
        std::ifstream source(folder + name + ".watch");
        REQUIRE(source.good());
        const runtime::Program program = compile_snippet({std::istreambuf_iterator<char>{source}, {}});
        std::string listing;
        for (std::uint32_t i = 0; i < program.policies.size(); ++i) listing += runtime::disassemble(program, i);
        if (std::getenv("WATCHWORD_UPDATE") != nullptr) std::ofstream(folder + name + ".listing") << listing;
        std::ifstream golden(folder + name + ".listing");
        CHECK(std::string(std::istreambuf_iterator<char>{golden}, {}) == listing);
    }
}
