// Functions of file paths, of Windows and of Unix alike: `/` and `\` both separate.
#include "runtime/text.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/functions/signature.hpp"

namespace watchword::stdlib {

namespace {

constexpr std::string_view separators = "/\\";
constexpr std::size_t nowhere = std::string_view::npos;

std::string_view name_of(std::string_view path) {
    const std::size_t end = path.find_last_not_of(separators);
    if (end == nowhere) return path.substr(0, 0);
    path = path.substr(0, end + 1);
    return path.substr(path.find_last_of(separators) + 1);
}

/// Where the extension's point stands in a file's name; a point at the start makes a hidden file, not an extension.
std::size_t point_of(std::string_view name) {
    const std::size_t point = name.rfind('.');
    return point == 0 || point + 1 == name.size() ? nowhere : point;
}

Value basename(const Value* a, FunctionContext&) noexcept { return Value::of(name_of(a[0].text())); }

Value dirname(const Value* a, FunctionContext&) noexcept {
    const std::string_view path = a[0].text();
    const std::string_view name = name_of(path);
    const auto begin = static_cast<std::size_t>(name.data() - path.data());
    const std::size_t end = path.substr(0, begin).find_last_not_of(separators);
    return Value::of(end == nowhere ? path.substr(0, begin == 0 ? 0 : 1) : path.substr(0, end + 1));
}

Value extension(const Value* a, FunctionContext& context) noexcept {
    const std::string_view name = name_of(a[0].text());
    const std::size_t point = point_of(name);
    if (point == nowhere) return Value::of(std::string_view{""});
    const std::string_view found = name.substr(point + 1);
    char* const place = context.scratch.allocate(found.size() + found.size() / 2 + 1);
    return place == nullptr ? Value::absent() : Value::of(std::string_view{place, runtime::lower_to(found, place)});
}

Value stem(const Value* a, FunctionContext&) noexcept {
    const std::string_view name = name_of(a[0].text());
    return Value::of(name.substr(0, point_of(name)));
}

Value depth(const Value* a, FunctionContext&) noexcept {
    std::string_view path = a[0].text();
    std::int64_t count = 0;
    while (true) {
        const std::size_t begin = path.find_first_not_of(separators);
        if (begin == nowhere) return Value::of(count);
        ++count;
        path.remove_prefix(begin);
        path.remove_prefix(std::min(path.find_first_of(separators), path.size()));
    }
}

} // namespace

std::vector<FunctionRow> path_functions() {
    return {
        {"basename",
         {a_text},
         a_text,
         basename,
         "basename(path text) text",
         "The last part of a path.",
         R"(basename("C:\\Users\\anna\\plan.dwg"))",
         R"("plan.dwg")"},
        {"dirname",
         {a_text},
         a_text,
         dirname,
         "dirname(path text) text",
         "The path without its last part; empty if there is no more than that.",
         R"(dirname("/home/anna/plan.dwg"))",
         R"("/home/anna")"},
        with_parts(
            {"extension",
             {a_text},
             a_text,
             extension,
             "extension(path text) text",
             "What follows the last point of the file's name, in lower case; empty if there is none.",
             R"(extension("/tmp/Backup.TAR.GZ"))",
             R"("gz")"},
            [](std::string_view part) { return part.find('.') == std::string_view::npos && !has_capital(part); }),
        {"stem",
         {a_text},
         a_text,
         stem,
         "stem(path text) text",
         "The file's name without its extension.",
         R"(stem("/tmp/backup.tar.gz"))",
         R"("backup.tar")"},
        {"depth",
         {a_text},
         an_int,
         depth,
         "depth(path text) int",
         "How many parts a path has.",
         R"(depth("/home/anna/plan.dwg"))",
         "3"},
    };
}

} // namespace watchword::stdlib
