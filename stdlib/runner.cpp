// The loop itself, and what only it can tell: which records speak of people whom nobody knows.
#include "stdlib/runner.hpp"

#include "stdlib/run_state.hpp"
#include "stdlib/shards.hpp"
#include "stdlib/sources/bytes.hpp"
#include "stdlib/temporary_blocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace watchword::stdlib {

namespace {

constexpr std::size_t batch_size = 256;
constexpr std::size_t batches_together = 4; ///< on their way to engines in other threads
constexpr std::size_t account_samples = 5;
constexpr std::uint64_t events_between_progress = 4096;

bool brings_employees(const runtime::Program& program, const InputFile& input) {
    const runtime::SourcePlan* const source = program.find_source(input.source);
    return source != nullptr &&
           std::any_of(source->emits.begin(), source->emits.end(), [](const auto& emit) { return emit.employee; });
}
bool brings_employees(const runtime::Program& program, const InputOptions& options) {
    return std::any_of(options.inputs.begin(), options.inputs.end(),
                       [&](const InputFile& input) { return brings_employees(program, input); });
}

/// Employees that come along with a stream change the roster while engines run.
bool streams_bring_employees(const runtime::Program& program, const InputOptions& options) {
    return std::any_of(options.inputs.begin(), options.inputs.end(), [&](const InputFile& input) {
        return (options.sorted || !is_regular_file(input.path)) && brings_employees(program, input);
    });
}

/// Batches of events that must stay, the one in hand among them.
std::size_t batches_kept(const RunOptions& options) {
    return options.threads > 1 ? batches_together * (Shards::in_flight + 1) + 1 : 1;
}

InputOptions input_options(const runtime::Program& program, const RunOptions& options, Crew& crew,
                           const Sharing& sharing) {
    InputOptions result = options.input;
    // of several inputs what comes next is asked for before it is taken: then it is decoded only once
    result.crew = options.threads > 1 || options.input.inputs.size() > 1 ? &crew : nullptr;
    result.batches_kept = static_cast<std::uint32_t>(batches_kept(options));
    // What the decoders know of names must not change any more. And where a run stops at a record that is rejected, how
    // far it came must not depend on where blocks begin.
    const bool may_stop = options.stop_on_error || options.max_rejected;
    if (options.threads > 1 && !may_stop && !brings_employees(program, options.input)) result.sharing = &sharing;
    return result;
}

class Run {
public:
    Run(const runtime::Program& program, RunOptions options, Sink& sink)
        : program_(program), options_(with_state(std::move(options))), sink_(sink), history_(options_.input.temporary),
          crew_(options_.threads), sharing_(program, options_.threads), batches_(batches_kept(options_)),
          input_(program, input_options(program, options_, crew_, sharing_),
                 [this](const runtime::RosterEntry& entry) { return enter(entry); }),
          needs_person_(person_needed()) {
        if (options_.engine.history_store == nullptr) options_.engine.history_store = &history_;
        if (options_.threads > 1)
            shards_.emplace(program, options_.engine, crew_, sharing_);
        else
            engine_.emplace(program, options_.engine);
    }

    ~Run() { crew_.stop(); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    RunSummary run() {
        const auto start = std::chrono::steady_clock::now();
        const bool goes_on = go_on();
        if (!options_.input.rosters.empty()) require_roster();
        crew_.start();
        const bool opened = goes_on && input_.open();
        // with a state, time must not go on over an input that cannot be read just now
        if (goes_on && (opened || options_.state.empty())) {
            next_state_ = std::chrono::steady_clock::now() + options_.state_every;
            feed();
            if (shards_ && summary_.end != RunEnd::output_failed) {
                shards_->publish(); // it may have ended within a batch
                shards_->wait();
                pour_alerts();
            }
            if (summary_.end != RunEnd::limit && summary_.end != RunEnd::output_failed) save();
        }
        if (summary_.end == RunEnd::input_over && (!opened || !input_.statistics().errors.empty()))
            summary_.end = RunEnd::input_failed;
        if (!sink_.flush()) fail_output();
        summary_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        input_.conclude();
        summary_.input = input_.statistics();
        tell_of_history();
        summary_.engine = shards_ ? shards_->statistics() : engine_->statistics();
        summary_.has_roster = shards_ ? shards_->has_roster() : engine_->roster().required();
        if (summary_.has_roster) summary_.employees = shards_ ? shards_->employees() : engine_->roster().employees();
        if (options_.process_ends && engine_) leave(std::move(*engine_));
        if (options_.process_ends && shards_) Shards::leave(std::move(*shards_));
        return std::move(summary_);
    }

private:
    static RunOptions with_state(RunOptions options) {
        if (options.state.empty()) return options;
        options.input.resumable = true;
        options.input.append_dead_letter = std::filesystem::exists(options.state);
        return options;
    }

    void tell_of_history() {
        summary_.history_file_bytes = history_.most_bytes();
        if (!history_.put_error().empty()) summary_.input.notes.push_back(history_.put_error());
        if (history_.get_error().empty()) return;
        summary_.input.errors.push_back(history_.get_error());
        if (summary_.end == RunEnd::input_over) summary_.end = RunEnd::input_failed;
    }

    static void leave(runtime::Engine engine) {
        static auto& left = *new std::vector<runtime::Engine>; // never destroyed
        left.push_back(std::move(engine));
    }

    /// What is known of the state file; true if it is of use or there is none yet.
    bool go_on() {
        if (options_.state.empty()) return true;
        std::optional<std::string> bytes;
        if (const std::string problem = state_file_.open(options_.state, bytes); !problem.empty()) {
            fail_state(problem);
            return false;
        }
        if (!bytes) return true;
        const std::string problem =
            load_run(*bytes, *engine_, input_, summary_, program_, options_.engine.identity_key);
        if (problem.empty()) return true;
        fail_state(fmt::format("cannot go on from `{}`: {}", options_.state, problem));
        return false;
    }

    /// Alerts come first: those after the last state come again, those before it are never lost.
    bool save() {
        if (options_.state.empty()) return true;
        if (!sink_.sync()) {
            fail_output();
            return false;
        }
        input_.sync();
        const std::string state = save_run(*engine_, input_, summary_, program_, options_.engine.identity_key);
        // what is there is better than one that lacks what could not be read back
        const std::string problem = history_.get_error().empty() ? state_file_.replace(state) : history_.get_error();
        if (!problem.empty()) fail_state(problem);
        return problem.empty();
    }

    bool save_now_and_then() {
        if (options_.state.empty() || std::chrono::steady_clock::now() < next_state_) return true;
        const auto begun = std::chrono::steady_clock::now();
        const bool saved = save();
        const auto ended = std::chrono::steady_clock::now();
        // A state that takes longer to write than it is to be valid leaves half of the time to the run.
        next_state_ = std::max(begun + options_.state_every, ended + (ended - begun));
        return saved;
    }

    std::string enter(const runtime::RosterEntry& entry) {
        if (shards_) return shards_->enter(entry);
        if (engine_->now() == runtime::beginning) return engine_->roster().enter(entry);
        std::string complaint;
        engine_->change_roster(engine_->now(), engine_->statistics().events, entry, &complaint);
        return complaint;
    }
    void require_roster() {
        if (shards_)
            shards_->require_roster();
        else
            engine_->roster().require();
    }

    void feed() {
        std::uint64_t next_progress = 0;
        for (std::size_t turn = 0;; ++turn) {
            const Block* const block = input_.peek_block();
            const std::optional<bool> fed =
                block != nullptr && takes(*block) ? feed_block() : feed_batch(batches_[turn % batches_.size()]);
            if (!fed) break;
            if (!*fed) return;
            if (too_many_rejected()) return end(RunEnd::stopped);
            if (!save_now_and_then()) return;
            if (options_.progress && pushed_ >= next_progress) {
                next_progress = pushed_ + events_between_progress;
                if (!options_.progress({pushed_, usable_records(), summary_.last})) return end(RunEnd::cancelled);
            }
        }
        if (options_.input.stop != nullptr && options_.input.stop->load()) return end(RunEnd::cancelled);
        if (too_many_rejected()) return end(RunEnd::stopped);
        if (shards_ && !send(false)) return;
        if (!options_.input.until || *options_.input.until < summary_.last) return;
        if (shards_)
            shards_->advance(*options_.input.until);
        else if (engine_->advance(*options_.input.until) != runtime::Status::fine)
            end(RunEnd::limit);
        if (!shards_) pour_alerts();
    }

    /// False: the run is over.
    bool feed_block() {
        pause_if_wanted();
        push(input_.take_block());
        return send(true);
    }

    /// The same; nullopt: nothing comes any more.
    std::optional<bool> feed_batch(std::array<InputEvent, batch_size>& batch) {
        // alerts of what was pushed do not wait for what comes from outside
        if (is_busy_ && input_.would_wait() && !send(false)) return false;
        const std::size_t count = input_.next(batch);
        tell_errors();
        if (count == 0) return std::nullopt;
        pause_if_wanted(); // it may have waited long for these
        for (std::size_t i = 0; i < count; i += runtime::Engine::prepared_together)
            if (!push_some(std::span(batch).subspan(i, std::min(runtime::Engine::prepared_together, count - i))))
                return false;
        return !shards_ || send(count == batch.size() || input_.is_before_block());
    }

    /// Announces them together. False: the run is over.
    bool push_some(std::span<const InputEvent> some) {
        std::array<const runtime::Event*, runtime::Engine::prepared_together> events{};
        for (std::size_t i = 0; i < some.size(); ++i) events[i] = &some[i].event;
        const std::span<const runtime::Event* const> next = std::span(events).first(some.size());
        if (shards_) {
            shards_->prepare(next);
            for (const InputEvent& input : some) push_to_shards(input);
            return true;
        }
        engine_->prepare(next);
        for (std::size_t i = 0; i < some.size();) {
            const std::size_t quiet = engine_->push_quiet();
            for (const InputEvent& input : some.subspan(i, quiet)) note(input.event);
            if (quiet != 0 && !engine_->alerts().empty() && !pour_alerts()) return false;
            i += quiet;
            if (i < some.size() && !push(some[i++])) return false;
        }
        return true;
    }

    /// A run that goes on for weeks does not wait for its end with that.
    void tell_errors() {
        const std::vector<std::string>& errors = input_.statistics().errors;
        for (; options_.on_error && told_errors_ < errors.size(); ++told_errors_)
            options_.on_error(errors[told_errors_]);
    }

    void pause_if_wanted() {
        if (!options_.pause_wanted || !options_.pause_wanted()) return;
        if (shards_) {
            shards_->publish();
            shards_->wait();
        }
        crew_.stop(); // who decodes ahead reads lists too
        options_.pause();
        crew_.start();
    }

    void note(const runtime::Event& event) {
        ++pushed_;
        summary_.first = std::min(summary_.first, event.time);
        summary_.last = std::max(summary_.last, event.time);
    }

    bool push(const InputEvent& input) {
        const runtime::Statistics& statistics = engine_->statistics();
        const std::uint64_t unknown = statistics.unknown_people;
        const std::uint64_t nobody = statistics.without_subject;
        const runtime::Status status = engine_->push(input.event);
        note(input.event);
        if (statistics.unknown_people != unknown) note_unknown(input);
        if (statistics.without_subject != nobody && needs_person_[input.event.type]) input_.reject(input, "no person");
        if (!engine_->alerts().empty() && !pour_alerts()) return false;
        if (status == runtime::Status::fine) return true;
        end(RunEnd::limit);
        return false;
    }

    /// Nothing has to be said of any record.
    bool takes(const Block& block) const {
        return shards_->takes(block) && std::none_of(block.strangers.begin(), block.strangers.end(),
                                                     [&](const auto* event) { return needs_person_[event->type]; });
    }

    void push(Block& block) {
        for (const runtime::Event* const stranger : block.strangers) note_unknown(stranger->subject);
        shards_->push(block);
        pushed_ += block.events;
        summary_.first = std::min(summary_.first, block.first);
        summary_.last = std::max(summary_.last, block.last);
    }

    void push_to_shards(const InputEvent& input) {
        const Shards::Subject subject = shards_->push(input.event);
        note(input.event);
        if (subject == Shards::Subject::stranger) note_unknown(input);
        if (subject == Shards::Subject::nobody && needs_person_[input.event.type]) input_.reject(input, "no person");
    }

    /// Sends on their way what was pushed, several batches of a busy input together. Of an input that is not busy, the
    /// alerts do not wait for what comes next.
    bool send(bool busy) {
        is_busy_ = busy;
        if (busy && ++together_ < batches_together) return true;
        together_ = 0;
        shards_->publish();
        if (!busy) shards_->wait();
        if (shards_->limit_hit()) end(RunEnd::limit);
        return pour_alerts() && !shards_->limit_hit();
    }

    bool pour_alerts() {
        std::vector<runtime::Alert>& alerts = shards_ ? shards_->alerts() : engine_->alerts();
        if (alerts.empty()) return true;
        for (const runtime::Alert& alert : alerts) {
            if (alert.kind == runtime::RecordKind::action_end)
                ++summary_.action_ends;
            else
                ++summary_.alerts;
            if (alert.kind == runtime::RecordKind::alert && alert.policy >= program_.policies.size())
                ++summary_.risk_alerts[static_cast<std::size_t>(alert.level)];
            if (!sink_.write(alert)) fail_output();
        }
        alerts.clear();
        if (summary_.end == RunEnd::input_over && !sink_.flush()) fail_output();
        return summary_.end == RunEnd::input_over;
    }

    /// A trigger that names nobody known is a fault of the data worth its line; activity of strangers is only counted.
    void note_unknown(const InputEvent& input) {
        if (needs_person_[input.event.type]) input_.reject(input, "unknown person");
        note_unknown(input.event.subject);
    }
    void note_unknown(std::string_view account) {
        std::vector<std::string>& samples = summary_.unknown_accounts;
        if (samples.size() < account_samples && std::find(samples.begin(), samples.end(), account) == samples.end())
            samples.emplace_back(account);
    }

    /// Event types that open, close or change something for one person: all but those that open for a group.
    std::vector<bool> person_needed() const {
        std::vector<bool> result;
        result.reserve(program_.events.size());
        for (const runtime::EventSchema& schema : program_.events)
            result.push_back(schema.never_late && schema.subject != runtime::no_slot);
        for (const runtime::PolicyPlan& policy : program_.policies)
            for (const runtime::TriggerPlan& trigger : policy.triggers)
                if (trigger.kind == runtime::TriggerKind::event && trigger.is_group) result[trigger.source] = false;
        return result;
    }

    std::uint64_t usable_records() const {
        const InputStatistics& input = input_.statistics();
        const std::uint64_t unusable = input.rejected + input.unused + input.unmatched + input.employees;
        return input.records > unusable ? input.records - unusable : 0;
    }

    bool too_many_rejected() const {
        const std::uint64_t rejected = input_.statistics().rejected;
        if (options_.stop_on_error && rejected != 0) return true;
        return options_.max_rejected && rejected > *options_.max_rejected;
    }

    void end(RunEnd why) { summary_.end = why; }
    void fail_state(std::string problem) {
        summary_.end = RunEnd::state_failed;
        summary_.problem = std::move(problem);
    }
    void fail_output() {
        summary_.end = RunEnd::output_failed;
        summary_.problem = sink_.problem();
    }

    const runtime::Program& program_;
    RunOptions options_;
    Sink& sink_;
    StateFile state_file_;
    TemporaryBlocks history_; ///< before the engines, which drop what they have in it
    Crew crew_;
    Sharing sharing_;                                         ///< among its threads
    std::vector<std::array<InputEvent, batch_size>> batches_; ///< filled in turn
    std::optional<runtime::Engine> engine_;                   ///< of one thread
    std::optional<Shards> shards_;                            ///< of several; the crew reads `batches_`
    Input input_;
    std::vector<bool> needs_person_;
    RunSummary summary_;
    std::uint64_t pushed_ = 0;
    std::size_t told_errors_ = 0; ///< of the input's
    std::size_t together_ = 0;    ///< full batches that were not sent on their way yet
    bool is_busy_ = false;        ///< alerts of what was sent have not all come
    std::chrono::steady_clock::time_point next_state_;
};

} // namespace

RunSummary run(const runtime::Program& program, RunOptions options, Sink& sink) {
    if (streams_bring_employees(program, options.input) || !options.state.empty()) options.threads = 1;
    return Run{program, std::move(options), sink}.run();
}

} // namespace watchword::stdlib
