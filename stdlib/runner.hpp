// Inputs → engine → sink: the loop of `watchword run`, for hosts too. Reads the wall clock only to say how long it
// took.
#pragma once

#include "runtime/engine.hpp"
#include "stdlib/run_summary.hpp"
#include "stdlib/sinks/sink.hpp"
#include "stdlib/sources/input.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace watchword::stdlib {

/// How far a run is; for a progress bar.
struct RunProgress {
    std::uint64_t events = 0;  ///< pushed
    std::uint64_t records = 0; ///< read so far and fit to become events; of finite inputs all of them
    runtime::Time time = 0;    ///< of the newest event
};

struct RunOptions {
    runtime::EngineOptions engine;
    InputOptions input;
    /// Threads that share out among them the decoding and the people, with the caller's. What comes out is the same. A
    /// stream that brings employees is read with one.
    std::uint32_t threads = 1;
    bool stop_on_error = false;                ///< end at the first rejected record
    std::optional<std::uint64_t> max_rejected; ///< end when more records than this are rejected
    /// File of the run's state (stdlib/run_state.hpp): where there is one the run goes on behind it; written at the
    /// end, when `input.stop` is set, and after every `state_every` by the wall clock, but not before as much time has
    /// passed as writing the last one took. Empty: none.
    std::string state;
    std::chrono::microseconds state_every{300'000'000};
    /// The process ends after the run. What the engine holds is then left to the system, which takes it back at once
    /// and not person by person.
    bool process_ends = false;
    /// Called now and then, every few thousand events at most; false ends the run. May be empty.
    std::function<bool(const RunProgress&)> progress;
    /// Called with each error of the input (InputStatistics::errors) as soon as it is known. May be empty.
    std::function<void(const std::string&)> on_error;
    /// Asked before each batch of events; if true, `pause` is called while no event is on its way to any engine, and
    /// may change the content of the program's lists and tables. Both may be empty.
    std::function<bool()> pause_wanted;
    std::function<void()> pause;
};

/// `program` must be verified. Alerts that were raised before a run ended early are written all the same.
RunSummary run(const runtime::Program& program, RunOptions options, Sink& sink);

} // namespace watchword::stdlib
