// How comparisons relate to each other.
#pragma once

#include "dsl/ast.hpp"

namespace watchword::dsl {

/// `==`, `<` and their like.
constexpr bool is_comparison(BinaryOp op) { return op >= BinaryOp::equal && op <= BinaryOp::at_least; }

/// `a < b` as of b: `b > a`. Other operators as they are.
constexpr BinaryOp mirrored(BinaryOp op) {
    switch (op) {
    case BinaryOp::less:
        return BinaryOp::more;
    case BinaryOp::at_most:
        return BinaryOp::at_least;
    case BinaryOp::more:
        return BinaryOp::less;
    case BinaryOp::at_least:
        return BinaryOp::at_most;
    default:
        return op;
    }
}

} // namespace watchword::dsl
