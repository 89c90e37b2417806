// Sequences, by playing the interval's records from its beginning each time somebody asks.
#pragma once

#include "tests/oracle/signals.hpp"

#include <map>
#include <vector>

namespace watchword::oracle {

class Sequences {
public:
    Sequences(const Signals& signals, const dsl::Model& model, const Story& story)
        : signals_(signals), model_(model), story_(story) {}

    /// Matches that the record at `position` completes.
    std::vector<Hit> completed(const dsl::SignalUse& use, const Interval& interval, std::size_t position) const;
    /// Matches whose closing `no` was not broken by the records up to `position` and whose deadline lies in
    /// [after, before), or in [after, before].
    std::vector<Hit> overdue(const dsl::SignalUse& use, const Interval& interval, std::size_t position,
                             runtime::Time after, runtime::Time before, bool inclusive) const;

private:
    struct Match {
        std::vector<std::size_t> records;
        std::map<std::uint32_t, const Record*> steps;
    };
    struct Play;

    const Signals& signals_;
    const dsl::Model& model_;
    const Story& story_;
};

} // namespace watchword::oracle
