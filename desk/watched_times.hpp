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

    /// Whether the record lies inside a watch, opened, went on with or ended one, or is what no signal listens to: HR's
    /// word, or a change of the roster. Records about others are, for what is asked here.
    bool show(const StreamEvent& event) const;
    /// Whether there is such a record about the person, or an employee who is the person.
    bool show_person() const;

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
    std::uint32_t person_;
    std::vector<bool> heard_;          ///< by some signal, per event type
    std::vector<std::uint64_t> bears_; ///< positions of records that opened a watch, or the like; sorted
    std::vector<Interval> intervals_;
};

} // namespace watchword::desk
