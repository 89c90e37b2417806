// What an expression is worth: a constant by itself; else over the record played last and its person, for which a
// signal that compares it is declared for the moment, and the engine's recording says what it read.
#include "desk/repl.hpp"

#include "desk/explanation.hpp"
#include "desk/explanation_writer.hpp"
#include "dsl/codegen_constant.hpp"
#include "dsl/types.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::desk {

namespace {

constexpr std::string_view value_name = "value_asked_for";

/// A signal over the events of a type, and a policy that plays it from the person's first record on.
std::string asking(std::string_view event, std::string_view condition) {
    return fmt::format("signal {0} on {1} where {2}\n"
                       "policy {0}_now {{ purpose \"-\" basis \"-\" owner \"-\" opens always because \"-\"\n"
                       "score {{ +1 for {0} halves every 1d }} alert info at 1000000 }}\n",
                       value_name, event, condition);
}

bool is_no_condition(const Compiled& compiled) {
    const auto& all = compiled.diagnostics.all();
    return compiled.diagnostics.failed() && std::all_of(all.begin(), all.end(), [](const dsl::Diagnostic& diagnostic) {
               return diagnostic.code == dsl::Code::not_a_condition ||
                      dsl::row(diagnostic.code).severity == dsl::Severity::warning;
           });
}

Answer value_answer(std::string value, std::string type, bool type_only) {
    Answer answer;
    answer.kind = AnswerKind::value;
    answer.type = std::move(type);
    if (!type_only) answer.value = std::move(value);
    answer.text = type_only ? answer.type + "\n" : fmt::format("{} : {}\n", answer.value, answer.type);
    return answer;
}

} // namespace

Answer Repl::evaluate(std::string_view text, bool type_only) {
    const std::unique_ptr<Compiled> compiled = book_.compile(fmt::format("let {} = {}", value_name, text));
    if (!compiled->diagnostics.failed()) {
        for (const dsl::ConstantInfo& constant : compiled->model->constants)
            if (constant.name == value_name)
                return value_answer(dsl::show_constant(*compiled->model, constant.value),
                                    dsl::show_type(*compiled->model, constant.value.type), type_only);
        return error_answer("this has no value");
    }
    for (std::size_t i = playback_->position(); i-- > 0;) {
        const Playback::Step& step = playback_->steps()[i];
        if (step.recorded != nullptr || step.entered->employee == nullptr) return evaluate_at(i, text, type_only);
    }
    return error_answer(diagnostics(*compiled) +
                        "\nwhat a record or a person decides has a value once a record has been played\n");
}

Answer Repl::evaluate_at(std::size_t step, std::string_view text, bool type_only) {
    const runtime::Event event = playback_->event_of(playback_->steps()[step]);
    const std::string type = program().events[event.type].name;
    const std::string id{event.id};
    std::unique_ptr<Compiled> asked = book_.compile(test_block() + asking(type, text), true);
    const bool is_condition = !is_no_condition(*asked);
    if (!is_condition) asked = book_.compile(test_block() + asking(type, fmt::format("({0}) == ({0})", text)), true);
    if (!asked->fine()) return error_answer(diagnostics(*asked) + "\n");
    const runtime::Roster& roster = playback_->engine().roster();
    const runtime::PersonId subject = event.subject.empty() ? runtime::nobody : roster.find(event.subject);
    if (subject == runtime::nobody) return error_answer("the record played last is about nobody");
    const std::string person{roster.id(subject)};

    runtime::Recording recording;
    recording.person = person;
    recording.policy = asked->program->find_policy(fmt::format("{}_now", value_name));
    // fields that no policy reads were not read from files
    std::optional<Stream> anew;
    if (!fits_stream(*asked->program)) anew.emplace(read_stream(*asked->program, options_.input));
    Playback playback{*asked->program, anew ? *anew : *stream_, entered_plan(*asked->program), options_.engine};
    playback.engine().record(&recording);
    playback.go_to(step + 1);
    for (auto one = recording.steps.rbegin(); one != recording.steps.rend(); ++one) {
        const auto* offer = std::get_if<runtime::recorded::Offer>(&one->what);
        if (offer == nullptr || one->event != id) continue;
        const std::vector<ExplainedCondition> parts = explained(offer->where, *asked->program);
        const stdlib::Pseudonyms names = names_for(person);
        if (!is_condition) {
            if (parts.empty() || parts[0].values.empty()) break;
            return value_answer(names.shown(parts[0].values[0]), dsl::show_type(*asked->model, parts[0].values[0].type),
                                type_only);
        }
        Answer answer = value_answer(offer->matched ? "true" : "false", "bool", type_only);
        for (const ExplainedCondition& part : parts) {
            if (type_only || parts.size() + part.values.size() == 1) continue;
            const std::string values = shown_values(part.values, names);
            answer.text += fmt::format("  {:5}  {}{}\n", part.truth == runtime::recorded::Truth::yes ? "true" : "false",
                                       asked->sources.text({part.span.file, part.span.begin, part.span.end}),
                                       values.empty() ? "" : "   " + values);
        }
        return answer;
    }
    return error_answer("this has no value at the record played last");
}

} // namespace watchword::desk
