// A session of an analyst: one input in, one answer out. Holds policies, events, a place in time; what is entered is a
// command (`:next`) or the language itself. Knows no terminal; files are read where a command names one.
#pragma once

#include "desk/playback.hpp"
#include "desk/policy_book.hpp"
#include "desk/policy_text.hpp"
#include "stdlib/pseudonym.hpp"
#include "stdlib/sources/input.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

struct ReplOptions {
    /// With `functions`, `modules` and `read`; what it points to must outlive the session.
    dsl::CompilerOptions compiler;
    /// Of people from files; those whom the session itself named are shown as they were typed.
    stdlib::Pseudonyms names = stdlib::Pseudonyms::revealed();
    runtime::EngineOptions engine;
    stdlib::InputOptions input; ///< limits and places; `inputs` and `rosters` are the session's
    bool colour = false;
};

enum class AnswerKind : std::uint8_t { nothing, text, value, declared, moved, error, quit };

struct Answer {
    AnswerKind kind = AnswerKind::nothing;
    std::string text;                   ///< for a reader; ends with a new line unless empty
    std::string value, type;            ///< of an expression
    std::vector<std::string> declared;  ///< `signal UsbCopy`
    std::vector<runtime::Alert> alerts; ///< that came with it

    static Answer of_text(std::string text);
};

/// What a word in a line can become.
struct Completions {
    std::size_t begin = 0; ///< where the word begins
    std::vector<std::string> words;
};

/// Whether brackets and quotes are closed, so that the input can be answered.
bool is_complete(std::string_view input);

class Repl {
public:
    explicit Repl(ReplOptions options);
    ~Repl();
    Answer enter(std::string_view input);
    Completions complete(std::string_view line, std::size_t cursor) const;

private:
    using Handler = Answer (Repl::*)(std::string_view arguments);
    struct Command {
        std::string_view name, arguments, doc;
        Handler run;
    };
    static const std::vector<Command>& commands();
    struct Entered {
        std::string text;
        bool has_time = false;
        runtime::Time at = 0;
    };

    /// Of the `test` block that holds what was entered.
    static constexpr std::string_view entered_test = "what this session entered";

    // repl.cpp: the language
    Answer command(std::string_view input);
    Answer declare(std::string_view text);
    Answer state_fact(std::string_view text);
    /// Compiles everything anew and plays it to the present time; an error, or nothing.
    std::string rebuild();
    /// The events as they were read are good for this program too.
    bool fits_stream(const runtime::Program& other) const;
    static const runtime::TestPlan* entered_plan(const runtime::Program& of); ///< nullptr: nothing was entered
    std::string test_block() const;
    std::string diagnostics(const Compiled& compiled) const;
    std::string read_events();
    const runtime::Program& program() const { return *compiled_->program; }
    const dsl::Model& model() const { return *compiled_->model; }

    // repl_value.cpp
    Answer evaluate(std::string_view text, bool type_only);
    /// Over the record of a step, an event.
    Answer evaluate_at(std::size_t step, std::string_view text, bool type_only);

    // repl_commands.cpp
    Answer load(std::string_view);
    Answer reload(std::string_view);
    Answer events(std::string_view);
    Answer roster(std::string_view);
    Answer next(std::string_view);
    Answer previous(std::string_view);
    Answer seek(std::string_view);
    Answer run(std::string_view);
    Answer advance(std::string_view);
    Answer set(std::string_view);
    Answer save_test(std::string_view);
    Answer quit(std::string_view);
    Answer help(std::string_view);
    /// All alerts so far, as the present policies name them.
    std::vector<std::string> shown_alerts() const;
    std::string what_if(const std::string& what, std::vector<std::string> old) const;

    // repl_views.cpp
    Answer who(std::string_view);
    Answer state(std::string_view);
    Answer score(std::string_view);
    Answer timeline(std::string_view);
    Answer why(std::string_view);
    Answer why_not(std::string_view);
    Answer type(std::string_view);
    Answer schema(std::string_view);
    Answer plan(std::string_view);
    Answer bytecode(std::string_view);
    Answer doc(std::string_view);
    Answer listing(std::string_view name, std::string text) const;
    /// Everything up to now as one stream, with policies compiled to be recorded.
    struct Past {
        std::unique_ptr<Compiled> compiled;
        std::unique_ptr<PolicyText> text;
        std::unique_ptr<Stream> stream;
    };
    std::unique_ptr<Past> past();
    /// nobody, with the reason in `problem`.
    runtime::PersonId find_person(std::string_view id, std::string& problem);
    std::string shown_person(std::string_view id) const;
    stdlib::Pseudonyms names_for(std::string_view subject) const;
    std::string shown_value(const runtime::Value& value, runtime::Type type, bool sensitive) const;
    std::string shown_event(const runtime::Event& event) const;
    std::string shown_entered(const runtime::TestEvent& event) const;
    std::string shown_step(const Playback::Step& step);
    std::string shown_alert(const runtime::Alert& alert) const;
    std::string shown_place() const;
    /// An answer about a move: where we are now, and the alerts behind the first `known`.
    Answer moved(std::string text, std::size_t known) const;
    std::string painted(std::string_view text, std::string_view style) const;

    ReplOptions options_;
    PolicyBook book_;
    std::unique_ptr<Compiled> compiled_;
    std::unique_ptr<Stream> stream_;
    std::unique_ptr<Playback> playback_;
    std::vector<Entered> entered_;
    std::set<std::string> typed_; ///< folded ids of people whom the session named
};

Answer error_answer(std::string text);
/// The candidate nearest to the word as `; did you mean …?`, or nothing.
std::string nearest_hint(std::string_view word, const std::vector<std::string>& candidates);

} // namespace watchword::desk
