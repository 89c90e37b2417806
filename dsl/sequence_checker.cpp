// Sequences: steps, what later steps see of earlier ones, forbidden steps, keys, `until`.
#include "dsl/signal_checker.hpp"
#include "dsl/types.hpp"

#include <fmt/format.h>

namespace watchword::dsl {

namespace {

constexpr std::uint32_t most_steps = 64; ///< with `times` written out

/// Facts `f:host` about the current event become facts about step `index`.
Facts facts_of_step(const Facts& facts, std::uint32_t index) {
    Facts renamed;
    for (const std::string& fact : facts)
        if (fact.rfind("f:", 0) == 0) renamed.insert(fmt::format("s{}:{}", index, fact.substr(2)));
    return renamed;
}

Facts facts_beyond_event(const Facts& facts) {
    Facts rest;
    for (const std::string& fact : facts)
        if (fact.rfind("f:", 0) != 0) rest.insert(fact);
    return rest;
}

class SequenceChecker {
public:
    SequenceChecker(Checking& checking, std::uint32_t index, const SignalDecl& declared, Scope& scope)
        : checking_(checking), signal_(checking.model.signals[index]), notes_(checking.signals[index]),
          sequence_(*declared.sequence), scope_(scope) {}

    void check() {
        if (sequence_.within.value <= 0)
            checking_.diagnostics.add(Code::out_of_range, sequence_.span, "a sequence needs a span longer than nothing")
                .help = "write `sequence within 30m { … }`";
        if (sequence_.steps.size() > most_steps) {
            checking_.diagnostics.add(Code::out_of_range, sequence_.span,
                                      fmt::format("a sequence has at most {} steps", most_steps));
            return;
        }
        signal_.steps.resize(sequence_.steps.size());
        signal_.until.resize(sequence_.until.size());
        resolve();
        check_shape();
        for (std::uint32_t index = 0; index < sequence_.steps.size(); ++index) check_step(index);
        for (std::uint32_t index = 0; index < sequence_.until.size(); ++index) check_until(index);
        check_keys();
        check_key_types();
        scope_.steps.clear();
        scope_.facts = {};
        scope_.heard = &notes_.hit_on;
    }

private:
    /// Where the events of a step are kept; the vectors do not grow any more.
    void resolve() {
        for (std::uint32_t index = 0; index < sequence_.steps.size(); ++index) {
            const Step& step = sequence_.steps[index];
            signal_.steps[index].heard = resolve_patterns(checking_, scope_.tree, step.patterns, true);
            ensure_heard(checking_, signal_.steps[index].heard, step.patterns);
            if (!step.forbidden) notes_.hit_on = signal_.steps[index].heard;
        }
        for (std::uint32_t index = 0; index < sequence_.until.size(); ++index)
            signal_.until[index].heard =
                resolve_patterns(checking_, scope_.tree, sequence_.until[index].patterns, false);
    }

    void check_shape() {
        std::uint32_t filled = 0;
        std::uint32_t total = 0;
        for (std::size_t index = 0; index < sequence_.steps.size(); ++index) {
            const Step& step = sequence_.steps[index];
            total += step.forbidden ? 1 : static_cast<std::uint32_t>(step.times.value);
            if (!step.forbidden) ++filled;
            if (step.forbidden && step.times.value != 1)
                checking_.diagnostics.add(Code::wrong_step, step.times.span, "a forbidden step is not repeated");
            if (step.forbidden && step.alias)
                checking_.diagnostics
                    .add(Code::wrong_step, step.alias->span,
                         "a forbidden step has no event that a name could stand for")
                    .help = "in its `where` its fields go by their own names: `path == copied.path`";
            if (step.forbidden && index > 0 && sequence_.steps[index - 1].forbidden)
                checking_.diagnostics.add(Code::wrong_step, step.span, "two forbidden steps stand side by side").help =
                    "name both kinds of events in one: `no a.b, c.d`";
        }
        if (filled == 0)
            checking_.diagnostics.add(Code::wrong_step, sequence_.span, "a sequence needs a step that happens").label =
                "nothing begins it";
        if (total > most_steps)
            checking_.diagnostics.add(Code::out_of_range, sequence_.span,
                                      fmt::format("a sequence has at most {} steps", most_steps));
    }

    void check_step(std::uint32_t index) {
        const Step& step = sequence_.steps[index];
        const Facts before = scope_.facts;
        scope_.heard = &signal_.steps[index].heard;
        scope_.alias = step.alias ? step.alias->text : "";
        scope_.place = "in a step";
        for (const StepScope& earlier : scope_.steps)
            if (!scope_.alias.empty() && earlier.alias == scope_.alias)
                checking_.diagnostics.add(Code::declared_twice, step.alias->span,
                                          fmt::format("two steps are called {}", quoted(scope_.alias)));
        ExpressionChecker checker(checking_, scope_);
        checker.check_condition(step.where);
        const Facts proved = checker.facts_of(step.where, true);
        scope_.facts.insert(proved.begin(), proved.end());
        for (const ExprId key : step.by) checker.check(key);
        if (!step.forbidden) notes_.hit_facts = scope_.facts;
        scope_.alias.clear();
        scope_.facts = before;
        if (step.forbidden) return;
        scope_.facts.merge(facts_of_step(proved, index));
        scope_.facts.merge(facts_beyond_event(proved));
        if (step.alias) scope_.steps.push_back({step.alias->text, signal_.steps[index].heard, index});
    }

    void check_until(std::uint32_t index) {
        const Step& until = sequence_.until[index];
        Scope alone = scope_;
        alone.steps.clear(); // it ends every match of its key, whatever filled it
        alone.facts.clear();
        alone.heard = &signal_.until[index].heard;
        alone.alias = until.alias ? until.alias->text : "";
        alone.place = "in `until`";
        ExpressionChecker checker(checking_, alone);
        checker.check_condition(until.where);
        for (const ExprId key : until.by) checker.check(key);
        check_count(until);
    }

    /// The sequence's own `by` is a path that every step without one must have.
    void check_keys() {
        std::vector<Heard> all;
        for (std::uint32_t index = 0; index < sequence_.steps.size(); ++index) {
            if (!sequence_.steps[index].by.empty()) {
                check_count(sequence_.steps[index]);
                continue;
            }
            if (sequence_.by.empty() && expected_keys() != 0) check_key_is_there(sequence_.steps[index]);
            const std::vector<Heard>& heard = signal_.steps[index].heard;
            all.insert(all.end(), heard.begin(), heard.end());
        }
        Scope keys = scope_;
        keys.steps.clear();
        keys.facts.clear();
        keys.heard = &all;
        keys.alias.clear();
        keys.place = "in `by`";
        ExpressionChecker checker(checking_, keys);
        for (const ExprId key : sequence_.by) {
            checker.check(key);
            check_key_fits(key);
        }
    }

    /// An event without the field has no key, and fills or forbids nothing.
    void check_key_fits(ExprId key) {
        const Ref& ref = checking_.info(scope_.tree, key).ref;
        if (!std::holds_alternative<Path>(checking_.expr(scope_.tree, key).node) || ref.kind != RefKind::field) return;
        for (std::uint32_t index = 0; index < sequence_.steps.size(); ++index) {
            const Step& step = sequence_.steps[index];
            const std::vector<Heard>& heard = signal_.steps[index].heard;
            if (!step.by.empty() || heard.empty() || merged_field(checking_.model, heard, ref.field)) continue;
            Diagnostic& diagnostic = checking_.diagnostics.add(
                Code::unknown_field, checking_.expr(scope_.tree, key).span,
                fmt::format("no event of the step {} has a field {}",
                            quoted(checking_.text(step.patterns.front().span)), quoted(ref.field)));
            diagnostic.label = "the key of every step";
            diagnostic.notes.push_back(
                {step.span, step.forbidden ? "which can forbid nothing" : "which nothing can fill"});
            diagnostic.help = "a step may have a key of its own: `EVENT by FIELD`";
        }
    }

    void check_count(const Step& step) {
        if (step.by.empty() || step.by.size() == expected_keys()) return;
        checking_.diagnostics.add(Code::wrong_step, step.span,
                                  fmt::format("this step has {} key{}, the sequence has {}", step.by.size(),
                                              step.by.size() == 1 ? "" : "s", expected_keys()));
    }

    /// Where the sequence has no key of its own, either every step names one or none does.
    void check_key_is_there(const Step& step) {
        checking_.diagnostics.add(Code::wrong_step, step.span, "this step has no key, another step has one").help =
            "give every step a `by`, or the sequence one for all: `sequence within 1h by host`";
    }

    /// A match waits under its key: every step must make the same kind of key.
    void check_key_types() {
        std::vector<const std::vector<ExprId>*> given{&sequence_.by};
        for (const Step& step : sequence_.steps) given.push_back(&step.by);
        for (const Step& until : sequence_.until) given.push_back(&until.by);
        std::vector<Type> types;
        for (const std::vector<ExprId>* keys : given)
            for (std::size_t index = 0; index < keys->size(); ++index) {
                const ExprId key = (*keys)[index];
                const Type type = checking_.info(scope_.tree, key).as.as_required();
                if (type.kind == Kind::error) continue;
                if (index == types.size()) types.push_back(type);
                if (index >= types.size() || types[index] == type) continue;
                checking_.diagnostics.add(Code::wrong_step, checking_.expr(scope_.tree, key).span,
                                          fmt::format("this key is {}, an earlier one is {}",
                                                      show_type(checking_.model, type),
                                                      show_type(checking_.model, types[index])));
            }
    }

    std::size_t expected_keys() const {
        if (!sequence_.by.empty()) return sequence_.by.size();
        for (const Step& step : sequence_.steps)
            if (!step.by.empty()) return step.by.size();
        return 0;
    }

    Checking& checking_;
    SignalInfo& signal_;
    SignalNotes& notes_;
    const Sequence& sequence_;
    Scope& scope_;
};

} // namespace

void check_sequence(Checking& checking, std::uint32_t index, const SignalDecl& declared, Scope& scope) {
    SequenceChecker(checking, index, declared, scope).check();
}

} // namespace watchword::dsl
