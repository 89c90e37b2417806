// Any text as a policy file: it is parsed, checked, lowered, verified and listed, and what the compiler made must
// verify.
#include "dsl/compiler.hpp"
#include "runtime/disassembler.hpp"
#include "tests/standard_compiler.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace watchword;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    dsl::Sources sources;
    const std::vector<std::uint32_t> roots{
        sources.add("fuzz.watch", std::string(reinterpret_cast<const char*>(data), size))};
    dsl::CompilerOptions options = standard_compiler();
    options.lint = true;
    options.read = [](std::string_view, std::string_view) { return std::optional<std::string>("a,b\n1,2\n"); };
    options.now = 0;
    dsl::Diagnostics diagnostics;
    const auto program = dsl::compile(sources, roots, options, diagnostics);
    if (!program) return 0;
    if (const std::string problem = runtime::verify(*program); !problem.empty()) {
        std::fprintf(stderr, "does not verify: %s\n", problem.c_str());
        std::abort();
    }
    return runtime::disassemble(*program).empty() ? -1 : 0;
}
