// A change is responsible for a difference if it alone, made in the old text, brings it about; failing that, if the
// difference goes away when it is left out of the new text.
#include "desk/comparison.hpp"

#include "desk/replay.hpp"
#include "stdlib/sharing.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <tuple>

namespace watchword::desk {

namespace {

using runtime::Program;

constexpr std::size_t most_changes = 100; ///< tried one by one; each is a replay of the people concerned

/// What of an alert does not depend on how its cause is written.
std::tuple<std::string, std::string, runtime::Time, runtime::Level, std::string> kernel(const ComparedAlert& alert) {
    return {alert.policy, alert.subject, alert.time, alert.level, alert.is_level ? "" : alert.cause};
}

struct Alerts {
    std::map<std::string, ComparedAlert> by_id;
    std::map<decltype(kernel({})), const ComparedAlert*> by_kernel; ///< into `by_id`

    /// The alert itself, or one that only has another id; nullptr: neither.
    const ComparedAlert* find_like(const ComparedAlert& wanted) const {
        if (const auto same = by_id.find(wanted.id); same != by_id.end()) return &same->second;
        const auto alike = by_kernel.find(kernel(wanted));
        return alike == by_kernel.end() ? nullptr : alike->second;
    }
};

Alerts alerts_of(const Program& program, const std::vector<runtime::Alert>& alerts) {
    Alerts result;
    for (const runtime::Alert& alert : alerts) {
        if (alert.kind != runtime::RecordKind::alert) continue;
        ComparedAlert one;
        one.id = alert.id;
        one.policy = alert.policy < program.policies.size() ? program.policies[alert.policy].name : "risk";
        one.subject = alert.subject;
        one.cause = alert.cause_text;
        one.is_level = alert.cause == runtime::AlertCause::level;
        one.level = alert.level;
        one.time = alert.time;
        one.score = alert.score;
        const ComparedAlert& kept = result.by_id.try_emplace(alert.id, std::move(one)).first->second;
        result.by_kernel.try_emplace(kernel(kept), &kept);
    }
    return result;
}

/// The old alert that a new one most likely is: of the same policy, person and kind of cause, the same time and level,
/// else the same level nearest in time, else the nearest. A threshold that moved changes an alert's id, and nothing
/// else of it.
class MovedAlerts {
public:
    explicit MovedAlerts(std::vector<AlertDifference>& differences) : differences_(differences) {
        for (AlertDifference& one : differences_)
            if (one.kind == DifferenceKind::added)
                added_.push_back(&one);
            else if (one.kind == DifferenceKind::removed)
                removed_.push_back(&one);
    }

    void pair() {
        pair_those(true);
        pair_those(false);
        std::erase_if(differences_, [](const AlertDifference& one) { return !one.before && !one.after; });
    }

private:
    using Times = std::multimap<runtime::Time, AlertDifference*>;

    /// One that was not taken yet, the nearest to that time; end: there is none.
    static Times::iterator nearest(Times& times, runtime::Time time) {
        const auto after = times.lower_bound(time);
        if (after == times.begin()) return after;
        const auto before = std::prev(after);
        return after == times.end() || time - before->first <= after->first - time ? before : after;
    }

    /// Those that are nearest to each other first, so that one does not take what is nearer to another.
    void pair_those(bool of_one_level) {
        const auto group = [&](const ComparedAlert& alert) {
            return std::tuple(alert.policy, alert.subject, of_one_level ? alert.level : runtime::Level::info,
                              alert.is_level ? std::string() : alert.cause);
        };
        std::map<decltype(group(std::declval<ComparedAlert>())), Times> free;
        for (AlertDifference* const one : removed_) free[group(*one->before)].emplace(one->before->time, one);
        using Pair = std::pair<runtime::Duration, std::size_t>; // how far apart, and index in `added_`
        std::priority_queue<Pair, std::vector<Pair>, std::greater<>> pairs;
        const auto propose = [&](std::size_t index) {
            Times& times = free[group(*added_[index]->after)];
            const auto found = nearest(times, added_[index]->after->time);
            if (found != times.end()) pairs.emplace(std::abs(found->first - added_[index]->after->time), index);
        };
        for (std::size_t index = 0; index < added_.size(); ++index) propose(index);
        while (!pairs.empty()) {
            const auto [apart, index] = pairs.top();
            pairs.pop();
            AlertDifference& now = *added_[index];
            Times& times = free[group(*now.after)];
            const auto found = nearest(times, now.after->time);
            if (found == times.end()) continue;
            if (std::abs(found->first - now.after->time) != apart) { // another took it
                propose(index);
                continue;
            }
            AlertDifference& old = *found->second;
            times.erase(found);
            now.kind = old.kind = DifferenceKind::moved;
            now.before = std::move(old.before);
            old.before.reset();
        }
        std::erase_if(added_, [](const AlertDifference* one) { return one->before.has_value(); });
        std::erase_if(removed_, [](const AlertDifference* one) { return !one->before; });
    }

    std::vector<AlertDifference>& differences_;
    std::vector<AlertDifference*> added_; ///< without a partner yet
    std::vector<AlertDifference*> removed_;
};

class Comparing {
public:
    Comparing(const PolicyVersion& before, const PolicyVersion& after, const Trials& trials,
              const runtime::EngineOptions& engine)
        : before_(before), after_(after), trials_(trials), engine_(engine) {}

    Comparison run() {
        result_.texts = text_changes(before_.texts, after_.texts);
        const std::optional<Alerts> old = replayed(before_.program, before_.stream);
        const std::optional<Alerts> now = replayed(after_.program, after_.stream);
        if (!old || !now) return std::move(result_);
        find_differences(*old, *now);
        find_people();
        attribute();
        std::sort(result_.differences.begin(), result_.differences.end(), in_time);
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

    static bool in_time(const AlertDifference& a, const AlertDifference& b) {
        const ComparedAlert &left = a.shown(), &right = b.shown();
        return std::tie(left.time, left.subject, left.policy, left.id) <
               std::tie(right.time, right.subject, right.policy, right.id);
    }

    void find_differences(const Alerts& old, const Alerts& now) {
        for (const auto& [id, alert] : old.by_id) {
            const auto same = now.by_id.find(id);
            if (same == now.by_id.end())
                result_.differences.push_back({DifferenceKind::removed, alert, std::nullopt, {}, false});
            else if (same->second.score != alert.score)
                result_.differences.push_back({DifferenceKind::rescored, alert, same->second, {}, false});
            else
                ++result_.unchanged;
        }
        for (const auto& [id, alert] : now.by_id)
            if (!old.by_id.contains(id))
                result_.differences.push_back({DifferenceKind::added, std::nullopt, alert, {}, false});
        std::sort(result_.differences.begin(), result_.differences.end(), in_time);
        MovedAlerts{result_.differences}.pair();
        settle_equal();
        std::sort(result_.differences.begin(), result_.differences.end(), in_time);
    }

    /// Alerts that only have another id differ at most by their score.
    void settle_equal() {
        std::erase_if(result_.differences, [&](AlertDifference& one) {
            if (one.kind != DifferenceKind::moved || one.before->level != one.after->level ||
                one.before->time != one.after->time)
                return false;
            one.kind = DifferenceKind::rescored;
            if (one.before->score != one.after->score) return false;
            ++result_.unchanged;
            return true;
        });
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
        halves_.assign(result_.differences.size(), {});
        for (std::size_t change = 0; change < count; ++change) try_change(change, true, done);
        split_moves(done);
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
        const std::vector<PolicyFile> texts = text_with(result_.texts, chosen);
        const std::optional<Program> program = trials_.compile(texts);
        if (!program) return;
        const std::optional<Alerts> alerts = tried(*program, texts, alone);
        result_.problem.clear();
        if (!alerts) return;
        for (std::size_t i = 0; i < result_.differences.size(); ++i) {
            AlertDifference& one = result_.differences[i];
            if (!alone && done[i]) continue;
            if (alone && one.kind == DifferenceKind::moved) {
                if (alerts->find_like(*one.before) == nullptr) halves_[i].removed_by.push_back(change);
                if (alerts->find_like(*one.after) != nullptr) halves_[i].added_by.push_back(change);
            }
            if (alone ? !is_as_new(one, *alerts) : is_as_new(one, *alerts)) continue;
            one.changes.push_back(change);
            one.together = !alone;
            done[i] = true;
        }
    }

    /// An alert that one change takes away and one that another change adds were taken for one that moved.
    void split_moves(std::vector<bool>& done) {
        for (std::size_t i = 0, count = done.size(); i < count; ++i) {
            AlertDifference& one = result_.differences[i];
            const Halves& halves = halves_[i];
            if (one.kind != DifferenceKind::moved || done[i] || halves.removed_by.empty() || halves.added_by.empty())
                continue;
            AlertDifference added{DifferenceKind::added, std::nullopt, std::exchange(one.after, {}), halves.added_by,
                                  false};
            one.kind = DifferenceKind::removed;
            one.changes = halves.removed_by;
            done[i] = true;
            result_.differences.push_back(std::move(added));
            done.push_back(true);
        }
    }

    /// Over the events as the program reads them, which depends on its sources.
    std::optional<Alerts> tried(const Program& program, const std::vector<PolicyFile>& texts, bool is_nearly_old) {
        const Stream& nearer = is_nearly_old ? before_.stream : after_.stream;
        const Stream& other = is_nearly_old ? after_.stream : before_.stream;
        if (trials_.read) {
            const auto reads_as = [&, reading = reading_text(texts)](bool new_one) {
                const std::vector<bool> all(result_.texts.changes.size(), new_one);
                return reading == reading_text(text_with(result_.texts, all));
            };
            const bool as_nearer = reads_as(!is_nearly_old), as_other = reads_as(is_nearly_old);
            if (!as_nearer && !as_other) return replayed(program, trials_.read(program));
            if (!as_nearer)
                if (std::optional<Alerts> alerts = replayed(program, other)) return alerts;
        }
        // A stream has the fields that its own version reads.
        if (std::optional<Alerts> alerts = replayed(program, nearer)) return alerts;
        return replayed(program, other);
    }

    /// Whether these alerts show the difference wholly.
    static bool is_as_new(const AlertDifference& one, const Alerts& alerts) {
        const auto found = [&](const std::optional<ComparedAlert>& alert) {
            return alert ? alerts.find_like(*alert) : nullptr;
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

    /// Of an alert that moved: changes that alone take the old one away, and that alone bring the new one.
    struct Halves {
        std::vector<std::size_t> removed_by, added_by;
    };

    const PolicyVersion& before_;
    const PolicyVersion& after_;
    const Trials& trials_;
    runtime::EngineOptions engine_;
    std::vector<Halves> halves_;   ///< of each difference
    std::set<std::string> people_; ///< empty: everybody
    std::set<std::string> wide_types_;
    Comparison result_;
};

} // namespace

Comparison compare(const PolicyVersion& before, const PolicyVersion& after, const Trials& trials,
                   const runtime::EngineOptions& engine) {
    return Comparing{before, after, trials, engine}.run();
}

} // namespace watchword::desk
