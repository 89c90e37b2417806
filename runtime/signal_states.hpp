// What the signals of one watch remember, each from the first event on that makes it remember something.
#pragma once

#include "runtime/state_pool.hpp"

#include <array>
#include <cstddef>
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

/// Where to look for a signal's state.
struct StatePlace {
    static constexpr std::uint32_t near = 3; ///< numbers below it: in the watch's block of states
    static constexpr std::uint32_t few = 9;  ///< others below it: where the watch says by number
    std::uint32_t signal = 0;                ///< of the policy
    std::uint16_t number = few;              ///< `few`: where the watch says by signal
    StateKind kind = StateKind::none;
    bool is_near() const { return number < near; }
};

/// How the states of a policy's watches are held.
struct StatesShape {
    std::uint8_t near = 0; ///< so many signals have their state in the block
    bool few = true;       ///< all others have a number
    /// The place of the next of the policy's signals.
    StatePlace add(std::uint32_t signal, StateKind kind);

private:
    std::uint16_t others_ = 0;
};

/// Where states lie that are one cache line each: side by side in a block. A view.
class NearStates {
public:
    static constexpr std::size_t line = 64;
    NearStates() = default;
    explicit NearStates(void* block) : bits_(reinterpret_cast<std::uintptr_t>(block)) {}
    std::byte* block() const { return reinterpret_cast<std::byte*>(bits_ & ~kinds); }
    std::byte* room(std::uint32_t number) const { return block() + number * line; }
    /// none: there is none so far.
    StateKind kind(std::uint32_t number) const { return static_cast<StateKind>(bits_ >> (2 * number) & 3); }
    /// nullptr: there is none so far, or it is not near.
    void* find(StatePlace place) const {
        return place.is_near() && kind(place.number) != StateKind::none ? room(place.number) : nullptr;
    }
    void enter(StatePlace place) { bits_ |= static_cast<std::uintptr_t>(place.kind) << (2 * place.number); }

private:
    static constexpr std::uintptr_t kinds = line - 1; ///< two bits each, which are 0 in the block's address
    static_assert(std::uintptr_t{1} << (2 * StatePlace::near) <= line);
    std::uintptr_t bits_ = 0;
};

class SignalStates {
public:
    SignalStates(StatesShape shape, StateMemory& memory);
    SignalStates(const SignalStates&) = delete;
    SignalStates& operator=(const SignalStates&) = delete;
    ~SignalStates();

    std::pmr::memory_resource* memory() const { return &memory_.pool; }
    /// nullptr: none so far. It keeps its address.
    void* find(StatePlace place) const {
        if (place.kind == StateKind::none) return nullptr;
        if (place.is_near()) return near_.find(place);
        return few_ ? here_[place.number - StatePlace::near].get() : look_up(place.signal);
    }
    /// As it is until the next `obtain`.
    const NearStates& near() const { return near_; }
    /// Of the kind that the place says, made with `arguments` and the memory if there was none.
    template <class State, class... Arguments>
    State& obtain(StatePlace place, const Arguments&... arguments) {
        if (void* const known = find(place)) return *static_cast<State*>(known);
        void* const room = place.is_near() ? room_near(place) : memory()->allocate(sizeof(State), alignof(State));
        auto* const state = ::new (room) State(arguments..., memory());
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
    void* room_near(StatePlace place);
    void enter(StatePlace place, void* state);
    void destroy(Tagged state) const;

    StateMemory& memory_;
    NearStates near_;
    std::uint8_t near_lines_;
    bool few_;
    // of the others
    union {
        std::array<Tagged, StatePlace::few - StatePlace::near> here_; ///< by number
        std::pmr::vector<Slot> slots_;                                ///< by signal, rising
    };
};

} // namespace watchword::runtime
