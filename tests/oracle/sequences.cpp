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
        for (std::uint32_t index = 0; index < sequence.steps.size(); ++index) {
            if (sequence.steps[index].forbidden) {
                closing.push_back(index);
                continue;
            }
            for (std::uint32_t time = 0; time < sequence.steps[index].times; ++time)
                slots.push_back({index, std::exchange(closing, {})});
        }
    }

    const Record& record(std::size_t position) const { return owner.story_.records[position]; }

    Scope scope(std::size_t position, const Match* match) const {
        Scope scope = owner.signals_.scope(info.at.tree, interval.person, position);
        scope.parameters = &arguments;
        if (match != nullptr) scope.steps = match->steps;
        return scope;
    }

    /// The key under which a record could fill a step, `where` apart.
    std::optional<Key> key(const Step& step, const std::vector<Heard>& heard, std::size_t position) const {
        if (!owner.signals_.heard(heard, record(position))) return std::nullopt;
        return owner.signals_.key(step.by.empty() ? sequence.by : step.by, scope(position, nullptr));
    }

    bool fits(const Step& step, std::size_t position, const Match* match) const {
        return holds(scope(position, match), step.where);
    }

    bool in_span(const Match& match, runtime::Time time) const {
        return time - record(match.records.front()).time <= sequence.within.value;
    }

    void until(std::size_t position) {
        for (std::size_t index = 0; index < sequence.until.size(); ++index) {
            const Step& clause = sequence.until[index];
            if (!owner.signals_.heard(info.until[index].heard, record(position)) || !fits(clause, position, nullptr))
                continue;
            if (clause.by.empty())
                waiting.clear();
            else if (const auto of = owner.signals_.key(clause.by, scope(position, nullptr)))
                waiting.erase(*of);
        }
    }

    /// A `no` step kills the match that waits at its left neighbour.
    void forbid(const std::vector<std::uint32_t>& steps, std::size_t filled, std::size_t position) {
        for (const std::uint32_t index : steps) {
            const auto of = key(sequence.steps[index], info.steps[index].heard, position);
            if (!of || !waiting.contains(*of) || !waiting[*of].contains(filled)) continue;
            const Match& match = waiting[*of][filled];
            if (in_span(match, record(position).time) && fits(sequence.steps[index], position, &match))
                waiting[*of].erase(filled);
        }
    }

    /// `no` first: none of it in [t - span, t).
    bool may_start(const Slot& slot, const Key& of, std::size_t position) const {
        if (slot.forbidden.empty()) return true;
        const runtime::Time begin = record(position).time - sequence.within.value;
        if (begin < interval.from) return false;
        for (const std::uint32_t index : slot.forbidden)
            for (std::size_t other = 0; other < position; ++other) {
                const runtime::Time time = record(other).time;
                if (time < begin || time >= record(position).time || !playable(other)) continue;
                if (key(sequence.steps[index], info.steps[index].heard, other) == of &&
                    fits(sequence.steps[index], other, nullptr))
                    return false;
            }
        return true;
    }

    bool playable(std::size_t position) const { return owner.signals_.playable(use, interval, position); }

    void fill(std::size_t filled, std::size_t position) {
        const Slot& slot = slots[filled];
        const auto of = key(sequence.steps[slot.step], info.steps[slot.step].heard, position);
        if (!of) return;
        Match match;
        if (filled != 0) {
            auto& pending = waiting[*of];
            if (!pending.contains(filled)) return;
            match = pending[filled];
            if (!in_span(match, record(position).time) || !fits(sequence.steps[slot.step], position, &match)) return;
            pending.erase(filled);
        } else if (!fits(sequence.steps[slot.step], position, nullptr) || !may_start(slot, *of, position)) {
            return;
        }
        match.records.push_back(position);
        match.steps[slot.step] = &record(position);
        if (filled + 1 == slots.size() && closing.empty())
            done.push_back({record(position).time, match.records});
        else
            waiting[*of][filled + 1] = std::move(match);
    }

    void play(std::size_t position) {
        done.clear();
        if (!playable(position)) return;
        until(position);
        forbid(closing, slots.size(), position);
        for (std::size_t filled = slots.size(); filled-- > 0;) {
            if (filled != 0) forbid(slots[filled].forbidden, filled, position);
            fill(filled, position);
        }
    }
};

std::vector<Hit> Sequences::completed(const SignalUse& use, const Interval& interval, std::size_t position) const {
    Play play(*this, use, interval);
    for (std::size_t index = 0; index <= position; ++index) play.play(index);
    return play.done;
}

std::vector<Hit> Sequences::overdue(const SignalUse& use, const Interval& interval, std::size_t position,
                                    runtime::Time after, runtime::Time before, bool inclusive) const {
    Play play(*this, use, interval);
    if (play.closing.empty()) return {};
    for (std::size_t index = 0; index <= position; ++index) play.play(index);
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
