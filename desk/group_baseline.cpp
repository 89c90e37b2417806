#include "desk/group_baseline.hpp"

#include "desk/replay.hpp"
#include "runtime/civil.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/statistics.hpp"
#include "runtime/text.hpp"
#include "runtime/windows.hpp"

#include <fmt/format.h>

#include <map>
#include <memory_resource>
#include <optional>
#include <set>

namespace watchword::desk {

using namespace watchword::runtime;

namespace {

constexpr std::uint32_t fewest_people = 5;

/// The value that is compared with the baseline, and the signal in which it stands.
struct Compared {
    const PolicyPlan* policy = nullptr;
    const SignalPlan* signal = nullptr;
    const PeersPlan* peers = nullptr;
    const WindowPlan& window() const { return signal->windows[peers->window]; }
};

std::variant<Compared, std::string> find_compared(const Program& program, std::uint32_t baseline) {
    std::optional<Compared> found;
    for (const PolicyPlan& policy : program.policies)
        for (const SignalPlan& signal : policy.signals)
            for (const PeersPlan& peers : signal.peers) {
                if (peers.baseline != baseline) continue;
                const Compared one{&policy, &signal, &peers};
                const bool same =
                    !found || (found->signal->name == signal.name && found->window().label == one.window().label &&
                               found->peers->attribute == peers.attribute);
                if (!same)
                    return fmt::format("{} in {} and {} in {} are compared with one baseline; each needs its own",
                                       found->window().label, found->signal->name, one.window().label, signal.name);
                if (!found) found = one;
            }
    if (!found) return std::string("no condition compares with it");
    return *found;
}

bool empty_counts(const WindowPlan& window) {
    return window.aggregate == Aggregate::count || window.aggregate == Aggregate::sum ||
           window.aggregate == Aggregate::distinct;
}

/// Values per date and person, while the events go by.
class Figures {
public:
    Figures(const Program& program, const Stream& stream, const Compared& compared)
        : program_(program), compared_(compared), replay_(program, stream),
          interpreter_(program, &replay_.engine().roster()), zone_(program.zone) {}

    std::vector<GroupFigures> compute() {
        while (const StreamEvent* head = replay_.head()) {
            const Event event = head->event;
            const std::int32_t today = local_day(event.time, zone_);
            if (!day_) first_day_ = today;
            if (day_ && today != *day_) note_groups(*day_, today);
            day_ = today;
            newest_ = event.time;
            if (!replay_.next()) break;
            interpreter_.reset();
            look(event);
        }
        for (const auto& [key, running] : windows_) settle(key.first, running);
        for (PersonId person = 0; day_ && person < roster().size();
             ++person) // it is not over before it is for everybody
            if (roster().is_employee(person))
                day_ = std::min(*day_, local_day(newest_, zone_of(roster().attributes(person))));
        return day_ ? rows() : std::vector<GroupFigures>{};
    }

private:
    using Key = std::pair<PersonId, std::string>; ///< `by` of the signal behind the person
    struct Running {
        WindowState window{std::pmr::new_delete_resource()};
        Bucket bucket;
    };

    Roster& roster() { return replay_.engine().roster(); }

    Zone zone_of(const Value* attributes) const {
        if (program_.employee.zone == no_slot || attributes == nullptr) return zone_;
        const Value& zone = attributes[program_.employee.zone];
        return zone.present() && is_zone(zone.text()) ? Zone(zone.text()) : zone_;
    }

    /// Who belonged to which group on the days from `first` to the one before `end`.
    void note_groups(std::int32_t first, std::int32_t end) {
        std::map<PersonId, std::string>& groups = groups_[end - 1];
        for (PersonId person = 0; person < roster().size(); ++person) {
            if (!roster().is_employee(person)) continue;
            const Value& group = roster().attributes(person)[compared_.peers->attribute];
            if (group.present()) groups[person] = group.text();
        }
        for (std::int32_t day = first; day < end - 1; ++day) groups_[day] = groups;
    }

    bool is_excepted(const std::vector<ExceptionPlan>& exceptions, const Event& event, const Frame& frame) {
        for (const ExceptionPlan& exception : exceptions)
            for (const auto& [type, code] : exception.inputs)
                if (type == event.type && event.time < exception.until && interpreter_.holds(code, frame)) return true;
        return false;
    }

    void look(const Event& event) {
        if (event.subject.data() == nullptr || event.subject.empty()) return;
        const PersonId person = roster().resolve(event.subject);
        if (!roster().is_employee(person)) return;
        for (const SignalInput& input : compared_.signal->inputs) {
            if (input.is_signal || input.source != event.type) continue;
            const EventSchema& schema = program_.events[event.type];
            std::vector<Value> fields(event.fields, event.fields + schema.slots);
            for (const Field& field : schema.fields) {
                if (field.slot == no_slot || field.type.kind != Kind::person) continue;
                Value& value = fields[static_cast<std::size_t>(field.slot)];
                if (value.present()) value = Value::of(static_cast<std::int64_t>(roster().resolve(value.text())));
            }
            Frame frame;
            frame.fields = fields.data();
            frame.attributes = roster().attributes(person);
            frame.subject = person;
            frame.time = event.time;
            frame.stated = event.stated;
            frame.id = event.id;
            frame.type = schema.name;
            if (is_excepted(compared_.policy->exceptions, event, frame)) return;
            if (is_excepted(compared_.signal->exceptions, event, frame)) return;
            if (interpreter_.holds(input.where, frame)) add(input, person, frame);
            return;
        }
    }

    void add(const SignalInput& input, PersonId person, const Frame& frame) {
        Bytes name;
        for (std::size_t i = 0; i < input.by.size(); ++i) {
            const Value value = interpreter_.run(input.by[i], frame);
            if (!value.present()) return;
            put_value(name, value, compared_.signal->by[i]);
        }
        const WindowPlan& plan = compared_.window();
        const std::uint32_t index = compared_.peers->window;
        Running& running = windows_.try_emplace(Key{person, std::string(name)}).first->second;
        const Zone zone = zone_of(frame.attributes);
        if (frame.time >= running.bucket.end) {
            settle(person, running);
            running.bucket = plan.pane == Pane::hour  ? hour_of(frame.time, zone)
                             : plan.pane == Pane::day ? day_of(frame.time, zone)
                                                      : week_of(frame.time, zone);
        }
        running.window.move_to(plan, frame.time, zone, 0);
        if (!interpreter_.holds(input.window_where[index], frame)) return;
        const CodeId value = input.window_value[index];
        running.window.add(plan, frame.time, value == no_code ? Value::of(true) : interpreter_.run(value, frame));
    }

    /// The value of a bucket that is over, on the date that it belongs to.
    void settle(PersonId person, const Running& running) {
        const Bucket& bucket = running.bucket;
        if (bucket.begin == bucket.end) return;
        const Value value = running.window.value(compared_.window());
        if (!value.present()) return;
        const Zone zone = zone_of(roster().attributes(person));
        const bool week = compared_.window().pane == Pane::week;
        const std::int32_t day = local_day(week ? bucket.end - 1 : bucket.begin, zone);
        const bool real = result_kind(compared_.window()) == Kind::real;
        values_[day][person].push_back(to_millionths(real ? value.real : static_cast<double>(value.integer)));
    }

    std::vector<GroupFigures> rows() {
        std::vector<GroupFigures> result;
        const Pane pane = compared_.window().pane;
        const std::size_t buckets = pane == Pane::hour ? 24 : 1;
        for (std::int32_t day = first_day_; day < *day_; ++day) {
            if (pane == Pane::week && weekday(day) != 6) continue;
            std::map<std::string, std::pair<ExactSums, std::set<PersonId>>> groups;
            for (const auto& [person, group] : groups_[day]) {
                const std::vector<std::int64_t>& known = values_[day][person];
                auto& [sums, people] = groups[group];
                for (const std::int64_t value : known) sums.add(value);
                if (empty_counts(compared_.window()))
                    for (std::size_t i = known.size(); i < buckets; ++i) sums.add(0);
                else if (known.empty())
                    continue;
                people.insert(person);
            }
            for (const auto& [group, figures] : groups)
                if (figures.second.size() >= fewest_people)
                    result.push_back({group, zone_.from_local(day * one_day), figures.first.mean(1e6),
                                      figures.first.stddev(1e6), static_cast<std::uint32_t>(figures.second.size())});
        }
        return result;
    }

    const Program& program_;
    const Compared& compared_;
    Replay replay_;
    Interpreter interpreter_;
    Zone zone_;
    std::optional<std::int32_t> day_; ///< of the newest event
    Time newest_ = 0;
    std::int32_t first_day_ = 0;
    std::map<Key, Running> windows_;
    std::map<std::int32_t, std::map<PersonId, std::string>> groups_;
    std::map<std::int32_t, std::map<PersonId, std::vector<std::int64_t>>> values_; ///< millionths
};

std::string quoted_cell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

} // namespace

std::variant<std::vector<GroupFigures>, std::string> group_figures(const Program& program, const Stream& stream,
                                                                   std::uint32_t baseline) {
    const auto found = find_compared(program, baseline);
    if (const auto* problem = std::get_if<std::string>(&found)) return *problem;
    return Figures(program, stream, std::get<Compared>(found)).compute();
}

std::string figures_csv(const std::vector<GroupFigures>& figures, const Program& program) {
    std::string text = "group,date,mean,stddev,n\n";
    const Zone zone(program.zone);
    for (const GroupFigures& row : figures) {
        const Date date = civil_from_days(local_day(row.date, zone));
        text += fmt::format("{},{:04}-{:02}-{:02},{},{},{}\n", quoted_cell(row.group), date.year, date.month, date.day,
                            show_real(row.mean), show_real(row.stddev), row.people);
    }
    return text;
}

} // namespace watchword::desk
