// Values of constant expressions, and the implied conversions of constants. Knows the model, no instructions.
#pragma once

#include "dsl/model.hpp"

#include <optional>
#include <string>
#include <vector>

namespace watchword::dsl {

/// What the parameters of a signal or an inlined definition stand for; nullopt: for something not constant.
using BoundParameters = std::vector<std::optional<Constant>>;

/// The value of an expression before its implied conversion; nullopt: it is not constant. `parameters` may be nullptr.
std::optional<Constant> plain_constant(const Model& model, std::uint32_t tree, ExprId expr,
                                       const BoundParameters* parameters);
/// The same as used: converted to ExprInfo::as.
std::optional<Constant> used_constant(const Model& model, std::uint32_t tree, ExprId expr,
                                      const BoundParameters* parameters);
/// nullopt: it has no such value. Texts become hosts, addresses (16 bytes), people (the folded employee id), words of
/// an enumeration and whatever else can be read from text; `zone` is for times without one.
std::optional<Constant> convert_constant(const Model& model, const Constant& constant, Type to,
                                         const std::string& zone);

/// Owned by `arena`. A person is a text: its folded employee id.
runtime::Value value_of(const Constant& constant, runtime::ConstantArena& arena);
/// As the language writes it.
std::string show_constant(const Model& model, const Constant& constant);

/// Held as an integer in a Value, so that the integer instructions apply.
constexpr bool is_integral(Kind kind) {
    switch (kind) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::time:
    case Kind::time_of_day:
    case Kind::duration:
    case Kind::size:
    case Kind::person:
    case Kind::enumeration:
        return true;
    default:
        return false;
    }
}

} // namespace watchword::dsl
