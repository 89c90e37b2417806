// What signals are offered, and what those of one watch share while they are.
#pragma once

#include "runtime/hit.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/kept_values.hpp"
#include "runtime/program.hpp"
#include "runtime/recorder.hpp"

#include <cstdint>
#include <vector>

namespace watchword::runtime {

/// The values that a condition reads, per window, usual and peers value. One buffer serves all signals in turn.
struct Readings {
    std::vector<Value> windows;
    std::vector<Value> usuals; ///< four each
    std::vector<Value> peers;  ///< four each
    bool hollow = false;       ///< some window that has no value when empty is empty

    void clear() {
        windows.clear();
        usuals.clear();
        peers.clear();
        hollow = false;
    }
    void show_in(Frame& frame) const {
        frame.windows = windows.data();
        frame.usuals = usuals.data();
        frame.peers = peers.data();
    }
};

struct SignalContext {
    const Program& program;
    Interpreter& interpreter;
    Readings& readings;
    const SlotTypes& slots;
    Hits& hits;                   ///< new ones are appended
    std::vector<Time>& deadlines; ///< of closing `no` steps, as matches begin to wait for them; appended
    Zone module_zone;
    Time from = 0;                ///< start of the watch
    Zone zone;                    ///< of the person, else of the module
    Recorder* recorder = nullptr; ///< nullptr: nobody asked about this watch
    std::uint32_t signal = 0;     ///< whose turn it is

    /// A new hit of the signal whose turn it is, at the occurrence in hand; its data are the caller's to add.
    LiveHit& add_hit(std::uint32_t input, const Frame& occurrence, std::pmr::memory_resource* memory) const {
        LiveHit& hit = hits.live.emplace_back(memory);
        hit.signal = signal;
        hit.input = input;
        hit.time = occurrence.time;
        hit.frame = occurrence;
        return hit;
    }
};

} // namespace watchword::runtime
