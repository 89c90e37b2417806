// Explanations over a simulated company: `company_test POLICIES… FOLDER`, where POLICIES are standard modules or files
// and FOLDER has what `watchword simulate` writes. Every alert's explanation has to be whole.
#include "stdlib/modules.hpp"
#include "tests/explain/whole.hpp"
#include "tests/oracle/arguments.hpp"
#include "tests/standard_compiler.hpp"

#include "dsl/diagnostic_text.hpp"

#include <fstream>
#include <iterator>
#include <map>

namespace {

using namespace watchword;

dsl::CompilerOptions compiler_options() {
    dsl::CompilerOptions options = standard_compiler();
    options.parts = true;
    return options;
}

std::uint32_t add(dsl::Sources& sources, const std::string& word) {
    if (const stdlib::Module* const module = stdlib::find_module(word))
        return sources.add("<" + word + ">", std::string(module->text), true);
    std::ifstream file{word};
    return sources.add(word, {std::istreambuf_iterator<char>{file}, {}});
}

} // namespace

int main(int count, char** given) {
    oracle::Arguments arguments{count, given};
    std::vector<std::string> words = arguments.words();
    if (words.size() < 2) {
        fmt::print(stderr, "company_test POLICIES… FOLDER\n");
        return 3;
    }
    const std::string folder = words.back();
    words.pop_back();
    dsl::Sources sources;
    std::vector<std::uint32_t> roots;
    for (const std::string& word : words) roots.push_back(add(sources, word));
    dsl::Diagnostics diagnostics;
    const auto program = dsl::compile(sources, roots, compiler_options(), diagnostics);
    if (!program) {
        fmt::print("{}", dsl::show(diagnostics, sources, dsl::DiagnosticFormat::human, false));
        return 2;
    }
    stdlib::InputOptions input;
    input.inputs = {{folder + "/hr.jsonl", ""}, {folder + "/events.jsonl.gz", ""}};
    input.rosters = {{folder + "/roster.jsonl", ""}};
    const desk::Stream stream = desk::read_stream(*program, input);
    for (const std::string& error : stream.input.errors) fmt::print("{}\n", error);

    const desk::PolicyText text{sources, roots, compiler_options()};
    const desk::ExplanationSource source{text, *program, stream, {}};
    explain_tests::WholeTally tally;
    std::uint64_t wrong = 0;
    std::map<std::string, std::uint64_t> replayed;
    for (const runtime::Alert& alert : desk::replay(*program, stream)) {
        if (alert.kind != runtime::RecordKind::alert) continue;
        const std::uint64_t before = tally.replayed;
        const std::string fault = explain_tests::explanation_fault(source, alert, tally);
        replayed[alert.policy == runtime::risk_policy ? "risk" : program->policies[alert.policy].name] +=
            tally.replayed - before;
        if (fault.empty()) continue;
        ++wrong;
        fmt::print("{} of {}: {}\n", alert.id, alert.subject, fault);
    }
    fmt::print("{} events: {}\n", stream.events.size(), tally.report());
    for (const auto& [policy, times] : replayed) fmt::print("  {}: {} come again\n", policy, times);
    return wrong == 0 && stream.input.errors.empty() && tally.dropped != 0 ? 0 : 1;
}
