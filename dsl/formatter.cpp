// Only what can be read whole is formatted: nothing is ever lost.
#include "dsl/formatter.hpp"

#include "dsl/parser.hpp"
#include "dsl/printer.hpp"

namespace watchword::dsl {

std::optional<std::string> format_text(Sources& sources, std::string_view name, std::string_view text,
                                       Diagnostics& diagnostics) {
    const std::size_t errors_before = diagnostics.errors();
    const std::uint32_t file = sources.add(std::string{name}, std::string{text});
    const Tree tree = parse(sources, file, diagnostics);
    if (diagnostics.errors() != errors_before) return std::nullopt;
    return print(sources, tree);
}

} // namespace watchword::dsl
