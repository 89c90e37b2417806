// Where else a name is: in its file, in all files of a workspace. A declaration is known by the file and place of its
// name.
#pragma once

#include "desk/editor/name_places.hpp"
#include "desk/editor/workspace.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace watchword::desk {

/// Path and offset of a declared name.
using DeclaredAt = std::pair<std::string, std::uint32_t>;

struct FoundName {
    std::string path;
    std::uint32_t begin = 0, end = 0;
    bool declares = false;
    friend bool operator==(const FoundName&, const FoundName&) = default;
};

/// The name at a place. Where the declaration around it cannot be read, what would be meant by the name alone. nullopt:
/// there is none.
std::optional<NamePlace> meant_at(const CheckedFile& file, std::uint32_t offset);

DeclaredAt declared_at(const CheckedFile& file, dsl::Span name);
std::set<DeclaredAt> declared_at(const CheckedFile& file, const NamePlace& place);
/// Both mean something in common.
bool means_same(const CheckedFile& file, const NamePlace& place, const NamePlace& asked,
                const std::set<DeclaredAt>& targets);

/// In the same file.
std::vector<FoundName> highlights(const CheckedFile& file, std::uint32_t offset);
/// Where what the name means is declared; standard modules as `<hr>`.
std::vector<FoundName> definitions(const CheckedFile& file, std::uint32_t offset);
/// In all files, by path and place.
std::vector<FoundName> references(Workspace& workspace, const std::string& path, std::uint32_t offset,
                                  bool with_declarations);
/// Known in one file alone.
bool is_local(NameKind kind);

} // namespace watchword::desk
