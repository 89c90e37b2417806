// What tests compile with: the standard functions and modules, no files, no advice.
#pragma once

#include "dsl/compiler.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/modules.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace watchword {

inline dsl::CompilerOptions standard_compiler() {
    static const std::vector<dsl::StandardModule> modules = [] {
        std::vector<dsl::StandardModule> result;
        for (const stdlib::Module& module : stdlib::modules()) result.push_back({module.name, module.text});
        return result;
    }();
    dsl::CompilerOptions options;
    options.functions = &stdlib::functions();
    options.modules = modules;
    options.lint = false;
    options.read = [](std::string_view, std::string_view) { return std::nullopt; };
    return options;
}

} // namespace watchword
