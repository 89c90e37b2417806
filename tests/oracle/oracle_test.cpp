// Random policies over random stories: the engine and the oracle must say the same. A case that differs is made smaller
// by leaving records out, and shown.
#include "tests/oracle/arguments.hpp"
#include "tests/oracle/case_generator.hpp"
#include "tests/oracle/clause_text.hpp"
#include "tests/oracle/clauses.hpp"
#include "tests/oracle/contestant.hpp"
#include "tests/oracle/oracle.hpp"
#include "tests/oracle/order.hpp"
#include "tests/oracle/promise.hpp"
#include "tests/oracle/story_generator.hpp"
#include "tests/unit/tree_dump.hpp"

#include "dsl/parser.hpp"
#include "dsl/printer.hpp"

#include <chrono>
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
    double seconds = 0;            ///< stop after this time if `events` were compared; 0: after `seeds`
    std::uint64_t events = 0;      ///< so many have to be compared
    std::uint64_t clauses = 0;     ///< of how many cases one has its clauses taken out; 0: none
    bool show = false;             ///< print the case, whatever comes of it
    bool compare = true;           ///< the engine with the oracle
    bool promise = true;           ///< try the promise
};

struct Tally {
    std::uint64_t cases = 0, alerting = 0, refused = 0, differing = 0, broken = 0, events = 0, alerts = 0;
    std::uint64_t unlike = 0, disordered = 0, misprinted = 0, in_blocks = 0;
    std::uint64_t faults() const { return differing + broken + unlike + disordered + misprinted; }
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
        seed, plain_text(policies.text), show(story), show(changed), before, after);
}

/// The order in which records come and the inputs that they come from may change no byte. What a record states is then
/// its time.
void try_order(std::uint64_t seed, const std::string& text, const Compiled& compiled, Story story, Tally& tally) {
    for (Record& record : story.records) record.stated = record.time;
    Random random(seed ^ 0x0bde);
    const std::string difference = order_shows(compiled, story, random);
    if (difference.empty()) return;
    ++tally.disordered;
    fmt::print("--- seed {}: the order of the input shows\n{}\n{}\n{}\n", seed, text, show(story), difference);
}

/// Reading what was printed gives the tree that was printed, and printing it again the same text.
void try_printing(std::uint64_t seed, const std::string& text, Tally& tally) {
    dsl::Sources sources;
    dsl::Diagnostics diagnostics;
    const dsl::Tree tree = dsl::parse(sources, sources.add("written", text), diagnostics);
    const std::string printed = dsl::print(sources, tree);
    const dsl::Tree again = dsl::parse(sources, sources.add("printed", printed), diagnostics);
    if (!diagnostics.failed() && tests::dump(tree) == tests::dump(again) && dsl::print(sources, again) == printed)
        return;
    ++tally.misprinted;
    fmt::print("--- seed {}: printing changes the tree\n{}\n--- printed\n{}\n", seed, text, printed);
}

/// Stops anywhere, saves, goes on elsewhere: nobody may notice. And damaged snapshots do no harm.
void try_snapshot(std::uint64_t seed, const std::string& text, const Compiled& compiled, const Story& story,
                  Tally& tally) {
    Random random(seed ^ 0x5eed);
    const auto stop = static_cast<std::size_t>(random.below(static_cast<int>(story.records.size()) + 1));
    std::string problem = stop_and_go_on(compiled.program, story, stop);
    if (problem.empty() && random.chance(10)) problem = survive_damage(compiled.program, story, stop, random);
    if (problem.empty()) return;
    ++tally.unlike;
    fmt::print("--- seed {}: a snapshot before record {} is no good: {}\n{}\n{}\n", seed, stop + 1, problem, text,
               show(story));
}

/// As many engines as one likes say what one says.
void try_threads(std::uint64_t seed, const std::string& text, const Compiled& compiled, const Story& story,
                 Tally& tally) {
    Random random(seed ^ 0x7412ead);
    const std::uint32_t engines = random.chance(50) ? 2 : 4;
    const std::string problem = share_out(compiled.program, story, engines, random, tally.in_blocks);
    if (problem.empty()) return;
    ++tally.unlike;
    fmt::print("--- seed {}: shared out among {} engines, {}\n{}\n{}\n", seed, engines, problem, text, show(story));
}

/// False if the two differ.
bool try_seed(std::uint64_t seed, const Settings& settings, Tally& tally, Clauses& clauses) {
    const auto [policies, whole] = random_case(seed);
    const std::string text = plain_text(policies.text);
    Story story = whole;
    const auto compiled = compile(text, policies.files);
    if (compiled->problem.empty()) leave_out_unused(compiled->program, story);
    ++tally.cases;
    if (settings.show) report(seed, text, *compiled, story);
    if (!compiled->problem.empty()) {
        ++tally.refused;
        if (tally.refused <= 3 && !settings.show) report(seed, text, *compiled, {});
        return true;
    }
    const std::vector<runtime::Alert> alerts = judge(compiled->model, story);
    const std::string expected = as_text(alerts, *compiled);
    tally.events += story.records.size();
    tally.alerts += alerts.size();
    tally.alerting += alerts.empty() ? 0 : 1;
    if (settings.compare && settings.promise) try_printing(seed, text, tally);
    if (settings.compare && settings.promise) try_snapshot(seed, text, *compiled, story, tally);
    if (settings.compare && settings.promise && seed % seeds_per_threads == 0)
        try_threads(seed, text, *compiled, story, tally);
    if (settings.compare && settings.promise && seed % 5 == 0) try_order(seed, text, *compiled, story, tally);
    if (settings.promise) try_promise(seed, policies, *compiled, story, tally);
    if (settings.clauses != 0 && seed % settings.clauses == 0) clauses.examine(policies, whole, expected);
    if (!settings.compare || expected == engine_says(*compiled, story)) return true;
    ++tally.differing;
    report(seed, text, *compiled, shrink(*compiled, story));
    return false;
}

Settings parse(int count, char** given) {
    Arguments arguments{count, given};
    Settings settings;
    const bool only_promise = arguments.flag("--only-promise"), only_compare = arguments.flag("--only-compare"),
               only_clauses = arguments.flag("--only-clauses");
    settings.show = arguments.flag("--show");
    settings.promise = !only_compare && !only_clauses;
    settings.compare = !only_promise && !only_clauses;
    settings.seeds = arguments.number("--seeds", settings.seeds);
    settings.first = arguments.number("--first", settings.first);
    settings.differences = arguments.number("--differences", settings.differences);
    settings.events = arguments.number("--events", settings.events);
    settings.clauses = arguments.number("--clauses", settings.clauses);
    settings.seconds = arguments.seconds("--seconds", settings.seconds);
    arguments.words();
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
    Clauses clauses;
    for (std::uint64_t seed = settings.first; seed < settings.first + settings.seeds; ++seed) {
        if (settings.seconds != 0 && elapsed() > settings.seconds && tally.events >= settings.events) break;
        try_seed(seed, settings, tally, clauses);
        if (tally.faults() >= settings.differences) break;
    }
    const auto compared = tally.cases - tally.refused;
    const double share =
        compared == 0 ? 0 : 100.0 * static_cast<double>(tally.alerting) / static_cast<double>(compared);
    fmt::print("{} cases of {} events in {:.1f} s: {} differ, {} break the promise, {} go on otherwise from a "
               "snapshot, {} show the order of the input, "
               "{} print otherwise, {} alert ({:.0f} %, {} alerts), {} do not compile\n",
               tally.cases, tally.events, elapsed(), tally.differing, tally.broken, tally.unlike, tally.disordered,
               tally.misprinted, tally.alerting, share, tally.alerts, tally.refused);
    fmt::print("{} events were shared out among several engines in blocks\n", tally.in_blocks);
    bool fine = tally.faults() + tally.refused == 0;
    if (settings.clauses != 0) fine = clauses.report() && fine;
    if (tally.events < settings.events) {
        fmt::print("fewer than {} events: the test shows too little\n", settings.events);
        fine = false;
    }
    if (settings.compare && settings.promise && tally.cases >= 1000 && tally.in_blocks < 100) {
        fmt::print("fewer than 100 events in blocks: the test shows too little\n");
        fine = false;
    }
    if (tally.cases >= 50 && share < 30) {
        fmt::print("fewer than 30 % of the cases alert: the test shows too little\n");
        fine = false;
    }
    return fine ? 0 : 1;
}
