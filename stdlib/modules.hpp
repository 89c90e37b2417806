// The language's own modules, as text inside the binary. The texts are the files of stdlib/modules.
#pragma once

#include <span>
#include <string_view>

namespace watchword::stdlib {

struct Module {
    std::string_view name; ///< of `use`: the file's name without `.watch`
    std::string_view text; ///< UTF-8
};

/// By name, rising. Lives as long as the process.
std::span<const Module> modules();
/// nullptr: there is none of that name.
const Module* find_module(std::string_view name);

} // namespace watchword::stdlib
