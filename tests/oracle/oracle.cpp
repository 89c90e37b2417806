// One person after the other, one moment after the other, one policy after the other (semantics 1.6).
#include "tests/oracle/oracle.hpp"

#include "tests/oracle/case.hpp"
#include "tests/oracle/risk.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace watchword::oracle {
namespace {

using namespace watchword::dsl;
using runtime::Alert;
using runtime::Phase;
using runtime::Time;

/// The policies of one person, moment by moment.
struct Clock {
    std::vector<Case>& cases;
    Risk& risk;
    std::vector<Alert>& all;

    /// What `visit` does with one policy after the other, and what comes of it for the risk.
    template <class Visit>
    void moment(const Moment& moment, const std::string& event, Visit visit) {
        std::vector<Alert> here;
        for (Case& one : cases) one.begin_moment();
        for (std::size_t index = 0; index < cases.size(); ++index) visit(index, here);
        std::vector<Risk::Part> parts;
        for (const Case& one : cases) parts.push_back({one.score_at(moment), one.score_before()});
        if (auto alert = risk.evaluate(parts)) {
            alert->time = moment.time;
            alert->phase = moment.phase;
            alert->position = moment.phase == Phase::event ? moment.position : 0;
            alert->event = event;
            here.push_back(std::move(*alert));
        }
        for (Alert& alert : here) all.push_back(std::move(alert));
    }

    /// Everything that is due between the record at `last` and that time, in the order of its own.
    void move(std::size_t last, Time time, bool inclusive) {
        for (;;) {
            std::optional<Due> first;
            std::size_t whose = 0;
            for (std::size_t index = 0; index < cases.size(); ++index)
                if (const auto due = cases[index].due(last, time, inclusive); due && (!first || *due < *first)) {
                    first = due;
                    whose = index;
                }
            if (!first) return;
            const Moment at{last, first->time, first->kind == DueKind::absence ? Phase::absence : Phase::timer};
            moment(at, "", [&](std::size_t index, std::vector<Alert>& here) {
                if (index == whose) cases[index].fire(*first, at, here);
                if (index > whose) cases[index].open_by_alerts(at, here);
            });
        }
    }
};

} // namespace

std::vector<Alert> judge(const Model& model, const Story& story, std::vector<bool>* heard) {
    std::vector<bool> inside(story.records.size());
    const People people(model, story);
    const Signals signals(model, story, people);
    std::vector<Alert> all;
    for (const std::string& person : people.everybody()) {
        std::vector<Case> cases;
        Risk risk(model, person);
        for (std::uint32_t order = 0; order < model.policy_order.size(); ++order)
            cases.emplace_back(model, story, people, signals, inside, model.policy_order[order], order, person);
        Clock clock{cases, risk, all};
        for (std::size_t position = 0; position < story.records.size(); ++position) {
            const Time now = story.records[position].time;
            if (position != 0) clock.move(position - 1, now, false);
            clock.moment({position, now, Phase::event}, story.records[position].id,
                         [&](std::size_t index, std::vector<Alert>& here) { cases[index].play(position, here); });
        }
        if (story.until != 0 && !story.records.empty()) clock.move(story.records.size() - 1, story.until, true);
    }
    if (heard != nullptr) *heard = std::move(inside);
    std::ranges::stable_sort(all, {}, [](const Alert& alert) {
        return std::tuple(alert.time, alert.phase, alert.position, alert.subject, alert.policy);
    });
    return all;
}

} // namespace watchword::oracle
