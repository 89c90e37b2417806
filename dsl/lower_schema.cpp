// Events, roster, calendars, baselines, actions and risk: what stands beside the policies.
#include "dsl/lower.hpp"

#include "runtime/text.hpp"

#include <algorithm>
#include <tuple>

namespace watchword::dsl {

using runtime::CodeId;

void lower_schemas(Lowering& lowering) {
    lowering.program.enumerations = lowering.model.enumerations;
    lowering.program.events = lowering.model.events;
    lowering.program.employee = lowering.model.employee;
    for (runtime::EventSchema& schema : lowering.program.events) {
        schema.slots = 0;
        schema.updates.clear();
        for (runtime::Field& field : schema.fields) {
            field.slot = runtime::no_slot;
            if (field.fallback) field.fallback = lowering.copy(*field.fallback, field.type);
        }
    }
    std::vector<runtime::Field>& attributes = lowering.program.employee.attributes;
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        attributes[i].slot = static_cast<std::int32_t>(i);
        if (attributes[i].fallback) attributes[i].fallback = lowering.copy(*attributes[i].fallback, attributes[i].type);
    }
}

void lower_updates(Lowering& lowering) {
    for (std::uint32_t i = 0; i < lowering.model.event_at.size(); ++i) {
        const DeclRef at = lowering.model.event_at[i];
        if (at.tree == none) continue;
        const auto& declared = lowering.model.decl<EventDecl>(at);
        runtime::EventSchema& schema = lowering.program.events[i];
        const CodeScope scope = lowering.event_scope(at.tree, i);
        for (const Assignment& assignment : declared.updates) {
            const auto& attributes = lowering.program.employee.attributes;
            for (std::uint32_t a = 0; a < attributes.size(); ++a)
                if (attributes[a].name == assignment.name.text)
                    schema.updates.push_back({a, lowering.code.value(scope, assignment.value)});
        }
        schema.adds_employee = declared.adds;
        if (declared.adds || !declared.updates.empty()) schema.used = schema.never_late = true;
    }
}

namespace {

/// Bit 0 is Monday; ranges go round the end of the week.
std::uint8_t days_of(const std::vector<std::pair<Name, Name>>& ranges) {
    static constexpr std::string_view names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    const auto index = [](const std::string& word) {
        const std::string folded = runtime::fold(word).substr(0, 3);
        return static_cast<int>(std::find(std::begin(names), std::end(names), folded) - std::begin(names));
    };
    std::uint8_t days = 0;
    for (const auto& [first, last] : ranges) {
        const int begin = index(first.text);
        const int end = index(last.text);
        if (begin > 6 || end > 6) continue;
        for (int day = begin;; day = (day + 1) % 7) {
            days = static_cast<std::uint8_t>(days | 1 << day);
            if (day == end) break;
        }
    }
    return days;
}

} // namespace

void lower_calendars(Lowering& lowering) {
    for (const CalendarInfo& info : lowering.model.calendars) {
        const auto& declared = lowering.model.decl<CalendarDecl>(info.at);
        CodeScope scope;
        scope.tree = info.at.tree;
        runtime::CalendarPlan plan;
        plan.name = info.name;
        if (!declared.days.empty()) plan.days = days_of(declared.days);
        for (const auto& [from, to] : declared.hours) {
            const CodeId begin = lowering.code.value(scope, from);
            plan.hours.emplace_back(begin, lowering.code.value(scope, to));
        }
        plan.zone = lowering.code.value(scope, declared.zone);
        plan.except = lowering.code.value(scope, declared.except);
        plan.holidays = info.holidays;
        std::sort(plan.holidays.begin(), plan.holidays.end());
        lowering.program.calendars.push_back(std::move(plan));
    }
}

void lower_baselines(Lowering& lowering) {
    for (const BaselineInfo& info : lowering.model.baselines) {
        runtime::BaselinePlan plan{info.name, info.rows};
        std::stable_sort(plan.rows.begin(), plan.rows.end(),
                         [](const runtime::BaselineRow& left, const runtime::BaselineRow& right) {
                             return std::tie(left.group, left.date) < std::tie(right.group, right.date);
                         });
        lowering.program.baselines.push_back(std::move(plan));
    }
}

void lower_actions(Lowering& lowering) {
    for (const ActionInfo& info : lowering.model.actions) {
        const auto& declared = lowering.model.decl<ActionDecl>(info.at);
        runtime::ActionPlan plan;
        plan.name = info.name;
        for (std::size_t i = 0; i < declared.parameters.size() && i < info.parameters.size(); ++i)
            plan.parameters.emplace_back(declared.parameters[i].name.text, info.parameters[i]);
        plan.is_state = declared.state;
        plan.doc = lowering.doc(info.at);
        lowering.program.actions.push_back(std::move(plan));
    }
}

void lower_risk(Lowering& lowering) {
    if (!lowering.model.risk) return;
    const auto& declared = lowering.model.decl<RiskDecl>(*lowering.model.risk);
    runtime::RiskPlan plan;
    plan.sum = declared.combine.text == "sum";
    for (const auto& [level, at] : declared.levels)
        plan.levels.emplace_back(level_of(level.text, runtime::Level::medium), at.value);
    std::stable_sort(plan.levels.begin(), plan.levels.end());
    lowering.program.risk = std::move(plan);
}

} // namespace watchword::dsl
