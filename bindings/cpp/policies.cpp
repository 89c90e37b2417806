#include "bindings/cpp/policies.hpp"

#include "dsl/bundle.hpp"
#include "dsl/compiler.hpp"
#include "dsl/diagnostic_text.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/modules.hpp"

#include <algorithm>
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

/// The text of a module of the language; nullptr: there is none.
const stdlib::Module* standard_module(std::string_view name) {
    for (const stdlib::Module& one : stdlib::modules())
        if (one.name == name) return &one;
    return nullptr;
}

/// Takes the policies of a bundle among the roots; what is wrong with it, or nothing.
std::string open_bundle(const PolicyFile& file, dsl::Sources& sources, std::vector<std::uint32_t>& roots,
                        dsl::BundledFiles& bundled) {
    std::string problem;
    const std::optional<dsl::Bundle> bundle = dsl::read_bundle(file.text, problem);
    if (!bundle) return problem;
    bundled.add(file.name, *bundle);
    const auto add = [&](const std::string& name, std::string_view text, bool standard) { // two may have the same
        const auto is_known = [&](std::uint32_t root) { return sources.file(root).name == name; };
        if (std::none_of(roots.begin(), roots.end(), is_known))
            roots.push_back(sources.add(name, std::string(text), standard));
    };
    for (const dsl::BundledFile& one : bundle->files) {
        if (one.kind == dsl::BundledKind::policy) add(dsl::BundledFiles::path_of(file.name, one.name), one.text, false);
        if (one.kind != dsl::BundledKind::standard) continue;
        const stdlib::Module* const module = standard_module(one.name);
        if (module == nullptr) return "there is no standard module `" + one.name + "`";
        add("<" + one.name + ">", module->text, true);
    }
    return {};
}

/// `options` have what reads files.
std::optional<runtime::Program> compiled(dsl::Sources& sources, const std::vector<std::uint32_t>& roots,
                                         const PolicyOptions& options, std::string& messages) {
    std::vector<dsl::StandardModule> modules;
    for (const stdlib::Module& module : stdlib::modules()) modules.push_back({module.name, module.text});
    dsl::CompilerOptions compiler;
    compiler.functions = &stdlib::functions();
    compiler.modules = modules;
    compiler.read = options.read;
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
    if (const stdlib::Module* const one = standard_module(module))
        return made({{"<" + std::string(module) + ">", std::string(one->text)}}, true, messages, {});
    messages = "there is no standard module `" + std::string(module) + "`\n";
    return nullptr;
}

std::shared_ptr<const Policies> Policies::made(const std::vector<PolicyFile>& files, bool standard,
                                               std::string& messages, const PolicyOptions& options) {
    dsl::Sources sources;
    std::vector<std::uint32_t> roots;
    dsl::BundledFiles bundled;
    for (const PolicyFile& file : files) {
        if (!dsl::is_bundle(file.text))
            roots.push_back(sources.add(file.name, file.text, standard));
        else if (std::string problem = open_bundle(file, sources, roots, bundled); !problem.empty())
            return messages = file.name + ": " + problem + "\n", nullptr;
    }
    PolicyOptions reading = options;
    if (!reading.read) reading.read = read_beside;
    reading.read = [&, outside = reading.read](std::string_view name, std::string_view from) {
        return bundled.hold(from) ? bundled.read(name, from) : outside(name, from);
    };
    std::optional<runtime::Program> program = compiled(sources, roots, reading, messages);
    if (!program) return nullptr;
    return std::shared_ptr<const Policies>(new Policies(std::make_unique<State>(State{std::move(*program)})));
}

} // namespace watchword
