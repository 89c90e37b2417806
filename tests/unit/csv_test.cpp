// CSV as HR systems export it, mappings of foreign records, and roster files.
#include "stdlib/sources/csv.hpp"
#include "stdlib/sources/plain_row.hpp"

#include "source_fixture.hpp"

#include <fmt/format.h>

#include <random>

using namespace watchword;
using namespace watchword::source_tests;
using runtime::Opcode;
using runtime::Value;

namespace {

std::string cells_of(const std::string& row, char delimiter = ',') {
    stdlib::Arena arena;
    std::vector<std::string_view> cells;
    if (!stdlib::split_csv(row, delimiter, arena, cells)) return "unclosed";
    std::string result;
    for (const std::string_view cell : cells) result += fmt::format("[{}]", cell);
    return result;
}

/// Code that gives the columns' values as they are, or reads them as a time, or compares them with a text.
class Coder {
public:
    explicit Coder(runtime::Program& program) : program_(program) {}
    runtime::CodeId column(std::uint16_t index) {
        return add({{Opcode::load_field, 0, index, 0, {0}}, {Opcode::finish, 0, 0, 0, {0}}});
    }
    runtime::CodeId parsed(std::uint16_t index, Kind kind) {
        return add({{Opcode::load_field, 0, index, 0, {0}},
                    {Opcode::parse, 1, 0, static_cast<std::uint16_t>(kind), {0}},
                    {Opcode::finish, 1, 0, 0, {0}}});
    }
    runtime::CodeId listed(std::uint16_t index) {
        return add({{Opcode::load_field, 0, index, 0, {0}},
                    {Opcode::parse_list, 1, 0, static_cast<std::uint16_t>(Kind::text), {0}},
                    {Opcode::finish, 1, 0, 0, {0}}});
    }
    runtime::CodeId equals(std::uint16_t index, const std::string& text) {
        program_.constants.push_back(program_.arena.text(text));
        const auto constant = static_cast<std::int64_t>(program_.constants.size() - 1);
        return add({{Opcode::load_field, 0, index, 0, {0}},
                    {Opcode::load_absent, 2, 0, 0, {0}},
                    {Opcode::jump_if_absent, 0, 0, 0, {static_cast<std::int64_t>(program_.code.size()) + 5}},
                    {Opcode::load_constant, 1, 0, 0, {constant}},
                    {Opcode::equal_text, 2, 0, 1, {0}},
                    {Opcode::finish, 2, 0, 0, {0}}});
    }

private:
    runtime::CodeId add(std::initializer_list<runtime::Instruction> code) {
        const auto id = static_cast<runtime::CodeId>(program_.code.size());
        program_.code.insert(program_.code.end(), code);
        return id;
    }
    runtime::Program& program_;
};

runtime::ColumnPlan column(std::vector<std::string> headers, runtime::Type type = {Kind::text, true}) {
    runtime::ColumnPlan result;
    result.headers = std::move(headers);
    result.type = type;
    return result;
}

/// `kind == "layoff"` gives hr.layoff, `kind == "copy"` file.copy, `kind == "both"` both, `kind == "person"` an
/// employee.
runtime::Program make_mapping(const std::string& format = "csv") {
    runtime::Program program = make_program();
    Coder code(program);
    runtime::SourcePlan plan;
    plan.name = "export";
    plan.format = format;
    plan.zone = "Europe/Berlin";
    plan.columns = {column({"kind"}),
                    column({"E-mail", "Email Address"}),
                    column({"date"}, {Kind::time, true}),
                    column({"size"}),
                    column({"meta.path", "path"}),
                    column({"record"}),
                    column({"accounts", "also"})};
    runtime::EmitPlan layoff;
    layoff.event = 1;
    layoff.time = code.column(2);
    layoff.id = code.column(5);
    layoff.fields = {{0, code.column(1)}};
    runtime::EmitPlan copy = layoff;
    copy.event = 0;
    copy.fields = {{0, code.column(1)}, {1, code.column(4)}, {2, code.parsed(3, Kind::size)}};
    for (const auto& [word, emit] : {std::pair{"layoff", layoff}, {"both", layoff}, {"copy", copy}, {"both", copy}}) {
        plan.emits.push_back(emit);
        plan.emits.back().when = code.equals(0, word);
    }
    runtime::EmitPlan employee;
    employee.employee = true;
    employee.when = code.equals(0, "person");
    employee.id = code.column(1);
    employee.aliases = code.listed(6);
    employee.fields = {{0, code.column(4)}, {1, code.parsed(3, Kind::boolean)}};
    plan.emits.push_back(employee);
    program.sources.push_back(plan);
    return program;
}

Outcome read_export(const runtime::Program& program, const std::string& content, stdlib::InputOptions options = {}) {
    const Scratch scratch;
    return read_files(program, {{scratch.write("export.csv", content), "export"}}, options);
}

Outcome read_roster(const std::string& content) {
    const runtime::Program program = make_program();
    const Scratch scratch;
    stdlib::InputOptions options;
    options.rosters = {{scratch.write("roster", content), ""}};
    return read_files(program, {}, options);
}

} // namespace

TEST_CASE("cells") {
    CHECK(cells_of("a, b ,,c\r\n") == "[a][b][][c]");
    CHECK(cells_of(R"("a,b" , "say ""hi""", " x ",)") == R"([a,b][say "hi"][x][])");
    CHECK(cells_of("\"two\nlines\",b\n") == "[two\nlines][b]");
    CHECK(cells_of("in\"ch,5\" tape") == "[in\"ch][5\" tape]");
    CHECK(cells_of("\"a\"b,c") == "[ab][c]");
    CHECK(cells_of("a\tb c\t", '\t') == "[a][b c][]");
    CHECK(cells_of("\"open,b") == "unclosed");
    CHECK(cells_of("") == "[]");
}

TEST_CASE("rows end where quotes allow it, and a stray quote costs one line") {
    CHECK(stdlib::csv_extent("a,b\nc", ',', false) == 4);
    CHECK(stdlib::csv_extent("a,\"b\nc\"\nd", ',', false) == 8);
    CHECK(stdlib::csv_extent("a,\"b\nc", ',', false) == 0);
    CHECK(stdlib::csv_extent("a,\"b\nc", ',', true) == 5);
    CHECK(stdlib::csv_extent("a,5\" b\nc", ',', false) == 7);
    CHECK(stdlib::csv_extent("abc", ',', false) == 0);
    CHECK(stdlib::csv_extent("abc", ',', true) == 3);
}

TEST_CASE("rows that are told in one pass have the extent and the cells that they have step by step") {
    std::mt19937 random(11);
    const std::string_view letters[] = {"a", "bc", ",", ",", ";", " ", "\t", "\r", "\n", "\"", "\xc3\xa9", {"\0", 1}};
    std::vector<stdlib::Instructions> sets{stdlib::Instructions::plain, stdlib::Instructions::best};
#if defined(__x86_64__)
    sets.push_back(stdlib::Instructions::sse2);
    sets.push_back(stdlib::Instructions::avx2); // where there is none, as good as there is
#endif
    std::size_t told = 0;
    for (int round = 0; round < 40'000; ++round) {
        std::string bytes;
        for (std::uint32_t left = random() % (round % 2 == 0 ? 60 : 300); left > 0; --left) {
            const std::size_t letter = random() % std::size(letters);
            if (letter < 8 || letter == 10 || random() % 16 == 0) bytes += letters[letter];
        }
        bytes += "\n the rest of the file, which goes on for more than a window of bytes, and has \"quotes\"";
        const char delimiter = random() % 2 == 0 ? ',' : ';';
        stdlib::PlainRow row(delimiter, sets[static_cast<std::size_t>(round) % sets.size()]);
        const std::size_t length = row.read(bytes);
        if (length == 0) continue;
        ++told;
        INFO(bytes);
        REQUIRE(length == stdlib::csv_extent(bytes, delimiter, false));
        stdlib::Arena arena;
        std::vector<std::string_view> wanted;
        REQUIRE(stdlib::split_csv(std::string_view(bytes).substr(0, length), delimiter, arena, wanted));
        REQUIRE(row.cells() == wanted.size());
        for (std::size_t cell = 0; cell < wanted.size(); ++cell) REQUIRE(row.cell(cell) == wanted[cell]);
        if (row.is_ascii()) REQUIRE(bytes.substr(0, length).find_first_of("\xc3\xa9") == std::string::npos);
    }
    CHECK(told > 10'000);
}

TEST_CASE("headers are found exactly, then without regard to case, blanks and signs") {
    const std::vector<std::string> header{"email_address", "Email Address", "ID"};
    CHECK(stdlib::find_header(header, {"Email Address"}) == 1);
    CHECK(stdlib::find_header(header, {"e-mail", "EmailAddress"}) == 0);
    CHECK(stdlib::find_header(header, {"nothing", "id"}) == 2);
    CHECK_FALSE(stdlib::find_header(header, {"name"}));
}

TEST_CASE("rows become events") {
    const runtime::Program program = make_mapping();
    const Outcome outcome = read_export(program, "\xef\xbb\xbfKIND , email address,Date,size,path,record\r\n"
                                                 "copy, U1@X ,2025-01-02 09:00,5KB,\"/a \"\"b\"\"\",r1\r\n"
                                                 "\r\n"
                                                 "layoff,u2@x,2025-01-01\r\n"
                                                 "both,\"u3\n@x\",2025-01-03,1,/c,r3\r\n"
                                                 "dance,u4@x,2025-01-04,,,\r\n"
                                                 ",,,,,\r\n");
    REQUIRE(outcome.events.size() == 4);
    CHECK(outcome.events[0].type == "hr.layoff");
    CHECK(outcome.events[0].line == 4);
    CHECK(outcome.events[0].time == at("2024-12-31T23:00:00Z"));
    CHECK(outcome.events[0].id.size() == 16);
    CHECK(outcome.events[1].subject == "U1@X");
    CHECK(outcome.events[1].texts.at("path") == "/a \"b\"");
    CHECK(outcome.events[1].numbers.at("bytes") == 5000);
    CHECK(outcome.events[1].texts.at("medium") == "disk");
    CHECK(outcome.events[1].id == "r1");
    CHECK(outcome.events[2].id == "r3#1");
    CHECK(outcome.events[3].id == "r3#2");
    CHECK(outcome.events[3].subject == "u3\n@x");
    CHECK(outcome.statistics.unmatched == 1);
    CHECK(outcome.statistics.rejected == 0);
    CHECK(outcome.statistics.errors.empty());
}

TEST_CASE("rows that cannot be used are told with their line, once") {
    const runtime::Program program = make_mapping();
    const std::string head = "kind,e-mail,date,size,path,record\n";
    const auto rejected = [&](const std::string& row) {
        const Outcome outcome =
            read_export(program, head + "copy,u,2025-01-02,1,/a,x\n" + row + "\ncopy,u,2025-01-01,1,/a,y\n");
        CHECK(outcome.events.size() == 2);
        REQUIRE(outcome.statistics.rejections.size() == 1);
        CHECK(outcome.statistics.rejections.begin()->second.line == 3);
        return outcome.reasons();
    };
    CHECK(rejected("copy,,2025-01-01,1,/a,r") == "`user` of `file.copy` is missing or is not an account name=1");
    CHECK(rejected("copy,u,2025-01-01,much,/a,r") == "`bytes` of `file.copy` is missing or is not a size=1");
    CHECK(rejected("copy,u,2025-01-01") == "`path` of `file.copy` is missing or is not a text=1");
    CHECK(rejected("copy,u,then,1,/a,r") == "`time` of `file.copy` is missing or is no time=1");
    CHECK(rejected("copy,u\xff,2025-01-01,1,/a,r") == "invalid UTF-8=1");
    CHECK(rejected(std::string("copy,u\0,2025-01-01,1,/a,r", 25)) == "a NUL byte=1");
    CHECK(rejected("copy,u,2025-01-01,1,/a,r,more") == "more cells than the header names=1");
    CHECK(rejected("copy,\"u,2025-01-01,1,/a,r") == "a quote that is not closed=1");
}

TEST_CASE("headers that are missing, or in the plan") {
    runtime::Program program = make_mapping();
    const Outcome wrong = read_export(program, "a;b;c\n1;2;3\n");
    REQUIRE(wrong.statistics.errors.size() == 1);
    CHECK(wrong.statistics.errors[0].find("its header has none of the columns") != std::string::npos);
    program.sources[0].columns[5].type.optional = false;
    const Outcome lacking = read_export(program, "kind,e-mail,date\nlayoff,u,2025-01-01\n");
    REQUIRE(lacking.statistics.errors.size() == 1);
    CHECK(lacking.statistics.errors[0].find("lacks `record`") != std::string::npos);
    CHECK(lacking.reasons() == "column `record` is missing=1");
    program = make_mapping();
    program.sources[0].header = {"kind", "e-mail", "date"};
    program.sources[0].delimiter = ";";
    const Outcome bare = read_export(program, "layoff;u1;2025-01-02\nlayoff;u0;2025-01-01\n");
    CHECK(bare.events.size() == 2);
    CHECK(read_export(program, "kind;E-mail;date\nkind;e-mail;date\nlayoff;u0;2025-01-01\n").events.size() == 1);
}

TEST_CASE("equal rows get different ids, whatever the order of their columns") {
    const runtime::Program program = make_mapping();
    const Outcome outcome = read_export(program, "kind,e-mail,date\nlayoff,u,2025-01-01\nlayoff,u,2025-01-01\n");
    const Outcome turned = read_export(program, "date,kind,e-mail\n2025-01-01,layoff,u\n2025-01-01,layoff,u\n");
    REQUIRE(outcome.events.size() == 2);
    CHECK(outcome.events[1].id == outcome.events[0].id + "-2");
    CHECK(turned.ids() == outcome.ids());
}

TEST_CASE("a source fills the roster") {
    const runtime::Program program = make_mapping();
    for (const bool sorted : {false, true}) {
        stdlib::InputOptions options;
        options.sorted = sorted;
        const Outcome outcome = read_export(program,
                                            "kind,e-mail,size,path,accounts\n"
                                            "person,u1,yes,R&D,\"a; b\"\n"
                                            "person,,yes,R&D,\n"
                                            "person,u2,,,\n",
                                            options);
        REQUIRE(outcome.employees.size() == 2);
        CHECK(outcome.employees[0].id == "u1");
        CHECK(outcome.employees[0].aliases == std::vector<std::string>{"a", "b"});
        CHECK(outcome.employees[0].texts.at("group") == "R&D");
        CHECK(outcome.employees[0].numbers.at("privileged") == 1);
        CHECK(outcome.employees[1].texts.empty());
        CHECK(outcome.statistics.employees == 2);
        CHECK(outcome.reasons() == "`id` of `employee` is missing=1");
    }
}

TEST_CASE("foreign JSON: dotted keys before nested ones, numbers as text") {
    const runtime::Program program = make_mapping("json");
    const Outcome outcome = read_export(
        program,
        R"({"kind":"copy","E-mail":42,"date":"2025-01-02T00:00:00Z","size":7,"meta":{"path":"/n"},"record":"r1"})"
        "\n"
        R"({"meta":{"path":"/n"},"meta.path":"/f","kind":"copy","Email Address":"u","date":1735689600,"size":"1MB"})"
        "\n"
        R"({"kind":"copy","Email Address":null,"date":1735689600,"size":"1MB"})"
        "\n"
        R"({"kind":"copy",)"
        "\n");
    REQUIRE(outcome.events.size() == 2);
    CHECK(outcome.events[0].texts.at("path") == "/f");
    CHECK(outcome.events[0].time == at("2025-01-01T00:00:00Z"));
    CHECK(outcome.events[1].subject == "42");
    CHECK(outcome.events[1].texts.at("path") == "/n");
    CHECK(outcome.events[1].numbers.at("bytes") == 7);
    CHECK(outcome.statistics.rejected == 2);
}

TEST_CASE("roster files in three layouts") {
    const std::string first =
        R"({"id":"u1","accounts":["u1@x","X\\u1"],"group":"R&D","privileged":true,"hired":"2020-01-01"})";
    const std::string second = R"({"id":7,"accounts":"seven","size":3,"group":null})";
    for (const std::string& content :
         {first + "\n" + second + "\n", "[" + first + ",\n" + second + "]",
          std::string("id,accounts,group,privileged,hired,size\nu1,u1@x;X\\u1,R&D,yes,2020-01-01,\n7,seven,,,,3\n")}) {
        const Outcome outcome = read_roster(content);
        REQUIRE(outcome.employees.size() == 2);
        CHECK(outcome.opened);
        CHECK(outcome.employees[0].id == "u1");
        CHECK(outcome.employees[0].aliases == std::vector<std::string>{"u1@x", "X\\u1"});
        CHECK(outcome.employees[0].texts.at("group") == "R&D");
        CHECK(outcome.employees[0].numbers.at("privileged") == 1);
        CHECK(outcome.employees[0].numbers.at("hired") == at("2020-01-01"));
        CHECK(outcome.employees[1].id == "7");
        CHECK(outcome.employees[1].texts.empty());
        REQUIRE(outcome.statistics.notes.size() == 1);
        CHECK(outcome.statistics.notes[0].find("`size` is no attribute of `employee`") != std::string::npos);
    }
}

TEST_CASE("headers of rosters are found as those of sources are") {
    const Outcome outcome = read_roster("ID,Accounts,GROUP\nu1,a;b,R&D\n");
    REQUIRE(outcome.employees.size() == 1);
    CHECK(outcome.employees[0].id == "u1");
    CHECK(outcome.employees[0].aliases == std::vector<std::string>{"a", "b"});
    CHECK(outcome.employees[0].texts.at("group") == "R&D");
    CHECK(outcome.statistics.notes.empty());
}

TEST_CASE("a roster may begin with an empty line") {
    CHECK(read_roster("\n\nid,group\nu1,R&D\n").employees.size() == 1);
}

TEST_CASE("lines that end with carriage returns alone are an error") {
    const std::string problem = "its lines end with carriage returns alone";
    const Outcome roster = read_roster("id,group\ru1,R&D\r");
    CHECK_FALSE(roster.opened);
    REQUIRE(roster.statistics.errors.size() == 1);
    CHECK(roster.statistics.errors[0].find(problem) != std::string::npos);
    const Outcome events = read_export(make_mapping(), "kind,E-mail,date,size,path\rcopy,u1,2025-03-01,1,/a\r");
    REQUIRE(events.statistics.errors.size() == 1);
    CHECK(events.statistics.errors[0].find(problem) != std::string::npos);
    for (const char* header : {"id,group\r\r\n", "id\r,group\n", "id,group \r \n"})
        CHECK(read_roster(std::string(header) + "u1,R&D\r\r\n").employees.size() == 1);
    // within quotes they belong to a name
    const Outcome quoted = read_export(make_mapping(), "kind,E-mail,date,size,path,\"a\rb\"\r\n"
                                                       "layoff,u1,2025-03-01,1,/a,\r\n");
    CHECK(quoted.statistics.errors.empty());
    CHECK(quoted.events.size() == 1);
}

TEST_CASE("rosters that are wrong") {
    CHECK(read_roster("id,privileged\nu1,maybe\n,yes\nu2,no\n").reasons() ==
          "`id` of the employee is missing=1, `privileged` is not true or false=1");
    CHECK(read_roster("{\"id\":\"u\",\"hired\":[]}\n{\"id\":\"u\n").statistics.rejected == 2);
    CHECK(read_roster("[{\"id\":\"u\"}").statistics.errors.size() == 1);
    CHECK(read_roster("[{\"id\":\"u\"},3]").reasons() == "not a JSON object=1");
    CHECK_FALSE(read_roster("name,mail\nu1,x\n").opened);
    CHECK(read_roster("").employees.empty());
}
