// Random expressions, well typed by construction.
#pragma once

#include "runtime/type.hpp"
#include "tests/oracle/chooser.hpp"
#include "tests/oracle/vocabulary.hpp"

#include <string>
#include <vector>

namespace watchword::oracle {

class ExpressionGenerator {
public:
    ExpressionGenerator(Chooser& chooser, runtime::Duration unit)
        : chooser_(chooser), random_(chooser.random()), unit_(unit) {}

    /// Over the fields of one event; none: over the employee alone.
    std::string condition(const std::vector<FieldRow>& fields, int depth);
    std::string employee_condition();
    /// What a `by` or `distinct` can take.
    std::string key(const std::vector<FieldRow>& fields);
    /// The condition of a `when`; `parameter` says that there is one, `limit`.
    std::string windowed(const std::vector<FieldRow>& fields, bool parameter);
    std::string duration(int units) const;
    std::string comparison();

private:
    std::string atom(const std::vector<FieldRow>& fields);
    std::string special(const std::vector<FieldRow>& fields);
    std::string about(const FieldRow& field, const std::string& value);
    std::string about_text(const FieldRow& field, const std::string& value);
    std::string about_integer(const std::string& value);
    std::string window(bool may_be_per);
    std::string bucket();
    std::string aggregate(const std::vector<FieldRow>& fields, bool parameter);
    std::string counting(const std::string& name, const std::vector<FieldRow>& fields, bool parameter);
    std::string measuring(const std::string& name, const std::vector<FieldRow>& numbers,
                          const std::vector<FieldRow>& fields);
    std::string remembering(const std::string& name, const std::vector<FieldRow>& numbers);
    std::string where(const std::vector<FieldRow>& fields);

    Chooser& chooser_;
    Random& random_;
    runtime::Duration unit_;
};

} // namespace watchword::oracle
