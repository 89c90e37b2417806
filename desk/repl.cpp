// The language in a session: declarations and facts at an instant; and the compiling that all of it ends in.
#include "desk/repl.hpp"

#include "dsl/diagnostic_text.hpp"
#include "dsl/expression_text.hpp"
#include "dsl/literal.hpp"
#include "dsl/parser.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace watchword::desk {

namespace {

constexpr std::array<std::string_view, 16> declaring{"module", "use",    "event",    "subject",  "list",   "table",
                                                     "let",    "define", "calendar", "baseline", "action", "signal",
                                                     "policy", "risk",   "source",   "test"};

std::string_view first_word(std::string_view text) {
    return text.substr(0, std::min(text.find_first_of(" \t\n{\"("), text.size()));
}

/// Whether the text begins with `word` to declare something, and not because a field is called so: then a name follows,
/// and no operator, be it a word that no name may be (`source in [...]`).
bool declares(std::string_view text, std::string_view word) {
    if (std::find(declaring.begin(), declaring.end(), word) == declaring.end()) return false;
    text.remove_prefix(std::min(text.find_first_not_of(" \t\n", word.size()), text.size()));
    if (text.empty()) return true; // what is lacking is said
    if (text.front() == '"' || text.front() == '{' || text.front() == '`') return true;
    const auto in_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    const std::string next(text.begin(), std::find_if_not(text.begin(), text.end(), in_name));
    return !next.empty() && dsl::name_text(dsl::Name{next, {}}) == next;
}

/// Texts in quotes of a line, such as people's ids.
std::vector<std::string> quoted(std::string_view text) {
    std::vector<std::string> result;
    for (std::size_t begin = text.find('"'); begin != std::string_view::npos; begin = text.find('"', begin)) {
        std::size_t end = begin + 1;
        while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
        if (end >= text.size()) break;
        result.push_back(dsl::read_text(text.substr(begin, end + 1 - begin)).text);
        begin = end + 1;
    }
    return result;
}

} // namespace

Answer Answer::of_text(std::string text) {
    Answer answer;
    answer.kind = AnswerKind::text;
    answer.text = std::move(text);
    return answer;
}

bool is_complete(std::string_view input) {
    int depth = 0;
    for (std::size_t i = 0; i < input.size(); ++i) {
        const char c = input[i];
        if (c == '#') {
            i = std::min(input.find('\n', i), input.size());
        } else if (c == '"') {
            const bool raw = i > 0 && input[i - 1] == 'r';
            for (++i; i < input.size() && input[i] != '"' && input[i] != '\n'; ++i)
                if (input[i] == '\\' && !raw) ++i;
        } else if (c == '{' || c == '(' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ')' || c == ']') {
            --depth;
        }
    }
    if (depth > 0) return false;
    // a signal is nothing before it listens
    const std::string_view text = runtime::trimmed(input);
    if (first_word(text) != "signal") return true;
    for (const std::string_view clause : {" on ", "\non ", " sequence ", "\nsequence "})
        if (text.find(clause) != std::string_view::npos) return true;
    return input.ends_with("\n\n");
}

Answer error_answer(std::string text) {
    Answer answer;
    answer.kind = AnswerKind::error;
    answer.text = std::move(text);
    if (!answer.text.empty() && answer.text.back() != '\n') answer.text += '\n';
    return answer;
}

std::string nearest_hint(std::string_view word, const std::vector<std::string>& candidates) {
    const std::vector<std::string_view> views(candidates.begin(), candidates.end());
    const std::string_view found = dsl::nearest(word, views);
    return found.empty() ? std::string() : fmt::format("; did you mean `{}`?", found);
}

Repl::Repl(ReplOptions options) : options_(std::move(options)), book_(options_.compiler) {
    options_.compiler.lint = false;
    rebuild();
}
Repl::~Repl() = default;

std::string Repl::test_block() const {
    if (entered_.empty()) return {};
    std::vector<const Entered*> sorted;
    for (const Entered& one : entered_) sorted.push_back(&one);
    std::stable_sort(sorted.begin(), sorted.end(), [](const Entered* a, const Entered* b) {
        return a->has_time != b->has_time ? b->has_time : a->has_time && a->at < b->at;
    });
    // repeated events may overlap with later ones; none of them is late
    std::string text = fmt::format("test \"{}\" {{\n  lateness 3650d\n", entered_test);
    for (const Entered* one : sorted) text += "  " + one->text + "\n";
    return text + "  expect nothing else\n}\n";
}

std::string Repl::diagnostics(const Compiled& compiled) const {
    return dsl::show(compiled.diagnostics, compiled.sources, dsl::DiagnosticFormat::human, options_.colour);
}

std::string Repl::rebuild() {
    std::unique_ptr<Compiled> fresh = book_.compile(test_block());
    if (!fresh->fine()) return diagnostics(*fresh) + "\n";
    const runtime::Time now = playback_ ? playback_->now() : runtime::beginning;
    playback_.reset();
    const bool keeps_stream = compiled_ && stream_ && fits_stream(*fresh->program);
    compiled_ = std::move(fresh);
    if (!keeps_stream) read_events();
    playback_ = std::make_unique<Playback>(program(), *stream_, entered_plan(program()), options_.engine);
    if (now != runtime::beginning) playback_->seek(now);
    return {};
}

bool Repl::fits_stream(const runtime::Program& other) const {
    // words have numbers in the stream
    return stream_->layout == layout_of(other) &&
           std::equal(other.enumerations.begin(), other.enumerations.end(), program().enumerations.begin(),
                      program().enumerations.end(),
                      [](const auto& left, const auto& right) { return left.words == right.words; });
}

const runtime::TestPlan* Repl::entered_plan(const runtime::Program& of) {
    for (const runtime::TestPlan& test : of.tests)
        if (test.name == entered_test) return &test;
    return nullptr;
}

std::string Repl::read_events() {
    stream_ = std::make_unique<Stream>(read_stream(program(), options_.input));
    std::string problems;
    for (const std::string& error : stream_->input.errors) problems += error + "\n";
    return problems;
}

Answer Repl::enter(std::string_view input) {
    const std::string_view text = runtime::trimmed(input);
    if (text.empty() || (text.front() == '#' && text.find('\n') == std::string_view::npos)) return {};
    if (text.front() == ':') return command(text.substr(1));
    const std::string_view word = first_word(text);
    if (word == "at" || (word == "employee" && runtime::trimmed(text.substr(8)).starts_with("\"")))
        return state_fact(text);
    if (text.starts_with("##") || declares(text, word)) return declare(text);
    return evaluate(text, false);
}

Answer Repl::command(std::string_view input) {
    const std::string_view word = first_word(input);
    std::vector<std::string> names;
    for (const Command& candidate : commands()) {
        if (candidate.name == word) return (this->*candidate.run)(runtime::trimmed(input.substr(word.size())));
        names.push_back(":" + std::string(candidate.name));
    }
    const std::string name = ":" + std::string(word);
    return error_answer(fmt::format("there is no command `{}`{}", name, nearest_hint(name, names)));
}

Answer Repl::declare(std::string_view text) {
    const PolicyBook::State before = book_.state();
    std::vector<std::string> alerts = shown_alerts();
    Answer answer;
    answer.declared = book_.declare(text);
    if (answer.declared.empty()) {
        dsl::Sources sources;
        dsl::Diagnostics problems;
        dsl::parse(sources, sources.add("entered", std::string(text)), problems);
        return error_answer(dsl::show(problems, sources, dsl::DiagnosticFormat::human, options_.colour) +
                            (problems.failed() ? "\n" : "the module is named by the file that is loaded\n"));
    }
    if (std::string problem = rebuild(); !problem.empty()) {
        book_.restore(before);
        return error_answer(std::move(problem));
    }
    answer.kind = AnswerKind::declared;
    for (const std::string& title : answer.declared) answer.text += (answer.text.empty() ? "" : ", ") + title;
    answer.text += "\n" + what_if("", std::move(alerts));
    return answer;
}

Answer Repl::state_fact(std::string_view text) {
    const std::size_t known_alerts = playback_->alerts().size();
    std::vector<std::string> before = shown_alerts();
    const runtime::Time now = playback_->now();
    entered_.push_back({std::string(text), false, 0});
    // alone, to learn its time
    const std::unique_ptr<Compiled> alone =
        book_.compile(fmt::format("test \"{}\" {{\n  {}\n  expect nothing else\n}}\n", entered_test, text));
    if (!alone->fine()) {
        entered_.pop_back();
        return error_answer(diagnostics(*alone) + "\n");
    }
    runtime::Time last = runtime::beginning;
    for (const runtime::TestPlan& plan : alone->program->tests) {
        if (plan.name != entered_test) continue;
        if (!plan.clock.empty() || (plan.has_roster && plan.employees.empty()) || plan.lateness != 0 ||
            plan.expectations.size() != 1) {
            entered_.pop_back();
            return error_answer("here `at …` is a record and `employee …` a person, and nothing else of a test; "
                                "`:advance 1d` and `:seek TIME` move the clock\n");
        }
        Entered& one = entered_.back();
        for (const runtime::TestEmployee& employee : plan.employees) {
            one.has_time = employee.at != runtime::beginning;
            one.at = last = employee.at;
        }
        for (const runtime::TestEvent& event : plan.events) {
            one.at = one.has_time ? std::min(one.at, event.at) : event.at;
            one.has_time = true;
            last = std::max(last, event.at);
        }
    }
    if (std::string problem = rebuild(); !problem.empty()) {
        entered_.pop_back();
        return error_answer(std::move(problem));
    }
    for (const std::string& id : quoted(text)) typed_.insert(runtime::fold(id));
    if (last != runtime::beginning && last >= now) {
        playback_->seek(last);
        return moved({}, known_alerts);
    }
    if (last == runtime::beginning && now == runtime::beginning) {
        Answer answer;
        answer.kind = AnswerKind::moved;
        return answer;
    }
    Answer answer = moved("", playback_->alerts().size());
    answer.text += what_if("", std::move(before));
    return answer;
}

} // namespace watchword::desk
