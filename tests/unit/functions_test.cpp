// The library of functions: its rows are well formed, its examples show what they say, and nothing that is put in
// makes it fail. The examples as policy text are run by the compiler's tests.
#include "runtime/text.hpp"
#include "stdlib/functions/functions.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <set>

using namespace watchword::runtime;
using namespace std::literals;
using watchword::stdlib::functions;

namespace {

struct Calling {
    Scratch scratch;
    FunctionContext context{scratch, "Europe/Berlin"};
    explicit Calling(std::size_t bytes = 1 << 16) : scratch(bytes) {}

    Value operator()(std::string_view name, std::vector<Value> arguments, std::vector<Kind> kinds = {}) {
        for (const FunctionRow& row : functions()) {
            if (row.name != name || row.parameters.size() != arguments.size()) continue;
            bool fits = true;
            for (std::size_t i = 0; i < kinds.size(); ++i) fits = fits && row.parameters[i].kind == kinds[i];
            if (fits) return row.evaluate(arguments.data(), context);
        }
        FAIL("no function " << name);
        return {};
    }
};

Value text(std::string_view value) { return Value::of(value); }

const std::vector<std::string>& hostile_texts() {
    static const std::vector<std::string> texts{"",
                                                "\0"s,
                                                "a\0b"s,
                                                "\xff",
                                                "\xc3",
                                                "@",
                                                "<>",
                                                "<@>",
                                                "://",
                                                "//",
                                                "[",
                                                "http://[",
                                                "https://[::1]:80/",
                                                "a@b@",
                                                "\\",
                                                "/",
                                                "//\\\\//",
                                                ".",
                                                "..",
                                                ".a.",
                                                "%",
                                                "%4",
                                                "%zz",
                                                "=",
                                                "====",
                                                "AAAA=AAAA",
                                                "A",
                                                "?#",
                                                "#?",
                                                "*",
                                                "?",
                                                std::string(20'000, 'a'),
                                                std::string(20'000, '/'),
                                                std::string(20'000, '@'),
                                                std::string(20'000, '.'),
                                                std::string(20'000, '\xf0'),
                                                std::string(20'000, '%'),
                                                "2025-02-30",
                                                "9999999999999999999"};
    return texts;
}

/// Some values of a type, with the extremes among them.
std::vector<Value> samples(Type type) {
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    static const std::vector<Value> texts = [] {
        std::vector<Value> values;
        for (const std::string& one : hostile_texts()) values.push_back(text(one));
        return values;
    }();
    static const std::string first_address(16, '\0'), last_address(16, '\xff');
    static const std::vector<Value> numbers{Value::of(0), Value::of(5), Value::of(-7), Value::of(least),
                                            Value::of(most)};
    static const std::vector<Value> addresses{text(first_address), text(last_address)};
    switch (type.kind) {
    case Kind::boolean:
        return {Value::of(false), Value::of(true)};
    case Kind::real:
        return {Value::of(0.0), Value::of(-2.5), Value::of(1e308), Value::of(-1e308), Value::of(5e-324)};
    case Kind::ip:
        return addresses;
    case Kind::list: {
        const Kind element = static_cast<Kind>(type.detail);
        const std::vector<Value>& items = element == Kind::ip ? addresses : is_textual(element) ? texts : numbers;
        return {Value::of_list(nullptr, 0), Value::of_list(items.data(), items.size())};
    }
    default:
        return is_textual(type.kind) ? texts : numbers;
    }
}

void call_with_all(const FunctionRow& row, std::vector<Value>& arguments, FunctionContext& context) {
    if (arguments.size() < row.parameters.size()) {
        for (const Value& value : samples(row.parameters[arguments.size()])) {
            arguments.push_back(value);
            call_with_all(row, arguments, context);
            arguments.pop_back();
        }
        return;
    }
    context.scratch.reset();
    const Value result = row.evaluate(arguments.data(), context);
    const bool is_long =
        std::any_of(arguments.begin(), arguments.end(), [](const Value& value) { return value.extent > 1000; });
    // Only what does not fit in scratch may be absent without saying so in its type.
    if (!result.present() && !row.result.optional && !is_long) FAIL(row.signature << " gave nothing");
    if (result.present() && row.result.kind == Kind::boolean && result.integer != 0 && result.integer != 1)
        FAIL(row.signature << " gave no truth");
}

} // namespace

TEST_CASE("rows are complete and tell overloads apart") {
    std::set<std::string> signatures;
    for (const FunctionRow& row : functions()) {
        INFO(row.signature);
        CHECK_FALSE(row.name.empty());
        CHECK(row.signature.starts_with(std::string(row.name) + "("));
        CHECK(row.signature.ends_with("?") == row.result.optional);
        CHECK(row.doc.ends_with("."));
        CHECK(row.evaluate != nullptr);
        CHECK(row.example.empty() == row.shows.empty());
        for (const Type& parameter : row.parameters) CHECK_FALSE(parameter.optional);
        CHECK(signatures.emplace(row.signature).second);
    }
}

TEST_CASE("nothing makes a function fail") {
    Calling call(1 << 20);
    for (const FunctionRow& row : functions()) {
        std::vector<Value> arguments;
        call_with_all(row, arguments, call.context);
    }
}

TEST_CASE("a full scratch gives nothing, and no crash") {
    Calling call(0);
    for (const FunctionRow& row : functions()) {
        std::vector<Value> arguments;
        for (const Type& parameter : row.parameters) arguments.push_back(samples(parameter).back());
        static_cast<void>(row.evaluate(arguments.data(), call.context));
    }
    CHECK_FALSE(call("upper", {text("a")}).present());
}

TEST_CASE("texts") {
    Calling call;
    CHECK(call("lower", {text("ÄB\xff")}).text() == "äb\xff");
    CHECK(call("substring", {text("größe"), Value::of(2), Value::of(2)}).text() == "öß");
    CHECK(call("substring", {text("abc"), Value::of(-5), Value::of(2)}).text() == "ab");
    CHECK(call("substring", {text("abc"), Value::of(9), Value::of(2)}).text().empty());
    CHECK_FALSE(call("before", {text("anna"), text("\\")}).present());
    CHECK(call("after", {text("a\\b\\c"), text("\\")}).text() == "b\\c");
    CHECK(call("replace", {text("aaa"), text("a"), text("bb")}).text() == "bbbbbb");
    CHECK(call("replace", {text("aaa"), text(""), text("b")}).text() == "aaa");
    CHECK(call("count_of", {text("aaaa"), text("aa")}).integer == 2);
    CHECK(call("similarity", {text(""), text("")}).real == 1.0);
}

TEST_CASE("paths") {
    Calling call;
    CHECK(call("basename", {text("/home/anna/")}).text() == "anna");
    CHECK(call("basename", {text("///")}).text().empty());
    CHECK(call("dirname", {text("plan.dwg")}).text().empty());
    CHECK(call("dirname", {text("/plan.dwg")}).text() == "/");
    CHECK(call("dirname", {text("C:\\Users\\anna\\x")}).text() == "C:\\Users\\anna");
    CHECK(call("extension", {text("/home/.profile")}).text().empty());
    CHECK(call("extension", {text("/a.b/c")}).text().empty());
    CHECK(call("extension", {text("x.")}).text().empty());
    CHECK(call("stem", {text(".profile")}).text() == ".profile");
}

TEST_CASE("addresses") {
    Calling call;
    CHECK(call("host", {text("http://user:pw@Example.com:80/x@y")}).text() == "example.com");
    CHECK(call("host", {text("example.com:443")}).text() == "example.com");
    CHECK(call("host", {text("https://[2001:db8::1]:8443/")}).text() == "2001:db8::1");
    CHECK(call("host", {text("example.com/login?next=http://evil.example/")}).text() == "example.com");
    CHECK_FALSE(call("host", {text("/only/path")}).present());
    CHECK(call("path", {text("example.com")}).text() == "/");
    CHECK_FALSE(call("scheme", {text("example.com:443")}).present());
    CHECK_FALSE(call("domain", {text("anna")}).present());
    CHECK_FALSE(call("domain", {text("anna@")}).present());
    CHECK(call("within_domain", {text("evilcorp.example"), text("corp.example")}).integer == 0);
    CHECK(call("within_domain", {text("CORP.example"), text(".corp.example")}).integer == 1);
    for (const char* address : {"10.0.0.1", "172.31.0.1", "192.168.1.1", "169.254.1.1", "127.0.0.1", "100.64.0.1",
                                "::1", "fd00::1", "fe80::1"})
        CHECK(call("is_private", {text(parse_ip(address).value())}).integer == 1);
    for (const char* address : {"172.32.0.1", "8.8.8.8", "100.128.0.1", "2001:db8::1"})
        CHECK(call("is_private", {text(parse_ip(address).value())}).integer == 0);
}

TEST_CASE("times are those of the person's zone") {
    Calling call;
    const auto at = [](const char* time) { return Value::of(parse_time(time, "").value()); };
    CHECK(call("hour", {at("2025-07-01T22:30:00Z")}).integer == 0);
    CHECK(call("day", {at("2025-07-01T22:30:00Z")}).integer == 2);
    CHECK(call("date", {at("2025-07-01T22:30:00Z")}).integer == at("2025-07-01T22:00:00Z").integer);
    CHECK(call("weekday", {at("2025-07-06T12:00:00Z")}).integer == 7);
    CHECK(call("parse_time", {text("2025-07-02 00:30")}).integer == at("2025-07-01T22:30:00Z").integer);
    CHECK_FALSE(call("parse_time", {text("2025-07-02"), text("%F"), text("Nowhere/Land")}).present());
    CHECK(call("from_filetime", {Value::of(std::int64_t{133'855'200'000'000'000})}).integer ==
          at("2025-03-04T00:00:00Z").integer);
    CHECK(call("epoch", {Value::of(-1)}).integer == -1);
}

TEST_CASE("what texts are wrapped in") {
    Calling call;
    CHECK(call("decode_base64", {text("dwBoAG8AYQBtAGkA")}).text() == "whoami"); // UTF-16, as PowerShell has it
    CHECK(call("decode_base64", {text("_-8")}).present() == false);              // bytes that are no text
    CHECK(call("decode_base64", {text("YQ==")}).text() == "a");
    CHECK_FALSE(call("decode_base64", {text("not base64!")}).present());
    CHECK(call("decode_url", {text("100%")}).text() == "100%");
    CHECK(call("decode_url", {text("%ff")}).text() == "%ff");
    CHECK(call("entropy", {text("abcdefgh")}).real == 3.0);
    CHECK(call("entropy", {text("aab")}).real == 0.918);
    CHECK(call("entropy", {text("")}).real == 0.0);
}
