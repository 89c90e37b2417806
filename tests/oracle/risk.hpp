// One value over the open watches of one person (semantics 5.7).
#pragma once

#include "dsl/model.hpp"
#include "runtime/alert.hpp"
#include "tests/oracle/story.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace watchword::oracle {

class Risk {
public:
    /// Of one policy: its score at a moment, and just before the hits of that moment if these brought an evaluation.
    struct Part {
        double score = 0;
        std::optional<double> before;
    };

    Risk(const dsl::Model& model, std::string person) : model_(model), person_(std::move(person)) {}

    /// The alert that comes of it, without its time and place.
    std::optional<runtime::Alert> evaluate(const std::vector<Part>& parts);

private:
    const dsl::Model& model_;
    std::string person_;
    std::set<std::size_t> disarmed_; ///< indices of levels
};

} // namespace watchword::oracle
