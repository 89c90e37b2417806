// Functions of numbers and of what is held as one.
#include "stdlib/functions/functions.hpp"
#include "stdlib/functions/signature.hpp"

#include <cmath>
#include <limits>
#include <string_view>

namespace watchword::stdlib {

namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

/// Towards zero, saturating.
std::int64_t whole(double value) {
    if (std::isnan(value)) return 0;
    if (value >= 9223372036854775808.0) return most;
    return value < -9223372036854775808.0 ? least : static_cast<std::int64_t>(value);
}

Value absolute_integer(const Value* a, FunctionContext&) noexcept {
    if (a[0].integer == least) return Value::of(most);
    return Value::of(a[0].integer < 0 ? -a[0].integer : a[0].integer);
}
Value absolute_real(const Value* a, FunctionContext&) noexcept { return Value::of(std::fabs(a[0].real)); }

// Exact in every libm: these only choose among neighbouring whole numbers.
Value floor(const Value* a, FunctionContext&) noexcept { return Value::of(whole(std::floor(a[0].real))); }
Value ceil(const Value* a, FunctionContext&) noexcept { return Value::of(whole(std::ceil(a[0].real))); }
Value round(const Value* a, FunctionContext&) noexcept { return Value::of(whole(std::round(a[0].real))); }

Value square_root(const Value* a, FunctionContext&) noexcept {
    return a[0].real < 0 ? Value::absent() : Value::of(std::sqrt(a[0].real)); // correctly rounded by IEEE 754
}

Value lesser_integer(const Value* a, FunctionContext&) noexcept { return a[0].integer <= a[1].integer ? a[0] : a[1]; }
Value greater_integer(const Value* a, FunctionContext&) noexcept { return a[0].integer >= a[1].integer ? a[0] : a[1]; }
Value lesser_real(const Value* a, FunctionContext&) noexcept { return a[0].real <= a[1].real ? a[0] : a[1]; }
Value greater_real(const Value* a, FunctionContext&) noexcept { return a[0].real >= a[1].real ? a[0] : a[1]; }

Value clamp_integer(const Value* a, FunctionContext&) noexcept {
    if (a[0].integer < a[1].integer) return a[1];
    return a[0].integer > a[2].integer ? a[2] : a[0];
}
Value clamp_real(const Value* a, FunctionContext&) noexcept {
    if (a[0].real < a[1].real) return a[1];
    return a[0].real > a[2].real ? a[2] : a[0];
}

/// The kinds that have a lesser and a greater one, with an example of each.
struct Ordered {
    Type type;
    std::string_view min_signature, max_signature;
    std::string_view min_example, max_example, lesser, greater;
};
constexpr Ordered ordered[] = {
    {an_int, "min(a int, b int) int", "max(a int, b int) int", "min(3, 5)", "max(3, 5)", "3", "5"},
    {a_real, "min(a real, b real) real", "max(a real, b real) real", "min(2.5, 4.0)", "max(2.5, 4.0)", "2.5", "4.0"},
    {a_size, "min(a size, b size) size", "max(a size, b size) size", "min(1MB, 2MB)", "max(1MB, 2MB)", "1MB", "2MB"},
    {a_duration, "min(a duration, b duration) duration", "max(a duration, b duration) duration", "min(1h, 2h)",
     "max(1h, 2h)", "1h", "2h"},
    {a_time, "min(a time, b time) time", "max(a time, b time) time", "min(2025-01-01, 2025-02-01)",
     "max(2025-01-01, 2025-02-01)", "2025-01-01", "2025-02-01"},
};

void add_least_and_greatest(std::vector<FunctionRow>& rows) {
    for (const Ordered& kind : ordered) {
        const bool is_real = kind.type.kind == Kind::real;
        rows.push_back({"min",
                        {kind.type, kind.type},
                        kind.type,
                        is_real ? lesser_real : lesser_integer,
                        kind.min_signature,
                        "The lesser of two values.",
                        kind.min_example,
                        kind.lesser});
        rows.push_back({"max",
                        {kind.type, kind.type},
                        kind.type,
                        is_real ? greater_real : greater_integer,
                        kind.max_signature,
                        "The greater of two values.",
                        kind.max_example,
                        kind.greater});
    }
}

} // namespace

std::vector<FunctionRow> number_functions() {
    std::vector<FunctionRow> rows{
        {"abs", {an_int}, an_int, absolute_integer, "abs(x int) int", "The number without its sign.", "abs(-7)", "7"},
        {"abs",
         {a_real},
         a_real,
         absolute_real,
         "abs(x real) real",
         "The number without its sign.",
         "abs(-2.5)",
         "2.5"},
        {"abs",
         {a_duration},
         a_duration,
         absolute_integer,
         "abs(x duration) duration",
         "The span without its sign: how far apart two times are.",
         "abs(2025-03-01 - 2025-03-02)",
         "24h"},
        {"floor",
         {a_real},
         an_int,
         floor,
         "floor(x real) int",
         "The greatest whole number not above x.",
         "floor(2.7)",
         "2"},
        {"ceil", {a_real}, an_int, ceil, "ceil(x real) int", "The least whole number not below x.", "ceil(2.1)", "3"},
        {"round",
         {a_real},
         an_int,
         round,
         "round(x real) int",
         "The nearest whole number; halves go away from zero.",
         "round(2.5)",
         "3"},
        {"sqrt",
         {a_real},
         maybe(a_real),
         square_root,
         "sqrt(x real) real?",
         "The square root; absent for negative numbers.",
         "sqrt(6.25)",
         "2.5"},
        {"clamp",
         {an_int, an_int, an_int},
         an_int,
         clamp_integer,
         "clamp(x int, low int, high int) int",
         "x, but not below `low` and not above `high`.",
         "clamp(120, 0, 100)",
         "100"},
        {"clamp",
         {a_real, a_real, a_real},
         a_real,
         clamp_real,
         "clamp(x real, low real, high real) real",
         "x, but not below `low` and not above `high`.",
         "clamp(0.5, 1.0, 3.0)",
         "1.0"},
    };
    add_least_and_greatest(rows);
    return rows;
}

} // namespace watchword::stdlib
