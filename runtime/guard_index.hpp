// Which signals may care for an event: (event type, field = constant) → candidates in order. What is found may still be
// refused by its condition; what is not found cannot hold. Derived from the conditions' code, so it needs no trust.
#pragma once

#include "runtime/program.hpp"

#include <tsl/robin_map.h>

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

namespace watchword::runtime {

/// A signal of a policy that hears an event type, in the order in which they are handled.
struct Candidate {
    std::uint32_t policy = 0;
    std::uint32_t signal = 0;
    // what follows from these and the event type
    std::uint32_t input = 0; ///< of the signal, unless it is a sequence
    bool is_sequence = false;
    bool has_exceptions = false; ///< the signal's own
    friend bool operator==(const Candidate& left, const Candidate& right) {
        return left.policy == right.policy && left.signal == right.signal;
    }
    friend auto operator<=>(const Candidate& left, const Candidate& right) {
        const auto order = left.policy <=> right.policy;
        return order != 0 ? order : left.signal <=> right.signal;
    }
};

/// What a condition demands of one field: it is one of some constants.
struct Guard {
    std::uint32_t slot = 0;
    Kind kind = Kind::error; ///< of the field
    std::vector<std::int64_t> integers;
    std::vector<std::string_view> texts; ///< views of the program's
};

/// All guards that the condition implies. `types`: of the slots of the event type that it is about.
std::vector<Guard> guards_of(const Program& program, CodeId condition, const std::vector<Type>& types);

class GuardIndex {
public:
    explicit GuardIndex(std::size_t event_types) : types_(event_types) {}

    /// The candidate hears the event type by inputs with these guards, one list an input.
    void add(std::uint32_t type, Candidate candidate, const std::vector<std::vector<Guard>>& inputs);
    /// Sorts; call once after the last `add`.
    void finish();
    /// Appends the candidates of an event, in order.
    void find(std::uint32_t type, const Value* fields, std::vector<Candidate>& candidates) const;

private:
    using Candidates = std::vector<Candidate>;
    struct TextHash {
        std::size_t operator()(std::string_view text) const noexcept;
    };
    struct Field {
        std::uint32_t slot = 0;
        bool textual = false;
        std::vector<Candidates> small; ///< by value, of values below `most_small`
        tsl::robin_map<std::int64_t, Candidates> integers;
        tsl::robin_map<std::string_view, Candidates, TextHash> texts;
        const Candidates* find(const Value& value) const;
    };
    struct TypeIndex {
        Candidates unguarded;
        std::vector<Field> fields;
    };
    static constexpr std::int64_t most_small = 64;

    Field& field(TypeIndex& type, const Guard& guard);

    std::vector<TypeIndex> types_;
};

} // namespace watchword::runtime
