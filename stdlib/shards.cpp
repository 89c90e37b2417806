// The caller decides for each event whom it concerns; the engines follow it through a ring of batches. Every batch ends
// with all clocks at its last event, so that all alerts of one batch come before all of the next.
#include "stdlib/shards.hpp"

#include "runtime/prefetch.hpp"
#include "stdlib/sources/arena.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <optional>
#include <span>
#include <tuple>

namespace watchword::stdlib {

using runtime::Alert;
using runtime::Event;
using runtime::PersonId;
using runtime::Program;
using runtime::Status;
using runtime::Time;
using runtime::Value;

namespace {

enum class For : std::uint8_t {
    subject,  ///< an event whose subject is the engine's
    everyone, ///< an event whose subject is nobody's, or another engine's
    name,     ///< a person seen for the first time
};
struct Item {
    const Event* event = nullptr; ///< nullptr: a name
    For what = For::subject;
    std::uint32_t name = 0; ///< index in Batch::names
};

struct Batch {
    std::vector<std::string_view> names;
    std::vector<std::vector<Item>> items; ///< by engine
    std::vector<Block*> blocks;           ///< what comes behind these
    std::vector<std::vector<Alert>> alerts;
    Arena arena;                ///< of events that are not as they were pushed
    std::deque<Event> changed;  ///< those
    std::optional<Time> newest; ///< time of the last event; nullopt: there is none
    std::optional<Time> advance;
    bool empty() const { return !newest && names.empty() && !advance; }
    void clear() {
        newest.reset();
        changed.clear();
        blocks.clear();
        names.clear();
        for (std::vector<Item>& list : items) list.clear();
        arena.reset();
        advance.reset();
    }
};

void add_up(runtime::Statistics& sum, const runtime::Statistics& part) {
    sum.history_dropped += part.history_dropped;
    for (std::size_t i = 0; i < sum.policies.size(); ++i) {
        runtime::PolicyStatistics& into = sum.policies[i];
        const runtime::PolicyStatistics& from = part.policies[i];
        for (const auto count : {&runtime::PolicyStatistics::opened, &runtime::PolicyStatistics::not_covered,
                                 &runtime::PolicyStatistics::already_over, &runtime::PolicyStatistics::expired,
                                 &runtime::PolicyStatistics::retriggered, &runtime::PolicyStatistics::closed_by_event,
                                 &runtime::PolicyStatistics::closed_by_time, &runtime::PolicyStatistics::cancelled,
                                 &runtime::PolicyStatistics::hits, &runtime::PolicyStatistics::excepted,
                                 &runtime::PolicyStatistics::history_truncated})
            into.*count += from.*count;
        for (std::size_t level = 0; level < into.alerts.size(); ++level) into.alerts[level] += from.alerts[level];
        into.notice_delays.add(from.notice_delays);
    }
}

} // namespace

class Shards::State final : public Crew::Duty {
public:
    State(const Program& from, const runtime::EngineOptions& options, Crew& crew, Sharing& sharing);
    ~State() override { crew.remove(*this); }

    std::string enter(const runtime::RosterEntry& entry);
    void prepare(std::span<const Event* const> events);
    Subject push(const Event& event);
    void push(Block& block);
    void publish();
    void wait(std::uint32_t left);
    bool work(std::uint32_t thread) override;
    /// Who a name is, is left to the engine whose part it is in.
    bool knows_people_apart() const { return sharing.is_possible() && !roster.required(); }

    const Program& program;
    Crew& crew;
    Sharing& sharing;
    runtime::Roster roster; ///< as every engine has it
    std::vector<runtime::Engine> engines;
    runtime::Statistics counted;
    std::vector<Alert> alerts;
    bool limit = false;
    Batch& present() { return batches_[published_.load(std::memory_order_relaxed) % in_flight]; }

private:
    bool is_behind(std::uint32_t number) const;
    Status process(std::uint32_t number, Batch& batch);
    Status play(std::uint32_t number, const std::vector<Item>& items, const Batch& batch);
    Status play_blocks(std::uint32_t number, const Batch& batch);
    void gather(Batch& batch);
    Subject push_apart(const Event& event);
    PersonId subject_of(const Event& event);
    PersonId resolve(std::string_view account);
    void send(Item item, std::uint32_t engine) {
        std::vector<Item>& items = present().items[engine];
        items.push_back(item);
        constexpr std::size_t ahead = 16; // an engine has read these lines; beyond the list's end it does nothing
        const auto last = reinterpret_cast<std::uintptr_t>(&items.back());
        runtime::ask_to_write(reinterpret_cast<const void*>(last + ahead * sizeof(Item)));
    }

    std::vector<bool> for_all_;
    std::vector<std::vector<std::uint32_t>> persons_;
    std::vector<std::uint32_t> engine_of_; ///< by person
    std::array<Batch, in_flight> batches_;
    // of the events announced last
    std::vector<std::string_view> names_;
    std::vector<PersonId> found_;
    std::size_t next_found_ = 0;
    std::uint64_t found_version_ = 0; ///< of the roster's names
    std::uint32_t gathered_ = 0;      ///< batches whose alerts were taken
    alignas(64) std::atomic<std::uint32_t> published_{0};
    struct alignas(64) Progress {
        std::atomic<bool> taken{false}; ///< some thread runs the engine
        std::atomic<std::uint32_t> done{0};
        std::atomic<bool> limit{false};
    };
    std::vector<Progress> progress_;            ///< by engine
    std::vector<std::vector<Event*>> together_; ///< by engine: the events of a batch's blocks
};

Shards::State::State(const Program& from, const runtime::EngineOptions& options, Crew& with, Sharing& shared)
    : program(from), crew(with), sharing(shared), roster(from), for_all_(types_that_concern_all(from)),
      persons_(person_slots(from)), progress_(with.size()), together_(with.size()) {
    const std::uint32_t count = crew.size();
    counted.policies.resize(program.policies.size());
    for (std::uint32_t number = 0; number < count; ++number) {
        runtime::EngineOptions own = options;
        own.state_bytes = options.state_bytes / count;
        own.shard = number;
        own.shards = count;
        engines.emplace_back(program, own);
    }
    for (Batch& batch : batches_) {
        batch.items.resize(count);
        batch.alerts.resize(count);
    }
    crew.add(*this);
}

std::string Shards::State::enter(const runtime::RosterEntry& entry) {
    std::string complaint = roster.enter(entry);
    const auto share = [this](std::string_view name) {
        const std::string_view id = roster.id(roster.find(name)); // a name may be another's
        sharing.enter(name, runtime::shard_of(id, sharing.shares()));
    };
    share(entry.id);
    for (const std::string& alias : entry.aliases) share(alias);
    return complaint;
}

/// The person, who is made known to the engine that has them.
PersonId Shards::State::resolve(std::string_view account) {
    const PersonId person = roster.resolve(account);
    if (person == runtime::nobody) return person;
    while (engine_of_.size() <= person) {
        const auto next = static_cast<PersonId>(engine_of_.size());
        engine_of_.push_back(runtime::shard_of(roster.id(next), static_cast<std::uint32_t>(engines.size())));
        if (roster.required()) continue; // then strangers are nobody
        Batch& batch = present();
        batch.names.push_back(roster.id(next));
        send({nullptr, For::name, static_cast<std::uint32_t>(batch.names.size() - 1)}, engine_of_.back());
    }
    return person;
}

/// Looks for many names together: then to find one is not to wait for memory.
void Shards::State::prepare(std::span<const Event* const> events) {
    if (knows_people_apart()) {
        for (const Event* const event : events) runtime::ask_for(event->subject.data()); // to be hashed
        return;
    }
    names_.clear();
    for (const Event* const event : events) names_.push_back(event->subject);
    found_.resize(names_.size());
    roster.find(names_, found_.data());
    next_found_ = 0;
    found_version_ = roster.names_version();
}

PersonId Shards::State::subject_of(const Event& event) {
    const std::size_t place = next_found_++;
    if (event.subject.empty()) return runtime::nobody;
    const bool announced = place < names_.size() && names_[place].data() == event.subject.data();
    if (announced && found_version_ == roster.names_version() && found_[place] < engine_of_.size())
        return found_[place];
    return resolve(event.subject);
}

/// Names people as the roster does, so that every engine knows them by the same name, in whatever form it came first.
Shards::Subject Shards::State::push(const Event& pushed) {
    if (!present().blocks.empty()) publish();
    Batch& batch = present();
    ++counted.events;
    batch.newest = pushed.time;
    if (knows_people_apart()) return push_apart(pushed);
    const runtime::EventSchema& schema = program.events[pushed.type];
    Subject result = Subject::known;
    PersonId subject = subject_of(pushed);
    if (subject == runtime::nobody && schema.subject != runtime::no_slot) {
        ++counted.without_subject;
        result = Subject::nobody;
    }
    if (subject != runtime::nobody) {
        if (schema.adds_employee && !roster.is_employee(subject)) roster.admit(subject, pushed.subject);
        if (!roster.is_employee(subject)) {
            ++counted.unknown_people;
            subject = runtime::nobody;
            result = Subject::stranger;
        }
    }
    const Event* event = &pushed;
    const auto change = [&]() -> Event& {
        if (event == &pushed) event = &batch.changed.emplace_back(pushed);
        return batch.changed.back();
    };
    if (!persons_[pushed.type].empty()) {
        Value* const fields = batch.arena.values(schema.slots);
        std::copy_n(pushed.fields, schema.slots, fields);
        for (const std::uint32_t slot : persons_[pushed.type])
            if (const PersonId person = fields[slot].present() ? resolve(fields[slot].text()) : runtime::nobody;
                person != runtime::nobody)
                fields[slot] = Value::of(roster.id(person));
        change().fields = fields;
    }
    const bool for_all = for_all_[pushed.type];
    // an engine that does not have the person may not have heard the name
    if (for_all && subject != runtime::nobody) change().subject = roster.id(subject);
    for (std::uint32_t engine = 0; engine < engines.size(); ++engine) {
        const bool own = subject != runtime::nobody && engine_of_[subject] == engine;
        if (own || for_all) send({event, own ? For::subject : For::everyone}, engine);
    }
    return result;
}

/// To the engine whose part the name is in.
Shards::Subject Shards::State::push_apart(const Event& event) {
    if (event.subject.empty()) {
        ++counted.without_subject;
        return Subject::nobody;
    }
    send({&event, For::subject}, runtime::shard_of(event.subject, static_cast<std::uint32_t>(engines.size())));
    return Subject::known;
}

void Shards::State::push(Block& block) {
    if (block.events == 0) return;
    Batch& batch = present();
    counted.events += block.events;
    counted.unknown_people += block.strangers.size();
    batch.newest = block.last;
    batch.blocks.push_back(&block);
}

void Shards::State::publish() {
    if (present().empty()) return;
    published_.fetch_add(1, std::memory_order_release);
    crew.tell();
    wait(in_flight - 1);
    present().clear();
}

void Shards::State::wait(std::uint32_t left) {
    const std::uint32_t published = published_.load(std::memory_order_relaxed);
    while (published - gathered_ > left) {
        crew.help_until([&] {
            return std::none_of(progress_.begin(), progress_.end(), [&](const Progress& progress) {
                return progress.done.load(std::memory_order_acquire) == gathered_;
            });
        });
        gather(batches_[gathered_ % in_flight]);
        ++gathered_;
    }
    for (Progress& progress : progress_) limit = limit || progress.limit.load(std::memory_order_acquire);
}

void Shards::State::gather(Batch& batch) {
    const std::size_t first = alerts.size();
    for (std::vector<Alert>& part : batch.alerts) {
        std::move(part.begin(), part.end(), std::back_inserter(alerts));
        part.clear();
    }
    // What is about one person stays in the order in which that person's engine said it.
    std::stable_sort(alerts.begin() + static_cast<std::ptrdiff_t>(first), alerts.end(),
                     [](const Alert& left, const Alert& right) {
                         return std::tie(left.time, left.phase, left.position, left.subject, left.policy) <
                                std::tie(right.time, right.phase, right.position, right.subject, right.policy);
                     });
}

bool Shards::State::is_behind(std::uint32_t number) const {
    return progress_[number].done.load(std::memory_order_relaxed) != published_.load(std::memory_order_acquire);
}

/// One batch of one engine, rather of that with the thread's own number, whose state may lie in a near cache.
bool Shards::State::work(std::uint32_t thread) {
    const auto count = static_cast<std::uint32_t>(engines.size());
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t number = (thread + i) % count;
        Progress& progress = progress_[number];
        if (!is_behind(number) || progress.taken.exchange(true, std::memory_order_acquire)) continue;
        const bool behind = is_behind(number); // still
        if (behind) {
            const std::uint32_t done = progress.done.load(std::memory_order_relaxed);
            if (process(number, batches_[done % in_flight]) != Status::fine)
                progress.limit.store(true, std::memory_order_release);
            progress.done.store(done + 1, std::memory_order_release);
        }
        progress.taken.store(false, std::memory_order_release);
        if (!behind) continue;
        crew.tell();
        return true;
    }
    return false;
}

namespace {

/// So few that what is asked for of later events comes a little at a time.
constexpr std::size_t announced_together = 64;

/// What an engine will read of later events is asked for in two steps, a few lines at a time: another thread has
/// written them, and of many asked for at once some do not come. So many events ahead:
constexpr std::size_t near = announced_together + 8; ///< what they point to
constexpr std::size_t far = near + 24;               ///< they themselves

void ask_for_parts(const Event& event) {
    runtime::ask_for(event.fields);
    runtime::ask_for(event.subject.data());
    runtime::ask_for(event.id.data());
}

/// Announced together, and played.
Status play(runtime::Engine& engine, std::span<const Event* const> next) {
    Status status = Status::fine;
    engine.prepare(next);
    for (std::size_t k = 0; k < next.size();) {
        k += engine.push_quiet();
        if (k < next.size()) status = std::max(status, engine.push(*next[k++]));
    }
    return status;
}

} // namespace

Status Shards::State::play(std::uint32_t number, const std::vector<Item>& items, const Batch& batch) {
    runtime::Engine& engine = engines[number];
    Status status = Status::fine;
    std::array<const Event*, announced_together> next{};
    for (std::size_t i = 0; i < items.size();) {
        std::size_t count = 0;
        std::size_t end = i; // of those that are announced together, with the names among them
        for (; end < items.size() && items[end].what != For::everyone && count < next.size(); ++end) {
            if (end + far < items.size()) runtime::ask_for(items[end + far].event);
            if (end + near < items.size() && items[end + near].event != nullptr)
                ask_for_parts(*items[end + near].event);
            if (items[end].what == For::name)
                engine.roster().resolve(batch.names[items[end].name]);
            else
                next[count++] = items[end].event;
        }
        status = std::max(status, stdlib::play(engine, std::span(next).first(count)));
        for (i = end; i < items.size() && items[i].what == For::everyone; ++i)
            status = std::max(status, engine.push_elsewhere(*items[i].event));
    }
    return status;
}

/// One after the other, as if they were one.
Status Shards::State::play_blocks(std::uint32_t number, const Batch& batch) {
    Status status = Status::fine;
    std::vector<Event*>& events = together_[number];
    events.clear();
    for (const Block* const block : batch.blocks)
        events.insert(events.end(), block->shares[number].begin(), block->shares[number].end());
    std::array<const Event*, announced_together> next{};
    std::size_t block = 0, left = 0; // events of the block in hand
    for (std::size_t i = 0; i < events.size();) {
        std::size_t count = 0;
        for (; i < events.size() && count < next.size(); ++i) {
            if (i + far < events.size()) runtime::ask_to_write(events[i + far]);
            if (i + near < events.size()) ask_for_parts(*events[i + near]);
            for (; left == 0; ++block) left = batch.blocks[block]->shares[number].size();
            events[i]->position += batch.blocks[block - 1]->before;
            --left;
            next[count++] = events[i];
        }
        status = std::max(status, stdlib::play(engines[number], std::span(next).first(count)));
    }
    return status;
}

Status Shards::State::process(std::uint32_t number, Batch& batch) {
    runtime::Engine& engine = engines[number];
    Status status = play(number, batch.items[number], batch);
    status = std::max(status, play_blocks(number, batch));
    if (batch.newest) status = std::max(status, engine.pass(*batch.newest));
    if (batch.advance) status = std::max(status, engine.advance(*batch.advance));
    batch.alerts[number].swap(engine.alerts());
    return status;
}

Shards::Shards(const Program& program, const runtime::EngineOptions& options, Crew& crew, Sharing& sharing)
    : state_(std::make_unique<State>(program, options, crew, sharing)) {}
Shards::~Shards() = default;
Shards::Shards(Shards&&) noexcept = default;

std::string Shards::enter(const runtime::RosterEntry& entry) {
    for (runtime::Engine& engine : state_->engines) engine.roster().enter(entry);
    return state_->enter(entry);
}

void Shards::require_roster() {
    for (runtime::Engine& engine : state_->engines) engine.roster().require();
    state_->roster.require();
    state_->sharing.require_roster();
}

void Shards::prepare(std::span<const Event* const> events) { state_->prepare(events); }
Shards::Subject Shards::push(const Event& event) { return state_->push(event); }
bool Shards::takes(const Block& block) const {
    const runtime::Roster& roster = state_->roster;
    return std::none_of(block.strangers.begin(), block.strangers.end(), [&](const Event* event) {
        const PersonId person = roster.find(event->subject);
        return person != runtime::nobody && roster.is_employee(person);
    });
}
void Shards::push(Block& block) { state_->push(block); }

void Shards::advance(Time time) {
    state_->present().advance = time;
    state_->publish();
}

void Shards::publish() { state_->publish(); }
void Shards::wait(std::uint32_t left) { state_->wait(left); }
std::vector<Alert>& Shards::alerts() { return state_->alerts; }
bool Shards::limit_hit() const { return state_->limit; }
bool Shards::has_roster() const { return state_->roster.required(); }
std::uint32_t Shards::employees() const {
    if (!state_->knows_people_apart()) return state_->roster.employees();
    std::uint32_t sum = 0; // each engine knows its own
    for (const runtime::Engine& engine : state_->engines) sum += engine.roster().employees();
    return sum;
}
void Shards::leave(Shards shards) {
    static auto& left = *new std::vector<std::unique_ptr<State>>; // never destroyed
    shards.state_->crew.stop();
    left.push_back(std::move(shards.state_));
}

runtime::Statistics Shards::statistics() {
    state_->wait(0);
    runtime::Statistics sum = state_->counted;
    for (const runtime::Engine& engine : state_->engines) add_up(sum, engine.statistics());
    return sum;
}

} // namespace watchword::stdlib
