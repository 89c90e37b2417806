// What the grammar found, as a flat tree: nodes in the order of the text, each with the index behind its last
// descendant. Made by parser.cpp, turned into the syntax tree proper by TreeBuilder. Knows nothing of PEGTL.
#pragma once

#include "dsl/diagnostic.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace watchword::dsl {

enum class NodeKind : std::uint8_t {
    none,
#define NODE(rule) rule,
#include "dsl/syntax_nodes.def"
#undef NODE
    // rules that exist once per operand, see the grammar
    conjunction,
    logical_not,
    comparison,
    coalescence,
    range_end,
};

struct Node {
    NodeKind kind = NodeKind::none;
    std::uint32_t begin = 0; ///< byte offsets in the file; the end leaves out the gap behind
    std::uint32_t end = 0;
    std::uint32_t next = 0; ///< index of the first node that is no descendant
};

using NodeId = std::uint32_t;

/// What a rule under `must` waited for: `a duration`.
struct Awaited {
    std::string_view what;
    bool is_name = false; ///< a name could stand here, so that a reserved word deserves a word of its own
    Code code = Code::syntax;
};

/// Where the grammar could not go on.
struct SyntaxFailure {
    std::uint32_t offset = 0;
    Awaited awaited;
    std::vector<Node> open; ///< nodes that had begun, outermost first
};

} // namespace watchword::dsl
