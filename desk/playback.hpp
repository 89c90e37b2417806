// A stream of events and what was entered by hand, played into an engine forward and backward: time travel by
// snapshots. Knows order and alerts; nothing of policies' text or of how things are shown.
#pragma once

#include "desk/stream.hpp"
#include "runtime/engine.hpp"
#include "runtime/test_input.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watchword::desk {

class Playback {
public:
    /// One thing that happens: a record of the stream, or an event or change of an employee entered by hand.
    struct Step {
        runtime::Time time = 0;
        const StreamEvent* recorded = nullptr;
        const runtime::TestInputItem* entered = nullptr;
    };

    /// `entered` may be nullptr. All must outlive the playback; the stream must have the program's layout.
    Playback(const runtime::Program& program, const Stream& stream, const runtime::TestPlan* entered,
             runtime::EngineOptions options);

    const std::vector<Step>& steps() const { return steps_; }
    std::size_t position() const { return position_; } ///< steps done
    runtime::Time now() const { return now_; }         ///< `beginning` before the first step
    bool at_end() const { return position_ == steps_.size(); }

    bool next(); ///< one step; false: at the end, or a limit was hit
    /// As it was after `position` steps, at the time of the last of them.
    void go_to(std::size_t position);
    /// As it is when everything at or before `time` has happened, and the clock says so.
    void seek(runtime::Time time);
    /// Steps until an alert more is there, at most to the end; false: none came.
    bool run_until_alert();

    /// So far, in order, with the records that end actions.
    const std::vector<runtime::Alert>& alerts() const { return alerts_; }
    runtime::Engine& engine() { return *engine_; }
    bool limit_hit() const { return status_ != runtime::Status::fine; }
    /// The event of an entered step, for looking at it; valid until the next call.
    runtime::Event event_of(const Step& step);

private:
    struct Checkpoint {
        std::size_t position = 0;
        runtime::Time now = runtime::beginning;
        std::size_t alerts = 0;
        std::size_t entered = 0;
        std::string snapshot; ///< empty: the beginning
    };
    void begin();
    void push(const Step& step);
    void take_alerts();
    void restore(const Checkpoint& checkpoint);
    void remember();
    void enter_employees(std::size_t before);

    const runtime::Program& program_;
    const Stream& stream_;
    const runtime::TestPlan* plan_;
    runtime::EngineOptions options_;
    std::unique_ptr<runtime::TestInput> input_;
    std::vector<Step> steps_;
    std::unique_ptr<runtime::Engine> engine_;
    std::vector<Checkpoint> checkpoints_; ///< by position, rising
    std::size_t spacing_ = 64;            ///< of checkpoints, in steps; doubles when there are many
    std::size_t position_ = 0;
    std::size_t entered_ = 0; ///< employees of the stream
    runtime::Time now_ = runtime::beginning;
    bool is_advanced_ = false; ///< time passed behind the last step
    std::vector<runtime::Alert> alerts_;
    runtime::Status status_ = runtime::Status::fine;
};

} // namespace watchword::desk
