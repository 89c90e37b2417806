// One replay of everything, counted by policy. Thresholds of the findings stand here, and in docs/review.md.
#include "desk/audit.hpp"
#include "desk/replay.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace watchword::desk {

namespace {

using runtime::Program;
using runtime::Time;

constexpr double widest_share = 0.15;                     ///< of the covered people that a policy may watch
constexpr runtime::Duration stale = 7 * runtime::one_day; ///< after so long without a word, HR's feed counts as dead

class Examination {
public:
    Examination(const Program& program, const Stream& stream, const runtime::EngineOptions& engine)
        : program_(program), replay_(program, stream, options(engine)), watched_(program.policies.size()),
          until_(stream.until.value_or(runtime::beginning)) {
        result_.policies.resize(program.policies.size());
    }

    Health run() {
        while (const StreamEvent* event = replay_.head()) {
            const StreamEvent seen = *event;
            const bool more = replay_.next();
            note(seen);
            if (!more) break;
        }
        replay_.finish();
        until_ = std::max(until_, result_.last);
        note_alerts();
        result_.limit = replay_.status() != runtime::Status::fine;
        count_covered();
        for (std::uint32_t policy = 0; policy < program_.policies.size(); ++policy) judge(policy);
        judge_input();
        return std::move(result_);
    }

private:
    static ReplayOptions options(const runtime::EngineOptions& engine) {
        ReplayOptions result;
        result.engine = engine;
        return result;
    }

    void note(const StreamEvent& event) {
        ++result_.events;
        result_.first = std::min(result_.first, event.event.time);
        result_.last = std::max(result_.last, event.event.time);
        const runtime::EventSchema& schema = program_.events[event.event.type];
        if (schema.never_late) newest_word_ = std::max(newest_word_, event.event.time);
        note_alerts();
        // Watches open at triggers, and at alerts of other policies; both at an event of the person, or of everybody.
        if (opened_before_ != opened()) {
            opened_before_ = opened();
            note_watches();
        }
        if (result_.events % 1024 == 1) note_memory();
    }

    void note_alerts() {
        for (const runtime::Alert& alert : replay_.engine().alerts())
            if (alert.kind == runtime::RecordKind::alert && alert.policy < result_.policies.size())
                ++result_.policies[alert.policy].alerts;
        replay_.engine().alerts().clear();
    }

    std::uint64_t opened() {
        std::uint64_t sum = 0;
        for (const runtime::PolicyStatistics& one : replay_.engine().statistics().policies) sum += one.opened;
        return sum;
    }

    void note_watches() {
        runtime::Engine& engine = replay_.engine();
        std::uint64_t open = 0;
        for (runtime::PersonId person = 0; person < engine.roster().size(); ++person)
            for (const runtime::WatchView& watch : engine.watches(person)) {
                watched_[watch.policy].insert(person);
                ++open;
            }
        if (open > result_.peak_watches) result_.peak_watches = open;
        note_memory();
    }

    void note_memory() { result_.peak_bytes = std::max(result_.peak_bytes, replay_.engine().state_bytes()); }

    void count_covered() {
        const runtime::Roster& roster = replay_.engine().roster();
        runtime::Interpreter interpreter{program_, &roster};
        for (runtime::PersonId person = 0; person < roster.size(); ++person) {
            if (!roster.is_employee(person)) continue;
            ++result_.people;
            runtime::Frame frame;
            frame.attributes = roster.attributes(person);
            frame.subject = person;
            frame.time = frame.stated = until_;
            for (std::size_t policy = 0; policy < program_.policies.size(); ++policy)
                if (interpreter.holds(program_.policies[policy].covers, frame))
                    ++result_.policies[policy].covered_people;
            interpreter.reset();
        }
    }

    void judge(std::uint32_t policy) {
        const runtime::PolicyPlan& plan = program_.policies[policy];
        const runtime::PolicyStatistics& statistics = replay_.engine().statistics().policies[policy];
        PolicyHealth& health = result_.policies[policy];
        health.opened = statistics.opened;
        health.watched_people = watched_[policy].size();
        if (statistics.opened == 0)
            health.findings.push_back(
                statistics.not_covered != 0
                    ? fmt::format("never opened: {} triggers were about people whom it does not cover",
                                  statistics.not_covered)
                    : std::string{"never opened: no trigger came"});
        const double share = health.covered_people == 0 ? 0
                                                        : static_cast<double>(health.watched_people) /
                                                              static_cast<double>(health.covered_people);
        if (!plan.always && share > widest_share)
            health.findings.push_back(
                fmt::format("its triggers hit {} of {} covered people, {:.0f} %: more than 15 % is "
                            "no exception any more",
                            health.watched_people, health.covered_people, share * 100));
        if (statistics.already_over != 0)
            health.findings.push_back(
                fmt::format("{} triggers came after their own watch would have ended", statistics.already_over));
        if (plan.expires && *plan.expires <= until_)
            health.findings.push_back(fmt::format("expired on {}", runtime::show_time(*plan.expires).substr(0, 10)));
        judge_exceptions(plan.exceptions, health);
        for (const runtime::SignalPlan& signal : plan.signals) judge_exceptions(signal.exceptions, health);
    }

    void judge_exceptions(const std::vector<runtime::ExceptionPlan>& exceptions, PolicyHealth& health) const {
        for (const runtime::ExceptionPlan& one : exceptions)
            if (one.until <= until_)
                health.findings.push_back(fmt::format("the exception \"{}\" ended on {}; {} answers for it", one.reason,
                                                      runtime::show_time(one.until).substr(0, 10), one.owner));
    }

    void judge_input() {
        if (result_.events == 0) return result_.findings.push_back("there was no event that some policy reads");
        if (newest_word_ == runtime::beginning)
            result_.findings.push_back("there was no record of a type that opens or closes a watch");
        else if (until_ - newest_word_ > stale)
            result_.findings.push_back(fmt::format(
                "the newest word from HR is of {}, {} days before {}", runtime::show_time(newest_word_).substr(0, 10),
                (until_ - newest_word_) / runtime::one_day, until_ == result_.last ? "the last event" : "the end"));
        if (result_.limit)
            result_.findings.push_back("the memory limit was reached: what came after was not looked at");
    }

    const Program& program_;
    Replay replay_;
    Health result_;
    std::vector<std::set<runtime::PersonId>> watched_;
    std::uint64_t opened_before_ = 0;
    Time newest_word_ = runtime::beginning;
    Time until_; ///< up to when all of it is judged
};

} // namespace

Health health(const Program& program, const Stream& stream, const runtime::EngineOptions& engine) {
    return Examination{program, stream, engine}.run();
}

} // namespace watchword::desk
