// What is said about the word at a place: Markdown, from the doc comments and tables that the reference is made of.
#pragma once

#include "desk/editor/name_places.hpp"
#include "desk/editor/workspace.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace watchword::desk {

struct Hover {
    dsl::Span span;
    std::string text;
};

/// nullopt: there is nothing to say.
std::optional<Hover> hover_at(const CheckedFile& file, std::uint32_t offset);
/// Of a function, windowed value, type or name that is part of the language; empty: none is called so.
std::string built_in_page(NameKind kind, const std::string& name, const dsl::Model& model);

} // namespace watchword::desk
