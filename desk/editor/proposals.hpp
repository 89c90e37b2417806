// What could be written at a place: completions, by what is wanted there and which names are known. Names that cannot
// be read at the moment are those of the last state that could.
#pragma once

#include "desk/editor/completion_place.hpp"
#include "desk/editor/workspace.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace watchword::desk {

enum class ProposalKind : std::uint8_t {
    keyword,
    event,
    field,
    name, ///< of a list, table, constant, calendar
    function,
    signal,
    policy,
    action,
    word, ///< of an enumeration
    type,
    module,
};

struct Proposal {
    std::string label;
    ProposalKind kind = ProposalKind::keyword;
    std::string detail;      ///< on one line
    std::string doc;         ///< Markdown
    std::string insert;      ///< in place of the label; empty: the label
    bool is_snippet = false; ///< `insert` has places to fill in, written `${1:…}`
    std::uint32_t begin = 0; ///< it takes the place of the text from here on
    int rank = 2;            ///< the smaller, the more likely: words of what is compared, fields, others
};

/// `fine` may be nullptr; modules are those that `use` finds without a file.
std::vector<Proposal> proposals(const CheckedFile& now, const CheckedFile* fine, std::uint32_t offset,
                                const std::vector<std::string>& modules);

} // namespace watchword::desk
