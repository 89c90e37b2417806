// Program + ordered events → alerts. The engine has no I/O, clock, thread or global; one thread at a time.
// Time moves by events and by `advance` alone.
#pragma once

#include "runtime/alert.hpp"
#include "runtime/block_store.hpp"
#include "runtime/event.hpp"
#include "runtime/notice_delays.hpp"
#include "runtime/program.hpp"
#include "runtime/roster.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::runtime {

struct EngineOptions {
    /// Key of alert ids (HMAC-SHA-256), so that an id does not give a name away. May be empty, as in tests.
    std::string identity_key;
    std::size_t state_bytes = std::size_t{8} << 30; ///< of all watches and sealed history
    std::size_t history_bytes_per_person = std::size_t{64} << 20;
    /// Takes sealed history once more than `put_away_above` bytes, or half of `state_bytes`, are used. Must outlive the
    /// engine; nullptr: all stays in memory. Changes no result.
    BlockStore* history_store = nullptr;
    std::size_t put_away_above = SIZE_MAX;
    /// Of several engines that share the people: which one this is, and of how many. Watches open only for the people
    /// of this one.
    std::uint32_t shard = 0, shards = 1;
    /// From so many text searches of one field of an event type on, all of them are done in one pass. Changes no
    /// result.
    std::size_t patterns_together = 4;
};
/// The shard of a person by the id that the roster gives, without regard to case.
std::uint32_t shard_of(std::string_view id, std::uint32_t shards);

enum class Status : std::uint8_t {
    fine,
    limit, ///< state_bytes is used up: the event was not processed and none will be; say so and stop
};

/// Per policy, for the summary and `audit`.
struct PolicyStatistics {
    std::uint64_t opened = 0;
    std::uint64_t not_covered = 0;  ///< triggers for people who are not covered
    std::uint64_t already_over = 0; ///< triggers after their own interval
    std::uint64_t expired = 0;      ///< triggers from `expires` on
    std::uint64_t retriggered = 0;
    std::uint64_t closed_by_event = 0;
    std::uint64_t closed_by_time = 0;
    std::uint64_t cancelled = 0; ///< closed before they began
    std::array<std::uint64_t, level_names.size()> alerts{};
    std::uint64_t hits = 0;
    std::uint64_t excepted = 0;
    std::uint64_t history_truncated = 0;
    /// From a trigger's anchor (or stated time) to the time it was known, where that is positive, of each trigger that
    /// opened or extended a watch.
    NoticeDelays notice_delays;
};

struct Statistics {
    std::uint64_t events = 0; ///< pushed
    std::uint64_t without_subject = 0;
    std::uint64_t unknown_people = 0; ///< events whose subject is not in the roster
    std::uint64_t history_dropped = 0;
    std::vector<PolicyStatistics> policies;
};

/// An open or waiting watch, as tests and the REPL look at it.
struct WatchView {
    std::uint32_t policy = 0;
    PersonId person = nobody;
    bool active = false;
    Time anchor = 0, from = 0, to = 0;
};

struct Recording;

class Engine {
public:
    /// `program` must be verified and outlive the engine.
    explicit Engine(const Program& program, EngineOptions options = {});
    ~Engine();
    Engine(Engine&&) noexcept;

    Roster& roster(); ///< fill it before the first event
    const Roster& roster() const;
    /// A roster change from outside the stream (a test's `at T employee`); as an event of time `at` that only changes
    /// the roster. `complaint` takes what Roster::enter says.
    Status change_roster(Time at, std::uint64_t position, const RosterEntry& entry, std::string* complaint = nullptr);

    /// Says which events will be pushed next, in this order, so that what they touch can be fetched from memory in
    /// time. A hint: it changes nothing but speed. The pointers and what they point to must stay until all are pushed
    /// or others are announced; what was announced before is forgotten.
    void prepare(std::span<const Event* const> events) noexcept;
    static constexpr std::size_t prepared_together = 256; ///< a good number
    /// Pushes those of the announced events that come next and at which nothing can happen but what signals of open
    /// watches see, all at once, which takes less time than one by one: how many. 0: `push` the next one. As by `push`,
    /// but that a limit of memory may be noticed some dozens of events later.
    std::size_t push_quiet() noexcept;
    /// `event.time` must not fall. Alerts are added to `alerts()`.
    Status push(const Event& event) noexcept;
    /// The same of an event about a person of another shard: only what it means for everybody happens here.
    Status push_elsewhere(const Event& event) noexcept;
    /// Everything due up to and including `time` happens; absence deadlines equal to `time` too.
    Status advance(Time time) noexcept;
    /// Time passes as by an event that concerns nobody here: what comes before events of `time` happens.
    Status pass(Time time) noexcept;

    /// In the order of semantics 1.7, complete up to the last push or advance; the caller may clear it between calls.
    std::vector<Alert>& alerts();

    /// From now on everything done for the people and policies that `recording` asks about is appended to it; nullptr:
    /// no more. It must outlive that. Alerts are the same with and without. After `restore` nobody listens.
    void record(Recording* recording);

    const Statistics& statistics() const;
    std::vector<WatchView> watches(PersonId person) const;
    /// Score of an open watch at `time` (not before the last push); 0 if there is none.
    double score(std::uint32_t policy, PersonId person, Time time) const;
    /// The person's risk at `time`: the scores of the open watches combined as `risk` says; 0 without a `risk`.
    double risk(PersonId person, Time time) const;
    std::size_t state_bytes() const;
    /// The time of the last push or advance; `beginning` before the first.
    Time now() const;

    /// The whole state as bytes (runtime/snapshot.hpp), between two pushes; equal states have equal bytes. Alerts not
    /// yet taken from `alerts()` are not in it, options neither.
    std::string snapshot() const;
    /// Takes the place of all state, the roster too: what `roster()` gave before is void. An empty text: fine. Else one
    /// sentence says why not (damaged bytes, another version, other policies), and the engine is as it was.
    std::string restore(std::string_view snapshot);
    /// What the engine knows of one person: attributes, watches, sealed history. Empty for `nobody`.
    std::string snapshot(PersonId person) const;
    /// Takes the place of what is known of the snapshot's person, whom the id names. The engine may number people
    /// differently; its clock must not be past the snapshot's. Accounts and statistics stay as they are.
    std::string restore_person(std::string_view snapshot);

private:
    std::unique_ptr<class Machine> machine_;
};

} // namespace watchword::runtime
