// `watchword disasm`: the program that policies compile to, as a listing.
#include "runtime/disassembler.hpp"

#include "tools/policies.hpp"
#include "tools/verbs.hpp"

namespace watchword::tools {

namespace {

struct DisasmSettings {
    std::vector<std::string> policies;
};

int disasm(const DisasmSettings& settings, const Context& context) {
    Policies policies;
    if (const int status = load_policies(settings.policies, {}, context, policies); status != exit_fine) return status;
    const std::string listing = runtime::disassemble(*policies.program);
    std::fwrite(listing.data(), 1, listing.size(), stdout);
    return exit_fine;
}

} // namespace

void add_disasm(CLI::App& command, Context& context) {
    auto& settings = context.options<DisasmSettings>();
    CLI::App* verb = command.add_subcommand("disasm", "Show what policies compile to");
    verb->add_option("POLICIES", settings.policies, "Files, folders, bundles, `-`, or standard modules by name");
    context.on(verb, [&] { return disasm(settings, context); });
}

} // namespace watchword::tools
