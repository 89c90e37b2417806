// What the machine derives from a program once, to find by index what a plan says by name: who listens to what.
#pragma once

#include "runtime/guard_index.hpp"
#include "runtime/history.hpp"
#include "runtime/plain_signal.hpp"
#include "runtime/program.hpp"
#include "runtime/sequence.hpp"
#include "runtime/signal_states.hpp"

#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

namespace watchword::runtime {

struct SignalShape {
    const SignalPlan* plan;
    PlainShape plain;
    std::optional<SequenceShape> sequence;
    /// Per input (of the signal, or of the last filled step), per field that listeners read of its hits: slot in the
    /// occurrence's fields, or no_slot.
    std::vector<std::vector<std::int32_t>> hit_slots;
    std::vector<Type> hit_types;       ///< of the fields of its hits
    std::vector<std::uint32_t> terms;  ///< score terms it feeds
    std::vector<std::uint32_t> alerts; ///< `on SIGNAL` alerts
    StatePlace place;
};

/// How freely the signals of a policy can be offered an event.
enum class Manner : std::uint8_t {
    in_general, ///< as semantics 3 says
    simply,     ///< nothing but candidates' conditions decides who sees it: there are no exceptions, no inner signals
    /// And what one signal makes of it bears on no other signal, nor on later events, but by way of the score: no `no`
    /// step waits for a deadline, and no alert opens watches. Several events can be played signal by signal.
    apart,
};

struct PolicyShape {
    std::vector<SignalShape> signals;
    /// Per event type: signals that listen to it, rising.
    std::vector<std::vector<Candidate>> hearing;
    StatesShape states;
    std::vector<StatePlace> stateful; ///< of the signals that have a state, rising
    bool has_inner = false;           ///< some signal listens to another
    Manner manner = Manner::in_general;
    bool is_always = false;                        ///< it opens `always`
    std::vector<std::uint32_t> booster_attributes; ///< that boosters read of the person who is watched; sorted
    bool booster_reads_others = false;
    bool needs_zone = false;                  ///< some window follows civil time
    std::vector<std::uint32_t> alert_sources; ///< policies whose alerts open this one
    std::uint32_t cover = UINT32_MAX;         ///< index in ProgramShape::looking_back, of policies that look back
    std::uint32_t span = UINT32_MAX;          ///< index in ProgramShape::spans, of the same
};

// or candidates would point to shapes that a growing list has left behind
static_assert(std::is_nothrow_move_constructible_v<PolicyShape>);

/// A policy that looks back and listens to an event type.
struct Keeping {
    std::uint32_t policy;
    std::uint32_t cover; ///< index in ProgramShape::looking_back
    std::uint32_t span;  ///< index in ProgramShape::spans
};

struct TypeShape {
    std::vector<std::uint32_t> opening; ///< policies with a trigger for the type, rising
    std::vector<std::uint32_t> always;  ///< policies that open `always` and listen to the type, rising
    std::vector<std::uint32_t> closing;
    std::vector<Keeping> keeping;       ///< longest span first
    std::vector<std::uint32_t> across;  ///< indices in Program::across
    bool is_group = false;              ///< of an opening policy some trigger is a group trigger
    std::vector<std::uint32_t> persons; ///< slots that hold persons
    /// Nothing can happen at such an event but that signals of open watches see it.
    bool is_plain() const { return opening.empty() && closing.empty() && across.empty(); }
    bool is_always = false; ///< `always` has some
    /// And nobody keeps it, it names nobody but its subject, and it changes no roster.
    bool is_quiet = false;
};

struct ProgramShape {
    ProgramShape(const Program& program, std::size_t patterns_together);
    std::vector<PolicyShape> policies;
    std::vector<TypeShape> types;
    std::vector<Duration> spans;                       ///< distinct look-back spans, rising
    std::vector<std::uint32_t> looking_back;           ///< policies
    std::vector<std::vector<std::uint32_t>> opened_by; ///< per policy: those that its alerts open
    SlotTypes slots;
    Zone zone; ///< the module's
    /// Conditions of sequence steps that read earlier steps, which an event alone cannot decide; sorted.
    std::vector<CodeId> undecidable;
    GuardIndex guards;
    std::vector<std::uint32_t> others_attributes; ///< that boosters read of people other than their own; sorted
    bool names_others = false;                    ///< some booster asks who such a person is
    std::vector<std::uint32_t> cover_attributes;  ///< that `covers` of policies that look back read of others; sorted
    bool cover_names_others = false;
    std::uint32_t signals = 0;   ///< of all policies
    std::uint32_t always = 0;    ///< policies that open `always`
    bool has_far_states = false; ///< of some policy not all states are near

private:
    void note_looking_back(const Program& program);
};

} // namespace watchword::runtime
