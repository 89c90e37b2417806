// Explanations over random policies and stories. That they are whole: the parts add up to the score, and the named
// records alone bring the alert again, without the last of them they do not. That --why-not is right: each change it
// names makes the policy fire, and where an exhaustive search finds a change, it mostly does too.
#include "desk/explanation.hpp"
#include "desk/why_not.hpp"
#include "stdlib/functions/functions.hpp"
#include "tests/oracle/clause_text.hpp"
#include "tests/oracle/contestant.hpp"
#include "tests/oracle/policy_generator.hpp"
#include "tests/oracle/story_generator.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <set>
#include <string>
#include <string_view>

namespace {

using namespace watchword;
using namespace watchword::oracle;

struct Settings {
    std::uint64_t seeds = 200, first = 1;
    double seconds = 0;
    bool whole = false, why_not = false;
};

struct Tally {
    std::uint64_t cases = 0, wrong = 0;
    std::uint64_t alerts = 0, summed = 0, replayed = 0, dropped = 0; ///< of explanations
    std::uint64_t silent = 0, changes = 0, found = 0, missed = 0;    ///< of why-not
};

struct Case {
    std::string policies;
    Files files;
    Story story;
    dsl::Sources sources;
    dsl::CompilerOptions options;
    std::optional<desk::PolicyText> text;
    std::optional<runtime::Program> program;
    std::optional<desk::Stream> stream;

    explicit Case(std::uint64_t seed) {
        Random random(seed);
        const RandomPolicies made = random_policies(random);
        policies = plain_text(made.text);
        files = made.files;
        story = random_story(random, made);
        options.functions = &stdlib::functions();
        options.lint = false;
        options.read = [this](std::string_view name, std::string_view) -> std::optional<std::string> {
            const auto found = files.find(std::string(name));
            return found == files.end() ? std::nullopt : std::optional(found->second);
        };
        // What is usual rests on many records, and other people's records open what is across them: named records alone
        // do not bring such alerts again.
        for (const char* word : {"usual(", "deviation(", "opens on signal", "risk {"})
            if (policies.find(word) != std::string::npos) return;
        sources.add("case.watch", policies);
        text.emplace(sources, std::vector<std::uint32_t>{0}, options);
        program = text->compile({}, true);
        if (!program) return;
        leave_out_unused(*program, story);
        stream.emplace(*program);
        if (story.has_roster) stream->require_roster();
        each_employee(*program, story, [&](const runtime::RosterEntry& entry) { stream->enter(entry); });
        std::uint64_t position = 0;
        for (const Record& record : story.records) {
            if (const auto held = hold(*program, record, ++position)) stream->add(held->event, "story", position);
        }
        stream->resolve(*program);
    }
    desk::ExplanationSource source() const { return {*text, *program, *stream, {}}; }
};

void complain(std::uint64_t seed, const Case& made, const std::string& what, Tally& tally) {
    if (++tally.wrong <= 2) fmt::print("--- seed {}: {}\n{}\n{}\n", seed, what, made.policies, show(made.story));
}

/// What did not happen, and what was not seen before, cannot be named by records.
bool asks_for_absence(const runtime::Program& program, std::uint32_t policy) {
    for (const runtime::SignalPlan& signal : program.policies[policy].signals) {
        if (!signal.usuals.empty() || !signal.peers.empty() || signal.when_has_new) return true;
        if (!signal.sequence) continue;
        for (const runtime::StepPlan& step : signal.sequence->steps)
            if (step.forbidden) return true;
    }
    for (const runtime::TriggerPlan& trigger : program.policies[policy].triggers)
        // of an escalation not every record is named that the alerts behind its later triggers rest on
        if (trigger.kind == runtime::TriggerKind::alert) return true;
    return false;
}

void name_records(const desk::Explanation& explanation, std::set<std::string>& named) {
    for (const desk::ExplainedEvent& event : explanation.events) named.insert(event.id);
    for (const desk::ExplainedTrigger& trigger : explanation.triggers) named.insert(trigger.event.id);
    for (const desk::Explanation& cause : explanation.because) name_records(cause, named);
}

/// The alert of this id that the named records bring, without the one left out; nullopt: none.
std::optional<runtime::Alert> again(const Case& made, const runtime::Alert& alert, const std::set<std::string>& named,
                                    std::string_view left_out = {}) {
    desk::ReplayOptions options;
    options.person = made.stream->find_person(alert.subject);
    options.wanted = [&](const desk::StreamEvent& event) { // what changes the roster is part of it
        if (event.event.id == left_out) return false;
        return !made.program->events[event.event.type].updates.empty() || named.contains(std::string(event.event.id));
    };
    desk::Replay replay{*made.program, *made.stream, options};
    replay.run(alert.time);
    for (const runtime::Alert& one : replay.engine().alerts())
        if (one.id == alert.id && one.kind == runtime::RecordKind::alert) return one;
    return std::nullopt;
}

void check_whole(std::uint64_t seed, const Case& made, Tally& tally) {
    for (const runtime::Alert& alert : desk::replay(*made.program, *made.stream)) {
        if (alert.kind != runtime::RecordKind::alert || alert.policy == runtime::risk_policy) continue;
        ++tally.alerts;
        const auto explanation = desk::explain_alert(made.source(), alert.id);
        if (!explanation) {
            complain(seed, made, "an alert is not explained: " + alert.cause_text, tally);
            continue;
        }
        double sum = 0;
        for (const desk::ExplainedTerm& term : explanation->terms) sum += term.points;
        if (std::llround(sum * 1000) != std::llround(alert.score * 1000))
            complain(seed, made, fmt::format("contributions add up to {}, the score is {}", sum, alert.score), tally);
        ++tally.summed;
        if (asks_for_absence(*made.program, alert.policy)) continue;
        std::set<std::string> named;
        name_records(*explanation, named);
        const auto same = again(made, alert, named);
        if (!same || same->score != alert.score)
            complain(
                seed, made,
                fmt::format("the named records do not bring the alert {} of {} again", alert.cause_text, alert.event),
                tally);
        ++tally.replayed;
        if (alert.phase != runtime::Phase::event) continue; // brought by a clock, not by a record
        // the last record of all is always replayed, for its time, if it is about somebody else
        if (made.stream->events.back().event.id == alert.event) continue;
        if (again(made, alert, named, alert.event))
            complain(seed, made, fmt::format("the alert {} comes without {} too", alert.cause_text, alert.event),
                     tally);
        ++tally.dropped;
    }
}

/// Some record could open a watch of the person; else no constant can.
bool may_be_triggered(const Case& made, std::uint32_t policy, std::uint32_t person) {
    for (const runtime::TriggerPlan& trigger : made.program->policies[policy].triggers) {
        if (trigger.kind != runtime::TriggerKind::event) return true;
        for (const desk::StreamEvent& event : made.stream->events)
            if (event.event.type == trigger.source && (trigger.is_group || event.person == person)) return true;
    }
    return false;
}

/// Every constant, and for each the values of a grid about those that the random policies and records have.
bool some_change_fires(const Case& made, std::uint32_t policy, std::uint32_t person) {
    const std::string& name = made.program->policies[policy].name;
    for (const desk::Constant& constant : desk::constants_of(*made.text, *made.program, policy)) {
        std::vector<std::int64_t> values;
        const std::int64_t scale = constant.kind == desk::ConstantKind::integer ? 1 : 500;
        switch (constant.kind) {
        case desk::ConstantKind::integer:
        case desk::ConstantKind::real:
        case desk::ConstantKind::percentage:
            for (const std::int64_t value :
                 {0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 35, 40, 50, 60, 80, 100, 200})
                values.push_back(value * scale);
            break;
        case desk::ConstantKind::duration:
            for (std::int64_t minutes :
                 {1, 5, 10, 30, 60, 120, 180, 360, 720, 1'080, 1'440, 2'160, 2'880, 4'320, 10'080})
                values.push_back(minutes * runtime::one_minute);
            break;
        case desk::ConstantKind::size:
            for (const std::int64_t value : {0, 1, 2, 5, 10, 15, 20, 30, 50, 100, 200, 400})
                values.push_back(value * 1'000'000);
            break;
        case desk::ConstantKind::instant:
            for (std::int64_t days = -10; days <= 10; ++days)
                values.push_back(constant.value + days * runtime::one_day);
            break;
        }
        for (const std::int64_t value : values)
            if (value != constant.value &&
                desk::first_alert(made.source(), {{constant.span, desk::written(constant, value)}}, name, person,
                                  std::nullopt))
                return true;
    }
    return false;
}

void check_why_not(std::uint64_t seed, const Case& made, Tally& tally) {
    for (std::uint32_t person = 0; person < made.stream->people.size(); ++person)
        for (std::uint32_t policy = 0; policy < made.program->policies.size(); ++policy) {
            const desk::WhyNot why = desk::why_not(made.source(), policy, person);
            if (why.fired) continue;
            ++tally.silent;
            if (why.failed.empty()) complain(seed, made, "no clause is named for " + why.subject, tally);
            std::vector<desk::Change> changes = why.others;
            for (const desk::FailedClause& clause : why.failed)
                changes.insert(changes.end(), clause.changes.begin(), clause.changes.end());
            for (const desk::Change& change : changes) {
                ++tally.changes;
                for (const std::string& value : {change.after, change.least})
                    if (!desk::first_alert(made.source(), {{change.constant.span, value}},
                                           made.program->policies[policy].name, person, std::nullopt))
                        complain(seed, made, fmt::format("`{}` in place of `{}` does not fire", value, change.before),
                                 tally);
            }
            if (!changes.empty())
                ++tally.found;
            else if (may_be_triggered(made, policy, person) && some_change_fires(made, policy, person)) {
                ++tally.missed;
                fmt::print("seed {}: {} for {} has a change that was not found\n", seed,
                           made.program->policies[policy].name, why.subject);
            }
        }
}

Settings parse(int count, char** arguments) {
    Settings settings;
    for (int index = 1; index < count; ++index) {
        const std::string_view option = arguments[index];
        settings.whole = settings.whole || option == "--whole";
        settings.why_not = settings.why_not || option == "--why-not";
        const char* value = index + 1 < count ? arguments[index + 1] : "0";
        if (option == "--seeds") settings.seeds = std::strtoull(value, nullptr, 10);
        if (option == "--first") settings.first = std::strtoull(value, nullptr, 10);
        if (option == "--seconds") settings.seconds = std::strtod(value, nullptr);
    }
    return settings;
}

} // namespace

int main(int count, char** arguments) {
    const Settings settings = parse(count, arguments);
    const auto begin = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    Tally tally;
    for (std::uint64_t seed = settings.first; seed < settings.first + settings.seeds && tally.wrong < 3; ++seed) {
        if (settings.seconds != 0 && elapsed() > settings.seconds) break;
        const Case made{seed};
        if (!made.program) continue;
        ++tally.cases;
        if (settings.whole) check_whole(seed, made, tally);
        if (settings.why_not) check_why_not(seed, made, tally);
    }
    bool fine = tally.wrong == 0 && tally.cases != 0;
    if (settings.whole) {
        fmt::print(
            "{} alerts of {} cases explained: {} sums are right, {} come again from the named records, {} do not "
            "without the last\n",
            tally.alerts, tally.cases, tally.summed, tally.replayed, tally.dropped);
        fine = fine && tally.replayed != 0 && tally.dropped != 0;
    }
    if (settings.why_not) {
        const double there = static_cast<double>(tally.found + tally.missed);
        const double share = there == 0 ? 0 : 100.0 * static_cast<double>(tally.found) / there;
        fmt::print(
            "{} silent policies and people of {} cases: {} changes named, all fire; one is found in {} of {} cases "
            "where one exists ({:.1f} %)\n",
            tally.silent, tally.cases, tally.changes, tally.found, tally.found + tally.missed, share);
        // of fewer, one more or less says nothing: an instrumented build does not come so far
        fine = fine && tally.silent != 0 && (there < 10 || share >= 90);
    }
    fmt::print("{:.1f} s, {} wrong\n", elapsed(), tally.wrong);
    return fine ? 0 : 1;
}
