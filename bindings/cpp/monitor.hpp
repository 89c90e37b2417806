// Watchword inside another program: policies as text, records as JSON, alerts as JSON. This header needs nothing but
// the standard library; installed it is <watchword/monitor.hpp>, and `pkg-config watchword` says what to link.
//
// No call throws but for want of memory. No call does I/O, unless policies name files and PolicyOptions::read is left
// out, and none reads a clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword {

/// A policy file: its name, for messages and for what it names itself, and its text (UTF-8). Or a bundle, as `watchword
/// build` makes them, which is as a folder of that name.
struct PolicyFile {
    std::string name;
    std::string text;
};

struct PolicyOptions {
    /// Content of a list, table, calendar or baseline file, or of a module of one's own, that the file `from` names;
    /// nullopt: there is none. Left out: files on the disk, beside `from`. Called while compiling only.
    std::function<std::optional<std::string>(std::string_view name, std::string_view from)> read;
};

/// Compiled policies. Immutable; may be shared by monitors of several threads.
class Policies {
public:
    /// Warnings and errors go to `messages`, as `watchword check` shows them. nullptr: there were errors.
    static std::shared_ptr<const Policies> compile(const std::vector<PolicyFile>& files, std::string& messages,
                                                   const PolicyOptions& options = {});
    /// A module of the language as the only file, such as `it1003`; nullptr and a sentence: there is none.
    static std::shared_ptr<const Policies> standard(std::string_view module, std::string& messages);

    ~Policies();
    Policies(const Policies&) = delete;
    Policies& operator=(const Policies&) = delete;

private:
    friend class Monitor;
    struct State;
    static std::shared_ptr<const Policies> made(const std::vector<PolicyFile>& files, bool standard,
                                                std::string& messages, const PolicyOptions& options);
    explicit Policies(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

struct MonitorOptions {
    /// Key of pseudonyms and of alert ids: the same one gives the same ones. Kept secret and not short, for whoever
    /// guesses it can undo the pseudonyms; empty: names are shown in clear and ids can be guessed, which is for tests.
    std::string key;
    /// Show names and sensitive values in clear although there is a key. Who may see them, and who asked, is for the
    /// host to keep.
    bool reveal = false;
    std::size_t memory_bytes = std::size_t{8} << 30; ///< that watches and kept history may take
    /// Records of later times (microseconds since 1970, UTC) are rejected, for one from a clock that is wrong would
    /// make all that come after it late. INT64_MAX: none are.
    std::int64_t latest = INT64_MAX;
};

enum class Outcome : std::uint8_t {
    taken,
    taken_in_part, ///< of `enter`: but for an account that is somebody else's already; see `problem`
    unused,        ///< of a type that no policy reads
    late,          ///< before the newest one, of a type that may be dropped; not processed
    rejected,      ///< not usable: see `problem`
    full,          ///< memory_bytes are used up; nothing is processed any more
};

/// What came of several records.
struct LinesOutcome {
    std::uint64_t lines = 0; ///< looked at, empty ones too
    std::uint64_t taken = 0, unused = 0, late = 0, rejected = 0;
    bool full = false;                ///< so it was at the last of `lines`; what stands behind it was not looked at
    std::uint64_t first_rejected = 0; ///< its line, from 1; 0: none was
    std::string problem;              ///< why that one was
};

/// Watches people by policies. One thread at a time.
class Monitor {
public:
    explicit Monitor(std::shared_ptr<const Policies> policies, MonitorOptions options = {});
    ~Monitor();
    Monitor(Monitor&& other) noexcept; ///< from then on `other` may only be destroyed or assigned to
    Monitor& operator=(Monitor&& other) noexcept;

    /// An employee, one JSON object on one line, as in a roster file:
    /// `{"id":"u1","accounts":["anna.lee"],"group":"R&D"}`. Once there is one, only employees are people. At any time;
    /// what changes holds from the newest record on.
    Outcome enter(std::string_view employee);
    /// One record on one line, `{"type":"file.copy","time":"2025-03-04T18:00:00Z","user":"u1",…}`, at most 16 MiB.
    /// Times do not fall: a trigger or closer that comes late takes its place now, others are `late`. The time of a
    /// record that is `unused` or `rejected` counts for those behind it too, if it has one.
    Outcome push(std::string_view record);
    /// Records, one a line, each as by `push`, whatever came of those before it; empty lines are passed over. The last
    /// line need not end.
    LinesOutcome push_lines(std::string_view records);
    /// From now on, MonitorOptions::latest.
    void allow_until(std::int64_t latest);
    /// Time passes without a record, up to and including `time` (microseconds since 1970, UTC): watches open and end,
    /// and what was to be missing is missing. A time before the newest one changes nothing.
    Outcome advance(std::int64_t time);

    /// The alerts since the last call, and ends of actions: one JSON object a line (docs/alerts.md). May be empty.
    std::string take_alerts();
    /// What was wrong with the last call that was not `taken`; a sentence.
    const std::string& problem() const;
    /// Points of the person's watch of a policy now; 0 if there is none or no such policy.
    double score(std::string_view policy, std::string_view account) const;
    /// Who is watched now: a JSON object a line for each watch that is open or waits for its begin, by person and
    /// policy (docs/alerts.md). Looks at all who are known.
    std::string open_watches() const;

    /// All that is known, to go on from in another process. Alerts that were not taken are not in it.
    std::string save() const;
    /// Takes the place of all that is known. Empty: fine. Else one sentence says why not (damaged, another version,
    /// other policies, another key), and everything is as it was.
    std::string restore(std::string_view saved);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace watchword
