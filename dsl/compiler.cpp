// The stages of a compilation in their order.
#include "dsl/compiler.hpp"

namespace watchword::dsl {

std::optional<runtime::Program> compile(Sources& sources, std::span<const std::uint32_t> roots,
                                        const CompilerOptions& options, Diagnostics& diagnostics) {
    const Model model = check(sources, roots, options, diagnostics);
    if (diagnostics.failed()) return std::nullopt;
    if (options.lint) lint(model, options, diagnostics);
    return lower(model, options.parts, diagnostics);
}

} // namespace watchword::dsl
