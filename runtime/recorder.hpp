// Writes a Recording while the engine works: asked at each step, and only where somebody listens. Reads what the engine
// decided and runs the parts of conditions by the same interpreter; it changes nothing.
#pragma once

#include "runtime/hit.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/recording.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace watchword::runtime {

class Recorder {
public:
    Recorder(const Program& program, const Roster& roster, Interpreter& interpreter, Recording& recording)
        : program_(program), roster_(roster), interpreter_(interpreter), recording_(recording) {}

    /// Whether somebody asked about them.
    bool wants(std::uint32_t policy, PersonId person);
    /// What the next steps are about.
    void turn_to(std::uint32_t policy, PersonId person, Time time, std::uint64_t position, std::string_view event,
                 bool lookback);
    void move_to(Time time, std::string_view event);
    /// Of the steps that a signal records.
    void set_signal(std::uint32_t signal) { signal_ = signal; }

    /// The parts of a condition that are reached, with what they read.
    recorded::Condition read(PartId part, const Frame& frame);
    recorded::Condition read(const std::vector<PartId>& parts, std::size_t index, const Frame& frame);

    template <class What>
    What& add(What what) {
        RecordedStep& step = recording_.steps.emplace_back(head_);
        step.what = std::move(what);
        return std::get<What>(step.what);
    }
    /// The last step of its kind for what is in hand, to be completed.
    recorded::Trigger* last_trigger();

    recorded::Offer offer(std::uint32_t input, const SignalInput& plan, const Frame& frame, bool matched);
    recorded::Step step(std::uint32_t step, bool is_until, std::uint32_t input, const StepInput& plan,
                        recorded::StepOutcome outcome, const Frame& frame, Time began, std::string_view key);
    recorded::Hit hit(const LiveHit& live) const;

private:
    recorded::Truth walk(PartId part, const Frame& frame, recorded::Condition& into);

    const Program& program_;
    const Roster& roster_;
    Interpreter& interpreter_;
    Recording& recording_;
    RecordedStep head_;
    std::uint32_t signal_ = 0;
    std::vector<std::int8_t> wanted_; ///< per person: 1 yes, 0 no, -1 not asked yet
};

} // namespace watchword::runtime
