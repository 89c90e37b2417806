#include "bindings/cpp/policies.hpp"

#include "dsl/compiler.hpp"
#include "dsl/diagnostic_text.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/modules.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace watchword {

namespace {

std::optional<std::string> read_beside(std::string_view name, std::string_view from) {
    const std::filesystem::path path = std::filesystem::path{from}.parent_path() / name;
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return std::nullopt;
    std::ifstream file{path, std::ios::binary};
    if (!file) return std::nullopt;
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    return file.bad() ? std::nullopt : std::optional(std::move(text));
}

std::optional<runtime::Program> compiled(dsl::Sources& sources, const std::vector<std::uint32_t>& roots,
                                         const PolicyOptions& options, std::string& messages) {
    std::vector<dsl::StandardModule> modules;
    for (const stdlib::Module& module : stdlib::modules()) modules.push_back({module.name, module.text});
    dsl::CompilerOptions compiler;
    compiler.functions = &stdlib::functions();
    compiler.modules = modules;
    compiler.read = options.read ? options.read : read_beside;
    compiler.tests = false;
    dsl::Diagnostics diagnostics;
    std::optional<runtime::Program> program = dsl::compile(sources, roots, compiler, diagnostics);
    diagnostics.sort();
    messages = dsl::show(diagnostics, sources, dsl::DiagnosticFormat::human);
    if (!program) return program;
    if (const std::string fault = runtime::verify(*program); !fault.empty()) {
        messages += "internal error: the compiled policies do not verify: " + fault + "\n";
        return std::nullopt;
    }
    return program;
}

} // namespace

Policies::Policies(std::unique_ptr<State> state) : state_(std::move(state)) {}
Policies::~Policies() = default;

std::shared_ptr<const Policies> Policies::compile(const std::vector<PolicyFile>& files, std::string& messages,
                                                  const PolicyOptions& options) {
    return made(files, false, messages, options);
}

std::shared_ptr<const Policies> Policies::standard(std::string_view module, std::string& messages) {
    for (const stdlib::Module& one : stdlib::modules())
        if (one.name == module)
            return made({{"<" + std::string(module) + ">", std::string(one.text)}}, true, messages, {});
    messages = "there is no standard module `" + std::string(module) + "`\n";
    return nullptr;
}

std::shared_ptr<const Policies> Policies::made(const std::vector<PolicyFile>& files, bool standard,
                                               std::string& messages, const PolicyOptions& options) {
    dsl::Sources sources;
    std::vector<std::uint32_t> roots;
    for (const PolicyFile& file : files) roots.push_back(sources.add(file.name, file.text, standard));
    std::optional<runtime::Program> program = compiled(sources, roots, options, messages);
    if (!program) return nullptr;
    return std::shared_ptr<const Policies>(new Policies(std::make_unique<State>(State{std::move(*program)})));
}

} // namespace watchword
