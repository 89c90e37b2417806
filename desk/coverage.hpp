// What of some policies a recording has shown at work: each condition true and false, each trigger, end, level and
// exception taken. Counts; the writers say it for a terminal, as a page, and for tools that read lcov.
#pragma once

#include "desk/policy_text.hpp"
#include "runtime/recording.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace watchword::desk {

enum class CoverageKind : std::uint8_t { condition, trigger, close, level, exception };

struct CoverageItem {
    CoverageKind kind = CoverageKind::condition;
    std::uint32_t policy = 0; ///< index in Program::policies; of a signal's condition the first that uses it
    runtime::SourceSpan span;
    std::uint64_t taken = 0;    ///< of a condition: true
    std::uint64_t held_not = 0; ///< of a condition: false, or not to be decided
    bool is_condition() const { return kind == CoverageKind::condition; }
    bool is_covered() const { return taken != 0 && (!is_condition() || held_not != 0); }
};

class Coverage {
public:
    /// Everything that can be covered in these files (by index); `program` was compiled in parts.
    Coverage(const runtime::Program& program, const std::vector<std::uint32_t>& files);
    void add(const runtime::Program& program, const runtime::Recording& recording);

    const std::vector<CoverageItem>& items() const { return items_; } ///< in order of the text
    std::size_t covered() const;

private:
    using Place = std::tuple<CoverageKind, std::uint32_t, std::uint32_t, std::uint32_t>; ///< kind, file, begin, end
    void want(CoverageKind kind, std::uint32_t policy, runtime::SourceSpan span);
    void want_parts(const runtime::Program& program, std::uint32_t policy, runtime::PartId part);
    void want_exceptions(const runtime::Program& program, std::uint32_t policy,
                         const std::vector<runtime::ExceptionPlan>& exceptions);
    void take(CoverageKind kind, runtime::SourceSpan span, bool held = true);
    void take(const runtime::Program& program, const runtime::recorded::Condition& condition);

    std::vector<std::uint32_t> files_;
    std::vector<CoverageItem> items_;
    std::map<Place, std::size_t> places_;
};

/// A line a policy, then what was not seen.
std::string coverage_text(const Coverage& coverage, const runtime::Program& program, const PolicyText& text);
/// The files with what was seen beside each line, on a page that stands alone.
std::string coverage_page(const Coverage& coverage, const PolicyText& text);
/// The tracefile format of lcov's geninfo(1): lines by DA, the two ways of a condition by BRDA.
std::string coverage_lcov(const Coverage& coverage, const PolicyText& text);

} // namespace watchword::desk
