// Random expressions, well typed by construction.
#pragma once

#include "runtime/type.hpp"
#include "tests/oracle/random.hpp"
#include "tests/oracle/vocabulary.hpp"

#include <string>
#include <vector>

namespace watchword::oracle {

class ExpressionGenerator {
public:
    ExpressionGenerator(Random& random, runtime::Duration unit) : random_(random), unit_(unit) {}

    /// Over the fields of one event; none: over the employee alone.
    std::string condition(const std::vector<FieldRow>& fields, int depth);
    std::string employee_condition();
    /// What a `by` or `distinct` can take.
    std::string key(const std::vector<FieldRow>& fields);
    /// The condition of a `when`; `parameter` says that there is one, `limit`.
    std::string windowed(const std::vector<FieldRow>& fields, bool parameter);
    std::string duration(int units) const;

private:
    std::string atom(const std::vector<FieldRow>& fields);
    std::string about(const FieldRow& field, const std::string& value);
    std::string window(bool may_be_per);
    std::string aggregate(const std::vector<FieldRow>& fields, bool parameter);
    std::string comparison();

    Random& random_;
    runtime::Duration unit_;
};

} // namespace watchword::oracle
