// semantics 4, line by line. `waiting[key][n]` is the match that has filled n steps.
#include "tests/oracle/sequences.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace watchword::oracle {

using namespace watchword::dsl;

struct Sequences::Play {
    const Sequences& owner;
    const SignalUse& use;
    const Interval& interval;
    const SignalInfo& info;
    const SignalDecl& decl;
    const Sequence& sequence;
    std::vector<Datum> arguments;

    /// A step to fill, `times` written out: index of the written step, and of the `no` steps just before it.
    struct Slot {
        std::uint32_t step = 0;
        std::vector<std::uint32_t> forbidden;
    };
    std::vector<Slot> slots;
    std::vector<Heard> everything;      ///< that some step or `until` listens to
    std::vector<std::uint32_t> closing; ///< `no` steps after the last one
    std::map<Key, std::map<std::size_t, Match>, bool (*)(const Key&, const Key&)> waiting{before};
    std::vector<Hit> done; ///< by the record played last

    static bool before(const Key& left, const Key& right) {
        const auto as_tuple = [](const Datum& d) { return std::tuple(d.present, d.integer, d.real, d.text); };
        return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                            [&](const Datum& a, const Datum& b) { return as_tuple(a) < as_tuple(b); });
    }

    Play(const Sequences& of, const SignalUse& used, const Interval& in)
        : owner(of), use(used), interval(in), info(of.model_.signals[used.signal]),
          decl(of.model_.decl<SignalDecl>(info.at)), sequence(*decl.sequence) {
        for (const Constant& argument : used.arguments) arguments.push_back(of_constant(argument));
        for (const auto* steps : {&info.steps, &info.until})
            for (const StepInfo& step : *steps)
                everything.insert(everything.end(), step.heard.begin(), step.heard.end());
        for (std::uint32_t index = 0; index < sequence.steps.size(); ++index) {
            if (sequence.steps[index].forbidden) {
                closing.push_back(index);
                continue;
            }
            for (std::uint32_t time = 0; time < sequence.steps[index].times.value; ++time)
                slots.push_back({index, std::exchange(closing, {})});
        }
    }

    const Record& record(std::size_t position) const { return owner.story_.records[position]; }

    Scope scope(const Occurrence& at, const Match* match) const {
        Scope scope = owner.signals_.scope(info.at.tree, interval.person, at);
        scope.parameters = &arguments;
        if (match != nullptr) scope.steps = match->steps;
        return scope;
    }

    /// The key under which a record could fill a step, `where` apart.
    std::optional<Key> key(const Step& step, const std::vector<Heard>& heard, const Occurrence& at) const {
        if (!owner.signals_.is_heard(heard, at)) return std::nullopt;
        return owner.signals_.key(step.by.empty() ? sequence.by : step.by, scope(at, nullptr));
    }

    bool fits(const Step& step, const Occurrence& at, const Match* match) const {
        return holds(scope(at, match), step.where);
    }

    bool in_span(const Match& match, runtime::Time time) const {
        return time - record(match.records.front()).time <= sequence.within.value;
    }

    void until(const Occurrence& at) {
        for (std::size_t index = 0; index < sequence.until.size(); ++index) {
            const Step& clause = sequence.until[index];
            if (!owner.signals_.is_heard(info.until[index].heard, at) || !fits(clause, at, nullptr)) continue;
            if (clause.by.empty())
                waiting.clear();
            else if (const auto of = owner.signals_.key(clause.by, scope(at, nullptr)))
                waiting.erase(*of);
        }
    }

    /// A `no` step kills the match that waits at its left neighbour.
    void forbid(const std::vector<std::uint32_t>& steps, std::size_t filled, const Occurrence& at) {
        for (const std::uint32_t index : steps) {
            const auto of = key(sequence.steps[index], info.steps[index].heard, at);
            if (!of || !waiting.contains(*of) || !waiting[*of].contains(filled)) continue;
            const Match& match = waiting[*of][filled];
            if (in_span(match, record(at.position).time) && fits(sequence.steps[index], at, &match))
                waiting[*of].erase(filled);
        }
    }

    /// `no` first: none of it in [t - span, t).
    bool may_start(const Slot& slot, const Key& of, std::size_t position) const {
        if (slot.forbidden.empty()) return true;
        const runtime::Time begin = record(position).time - sequence.within.value;
        if (begin < interval.from) return false;
        for (const std::uint32_t index : slot.forbidden)
            for (std::size_t other = interval.first; other < position; ++other) {
                const runtime::Time time = record(other).time;
                if (time < begin || time >= record(position).time) continue;
                for (const Occurrence& at : heard_at(other))
                    if (key(sequence.steps[index], info.steps[index].heard, at) == of &&
                        fits(sequence.steps[index], at, nullptr))
                        return false;
            }
        return true;
    }

    std::vector<Occurrence> heard_at(std::size_t position) const {
        return owner.signals_.occurrences(use, interval, everything, position);
    }

    void fill(std::size_t filled, const Occurrence& at) {
        const Slot& slot = slots[filled];
        const auto of = key(sequence.steps[slot.step], info.steps[slot.step].heard, at);
        if (!of) return;
        Match match;
        if (filled != 0) {
            auto& pending = waiting[*of];
            if (!pending.contains(filled)) return;
            match = pending[filled];
            if (!in_span(match, record(at.position).time) || !fits(sequence.steps[slot.step], at, &match)) return;
            pending.erase(filled);
        } else if (!fits(sequence.steps[slot.step], at, nullptr) || !may_start(slot, *of, at.position)) {
            return;
        }
        match.records.push_back(at.position);
        match.steps[slot.step] = &record(at.position);
        if (filled + 1 == slots.size() && closing.empty())
            done.push_back({record(at.position).time, match.records});
        else
            waiting[*of][filled + 1] = std::move(match);
    }

    void play(std::size_t position) {
        done.clear();
        const std::vector<Occurrence> all = heard_at(position); // of one event: together they fill one step of a match
        for (const Occurrence& at : all) until(at);
        for (const Occurrence& at : all) forbid(closing, slots.size(), at);
        for (std::size_t filled = slots.size(); filled-- > 0;) {
            if (filled != 0)
                for (const Occurrence& at : all) forbid(slots[filled].forbidden, filled, at);
            for (const Occurrence& at : all) fill(filled, at);
        }
    }
};

std::vector<Hit> Sequences::completed(const SignalUse& use, const Interval& interval, std::size_t position) const {
    Play play(*this, use, interval);
    for (std::size_t index = interval.first; index <= position; ++index) play.play(index);
    return play.done;
}

std::vector<Hit> Sequences::overdue(const SignalUse& use, const Interval& interval, std::size_t position,
                                    runtime::Time after, runtime::Time before, bool inclusive) const {
    Play play(*this, use, interval);
    if (play.closing.empty()) return {};
    for (std::size_t index = interval.first; index <= position; ++index) play.play(index);
    std::vector<Hit> hits;
    for (const auto& [key, pending] : play.waiting) {
        const auto found = pending.find(play.slots.size());
        if (found == pending.end()) continue;
        const runtime::Time deadline = story_.records[found->second.records.front()].time + play.sequence.within.value;
        if (deadline >= after && (inclusive ? deadline <= before : deadline < before))
            hits.push_back({deadline, found->second.records});
    }
    return hits;
}

} // namespace watchword::oracle
