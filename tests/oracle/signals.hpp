// Which records a signal of a watch hits on: decided for each record from all records before it, nothing kept between.
#pragma once

#include "dsl/model.hpp"
#include "tests/oracle/evaluate.hpp"
#include "tests/oracle/people.hpp"
#include "tests/oracle/story.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace watchword::oracle {

/// The records that a watch may look at: of its person, from `first` on in the input, from `from` on in time.
struct Interval {
    std::uint32_t policy = 0; ///< index in Model::policies
    std::string person;
    std::size_t first = 0;
    runtime::Time from = 0;
};

/// What brings a hit about: one record, or the filled steps of a sequence.
struct Hit {
    runtime::Time time = 0;
    std::vector<std::size_t> records; ///< positions, oldest first
};

using Key = std::vector<Datum>;

class Signals {
public:
    Signals(const dsl::Model& model, const Story& story, const People& people);

    /// The hits of one signal at the record at `position`, which lies inside.
    std::vector<Hit> hits(const dsl::SignalUse& use, const Interval& interval, std::size_t position) const;
    /// Those of a sequence with a closing `no`, whose deadline lies in [after, before), or in [after, before] if told.
    std::vector<Hit> overdue(const dsl::SignalUse& use, const Interval& interval, std::size_t position,
                             runtime::Time after, runtime::Time before, bool inclusive) const;
    bool inside(const Interval& interval, std::size_t position) const;
    /// Inside, and not excepted.
    bool playable(const dsl::SignalUse& use, const Interval& interval, std::size_t position) const;
    const PeopleView& view(std::size_t position) const { return views_[position]; }
    /// A scope for expressions of `tree` over the record at `position`.
    Scope scope(std::uint32_t tree, const std::string& person, std::size_t position) const;

private:
    friend class Sequences;
    struct Place; // of a signal: use, interval
    bool heard(const std::vector<dsl::Heard>& heard, const Record& record) const;
    bool excepted(const Place& place, std::size_t position) const;
    bool clause_removes(const dsl::ExceptClause& clause, std::uint32_t tree, const dsl::StepInfo& info,
                        const Place& place, std::size_t position) const;
    /// The key under which a record counts for the signal; nullopt: it does not.
    const std::optional<Key>& matches(const Place& place, std::size_t position) const;
    std::optional<Key> find_key(const Place& place, std::size_t position) const;
    std::optional<Key> key(const std::vector<dsl::ExprId>& by, const Scope& scope) const;
    /// The condition at a record, with or without the record itself in the windows.
    bool condition(const Place& place, std::size_t position, bool with_itself) const;
    Datum window(const Place& place, std::size_t position, bool with_itself, dsl::ExprId id) const;
    Datum aggregate(const Place& place, std::size_t position, bool with_itself, const dsl::AggregateExpr& node) const;
    Datum first_seen(const Place& place, std::size_t position, const dsl::NewExpr& node) const;
    std::vector<std::size_t> contents(const Place& place, std::size_t position, bool with_itself,
                                      const dsl::AggregateExpr& node) const;
    runtime::Time instant(const dsl::InstantClause& clause) const;

    const dsl::Model& model_;
    const Story& story_;
    std::vector<PeopleView> views_;     ///< per record
    std::vector<std::string> subjects_; ///< per record
};

} // namespace watchword::oracle
