#include "desk/inspection.hpp"

#include "desk/audit.hpp"
#include "desk/code_reads.hpp"
#include "runtime/disassembler.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace watchword::desk {

namespace {

using runtime::Program;

struct Inputs {
    std::map<std::uint32_t, CodeReads> events;
    std::set<std::string> signals;
};

void add(const Program& program, const runtime::SignalInput& input, CodeReads& reads) {
    for (const runtime::CodeId code : {input.where, input.when}) add_reads(program, code, reads);
    for (const auto* codes : {&input.by, &input.window_where, &input.window_value})
        for (const runtime::CodeId code : *codes) add_reads(program, code, reads);
    for (const runtime::Observation& one : input.observations) add_reads(program, one.code, reads);
}

void add(const Program& program, const runtime::StepInput& input, CodeReads& reads) {
    add_reads(program, input.where, reads);
    for (const runtime::CodeId code : input.by) add_reads(program, code, reads);
    for (const auto& [code, slot] : input.captures) add_reads(program, code, reads);
    for (const runtime::Observation& one : input.observations) add_reads(program, one.code, reads);
}

Inputs inputs_of(const Program& program, const runtime::PolicyPlan& policy, const runtime::SignalPlan& signal) {
    Inputs found;
    const auto listen = [&](const auto& input) {
        CodeReads of_signal;
        if (input.is_signal) found.signals.insert(policy.signals[input.source].name);
        add(program, input, input.is_signal ? of_signal : found.events[input.source]);
    };
    for (const runtime::SignalInput& input : signal.inputs) listen(input);
    if (!signal.sequence) return found;
    for (const auto* steps : {&signal.sequence->steps, &signal.sequence->until})
        for (const runtime::StepPlan& step : *steps)
            for (const runtime::StepInput& input : step.inputs) listen(input);
    return found;
}

/// `file.copy(bytes, removable)`
std::string event_text(const Program& program, std::uint32_t event, const CodeReads& reads) {
    std::vector<std::string> fields;
    for (const runtime::Field& field : program.events[event].fields)
        if (field.slot != runtime::no_slot && reads.slots.contains(static_cast<std::uint32_t>(field.slot)))
            fields.push_back(field.name);
    const std::string& name = program.events[event].name;
    return fields.empty() ? name : fmt::format("{}({})", name, fmt::join(fields, ", "));
}

std::string listens_to(const Program& program, const Inputs& inputs) {
    std::vector<std::string> texts;
    for (const std::string& signal : inputs.signals) texts.push_back("signal " + signal);
    for (const auto& [event, reads] : inputs.events) texts.push_back(event_text(program, event, reads));
    return fmt::format("{}", fmt::join(texts, ", "));
}

std::string opened_by(const Program& program, const runtime::TriggerPlan& trigger) {
    switch (trigger.kind) {
    case runtime::TriggerKind::event:
        return program.events[trigger.source].name + (trigger.is_group ? " for a group" : "");
    case runtime::TriggerKind::alert:
        return fmt::format("alerts of {}, {} or above", program.policies[trigger.source].name,
                           runtime::level_names[static_cast<std::size_t>(trigger.level)]);
    case runtime::TriggerKind::signal:
        return fmt::format("signal {} across people", program.across[trigger.source].name);
    case runtime::TriggerKind::always:
        break;
    }
    return "the first event of a covered person";
}

void append(std::string& text, std::string_view what, const std::set<std::string>& names) {
    if (!names.empty()) text += fmt::format("  {:<12}  {}\n", what, fmt::join(names, ", "));
}

std::string policy_dependencies(const Program& program, std::uint32_t index, std::string_view only) {
    const runtime::PolicyPlan& policy = program.policies[index];
    std::set<std::string> opens, closes, attributes, waiting;
    CodeReads person;
    add_reads(program, policy.covers, person);
    for (const runtime::TriggerPlan& trigger : policy.triggers) opens.insert(opened_by(program, trigger));
    if (policy.always) opens.insert("the first event of a covered person");
    for (const runtime::ClosePlan& close : policy.closes)
        if (close.kind == runtime::CloseKind::event) closes.insert(program.events[close.event].name);
    for (const runtime::PolicyPlan& other : program.policies)
        for (const runtime::TriggerPlan& trigger : other.triggers)
            if (trigger.kind == runtime::TriggerKind::alert && trigger.source == index) waiting.insert(other.name);
    std::string signals;
    for (const runtime::SignalPlan& signal : policy.signals) {
        const Inputs inputs = inputs_of(program, policy, signal);
        for (const auto& [event, reads] : inputs.events)
            person.attributes.insert(reads.attributes.begin(), reads.attributes.end());
        if (only.empty() || only == policy.name || only == signal.name)
            signals += fmt::format("  signal {} listens to {}\n", signal.name, listens_to(program, inputs));
    }
    for (const runtime::BoosterPlan& booster : policy.boosters) add_reads(program, booster.when, person);
    for (const std::uint32_t attribute : person.attributes)
        attributes.insert(program.employee.attributes[attribute].name);
    std::string text = fmt::format("policy {}\n", policy.name);
    append(text, "opened by", opens);
    append(text, "closed by", closes);
    append(text, "the roster's", attributes);
    append(text, "opens", waiting);
    return text + signals;
}

bool concerns(const runtime::PolicyPlan& policy, std::string_view only) {
    return only.empty() || policy.name == only ||
           std::ranges::any_of(policy.signals, [&](const runtime::SignalPlan& signal) { return signal.name == only; });
}

} // namespace

std::vector<std::string> inspectable_names(const Program& program) {
    std::vector<std::string> names;
    for (const runtime::PolicyPlan& policy : program.policies) {
        names.push_back(policy.name);
        for (const runtime::SignalPlan& signal : policy.signals) names.push_back(signal.name);
    }
    return names;
}

std::string program_text(const Program& program, const std::vector<std::string>& files) {
    std::string text;
    const auto line = [&](std::string_view what, const std::string& how_much) {
        text += fmt::format("{:<13}  {}\n", what, how_much);
    };
    if (!files.empty()) line("files", fmt::format("{}", fmt::join(files, ", ")));
    std::size_t used = 0, slots = 0, signals = 0, windows = 0, sequences = 0;
    for (const runtime::EventSchema& event : program.events)
        if (event.used) ++used, slots += event.slots;
    for (const runtime::PolicyPlan& policy : program.policies)
        for (const runtime::SignalPlan& signal : policy.signals)
            ++signals, windows += signal.windows.size(), sequences += signal.sequence.has_value();
    line("events",
         fmt::format("{} of {} declared ones are read, {} of their fields", used, program.events.size(), slots));
    line("policies", fmt::format("{}{}", program.policies.size(), program.risk ? ", folded into one risk" : ""));
    line("signals", fmt::format("{} in all policies: {}, {}", signals, counted(windows, "window"),
                                counted(sequences, "sequence")));
    line("sources", fmt::format("{}", program.sources.size()));
    line("constants",
         fmt::format("{}, {}, {}, {}, {}", counted(program.constants.size(), "value"),
                     counted(program.sets.size(), "set"), counted(program.tables.size(), "table"),
                     counted(program.patterns.size(), "pattern"), counted(program.calendars.size(), "calendar")));
    line("code", fmt::format("{}, {}", counted(program.code.size(), "instruction"),
                             memory_text(program.code.size() * sizeof(runtime::Instruction))));
    return text;
}

std::string dependencies_text(const Program& program, std::string_view only) {
    std::string text;
    for (std::uint32_t index = 0; index < program.policies.size(); ++index)
        if (concerns(program.policies[index], only)) text += policy_dependencies(program, index, only);
    return text;
}

std::string bytecode_text(const Program& program, std::string_view only) {
    if (only.empty()) return runtime::disassemble(program);
    for (std::uint32_t policy = 0; policy < program.policies.size(); ++policy) {
        if (program.policies[policy].name == only) return runtime::disassemble(program, policy);
        std::string signal = runtime::disassemble(program, policy, only);
        if (!signal.empty()) return signal;
    }
    return {};
}

/// Lines that begin with a number are instructions.
std::string plan_text(const Program& program, std::string_view only) {
    const std::string listing = bytecode_text(program, only);
    std::string text;
    for (std::size_t begin = 0; begin < listing.size();) {
        const std::size_t end = std::min(listing.find('\n', begin), listing.size() - 1) + 1;
        const std::string_view line = std::string_view{listing}.substr(begin, end - begin);
        const std::string_view content = runtime::trimmed(line);
        if (content.empty() || std::isdigit(static_cast<unsigned char>(content.front())) == 0) text += line;
        begin = end;
    }
    return text;
}

} // namespace watchword::desk
