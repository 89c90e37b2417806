// The example of every function, compiled as policy text, gives what its row says it shows.
#include "dsl/compiler.hpp"
#include "stdlib/functions/functions.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace watchword;

namespace {

/// A constant is never absent, so a call that can fail gets a value which no example shows.
std::string without_absence(const runtime::FunctionRow& row) {
    if (!row.result.optional || !row.example.starts_with(fmt::format("{}(", row.name))) return std::string(row.example);
    const auto other = [&]() -> std::string_view {
        switch (row.result.kind) {
        case runtime::Kind::boolean:
            return "false";
        case runtime::Kind::integer:
            return "-999";
        case runtime::Kind::real:
            return "-999.0";
        case runtime::Kind::time:
            return "1901-01-01";
        case runtime::Kind::time_of_day:
            return "23:59";
        case runtime::Kind::duration:
            return "999w";
        case runtime::Kind::size:
            return "999TB";
        default:
            return "\"absent\"";
        }
    };
    return fmt::format("{} ?? {}", row.example, other());
}

const dsl::Constant& constant(const dsl::Model& model, const std::string& name) {
    for (const dsl::ConstantInfo& info : model.constants)
        if (info.name == name) return info.value;
    FAIL("no constant " << name);
    return model.constants.front().value;
}

} // namespace

TEST_CASE("examples of functions show what they say") {
    const std::vector<runtime::FunctionRow>& rows = stdlib::functions();
    std::string text = "module examples\n";
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (!rows[i].example.empty())
            text +=
                fmt::format("let found{0} = {1}\nlet wanted{0} = {2}\n", i, without_absence(rows[i]), rows[i].shows);
    dsl::Sources sources;
    const std::uint32_t roots[] = {sources.add("examples.watch", text)};
    dsl::CompilerOptions options;
    options.functions = &rows;
    options.lint = false;
    dsl::Diagnostics diagnostics;
    const dsl::Model model = dsl::check(sources, roots, options, diagnostics);
    for (const dsl::Diagnostic& diagnostic : diagnostics.all()) {
        const dsl::Position position = sources.position(diagnostic.span.file, diagnostic.span.begin);
        UNSCOPED_INFO(sources.line(diagnostic.span.file, position.line) << ": " << diagnostic.message);
    }
    REQUIRE_FALSE(diagnostics.failed());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].example.empty()) continue;
        const dsl::Constant& found = constant(model, fmt::format("found{}", i));
        const dsl::Constant& wanted = constant(model, fmt::format("wanted{}", i));
        INFO(rows[i].example << " shows " << rows[i].shows);
        CHECK(found.present);
        CHECK(found.integer == wanted.integer);
        CHECK(found.real == wanted.real);
        CHECK(found.text == wanted.text);
        REQUIRE(found.items.size() == wanted.items.size());
        for (std::size_t item = 0; item < found.items.size(); ++item)
            CHECK(found.items[item].text == wanted.items[item].text);
    }
}
