// What a condition demands of single fields of an event, told from its code: an event that does not have it cannot make
// the condition true. And which fields code reads. Derived anew by each engine, so it needs no trust.
#pragma once

#include "runtime/program.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::runtime {

enum class GuardKind : std::uint8_t { constants, patterns };

/// The field is one of some constants, or its text has one of some patterns in it.
struct Guard {
    GuardKind by = GuardKind::constants;
    std::uint32_t slot = 0;
    Kind kind = Kind::error; ///< of the field
    bool folded = false;     ///< texts and patterns are for the folded text
    bool is_whole = false;   ///< the condition demands nothing else: what has it makes the condition true
    std::vector<std::int64_t> integers;
    std::vector<std::string_view> texts; ///< views of the program's
    std::vector<std::string> patterns;   ///< in the syntax of RE2

    /// About the same thing, so that one of either is one of both together.
    bool is_like(const Guard& other) const { return by == other.by && slot == other.slot && folded == other.folded; }
    /// One of these or of those, which are alike.
    void add(const Guard& other) {
        integers.insert(integers.end(), other.integers.begin(), other.integers.end());
        texts.insert(texts.end(), other.texts.begin(), other.texts.end());
        patterns.insert(patterns.end(), other.patterns.begin(), other.patterns.end());
    }
    std::size_t alternatives() const { return integers.size() + texts.size() + patterns.size(); }
};

/// All guards that the condition implies. `types`: of the slots of the event type that it is about.
std::vector<Guard> guards_of(const Program& program, CodeId condition, const std::vector<Type>& types);

/// The slot of the field whose value is the code's; no_slot: it does something else.
std::int32_t field_alone(const Program& program, CodeId code);

/// The slots of the fields that the code may read, rising. None of no_code.
std::vector<std::uint32_t> fields_read(const Program& program, CodeId code);

} // namespace watchword::runtime
