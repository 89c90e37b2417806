#include "runtime/signal_states.hpp"

#include "runtime/plain_signal.hpp"
#include "runtime/running_signal.hpp"
#include "runtime/sequence.hpp"

#include <algorithm>

namespace watchword::runtime {

SignalStates::SignalStates(bool few, std::pmr::memory_resource* memory) : memory_(memory), few_(few), here_{} {
    if (!few) std::construct_at(&slots_, memory);
}

SignalStates::~SignalStates() {
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
        memory_->deallocate(of, sizeof(State), alignof(State));
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

void SignalStates::enter(StatePlace place, void* state) {
    const Tagged tagged{state, place.kind};
    if (few_) {
        here_[place.number] = tagged;
        return;
    }
    const auto at = std::lower_bound(slots_.begin(), slots_.end(), place.signal,
                                     [](const Slot& slot, std::uint32_t wanted) { return slot.signal < wanted; });
    slots_.insert(at, {place.signal, tagged});
}

} // namespace watchword::runtime
