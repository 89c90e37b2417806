// Why an alert was raised, or what a person's scores are made of at a time: the tree from level to score to
// contributions to hits to conditions with the values they read, and every record that had a part in it. Taken from a
// recording of the engine; says nothing in words or formats.
#pragma once

#include "desk/policy_text.hpp"
#include "desk/replay.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

/// A record, and where it stands.
struct ExplainedEvent {
    std::string id;
    std::string type;
    std::string place; ///< `events.jsonl:17`; empty if it is none of the stream's (an alert)
    runtime::Time time = 0;
};

/// An atom of a condition that was reached.
struct ExplainedCondition {
    runtime::SourceSpan span;
    runtime::recorded::Truth truth = runtime::recorded::Truth::no;
    std::vector<runtime::NamedValue> values; ///< what it compared, without constants
};

struct ExplainedTrigger {
    ExplainedEvent event;
    runtime::SourceSpan span;
    runtime::recorded::TriggerOutcome outcome = runtime::recorded::TriggerOutcome::opened;
    runtime::Time known = 0, stated = 0, anchor = 0;
    std::vector<ExplainedCondition> where, covers;
    bool is_alert = false;
};

struct ExplainedHit {
    runtime::Time time = 0;
    bool lookback = false;
    double points = 0;  ///< at the hit
    double decayed = 0; ///< at the time explained
    double share = 0;   ///< of the score; multiple of 0.001
    bool counted = true;
    std::vector<ExplainedEvent> events; ///< all of them, oldest first
    std::vector<ExplainedCondition> conditions;
};

struct ExplainedTerm {
    std::string signal, title;
    runtime::SourceSpan span, signal_span;
    double points = 0;  ///< of the score; those of all terms add up to it
    double raw = 0;     ///< after decay
    double counted = 0; ///< after its own cap
    double at_most = -1;
    bool once = false;
    std::vector<ExplainedHit> hits; ///< all, oldest first
};

struct ExplainedBooster {
    std::string label;
    runtime::SourceSpan span;
    double factor = 1;
    bool held = false;
    std::vector<ExplainedCondition> conditions;
};

struct ExplainedLevel {
    runtime::Level level = runtime::Level::info;
    double at = 0;
    runtime::SourceSpan span;
    bool reached = false; ///< by the score explained
    bool raised = false;  ///< by this very alert
};

struct Explanation {
    std::uint32_t policy = 0; ///< risk_policy: see `because`
    std::string subject;      ///< employee id, in clear
    runtime::Time time = 0;
    std::optional<runtime::Alert> alert;    ///< nullopt: of a person at a time
    runtime::SourceSpan cause;              ///< the `alert` clause
    std::vector<ExplainedTrigger> triggers; ///< the first opened the watch
    runtime::Time from = 0, to = 0;
    std::optional<runtime::SourceSpan> ended_by; ///< the `closes` alternative that gives the end
    runtime::Duration looks_back = 0;
    std::uint64_t looked_back_at = 0; ///< kept events that were played
    bool history_truncated = false;
    double score = 0, total = 0, booster = 1, at_most = -1;
    runtime::Duration halves_every = 0;
    std::vector<ExplainedTerm> terms;
    std::vector<ExplainedBooster> boosters;
    std::vector<ExplainedLevel> levels;
    /// Every record that some signal of the policy took in during the watch, in order: these, the triggers and the
    /// roster bring the same alert again, unless the policy asks what did not happen or what others do.
    std::vector<ExplainedEvent> events;
    /// Of an escalation: the records that these alerts and the bounds of the watch rest on, of earlier watches too.
    std::vector<ExplainedEvent> behind;
    std::vector<std::pair<runtime::Time, double>> curve; ///< the score at each evaluation of the watch
    std::vector<Explanation> because;                    ///< of alerts that opened it; of the scores a risk is made of
};

/// What is explained: `program` was compiled in parts.
struct ExplanationSource {
    const PolicyText& text;
    const runtime::Program& program;
    const Stream& stream;
    runtime::EngineOptions engine;
    std::function<bool(const StreamEvent&)> wanted = {}; ///< of the records of a person; empty: all
};

/// nullopt: no alert of the stream has this id (or, if only one does, an id that begins so). `beginning`, if given: how
/// many have ids that begin so.
std::optional<Explanation> explain_alert(const ExplanationSource& source, std::string_view id,
                                         std::size_t* beginning = nullptr);
/// Of an alert that a replay of the whole stream brought.
Explanation explain_alert(const ExplanationSource& source, const runtime::Alert& alert);
/// One for each watch of the person (index in Stream::people) that is open at `time`.
std::vector<Explanation> explain_person(const ExplanationSource& source, std::uint32_t person, runtime::Time time);

/// The atoms of a recorded condition.
std::vector<ExplainedCondition> explained(const runtime::recorded::Condition& condition,
                                          const runtime::Program& program);
ExplainedEvent explained_event(const Stream& stream, std::string_view id);

} // namespace watchword::desk
