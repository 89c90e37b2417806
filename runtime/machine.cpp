// Order: what happens at one input position, and when timers are due.
#include "runtime/machine.hpp"

#include "runtime/name_table.hpp"

#include <algorithm>
#include <cstring>

namespace watchword::runtime {

namespace {

constexpr std::uint64_t events_between_weighings = 16; ///< of the roster

} // namespace

Machine::Machine(const Program& program, EngineOptions options)
    : roster(program), program_(program), options_(std::move(options)), shape_(program, options_.patterns_together),
      interpreter_(program, &roster),
      context_{program_, interpreter_, readings_, shape_.slots, hits_, deadlines_, shape_.zone, 0, {}},
      across_(program.across.size()), announced_(shape_, roster, people_) {
    statistics.policies.resize(program.policies.size());
}

PersonRow& Machine::row(PersonId person) {
    if (person >= people_.size()) people_.resize(person + 1);
    return people_[person];
}

Watch* Machine::find(PersonId person, std::uint32_t policy) {
    if (person >= people_.size()) return nullptr;
    for (const auto& watch : people_[person].watches)
        if (watch->policy >= policy) return watch->policy == policy ? watch.get() : nullptr;
    return nullptr;
}

Zone Machine::zone_of(const Value* attributes) const {
    if (program_.employee.zone == no_slot || attributes == nullptr) return shape_.zone;
    const Value& zone = attributes[program_.employee.zone];
    return zone.present() && is_zone(zone.text()) ? Zone(zone.text()) : shape_.zone;
}

Frame Machine::frame_for(const Moment& moment, PersonId person) const {
    Frame frame = moment.frame;
    address(frame, person);
    return frame;
}

SignalContext Machine::context_for(const Watch& watch, const Frame& frame, std::vector<Time>& deadlines) {
    SignalContext context{program_, interpreter_, readings_, shape_.slots, hits_, deadlines, shape_.zone, 0, {}};
    turn(context, watch, frame);
    return context;
}

void Machine::sort_alerts(std::size_t first) {
    if (alerts.size() - first < 2) return;
    std::stable_sort(alerts.begin() + static_cast<std::ptrdiff_t>(first), alerts.end(),
                     [](const Alert& left, const Alert& right) {
                         return std::tie(left.time, left.phase, left.position, left.subject, left.policy) <
                                std::tie(right.time, right.phase, right.position, right.subject, right.policy);
                     });
}

void Machine::set_timer(const Watch& watch, Time time, TimerKind kind) {
    if (time != never) timers_.push({time, kind, watch.person, watch.policy, watch.serial});
}

void Machine::fire(const Timer& timer) {
    Watch* watch = find(timer.person, timer.policy);
    if (watch == nullptr || watch->serial != timer.serial) return;
    Moment moment;
    moment.time = timer.time;
    moment.phase = timer.kind == TimerKind::absence ? Phase::absence : Phase::timer;
    moment.frame.time = timer.time;
    moment.frame.stated = timer.time;
    std::string cause = watch->story().first_trigger; // the watch may end while its alert is written
    moment.cause = cause;
    moment.frame.id = cause;
    interpreter_.reset();
    hits_.clear(); // of whoever was evaluated last
    if (timer.kind == TimerKind::end) {
        if (watch->to != timer.time) return; // moved by a later trigger
        ++statistics.policies[watch->policy].closed_by_time;
        if (Recorder* recorder = this->recorder(watch->policy, watch->person, moment))
            recorder->add(recorded::Close{recorded::CloseCause::time, true, watch->active, recorded::none, {}});
        close(*watch, timer.time, moment.phase, 0);
        return;
    }
    if (timer.kind == TimerKind::activation) {
        if (watch->active) return;
        activate(*watch, moment);
    } else {
        if (!watch->active || timer.time < watch->from) return;
        std::vector<Time> deadlines;
        const Frame frame = frame_for(moment, watch->person);
        SignalContext context = context_for(*watch, frame, deadlines);
        context.recorder = recorder(watch->policy, watch->person, moment);
        watch->decide(program_.policies[watch->policy], shape_.policies[watch->policy], timer.time, frame, context);
        people_.note_states(*watch);
        for (const Time deadline : deadlines) set_timer(*watch, deadline, TimerKind::absence);
        if (hits_.live.empty()) return;
        cause = newest_event(hits_.live.front());
        moment.cause = cause;
    }
    evaluate(*watch, moment, false);
    work_off(moment, nobody, nullptr);
    evaluate_risk(moment);
}

void Machine::run_timers(Time time, bool absences_at_time) {
    const std::size_t first = alerts.size();
    while (!timers_.empty()) {
        const Timer& next = timers_.top();
        const bool due =
            next.time < time || (next.time == time && (next.kind != TimerKind::absence || absences_at_time));
        if (next.time > time || (!due && next.time == time)) break;
        const Timer timer = next;
        timers_.pop();
        fire(timer);
    }
    sort_alerts(first);
}

Status Machine::advance(Time time) {
    if (limit_hit_) return Status::limit;
    if (time < now_) return Status::fine;
    now_ = time;
    run_timers(time, true);
    expire_some(time);
    return Status::fine;
}

Status Machine::pass(Time time) {
    if (limit_hit_) return Status::limit;
    run_timers(time, false);
    now_ = time;
    return Status::fine;
}

std::uint32_t shard_of(std::string_view id, std::uint32_t shards) {
    NameTable::Probe probe = NameTable::probe(id);
    std::string folded;
    if (!NameTable::is_folded(probe, id)) {
        folded = fold(id);
        probe = NameTable::probe(folded);
    }
    // a part of the numbers below 2^32 each, which takes no division
    return static_cast<std::uint32_t>((probe.hash >> 32) * shards >> 32);
}

bool Machine::owns(PersonId person) const {
    return options_.shards == 1 || shard_of(roster.id(person), options_.shards) == options_.shard;
}

const Value* Machine::change_by_event(const Moment& moment, PersonId subject) {
    const Event& event = *moment.event;
    const Frame frame = frame_for(moment, subject);
    const EventSchema& schema = program_.events[event.type];
    std::vector<std::pair<std::uint32_t, Value>> changes;
    for (const RosterUpdate& update : schema.updates) {
        const Value value = interpreter_.run(update.code, frame);
        if (value.present()) changes.emplace_back(update.attribute, value);
    }
    const Value* const before = roster.attributes(subject); // rows stay when others follow them
    if (!roster.change(subject, changes, event.time)) return nullptr;
    if (!moment.elsewhere) refresh_cover(subject);
    refresh_covers_by(before, subject);
    return before;
}

void Machine::schedule(std::uint32_t policy) {
    const auto begin = work_.begin() + static_cast<std::ptrdiff_t>(work_done_);
    const auto at = std::lower_bound(begin, work_.end(), policy);
    if (at == work_.end() || *at != policy) work_.insert(at, policy);
}

void Machine::schedule_affected(std::uint32_t event, PersonId subject, const Value* before) {
    const TypeShape& type = shape_.types[event];
    for (const std::uint32_t policy : type.opening) schedule(policy);
    for (const std::uint32_t policy : type.always) schedule(policy);
    for (const std::uint32_t policy : type.closing) schedule(policy);
    if (subject == nobody || subject >= people_.size()) return;
    for (const auto& watch : people_[subject].watches) {
        const PolicyShape& shape = shape_.policies[watch->policy];
        if (!shape.hearing[event].empty() || (before != nullptr && bears_on(shape, before, subject)))
            schedule(watch->policy);
    }
}

void Machine::work_off(Moment& moment, PersonId subject, const Value* before) {
    while (work_done_ < work_.size()) handle_policy(work_[work_done_++], moment, subject, before);
    work_.clear();
    work_done_ = 0;
    pending_.clear();
}

void Machine::handle_policy(std::uint32_t policy, Moment& moment, PersonId subject, const Value* before) {
    if (moment.event != nullptr) {
        const TypeShape& type = shape_.types[moment.event->type];
        if (std::binary_search(type.closing.begin(), type.closing.end(), policy))
            close_by_event(policy, moment, subject);
        if (std::binary_search(type.opening.begin(), type.opening.end(), policy))
            open_by_event(policy, moment, subject);
        if (subject != nobody && std::binary_search(type.always.begin(), type.always.end(), policy))
            open_always(policy, moment, subject);
    }
    if (!pending_.empty()) open_by_alerts(policy, moment, moment.event == nullptr ? nobody : subject);
    // the subject's signals see the event; people of a group trigger or an alert are evaluated where they were opened
    if (subject == nobody || moment.event == nullptr) return;
    Watch* watch = find(subject, policy);
    if (watch == nullptr || !watch->active) return;
    play(*watch, moment, frame_for(moment, subject), candidates_of(policy));
    evaluate(*watch, moment, before != nullptr && bears_on(shape_.policies[policy], before, subject));
}

void Machine::find_candidates(const Moment& moment) {
    const std::uint32_t type = moment.event->type;
    found_.clear();
    if (recorder_ != nullptr) { // who listens wants to hear of refusals too
        for (const PolicyShape& policy : shape_.policies) {
            const std::vector<Candidate>& hearing = policy.hearing[type];
            found_.insert(found_.end(), hearing.begin(), hearing.end());
        }
    } else if (const ReadyCandidates& ready = shape_.guards.ready(type);
               ready.is_ready && !(ready.is_probed && shape_.guards.finds_more(type, moment.frame.fields))) {
        candidates_ = shape_.guards.ready_lists()[ready.list_of(moment.frame.fields)];
        return;
    } else {
        shape_.guards.find(type, moment.frame.fields, found_);
    }
    candidates_ = found_;
}

std::span<const Candidate> Machine::candidates_of(std::uint32_t policy) const {
    const auto [first, last] =
        std::equal_range(candidates_.begin(), candidates_.end(), Candidate{policy, 0},
                         [](const Candidate& left, const Candidate& right) { return left.policy < right.policy; });
    return candidates_.subspan(static_cast<std::size_t>(first - candidates_.begin()),
                               static_cast<std::size_t>(last - first));
}

/// Whether some policy that opens `always` has not opened for the person.
bool Machine::opens_always(const TypeShape& type, PersonId subject) {
    return std::any_of(type.always.begin(), type.always.end(),
                       [&](std::uint32_t policy) { return find(subject, policy) == nullptr; });
}

/// What the watch's signals find in the event, and in the hits of each other.
void Machine::play(Watch& watch, Moment& moment, const Frame& frame, std::span<const Candidate> candidates) {
    hits_.clear();
    if (candidates.empty()) return;
    const PolicyPlan& plan = program_.policies[watch.policy];
    Recorder* const recorder = this->recorder(watch.policy, watch.person, moment);
    if (!plan.exceptions.empty() && is_excepted(watch.policy, moment.event->type, frame, recorder)) {
        ++statistics.policies[watch.policy].excepted;
        return;
    }
    context_.recorder = recorder;
    turn(context_, watch, frame);
    watch.play(plan, shape_.policies[watch.policy], candidates, moment.event->type, frame, context_);
    people_.note_states(watch);
    set_absence_timers(watch);
}

void Machine::set_absence_timers(const Watch& watch) {
    for (const Time deadline : deadlines_) set_timer(watch, deadline, TimerKind::absence);
    deadlines_.clear();
}

inline void Machine::play_simply(Watch& watch, const Moment& moment, std::span<const Candidate> candidates) {
    hits_.clear();
    turn(context_, watch, moment.frame);
    for (const Candidate& candidate : candidates)
        watch.offer_event(candidate, candidate.is_certain, watch.state_of(candidate), moment.event->type, moment.frame,
                          context_);
    people_.note_states(watch);
    if (!deadlines_.empty()) set_absence_timers(watch);
}

/// An alert opens other policies: what comes after policy `after` is done in the policies' order.
void Machine::work_off_others(Moment& moment, PersonId subject, std::uint32_t after) {
    for (const auto& watch : people_[subject].watches)
        if (watch->policy > after) schedule(watch->policy);
    work_off(moment, subject, nullptr);
}

/// The event of a type that opens and closes nothing: what `work_off` comes to, without its queue.
void Machine::play_watches(Moment& moment, PersonId subject) {
    auto& watches = people_[subject].watches;
    Frame& frame = moment.frame;
    address(frame, subject);
    const Candidate* next = candidates_.data();
    const Candidate* const end = next + candidates_.size();
    for (std::size_t i = 0; i < watches.size() && next != end; ++i) {
        Watch& watch = *watches[i];
        while (next != end && next->policy < watch.policy) ++next;
        const Candidate* const first = next;
        while (next != end && next->policy == watch.policy) ++next;
        if (first == next || !watch.active) continue;
        if (recorder_ == nullptr && watch.manner != Manner::in_general)
            play_simply(watch, moment, {first, next});
        else
            play(watch, moment, frame, {first, next});
        evaluate(watch, moment, false);
        if (work_.empty()) continue;
        work_off_others(moment, subject, watch.policy);
        break;
    }
    evaluate_risk(moment);
}

/// Whether boosters of the policy read what is another than in the row `before`.
bool Machine::bears_on(const PolicyShape& shape, const Value* before, PersonId person) const {
    return roster.differ(before, roster.attributes(person), shape.booster_attributes);
}

/// Whether boosters read it of other people.
bool Machine::bears_on_others(const Value* before, PersonId changed) const {
    return roster.differ(before, roster.attributes(changed), shape_.others_attributes);
}

/// Of those whose cover may be another because `changed` is: a policy's `covers` asks for the manager's department.
void Machine::refresh_covers_by(const Value* before, PersonId changed) {
    if (!shape_.cover_names_others && !roster.differ(before, roster.attributes(changed), shape_.cover_attributes))
        return;
    for (PersonId person = 0; person < people_.size(); ++person)
        if (people_[person].sealed) refresh_cover(person);
}

void Machine::evaluate_readers_of_others(Moment& moment, PersonId changed, const Value* before) {
    if (readers_of_others_.empty()) return; // nearly always
    // what an alert of theirs opens is opened by it; what the event itself opens and closes was done before
    Moment by_alerts = moment;
    by_alerts.event = nullptr;
    std::pair<PersonId, std::uint32_t> reader{0, 0}; // found anew each time: an alert may open and close watches
    for (auto at = readers_of_others_.begin(); at != readers_of_others_.end();
         at = readers_of_others_.upper_bound(reader)) {
        reader = *at;
        const auto [person, policy] = reader;
        if (person == changed && bears_on(shape_.policies[policy], before, changed)) continue; // was evaluated
        Watch* const watch = find(person, policy);
        if (watch == nullptr || !watch->active) continue;
        interpreter_.reset();
        hits_.clear();
        evaluate(*watch, moment, true);
        work_off(by_alerts, nobody, nullptr);
    }
}

void Machine::handle(Moment& moment, PersonId subject) {
    const Event& event = *moment.event;
    const TypeShape& type = shape_.types[event.type];
    across_ready_.clear();
    const PersonId named = subject;
    const bool may_bear = subject != nobody && !readers_of_others_.empty();
    const bool updates = subject != nobody && !program_.events[event.type].updates.empty();
    const Value* const before = updates ? change_by_event(moment, subject) : nullptr;
    if (!type.across.empty() && subject != nobody) observe_across(moment, subject);
    if (moment.elsewhere) subject = nobody;
    const bool watched = subject != nobody && subject < people_.size() && !people_[subject].watches.empty();
    const bool plain = type.is_plain() && before == nullptr &&
                       (subject == nobody || type.always.empty() || !opens_always(type, subject));
    candidates_ = {};
    if (watched || !plain || !type.keeping.empty()) find_candidates(moment);
    if (!plain) {
        schedule_affected(event.type, subject, before);
        work_off(moment, subject, before);
        if (before != nullptr && may_bear && bears_on_others(before, named))
            evaluate_readers_of_others(moment, named, before);
        evaluate_risk(moment);
    } else if (watched) {
        play_watches(moment, subject);
    }
    if (subject != nobody && !type.keeping.empty()) keep(event, moment, subject);
}

/// Whether something can come of such an event about a person who was not known before it. Of activity that nobody
/// watches or keeps nothing can, not even that the person is known from then on.
inline bool Machine::may_make_known(const TypeShape& type, const EventSchema& schema) const {
    return !type.is_plain() || !type.always.empty() || !type.keeping.empty() || !schema.updates.empty() ||
           schema.adds_employee;
}

/// nobody: the event names nobody, or somebody who is not known and need not be.
inline PersonId Machine::subject_of(const Event& event, const TypeShape& type, const EventSchema& schema) {
    if (announced_now_ != nullptr) {
        const PersonId person = announced_now_->person;
        if (person != nobody && announced_.knows_names()) return person;
        if (announced_.knows_all_names() && !may_make_known(type, schema)) return person;
    }
    if (event.subject.empty()) return nobody;
    if (event.account != no_account)
        if (const PersonId person = roster.find(event.account); person != nobody) return person;
    return may_make_known(type, schema) ? roster.resolve(event.subject) : roster.find(event.subject);
}

/// Whether nothing can come of an event: no watch sees it, and it opens, closes, changes and keeps nothing.
bool Machine::concerns_nobody(const TypeShape& type, const EventSchema& schema, PersonId subject) const {
    if (subject == nobody) return !type.is_group && type.closing.empty();
    const bool watched = subject < people_.size() && !people_[subject].watches.empty();
    return !watched && type.is_plain() && type.always.empty() && type.keeping.empty() && schema.updates.empty();
}

Moment& Machine::begin(const Event& event, const EventSchema& schema) {
    Moment& moment = pushed_;
    moment.time = event.time;
    moment.position = event.position;
    moment.event = &event;
    moment.cause = event.id;
    moment.frame.time = event.time;
    moment.frame.stated = event.stated;
    moment.frame.id = event.id;
    moment.frame.type = schema.name;
    moment.frame.fields = event.fields;
    return moment;
}

Status Machine::push(const Event& event, bool elsewhere) {
    if (limit_hit_) return Status::limit;
    if (statistics.events >= next_weighing_) {
        roster_bytes_ = roster.bytes();
        next_weighing_ = statistics.events + events_between_weighings;
    }
    if (memory_.used() + roster_bytes_ > options_.state_bytes) {
        limit_hit_ = true;
        return Status::limit;
    }
    if (!timers_.empty() && timers_.top().time <= event.time) run_timers(event.time, false);
    now_ = event.time;
    ++statistics.events;
    interpreter_.reset();
    const TypeShape& type = shape_.types[event.type];
    const EventSchema& schema = program_.events[event.type];
    announced_now_ = announced_.take(event);
    PersonId subject = subject_of(event, type, schema);
    if (event.subject.empty()) {
        if (schema.subject != no_slot) ++statistics.without_subject;
    } else {
        if (schema.adds_employee && !roster.is_employee(subject)) roster.admit(subject, event.subject);
        if (roster.required() && !roster.is_employee(subject)) {
            ++statistics.unknown_people;
            subject = nobody;
        }
    }
    if (concerns_nobody(type, schema, subject)) {
        expire_some(event.time);
        return Status::fine;
    }
    Moment& moment = begin(event, schema);
    moment.elsewhere = elsewhere;
    if (!type.persons.empty()) {
        fields_.assign(event.fields, event.fields + schema.slots);
        for (const std::uint32_t slot : type.persons)
            if (fields_[slot].present())
                fields_[slot] = Value::of(static_cast<std::int64_t>(roster.resolve(fields_[slot].text())));
        moment.frame.fields = fields_.data();
    }
    const std::size_t first = alerts.size();
    handle(moment, subject);
    if (alerts.size() != first) sort_alerts(first);
    expire_some(event.time);
    return Status::fine;
}

Status Machine::change_roster(Time at, std::uint64_t position, const RosterEntry& entry, std::string* complaint) {
    if (limit_hit_) return Status::limit;
    if (at >= now_) {
        run_timers(at, false);
        now_ = at;
    }
    const Value* const before = roster.attributes(roster.find(entry)); // rows stay when others follow them
    std::string said = roster.enter(entry);
    if (complaint != nullptr) *complaint = std::move(said);
    const PersonId person = roster.resolve(entry.id);
    refresh_cover(person);
    refresh_covers_by(before, person);
    const std::size_t first = alerts.size();
    Moment moment;
    moment.time = at;
    moment.position = position;
    moment.frame.time = at;
    moment.frame.stated = at;
    if (person < people_.size()) {
        std::vector<std::uint32_t> policies;
        for (const auto& watch : people_[person].watches)
            if (watch->active && bears_on(shape_.policies[watch->policy], before, person))
                policies.push_back(watch->policy);
        for (const std::uint32_t policy : policies) {
            hits_.clear();
            if (Watch* watch = find(person, policy)) evaluate(*watch, moment, true);
            work_off(moment, nobody, nullptr);
        }
    }
    if (shape_.names_others || bears_on_others(before, person)) evaluate_readers_of_others(moment, person, before);
    evaluate_risk(moment);
    sort_alerts(first);
    return Status::fine;
}

std::vector<WatchView> Machine::watches(PersonId person) const {
    std::vector<WatchView> views;
    if (person >= people_.size()) return views;
    for (const auto& watch : people_[person].watches)
        views.push_back({watch->policy, person, watch->active, watch->anchor, watch->from, watch->to});
    return views;
}

double Machine::score(std::uint32_t policy, PersonId person, Time time) {
    const Watch* watch = find(person, policy);
    if (watch == nullptr || !watch->active) return 0;
    return watch->score.at(program_.policies[policy], time, booster(*watch, person, nullptr));
}

} // namespace watchword::runtime
