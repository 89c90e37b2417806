#include "runtime/signal_states.hpp"

#include "runtime/plain_signal.hpp"
#include "runtime/running_signal.hpp"
#include "runtime/sequence.hpp"

#include <algorithm>

namespace watchword::runtime {

StatePlace StatesShape::add(std::uint32_t signal, StateKind kind) {
    if (kind == StateKind::none) return {signal, StatePlace::few, kind};
    static_assert(sizeof(RunningState) == NearStates::line && sizeof(SequenceState) == NearStates::line);
    if (kind != StateKind::plain && near < StatePlace::near) return {signal, near++, kind};
    const auto number = static_cast<std::uint16_t>(std::min(StatePlace::near + others_, StatePlace::few));
    few = few && number < StatePlace::few;
    ++others_;
    return {signal, number, kind};
}

SignalStates::SignalStates(StatesShape shape, StateMemory& memory)
    : memory_(memory), near_lines_(shape.near), few_(shape.few), here_{} {
    if (!few_) std::construct_at(&slots_, &memory.pool);
}

SignalStates::~SignalStates() {
    for (std::uint32_t i = 0; i < near_lines_; ++i) {
        std::byte* const state = near_.room(i);
        if (near_.kind(i) == StateKind::running) std::destroy_at(reinterpret_cast<RunningState*>(state));
        if (near_.kind(i) == StateKind::sequence) std::destroy_at(reinterpret_cast<SequenceState*>(state));
    }
    if (near_.block() != nullptr)
        memory_.near.deallocate(near_.block(), near_lines_ * NearStates::line, NearStates::line);
    if (few_) {
        for (const Tagged state : here_) destroy(state);
        return;
    }
    for (const Slot& slot : slots_) destroy(slot.state);
    std::destroy_at(&slots_);
}

void SignalStates::destroy(Tagged state) const {
    const auto give_back = [&]<class State>(State* of) {
        std::destroy_at(of);
        memory()->deallocate(of, sizeof(State), alignof(State));
    };
    switch (state.kind()) {
    case StateKind::none:
        break;
    case StateKind::plain:
        return give_back(static_cast<PlainState*>(state.get()));
    case StateKind::running:
        return give_back(static_cast<RunningState*>(state.get()));
    case StateKind::sequence:
        return give_back(static_cast<SequenceState*>(state.get()));
    }
}

void* SignalStates::look_up(std::uint32_t signal) const {
    const auto at = std::lower_bound(slots_.begin(), slots_.end(), signal,
                                     [](const Slot& slot, std::uint32_t wanted) { return slot.signal < wanted; });
    return at != slots_.end() && at->signal == signal ? at->state.get() : nullptr;
}

void* SignalStates::room_near(StatePlace place) {
    if (near_.block() == nullptr)
        near_ = NearStates(memory_.near.allocate(near_lines_ * NearStates::line, NearStates::line));
    return near_.room(place.number);
}

void SignalStates::enter(StatePlace place, void* state) {
    if (place.is_near()) return near_.enter(place);
    const Tagged tagged{state, place.kind};
    if (few_) {
        here_[place.number - StatePlace::near] = tagged;
        return;
    }
    const auto at = std::lower_bound(slots_.begin(), slots_.end(), place.signal,
                                     [](const Slot& slot, std::uint32_t wanted) { return slot.signal < wanted; });
    slots_.insert(at, {place.signal, tagged});
}

} // namespace watchword::runtime
