// Finds policy files, reads what they name, and hands everything to the compiler.
#include "tools/policies.hpp"

#include "dsl/diagnostic_text.hpp"
#include "dsl/file_names.hpp"
#include "runtime/digest.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/modules.hpp"
#include "stdlib/whole_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>

namespace watchword::tools {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> watch_files(const fs::path& folder) {
    std::vector<fs::path> result;
    std::error_code error;
    constexpr auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator entry{folder, options, error}, end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == ".watch" && entry->is_regular_file(error)) result.push_back(entry->path());
    std::sort(result.begin(), result.end());
    return result;
}

/// For the compiler.
std::span<const dsl::StandardModule> standard_modules() {
    static const std::vector<dsl::StandardModule> modules = [] {
        std::vector<dsl::StandardModule> rows;
        for (const stdlib::Module& module : stdlib::modules()) rows.push_back({module.name, module.text});
        return rows;
    }();
    return modules;
}

std::string unknown_policy(const std::string& word) {
    std::vector<std::string> names;
    for (const stdlib::Module& module : stdlib::modules()) names.emplace_back(module.name);
    return fmt::format("there is no policy file, folder or standard module `{}`{}", word, did_you_mean(word, names));
}

class Reading {
public:
    Reading(const Context& context, Policies& policies) : context_(context), policies_(policies) {}

    int read(const std::string& word) {
        std::error_code error;
        if (word == "-") {
            std::string text{std::istreambuf_iterator<char>{std::cin}, {}};
            if (dsl::is_bundle(text)) return open_bundle("stdin", text, context_, policies_);
            root("<stdin>", text, false);
            return exit_fine;
        }
        if (fs::is_directory(word, error)) return read_folder(word);
        if (fs::exists(word, error)) return read_one(word);
        const stdlib::Module* module = stdlib::find_module(word);
        if (module == nullptr) return context_.misused(unknown_policy(word));
        root(fmt::format("<{}>", word), module->text, true);
        return exit_fine;
    }

private:
    int read_folder(const std::string& word) {
        const std::vector<fs::path> files = watch_files(word);
        if (files.empty()) return context_.misused(fmt::format("there is no *.watch file in {}", word));
        for (const fs::path& file : files)
            if (const int status = read_one(file.string()); status != exit_fine) return status;
        return exit_fine;
    }

    int read_one(const std::string& path) {
        const std::optional<std::string> text = stdlib::whole_file(path);
        if (!text) return context_.misused(fmt::format("cannot read the policy file {}", path));
        policies_.files.push_back(path);
        if (dsl::is_bundle(*text)) return open_bundle(path, *text, context_, policies_);
        root(path, *text, false);
        return exit_fine;
    }

    void root(std::string name, std::string_view text, bool standard) {
        dsl::add_root(std::move(name), text, standard, policies_.sources, policies_.roots);
    }

    const Context& context_;
    Policies& policies_;
};

/// A file that `from` names.
std::optional<std::string> read_named(std::string_view name, std::string_view from, const Policies* policies) {
    const bool is_bundled = policies != nullptr && policies->bundled.hold(from);
    return is_bundled ? policies->bundled.read(name, from) : stdlib::whole_file(dsl::path_beside(name, from));
}

/// A bundle says what it was; a newer Watchword may make something else of it.
void compare_bundle(const Policies& policies, const Context& context) {
    if (policies.bundles.size() != 1) return;
    const NamedBundle& bundle = policies.bundles.front();
    for (const std::uint32_t root : policies.roots)
        if (const dsl::SourceFile& file = policies.sources.file(root);
            !file.standard && !policies.bundled.hold(file.name))
            return;
    if (program_digest(*policies.program) != bundle.program)
        context.complain(fmt::format("{} was built by watchword {}, and what it compiles to now is not the same",
                                     bundle.path, bundle.version));
}

} // namespace

std::string program_digest(const runtime::Program& program) {
    std::string digits;
    for (const char byte : runtime::digest(program)) digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return digits;
}

dsl::CompilerOptions compiler_options(const PolicyOptions& options, const Policies* policies) {
    dsl::CompilerOptions compiler;
    compiler.functions = &stdlib::functions();
    compiler.modules = standard_modules();
    compiler.read = [policies](std::string_view name, std::string_view from) {
        return read_named(name, from, policies);
    };
    compiler.tests = options.tests;
    compiler.lint = options.lint;
    compiler.parts = options.parts;
    compiler.now = options.now;
    return compiler;
}

int read_policies(const std::vector<std::string>& words, const Context& context, Policies& policies) {
    if (words.empty())
        return context.misused("no policies: name files, folders, or a standard module such as `it1003`");
    Reading reading{context, policies};
    for (const std::string& word : words)
        if (const int status = reading.read(word); status != exit_fine) return status;
    return exit_fine;
}

int open_bundle(const std::string& path, std::string_view bytes, const Context& context, Policies& policies) {
    std::string problem;
    const std::optional<dsl::Bundle> bundle = dsl::read_bundle(bytes, problem);
    if (!bundle) return context.misused(fmt::format("{}: {}", path, problem));
    policies.bundles.push_back({path, bundle->version, bundle->program});
    problem = dsl::add_bundle(path, *bundle, standard_modules(), policies.sources, policies.roots, policies.bundled);
    return problem.empty() ? exit_fine : context.misused(fmt::format("{}: {}", path, problem));
}

int compile_policies(const std::vector<std::string>& words, const PolicyOptions& options, const Context& context,
                     Policies& policies) {
    if (const int status = read_policies(words, context, policies); status != exit_fine) return status;
    return compile_sources(options, context, policies);
}

int compile_sources(const PolicyOptions& options, const Context& context, Policies& policies) {
    dsl::CompilerOptions compiler = compiler_options(options, &policies);
    compiler.read = [&, beside = compiler.read](std::string_view name,
                                                std::string_view from) -> std::optional<std::string> {
        std::optional<std::string> text = beside(name, from);
        const std::string path = dsl::path_beside(name, from);
        if (text && !policies.bundled.hold(from)) policies.files.push_back(path);
        if (text && options.on_read) options.on_read(path, *text);
        const bool may_lack =
            std::find(options.may_lack.begin(), options.may_lack.end(), name) != options.may_lack.end();
        return !text && may_lack ? std::string() : text;
    };
    policies.program = dsl::compile(policies.sources, policies.roots, compiler, policies.diagnostics);
    policies.diagnostics.sort();
    if (!policies.program) return exit_policies;
    if (const std::string fault = runtime::verify(*policies.program); !fault.empty()) {
        context.complain(fmt::format("internal error: the compiled policies do not verify: {}", fault));
        return exit_internal;
    }
    return exit_fine;
}

void show_diagnostics(const Policies& policies, const Context& context, std::FILE* file, bool warnings) {
    dsl::Diagnostics shown;
    for (const dsl::Diagnostic& diagnostic : policies.diagnostics.all())
        if (warnings || dsl::row(diagnostic.code).severity == dsl::Severity::error)
            shown.add(diagnostic.code, diagnostic.span, diagnostic.message) = diagnostic;
    const std::string text =
        dsl::show(shown, policies.sources, *dsl::find_format(context.format), context.color_on(::fileno(file)));
    std::fwrite(text.data(), 1, text.size(), file);
}

int load_policies(const std::vector<std::string>& words, const PolicyOptions& options, const Context& context,
                  Policies& policies) {
    const int status = compile_policies(words, options, context, policies);
    if (status == exit_policies || context.verbose) show_diagnostics(policies, context, stderr, context.verbose);
    if (status == exit_fine && !options.parts && !options.tests) compare_bundle(policies, context);
    return status;
}

} // namespace watchword::tools
