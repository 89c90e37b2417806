// The call that a place is in: what it takes, and which argument is being written. Works on text that does not parse.
#pragma once

#include "desk/editor/workspace.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace watchword::desk {

struct CallHelp {
    struct Signature {
        std::string label;
        std::string doc;
        std::vector<std::string> parameters; ///< as they stand in the label
    };
    std::vector<Signature> signatures; ///< overloads
    std::size_t active = 0;            ///< the first that takes so many arguments
    std::size_t argument = 0;          ///< from 0
};

/// nullopt: the place is in no call of something known. `fine` may be nullptr.
std::optional<CallHelp> call_help(const CheckedFile& now, const CheckedFile* fine, std::uint32_t offset);

} // namespace watchword::desk
