// The sure fixes of diagnostics, applied to the texts they are about.
#pragma once

#include "dsl/diagnostic.hpp"
#include "dsl/source.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace watchword::dsl {

struct FixedFile {
    std::string text;
    std::size_t fixes = 0; ///< diagnostics whose edits are in it
};

/// New texts by file, of files that have fixes. Where edits overlap, those of the earlier diagnostic are made; the
/// others want another look. Standard modules stay as they are.
std::map<std::uint32_t, FixedFile> apply_fixes(const Diagnostics& diagnostics, const Sources& sources);

} // namespace watchword::dsl
