// Functions that make one kind of value of another. What can fail is absent then.
#include "runtime/text.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/functions/signature.hpp"

#include <cmath>
#include <limits>

namespace watchword::stdlib {

namespace {

Value parse_int(const Value* a, FunctionContext&) noexcept { return value_of(runtime::parse_integer(a[0].text())); }
Value parse_real(const Value* a, FunctionContext&) noexcept { return value_of(runtime::parse_real(a[0].text())); }
Value parse_size(const Value* a, FunctionContext&) noexcept { return value_of(runtime::parse_size(a[0].text())); }
Value parse_bool(const Value* a, FunctionContext&) noexcept { return value_of(runtime::parse_boolean(a[0].text())); }
Value parse_duration(const Value* a, FunctionContext&) noexcept {
    return value_of(runtime::parse_duration(a[0].text()));
}
Value parse_time_of_day(const Value* a, FunctionContext&) noexcept {
    return value_of(runtime::parse_time_of_day(a[0].text()));
}
Value parse_ip(const Value* a, FunctionContext& context) noexcept {
    const std::optional<std::string> bytes = runtime::parse_ip(a[0].text());
    return bytes ? kept(context, *bytes) : Value::absent();
}

Value same_number(const Value* a, FunctionContext&) noexcept { return a[0]; }
Value number_as_real(const Value* a, FunctionContext&) noexcept { return Value::of(static_cast<double>(a[0].integer)); }
Value truncated(const Value* a, FunctionContext&) noexcept {
    const double value = a[0].real;
    if (std::isnan(value)) return Value::of(0);
    if (value >= 9223372036854775808.0) return Value::of(std::numeric_limits<std::int64_t>::max());
    if (value < -9223372036854775808.0) return Value::of(std::numeric_limits<std::int64_t>::min());
    return Value::of(static_cast<std::int64_t>(value));
}

Value show_int(const Value* a, FunctionContext& context) noexcept {
    return kept(context, std::to_string(a[0].integer));
}
Value show_real(const Value* a, FunctionContext& context) noexcept {
    return kept(context, runtime::show_real(a[0].real));
}
Value show_bool(const Value* a, FunctionContext&) noexcept {
    return Value::of(std::string_view{a[0].integer != 0 ? "true" : "false"});
}
Value show_time(const Value* a, FunctionContext& context) noexcept {
    return kept(context, runtime::show_time(a[0].integer));
}
Value show_time_of_day(const Value* a, FunctionContext& context) noexcept {
    return kept(context, runtime::show_time_of_day(a[0].integer));
}
Value show_duration(const Value* a, FunctionContext& context) noexcept {
    return kept(context, runtime::show_duration(a[0].integer));
}
Value show_size(const Value* a, FunctionContext& context) noexcept {
    return kept(context, runtime::show_size(a[0].integer));
}
Value show_ip(const Value* a, FunctionContext& context) noexcept {
    return kept(context, runtime::show_ip(a[0].text()));
}

std::vector<FunctionRow> showing_functions() {
    constexpr std::string_view doc = "The value as text, the way the language writes it.";
    return {
        {"to_text", {an_int}, a_text, show_int, "to_text(x int) text", doc, "to_text(42)", R"("42")"},
        {"to_text", {a_real}, a_text, show_real, "to_text(x real) text", doc, "to_text(2.5)", R"("2.5")"},
        {"to_text", {a_bool}, a_text, show_bool, "to_text(x bool) text", doc, "to_text(true)", R"("true")"},
        {"to_text",
         {a_time},
         a_text,
         show_time,
         "to_text(x time) text",
         doc,
         "to_text(2025-03-04 18:30)",
         R"("2025-03-04T18:30:00Z")"},
        {"to_text",
         {a_time_of_day},
         a_text,
         show_time_of_day,
         "to_text(x time_of_day) text",
         doc,
         "to_text(08:00)",
         R"("08:00")"},
        {"to_text", {a_duration}, a_text, show_duration, "to_text(x duration) text", doc, "to_text(26h)", R"("1d2h")"},
        {"to_text", {a_size}, a_text, show_size, "to_text(x size) text", doc, "to_text(1500MB)", R"("1.5GB")"},
        {"to_text",
         {an_ip},
         a_text,
         show_ip,
         "to_text(x ip) text",
         doc,
         R"(to_text(network("10.1.2.3", 8)))",
         R"("10.0.0.0")"},
    };
}

} // namespace

std::vector<FunctionRow> conversion_functions() {
    std::vector<FunctionRow> rows{
        {"parse_int",
         {a_text},
         maybe(an_int),
         parse_int,
         "parse_int(text text) int?",
         "The whole number that the text spells; absent if it spells none.",
         R"(parse_int("4720"))",
         "4720"},
        {"parse_real",
         {a_text},
         maybe(a_real),
         parse_real,
         "parse_real(text text) real?",
         "The number that the text spells; absent if it spells none.",
         R"(parse_real("2.50"))",
         "2.5"},
        {"parse_bool",
         {a_text},
         maybe(a_bool),
         parse_bool,
         "parse_bool(text text) bool?",
         "True for `true`, `yes`, `1`, false for `false`, `no`, `0`, in any case; else absent.",
         R"(parse_bool("Yes"))",
         "true"},
        {"parse_size",
         {a_text},
         maybe(a_size),
         parse_size,
         "parse_size(text text) size?",
         "The size that the text spells: a number of bytes, or one with a unit.",
         R"(parse_size("1.5 MB"))",
         "1500KB"},
        {"parse_duration",
         {a_text},
         maybe(a_duration),
         parse_duration,
         "parse_duration(text text) duration?",
         "The duration that the text spells, such as `1h30m`; absent if it spells none.",
         R"(parse_duration("1h30m"))",
         "90m"},
        {"parse_time_of_day",
         {a_text},
         maybe(a_time_of_day),
         parse_time_of_day,
         "parse_time_of_day(text text) time_of_day?",
         "The time of day that the text spells, such as `8:30`.",
         R"(parse_time_of_day("8:30"))",
         "08:30"},
        {"parse_ip",
         {a_text},
         maybe(an_ip),
         parse_ip,
         "parse_ip(text text) ip?",
         "The address that the text spells, IPv4 or IPv6; absent if it spells none.",
         R"(to_text(parse_ip("::ffff:10.0.0.7") ?? "0.0.0.0"))",
         R"("10.0.0.7")"},
        {"to_real",
         {an_int},
         a_real,
         number_as_real,
         "to_real(x int) real",
         "The whole number as a real.",
         "to_real(3)",
         "3.0"},
        {"to_real",
         {a_size},
         a_real,
         number_as_real,
         "to_real(x size) real",
         "The size as a number of bytes.",
         "to_real(1KB)",
         "1000.0"},
        {"to_int",
         {a_real},
         an_int,
         truncated,
         "to_int(x real) int",
         "The number without its decimals.",
         "to_int(-2.7)",
         "-2"},
        {"to_int",
         {a_size},
         an_int,
         same_number,
         "to_int(x size) int",
         "The size as a number of bytes.",
         "to_int(2KB)",
         "2000"},
        {"bytes",
         {an_int},
         a_size,
         same_number,
         "bytes(count int) size",
         "So many bytes, as a size.",
         "bytes(1500)",
         "1500B"},
    };
    for (FunctionRow& row : showing_functions()) rows.push_back(std::move(row));
    return rows;
}

} // namespace watchword::stdlib
