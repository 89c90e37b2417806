// A stream pushed into an engine: all of it, or only what can bear on one person. Anything may be done to the engine
// between two steps. Knows the order of things only; what comes of them is the engine's.
#pragma once

#include "desk/stream.hpp"
#include "runtime/engine.hpp"
#include "runtime/recording.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace watchword::desk {

struct ReplayOptions {
    runtime::EngineOptions engine;
    /// Only events about this person (index in Stream::people) and those that concern everybody, and the last event of
    /// all for its time; by the promise of the language the person's alerts are the same. no_person: everything.
    std::uint32_t person = no_person;
    /// Of these, only those for which this holds; may be empty. Not asked about the last event if another's.
    std::function<bool(const StreamEvent&)> wanted;
    std::optional<runtime::Time> until;      ///< events at or before
    runtime::Recording* recording = nullptr; ///< where the engine's steps go; must outlive the replay
};

class Replay {
public:
    /// All must outlive the replay. A program of another layout is fed by the names of its fields.
    Replay(const runtime::Program& program, const Stream& stream, ReplayOptions options = {});

    /// A sentence if the program reads what the stream does not hold, else nothing. Such a replay is over at once.
    const std::string& problem() const { return problem_; }
    /// The event that `next` would push; nullptr: none.
    const StreamEvent* head();
    /// Pushes one event; false: it is over, or a limit was hit.
    bool next();
    /// What is left when no event is: those who are entered behind them, and time that passes yet (Stream::until).
    void finish();
    /// Pushes all events of times at or before `time`, and lets time pass to it; `never`: all there are, and finishes.
    void run(runtime::Time time = runtime::never);
    /// Index in Stream::events behind the last event pushed.
    std::size_t position() const { return position_; }

    runtime::Engine& engine() { return engine_; }
    runtime::Status status() const { return status_; }

private:
    bool bears(std::size_t index) const;
    bool push_together(runtime::Time time);
    void note_progress(std::size_t events);
    void choose_events();
    void enter_employees(std::size_t before);
    void map_layout();
    runtime::Event mapped(const StreamEvent& event);

    const runtime::Program& program_;
    const Stream& stream_;
    ReplayOptions options_;
    runtime::Engine engine_;
    std::vector<bool> concerns_all_; ///< per event type of the stream
    std::size_t last_ = 0;           ///< one behind the last event at or before `until`
    std::size_t position_ = 0;
    std::vector<std::uint32_t> chosen_; ///< of one person: the events that may bear
    std::size_t next_chosen_ = 0;
    std::size_t entered_ = 0;
    runtime::Status status_ = runtime::Status::fine;
    std::string problem_;
    // a program of another layout
    bool is_mapped_ = false;
    std::vector<std::uint32_t> types_;             ///< per event type of the stream; UINT32_MAX: unknown or unused
    std::vector<std::vector<std::int32_t>> slots_; ///< per event type of the program and slot: the stream's slot
    std::vector<std::uint32_t> attributes_;        ///< per attribute of the stream
    std::vector<runtime::Value> fields_;
};

/// The alerts of a whole replay.
std::vector<runtime::Alert> replay(const runtime::Program& program, const Stream& stream, ReplayOptions options = {});

} // namespace watchword::desk
