// Policies: triggers with what they keep, ends, score, boosters, alerts. Clauses are sugar; here they become plans.
#include "dsl/lower_signal.hpp"

#include <algorithm>
#include <set>

namespace watchword::dsl {

using runtime::CodeId;
using runtime::PolicyPlan;

namespace {

class PolicyLowering {
public:
    PolicyLowering(Lowering& lowering, std::uint32_t policy, PolicyPlan& plan)
        : lowering_(lowering), info_(lowering.model.policies[policy]),
          declared_(lowering.model.decl<PolicyDecl>(info_.at)), plan_(plan), signals_(lowering, plan) {}

    void lower() {
        header();
        if (info_.trigger_fields.size() > UINT16_MAX) return lowering_.code.give_up(lowering_.span(info_.at));
        for (const runtime::Field& field : info_.trigger_fields)
            plan_.trigger_slots.push_back({field.name, field.type.as_optional(), field.sensitive});
        plan_.covers = lowering_.code.condition(person_scope(), declared_.covers);
        plan_.covers_parts = lowering_.parts(person_scope(), declared_.covers);
        if (declared_.covers != no_expr) plan_.covers_reads = reads_of(declared_.covers);
        if (declared_.covers != no_expr) plan_.covers_text = lowering_.written(tree(), declared_.covers);
        triggers();
        closes();
        retrigger();
        plan_.exceptions = lower_exceptions(lowering_, tree(), declared_.exceptions, info_.excepts, nullptr);
        if (declared_.score) score(*declared_.score);
        alerts();
    }

private:
    std::uint32_t tree() const { return info_.at.tree; }
    std::optional<runtime::Time> instant(const std::optional<InstantClause>& clause) const {
        return clause ? std::optional(lowering_.instant(tree(), *clause)) : std::nullopt;
    }
    static std::string text(const std::optional<TextClause>& clause) { return clause ? clause->text : ""; }

    void header() {
        plan_.name = info_.name;
        plan_.id = declared_.id ? declared_.id->text : info_.name;
        plan_.module = lowering_.module(tree());
        plan_.title = declared_.title ? declared_.title->text : info_.name;
        plan_.purpose = text(declared_.purpose);
        plan_.basis = text(declared_.basis);
        plan_.owner = text(declared_.owner);
        plan_.version = text(declared_.version);
        plan_.doc = lowering_.doc(info_.at);
        for (const TextClause& tag : declared_.tags) plan_.tags.push_back(tag.text);
        plan_.created = instant(declared_.created);
        plan_.modified = instant(declared_.modified);
        plan_.expires = instant(declared_.expires);
        if (declared_.severity) plan_.severity = level_of(declared_.severity->text, runtime::Level::medium);
        if (declared_.always) plan_.always = declared_.always->text;
        if (declared_.looks_back) plan_.looks_back = declared_.looks_back->value;
        plan_.span = where(lowering_.span(info_.at));
    }

    /// Code that sees the person and the trigger's values, no event.
    CodeScope person_scope() const {
        CodeScope scope;
        scope.tree = tree();
        scope.trigger = [this](const Ref& ref) -> CodeScope::Slot {
            if (ref.index >= plan_.trigger_slots.size()) return std::nullopt;
            return static_cast<std::uint16_t>(ref.index);
        };
        return scope;
    }
    CodeScope with_trigger(CodeScope scope) const {
        scope.trigger = person_scope().trigger;
        return scope;
    }

    void triggers() {
        if (declared_.always) {
            runtime::TriggerPlan plan;
            plan.kind = runtime::TriggerKind::always;
            plan.span = where(declared_.always->span);
            plan_.triggers.push_back(std::move(plan));
        }
        for (std::size_t i = 0; i < declared_.opens.size() && i < info_.opens.size(); ++i) {
            const Opens& opens = declared_.opens[i];
            runtime::TriggerPlan plan;
            plan.span = where(opens.span);
            plan.is_group = opens.group != no_expr;
            if (opens.kind == Opens::Kind::alert) {
                plan.kind = runtime::TriggerKind::alert;
                if (info_.opens_policy[i] == none) continue;
                plan.source = lowering_.policy_index[info_.opens_policy[i]];
                if (opens.level) plan.level = level_of(opens.level->text, runtime::Level::info);
                plan.captures = captures(opens, std::nullopt);
                plan_.triggers.push_back(std::move(plan));
                continue;
            }
            for (const Heard heard : info_.opens[i].heard) event_trigger(opens, heard, plan);
        }
    }

    void event_trigger(const Opens& opens, Heard heard, runtime::TriggerPlan plan) {
        lowering_.count_input(opens.span);
        if (lowering_.stopped()) return;
        if (heard.is_signal) {
            const auto across = lowering_.across_index.find(heard.index);
            if (across == lowering_.across_index.end()) return;
            plan.kind = runtime::TriggerKind::signal;
            plan.source = across->second;
            plan.captures = captures(opens, std::nullopt);
        } else {
            runtime::EventSchema& schema = lowering_.program.events[heard.index];
            schema.used = schema.never_late = true;
            const CodeScope scope = lowering_.event_scope(tree(), heard.index);
            plan.source = heard.index;
            plan.where = lowering_.code.condition(scope, opens.where);
            plan.where_parts = lowering_.parts(scope, opens.where);
            plan.anchor = lowering_.code.value(scope, opens.at);
            plan.group = lowering_.code.condition(scope, opens.group);
            plan.group_parts = lowering_.parts(scope, opens.group);
            plan.captures = captures(opens, heard.index);
            show_trigger(opens, heard.index, plan);
        }
        plan_.triggers.push_back(std::move(plan));
    }

    /// Which of the policy's trigger fields this alternative gives: `ALIAS.FIELD` under its own alias.
    std::vector<std::pair<CodeId, std::uint16_t>> captures(const Opens& opens, std::optional<std::uint32_t> event) {
        std::vector<std::pair<CodeId, std::uint16_t>> result;
        if (!opens.alias) return result;
        const std::string prefix = opens.alias->text + ".";
        for (std::size_t slot = 0; slot < info_.trigger_fields.size(); ++slot) {
            const std::string& name = info_.trigger_fields[slot].name;
            if (!name.starts_with(prefix)) continue;
            const std::optional<Ref> ref = own_value(name.substr(prefix.size()), event);
            if (!ref) continue;
            const CodeScope scope = event ? lowering_.event_scope(tree(), *event) : person_scope();
            result.emplace_back(lowering_.code.reference(scope, *ref), static_cast<std::uint16_t>(slot));
        }
        return result;
    }

    std::optional<Ref> own_value(const std::string& name, std::optional<std::uint32_t> event) const {
        static constexpr std::pair<std::string_view, RefKind> words[] = {
            {"time", RefKind::time}, {"stated", RefKind::stated}, {"id", RefKind::id}, {"type", RefKind::event_type}};
        Ref ref;
        if (event && lowering_.program.events[*event].find(name) != nullptr) {
            ref.kind = RefKind::field;
            ref.field = name;
            return ref;
        }
        for (const auto& [word, kind] : words)
            if (word == name) {
                ref.kind = kind;
                return ref;
            }
        return std::nullopt;
    }

    /// What the trigger's own conditions read is kept too, for explanations.
    void show_trigger(const Opens& opens, std::uint32_t event, runtime::TriggerPlan& plan) {
        for (ReadField read : fields_read(lowering_, tree(), {opens.where, opens.at, opens.group})) {
            const runtime::Field* field = lowering_.program.events[event].find(read.ref.field);
            if (field == nullptr) continue;
            const std::string label = opens.alias ? opens.alias->text + "." + field->name : field->name;
            const runtime::KeptSlot slot{label, field->type.as_optional(), field->sensitive};
            std::size_t index = 0;
            while (index < plan_.trigger_slots.size() &&
                   (plan_.trigger_slots[index].label != label || plan_.trigger_slots[index].type != slot.type))
                ++index;
            if (index > UINT16_MAX) continue;
            if (index == plan_.trigger_slots.size()) plan_.trigger_slots.push_back(slot);
            const auto known = [&](const auto& capture) { return capture.second == index; };
            if (std::any_of(plan.captures.begin(), plan.captures.end(), known)) continue;
            read.ref.attribute = none;
            const CodeScope scope = lowering_.event_scope(tree(), event);
            plan.captures.emplace_back(lowering_.code.reference(scope, read.ref), static_cast<std::uint16_t>(index));
        }
    }

    void closes() {
        for (std::size_t i = 0; i < declared_.closes.size(); ++i) {
            const Close& close = declared_.closes[i];
            runtime::ClosePlan plan;
            plan.after = close.duration.value;
            plan.span = where(close.span);
            if (close.kind == Close::Kind::after_instant) {
                plan.kind = runtime::CloseKind::after_instant;
                plan.instant = lowering_.code.value(person_scope(), close.instant);
            }
            if (close.kind != Close::Kind::event) {
                plan_.closes.push_back(plan);
                continue;
            }
            plan.kind = runtime::CloseKind::event;
            for (const Heard heard : info_.closes[i].heard) {
                lowering_.count_input(close.span);
                if (heard.is_signal || lowering_.stopped()) continue;
                runtime::EventSchema& schema = lowering_.program.events[heard.index];
                schema.used = schema.never_late = true;
                plan.event = heard.index;
                const CodeScope scope = with_trigger(lowering_.event_scope(tree(), heard.index));
                plan.where = lowering_.code.condition(scope, close.where);
                plan.where_parts = lowering_.parts(scope, close.where);
                plan_.closes.push_back(plan);
            }
        }
    }

    void retrigger() {
        runtime::Duration largest = 0;
        for (const Close& close : declared_.closes) {
            const bool counts = close.kind == Close::Kind::after;
            if (counts) largest = std::max(largest, close.duration.value);
        }
        plan_.extends_at_most = largest > runtime::never / 2 ? runtime::never : 2 * largest;
        if (!declared_.retrigger) return;
        if (declared_.retrigger->kind.text == "restarts") plan_.retrigger = runtime::Retrigger::restarts;
        if (declared_.retrigger->kind.text == "ignores") plan_.retrigger = runtime::Retrigger::ignores;
        if (declared_.retrigger->at_most) plan_.extends_at_most = declared_.retrigger->at_most->value;
    }

    void score(const ScoreClause& clause) {
        for (std::size_t i = 0; i < clause.terms.size() && i < info_.terms.size(); ++i) {
            const Term& term = clause.terms[i];
            if (info_.terms[i].signal == none || lowering_.stopped()) continue;
            runtime::ScoreTerm plan;
            plan.signal = signals_.instance(info_.terms[i]);
            for (const CodeScope& hit : signals_.hit_scopes(plan.signal, tree())) {
                const CodeScope scope = with_trigger(hit);
                plan.points.push_back(lowering_.code.value(scope, term.points));
                plan.when.push_back(lowering_.code.condition(scope, term.when));
                plan.when_parts.push_back(lowering_.parts(scope, term.when));
            }
            if (term.at_most) plan.at_most = term.at_most->value;
            plan.once = term.once;
            plan.span = where(term.span);
            plan_.score.push_back(std::move(plan));
        }
        if (clause.halves_every) plan_.halves_every = clause.halves_every->value;
        if (clause.at_most) plan_.at_most = clause.at_most->value;
        for (const Booster& booster : clause.boosters) {
            runtime::BoosterPlan plan;
            plan.factor = booster.factor.value;
            plan.when = lowering_.code.condition(person_scope(), booster.when);
            plan.when_parts = lowering_.parts(person_scope(), booster.when);
            plan.reads = reads_of(booster.when);
            plan.label = lowering_.written(booster.span);
            plan.span = where(booster.span);
            plan_.boosters.push_back(std::move(plan));
        }
    }

    runtime::PeopleRead reads_of(ExprId root) const {
        runtime::PeopleRead reads;
        std::set<std::uint32_t> seen;
        note_reads(reads, tree(), root, seen);
        return reads;
    }

    /// What the expression, and the definitions that it calls, read of people. `seen`: definitions looked at.
    void note_reads(runtime::PeopleRead& reads, std::uint32_t tree, ExprId root, std::set<std::uint32_t>& seen) const {
        for (const ExprId id : expressions_in(lowering_.tree(tree), root)) {
            const ExprInfo& info = lowering_.model.info(tree, id);
            const Ref& ref = info.ref;
            if (ref.kind == RefKind::attribute) reads.attributes.push_back(ref.index);
            // another person's attribute, or who another person is, which is a matter of names
            if (ref.attribute != none) reads.others_attributes.push_back(ref.attribute);
            reads.names_others |=
                ref.attribute == none && ref.kind == RefKind::attribute && info.type.kind == Kind::person;
            if (ref.kind != RefKind::define || !seen.insert(ref.index).second) continue;
            const DeclRef at = lowering_.model.defines[ref.index].at;
            note_reads(reads, at.tree, lowering_.model.decl<DefineDecl>(at).body, seen);
        }
    }

    void alerts() {
        for (std::size_t i = 0; i < declared_.alerts.size() && !lowering_.stopped(); ++i) {
            const AlertClause& clause = declared_.alerts[i];
            runtime::AlertPlan plan;
            plan.level = level_of(clause.level.text, plan_.severity);
            plan.span = where(clause.span);
            if (clause.cause == AlertClause::Cause::on_open) plan.cause = runtime::AlertCause::on_open;
            if (clause.cause == AlertClause::Cause::level) {
                plan.at = clause.at.value;
                plan.rearms_below = clause.rearms_below ? clause.rearms_below->value : 0.8 * plan.at;
            }
            if (clause.cause == AlertClause::Cause::on_signal) {
                if (i >= info_.alert_signals.size() || info_.alert_signals[i].signal == none) continue;
                plan.cause = runtime::AlertCause::on_signal;
                plan.signal = signals_.instance(info_.alert_signals[i]);
            }
            for (const Use& action : clause.actions) add_action(action, plan);
            plan_.alerts.push_back(std::move(plan));
        }
        // level ones first, rising; the others as written
        std::stable_sort(plan_.alerts.begin(), plan_.alerts.end(),
                         [](const runtime::AlertPlan& left, const runtime::AlertPlan& right) {
                             const bool by_level = left.cause == runtime::AlertCause::level;
                             if (by_level != (right.cause == runtime::AlertCause::level)) return by_level;
                             return by_level && left.at < right.at;
                         });
    }

    void add_action(const Use& use, runtime::AlertPlan& plan) {
        const std::uint32_t index = lowering_.named(lowering_.model.actions, use.name.text, tree());
        if (index == none) return;
        const ActionInfo& action = lowering_.model.actions[index];
        const auto& declared = lowering_.model.decl<ActionDecl>(action.at);
        runtime::ActionCall call;
        call.action = index;
        call.arguments.resize(action.parameters.size());
        std::vector<bool> given(action.parameters.size(), false);
        std::size_t next = 0;
        for (const Assignment& argument : use.arguments) {
            std::size_t place = 0;
            if (argument.name.text.empty())
                place = next++;
            else
                while (place < declared.parameters.size() && declared.parameters[place].name.text != argument.name.text)
                    ++place;
            if (place >= call.arguments.size()) continue;
            given[place] = true;
            call.arguments[place] = value(tree(), argument.value);
        }
        for (std::size_t i = 0; i < given.size() && i < declared.parameters.size(); ++i)
            if (!given[i]) call.arguments[i] = value(action.at.tree, declared.parameters[i].fallback);
        plan.actions.push_back(std::move(call));
    }

    runtime::Value value(std::uint32_t in_tree, ExprId expr) {
        const auto known = used_constant(lowering_.model, in_tree, expr, nullptr);
        return known ? to_value(*known, lowering_.program.arena) : runtime::Value::absent();
    }

    Lowering& lowering_;
    const PolicyInfo& info_;
    const PolicyDecl& declared_;
    PolicyPlan& plan_;
    SignalLowering signals_;
};

} // namespace

void lower_policy(Lowering& lowering, std::uint32_t policy) {
    PolicyPlan plan;
    PolicyLowering{lowering, policy, plan}.lower();
    lowering.program.policies.push_back(std::move(plan));
}

} // namespace watchword::dsl
