// Runs one test: input in order, stops at each instant that an expectation names, judges, and on failure runs it once
// more to write down what happened.
#include "runtime/test_runner.hpp"

#include "runtime/engine.hpp"
#include "runtime/hit.hpp"
#include "runtime/nearest_miss.hpp"
#include "runtime/test_input.hpp"
#include "runtime/test_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace watchword::runtime {

namespace {

RosterEntry entry_of(const TestEmployee& employee) { return {employee.id, employee.aliases, employee.attributes}; }

bool is_about_an_instant(const TestExpectation& expectation) {
    return expectation.what == Expect::score || expectation.what == Expect::risk || expectation.what == Expect::watch ||
           expectation.what == Expect::no_watch;
}

class TestRun {
public:
    TestRun(const Program& program, const TestPlan& plan, const std::optional<Shuffle>& shuffle, bool trace,
            Recording* recording)
        : program_(program), plan_(plan), trace_(trace), engine_(program), input_(program, plan, shuffle) {
        result_.plan = &plan;
        result_.late = input_.late().size();
        if (recording != nullptr)
            engine_.record(recording);
        else if (trace && !program.parts.empty())
            engine_.record(&recording_);
    }

    TestResult run() {
        if (plan_.refusal)
            judge_refusal();
        else if (enter_roster() && feed())
            judge();
        return std::move(result_);
    }

private:
    struct Seen {
        bool active = false;
        Time from = 0, to = 0;
        double score = 0;
    };

    void judge_refusal() {
        if (!plan_.refusal->actual.empty())
            result_.failures.push_back({nullptr, plan_.refusal->expected, plan_.refusal->actual, {}});
    }

    bool enter_roster() {
        if (plan_.has_roster) engine_.roster().require();
        for (const TestEmployee& employee : plan_.employees) {
            if (employee.at != beginning) continue;
            if (std::string problem = engine_.roster().enter(entry_of(employee)); !problem.empty())
                return blame_test(std::move(problem));
        }
        return true;
    }

    /// Everything that is to happen, in order, with a stop at each instant that an expectation asks about.
    bool feed() {
        std::vector<const TestExpectation*> stops;
        Time end = plan_.until;
        for (const TestExpectation& expectation : plan_.expectations) {
            if (is_about_an_instant(expectation) && expectation.at) stops.push_back(&expectation);
            if (expectation.at) end = std::max(end, *expectation.at);
        }
        std::stable_sort(stops.begin(), stops.end(), [](const auto* a, const auto* b) { return *a->at < *b->at; });
        auto stop = stops.begin();
        std::uint64_t position = 0;
        for (const TestInputItem& item : input_.items()) {
            for (; stop != stops.end() && *(*stop)->at < item.time; ++stop)
                if (!ask_at(**stop)) return false;
            end = std::max(end, item.time);
            if (!push(item, ++position)) return false;
        }
        for (; stop != stops.end(); ++stop)
            if (!ask_at(**stop)) return false;
        end_ = end;
        return end == beginning || took(engine_.advance(end), end);
    }

    bool push(const TestInputItem& item, std::uint64_t position) {
        if (item.event == nullptr && item.employee == nullptr) return took(engine_.advance(item.time), item.time);
        if (trace_ && !took(engine_.pass(item.time), item.time)) return false; // what time alone does stands before it
        if (item.employee != nullptr) {
            note(item.time, item.employee->id, fmt::format("employee \"{}\" changes", item.employee->id));
            return took(engine_.change_roster(item.time, position, entry_of(*item.employee)), item.time);
        }
        const Event event = input_.event(item, position);
        if (const Field* lacking = lacking_field(event); lacking != nullptr)
            return blame_test(fmt::format("the event at {} lacks the required field `{}` of `{}`",
                                          show_time(item.stated), lacking->name, program_.events[event.type].name));
        if (trace_) note(item.time, person_of(event), describe(item, event));
        return took(engine_.push(event), item.time);
    }

    const Field* lacking_field(const Event& event) const {
        for (const Field& field : program_.events[event.type].fields)
            if (field.slot != no_slot && !field.type.optional && !event.fields[field.slot].present()) return &field;
        return nullptr;
    }

    bool took(Status status, Time time) {
        if (trace_) note_changes(time);
        for (Alert& alert : engine_.alerts()) {
            if (alert.kind == RecordKind::alert)
                note(alert.time, alert.subject, "ALERT " + show_alert(program_, alert));
            else
                note(alert.time, alert.subject, "the actions of an alert end");
            result_.alerts.push_back(std::move(alert));
        }
        engine_.alerts().clear();
        if (status == Status::fine) return true;
        return blame_test("the engine's memory limit was reached");
    }

    bool ask_at(const TestExpectation& expectation) {
        if (!took(engine_.advance(*expectation.at), *expectation.at)) return false;
        ask(expectation, *expectation.at);
        return true;
    }

    void ask(const TestExpectation& expectation, Time time) {
        if (expectation.what == Expect::risk && expectation.person) {
            const double risk = engine_.risk(engine_.roster().resolve(*expectation.person), time);
            if (!compare(expectation.comparison, risk, expectation.number))
                fail(expectation, fmt::format("the risk is {}", show_score(risk)));
            return;
        }
        if (!expectation.policy) return fail(expectation, "the expectation names no policy");
        if (!expectation.person) return ask_of_anybody(expectation);
        const PersonId person = engine_.roster().resolve(*expectation.person);
        if (expectation.what == Expect::score) {
            const double score = engine_.score(*expectation.policy, person, time);
            if (!compare(expectation.comparison, score, expectation.number))
                fail(expectation, fmt::format("the score is {}", show_score(score)));
            return;
        }
        const std::vector<WatchView> watches = engine_.watches(person);
        const auto watch = std::find_if(watches.begin(), watches.end(),
                                        [&](const WatchView& view) { return view.policy == *expectation.policy; });
        const bool active = watch != watches.end() && watch->active;
        if (active == (expectation.what == Expect::watch)) return;
        if (active)
            fail(expectation, fmt::format("there is one until {}", show_end(watch->to)));
        else if (watch == watches.end())
            fail(expectation, "there is none");
        else
            fail(expectation, fmt::format("it has not begun, and will at {}", show_time(watch->from)));
    }

    /// Whether somebody is watched.
    void ask_of_anybody(const TestExpectation& expectation) {
        for (PersonId person = 0; person < engine_.roster().size(); ++person)
            for (const WatchView& view : engine_.watches(person)) {
                if (view.policy != *expectation.policy || !view.active) continue;
                if (expectation.what == Expect::no_watch)
                    fail(expectation, fmt::format("there is one on \"{}\" until {}", engine_.roster().id(person),
                                                  show_end(view.to)));
                return;
            }
        if (expectation.what == Expect::watch) fail(expectation, "there is none");
    }

    void judge() {
        for (const TestExpectation& expectation : plan_.expectations) {
            if (is_about_an_instant(expectation)) {
                if (!expectation.at) ask(expectation, end_);
                continue;
            }
            if (expectation.what == Expect::snapshot) continue;
            std::string actual = judge_alerts(program_, plan_, expectation, result_.alerts, engine_.roster());
            if (!actual.empty()) fail(expectation, std::move(actual));
        }
        std::stable_sort(result_.failures.begin(), result_.failures.end(), [](const auto& a, const auto& b) {
            return a.expectation->span.begin < b.expectation->span.begin;
        });
    }

    void fail(const TestExpectation& expectation, std::string actual) {
        std::string person;
        if (expectation.person) person = engine_.roster().id(engine_.roster().resolve(*expectation.person));
        std::string nearest;
        if (expectation.what == Expect::alert && expectation.policy && *expectation.policy != risk_policy && trace_ &&
            !program_.parts.empty())
            nearest = nearest_miss(program_, recording_, *expectation.policy, person, expectation.level);
        result_.failures.push_back(
            {&expectation, expectation.text, std::move(actual), std::move(person), std::move(nearest)});
    }

    bool blame_test(std::string problem) {
        result_.failures.clear();
        result_.failures.push_back({nullptr, "a test that can be run", std::move(problem), {}});
        return false;
    }

    // --- what a reader of a failure sees ---

    void note(Time time, std::string_view person, std::string text) {
        if (trace_) result_.timeline.push_back({time, std::string{person}, std::move(text)});
    }

    std::string person_of(const Event& event) {
        if (event.subject.data() == nullptr) return {};
        return std::string{engine_.roster().id(engine_.roster().resolve(event.subject))};
    }

    static std::string show_end(Time to) { return to == never ? "whenever" : show_time(to); }

    std::string describe(const TestInputItem& item, const Event& event) {
        const EventSchema& schema = program_.events[event.type];
        std::string fields;
        for (std::size_t i = 0; i < schema.fields.size() && i < item.event->fields.size(); ++i) {
            const Value& value = item.event->fields[i];
            if (!value.present()) continue;
            const Type type = schema.fields[i].type;
            const std::string shown = type.kind == Kind::person || is_textual(type.kind)
                                          ? fmt::format("\"{}\"", value.text())
                                          : show_value(value, type, program_, engine_.roster());
            fields += fmt::format("{}{}: {}", fields.empty() ? "" : ", ", schema.fields[i].name, shown);
        }
        std::string text = fmt::format("{}  {} {{ {} }}", event.id, schema.name, fields);
        if (item.stated != item.time) text += fmt::format("  (late: stated as {})", show_time(item.stated));
        return text;
    }

    void note_changes(Time time) {
        for (PersonId person = 0; person < engine_.roster().size(); ++person) {
            const std::string id{engine_.roster().id(person)};
            std::map<std::uint32_t, Seen> now;
            for (const WatchView& watch : engine_.watches(person))
                now[watch.policy] = {watch.active, watch.from, watch.to, engine_.score(watch.policy, person, time)};
            std::map<std::uint32_t, Seen>& before = seen_[person];
            for (const auto& [policy, seen] : before)
                if (!now.contains(policy))
                    note(std::min(time, seen.to), id,
                         fmt::format("watch of {} is over", program_.policies[policy].name));
            for (const auto& [policy, seen] : now) {
                const auto found = before.find(policy);
                const Seen* const old = found == before.end() ? nullptr : &found->second;
                const std::string& name = program_.policies[policy].name;
                if (old == nullptr || old->active != seen.active || old->from != seen.from || old->to != seen.to)
                    note(old != nullptr && !old->active && seen.active ? std::min(time, old->from) : time, id,
                         seen.active ? fmt::format("watch of {} is open until {}", name, show_end(seen.to))
                                     : fmt::format("watch of {} waits for {}, and is to be open until {}", name,
                                                   show_time(seen.from), show_end(seen.to)));
                if (seen.score != (old == nullptr ? 0 : old->score))
                    note(time, id, fmt::format("score of {} is {}", name, show_score(seen.score)));
            }
            before = std::move(now);
        }
    }

    const Program& program_;
    const TestPlan& plan_;
    bool trace_;
    Recording recording_; ///< of everybody, for the nearest miss; outlives the engine
    Engine engine_;
    TestInput input_;
    TestResult result_;
    Time end_ = beginning;
    std::map<PersonId, std::map<std::uint32_t, Seen>> seen_;
};

} // namespace

TestResult run_test(const Program& program, const TestPlan& plan, const std::optional<Shuffle>& shuffle,
                    Recording* recording) {
    TestResult result = TestRun{program, plan, shuffle, false, recording}.run();
    if (result.passed()) return result;
    return TestRun{program, plan, shuffle, true, nullptr}.run();
}

} // namespace watchword::runtime
