// Why and why not, in a session: its past becomes a stream, and the explanations of that are shown.
#include "desk/repl.hpp"

#include "desk/explanation.hpp"
#include "desk/explanation_writer.hpp"
#include "desk/why_not.hpp"
#include "runtime/text.hpp"
#include "stdlib/sinks/sink.hpp"

#include <fmt/format.h>

namespace watchword::desk {

std::unique_ptr<Repl::Past> Repl::past() {
    auto past = std::make_unique<Past>();
    past->compiled = book_.compile(test_block(), true);
    if (!past->compiled->fine()) return nullptr;
    past->text = std::make_unique<PolicyText>(past->compiled->sources, past->compiled->roots, options_.compiler);
    past->stream = std::make_unique<Stream>(*past->compiled->program);
    Stream& stream = *past->stream;
    if (stream_->has_roster) stream.require_roster();
    std::size_t employees = 0;
    const auto enter_before = [&](std::size_t index) {
        for (; employees < stream_->employees.size() && stream_->employees[employees].before <= index; ++employees) {
            const StreamEmployee& one = stream_->employees[employees];
            stream.enter({one.id, one.aliases, one.attributes}, one.at);
        }
    };
    enter_before(0);
    for (const runtime::TestPlan& plan : program().tests) {
        if (plan.name != entered_test) continue;
        if (plan.has_roster) stream.require_roster();
        for (const runtime::TestEmployee& one : plan.employees)
            if (one.at == runtime::beginning) stream.enter({one.id, one.aliases, one.attributes});
    }
    for (std::size_t i = 0; i < playback_->position(); ++i) {
        const Playback::Step& step = playback_->steps()[i];
        if (step.entered != nullptr && step.entered->employee != nullptr) {
            const runtime::TestEmployee& one = *step.entered->employee;
            stream.enter({one.id, one.aliases, one.attributes}, step.time);
            continue;
        }
        if (step.recorded != nullptr) enter_before(static_cast<std::size_t>(step.recorded - stream_->events.data()));
        runtime::Event event = playback_->event_of(step);
        event.position = i + 1;
        stream.add(event, step.recorded != nullptr ? stream_->files[step.recorded->file] : "entered",
                   step.recorded != nullptr ? step.recorded->line : i + 1);
    }
    stream.resolve(*past->compiled->program);
    return past;
}

Answer Repl::why(std::string_view argument) {
    std::vector<const runtime::Alert*> alerts;
    for (const runtime::Alert& alert : playback_->alerts())
        if (alert.kind == runtime::RecordKind::alert) alerts.push_back(&alert);
    if (alerts.empty()) return error_answer("there is no alert yet");
    if (argument.starts_with("#")) argument.remove_prefix(1);
    const runtime::Alert* chosen = argument.empty() ? alerts.back() : nullptr;
    const auto number = runtime::parse_integer(argument);
    if (chosen == nullptr && number && *number > 0 && static_cast<std::size_t>(*number) <= alerts.size())
        chosen = alerts[static_cast<std::size_t>(*number) - 1];
    for (const runtime::Alert* alert : alerts)
        if (chosen == nullptr && argument.size() >= 4 && alert->id.starts_with(argument)) chosen = alert;
    if (chosen == nullptr)
        return error_answer(fmt::format("no alert `{}`; there are {}, by number or id", argument, alerts.size()));
    const stdlib::Pseudonyms names = names_for(chosen->subject);
    if (const std::unique_ptr<Past> past = this->past()) {
        const ExplanationSource source{*past->text, *past->compiled->program, *past->stream, options_.engine};
        if (const auto explanation = explain_alert(source, chosen->id))
            return Answer::of_text(
                explanation_text(*explanation, {*past->text, *past->compiled->program, names, options_.colour, false}));
    }
    std::string text; // raised by the clock alone
    stdlib::append_table(text, *chosen, {program(), names, options_.colour});
    return Answer::of_text(text);
}

Answer Repl::why_not(std::string_view argument) {
    const std::size_t blank = argument.find_first_of(" \t");
    const std::string name{argument.substr(0, blank)};
    std::vector<std::string> names;
    for (const runtime::PolicyPlan& policy : program().policies) names.push_back(policy.name);
    const auto policy = program().find_policy(name);
    if (!policy) return error_answer(fmt::format("there is no policy `{}`{}", name, nearest_hint(name, names)));
    std::string problem;
    const runtime::PersonId person =
        find_person(blank == std::string_view::npos ? "" : argument.substr(blank), problem);
    if (person == runtime::nobody) return error_answer(problem);
    const std::string id{playback_->engine().roster().id(person)};
    const std::unique_ptr<Past> past = this->past();
    const std::uint32_t index = past ? past->stream->find_person(id) : no_person;
    if (index == no_person) return error_answer(fmt::format("nothing has happened to `{}` yet", shown_person(id)));
    const ExplanationSource source{*past->text, *past->compiled->program, *past->stream, options_.engine};
    WhyNotOptions limits;
    limits.until = playback_->now();
    limits.outside = true; // a session shows every record that it plays
    const WhyNot answer = desk::why_not(source, *past->compiled->program->find_policy(name), index, limits);
    if (answer.fired) return Answer::of_text(fmt::format("it did: {}\n", shown_alert(*answer.fired)));
    const stdlib::Pseudonyms shown = names_for(id);
    return Answer::of_text(
        why_not_text(answer, {*past->text, *past->compiled->program, shown, options_.colour, false}));
}

stdlib::Pseudonyms Repl::names_for(std::string_view subject) const {
    return typed_.contains(runtime::fold(subject)) ? stdlib::Pseudonyms::revealed() : options_.names;
}

} // namespace watchword::desk
