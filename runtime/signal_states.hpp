// What the signals of one watch remember, each from the first event on that makes it remember something.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <vector>

namespace watchword::runtime {

/// How a signal's state is held, which follows from its plan.
enum class StateKind : std::uint8_t {
    none,     ///< a signal without a `when`, which remembers nothing
    plain,    ///< PlainState
    running,  ///< RunningState
    sequence, ///< SequenceState
};

/// Where to look for a signal's state: its number among those of the policy's signals that have one, if these are few,
/// else by the signal.
struct StatePlace {
    static constexpr std::uint32_t few = 12;
    static constexpr std::uint32_t near = 4; ///< so many lie in the watch's first cache line, the others in its second
    std::uint32_t signal = 0;                ///< of the policy
    std::uint16_t number = few;              ///< `few`: look by the signal
    StateKind kind = StateKind::none;
};

class SignalStates {
public:
    /// `few`: the policy has at most StatePlace::few signals with a state; these lie here, in place.
    SignalStates(bool few, std::pmr::memory_resource* memory);
    SignalStates(const SignalStates&) = delete;
    SignalStates& operator=(const SignalStates&) = delete;
    ~SignalStates();

    std::pmr::memory_resource* memory() const { return memory_; }
    /// nullptr: none so far. It keeps its address.
    void* find(StatePlace place) const {
        if (place.kind == StateKind::none) return nullptr;
        return few_ ? here_[place.number].get() : look_up(place.signal);
    }
    /// Of the kind that the place says, made with `arguments` and the memory if there was none.
    template <class State, class... Arguments>
    State& obtain(StatePlace place, const Arguments&... arguments) {
        if (void* const known = find(place)) return *static_cast<State*>(known);
        auto* const state = ::new (memory_->allocate(sizeof(State), alignof(State))) State(arguments..., memory_);
        enter(place, state);
        return *state;
    }

private:
    /// A pointer to a state and, in bits that are 0 in its address, the kind.
    class Tagged {
    public:
        Tagged() = default;
        Tagged(void* state, StateKind kind)
            : bits_(reinterpret_cast<std::uintptr_t>(state) | static_cast<std::uintptr_t>(kind)) {}
        void* get() const { return reinterpret_cast<void*>(bits_ & ~kinds); }
        StateKind kind() const { return static_cast<StateKind>(bits_ & kinds); }

    private:
        static constexpr std::uintptr_t kinds = 3;
        std::uintptr_t bits_ = 0;
    };
    struct Slot {
        std::uint32_t signal;
        Tagged state;
    };
    void* look_up(std::uint32_t signal) const;
    void enter(StatePlace place, void* state);
    void destroy(Tagged state) const;

    std::pmr::memory_resource* memory_;
    bool few_;
    union {
        std::array<Tagged, StatePlace::few> here_; ///< by number
        std::pmr::vector<Slot> slots_;             ///< by signal, rising
    };
};

} // namespace watchword::runtime
