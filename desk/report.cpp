// First everything once, for the alerts; then each person of interest alone, which the language's promise makes the
// same, looking at the score between the events too.
#include "desk/report.hpp"

#include "desk/replay.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace watchword::desk {

namespace {

using runtime::Alert;
using runtime::Program;
using runtime::Time;

constexpr Time curve_samples = 240; ///< over the whole time, beside those at events

class PersonPass {
public:
    PersonPass(const Program& program, const Stream& stream, const runtime::EngineOptions& engine, std::uint32_t person,
               Time first, Time last)
        : replay_(program, stream, options(engine, person)), stream_(stream), person_(person), last_(last),
          step_(std::max<Time>((last - first) / curve_samples, 1)) {}

    std::vector<ReportCurve> run() {
        while (const StreamEvent* event = replay_.head()) {
            const Time time = event->event.time;
            pass_to(time);
            if (!replay_.next()) break;
            now_ = time;
            look(time);
        }
        const bool goes_on = replay_.status() == runtime::Status::fine && now_ != runtime::beginning;
        if (goes_on && stream_.until && *stream_.until >= now_) {
            pass_to(*stream_.until);
            replay_.finish();
            look(*stream_.until);
        }
        for (auto& [policy, curve] : curves_)
            for (ReportWatch& watch : curve.watches)
                if (watch.open) watch.to = std::min(watch.planned, last_);
        std::vector<ReportCurve> result;
        for (auto& [policy, curve] : curves_) result.push_back(std::move(curve));
        return result;
    }

private:
    static ReplayOptions options(const runtime::EngineOptions& engine, std::uint32_t person) {
        ReplayOptions result;
        result.engine = engine;
        result.person = person;
        return result;
    }

    runtime::PersonId resolved() { return replay_.engine().roster().resolve(stream_.people[person_]); }

    /// What there is before whatever happens then.
    void pass_to(Time time) {
        if (now_ != runtime::beginning)
            for (Time between = now_ + step_; between < time; between += step_) sample(between);
        note_scores(time);
    }

    /// Between events nothing happens but decay, and ends that time brings.
    void sample(Time time) {
        const runtime::PersonId person = resolved();
        for (auto& [policy, curve] : curves_) {
            if (curve.watches.empty() || !curve.watches.back().open || time >= curve.watches.back().planned) continue;
            curve.points.emplace_back(time, replay_.engine().score(policy, person, time));
        }
    }

    /// As they would be without the event that comes now.
    void note_scores(Time time) {
        before_.clear();
        const runtime::PersonId person = resolved();
        for (const auto& [policy, curve] : curves_)
            if (!curve.watches.empty() && curve.watches.back().open)
                before_[policy] = replay_.engine().score(policy, person, time);
    }

    void look(Time time) {
        const runtime::PersonId person = resolved();
        std::set<std::uint32_t> open;
        for (const runtime::WatchView& view : replay_.engine().watches(person)) {
            if (!view.active) continue;
            open.insert(view.policy);
            ReportCurve& curve = curves_[view.policy];
            curve.policy = view.policy;
            const bool is_new =
                curve.watches.empty() || !curve.watches.back().open || curve.watches.back().from != view.from;
            if (is_new && !curve.watches.empty()) curve.watches.back().open = false;
            if (is_new) {
                curve.watches.push_back({view.from, time, time, view.to, true});
                curve.points.emplace_back(time, 0);
            }
            curve.watches.back().planned = view.to;
            curve.watches.back().to = time;
            const double score = replay_.engine().score(view.policy, person, time);
            const auto before = before_.find(view.policy);
            if (!is_new && before != before_.end() && score > before->second) {
                curve.points.emplace_back(time, before->second);
                curve.rises.emplace_back(time, score - before->second);
            }
            curve.points.emplace_back(time, score);
        }
        for (auto& [policy, curve] : curves_) {
            if (open.contains(policy) || curve.watches.empty() || !curve.watches.back().open) continue;
            ReportWatch& watch = curve.watches.back();
            watch.open = false;
            watch.to = std::min(time, watch.planned);
            curve.points.emplace_back(watch.to, curve.points.back().second);
            curve.points.emplace_back(watch.to, 0);
        }
    }

    Replay replay_;
    const Stream& stream_;
    std::uint32_t person_;
    Time last_, step_, now_ = runtime::beginning;
    std::map<std::uint32_t, ReportCurve> curves_;
    std::map<std::uint32_t, double> before_;
};

/// Alerts name the hits and triggers that brought them; several name the same.
void take_from_alerts(ReportPerson& person) {
    for (ReportCurve& curve : person.curves) {
        std::set<std::tuple<Time, std::string, std::string>> hits;
        std::set<std::pair<Time, std::string>> triggers;
        for (const Alert& alert : person.alerts) {
            if (alert.policy != curve.policy) continue;
            for (const runtime::Contribution& contribution : alert.contributions)
                for (const runtime::HitRecord& hit : contribution.hits)
                    if (hits.emplace(hit.time, contribution.signal, hit.events.empty() ? "" : hit.events.back()).second)
                        curve.hits.push_back({contribution.signal, contribution.title, hit});
            for (const runtime::TriggerRecord& trigger : alert.watch.triggers)
                if (triggers.emplace(trigger.known, trigger.event).second) curve.triggers.push_back(trigger);
        }
        std::stable_sort(curve.hits.begin(), curve.hits.end(),
                         [](const ReportHit& a, const ReportHit& b) { return a.hit.time < b.hit.time; });
    }
}

class FirstPass {
public:
    FirstPass(const Program& program, const Stream& stream, const ReportOptions& options)
        : replay_(program, stream, {options.engine, no_person, {}, {}}), stream_(stream),
          all_watched_(options.all_watched) {}

    Report run() {
        while (const StreamEvent* event = replay_.head()) {
            report_.first = std::min(report_.first, event->event.time);
            report_.last = std::max(report_.last, event->event.time);
            ++report_.events;
            const bool more = replay_.next();
            note_opened();
            if (all_watched_) note_score(*event);
            if (!more) break;
        }
        replay_.finish();
        if (stream_.until) report_.last = std::max(report_.last, *stream_.until);
        note_opened();
        report_.limit = replay_.status() != runtime::Status::fine;
        report_.watched = watched_.size();
        for (Alert& alert : replay_.engine().alerts()) {
            if (alert.kind != runtime::RecordKind::alert) continue;
            ++report_.alerts;
            ReportPerson& person = people_[alert.subject];
            person.id = alert.subject;
            if (person.alerts.empty()) person.score = 0; // not what was reached besides
            person.level = std::max(person.level.value_or(alert.level), alert.level);
            person.score = std::max(person.score, alert.score);
            person.alerts.push_back(std::move(alert));
        }
        report_.with_alerts = static_cast<std::uint64_t>(std::count_if(
            people_.begin(), people_.end(), [](const auto& one) { return one.second.level.has_value(); }));
        for (auto& [id, person] : people_) report_.people.push_back(std::move(person));
        std::stable_sort(report_.people.begin(), report_.people.end(),
                         [](const ReportPerson& a, const ReportPerson& b) {
                             return std::tie(a.level, a.score) > std::tie(b.level, b.score);
                         });
        return std::move(report_);
    }

private:
    void note_opened() {
        std::uint64_t opened = 0;
        for (const runtime::PolicyStatistics& one : replay_.engine().statistics().policies) opened += one.opened;
        if (opened == opened_) return;
        opened_ = opened;
        const runtime::Roster& roster = replay_.engine().roster();
        for (runtime::PersonId person = 0; person < roster.size(); ++person) {
            if (watched_.contains(person) || replay_.engine().watches(person).empty()) continue;
            watched_.insert(person);
            if (all_watched_) people_[std::string(roster.id(person))].id = roster.id(person);
        }
    }

    /// The highest that a policy's score of this person comes to.
    void note_score(const StreamEvent& event) {
        if (event.person == no_person) return;
        const runtime::PersonId person = replay_.engine().roster().resolve(stream_.people[event.person]);
        if (!watched_.contains(person)) return;
        double& highest = people_[std::string(replay_.engine().roster().id(person))].score;
        for (const runtime::WatchView& view : replay_.engine().watches(person))
            if (view.active) highest = std::max(highest, replay_.engine().score(view.policy, person, event.event.time));
    }

    Replay replay_;
    const Stream& stream_;
    bool all_watched_;
    Report report_;
    std::map<std::string, ReportPerson> people_;
    std::set<runtime::PersonId> watched_;
    std::uint64_t opened_ = 0;
};

} // namespace

Report make_report(const Program& program, const Stream& stream, const ReportOptions& options) {
    FirstPass first{program, stream, options};
    Report report = first.run();
    if (report.people.size() > options.most_people) {
        report.people_left_out = report.people.size() - options.most_people;
        report.people.resize(options.most_people);
    }
    for (ReportPerson& person : report.people) {
        const std::uint32_t index = stream.find_person(person.id);
        if (index == no_person) continue;
        person.curves = PersonPass{program, stream, options.engine, index, report.first, report.last}.run();
        take_from_alerts(person);
    }
    return report;
}

} // namespace watchword::desk
