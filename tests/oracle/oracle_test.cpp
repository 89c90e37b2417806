// Random policies over random stories: the engine and the oracle must say the same. A case that differs is made smaller
// by leaving records out, and shown.
#include "tests/oracle/contestant.hpp"
#include "tests/oracle/oracle.hpp"
#include "tests/oracle/policy_generator.hpp"
#include "tests/oracle/promise.hpp"
#include "tests/oracle/story_generator.hpp"

#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace {

using namespace watchword;
using namespace watchword::oracle;

constexpr std::uint64_t seeds_per_threads = 4; ///< of so many cases one is tried with threads, which cost time

struct Settings {
    std::uint64_t seeds = 200, first = 1;
    std::uint64_t differences = 1; ///< how many to show before giving up
    double seconds = 0;            ///< stop after this time; 0: after `seeds`
    bool show = false;             ///< print the case, whatever comes of it
};

struct Tally {
    std::uint64_t cases = 0, alerting = 0, refused = 0, differing = 0, broken = 0, unlike = 0, events = 0, alerts = 0;
};

std::string as_text(const std::vector<runtime::Alert>& alerts, const Compiled& compiled) {
    std::string text;
    for (const runtime::Alert& alert : alerts) text += canonical(alert, compiled.policies, compiled.windowed);
    return text;
}

std::string engine_says(const Compiled& compiled, const Story& story) {
    return as_text(run(compiled.program, story), compiled);
}
std::string oracle_says(const Compiled& compiled, const Story& story) {
    return as_text(judge(compiled.model, story), compiled);
}

/// Leaves out what is not needed for the two to differ, from large pieces to single records.
Story shrink(const Compiled& compiled, Story story) {
    for (std::size_t piece = story.records.size() / 2; piece > 0; piece /= 2)
        for (std::size_t at = 0; at + piece <= story.records.size();) {
            Story smaller = story;
            const auto begin = smaller.records.begin() + static_cast<std::ptrdiff_t>(at);
            smaller.records.erase(begin, begin + static_cast<std::ptrdiff_t>(piece));
            if (engine_says(compiled, smaller) != oracle_says(compiled, smaller))
                story = std::move(smaller);
            else
                at += piece;
        }
    return story;
}

void report(std::uint64_t seed, const std::string& policies, const Compiled& compiled, const Story& story) {
    fmt::print("--- seed {}\n{}\n{}\n", seed, policies, show(story));
    if (!compiled.problem.empty()) {
        fmt::print("--- does not compile\n{}\n", compiled.problem);
        return;
    }
    fmt::print("--- the engine says\n{}\n--- the oracle says\n{}\n", engine_says(compiled, story),
               oracle_says(compiled, story));
}

/// Changes what lies outside every watch; no byte of the alerts may change.
void try_promise(std::uint64_t seed, const RandomPolicies& policies, const Compiled& compiled, Story story,
                 Tally& tally) {
    Random random(~seed);
    const Story changed = change_outside(compiled, story, random);
    story.until = changed.until;
    const std::string before = json_lines(compiled.program, story), after = json_lines(compiled.program, changed);
    if (before == after) return;
    ++tally.broken;
    fmt::print(
        "--- seed {}: the promise is broken\n{}\n{}\n--- and with changes outside every watch\n{}\n--- says\n{}\n"
        "--- and\n{}\n",
        seed, policies.text, show(story), show(changed), before, after);
}

/// Stops anywhere, saves, goes on elsewhere: nobody may notice. And damaged snapshots do no harm.
void try_snapshot(std::uint64_t seed, const RandomPolicies& policies, const Compiled& compiled, const Story& story,
                  Tally& tally) {
    Random random(seed ^ 0x5eed);
    const auto stop = static_cast<std::size_t>(random.below(static_cast<int>(story.records.size()) + 1));
    std::string problem = stop_and_go_on(compiled.program, story, stop);
    if (problem.empty() && random.chance(10)) problem = survive_damage(compiled.program, story, stop, random);
    if (problem.empty()) return;
    ++tally.unlike;
    fmt::print("--- seed {}: a snapshot before record {} is no good: {}\n{}\n{}\n", seed, stop + 1, problem,
               policies.text, show(story));
}

/// As many engines as one likes say what one says.
void try_threads(std::uint64_t seed, const RandomPolicies& policies, const Compiled& compiled, const Story& story,
                 Tally& tally) {
    Random random(seed ^ 0x7412ead);
    const std::uint32_t engines = random.chance(50) ? 2 : 4;
    const std::string problem = share_out(compiled.program, story, engines, random);
    if (problem.empty()) return;
    ++tally.unlike;
    fmt::print("--- seed {}: shared out among {} engines, {}\n{}\n{}\n", seed, engines, problem, policies.text,
               show(story));
}

/// False if the two differ.
bool try_seed(std::uint64_t seed, const Settings& settings, Tally& tally) {
    Random random(seed);
    const RandomPolicies policies = random_policies(random);
    // A trigger for a whole group is about the people of the roster.
    Story story = random_story(random, policies.unit, policies.text.find(" for employee.") != std::string::npos);
    const auto compiled = compile(policies.text);
    if (compiled->problem.empty()) leave_out_unused(compiled->program, story);
    ++tally.cases;
    if (settings.show) report(seed, policies.text, *compiled, story);
    if (!compiled->problem.empty()) {
        ++tally.refused;
        if (tally.refused <= 3 && !settings.show) report(seed, policies.text, *compiled, {});
        return true;
    }
    const std::vector<runtime::Alert> expected = judge(compiled->model, story);
    tally.events += story.records.size();
    tally.alerts += expected.size();
    tally.alerting += expected.empty() ? 0 : 1;
    try_promise(seed, policies, *compiled, story, tally);
    try_snapshot(seed, policies, *compiled, story, tally);
    if (seed % seeds_per_threads == 0) try_threads(seed, policies, *compiled, story, tally);
    if (as_text(expected, *compiled) == engine_says(*compiled, story)) return true;
    ++tally.differing;
    report(seed, policies.text, *compiled, shrink(*compiled, story));
    return false;
}

Settings parse(int count, char** arguments) {
    Settings settings;
    for (int index = 1; index < count; ++index) {
        const std::string_view option = arguments[index];
        const char* value = index + 1 < count ? arguments[index + 1] : "0";
        if (option == "--show") {
            settings.show = true;
            continue;
        }
        ++index;
        if (option == "--seeds") settings.seeds = std::strtoull(value, nullptr, 10);
        if (option == "--first") settings.first = std::strtoull(value, nullptr, 10);
        if (option == "--differences") settings.differences = std::strtoull(value, nullptr, 10);
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
    for (std::uint64_t seed = settings.first; seed < settings.first + settings.seeds; ++seed) {
        if (settings.seconds != 0 && elapsed() > settings.seconds) break;
        try_seed(seed, settings, tally);
        if (tally.differing + tally.broken + tally.unlike >= settings.differences) break;
    }
    const auto compared = tally.cases - tally.refused;
    const double share =
        compared == 0 ? 0 : 100.0 * static_cast<double>(tally.alerting) / static_cast<double>(compared);
    fmt::print("{} cases of {} events in {:.1f} s: {} differ, {} break the promise, {} go on otherwise from a "
               "snapshot or with threads, {} alert ({:.0f} %, {} alerts), "
               "{} do not compile\n",
               tally.cases, tally.events, elapsed(), tally.differing, tally.broken, tally.unlike, tally.alerting, share,
               tally.alerts, tally.refused);
    if (tally.differing + tally.broken + tally.unlike + tally.refused != 0) return 1;
    if (tally.cases >= 50 && share < 30) {
        fmt::print("fewer than 30 % of the cases alert: the test shows too little\n");
        return 1;
    }
    return 0;
}
