// Functions of text: case, parts, replacing, looking for several things at once, likeness.
#include "runtime/text.hpp"
#include "runtime/code_point.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/functions/signature.hpp"

#include <algorithm>
#include <cstring>

namespace watchword::stdlib {

namespace {

constexpr std::size_t nowhere = std::string_view::npos;

std::size_t find(std::string_view text, std::string_view part, std::size_t from = 0) {
    if (part.empty() || from > text.size()) return nowhere;
    // glibc's is linear in the worst case, std::string_view::find is not
    const void* const found = memmem(text.data() + from, text.size() - from, part.data(), part.size());
    return found == nullptr ? nowhere : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

using Mapping = std::size_t (*)(std::string_view, char*) noexcept;

Value mapped(std::string_view text, FunctionContext& context, Mapping map) {
    char* const place = context.scratch.allocate(text.size() + text.size() / 2 + 1);
    if (place == nullptr) return Value::absent();
    return Value::of(std::string_view{place, map(text, place)});
}

Value lower(const Value* a, FunctionContext& context) noexcept {
    return mapped(a[0].text(), context, runtime::lower_to);
}
Value upper(const Value* a, FunctionContext& context) noexcept {
    return mapped(a[0].text(), context, runtime::upper_to);
}
Value trim(const Value* a, FunctionContext&) noexcept { return Value::of(runtime::trimmed(a[0].text())); }

/// Byte offset of the character with this index, at most the end.
std::size_t offset_of(std::string_view text, std::int64_t index) {
    std::size_t offset = 0;
    for (; index > 0 && offset < text.size(); --index) offset += runtime::first_code_point(text.substr(offset)).length;
    return offset;
}

Value length(const Value* a, FunctionContext&) noexcept {
    std::int64_t count = 0;
    for (std::string_view rest = a[0].text(); !rest.empty(); ++count)
        rest.remove_prefix(runtime::first_code_point(rest).length);
    return Value::of(count);
}

Value substring(const Value* a, FunctionContext&) noexcept {
    const std::string_view rest = a[0].text().substr(offset_of(a[0].text(), a[1].integer));
    return Value::of(rest.substr(0, offset_of(rest, a[2].integer)));
}

Value before(const Value* a, FunctionContext&) noexcept {
    const std::size_t at = find(a[0].text(), a[1].text());
    return at == nowhere ? Value::absent() : Value::of(a[0].text().substr(0, at));
}

Value after(const Value* a, FunctionContext&) noexcept {
    const std::size_t at = find(a[0].text(), a[1].text());
    return at == nowhere ? Value::absent() : Value::of(a[0].text().substr(at + a[1].extent));
}

std::size_t occurrences(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = find(text, part); at != nowhere; at = find(text, part, at + part.size())) ++count;
    return count;
}

Value count_of(const Value* a, FunctionContext&) noexcept {
    return Value::of(static_cast<std::int64_t>(occurrences(a[0].text(), a[1].text())));
}

Value replace(const Value* a, FunctionContext& context) noexcept {
    const std::string_view text = a[0].text(), part = a[1].text(), by = a[2].text();
    const std::size_t count = occurrences(text, part);
    std::size_t size = 0;
    if (__builtin_mul_overflow(count, by.size(), &size)) return Value::absent();
    size += text.size() - count * part.size();
    char* const place = context.scratch.allocate(size + 1);
    if (place == nullptr) return Value::absent();
    char* end = place;
    std::size_t from = 0;
    for (std::size_t at = find(text, part); at != nowhere; at = find(text, part, from)) {
        end = std::copy(text.begin() + static_cast<std::ptrdiff_t>(from),
                        text.begin() + static_cast<std::ptrdiff_t>(at), end);
        end = std::copy(by.begin(), by.end(), end);
        from = at + part.size();
    }
    std::copy(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), end);
    return Value::of(std::string_view{place, size});
}

Value contains_any(const Value* a, FunctionContext&) noexcept {
    for (std::size_t i = 0; i < a[1].extent; ++i)
        if (find(a[0].text(), a[1].items[i].text()) != nowhere) return Value::of(true);
    return Value::of(false);
}

Value like_any(const Value* a, FunctionContext&) noexcept {
    for (std::size_t i = 0; i < a[1].extent; ++i)
        if (runtime::like(a[0].text(), a[1].items[i].text())) return Value::of(true);
    return Value::of(false);
}

Value is_ascii(const Value* a, FunctionContext&) noexcept {
    const std::string_view text = a[0].text();
    return Value::of(
        std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

Value edit_distance(const Value* a, FunctionContext&) noexcept {
    const std::string_view left = a[0].text(), right = a[1].text();
    if (std::max(left.size(), right.size()) > runtime::longest_edited) return Value::absent();
    return Value::of(static_cast<std::int64_t>(runtime::edit_distance(left, right)));
}

Value similarity(const Value* a, FunctionContext&) noexcept {
    const std::string_view left = a[0].text(), right = a[1].text();
    const std::size_t longer = std::max(left.size(), right.size());
    if (longer > runtime::longest_edited) return Value::absent();
    if (longer == 0) return Value::of(1.0);
    const auto distance = static_cast<double>(runtime::edit_distance(left, right));
    return Value::of(1.0 - distance / static_cast<double>(longer));
}

} // namespace

std::vector<FunctionRow> text_functions() {
    return {
        with_parts({"lower",
                    {a_text},
                    a_text,
                    lower,
                    "lower(text text) text",
                    "The text in lower case.",
                    R"(lower("Quarterly.XLSX"))",
                    R"("quarterly.xlsx")"},
                   [](std::string_view part) { return !has_capital(part); }),
        with_parts({"upper",
                    {a_text},
                    a_text,
                    upper,
                    "upper(text text) text",
                    "The text in upper case.",
                    R"(upper("pc7"))",
                    R"("PC7")"},
                   [](std::string_view part) { return !has_small_letter(part); }),
        {"trim",
         {a_text},
         a_text,
         trim,
         "trim(text text) text",
         "The text without blanks at both ends.",
         R"(trim("  pc7 "))",
         R"("pc7")"},
        {"length",
         {a_text},
         an_int,
         length,
         "length(text text) int",
         "How many characters the text has.",
         R"(length("Größe"))",
         "5"},
        {"substring",
         {a_text, an_int, an_int},
         a_text,
         substring,
         "substring(text text, start int, count int) text",
         "At most `count` characters from the one with index `start` on; the first has index 0.",
         R"(substring("PRJ-2041", 4, 2))",
         R"("20")"},
        {"before",
         {a_text, a_text},
         maybe(a_text),
         before,
         "before(text text, part text) text?",
         "What stands before the first occurrence of a part; absent if there is none.",
         R"(before("CORP\\anna", "\\"))",
         R"("CORP")"},
        {"after",
         {a_text, a_text},
         maybe(a_text),
         after,
         "after(text text, part text) text?",
         "What stands after the first occurrence of a part; absent if there is none.",
         R"(after("CORP\\anna", "\\"))",
         R"("anna")"},
        {"count_of",
         {a_text, a_text},
         an_int,
         count_of,
         "count_of(text text, part text) int",
         "How often a part occurs in the text, without overlaps.",
         R"(count_of("a;b;c", ";"))",
         "2"},
        {"replace",
         {a_text, a_text, a_text},
         a_text,
         replace,
         "replace(text text, part text, by text) text",
         "The text with every occurrence of a part replaced.",
         R"(replace("C:\\Users", "\\", "/"))",
         R"("C:/Users")"},
        {"contains_any",
         {a_text, a_list(Kind::text)},
         a_bool,
         contains_any,
         "contains_any(text text, parts list<text>) bool",
         "Whether at least one of the parts occurs in the text.",
         R"(contains_any("my resume.docx", ["resume", "lebenslauf"]))",
         "true"},
        {"like_any",
         {a_text, a_list(Kind::text)},
         a_bool,
         like_any,
         "like_any(text text, patterns list<text>) bool",
         "Whether the text is like at least one of the patterns, with `*` and `?`.",
         R"(like_any("plan.dwg", ["*.step", "*.dwg"]))",
         "true"},
        {"is_ascii",
         {a_text},
         a_bool,
         is_ascii,
         "is_ascii(text text) bool",
         "Whether the text has ASCII characters only: look-alike letters have none.",
         R"(is_ascii("раypal.com"))",
         "false"},
        {"edit_distance",
         {a_text, a_text},
         maybe(an_int),
         edit_distance,
         "edit_distance(a text, b text) int?",
         "How many bytes have to be inserted, removed or replaced to make one text the other (Levenshtein); absent for "
         "texts over 1000 bytes.",
         R"(edit_distance("corp.example", "c0rp.example"))",
         "1"},
        {"similarity",
         {a_text, a_text},
         maybe(a_real),
         similarity,
         "similarity(a text, b text) real?",
         "1 for equal texts down to 0: the edit distance as a part of the longer text's length; absent for texts over "
         "1000 bytes.",
         R"(similarity("anna", "anne"))",
         "0.75"},
    };
}

} // namespace watchword::stdlib
