// `watchword build`: policies with all that they name as one file, once they compile and their tests pass.
#include "desk/test_session.hpp"
#include "dsl/file_names.hpp"
#include "tools/output_file.hpp"
#include "tools/policies.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace watchword::tools {

namespace {

struct BuildSettings {
    std::vector<std::string> policies;
    std::string out;
    bool untested = false;
};

dsl::BundledFile root_of(const dsl::SourceFile& file) {
    if (file.standard) return {dsl::BundledKind::standard, file.name.substr(1, file.name.size() - 2), ""};
    return {dsl::BundledKind::policy, dsl::normal_name(file.name), file.text};
}

/// The files of the policies, then those that they name, in the order in which they were asked for.
int gather(const BuildSettings& settings, const Context& context, dsl::Bundle& bundle, Policies& policies) {
    std::vector<dsl::BundledFile> named;
    PolicyOptions options;
    options.tests = true;
    options.on_read = [&](const std::string& path, const std::string& text) {
        const std::string name = dsl::normal_name(path);
        const auto is_known = [&](const dsl::BundledFile& one) { return one.name == name; };
        if (std::none_of(named.begin(), named.end(), is_known)) named.push_back({dsl::BundledKind::file, name, text});
    };
    if (const int status = load_policies(settings.policies, options, context, policies); status != exit_fine)
        return status;
    for (const std::uint32_t root : policies.roots) bundle.files.push_back(root_of(policies.sources.file(root)));
    for (dsl::BundledFile& file : named) bundle.files.push_back(std::move(file));
    for (const dsl::BundledFile& file : bundle.files)
        if (file.name.find('\n') != std::string::npos)
            return context.misused("the name of a file has a line end in it");
    return exit_fine;
}

int run_tests(const runtime::Program& program, const Context& context, std::size_t& passed) {
    desk::TestSessionOptions options;
    options.threads = std::max<std::size_t>(1, std::thread::hardware_concurrency());
    std::size_t failed = 0;
    for (const desk::TestOutcome& outcome : desk::run_tests(program, options)) {
        ++(outcome.result.passed() ? passed : failed);
        if (outcome.result.passed()) continue;
        context.complain(fmt::format("the test \"{}\" fails ({}); `watchword test` shows why",
                                     outcome.result.plan->name, desk::place_of(program, outcome.result.plan->span)));
    }
    return failed == 0 ? exit_fine : exit_findings;
}

/// What the bundle compiles to by itself, as `run` will see it; nullopt, with a complaint: it does not.
std::optional<std::string> digest_of(const dsl::Bundle& bundle, const Context& context) {
    Policies alone;
    if (open_bundle("bundle", dsl::write_bundle(bundle), context, alone) == exit_fine &&
        compile_sources({}, context, alone) == exit_fine)
        return program_digest(*alone.program);
    show_diagnostics(alone, context, stderr, false);
    return std::nullopt;
}

int build(const BuildSettings& settings, const Context& context) {
    Policies policies;
    dsl::Bundle bundle{WATCHWORD_VERSION, "-", {}};
    if (const int status = gather(settings, context, bundle, policies); status != exit_fine) return status;
    std::size_t passed = 0;
    if (!settings.untested)
        if (const int status = run_tests(*policies.program, context, passed); status != exit_fine) return status;
    const std::optional<std::string> digest = digest_of(bundle, context);
    if (!digest) return exit_policies;
    bundle.program = *digest;
    const std::size_t count = policies.program->policies.size();
    context.say(fmt::format("{} {} in {} {}, {}; program {}\n", count, count == 1 ? "policy" : "policies",
                            bundle.files.size(), bundle.files.size() == 1 ? "file" : "files",
                            settings.untested ? "not tested"
                                              : fmt::format("{} {} passed", passed, passed == 1 ? "test" : "tests"),
                            *digest));
    return write_output(settings.out, dsl::write_bundle(bundle), context);
}

} // namespace

void add_build(CLI::App& command, Context& context) {
    auto& settings = context.options<BuildSettings>();
    CLI::App* verb = command.add_subcommand("build", "Put policies, and the files they name, into one file to be run");
    verb->add_option("POLICIES", settings.policies, "Files, folders, bundles, `-`, or standard modules by name");
    verb->add_option("-o,--out", settings.out, "Where the bundle goes, such as leaver.bundle; default standard output");
    verb->add_flag("--untested", settings.untested, "Without running their tests before");
    context.on(verb, [&] { return build(settings, context); });
}

} // namespace watchword::tools
