// `watchword explain`: why an alert was raised, what a person's scores are made of, why a policy stayed silent.
#include "desk/explanation_writer.hpp"
#include "desk/watched_times.hpp"
#include "runtime/text.hpp"
#include "tools/output_file.hpp"
#include "tools/preparation.hpp"
#include "tools/progress.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

namespace watchword::tools {

namespace {

struct ExplainSettings {
    std::vector<std::string> policies;
    InputSettings input;
    RevealSettings reveal;
    std::string alert, subject, at, why_not, format = "human", out;
    bool outside = false;
};

/// In either case, as it may have been copied from elsewhere.
bool is_alert_id(const std::string& word) {
    std::error_code error;
    return word.size() >= 4 && word.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos &&
           !std::filesystem::exists(word, error);
}

/// `explain POLICIES… ALERT-ID -i EVENTS…`, or the id behind the events: the last word is an alert if it looks like
/// one.
void find_alert_id(ExplainSettings& settings) {
    if (!settings.alert.empty() || !settings.subject.empty()) return;
    for (std::vector<std::string>* words : {&settings.policies, &settings.input.inputs}) {
        if (words->size() < 2 || !is_alert_id(words->back())) continue;
        settings.alert = runtime::fold(words->back());
        words->pop_back();
        return;
    }
}

/// `W0302`
bool is_code(std::string_view word) {
    return word.size() == 5 && (word.front() == 'W' || word.front() == 'w') &&
           word.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

int check_settings(const ExplainSettings& settings, const Context& context) {
    for (const std::string& word : settings.policies)
        if (is_code(word))
            return context.misused(fmt::format("what `{0}` means says `watchword explain-code {0}`", word));
    if (settings.input.inputs.empty()) return context.misused("no events to explain by: say -i FILE");
    if (settings.alert.empty() == settings.subject.empty())
        return context.misused("say what to explain: an alert's id, or --subject ID");
    if (!settings.alert.empty() && !settings.at.empty()) return context.misused("--at belongs to --subject");
    if (!settings.why_not.empty() && settings.subject.empty())
        return context.misused("--why-not asks about a person: say --subject ID");
    if (settings.outside && settings.why_not.empty()) return context.misused("--outside belongs to --why-not");
    if (settings.outside && !settings.reveal.reveal)
        return context.misused("--outside shows what nobody was watched for, which needs --reveal --reason \"…\"");
    if (settings.why_not.empty() && !settings.subject.empty() && settings.at.empty())
        return context.misused("--subject needs --at TIME, or --why-not POLICY");
    return exit_fine;
}

/// By the id or by the pseudonym that alerts show.
std::uint32_t find_person(const desk::Stream& stream, const stdlib::Pseudonyms& pseudonyms, const std::string& word) {
    if (const std::uint32_t person = stream.find_person(word); person != desk::no_person) return person;
    for (std::uint32_t person = 0; person < stream.people.size(); ++person)
        if (pseudonyms.person(stream.people[person]) == word) return person;
    return desk::no_person;
}

struct Answer {
    std::vector<desk::Explanation> explanations;
    std::vector<desk::WhyNot> why;
};

int explain_subject(const ExplainSettings& settings, const desk::ExplanationSource& source,
                    const stdlib::Pseudonyms& pseudonyms, std::optional<runtime::Time> at, const Context& context,
                    Answer& answer) {
    const std::uint32_t person = find_person(source.stream, pseudonyms, settings.subject);
    const auto is_shown = [&] { return settings.outside || desk::WatchedTimes(source, person, at).show_person(); };
    if (person == desk::no_person || !is_shown())
        return context.misused(fmt::format("no event and no roster entry is about `{}`", settings.subject));
    if (settings.why_not.empty()) {
        answer.explanations = desk::explain_person(source, person, *at);
        if (answer.explanations.empty()) context.say("no watch of this person is open at that time\n");
        return exit_fine;
    }
    const std::optional<std::uint32_t> policy = source.program.find_policy(settings.why_not);
    if (!policy) {
        std::vector<std::string> names;
        for (const runtime::PolicyPlan& plan : source.program.policies) names.push_back(plan.name);
        return context.misused(
            fmt::format("there is no policy `{}`{}", settings.why_not, did_you_mean(settings.why_not, names)));
    }
    desk::WhyNotOptions options;
    options.until = at;
    options.outside = settings.outside;
    answer.why.push_back(desk::why_not(source, *policy, person, options));
    if (!answer.why.back().fired) return exit_fine;
    context.say("the policy did fire; this is its first alert\n");
    if (auto explanation = desk::explain_alert(source, answer.why.back().fired->id))
        answer.explanations.push_back(std::move(*explanation));
    return exit_fine;
}

std::string shown(const Answer& answer, const std::string& format, const desk::ExplanationContext& context) {
    if (format == "json") return desk::explanation_json(answer.explanations, answer.why, context);
    if (format == "html") return desk::explanation_page(answer.explanations, answer.why, context);
    std::string text;
    for (const desk::Explanation& one : answer.explanations) text += desk::explanation_text(one, context);
    for (const desk::WhyNot& one : answer.why)
        if (!one.fired) text += desk::why_not_text(one, context);
    return text;
}

int explain(ExplainSettings settings, const Context& context) {
    sort_words(settings.policies, settings.input.inputs);
    find_alert_id(settings);
    if (const int status = check_settings(settings, context); status != exit_fine) return status;
    PolicyOptions compile;
    compile.parts = true;
    Preparation prepared;
    if (const int status = prepare(settings.policies, settings.input, compile, context, prepared); status != exit_fine)
        return status;
    auto& [policies, input, engine] = prepared;
    const runtime::Program& program = *policies.program;
    std::optional<stdlib::Pseudonyms> pseudonyms;
    if (const int status = open_key(settings.reveal, context, engine.identity_key, pseudonyms); status != exit_fine)
        return status;

    std::optional<runtime::Time> at;
    if (!settings.at.empty()) {
        at = runtime::parse_time(settings.at, program.zone);
        if (!at)
            return context.misused(fmt::format("--at: `{}` is not a time such as `2025-03-31 18:00`", settings.at));
        if (!settings.why_not.empty()) input.until = std::max(input.until.value_or(*at), *at);
    }
    const desk::Stream stream = read_events(program, input, context);
    const desk::PolicyText text{policies.sources, policies.roots, compiler_options(compile, &policies)};
    const desk::ExplanationSource source{text, program, stream, engine};
    Answer answer;
    if (!settings.alert.empty()) {
        std::size_t beginning = 0;
        auto found = desk::explain_alert(source, settings.alert, &beginning);
        if (!found && beginning > 1)
            return context.misused(
                fmt::format("{} alerts have ids that begin with `{}`; say more of one", beginning, settings.alert));
        if (!found)
            return context.misused(fmt::format("these policies raise no alert `{}` over these events; the key of "
                                               "pseudonyms is part of an alert's id",
                                               settings.alert));
        answer.explanations.push_back(std::move(*found));
    } else if (const int status = explain_subject(settings, source, *pseudonyms, at, context, answer);
               status != exit_fine) {
        return status;
    }
    const desk::ExplanationContext shown_as{text, program, *pseudonyms, context.color_on(STDOUT_FILENO),
                                            context.verbose};
    const int written = write_output(settings.out, shown(answer, settings.format, shown_as), context);
    if (written != exit_fine) return written;
    return stream.input.errors.empty() ? exit_fine : exit_input;
}

} // namespace

void add_explain(CLI::App& command, Context& context) {
    auto& settings = context.options<ExplainSettings>();
    CLI::App* verb = command.add_subcommand("explain", "Why an alert was raised, or why none was");
    verb->add_option("POLICIES", settings.policies,
                     "Files, folders, `-`, or standard modules by name; then the alert's id, or its beginning");
    add_input_options(*verb, settings.input);
    add_reveal_options(*verb, settings.reveal);
    verb->add_option("--alert", settings.alert, "The alert's id, or its beginning");
    verb->add_option("--subject", settings.subject, "A person, by pseudonym, employee id or account");
    verb->add_option("--at", settings.at, "The time to explain; with --why-not: an alert by then");
    verb->add_option("--why-not", settings.why_not, "The policy that raised no alert for the person");
    verb->add_flag("--outside", settings.outside,
                   "With --why-not: look at what the person did outside of watches too; needs --reveal");
    verb->add_option("--format", settings.format, "human, json, html")
        ->check(CLI::IsMember({"human", "json", "html"}))
        ->capture_default_str();
    verb->add_option("--out", settings.out, "The file to write; default standard output");
    context.on(verb, [&] { return explain(settings, context); });
}

} // namespace watchword::tools
