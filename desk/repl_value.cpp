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
#include <array>

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

/// If all that is wrong with what was asked is that it is no condition, its type.
std::optional<runtime::Type> type_of_value(const Compiled& compiled) {
    const auto& all = compiled.diagnostics.all();
    const bool only = compiled.diagnostics.failed() && compiled.model &&
                      std::all_of(all.begin(), all.end(), [](const dsl::Diagnostic& diagnostic) {
                          return diagnostic.code == dsl::Code::not_a_condition ||
                                 dsl::row(diagnostic.code).severity == dsl::Severity::warning;
                      });
    if (!only) return std::nullopt;
    for (const dsl::SignalInfo& signal : compiled.model->signals)
        if (signal.name == value_name)
            return compiled.model->info(signal.at.tree, compiled.model->decl<dsl::SignalDecl>(signal.at).where).type;
    return std::nullopt;
}

struct TwoValues {
    runtime::Kind kind;
    std::string_view one, other;
};
/// Two different values of each kind that can be told from each other.
constexpr std::array<TwoValues, 14> two_values{{
    {runtime::Kind::boolean, "false", "true"},
    {runtime::Kind::integer, "0", "1"},
    {runtime::Kind::real, "0.0", "1.0"},
    {runtime::Kind::text, "\"\"", "\"x\""},
    {runtime::Kind::time, "2000-01-01", "2000-01-02"},
    {runtime::Kind::time_of_day, "00:00", "01:00"},
    {runtime::Kind::duration, "0s", "1s"},
    {runtime::Kind::size, "0B", "1B"},
    {runtime::Kind::ip, "\"0.0.0.0\"", "\"0.0.0.1\""},
    {runtime::Kind::host, "\"a\"", "\"b\""},
    {runtime::Kind::email, "\"a@a.example\"", "\"b@b.example\""},
    {runtime::Kind::person, "\"a\"", "\"b\""},
    {runtime::Kind::zone, "\"UTC\"", "\"Europe/Berlin\""},
    {runtime::Kind::list, "[]", "[]"},
}};

/// A condition that reads the value. Of one that may be absent it holds if there is one.
std::string comparison_of(std::string_view text, runtime::Type type, const dsl::Model& model) {
    const std::string_view sign = type.kind == runtime::Kind::list ? "overlaps" : "==";
    if (!type.optional) return fmt::format("({0}) {1} ({0})", text, sign);
    std::string one, other;
    if (type.kind == runtime::Kind::enumeration) {
        const auto& words = model.enumerations[type.detail].words;
        one = words.front();
        other = words.back();
    }
    for (const TwoValues& two : two_values)
        if (two.kind == type.kind) one = two.one, other = two.other;
    return fmt::format("(({0}) ?? {2}) {1} (({0}) ?? {3})", text, sign, one, other);
}

/// If all that is wrong with the constant is that there is no value.
std::optional<runtime::Type> type_if_absent(const Compiled& compiled) {
    for (const dsl::Diagnostic& diagnostic : compiled.diagnostics.all())
        if (diagnostic.code != dsl::Code::unguarded_optional &&
            dsl::row(diagnostic.code).severity == dsl::Severity::error)
            return std::nullopt;
    for (const dsl::ConstantInfo& constant : compiled.model->constants) {
        if (constant.name != value_name) continue;
        const auto& declared = compiled.model->decl<dsl::LetDecl>(constant.at);
        const std::optional<dsl::Constant> value =
            dsl::constant_value(*compiled.model, constant.at.tree, declared.value);
        if (value && !value->present) return value->type;
    }
    return std::nullopt;
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
    if (const std::optional<runtime::Type> type = type_if_absent(*compiled))
        return value_answer("absent", dsl::show_type(*compiled->model, *type), type_only);
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
    std::optional<runtime::Type> value_type = type_of_value(*asked);
    const auto ask_for = [&](runtime::Type of) {
        return book_.compile(test_block() + asking(type, comparison_of(text, of, *asked->model)), true);
    };
    if (value_type) {
        asked = ask_for(*value_type);
    } else if (!asked->fine() && asked->model) { // a truth value that may be absent is no condition, nor wrong as one
        constexpr runtime::Type truth{runtime::Kind::boolean, true, 0};
        if (std::unique_ptr<Compiled> other = ask_for(truth); other->fine()) {
            value_type = truth;
            asked = std::move(other);
        }
    }
    if (!asked->fine()) return error_answer(diagnostics(*asked) + "\n");
    const runtime::Roster& roster = playback_->engine().roster();
    const runtime::PersonId subject = event.subject.empty() ? runtime::nobody : roster.find(event.subject);
    if (event.subject.empty() || (roster.required() && !roster.is_employee(subject)))
        return error_answer("the record played last is about nobody");
    // whom nobody watches is not known yet by any name but this
    const std::string person =
        subject == runtime::nobody ? runtime::fold(event.subject) : std::string{roster.id(subject)};

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
        if (value_type) {
            if (parts.empty() || parts[0].values.empty()) break;
            const bool is_absent = value_type->optional && value_type->kind != runtime::Kind::list && !offer->matched;
            return value_answer(is_absent ? "absent" : runtime::harmless(names.shown(parts[0].values[0])),
                                dsl::show_type(*asked->model, *value_type), type_only);
        }
        Answer answer = value_answer(offer->matched ? "true" : "false", "bool", type_only);
        for (const ExplainedCondition& part : parts) {
            if (type_only || parts.size() + part.values.size() == 1) continue;
            const std::string values = shown_values(part.values, names);
            answer.text += fmt::format("  {:5}  {}{}\n", part.truth == runtime::recorded::Truth::yes ? "true" : "false",
                                       asked->sources.text({part.span.file, part.span.begin, part.span.end}),
                                       values.empty() ? "" : "   " + runtime::harmless(values));
        }
        return answer;
    }
    return error_answer("this has no value at the record played last");
}

} // namespace watchword::desk
