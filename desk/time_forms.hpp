// In which forms the times of one column of a file could be written, judged by its values, as `parse_time` takes them.
#pragma once

#include "runtime/type.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

/// One form that fits all values.
struct TimeForm {
    std::string format;         ///< empty: none fits
    bool has_clock = false;     ///< it says the time of day too
    std::string exchanged;      ///< the same with day and month exchanged, if that fits as well
    bool told_by_order = false; ///< of these two only `format` has the records in order of time
};

/// Forms of dates, with and without a time of day, other than RFC 3339, which needs no format.
class TimeForms {
public:
    TimeForms();
    void learn(std::string_view value);
    /// Where day and month could be either: the form in which the records go more steadily up or down, else month
    /// first.
    TimeForm best() const;

private:
    struct Candidate {
        std::string format, exchanged;
        bool has_clock = false;
        runtime::Time last = 0;
        std::size_t steps_up = 0, steps_down = 0;

        std::size_t turns() const { return steps_up < steps_down ? steps_up : steps_down; }
    };

    std::vector<Candidate> left_; ///< that fit all values so far
    bool is_first_ = true;
};

/// Forms of times of day: `9:05`, `09:05:00`, `9:05 AM`.
class ClockForms {
public:
    ClockForms();
    void learn(std::string_view value);
    std::string_view best() const { return left_.empty() ? std::string_view{} : left_.front(); } ///< empty: none fits

private:
    std::vector<std::string_view> left_;
};

} // namespace watchword::desk
