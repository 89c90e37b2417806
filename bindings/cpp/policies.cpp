#include "bindings/cpp/policies.hpp"

#include "dsl/bundle.hpp"
#include "dsl/compiler.hpp"
#include "dsl/diagnostic_text.hpp"
#include "dsl/file_names.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/modules.hpp"
#include "stdlib/whole_file.hpp"

namespace watchword {

namespace {

std::vector<dsl::StandardModule> standard_modules() {
    std::vector<dsl::StandardModule> modules;
    for (const stdlib::Module& module : stdlib::modules()) modules.push_back({module.name, module.text});
    return modules;
}

/// Takes the policies of a bundle among the roots; what is wrong with it, or nothing.
std::string open_bundle(const PolicyFile& file, dsl::Sources& sources, std::vector<std::uint32_t>& roots,
                        dsl::BundledFiles& bundled) {
    std::string problem;
    const std::optional<dsl::Bundle> bundle = dsl::read_bundle(file.text, problem);
    return bundle ? dsl::add_bundle(file.name, *bundle, standard_modules(), sources, roots, bundled) : problem;
}

/// `options` have what reads files.
std::optional<runtime::Program> compiled(dsl::Sources& sources, const std::vector<std::uint32_t>& roots,
                                         const PolicyOptions& options, std::string& messages) {
    const std::vector<dsl::StandardModule> modules = standard_modules();
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
    if (const stdlib::Module* const one = stdlib::find_module(module))
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
    if (!reading.read)
        reading.read = [](std::string_view name, std::string_view from) {
            return stdlib::whole_file(dsl::path_beside(name, from));
        };
    reading.read = [&, outside = reading.read](std::string_view name, std::string_view from) {
        return bundled.hold(from) ? bundled.read(name, from) : outside(name, from);
    };
    std::optional<runtime::Program> program = compiled(sources, roots, reading, messages);
    if (!program) return nullptr;
    return std::shared_ptr<const Policies>(new Policies(std::make_unique<State>(State{std::move(*program)})));
}

} // namespace watchword
