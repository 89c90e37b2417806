// A policy's own cost is what a program with it alone takes more than one without any: what policies share (decoding,
// the clock, the roster) is nobody's.
#include "desk/profile.hpp"

#include "desk/processor_time.hpp"
#include "desk/replay.hpp"
#include "runtime/policy_shape.hpp"
#include "stdlib/sources/json_scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace watchword::desk {

namespace {

using runtime::PolicyPlan;
using runtime::Program;

/// Which policies' alerts open a policy, and so on back; not itself.
std::vector<bool> openers_of(const Program& program, std::size_t policy) {
    std::vector<bool> found(program.policies.size(), false);
    std::vector<std::size_t> asked{policy};
    while (!asked.empty()) {
        const std::size_t next = asked.back();
        asked.pop_back();
        for (const runtime::TriggerPlan& trigger : program.policies[next].triggers)
            if (trigger.kind == runtime::TriggerKind::alert && !found[trigger.source]) {
                found[trigger.source] = true;
                asked.push_back(trigger.source);
            }
    }
    found[policy] = false;
    return found;
}

/// Leaves only these policies; all whose alerts open one of them must be among them.
void leave(Program& program, const std::vector<bool>& needed) {
    std::vector<std::uint32_t> place(program.policies.size(), 0);
    std::vector<PolicyPlan> left;
    for (std::size_t policy = 0; policy < needed.size(); ++policy) {
        place[policy] = static_cast<std::uint32_t>(left.size());
        if (needed[policy]) left.push_back(std::move(program.policies[policy]));
    }
    for (PolicyPlan& policy : left)
        for (runtime::TriggerPlan& trigger : policy.triggers)
            if (trigger.kind == runtime::TriggerKind::alert) trigger.source = place[trigger.source];
    program.policies = std::move(left);
    program.risk.reset();
}

/// Nothing is offered to the signal any more.
void silence(runtime::SignalPlan& signal) {
    signal.inputs.clear();
    signal.sequence.reset();
}

struct Run {
    double seconds = 0;
    std::size_t state_bytes = 0;
    std::uint64_t alerts = 0, watches = 0; ///< of the policy called `name`
};

Run time_run(const Program& program, const Stream& stream, std::string_view name) {
    Run run;
    Replay replay(program, stream);
    const double begin = processor_seconds();
    replay.run();
    run.seconds = processor_seconds() - begin;
    for (const runtime::Alert& alert : replay.engine().alerts())
        if (alert.kind == runtime::RecordKind::alert && alert.policy < program.policies.size() &&
            program.policies[alert.policy].name == name)
            ++run.alerts;
    run.state_bytes = replay.engine().state_bytes();
    for (std::size_t i = 0; i < program.policies.size(); ++i)
        if (program.policies[i].name == name) run.watches = replay.engine().statistics().policies[i].opened;
    return run;
}

Run fastest(const Program& program, const Stream& stream, std::string_view name, std::uint32_t rounds) {
    Run best = time_run(program, stream, name);
    for (std::uint32_t round = 1; round < rounds; ++round)
        best.seconds = std::min(best.seconds, time_run(program, stream, name).seconds);
    return best;
}

/// Filled a step of a sequence, or ended a match.
bool has_done_something(runtime::recorded::StepOutcome outcome) {
    using enum runtime::recorded::StepOutcome;
    return outcome == filled || outcome == completed || outcome == killed || outcome == cleared;
}

/// Whether the engine, when nobody records, offers a signal the event in hand at all: what its recording says is that,
/// as it says why not too, it was offered.
class Offered {
public:
    explicit Offered(const Program& program) : shape_(program, runtime::EngineOptions{}.patterns_together) {}

    void begin(const runtime::Event& event) {
        event_ = &event;
        is_found_ = false;
    }
    bool operator()(const runtime::RecordedStep& step, std::uint32_t signal) {
        // what was kept is not looked up, nor are the hits of other signals, nor that nothing came
        if (step.lookback || step.event.empty() || step.position != event_->position) return true;
        if (!std::exchange(is_found_, true)) {
            candidates_.clear();
            shape_.guards.find(event_->type, event_->fields, candidates_);
        }
        return std::binary_search(candidates_.begin(), candidates_.end(), runtime::Candidate{step.policy, signal});
    }

private:
    runtime::ProgramShape shape_;
    const runtime::Event* event_ = nullptr;
    bool is_found_ = false;
    std::vector<runtime::Candidate> candidates_;
};

void count(const runtime::RecordedStep& step, std::vector<SignalCost>& signals, Offered& offered) {
    const auto hear = [&](std::uint32_t signal, bool matched) {
        SignalCost& cost = signals[signal];
        ++cost.heard;
        cost.candidates += offered(step, signal) ? 1 : 0;
        cost.matched += matched ? 1 : 0;
    };
    if (const auto* offer = std::get_if<runtime::recorded::Offer>(&step.what)) {
        hear(offer->signal, offer->matched);
        signals[offer->signal].evaluations += offer->decided ? 1 : 0;
    } else if (const auto* tried = std::get_if<runtime::recorded::Step>(&step.what)) {
        hear(tried->signal, has_done_something(tried->outcome));
    } else if (const auto* hit = std::get_if<runtime::recorded::Hit>(&step.what)) {
        ++signals[hit->signal].hits;
    }
}

std::vector<std::vector<SignalCost>> count_signals(const Program& program, const Stream& stream) {
    std::vector<std::vector<SignalCost>> costs;
    for (const PolicyPlan& policy : program.policies)
        for (std::vector<SignalCost>& signals = costs.emplace_back();
             const runtime::SignalPlan& signal : policy.signals)
            signals.emplace_back().name = signal.name;
    runtime::Recording recording;
    ReplayOptions options;
    options.recording = &recording;
    Replay replay(program, stream, options);
    Offered offered(program);
    const auto take_steps = [&] {
        for (const runtime::RecordedStep& step : recording.steps)
            if (step.policy < costs.size()) count(step, costs[step.policy], offered);
        recording.steps.clear();
        replay.engine().alerts().clear();
    };
    while (const StreamEvent* const head = replay.head()) {
        offered.begin(head->event);
        if (!replay.next()) break;
        take_steps();
    }
    replay.finish();
    take_steps();
    return costs;
}

/// The signal that takes most of the policy's time; of a policy that was not taken apart, the one asked most often.
const SignalCost* dearest_of(const PolicyCost& cost) {
    const SignalCost* dearest = nullptr;
    for (const SignalCost& signal : cost.signals)
        if (dearest == nullptr || std::pair(signal.seconds.value_or(0), signal.candidates) >
                                      std::pair(dearest->seconds.value_or(0), dearest->candidates))
            dearest = &signal;
    return dearest;
}

/// The first thing to do about a policy; empty: nothing stands out.
std::string advise(const PolicyPlan& plan, const PolicyCost& cost, std::uint64_t events) {
    const SignalCost* const dearest = dearest_of(cost);
    const bool is_measured = dearest != nullptr && dearest->seconds.has_value();
    if (dearest == nullptr || dearest->candidates == 0 || cost.seconds <= 0) return {};
    if (!is_measured && dearest->candidates * 100 < events) return {};
    const runtime::SignalPlan& signal = plan.signals[static_cast<std::size_t>(dearest - cost.signals.data())];
    const bool filtered =
        !signal.sequence && std::all_of(signal.inputs.begin(), signal.inputs.end(),
                                        [](const auto& input) { return input.where != runtime::no_code; });
    const double passed = static_cast<double>(dearest->matched) / static_cast<double>(dearest->heard);
    const double hitting =
        dearest->matched == 0 ? 0 : static_cast<double>(dearest->hits) / static_cast<double>(dearest->matched);
    const double part = is_measured ? *dearest->seconds / cost.seconds : 0;
    constexpr double much = 0.3; // of the policy's time
    constexpr const char* everybody = "`opens always` watches everybody: open on an event, or narrow `covers`";
    if (is_measured && part < much) return plan.always ? everybody : ""; // its watches as such, then
    if (dearest->matched * 10 < dearest->candidates)
        return fmt::format(
            "`{}` is asked of {} events and lets {} pass: a comparison of a field with a constant, joined "
            "by `and`, keeps it from being asked",
            dearest->name, dearest->candidates, dearest->matched);
    if (!signal.sequence && !filtered && plan.always) return everybody;
    if (!signal.sequence && !filtered && !signal.windows.empty())
        return fmt::format("`{}` has no `where`: every event of its types goes into its windows", dearest->name);
    if (passed > 0.5 && hitting < 0.01)
        return fmt::format("`{}` lets {:.0f} % of its events pass and hits at {:.2f} % of them: tighten its `{}`",
                           dearest->name, passed * 100, hitting * 100, signal.sequence ? "first step" : "where");
    return plan.always ? everybody : "";
}

/// Makes programs with some of the policies, and times them.
class Timing {
public:
    Timing(const MakeProgram& make, const Stream& stream, std::uint32_t rounds)
        : make_(make), stream_(stream), rounds_(rounds) {}

    /// Some policies alone; without one of the signals of `name`, if there is such a one.
    Run alone(const std::vector<bool>& policies, std::string_view name, std::size_t without = SIZE_MAX) const {
        std::optional<Program> program = make_();
        if (!program) return {}; // the policies were changed meanwhile
        for (PolicyPlan& policy : program->policies)
            if (policy.name == name && without < policy.signals.size()) silence(policy.signals[without]);
        leave(*program, policies);
        return fastest(*program, stream_, name, rounds_);
    }
    /// What each signal adds to its policy with those that open it, which took `whole`. One that no event asked for
    /// adds nothing that a clock could tell.
    void measure_signals(const std::vector<bool>& policies, std::string_view name, const Run& whole,
                         std::vector<SignalCost>& signals) const {
        for (std::size_t signal = 0; signal < signals.size(); ++signal) {
            if (signals[signal].candidates == 0) continue;
            const Run run = alone(policies, name, signal);
            signals[signal].seconds = std::max(whole.seconds - run.seconds, 0.0);
            signals[signal].state_bytes = whole.state_bytes - std::min(run.state_bytes, whole.state_bytes);
        }
    }

private:
    const MakeProgram& make_;
    const Stream& stream_;
    std::uint32_t rounds_;
};

/// Policies that take a smaller share of the time are not taken apart.
constexpr double least_share = 0.05;

double share(const PolicyCost& policy, const Profile& profile) {
    double sum = 0;
    for (const PolicyCost& each : profile.policies) sum += each.seconds;
    return sum == 0 ? 0 : policy.seconds / sum;
}

} // namespace

Profile profile(const MakeProgram& make, const Stream& stream, std::uint32_t rounds) {
    Profile result;
    result.events = stream.events.size();
    result.records = stream.input.records;
    result.decode_seconds = stream.reading_seconds;
    const std::optional<Program> whole = make();
    if (!whole) return result;
    const std::size_t count = whole->policies.size();
    std::vector<std::vector<SignalCost>> signals = count_signals(*whole, stream);
    const Run together = fastest(*whole, stream, "", rounds);
    result.seconds = together.seconds;
    result.state_bytes = together.state_bytes;
    const Timing timing(make, stream, rounds);
    const Run base = timing.alone(std::vector<bool>(count, false), "");
    result.base_seconds = base.seconds;
    std::vector<Run> runs;
    std::vector<std::vector<bool>> needed;
    for (std::size_t i = 0; i < count; ++i) {
        const PolicyPlan& plan = whole->policies[i];
        std::vector<bool> policies = openers_of(*whole, i);
        const bool is_opened_by_others = std::find(policies.begin(), policies.end(), true) != policies.end();
        const Run without = is_opened_by_others ? timing.alone(policies, "") : base;
        policies[i] = true;
        const Run& run = runs.emplace_back(timing.alone(policies, plan.name));
        needed.push_back(std::move(policies));
        PolicyCost& cost = result.policies.emplace_back();
        cost.name = plan.name;
        cost.seconds = std::max(run.seconds - without.seconds, 0.0);
        cost.state_bytes = run.state_bytes - std::min(run.state_bytes, is_opened_by_others ? without.state_bytes : 0);
        cost.watches = run.watches;
        cost.alerts = run.alerts;
        cost.signals = std::move(signals[i]);
    }
    for (std::size_t i = 0; i < count; ++i) {
        PolicyCost& cost = result.policies[i];
        if (share(cost, result) >= least_share && result.events != 0)
            timing.measure_signals(needed[i], cost.name, runs[i], cost.signals);
        cost.advice = advise(whole->policies[i], cost, result.events);
    }
    std::stable_sort(result.policies.begin(), result.policies.end(),
                     [](const PolicyCost& left, const PolicyCost& right) { return left.seconds > right.seconds; });
    return result;
}

namespace {

double per_event(double seconds, const Profile& profile) {
    return profile.events == 0 ? 0 : seconds * 1e9 / static_cast<double>(profile.events);
}

double per_record(const Profile& profile) {
    return profile.records == 0 ? 0 : profile.decode_seconds * 1e9 / static_cast<double>(profile.records);
}

std::string shown_seconds(const std::optional<double>& seconds, const Profile& profile) {
    return seconds ? fmt::format("{:.1f}", per_event(*seconds, profile)) : "-";
}

} // namespace

void append_profile_text(std::string& out, const Profile& profile) {
    auto into = std::back_inserter(out);
    fmt::format_to(
        into,
        "{} records, {:.0f} ns each to read and decode; {} events that policies read, ns each: {:.0f} without "
        "policies, {:.0f} with all\n",
        profile.records, per_record(profile), profile.events, per_event(profile.base_seconds, profile),
        per_event(profile.seconds, profile));
    for (const PolicyCost& policy : profile.policies) {
        fmt::format_to(
            into, "\n{}: {:.1f} ns an event, {:.0f} % of the policies' time, {} kB of state, {} watches, {} alerts\n",
            policy.name, per_event(policy.seconds, profile), share(policy, profile) * 100, policy.state_bytes / 1000,
            policy.watches, policy.alerts);
        if (!policy.signals.empty())
            fmt::format_to(into, "  {:<28} {:>10} {:>10} {:>10} {:>11} {:>9} {:>7} {:>8}\n", "signal", "heard",
                           "candidates", "matched", "evaluations", "hits", "ns", "kB");
        for (const SignalCost& signal : policy.signals)
            fmt::format_to(into, "  {:<28} {:>10} {:>10} {:>10} {:>11} {:>9} {:>7} {:>8}\n", signal.name, signal.heard,
                           signal.candidates, signal.matched, signal.evaluations, signal.hits,
                           shown_seconds(signal.seconds, profile),
                           signal.state_bytes ? fmt::format("{}", *signal.state_bytes / 1000) : "-");
        if (!policy.advice.empty()) fmt::format_to(into, "  -> {}\n", policy.advice);
    }
}

void append_profile_json(std::string& out, const Profile& profile) {
    auto into = std::back_inserter(out);
    fmt::format_to(
        into,
        R"({{"records":{},"decode_ns":{:.1f},"events":{},"base_ns":{:.1f},"all_ns":{:.1f},"state_bytes":{},"policies":[)",
        profile.records, per_record(profile), profile.events, per_event(profile.base_seconds, profile),
        per_event(profile.seconds, profile), profile.state_bytes);
    for (const PolicyCost& policy : profile.policies) {
        fmt::format_to(
            into, R"({}{{"policy":{},"ns":{:.1f},"share":{:.3f},"state_bytes":{},"watches":{},"alerts":{},"signals":[)",
            &policy == profile.policies.data() ? "" : ",", stdlib::quote_json(policy.name),
            per_event(policy.seconds, profile), share(policy, profile), policy.state_bytes, policy.watches,
            policy.alerts);
        for (const SignalCost& signal : policy.signals)
            fmt::format_to(
                into,
                R"({}{{"signal":{},"heard":{},"candidates":{},"matched":{},"evaluations":{},"hits":{},"ns":{},"state_bytes":{}}})",
                &signal == policy.signals.data() ? "" : ",", stdlib::quote_json(signal.name), signal.heard,
                signal.candidates, signal.matched, signal.evaluations, signal.hits,
                signal.seconds ? shown_seconds(signal.seconds, profile) : "null",
                signal.state_bytes ? fmt::format("{}", *signal.state_bytes) : "null");
        fmt::format_to(into, R"(],"advice":{}}})", stdlib::quote_json(policy.advice));
    }
    out += "]}\n";
}

} // namespace watchword::desk
