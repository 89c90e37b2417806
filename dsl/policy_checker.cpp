// Policies: compulsory parts, triggers, ends, escalation. The score block and its alerts have a file of their own.
#include "dsl/policy_checker.hpp"

#include "dsl/types.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

void check_text(Checking& checking, const std::optional<TextClause>& clause, const Name& policy, std::string_view word,
                std::string_view sample) {
    if (clause && !trimmed_empty(clause->text)) return;
    if (clause) {
        checking.diagnostics.add(Code::empty_text, clause->span, fmt::format("`{}` is empty", word));
        return;
    }
    Diagnostic& diagnostic = checking.diagnostics.add(
        Code::missing_policy_clause, policy.span, fmt::format("the policy {} has no `{}`", quoted(policy.text), word));
    diagnostic.label = fmt::format("`{}` is compulsory", word);
    diagnostic.help = fmt::format("add `{} \"{}\"`", word, sample);
}

/// Triggers and ends of one policy, in the order of the text.
class TriggerChecker {
public:
    TriggerChecker(Checking& checking, std::uint32_t index, TriggerScope& trigger)
        : checking_(checking), policy_(checking.model.policies[index]),
          declared_(checking.model.decl<PolicyDecl>(policy_.at)), trigger_(trigger), index_(index) {}

    void check() {
        policy_.opens.resize(declared_.opens.size());
        policy_.opens_policy.assign(declared_.opens.size(), none);
        policy_.closes.resize(declared_.closes.size());
        for (std::uint32_t index = 0; index < declared_.opens.size(); ++index) check_opens(index);
        for (std::uint32_t index = 0; index < declared_.closes.size(); ++index) check_close(index);
        check_bounds();
    }

private:
    Scope scope(std::string_view place) const {
        Scope result;
        result.tree = policy_.at.tree;
        result.employee = true;
        result.clock = true;
        result.place = place;
        return result;
    }

    void check_opens(std::uint32_t index) {
        const Opens& opens = declared_.opens[index];
        TriggerAlternative alternative;
        if (opens.alias) alternative.alias = opens.alias->text;
        switch (opens.kind) {
        case Opens::Kind::event:
            check_event(index, alternative);
            break;
        case Opens::Kind::alert:
            check_alert(index);
            break;
        case Opens::Kind::signal:
            check_signal(index, alternative);
            break;
        }
        if (opens.kind != Opens::Kind::event) check_plain(opens);
        trigger_.alternatives.push_back(std::move(alternative));
    }

    void check_event(std::uint32_t index, TriggerAlternative& alternative) {
        const Opens& opens = declared_.opens[index];
        StepInfo& info = policy_.opens[index];
        // A notice to a group needs no person of its own.
        info.heard = resolve_patterns(checking_, policy_.at.tree, opens.patterns, false, opens.group == no_expr);
        alternative.heard = info.heard;
        alternative.broken = info.heard.empty();
        Scope names = scope("in a trigger");
        names.heard = &info.heard;
        names.alias = alternative.alias;
        names.employee = opens.group == no_expr;
        ExpressionChecker checker(checking_, names);
        checker.check_condition(opens.where);
        alternative.facts = checker.facts_of(opens.where, true);
        names.facts.insert(alternative.facts.begin(), alternative.facts.end());
        // An absent anchor means the stated time.
        if (opens.at != no_expr)
            checker.check_value(opens.at, type_of(Kind::time).as_optional(), "the anchor of a watch");
        if (opens.group == no_expr) return;
        names.employee = true;
        checker.check_condition(opens.group);
    }

    void check_alert(std::uint32_t index) {
        const Opens& opens = declared_.opens[index];
        const Symbol* policy = find_symbol(checking_, policy_.at.tree, opens.target, Sort::policy);
        if (policy == nullptr) return;
        if (policy->index == index_) {
            checking_.diagnostics.add(
                Code::cycle, opens.target.span,
                fmt::format("the policy {} is opened by its own alerts", quoted(declared_.name.text)));
            return;
        }
        policy_.opens_policy[index] = policy->index;
    }

    void check_signal(std::uint32_t index, TriggerAlternative& alternative) {
        const Opens& opens = declared_.opens[index];
        const Symbol* symbol = find_symbol(checking_, policy_.at.tree, opens.target, Sort::signal);
        alternative.broken = symbol == nullptr;
        if (symbol == nullptr) return;
        SignalInfo& signal = checking_.model.signals[symbol->index];
        if (!signal.is_across) {
            Diagnostic& diagnostic = checking_.diagnostics.add(
                Code::wrong_across, opens.target.span,
                fmt::format("{} is about one person, and cannot open a watch", quoted(signal.name)));
            diagnostic.help =
                "a signal that opens watches says `across KEY`; what one person does outside a watch is not looked at";
            diagnostic.notes.push_back({symbol->span, "declared here"});
        }
        signal.used = true;
        policy_.opens[index].heard.push_back({true, symbol->index});
    }

    /// Alerts and signals have no event whose fields could be asked.
    void check_plain(const Opens& opens) {
        for (const ExprId part : {opens.where, opens.at, opens.group})
            if (part != no_expr)
                checking_.diagnostics
                    .add(Code::not_supported, checking_.expr(policy_.at.tree, part).span,
                         "conditions on alerts and signals that open a watch are not supported yet")
                    .help = "what is asked of the person can stand in `covers`";
    }

    void check_close(std::uint32_t index) {
        const Close& close = declared_.closes[index];
        Scope names = scope("in `closes`");
        names.trigger = &trigger_;
        names.facts = trigger_facts(trigger_);
        ExpressionChecker checker(checking_, names);
        if (close.kind == Close::Kind::after && close.duration.value <= 0)
            checking_.diagnostics.add(Code::out_of_range, close.span, "a watch has to last longer than nothing");
        // An alternative whose instant is absent does not apply.
        if (close.kind == Close::Kind::after_instant)
            checker.check_value(close.instant, type_of(Kind::time).as_optional(),
                                "the instant after which a watch ends");
        if (close.kind != Close::Kind::event) return;
        StepInfo& info = policy_.closes[index];
        info.heard = resolve_patterns(checking_, policy_.at.tree, close.patterns, false, false);
        names.heard = &info.heard;
        if (close.alias) names.alias = close.alias->text;
        checker.check_condition(close.where);
    }

    void check_bounds() {
        const Name& name = declared_.name;
        if (declared_.always) {
            if (trimmed_empty(declared_.always->text))
                checking_.diagnostics.add(Code::empty_text, declared_.always->span,
                                          "a policy without a trigger needs a reason");
            if (!declared_.opens.empty())
                checking_.diagnostics
                    .add(Code::always_and_more, declared_.opens.front().span,
                         "a watch that is always open has no other triggers")
                    .notes.push_back({declared_.always->span, "opens always"});
            if (!declared_.closes.empty())
                checking_.diagnostics.add(Code::always_and_more, declared_.closes.front().span,
                                          "a watch that is always open does not close");
            if (declared_.looks_back)
                checking_.diagnostics.add(Code::always_and_more, declared_.looks_back->span,
                                          "a watch that is always open has nothing to look back at");
            if (!declared_.score || !declared_.score->halves_every)
                checking_.diagnostics
                    .add(Code::always_needs_decay, declared_.always->span,
                         fmt::format("the policy {} is always open and its score never falls", quoted(name.text)))
                    .help = "add `halves every 30d` to the score";
            return;
        }
        if (declared_.opens.empty()) {
            Diagnostic& diagnostic = checking_.diagnostics.add(
                Code::no_trigger, name.span, fmt::format("nothing opens a watch of the policy {}", quoted(name.text)));
            diagnostic.label = "a trigger is compulsory";
            diagnostic.help =
                "add `opens on hr.…`; a policy that watches without a trigger says `opens always because \"…\"`";
        }
        const bool bounded = std::any_of(declared_.closes.begin(), declared_.closes.end(),
                                         [](const Close& close) { return close.kind == Close::Kind::after; });
        if (bounded) return;
        const Span span = declared_.closes.empty() ? name.span : declared_.closes.front().span;
        Diagnostic& diagnostic = checking_.diagnostics.add(
            Code::no_bound, span, fmt::format("a watch of the policy {} may never end", quoted(name.text)));
        diagnostic.label = "a bound is compulsory";
        diagnostic.help = "add `after 90d` to what `closes` it";
    }

    Checking& checking_;
    PolicyInfo& policy_;
    const PolicyDecl& declared_;
    TriggerScope& trigger_;
    std::uint32_t index_;
};

void check_header(Checking& checking, const PolicyDecl& declared) {
    check_text(checking, declared.purpose, declared.name, "purpose",
               "Protect company data during a reduction in force");
    check_text(checking, declared.basis, declared.name, "basis", "Works agreement 2024-11, section 4");
    check_text(checking, declared.owner, declared.name, "owner", "insider-threat@corp.example");
    if (declared.looks_back && declared.looks_back->value <= 0)
        checking.diagnostics.add(Code::out_of_range, declared.looks_back->span,
                                 "a look-back has to be longer than nothing");
    if (declared.retrigger && declared.retrigger->at_most) {
        const RetriggerClause& retrigger = *declared.retrigger;
        if (retrigger.kind.text != "extends")
            checking.diagnostics.add(Code::out_of_range, retrigger.at_most->span,
                                     "only a watch that is extended has a longest span");
        else if (retrigger.at_most->value <= 0)
            checking.diagnostics.add(Code::out_of_range, retrigger.at_most->span,
                                     "the longest span has to be longer than nothing");
        for (const Close& close : declared.closes)
            if (close.kind == Close::Kind::after && close.duration.known && retrigger.at_most->known &&
                retrigger.at_most->value > 0 && retrigger.at_most->value < close.duration.value)
                checking.diagnostics
                    .add(Code::out_of_range, retrigger.at_most->span,
                         "a watch of one trigger would be longer than this longest span")
                    .notes.push_back({close.span, "it lasts this long"});
    }
    const auto after = [](const std::optional<InstantClause>& earlier, const std::optional<InstantClause>& later) {
        return earlier && later && earlier->value > later->value;
    };
    if (after(declared.created, declared.modified))
        checking.diagnostics.add(Code::out_of_range, declared.modified->span,
                                 "the policy was modified before it was created");
    if (after(declared.created, declared.expires))
        checking.diagnostics.add(Code::out_of_range, declared.expires->span,
                                 "the policy expires before it was created");
}

void check_policy(Checking& checking, std::uint32_t index) {
    PolicyInfo& policy = checking.model.policies[index];
    const auto& declared = checking.model.decl<PolicyDecl>(policy.at);
    check_header(checking, declared);
    TriggerScope trigger;
    trigger.fields = &policy.trigger_fields;
    Scope covers;
    covers.tree = policy.at.tree;
    covers.employee = true;
    covers.place = "in `covers`";
    ExpressionChecker(checking, covers).check_condition(declared.covers);
    TriggerChecker(checking, index, trigger).check();
    policy.excepts.resize(declared.exceptions.size());
    for (std::size_t clause = 0; clause < declared.exceptions.size(); ++clause) {
        Scope scope;
        scope.tree = policy.at.tree;
        scope.employee = true;
        scope.clock = true;
        check_exception(checking, declared.exceptions[clause], scope, policy.excepts[clause]);
    }
    check_score(checking, index, trigger);
}

/// Policies that others' alerts open come after those others; among equals the order of declaration.
class PolicyOrder {
public:
    explicit PolicyOrder(Checking& checking)
        : checking_(checking), progress_(checking.model.policies.size(), Progress::untouched) {}

    void fill() {
        for (std::uint32_t index = 0; index < progress_.size(); ++index) place(index, 0);
    }

private:
    void place(std::uint32_t index, std::uint32_t depth) {
        constexpr std::uint32_t deepest = 1000; // nobody escalates so far; keeps the stack small
        if (progress_[index] != Progress::untouched) return;
        progress_[index] = Progress::running;
        const PolicyInfo& policy = checking_.model.policies[index];
        const auto& declared = checking_.model.decl<PolicyDecl>(policy.at);
        for (std::size_t opens = 0; opens < policy.opens_policy.size(); ++opens) {
            const std::uint32_t other = policy.opens_policy[opens];
            if (other == none) continue;
            if (progress_[other] == Progress::running || depth >= deepest)
                report(declared.opens[opens].target, other);
            else
                place(other, depth + 1);
        }
        progress_[index] = Progress::done;
        checking_.model.policy_order.push_back(index);
    }

    void report(const Name& target, std::uint32_t other) {
        Diagnostic& diagnostic =
            checking_.diagnostics.add(Code::cycle, target.span, "policies open each other in a circle");
        diagnostic.label = "leads back to an earlier policy";
        diagnostic.notes.push_back(
            {checking_.model.decl<PolicyDecl>(checking_.model.policies[other].at).name.span, "which is declared here"});
    }

    Checking& checking_;
    std::vector<Progress> progress_;
};

} // namespace

Facts trigger_facts(const TriggerScope& trigger) {
    std::optional<Facts> common;
    for (const TriggerAlternative& alternative : trigger.alternatives) {
        if (alternative.alias.empty()) return {};
        Facts facts;
        for (const std::string& fact : alternative.facts)
            if (fact.rfind("f:", 0) == 0) facts.insert("t:" + alternative.alias + "." + fact.substr(2));
        if (!common) {
            common = std::move(facts);
            continue;
        }
        std::erase_if(*common, [&](const std::string& fact) { return !facts.contains(fact); });
    }
    return common ? *common : Facts{};
}

void check_policies(Checking& checking) {
    for (std::uint32_t index = 0; index < checking.model.policies.size(); ++index) check_policy(checking, index);
    PolicyOrder(checking).fill();
}

} // namespace watchword::dsl
