// When a person was watched, and so which of their records the promise of the language lets anybody see the effect of.
#pragma once

#include "desk/explanation.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace watchword::desk {

class WatchedTimes {
public:
    /// Of a person (index in Stream::people), by every policy of the program. The source must outlive it.
    WatchedTimes(const ExplanationSource& source, std::uint32_t person, std::optional<runtime::Time> until);

    /// Whether the record, one about the person, is of a type that opens or closes watches or changes the roster, or
    /// lies inside a watch.
    bool show(const StreamEvent& event) const;

private:
    /// Of an event, by which its place in the order can be told.
    using Place = std::pair<runtime::Time, std::uint64_t>;
    struct Interval {
        std::uint32_t policy;
        Place begin, end; ///< the end is not in it
    };
    void take(const runtime::RecordedStep& step, const runtime::recorded::Trigger& trigger);
    void take(const runtime::RecordedStep& step, const runtime::recorded::Close& close);
    Interval* newest(std::uint32_t policy);

    const ExplanationSource* source_;
    std::vector<Interval> intervals_;
};

} // namespace watchword::desk
