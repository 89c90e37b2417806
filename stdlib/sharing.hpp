// Which of several engines an event is for, as far as the name of its subject tells. Knows neither engines nor inputs.
#pragma once

#include "runtime/event.hpp"
#include "runtime/name_table.hpp"
#include "runtime/program.hpp"

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

/// By event type: those that can bear on people other than their subject, or have none, or change the roster.
std::vector<bool> types_that_concern_all(const runtime::Program& program);
/// Per event type, the slots that hold persons, rising, as the engine has them.
std::vector<std::vector<std::uint32_t>> person_slots(const runtime::Program& program);

/// Filled by one thread before anybody asks; then many may at a time.
class Sharing {
public:
    /// No share: there is a roster, which did not have the name at the beginning.
    static constexpr std::uint32_t of_stranger = UINT32_MAX;
    /// Nor here: the event concerns more than one person, or names others than its subject, or has none.
    static constexpr std::uint32_t of_many = UINT32_MAX - 1;

    /// `shares`: at least 1.
    Sharing(const runtime::Program& program, std::uint32_t shares);

    void require_roster() { required_ = true; }
    /// A name of an employee, who is in that share. Whoever had the name has it no more.
    void enter(std::string_view name, std::uint32_t share);

    std::uint32_t shares() const { return shares_; }
    /// Else no event can be given to one engine before its turn: there is no roster, and some that are read concern
    /// many. Who a name is that is first heard in one of those, every engine has to know.
    bool is_possible() const { return required_ || all_alone_; }
    static constexpr std::size_t together = 64;
    /// `of[i]` is where `events[i]` belongs, which are `together` at most. Only where it is possible.
    void find(std::span<const runtime::Event* const> events, std::uint32_t* of) const;

private:
    void find_names(std::span<const runtime::Event* const> events, std::uint32_t* of) const;

    std::vector<bool> is_alone_; ///< by event type: it concerns its subject, and names nobody else
    bool all_alone_ = true;
    bool required_ = false;
    const std::uint32_t shares_;
    runtime::NameTable names_;           ///< of employees, folded; in place of a person the share
    std::deque<std::string> long_names_; ///< that it refers to
};

} // namespace watchword::stdlib
