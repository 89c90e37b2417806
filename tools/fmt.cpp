// `watchword fmt`: rewrites policy files in canonical text. `--check` only says which files it would change.
#include "dsl/parser.hpp"
#include "dsl/printer.hpp"
#include "stdlib/replaced_file.hpp"
#include "tools/policies.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace watchword::tools {

namespace {

struct FmtSettings {
    std::vector<std::string> policies;
    bool check = false;
};

class Formatting {
public:
    Formatting(const FmtSettings& settings, const Context& context) : settings_(settings), context_(context) {}

    int run() {
        if (const int status = read_policies(settings_.policies, context_, policies_); status != exit_fine)
            return status;
        if (!policies_.bundles.empty())
            return context_.misused(
                fmt::format("{} is a bundle; format the files that it was built from", policies_.bundles.front().path));
        std::vector<dsl::Tree> trees;
        for (const std::uint32_t root : policies_.roots)
            trees.push_back(dsl::parse(policies_.sources, root, policies_.diagnostics));
        if (policies_.diagnostics.failed()) {
            policies_.diagnostics.sort();
            show_diagnostics(policies_, context_, stderr, false);
            return exit_policies;
        }
        for (const dsl::Tree& tree : trees)
            if (const int status = format(tree); status != exit_fine) return status;
        return settings_.check && changed_ != 0 ? exit_findings : exit_fine;
    }

private:
    int format(const dsl::Tree& tree) {
        const dsl::SourceFile& file = policies_.sources.file(tree.file);
        const std::string text = dsl::print(policies_.sources, tree);
        if (file.name.starts_with("<")) {
            std::fwrite(text.data(), 1, text.size(), stdout);
            return exit_fine;
        }
        if (text == file.text) return exit_fine;
        ++changed_;
        fmt::print("{}\n", file.name);
        if (settings_.check) return exit_fine;
        const std::string problem = stdlib::replace_file(file.name, text);
        return problem.empty() ? exit_fine : context_.misused(problem);
    }

    const FmtSettings& settings_;
    const Context& context_;
    Policies policies_;
    std::size_t changed_ = 0;
};

} // namespace

void add_fmt(CLI::App& command, Context& context) {
    auto& settings = context.options<FmtSettings>();
    CLI::App* verb = command.add_subcommand("fmt", "Rewrite policies in canonical text; names the files it changes");
    verb->add_option("POLICIES", settings.policies, "Files, folders, or `-`, which is written to standard output");
    verb->add_flag("--check", settings.check, "Change nothing; exit with 1 if something would change");
    context.on(verb, [&] { return Formatting{settings, context}.run(); });
}

} // namespace watchword::tools
