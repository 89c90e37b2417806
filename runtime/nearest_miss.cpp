// Distances are shares: how far the two sides of a comparison are apart, of the larger one.
#include "runtime/nearest_miss.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace watchword::runtime {

namespace {

using recorded::Atom;
using recorded::Condition;
using recorded::Truth;

constexpr double no_number = 2; ///< farther than any two numbers

class Search {
public:
    Search(const Program& program, const Recording& recording, std::uint32_t policy, const std::string& person,
           std::optional<Level> level)
        : program_(program), recording_(recording), index_(policy), plan_(program.policies[policy]), person_(person),
          level_(level) {}

    std::string run() {
        for (const RecordedStep& step : recording_.steps)
            if (step.policy == index_ && is_person(step.person))
                std::visit([&](const auto& what) { look(step, what); }, step.what);
        if (!opened_)
            return trigger_.empty() ? "no record of a kind that opens a watch came about anybody who is known"
                                    : trigger_;
        if (!seen_) return "no record that its signals look at came within the watch";
        note_score();
        return std::move(best_);
    }

private:
    bool is_person(PersonId person) const {
        if (person_.empty()) return true;
        return person < recording_.people.size() && fold(recording_.people[person]) == fold(person_);
    }

    void look(const RecordedStep& step, const recorded::Trigger& trigger) {
        using Outcome = recorded::TriggerOutcome;
        const std::string at = show_time(step.time);
        switch (trigger.outcome) {
        case Outcome::where_false:
            return note_trigger(trigger.where, "no watch opened", at);
        case Outcome::group_false:
            return note_trigger(trigger.group, "no watch opened", at);
        case Outcome::not_covered:
            return note_trigger(trigger.covers, "the person is not covered", at);
        case Outcome::below_level:
            trigger_ = fmt::format("no watch opened: the alert at {} has a lower level", at);
            return;
        case Outcome::expired:
            trigger_ = fmt::format("no watch opened: the policy had expired at {}", at);
            return;
        case Outcome::already_over:
            trigger_ = fmt::format("no watch opened: its time was over already at {}", at);
            return;
        case Outcome::opened:
        case Outcome::extended:
        case Outcome::restarted:
        case Outcome::ignored:
            opened_ = true;
            return;
        }
    }

    void note_trigger(const Condition& condition, std::string_view what, const std::string& at) {
        trigger_ = fmt::format("{} at {}", what, at);
        for (const Atom& atom : condition)
            if (atom.truth != Truth::yes) trigger_ += ": " + describe(atom);
    }

    void look(const RecordedStep& step, const recorded::Offer& offer) {
        seen_ = true;
        const Condition& condition = offer.matched ? offer.when : offer.where;
        if (offer.matched && (!offer.decided || offer.holds)) return;
        note(condition, step, offer.signal);
    }
    void look(const RecordedStep& step, const recorded::Step& one) {
        seen_ = true;
        if (one.outcome == recorded::StepOutcome::where_false && !one.is_until) note(one.where, step, one.signal);
    }
    void look(const RecordedStep& step, const recorded::Exception& exception) {
        if (exception.taken)
            offer(no_number, fmt::format("an exception took the record at {} away", show_time(step.time)));
    }
    void look(const RecordedStep& step, const recorded::Score& score) {
        if (score.after <= highest_) return;
        highest_ = score.after;
        highest_at_ = step.time;
    }
    template <class Other>
    void look(const RecordedStep&, const Other&) {}

    /// Of a condition whose only false atom this is; several make it far.
    void note(const Condition& condition, const RecordedStep& step, std::uint32_t signal) {
        const auto is_false = [](const Atom& atom) { return atom.truth != Truth::yes; };
        const auto lacking = std::find_if(condition.begin(), condition.end(), is_false);
        if (lacking == condition.end()) return;
        const auto count = static_cast<double>(std::count_if(condition.begin(), condition.end(), is_false));
        offer(distance(*lacking) * count,
              fmt::format("{} ({}, {})", describe(*lacking), plan_.signals[signal].name, show_time(step.time)));
    }

    void note_score() {
        std::optional<double> needed;
        for (const AlertPlan& alert : plan_.alerts)
            if (alert.cause == AlertCause::level && (!level_ || alert.level == *level_) &&
                (!needed || alert.at < *needed))
                needed = alert.at;
        if (!needed || highest_ <= 0 || highest_ >= *needed) return;
        offer((*needed - highest_) / *needed,
              fmt::format("the score was {}, needs at least {} ({})", show_score(highest_), show_score(*needed),
                          show_time(highest_at_)));
    }

    /// The later of equally near ones: it had more to go on.
    void offer(double distance, std::string text) {
        if (!best_.empty() && distance > best_distance_) return;
        best_distance_ = distance;
        best_ = std::move(text);
    }

    static std::optional<double> number(const Value& value, Type type) {
        if (!value.present()) return std::nullopt;
        if (type.kind == Kind::real) return value.real;
        const bool counts = type.kind == Kind::integer || type.kind == Kind::size || type.kind == Kind::duration ||
                            type.kind == Kind::time_of_day;
        return counts ? std::optional{static_cast<double>(value.integer)} : std::nullopt;
    }

    double distance(const Atom& atom) const {
        const ConditionPart& part = program_.parts[atom.part];
        if (atom.operands.size() != 2 || part.operands.size() != 2) return no_number;
        const auto left = number(atom.operands[0].value, part.operands[0].type);
        const auto right = number(atom.operands[1].value, part.operands[1].type);
        if (!left || !right) return no_number;
        const double larger = std::max(std::abs(*left), std::abs(*right));
        return larger == 0 ? 0 : std::abs(*left - *right) / larger;
    }

    std::string_view written(const SourceSpan& span) const {
        if (span.file >= program_.files.size() || span.end < span.begin) return {};
        return std::string_view{program_.files[span.file].text}.substr(span.begin, span.end - span.begin);
    }

    /// `more than` for `>`; empty: no comparison with a constant on its right.
    std::string_view need(const ConditionPart& part) const {
        if (part.operands.size() != 2 || part.operands[0].is_constant || !part.operands[1].is_constant) return {};
        SourceSpan between = part.operands[0].span;
        between.begin = between.end;
        between.end = part.operands[1].span.begin;
        std::string_view sign = written(between);
        while (!sign.empty() && sign.front() == ' ') sign.remove_prefix(1);
        while (!sign.empty() && sign.back() == ' ') sign.remove_suffix(1);
        if (sign == ">") return "more than";
        if (sign == ">=") return "at least";
        if (sign == "<") return "less than";
        if (sign == "<=") return "at most";
        if (sign == "==") return "exactly";
        return {};
    }

    std::string describe(const Atom& atom) const {
        const ConditionPart& part = program_.parts[atom.part];
        if (const std::string_view needs = need(part); !needs.empty() && atom.operands.size() == 2)
            return fmt::format("{} was {}, needs {} {}", part.operands[0].label, atom.operands[0].text, needs,
                               atom.operands[1].text);
        std::string values;
        for (std::size_t i = 0; i < part.operands.size() && i < atom.operands.size(); ++i)
            if (!part.operands[i].is_constant)
                values += fmt::format("{}{} was {}", values.empty() ? ": " : ", ", part.operands[i].label,
                                      atom.operands[i].text);
        return fmt::format("`{}` did not hold{}", written(part.span), values);
    }

    const Program& program_;
    const Recording& recording_;
    std::uint32_t index_;
    const PolicyPlan& plan_;
    const std::string& person_;
    std::optional<Level> level_;
    bool opened_ = false, seen_ = false;
    std::string trigger_, best_;
    double best_distance_ = 0, highest_ = 0;
    Time highest_at_ = 0;
};

} // namespace

std::string nearest_miss(const Program& program, const Recording& recording, std::uint32_t policy,
                         const std::string& person, std::optional<Level> level) {
    if (policy >= program.policies.size()) return {};
    return Search{program, recording, policy, person, level}.run();
}

} // namespace watchword::runtime
