// Each name in a file, where it stands and which declaration it means. Derived from the checked model and its trees,
// with errors in them too: what could not be read or found is left out. Knows no editor.
#pragma once

#include "dsl/model.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

enum class NameKind : std::uint8_t {
    module,
    event,
    family, ///< `file.*`
    field,
    attribute, ///< of the employee
    list,
    table,
    column, ///< of a table or a source
    constant,
    definition,
    parameter, ///< of a definition, signal or action; a name that the cases of a test give
    calendar,
    baseline,
    action,
    signal,
    policy,
    source,
    alias,    ///< `as n`
    variable, ///< of `any x in …`
    word,     ///< of an enumeration
    type,
    function,
    windowed, ///< `count`, `sum`, `usual`
    built_in, ///< `time`, `employee`
};

struct NamePlace {
    dsl::Span span;
    NameKind kind = NameKind::built_in;
    std::string name; ///< without what stands before it: `bytes` in `a.bytes`, `copy` in `m.copy`
    /// Where what it means is named when it is declared: several fields of several events may be meant. Empty: it is
    /// part of the language, or not declared.
    std::vector<dsl::Span> declared;
    bool declares = false;
};

/// In order of place.
std::vector<NamePlace> name_places(const dsl::Model& model, std::uint32_t tree);
/// The one that the offset is in or right behind; nullptr: none.
const NamePlace* place_at(const std::vector<NamePlace>& places, std::uint32_t offset);

/// Names of the fields so called, of whatever is heard.
std::vector<dsl::Span> declared_fields(const dsl::Model& model, const std::vector<dsl::Heard>& heard,
                                       std::string_view name);
/// What a signal's hits are: of a sequence, the events of its last step.
std::vector<dsl::Heard> heard_of_hits(const dsl::Model& model, std::uint32_t signal);
/// Where a declaration names what it declares; an empty span: it names nothing.
dsl::Span declared_name(const dsl::Declaration& declaration);
/// What the file's `module` line calls it; a file without one is named by its beginning.
dsl::Span declared_module(const dsl::Tree& tree);

} // namespace watchword::desk
