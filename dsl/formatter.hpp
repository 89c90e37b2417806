// The logic of `fmt`: text in, canonical text out.
#pragma once

#include "dsl/diagnostic.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace watchword::dsl {

/// nullopt, with the errors in `diagnostics`, if the text cannot be read; it is added to `sources` as `name`.
std::optional<std::string> format_text(Sources& sources, std::string_view name, std::string_view text,
                                       Diagnostics& diagnostics);

} // namespace watchword::dsl
