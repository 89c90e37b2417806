// A page that stands alone: its style is inside, it needs no network and no script, follows the reader's light or dark
// setting, and reads on a phone. Everything that comes from policies or data goes through `escaped`.
#pragma once

#include <string>
#include <string_view>

namespace watchword::desk {

/// For text and for attribute values in double quotes; what could rearrange a line is as `runtime::harmless` has it.
std::string escaped(std::string_view text);

/// The whole document. `body` is HTML; the title is escaped here.
std::string html_page(std::string_view title, std::string_view body);

} // namespace watchword::desk
