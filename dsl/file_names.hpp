// How policy files name each other. A file called `<hr>` or `<stdin>` lies in no folder.
#pragma once

#include <string>
#include <string_view>

namespace watchword::dsl {

/// Where the file lies that `from` calls `name`: beside it, unless the name is absolute.
std::string path_beside(std::string_view name, std::string_view from);
/// A name without `.`, and without `..` where it can be.
std::string normal_name(std::string_view name);

} // namespace watchword::dsl
