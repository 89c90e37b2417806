// Runs one piece of code over one frame. No error path: the checker and `verify` have ruled errors out; jumps go
// forward only, so a run ends. Knows opcodes and values, nothing of policies, watches or clauses.
#pragma once

#include "runtime/program.hpp"
#include "runtime/roster.hpp"

namespace watchword::runtime {

/// What a piece of code can see. Views; nullptr where the code has no business there.
struct Frame {
    const Value* fields = nullptr;     ///< of the event, by slot; `person` slots hold PersonIds
    const Value* trigger = nullptr;    ///< the watch's trigger slots
    const Value* captures = nullptr;   ///< the sequence's capture slots
    const Value* windows = nullptr;    ///< value of each window of the signal
    const Value* usuals = nullptr;     ///< four values (Member) each
    const Value* peers = nullptr;      ///< four values (Member) each
    const Value* attributes = nullptr; ///< of the person in question
    Time time = 0;
    Time stated = 0;
    std::string_view id;
    std::string_view type; ///< name of the event's type
    PersonId subject = nobody;
    RosterMoment roster_moment; ///< when other people's attributes are read
    bool lookback = false;
    /// Zone of times that name none and of functions such as `hour`: a source's own. Empty: the person's, else the
    /// module's.
    std::string_view zone;
};

class Interpreter {
public:
    /// Both must outlive the interpreter. `roster` may be nullptr where no code asks it (sources).
    Interpreter(const Program& program, const Roster* roster);

    /// Result of the code; absent for no_code. Texts and lists live until `reset`.
    Value run(CodeId code, const Frame& frame) noexcept {
        if (code == no_code) return Value::absent();
        const Instruction* const at = program_.code.data() + code;
        // to read a field is what most short code does, and no loop need be entered for it
        if (at->opcode == Opcode::load_field && at[1].opcode == Opcode::finish && at[1].a == at->a)
            return frame.fields[at->b];
        return run_from(code, frame);
    }
    /// no_code: true. Absent: false.
    bool holds(CodeId code, const Frame& frame) noexcept {
        if (code == no_code) return true;
        const Value result = run(code, frame);
        return result.extent != 0 && result.integer != 0;
    }
    /// The same in registers of their own, for the code of a calendar while other code is running.
    Value run_calendar(CodeId code, const Frame& frame) noexcept;
    /// Frees the texts that runs made.
    void reset() noexcept { scratch_.reset(); }
    Scratch& scratch() noexcept { return scratch_; }

private:
    Value run_from(CodeId code, const Frame& frame) noexcept;
    Value execute(std::size_t start, const Frame& frame, Value* registers) noexcept;
    Value each_in_list(std::size_t at, const Frame& frame, Value* registers) noexcept;
    std::string_view zone_of(const Frame& frame) const noexcept;

    const Program& program_;
    const Roster* roster_;
    Scratch scratch_;
    Value registers_[max_registers];
    Value calendar_registers_[max_registers];
    unsigned depth_ = 0;         ///< of lists within lists
    std::uint32_t elements_ = 0; ///< list elements looked at by the run in progress
    bool in_calendar_ = false;
};

/// Whether the person whose attributes these are is at work at `time` by calendar `calendar`.
bool is_working_time(const Program& program, std::uint32_t calendar, Time time, const Value* attributes,
                     Interpreter& interpreter) noexcept;
/// Whether there is any such time in [bucket.begin, bucket.end), which is an hour, a day or a week.
bool has_working_time(const Program& program, std::uint32_t calendar, Bucket bucket, const Value* attributes,
                      Interpreter& interpreter) noexcept;

} // namespace watchword::runtime
