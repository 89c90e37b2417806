// The value of a checked expression, by walking its tree. Slow and plain: the engine's compiler, bytecode and
// interpreter are what it is there to check, so it uses none of them.
#pragma once

#include "dsl/model.hpp"
#include "tests/oracle/story.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace watchword::oracle {

/// Account names → people, attributes of anybody; all at one position of the input.
struct PeopleView {
    std::function<std::string(std::string_view account)> resolve;       ///< the employee id
    std::function<const Fields*(const std::string& person)> attributes; ///< nullptr: not in the roster
};

/// What an expression can see.
struct Scope {
    Scope(const dsl::Model& in, std::uint32_t of_tree, const PeopleView& among)
        : model(in), tree(of_tree), people(among) {}

    const dsl::Model& model;
    std::uint32_t tree;
    const PeopleView& people;
    std::string subject;
    const Record* event = nullptr;
    const Record* trigger = nullptr;              ///< the watch's newest one …
    std::string trigger_alias;                    ///< … and what its `opens` calls it
    std::map<std::uint32_t, const Record*> steps; ///< filled ones, by the index in the text
    bool lookback = false;
    std::string signal_name;                        ///< of a signal heard as an event
    const std::vector<Datum>* parameters = nullptr; ///< of the signal or define
    std::map<dsl::ExprId, Datum> variables;         ///< of quantifiers
    runtime::Time now = 0;                          ///< of the event or the hit
    std::function<Datum(dsl::ExprId)> window;       ///< of AggregateExpr, NewExpr, BaselineExpr
};

/// As its static type says, after the implied conversion.
Datum evaluate(const Scope& scope, dsl::ExprId id);
/// A condition: absent counts as false; `no_expr` is true.
bool holds(const Scope& scope, dsl::ExprId id);
/// Less than, by type; both present.
bool less(const Datum& left, const Datum& right, runtime::Kind kind);
/// A constant of the checker as a value.
Datum of_constant(const dsl::Constant& constant);

} // namespace watchword::oracle
