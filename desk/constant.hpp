// The constants of policy text that one can turn: thresholds, spans, points, levels, bounds. Where each stands, what it
// is worth, how another value is written in its place. Knows words and numbers, not what they mean to an engine.
#pragma once

#include "desk/policy_text.hpp"
#include "runtime/program.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace watchword::desk {

enum class ConstantKind : std::uint8_t { integer, real, percentage, duration, size, instant };

/// A number written in a policy, a signal it uses, or a definition these read.
struct Constant {
    runtime::SourceSpan span;
    ConstantKind kind = ConstantKind::integer;
    /// Whole steps: an integer itself, thousandths of a real or of a percent, microseconds, bytes.
    std::int64_t value = 0;
    std::int64_t step = 1;  ///< least difference worth a change: a second of a duration, a day of an instant
    std::int64_t least = 0; ///< least value that can be meant
};

/// How `value` is written where `constant` stands.
std::string written(const Constant& constant, std::int64_t value);
/// The one with the fewest digits between `from` and `to`, both of which would do.
std::int64_t roundest(const Constant& constant, std::int64_t from, std::int64_t to);

/// The constants within these spans (of a policy and its signals) and of the `let` and `define` declarations that are
/// named there, in order of the text. Dates count only after `expires` and `until`.
std::vector<Constant> constants_in(const PolicyText& text, const std::vector<runtime::SourceSpan>& spans);
/// Those of a compiled policy.
std::vector<Constant> constants_of(const PolicyText& text, const runtime::Program& program, std::uint32_t policy);

} // namespace watchword::desk
