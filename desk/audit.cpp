// Reads plans and bytecode; clauses are shown as they were written.
#include "desk/audit.hpp"

#include "desk/code_reads.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace watchword::desk {

namespace {

using runtime::PolicyPlan;
using runtime::Program;

/// On one line, without comments at its end.
std::string written(const Program& program, const runtime::SourceSpan& span) {
    if (span.file >= program.files.size()) return {};
    const std::string& text = program.files[span.file].text;
    std::string result;
    bool in_comment = false;
    for (std::size_t at = span.begin; at < span.end && at < text.size(); ++at) {
        const char c = text[at];
        if (c == '#') in_comment = true;
        if (c == '\n') in_comment = false;
        if (in_comment) continue;
        const bool is_blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (is_blank && (result.empty() || result.back() == ' ')) continue;
        result += is_blank ? ' ' : c;
    }
    while (!result.empty() && (result.back() == ' ' || result.back() == ',')) result.pop_back();
    return result;
}

/// `NAME(…) = …` of the definition called so; it ends where the next line begins in the first column.
std::string definition(const Program& program, const std::string& name) {
    for (const runtime::SourceText& file : program.files) {
        const std::string head = "define " + name + "(";
        const std::size_t at = file.text.starts_with(head) ? 0 : file.text.find("\n" + head);
        if (at == std::string::npos) continue;
        const std::size_t begin = file.text.find("define ", at) + 7;
        std::size_t end = begin;
        do end = std::min(file.text.find('\n', end + 1), file.text.size());
        while (end + 1 < file.text.size() && (file.text[end + 1] == ' ' || file.text[end + 1] == '\t'));
        for (std::uint32_t index = 0; index < program.files.size(); ++index)
            if (&program.files[index] == &file)
                return written(program, {index, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    }
    return {};
}

template <class Text>
void add_once(std::vector<std::string>& list, Text&& text) {
    std::string one{std::forward<Text>(text)};
    if (!one.empty() && std::find(list.begin(), list.end(), one) == list.end()) list.push_back(std::move(one));
}

class PolicyReader {
public:
    PolicyReader(const Program& program, std::uint32_t policy) : program_(program), plan_(program.policies[policy]) {
        audit_.policy = policy;
    }

    PolicyAudit read() {
        audit_.covers = plan_.covers_text;
        definitions();
        add_reads(program_, plan_.covers, person_);
        triggers();
        closes();
        for (const runtime::SignalPlan& signal : plan_.signals) this->signal(signal);
        exceptions(plan_.exceptions, true);
        score();
        for (const runtime::AlertPlan& alert : plan_.alerts) add_once(audit_.alerts, written(program_, alert.span));
        finish();
        return std::move(audit_);
    }

private:
    CodeReads& of(std::uint32_t event) { return events_[event]; }

    void definitions() {
        std::string word;
        for (const char c : audit_.covers) {
            const bool in_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
            if (c == '(' && !word.empty()) add_once(audit_.definitions, definition(program_, word));
            if (in_word)
                word += c;
            else
                word.clear();
        }
    }

    void triggers() {
        if (plan_.always) audit_.opens.push_back(fmt::format("always, because \"{}\"", *plan_.always));
        for (const runtime::TriggerPlan& trigger : plan_.triggers) {
            add_once(audit_.opens, written(program_, trigger.span));
            if (trigger.kind == runtime::TriggerKind::event) {
                CodeReads& reads = of(trigger.source);
                for (const runtime::CodeId code : {trigger.where, trigger.anchor, trigger.group})
                    add_reads(program_, code, reads);
                for (const auto& [code, slot] : trigger.captures) add_reads(program_, code, reads);
            }
            if (trigger.is_group)
                add_once(audit_.wider, "one notice opens watches on everybody in the roster for whom the condition "
                                       "holds: " +
                                           written(program_, trigger.span));
            if (trigger.kind == runtime::TriggerKind::signal && trigger.source < program_.across.size()) {
                const runtime::AcrossPlan& across = program_.across[trigger.source];
                for (const runtime::AcrossInput& input : across.inputs)
                    for (const runtime::CodeId code : {input.where, input.key})
                        add_reads(program_, code, of(input.event));
                add_once(audit_.wider, fmt::format("signal {}, which counts triggers of several people", across.name));
            }
            if (trigger.kind == runtime::TriggerKind::alert && trigger.source < program_.policies.size())
                add_once(audit_.wider,
                         fmt::format("alerts of {} about the same person", program_.policies[trigger.source].name));
        }
    }

    void closes() {
        std::optional<runtime::Duration> bound;
        for (const runtime::ClosePlan& close : plan_.closes) {
            add_once(audit_.closes, written(program_, close.span));
            if (close.kind == runtime::CloseKind::after && (!bound || close.after < *bound)) bound = close.after;
            if (close.kind == runtime::CloseKind::event) add_reads(program_, close.where, of(close.event));
        }
        if (plan_.always) {
            bound.reset();
            audit_.closes.emplace_back("never");
        }
        switch (plan_.retrigger) {
        case runtime::Retrigger::extends:
            audit_.retrigger = "a further trigger extends the watch";
            if (plan_.extends_at_most > 0) {
                audit_.retrigger +=
                    fmt::format(", at most to {} after the first", runtime::show_duration(plan_.extends_at_most));
                if (bound) bound = std::max(*bound, plan_.extends_at_most);
            }
            break;
        case runtime::Retrigger::restarts:
            audit_.retrigger = "a further trigger closes the watch and opens a new one";
            break;
        case runtime::Retrigger::ignores:
            audit_.retrigger = "a further trigger changes nothing";
            break;
        }
        audit_.longest = bound;
    }

    void signal(const runtime::SignalPlan& signal) {
        for (const runtime::SignalInput& input : signal.inputs) {
            CodeReads inner;
            CodeReads& reads = input.is_signal ? inner : of(input.source);
            add_reads(program_, input.where, reads);
            add_reads(program_, input.when, reads);
            for (const auto* codes : {&input.by, &input.window_where, &input.window_value})
                for (const runtime::CodeId code : *codes) add_reads(program_, code, reads);
            for (const runtime::Observation& one : input.observations) add_reads(program_, one.code, reads);
        }
        for (const runtime::WindowPlan& window : signal.windows)
            add_once(audit_.remembers, fmt::format("{} for {}", window.label, signal.name));
        for (const runtime::UsualPlan& usual : signal.usuals) {
            const std::string label = usual.window < signal.windows.size() ? signal.windows[usual.window].label : "";
            add_once(audit_.remembers,
                     fmt::format("{} of the last {} buckets for {}", label, usual.buckets, signal.name));
            if (usual.calendar) add_reads(program_, program_.calendars[*usual.calendar], person_);
        }
        for (const runtime::PeersPlan& peers : signal.peers) {
            if (peers.baseline < program_.baselines.size())
                add_once(audit_.wider, fmt::format("the baseline {} of the person's group, computed beforehand from "
                                                   "everybody's events",
                                                   program_.baselines[peers.baseline].name));
            person_.attributes.insert(peers.attribute);
        }
        if (signal.sequence) sequence(signal);
        exceptions(signal.exceptions, false);
    }

    void sequence(const runtime::SignalPlan& signal) {
        for (const auto* steps : {&signal.sequence->steps, &signal.sequence->until})
            for (const runtime::StepPlan& step : *steps)
                for (const runtime::StepInput& input : step.inputs) {
                    CodeReads inner;
                    CodeReads& reads = input.is_signal ? inner : of(input.source);
                    add_reads(program_, input.where, reads);
                    for (const runtime::CodeId code : input.by) add_reads(program_, code, reads);
                    for (const auto& [code, slot] : input.captures) add_reads(program_, code, reads);
                    for (const runtime::Observation& one : input.observations) add_reads(program_, one.code, reads);
                }
        add_once(audit_.remembers, fmt::format("up to {} steps within {} for {}", signal.sequence->steps.size(),
                                               runtime::show_duration(signal.sequence->within), signal.name));
    }

    void exceptions(const std::vector<runtime::ExceptionPlan>& plans, bool of_policy) {
        for (const runtime::ExceptionPlan& plan : plans) {
            audit_.exceptions.push_back({plan.reason, plan.owner, plan.until});
            for (const auto& [event, code] : plan.inputs)
                if (!of_policy || events_.contains(event)) add_reads(program_, code, of(event));
        }
    }

    void score() {
        for (const runtime::ScoreTerm& term : plan_.score) {
            const runtime::SignalPlan& signal = plan_.signals[term.signal];
            const auto* last = &signal.inputs;
            for (const auto* codes : {&term.points, &term.when})
                for (std::size_t i = 0; i < codes->size(); ++i) {
                    CodeReads inner;
                    const bool is_event = !signal.sequence && i < last->size() && !(*last)[i].is_signal;
                    add_reads(program_, (*codes)[i], is_event ? of((*last)[i].source) : inner);
                    person_.attributes.insert(inner.attributes.begin(), inner.attributes.end());
                }
        }
        for (const runtime::BoosterPlan& booster : plan_.boosters) add_reads(program_, booster.when, person_);
    }

    void finish() {
        audit_.memory = watch_memory(program_, plan_);
        CodeReads all = person_;
        for (const auto& [event, reads] : events_) {
            all.attributes.insert(reads.attributes.begin(), reads.attributes.end());
            all.other_people = all.other_people || reads.other_people;
            audit_.reads.push_back(event_read(event, reads));
        }
        for (const std::uint32_t attribute : all.attributes)
            if (attribute < program_.employee.attributes.size())
                audit_.attributes.push_back(program_.employee.attributes[attribute].name);
        if (all.other_people) audit_.wider.emplace_back("roster attributes of other people whom a record names");
    }

    ReadEvent event_read(std::uint32_t event, const CodeReads& reads) const {
        const runtime::EventSchema& schema = program_.events[event];
        ReadEvent result;
        result.event = schema.name;
        for (std::size_t i = 0; i < schema.fields.size(); ++i) {
            const runtime::Field& field = schema.fields[i];
            const bool is_read =
                field.slot != runtime::no_slot && reads.slots.contains(static_cast<std::uint32_t>(field.slot));
            if (is_read || static_cast<std::int32_t>(i) == schema.subject)
                result.fields.push_back({field.name, field.sensitive});
        }
        const auto hears = [&](const runtime::SignalPlan& signal) {
            const auto is_it = [&](const auto& input) { return !input.is_signal && input.source == event; };
            if (std::any_of(signal.inputs.begin(), signal.inputs.end(), is_it)) return true;
            if (!signal.sequence) return false;
            return std::any_of(signal.sequence->steps.begin(), signal.sequence->steps.end(), [&](const auto& step) {
                return std::any_of(step.inputs.begin(), step.inputs.end(), is_it);
            });
        };
        result.kept = plan_.looks_back > 0 && std::any_of(plan_.signals.begin(), plan_.signals.end(), hears);
        return result;
    }

    const Program& program_;
    const PolicyPlan& plan_;
    PolicyAudit audit_;
    std::map<std::uint32_t, CodeReads> events_;
    CodeReads person_; ///< what is asked of the person in question, beside events
};

} // namespace

std::string memory_text(std::size_t bytes) {
    constexpr std::size_t kibi = 1024, mebi = kibi * kibi;
    const bool small = bytes < mebi;
    const double size = static_cast<double>(bytes) / static_cast<double>(small ? kibi : mebi);
    return fmt::format("{:.{}f} {}", size, size >= 10 || size == std::floor(size) ? 0 : 1, small ? "KiB" : "MiB");
}

std::string memory_text(const WatchMemory& memory) {
    std::string text = fmt::format("about {} a watch", memory_text(memory.empty));
    if (memory.per_record != 0)
        text += fmt::format(", and about {} bytes for a record in its windows", memory.per_record);
    return text;
}

std::string counted(std::uint64_t number, std::string_view one) {
    const std::string_view plural = one.ends_with("ch") ? "es" : "s";
    return fmt::format("{} {}{}", number, one, number == 1 ? "" : plural);
}

Audit audit(const Program& program) {
    Audit result;
    result.history_bytes = runtime::EngineOptions{}.history_bytes_per_person;
    for (std::uint32_t policy = 0; policy < program.policies.size(); ++policy)
        result.policies.push_back(PolicyReader{program, policy}.read());
    return result;
}

} // namespace watchword::desk
