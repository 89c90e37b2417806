// Functions of lists.
#include "stdlib/functions/functions.hpp"
#include "stdlib/functions/signature.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

namespace watchword::stdlib {

namespace {

Value length(const Value* a, FunctionContext&) noexcept { return Value::of(static_cast<std::int64_t>(a[0].extent)); }

Value first(const Value* a, FunctionContext&) noexcept { return a[0].extent == 0 ? Value::absent() : a[0].items[0]; }
Value last(const Value* a, FunctionContext&) noexcept {
    return a[0].extent == 0 ? Value::absent() : a[0].items[a[0].extent - 1];
}

Value split(const Value* a, FunctionContext& context) noexcept {
    std::string_view text = a[0].text();
    const std::string_view separator = a[1].text();
    const auto find = [&]() -> std::size_t {
        if (separator.empty()) return std::string_view::npos;
        const void* const found = memmem(text.data(), text.size(), separator.data(), separator.size());
        if (found == nullptr) return std::string_view::npos;
        return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    };
    const std::string_view whole = text;
    std::size_t count = 1;
    for (std::size_t at = find(); at != std::string_view::npos; at = find(), ++count)
        text.remove_prefix(at + separator.size());
    char* const place = context.scratch.allocate(count * sizeof(Value));
    if (place == nullptr) return Value::absent();
    auto* const items = reinterpret_cast<Value*>(place);
    text = whole;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = find();
        std::construct_at(items + i, Value::of(text.substr(0, at)));
        if (at != std::string_view::npos) text.remove_prefix(at + separator.size());
    }
    return Value::of_list(items, count);
}

Value join(const Value* a, FunctionContext& context) noexcept {
    const std::string_view separator = a[1].text();
    std::size_t size = 0;
    for (std::size_t i = 0; i < a[0].extent; ++i) size += a[0].items[i].extent + (i == 0 ? 0 : separator.size());
    char* const place = context.scratch.allocate(size + 1);
    if (place == nullptr) return Value::absent();
    char* end = place;
    for (std::size_t i = 0; i < a[0].extent; ++i) {
        const std::string_view item = a[0].items[i].text();
        if (i != 0) end = std::copy(separator.begin(), separator.end(), end);
        end = std::copy(item.begin(), item.end(), end);
    }
    return Value::of(std::string_view{place, size});
}

Value unique(const Value* a, FunctionContext& context) noexcept {
    char* const place = context.scratch.allocate(a[0].extent * sizeof(Value));
    if (place == nullptr) return Value::absent();
    auto* const begin = reinterpret_cast<Value*>(place);
    auto* const end = std::uninitialized_copy_n(a[0].items, a[0].extent, begin);
    const auto less = [](const Value& x, const Value& y) { return x.text() < y.text(); };
    const auto same = [](const Value& x, const Value& y) { return x.text() == y.text(); };
    std::sort(begin, end, less);
    return Value::of_list(begin, static_cast<std::size_t>(std::unique(begin, end, same) - begin));
}

/// One row for each kind of element: the checker matches lists exactly.
struct Element {
    Kind kind;
    std::string_view signature, example;
};
constexpr Element elements[] = {
    {Kind::text, "length(list list<text>) int", R"(length(["a", "b"]))"},
    {Kind::integer, "length(list list<int>) int", "length([4624, 4625])"},
    {Kind::real, "length(list list<real>) int", "length([0.5, 1.5])"},
    {Kind::host, "length(list list<host>) int", ""},
    {Kind::email, "length(list list<email>) int", ""},
    {Kind::ip, "length(list list<ip>) int", ""},
    {Kind::person, "length(list list<person>) int", ""},
};

} // namespace

std::vector<FunctionRow> list_functions() {
    std::vector<FunctionRow> rows{
        {"split",
         {a_text, a_text},
         a_list(Kind::text),
         split,
         "split(text text, separator text) list<text>",
         "The parts of the text between its separators.",
         R"(split("a;b;c", ";"))",
         R"(["a", "b", "c"])"},
        {"join",
         {a_list(Kind::text), a_text},
         a_text,
         join,
         "join(list list<text>, separator text) text",
         "The texts of the list in one, with a separator between them.",
         R"(join(["a", "b"], ", "))",
         R"("a, b")"},
        {"first",
         {a_list(Kind::text)},
         maybe(a_text),
         first,
         "first(list list<text>) text?",
         "The first text of the list; absent if it is empty.",
         R"(first(split("anna@corp.example", "@")))",
         R"("anna")"},
        {"last",
         {a_list(Kind::text)},
         maybe(a_text),
         last,
         "last(list list<text>) text?",
         "The last text of the list; absent if it is empty.",
         R"(last(split("C:\\Users\\anna", "\\")))",
         R"("anna")"},
        {"unique",
         {a_list(Kind::text)},
         a_list(Kind::text),
         unique,
         "unique(list list<text>) list<text>",
         "The texts of the list, each once and in order.",
         R"(unique(["b", "a", "b"]))",
         R"(["a", "b"])"},
    };
    for (const Element& element : elements)
        rows.push_back({"length",
                        {a_list(element.kind)},
                        an_int,
                        length,
                        element.signature,
                        "How many elements the list has.",
                        element.example,
                        element.example.empty() ? "" : "2"});
    return rows;
}

} // namespace watchword::stdlib
