// The commands that change something: files, the place in time, weights, tests saved.
#include "desk/repl.hpp"

#include "dsl/bundle.hpp"
#include "dsl/formatter.hpp"
#include "dsl/literal.hpp"
#include "runtime/test_runner.hpp"
#include "runtime/text.hpp"
#include "stdlib/modules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace watchword::desk {

const std::vector<Repl::Command>& Repl::commands() {
    static const std::vector<Command> rows{
        {"load", "FILE", "a policy file, or a standard module by name; declarations go to the last one loaded",
         &Repl::load},
        {"reload", "", "the files again as they are now; what was declared here is forgotten", &Repl::reload},
        {"events", "[SOURCE=]FILE", "records to play, added to those there are", &Repl::events},
        {"roster", "[SOURCE=]FILE", "employees", &Repl::roster},
        {"next", "[N]", "the next record, or the next N", &Repl::next},
        {"prev", "[N]", "back by one, or by N", &Repl::previous},
        {"seek", "TIME", "as it is at that time, before or after now", &Repl::seek},
        {"run", "[until alert|TIME]", "to the end, to the next alert, or to a time", &Repl::run},
        {"advance", "DURATION", "let time pass", &Repl::advance},
        {"who", "", "whose watches are open or wait", &Repl::who},
        {"state", "ID", "attributes, watches, scores and kept history of a person", &Repl::state},
        {"score", "ID", "a person's scores, and the levels they are held against", &Repl::score},
        {"timeline", "ID", "a person's records and alerts up to now", &Repl::timeline},
        {"why", "[ALERT]", "an alert with everything that brought it about; the last one, or by number or id",
         &Repl::why},
        {"why-not", "POLICY ID", "what stands between a person and the next level of a policy", &Repl::why_not},
        {"type", "EXPRESSION", "the type of an expression", &Repl::type},
        {"schema", "EVENT", "the fields of an event, or of `employee`", &Repl::schema},
        {"plan", "NAME", "what a policy or signal compiles to, without its code", &Repl::plan},
        {"bytecode", "NAME", "the same with its code", &Repl::bytecode},
        {"set", "weight SIGNAL N | level LEVEL N [in POLICY]", "what if a weight or threshold were another",
         &Repl::set},
        {"save-test", "NAME [FILE]", "what was entered, as a test that passes", &Repl::save_test},
        {"doc", "NAME", "a function, or anything declared", &Repl::doc},
        {"help", "", "this list", &Repl::help},
        {"quit", "", "the end", &Repl::quit},
    };
    return rows;
}

namespace {

std::optional<std::string> read_file(const std::string& path, std::string& problem) {
    std::error_code error;
    std::ifstream file{path, std::ios::binary};
    if (!file || std::filesystem::is_directory(path, error)) {
        problem = fmt::format("cannot read `{}`: {}", path, file ? "it is a folder" : std::strerror(errno));
        return std::nullopt;
    }
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

/// A file, else a standard module of that name.
std::optional<std::string> read_policies(const std::string& name, std::string& problem) {
    std::optional<std::string> text = read_file(name, problem);
    if (const stdlib::Module* const module = text ? nullptr : stdlib::find_module(name)) text = module->text;
    if (!text || !dsl::is_bundle(*text)) return text;
    problem = fmt::format("`{}` is a bundle, of texts to be run; load the files that it was built from", name);
    return std::nullopt;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::size_t at = 0;
    while ((at = text.find_first_not_of(" \t\n", at)) != std::string_view::npos) {
        const std::size_t end = std::min(text.find_first_of(" \t\n", at), text.size());
        words.emplace_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

std::optional<std::size_t> steps_of(std::string_view text) {
    if (text.empty()) return 1;
    const auto number = runtime::parse_integer(text);
    return number && *number > 0 ? std::optional(static_cast<std::size_t>(*number)) : std::nullopt;
}

} // namespace

Answer Repl::load(std::string_view path) {
    if (path.empty()) return error_answer("which file? `:load FILE`");
    std::string problem;
    const std::string name{path};
    std::optional<std::string> text = read_policies(name, problem);
    if (!text) return error_answer(problem);
    const PolicyBook::State before = book_.state();
    book_.put(name, std::move(*text));
    if (std::string wrong = rebuild(); !wrong.empty()) {
        book_.restore(before);
        return error_answer(std::move(wrong));
    }
    return Answer::of_text(fmt::format("{}: {} policies, {} tests\n", name, program().policies.size(),
                                       program().tests.size() - (entered_.empty() ? 0 : 1)));
}

Answer Repl::reload(std::string_view) {
    if (!book_.is_loaded()) return error_answer("no file is loaded");
    const PolicyBook::State before = book_.state();
    std::vector<std::string> alerts = shown_alerts();
    const std::string current = book_.current().name;
    for (const bool is_current : {false, true}) // the current one last, so that it stays the current one
        for (const PolicyBook::File& file : before.first) {
            std::string problem;
            if ((file.name == current) != is_current) continue;
            if (std::optional<std::string> text = read_policies(file.name, problem))
                book_.put(file.name, std::move(*text));
        }
    if (std::string wrong = rebuild(); !wrong.empty()) {
        book_.restore(before);
        return error_answer(std::move(wrong));
    }
    return Answer::of_text(what_if("loaded again", std::move(alerts)));
}

Answer Repl::events(std::string_view argument) {
    if (argument.empty()) return error_answer("which file? `:events FILE`");
    options_.input.inputs.push_back(stdlib::parse_input_argument(argument));
    const std::string problem = read_events();
    if (!problem.empty()) {
        options_.input.inputs.pop_back();
        read_events();
    }
    rebuild();
    if (!problem.empty()) return error_answer(problem);
    const stdlib::InputStatistics& input = stream_->input;
    std::string text = fmt::format("{} records of {} people", stream_->events.size(), stream_->people.size());
    if (!stream_->events.empty())
        text += fmt::format(", {} to {}", runtime::show_time(stream_->events.front().event.time),
                            runtime::show_time(stream_->events.back().event.time));
    text += "\n";
    if (input.unused != 0) text += fmt::format("{} of types that no policy reads\n", input.unused);
    for (const auto& [reason, rejection] : input.rejections)
        text += fmt::format("{} rejected: {} (the first at {}:{})\n", rejection.count, reason, rejection.file,
                            rejection.line);
    return Answer::of_text(text);
}

Answer Repl::roster(std::string_view argument) {
    if (argument.empty()) return error_answer("which file? `:roster FILE`");
    options_.input.rosters.push_back(stdlib::parse_input_argument(argument));
    const std::string problem = read_events();
    if (!problem.empty()) {
        options_.input.rosters.pop_back();
        read_events();
    }
    rebuild();
    if (!problem.empty()) return error_answer(problem);
    return Answer::of_text(fmt::format("{} employees\n", stream_->employees.size()));
}

Answer Repl::next(std::string_view argument) {
    const auto count = steps_of(argument);
    if (!count) return error_answer(fmt::format("`{}` is not a number of records", argument));
    const std::size_t known = playback_->alerts().size();
    if (playback_->at_end()) return error_answer("there is no further record");
    std::string text;
    constexpr std::size_t most_shown = 20;
    std::size_t done = 0;
    for (; done < *count && !playback_->at_end(); ++done) {
        const std::string shown = shown_step(playback_->steps()[playback_->position()]);
        if (!playback_->next()) break;
        if (done < most_shown) text += shown;
    }
    if (done > most_shown) text += fmt::format("… and {} more\n", done - most_shown);
    return moved(std::move(text), known);
}

Answer Repl::previous(std::string_view argument) {
    const auto count = steps_of(argument);
    if (!count) return error_answer(fmt::format("`{}` is not a number of records", argument));
    if (playback_->position() == 0) return error_answer("this is the beginning");
    playback_->go_to(playback_->position() - std::min(*count, playback_->position()));
    return moved({}, playback_->alerts().size());
}

Answer Repl::seek(std::string_view argument) {
    const auto time = runtime::parse_time(argument, program().zone);
    if (!time)
        return error_answer(fmt::format("`{}` is not a time such as `2025-03-31` or `2025-03-31 09:00`", argument));
    const bool back = *time < playback_->now();
    const std::size_t known = playback_->alerts().size();
    playback_->seek(*time);
    return moved({}, back ? playback_->alerts().size() : known);
}

Answer Repl::run(std::string_view argument) {
    if (argument.starts_with("until")) argument = runtime::trimmed(argument.substr(5));
    const std::size_t known = playback_->alerts().size();
    if (argument == "alert") {
        if (playback_->run_until_alert()) return moved({}, known);
        return moved("no further alert\n", known);
    }
    if (!argument.empty()) return seek(argument);
    playback_->go_to(playback_->steps().size());
    if (stream_->until) playback_->seek(std::max(*stream_->until, playback_->now()));
    return moved({}, known);
}

Answer Repl::advance(std::string_view argument) {
    const auto duration = runtime::parse_duration(argument);
    if (!duration || *duration <= 0) return error_answer(fmt::format("`{}` is not a duration such as `3d`", argument));
    if (playback_->now() == runtime::beginning)
        return error_answer("nothing has happened yet; `:seek TIME` sets the clock");
    const std::size_t known = playback_->alerts().size();
    playback_->seek(playback_->now() + *duration);
    return moved({}, known);
}

std::vector<std::string> Repl::shown_alerts() const {
    std::vector<std::string> result;
    for (const runtime::Alert& alert : playback_->alerts())
        if (alert.kind == runtime::RecordKind::alert) result.push_back(shown_alert(alert));
    return result;
}

/// Alerts that differ from those before, at the same place.
std::string Repl::what_if(const std::string& what, std::vector<std::string> old) const {
    std::string changes;
    for (const std::string& line : shown_alerts()) {
        const auto same = std::find(old.begin(), old.end(), line);
        if (same == old.end())
            changes += painted("+ " + line, "32") + "\n";
        else
            old.erase(same);
    }
    for (const std::string& line : old) changes += painted("- " + line, "31") + "\n";
    std::string text = what.empty() ? "" : what + "\n";
    if (!what.empty() && changes.empty()) text += "the alerts stay as they are\n";
    return text + changes;
}

Answer Repl::set(std::string_view argument) {
    const std::vector<std::string> words = words_of(argument);
    const bool weight = words.size() >= 3 && words[0] == "weight";
    const bool level = words.size() >= 3 && (words[0] == "level" || words[0] == "threshold");
    const auto number = words.size() >= 3 ? runtime::parse_real(words[2]) : std::nullopt;
    if ((!weight && !level) || !number || *number < 0 ||
        (words.size() != 3 && !(words.size() == 5 && words[3] == "in")))
        return error_answer(
            "say `:set weight SIGNAL N` or `:set level LEVEL N`, and `in POLICY` where there are several");
    std::vector<dsl::Span> spans;
    std::vector<std::string> names;
    for (const dsl::PolicyInfo& policy : model().policies) {
        const dsl::PolicyDecl& declared = model().decl<dsl::PolicyDecl>(policy.at);
        if (compiled_->sources.file(model().trees[policy.at.tree].file).standard) continue;
        if (words.size() == 5 && policy.name != words[4]) continue;
        if (weight && declared.score)
            for (const dsl::Term& term : declared.score->terms) {
                names.push_back(term.signal.name.text);
                if (names.back() == words[1]) spans.push_back(model().expr(policy.at.tree, term.points).span);
            }
        if (level)
            for (const dsl::AlertClause& alert : declared.alerts) {
                if (alert.cause != dsl::AlertClause::Cause::level) continue;
                names.push_back(alert.level.text);
                if (names.back() == words[1]) spans.push_back(alert.at.span);
            }
    }
    if (spans.empty())
        return error_answer(fmt::format("no policy {} `{}`{}",
                                        weight ? "gives points for" : "alerts at a score at level", words[1],
                                        nearest_hint(words[1], names)));
    if (spans.size() > 1)
        return error_answer(words.size() == 5
                                ? fmt::format("the policy has {} such; change them in its text", spans.size())
                                : fmt::format("there are {} such; say which with `in POLICY`", spans.size()));
    std::vector<std::string> alerts = shown_alerts();
    const PolicyBook::State before = book_.state();
    const std::string was{compiled_->sources.text(spans.front())};
    book_.replace(compiled_->sources.file(spans.front().file).name, spans.front().begin, spans.front().end, words[2]);
    if (std::string wrong = rebuild(); !wrong.empty()) {
        book_.restore(before);
        return error_answer(std::move(wrong));
    }
    return Answer::of_text(
        what_if(fmt::format("{} {}: {} → {}", words[0], words[1], was, words[2]), std::move(alerts)));
}

Answer Repl::save_test(std::string_view argument) {
    const bool is_quoted = argument.starts_with("\"");
    if (is_quoted) argument.remove_prefix(1);
    const std::size_t end = std::min(argument.find(is_quoted ? '"' : ' '), argument.size());
    const std::string name{runtime::trimmed(argument.substr(0, end))};
    argument.remove_prefix(std::min(end + 1, argument.size()));
    const std::string file{runtime::trimmed(argument)};
    if (name.empty()) return error_answer("what is it called? `:save-test \"NAME\" [FILE]`");
    if (entered_.empty()) return error_answer("nothing was entered that could be tested");
    std::string block = test_block();
    const std::unique_ptr<Compiled> compiled = book_.compile(block);
    if (!compiled->fine()) return error_answer(diagnostics(*compiled));
    std::string expectations;
    for (const runtime::TestPlan& plan : compiled->program->tests) {
        if (plan.name != entered_test) continue;
        for (const runtime::Alert& alert : runtime::run_test(*compiled->program, plan).alerts)
            if (alert.kind == runtime::RecordKind::alert && alert.policy < compiled->program->policies.size())
                expectations +=
                    fmt::format("  expect alert {} {} for {} at {}\n", compiled->program->policies[alert.policy].name,
                                runtime::level_names[static_cast<std::size_t>(alert.level)],
                                dsl::spell_text(alert.subject), runtime::show_time(alert.time));
    }
    expectations += "  expect nothing else\n";
    const auto replace = [](std::string& text, std::string_view from, std::string_view to) {
        if (const std::size_t at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
    };
    replace(block, fmt::format("\"{}\"", entered_test), dsl::spell_text(name));
    replace(block, "  expect nothing else\n", expectations);
    std::string problem;
    const auto passes = [&](const std::string& text) {
        const std::unique_ptr<Compiled> saved = book_.compile(text);
        problem = saved->fine() ? "" : diagnostics(*saved);
        for (std::size_t i = 0; saved->fine() && i < saved->program->tests.size(); ++i) {
            const runtime::TestPlan& plan = saved->program->tests[i];
            if (plan.name != name) continue;
            const runtime::TestResult result = runtime::run_test(*saved->program, plan);
            if (!result.passed()) problem = "the test would fail: " + result.failures.front().actual;
        }
        return problem.empty();
    };
    std::string plain = block;
    replace(plain, "  lateness 3650d\n", "");
    if (passes(plain))
        block = std::move(plain);
    else if (!passes(block))
        return error_answer(problem);
    dsl::Sources unused;
    dsl::Diagnostics silent;
    if (const auto formatted = dsl::format_text(unused, "test", block, silent)) block = *formatted;
    std::string text = block;
    if (!file.empty()) {
        std::ofstream out{file, std::ios::binary | std::ios::app};
        if (!(out << "\n" << block << std::flush)) return error_answer(fmt::format("cannot write `{}`", file));
        text += fmt::format("added to {}\n", file);
        if (book_.current().entered)
            text += "what was declared or set here is not in that file; without it the test may fail there\n";
    }
    return Answer::of_text(text);
}

Answer Repl::help(std::string_view) {
    std::string text;
    for (const Command& command : commands())
        text += fmt::format("  {:<52}{}\n", painted(fmt::format(":{} {}", command.name, command.arguments), ""),
                            command.doc);
    return Answer::of_text(
        text + "Everything else is the language: a declaration, `employee \"u1\" { … }`, `at TIME EVENT { … }`,\n"
               "or an expression. An input goes on over lines while a bracket is open.\n");
}

Answer Repl::quit(std::string_view) {
    Answer answer;
    answer.kind = AnswerKind::quit;
    return answer;
}

} // namespace watchword::desk
