// Explanations for readers: on a terminal, as JSON, as a page. People and sensitive values are shown as the pseudonyms
// say. What the keys of the JSON mean stands in docs/explanations.md.
#pragma once

#include "desk/explanation.hpp"
#include "desk/why_not.hpp"
#include "stdlib/pseudonym.hpp"

#include <string>
#include <vector>

namespace watchword::desk {

/// What every format needs. Views; the parts outlive it.
struct ExplanationContext {
    const PolicyText& text;
    const runtime::Program& program;
    const stdlib::Pseudonyms& pseudonyms;
    bool color = false; ///< of text
    bool all = false;   ///< list everything, however long
};

std::string explanation_text(const Explanation& explanation, const ExplanationContext& context);
std::string why_not_text(const WhyNot& why, const ExplanationContext& context);

/// One JSON object, with a line end.
std::string explanation_json(const std::vector<Explanation>& explanations, const std::vector<WhyNot>& why,
                             const ExplanationContext& context);
/// A page that stands alone.
std::string explanation_page(const std::vector<Explanation>& explanations, const std::vector<WhyNot>& why,
                             const ExplanationContext& context);

// --- what the formats share
// --------------------------------------------------------------------------------------------

/// The text of a span on one line, cut where it is long.
std::string one_line(const PolicyText& text, runtime::SourceSpan span, std::size_t most = 160);
/// `sum(bytes) over 1h = 96MB, host = pc1`
std::string shown_values(const std::vector<runtime::NamedValue>& values, const stdlib::Pseudonyms& pseudonyms);
/// What failed, as a sentence without its end.
std::string failure_sentence(const FailedClause& clause);
/// `> 95MB` in its line: "`100MB` as `95MB` would fire; the least is `96MB`".
std::string change_sentence(const Change& change);
std::string_view kind_name(ClauseKind kind);
std::string policy_title(const Explanation& explanation, const runtime::Program& program);

} // namespace watchword::desk
