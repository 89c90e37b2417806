#include "tools/preparation.hpp"

namespace watchword::tools {

int prepare(const std::vector<std::string>& words, const InputSettings& settings, const PolicyOptions& options,
            const Context& context, Preparation& prepared) {
    if (const int status = fill_input(settings, context, prepared.input); status != exit_fine) return status;
    if (const int status = fill_engine(settings, context, prepared.engine); status != exit_fine) return status;
    if (const int status = load_policies(words, options, context, prepared.policies); status != exit_fine)
        return status;
    return check_sources(prepared.input, *prepared.policies.program, context);
}

} // namespace watchword::tools
