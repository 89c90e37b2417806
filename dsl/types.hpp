// Types as written and as shown: TypeExpr → Type → text. Knows nothing of expressions.
#pragma once

#include "dsl/checking.hpp"

namespace watchword::dsl {

inline constexpr Type error_type{};
constexpr Type type_of(Kind kind) { return Type{kind, false, 0}; }
constexpr Type list_of(Kind element) { return Type{Kind::list, false, static_cast<std::uint16_t>(element)}; }
constexpr Kind element_kind(Type list) { return static_cast<Kind>(list.detail); }
constexpr bool is_number(Kind kind) { return kind == Kind::integer || kind == Kind::real; }
constexpr bool has_unit(Kind kind) { return kind == Kind::size || kind == Kind::duration; }
/// Held as a number, so that it can be summed.
constexpr bool is_quantity(Kind kind) { return is_number(kind) || has_unit(kind); }
constexpr bool is_ordered(Kind kind) {
    return is_quantity(kind) || kind == Kind::text || kind == Kind::time || kind == Kind::time_of_day;
}

/// The type that was written; Kind::error after reporting.
Type resolve_type(Checking& checking, const TypeExpr& written);
/// Enumerations with the same words are one.
std::uint16_t enumeration_of(Model& model, std::vector<std::string> words);
std::string show_type(const Model& model, Type type); ///< `size`, `text?`, `enum(success, denied)`
std::string show_kind(Kind kind);
/// `0B`, `""`, `false`: what a default could look like.
std::string_view sample_default(Kind kind);

} // namespace watchword::dsl
