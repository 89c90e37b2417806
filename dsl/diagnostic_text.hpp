// Diagnostics as text: for people, for editors, for machines. Says how they look, never what they say.
#pragma once

#include "dsl/diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace watchword::dsl {

enum class DiagnosticFormat : std::uint8_t {
    human,      ///< with the lines of the source and marks under them
    short_line, ///< `file:line:col: error[W0203]: …`
    json,       ///< one object a line, with byte spans and edits
    sarif,      ///< SARIF 2.1.0, one document
    github,     ///< workflow commands: `::error file=…`
};

/// `human`, `short`, `json`, `sarif`, `github`.
std::optional<DiagnosticFormat> find_format(std::string_view name);

/// All of them in their order. `colour` concerns only `human` and `short`. Ends with a new line unless empty; the SARIF
/// document is never empty.
std::string show(const Diagnostics& diagnostics, const Sources& sources, DiagnosticFormat format, bool colour = false);

/// The page of `explain-code`; nullopt: no such code. `W0203` in any case.
std::optional<std::string> explain_code(std::string_view code);

/// The content of a JSON string, without the quotes; control characters and invalid UTF-8 escaped.
std::string json_escaped(std::string_view text);

} // namespace watchword::dsl
