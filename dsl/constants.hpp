// Values known without any event: folding of constant expressions, and reading texts as other types. For the checker,
// for lowering and for the oracle; needs checked expressions.
#pragma once

#include "dsl/model.hpp"

namespace watchword::dsl {

/// The value of a checked expression, as its ExprInfo::as says; nullopt if it depends on anything but the text.
/// An absent value (`parse_int("x")`) is a Constant that is not `present`.
std::optional<Constant> constant_value(const Model& model, std::uint32_t tree, ExprId expr);

/// `value` as a value of type `target`: itself, int as real, text as what it spells, a list item by item. nullopt if it
/// cannot be. Texts of ip lists may be networks: these stay texts. `zone`: of times without one.
std::optional<Constant> convert_constant(const Model& model, const Constant& value, Type target, std::string_view zone);

/// In microseconds UTC: without an offset of its own the instant is local in the zone of file `tree`.
runtime::Time instant_of(const Model& model, std::uint32_t tree, const InstantClause& instant);

/// Texts and lists are copied to the arena. A `person` is the text of its employee id.
runtime::Value to_value(const Constant& constant, runtime::ConstantArena& arena);
Constant from_value(runtime::Value value, Type type);

} // namespace watchword::dsl
