// Every opcode, on small pieces of code written by hand; the exponential of scores; working time.
#include "runtime/exponent.hpp"
#include "runtime/identity.hpp"
#include "runtime/interpreter.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

#include <cmath>
#include <limits>
#include <random>
#include <set>

using namespace watchword::runtime;

namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

Instruction make(Opcode opcode, unsigned a, unsigned b = 0, unsigned c = 0, std::int64_t immediate = 0) {
    Instruction instruction;
    instruction.opcode = opcode;
    instruction.a = static_cast<std::uint16_t>(a);
    instruction.b = static_cast<std::uint16_t>(b);
    instruction.c = static_cast<std::uint16_t>(c);
    instruction.immediate = immediate;
    return instruction;
}

Value text(std::string_view value) { return Value::of(value); }

/// Runs single instructions on operands put in registers 1 to 3; the result is register 0.
struct Machine {
    Program program;
    std::unique_ptr<Roster> roster;
    std::unique_ptr<Interpreter> interpreter;
    Frame frame;

    Interpreter& ready() {
        if (!roster) roster = std::make_unique<Roster>(program);
        if (!interpreter) interpreter = std::make_unique<Interpreter>(program, roster.get());
        return *interpreter;
    }

    Value run(const std::vector<Instruction>& code) {
        const auto start = static_cast<CodeId>(program.code.size());
        program.code.insert(program.code.end(), code.begin(), code.end());
        return ready().run(start, frame);
    }

    Value operator()(Opcode opcode, const std::vector<Value>& operands, unsigned c = 2, std::int64_t immediate = 0) {
        std::vector<Instruction> code;
        for (std::size_t i = 0; i < operands.size(); ++i) {
            program.constants.push_back(operands[i]);
            code.push_back(make(Opcode::load_constant, static_cast<unsigned>(i + 1), 0, 0,
                                static_cast<std::int64_t>(program.constants.size() - 1)));
        }
        code.push_back(make(opcode, 0, 1, c, immediate));
        code.push_back(make(Opcode::finish, 0));
        return run(code);
    }

    bool holds(Opcode opcode, const std::vector<Value>& operands, unsigned c = 2, std::int64_t immediate = 0) {
        const Value result = (*this)(opcode, operands, c, immediate);
        REQUIRE(result.extent == 1);
        return result.integer != 0;
    }
};

Value number(std::int64_t value) { return Value::of(value); }
Value real(double value) { return Value::of(value); }

} // namespace

TEST_CASE("loads read the frame") {
    Machine machine;
    const Value one[] = {number(11), number(12), number(13), number(14), number(15)};
    machine.frame = {one, one, one, one, one, one, one, 77, 66, "id", "file.copy", 3, {}, true, ""};
    const auto load = [&](Opcode opcode, unsigned b, unsigned c = 0) {
        return machine.run({make(opcode, 5, b, c), make(Opcode::finish, 5)});
    };
    for (const Opcode opcode :
         {Opcode::load_field, Opcode::load_trigger, Opcode::load_capture, Opcode::load_window, Opcode::load_attribute})
        CHECK(load(opcode, 2).integer == 13);
    CHECK(load(Opcode::load_usual, 1, 0).integer == 15);
    CHECK(load(Opcode::load_peers, 0, 3).integer == 14);
    CHECK(load(Opcode::load_time, 0).integer == 77);
    CHECK(load(Opcode::load_stated, 0).integer == 66);
    CHECK(load(Opcode::load_id, 0).text() == "id");
    CHECK(load(Opcode::load_type, 0).text() == "file.copy");
    CHECK(load(Opcode::load_subject, 0).integer == 3);
    CHECK(load(Opcode::load_lookback, 0).integer == 1);
    CHECK_FALSE(load(Opcode::load_absent, 0).present());
    CHECK(machine.run({make(Opcode::load_integer, 1, 0, 0, -5), make(Opcode::move, 2, 1), make(Opcode::finish, 2)})
              .integer == -5);
    machine.frame.subject = nobody;
    CHECK_FALSE(load(Opcode::load_subject, 0).present());
    CHECK_FALSE(machine.ready().run(no_code, machine.frame).present());
    CHECK(machine.ready().holds(no_code, machine.frame));
}

TEST_CASE("jumps go by truth and presence") {
    Machine machine;
    const auto taken = [&](Opcode opcode, Value value) {
        machine.program.constants.push_back(value);
        const auto constant = static_cast<std::int64_t>(machine.program.constants.size() - 1);
        const auto begin = static_cast<std::int64_t>(machine.program.code.size());
        return machine
                   .run({make(Opcode::load_constant, 1, 0, 0, constant), make(Opcode::load_integer, 0, 0, 0, 1),
                         make(opcode, 1, 0, 0, begin + 4), make(Opcode::load_integer, 0, 0, 0, 0),
                         make(Opcode::finish, 0)})
                   .integer == 1;
    };
    const Value yes = Value::of(true), no = Value::of(false), unknown = Value::absent();
    CHECK((taken(Opcode::jump_if_true, yes) && !taken(Opcode::jump_if_true, no) &&
           !taken(Opcode::jump_if_true, unknown)));
    CHECK((!taken(Opcode::jump_if_false, yes) && taken(Opcode::jump_if_false, no) &&
           taken(Opcode::jump_if_false, unknown)));
    CHECK((!taken(Opcode::jump_if_absent, no) && taken(Opcode::jump_if_absent, unknown)));
    CHECK((taken(Opcode::jump_if_present, no) && !taken(Opcode::jump_if_present, unknown)));
    CHECK(taken(Opcode::jump, unknown));
}

TEST_CASE("logic is three-valued") {
    Machine machine;
    const Value truths[] = {Value::of(false), Value::absent(), Value::of(true)};
    const auto rank = [](const Value& value) { return value.present() ? 2 * static_cast<int>(value.integer) : 1; };
    for (int a = 0; a < 3; ++a) {
        CHECK(rank(machine(Opcode::logic_not, {truths[a]})) == 2 - a);
        CHECK(rank(machine(Opcode::present, {truths[a]})) == (a == 1 ? 0 : 2));
        for (int b = 0; b < 3; ++b) {
            CHECK(rank(machine(Opcode::logic_and, {truths[a], truths[b]})) == std::min(a, b));
            CHECK(rank(machine(Opcode::logic_or, {truths[a], truths[b]})) == std::max(a, b));
        }
    }
}

TEST_CASE("comparison") {
    Machine machine;
    for (const int a : {-1, 0, 1})
        for (const int b : {-1, 0, 1}) {
            const std::vector<Value> integers{number(a), number(b)}, reals{real(a), real(b)};
            const std::string left(static_cast<std::size_t>(a + 2), '\xc3'),
                right(static_cast<std::size_t>(b + 2), '\xc3');
            const std::vector<Value> texts{text(left), text(right)};
            CHECK(machine.holds(Opcode::equal_integer, integers) == (a == b));
            CHECK(machine.holds(Opcode::unequal_integer, integers) == (a != b));
            CHECK(machine.holds(Opcode::less_integer, integers) == (a < b));
            CHECK(machine.holds(Opcode::at_most_integer, integers) == (a <= b));
            CHECK(machine.holds(Opcode::equal_real, reals) == (a == b));
            CHECK(machine.holds(Opcode::unequal_real, reals) == (a != b));
            CHECK(machine.holds(Opcode::less_real, reals) == (a < b));
            CHECK(machine.holds(Opcode::at_most_real, reals) == (a <= b));
            CHECK(machine.holds(Opcode::equal_text, texts) == (a == b));
            CHECK(machine.holds(Opcode::unequal_text, texts) == (a != b));
            CHECK(machine.holds(Opcode::less_text, texts) == (a < b));
            CHECK(machine.holds(Opcode::at_most_text, texts) == (a <= b));
            CHECK(machine.holds(Opcode::equal_integer_constant, {number(a)}, 0, b) == (a == b));
            CHECK(machine.holds(Opcode::unequal_integer_constant, {number(a)}, 0, b) == (a != b));
            CHECK(machine.holds(Opcode::less_integer_constant, {number(a)}, 0, b) == (a < b));
            CHECK(machine.holds(Opcode::at_most_integer_constant, {number(a)}, 0, b) == (a <= b));
            CHECK(machine.holds(Opcode::more_integer_constant, {number(a)}, 0, b) == (a > b));
            CHECK(machine.holds(Opcode::at_least_integer_constant, {number(a)}, 0, b) == (a >= b));
        }
    CHECK(machine.holds(Opcode::equal_folded, {text("ΣAß"), text("ςaß")}));
}

TEST_CASE("text") {
    Machine machine;
    const Value hay = text("Quarterly plan");
    CHECK(machine.holds(Opcode::contains, {hay, text("ly p")}));
    CHECK(machine.holds(Opcode::contains, {hay, text("")}));
    CHECK_FALSE(machine.holds(Opcode::contains, {text("a"), text("aa")}));
    CHECK(machine.holds(Opcode::starts_with, {hay, text("Quart")}));
    CHECK(machine.holds(Opcode::ends_with, {hay, text("plan")}));
    CHECK_FALSE(machine.holds(Opcode::ends_with, {text("n"), text("plan")}));
    CHECK(machine.holds(Opcode::like, {hay, text("Q*p?an")}));
    CHECK(machine(Opcode::fold, {text("ÄB")}).text() == "äb");
    CHECK_FALSE(machine(Opcode::fold, {Value::absent()}).present());
    CHECK(machine(Opcode::concat, {text("a"), text("b")}).text() == "ab");
    CHECK(machine(Opcode::concat, {text(""), text("")}).present());
    machine.program.patterns.push_back(std::make_unique<re2::RE2>("(?i)^q.*n$"));
    CHECK(machine.holds(Opcode::matches, {hay}, 0));
    CHECK_FALSE(machine.holds(Opcode::matches, {text("\xff")}, 0));
    const std::string half(700'000, 'x');
    CHECK_FALSE(machine(Opcode::concat, {text(half), text(half)}).present()); // scratch is full
}

TEST_CASE("membership") {
    Machine machine;
    ConstantSet words{Kind::text, true, false, {"ab", "straße"}, {}, {}, {}},
        ports{Kind::integer, false, false, {}, {-1, 22, 443}, {}, {}},
        rates{Kind::real, false, false, {}, {}, {0.5, 2.0}, {}}, networks{Kind::ip, false, false, {}, {}, {}, {}};
    networks.networks = {*parse_network("10.0.0.0/8"), *parse_network("192.168.4.0/23"),
                         *parse_network("2001:db8::/33")};
    machine.program.sets = {words, ports, rates, networks};
    CHECK(machine.holds(Opcode::in_set, {text("AB")}, 0));
    CHECK(machine.holds(Opcode::in_set, {text("STRAßE")}, 0));
    CHECK_FALSE(machine.holds(Opcode::in_set, {text("abc")}, 0));
    CHECK(machine.holds(Opcode::in_set, {number(443)}, 1));
    CHECK_FALSE(machine.holds(Opcode::in_set, {number(80)}, 1));
    CHECK(machine.holds(Opcode::in_set, {real(0.5)}, 2));
    const auto in_network = [&](const char* address) {
        const std::string bytes = parse_ip(address).value();
        return machine.holds(Opcode::in_network, {text(bytes)}, 3);
    };
    CHECK(in_network("10.255.0.1"));
    CHECK(in_network("192.168.5.255"));
    CHECK_FALSE(in_network("192.168.6.0"));
    CHECK(in_network("2001:db8:7fff::1"));
    CHECK_FALSE(in_network("2001:db8:8000::1"));

    std::vector<Value> texts{text("x"), text("AB")}, numbers{number(1), number(22)}, reals{real(2.0)};
    const Value text_list = Value::of_list(texts.data(), 2), number_list = Value::of_list(numbers.data(), 2);
    const Value real_list = Value::of_list(reals.data(), 1), empty = Value::of_list(nullptr, 0);
    CHECK(machine.holds(Opcode::in_list_text, {text("x"), text_list}));
    CHECK(machine.holds(Opcode::in_list_integer, {number(22), number_list}));
    CHECK(machine.holds(Opcode::in_list_real, {real(2.0), real_list}));
    CHECK_FALSE(machine.holds(Opcode::in_list_text, {text("x"), empty}));
    CHECK(machine.holds(Opcode::overlaps_set, {text_list}, 0));
    CHECK(machine.holds(Opcode::overlaps_set, {number_list}, 1));
    CHECK_FALSE(machine.holds(Opcode::overlaps_set, {empty}, 0));
    CHECK(machine.holds(Opcode::overlaps_text, {text_list, text_list}));
    CHECK_FALSE(machine.holds(Opcode::overlaps_integer, {number_list, empty}));
    CHECK(machine.holds(Opcode::overlaps_real, {real_list, real_list}));
    std::vector<Value> evens, odds;
    for (int i = 0; i < 20'000; ++i) (i % 2 == 0 ? evens : odds).push_back(number(i));
    CHECK_FALSE(machine.holds(Opcode::overlaps_integer,
                              {Value::of_list(evens.data(), evens.size()), Value::of_list(odds.data(), odds.size())}));
    odds.push_back(number(0));
    CHECK(machine.holds(Opcode::overlaps_integer,
                        {Value::of_list(evens.data(), evens.size()), Value::of_list(odds.data(), odds.size())}));
}

TEST_CASE("tables are asked by rows") {
    Machine machine;
    std::array<char, 8> buffer;
    const auto port = [&](std::int64_t value) { return std::string(table_cell(number(value), Kind::integer, buffer)); };
    ConstantTable table{{Kind::text, Kind::integer}, {{"clerk", port(22)}, {"clerk", port(443)}, {"chief", port(22)}}};
    std::sort(table.rows.begin(), table.rows.end());
    machine.program.tables.push_back(table);
    CHECK(machine.holds(Opcode::in_table, {text("clerk"), number(443)}, 2, 0));
    CHECK(machine.holds(Opcode::in_table, {text("chief"), number(22)}, 2, 0));
    CHECK_FALSE(machine.holds(Opcode::in_table, {text("chief"), number(443)}, 2, 0));
    CHECK_FALSE(machine.holds(Opcode::in_table, {text(""), number(0)}, 2, 0));
    CHECK_FALSE(machine(Opcode::in_table, {text("clerk"), Value::absent()}, 2, 0).present());
}

TEST_CASE("arithmetic saturates and never fails") {
    Machine machine;
    const auto result = [&](Opcode opcode, std::int64_t a, std::int64_t b) {
        return machine(opcode, {number(a), number(b)}).integer;
    };
    CHECK(result(Opcode::add_integer, most, 1) == most);
    CHECK(result(Opcode::add_integer, least, -1) == least);
    CHECK(result(Opcode::subtract_integer, least, 1) == least);
    CHECK(result(Opcode::subtract_integer, most, -1) == most);
    CHECK(result(Opcode::multiply_integer, least, -1) == most);
    CHECK(result(Opcode::multiply_integer, most, -2) == least);
    CHECK(result(Opcode::modulo_integer, -7, 3) == 2);
    CHECK(result(Opcode::modulo_integer, 7, -3) == -2);
    CHECK(result(Opcode::modulo_integer, least, -1) == 0);
    CHECK_FALSE(machine(Opcode::modulo_integer, {number(1), number(0)}).present());
    CHECK(machine(Opcode::negate_integer, {number(least)}).integer == most);
    CHECK(machine(Opcode::add_real, {real(1e308), real(1e308)}).real == std::numeric_limits<double>::max());
    CHECK(machine(Opcode::subtract_real, {real(-1e308), real(1e308)}).real == std::numeric_limits<double>::lowest());
    CHECK(machine(Opcode::multiply_real, {real(2), real(1.5)}).real == 3);
    CHECK(machine(Opcode::divide_real, {real(3), real(2)}).real == 1.5);
    CHECK(machine(Opcode::divide_real, {real(1e308), real(1e-308)}).real == std::numeric_limits<double>::max());
    CHECK_FALSE(machine(Opcode::divide_real, {real(3), real(-0.0)}).present());
    CHECK(machine(Opcode::negate_real, {real(3)}).real == -3);
    CHECK(machine(Opcode::integer_to_real, {number(3)}).real == 3.0);
    CHECK_FALSE(machine(Opcode::integer_to_real, {Value::absent()}).present());
    CHECK(machine(Opcode::real_to_integer, {real(-2.9)}).integer == -2);
    CHECK(machine(Opcode::real_to_integer, {real(1e300)}).integer == most);
    CHECK(machine(Opcode::real_to_integer, {real(-1e300)}).integer == least);
}

TEST_CASE("any and every look at the elements of a list") {
    Machine machine;
    std::vector<Value> numbers{number(1), number(5), number(9)};
    const auto quantified = [&](Opcode opcode, std::int64_t limit, const Value& list) {
        machine.program.constants.push_back(list);
        const auto constant = static_cast<std::int64_t>(machine.program.constants.size() - 1);
        const auto begin = static_cast<std::int64_t>(machine.program.code.size());
        return machine.run({make(Opcode::load_constant, 1, 0, 0, constant), make(opcode, 0, 1, 2, begin + 4),
                            make(Opcode::more_integer_constant, 3, 2, 0, limit), make(Opcode::finish, 3),
                            make(Opcode::finish, 0)});
    };
    const Value list = Value::of_list(numbers.data(), 3), empty = Value::of_list(nullptr, 0);
    CHECK(quantified(Opcode::any_in_list, 8, list).integer == 1);
    CHECK(quantified(Opcode::any_in_list, 9, list).integer == 0);
    CHECK(quantified(Opcode::every_in_list, 0, list).integer == 1);
    CHECK(quantified(Opcode::every_in_list, 1, list).integer == 0);
    CHECK(quantified(Opcode::any_in_list, 0, empty).integer == 0);
    CHECK(quantified(Opcode::every_in_list, 0, empty).integer == 1);
    CHECK_FALSE(quantified(Opcode::any_in_list, 0, Value::absent()).present());
}

TEST_CASE("lists in lists in lists end in time") {
    Machine machine;
    std::vector<Value> numbers(1000, number(0));
    machine.program.constants.push_back(Value::of_list(numbers.data(), numbers.size()));
    // 1000^40 looks at elements, if anything let it: `any x in l : any x in l : …`
    constexpr int levels = 40;
    std::vector<Instruction> code{make(Opcode::load_constant, 1)};
    for (int level = 0; level < levels; ++level)
        code.push_back(make(Opcode::any_in_list, 0, 1, 2, 2 * levels + 2 - level));
    code.push_back(make(Opcode::load_integer, 0, 0, 0, 0));
    code.push_back(make(Opcode::finish, 0));
    for (int level = 0; level < levels; ++level) code.push_back(make(Opcode::finish, 0));
    const Value result = machine.run(code);
    CHECK((!result.present() || result.integer == 0));
}

TEST_CASE("make_list and calls") {
    Machine machine;
    const Value list = machine(Opcode::make_list, {number(4), number(5)}, 2);
    REQUIRE(list.extent == 2);
    CHECK(list.items[1].integer == 5);
    CHECK(machine(Opcode::make_list, {}, 0).present());
    static const FunctionRow zone_row{
        "zone",       {},
        {Kind::text}, [](const Value*, FunctionContext& context) noexcept { return Value::of(context.zone); },
        "",           "",
        "",           ""};
    static const FunctionRow first_row{"first",
                                       {},
                                       {Kind::integer},
                                       [](const Value* arguments, FunctionContext&) noexcept { return arguments[0]; },
                                       "",
                                       "",
                                       "",
                                       ""};
    machine.program.functions = {&zone_row, &first_row};
    CHECK(machine(Opcode::call, {number(7)}, 1, 1).integer == 7);
    CHECK_FALSE(machine(Opcode::call, {number(7), Value::absent()}, 2, 1).present());
    CHECK(machine(Opcode::call, {}, 0, 0).text() == "UTC");
    machine.program.employee.zone = 0;
    const Value zones[] = {text("Europe/Berlin")};
    machine.frame.attributes = zones;
    CHECK(machine(Opcode::call, {}, 0, 0).text() == "Europe/Berlin");
    machine.frame.zone = "Asia/Kolkata";
    CHECK(machine(Opcode::call, {}, 0, 0).text() == "Asia/Kolkata");
}

TEST_CASE("people") {
    Machine machine;
    machine.program.employee.attributes = {{"group", {Kind::text}, false, text("None"), 0, ""}};
    machine.ready();
    const std::vector<std::pair<std::uint32_t, Value>> attributes{{0, text("R&D")}};
    machine.roster->enter({"E-Ä", {}, attributes});
    const PersonId known = machine.roster->resolve("e-ä"), guest = machine.roster->resolve("guest");
    CHECK(machine(Opcode::load_attribute_of, {number(known)}, 0).text() == "R&D");
    CHECK_FALSE(machine(Opcode::load_attribute_of, {number(guest)}, 0).present());
    CHECK_FALSE(machine(Opcode::load_attribute_of, {Value::absent()}, 0).present());
    CHECK(machine(Opcode::person_id, {number(known)}).text() == "e-ä");
    CHECK(machine(Opcode::person_id, {number(guest)}).text() == "guest");
    CHECK_FALSE(machine(Opcode::person_id, {number(99)}).present());
    machine.roster->enter({"E-17", std::vector<std::string>{"anna.lee"}, {}});
    CHECK(machine(Opcode::account_id, {text("ANNA.lee")}).text() == "e-17");
    CHECK(machine(Opcode::account_id, {text("Nobody")}).text() == "nobody");
    CHECK_FALSE(machine(Opcode::account_id, {Value::absent()}).present());
}

TEST_CASE("text of foreign records is read by kind") {
    Machine machine;
    machine.program.enumerations = {{{"success", "in_progress"}}};
    const auto parse = [&](std::string_view value, Kind kind) {
        return machine(Opcode::parse, {text(value)}, static_cast<unsigned>(kind));
    };
    CHECK(parse(" yes ", Kind::boolean).integer == 1);
    CHECK(parse("42", Kind::integer).integer == 42);
    CHECK(parse("4.5", Kind::real).real == 4.5);
    CHECK(parse(" Anna ", Kind::text).text() == "Anna");
    CHECK(parse(" Anna ", Kind::person).text() == "Anna");
    CHECK(parse(" PC7.Corp ", Kind::host).text() == "pc7.corp");
    CHECK(parse("Anna@Corp.example", Kind::email).text() == "anna@corp.example");
    CHECK(parse("1970-01-02", Kind::time).integer == one_day);
    CHECK(parse("08:00", Kind::time_of_day).integer == 8 * one_hour);
    CHECK(parse("90s", Kind::duration).integer == 90 * one_second);
    CHECK(parse("1KB", Kind::size).integer == 1000);
    CHECK(parse("10.0.0.1", Kind::ip).extent == 16);
    CHECK(parse("Europe/Berlin", Kind::zone).present());
    for (const Kind kind : {Kind::boolean, Kind::integer, Kind::real, Kind::text, Kind::time, Kind::time_of_day,
                            Kind::duration, Kind::size, Kind::ip, Kind::zone, Kind::person, Kind::host, Kind::email})
        CHECK_FALSE(parse("  ", kind).present());
    for (const Kind kind : {Kind::boolean, Kind::integer, Kind::real, Kind::time, Kind::time_of_day, Kind::duration,
                            Kind::size, Kind::ip, Kind::zone})
        CHECK_FALSE(parse("n/a", kind).present());
    machine.frame.zone = "Asia/Kolkata";
    CHECK(parse("1970-01-01 05:30", Kind::time).integer == 0);
    CHECK(machine(Opcode::parse_enumeration, {text(" In-Progress")}, 0, 0).integer == 1);
    CHECK(machine(Opcode::parse_enumeration, {text("in progress")}, 0, 0).integer == 1);
    CHECK_FALSE(machine(Opcode::parse_enumeration, {text("")}, 0, 0).present());
    const auto list = [&](std::string_view value, Kind kind) {
        return machine(Opcode::parse_list, {text(value)}, static_cast<unsigned>(kind));
    };
    CHECK(list("A; B ;;c", Kind::host).extent == 3);
    CHECK(list("A; B ;;c", Kind::host).items[1].text() == "b");
    CHECK(list("1,2", Kind::integer).items[1].integer == 2);
    CHECK(list("", Kind::text).extent == 0);
    CHECK(list("", Kind::text).present());
    CHECK_FALSE(list("1,x", Kind::integer).present());
    CHECK_FALSE(machine(Opcode::parse_list, {Value::absent()}, static_cast<unsigned>(Kind::text)).present());
}

TEST_CASE("values are shown by kind") {
    Machine machine;
    machine.program.enumerations = {{{"a"}}, {{"success", "denied"}}};
    const auto show = [&](Value value, Kind kind, std::int64_t words = 0) {
        return machine(Opcode::show, {value}, static_cast<unsigned>(kind), words).text();
    };
    CHECK(show(Value::of(true), Kind::boolean) == "true");
    CHECK(show(number(5), Kind::integer) == "5");
    CHECK(show(real(2.5), Kind::real) == "2.5");
    CHECK(show(text("x"), Kind::text) == "x");
    CHECK(show(number(0), Kind::time) == "1970-01-01T00:00:00Z");
    CHECK(show(number(one_hour), Kind::time_of_day) == "01:00");
    CHECK(show(number(one_hour), Kind::duration) == "1h");
    CHECK(show(number(1000), Kind::size) == "1KB");
    CHECK(show(number(1), Kind::enumeration, 1) == "denied");
    CHECK(show(number(7), Kind::enumeration, 1) == "7");
    CHECK(show(number(7), Kind::enumeration, 99) == "7");
    const std::string address = parse_ip("10.0.0.1").value();
    CHECK(show(text(address), Kind::ip) == "10.0.0.1");
    CHECK(show(number(machine.ready().run(no_code, machine.frame).integer), Kind::person).empty());
    CHECK_FALSE(machine(Opcode::show, {Value::absent()}, static_cast<unsigned>(Kind::integer)).present());
}

TEST_CASE("working time") {
    Machine machine;
    Program& program = machine.program;
    program.code = {make(Opcode::load_integer, 0, 0, 0, 22 * one_hour),
                    make(Opcode::finish, 0),
                    make(Opcode::load_integer, 0, 0, 0, 6 * one_hour),
                    make(Opcode::finish, 0),
                    make(Opcode::load_attribute, 0, 0),
                    make(Opcode::finish, 0)};
    CalendarPlan nights;
    nights.name = "nights";
    nights.hours = {{0, 2}};
    nights.except = 4;
    nights.holidays = {static_cast<std::int32_t>(days_from_civil(2025, 3, 5))}; // a Wednesday
    constexpr std::uint8_t weekdays = 0x1f;
    nights.days = weekdays;
    CalendarPlan whole_days;
    whole_days.days = weekdays;
    program.calendars = {nights, whole_days};
    program.zone = "Europe/Berlin";
    Value attributes[] = {Value::of(false)};
    const auto works = [&](const char* time, std::uint32_t calendar = 0) {
        return is_working_time(program, calendar, parse_time(time, "Europe/Berlin").value(), attributes,
                               machine.ready());
    };
    CHECK(works("2025-03-03 22:00")); // Monday evening
    CHECK_FALSE(works("2025-03-03 21:59"));
    CHECK(works("2025-03-04 05:59")); // belongs to Monday
    CHECK_FALSE(works("2025-03-04 06:00"));
    CHECK_FALSE(works("2025-03-03 03:00")); // belongs to Sunday
    CHECK(works("2025-03-08 03:00"));       // belongs to Friday
    CHECK_FALSE(works("2025-03-05 23:00")); // holiday
    CHECK(works("2025-03-05 03:00"));       // belongs to Tuesday
    CHECK_FALSE(works("2025-03-06 03:00")); // belongs to the holiday
    CHECK(works("2025-03-03 12:00", 1));    // no hours: whole days
    CHECK_FALSE(works("2025-03-08 12:00", 1));
    const auto any_work = [&](const char* day) {
        return has_working_time(program, 0, day_of(parse_time(day, "Europe/Berlin").value(), Zone(program.zone)),
                                attributes, machine.ready());
    };
    CHECK(any_work("2025-03-03"));
    CHECK(any_work("2025-03-08"));       // until 06:00
    CHECK_FALSE(any_work("2025-03-09")); // Sunday
    machine.frame.attributes = attributes;
    machine.frame.time = parse_time("2025-03-03 23:00", "Europe/Berlin").value();
    CHECK(machine.run({make(Opcode::during, 0, 0), make(Opcode::finish, 0)}).integer == 1);
    attributes[0] = Value::of(true);
    CHECK_FALSE(works("2025-03-03 22:00")); // on leave
    CHECK_FALSE(any_work("2025-03-03"));
}

TEST_CASE("a calendar asked in the middle of code leaves its registers alone") {
    Machine machine;
    machine.program.code = {make(Opcode::load_integer, 0, 0, 0, 0), make(Opcode::load_integer, 1, 0, 0, 99),
                            make(Opcode::finish, 0)};
    CalendarPlan calendar;
    calendar.hours = {{0, 0}};
    machine.program.calendars = {calendar};
    const Value result =
        machine.run({make(Opcode::load_integer, 1, 0, 0, 7), make(Opcode::during, 2, 0), make(Opcode::finish, 1)});
    CHECK(result.integer == 7);
}

TEST_CASE("2^x is exact where it can be, falls never, and is close") {
    CHECK(exp2_exact(0) == 1);
    CHECK(exp2_exact(-1) == 0.5);
    CHECK(exp2_exact(-1074) == 0x1p-1074);
    CHECK(exp2_exact(-1100) == 0);
    CHECK(exp2_exact(-std::numeric_limits<double>::infinity()) == 0);
    CHECK(exp2_exact(5) == 1);
    CHECK(exp2_exact(std::nan("")) == 1);
    std::mt19937_64 random(1);
    for (int i = 0; i < 200'000; ++i) {
        const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
        const double x = -unit * (i % 3 == 0 ? 1 : i % 3 == 1 ? 40 : 1000);
        const double y = exp2_exact(x);
        const long double exact = std::exp2(static_cast<long double>(x));
        const long double unit_in_last_place = static_cast<long double>(std::nextafter(y, 2.0) - y);
        if (std::fabs(exact - static_cast<long double>(y)) > 0.6L * unit_in_last_place) FAIL("far off at " << x);
        if (exp2_exact(std::nextafter(x, 0.0)) < y) FAIL("falls at " << x);
    }
}

TEST_CASE("scores are rounded half-even to thousandths") {
    CHECK(round_score(0.0625) == 0.062);
    CHECK(round_score(0.1875) == 0.188);
    CHECK(round_score(-0.0625) == -0.062);
    CHECK(round_score(20) == 20);
    CHECK(round_score(100.0 / 3) == 33.333);
    CHECK(round_score(1e300) == 1e300);
    CHECK(std::signbit(round_score(-0.0001)) == false);
    for (int i = -100'000; i < 100'000; i += 7) {
        const double thousandths = i / 1000.0;
        if (round_score(thousandths) != thousandths) FAIL(i);
    }
}

TEST_CASE("HMAC-SHA-256 is that of RFC 4231") {
    const auto hex = [](std::string_view key, std::string_view message) {
        std::string result;
        for (const unsigned char byte : hmac_sha256(key, message)) result += fmt::format("{:02x}", byte);
        return result;
    };
    // test cases 1, 2 and 6; the last key is longer than a block
    CHECK(hex(std::string(20, '\x0b'), "Hi There") ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hex("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("ids depend on key, parts and where the parts end") {
    const auto keyed = [](std::string_view key, std::initializer_list<std::string_view> parts) {
        return keyed_hash(key, std::span(parts.begin(), parts.size()));
    };
    const std::set<std::string> ids{keyed("", {}),           keyed("k", {}),          keyed("k", {""}),
                                    keyed("k", {"ab", "c"}), keyed("k", {"a", "bc"}), keyed("l", {"a", "bc"})};
    CHECK(ids.size() == 6);
    for (const std::string& id : ids) CHECK(id.size() == 32);
    CHECK(keyed("k", {"a"}) == keyed("k", {"a"}));
    const std::string_view parts[] = {"a", "b"};
    CHECK(content_hash(parts).size() == 32);
    CHECK(content_hash(parts) != content_hash(std::span(parts, 1)));
}
