// A name changed wherever it stands, in all files of a workspace, and only if every name still means what it meant.
#pragma once

#include "desk/editor/name_places.hpp"
#include "desk/editor/workspace.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace watchword::desk {

struct Replaced {
    std::uint32_t begin = 0, end = 0;
    std::string text;
};
struct Renaming {
    std::string problem;                                  ///< why not; empty: it can be done
    std::map<std::string, std::vector<Replaced>> changes; ///< by path, in order
};

/// What can be renamed at the place, or a problem.
struct Renamable {
    std::string problem;
    dsl::Span span;
    std::string name; ///< as it is written
};
Renamable renamable(const CheckedFile& file, std::uint32_t offset);

Renaming rename(Workspace& workspace, const std::string& path, std::uint32_t offset, const std::string& name);

} // namespace watchword::desk
