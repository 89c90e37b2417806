// `watchword explain-code`: the page of a diagnostic, or the list of all.
#include "dsl/diagnostic_text.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

namespace watchword::tools {

namespace {

struct ExplainSettings {
    std::string code;
};

int explain_code(const ExplainSettings& settings, const Context& context) {
    if (settings.code.empty()) {
        for (const dsl::CodeRow& row : dsl::codes()) fmt::print("{}  {}\n", row.code, row.title);
        return exit_fine;
    }
    const std::optional<std::string> page = dsl::explain_code(settings.code);
    if (page) {
        fmt::print("{}", *page);
        return exit_fine;
    }
    std::vector<std::string> codes;
    for (const dsl::CodeRow& row : dsl::codes()) codes.emplace_back(row.code);
    return context.misused(fmt::format("there is no code `{}`{}", settings.code, did_you_mean(settings.code, codes)));
}

} // namespace

void add_explain_code(CLI::App& command, Context& context) {
    auto& settings = context.options<ExplainSettings>();
    CLI::App* verb = command.add_subcommand("explain-code", "What a diagnostic means, with a bad and a good example");
    verb->add_option("CODE", settings.code, "Such as W0203; without one, all codes");
    context.on(verb, [&] { return explain_code(settings, context); });
}

} // namespace watchword::tools
