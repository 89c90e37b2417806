// Several engines side by side, each with its own part of the people, run by whoever of a crew has time; to the one who
// pushes they look like one engine. Events go out in batches, alerts come back in the order of a single engine
// (semantics 1.7). Knows nothing of inputs and sinks.
#pragma once

#include "runtime/engine.hpp"
#include "stdlib/crew.hpp"
#include "stdlib/sharing.hpp"
#include "stdlib/sources/block.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace watchword::stdlib {

/// Used by the caller of its crew. The roster must be complete before the first event: later only events change it.
class Shards {
public:
    /// Batches that may be on their way at once.
    static constexpr std::uint32_t in_flight = 8;

    /// As many as the crew has threads, and as there are shares. `program` must be verified and, like the crew and
    /// `sharing`, which is told what the roster knows, outlive it. The memory limit is shared out evenly.
    Shards(const runtime::Program& program, const runtime::EngineOptions& options, Crew& crew, Sharing& sharing);
    ~Shards(); ///< stops the crew
    Shards(Shards&&) noexcept;
    /// Stops it too, but leaves the memory to the system: the process is about to end.
    static void leave(Shards shards);

    std::string enter(const runtime::RosterEntry& entry);
    void require_roster();

    /// The next events to be pushed, in their order, as `Engine::prepare` takes them. Changes no result.
    void prepare(std::span<const runtime::Event* const> events);
    /// What the roster knows of an event's subject.
    enum class Subject : std::uint8_t { known, nobody, stranger };
    /// Into the present batch. The event and what it points to must stay until that is done.
    Subject push(const runtime::Event& event);
    /// Whether all of its strangers still are.
    bool takes(const Block& block) const;
    /// One that it takes, into the present batch or one behind it. Its events must stay likewise, and are changed.
    void push(Block& block);
    /// As of an engine, behind all events so far; ends the batch.
    void advance(runtime::Time time);
    /// Sends the present batch on its way. May wait until there are less than `in_flight` before it.
    void publish();
    /// Waits until at most `left` batches are on their way.
    void wait(std::uint32_t left = 0);

    /// Of the batches that are done, in order; the caller clears it.
    std::vector<runtime::Alert>& alerts();
    /// Some engine was at its limit in a batch that is done.
    bool limit_hit() const;
    bool has_roster() const;
    std::uint32_t employees() const; ///< in the roster, where there is one, else people known; after `wait`
    /// Of all engines together; waits for all batches.
    runtime::Statistics statistics();

private:
    class State;
    std::unique_ptr<State> state_;
};

} // namespace watchword::stdlib
