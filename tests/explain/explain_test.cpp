// Explanations over random policies and stories. That they are whole: the parts add up to the score, and the named
// records alone bring the alert again, without the last of them they do not. That --why-not is right: each change it
// names makes the policy fire, and where an exhaustive search finds a change, it mostly does too. That neither says
// anything of what happened outside watches, unless it is asked to.
#include "desk/explanation.hpp"
#include "desk/explanation_writer.hpp"
#include "desk/why_not.hpp"
#include "stdlib/functions/functions.hpp"
#include "tests/explain/whole.hpp"
#include "tests/oracle/arguments.hpp"
#include "tests/oracle/case_generator.hpp"
#include "tests/oracle/clause_text.hpp"
#include "tests/oracle/contestant.hpp"
#include "tests/oracle/promise.hpp"
#include "tests/oracle/story_generator.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace {

using namespace watchword;
using namespace watchword::oracle;

constexpr std::uint64_t least_with_a_change = 10; ///< of fewer, a share says nothing
constexpr std::uint64_t least_compared = 100;     ///< answers; so many take longer where the code is slow

struct Settings {
    std::uint64_t seeds = 200, first = 1;
    double seconds = 0;
    bool whole = false, why_not = false, promise = false;
};

struct Tally {
    std::uint64_t cases = 0, wrong = 0;
    explain_tests::WholeTally whole;
    std::uint64_t silent = 0, changes = 0, found = 0, missed = 0; ///< of why-not
    std::uint64_t compared = 0;                                   ///< of the promise
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

    /// `instead`: other records than the seed's.
    explicit Case(std::uint64_t seed, const Story* instead = nullptr) {
        const auto [made, records] = random_case(seed, 1);
        policies = plain_text(made.text);
        files = made.files;
        story = instead != nullptr ? *instead : records;
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
            if (const auto held = hold(*program, record, ++position)) stream->add(held->event, "story", 1);
        }
        stream->resolve(*program);
    }
    desk::ExplanationSource source() const { return {*text, *program, *stream, {}}; }
};

void complain(std::uint64_t seed, const Case& made, const std::string& what, Tally& tally) {
    if (++tally.wrong <= 2) fmt::print("--- seed {}: {}\n{}\n{}\n", seed, what, made.policies, show(made.story));
}

void check_whole(std::uint64_t seed, const Case& made, Tally& tally) {
    for (const runtime::Alert& alert : desk::replay(*made.program, *made.stream)) {
        if (alert.kind != runtime::RecordKind::alert) continue;
        if (const std::string fault = explain_tests::explanation_fault(made.source(), alert, tally.whole);
            !fault.empty())
            complain(seed, made, fault, tally);
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
            desk::WhyNotOptions options;
            options.outside = true;
            const desk::WhyNot why = desk::why_not(made.source(), policy, person, options);
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

std::string why_not_of(const Case& made, std::uint32_t policy, const std::string& person) {
    const std::uint32_t index = made.stream->find_person(person);
    if (index == desk::no_person) return {};
    desk::WhyNotOptions options;
    options.most_trials = 40;
    const desk::WhyNot why = desk::why_not(made.source(), policy, index, options);
    const stdlib::Pseudonyms names = stdlib::Pseudonyms::revealed();
    return why.fired ? why.fired->id : desk::why_not_text(why, {*made.text, *made.program, names, false, false});
}

/// Changes what lies outside every watch; no byte of the answers may change.
void check_promise(std::uint64_t seed, const Case& made, Tally& tally) {
    const std::unique_ptr<Compiled> compiled = compile(made.policies, made.files);
    Random random(~seed);
    const Story changed = change_outside(*compiled, made.story, random);
    // the clock is part of the promise: both end at the same time
    if (changed.records.empty() || changed.records.back().time != made.story.records.back().time) return;
    const Case other{seed, &changed};
    for (const std::string& person : made.stream->people)
        for (std::uint32_t policy = 0; policy < made.program->policies.size(); ++policy) {
            const std::string before = why_not_of(made, policy, person), after = why_not_of(other, policy, person);
            if (before.empty() || after.empty()) continue; // of whom only records outside are
            ++tally.compared;
            if (before != after)
                complain(seed, made,
                         fmt::format("with\n{}it says of {}\n{}and not\n{}", show(changed), person, after, before),
                         tally);
        }
}

Settings parse(int count, char** given) {
    Arguments arguments{count, given};
    Settings settings;
    settings.whole = arguments.flag("--whole");
    settings.why_not = arguments.flag("--why-not");
    settings.promise = arguments.flag("--promise");
    settings.seeds = arguments.number("--seeds", settings.seeds);
    settings.first = arguments.number("--first", settings.first);
    settings.seconds = arguments.seconds("--seconds", settings.seconds);
    arguments.words();
    return settings;
}

} // namespace

int main(int count, char** arguments) {
    const Settings settings = parse(count, arguments);
    // of the processor, so that a busy machine does not test less
    const auto elapsed = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
    Tally tally;
    const auto is_enough = [&] {
        return (!settings.why_not || tally.found + tally.missed >= least_with_a_change) &&
               (!settings.promise || tally.compared >= least_compared);
    };
    for (std::uint64_t seed = settings.first; seed < settings.first + settings.seeds && tally.wrong < 3; ++seed) {
        if (settings.seconds != 0 && elapsed() > settings.seconds && is_enough()) break;
        const Case made{seed};
        if (!made.program) continue;
        ++tally.cases;
        if (settings.whole) check_whole(seed, made, tally);
        if (settings.why_not) check_why_not(seed, made, tally);
        if (settings.promise) check_promise(seed, made, tally);
    }
    bool fine = tally.wrong == 0 && tally.cases != 0;
    if (settings.whole) {
        fmt::print("{} cases, {}\n", tally.cases, tally.whole.report());
        fine = fine && tally.whole.replayed != 0 && tally.whole.dropped != 0;
    }
    if (settings.why_not) {
        const double there = static_cast<double>(tally.found + tally.missed);
        const double share = there == 0 ? 0 : 100.0 * static_cast<double>(tally.found) / there;
        fmt::print(
            "{} silent policies and people of {} cases: {} changes named, all fire; one is found in {} of {} cases "
            "where one exists ({:.1f} %)\n",
            tally.silent, tally.cases, tally.changes, tally.found, tally.found + tally.missed, share);
        fine = fine && is_enough() && share >= 90;
    }
    if (settings.promise) {
        fmt::print("{} cases, {} answers are the same whatever happens outside watches\n", tally.cases, tally.compared);
        fine = fine && is_enough();
    }
    fmt::print("{:.1f} s, {} wrong\n", elapsed(), tally.wrong);
    return fine ? 0 : 1;
}
