// The engine's inside: people, watches, timers, and the order in which things happen at one input position
// (semantics 1.6). Split by noun over machine.cpp (order), quiet.cpp (a short way for most events), triggers.cpp
// (opening and closing), lookback.cpp (sealed history) and evaluation.cpp (scores and alerts).
#pragma once

#include "runtime/announced.hpp"
#include "runtime/engine.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/people.hpp"
#include "runtime/policy_shape.hpp"
#include "runtime/recorder.hpp"
#include "runtime/state_pool.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <memory_resource>
#include <queue>
#include <set>
#include <span>
#include <vector>

namespace watchword::runtime {

/// What happens now: the event or timer in hand.
struct Moment {
    Time time = 0;
    Phase phase = Phase::event;
    std::uint64_t position = 0;
    const Event* event = nullptr; ///< nullptr at timers and absences
    bool elsewhere = false;       ///< the event's subject is another shard's
    Frame frame;                  ///< of the event; of whom is for `frame_for` to say
    std::string_view cause;       ///< id of the causing event
};

class Machine {
public:
    Machine(const Program& program, EngineOptions options);

    Status push(const Event& event, bool elsewhere);
    Status advance(Time time);
    Status pass(Time time);
    Status change_roster(Time at, std::uint64_t position, const RosterEntry& entry, std::string* complaint);
    std::vector<WatchView> watches(PersonId person) const;
    double score(std::uint32_t policy, PersonId person, Time time);
    double risk(PersonId person, Time time);
    std::size_t state_bytes() const { return memory_.used(); }
    void prepare(std::span<const Event* const> events) {
        announced_.announce(recorder_ == nullptr ? events : std::span<const Event* const>{});
    }
    std::size_t push_quiet();
    void record(Recording* recording);

    // machine_snapshot.cpp
    std::string snapshot() const;
    std::string snapshot(PersonId person) const;
    /// Into a fresh machine, which is of no use if this fails. The text says why it failed.
    std::string restore(std::string_view snapshot);
    std::string restore_person(std::string_view snapshot);

    const Program& program() const { return program_; }
    const EngineOptions& options() const { return options_; }
    Time now() const { return now_; }

    Roster roster;
    std::vector<Alert> alerts;
    Statistics statistics;

private:
    enum class TimerKind : std::uint8_t { end, activation, absence };
    struct Timer {
        Time time;
        TimerKind kind;
        PersonId person;
        std::uint32_t policy;
        std::uint64_t serial;
        friend bool operator>(const Timer& left, const Timer& right) {
            return std::tie(left.time, left.kind, left.person, left.policy, left.serial) >
                   std::tie(right.time, right.kind, right.person, right.policy, right.serial);
        }
    };
    /// An alert that opens watches of another policy at this position.
    struct PendingOpening {
        PersonId person;
        std::uint32_t source; ///< policy that alerted
        Level level;
        std::string alert;
    };
    /// What a trigger says about the watch it opens or prolongs.
    struct Opening {
        Time anchor = 0;
        Time stated = 0;
        std::vector<Value> slots;
        TriggerRecord record;
    };
    /// A hit of a watch at an announced event.
    struct HitPlace {
        std::uint32_t event; ///< in `announced_`
        std::uint32_t policy;
        Watch* watch;    ///< nullptr: the near one (PeopleTable), not asked for yet
        std::size_t hit; ///< among all of them
    };
    struct ScoreChange {
        PersonId person;
        std::uint32_t policy;
        double before;
    };

    // machine.cpp
    void run_timers(Time time, bool absences_at_time);
    void fire(const Timer& timer);
    void handle(Moment& moment, PersonId subject);
    bool owns(PersonId person) const;
    void handle_policy(std::uint32_t policy, Moment& moment, PersonId subject, const Value* before);
    /// The subject's row before; nullptr: it is as it was.
    const Value* change_by_event(const Moment& moment, PersonId subject);
    void sort_alerts(std::size_t first);
    /// Makes it one of an event about the person.
    void address(Frame& frame, PersonId person) const {
        frame.subject = person;
        // a program without attributes has no code that reads them
        frame.attributes =
            person == nobody || program_.employee.attributes.empty() ? nullptr : roster.attributes(person);
    }
    Frame frame_for(const Moment& moment, PersonId person) const;
    PersonRow& row(PersonId person);
    Watch* find(PersonId person, std::uint32_t policy);
    SignalContext context_for(const Watch& watch, const Frame& frame, std::vector<Time>& deadlines);
    void turn(SignalContext& context, const Watch& watch, const Frame& frame) const {
        context.from = watch.from;
        context.zone = shape_.policies[watch.policy].needs_zone ? zone_of(frame.attributes) : shape_.zone;
    }
    Zone zone_of(const Value* attributes) const;
    bool opens_always(const TypeShape& type, PersonId subject);
    bool concerns_nobody(const TypeShape& type, const EventSchema& schema, PersonId subject) const;
    PersonId subject_of(const Event& event, const TypeShape& type, const EventSchema& schema);
    bool may_make_known(const TypeShape& type, const EventSchema& schema) const;
    void find_candidates(const Moment& moment);
    std::span<const Candidate> candidates_of(std::uint32_t policy) const;
    void play_watches(Moment& moment, PersonId subject);
    Moment& begin(const Event& event, const EventSchema& schema);
    void set_absence_timers(const Watch& watch);
    void work_off_others(Moment& moment, PersonId subject, std::uint32_t after);
    void schedule(std::uint32_t policy);
    /// `before`: the subject's row, where the event has changed it.
    void schedule_affected(std::uint32_t event, PersonId subject, const Value* before);
    void work_off(Moment& moment, PersonId subject, const Value* before);

    // quiet.cpp
    void play_quiet(std::uint32_t first, std::uint32_t last);
    void play_queue(Announced::Queue& queue, std::uint64_t events);
    Watch& watch_of(std::uint32_t number, Announced::Queue::Turn& turn);
    void* state_of(std::uint32_t number, Announced::Queue::Turn& turn);
    void offer_to_watch(std::uint32_t number, Announced::Queue::Turn& turn);
    template <StateKind kind, class Play>
    void play_each(Announced::Queue& queue, std::uint64_t events, Play play);
    void note_hits(std::uint32_t number, Announced::Queue::Turn& turn);
    bool play_sequence(std::uint32_t number, Announced::Queue::Turn& turn);
    template <Aggregate kind>
    bool play_running(std::uint32_t number, Announced::Queue::Turn& turn);
    bool play_plain(std::uint32_t number, Announced::Queue::Turn& turn);
    void show(std::uint32_t number);
    void turn_to(const Watch& watch);
    void evaluate_hits();

    // triggers.cpp
    void close_by_event(std::uint32_t policy, Moment& moment, PersonId subject);
    void open_by_event(std::uint32_t policy, Moment& moment, PersonId subject);
    void open_by_alerts(std::uint32_t policy, Moment& moment, PersonId subject);
    void open_group(std::uint32_t policy, const TriggerPlan& trigger, Moment& moment, PersonId subject,
                    std::set<PersonId>& done);
    void open_across(std::uint32_t policy, const TriggerPlan& trigger, Moment& moment, PersonId subject);
    void open_always(std::uint32_t policy, Moment& moment, PersonId subject);
    /// What a trigger asks for, of a watch whose person the event in hand is not about.
    void evaluate_triggered(std::uint32_t policy, Moment& moment, PersonId person);
    void trigger(std::uint32_t policy, const TriggerPlan* plan, Moment& moment, PersonId person, std::string_view id,
                 std::string_view type);
    void open(std::uint32_t policy, Moment& moment, PersonId person, Opening opening);
    void retrigger(Watch& watch, Opening opening, Moment& moment);
    /// `by`: index of the alternative that gives the end; recorded::none: `expires`.
    Time end_of(const PolicyPlan& plan, Time anchor, const std::vector<Value>& slots, PersonId person,
                std::uint32_t& by);
    void activate(Watch& watch, Moment& moment);
    void close(Watch& watch, Time time, Phase phase, std::uint64_t position);
    void observe_across(const Moment& moment, PersonId subject);

    // lookback.cpp
    std::unique_ptr<SealedRow> make_sealed_row();
    /// Sealed history is to go to the store, where there is one.
    bool is_memory_short() const {
        return options_.history_store != nullptr &&
               memory_.used() > std::min(options_.put_away_above, options_.state_bytes / 2);
    }
    void refresh_cover(PersonId person);
    void refresh_covers_by(const Value* before, PersonId changed);
    void keep(const Event& event, const Moment& moment, PersonId subject);
    /// After a policy has lost cover: of what is kept only what another one may see stays.
    void erase_unseen(PersonId person);
    void drop_oldest(PersonId person);
    Frame frame_of_kept(PersonId person) const;
    void turn_to(const KeptEvent& event, Frame& frame) const;
    /// Whether some signal can use the event.
    bool is_useful(std::uint32_t policy, std::uint32_t type, std::span<const Candidate> candidates, const Frame& frame);
    bool is_useful(std::uint32_t policy, const KeptEvent& event, const Frame& frame);
    void look_back(Watch& watch, Moment& moment);
    /// One person a step keeps expiry even without touching people who do nothing.
    void expire_some(Time time) {
        if (shape_.spans.empty() || people_.empty()) return;
        if (++sweep_next_ >= people_.size()) sweep_next_ %= static_cast<std::uint32_t>(people_.size());
        if (people_.next_expiry(sweep_next_) < time) expire(sweep_next_, time);
    }
    void expire(PersonId person, Time time);
    void note_next_expiry(PersonId person);

    // evaluation.cpp
    void play(Watch& watch, Moment& moment, const Frame& frame, std::span<const Candidate> candidates);
    bool is_excepted(std::uint32_t policy, std::uint32_t type, const Frame& frame, Recorder* recorder);
    void count_hits(Watch& watch);
    /// The same of a simple policy, where nobody records.
    void play_simply(Watch& watch, const Moment& moment, std::span<const Candidate> candidates);
    /// After `play`, or if something else may have changed the score.
    void evaluate(Watch& watch, Moment& moment, bool booster_changed) {
        if (watch.is_due || booster_changed || !hits_.live.empty()) evaluate_anew(watch, moment);
    }
    void evaluate_anew(Watch& watch, Moment& moment);
    bool bears_on(const PolicyShape& shape, const Value* before, PersonId person) const;
    bool bears_on_others(const Value* before, PersonId changed) const;
    /// The roster has changed: watches whose boosters read other people than their own.
    void evaluate_readers_of_others(Moment& moment, PersonId changed, const Value* before);
    double booster(const Watch& watch, PersonId person, std::vector<std::string>* labels);
    void raise(Watch& watch, const AlertPlan& plan, const Evaluation& evaluation, Moment& moment);
    void evaluate_risk(Moment& moment) {
        if (!changes_.empty()) evaluate_risk_anew(moment);
    }
    void evaluate_risk_anew(Moment& moment);
    void raise_risk(PersonId person, const std::pair<Level, double>& level, double value,
                    const std::vector<double>& shares, const Moment& moment);
    void set_timer(const Watch& watch, Time time, TimerKind kind);

    // machine_snapshot.cpp
    void save_row(const PersonRow& row, SnapshotWriter& out) const;
    PersonRow load_row(PersonId person, SnapshotReader in);
    WatchPointer load_watch(PersonId person, SnapshotReader& in);
    void save_across(SnapshotWriter& out) const;
    void load_across(SnapshotReader& in);
    void save_statistics(SnapshotWriter& out) const;
    void load_statistics(SnapshotReader& in);
    void set_timers(const PersonRow& row);

    // record.cpp
    /// Turned to what is in hand; nullptr: nobody asked.
    Recorder* recorder(std::uint32_t policy, PersonId person, const Moment& moment) {
        return recorder_ == nullptr ? nullptr : turned_recorder(policy, person, moment);
    }
    Recorder* turned_recorder(std::uint32_t policy, PersonId person, const Moment& moment);
    void record_trigger(std::uint32_t policy, const TriggerPlan* plan, const Moment& moment, PersonId person,
                        recorded::TriggerOutcome outcome, std::string_view event = {});
    void record_across(std::uint32_t across, const Moment& moment, PersonId person, recorded::Across what);
    /// What became of the trigger recorded last.
    void record_outcome(std::uint32_t policy, const Moment& moment, PersonId person, recorded::TriggerOutcome outcome,
                        Time anchor, Time from, Time to, std::uint32_t ended_by);
    void record_score(Recorder& recorder, const Watch& watch, recorded::Score score, const Evaluation& evaluation);

    const Program& program_;
    EngineOptions options_;
    ProgramShape shape_;
    StateMemory memory_;
    Interpreter interpreter_;
    std::unique_ptr<Recorder> recorder_; ///< nullptr: nobody listens
    PeopleTable people_;
    std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
    std::uint64_t next_serial_ = 1;
    Time now_ = beginning;
    bool limit_hit_ = false;
    std::size_t roster_bytes_ = 0;    ///< when it was weighed last
    std::uint64_t next_weighing_ = 0; ///< when so many events are behind

    // of the position in hand
    Moment pushed_; ///< of the newest event; kept, for to make one is more than to change it
    Hits hits_;
    Readings readings_;
    std::vector<Time> deadlines_;
    SignalContext context_;                 ///< of the watch that plays
    std::span<const Candidate> candidates_; ///< of the event
    std::vector<Candidate> found_;          ///< they, if no list of the index holds them
    std::vector<Value> fields_;             ///< with persons resolved
    std::vector<PendingOpening> pending_;
    std::vector<std::uint32_t> work_; ///< policies to handle at this position, rising; done up to …
    std::size_t work_done_ = 0;       ///< … this one
    std::vector<ScoreChange> changes_;
    /// Active watches of policies whose boosters read other people: whose, and policy.
    std::set<std::pair<PersonId, std::uint32_t>> readers_of_others_;
    std::uint32_t sweep_next_ = 0;

    /// Trigger events of several people, per Program::across and key.
    struct AcrossSeen {
        Time time;
        PersonId person;
        bool used;
    };
    std::vector<std::map<Bytes, std::deque<AcrossSeen>>> across_;
    std::vector<std::pair<std::uint32_t, PersonId>> across_ready_; ///< for whom which holds at this position

    Announced announced_;
    const Announced::Entry* announced_now_ = nullptr; ///< of the event in hand
    std::vector<HitPlace> hit_places_;                ///< of the hits that were found signal by signal …
    std::vector<LiveHit> hits_apart_;                 ///< … while these are worked off
};

} // namespace watchword::runtime
