// Which signals may care for an event: (event type, field = constant) and (event type, pattern in a field) → candidates
// in order. What is found may still be refused by its condition; what is not found cannot hold.
#pragma once

#include "runtime/guard.hpp"
#include "runtime/text.hpp"
#include "runtime/text_patterns.hpp"

#include <tsl/robin_map.h>

#include <compare>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace watchword::runtime {

struct SignalShape;

/// A signal of a policy that hears an event type, in the order in which they are handled.
struct Candidate {
    std::uint32_t policy = 0;
    std::uint32_t signal = 0;
    // what follows from these and the event type, so that nobody need look it up
    const SignalShape* shape = nullptr;
    std::uint32_t input = 0; ///< of the signal; of a sequence: index in SequenceShape::hearing
    std::uint32_t queue = 0; ///< number of the signal among those of all policies
    bool is_certain = false; ///< of a plain signal: the input's `where` is true of what the index finds
    friend bool operator==(const Candidate& left, const Candidate& right) {
        return left.policy == right.policy && left.signal == right.signal;
    }
    friend auto operator<=>(const Candidate& left, const Candidate& right) {
        const auto order = left.policy <=> right.policy;
        return std::is_neq(order) ? order : left.signal <=> right.signal;
    }
};

/// Tells of nearly all values that are not among some constants that they are not, at a look.
class ConstantFilter {
public:
    void add(std::string_view text) { add_hash(hash(text)); }
    void add(std::int64_t number) { add_hash(hash(number)); }
    /// Call once after the last `add`.
    void finish();
    bool may_have(const Value& value, bool is_text) const {
        const std::uint64_t found = is_text ? hash(value.text()) : hash(value.integer);
        return (bits_[found >> shift_ >> 6] >> (found >> shift_ & 63) & 1) != 0;
    }

private:
    static std::uint64_t hash(std::int64_t number) {
        return static_cast<std::uint64_t>(number) * 0x9e37'79b9'7f4a'7c15;
    }
    static std::uint64_t hash(std::string_view text);
    void add_hash(std::uint64_t hash) { hashes_.push_back(hash); }

    std::vector<std::uint64_t> hashes_; ///< until it is finished
    std::vector<std::uint64_t> bits_;
    unsigned shift_ = 0;
};

/// Lists of candidates that are ready for an event type, where one small field at most decides.
struct ReadyCandidates {
    std::uint32_t first = 0;  ///< number of the list without the field; by value from 0 on, the others follow
    std::uint32_t values = 0; ///< that have a list
    std::uint32_t slot = 0;   ///< of the field
    bool has_field = false;
    bool is_ready = false;  ///< else ask GuardIndex::find
    bool is_probed = false; ///< so too for events of which GuardIndex::finds_more

    /// Number of the list that an event has.
    std::uint32_t list_of(const Value* fields) const {
        // as to types, events come in no order that could be foreseen: no branch
        static constexpr Value none;
        const Value* const rows[] = {&none, fields};
        const auto value = static_cast<std::uint64_t>(rows[has_field][slot].integer);
        return first + (-static_cast<std::uint32_t>(value < values) & (static_cast<std::uint32_t>(value) + 1));
    }
};

class GuardIndex {
public:
    /// `least_patterns`: from so many on, searches of one field of an event type are done in one pass.
    GuardIndex(std::size_t event_types, std::size_t least_patterns)
        : types_(event_types), least_patterns_(least_patterns) {}

    /// The candidate hears the event type by inputs with these guards, one list an input.
    void add(std::uint32_t type, Candidate candidate, const std::vector<std::vector<Guard>>& inputs);
    /// Call once after the last `add`.
    void finish();
    /// Appends the candidates of an event, in order. Not thread-safe.
    void find(std::uint32_t type, const Value* fields, std::vector<Candidate>& candidates) const;
    /// The same, until the next call or `room` is written to: put together there, unless one list has them all.
    std::span<const Candidate> find_in_place(std::uint32_t type, const Value* fields,
                                             std::vector<Candidate>& room) const;
    /// Whether more than what is ready may be found of an event of a type that is probed.
    bool finds_more(std::uint32_t type, const Value* fields) const {
        for (const Field& field : types_[type].fields)
            if (field.is_probed() && field.may_have(fields[field.slot])) return true;
        return false;
    }
    /// What is ready of an event type; after `finish`.
    const ReadyCandidates& ready(std::uint32_t type) const { return types_[type].ready; }
    /// By number of the list, all candidates of the events that have it, in order; after `finish`.
    const std::vector<std::vector<Candidate>>& ready_lists() const { return lists_; }

private:
    using Candidates = std::vector<Candidate>;
    struct TextHash {
        std::size_t operator()(std::string_view text) const noexcept;
    };
    struct Field {
        std::uint32_t slot = 0;
        bool textual = false;
        bool folded = false;           ///< its constants are for the folded text
        std::vector<Candidates> small; ///< by value, of values below `most_small`
        tsl::robin_map<std::int64_t, Candidates> integers;
        tsl::robin_map<std::string_view, Candidates, TextHash> texts;
        ConstantFilter constants; ///< of one that is probed
        /// Few events have one of its constants, and which is not told by a small number.
        bool is_probed() const { return textual || !integers.empty(); }
        bool may_have(const Value& value) const {
            return constants.may_have(value, textual) || (folded && !is_folded_ascii(value.text()));
        }
        const Candidates* find(const Value& value) const;
    };
    struct Searched {
        std::uint32_t slot = 0;
        bool folded = false;
        TextPatterns patterns;
        std::vector<Candidates> by_pattern;
        Candidates all;
    };
    /// A candidate before it is known which of its guards is worth most.
    struct Waiting {
        Candidate candidate;
        std::vector<Guard> guards; ///< the best first
    };
    struct TypeIndex {
        ReadyCandidates ready;
        Candidates unguarded;
        std::vector<Field> fields;
        std::vector<Searched> searched;
        std::vector<Waiting> waiting;
    };
    static constexpr std::int64_t most_small = 64;

    static Field& field(TypeIndex& type, const Guard& guard);
    static Searched& searched(TypeIndex& type, const Guard& guard);
    static void enter(TypeIndex& type, Candidate candidate, const Guard& guard);
    void place(TypeIndex& type) const;
    void make_ready(TypeIndex& type);
    void search(const Searched& searched, const Value& value) const;
    static void merge(const Candidates& found, std::ptrdiff_t first, std::vector<Candidate>& candidates);

    std::vector<TypeIndex> types_;
    std::size_t least_patterns_;
    std::vector<Candidates> lists_; ///< ready, by number
    // of the event in hand
    mutable std::vector<int> numbers_;
    mutable Candidates found_;
};

} // namespace watchword::runtime
