// The rows themselves are generated from stdlib/modules/*.watch.
#include "stdlib/modules.hpp"

#include <algorithm>

namespace watchword::stdlib {

const Module* find_module(std::string_view name) {
    const auto found =
        std::find_if(modules().begin(), modules().end(), [&](const Module& module) { return module.name == name; });
    return found == modules().end() ? nullptr : &*found;
}

} // namespace watchword::stdlib
