// A change is responsible for a difference if it alone, made in the old text, brings it about; failing that, if the
// difference goes away when it is left out of the new text.
#include "desk/comparison.hpp"

#include "desk/replay.hpp"
#include "stdlib/shards.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace watchword::desk {

namespace {

using runtime::Program;

constexpr std::size_t most_changes = 100; ///< tried one by one; each is a replay of the people concerned

using Alerts = std::map<std::string, ComparedAlert>; ///< by id

Alerts alerts_of(const Program& program, const std::vector<runtime::Alert>& alerts) {
    Alerts result;
    for (const runtime::Alert& alert : alerts) {
        if (alert.kind != runtime::RecordKind::alert) continue;
        ComparedAlert one;
        one.id = alert.id;
        one.policy = alert.policy < program.policies.size() ? program.policies[alert.policy].name : "risk";
        one.subject = alert.subject;
        one.cause = alert.cause_text;
        one.level = alert.level;
        one.time = alert.time;
        one.score = alert.score;
        result.emplace(one.id, std::move(one));
    }
    return result;
}

/// The old alert that a new one most likely is: the same policy and person, the nearest in time.
void pair_moved(std::vector<AlertDifference>& differences) {
    for (AlertDifference& added : differences) {
        if (added.kind != DifferenceKind::added) continue;
        AlertDifference* nearest = nullptr;
        const auto distance = [&](const AlertDifference& other) {
            return std::abs(other.before->time - added.after->time);
        };
        for (AlertDifference& removed : differences) {
            if (removed.kind != DifferenceKind::removed || removed.before->policy != added.after->policy ||
                removed.before->subject != added.after->subject)
                continue;
            if (nearest == nullptr || distance(removed) < distance(*nearest)) nearest = &removed;
        }
        if (nearest == nullptr) continue;
        added.kind = DifferenceKind::moved;
        added.before = std::move(nearest->before);
        nearest->before.reset();
        nearest->kind = DifferenceKind::moved;
    }
    std::erase_if(differences, [](const AlertDifference& one) { return !one.before && !one.after; });
}

class Comparing {
public:
    Comparing(const PolicyVersion& before, const PolicyVersion& after, const CompileTexts& compile,
              const runtime::EngineOptions& engine)
        : before_(before), after_(after), compile_(compile), engine_(engine) {}

    Comparison run() {
        result_.texts = text_changes(before_.texts, after_.texts);
        const std::optional<Alerts> old = replayed(before_.program, before_.stream);
        const std::optional<Alerts> now = replayed(after_.program, after_.stream);
        if (!old || !now) return std::move(result_);
        find_differences(*old, *now);
        find_people();
        attribute();
        return std::move(result_);
    }

private:
    std::optional<Alerts> replayed(const Program& program, const Stream& stream) {
        ReplayOptions options;
        options.engine = engine_;
        std::vector<bool> concerns_all; // by the stream's types
        for (const std::string& type : stream.layout.events) concerns_all.push_back(wide_types_.contains(type));
        if (!people_.empty())
            options.wanted = [this, &stream, &concerns_all](const StreamEvent& event) {
                return event.person == no_person || concerns_all[event.event.type] ||
                       people_.contains(stream.people[event.person]) || &event == &stream.events.back();
            };
        Replay replay{program, stream, std::move(options)};
        replay.run();
        result_.problem = replay.problem();
        if (replay.status() != runtime::Status::fine) result_.problem = "the memory limit is used up";
        if (!result_.problem.empty()) return std::nullopt;
        return alerts_of(program, replay.engine().alerts());
    }

    void find_differences(const Alerts& old, const Alerts& now) {
        for (const auto& [id, alert] : old) {
            const auto same = now.find(id);
            if (same == now.end())
                result_.differences.push_back({DifferenceKind::removed, alert, std::nullopt, {}, false});
            else if (same->second.score != alert.score)
                result_.differences.push_back({DifferenceKind::rescored, alert, same->second, {}, false});
            else
                ++result_.unchanged;
        }
        for (const auto& [id, alert] : now)
            if (!old.contains(id))
                result_.differences.push_back({DifferenceKind::added, std::nullopt, alert, {}, false});
        const auto in_time = [](const AlertDifference& a, const AlertDifference& b) {
            const ComparedAlert &left = a.shown(), &right = b.shown();
            return std::tie(left.time, left.subject, left.policy, left.id) <
                   std::tie(right.time, right.subject, right.policy, right.id);
        };
        std::sort(result_.differences.begin(), result_.differences.end(), in_time);
        pair_moved(result_.differences);
        std::sort(result_.differences.begin(), result_.differences.end(), in_time);
    }

    /// What the attribution replays: those whose alerts differ, and what concerns everybody.
    void find_people() {
        for (const AlertDifference& one : result_.differences) people_.insert(one.shown().subject);
        for (const Program* program : {&before_.program, &after_.program}) {
            const std::vector<bool> concerns_all = stdlib::types_that_concern_all(*program);
            for (std::size_t type = 0; type < concerns_all.size(); ++type)
                if (concerns_all[type]) wide_types_.insert(program->events[type].name);
        }
    }

    void attribute() {
        const std::size_t count = result_.texts.changes.size();
        if (result_.differences.empty() || count == 0) return;
        if (count > most_changes) {
            result_.attributed = false;
            return;
        }
        std::vector<bool> done(result_.differences.size(), false);
        for (std::size_t change = 0; change < count; ++change) try_change(change, true, done);
        if (std::find(done.begin(), done.end(), false) == done.end() || count == 1) return settle(done);
        const std::vector<bool> alone = done;
        for (std::size_t change = 0; change < count; ++change) {
            done = alone;
            try_change(change, false, done);
        }
        settle(alone);
    }

    /// `alone`: only this change; else all but this.
    void try_change(std::size_t change, bool alone, std::vector<bool>& done) {
        std::vector<bool> chosen(result_.texts.changes.size(), !alone);
        chosen[change] = alone;
        const std::optional<Program> program = compile_(text_with(result_.texts, chosen));
        if (!program) return;
        std::optional<Alerts> alerts = replayed(*program, alone ? before_.stream : after_.stream);
        if (!alerts) alerts = replayed(*program, alone ? after_.stream : before_.stream);
        result_.problem.clear();
        if (!alerts) return;
        for (std::size_t i = 0; i < result_.differences.size(); ++i) {
            AlertDifference& one = result_.differences[i];
            if (!alone && done[i]) continue;
            if (alone ? !is_as_new(one, *alerts) : is_as_new(one, *alerts)) continue;
            one.changes.push_back(change);
            one.together = !alone;
            done[i] = true;
        }
    }

    /// Whether these alerts show the difference wholly.
    static bool is_as_new(const AlertDifference& one, const Alerts& alerts) {
        const auto found = [&](const std::optional<ComparedAlert>& alert) -> const ComparedAlert* {
            const auto at = alert ? alerts.find(alert->id) : alerts.end();
            return at == alerts.end() ? nullptr : &at->second;
        };
        switch (one.kind) {
        case DifferenceKind::added:
            return found(one.after) != nullptr;
        case DifferenceKind::removed:
            return found(one.before) == nullptr;
        case DifferenceKind::moved:
            return found(one.before) == nullptr && found(one.after) != nullptr;
        case DifferenceKind::rescored:
            return found(one.after) != nullptr && found(one.after)->score == one.after->score;
        }
        return false;
    }

    /// One change alone is one that needs no company.
    void settle(const std::vector<bool>& alone) {
        for (std::size_t i = 0; i < result_.differences.size(); ++i) {
            AlertDifference& one = result_.differences[i];
            one.together = !alone[i] && !one.changes.empty();
            if (one.together && one.changes.size() == 1) one.together = false;
        }
    }

    const PolicyVersion& before_;
    const PolicyVersion& after_;
    const CompileTexts& compile_;
    runtime::EngineOptions engine_;
    std::set<std::string> people_; ///< empty: everybody
    std::set<std::string> wide_types_;
    Comparison result_;
};

} // namespace

Comparison compare(const PolicyVersion& before, const PolicyVersion& after, const CompileTexts& compile,
                   const runtime::EngineOptions& engine) {
    return Comparing{before, after, compile, engine}.run();
}

} // namespace watchword::desk
