// What a session shows: people, alerts, steps, declarations. Names of people from files are pseudonyms unless the host
// reveals them.
#include "desk/repl.hpp"

#include "desk/inspection.hpp"

#include "dsl/parser.hpp"
#include "dsl/reference.hpp"
#include "dsl/types.hpp"
#include "runtime/hit.hpp"
#include "runtime/text.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/modules.hpp"
#include "stdlib/sinks/sink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace watchword::desk {

using runtime::PersonId;
using runtime::Time;

namespace {

std::string show_end(Time time) { return time == runtime::never ? "whenever" : runtime::show_time(time); }

std::string_view unquoted(std::string_view text) {
    text = runtime::trimmed(text);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return text;
}

std::string_view style_of(runtime::Level level) {
    constexpr std::array<std::string_view, 5> styles{"36", "32", "33", "31", "1;31"};
    return styles[static_cast<std::size_t>(level)];
}

std::string upper(std::string_view text) {
    std::string result;
    for (const char c : text) result += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return result;
}

} // namespace

std::string Repl::painted(std::string_view text, std::string_view style) const {
    if (!options_.colour || style.empty()) return std::string(text);
    return fmt::format("\033[{}m{}\033[0m", style, text);
}

std::string Repl::shown_person(std::string_view id) const {
    return typed_.contains(runtime::fold(id)) ? std::string(id) : runtime::harmless(options_.names.person(id));
}

std::string Repl::shown_value(const runtime::Value& value, runtime::Type type, bool sensitive) const {
    if (type.kind == runtime::Kind::person && value.present()) return fmt::format("\"{}\"", shown_person(value.text()));
    const std::string text =
        runtime::harmless(runtime::show_value(value, type, program(), playback_->engine().roster()));
    if (sensitive) return options_.names.reveals() ? text : options_.names.sensitive(text);
    return runtime::is_textual(type.kind) ? fmt::format("\"{}\"", text) : text;
}

/// With the fields that no policy reads, too.
std::string Repl::shown_entered(const runtime::TestEvent& event) const {
    const runtime::EventSchema& schema = program().events[event.event];
    std::string fields;
    for (std::size_t i = 0; i < schema.fields.size() && i < event.fields.size(); ++i) {
        if (!event.fields[i].present()) continue;
        const runtime::Field& field = schema.fields[i];
        fields += fmt::format("{}{}: {}", fields.empty() ? "" : ", ", field.name,
                              shown_value(event.fields[i], field.type, false));
    }
    return fmt::format("{} {{ {} }}", schema.name, fields);
}

std::string Repl::shown_event(const runtime::Event& event) const {
    const runtime::EventSchema& schema = program().events[event.type];
    std::string fields;
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
        const runtime::Field& field = schema.fields[i];
        const bool subject = static_cast<std::int32_t>(i) == schema.subject;
        runtime::Value value;
        if (field.slot != runtime::no_slot)
            value = event.fields[field.slot];
        else if (subject && event.subject.data() != nullptr)
            value = runtime::Value::of(event.subject);
        if (!value.present()) continue;
        fields += fmt::format("{}{}: {}", fields.empty() ? "" : ", ", field.name,
                              shown_value(value, field.type, field.sensitive));
    }
    return fmt::format("{} {{ {} }}", schema.name, fields);
}

std::string Repl::shown_step(const Playback::Step& step) {
    if (step.entered != nullptr && step.entered->employee != nullptr)
        return fmt::format("{}  employee \"{}\" changes\n", runtime::show_time(step.time),
                           shown_person(step.entered->employee->id));
    const runtime::Event event = playback_->event_of(step);
    return fmt::format("{}  {}  {}\n", runtime::show_time(step.time), runtime::harmless(event.id),
                       step.entered != nullptr ? shown_entered(*step.entered->event) : shown_event(event));
}

std::string Repl::shown_alert(const runtime::Alert& alert) const {
    return fmt::format("{} {} {} at {}, score {}: {}",
                       upper(runtime::level_names[static_cast<std::size_t>(alert.level)]),
                       stdlib::policy_name(alert, program()), shown_person(alert.subject),
                       runtime::show_time(alert.time), runtime::show_score(alert.score), alert.cause_text);
}

std::string Repl::shown_place() const {
    const std::string time =
        playback_->now() == runtime::beginning ? "the beginning" : runtime::show_time(playback_->now());
    return fmt::format("{}, {} of {} records", time, playback_->position(), playback_->steps().size());
}

Answer Repl::moved(std::string text, std::size_t known) const {
    Answer answer;
    answer.kind = AnswerKind::moved;
    answer.text = std::move(text);
    const std::vector<runtime::Alert>& alerts = playback_->alerts();
    std::size_t number = 0;
    for (std::size_t i = 0; i < alerts.size(); ++i) {
        if (alerts[i].kind != runtime::RecordKind::alert) continue;
        ++number;
        if (i < known) continue;
        answer.alerts.push_back(alerts[i]);
        answer.text += painted(fmt::format("#{} {}", number, shown_alert(alerts[i])), style_of(alerts[i].level)) + "\n";
    }
    if (playback_->limit_hit()) answer.text += "the engine's memory limit was reached\n";
    answer.text += painted("— " + shown_place(), "2") + "\n";
    return answer;
}

PersonId Repl::find_person(std::string_view id, std::string& problem) {
    id = unquoted(id);
    const runtime::Roster& roster = playback_->engine().roster();
    if (const PersonId person = id.empty() ? runtime::nobody : roster.find(id); person != runtime::nobody)
        return person; // by whichever of their names
    std::vector<std::string> names;
    for (PersonId person = 0; person < roster.size(); ++person) {
        const std::string_view known = roster.id(person);
        if (id.starts_with("p-") && options_.names.person(known) == id) return person;
        names.push_back(shown_person(known));
    }
    problem = id.empty() ? std::string("who? an employee id, an account or a pseudonym")
                         : fmt::format("nobody is called `{}`{}", id, nearest_hint(id, names));
    return runtime::nobody;
}

Answer Repl::who(std::string_view) {
    std::string text;
    runtime::Engine& engine = playback_->engine();
    for (PersonId person = 0; person < engine.roster().size(); ++person)
        for (const runtime::WatchView& watch : engine.watches(person))
            text += fmt::format("{}  {}  {} until {}, score {}\n", shown_person(engine.roster().id(person)),
                                program().policies[watch.policy].name,
                                watch.active ? "open" : fmt::format("begins {}", runtime::show_time(watch.from)),
                                show_end(watch.to),
                                runtime::show_score(engine.score(watch.policy, person, playback_->now())));
    return Answer::of_text(text.empty() ? "nobody is watched\n" : text);
}

Answer Repl::state(std::string_view argument) {
    std::string problem;
    const PersonId person = find_person(argument, problem);
    if (person == runtime::nobody) return error_answer(problem);
    runtime::Engine& engine = playback_->engine();
    std::string text = shown_person(engine.roster().id(person)) + "\n";
    const runtime::Value* attributes = engine.roster().attributes(person);
    for (std::size_t i = 0; i < program().employee.attributes.size(); ++i) {
        const runtime::Field& field = program().employee.attributes[i];
        if (!attributes[i].present()) continue;
        const bool is_person = field.type.kind == runtime::Kind::person;
        text += fmt::format("  {}: {}\n", field.name,
                            is_person ? shown_person(engine.roster().id(static_cast<PersonId>(attributes[i].integer)))
                                      : shown_value(attributes[i], field.type, field.sensitive));
    }
    for (const runtime::WatchView& watch : engine.watches(person))
        text += fmt::format("  watch of {}: {}, from {} to {}, anchor {}, score {}\n",
                            program().policies[watch.policy].name, watch.active ? "open" : "waits",
                            runtime::show_time(watch.from), show_end(watch.to), runtime::show_time(watch.anchor),
                            runtime::show_score(engine.score(watch.policy, person, playback_->now())));
    if (program().risk) text += fmt::format("  risk {}\n", runtime::show_score(engine.risk(person, playback_->now())));
    return Answer::of_text(text + fmt::format("  state of {} bytes\n", engine.snapshot(person).size()));
}

Answer Repl::score(std::string_view argument) {
    std::string problem;
    const PersonId person = find_person(argument, problem);
    if (person == runtime::nobody) return error_answer(problem);
    runtime::Engine& engine = playback_->engine();
    std::string text;
    for (const runtime::WatchView& watch : engine.watches(person)) {
        const runtime::PolicyPlan& policy = program().policies[watch.policy];
        std::string levels;
        for (const runtime::AlertPlan& alert : policy.alerts)
            if (alert.cause == runtime::AlertCause::level)
                levels += fmt::format("{}{} {}", levels.empty() ? "" : ", ",
                                      runtime::level_names[static_cast<std::size_t>(alert.level)],
                                      runtime::show_score(alert.at));
        text += fmt::format("{}: {} (levels: {})\n", policy.name,
                            runtime::show_score(engine.score(watch.policy, person, playback_->now())),
                            levels.empty() ? "none" : levels);
        if (policy.halves_every != 0)
            text += fmt::format(
                "  in a day {}, in a week {}, if nothing comes\n",
                runtime::show_score(engine.score(watch.policy, person, playback_->now() + runtime::one_day)),
                runtime::show_score(engine.score(watch.policy, person, playback_->now() + runtime::one_week)));
    }
    return Answer::of_text(text.empty() ? "no watch is open\n" : text);
}

Answer Repl::timeline(std::string_view argument) {
    std::string problem;
    const PersonId person = find_person(argument, problem);
    if (person == runtime::nobody) return error_answer(problem);
    runtime::Roster& roster = playback_->engine().roster();
    const std::string id{roster.id(person)};
    std::string text;
    std::size_t alert = 0;
    const std::vector<runtime::Alert>& alerts = playback_->alerts();
    const auto alerts_until = [&](Time time) {
        for (; alert < alerts.size() && alerts[alert].time <= time; ++alert)
            if (alerts[alert].kind == runtime::RecordKind::alert && alerts[alert].subject == id)
                text += painted("  " + shown_alert(alerts[alert]), style_of(alerts[alert].level)) + "\n";
    };
    for (std::size_t i = 0; i < playback_->position(); ++i) {
        const Playback::Step& step = playback_->steps()[i];
        bool about = false;
        if (step.entered != nullptr && step.entered->employee != nullptr) {
            about = roster.resolve(step.entered->employee->id) == person;
        } else {
            const runtime::Event event = playback_->event_of(step);
            about = event.subject.data() != nullptr && roster.resolve(event.subject) == person;
        }
        if (i > 0 && playback_->steps()[i - 1].time < step.time) alerts_until(step.time - 1);
        if (about) text += shown_step(step);
    }
    alerts_until(runtime::never);
    return Answer::of_text(text.empty() ? "nothing yet\n" : text);
}

Answer Repl::type(std::string_view argument) {
    return argument.empty() ? error_answer("of what? `:type EXPRESSION`") : evaluate(argument, true);
}

Answer Repl::schema(std::string_view argument) {
    std::vector<std::string> names{"employee"};
    const std::vector<runtime::Field>* fields = nullptr;
    if (argument == "employee") fields = &program().employee.attributes;
    for (const runtime::EventSchema& event : program().events) {
        names.push_back(event.name);
        if (event.name == argument) fields = &event.fields;
    }
    if (fields == nullptr)
        return error_answer(fmt::format("there is no event `{}`{}", argument, nearest_hint(argument, names)));
    std::string text;
    for (const runtime::Field& field : *fields) {
        text += fmt::format("  {} {}", field.name, dsl::show_type(model(), field.type));
        if (field.fallback) {
            const std::string shown =
                dsl::show_type(model(), field.type) == "text"
                    ? fmt::format("\"{}\"", field.fallback->text())
                    : runtime::show_value(*field.fallback, field.type, program(), playback_->engine().roster());
            text += " = " + shown;
        }
        if (field.sensitive) text += "  (sensitive)";
        if (!field.doc.empty()) text += "  # " + field.doc.substr(0, field.doc.find('\n'));
        text += "\n";
    }
    return Answer::of_text(text);
}

Answer Repl::bytecode(std::string_view argument) { return listing(argument, bytecode_text(program(), argument)); }
Answer Repl::plan(std::string_view argument) { return listing(argument, plan_text(program(), argument)); }

/// `text`, unless there is nothing of that name.
Answer Repl::listing(std::string_view name, std::string text) const {
    if (!name.empty() && !text.empty()) return Answer::of_text(std::move(text));
    return error_answer(fmt::format("there is no policy or used signal `{}`{}", name,
                                    nearest_hint(name, inspectable_names(program()))));
}

Answer Repl::doc(std::string_view argument) {
    std::vector<std::string> names;
    std::string text;
    const auto look = [&](const std::vector<dsl::Page>& pages) {
        for (const dsl::Page& page : pages) {
            names.push_back(page.name);
            if (page.name == argument) text += page.text;
        }
    };
    look(dsl::function_pages(stdlib::functions()));
    for (std::uint32_t file = 0; file < compiled_->sources.size(); ++file) {
        dsl::Diagnostics unused;
        dsl::Sources alone;
        const dsl::SourceFile& source = compiled_->sources.file(file);
        look(dsl::module_pages(alone, dsl::parse(alone, alone.add(source.name, source.text, source.standard), unused)));
    }
    if (text.empty())
        return error_answer(fmt::format("nothing is called `{}`{}", argument, nearest_hint(argument, names)));
    return Answer::of_text(std::move(text));
}

Completions Repl::complete(std::string_view line, std::size_t cursor) const {
    line = line.substr(0, cursor);
    constexpr std::string_view breaks = " \t\n(){}[],\"=";
    const std::size_t last = line.find_last_of(breaks);
    Completions result;
    result.begin = last == std::string_view::npos ? 0 : last + 1;
    const std::string_view word = line.substr(result.begin);
    std::set<std::string> words;
    const auto offer = [&](std::string_view candidate) {
        if (candidate.starts_with(word)) words.emplace(candidate);
    };
    const bool at_start = runtime::trimmed(line.substr(0, result.begin)).empty();
    if (at_start && word.starts_with(":"))
        for (const Command& command : commands()) offer(":" + std::string(command.name));
    const std::string_view command = line.substr(0, line.find(' '));
    if (command == ":load" || command == ":events" || command == ":roster") {
        const std::filesystem::path given{std::string(word)};
        std::error_code error;
        for (const auto& entry :
             std::filesystem::directory_iterator{given.parent_path().empty() ? "." : given.parent_path(), error}) {
            const std::filesystem::path path = given.parent_path() / entry.path().filename();
            offer(path.string() + (entry.is_directory(error) ? "/" : ""));
        }
    }
    for (const runtime::EventSchema& event : program().events) {
        offer(event.name);
        if (line.find(event.name) == std::string_view::npos) continue;
        for (const runtime::Field& field : event.fields) offer(field.name);
    }
    for (const runtime::Field& field : program().employee.attributes) {
        offer("employee." + field.name);
        if (line.starts_with("employee")) offer(field.name);
    }
    for (const dsl::SignalInfo& signal : model().signals) offer(signal.name);
    for (const dsl::PolicyInfo& policy : model().policies) offer(policy.name);
    for (const dsl::ListInfo& list : model().lists) offer(list.name);
    for (const dsl::ConstantInfo& constant : model().constants) offer(constant.name);
    for (const runtime::FunctionRow& function : stdlib::functions()) offer(function.name);
    for (const std::string_view keyword :
         {"signal", "policy", "employee", "event", "list", "until", "alert", "weight", "level"})
        if (!word.empty()) offer(keyword);
    const runtime::Roster& roster = playback_->engine().roster();
    for (PersonId person = 0; person < roster.size() && person < 1000; ++person) offer(shown_person(roster.id(person)));
    result.words.assign(words.begin(), words.end());
    return result;
}

} // namespace watchword::desk
