// Chance with a subject: each case is about one clause, which it has more often than others, so that all clauses of the
// language decide something in some cases.
#pragma once

#include "tests/oracle/clause_text.hpp"
#include "tests/oracle/random.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watchword::oracle {

/// Every clause that the random cases have to show at work.
const std::vector<std::string>& all_clauses();

class Chooser {
public:
    Chooser(Random& random, std::string subject) : random_(random), subject_(std::move(subject)) {}

    Random& random() { return random_; }
    const std::string& subject() const { return subject_; }
    bool is_about(std::string_view beginning) const { return subject_.starts_with(beginning); }
    /// True with that chance in a hundred, nearly always if the case is about the clause.
    bool want(std::string_view name, int percent) { return random_.chance(subject_ == name ? 90 : percent); }
    /// The clause or nothing.
    std::string perhaps(std::string_view name, int percent, std::string_view text) {
        return want(name, percent) ? clause(name, text) : std::string();
    }

private:
    Random& random_;
    std::string subject_;
};

} // namespace watchword::oracle
