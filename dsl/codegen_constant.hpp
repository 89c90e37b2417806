// Constants as code needs them: with the parameters that a signal or an inlined definition has bound. What constant
// expressions are worth is decided in constants.cpp.
#pragma once

#include "dsl/constants.hpp"
#include "dsl/model.hpp"

#include <optional>
#include <string>
#include <vector>

namespace watchword::dsl {

/// What the parameters of a signal or an inlined definition stand for; nullopt: for something not constant.
using BoundParameters = std::vector<std::optional<Constant>>;

/// The value as used (ExprInfo::as); nullopt: it is not constant. `parameters` may be nullptr.
std::optional<Constant> used_constant(const Model& model, std::uint32_t tree, ExprId expr,
                                      const BoundParameters* parameters);
/// Right of `in`: a list whose items are not converted yet, or the text of one network.
std::optional<Constant> listed_constant(const Model& model, std::uint32_t tree, ExprId expr,
                                        const BoundParameters* parameters);
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
