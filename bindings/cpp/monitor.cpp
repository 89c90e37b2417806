#include "bindings/cpp/monitor.hpp"

#include "bindings/cpp/policies.hpp"
#include "runtime/engine.hpp"
#include "runtime/snapshot.hpp"
#include "runtime/text.hpp"
#include "stdlib/pseudonym.hpp"
#include "stdlib/sinks/json_writer.hpp"
#include "stdlib/sinks/sink.hpp"
#include "stdlib/sources/arena.hpp"
#include "stdlib/sources/bytes.hpp"
#include "stdlib/sources/feed.hpp"
#include "stdlib/sources/ledger.hpp"
#include "stdlib/sources/reading.hpp"
#include "stdlib/sources/record_ids.hpp"
#include "stdlib/sources/roster_file.hpp"
#include "stdlib/sources/source.hpp"

namespace watchword {

struct Monitor::State {
    State(std::shared_ptr<const Policies> from, MonitorOptions chosen)
        : policies(std::move(from)), options(std::move(chosen)), program(policies->state_->program),
          pseudonyms(options.key.empty() || options.reveal ? stdlib::Pseudonyms::revealed()
                                                           : stdlib::Pseudonyms(options.key)),
          engine(program, engine_options()), latest(options.latest), ids(program),
          source(stdlib::make_native_source(program, name, ledger, {false, false, &latest})) {}

    runtime::EngineOptions engine_options() const {
        runtime::EngineOptions result;
        result.identity_key = stdlib::alert_identity_key(options.key);
        result.state_bytes = options.memory_bytes;
        return result;
    }

    std::string mark_of_key() const { return stdlib::Pseudonyms(options.key).sensitive("watchword monitor"); }
    Outcome enter(std::string_view employee);
    Outcome push(std::string_view record);
    /// `line` with its end.
    Outcome push_line(std::string_view line);
    Outcome push(stdlib::Produced& produced);
    LinesOutcome push_lines(std::string_view records);
    void add_watch(stdlib::JsonWriter& json, const runtime::WatchView& watch) const;
    Outcome after(runtime::Status status);
    Outcome refuse(Outcome outcome, std::string why) {
        problem = std::move(why);
        return outcome;
    }
    /// The reason that the ledger has got since it was emptied.
    std::string reason() const {
        return ledger.statistics.rejections.empty() ? "it is no record" : ledger.statistics.rejections.begin()->first;
    }

    std::shared_ptr<const Policies> policies;
    MonitorOptions options;
    const runtime::Program& program;
    stdlib::Pseudonyms pseudonyms;
    runtime::Engine engine;
    const std::string name = "record"; ///< of the input; the source keeps a reference
    stdlib::Ledger ledger;
    const std::size_t longest_record = stdlib::InputOptions{}.longest_record;
    stdlib::LatestTime latest;
    stdlib::RecordIds ids;
    std::unique_ptr<stdlib::Source> source;
    stdlib::Arena arena;                     ///< of the record in hand
    std::vector<stdlib::Emission> emissions; ///< of a record of which nothing comes
    std::string unended;                     ///< a line that had no end, with one
    std::uint64_t position = 0;
    std::string problem;
};

Outcome Monitor::State::after(runtime::Status status) {
    if (status == runtime::Status::fine) return Outcome::taken;
    return refuse(Outcome::full, "the memory that watches and kept history may take is used up");
}

Outcome Monitor::State::enter(std::string_view employee) {
    ledger.statistics = {};
    std::string complaint;
    bool entered = false;
    runtime::Status status = runtime::Status::fine;
    const auto enter_one = [&](const runtime::RosterEntry& entry) {
        entered = true;
        if (engine.now() == runtime::beginning)
            complaint = engine.roster().enter(entry);
        else
            status = engine.change_roster(engine.now(), position, entry, &complaint);
        return std::string();
    };
    const std::size_t begin = employee.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || employee[begin] != '{')
        return refuse(Outcome::rejected, "it is no JSON object");
    const std::string_view line = employee.substr(begin, employee.find_last_not_of(" \t\r\n") + 1 - begin);
    if (line.find('\n') != std::string_view::npos) return refuse(Outcome::rejected, "it is more than one line");
    stdlib::read_roster(program, stdlib::Contents::of(std::string(line)), name, longest_record, ledger, enter_one);
    if (!entered)
        return refuse(Outcome::rejected,
                      ledger.statistics.errors.empty() ? reason() : ledger.statistics.errors.front());
    if (status == runtime::Status::fine && !complaint.empty()) return refuse(Outcome::taken_in_part, complaint);
    return after(status);
}

Outcome Monitor::State::push(std::string_view record) {
    if (record.size() > longest_record) return refuse(Outcome::rejected, stdlib::too_long(longest_record));
    while (record.ends_with('\n') || record.ends_with('\r')) record.remove_suffix(1);
    if (record.find('\n') != std::string_view::npos) return refuse(Outcome::rejected, "it is more than one line");
    unended.assign(record).push_back('\n'); // the decoder may read as far as the end of the line
    return push_line(unended);
}

Outcome Monitor::State::push_line(std::string_view line) {
    ledger.statistics = {};
    arena.reset();
    stdlib::Produced produced;
    if (source->produce({line, 1, 0}, 0, arena, produced)) return push(produced);
    // its time counts for what comes behind it all the same, as in the command's inputs
    const runtime::Time time = stdlib::newest_time_of(*source, ledger, {line, 1, 0}, emissions);
    if (time > engine.now())
        if (const runtime::Status status = engine.pass(time); status != runtime::Status::fine) return after(status);
    return ledger.statistics.unused != 0 ? Outcome::unused : refuse(Outcome::rejected, reason());
}

LinesOutcome Monitor::State::push_lines(std::string_view records) {
    LinesOutcome result;
    while (!records.empty() && !result.full) {
        const std::string_view line = records.substr(0, stdlib::line_extent(records, true));
        records.remove_prefix(line.size());
        ++result.lines;
        if (stdlib::is_blank(line)) continue;
        const bool is_whole = line.ends_with('\n') && line.size() <= longest_record;
        switch (is_whole ? push_line(line) : push(line)) {
        case Outcome::taken:
        case Outcome::taken_in_part:
            ++result.taken;
            break;
        case Outcome::unused:
            ++result.unused;
            break;
        case Outcome::late:
            ++result.late;
            break;
        case Outcome::rejected:
            if (result.rejected++ == 0) result.first_rejected = result.lines, result.problem = problem;
            break;
        case Outcome::full:
            result.full = true;
            break;
        }
    }
    return result;
}

Outcome Monitor::State::push(stdlib::Produced& produced) {
    runtime::Event& event = produced.event;
    const runtime::EventSchema& schema = program.events[event.type];
    const runtime::Time now = engine.now();
    if (event.time < now) {
        if (!schema.never_late) return refuse(Outcome::late, "a later record came before it");
        event.time = now;
    }
    if (!produced.has_id) ids.name(produced, arena);
    event.position = ++position;
    return after(engine.push(event));
}

Monitor::Monitor(std::shared_ptr<const Policies> policies, MonitorOptions options)
    : state_(std::make_unique<State>(std::move(policies), std::move(options))) {}
Monitor::~Monitor() = default;
Monitor::Monitor(Monitor&& other) noexcept = default;
Monitor& Monitor::operator=(Monitor&& other) noexcept = default;

Outcome Monitor::enter(std::string_view employee) { return state_->enter(employee); }
Outcome Monitor::push(std::string_view record) { return state_->push(record); }
LinesOutcome Monitor::push_lines(std::string_view records) { return state_->push_lines(records); }

void Monitor::allow_until(std::int64_t latest) { state_->latest.set(latest); }

Outcome Monitor::advance(std::int64_t time) {
    if (time <= state_->engine.now()) return Outcome::taken;
    if (!state_->latest.allows(time)) return state_->refuse(Outcome::rejected, std::string(stdlib::in_the_future));
    return state_->after(state_->engine.advance(time));
}

std::string Monitor::take_alerts() {
    std::string out;
    std::vector<runtime::Alert>& alerts = state_->engine.alerts();
    for (const runtime::Alert& alert : alerts)
        stdlib::append_ndjson(out, alert, {state_->program, state_->pseudonyms, false});
    alerts.clear();
    return out;
}

const std::string& Monitor::problem() const { return state_->problem; }

double Monitor::score(std::string_view policy, std::string_view account) const {
    const runtime::Engine& engine = state_->engine;
    const runtime::PersonId person = engine.roster().find(account);
    for (std::uint32_t number = 0; number < state_->program.policies.size(); ++number)
        if (state_->program.policies[number].name == policy && person != runtime::nobody)
            return engine.score(number, person, engine.now());
    return 0;
}

void Monitor::State::add_watch(stdlib::JsonWriter& json, const runtime::WatchView& watch) const {
    const auto add_time = [&](std::string_view key, runtime::Time time) {
        json.key(key);
        if (time == runtime::never || time == runtime::beginning) return json.null();
        json.text(runtime::show_time(time));
    };
    json.begin_object();
    json.member("policy", program.policies[watch.policy].name);
    json.member("subject", pseudonyms.person(engine.roster().id(watch.person)));
    json.member("active", watch.active);
    add_time("anchor", watch.anchor);
    add_time("from", watch.from);
    add_time("to", watch.to);
    json.key("score");
    json.raw(runtime::show_score(engine.score(watch.policy, watch.person, engine.now())));
    json.end_object();
}

std::string Monitor::open_watches() const {
    std::string out;
    for (runtime::PersonId person = 0; person < state_->engine.roster().size(); ++person)
        for (const runtime::WatchView& watch : state_->engine.watches(person)) {
            stdlib::JsonWriter json{out};
            state_->add_watch(json, watch);
            out += '\n';
        }
    return out;
}

// A snapshot of kind M: mark of the key · records pushed · ids given · engine.
std::string Monitor::save() const {
    runtime::SnapshotWriter out;
    out.text(state_->mark_of_key());
    out.number(state_->position);
    state_->ids.save(out);
    out.text(state_->engine.snapshot());
    return runtime::seal_snapshot(runtime::SnapshotKind::monitor, state_->program, out.bytes());
}

std::string Monitor::restore(std::string_view saved) {
    runtime::SnapshotContext context{state_->program, 0, nullptr, nullptr, {}};
    const std::string_view body =
        runtime::open_snapshot(saved, runtime::SnapshotKind::monitor, state_->program, context.error);
    runtime::SnapshotReader in{body, context};
    const std::string_view key = in.text();
    if (in.ok() && key != state_->mark_of_key()) return "it was saved with another key";
    const std::uint64_t position = in.number();
    stdlib::RecordIds ids{state_->program};
    ids.load(in);
    const std::string_view engine = in.text();
    if (in.ok()) in.expect(in.over(), "it has more than it should");
    if (!in.ok()) return context.error;
    if (std::string problem = state_->engine.restore(engine); !problem.empty()) return problem;
    state_->position = position;
    state_->ids = std::move(ids);
    return {};
}

} // namespace watchword
