// The loop itself, and what only it can tell: which records speak of people whom nobody knows.
#include "stdlib/runner.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

namespace watchword::stdlib {

namespace {

constexpr std::size_t batch_size = 256;
constexpr std::size_t account_samples = 5;
constexpr std::uint64_t events_between_progress = 4096;

class Run {
public:
    Run(const runtime::Program& program, RunOptions options, Sink& sink)
        : program_(program), options_(std::move(options)), sink_(sink), engine_(program, options_.engine),
          input_(program, options_.input,
                 [this](const runtime::RosterEntry& entry) { return engine_.roster().enter(entry); }),
          needs_person_(person_needed()) {}

    RunSummary run() {
        const auto start = std::chrono::steady_clock::now();
        if (!options_.input.rosters.empty()) engine_.roster().require();
        const bool opened = input_.open();
        feed();
        if (summary_.end == RunEnd::input_over && (!opened || !input_.statistics().errors.empty()))
            summary_.end = RunEnd::input_failed;
        if (!sink_.flush()) fail_output();
        summary_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        summary_.input = input_.statistics();
        summary_.engine = engine_.statistics();
        summary_.has_roster = engine_.roster().required();
        summary_.employees = engine_.roster().employees();
        return std::move(summary_);
    }

private:
    void feed() {
        std::array<InputEvent, batch_size> batch;
        std::uint64_t next_progress = 0;
        while (const std::size_t count = input_.next(batch)) {
            for (std::size_t i = 0; i < count; ++i)
                if (!push(batch[i])) return;
            if (too_many_rejected()) return end(RunEnd::stopped);
            if (options_.progress && engine_.statistics().events >= next_progress) {
                next_progress = engine_.statistics().events + events_between_progress;
                if (!options_.progress({engine_.statistics().events, usable_records(), summary_.last}))
                    return end(RunEnd::cancelled);
            }
        }
        if (too_many_rejected()) return end(RunEnd::stopped);
        if (!options_.until || *options_.until < summary_.last) return;
        if (engine_.advance(*options_.until) != runtime::Status::fine) end(RunEnd::limit);
        pour_alerts();
    }

    bool push(const InputEvent& input) {
        const runtime::Statistics& statistics = engine_.statistics();
        const std::uint64_t unknown = statistics.unknown_people;
        const std::uint64_t nobody = statistics.without_subject;
        const runtime::Status status = engine_.push(input.event);
        summary_.first = std::min(summary_.first, input.event.time);
        summary_.last = std::max(summary_.last, input.event.time);
        if (statistics.unknown_people != unknown) note_unknown(input);
        if (statistics.without_subject != nobody && needs_person_[input.event.type]) input_.reject(input, "no person");
        if (!engine_.alerts().empty() && !pour_alerts()) return false;
        if (status == runtime::Status::fine) return true;
        end(RunEnd::limit);
        return false;
    }

    bool pour_alerts() {
        for (const runtime::Alert& alert : engine_.alerts()) {
            if (alert.kind == runtime::RecordKind::action_end)
                ++summary_.action_ends;
            else
                ++summary_.alerts;
            if (alert.kind == runtime::RecordKind::alert && alert.policy >= program_.policies.size())
                ++summary_.risk_alerts[static_cast<std::size_t>(alert.level)];
            if (!sink_.write(alert)) fail_output();
        }
        engine_.alerts().clear();
        if (summary_.end == RunEnd::input_over && !sink_.flush()) fail_output();
        return summary_.end == RunEnd::input_over;
    }

    /// A trigger that names nobody known is a fault of the data worth its line; activity of strangers is only counted.
    void note_unknown(const InputEvent& input) {
        if (needs_person_[input.event.type]) input_.reject(input, "unknown person");
        std::vector<std::string>& samples = summary_.unknown_accounts;
        if (samples.size() < account_samples &&
            std::find(samples.begin(), samples.end(), input.event.subject) == samples.end())
            samples.emplace_back(input.event.subject);
    }

    /// Event types that open, close or change something for one person: all but those that open for a group.
    std::vector<bool> person_needed() const {
        std::vector<bool> result;
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
    void fail_output() {
        summary_.end = RunEnd::output_failed;
        summary_.problem = sink_.problem();
    }

    const runtime::Program& program_;
    RunOptions options_;
    Sink& sink_;
    runtime::Engine engine_;
    Input input_;
    std::vector<bool> needs_person_;
    RunSummary summary_;
};

} // namespace

RunSummary run(const runtime::Program& program, RunOptions options, Sink& sink) {
    return Run{program, std::move(options), sink}.run();
}

} // namespace watchword::stdlib
