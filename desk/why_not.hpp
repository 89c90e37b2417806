// Why a policy raised no alert for a person: the clauses that failed with what they read, and for each the least change
// of one constant that would have made it fire. What a change would do is never reckoned: the text is changed, compiled
// and run over the person's events by the same engine.
//
// What happened outside of the person's watches has no part in the answer, by the promise of the language, unless that
// is asked for.
#pragma once

#include "desk/constant.hpp"
#include "desk/explanation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace watchword::desk {

enum class ClauseKind : std::uint8_t {
    never_triggered, ///< no record of the kinds that `opens` names
    begins,          ///< a watch waits, and had not begun when the events ended
    trigger,         ///< `opens … where`, or the level of the alert that opens
    covers,
    expires,
    over,      ///< the interval had ended when the trigger was known
    no_events, ///< nothing came, inside the interval, that the signal listens to
    interval,  ///< it came outside
    excepted,
    where,
    when,
    step,     ///< a sequence did not come further
    deadline, ///< of a closing `no`: nothing broke it, but it had not passed when the watch or the events ended
    points,   ///< the term's own `when`, or `once`
    score,    ///< the level was not reached
};

/// A change of one constant after which the policy fires.
struct Change {
    Constant constant;
    std::string before, after; ///< as written; `after` is a round value that does
    std::string least;         ///< as written: the nearest value that does; nearer ones do not
};

struct FailedClause {
    ClauseKind kind = ClauseKind::never_triggered;
    runtime::SourceSpan span;
    std::string signal;                         ///< empty: of the policy
    ExplainedEvent event;                       ///< where it came nearest; id empty: none
    std::vector<ExplainedCondition> conditions; ///< those that did not hold there
    double reached = 0, needed = 0;             ///< of a score
    std::uint64_t count = 0;                    ///< how often it failed
    std::uint64_t early = 0;                    ///< of records outside an interval: so many came before it
    bool looks_back = false;                    ///< the policy does
    runtime::Time due = 0;                      ///< when the watch begins, or the deadline
    bool ends_before = false;                   ///< the watch ends before that
    runtime::recorded::StepOutcome outcome = runtime::recorded::StepOutcome::filled;
    std::vector<Change> changes; ///< of a constant of this clause
};

struct WhyNot {
    std::uint32_t policy = 0;
    std::string subject;
    std::optional<runtime::Alert> fired; ///< it did fire: the first alert
    std::vector<FailedClause> failed;
    std::vector<Change> others; ///< of constants elsewhere in the policy
    std::uint64_t tried = 0;    ///< programs compiled and run
    bool any_change() const;
};

struct WhyNotOptions {
    std::optional<runtime::Time> until; ///< an alert by then; nullopt: by the end of the events
    std::uint64_t most_trials = 2'000;
    bool outside = false; ///< look at what the person did outside of watches too
};

WhyNot why_not(const ExplanationSource& source, std::uint32_t policy, std::uint32_t person,
               const WhyNotOptions& options = {});

/// The person's first alert of the policy by `until`, after these replacements; nullopt: none, or it does not compile.
std::optional<runtime::Alert> first_alert(const ExplanationSource& source, const std::vector<Replacement>& replacements,
                                          const std::string& policy, std::uint32_t person,
                                          std::optional<runtime::Time> until);

} // namespace watchword::desk
