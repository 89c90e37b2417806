// Which records a signal of a watch hits on: decided for each record from all records before it, nothing kept between.
#pragma once

#include "dsl/model.hpp"
#include "tests/oracle/evaluate.hpp"
#include "tests/oracle/people.hpp"
#include "tests/oracle/story.hpp"

#include <cstddef>
#include <map>
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

/// What a signal hears: a record, or the hit of another signal that the record brings about.
struct Occurrence {
    std::size_t position = 0;
    std::uint32_t signal = dsl::none; ///< index in Model::signals; none: the record itself
};

class Signals {
public:
    Signals(const dsl::Model& model, const Story& story, const People& people);

    /// The hits of one signal at the record at `position`.
    std::vector<Hit> hits(const dsl::SignalUse& use, const Interval& interval, std::size_t position) const;
    /// Those of a sequence with a closing `no`, whose deadline lies in [after, before), or in [after, before] if told.
    std::vector<Hit> overdue(const dsl::SignalUse& use, const Interval& interval, std::size_t position,
                             runtime::Time after, runtime::Time before, bool inclusive) const;
    bool inside(const Interval& interval, std::size_t position) const;
    const PeopleView& view(std::size_t position) const { return views_[position]; }
    /// A scope for expressions of `tree` over the record at `position`.
    Scope scope(std::uint32_t tree, const std::string& person, std::size_t position) const;
    /// The signals of a policy with those that they hear, inner ones first, else in the order of the score block.
    std::vector<dsl::SignalUse> in_order(const dsl::PolicyInfo& policy) const;

private:
    friend class Sequences;
    struct Place; // of a signal: use, interval
    /// An occurrence that counts, with its key.
    struct Seen {
        Occurrence at;
        Key key;
    };
    /// What the signal hears at the position, of what `heard` lists.
    std::vector<Occurrence> occurrences(const dsl::SignalUse& use, const Interval& interval,
                                        const std::vector<dsl::Heard>& heard, std::size_t position) const;
    bool is_heard(const std::vector<dsl::Heard>& heard, const Occurrence& at) const;
    Scope scope(std::uint32_t tree, const std::string& person, const Occurrence& at) const;
    bool excepted(const std::vector<dsl::ExceptClause>& clauses, const std::vector<dsl::StepInfo>& infos,
                  std::uint32_t tree, const std::vector<Datum>* arguments, const std::string& person,
                  std::size_t position) const;
    bool policy_excepts(const Interval& interval, std::size_t position) const;
    /// Everything up to the position that the signal counts.
    std::vector<Seen> seen(const Place& place, std::size_t position) const;
    std::optional<Key> key(const std::vector<dsl::ExprId>& by, const Scope& scope) const;
    bool is_hit(const Place& place, const std::vector<Seen>& seen, std::size_t index) const;
    /// The condition at an occurrence, with or without the occurrence itself in the windows.
    bool condition(const Place& place, const std::vector<Seen>& seen, std::size_t index, bool with_itself) const;
    Datum window(const Place& place, const std::vector<Seen>& seen, std::size_t index, bool with_itself,
                 dsl::ExprId id) const;
    Datum aggregate(const Place& place, const std::vector<Seen>& contents, const dsl::AggregateExpr& node) const;
    /// Of the key of `seen[index]`, at times in [begin, end), among the first `count`.
    std::vector<Seen> contents(const Place& place, const std::vector<Seen>& seen, std::size_t index, std::size_t count,
                               runtime::Time begin, runtime::Time end, dsl::ExprId where) const;
    Datum first_seen(const Place& place, const std::vector<Seen>& seen, std::size_t index,
                     const dsl::NewExpr& node) const;
    Datum usual(const Place& place, const std::vector<Seen>& seen, std::size_t index, std::size_t count,
                dsl::ExprId id) const;
    Datum peers(const Place& place, const std::vector<Seen>& seen, std::size_t index, std::size_t count,
                dsl::ExprId id) const;
    runtime::Time time(const Occurrence& at) const { return story_.records[at.position].time; }
    runtime::Time instant(const dsl::InstantClause& clause) const;

    const dsl::Model& model_;
    const Story& story_;
    std::vector<PeopleView> views_;     ///< per record
    std::vector<std::string> subjects_; ///< per record
    /// Hits of signals that others hear, by what they depend on: the same question is asked often.
    mutable std::map<std::string, std::vector<Hit>> inner_;
};

} // namespace watchword::oracle
