// Policy text compiled with the standard modules, and events read from text, for the tests of desk/.
#pragma once

#include "desk/stream.hpp"
#include "dsl/compiler.hpp"
#include "dsl/diagnostic_text.hpp"
#include "tests/standard_compiler.hpp"
#include "tests/unit/source_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace watchword::desk_tests {

using source_tests::Scratch;

struct Compiled {
    dsl::Sources sources;
    runtime::Program program;

    explicit Compiled(const std::string& text, const dsl::CompilerOptions& options = standard_compiler()) {
        const std::uint32_t root = sources.add("policies.watch", text, false);
        dsl::Diagnostics diagnostics;
        auto made = dsl::compile(sources, std::vector{root}, options, diagnostics);
        INFO(dsl::show(diagnostics, sources, dsl::DiagnosticFormat::human, false));
        REQUIRE(made);
        REQUIRE(runtime::verify(*made) == "");
        program = std::move(*made);
    }
};

inline desk::Stream read(const runtime::Program& program, const Scratch& folder, const std::string& events,
                         const std::string& roster = "") {
    stdlib::InputOptions options;
    options.inputs.push_back({folder.write("events.jsonl", events), ""});
    if (!roster.empty()) options.rosters.push_back({folder.write("roster.csv", roster), ""});
    return desk::read_stream(program, options);
}

} // namespace watchword::desk_tests
