// Sources: columns are the fields of their code; each emit is a record of its own.
#include "dsl/lower.hpp"

#include <algorithm>

namespace watchword::dsl {

namespace {

runtime::EmitPlan lower_emit(Lowering& lowering, const SourceInfo::EmitInfo& info) {
    const Emit& emit = *info.emit;
    CodeScope scope;
    scope.tree = info.tree;
    scope.accounts = true;
    runtime::EmitPlan plan;
    plan.employee = emit.employee;
    plan.event = emit.employee ? 0 : info.event;
    plan.span = where(emit.span);
    plan.when = lowering.code.condition(scope, emit.when);
    const std::vector<runtime::Field>& fields =
        emit.employee ? lowering.program.employee.attributes : lowering.program.events[info.event].fields;
    for (const Assignment& assignment : emit.fields) {
        const runtime::CodeId code = lowering.code.value(scope, assignment.value);
        const std::string& name = assignment.name.text;
        if (name == "id")
            plan.id = code;
        else if (emit.employee && name == "accounts")
            plan.aliases = code;
        else if (!emit.employee && name == "time")
            plan.time = code;
        else
            for (std::uint32_t i = 0; i < fields.size(); ++i)
                if (fields[i].name == name) plan.fields.push_back({i, code});
    }
    return plan;
}

} // namespace

void lower_sources(Lowering& lowering) {
    for (const SourceInfo& info : lowering.model.source_mappings) {
        if (lowering.stopped()) return;
        runtime::SourcePlan plan;
        plan.name = info.name;
        plan.format = info.format;
        plan.delimiter = info.delimiter;
        plan.header = info.header;
        plan.zone = info.zone;
        for (const SourceInfo::ColumnInfo& column : info.columns)
            plan.columns.push_back({column.headers, column.type, column.sensitive});
        for (const SourceInfo::EmitInfo& emit : info.emits) {
            lowering.count_input(emit.emit->span);
            if (!emit.emit->employee && emit.event == none) continue;
            plan.emits.push_back(lower_emit(lowering, emit));
        }
        lowering.program.sources.push_back(std::move(plan));
    }
}

} // namespace watchword::dsl
